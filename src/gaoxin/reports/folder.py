"""The folder of a run: workbook, page, Word report, data and the manifest that ``gaoxin verify`` reads."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path

from gaoxin.problems import InputError, Problem
from gaoxin.reports import data, page, word, workbook
from gaoxin.runs import manifest as manifests
from gaoxin.runs import store
from gaoxin.runs.pipeline import Run
from gaoxin.words import Language, Text
from gaoxin.writing import write_whole

WORKBOOK, PAGE, WORD = "scores.xlsx", "report.html", "report.docx"
TABLE = "results.parquet"


def check_folder(folder: Path, *, force: bool) -> None:
    """Refuse, before any work is done, to write where something else is."""
    if folder.exists() and not folder.is_dir():
        raise InputError([_problem(folder, "不是文件夹", "is no folder", "换一个位置", "choose another place")])
    present = sorted(p.name for p in folder.iterdir()) if folder.is_dir() else []
    if present and not force:
        if manifests.RESULTS in present:
            zh, en = "已有一次运行的结果", "holds the results of a run"
        else:
            zh, en = f"不是空文件夹（有 {present[0]}）", f"is not empty (there is {present[0]})"
        remedy = "换一个文件夹，或加 --force", "choose another folder, or add --force"
        raise InputError([_problem(folder, zh, en, *remedy)])


def read_geojson(path: Path) -> dict[str, Any]:
    """Read the user's boundaries; raises InputError when it is no FeatureCollection."""
    try:
        body = json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise InputError([_problem(path, "没有这个文件", "there is no such file", "", "")]) from None
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        zh, en = f"不是有效的 GeoJSON：{error}", f"is no valid GeoJSON: {error}"
        raise InputError([_problem(path, zh, en, "请重新导出", "export it again")]) from None
    if not isinstance(body, dict) or body.get("type") != "FeatureCollection":
        zh, en = "不是 FeatureCollection", "is no FeatureCollection"
        raise InputError([_problem(path, zh, en, "请导出为 FeatureCollection", "export it as a FeatureCollection")])
    return body


def write_outputs(
    run: Run,
    folder: Path,
    *,
    language: Language = "zh",
    geojson: dict[str, Any] | None = None,
    progress: Callable[[Text, float | None], None] = lambda _, __: None,
) -> list[Path]:
    """Write everything into ``folder`` and return the paths, the page first, the manifest last.

    All contents are made before the first file is written, so that a defect in one leaves no half of a folder.
    """
    result = run.result
    progress(Text("写出报告", "writing the reports"), None)
    # The chart library takes seconds to put together and is the same until the next version of its wheel.
    bundle = page.vega_bundle(user_cache_path("gaoxin", ensure_exists=False))
    with word.begin(result, language) as drawn:
        contents: dict[str, str | bytes] = {
            WORKBOOK: workbook.render(result, language),
            TABLE: data.render(result),
            manifests.RESULTS: store.to_json(result),
            PAGE: page.render(result, language, geojson, bundle=bundle),
            WORD: word.render(result, language, drawn),
        }
    written = []
    for name in (PAGE, WORKBOOK, WORD, TABLE, manifests.RESULTS):
        write_whole(folder / name, contents[name])
        written.append(folder / name)
    written.append(manifests.write(manifest_of(run, folder), folder))
    return written


def write_record(run: Run, folder: Path) -> list[Path]:
    """Write only what ``gaoxin verify`` reads: the results and the manifest. Reports can be made from them later."""
    write_whole(folder / manifests.RESULTS, store.to_json(run.result))
    return [folder / manifests.RESULTS, manifests.write(manifest_of(run, folder), folder)]


def manifest_of(run: Run, folder: Path) -> manifests.Manifest:
    """The manifest of ``run``, whose results lie in ``folder``; paths are seen from there."""
    request, result = run.request, run.result
    own = Path(request.system)
    return manifests.Manifest(
        created=result.created,
        versions=dict(result.versions),
        system=manifests.relative(own, folder) if own.exists() else str(request.system),
        system_version=result.system_version,
        period=result.period or None,
        zones=request.zones if request.zones in {"shipped", "any"} else manifests.relative(Path(request.zones), folder),
        inputs=[manifests.describe(path, folder) for path in run.files],
        config=manifests.describe(request.config, folder) if request.config else None,
        robustness=request.robustness,
        seed=request.seed,
        results=manifests.describe(folder / manifests.RESULTS, folder),
    )


def _problem(path: Path, zh: str, en: str, remedy_zh: str, remedy_en: str) -> Problem:
    return Problem("output", "error", Text(zh, en), Text(remedy_zh, remedy_en), file=str(path))

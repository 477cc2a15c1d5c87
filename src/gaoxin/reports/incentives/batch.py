"""The folder of a batch: results, what was not claimed, summary, rejects; all of it or nothing."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from gaoxin import __version__
from gaoxin.engines.dialects import DUCKDB
from gaoxin.engines.tables import metadata
from gaoxin.incentives.answers import DISCLAIMER
from gaoxin.incentives.batch import BatchResult
from gaoxin.incentives.batch.database import database
from gaoxin.incentives.batch.summary import unclaimed_select
from gaoxin.reports.incentives import batch_tables as tables
from gaoxin.reports.incentives.groups import GROUPS
from gaoxin.reports.incentives.page import Section, render_page
from gaoxin.reports.incentives.workbook import write_workbook
from gaoxin.reports.terms import SYNTHETIC
from gaoxin.returns.files import InputFile
from gaoxin.rulebook.book import Book
from gaoxin.rulebook.explain import Citation
from gaoxin.words import Language, Text

RESULTS, UNCLAIMED, SUMMARY, PAGE, REJECTS, ABOUT = (
    "results.parquet", "unclaimed.xlsx", "summary.xlsx", "summary.html", "rejects.xlsx", "about.json",
)  # fmt: skip
FILES = (PAGE, UNCLAIMED, SUMMARY, RESULTS, "unclaimed.parquet", REJECTS, "rejects.csv", ABOUT)


def files(book: Book) -> tuple[str, ...]:
    """The names of all files that a batch may write: those of contracts, persons … where tables of them are given."""
    return (*FILES, *(f"results-{name}.parquet" for name, entity in book.entities.items() if entity.parent is not None))


def write_batch(result: BatchResult, staging: Path, folder: Path, language: Language) -> list[Path]:
    """Write everything beside the results in ``staging``, then move it into ``folder``; the paths there.

    What fails leaves ``folder`` as it was.
    """
    title, about = tables.title(result), tables.about(result)
    totals, open_ = tables.totals(result), tables.unclaimed(result)
    groups = [tables.by_group(result, group) for group in GROUPS]
    rest = [tables.near(result), tables.missing(result), tables.sources(result)]
    synthetic = result.synthetic
    write_workbook(staging / UNCLAIMED, title, about, [open_, totals, *groups], language, synthetic=synthetic)
    every = [totals, *groups, tables.cells(result), *rest]
    write_workbook(staging / SUMMARY, title, about, every, language, synthetic=synthetic)
    refused = tables.rejects(result)
    write_workbook(staging / REJECTS, title, about, [refused], language, synthetic=synthetic)
    _write_csv(staging / "rejects.csv", result)
    _write_unclaimed(staging / "unclaimed.parquet", result)
    sections = [
        Section(open_.title, tables=(open_,)),
        Section(totals.title, tables=(totals,)),
        *(Section(group.title, tables=(group,)) for group in groups),
        *(Section(table.title, tables=(table,)) for table in rest),
    ]
    warning = [SYNTHETIC] if synthetic else []
    lines = about[1:] if synthetic else about
    page = render_page(title, lines, tables.findings(result), sections, language, warning=warning)
    (staging / PAGE).write_text(page, encoding="utf-8")
    (staging / ABOUT).write_text(json.dumps(about_data(result), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return move(staging, folder, (*FILES, *(one.path.name for one in result.answers[1:])))


def move(staging: Path, folder: Path, names: tuple[str, ...]) -> list[Path]:
    """Move finished files into ``folder``, each replacing an older one of its name."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (staging / name).chmod(0o644)
        shutil.move(staging / name, folder / name)
    return [folder / name for name in names]


def about_data(result: BatchResult) -> dict[str, Any]:
    """What the results rest on, for programs."""

    def both(text: Text) -> Mapping[str, str]:
        return {"zh": text.zh, "en": text.en}

    return {
        "kind": "incentives.batch",
        "gaoxin": __version__,
        "year": result.year,
        "as_of": result.as_of.isoformat(),
        "rulebook": {"book": result.book.name, "version": result.book.version, "hash": result.book.content_hash},
        "engine": result.engine,
        "files": files_data(result.files),
        "rows": result.rows,
        "firms": result.firms,
        "answers": {one.entity: {"file": one.path.name, "rows": one.rows} for one in result.answers},
        "rejected": result.rejected,
        "benefits": [benefit.code for benefit in result.benefits],
        "elsewhere": {benefit.code: benefit.entity for benefit in result.elsewhere},
        "near": result.near,
        "absent": list(result.absent),
        "unknown_columns": {file: list(columns) for file, columns in result.unknown_columns.items()},
        "confidence": dict(result.marks),
        "confidence_of": {code: _least(clauses) for code, clauses in result.clauses.items()},
        "unconfirmed": result.unconfirmed,
        "synthetic": result.synthetic,
        "disclaimer": both(DISCLAIMER),
    }


def files_data(files: Sequence[InputFile]) -> list[dict[str, Any]]:
    """The files that were read, with what shows whether a file is still the same."""
    return [{"file": file.name, "sha256": file.sha256(), "bytes": file.path.stat().st_size} for file in files]


def _least(clauses: Sequence[Citation]) -> str:
    """The mark of the least confirmed clause."""
    return clauses[0].confidence if clauses else "unknown"


def _write_csv(path: Path, result: BatchResult) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(result.rejects.column_names)
        for row in result.rejects.to_pylist():
            # A spreadsheet takes a cell that begins so for a formula.
            writer.writerow([f"'{v}" if isinstance(v, str) and v[:1] in "=+-@\t\r" and v else v for v in row.values()])


def _write_unclaimed(path: Path, result: BatchResult) -> None:
    """All that was not claimed, the largest first."""
    with database(path.parent) as connection:
        select = unclaimed_select(result.answers)
        target = f"{DUCKDB.text(str(path))} (FORMAT parquet, COMPRESSION zstd{metadata(result.notes)})"
        connection.execute(f"COPY ({select} ORDER BY gain DESC NULLS LAST, benefit, firm, reporter) TO {target}")

"""The report of a run as one HTML file that works offline: no request leaves it, and none could.

Both languages are in the one file (the reader switches), because a report that is signed and passed on should be one
document with one checksum, not two that can drift apart. A content security policy admits only the two scripts of the
page itself, by their hashes, so no name or file from the data can ever run.
"""

from __future__ import annotations

import base64
import hashlib
import json
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import jinja2
import numpy as np
import vl_convert
from altair.utils.schemapi import debug_mode
from markupsafe import Markup

from gaoxin.reports import charts, tables, terms
from gaoxin.reports.charts import Chart
from gaoxin.reports.charts.look import CONFIG, WIDTH
from gaoxin.reports.figures import score_decimals, write_number, write_rank, write_share
from gaoxin.reports.findings import summary
from gaoxin.reports.headlines import unit_headline, unit_profile, unit_steps
from gaoxin.reports.outline import basis, document_order, label, n_indicators, positions, ranking_order
from gaoxin.reports.tables import Cell, Column, Table, write_cell
from gaoxin.reports.tables.table import known
from gaoxin.reports.tables.trust import replications
from gaoxin.reports.tables.units import cell_note, value_columns
from gaoxin.runs.result import RunResult, UnitNote
from gaoxin.words import Language, Text
from gaoxin.writing import write_whole

TEMPLATES = Path(__file__).parent / "templates"
MOST_CHECKS = 500
"""Findings of the checks listed on the page; the workbook has all."""
OF_UNIT = ("profile", "steps")
"""Charts that show the chosen unit."""

WORDS = {
    "skip": Text("跳到正文", "Skip to the content"),
    "synthetic": terms.SYNTHETIC,
    "units": Text("个单位", "units"),
    "indicators": Text("项指标", "indicators"),
    "print": Text("打印", "Print"),
    "noscript": Text(
        "图表和单位详情需要启用 JavaScript；表格不需要。",
        "Charts and the details of a unit need JavaScript; the tables do not.",
    ),
    "summary": Text("概要", "Summary"),
    "ranking": Text("综合得分与名次", "Scores and ranks"),
    "unit": Text("单位详情", "One unit in detail"),
    "indicator_system": Text("指标体系", "Indicator system"),
    "robustness": Text("稳健性", "Robustness"),
    "checks": Text("数据校核", "Data checks"),
    "method": Text("评价方法", "Method"),
    "sources": Text("来源与版本", "Sources and versions"),
    "caution": Text("注意", "caution"),
    "sortable": Text("点击列名排序，点击得分查看由来", "click a column to sort, a score to see how it comes about"),
    "choose": Text("选择单位", "Choose a unit"),
    "before": Text("上一个", "Previous"),
    "after": Text("下一个", "Next"),
    "derivation": Text("得分的由来", "How the score comes about"),
    "derivation_note": Text(
        "贡献为指标计入综合得分的分值；虚线为有说明的数值",
        "the contribution is what the indicator adds to the score; dotted values have a note",
    ),
    "formula": Text("算式、数据与依据", "Formula, data, document"),
    "unconfirmed": terms.UNCONFIRMED,
    "unconfirmed_note": Text("＊ 权重未经官方文件确认。", "＊ The weight is not confirmed by an official document."),
    "unmatched": Text("不在图上的单位：", "Units that are not on the map: "),
    "severity": Text("级别", "Severity"),
    "search": Text("查找", "Search"),
    "no_findings": Text("校核没有发现问题。", "The checks found nothing."),
    "save_png": Text("下载 PNG", "PNG"),
    "save_svg": Text("下载 SVG", "SVG"),
    "data": Text("数据", "Data"),
    "data_below": Text("数据见“得分的由来”", "The data are in “How the score comes about”"),
    "made": Text(
        "本页由 gaoxin 生成，可离线打开；完整数据见随附的工作簿和数据文件。",
        "Made by gaoxin; works offline. The complete data are in the workbook and the data files beside it.",
    ),
    "kinds": {
        "result": Text("结果", "Result"),
        "certainty": Text("可信程度", "Certainty"),
        "data": Text("数据", "Data"),
    },
}


def render(
    result: RunResult,
    language: Language = "zh",
    geojson: dict[str, Any] | None = None,
    *,
    bundle: str | None = None,
) -> str:
    """Return the page of ``result``; ``language`` is the one it opens in.

    ``geojson`` (a FeatureCollection, see :func:`gaoxin.reports.charts.located`) adds a map. ``bundle`` is the script
    from :func:`vega_bundle` where the caller has kept it: making it takes more than a second.
    """
    with debug_mode(False):  # the charts are fixed and their tests check them; here it would cost a third of the time
        drawn, unmatched = _charts(result, geojson)
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
    )
    script, library = _source("page.js"), _closed(bundle or vega_bundle())
    shown = {
        "standing": tables.standing(result),
        "adjustments": tables.adjustments(result),
        "indicators": tables.indicators(result),
        "indicator_notes": tables.indicator_notes(result),
        "reliability": tables.reliability(result),
        "robustness": tables.robustness(result),
        "checks": tables.checks(result, MOST_CHECKS),
        "method": tables.method(result),
        "sources": tables.sources(result),
    }
    return environment.get_template("page.html.j2").render(
        result=result,
        basis=basis(result),
        language=language,
        words=WORDS,
        contents=_contents(),
        findings=summary(result),
        tables={name: _shown(table, result) for name, table in shown.items()},
        chart_texts={name: _texts(both["zh"]) for name, both in drawn.items()},
        units=[result.units[row] for row in ranking_order(result)],
        n_indicators=n_indicators(result),
        derivation=_derivation(result),
        replications=replications(result),
        severities=terms.SEVERITIES,
        unmatched=unmatched,
        css=Markup(_source("page.css")),  # noqa: S704 - our own file
        script=Markup(script),  # noqa: S704 - our own file
        bundle=Markup(library),  # noqa: S704 - the library, with every </script closed
        data=Markup(_json(_data(result, drawn, language))),  # noqa: S704 - escaped by _json
        script_hashes=" ".join(_hash(text) for text in (library, script)),
    )


def write(
    result: RunResult,
    path: Path,
    language: Language = "zh",
    geojson: dict[str, Any] | None = None,
    *,
    bundle: str | None = None,
) -> None:
    """Write the page of ``result`` to ``path``."""
    write_whole(path, render(result, language, geojson, bundle=bundle))


@lru_cache(maxsize=1)
def vega_bundle(folder: Path | None = None) -> str:
    """The chart library as one script, from the installed wheel: nothing is fetched.

    Putting it together takes more than a second. In ``folder`` it is kept for the next time, under the version of the
    wheel and with its own digest, so that a damaged copy is made anew.
    """
    kept = folder / f"vega-{version('vl-convert-python')}.js" if folder else None
    if kept and kept.is_file():
        digest, _, script = kept.read_text(encoding="utf-8", errors="replace").partition("\n")
        if digest == _digest(script):
            return script
    script = vl_convert.javascript_bundle()  # type: ignore[call-arg] # the stub wants a snippet; the library does not
    if kept:
        with suppress(OSError):  # a folder that cannot be written costs time, not the report
            write_whole(kept, f"{_digest(script)}\n{script}")
    return script


def _digest(script: str) -> str:
    return f"// sha256 {hashlib.sha256(script.encode('utf-8')).hexdigest()}"


@dataclass(frozen=True, slots=True)
class _Shown:
    """One cell as the page shows it."""

    text: Text
    sort: str | None
    mark: str = ""
    note: Text | None = None
    link: str = ""


def _shown(table: Table, result: RunResult) -> dict[str, Any]:
    """The cells of ``table`` in both languages, with what sorting, notes and links need."""
    keys = [column.key for column in table.columns]
    first = next((at for at, key in enumerate(keys) if key in ("unit", "name", "indicator", "node")), -1)
    codes = {unit.code for unit in result.units}
    rows = []
    for at, cells in enumerate(table.rows):
        code = cells[keys.index("code")] if "code" in keys else None
        row = []
        for position, (cell, column) in enumerate(zip(cells, table.columns, strict=True)):
            note = table.notes.get((at, position))
            mark: str = note.mark if note else "missing" if column.numeric and cell is None else ""
            if column.key == "severity":
                mark = next(f"severity-{name}" for name, word in terms.SEVERITIES.items() if word == cell)
            link = f"#unit={code}" if column.key in ("unit", "score") and code in codes else ""
            sort = None if not column.numeric else "" if cell is None else repr(float(cell))  # type: ignore[arg-type]
            row.append(_Shown(_both(cell, column), sort, mark, note.text if note else None, link))
        rows.append(row)
    return {
        "name": table.name,
        "title": table.title,
        "columns": table.columns,
        "rows": rows,
        "foot": table.foot,
        "first": first,
    }


def _both(cell: Cell, column: Column) -> Text:
    return Text(write_cell(cell, column, "zh"), write_cell(cell, column, "en"))


def _contents() -> list[tuple[str, Text]]:
    anchors = ("summary", "ranking", "unit", "indicators", "robustness", "checks", "method", "sources")
    named = {"indicators": "indicator_system"}
    return [(anchor, word) for anchor in anchors if isinstance(word := WORDS[named.get(anchor, anchor)], Text)]


def _charts(result: RunResult, geojson: dict[str, Any] | None) -> tuple[dict[str, dict[Language, Chart]], list[str]]:
    """All charts of the run, in both languages, and the units that are not on the map."""
    row = ranking_order(result)[0] if result.units else 0
    drawn: dict[str, dict[Language, Chart]] = {}
    unmatched: list[str] = []
    languages: tuple[Language, Language] = ("zh", "en")
    for language in languages:
        made: list[Chart | None] = [
            charts.ranking(result, language),
            charts.stacked(result, language),
            charts.slopes(result, language),
            charts.profile(result, row, language),
            charts.steps(result, row, language),
            charts.weights(result, language),
            charts.correlation(result, language),
            charts.dominance(result, language),
            charts.sensitivity(result, language),
        ]
        if geojson is not None:
            located = charts.located(result, geojson, language)
            unmatched = list(located.unmatched)
            made.append(located.chart)
        for chart in made:
            if chart is not None and not chart.empty:
                drawn.setdefault(chart.name, {})[language] = chart
    return drawn, unmatched


def _texts(chart: Chart) -> dict[str, Any]:
    return {
        "title": chart.title,
        "measure": chart.measure,
        "footer": chart.footer,
        "synthetic": chart.synthetic,
        "table": "" if chart.name in OF_UNIT else chart.table.name,
    }


def _derivation(result: RunResult) -> dict[str, Any]:
    """The table of the chosen unit without its values: what is the same for all units."""
    rows = []
    for at, _ in document_order(result):
        node = result.nodes[at]
        clause = node.citation
        rows.append(
            {
                "at": at,
                "group": at >= n_indicators(result),
                "name": label(node),
                "unit": node.unit,
                "weight": write_share(node.effective_weight, 2),
                "confirmed": node.weight_confirmed,
                "formula": node.formula,
                "source": terms.word(terms.DATA_SOURCES, node.source) if node.source else "",
                "clause": " ".join(part for part in (clause.number or clause.title, clause.article) if part)
                if clause
                else "",
                "confidence": terms.word(terms.CONFIDENCE, clause.confidence) if clause else "",
            }
        )
    columns = tables.derivation(result, 0).columns if result.units else ()
    numeric = [Column(column.key, column.title, "number") if column.key == "raw" else column for column in columns]
    return {"columns": numeric, "rows": rows}


def _data(result: RunResult, drawn: dict[str, dict[Language, Chart]], language: Language) -> dict[str, Any]:
    """What the script of the page needs: charts, the tables under them, the units."""
    datasets: dict[str, Any] = {}
    specs: dict[str, Any] = {}
    under: dict[str, Table] = {}
    for name, both in drawn.items():
        entry: dict[str, Any] = {
            "title": _pair(both["zh"].title),
            "measure": _pair(both["zh"].measure),
            "ofUnit": name in OF_UNIT,
        }
        for tongue, chart in both.items():
            plot = {key: value for key, value in chart.plot.items() if key not in ("datasets", "config")}
            shell = {key: value for key, value in chart.shell().items() if key != "config"}
            own = chart.plot.get("datasets", {})
            datasets |= own
            entry[tongue] = {"plot": plot, "shell": {**shell, "config": CONFIG}, "datasets": list(own)}
        if name not in OF_UNIT:
            under[both["zh"].table.name] = both["zh"].table
        specs[name] = entry
    return {
        "language": language,
        "title": _pair(result.title),
        "width": WIDTH,
        "config": CONFIG,
        "charts": specs,
        "datasets": datasets,
        "tables": {name: _plain(table) for name, table in under.items()},
        "units": _units(result),
    }


def _plain(table: Table) -> dict[str, Any]:
    columns = [
        {"header": {"zh": column.header("zh"), "en": column.header("en")}, "numeric": column.numeric}
        for column in table.columns
    ]
    rows = [
        [_pair(_both(cell, column)) for cell, column in zip(cells, table.columns, strict=True)] for cells in table.rows
    ]
    return {"columns": columns, "rows": rows}


def _units(result: RunResult) -> list[dict[str, Any]]:
    """Every unit as the detail section shows it, written out, best first."""
    n, at_code = n_indicators(result), positions(result)
    reported = value_columns(result)
    decimals, scale = score_decimals(result.scores[:, -1]), score_decimals(result.normalised)
    robust = result.robustness
    groups = [at for at, _ in document_order(result) if at >= n]
    units = []
    for row in ranking_order(result):
        unit = result.units[row]
        facts = [
            [_pair(terms.SCORE), write_number(float(result.scores[row, -1]), decimals)],
            [_pair(Text("名次", "rank")), write_rank(float(result.ranks[row, -1]))],
        ]
        if robust is not None:
            low, high = write_rank(float(robust.rank_low[row])), write_rank(float(robust.rank_high[row]))
            facts.append([_pair(Text("名次的 5%–95% 区间", "5–95 % interval of the rank")), f"{low}–{high}"])
        if unit.group:
            facts.append([_pair(Text("类别", "group")), unit.group])
        for adjustment in result.adjustments:
            if adjustment.unit == unit.code:
                kind = terms.word(terms.ADJUSTMENTS, adjustment.kind)
                name = Text(f"{kind.zh}：{adjustment.reason}", f"{kind.say('en')}: {adjustment.reason}")
                points = "—" if adjustment.kind == "veto" else write_number(adjustment.points, 2, signed=True)
                facts.append([_pair(name), points])
        strong, weak = (
            [
                _pair(_note_line(label(result.nodes[at_code[note.node]]), note, scale))
                for note in result.unit_notes
                if note.unit == unit.code and note.strength is strength and note.node in at_code
            ]
            for strength in (True, False)
        )
        marks = {}
        for at in range(n):
            found = cell_note(result, row, at, reported=True)
            if found:
                marks[at] = {"mark": found.mark, "text": _pair(found.text)}
        units.append(
            {
                "code": unit.code,
                "headline": _pair(unit_headline(result, row)),
                "profile": _pair(unit_profile(result, row)),
                "steps": _pair(unit_steps(result, row)),
                "facts": facts,
                "notes": [
                    [_pair(Text("优势", "Strengths")), strong],
                    [_pair(Text("短板", "Weaknesses")), weak],
                ],
                "raw": [_pair(_both(known(result.raw[row, at]), reported[at])) for at in range(n)],
                "normalised": [write_number(float(value), scale) for value in result.normalised[row]],
                "contribution": [write_number(float(value), decimals + 1) for value in result.contributions[row]],
                "rank": [write_rank(float(value)) for value in result.ranks[row, :n]],
                "group": {
                    at: write_number(float(result.scores[row, at]), score_decimals(result.scores[:, at]))
                    for at in groups
                },
                "groupRank": {at: write_rank(float(result.ranks[row, at])) for at in groups},
                "marks": marks,
            }
        )
    return units


def _note_line(name: Text, note: UnitNote, decimals: int) -> Text:
    own, others = write_number(note.value, decimals), write_number(note.peer_median, decimals)
    place = write_rank(note.rank)
    return Text(
        f"{name.say('zh')}：{own}，中位数 {others}，第 {place} 位",
        f"{name.say('en')}: {own}, median {others}, rank {place}",
    )


def _pair(text: Text) -> str | dict[str, str]:
    zh, en = text.say("zh"), text.say("en")
    return zh if zh == en else {"zh": zh, "en": en}


def _json(value: Any) -> str:
    """JSON that can stand inside a script element: no <, > or & is left in it."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_number)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _number(value: Any) -> float:
    if isinstance(value, np.generic):
        return float(value)
    raise TypeError(f"{type(value).__name__} has no place in the data of the page")


def _closed(script: str) -> str:
    """A script that cannot end its own element early."""
    return script.replace("</script", "<\\/script").replace("<!--", "<\\!--")


def _source(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def _hash(script: str) -> str:
    """The hash by which the content security policy knows a script."""
    digest = base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
    return f"'sha256-{digest}'"

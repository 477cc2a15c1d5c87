"""The Excel workbook of a run: every table on its sheet, made to be worked with and to be printed.

Text is written as text: a name that looks like a formula stays a name, also when somebody edits the cell.
"""

from __future__ import annotations

import io
import math
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from gaoxin.reports import tables, terms
from gaoxin.reports.findings import summary
from gaoxin.reports.lettering import legible, width
from gaoxin.reports.outline import basis, n_indicators
from gaoxin.reports.tables import Cell, Column, Mark, Table, write_cell
from gaoxin.reports.tables.units import key
from gaoxin.runs.result import RunResult
from gaoxin.words import Language, Text
from gaoxin.writing import write_whole

FONT = "微软雅黑"
HEAD, ACCENT, QUIET, LINE = "#E8EDF2", "#0B5CAD", "#59636E", "#D1D9E0"
FILLS: dict[Mark, str] = {"imputed": "#FFE7B3", "treated": "#FBD9C6", "missing": "#E4E8EC", "unconfirmed": "#FFF4CC"}
WORDS: dict[Mark, Text] = {
    "imputed": terms.IMPUTED,
    "treated": terms.TREATED,
    "missing": terms.UNKNOWN,
    "unconfirmed": terms.UNCONFIRMED,
}
PROPERTIES = {
    "size": "font_size",
    "color": "font_color",
    "fill": "bg_color",
    "wrap": "text_wrap",
    "number": "num_format",
    "quote": "quote_prefix",
}
TITLE_ROW, ABOUT_ROW, NOTE_ROW, HEAD_ROW = range(4)
MOST_ROWS = 1_000_000
"""A sheet of Excel has 1,048,576 rows."""
MOST_NOTES, MOST_LINKS = 2_000, 20_000
"""Notes and links on one sheet. Beyond, the colour alone marks a cell: Excel gets slow, and stops at 65,530 links."""
MOST_PAIRED = 300
"""Units up to which every pair is listed."""
PAGE = 150
"""Width of a landscape page, in characters; a wider table is printed on several pages side by side."""

Links = Mapping[tuple[int, int], str]
SheetName = Literal[
    "summary", "standing", "adjustments", "normalised", "raw", "contributions", "indicators", "analysis", "history",
    "notes", "checks", "robustness", "pairs", "sensitivity", "method", "sources",
]  # fmt: skip
SHEETS: dict[SheetName, Text] = {
    "summary": Text("概要", "Summary"),
    "standing": Text("结果", "Results"),
    "adjustments": Text("加减分", "Adjustments"),
    "normalised": Text("指标值", "Indicator values"),
    "raw": Text("原始值", "Raw values"),
    "contributions": Text("贡献", "Contributions"),
    "indicators": Text("指标体系", "Indicator system"),
    "analysis": Text("指标分析", "Indicator analysis"),
    "history": Text("历年", "History"),
    "notes": Text("优势短板", "Strengths"),
    "checks": Text("校核", "Checks"),
    "robustness": Text("稳健性", "Robustness"),
    "pairs": Text("两两比较", "Pairs"),
    "sensitivity": Text("敏感性", "Sensitivity"),
    "method": Text("方法", "Method"),
    "sources": Text("来源", "Sources"),
}


def render(result: RunResult, language: Language = "zh") -> bytes:
    """Return the workbook of ``result``; the same result gives the same bytes."""
    buffer = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    with xlsxwriter.Workbook(buffer, options) as book:
        properties: dict[str, Any] = {
            "title": result.title.say(language),
            "subject": result.system_title.say(language),
            "comments": terms.SYNTHETIC.say(language) if result.synthetic else "",
            "author": "gaoxin",
        }
        if result.created:
            properties["created"] = datetime.fromisoformat(result.created).replace(tzinfo=None)
        book.set_properties(properties)
        _Book(book, result, language).fill()
    return buffer.getvalue()


def write(result: RunResult, path: Path, language: Language = "zh") -> None:
    """Write the workbook of ``result`` to ``path``."""
    write_whole(path, render(result, language))


class _Book:
    """The open workbook, its formats, and where the next thing goes."""

    def __init__(self, book: xlsxwriter.Workbook, result: RunResult, language: Language) -> None:
        self.book, self.result, self.language = book, result, language
        self.formats: dict[tuple[tuple[str, Any], ...], Format] = {}

    def fill(self) -> None:
        """Write every sheet that has something to show."""
        result = self.result
        wanted: dict[SheetName, list[Table]] = {
            "standing": [tables.standing(result)],
            "adjustments": [tables.adjustments(result)],
            "normalised": [tables.normalised(result)],
            "raw": [tables.raw(result)],
            "contributions": [tables.contributions(result)],
            "indicators": [tables.indicators(result)],
            "analysis": [tables.indicator_notes(result), tables.correlations(result), tables.reliability(result)],
            "history": [tables.history(result)] if result.previous else [],
            "notes": [tables.unit_notes(result)],
            "checks": [tables.checks(result, MOST_ROWS)],
            "robustness": [tables.robustness(result)],
            "pairs": [tables.dominance(result)] if len(result.units) <= MOST_PAIRED else [],
            "sensitivity": [tables.sensitivity(result)],
            "method": [tables.method(result)],
            "sources": [tables.sources(result)],
        }
        always: set[SheetName] = {"checks", "robustness"}
        shown = [name for name, found in wanted.items() if name in always or any(table.rows for table in found)]
        self.summary(shown)
        links = self.links(wanted)
        for name in shown:
            found = [table for table in wanted[name] if table.rows] or wanted[name][:1]
            sheet = self.sheet(name, found[0])
            self.set_up(sheet, found)
            end = self.table(sheet, found[0], HEAD_ROW, links.get(name, {}))
            for table in found[1:]:
                sheet.write_string(end + 2, 0, table.title.say(self.language), self.format(bold=True, size=12))
                end = self.table(sheet, table, end + 3, {})
            if name == "pairs":
                size = len(found[0].rows)
                shade = {"type": "2_color_scale", "min_color": "#FFFFFF", "max_color": "#7FB0DC"}
                sheet.conditional_format(HEAD_ROW + 1, 1, HEAD_ROW + size, size, shade)

    def summary(self, shown: list[SheetName]) -> None:
        """Write the first sheet: what the run is, what it found, and where the rest is."""
        say, sheet = self.language, self.sheet("summary", None)
        sheet.set_column(0, 0, 16)
        sheet.set_column(1, 1, 110)
        kinds = {
            "result": Text("结果", "Result"),
            "certainty": Text("可信程度", "Certainty"),
            "data": Text("数据", "Data"),
        }
        row, wrapped = NOTE_ROW + 1, self.format(wrap=True)
        for finding in summary(self.result):
            text = f"▲ {finding.text.say(say)}" if finding.caution else finding.text.say(say)
            sheet.write_string(row, 0, kinds[finding.kind].say(say), self.format(color=QUIET))
            sheet.write_string(row, 1, text, wrapped)
            sheet.set_row(row, 17 * max(1, math.ceil(width(text) / 125)))
            row += 1
        row += 1
        for mark, word in WORDS.items():
            sheet.write_string(row, 0, word.say(say), self.format(fill=FILLS[mark], border=1))
            row += 1
        row += 1
        for name in shown:
            target = f"internal:'{SHEETS[name].say(say)}'!A1"
            sheet.write_url(row, 0, target, self.format(color=ACCENT, underline=1), SHEETS[name].say(say))
            row += 1

    def sheet(self, name: SheetName, table: Table | None) -> Worksheet:
        """Open the sheet ``name``: its heading, the label of synthetic data, the print setup."""
        say, result = self.language, self.result
        sheet = self.book.add_worksheet(SHEETS[name].say(say))
        title = result.title.say(say)
        heading = title if table is None else f"{title} · {table.title.say(say)}"
        sheet.write_string(TITLE_ROW, 0, heading, self.format(bold=True, size=14))
        sheet.set_row(TITLE_ROW, 24)
        about = basis(result).say(say)
        synthetic = terms.SYNTHETIC.say(say)
        if result.synthetic:
            about = f"▲ {synthetic} · {about}"
        sheet.write_string(
            ABOUT_ROW, 0, about, self.format(bold=result.synthetic, color="#9A4B00" if result.synthetic else QUIET)
        )
        column = 0
        for mark in dict.fromkeys(note.mark for note in table.notes.values()) if table else ():
            if mark in FILLS:
                sheet.write_string(NOTE_ROW, column, WORDS[mark].say(say), self.format(fill=FILLS[mark], border=1))
                column += 1
        if table and table.foot:
            sheet.write_string(
                NOTE_ROW, column, " ".join(text.say(say) for text in table.foot), self.format(color=QUIET)
            )
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.set_margins(left=0.5, right=0.5, top=0.7, bottom=0.6)
        if result.synthetic:
            sheet.set_header("&R" + synthetic.replace("&", "&&"))
        sheet.set_footer("&L" + title.replace("&", "&&")[:120] + "&R&P / &N")
        sheet.fit_to_pages(1, 0)
        return sheet  # fmt: skip

    def set_up(self, sheet: Worksheet, found: list[Table]) -> None:
        """Column widths for all tables of the sheet; frozen panes, filter and print titles for the first."""
        first = found[0]
        if not first.columns:
            return
        widths = [0.0] * max(len(table.columns) for table in found)
        for table in found:
            for at in range(len(table.columns)):
                widths[at] = max(widths[at], _room(table, at, self.language))
        for at, room in enumerate(widths):
            sheet.set_column(at, at, room)
        keys = ("unit", "name", "indicator")
        frozen = next((at + 1 for at, column in enumerate(first.columns) if column.key in keys), 0)
        sheet.freeze_panes(HEAD_ROW + 1, frozen)
        if len(found) == 1:
            sheet.autofilter(HEAD_ROW, 0, HEAD_ROW + max(len(first.rows), 1), len(first.columns) - 1)
        sheet.repeat_rows(HEAD_ROW)
        pages = math.ceil(sum(widths) / PAGE)
        if pages > 1:
            sheet.fit_to_pages(pages, 0)
            sheet.repeat_columns(0, max(frozen - 1, 0))

    def table(self, sheet: Worksheet, table: Table, top: int, links: Links) -> int:
        """Write ``table`` with its header in row ``top``; return the last row."""
        if not table.columns:
            empty = Text("未做稳健性分析。", "No robustness analysis was made.")
            sheet.write_string(top, 0, empty.say(self.language), self.format())
            return top
        head = self.format(bold=True, wrap=True, fill=HEAD, border=1, align="center", valign="vcenter")
        lines = 1
        for at, column in enumerate(table.columns):
            text = column.header(self.language)
            sheet.write_string(top, at, text, head)
            lines = max(lines, math.ceil(1.15 * width(text) / _room(table, at, self.language)))
        sheet.set_row(top, 15 * lines + 5)
        numbers = [_number_format(table, at) for at in range(len(table.columns))]
        notes, with_links = 0, len(links) <= MOST_LINKS
        for shown, cells in enumerate(table.rows):
            for at, cell in enumerate(cells):
                row, note = top + 1 + shown, table.notes.get((shown, at))
                link = links.get((shown, at)) if with_links else None
                style = self.cell_format(
                    table.columns[at], cell, numbers[at], note.mark if note else None, link is not None
                )
                if link:
                    sheet.write_url(row, at, link, style)
                if isinstance(cell, int | float):
                    sheet.write_number(row, at, cell, style)
                else:
                    sheet.write_string(row, at, legible(write_cell(cell, table.columns[at], self.language)), style)
                if note and note.mark != "unconfirmed" and notes < MOST_NOTES:
                    sheet.write_comment(row, at, note.text.say(self.language), {"author": "gaoxin", "x_scale": 1.6})
                    notes += 1
        return top + len(table.rows)

    def cell_format(self, column: Column, cell: Cell, number: str, mark: Mark | None, linked: bool) -> Format:
        """The format of a cell: number format by its column, fill by its mark, a link in the accent colour."""
        wanted: dict[str, Any] = {"border": 1, "valign": "vcenter"}
        if column.numeric:
            wanted["align"] = "right"
            if cell is None:
                wanted["color"] = QUIET
            else:
                wanted["number"] = number
        else:
            wanted["wrap"] = column.wide
            wanted["quote"] = write_cell(cell, column, self.language)[:1] in "=+-@\t\r"
        if mark in FILLS:
            wanted["fill"] = FILLS[mark]
        if linked:
            wanted |= {"color": ACCENT, "underline": 1}
        return self.format(**wanted)

    def format(self, **wanted: Any) -> Format:
        """A format of the book, made once for each wish."""
        wish = tuple(sorted(wanted.items()))
        if wish not in self.formats:
            options = {PROPERTIES.get(name, name): value for name, value in wanted.items() if value is not False}
            if "border" in options:
                options["border_color"] = LINE
            self.formats[wish] = self.book.add_format({"font_name": FONT, "font_size": 10, **options})
        return self.formats[wish]

    def target(self, name: SheetName, row: int, column: int = 0) -> str:
        """A link to a cell of this book."""
        return f"internal:'{SHEETS[name].say(self.language)}'!{xl_rowcol_to_cell(row, column)}"

    def links(self, wanted: Mapping[SheetName, list[Table]]) -> dict[SheetName, Links]:
        """From a score to the contributions that make it, from an indicator to its reported values."""
        begin = HEAD_ROW + 1
        unit_row = {code: begin + row for row, code in enumerate(wanted["contributions"][0].values("code"))}
        standing = wanted["standing"][0]
        code, score = standing.column("code"), standing.column("score")
        scores = {
            (row, score): self.target("contributions", unit_row[cells[code]]) for row, cells in enumerate(standing.rows)
        }
        raw = wanted["raw"][0]
        leaves = {node.code: raw.column(key(node)) for node in self.result.nodes[: n_indicators(self.result)]}
        codes = enumerate(wanted["indicators"][0].values("code"))
        indicators = {
            (row, 0): self.target("raw", HEAD_ROW, leaves[str(node)]) for row, node in codes if node in leaves
        }
        return {"standing": scores, "indicators": indicators}


def _number_format(table: Table, at: int) -> str:
    column = table.columns[at]
    digits = "." + "0" * column.decimals if column.decimals else ""
    match column.kind:
        case "share":
            return f"0{digits}%"
        case "change":
            return f"+#,##0{digits};-#,##0{digits};0"
        case "rank":
            known = [value for row in table.rows if isinstance(value := row[at], int | float)]
            return "0" if all(float(value).is_integer() for value in known) else "General"
        case _:
            return f"#,##0{digits}"


def _room(table: Table, at: int, language: Language) -> float:
    """Width of a column in characters: by its longest cell, and by its header broken into a few lines."""
    column = table.columns[at]
    header = width(column.header(language))
    longest = max((width(write_cell(row[at], column, language)) for row in table.rows[:2000]), default=0)
    if column.numeric:
        return min(max(longest + 2, header / 4 + 2, 9), 18)
    return min(max(longest + 2, min(header + 3, 16), 6), 60 if column.wide else 40)

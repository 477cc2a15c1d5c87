"""A workbook of plain tables, a sheet each: made for lists of hundreds of thousands of rows, written row by row.

Text is written as text, whatever it begins with. Every sheet says what the figures are as of, by which rulebook, and
that they are no tax advice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format

from gaoxin.reports.lettering import legible, width
from gaoxin.reports.tables.table import Column, Table, write_cell
from gaoxin.words import Language, Text

FONT = "微软雅黑"
HEAD, QUIET, CAUTION, LINE = "#E8EDF2", "#59636E", "#9A4B00", "#D1D9E0"
MOST_ROWS = 1_048_000
"""Rows of one sheet of Excel, less the heading; a longer table is cut, and says so."""
_LEAD = "=+-@\t\r"
_SAMPLE = 500


def write_workbook(
    path: Path, title: Text, about: Sequence[Text], tables: Iterable[Table], language: Language, *, synthetic: bool
) -> None:
    """Write ``tables`` to ``path``, each on a sheet under ``title`` and the lines of ``about``."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), {**options, "strings_to_numbers": False}) as book:
        book.set_properties({"title": title.say(language), "author": "gaoxin", "comments": about[0].say(language)})
        sheets = _Sheets(book, title, about, language, synthetic)
        for table in tables:
            sheets.write(table)


class _Sheets:
    def __init__(
        self, book: xlsxwriter.Workbook, title: Text, about: Sequence[Text], language: Language, synthetic: bool
    ) -> None:
        self.book, self.title, self.about, self.language, self.synthetic = book, title, about, language, synthetic
        self.formats: dict[tuple[tuple[str, Any], ...], Format] = {}

    def write(self, table: Table) -> None:
        say, sheet = self.language, self.book.add_worksheet(table.title.say(self.language)[:31])
        for at in range(len(table.columns)):
            sheet.set_column(at, at, _room(table, at, say))
        heading = f"{self.title.say(say)} · {table.title.say(say)}"
        sheet.write_string(0, 0, heading, self.format(bold=True, font_size=14))
        row = 1
        cut = len(table.rows) > MOST_ROWS
        more = [Text(f"只列出前 {MOST_ROWS} 行。", f"The first {MOST_ROWS} rows only.")] if cut else []
        for line in (*self.about, *table.foot, *more):
            caution = self.synthetic and line is self.about[0]
            style = self.format(font_color=CAUTION if caution else QUIET, bold=caution)
            sheet.write_string(row, 0, line.say(say), style)
            row += 1
        head = self.format(bold=True, text_wrap=True, bg_color=HEAD, border=1, valign="vcenter")
        for at, column in enumerate(table.columns):
            sheet.write_string(row, at, column.header(say), head)
        sheet.freeze_panes(row + 1, 1)
        shown = table.rows[:MOST_ROWS]
        if shown:
            sheet.autofilter(row, 0, row + len(shown), len(table.columns) - 1)
        formats = [self.format(num_format=_digits(column), border=1) for column in table.columns]
        text, quoted = self.format(border=1), self.format(border=1, quote_prefix=True)
        for cells in shown:
            row += 1
            for at, cell in enumerate(cells):
                if isinstance(cell, (int, float, Decimal)):
                    sheet.write_number(row, at, cell, formats[at])
                elif cell is not None:
                    said = legible(write_cell(cell, table.columns[at], say))
                    sheet.write_string(row, at, said, quoted if said[:1] in _LEAD else text)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.hide_gridlines(2)
        if self.synthetic:
            sheet.set_header("&R" + self.about[0].say(say).replace("&", "&&"))
        sheet.set_footer("&L" + self.title.say(say).replace("&", "&&")[:120] + "&R&P / &N")

    def format(self, **wanted: Any) -> Format:
        """A format, made once for each wish."""
        wish = tuple(sorted(wanted.items()))
        if wish not in self.formats:
            options = {name: value for name, value in wanted.items() if value is not False}
            if "border" in options:
                options["border_color"] = LINE
            self.formats[wish] = self.book.add_format({"font_name": FONT, "font_size": 10, **options})
        return self.formats[wish]


def _digits(column: Column) -> str:
    digits = "." + "0" * column.decimals if column.decimals else ""
    match column.kind:
        case "share":
            return f"0{digits}%"
        case "change":
            return f"+#,##0{digits};-#,##0{digits};0"
        case _:
            return f"#,##0{digits}"


def _room(table: Table, at: int, language: Language) -> float:
    column = table.columns[at]
    longest = max((width(write_cell(row[at], column, language)) for row in table.rows[:_SAMPLE]), default=0)
    return min(max(longest + 2, width(column.header(language)) + 2, 8), 60 if column.wide else 34)

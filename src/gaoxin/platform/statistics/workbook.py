"""The workbook of a return: made for one organisation or for many, and read back.

One organisation: a sheet for each form, an item in each row, this period's cells open, last period's beside them
locked. Many: one row for each reporter, one column for each item, as `gaoxin.returns` reads it.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import xlsxwriter

from gaoxin.platform.frame.tables import SYNTHETIC, neutral
from gaoxin.platform.refusals import refuse
from gaoxin.platform.statistics import books, document, sheet
from gaoxin.platform.statistics.document import Figures
from gaoxin.platform.statistics.models import Collection, Return
from gaoxin.problems import Problem
from gaoxin.returns.cells import narrow
from gaoxin.returns.layout import letters
from gaoxin.rulebook.entries import Item
from gaoxin.words import Text

CODE, NOW, NUMBER = "代码", "本期", "序号"
_HEADINGS = ("指标", CODE, "单位", NOW, "上期")
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
_SHEET_NAME = 31
_PROJECT_ROWS = 30
MOST_ROWS = 2000


def template(held: Return, figures: Figures, before: Figures) -> bytes:
    """The workbook of one return, with what is entered so far and last period's figures locked beside it."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, _OPTIONS) as book:
        form = _Look(book)
        for at, part in enumerate(sheet.parts(held, figures, before, {})):
            page = book.add_worksheet(_sheet_name(at, part.title.zh))
            page.protect("", {"format_columns": True, "format_rows": True})
            title = f"{held.organisation.name}（{held.organisation.code}） {held.collection.period} {part.title.zh}"
            page.write_string(0, 0, title, form.bold)
            if held.collection.synthetic:
                page.write_string(1, 0, " ".join(SYNTHETIC), form.bold)
            if part.grid:
                _grid(page, form, part)
            else:
                _lines(page, form, part.lines)
    return content.getvalue()


class _Look:
    """The formats of the cells."""

    def __init__(self, book: Any) -> None:
        self.bold = book.add_format({"bold": True})
        self.open = book.add_format({"locked": False, "border": 1, "bg_color": "#fffbe6"})
        self.number = book.add_format({"locked": False, "border": 1, "bg_color": "#fffbe6", "num_format": "#,##0.###"})
        self.grey = book.add_format({"bg_color": "#eef1f4", "font_color": "#59636e", "num_format": "#,##0.###"})

    def write(self, page: Any, row: int, column: int, item: Item, text: str, look: Any) -> None:
        """A figure in the type it has; a blank cell keeps its format."""
        if not text:
            page.write_blank(row, column, None, look)
        elif item.decimals is not None:
            # Beyond 15 digits a spreadsheet would round: then the figure is written as text and read back exactly.
            digits = len(text.replace(".", "").lstrip("-0"))
            write = page.write_number if digits <= 15 else page.write_string
            write(row, column, Decimal(text) if digits <= 15 else document.plain(item, text), look)
        else:
            shown = {"true": "是", "false": "否"}.get(text, text) if item.type == "flag" else text
            page.write_string(row, column, shown, look)


def _lines(page: Any, form: _Look, lines: Sequence[sheet.Field]) -> None:
    page.set_column(0, 0, 44)
    page.set_column(1, 2, 11)
    page.set_column(3, 4, 20)
    for column, heading in enumerate(_HEADINGS):
        page.write_string(2, column, heading, form.bold)
    page.freeze_panes(3, 2)
    for row, field in enumerate(lines, start=3):
        page.write_string(row, 0, field.item.name.zh)
        page.write_string(row, 1, field.item.code)
        page.write_string(row, 2, field.item.unit or "")
        look = form.grey if field.greyed else form.number if field.control == "number" else form.open
        form.write(page, row, 3, field.item, field.text, look)
        form.write(page, row, 4, field.item, field.before, form.grey)
        if field.greyed:
            continue
        if field.control == "codes":
            page.data_validation(row, 3, row, 3, {"validate": "list", "source": list(field.item.values)[:20]})
        elif field.control == "flag":
            page.data_validation(row, 3, row, 3, {"validate": "list", "source": ["是", "否"]})


def _grid(page: Any, form: _Look, part: sheet.Part) -> None:
    page.set_column(1, len(part.items), 18)
    page.write_string(2, 0, NUMBER, form.bold)
    for column, item in enumerate(part.items, start=1):
        page.write_string(1, column, item.name.zh)
        page.write_string(2, column, item.code, form.bold)
    page.freeze_panes(3, 1)
    rows = dict(part.grid)
    for number in range(1, max(len(rows), _PROJECT_ROWS) + 1):
        page.write_number(2 + number, 0, number)
        fields = rows.get(number)
        for column, item in enumerate(part.items, start=1):
            text = fields[column - 1].text if fields else ""
            form.write(page, 2 + number, column, item, text, form.number if item.decimals is not None else form.open)


def _sheet_name(at: int, title: str) -> str:
    kept = "".join("_" if sign in "[]:*?/\\'" else sign for sign in title)[: _SHEET_NAME - 4]
    return f"{at + 1} {kept}"


def read_template(
    held: Return, tables: Mapping[str, Sequence[Sequence[str]]]
) -> tuple[dict[str, str], dict[str, Text]]:
    """What was filled into the workbook of one return: texts by cell, and where each of them stands.

    Cells that are blank in the workbook are blank in the return. Raises InputError when no sheet is of the template.
    """
    collection = held.collection
    cells: dict[str, str] = {}
    places: dict[str, Text] = {}
    repeated = {item.code: s.entity for s in _sections(collection) if s.repeated for item in s.items}
    for name, rows in tables.items():
        top = next((n for n, row in enumerate(rows[:10]) if {CODE, NOW} <= _set(row) or NUMBER in _set(row)), None)
        if top is None:
            continue
        heading = [narrow(cell) for cell in rows[top]]
        for n, row in enumerate(rows[top + 1 : top + 1 + MOST_ROWS], start=top + 2):
            if NOW in heading:
                code_at, now_at = heading.index(CODE), heading.index(NOW)
                code = narrow(row[code_at]) if code_at < len(row) else ""
                typed = narrow(row[now_at]) if now_at < len(row) else ""
                if code and (typed or code not in collection.greyed):
                    cells[code] = row[now_at] if now_at < len(row) else ""
                    places[code] = _place(name, n, now_at)
                continue
            number = narrow(row[0]) if row else ""
            for at, code in enumerate(heading[1:], start=1):
                if number.isdigit() and code in repeated:
                    cell = f"{repeated[code]}.{int(number)}.{code}"
                    cells[cell] = row[at] if at < len(row) else ""
                    places[cell] = _place(name, n, at)
    if not cells:
        refuse(
            "returns.template", "file", Text("这不是本平台生成的填报表", "this is not a template of this platform"),
            Text("请先下载填报表，填好后上传", "download the template, fill it in and upload it"),
        )  # fmt: skip
    return cells, places


def placed(wrong: Iterable[Problem], places: Mapping[str, Text]) -> list[Problem]:
    """The problems with the place in the workbook in their words."""
    return [
        replace(one, message=Text(f"{p.zh}：{one.message.zh}", f"{p.en}: {one.message.en}"))
        if (p := places.get(one.item or ""))
        else one
        for one in wrong
    ]


def _place(name: str, row: int, column: int) -> Text:
    cell = f"{letters(column)}{row}"
    return Text(f"工作表 {name} {cell}", f"sheet {name}, {cell}") if name else Text(cell, cell)


def _set(row: Sequence[str]) -> set[str]:
    return {narrow(cell) for cell in row}


def _sections(collection: Collection) -> tuple[books.Section, ...]:
    return books.sections(collection.book, collection.entity, collection.forms)


def table_of_many(collection: Collection, returns: Iterable[Return]) -> bytes:
    """The workbook of many reporters: a row for each, with what is entered so far, as `gaoxin.returns` reads it."""
    content = io.BytesIO()
    book = books.book(collection.book)
    parent = book.entities[collection.entity].parent
    items = [item for s in _sections(collection) if not s.repeated for item in s.items]
    keys = [collection.entity, *([parent] if parent else []), "period"]
    titles = {"firm": "统一社会信用代码", "zone": "园区代码", "period": "报告期"}
    with xlsxwriter.Workbook(content, {**_OPTIONS, "constant_memory": True}) as made:
        form = _Look(made)
        page = made.add_worksheet(collection.entity)
        top = 0
        if collection.synthetic:
            page.write_string(0, 0, " ".join(SYNTHETIC), form.bold)
            top = 1
        named = {"firm": "企业名称", "zone": "园区名称"}[collection.entity]
        for column, heading in enumerate([*(titles.get(key, key) for key in keys), named]):
            page.write_string(top, column, heading, form.bold)
        first = len(keys) + 1
        for column, item in enumerate(items, start=first):
            page.write_string(top, column, item.code, form.bold)
        page.freeze_panes(top + 1, first)
        for row, held in enumerate(returns, start=top + 1):
            about = {
                collection.entity: held.organisation.code, "period": collection.period,
                **({parent: held.zone.code if held.zone else ""} if parent else {}),
            }  # fmt: skip
            for column, key in enumerate(keys):
                page.write_string(row, column, about[key])
            page.write_string(row, len(keys), neutral(held.organisation.name))
            figures = held.latest.figures if held.latest else {}
            for column, item in enumerate(items, start=first):
                if text := figures.get(item.code, ""):
                    form.write(page, row, column, item, text, None)
    return content.getvalue()

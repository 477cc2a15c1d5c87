"""Long tables: one row for each figure (reporter, item, period, value), read into a wide part."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa

from gaoxin.returns.cells import narrow
from gaoxin.returns.columns import read_column
from gaoxin.returns.layout import Column, Layout
from gaoxin.returns.notices import unknown_item
from gaoxin.returns.parts import CHUNK_ROWS, Ints, Part, cell_type, conversion, remarked
from gaoxin.returns.rows import Context, Row, Rows
from gaoxin.returns.sheets import Sheet
from gaoxin.words import Text


@dataclass(eq=False)
class _Figures:
    """The figures of one item in one unit: whose (position among the reporters), from which row, and their texts."""

    whose: array[int] = field(default_factory=lambda: array("q"))
    rows: array[int] = field(default_factory=lambda: array("q"))
    texts: list[str] = field(default_factory=list)
    chunks: list[pa.Array] = field(default_factory=list)

    def add(self, whose: int, row: int, text: str) -> None:
        self.whose.append(whose)
        self.rows.append(row)
        self.texts.append(text)
        if len(self.texts) >= CHUNK_ROWS:
            self._pack()

    def _pack(self) -> None:
        self.chunks.append(pa.array(self.texts, pa.string()))
        self.texts = []

    def column(self) -> pa.Array:
        self._pack()
        return pa.chunked_array(self.chunks).combine_chunks()


def read_long(sheet: Sheet, layout: Layout, context: Context) -> Part:
    """Read a long sheet into a wide part."""
    rows = Rows(sheet, layout, context)
    value = layout.of_role("value")[0]
    unit_column = _unit_column(layout)
    item_of = _ItemReader(rows, layout)
    reporters: dict[tuple[str, str], Row] = {}
    order: dict[tuple[str, str], int] = {}
    figures: dict[str, dict[str | None, _Figures]] = {}
    for row in rows:
        found = item_of(row)
        if found is None:
            continue
        code, stated = found
        if unit_column is not None:
            stated = narrow(row.cells[unit_column.position]) or stated
        who = (row.key, row.period)
        reporters.setdefault(who, replace(row, cells=[]))
        group = figures.setdefault(code, {}).setdefault(stated, _Figures())
        group.add(order.setdefault(who, len(order)), row.number, row.cells[value.position])

    reported = list(reporters.values())
    columns = {
        "key": pa.array([row.key for row in reported], pa.string()),
        "parent": pa.array([row.parent for row in reported], pa.string()),
        "period": pa.array([row.period for row in reported], pa.string()),
    }
    numbers: dict[str, Ints] = {}
    for code, by_unit in figures.items():
        item = context.vocabulary.items[code]
        typed = []
        for stated, group in by_unit.items():
            factor = conversion(item, stated, rows, unit_column or value, row=group.rows[0])
            column, remarks = read_column(group.column(), cell_type(item, factor))
            typed.append(column)
            for remark in remarks:
                row = replace(reported[group.whose[remark.position]], number=group.rows[remark.position])
                context.findings.add(remarked(rows, value, code, row, remark))
        whose = np.concatenate([np.array(group.whose) for group in by_unit.values()])
        where = np.concatenate([np.array(group.rows) for group in by_unit.values()])
        _reported_twice(rows, value, code, whose, where, reported)
        place = np.full(len(reported), -1, dtype=np.int64)
        place[whose] = np.arange(len(whose))
        columns[code] = pa.chunked_array(typed).take(pa.array(place, mask=place < 0))
        numbers[code] = np.where(place < 0, -1, where[place])
    return Part(
        layout.entity,
        sheet.file,
        sheet.name,
        pa.table(columns),
        numbers,
        dict.fromkeys(numbers, value.place),
        rows.synthetic,
    )


def _unit_column(layout: Layout) -> Column | None:
    """The column with units: 计量单位, or 单位 when another column says who reports."""
    stated = layout.of_role("unit")
    if stated:
        return stated[0]
    others = layout.of_role("reporter")
    return others[0] if others and layout.of_role("key") else None


def _reported_twice(rows: Rows, column: Column, code: str, whose: Ints, where: Ints, reported: Sequence[Row]) -> None:
    order = np.argsort(whose, kind="stable")
    for i in np.flatnonzero(whose[order][1:] == whose[order][:-1]):
        first, second = int(where[order[i]]), int(where[order[i + 1]])
        row = reported[whose[order[i]]]
        rows.problem(
            "reporter.duplicate",
            Text(
                f"{row.key} {row.period} 的 {code} 填报了两次：第 {first} 行和第 {second} 行",
                f"{code} of {row.key} {row.period} is reported twice: row {first} and row {second}",
            ),
            Text("请删去其中一行", "delete one of the rows"),
            row=second,
            column=column,
            reporter=row.key,
        )


class _ItemReader:
    """Which item a row is about and in which unit its name says it is; every different text is looked up once."""

    def __init__(self, rows: Rows, layout: Layout) -> None:
        self._rows, self._entity = rows, layout.entity
        self._columns = layout.of_role("measure")
        self._known: dict[str, tuple[str, str | None] | None] = {}
        self._unknown: set[str] = set()

    def __call__(self, row: Row) -> tuple[str, str | None] | None:
        for column in self._columns:
            text = row.cells[column.position]
            if text not in self._known:
                self._known[text] = self._look_up(text)
            if self._known[text] is not None:
                return self._known[text]
        self._note_unknown(row, self._columns[0])
        return None

    def _look_up(self, text: str) -> tuple[str, str | None] | None:
        vocabulary = self._rows.context.vocabulary
        heading = vocabulary.read(text)
        own = [code for code in heading.items if vocabulary.items[code].entity == self._entity] if heading else []
        return (own[0], heading.stated_unit) if heading and len(own) == 1 else None

    def _note_unknown(self, row: Row, column: Column) -> None:
        text = narrow(row.cells[column.position])
        if text in self._unknown:
            return
        self._unknown.add(text)
        context, sheet = self._rows.context, self._rows.sheet
        heading = context.vocabulary.read(text)
        meant = list(heading.items) if heading else context.vocabulary.close_to(text)
        context.findings.add(unknown_item(sheet.file, sheet.name, row.number, column, text, meant))

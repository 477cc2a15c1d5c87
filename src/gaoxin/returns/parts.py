"""From the rows of a wide sheet to typed columns: one part of the figures, with the way back to its cells.

The columns of a part are ``key``, ``parent``, ``period``, ``name``, the attributes asked for, and one for each item.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import islice

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from gaoxin.problems import Problem
from gaoxin.returns.columns import CellType, Remark, read_column
from gaoxin.returns.headings import known_unit
from gaoxin.returns.layout import Column, Layout
from gaoxin.returns.rows import Context, Row, Rows
from gaoxin.returns.sheets import Sheet
from gaoxin.rulebook.entries import Item
from gaoxin.rulebook.kinds import UNKNOWN_UNIT
from gaoxin.rulebook.units import unit
from gaoxin.words import Text

CHUNK_ROWS = 4096

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Part:
    """The figures of one sheet.

    ``rows`` gives the number of the row in the sheet for each row of ``table``: one array for a wide sheet (under
    ``""``), one for each item of a long one. ``places`` says in which column of the sheet an item stands.
    """

    entity: str
    file: str
    sheet: str | None
    table: pa.Table
    rows: Mapping[str, Ints]
    places: Mapping[str, str]
    synthetic: bool

    @cached_property
    def items(self) -> tuple[str, ...]:
        """Codes of the items it has."""
        held = set(self.table.column_names)
        return tuple(code for code in self.places if code in held)

    def row(self, index: int, item: str | None) -> int | None:
        """Number in the sheet of the row at ``index`` of the table, for one item of it."""
        numbers = self.rows.get("") if "" in self.rows else self.rows.get(item or "")
        return None if numbers is None or numbers[index] < 0 else int(numbers[index])


def cell_type(item: Item, factor: Fraction) -> CellType:
    """How the cells of an item are read."""
    percent = {"%": True, "1": False}.get(item.unit or "")
    return CellType(item.type, item.decimals or 0, factor, percent, frozenset(item.values))


def conversion(item: Item, stated: str | None, rows: Rows, column: Column, *, row: int | None = None) -> Fraction:
    """What a figure in the unit stated in the file is multiplied by to be in the unit of the item.

    A unit that does not fit the item is noted as an error. A unit that the document leaves unknown converts to nothing.
    """
    if stated is None or item.unit in {None, UNKNOWN_UNIT}:
        return Fraction(1)
    written, kept = known_unit(stated), unit(item.unit or "")
    factor = None if written is None else written.factor_to(kept)
    at = rows.layout.first_row - 1 if row is None else row
    if written is None or factor is None:
        rows.problem(
            "item.unit",
            Text(
                f"单位“{stated}”不能换算为“{item.unit}”", f"the unit “{stated}” cannot be converted into “{item.unit}”"
            ),
            Text("请核对表头的单位", "check the unit in the heading"),
            row=at,
            column=column,
        )
        return Fraction(1)
    place = Problem(
        rule="item.converted",
        severity="info",
        message=Text(
            f"表中单位为{written.say('zh')}，已换算为{kept.say('zh')}（×{factor}）",
            f"stated in {written.say('en')}, converted into {kept.say('en')} (×{factor})",
        ),
        file=rows.sheet.file,
        sheet=rows.sheet.name,
        row=at,
        column=column.place,
        item=item.code,
    )
    rows.context.stated_units.setdefault(item.code, {}).setdefault(written, place)
    if factor != 1:
        rows.context.findings.add(place)
    return factor


def read_wide(sheet: Sheet, layout: Layout, context: Context) -> Iterator[tuple[pa.Table, bool]]:
    """Read a wide sheet chunk by chunk: tables with a column ``row`` besides, and whether they said to be synthetic."""
    rows = Rows(sheet, layout, context)
    types: dict[str, tuple[Column, CellType]] = {}
    for column, code in layout.items():
        item = context.vocabulary.items[code]
        stated = column.heading.stated_unit if column.heading else None
        above = None if stated else _fitting(layout.sheet_units, item)
        factor = conversion(item, stated or above, rows, column)
        types[code] = (column, cell_type(item, factor))
    numbers = iter(rows)
    while chunk := list(islice(numbers, CHUNK_ROWS)):
        columns = list(zip(*(row.cells for row in chunk), strict=True))
        arrays = _identity(chunk, layout, columns)
        for code, (column, cells) in types.items():
            array, remarks = read_column(pa.array(columns[column.position], pa.string()), cells)
            for remark in remarks:
                context.findings.add(remarked(rows, column, code, chunk[remark.position], remark))
            arrays[code] = array
        yield pa.table(arrays), rows.synthetic


def _fitting(units: Sequence[str], item: Item) -> str | None:
    """The unit stated above the table that can be converted into that of the item."""
    if item.unit in {None, UNKNOWN_UNIT}:
        return None
    for text in units:
        written = known_unit(text)
        if written is not None and written.factor_to(unit(item.unit or "")) is not None:
            return text
    return None


def _identity(chunk: list[Row], layout: Layout, columns: Sequence[Sequence[str]]) -> dict[str, pa.Array]:
    arrays = {
        "key": pa.array([row.key for row in chunk], pa.string()),
        "parent": pa.array([row.parent for row in chunk], pa.string()),
        "period": pa.array([row.period for row in chunk], pa.string()),
        "row": pa.array([row.number for row in chunk], pa.int64()),
    }
    names = layout.of_role("name", layout.entity)
    if names:
        arrays["name"] = pa.array([text.strip() or None for text in columns[names[0].position]], pa.string())
    for column in layout.of_role("attribute"):
        texts = [text.strip() or None for text in columns[column.position]]
        arrays[f"attribute:{column.label}"] = pa.array(texts, pa.string())
    return arrays


def remarked(rows: Rows, column: Column, code: str, row: Row, remark: Remark) -> Problem:
    """A remark about a cell, as a problem with its place."""
    return Problem(
        rule=remark.note.rule,
        severity=remark.note.severity,
        message=remark.note.message,
        remedy=remark.note.remedy,
        file=rows.sheet.file,
        sheet=rows.sheet.name,
        row=row.number,
        column=column.place,
        reporter=row.key,
        period=row.period,
        item=code,
        value=remark.value,
    )

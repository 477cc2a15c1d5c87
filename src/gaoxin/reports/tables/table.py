"""A table as every output shows it: plain values, how to write them, and notes on single cells."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from gaoxin.reports.figures import MISSING, write_number, write_rank, write_share
from gaoxin.words import Language, Text

Kind = Literal["text", "number", "change", "rank", "share"]
Cell = str | float | Text | None


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``unit`` stands in the header, once; a ``change`` is a signed number, a ``share`` is a part of 1."""

    key: str
    title: Text
    kind: Kind = "text"
    unit: str = ""
    decimals: int = 0
    wide: bool = False
    """Long text that wraps."""

    @property
    def numeric(self) -> bool:
        """True when the cells are right-aligned figures."""
        return self.kind != "text"

    def header(self, language: Language) -> str:
        """The title with its unit."""
        title = self.title.say(language)
        if not self.unit:
            return title
        return f"{title}（{self.unit}）" if language == "zh" else f"{title} ({self.unit})"


Mark = Literal["imputed", "treated", "missing", "unconfirmed", "info"]


@dataclass(frozen=True, slots=True)
class Note:
    """What a reader must know of one cell."""

    mark: Mark
    text: Text


@dataclass(frozen=True)
class Table:
    """Rows of plain values. A missing figure is None; floats are as computed, not rounded."""

    name: str
    title: Text
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: Mapping[tuple[int, int], Note] = field(default_factory=dict)
    """Notes by (row, column)."""
    foot: tuple[Text, ...] = ()

    def column(self, key: str) -> int:
        """Position of the column ``key``."""
        return next(at for at, column in enumerate(self.columns) if column.key == key)

    def values(self, key: str) -> list[Cell]:
        """All cells of the column ``key``."""
        at = self.column(key)
        return [row[at] for row in self.rows]


def write_cell(cell: Cell, column: Column, language: Language) -> str:
    """Write one cell as text, the same in every output.

    >>> write_cell(1234.5, Column("x", Text("营业收入", "revenue"), "number", "万元", 1), "zh")
    '1,234.5'
    """
    match cell:
        case None:
            return MISSING
        case Text():
            return cell.say(language)
        case str():
            return cell
    match column.kind:
        case "rank":
            return write_rank(cell)
        case "share":
            return write_share(cell, column.decimals)
        case "change":
            return write_number(cell, column.decimals, signed=True)
        case _:
            return write_number(cell, column.decimals)


def known(value: float) -> float | None:
    """NaN becomes None."""
    number = float(value)
    return None if math.isnan(number) else number

"""Returns written by hand: one line of ``item=figure`` words per reporter, and the tables the engine reads."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from decimal import Decimal

import pyarrow as pa

from gaoxin.rulebook import Book

Row = dict[str, str]
"""Figures by item, as written; an empty one is blank."""


def row(text: str) -> Row:
    """``row("qd01=50 qb11=yes qb13=")``."""
    return dict(word.split("=", 1) for word in text.split())


def table(book: Book, entity: str, rows: Iterable[Row]) -> pa.Table:
    """The rows as a table of figures: keys as they are written, items by their type."""
    given = list(rows)
    columns = {}
    for code in dict.fromkeys(code for row in given for code in row):
        item = book.items.get(code)
        kind = item.type if item is not None else "text"
        as_type: pa.DataType = {
            "decimal": pa.decimal128(30, item.decimals or 0) if item else None,
            "integer": pa.int64(),
            "flag": pa.bool_(),
            "date": pa.date32(),
        }.get(kind, pa.string())
        columns[code] = pa.array([_figure(kind, row.get(code, "")) for row in given], as_type)
    assert entity in columns
    return pa.table(columns)


def _figure(kind: str, text: str) -> object:
    if not text:
        return None
    match kind:
        case "decimal":
            return Decimal(text)
        case "integer":
            return int(text)
        case "flag":
            return text == "yes"
        case "date":
            return datetime.date.fromisoformat(text)
        case _:
            return text

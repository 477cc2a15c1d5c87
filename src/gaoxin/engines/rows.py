"""Rows in memory as the tables an engine reads: the way back from facts written by hand."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pyarrow as pa

from gaoxin.rulebook.book import Book
from gaoxin.rulebook.entries import Item
from gaoxin.rulebook.evaluate import Rows
from gaoxin.rulebook.periods import period_text
from gaoxin.rulebook.tree import Constant

DIGITS = 38


def as_tables(book: Book, rows: Rows) -> dict[str, pa.Table]:
    """One table of figures per entity of ``rows``: its key, the key above, ``period``, and a column per item."""
    tables = {}
    for entity, returns in rows.returns.items():
        parent = book.entities[entity].parent
        keys = list(returns)
        columns: dict[str, pa.Array] = {entity: pa.array([key for key, _ in keys], pa.string())}
        if parent is not None:
            columns[parent] = pa.array([row.parent for row in returns.values()], pa.string())
        columns["period"] = pa.array([period_text(ordinal, book.frequency) for _, ordinal in keys], pa.string())
        for code in dict.fromkeys(code for row in returns.values() for code in row.figures):
            item = book.items[code]
            figures = [_plain(item, row.figures.get(code)) for row in returns.values()]
            columns[code] = pa.array(figures, _arrow_type(item))
        tables[entity] = pa.table(columns)
    return tables


def _plain(item: Item, value: Constant) -> object:
    if not isinstance(value, Fraction):
        return value
    scaled = value * 10 ** (item.decimals or 0)
    return Decimal(scaled.numerator).scaleb(-(item.decimals or 0))


def _arrow_type(item: Item) -> pa.DataType:
    if item.decimals is not None:
        return pa.decimal128(DIGITS, item.decimals)
    return {"flag": pa.bool_(), "date": pa.date32()}.get(item.type, pa.string())

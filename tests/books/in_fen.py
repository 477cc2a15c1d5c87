"""Rules by hand: figures in whole fen, three truth values, and what is missing says so.

For references in plain Python that use nothing of the books or the engine.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TypeAlias

import pyarrow as pa

Firm: TypeAlias = "dict[str, int | bool | str | None]"
"""Figures of one firm and year: money in fen, average staff in hundredths of a person; None is missing."""


class Missing(Exception):  # noqa: N818
    """A figure that is needed is not there."""


def need(firm: Firm, name: str) -> int:
    value = firm[name]
    if value is None:
        raise Missing(name)
    return int(value)


def half_up(over: int, under: int) -> int:
    """A quotient of numbers that are not negative, rounded half up."""
    return (2 * over + under) // (2 * under)


def all_of(*conditions: bool | None) -> bool | None:
    if False in conditions:
        return False
    return None if None in conditions else True


def one_of(*conditions: bool | None) -> bool | None:
    if True in conditions:
        return True
    return None if None in conditions else False


def truth(test: object) -> bool | None:
    """The value of a test that may need a missing figure."""
    try:
        return bool(test())  # type: ignore[operator]
    except Missing:
        return None


def amount(entitled: bool | None, compute: object) -> int | None:
    if entitled is None:
        return None
    if not entitled:
        return 0
    try:
        return int(compute())  # type: ignore[operator]
    except Missing:
        return None


def text(firm: Firm, name: str) -> str:
    value = firm[name]
    if value is None:
        raise Missing(name)
    return str(value)


def column(values: list[int | bool | str | None]) -> pa.Array:
    """Money in yuan; flags and texts as they are."""
    one = next(value for value in values if value is not None)
    if isinstance(one, (bool, str)):
        return pa.array(values)
    yuan = [None if value is None else Decimal(value).scaleb(-2) for value in values]
    return pa.array(yuan, pa.decimal128(20, 2))


def in_yuan(fen: pa.Array) -> pa.Array:
    """Whole fen as money in yuan."""
    whole = fen.cast(pa.decimal128(20, 0))
    return pa.Array.from_buffers(pa.decimal128(20, 2), len(whole), whole.buffers())


def in_fen(yuan: pa.ChunkedArray) -> pa.Array:
    """Money in yuan as whole fen; flags and texts as they are."""
    array = yuan.combine_chunks() if isinstance(yuan, pa.ChunkedArray) else yuan
    if not pa.types.is_decimal(array.type):
        return array
    assert array.type.scale == 2, array.type
    whole = pa.decimal128(array.type.precision, 0)
    return pa.Array.from_buffers(whole, len(array), array.buffers(), offset=array.offset).cast(pa.int64())

"""One column of a file as the figure of an item: its SQL, and what is wrong with a cell that is none.

Nothing is rounded or guessed. A cell that cannot be taken over exactly is a fault of its row, and the firm goes to the
rejects with the reason.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from gaoxin.engines.dialects import DUCKDB, quote
from gaoxin.returns.cells import BLANK_MARKS
from gaoxin.rulebook.entries import Item
from gaoxin.rulebook.units import UnitError, unit
from gaoxin.words import Text

WIDTH = 18
"""Digits of an amount in the clean table; 64 bits hold them."""

_DECIMAL = re.compile(r"DECIMAL\((\d+),(\d+)\)")
_WHOLE = {"TINYINT", "UTINYINT", "SMALLINT", "USMALLINT", "INTEGER", "UINTEGER", "BIGINT", "UBIGINT", "HUGEINT"}
_YES = "('是', '1', 'true', 't', 'yes', 'y', '√', '有')"
_NO = "('否', '0', 'false', 'f', 'no', 'n', '×', '无')"

NEGATIVE_CELL = "cell.negative"

NOT_A_NUMBER = Text("不是数值，或小数位过多、位数过多", "no number, or with too many decimals or digits")
NOT_YES_NO = Text("应为是或否", "should be yes or no")
NOT_A_DATE = Text("不是日期（如 2024-01-31）", "no date (like 2024-01-31)")
NOT_A_VALUE = Text("不是该项目的取值", "no value of this item")
NEGATIVE = Text("不能为负", "cannot be negative")


@dataclass(frozen=True, slots=True)
class Fault:
    """A condition (SQL) under which a row is refused, and why. ``value`` is the SQL of what stands there."""

    rule: str
    item: str
    condition: str
    value: str
    message: Text


@dataclass(frozen=True, slots=True)
class Cell:
    """The figure of an item: ``sql`` gives it, ``exact`` says that it is the column as it stands, but for blanks.

    ``read`` gives NULL for a cell that is no figure, and the first fault is that of such a cell; empty where no cell
    can be wrong in itself.
    """

    sql: str
    exact: bool
    faults: tuple[Fault, ...]
    read: str = ""

    def at(self, text: str, read: str) -> Cell:
        """The same figure where the column ``read`` already holds what ``self.read`` gives of the column ``text``."""
        unread, *others = self.faults
        first = replace(unread, condition=f"({text} IS NOT NULL AND {read} IS NULL)")
        rest = (replace(fault, condition=fault.condition.replace(self.sql, read)) for fault in others)
        return Cell(read, False, (first, *rest))


def cell(item: Item, column: str, kind: str, stated_unit: str | None, *, trimmed: bool = False) -> Cell | None:
    """The figure of ``item`` in a ``column`` of the DuckDB type ``kind``; None where the type does not fit at all.

    ``trimmed`` says that its texts have no blanks around them and that what says nothing is NULL already. A file with
    hundreds of text columns needs that: the database holds a vector for each step of each column's expression.
    """
    name = quote(column)
    written = name if trimmed else _written(name)
    if item.decimals is not None:
        factor = conversion(item, stated_unit)
        found = None if factor is None else _number(item, name, written, kind, factor)
        if found is None or item.signed:
            return found
        below = Fault(NEGATIVE_CELL, item.code, f"{found.sql} < 0", f"CAST({name} AS VARCHAR)", NEGATIVE)
        return replace(found, faults=(*found.faults, below))
    match item.type:
        case "flag":
            return _flag(item, name, written, kind)
        case "date":
            return _date(item, name, written, kind)
        case _:
            return _code(item, name, written, kind)


def conversion(item: Item, stated: str | None) -> Fraction | None:
    """What a figure in the unit ``stated`` is multiplied by; None where that unit does not fit."""
    if stated is None:
        return Fraction(1)
    try:
        factor = unit(stated).factor_to(unit(item.unit or "1"))
    except UnitError:
        return None
    return factor if factor is not None and Fraction(_decimal(factor)) == factor else None


def _decimal(factor: Fraction) -> str:
    """A factor between units as a decimal: all units of amounts are powers of ten apart."""
    return format(Decimal(factor.numerator) / Decimal(factor.denominator), "f")


def _number(item: Item, name: str, written: str, kind: str, factor: Fraction) -> Cell | None:
    scale = item.decimals or 0
    target = f"DECIMAL({WIDTH},{scale})" if scale else "BIGINT"
    decimal = _DECIMAL.fullmatch(kind)
    if factor == 1 and kind in _WHOLE - {"UBIGINT", "HUGEINT"}:
        return Cell(name, True, ())
    if factor == 1 and decimal and int(decimal[1]) <= WIDTH and int(decimal[2]) <= scale:
        return Cell(name, True, ())
    # Everything else goes through a wide decimal: exact, and what does not fit the narrow one is a fault.
    if kind == "VARCHAR":
        plain = f"replace(replace({written}, ',', ''), '，', '')"
        given = f"{plain} <> ''"
        number = f"regexp_full_match({plain}, '[+-]?[0-9]{{1,20}}(\\.[0-9]{{0,12}})?')"
        wide = f"CASE WHEN {number} THEN CAST({plain} AS DECIMAL(38,12)) END"
    elif kind in {"DOUBLE", "FLOAT"}:
        given = f"({name} IS NOT NULL AND NOT isnan({name}))"
        # The decimal that a double is nearest to, as it is printed.
        wide = f"CASE WHEN {given} THEN TRY_CAST(CAST({name} AS VARCHAR) AS DECIMAL(38,12)) END"
    elif decimal or kind in _WHOLE:
        given = f"{name} IS NOT NULL"
        wide = f"TRY_CAST({name} AS DECIMAL(38,12))"
    else:
        return None
    if factor != 1:
        wide = f"TRY_CAST(({wide}) * {_decimal(factor)} AS DECIMAL(38,12))"
    value = f"TRY_CAST({wide} AS {target})"
    unfit = f"({given} AND ({value} IS NULL OR {value} <> {wide}))"
    fault = Fault("cell.number", item.code, unfit, f"CAST({name} AS VARCHAR)", NOT_A_NUMBER)
    return Cell(value, False, (fault,), f"CASE WHEN {value} = {wide} THEN {value} END")


def _flag(item: Item, name: str, written: str, kind: str) -> Cell | None:
    if kind == "BOOLEAN":
        return Cell(name, True, ())
    if kind != "VARCHAR" and kind not in _WHOLE:
        return None
    plain = f"lower({written})" if kind == "VARCHAR" else f"CAST({name} AS VARCHAR)"
    value = f"CASE WHEN {plain} IN {_YES} THEN TRUE WHEN {plain} IN {_NO} THEN FALSE END"
    unread = f"({plain} <> '' AND {value} IS NULL)"
    fault = Fault("cell.flag", item.code, unread, f"CAST({name} AS VARCHAR)", NOT_YES_NO)
    return Cell(value, False, (fault,), value)


def _date(item: Item, name: str, written: str, kind: str) -> Cell | None:
    if kind in {"DATE", "TIMESTAMP"}:
        return Cell(name if kind == "DATE" else f"CAST({name} AS DATE)", kind == "DATE", ())
    if kind != "VARCHAR":
        return None
    plain = f"replace(replace({written}, '/', '-'), '.', '-')"
    value = f"TRY_CAST({plain} AS DATE)"
    fault = Fault("cell.date", item.code, f"({plain} <> '' AND {value} IS NULL)", name, NOT_A_DATE)
    return Cell(value, False, (fault,), value)


def _code(item: Item, name: str, written: str, kind: str) -> Cell | None:
    if kind == "VARCHAR":
        exact = True
        value = f"NULLIF({written}, '')" if item.values else name
    elif kind in _WHOLE or kind.startswith("ENUM"):
        exact, value = False, f"CAST({name} AS VARCHAR)"
    else:
        return None
    if not item.values:
        return Cell(value, exact, ())
    allowed = ", ".join(map(DUCKDB.text, item.values))
    fault = Fault("cell.value", item.code, f"{value} NOT IN ({allowed})", f"CAST({name} AS VARCHAR)", NOT_A_VALUE)
    return Cell(value, exact, (fault,))


def _written(text: str) -> str:
    """SQL of a text without the blanks around it; empty where it says that nothing is reported."""
    marks = ", ".join(DUCKDB.text(mark) for mark in sorted(BLANK_MARKS))
    return f"CASE WHEN trim({text}) IN ({marks}) THEN '' ELSE trim({text}) END"

"""A reported column as SQL that gives the exact figure, or stops with an error that names it.

Nothing is rounded on the way in: a value with more decimals than the item keeps is refused. An empty text and NaN are
missing figures.
"""

from __future__ import annotations

import re
from decimal import Decimal

from gaoxin.engines.dialects import quote
from gaoxin.engines.integers import HUGE, SMALL, Dialect, Number, Reported, Sql
from gaoxin.rulebook.entries import Item
from gaoxin.words import Text

MARK, BETWEEN = "gaoxin:", "\x1f"
"""An error raised inside a query begins with the mark; its parts are: entity, item, reporter, period, value, remedy."""

EXACT_DOUBLE = 2**53
"""Beyond it a binary float no longer holds every whole number."""

_DECIMAL = re.compile(r"DECIMAL\((\d+),(\d+)\)")
_WHOLE = {
    "TINYINT": 2**7, "UTINYINT": 2**8, "SMALLINT": 2**15, "USMALLINT": 2**16, "INTEGER": 2**31, "UINTEGER": 2**32,
    "BIGINT": SMALL, "UBIGINT": 2**64, "HUGEINT": HUGE,
}  # fmt: skip
_NO_COLUMN = {'"NULL"', "NULL"}


def figure(dialect: Dialect, item: Item, column: str | None, limit: Decimal | None = None) -> Number | Sql | None:
    """SQL of the figure in a column of the type ``column`` (None: no such column); None when it does not fit.

    The types are named as DuckDB names them. A number has the decimals of its column, not those that the item may have:
    figures in whole yuan are added up and compared in whole yuan. ``limit`` is the greatest absolute value in it.
    """
    name = quote(item.code)
    if item.decimals is not None:
        if column is None or column in _NO_COLUMN:
            return Number(Sql("CAST(NULL AS BIGINT)", 0, 0), None, item.decimals)
        return _number(dialect, item, name, column, item.decimals, limit)
    wanted = {"flag": "BOOLEAN", "date": "DATE"}.get(item.type, "STRING")
    if column is None or column in _NO_COLUMN:
        return Sql(f"CAST(NULL AS {wanted})")
    if item.type == "flag":
        if column in _WHOLE:
            refused = _refused(dialect, item, name, Text("是或否写作 true/false 或 1/0。", "Write true/false or 1/0."))
            branches = f"WHEN {name} IS NULL THEN NULL WHEN {name} = 1 THEN TRUE WHEN {name} = 0 THEN FALSE"
            return Sql(f"CASE {branches} ELSE {refused} END")
        return Sql(name) if column == "BOOLEAN" else None
    if item.type == "date":
        if column == "VARCHAR":
            refused = _refused(dialect, item, name, Text("日期写作 2020-01-31。", "Write a date like 2020-01-31."))
            empty = f"WHEN {name} IS NULL OR {name} = '' THEN NULL"
            return Sql(f"CASE {empty} WHEN {dialect.is_date(name)} THEN CAST({name} AS DATE) ELSE {refused} END")
        return Sql(f"CAST({name} AS DATE)") if column in {"DATE", "TIMESTAMP"} else None
    if column == "VARCHAR" or column.startswith("ENUM"):
        return Sql(f"NULLIF(CAST({name} AS STRING), '')")
    return None


def summable(item: Item, column: str | None) -> Reported | None:
    """The column of ``item`` where DuckDB sums it exactly as it stands: a DECIMAL of at most 64 bits.

    Converting the sum instead of every value makes sums of reported figures nearly as fast as reading them.
    """
    decimal = _DECIMAL.fullmatch(column or "")
    if decimal is None or item.decimals is None:
        return None
    width, places = int(decimal[1]), int(decimal[2])
    fits = width <= 18 and places <= item.decimals
    return Reported(quote(f"{item.code}/reported"), places) if fits else None


def fitting(item: Item) -> str:
    """The column types that an item can be read from, for a message."""
    if item.decimals is not None:
        return "DECIMAL, BIGINT, DOUBLE, VARCHAR"
    return {"flag": "BOOLEAN", "date": "DATE"}.get(item.type, "VARCHAR")


def _number(dialect: Dialect, item: Item, name: str, column: str, scale: int, limit: Decimal | None) -> Number | None:
    more = Text(
        f"该指标保留 {scale} 位小数，不四舍五入。", f"The item keeps {scale} decimals; nothing is rounded on input."
    )
    if column in _WHOLE:
        wide = column in {"UBIGINT", "HUGEINT"}
        bound = (HUGE if wide else _WHOLE[column]) if limit is None else int(limit)
        return Number(Sql(f"CAST({name} AS {dialect.wide if wide else 'BIGINT'})", 0, bound))
    decimal = _DECIMAL.fullmatch(column)
    if decimal:
        width, places = int(decimal[1]), int(decimal[2])
        # DECIMAL × 10^places has no decimals left; engines raise when it does not fit.
        shifted = f"{name} * CAST({10**places} AS DECIMAL({places + 1},0))" if places else name
        kind, bound = ("BIGINT", 10**width) if width <= 18 else (dialect.wide, HUGE)
        if limit is not None:
            bound = min(bound, int(limit * 10**places))
        raw = Sql(f"CAST({shifted} AS {kind})", 0, bound)
        if places <= scale:
            return Number(raw, None, places)
        surplus = dialect.power_of_ten(places - scale)
        kept = dialect.whole(dialect.absolute(raw), surplus)
        refused = _refused(dialect, item, name, more)
        exact = f"WHEN {raw.text} % {surplus.text} = 0 THEN {dialect.sign(raw).text} * {kept.text}"
        return Number(Sql(f"CASE {exact} WHEN {name} IS NOT NULL THEN {refused} END", 0, bound), None, scale)
    if column in {"DOUBLE", "FLOAT"}:
        value = f"CAST({name} AS DOUBLE)"
        # The double that is nearest to a decimal is taken for that decimal; any other has further digits.
        nearest = f"CAST(round({value} * {10**scale}) AS BIGINT)"
        large = Text("该数过大，浮点数存不准；请用 DECIMAL。", "Too large for a binary float to be exact; use DECIMAL.")
        text = (
            f"CASE WHEN {name} IS NULL OR isnan({value}) THEN NULL"
            f" WHEN abs({value}) >= {EXACT_DOUBLE} / {10**scale} THEN {_refused(dialect, item, name, large)}"
            f" WHEN CAST({nearest} AS DOUBLE) / {10**scale} <> {value} THEN {_refused(dialect, item, name, more)}"
            f" ELSE {nearest} END"
        )
        return Number(Sql(text, 0, EXACT_DOUBLE), None, scale)
    if column == "VARCHAR":
        form = rf"[+-]?[0-9]{{1,24}}(\.[0-9]{{1,{scale}}}0*)?" if scale else r"[+-]?[0-9]{1,24}(\.0*)?"
        digits = Text(
            f"数值只用半角数字和小数点，至多 {scale} 位小数。",
            f"Write plain digits and a point, with at most {scale} decimals.",
        )
        text = (
            f"CASE WHEN {name} IS NULL OR {name} = '' THEN NULL"
            f" WHEN NOT {dialect.fully_matches(name, form)} THEN {_refused(dialect, item, name, digits)}"
            f" ELSE CAST(CAST({name} AS DECIMAL(38,{scale})) * {10**scale} AS {dialect.wide}) END"
        )
        return Number(Sql(text, 0, HUGE), None, scale)
    return None


def _refused(dialect: Dialect, item: Item, name: str, remedy: Text) -> str:
    parts = [
        dialect.text(MARK + item.entity),
        dialect.text(item.code),
        f"CAST({quote(item.entity)} AS STRING)",
        "CAST(period AS STRING)",
        f"CAST({name} AS STRING)",
        dialect.text(remedy.zh),
        dialect.text(remedy.en),
        "''",
    ]
    return dialect.stop(parts, BETWEEN)

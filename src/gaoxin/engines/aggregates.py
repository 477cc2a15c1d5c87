"""Aggregates over the rows below: what is summed and counted for each, and when the result is known.

For every aggregate three numbers are kept: its value over the reporters that have the figure, how many have it, and how
many should. A reporter should have it unless the filter rules it out; where it is unknown whether the filter applies,
the figure counts as missing. For COUNT the filter itself is the figure, so all reporters should have it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, cast

from gaoxin.engines.dialects import quote
from gaoxin.engines.integers import HUGE, SMALL, Dialect, Number, Reported, Sql, sql
from gaoxin.engines.lowering import Value
from gaoxin.rulebook.plan import AggregateColumn

Kind = Literal["rows", "true", "known", "maybe", "has", "sum", "min", "max"]


@dataclass(frozen=True, slots=True)
class Total:
    """One number per reporter above: a count or a sum over the rows below.

    ``rows`` all of them, ``true`` / ``known`` / ``maybe`` those whose filter is true / known / not false, ``has`` those
    that pass the filter and have the figure; ``sum``, ``min``, ``max`` of the figure over these. ``figure`` is a column
    that is unknown where the filter does not pass; ``reported`` the one behind it, where that can be counted and summed
    as it is. ``most`` is the greatest absolute value that it can have.
    """

    kind: Kind
    figure: str = ""
    condition: str = ""
    reported: Reported | None = None
    most: int = SMALL

    def grouped(self, dialect: Dialect) -> str:
        """SQL of the aggregate over a group of rows."""
        kind = "BIGINT" if self.most <= SMALL else dialect.wide
        match self.kind:
            case "rows":
                return "count(*)"
            case "true":
                return _those(self.condition)
            case "known":
                return f"count({self.condition})"
            case "maybe":
                return f"count(*) - {_those(f'NOT {self.condition}')}"
            case "has":
                return f"count({self.reported.column if self.reported else self.figure})"
            case "sum" if self.reported:
                return f"CAST(sum({self.reported.column}) * {10**self.reported.places} AS {kind})"
            case "sum":
                return f"CAST({dialect.sum_of(self.figure)} AS {kind})"
            case "min" | "max":
                return f"{self.kind}({self.figure})"

    def own(self) -> str:
        """SQL of what one row adds to a count or a sum."""
        match self.kind:
            case "rows":
                return "1"
            case "true":
                return f"CASE WHEN {self.condition} THEN 1 ELSE 0 END"
            case "known":
                return f"CASE WHEN {self.condition} IS NOT NULL THEN 1 ELSE 0 END"
            case "maybe":
                return f"CASE WHEN {self.condition} IS DISTINCT FROM FALSE THEN 1 ELSE 0 END"
            case "has":
                return f"CASE WHEN {self.figure} IS NOT NULL THEN 1 ELSE 0 END"
            case "sum":
                return f"COALESCE({self.figure}, 0)"
            case "min" | "max":
                raise ValueError(f"{self.kind} has no parts")


@dataclass(frozen=True, slots=True)
class Needs:
    """The totals that one aggregate is made of."""

    value: Total
    known: Total
    expected: Total
    scale: int = 0


ROWS = Total("rows")


def needs_of(column: AggregateColumn, cells: Mapping[str, Value], bind: Callable[[Sql], Sql], reporters: int) -> Needs:
    """The totals of ``column``, whose operand and condition are among the ``cells`` of the ``reporters`` below."""
    condition = cast(Sql, cells[column.condition]).text if column.condition is not None else ""
    if column.operand is None:
        if not condition:
            return Needs(ROWS, ROWS, ROWS)
        return Needs(Total("true", "", condition), Total("known", "", condition), ROWS)
    x = cast(Number, cells[column.operand])
    kind = cast(Kind, "sum" if column.source.function == "avg" else column.source.function)
    expected = Total("maybe", "", condition) if condition else ROWS
    figure, reported = x.n, x.n.reported
    if column.condition is not None:
        # Not FILTER, which sorts the rows out anew for every aggregate.
        passes = cast(Sql, cells[column.condition])
        figure = bind(sql("CASE WHEN {0} = TRUE THEN {1} END", passes, figure, bound=figure.bound))
        if reported is not None:
            as_it_is = bind(sql("CASE WHEN {0} = TRUE THEN {1} END", passes, Sql(reported.column)))
            reported = Reported(as_it_is.text, reported.places)
    most = min(HUGE, figure.bound * (1 if kind in {"min", "max"} else reporters))
    return Needs(
        Total(kind, figure.text, "", reported, most), Total("has", figure.text, "", reported), expected, x.scale
    )


def cell(
    dialect: Dialect,
    column: AggregateColumn,
    needs: Needs,
    names: Mapping[Total, str],
    *,
    zero_if_none: bool,
    present: Set[int],
    needed: Set[int],
) -> tuple[Value, Sql]:
    """The value of an aggregate and its coverage, from its totals.

    ``names`` are the columns that hold the totals; they are NULL for a reporter with nothing below it. ``present`` are
    the periods for which anybody below has reported: without them a count of 0 would be a guess.
    """
    rows, known, expected = (_count(names[total]) for total in (ROWS, needs.known, needs.expected))
    there = _there(present, needed)
    share = Fraction(column.source.min_coverage)
    least, most = dialect.integer(share.numerator), dialect.integer(share.denominator)
    enough = sql("({0} >= {1})", dialect.multiply(known, most), dialect.multiply(expected, least))
    bound = needs.value.most
    found = Sql(f"COALESCE({quote(names[needs.value])}, 0)", 0, bound)
    nothing = "NULL"
    match column.source.function:
        case "count":
            found, nothing = Sql(found.text, 0, 2**62), "0"
        case "sum":
            nothing = "0" if zero_if_none else "NULL"
        case "min" | "max":
            found = Sql(quote(names[needs.value]), 0, bound)
        case "avg":
            found = sql("CASE WHEN {0} > 0 THEN {1} END", known, found, bound=bound)
    template = "CASE WHEN NOT {0} THEN NULL WHEN {1} = 0 THEN " + nothing + " WHEN NOT {2} THEN NULL ELSE {3} END"
    n = sql(template, there, rows, enough, found, bound=found.bound)
    below = None
    if column.source.function == "avg":
        below = dialect.multiply(Sql(f"NULLIF({known.text}, 0)", 0, 2**62), dialect.power_of_ten(needs.scale))
    value = Number(n, below, 0 if below is not None else needs.scale)
    none_missing = "1.0" if zero_if_none else "0.0"
    ratio = "CASE WHEN NOT {0} THEN 0.0 WHEN {1} = 0 THEN " + none_missing + " WHEN {2} = 0 THEN 1.0 ELSE {3} / {2} END"
    part = sql(f"CAST({ratio} AS DOUBLE)", there, rows, expected, known)
    return value, dialect.record({"share": part, "known": known, "expected": expected})


def unreported(dialect: Dialect, column: AggregateColumn) -> tuple[Value, Sql]:
    """The value and coverage of an aggregate over reporters of whom there is no table."""
    nothing = Sql("CAST(NULL AS BIGINT)", 0, 0, None, True)
    zero = dialect.integer(0)
    covered = dialect.record({"share": Sql("CAST(0 AS DOUBLE)"), "known": zero, "expected": zero})
    return Number(nothing, None, column.type.scale or 0), covered


def _those(condition: str) -> str:
    # Of conditions that are all unknown, DuckDB's count is unknown, too.
    return f"CAST(COALESCE(count_if({condition}), 0) AS BIGINT)"


def _count(name: str) -> Sql:
    return Sql(f"COALESCE({quote(name)}, 0)", 0, 2**62)


def _there(present: Set[int], needed: Set[int]) -> Sql:
    if needed <= present:
        return Sql("TRUE")
    listed = ", ".join(str(ordinal) for ordinal in sorted(present & needed))
    return Sql(f'("@ord" IN ({listed}))' if listed else "FALSE")

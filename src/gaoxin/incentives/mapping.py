"""The figures that incentives ask for, as far as the enterprise returns of the statistical forms carry them.

The correspondence is data: the rulebook ``incentive-inputs-2022`` extends the book of the returns and has an entry for
every input that they carry, under the code of the input, with its conversion to yuan; and one that says why for every
input that is near to something on the forms and not the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from gaoxin.engines.duckdb import run
from gaoxin.incentives.fields import Field, fields
from gaoxin.incentives.timeline import instruments
from gaoxin.problems import InputError, Problem
from gaoxin.returns.figures import Figures
from gaoxin.rulebook.book import Book
from gaoxin.rulebook.loading import load_book
from gaoxin.words import Text

INPUTS = "incentive-inputs-2022"
RULES = "incentives-cn"

_NOTHING_LIKE_IT = Text("报表上没有这项", "the returns have nothing like it")


@dataclass(frozen=True, slots=True)
class NotCarried:
    """An input that the returns do not carry: why, with the nearest figure on the forms, and where to take it."""

    field: Field
    why: Text
    take_from: Text


def facts_from_returns(
    figures: Figures | Mapping[str, pa.Table],
    period: str,
    *,
    rules: Book | None = None,
    inputs: Book | None = None,
) -> tuple[dict[str, pa.Table], dict[str, tuple[NotCarried, ...]]]:
    """The inputs of the incentives that enterprise returns carry, and those they do not.

    Parameters
    ----------
    figures
        Returns that have been read (``gaoxin.returns``), or the table of firms itself: ``firm``, ``zone``, ``period``
        and a column for each item of the forms GQ-001, GQ-002, GQ-003 and GQ-005, amounts in thousand yuan.
    period
        The year asked for: ``"2024"``. Earlier years that were reported come along, since rules look back.
    rules, inputs
        The rulebook of the incentives and the one that says what corresponds; by default those that ship.

    Returns
    -------
    ``tables``, by entity, as ``entitlements`` and the engines take them, amounts in yuan: only ``firm``, with one row
    for each firm and year; and by instrument the inputs that are ``missing`` there. What a firm has left blank on its
    return is blank in the table.

    Raises
    ------
    InputError
        No firm has reported for the period.
    """
    rules = load_book(RULES) if rules is None else rules
    inputs = load_book(INPUTS) if inputs is None else inputs
    table = _firms(figures)
    reported = sorted(set(table["period"].to_pylist())) if table is not None else []
    if table is None or period not in reported:
        message = Text(f"{period} 没有企业报表", f"there are no returns of enterprises for {period}")
        remedy = Text(f"有：{'、'.join(reported) or '无'}。", f"There are: {', '.join(reported) or 'none'}.")
        raise InputError([Problem("returns.period", "error", message, remedy, value=period)])
    years = [year for year in reported if year <= period]
    carried = list(_carried(rules, inputs))
    plan = inputs.compile(carried, periods=years)
    wanted = ["firm", "zone", "period", *(code for code in table.column_names if code in inputs.items)]
    firms = table.select([name for name in wanted if name in table.column_names])
    with run(plan, {"firm": firms.filter(pc.is_in(firms["period"], pa.array(years)))}) as outcome:
        values = outcome.values("firm")
    return {"firm": values.select(["firm", "period", *carried])}, not_carried(rules, inputs)


def correspondence(rules: Book, inputs: Book) -> dict[str, str]:
    """The inputs that the returns carry, each with the expression over items of the forms that gives it."""
    return {code: " ".join(inputs.derived[code].expr.split()) for code in _carried(rules, inputs)}


def not_carried(rules: Book, inputs: Book) -> dict[str, tuple[NotCarried, ...]]:
    """By instrument, the inputs that the returns do not carry."""
    carried = set(_carried(rules, inputs))
    found: dict[str, list[NotCarried]] = {name: [] for name in instruments(rules)}
    for field in fields(rules):
        if field.item.code in carried:
            continue
        said = inputs.derived[field.item.code].versions[0] if field.item.code in inputs.derived else None
        why, take_from = (said.unknown, said.settled_by) if said is not None else (None, None)
        one = NotCarried(field, why or _NOTHING_LIKE_IT, take_from or field.origin)
        for name in field.instruments:
            found[name].append(one)
    return {name: tuple(ones) for name, ones in found.items()}


def _carried(rules: Book, inputs: Book) -> tuple[str, ...]:
    return tuple(code for code, entry in inputs.derived.items() if code in rules.items and entry.expr)


def _firms(figures: Figures | Mapping[str, pa.Table]) -> pa.Table | None:
    if isinstance(figures, Figures):
        return figures.table("firm") if "firm" in figures.entities else None
    return figures.get("firm")

"""Explaining a figure: fetching the few returns it rests on, and handing them to the exact evaluation in Python."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from gaoxin.engines.errors import EngineError
from gaoxin.engines.figures import EXACT_DOUBLE
from gaoxin.engines.frames import closure
from gaoxin.engines.tables import Source, Tables
from gaoxin.rulebook.entries import Item
from gaoxin.rulebook.evaluate import At, Evaluator, Row, Rows
from gaoxin.rulebook.explain import Explanation, explain_rows
from gaoxin.rulebook.periods import period_ordinal
from gaoxin.rulebook.plan import ItemColumn, Plan
from gaoxin.rulebook.tree import Constant
from gaoxin.words import Text


def explain(plan: Plan, sources: Mapping[str, Source], entity: str, key: str, period: str, code: str) -> Explanation:
    """Why the target ``code`` of one reporter is what it is.

    The value is computed anew with fractions, apart from the SQL of the engine; the two agree exactly.

    Raises
    ------
    EngineError
        ``code`` is no target of the plan for ``entity`` and ``period``, or there is no such reporter.
    """
    if code not in plan.columns or plan.columns[code].entity != entity:
        raise EngineError(Text(f"{code} 不是 {entity} 的目标", f"{code} is no target of {entity}"))
    ordinals = {plan.text(ordinal): ordinal for ordinal in plan.ordinals}
    if period not in ordinals:
        known = ", ".join(ordinals)
        raise EngineError(Text(f"{period} 不在所编译的报告期（{known}）内", f"{period} is not compiled: {known}"))
    tables = Tables(plan, sources, threads=1)
    try:
        rows = fetch_rows(plan, tables, entity, [key], closure(plan, [code]))
    finally:
        tables.close()
    at = At(entity, key, ordinals[period])
    if not Evaluator(plan.book, rows).exists(at):
        zh, en = f"{period} 没有 {entity} {key} 的数据", f"there are no data of the {entity} {key} for {period}"
        raise EngineError(Text(zh, en), entity=entity, reporter=key, period=period)
    return explain_rows(plan, rows, entity, key, ordinals[period], code)


def fetch_rows(plan: Plan, tables: Tables, entity: str, keys: Sequence[str], wanted: Iterable[str]) -> Rows:
    """The returns of the reporters ``keys`` and of everybody below them, with the items among ``wanted``."""
    names = set(wanted)
    ordinals = {ordinal for name in names for ordinal in plan.needed[name]}
    returns: dict[str, dict[tuple[str, int], Row]] = {}
    _fetch(plan, tables, entity, keys, names, ordinals, returns)
    return Rows(returns, tables.present)


def _fetch(
    plan: Plan,
    tables: Tables,
    entity: str,
    keys: Sequence[str],
    names: set[str],
    ordinals: set[int],
    returns: dict[str, dict[tuple[str, int], Row]],
) -> None:
    """Add the rows of the reporters ``keys`` of ``entity`` and of those below them, in all periods.

    Also the rows of the periods in which a reporter belonged to another one above: ``prior`` may look at them.
    """
    book = plan.book
    if entity in tables.columns:
        columns = [column for column in plan.columns_of(entity) if column.name in names]
        items = [book.items[column.name] for column in columns if isinstance(column, ItemColumn)]
        parent = book.entities[entity].parent
        here = returns.setdefault(entity, {})
        for row in tables.read(entity, keys, ordinals, [item.code for item in items]):
            key, period = row[entity], row["period"]
            figures = {item.code: exact(item, row[item.code], key, period) for item in items if item.code in row}
            here[key, period_ordinal(period, book.frequency)] = Row(row[parent] if parent else None, figures)
    for child, below in book.entities.items():
        if below.parent == entity and child in tables.columns:
            found = tables.keys_below(child, keys, ordinals)
            if found:
                _fetch(plan, tables, child, found, names, ordinals, returns)


def exact(item: Item, raw: Any, key: str, period: str) -> Constant:
    """A reported figure as Python has it, read as strictly as the engine reads it; None where it is missing."""
    if raw is None or raw == "" or (isinstance(raw, float) and math.isnan(raw)):
        return None
    try:
        if item.decimals is not None:
            written = repr(raw) if isinstance(raw, float) else raw
            if isinstance(raw, str) and not re.fullmatch(r"[+-]?[0-9]+(\.[0-9]+)?", raw):
                raise ValueError
            scaled: Fraction = Fraction(Decimal(written)) * 10**item.decimals
            if scaled.denominator != 1 or (isinstance(raw, float) and abs(scaled) >= EXACT_DOUBLE):
                raise ValueError
            value: Fraction = scaled / 10**item.decimals
            return value
        if item.type == "flag":
            return {0: False, 1: True}[raw]
        if item.type == "date":
            if isinstance(raw, datetime.datetime):
                return raw.date()
            return raw if isinstance(raw, datetime.date) else datetime.date.fromisoformat(raw)
    except (ValueError, KeyError, TypeError, InvalidOperation, OverflowError):
        zh = f"{item.entity} {key}（{period}）的 {item.code}：{raw} 不是该指标允许的数值"
        en = f"{item.code} of {item.entity} {key} ({period}): {raw} is not a value of this item"
        raise EngineError(
            Text(zh, en), entity=item.entity, item=item.code, reporter=key, period=period, value=str(raw)
        ) from None
    return str(raw)

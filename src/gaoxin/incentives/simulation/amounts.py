"""What every firm gets under one book, as one select: for each benefit whether it is entitled, and how much."""

# ruff: noqa: S608 - every identifier and text in the SQL goes through quote and text

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from gaoxin.engines.dialects import DUCKDB, quote
from gaoxin.engines.frames import build_frame, closure
from gaoxin.engines.integers import Sql
from gaoxin.engines.statements import Statement
from gaoxin.engines.tables import Tables
from gaoxin.incentives.batch.judging import group_columns, money
from gaoxin.rulebook.benefits import Benefit
from gaoxin.rulebook.plan import Plan


def amounts_select(plan: Plan, tables: Tables, entity: str, benefits: Sequence[Benefit]) -> tuple[Statement, str]:
    """The steps and the last select: firm, groups, and ``b`` and ``b_amount`` of each benefit ``b``."""
    statement = Statement(DUCKDB)
    frame = build_frame(statement, plan, tables, entity, closure(plan, plan.targets))
    columns = {entity: '"@key"', **{name: quote(f"carried {name}") for name in tables.carried.get(entity, ())}}
    columns |= group_columns(frame)
    for benefit in benefits:
        columns[benefit.code] = cast(Sql, frame.cells[benefit.code]).text
        if benefit.amount is not None and benefit.amount_code is not None:
            columns[f"{benefit.code}_amount"] = money(frame.shown(benefit.amount_code), benefit.amount.scale)
    inner = ", ".join(f"{text} AS {quote(name)}" for name, text in columns.items())
    (ordinal,) = plan.ordinals
    return statement, f'SELECT {inner} FROM {quote(frame.finish())} WHERE "@ord" = {ordinal}'

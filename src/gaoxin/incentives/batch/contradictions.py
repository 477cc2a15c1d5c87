"""Firms whose figures contradict each other, by the checks of the book: they join the rejects."""

# ruff: noqa: S608 - every identifier and text in the SQL goes through quote and text

from __future__ import annotations

import pyarrow as pa

from gaoxin.engines.dialects import DUCKDB, quote
from gaoxin.engines.frames import build_frame, closure
from gaoxin.engines.integers import Sql
from gaoxin.engines.statements import Statement
from gaoxin.engines.tables import Tables
from gaoxin.incentives.batch.files import Folder
from gaoxin.incentives.batch.screening import REJECTS, Firms
from gaoxin.rulebook.book import Book


def without_contradictions(
    firms: Firms,
    book: Book,
    entity: str,
    year: str,
    folder: Folder,
    *,
    memory_limit: str | None = None,
    threads: int | None = None,
) -> Firms:
    """``firms`` without those whose figures contradict each other, which join the rejects.

    They contradict where a check of the book of severity ``error`` is not met.
    """
    checks = [code for code, check in book.checks.items() if check.entity == entity and check.severity == "error"]
    if not checks:
        return firms
    plan = book.compile(checks, periods=[year])
    tables = Tables(plan, {entity: firms.source}, memory_limit=memory_limit, threads=threads)
    try:
        statement = Statement(DUCKDB)
        frame = build_frame(statement, plan, tables, entity, closure(plan, checks))
        failed = {code: _truth(frame.cells[code]) for code in checks}
        each = ", ".join(f"CASE WHEN NOT {truth} THEN {DUCKDB.text(code)} END" for code, truth in failed.items())
        wrong = " OR ".join(f"NOT {truth}" for truth in failed.values())
        relation = quote(frame.finish())
        owner = '"@key"' if book.entities[entity].parent is None else '"@parent"'
        unmet = f"unnest(list_filter([{each}], lambda one: one IS NOT NULL))"
        select = (
            f'SELECT {owner} AS firm, "@key" AS key, {unmet} AS rule '
            f'FROM {relation} WHERE "@ord" IN ({", ".join(map(str, plan.ordinals))}) AND ({wrong})'
        )
        found = tables.retried(lambda: tables.compute(statement, select)).sort_by([("key", "ascending")])
    finally:
        tables.close()
    if not found.num_rows:
        return firms
    rules = found["rule"].to_pylist()
    nothing = pa.nulls(found.num_rows, pa.string())
    more = pa.table(
        [
            found["firm"],
            pa.array([entity] * found.num_rows, pa.string()),
            found["key"],
            pa.array([year] * found.num_rows, pa.string()),
            nothing,
            pa.nulls(found.num_rows, pa.int64()),
            found["rule"],
            nothing,
            nothing,
            pa.array([book.checks[rule].message.zh for rule in rules], pa.string()),
            pa.array([book.checks[rule].message.en for rule in rules], pa.string()),
        ],
        schema=REJECTS,
    )
    return firms.without(more, folder)


def _truth(cell: object) -> str:
    assert isinstance(cell, Sql)  # noqa: S101 - a check is a truth value
    return cell.text

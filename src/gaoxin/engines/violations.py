"""Which returns do not pass the checks of a plan, and by which figures.

The rows of an entity are read once to judge all of its checks, and once more, where any are listed, to fetch the
figures that the checks name.
"""

# ruff: noqa: S608 - every identifier and text in the SQL is quoted by the dialect

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import pyarrow as pa

from gaoxin.engines.dialects import quote
from gaoxin.engines.frames import build_frame, closure, rests_on
from gaoxin.engines.integers import Number, Sql, sql
from gaoxin.engines.relations import Relations
from gaoxin.engines.statements import Statement
from gaoxin.rulebook.formula import column_formula
from gaoxin.rulebook.plan import Plan

SCHEMA = pa.schema(
    [(name, pa.string()) for name in ("check", "severity", "entity", "key", "period", "status")]
    + [("figures", pa.map_(pa.string(), pa.string()))]
)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of the returns asked for meet one check: ``reporters`` = passed + failed + unknown."""

    check: str
    entity: str
    reporters: int
    failed: int
    unknown: int

    @property
    def passed(self) -> int:
        """Returns that meet the check."""
        return self.reporters - self.failed - self.unknown


@dataclass(frozen=True, slots=True)
class Judgement:
    """The checks of one entity: their tallies, and (check, status, ordinal, key) of the first returns that fail."""

    entity: str
    tallies: tuple[Tally, ...]
    listed: tuple[tuple[str, str, int, str], ...]


def judge(plan: Plan, tables: Relations, entity: str, limit: int) -> Judgement:
    """Judge every check of ``entity`` among the targets of ``plan``, listing ``limit`` returns per check and status."""
    checks = [code for code in plan.targets_of(entity) if code in plan.book.checks]
    statement = Statement(tables.dialect)
    frame = build_frame(statement, plan, tables, entity, closure(plan, checks))
    cells = {code: frame.cells[code] for code in checks}
    relation = statement.add("asked", f"SELECT * FROM {quote(frame.finish())} WHERE {_asked(plan)}")
    dialect = tables.dialect
    judged = [
        dialect.record(
            {
                "code": Sql(str(number)),
                "status": sql("CASE WHEN {0} THEN NULL WHEN {0} IS NULL THEN 'unknown' ELSE 'fail' END", cell),
            }
        ).text
        for number, cell in enumerate(cell for cell in cells.values() if isinstance(cell, Sql))
    ]
    failing = dialect.one_each(judged, "status IS NOT NULL")
    statement.add("judged", f'SELECT "@ord", "@key", {failing} AS one FROM {quote(relation)}')
    counted = dialect.counted_and_listed("judged", limit)
    everybody = f"SELECT NULL, NULL, count(*), NULL FROM {quote(relation)}"
    found = tables.compute(statement, f"{counted} UNION ALL {everybody}").to_pylist()
    reporters = next(row["number"] for row in found if row["code"] is None)
    numbers = {(checks[row["code"]], row["status"]): row for row in found if row["code"] is not None}
    tallies = [
        Tally(
            code,
            entity,
            reporters,
            *(numbers[code, status]["number"] if (code, status) in numbers else 0 for status in ("fail", "unknown")),
        )
        for code in checks
    ]
    listed = [
        (code, status, row["at"], row["key"])
        for code in checks
        for status in ("fail", "unknown")
        if (code, status) in numbers
        for row in numbers[code, status]["listed"]
    ]
    return Judgement(entity, tuple(tallies), tuple(listed))


def violations(plan: Plan, tables: Relations, judgements: Sequence[Judgement]) -> pa.Table:
    """The returns that ``judgements`` list, with the figures that each check names."""
    rows: list[dict[str, object]] = []
    for judgement in judgements:
        if not judgement.listed:
            continue
        listed = dict.fromkeys(code for code, *_ in judgement.listed)
        names = {code: list(dict.fromkeys(rests_on(plan.columns[code]))) for code in listed}
        figures = _figures(plan, tables, judgement, sorted({name for used in names.values() for name in used}))
        for code, status, ordinal, key in judgement.listed:
            rows.append(
                {
                    "check": code,
                    "severity": plan.book.checks[code].severity,
                    "entity": judgement.entity,
                    "key": key,
                    "period": plan.text(ordinal),
                    "status": status,
                    "figures": [(column_formula(plan, name), figures[ordinal, key][name]) for name in names[code]],
                }
            )
    return pa.Table.from_pylist(rows, SCHEMA)


def _figures(
    plan: Plan, tables: Relations, judgement: Judgement, names: Sequence[str]
) -> Mapping[tuple[int, str], Mapping[str, str | None]]:
    """The ``names`` as text for the returns listed."""
    statement = Statement(tables.dialect)
    frame = build_frame(statement, plan, tables, judgement.entity, closure(plan, names))
    selected, scales = ['"@ord"', '"@key"'], {}
    for name in names:
        value = frame.cells[name]
        if isinstance(value, Number):
            scales[name] = plan.shown_scale(name)
            value = frame.shown(name)
        selected.append(f"CAST({value.text} AS STRING) AS {quote(name)}")
    relation = frame.finish()
    wanted = sorted({(ordinal, key) for _, _, ordinal, key in judgement.listed})
    at, keys = zip(*wanted, strict=True)
    tables.hold("listed returns", pa.table({"@ord": pa.array(at, pa.int64()), "@key": pa.array(keys)}))
    select = f'SELECT {", ".join(selected)} FROM {quote(relation)} SEMI JOIN "listed returns" USING ("@ord", "@key")'
    found = tables.compute(statement, select).to_pylist()
    tables.forget("listed returns")
    return {
        (row["@ord"], row["@key"]): {
            name: _decimal(row[name], scales[name]) if name in scales and row[name] is not None else row[name]
            for name in names
        }
        for row in found
    }


def _decimal(scaled: str, scale: int) -> str:
    return format(Decimal(scaled).scaleb(-scale), f".{scale}f")


def _asked(plan: Plan) -> str:
    return f'"@ord" IN ({", ".join(map(str, plan.ordinals))})'

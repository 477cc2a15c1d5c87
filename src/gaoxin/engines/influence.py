"""What each reporter does to the figures of the one above it: every figure once more without that reporter.

In closed form for all at once: an aggregate without a reporter is the aggregate minus what the reporter adds to it, so
the figures above are computed once for every reporter from totals that are already there, instead of from the returns
of all the others.
"""

# ruff: noqa: S608 - every identifier and text in the SQL is quoted by the dialect

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa

from gaoxin.engines.dialects import DUCKDB, quote
from gaoxin.engines.errors import EngineError
from gaoxin.engines.frames import Frame, Totals, add_aggregates, base_relation, build_totals, closure
from gaoxin.engines.integers import Number
from gaoxin.engines.outcome import as_double, period_text_sql
from gaoxin.engines.statements import Statement
from gaoxin.engines.tables import Source, Tables
from gaoxin.rulebook.plan import AggregateColumn, Plan
from gaoxin.words import Text


def leave_one_out(
    plan: Plan,
    sources: Mapping[str, Source],
    codes: Sequence[str],
    *,
    threads: int | None = None,
    memory_limit: str | None = None,
) -> pa.Table:
    """The effect of each reporter on the figures ``codes`` of the reporter above it, as if it had never reported.

    It is left out of the earlier periods that ``prior`` looks at, too, as far as it belonged to the same reporter above
    then. Only reporters with a return for the period are listed.

    Returns
    -------
    A table ordered by period, reporter above, reporter and code: the two keys (columns named as their entities),
    ``period``, ``code``, ``value``, ``value_without`` and ``effect`` (value − value_without), float64 of the exact
    figures; null where unknown.

    Raises
    ------
    EngineError
        A code that is no number, rests on no aggregate, or on MIN or MAX, which cannot be taken apart.
    """
    entity, child = _levels(plan, codes)
    tables = Tables(plan, sources, threads=threads, memory_limit=memory_limit)
    try:
        return tables.compute(*_statement(plan, tables, codes, entity, child))
    finally:
        tables.close()


def _levels(plan: Plan, codes: Sequence[str]) -> tuple[str, str]:
    """The entity of ``codes`` and the one below it whose reporters are left out."""
    for code in codes:
        if code not in plan.columns or plan.columns[code].type.kind != "number":
            raise EngineError(Text(f"{code} 不是数值目标", f"{code} is no numeric target of the plan"), item=code)
    entities = {plan.columns[code].entity for code in codes}
    if len(entities) != 1:
        raise EngineError(Text("各指标应属于同一实体", "all codes must belong to one entity"))
    entity = entities.pop()
    children = set()
    for name in closure(plan, codes):
        column = plan.columns[name]
        if isinstance(column, AggregateColumn) and column.entity == entity:
            children.add(column.source.entity)
            if column.source.function in {"min", "max"}:
                function = column.source.function.upper()
                zh = f"{function} 不能逐个剔除：去掉一个后的极值要重新查找"
                en = f"{function} cannot be taken apart: without one reporter it would have to be searched anew"
                using = ", ".join(code for code in codes if name in closure(plan, [code]))
                remedy = Text(f"请去掉 {using}。", f"Leave out {using}.")
                raise EngineError(Text(zh, en), remedy)
    if len(children) != 1:
        below = ", ".join(sorted(children)) or "–"
        zh, en = (
            f"这些指标应汇总同一种下级（现为 {below}）",
            f"the codes must aggregate one entity below (now: {below})",
        )
        raise EngineError(Text(zh, en))
    return entity, children.pop()


def _statement(plan: Plan, tables: Tables, codes: Sequence[str], entity: str, child: str) -> tuple[Statement, str]:
    statement, wanted = Statement(DUCKDB), closure(plan, codes)
    columns = [column for column in plan.columns_of(entity) if column.name in wanted]
    ordinals = frozenset(ordinal for column in columns for ordinal in plan.needed[column.name])
    below = build_totals(statement, plan, tables, entity, columns, wanted, ordinals)
    if child not in below:
        raise EngineError(Text(f"没有 {child} 的数据表", f"there is no table of {child}"), entity=child)
    totals = [part.write() for part in below.values()]
    base, cells = base_relation(statement, plan, tables, entity, columns, totals, ordinals)

    def computed(label: str, relation: str, identity: Sequence[str]) -> Frame:
        frame = Frame(statement, plan, label, relation, identity=identity, keep=label == entity)
        frame.cells.update(cells)
        add_aggregates(frame, columns, below, tables)
        frame.compute(columns)
        frame.finish()
        return frame

    everybody = computed(entity, base, ("@key",))
    others = computed("others", _without(statement, below[child], base), ("@left out", "@key"))
    asked = ", ".join(map(str, plan.ordinals))
    members = quote(below[child].frame.relation)
    compared = ", ".join(
        f"struct_pack(place := {place}, code := {DUCKDB.text(code)}, "
        f"value := e.{quote(f'value {place}')}, without := o.{quote(f'value {place}')})"
        for place, code in enumerate(codes)
    )
    for frame, name in ((everybody, "of everybody"), (others, "of the others")):
        values = [(place, frame.cells[code]) for place, code in enumerate(codes)]
        doubles = [f"{as_double(v)} AS {quote(f'value {place}')}" for place, v in values if isinstance(v, Number)]
        keys = ", ".join(map(quote, (*frame.identity, "@ord")))
        statement.add(name, f"SELECT {keys}, {', '.join(doubles)} FROM {quote(frame.relation)}")
    statement.add(
        "effects",
        f'SELECT m."@key" AS below, m."@parent" AS above, m."@ord", unnest([{compared}]) AS one FROM {members} m'
        ' JOIN "of the others" o ON o."@left out" = m."@key" AND o."@key" = m."@parent" AND o."@ord" = m."@ord"'
        ' JOIN "of everybody" e ON e."@key" = m."@parent" AND e."@ord" = m."@ord"'
        f' WHERE m."@ord" IN ({asked})',
    )
    keys = f"below AS {quote(child)}, above AS {quote(entity)}, {period_text_sql(plan)} AS period"
    return statement, (
        f"SELECT {keys}, one.code AS code,"
        " one.value AS value, one.without AS value_without, one.value - one.without AS effect"
        ' FROM effects ORDER BY "@ord", above, below, one.place'
    )


def _without(statement: Statement, totals: Totals, base: str) -> str:
    """The rows of ``base`` once for each reporter below, with the totals of all the others."""
    own = ", ".join(f"{total.own()} AS {quote(name)}" for total, name in totals.names.items())
    relation = quote(totals.frame.relation)
    added = statement.add("own", f'SELECT "@key" AS one, "@parent" AS above, "@ord", {own} FROM {relation}')
    members = statement.add("members", f'SELECT DISTINCT "@key" AS one, "@parent" AS above FROM {relation}')
    names = [quote(name) for name in totals.names.values()]
    less = ", ".join(f"COALESCE(z.{name}, 0) - COALESCE(o.{name}, 0) AS {name}" for name in names)
    joined = f'{quote(members)} m JOIN {quote(base)} z ON z."@key" = m.above'
    return statement.add(
        "others 0",
        f'SELECT m.one AS "@left out", z.* REPLACE ({less}) FROM {joined}'
        f' LEFT JOIN {quote(added)} o ON o.one = m.one AND o.above = m.above AND o."@ord" = z."@ord"',
    )

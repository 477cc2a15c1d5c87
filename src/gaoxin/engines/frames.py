"""A plan as one SQL statement: a chain of common table expressions per entity, those below first.

The rows of an entity pass through layers. The base layer reads its returns once and joins what is aggregated from the
rows below; each further layer adds columns computed from earlier ones; a join layer brings the columns of an earlier
period beside those of the present one. DuckDB fuses the layers and drops what nobody asks for.
"""

# ruff: noqa: S608 - every identifier and text in the SQL is quoted by the dialect

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from typing import cast

from gaoxin.engines.aggregates import ROWS, Needs, Total, cell, needs_of, unreported
from gaoxin.engines.dialects import quote
from gaoxin.engines.errors import EngineError
from gaoxin.engines.integers import Number, Sql
from gaoxin.engines.lowering import SQL_TYPE, Lowering, Value
from gaoxin.engines.relations import Relations
from gaoxin.engines.statements import Statement
from gaoxin.rulebook.plan import AggregateColumn, Column, ItemColumn, Plan, PriorColumn, RowColumn
from gaoxin.rulebook.tree import Figure, Type, walk
from gaoxin.words import Text

MAX_LAYERS = 300
"""Most layers of one entity; DuckDB plans in a time that grows with the square of their number."""


def closure(plan: Plan, names: Iterable[str]) -> set[str]:
    """The columns that ``names`` rest on, themselves included."""
    found: set[str] = set()
    stack = list(names)
    while stack:
        name = stack.pop()
        if name not in found:
            found.add(name)
            stack.extend(rests_on(plan.columns[name]))
    return found


def rests_on(column: Column) -> list[str]:
    """The columns that ``column`` names."""
    match column:
        case RowColumn():
            return [node.code for node in walk(column.node) if isinstance(node, Figure)]
        case AggregateColumn():
            return [name for name in (column.operand, column.condition) if name is not None]
        case PriorColumn():
            return [column.of]
        case ItemColumn():
            return []


class Frame:
    """The rows of one entity in a statement, with the cells computed so far.

    ``identity`` are the columns that tell one reporter from another across periods. ``cells`` holds the value of every
    column by name, ``coverage`` the least covered aggregate it rests on, as a struct (share, known, total). ``present``
    are the periods for which anybody has reported, where that is known.
    """

    def __init__(
        self,
        statement: Statement,
        plan: Plan,
        label: str,
        relation: str,
        *,
        identity: Sequence[str] = ("@key",),
        keep: bool = False,
        present: Set[int] | None = None,
    ) -> None:
        self.statement, self.plan, self.label, self.relation = statement, plan, label, relation
        self.identity, self.keep, self.present = identity, keep, present
        self.cells: dict[str, Value] = {}
        self.coverage: dict[str, Sql] = {}
        self._top = 0
        self._tables = 0
        self._pending: dict[int, dict[str, str]] = {}
        self._bound: dict[str, Sql] = {}

    def bind(self, sql: Sql) -> Sql:
        """A column that holds ``sql``."""
        if sql.atomic:
            return sql
        if sql.text not in self._bound:
            layer = max(sql.layer, self._top) + 1
            name = f"@{len(self._bound) + 1}"
            self._pending.setdefault(layer, {})[name] = sql.text
            self._bound[sql.text] = Sql(quote(name), layer, sql.bound, None, True)
        return self._bound[sql.text]

    def bind_last(self, texts: Iterable[str]) -> list[Sql]:
        """Columns that hold ``texts``, side by side in a layer above all bound so far, which they may name."""
        layer = max(self._pending, default=self._top)
        return [self.bind(Sql(text, layer)) for text in texts]

    def bound(self, sql: Sql) -> Sql:
        """The column that holds ``sql`` already; ``sql`` itself where there is none."""
        return self._bound.get(sql.text, sql)

    def hold(self, name: str, value: Value, coverage: Sql | None = None) -> None:
        """Keep ``value`` as the cell of the column ``name``."""
        if isinstance(value, Sql):
            self.cells[name] = self.bind(value)
        else:
            d = None if value.d is None else self.bind(value.d)
            self.cells[name] = Number(self.bind(value.n), d, value.scale)
        if coverage is not None:
            self.coverage[name] = self.bind(coverage)

    def shown(self, name: str) -> Sql:
        """The number in the column ``name`` as it is shown: × 10^(its decimals), rounded as its entry says."""
        entry = self.plan.book.derived.get(name)
        rounding = entry.rounding if entry else "half_up"
        lowering = Lowering(self.plan.book, {}, frozenset(), self.bind, self.statement.dialect)
        return self.bind(lowering.rounded(cast(Number, self.cells[name]), self.plan.shown_scale(name), rounding))

    def compute(self, columns: Sequence[Column]) -> None:
        """Add the row and prior columns among ``columns``; items and aggregates must be there."""
        stages = _stages(columns)
        for stage in range(max(stages.values(), default=0) + 1):
            at_stage = [column for column in columns if stages[column.name] == stage]
            priors = [column for column in at_stage if isinstance(column, PriorColumn)]
            if priors:
                self._join(priors, stage)
            for column in at_stage:
                if isinstance(column, RowColumn):
                    self._row(column)

    def finish(self) -> str:
        """Write the pending layers; the name of the relation that has every column."""
        for layer in sorted(self._pending):
            added = ", ".join(f"{text} AS {quote(name)}" for name, text in self._pending[layer].items())
            self._next(f"SELECT *, {added} FROM {quote(self.relation)}")
            self._top = layer
        self._pending.clear()
        return self.relation

    def _next(self, select: str, *, keep: bool = False) -> None:
        self._tables += 1
        if self._tables > MAX_LAYERS:
            message = Text(
                f"{self.label} 的规则层层相叠太深", f"the rules of {self.label} build on each other too deeply"
            )
            raise EngineError(message, Text("请拆成较简单的条目。", "Make the entries simpler."))
        self.relation = self.statement.add(f"{self.label} {self._tables}", select, keep=keep)

    def _row(self, column: RowColumn) -> None:
        needed = self.plan.needed[column.name]
        value = Lowering(self.plan.book, self.cells, needed, self.bind, self.statement.dialect).value(column.node)
        covered = {self.coverage[name].text: self.coverage[name] for name in rests_on(column) if name in self.coverage}
        if len(covered) > 1:
            # Structs compare field by field: the one with the least share comes first.
            layer = max(sql.layer for sql in covered.values())
            covered = {"": Sql(f"least({', '.join(covered)})", layer)}
        self.hold(column.name, value, next(iter(covered.values()), None))

    def _join(self, priors: Sequence[PriorColumn], stage: int) -> None:
        """Bring the columns of earlier periods in."""
        for column in priors:
            if self._nobody_before(column):
                self.cells[column.name] = _unknown(column.type)
        priors = [column for column in priors if column.name not in self.cells]
        if not priors:
            return
        self.finish()
        if self.keep or stage > 1:
            # A small relation, or one that is already joined: compute it once. A large one is scanned a second time
            # instead, for the few columns of the earlier period only, which holds less in memory.
            self._next(f"SELECT * FROM {quote(self.relation)}", keep=True)
        selected, joins = ["c.*"], []
        for periods in sorted({column.periods for column in priors}):
            alias = f"p{periods}"
            same = " AND ".join(f"{alias}.{quote(name)} = c.{quote(name)}" for name in self.identity)
            earlier = f'{alias}."@ord" = c."@ord" - {periods}'
            joins.append(f"LEFT JOIN {quote(self.relation)} {alias} ON {same} AND {earlier}")
        layer = self._top + 1

        def brought(name: str, column: PriorColumn, sql: Sql) -> Sql:
            alias = f"p{column.periods}"
            there = f'CASE WHEN {alias}."@key" IS NOT NULL THEN {sql.text} END'
            constant = sql.constant is not None or not sql.text.startswith('"')
            selected.append(f"{there if constant else f'{alias}.{sql.text}'} AS {quote(name)}")
            return Sql(quote(name), layer, sql.bound, None, True)

        for column in priors:
            value = self.cells[column.of]
            if isinstance(value, Number):
                n = brought(f"{column.name}/n", column, value.n)
                d = None if value.d is None else brought(f"{column.name}/d", column, value.d)
                self.cells[column.name] = Number(n, d, value.scale)
            else:
                self.cells[column.name] = brought(column.name, column, value)
            if column.of in self.coverage:
                covered = self.coverage[column.of]
                self.coverage[column.name] = brought(f"{column.name}/c", column, covered)
        self._next(f"SELECT {', '.join(selected)} FROM {quote(self.relation)} c {' '.join(joins)}")
        self._top = layer

    def _nobody_before(self, column: PriorColumn) -> bool:
        """Whether there is nothing to join: nobody has reported for any of the earlier periods."""
        earlier = {ordinal - column.periods for ordinal in self.plan.needed[column.name]}
        return self.present is not None and not earlier & self.present and column.of not in self.coverage


def _stages(columns: Iterable[Column]) -> dict[str, int]:
    """How many joins with earlier periods must come before each column."""
    stages: dict[str, int] = {}
    for column in columns:
        match column:
            case PriorColumn():
                stages[column.name] = stages[column.of] + 1
            case RowColumn():
                stages[column.name] = max((stages[name] for name in rests_on(column)), default=0)
            case _:
                stages[column.name] = 0
    return stages


class Totals:
    """What the rows of a frame, ``reporters`` at most, add up to for the reporters above."""

    def __init__(self, frame: Frame, reporters: int) -> None:
        self.frame, self.reporters = frame, reporters
        self.needs: dict[str, Needs] = {}
        self.names: dict[Total, str] = {ROWS: f"rows of {frame.label}"}

    def want(self, column: AggregateColumn) -> None:
        """Also add up what ``column`` needs."""
        needs = needs_of(column, self.frame.cells, self.frame.bind, self.reporters)
        self.needs[column.name] = needs
        for total in (needs.value, needs.known, needs.expected):
            self.names.setdefault(total, f"total {len(self.names)} of {self.frame.label}")

    def write(self) -> str:
        """The relation with the totals by reporter above and period."""
        relation = self.frame.finish()
        added = ", ".join(
            f"{total.grouped(self.frame.statement.dialect)} AS {quote(name)}" for total, name in self.names.items()
        )
        grouped = f'SELECT "@parent" AS "@key", "@ord", {added} FROM {quote(relation)} GROUP BY ALL'
        return self.frame.statement.add(f"{self.frame.label} totals", grouped, keep=True)


def build_frame(
    statement: Statement,
    plan: Plan,
    tables: Relations,
    entity: str,
    wanted: Set[str],
    ordinals: frozenset[int] = frozenset(),
) -> Frame:
    """The frame of ``entity`` with the ``wanted`` columns, and the frames below that they need.

    Its rows are those of the periods for which a column is needed, and of ``ordinals``.
    """
    columns = [column for column in plan.columns_of(entity) if column.name in wanted]
    ordinals = ordinals.union(*(plan.needed[column.name] for column in columns))
    below = build_totals(statement, plan, tables, entity, columns, wanted, ordinals)
    totals = [part.write() for part in below.values()]
    base, cells = base_relation(statement, plan, tables, entity, columns, totals, ordinals)
    entities = plan.book.entities
    top = entities[entity].parent is None
    # At the top a reporter is there when anybody below it has reported.
    reported = [entity, *(name for name, one in entities.items() if top and one.parent == entity)]
    present = {ordinal for name in reported for ordinal in tables.present.get(name, ())}
    frame = Frame(statement, plan, entity, base, keep=bool(below) and top, present=present)
    frame.cells.update(cells)
    add_aggregates(frame, columns, below, tables)
    frame.compute(columns)
    return frame


def build_totals(
    statement: Statement,
    plan: Plan,
    tables: Relations,
    entity: str,
    columns: Sequence[Column],
    wanted: Set[str],
    ordinals: frozenset[int],
) -> dict[str, Totals]:
    """The totals that ``columns`` of ``entity`` need, by entity below; entities without a table are left out.

    At the top everybody below is counted, needed or not: a reporter is there when anybody below it has reported.
    """
    aggregates = [column for column in columns if isinstance(column, AggregateColumn)]
    entities = plan.book.entities
    top = entities[entity].parent is None
    children = [name for name, below in entities.items() if below.parent == entity and name in tables.columns]
    used = {column.source.entity for column in aggregates}
    found = {
        child: Totals(build_frame(statement, plan, tables, child, wanted, ordinals), tables.returns[child])
        for child in children
        if top or child in used
    }
    for column in aggregates:
        if column.source.entity in found:
            found[column.source.entity].want(column)
    return found


def base_relation(
    statement: Statement,
    plan: Plan,
    tables: Relations,
    entity: str,
    columns: Sequence[Column],
    totals: Sequence[str],
    ordinals: Set[int],
) -> tuple[str, dict[str, Value]]:
    """The rows of ``entity`` with the relations ``totals`` joined, and the cells of its reported figures.

    A reporter at the top has a row for every period in which it or anybody below it has reported; the others have one
    for each return.
    """
    items = [column for column in columns if isinstance(column, ItemColumn)]
    absent = {column.name: _unknown(column.type) for column in items}
    top = plan.book.entities[entity].parent is None
    if entity in tables.columns:
        select, cells = tables.base(entity, items, ordinals)
        returns = statement.add(f"{entity} returns", select)
        join = "FULL" if top else "LEFT"
        joined = "".join(f' {join} JOIN {quote(name)} USING ("@key", "@ord")' for name in totals)
        return statement.add(f"{entity} 0", f"SELECT * FROM {quote(returns)}{joined}"), absent | cells
    if not top or not totals:
        names = ", ".join(column.name for column in columns[:5])
        zh, en = f"没有 {entity} 的数据表（{names} 要用）", f"there is no table of {entity} (needed for {names})"
        raise EngineError(Text(zh, en), entity=entity)
    joined = quote(totals[0]) + "".join(f' FULL JOIN {quote(name)} USING ("@key", "@ord")' for name in totals[1:])
    return statement.add(f"{entity} 0", f'SELECT *, CAST(NULL AS STRING) AS "@parent" FROM {joined}'), absent


def add_aggregates(frame: Frame, columns: Sequence[Column], below: Mapping[str, Totals], tables: Relations) -> None:
    """The cells of the aggregates among ``columns``, whose totals are joined to the frame."""
    dialect = frame.statement.dialect
    for column in columns:
        if not isinstance(column, AggregateColumn):
            continue
        child = column.source.entity
        if child not in below:
            value, covered = unreported(dialect, column)
        else:
            value, covered = cell(
                dialect,
                column,
                below[child].needs[column.name],
                below[child].names,
                zero_if_none=frame.plan.book.entities[child].if_none == "zero",
                present=tables.present[child],
                needed=frame.plan.needed[column.name],
            )
        frame.hold(column.name, value, covered)


def _unknown(of: Type) -> Value:
    """A value of that type that nobody has."""
    nothing = Sql(f"CAST(NULL AS {SQL_TYPE[of.kind]})", 0, 0, None, True)
    return Number(nothing, None, of.scale or 0) if of.kind == "number" else nothing

"""The tables a plan runs on, whatever the engine: what they hold, and their figures as exact integers.

A figure is never rounded on the way in: one with more decimals than its item keeps stops the run with an error that
names item, reporter, period and value.
"""

# ruff: noqa: S608 - every identifier and text in the SQL is quoted by the dialect

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import pyarrow as pa

from gaoxin.engines.dialects import quote
from gaoxin.engines.errors import EngineError
from gaoxin.engines.figures import BETWEEN, MARK, figure, fitting, summable
from gaoxin.engines.integers import Dialect, Number, Sql, is_overflow
from gaoxin.engines.lowering import Value
from gaoxin.engines.statements import Statement
from gaoxin.rulebook.periods import period_ordinal
from gaoxin.rulebook.plan import ItemColumn, Plan
from gaoxin.words import Text

T = TypeVar("T")


class Relations(ABC):
    """The sources of one run as relations of an engine, one for each entity.

    ``columns`` holds the columns of each with their types, named as DuckDB names them; ``present`` the ordinals of its
    periods, ``returns`` how many rows at most are looked at; ``limits`` the greatest absolute value of columns of which
    it is known; ``carried`` names columns that are no items and go along with the rows, as text.
    """

    dialect: ClassVar[Dialect]

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.columns: dict[str, dict[str, str]] = {}
        self.present: dict[str, frozenset[int]] = {}
        self.returns: dict[str, int] = {}
        self.limits: dict[str, dict[str, Decimal]] = {}
        self.carried: dict[str, tuple[str, ...]] = {}

    @abstractmethod
    def compute(self, statement: Statement, select: str) -> pa.Table:
        """What ``select`` gives over the steps of ``statement``; errors of the engine become EngineError."""

    @abstractmethod
    def copy(self, statement: Statement, select: str, out: Path | str) -> int:
        """Write what ``select`` gives over the steps of ``statement`` as Parquet; how many rows."""

    @abstractmethod
    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """The few rows that ``sql`` gives."""

    @abstractmethod
    def hold(self, name: str, table: pa.Table) -> None:
        """Make ``table`` a relation."""

    @abstractmethod
    def forget(self, name: str) -> None:
        """Drop a relation that was made by ``hold``."""

    @abstractmethod
    def close(self) -> None:
        """Release what the engine holds."""

    def check(self) -> None:
        """Look at the relations: that keys and periods are there, and nobody reports twice."""
        for entity in self.columns:
            self._check_columns(entity)
        self.present = {entity: self._periods(entity) for entity in self.columns}
        for entity in self.columns:
            self._check_reporters(entity)

    def base(self, entity: str, items: Iterable[ItemColumn], ordinals: Iterable[int]) -> tuple[str, dict[str, Value]]:
        """SQL of the rows of ``entity`` for ``ordinals``, and the cells of ``items`` in them.

        Columns: ``@key``, ``@parent`` (NULL for the top), ``@ord``, one per item, and ``carried x`` for a carried x.
        """
        book = self.plan.book
        wanted = sorted(set(ordinals) & self.present[entity])
        periods = {ordinal: self.plan.text(ordinal) for ordinal in wanted}
        parent = book.entities[entity].parent
        selected = [
            f'CAST({quote(entity)} AS STRING) AS "@key"',
            f'CAST({quote(parent)} AS STRING) AS "@parent"' if parent else 'CAST(NULL AS STRING) AS "@parent"',
            self._ordinal(entity, periods) + ' AS "@ord"',
            *(f"CAST({quote(name)} AS STRING) AS {quote(f'carried {name}')}" for name in self.carried.get(entity, ())),
        ]
        cells: dict[str, Value] = {}
        for column in items:
            converted = self._item(column.name)
            reported = summable(book.items[column.name], self.columns[entity].get(column.name))
            if reported is not None:
                selected.append(f"{quote(column.name)} AS {reported.column}")
            if isinstance(converted, Number):
                cell = Sql(quote(column.name), 0, converted.n.bound, None, True, reported)
                cells[column.name] = Number(cell, None, converted.scale)
                converted = converted.n
            else:
                cells[column.name] = Sql(quote(column.name), atomic=True)
            selected.append(f"{converted.text} AS {quote(column.name)}")
        where = self._in_periods(wanted) if wanted else "FALSE"
        if set(wanted) == self.present[entity]:
            where = "TRUE"  # a filter that lets everything pass would still be applied to every column
        return f"SELECT {', '.join(selected)} FROM {quote(relation(entity))} WHERE {where}", cells

    def retried(self, compute: Callable[[], T]) -> T:
        """What ``compute`` gives; once more without ``limits`` where numbers overflow.

        A file may state ranges that its figures do not keep. Then the integers chosen by them are too narrow, which an
        engine notices: it never computes on with a number that does not fit.
        """
        try:
            return compute()
        except EngineError as error:
            if not is_overflow(error) or not any(self.limits.values()):
                raise
            self.limits.clear()
            return compute()

    def absent(self) -> list[ItemColumn]:
        """The reported figures that the plan needs and no table has; they are unknown for everybody."""
        items = [column for column in self.plan.columns.values() if isinstance(column, ItemColumn)]
        return [item for item in items if item.name not in self.columns.get(item.entity, {})]

    def _item(self, code: str) -> Number | Sql:
        """The column of the item ``code`` as an exact number, a truth value, a text or a date."""
        item = self.plan.book.items[code]
        column = self.columns[item.entity].get(code)
        converted = figure(self.dialect, item, column, self.limits.get(item.entity, {}).get(code))
        if converted is None:
            zh = f"{item.entity} 表的列 {code} 是 {column}，{item.type} 类指标不能用"
            en = f"the column {code} of {item.entity} is {column}, which does not fit the type {item.type}"
            fit = fitting(item)
            raise EngineError(Text(zh, en), Text(f"可用：{fit}。", f"It can be: {fit}."), entity=item.entity, item=code)
        return converted

    def _check_columns(self, entity: str) -> None:
        parent = self.plan.book.entities[entity].parent
        for column in (entity, "period", *([parent] if parent else [])):
            if column not in self.columns[entity]:
                have = ", ".join(list(self.columns[entity])[:8])
                raise EngineError(
                    Text(f"{entity} 表没有列 {column}", f"the table of {entity} has no column {column}"),
                    Text(f"它有：{have} …", f"It has: {have} …"),
                    entity=entity,
                )

    def _periods(self, entity: str) -> frozenset[int]:
        frequency = self.plan.book.frequency
        found = set()
        for (text,) in self.rows(f"SELECT DISTINCT CAST(period AS STRING) FROM {quote(relation(entity))}"):
            try:
                found.add(period_ordinal(str(text), frequency))
            except ValueError:
                zh, en = f"{entity} 表的报告期 {text} 有误", f"the period {text} in the table of {entity} is wrong"
                like = {"year": "2025", "quarter": "2025-Q3", "month": "2025-08"}[frequency]
                remedy = Text(f"写法如 {like}。", f"Write it like {like}.")
                raise EngineError(Text(zh, en), remedy, entity=entity, period=str(text)) from None
        return frozenset(found)

    def _check_reporters(self, entity: str) -> None:
        """One return per reporter and period, and a reporter above each: anything else would be counted wrongly."""
        book = self.plan.book
        parent = book.entities[entity].parent
        ordinals = [ordinal for ordinal in self.plan.scanned(entity) if ordinal in self.present[entity]]
        self.returns[entity] = 0
        if not ordinals:
            return
        key, above = quote(entity), quote(parent or entity)
        where = f"WHERE {self._in_periods(ordinals)}"
        hashed = self.dialect.hash_of([key, "period"])
        counted = f"count(*), count({key}), count({above}), count(DISTINCT {hashed})"
        ((rows, keys, parents, distinct),) = self.rows(f"SELECT {counted} FROM {quote(relation(entity))} {where}")
        self.returns[entity] = rows
        if keys < rows:
            self._complain(entity, f"{where} AND {key} IS NULL", Text("没有代码", "has no code"))
        if parents < rows:
            what = Text(f"没有所属 {parent}", f"does not say its {parent}")
            self._complain(entity, f"{where} AND {above} IS NULL", what)
        if distinct < rows:
            doubled = f"{where} GROUP BY {key}, period HAVING count(*) > 1"
            self._complain(entity, doubled, Text("同一期有两份报表", "has two returns for one period"))
        both = [ordinal for ordinal in ordinals if parent and ordinal in self.present.get(parent, ())]
        if parent and both and book.entities[parent].parent:
            # Nobody would count a reporter whose parent has no row, unless that parent is the top: that one gets a row.
            both_texts = (f"CAST(upper.{name} AS STRING) = CAST(lower.{name} AS STRING)" for name in (above, "period"))
            same = " AND ".join(both_texts)
            found = f"SELECT 1 FROM {quote(relation(parent))} upper WHERE {same}"
            orphaned = f"WHERE {self._in_periods(both)} AND NOT EXISTS ({found})"
            what = Text(f"所属的 {parent} 当期没有报表", f"belongs to a {parent} that has no return for the period")
            self._complain(entity, orphaned, what)

    def _in_periods(self, ordinals: Iterable[int]) -> str:
        return f"CAST(period AS STRING) IN ({', '.join(self.dialect.text(self.plan.text(at)) for at in ordinals)})"

    def _ordinal(self, entity: str, periods: Mapping[int, str]) -> str:
        if not periods:
            return "CAST(NULL AS BIGINT)"
        if periods.keys() == self.present[entity] and len(periods) == 1:
            return f"CAST({next(iter(periods))} AS BIGINT)"
        branches = "".join(f" WHEN {self.dialect.text(text)} THEN {ordinal}" for ordinal, text in periods.items())
        return f"CAST(CASE CAST(period AS STRING){branches} END AS BIGINT)"

    def _complain(self, entity: str, where: str, what: Text) -> None:
        """Name the first reporters that the condition ``where`` finds, if any."""
        selected = f"CAST({quote(entity)} AS STRING), CAST(period AS STRING) FROM {quote(relation(entity))} lower"
        rows = self.rows(f"SELECT {selected} {where} ORDER BY 1, 2 LIMIT 3")
        if rows:
            shown = ", ".join(f"{key or '–'} ({period})" for key, period in rows)
            raise EngineError(
                Text(f"{entity} 表：{shown} {what.zh}", f"in the table of {entity}, {shown} {what.en}"),
                Text("请先更正数据。", "Correct the data first."),
                entity=entity,
                reporter=rows[0][0],
                period=rows[0][1],
            )


def relation(entity: str) -> str:
    """The name of the relation of ``entity``."""
    return f"source of {entity}"


def known_entities(plan: Plan, entities: Iterable[str]) -> None:
    """Refuse sources of entities that the book does not have."""
    for name in set(entities) - plan.book.entities.keys():
        known = ", ".join(plan.book.entities)
        zh, en = f"本书没有实体 {name}；有：{known}", f"the book has no entity {name}; it has: {known}"
        raise EngineError(Text(zh, en))


def refused(said: str) -> EngineError | None:
    """The error of a figure that was refused inside a query; None where ``said`` speaks of something else."""
    if MARK not in said:
        return None
    fields = said.split(MARK, 1)[1].split(BETWEEN)
    entity, item, reporter, period, value = fields[:5]
    wanted = Text("不是该指标允许的数值", "is not a value of this item")
    return EngineError(
        Text(
            f"{entity} {reporter}（{period}）的 {item}：{value} {wanted.zh}",
            f"{item} of {entity} {reporter} ({period}): {value} {wanted.en}",
        ),
        Text(fields[5], fields[6]),
        entity=entity,
        item=item,
        reporter=reporter,
        period=period,
        value=value,
    )

"""Compilation of a book, as of some periods, to a plan: an ordered graph of columns that an engine can run.

Expressions mix three things that engines do differently: arithmetic inside one row, aggregation over the rows below,
and the same row of an earlier period. The plan takes them apart: every column is exactly one of them, and comes after
the columns it needs. Columns without a code of their own are called ``#1``, ``#2`` …
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from gaoxin.rulebook import tree
from gaoxin.rulebook.entries import Check, Derived, Item
from gaoxin.rulebook.findings import BookError, Finding
from gaoxin.rulebook.kinds import item_type
from gaoxin.rulebook.parameters import validity, value_in
from gaoxin.rulebook.periods import period_ordinal, period_text
from gaoxin.rulebook.tree import Aggregate, Dated, Figure, Node, Prior, Type, rebuilt, version_in, walk
from gaoxin.words import Text

if TYPE_CHECKING:
    from gaoxin.rulebook.book import Book

DEFAULT_SHOWN_SCALE = 6
"""Decimals with which a quotient is shown whose entry does not say a scale."""


@dataclass(frozen=True, slots=True)
class ItemColumn:
    """A reported figure, as the returns give it."""

    name: str
    entity: str
    type: Type


@dataclass(frozen=True, slots=True)
class RowColumn:
    """An expression over columns of the same row."""

    name: str
    entity: str
    node: Node

    @property
    def type(self) -> Type:
        """What the expression gives."""
        return self.node.type


@dataclass(frozen=True, slots=True)
class AggregateColumn:
    """An aggregate over the rows of ``source.entity`` below; ``operand`` and ``condition`` are columns there."""

    name: str
    entity: str
    source: Aggregate
    operand: str | None
    condition: str | None

    @property
    def type(self) -> Type:
        """What the aggregate gives."""
        return self.source.type


@dataclass(frozen=True, slots=True)
class PriorColumn:
    """The column ``of`` in the row of the same reporter ``periods`` periods earlier."""

    name: str
    entity: str
    type: Type
    of: str
    periods: int


Column: TypeAlias = ItemColumn | RowColumn | AggregateColumn | PriorColumn


@dataclass(frozen=True, eq=False)
class Plan:
    """A compiled book.

    ``targets`` are the codes asked for, ``ordinals`` the periods asked for; ``columns`` holds every column by name,
    each after those it needs; ``needed`` the ordinals for which each is needed, earlier ones for ``prior`` included.
    """

    book: Book
    targets: tuple[str, ...]
    ordinals: tuple[int, ...]
    columns: Mapping[str, Column]
    needed: Mapping[str, frozenset[int]]

    @cached_property
    def entities(self) -> tuple[str, ...]:
        """The entities that take part, those below first."""
        used = {column.entity for column in self.columns.values()}
        used |= {column.source.entity for column in self.columns.values() if isinstance(column, AggregateColumn)}
        depth = {name: len(_ancestors(self.book, name)) for name in used}
        return tuple(sorted(used, key=lambda name: (-depth[name], name)))

    def columns_of(self, entity: str) -> list[Column]:
        """The columns of ``entity``, in order."""
        return [column for column in self.columns.values() if column.entity == entity]

    def scanned(self, entity: str) -> tuple[int, ...]:
        """The ordinals for which rows of ``entity`` are needed."""
        found: set[int] = set()
        for column in self.columns.values():
            over = isinstance(column, AggregateColumn) and column.source.entity == entity
            if column.entity == entity or over:
                found |= self.needed[column.name]
        return tuple(sorted(found))

    def targets_of(self, entity: str) -> list[str]:
        """The targets that belong to ``entity``, in the order they were asked for."""
        return [code for code in self.targets if self.columns[code].entity == entity]

    def text(self, ordinal: int) -> str:
        """The period as text."""
        return period_text(ordinal, self.book.frequency)

    def shown_scale(self, code: str) -> int:
        """Decimals with which the number ``code`` is shown."""
        scale = self.columns[code].type.scale
        entry = self.book.derived.get(code)
        if entry is not None and entry.scale is not None:
            return entry.scale
        return DEFAULT_SHOWN_SCALE if scale is None else scale


def compile_book(book: Book, targets: Iterable[str] | None, periods: Sequence[str]) -> Plan:
    """The plan that computes ``targets`` (default: all derived entries and checks) for ``periods``.

    Raises
    ------
    BookError
        A target or a period that does not exist; a parameter without a value in a period in which it is needed.
    """
    codes = tuple(dict.fromkeys(targets)) if targets is not None else (*book.derived, *book.checks)
    for code in codes:
        if not isinstance(book.entry(code), (Item, Derived, Check)):
            raise BookError([book.finding(code, Text(f"{code} 不是指标或审核", f"{code} is neither figure nor check"))])
    ordinals = _ordinals(book, periods)
    columns = _Compiler(book).columns(codes)
    needed = _needed(book, columns, codes, ordinals)
    columns = _pruned(book, columns, needed)
    findings = list(_missing_parameters(book, columns, needed))
    if findings:
        raise BookError(findings)
    return Plan(book, codes, ordinals, columns, needed)


def _ordinals(book: Book, periods: Sequence[str]) -> tuple[int, ...]:
    found = set()
    for period in periods:
        try:
            found.add(period_ordinal(str(period), book.frequency))
        except ValueError:
            example = {"year": "2025", "quarter": "2025-Q3", "month": "2025-08"}[book.frequency]
            zh = f"{period} 不是 {book.name} 的报告期；写法如 {example}"
            en = f"{period} is not a period of {book.name}; write it like {example}"
            raise BookError([Finding(Text(zh, en))]) from None
    if not found:
        raise BookError([Finding(Text("没有给出报告期", "no period is given"))])
    return tuple(sorted(found))


class _Compiler:
    """Takes expressions apart into columns; equal parts become one column."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.found: dict[str, Column] = {}
        self.hidden: dict[tuple[str, Node], str] = {}

    def columns(self, codes: Iterable[str]) -> dict[str, Column]:
        trees = self.book.expressions.trees
        wanted, stack = set(), [*codes]
        while stack:
            code = stack.pop()
            if code not in wanted:
                wanted.add(code)
                used = self.book.expressions.uses.get(code, frozenset())
                stack.extend(used & (self.book.items.keys() | self.book.derived.keys()))
        for code in codes:
            if code in self.book.items:
                self._item(code)
        for code, node in trees.items():
            if code in wanted:
                entry = self.book.derived.get(code) or self.book.checks[code]
                self.found[code] = RowColumn(code, entry.entity, self._row(node, entry.entity))
        return self.found

    def _item(self, code: str) -> None:
        item = self.book.items[code]
        self.found.setdefault(code, ItemColumn(code, item.entity, item_type(item)))

    def _row(self, node: Node, entity: str) -> Node:
        """``node`` with its aggregates and priors replaced by columns that hold them."""
        match node:
            case Figure(code):
                if code in self.book.items:
                    self._item(code)
                return node
            case Aggregate():
                return Figure(self._aggregate(node, entity), node.type)
            case Prior():
                return Figure(self._prior(node, entity), node.type)
            case _:
                return rebuilt(node, lambda child: self._row(child, entity))

    def _aggregate(self, node: Aggregate, entity: str) -> str:
        if (entity, node) not in self.hidden:
            operand = None if node.operand is None else self._column(node.operand, node.entity)
            condition = None if node.condition is None else self._column(node.condition, node.entity)
            name = self._name(entity, node)
            self.found[name] = AggregateColumn(name, entity, node, operand, condition)
        return self.hidden[entity, node]

    def _prior(self, node: Prior, entity: str) -> str:
        if (entity, node) not in self.hidden:
            of = self._column(node.operand, entity)
            name = self._name(entity, node)
            self.found[name] = PriorColumn(name, entity, node.type, of, node.periods)
        return self.hidden[entity, node]

    def _column(self, node: Node, entity: str) -> str:
        """The column that holds ``node``."""
        row = self._row(node, entity)
        if isinstance(row, Figure):
            return row.code
        if (entity, row) not in self.hidden:
            name = self._name(entity, row)
            self.found[name] = RowColumn(name, entity, row)
        return self.hidden[entity, row]

    def _name(self, entity: str, node: Node) -> str:
        return self.hidden.setdefault((entity, node), f"#{len(self.hidden) + 1}")


def _needed(
    book: Book, columns: Mapping[str, Column], codes: Iterable[str], ordinals: Iterable[int]
) -> dict[str, frozenset[int]]:
    needed: dict[str, set[int]] = {name: set() for name in columns}
    for code in codes:
        needed[code].update(ordinals)
    for name in reversed(list(columns)):
        column = columns[name]
        match column:
            case RowColumn():
                for part, at in _walk_in(book, column.node, needed[name]):
                    if isinstance(part, Figure):
                        needed[part.code] |= at
            case AggregateColumn():
                for below in (column.operand, column.condition):
                    if below is not None:
                        needed[below] |= needed[name]
            case PriorColumn():
                needed[column.of] |= {ordinal - column.periods for ordinal in needed[name]}
            case ItemColumn():
                pass
    return {name: frozenset(at) for name, at in needed.items()}


def _walk_in(book: Book, node: Node, ordinals: Set[int]) -> Iterator[tuple[Node, Set[int]]]:
    """Every part of ``node`` with those of ``ordinals`` for which it counts: of versions, those in which one holds."""
    if not isinstance(node, Dated):
        yield from ((part, ordinals) for part in walk(node))
        return
    for version, at in _versions_in(book, node, ordinals).items():
        if version.node is not None:
            yield from ((part, at) for part in walk(version.node))


def _versions_in(book: Book, node: Dated, ordinals: Set[int]) -> dict[tree.Version, set[int]]:
    """The versions that hold in one of ``ordinals``, and those ordinals."""
    found: dict[tree.Version, set[int]] = {}
    for ordinal in ordinals:
        version = version_in(node, ordinal, book.frequency)
        if version is not None:
            found.setdefault(version, set()).add(ordinal)
    return found


def _pruned(book: Book, columns: Mapping[str, Column], needed: Mapping[str, Set[int]]) -> dict[str, Column]:
    """The columns without versions, and without columns, of which no period makes use."""
    kept = {name: column for name, column in columns.items() if needed[name]}
    for name, column in kept.items():
        if isinstance(column, RowColumn) and isinstance(column.node, Dated):
            used = _versions_in(book, column.node, needed[name])
            versions = tuple(version for version in column.node.versions if version in used)
            kept[name] = replace(column, node=replace(column.node, versions=versions))
    return kept


def _missing_parameters(
    book: Book, columns: Mapping[str, Column], needed: Mapping[str, frozenset[int]]
) -> Iterable[Finding]:
    missing: dict[str, set[int]] = {}
    for name, column in columns.items():
        if isinstance(column, RowColumn):
            for part, at in _walk_in(book, column.node, needed[name]):
                if isinstance(part, (tree.Param, tree.Band)) and book.parameters[part.code].outside != "unknown":
                    for ordinal in at:
                        if value_in(book.parameters[part.code], ordinal, book.frequency) is None:
                            missing.setdefault(part.code, set()).add(ordinal)
    for code, ordinals in missing.items():
        periods = ", ".join(period_text(ordinal, book.frequency) for ordinal in sorted(ordinals))
        known = validity((value.from_, value.to) for value in book.parameters[code].values)
        yield book.finding(
            code,
            Text(f"参数 {code} 在 {periods} 没有值", f"the parameter {code} has no value for {periods}"),
            Text(
                f"已知有效期：{known.zh}。查明后补充，或改评其他期。",
                f"Its values hold from {known.en}. Add the value once it is known, or choose another period.",
            ),
        )


def _ancestors(book: Book, entity: str) -> list[str]:
    found = []
    above = book.entities[entity].parent
    while above is not None:
        found.append(above)
        above = book.entities[above].parent
    return found

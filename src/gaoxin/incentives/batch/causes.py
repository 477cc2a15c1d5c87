"""Because of what an answer is unknown, as SQL: the same reasons that the evaluation of one firm gives.

A figure is a cause where it is missing and the unknown answer rests on it: not behind an alternative that decides
anyway, nor in a branch that was not taken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from gaoxin.engines.integers import Dialect, Number, Sql
from gaoxin.engines.lowering import Lowering, Value
from gaoxin.rulebook import tree
from gaoxin.rulebook.book import Book
from gaoxin.rulebook.parameters import value_in
from gaoxin.rulebook.plan import AggregateColumn, Column, ItemColumn, PriorColumn, RowColumn
from gaoxin.rulebook.tree import Node
from gaoxin.words import Text

RULE, EARLIER, DIVISION, BELOW, NO_VALUE = "@rule", "@earlier", "@division", "@below", "@none"
"""Causes that are no figure of the firm for the year."""

CAUSES: Mapping[str, Text] = {
    RULE: Text("规则未知", "the rule is not known"),
    EARLIER: Text("以前年度的数据", "figures of earlier years"),
    DIVISION: Text("除数为 0", "a division by zero"),
    BELOW: Text("下级（合同、项目、人员）的数据", "figures of contracts, projects or persons"),
    NO_VALUE: Text("规则在此没有值", "the rule gives no value here"),
}

Guards = tuple[str, ...]


@dataclass
class Place:
    """The causes that count where one guard holds, with the places inside it that have guards of their own."""

    missing: dict[str, str] = field(default_factory=dict)
    inside: dict[str, Place] = field(default_factory=dict)

    def lists(self, dialect: Dialect) -> str:
        """SQL of the list of the causes, those that do not apply as NULL."""
        own = [f"CASE WHEN {test} THEN {dialect.text(cause)} END" for cause, test in self.missing.items()]
        parts = [dialect.list_of(own)] if own or not self.inside else []
        parts += [f"CASE WHEN {guard} THEN {place.lists(dialect)} END" for guard, place in self.inside.items()]
        return parts[0] if len(parts) == 1 else dialect.merged(parts)


@dataclass
class Causes:
    """Collects, for one answer, the causes of its being unknown and when each of them counts."""

    book: Book
    dialect: Dialect
    ordinal: int
    columns: Mapping[str, Column]
    lowering: Callable[[str], Lowering]
    bound: Callable[[Sql], Sql]
    found: Place = field(default_factory=Place)
    _seen: set[tuple[str, Guards]] = field(default_factory=set)

    def of(self, code: str, guards: Guards = ()) -> None:
        """Add the causes of the column ``code``, which count where all of ``guards`` hold."""
        # What counts without some of the guards need not be said again with all of them.
        if any((code, guards[:length]) in self._seen for length in range(len(guards) + 1)):
            return
        self._seen.add((code, guards))
        column = self.columns[code]
        match column:
            case ItemColumn():
                self._add(code, f"{self._value(code).text} IS NULL", guards)
            case RowColumn():
                self._node(column.node, self.lowering(code), guards)
            case AggregateColumn():
                self._add(BELOW, f"{self._value(code).text} IS NULL", guards)
            case PriorColumn():
                self._add(EARLIER, f"{self._value(code).text} IS NULL", guards)

    def sql(self) -> str:
        """SQL of the list of causes, each once, sorted."""
        return self.dialect.each_once(self.found.lists(self.dialect))

    def _add(self, cause: str, missing: str, guards: Guards) -> None:
        place = self.found
        for guard in guards:
            place = place.inside.setdefault(guard, Place())
        test = place.missing.get(cause)
        place.missing[cause] = missing if test is None or test == missing else f"{test} OR {missing}"

    def _value(self, code: str) -> Sql:
        return _whole(self.lowering(code).cells[code])

    def _node(self, node: Node, lowering: Lowering, guards: Guards) -> None:
        match node:
            case tree.Figure(code):
                self.of(code, guards)
            case tree.Literal(None):
                self._add(NO_VALUE, "TRUE", guards)
            case tree.Literal() | tree.PeriodYear() | tree.Known():
                return
            case tree.Param(code) | tree.Band(_, code):
                held = value_in(self.book.parameters[code], self.ordinal, self.book.frequency)
                if held is None or held.unknown is not None:
                    self._add(RULE, "TRUE", guards)
                elif isinstance(node, tree.Band):
                    self._node(node.operand, lowering, guards)
            case tree.Dated():
                version = tree.version_in(node, self.ordinal, self.book.frequency)
                if version is None or version.node is None:
                    self._add(RULE, "TRUE", guards)
                else:
                    self._node(version.node, lowering, guards)
            case tree.Logic(_, parts) | tree.Coalesce(parts):
                inside = _and(guards, f"{self.bound(_whole(lowering.value(node))).text} IS NULL")
                for part in parts:
                    self._node(part, lowering, inside)
            case tree.Case():
                for part, inside in self._branches(node, lowering, guards):
                    self._node(part, lowering, inside)
            case tree.Arithmetic("/", left, right):
                self._node(left, lowering, guards)
                self._node(right, lowering, guards)
                if not isinstance(right, (tree.Literal, tree.Param)):
                    zero = f"{_whole(lowering.value(right)).text} = 0"
                    self._add(DIVISION, f"{zero} AND {_whole(lowering.value(left)).text} IS NOT NULL", guards)
            case _:
                for part in tree.children(node):
                    self._node(part, lowering, guards)

    def _branches(self, node: tree.Case, lowering: Lowering, guards: Guards) -> Iterator[tuple[Node, Guards]]:
        """The conditions that are looked at and the value of the branch that is taken, and when that is."""
        before = guards
        for when, then in node.branches:
            yield when, before
            truth = self.bound(lowering.truth(when)).text
            yield then, _and(before, truth)
            before = _and(before, f"NOT {truth}")
        yield node.otherwise, before


def _and(guards: Guards, guard: str) -> Guards:
    return guards if guard in guards else (*guards, guard)


def _whole(value: Value) -> Sql:
    return value.n if isinstance(value, Number) else value

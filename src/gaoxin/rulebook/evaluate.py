"""Exact evaluation of a plan's expressions for single reporters, with the reasons why a result is unknown.

It works with Python's fractions on rows in memory, and shares nothing with the SQL of the engines but the meaning that
``rulebook.tree`` fixes. ``explain`` is built on it.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, cast

from gaoxin.rulebook import tree
from gaoxin.rulebook.entries import Band, ParameterValue, Rounding
from gaoxin.rulebook.parameters import validity, value_in
from gaoxin.rulebook.periods import period_text, period_year
from gaoxin.rulebook.tree import Aggregate, Constant, Node
from gaoxin.words import Text

if TYPE_CHECKING:
    from gaoxin.rulebook.book import Book

ReasonKind: TypeAlias = Literal[
    "missing", "no_return", "no_period", "no_rule", "unsettled", "division", "coverage", "nobody", "otherwise"
]


MAX_REASONS = 20
"""Reporters whose missing figures are named when an aggregate is unknown; the numbers say how many there are."""


@dataclass(frozen=True, slots=True)
class At:
    """One reporter in one period."""

    entity: str
    key: str
    ordinal: int


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a result is unknown: what happened, and to which figure of whom."""

    kind: ReasonKind
    message: Text
    at: At
    code: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """The return of one reporter for one period; a figure that is not in ``figures`` is missing."""

    parent: str | None
    figures: Mapping[str, Constant]


@dataclass(frozen=True)
class Rows:
    """The returns that an evaluation may look at.

    ``returns`` holds, by entity, the rows by key and ordinal; ``present`` the ordinals for which anybody of that entity
    has reported. An entity without a table is in neither.
    """

    returns: Mapping[str, Mapping[tuple[str, int], Row]]
    present: Mapping[str, frozenset[int]]

    def below(self, at: At, entity: str) -> list[At]:
        """The reporters of ``entity`` that belong to the reporter at hand and have a return, by key."""
        return self._below.get((entity, at.key, at.ordinal), [])

    @cached_property
    def _below(self) -> Mapping[tuple[str, str, int], list[At]]:
        found: dict[tuple[str, str, int], list[At]] = {}
        for entity, returns in self.returns.items():
            for (key, ordinal), row in sorted(returns.items()):
                if row.parent is not None:
                    found.setdefault((entity, row.parent, ordinal), []).append(At(entity, key, ordinal))
        return found


@dataclass(frozen=True, slots=True)
class Found:
    """A value, or None with the reasons why it is unknown."""

    value: Constant
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one reporter brings into an aggregate: its figure, or the reasons why it has none."""

    at: At
    found: Found


@dataclass(frozen=True, slots=True)
class AggregateFound:
    """The result of an aggregate and those it runs over.

    ``counted`` are the reporters that the filter lets through and that have the figure, ``missing`` those that should
    have it and do not; ``expected`` is how many should, ``known`` how many of them have it.
    """

    found: Found
    expected: int
    known: int
    counted: tuple[Contribution, ...] = ()
    missing: tuple[Contribution, ...] = ()


@dataclass
class Evaluator:
    """Evaluates expressions of ``book`` over ``rows``.

    One that supposes other values asks the one it came from (``_base``) for what does not rest on them (``_stale``).
    """

    book: Book
    rows: Rows
    _figures: dict[tuple[str, At], Found] = field(default_factory=dict)
    _aggregates: dict[tuple[Aggregate, At], AggregateFound] = field(default_factory=dict)
    _supposed: Mapping[tuple[str, At], Constant] = field(default_factory=dict)
    _base: Evaluator | None = None
    _stale: frozenset[str] = frozenset()

    def figure(self, code: str, at: At) -> Found:
        """The reported or derived figure, or the check, ``code``."""
        found = self._figures.get((code, at))
        if found is not None:
            return found
        if self._base is not None and code not in self._stale:
            return self._base.figure(code, at)
        if code in self.book.items:
            self._figures[code, at] = self._item(code, at)
        # A long chain of entries is evaluated from its beginning, so that Python need not recurse along it.
        for entry in _chain(self.book, code):
            if (self._base is None or entry in self._stale) and (entry, at) not in self._figures:
                self._figures[entry, at] = self._entry(entry, at)
        return self._figures[code, at]

    def supposing(self, values: Mapping[tuple[str, At], Constant]) -> Evaluator:
        """Another evaluation of the same rows in which these figures, reported or derived, have these values.

        What this one supposes stays so, and what it has computed is kept as far as it does not rest on the new values.
        """
        stale = frozenset[str]().union(*(resting_on(self.book, code) for code, _ in values))
        supposed = {**self._supposed, **values}
        figures = {key: Found(value) for key, value in supposed.items()}
        return Evaluator(self.book, self.rows, figures, {}, supposed, self, stale)

    def exists(self, at: At) -> bool:
        """Whether there is such a reporter in the period: it has a return, or, at the top, anybody below it has one."""
        if (at.key, at.ordinal) in self.rows.returns.get(at.entity, {}):
            return True
        if self.book.entities[at.entity].parent is not None:
            return False
        below = [name for name, entity in self.book.entities.items() if entity.parent == at.entity]
        return any(self.rows.below(at, name) for name in below)

    def node(self, node: Node, at: At) -> Found:
        """The value of an expression for one reporter and period."""
        match node:
            case tree.Figure(code):
                return self.figure(code, at)
            case tree.Literal(value):
                if value is None:
                    message = Text("按规则此处没有值（ELSE NULL）", "the rule gives no value here (ELSE NULL)")
                    return Found(None, (Reason("otherwise", message, at),))
                return Found(value)
            case tree.Negate(operand):
                return _strict([self.node(operand, at)], lambda x: -x)
            case tree.Arithmetic(op, left, right):
                return self._arithmetic(op, self.node(left, at), self.node(right, at), at)
            case tree.Convert(operand, factor):
                return _strict([self.node(operand, at)], lambda x: x * factor)
            case tree.Compare(op, left, right):
                return _strict([self.node(left, at), self.node(right, at)], _COMPARE[op])
            case tree.Logic(op, parts):
                return _logic(op, [self.node(part, at) for part in parts])
            case tree.Not(operand):
                return _strict([self.node(operand, at)], lambda x: not x)
            case tree.Known(operand):
                return Found(self.node(operand, at).value is not None)
            case tree.In(operand, options):
                values = [option.value for option in options]
                return _strict([self.node(operand, at)], lambda x: x in values)
            case tree.InList(operand, codelist):
                return _strict([self.node(operand, at)], lambda x: self._listed(x, codelist))
            case tree.Like(operand, pattern):
                return _strict([self.node(operand, at)], lambda x: _like(pattern).fullmatch(x) is not None)
            case tree.Case(branches, otherwise):
                for when, then in branches:
                    condition = self.node(when, at)
                    if condition.value is None:
                        return Found(None, condition.reasons)
                    if condition.value:
                        return self.node(then, at)
                return self.node(otherwise, at)
            case tree.Coalesce(parts):
                found = [self.node(part, at) for part in parts]
                known = next((one for one in found if one.value is not None), None)
                return known or Found(None, _reasons(found))
            case tree.Extreme(op, parts):
                pick = min if op == "least" else max
                return _strict([self.node(part, at) for part in parts], lambda *values: pick(values))
            case tree.Absolute(operand):
                return _strict([self.node(operand, at)], abs)
            case tree.Round(operand, rounding, of):
                return _strict([self.node(operand, at)], lambda x: rounded(x, of.scale or 0, rounding))
            case tree.Param(code):
                held = value_in(self.book.parameters[code], at.ordinal, self.book.frequency)
                return (
                    Found(Fraction(held.value)) if held and held.value is not None else self._no_value(code, held, at)
                )
            case tree.Band(operand, code):
                held = value_in(self.book.parameters[code], at.ordinal, self.book.frequency)
                if held is None or not held.bands:
                    return self._no_value(code, held, at)
                bands = held.bands
                return _strict([self.node(operand, at)], lambda x: Fraction(bands[band_of(bands, x)].value))
            case tree.YearOf(operand):
                return _strict([self.node(operand, at)], lambda x: Fraction(x.year))
            case tree.PeriodYear():
                return Found(Fraction(period_year(at.ordinal, self.book.frequency)))
            case tree.WideLength(operand):
                return _strict([self.node(operand, at)], lambda x: Fraction(sum(ord(sign) > 0x7F for sign in x)))
            case tree.Dated():
                return self._dated(node, "", at)
            case tree.Aggregate():
                return self.aggregate(node, at).found
            case tree.Prior(operand, periods):
                return self.prior(operand, At(at.entity, at.key, at.ordinal - periods))

    def prior(self, operand: Node, earlier: At) -> Found:
        """The value of ``operand`` in an earlier period."""
        if self.exists(earlier):
            return self.node(operand, earlier)
        period = period_text(earlier.ordinal, self.book.frequency)
        entities = (
            earlier.entity,
            *(name for name, entity in self.book.entities.items() if entity.parent == earlier.entity),
        )
        if not any(earlier.ordinal in self.rows.present.get(entity, ()) for entity in entities):
            message = Text(f"没有 {period} 的数据", f"there are no data for {period}")
            return Found(None, (Reason("no_period", message, earlier),))
        message = Text(f"{earlier.key} 没有 {period} 的报表", f"{earlier.key} has no return for {period}")
        return Found(None, (Reason("no_return", message, earlier),))

    def aggregate(self, node: Aggregate, at: At) -> AggregateFound:
        """An aggregate with those it runs over."""
        if self._base is not None and not any(
            isinstance(part, tree.Figure) and part.code in self._stale for part in tree.walk(node)
        ):
            return self._base.aggregate(node, at)
        if (node, at) not in self._aggregates:
            self._aggregates[node, at] = self._aggregate(node, at)
        return self._aggregates[node, at]

    def _aggregate(self, node: Aggregate, at: At) -> AggregateFound:
        name = self.book.entities[node.entity].name
        period = period_text(at.ordinal, self.book.frequency)
        if at.ordinal not in self.rows.present.get(node.entity, ()):
            message = Text(f"没有 {period} 的{name.zh}数据", f"there are no data of {name.en} for {period}")
            return AggregateFound(Found(None, (Reason("no_period", message, at),)), 0, 0)
        below = self.rows.below(at, node.entity)
        counted: list[Contribution] = []
        missing: list[Contribution] = []
        passed_over = 0
        for one in below:
            test = Found(True) if node.condition is None else self.node(node.condition, one)
            if test.value is None:
                missing.append(Contribution(one, Found(None, test.reasons)))
            elif not test.value:
                passed_over += 1
            else:
                figure = Found(Fraction(1)) if node.operand is None else self.node(node.operand, one)
                (counted if figure.value is not None else missing).append(Contribution(one, figure))
        # For COUNT the filter is the figure: a reporter that it rules out has it, too.
        ruled_out = passed_over if node.operand is None else 0
        known, expected = len(counted) + ruled_out, len(counted) + len(missing) + ruled_out
        found = self._total(node, at, below, counted, missing, known, expected)
        return AggregateFound(found, expected, known, tuple(counted), tuple(missing))

    def _total(
        self,
        node: Aggregate,
        at: At,
        below: list[At],
        counted: list[Contribution],
        missing: list[Contribution],
        known: int,
        expected: int,
    ) -> Found:
        entity = self.book.entities[node.entity]
        if not below and node.function == "sum" and entity.if_none == "unknown":
            message = Text(f"{at.key} 没有任何{entity.name.zh}填报", f"no {entity.name.en} of {at.key} has reported")
            return Found(None, (Reason("nobody", message, at),))
        if known < Fraction(node.min_coverage) * expected:
            share = f"{known}/{expected}"
            zh = f"{expected} 个{entity.name.zh}中只有 {known} 个有数"
            en = f"only {share} of the reporters ({entity.name.en}) have the figure"
            return Found(
                None, (Reason("coverage", Text(zh, en), at), *_reasons(one.found for one in missing[:MAX_REASONS]))
            )
        values = [cast(Fraction, one.found.value) for one in counted]
        if node.function == "count":
            return Found(Fraction(len(values)))
        if node.function == "sum":
            return Found(sum(values, Fraction(0)))
        if not values:
            message = Text(f"没有符合条件的{entity.name.zh}", f"no {entity.name.en} meets the condition")
            return Found(None, (Reason("nobody", message, at),))
        if node.function == "avg":
            return Found(sum(values, Fraction(0)) / len(values))
        return Found(min(values) if node.function == "min" else max(values))

    def _item(self, code: str, at: At) -> Found:
        row = self.rows.returns.get(at.entity, {}).get((at.key, at.ordinal))
        value = None if row is None else row.figures.get(code)
        if value is not None:
            return Found(value)
        name, period = self.book.items[code].name, period_text(at.ordinal, self.book.frequency)
        if row is None:
            message = Text(f"{at.key} 没有 {period} 的报表", f"{at.key} has no return for {period}")
            return Found(None, (Reason("no_return", message, at, code),))
        message = Text(
            f"{at.key} {period} 未填 {code} {name.zh}", f"{at.key} did not report {code} {name.en} for {period}"
        )
        return Found(None, (Reason("missing", message, at, code),))

    def _entry(self, code: str, at: At) -> Found:
        node = self.book.expressions.trees[code]
        return self._dated(node, code, at) if isinstance(node, tree.Dated) else self.node(node, at)

    def _dated(self, node: tree.Dated, code: str, at: At) -> Found:
        version = tree.version_in(node, at.ordinal, self.book.frequency)
        if version is None:
            known = validity((each.first, each.last) for each in node.versions if each.node is not None)
            return Found(None, (_no_rule(code, at, self.book, known),))
        if version.node is None:
            return Found(None, (_unsettled(code, at, version.unknown, version.settled_by),))
        return self.node(version.node, at)

    def _arithmetic(self, op: str, left: Found, right: Found, at: At) -> Found:
        if op == "/" and right.value == 0 and left.value is not None:
            period = period_text(at.ordinal, self.book.frequency)
            message = Text(f"{at.key} {period} 的除数为 0", f"division by zero for {at.key} in {period}")
            return Found(None, (Reason("division", message, at),))
        return _strict([left, right], _ARITHMETIC[op])

    def _no_value(self, code: str, held: ParameterValue | None, at: At) -> Found:
        if held is not None:
            return Found(None, (_unsettled(code, at, held.unknown, held.settled_by),))
        values = self.book.parameters[code].values
        known = validity((value.from_, value.to) for value in values if value.unknown is None)
        return Found(None, (_no_rule(code, at, self.book, known),))

    def _listed(self, text: str, codelist: str) -> bool:
        codes = self.book.lists[codelist]
        if self.book.codelists[codelist].codes is not None:
            return text in codes
        return text.startswith(codes)


def rounded(value: Fraction, scale: int, rounding: Rounding) -> Fraction:
    """``value`` with ``scale`` decimals. ``half_up`` and ``up`` go away from zero, ``down`` towards it.

    >>> [str(rounded(Fraction(n, 10), 0, "half_up")) for n in (-25, -24, 15, 25)]
    ['-3', '-2', '2', '3']
    """
    shifted = abs(value) * 10**scale
    whole, rest = divmod(shifted, 1)
    half = Fraction(1, 2)
    away = {
        "half_up": rest >= half,
        "half_even": rest > half or (rest == half and whole % 2 == 1),
        "down": False,
        "up": rest > 0,
    }[rounding]
    result = Fraction(whole + away, 10**scale)
    return -result if value < 0 else result


def band_of(bands: tuple[Band, ...], value: Fraction) -> int:
    """Which of ``bands`` the value falls into."""
    for index, band in enumerate(bands):
        if band.to is None or value < Fraction(band.to) or (band.inclusive and value == Fraction(band.to)):
            return index
    raise ValueError("the last band is open")


def _no_rule(code: str, at: At, book: Book, known: Text) -> Reason:
    name, period = book.entry(code).name if code else Text("规则", "the rule"), period_text(at.ordinal, book.frequency)
    zh = f"{period} 没有已知的规则：{name.zh}（已知 {known.zh or '–'}）"
    en = f"no rule known for {period}: {name.en} (known: {known.en or '–'})"
    return Reason("no_rule", Text(zh, en), at, code)


def _unsettled(code: str, at: At, unknown: Text | None, settled_by: Text | None) -> Reason:
    what, by = unknown or Text("", ""), settled_by or Text("", "")
    message = Text(f"{what.zh}（可由此查明：{by.zh}）", f"{what.en} (would be settled by: {by.en})")
    return Reason("unsettled", message, at, code)


_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}
_ARITHMETIC: Mapping[str, Callable[[Any, Any], Fraction]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
}


def _strict(parts: list[Found], compute: Callable[..., bool | Fraction | str | datetime.date]) -> Found:
    """``compute`` over the values of ``parts``; unknown when one of them is."""
    if any(part.value is None for part in parts):
        return Found(None, _reasons(parts))
    return Found(compute(*(part.value for part in parts)))


def _logic(op: str, parts: list[Found]) -> Found:
    decisive = op == "or"
    if any(part.value is decisive for part in parts):
        return Found(decisive)
    if any(part.value is None for part in parts):
        return Found(None, _reasons(parts))
    return Found(not decisive)


def _reasons(parts: Iterable[Found]) -> tuple[Reason, ...]:
    return tuple(dict.fromkeys(reason for part in parts for reason in part.reasons if part.value is None))


@lru_cache(maxsize=8192)
def _chain(book: Book, code: str) -> tuple[str, ...]:
    """The entries of the same entity that ``code`` rests on, each after those it uses, and ``code`` itself."""
    if code in book.items:
        return ()
    trees, uses, derived = book.expressions.trees, book.expressions.uses, book.derived
    entity = (derived.get(code) or book.checks[code]).entity
    found, stack = {code}, [code]
    while stack:
        used = {name for name in uses[stack.pop()] if name in derived and derived[name].entity == entity}
        stack.extend(used - found)
        found |= used
    return tuple(entry for entry in trees if entry in found)


@lru_cache(maxsize=1024)
def resting_on(book: Book, code: str) -> frozenset[str]:
    """``code`` itself and every entry of ``book`` that rests on it, in whatever period."""
    found, stack = {code}, [code]
    while stack:
        users = [user for user, used in book.expressions.uses.items() if stack[-1] in used and user not in found]
        stack.pop()
        found.update(users)
        stack.extend(users)
    return frozenset(found)


@lru_cache(maxsize=1024)
def _like(pattern: str) -> re.Pattern[str]:
    wild = {"%": ".*", "_": "."}
    return re.compile("".join(wild.get(sign, re.escape(sign)) for sign in pattern), re.DOTALL)

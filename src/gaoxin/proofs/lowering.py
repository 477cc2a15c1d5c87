"""Lowering typed expressions to Z3: the same meaning as the exact evaluator has, for facts that are not fixed.

``rulebook.evaluate`` is what every operator means; this module follows it case by case. What cannot be said in Z3 is
refused by name (``NotLowered``), and never left out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from functools import reduce

import z3  # type: ignore[import-untyped]

from gaoxin.proofs.facts import Facts
from gaoxin.proofs.operators import (
    count,
    extreme,
    known_if,
    like,
    literal,
    logic,
    rounded_size,
    said,
    same,
    unknown,
)
from gaoxin.proofs.values import (
    NO,
    YES,
    Day,
    Number,
    Term,
    Truth,
    Value,
    Words,
    all_of,
    compared,
    comparison,
    constant,
    either,
    minus,
    negated,
    negative,
    one_of,
    over,
    plus,
    real,
    stepped,
    times,
)
from gaoxin.rulebook import tree
from gaoxin.rulebook.book import Book
from gaoxin.rulebook.entries import Rounding
from gaoxin.rulebook.evaluate import At, rounded
from gaoxin.rulebook.parameters import value_in
from gaoxin.rulebook.periods import period_year
from gaoxin.rulebook.tree import Aggregate, Node, version_in
from gaoxin.words import Text


class NotLowered(Exception):  # noqa: N818 - no mistake of the rule
    """An expression that cannot be said in Z3; ``what`` says which part of it."""

    def __init__(self, what: Text) -> None:
        self.what = what
        super().__init__(what.en)


@dataclass(frozen=True, slots=True)
class Flip:
    """A place where a rule decides by comparing numbers: whether ``value`` holds."""

    code: str
    at: At
    value: Term


@dataclass
class Lowering:
    """The expressions of the book of ``facts`` over those facts.

    ``flips`` gathers, while expressions are lowered, every comparison and every limit of a band, with the entry in
    which it is written. ``declared``: what a rule itself leaves open (ELSE NULL, a date without a value) counts as
    known, so that other gaps can be told from it; not inside COALESCE, where it passes on to the next part.
    """

    facts: Facts
    declared: bool = False
    flips: list[Flip] = field(default_factory=list)
    _figures: dict[tuple[str, At, bool], Value] = field(default_factory=dict)
    _inside: list[str] = field(default_factory=list)

    @property
    def book(self) -> Book:
        """The book whose expressions are lowered."""
        return self.facts.book

    def figure(self, code: str, at: At) -> Value:
        """The reported or derived figure, or the check, ``code``."""
        key = (code, at, self.declared)
        if key not in self._figures:
            if code in self.book.items:
                self._figures[key] = self.facts.item(code, at)
            else:
                self._inside.append(code)
                try:
                    self._figures[key] = self.node(self.book.expressions.trees[code], at)
                finally:
                    self._inside.pop()
        return self._figures[key]

    def truth(self, code: str, at: At) -> Truth:
        """The condition ``code``."""
        value = self.figure(code, at)
        assert isinstance(value, Truth)  # noqa: S101 - typed
        return value

    def number(self, code: str, at: At) -> Number:
        """The numeric figure ``code``."""
        value = self.figure(code, at)
        assert isinstance(value, Number)  # noqa: S101 - typed
        return value

    def exists(self, at: At) -> Term:
        """Whether there is such a reporter in the period: it has a return or, at the top, anybody below it has one."""
        entities = self.book.entities
        found = [self.facts.returned(at)]
        if entities[at.entity].parent is None:
            for name, entity in entities.items():
                if entity.parent == at.entity:
                    found += [self.facts.returned(one) for one in self.facts.below_of(at, name)]
                    if self.facts.below is None:
                        found.append(z3.Bool(f"below {name} {at.key} {at.ordinal}"))
        return one_of(found)

    def node(self, node: Node, at: At) -> Value:
        """The value of an expression for one reporter and period."""
        match node:
            case tree.Literal(value, of):
                return unknown(of, said(self.declared)) if value is None else literal(value, of)
            case tree.Figure(code):
                return self.figure(code, at)
            case tree.Negate(operand):
                return negative(self._number(operand, at))
            case tree.Arithmetic(op, left, right):
                x, y = self._number(left, at), self._number(right, at)
                return {"+": plus, "-": minus, "*": times, "/": over}[op](x, y)
            case tree.Convert(operand, factor):
                return times(self._number(operand, at), constant(factor))
            case tree.Compare(op, left, right):
                return self._compare(op, self.node(left, at), self.node(right, at), at)
            case tree.Logic(op, parts):
                return logic(op, [self._truth(part, at) for part in parts])
            case tree.Not(operand):
                part = self._truth(operand, at)
                return Truth(negated(part.value), part.known)
            case tree.Known(operand):
                return Truth(self.node(operand, at).known, YES)
            case tree.In(operand, options):
                return self._among(self.node(operand, at), options, at)
            case tree.InList(operand, codelist):
                words = self._words(operand, at)
                return Truth(self._listed(words, codelist), words.known)
            case tree.Like(operand, pattern):
                return like(self._words(operand, at), pattern)
            case tree.Case(branches, otherwise):
                result = self.node(otherwise, at)
                for when, then in reversed(branches):
                    condition = self._truth(when, at)
                    result = either(condition.value, self.node(then, at), result)
                    result = known_if(result, condition.known)
                return result
            case tree.Coalesce(parts):
                declared, self.declared = self.declared, False
                *first, last = [self.node(part, at) for part in parts]
                self.declared = declared
                return reduce(lambda found, part: either(part.known, part, found), reversed(first), last)
            case tree.Extreme(op, parts):
                return reduce(lambda x, y: extreme(op, x, y), [self.node(part, at) for part in parts])
            case tree.Absolute(operand):
                x = self._number(operand, at)
                return either(comparison("<", x, constant(Fraction(0))), negative(x), x)
            case tree.Round(operand, rounding, of):
                return self._round(operand, rounding, of.scale or 0, at)
            case tree.Param(code):
                held = value_in(self.book.parameters[code], at.ordinal, self.book.frequency)
                known = held is not None and held.value is not None
                value = Fraction(held.value) if held and held.value is not None else Fraction(0)
                return constant(value, said(known or self.declared))
            case tree.Band(operand, code):
                return self._band(self._number(operand, at), code, at)
            case tree.YearOf(operand):
                day = self.node(operand, at)
                assert isinstance(day, Day)  # noqa: S101 - typed
                return Number(z3.ToReal(day.year), None, day.known)
            case tree.PeriodYear():
                return constant(Fraction(period_year(at.ordinal, self.book.frequency)))
            case tree.WideLength():
                zh, en = "wide_length 不能转成逻辑式", "wide_length cannot be put into logic"
                raise NotLowered(Text(zh, en))
            case tree.Dated():
                version = version_in(node, at.ordinal, self.book.frequency)
                if version is None or version.node is None:
                    return unknown(node.type, said(self.declared))
                return self.node(version.node, at)
            case tree.Aggregate():
                return self.facts.open_aggregate(node, at) if self.facts.below is None else self._aggregate(node, at)
            case tree.Prior(operand, periods):
                earlier = At(at.entity, at.key, at.ordinal - periods)
                return known_if(self.node(operand, earlier), self.exists(earlier))

    def _number(self, node: Node, at: At) -> Number:
        value = self.node(node, at)
        assert isinstance(value, Number)  # noqa: S101 - typed
        return value

    def _truth(self, node: Node, at: At) -> Truth:
        value = self.node(node, at)
        assert isinstance(value, Truth)  # noqa: S101 - typed
        return value

    def _words(self, node: Node, at: At) -> Words:
        value = self.node(node, at)
        assert isinstance(value, Words)  # noqa: S101 - typed
        return value

    def _compare(self, op: str, left: Value, right: Value, at: At) -> Truth:
        known = all_of((left.known, right.known))
        match left, right:
            case Number(), Number():
                value = comparison(op, left, right)
                self._flip(all_of((value, known)), at)
            case Day(), Day():
                value = compared(op, left.key, right.key)
            case Truth(one), Truth(other):
                value = one == other if op == "=" else one != other
            case Words(), Words():
                value = same(left, right)
                value = value if op == "=" else negated(value)
            case _:
                raise TypeError(f"{type(left).__name__} {op} {type(right).__name__}")
        return Truth(value, known)

    def _flip(self, value: Term, at: At) -> None:
        if not z3.is_true(value) and not z3.is_false(value):
            self.flips.append(Flip(self._inside[-1] if self._inside else "", at, value))

    def _among(self, value: Value, options: tuple[tree.Literal, ...], at: At) -> Truth:
        found = [self._compare("=", value, literal(option.value, option.type), at) for option in options]
        return Truth(one_of(one.value for one in found), value.known)

    def _listed(self, words: Words, codelist: str) -> Term:
        codes = self.book.lists[codelist]
        if self.book.codelists[codelist].codes is not None:
            return one_of(same(words, Words(z3.StringVal(code), YES, (code,), z3.IntVal(0))) for code in codes)
        if words.options is not None:
            fitting = (number for number, option in enumerate(words.options) if option.startswith(codes))
            return one_of(words.index == number for number in fitting)
        return one_of(z3.PrefixOf(z3.StringVal(code), words.text) for code in codes)

    def _round(self, operand: Node, rounding: Rounding, scale: int, at: At) -> Number:
        x = self._number(operand, at)
        decimals = operand.type.scale
        if decimals is not None and decimals <= scale:
            return x
        if x.steps is not None:
            steps: dict[Fraction, Term] = {}
            for value, when in x.steps.items():
                after = rounded(value, scale, rounding)
                steps[after] = one_of((steps.get(after, NO), when))
            return stepped(steps, x.known)
        unit = Fraction(10) ** scale
        size = x.plain * real(unit)
        below = size < 0
        size = z3.If(below, -size, size)
        result = rounded_size(size, rounding)
        return Number(z3.ToReal(z3.If(below, -result, result)) * real(1 / unit), None, x.known)

    def _band(self, x: Number, code: str, at: At) -> Number:
        held = value_in(self.book.parameters[code], at.ordinal, self.book.frequency)
        if held is None or not held.bands:
            return constant(Fraction(0), said(self.declared))
        *limited, last = held.bands
        values: list[tuple[Fraction, Term]] = []
        above = YES
        for band in limited:
            assert band.to is not None  # noqa: S101 - only the last band is open
            within = comparison("<=" if band.inclusive else "<", x, constant(Fraction(band.to)))
            self._flip(all_of((within, x.known)), at)
            values.append((Fraction(band.value), all_of((above, within))))
            above = all_of((above, negated(within)))
        values.append((Fraction(last.value), above))
        steps: dict[Fraction, Term] = {}
        for value, when in values:
            steps[value] = one_of((steps.get(value, NO), when))
        return stepped(steps, x.known)

    def _aggregate(self, node: Aggregate, at: At) -> Number:
        below = self.facts.below_of(at, node.entity)
        there = [self.facts.returned(one) for one in below]
        zero, one = constant(Fraction(0)), constant(Fraction(1))
        # For each reporter: whether it counts and has the figure, and whether it should have it and has not.
        figures, counted, missing, passed = [], [], [], []
        for who, returned in zip(below, there, strict=True):
            test = Truth(YES, YES) if node.condition is None else self._truth(node.condition, who)
            figure = one if node.operand is None else self._number(node.operand, who)
            wanted = all_of((returned, test.known, test.value))
            figures.append(figure)
            counted.append(all_of((wanted, figure.known)))
            missing.append(
                all_of((returned, one_of((negated(test.known), all_of((test.value, negated(figure.known)))))))
            )
            passed.append(all_of((returned, test.known, negated(test.value))))
        ruled_out = passed if node.operand is None else []
        known = count([*counted, *ruled_out])
        expected = count([*counted, *missing, *ruled_out])
        enough = known >= real(Fraction(node.min_coverage)) * expected
        nobody = self.book.entities[node.entity].if_none == "unknown" and node.function == "sum"
        able = [self.facts.present(node.entity, At(node.entity, at.key, at.ordinal)), z3.simplify(enough)]
        able += [one_of(there)] if nobody else []
        if node.function == "count":
            return Number(count(counted), None, all_of(able))
        if node.function in {"sum", "avg"}:
            total = zero
            for counts, figure in zip(counted, figures, strict=True):
                part = either(counts, known_if(figure, YES, certain=True), zero)
                assert isinstance(part, Number)  # noqa: S101 - both are
                total = plus(total, part)
            if node.function == "sum":
                return Number(total.top, total.bottom, all_of(able), total.steps)
            mean = over(total, Number(count(counted), None, YES))
            return Number(mean.top, mean.bottom, all_of((*able, one_of(counted))))
        result: Number | None = None
        some = NO
        for counts, figure in zip(counted, figures, strict=True):
            if result is None:
                result, some = figure, counts
                continue
            best = extreme("least" if node.function == "min" else "greatest", result, figure)
            taken = either(all_of((some, counts)), best, either(counts, figure, result))
            assert isinstance(taken, Number)  # noqa: S101 - both are
            result, some = taken, one_of((some, counts))
        if result is None:
            return constant(Fraction(0), NO)
        return Number(result.top, result.bottom, all_of((*able, some)), result.steps)

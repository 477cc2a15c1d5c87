"""Symbolic values: what a node of an expression gives for facts that are not fixed, with whether it is known.

Every value carries ``known``, a Z3 truth; what stands beside it counts only where ``known`` holds. Whatever can be
decided while a value is built is decided then, so that a rule of which few parts depend on the facts stays small.

A number is a fraction of two Z3 terms, ``bottom`` None where it is no quotient: a comparison of fractions multiplies
them out, as the exact evaluation does. A number that takes one of a few constants (a parameter, a band, a rate chosen
by CASE) keeps them in ``steps``: multiplied by a figure it is a choice between linear terms, which Z3 decides, and not
a product of two unknowns, which it often cannot.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

import z3  # type: ignore[import-untyped]

Term: TypeAlias = z3.ExprRef
"""A Z3 expression of any sort."""

YES, NO = z3.BoolVal(True), z3.BoolVal(False)
MOST_STEPS = 24
"""Constants that a number may take and still be followed one by one."""

DAYS_OF_MONTH, DAYS_OF_YEAR = 31, 372
"""Days are counted as if every month had 31, so that order and year can be read off a whole number."""


@dataclass(frozen=True, slots=True)
class Truth:
    """True or false, where ``known``."""

    value: Term
    known: Term


@dataclass(frozen=True, slots=True)
class Number:
    """The fraction ``top`` / ``bottom`` (reals; None: ``top`` alone), where ``known``.

    ``steps`` are the constants that it may take, each with the condition under which it does: one of them holds.
    """

    top: Term
    bottom: Term | None
    known: Term
    steps: Mapping[Fraction, Term] | None = None

    @property
    def plain(self) -> Term:
        """The number as one real term."""
        return self.top if self.bottom is None else self.top / self.bottom


@dataclass(frozen=True, slots=True)
class Words:
    """A text, where ``known``; ``options`` are all that it can be, and then ``index`` says which of them it is."""

    text: Term
    known: Term
    options: tuple[str, ...] | None = None
    index: Term | None = None


@dataclass(frozen=True, slots=True)
class Day:
    """A date, where ``known``: ``key`` orders dates, ``year`` is the calendar year; both whole numbers."""

    key: Term
    year: Term
    known: Term


Value: TypeAlias = Truth | Number | Words | Day


def real(value: Fraction) -> Term:
    """The constant ``value``."""
    return z3.RealVal(f"{value.numerator}/{value.denominator}")


def all_of(parts: Iterable[Term]) -> Term:
    """Conjunction."""
    left = [part for part in parts if not z3.is_true(part)]
    if any(z3.is_false(part) for part in left):
        return NO
    return YES if not left else left[0] if len(left) == 1 else z3.And(*left)


def one_of(parts: Iterable[Term]) -> Term:
    """Disjunction."""
    left = [part for part in parts if not z3.is_false(part)]
    if any(z3.is_true(part) for part in left):
        return YES
    return NO if not left else left[0] if len(left) == 1 else z3.Or(*left)


def negated(part: Term) -> Term:
    """Negation."""
    return NO if z3.is_true(part) else YES if z3.is_false(part) else z3.Not(part)


def chosen(condition: Term, then: Term, otherwise: Term) -> Term:
    """``then`` where the condition holds, else ``otherwise``."""
    if z3.is_true(condition) or then.eq(otherwise):
        return then
    if z3.is_false(condition):
        return otherwise
    if z3.is_true(then) and z3.is_false(otherwise):
        return condition
    if z3.is_false(then) and z3.is_true(otherwise):
        return negated(condition)
    return z3.If(condition, then, otherwise)


def constant(value: Fraction, known: Term = YES) -> Number:
    """A number that is the same for everybody."""
    return Number(real(value), None, known, {value: YES})


def stepped(steps: Mapping[Fraction, Term], known: Term) -> Number:
    """A number that takes one of the constants ``steps``."""
    possible = {value: condition for value, condition in steps.items() if not z3.is_false(condition)}
    values = list(possible)
    term = real(values[-1])
    for value in reversed(values[:-1]):
        term = chosen(possible[value], real(value), term)
    return Number(term, None, known, possible if len(possible) <= MOST_STEPS else None)


def negative(x: Number) -> Number:
    """Minus ``x``."""
    return times(x, constant(Fraction(-1)))


def plus(x: Number, y: Number) -> Number:
    """``x`` + ``y``."""
    pairs = _pairs(x, y, operator.add)
    if pairs is not None:
        return pairs
    known = all_of((x.known, y.known))
    if x.bottom is None and y.bottom is None:
        return Number(_sum(x.top, y.top), None, known)
    if x.bottom is None or y.bottom is None:
        whole, part = (x, y) if x.bottom is None else (y, x)
        return Number(_sum(_product(whole, part.bottom), part.top), part.bottom, known)
    if x.bottom.eq(y.bottom):
        return Number(_sum(x.top, y.top), x.bottom, known)
    return Number(x.top * y.bottom + y.top * x.bottom, x.bottom * y.bottom, known)


def minus(x: Number, y: Number) -> Number:
    """``x`` − ``y``."""
    return plus(x, negative(y))


def times(x: Number, y: Number) -> Number:
    """``x`` · ``y``."""
    pairs = _pairs(x, y, operator.mul)
    if pairs is not None:
        return pairs
    if x.steps is None:
        x, y = y, x
    known = all_of((x.known, y.known))
    bottoms = [each.bottom for each in (x, y) if each.bottom is not None]
    bottom = None if not bottoms else bottoms[0] if len(bottoms) == 1 else bottoms[0] * bottoms[1]
    return Number(_product(x, y.top), bottom, known)


def over(x: Number, y: Number) -> Number:
    """``x`` / ``y``, unknown where ``y`` is zero."""
    if y.steps is not None:
        zero = y.steps.get(Fraction(0), NO)
        inverse = {1 / value if value else Fraction(0): when for value, when in y.steps.items()}
        return times(x, stepped(inverse, all_of((y.known, negated(zero)))))
    known = all_of((x.known, y.known, y.top != 0))
    top = x.top if y.bottom is None else _product(x, y.bottom)
    return Number(top, y.top if x.bottom is None else x.bottom * y.top, known)


_FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "<>": "<>"}
_OPERATORS: Mapping[str, Callable[[Term, Term], Term]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def compared(op: str, x: Term, y: Term) -> Term:
    """``x`` op ``y`` of two terms."""
    return _OPERATORS[op](x, y)


def comparison(op: str, x: Number, y: Number) -> Term:
    """``x`` op ``y``, multiplied out; what it says counts where both are known."""
    if x.steps is not None and y.steps is not None:
        return one_of(
            all_of((when, also))
            for value, when in x.steps.items()
            for other, also in y.steps.items()
            if _OPERATORS[op](value, other)
        )
    if x.bottom is None and y.bottom is None:
        return compared(op, x.top, y.top)
    if x.bottom is None:
        return comparison(_FLIPPED[op], y, x)
    left, right, below = x.top, _product(y, x.bottom), x.bottom
    if y.bottom is not None:
        left, below = left * y.bottom, below * y.bottom
    return chosen(below > 0, compared(op, left, right), compared(_FLIPPED[op], left, right))


def either(condition: Term, x: Value, y: Value) -> Value:
    """``x`` where the condition holds, else ``y``, which is of the same kind."""
    if z3.is_true(condition):
        return x
    if z3.is_false(condition):
        return y
    known = chosen(condition, x.known, y.known)
    match x, y:
        case Truth(value), Truth(other):
            return Truth(chosen(condition, value, other), known)
        case Number(), Number():
            return _either_number(condition, x, y, known)
        case Words(), Words():
            if x.options is not None and x.options == y.options:
                return Words(chosen(condition, x.text, y.text), known, x.options, chosen(condition, x.index, y.index))
            return Words(chosen(condition, x.text, y.text), known)
        case Day(), Day():
            return Day(chosen(condition, x.key, y.key), chosen(condition, x.year, y.year), known)
        case _:
            raise TypeError(f"{type(x).__name__} beside {type(y).__name__}")


def _either_number(condition: Term, x: Number, y: Number, known: Term) -> Number:
    if x.steps is not None and y.steps is not None:
        steps: dict[Fraction, Term] = {}
        for value, when in x.steps.items():
            steps[value] = all_of((condition, when))
        for value, when in y.steps.items():
            steps[value] = one_of((steps.get(value, NO), all_of((negated(condition), when))))
        if len(steps) <= MOST_STEPS:
            return stepped(steps, known)
    # An unknown branch may hold anything: it takes what the other one has, and the choice is none.
    if z3.is_false(x.known):
        return Number(y.top, y.bottom, known, y.steps)
    if z3.is_false(y.known):
        return Number(x.top, x.bottom, known, x.steps)
    bottom = None
    if x.bottom is not None or y.bottom is not None:
        one = real(Fraction(1))
        bottom = chosen(condition, one if x.bottom is None else x.bottom, one if y.bottom is None else y.bottom)
    return Number(chosen(condition, x.top, y.top), bottom, known)


def _pairs(x: Number, y: Number, compute: Callable[[Fraction, Fraction], Fraction]) -> Number | None:
    """``compute`` on each pair of the constants of ``x`` and ``y``; None where there are too many or not only such."""
    if x.steps is None or y.steps is None or len(x.steps) * len(y.steps) > MOST_STEPS**2:
        return None
    steps: dict[Fraction, Term] = {}
    for value, when in x.steps.items():
        for other, also in y.steps.items():
            result = compute(value, other)
            steps[result] = one_of((steps.get(result, NO), all_of((when, also))))
    return stepped(steps, all_of((x.known, y.known))) if len(steps) <= MOST_STEPS else None


def _sum(x: Term, y: Term) -> Term:
    if z3.is_rational_value(x) and x.numerator_as_long() == 0:
        return y
    if z3.is_rational_value(y) and y.numerator_as_long() == 0:
        return x
    return x + y


def _product(x: Number, term: Term) -> Term:
    """The upper part of ``x`` times ``term``: a choice of multiples of ``term`` where ``x`` takes constants."""
    if x.steps is None:
        return x.top * term
    result: Term | None = None
    for value, when in reversed(list(x.steps.items())):
        multiple = term if value == 1 else real(Fraction(0)) if not value else real(value) * term
        result = multiple if result is None else chosen(when, multiple, result)
    return result

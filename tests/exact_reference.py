"""What rules mean, once more and on its own: random expressions paired with a function on Python's fractions.

Nothing here is shared with gaoxin: each expression is built as its text and, beside it, the function that a reader
would compute by hand. ``None`` is unknown.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from hypothesis import strategies as st

Value = Fraction | bool | None


@dataclass(frozen=True)
class World:
    """Returns of firms: (firm, year) → its zone and its figures, an absent one unknown."""

    firms: dict[tuple[str, int], tuple[str, dict[str, Value]]]

    def years(self) -> set[int]:
        return {year for _, year in self.firms}

    def firms_of(self, zone: str, year: int) -> list[str]:
        return [firm for (firm, at), (home, _) in self.firms.items() if at == year and home == zone]

    def has(self, who: Who) -> bool:
        if who.entity == "firm":
            return (who.key, who.year) in self.firms
        return bool(self.firms_of(who.key, who.year))


@dataclass(frozen=True)
class Who:
    """A reporter in a year."""

    entity: str
    key: str
    year: int


@dataclass(frozen=True)
class Expression:
    """The text of an expression and what it means."""

    text: str
    value: Callable[[World, Who], Value]


def rounded(value: Fraction, places: int, mode: str) -> Fraction:
    """By hand, on whole numbers."""
    numerator, denominator = abs(value.numerator) * 10**places, value.denominator
    whole = numerator // denominator
    twice = 2 * (numerator - whole * denominator)
    if mode == "half_up":
        whole += twice >= denominator
    elif mode == "half_even":
        whole += twice > denominator or (twice == denominator and whole % 2 == 1)
    elif mode == "up":
        whole += twice > 0
    return Fraction(whole if value >= 0 else -whole, 10**places)


def both(function: Callable[[Fraction, Fraction], Value]) -> Callable[[Value, Value], Value]:
    return lambda a, b: None if a is None or b is None else function(Fraction(a), Fraction(b))


OPERATORS = {
    "+": both(lambda a, b: a + b),
    "-": both(lambda a, b: a - b),
    "*": both(lambda a, b: a * b),
    "/": both(lambda a, b: a / b if b != 0 else None),
}
COMPARISONS = {
    "=": both(lambda a, b: a == b),
    "<>": both(lambda a, b: a != b),
    "<": both(lambda a, b: a < b),
    "<=": both(lambda a, b: a <= b),
    ">": both(lambda a, b: a > b),
    ">=": both(lambda a, b: a >= b),
}
BANDS = ((Fraction(-1), True, Fraction("0.5")), (Fraction(1), False, Fraction("-2")), (None, False, Fraction("0.25")))
RATES = {2023: Fraction("0.05"), 2024: Fraction("0.05"), 2025: Fraction("0.075")}
"""The parameters of the book that the tests use: ``table`` and ``rate``."""


def band(x: Value) -> Value:
    if x is None:
        return None
    for limit, inclusive, value in BANDS:
        if limit is None or x < limit or (inclusive and x == limit):
            return value
    raise AssertionError


def figure(code: str) -> Expression:
    def value(world: World, who: Who) -> Value:
        return world.firms[who.key, who.year][1].get(code) if world.has(who) else None

    return Expression(code, value)


def literal(text: str) -> Expression:
    return Expression(text if not text.startswith("-") else f"({text})", lambda world, who: Fraction(text))


def prior(x: Expression, back: int) -> Expression:
    def value(world: World, who: Who) -> Value:
        earlier = Who(who.entity, who.key, who.year - back)
        return x.value(world, earlier) if world.has(earlier) else None

    return Expression(f"prior({x.text}, {back})", value)


def chosen(condition: Value, then: Value, otherwise: Value) -> Value:
    return None if condition is None else then if condition else otherwise


def conjunction(a: Value, b: Value) -> Value:
    if a is False or b is False:
        return False
    return None if a is None or b is None else True


def disjunction(a: Value, b: Value) -> Value:
    if a is True or b is True:
        return True
    return None if a is None or b is None else False


@cache
def numbers(mode: str, depth: int = 3) -> st.SearchStrategy[Expression]:
    """Numbers of a firm; ``mode`` is how ROUND rounds."""
    figures = st.sampled_from(["a", "b", "n"]).map(figure)
    literals = st.sampled_from(["0", "1", "2", "0.05", "0.5", "3", "0.333", "100", "7", "-1"]).map(literal)
    rate = st.just(Expression("param(rate)", lambda world, who: RATES.get(who.year)))
    leaves = st.one_of(figures, figures, literals, rate, st.builds(prior, figures, st.integers(1, 2)))
    if depth == 0:
        return leaves
    below = numbers(mode, depth - 1)
    tests = conditions(mode, depth - 1)

    def binary(op: str, x: Expression, y: Expression) -> Expression:
        return Expression(f"({x.text} {op} {y.text})", lambda w, i: OPERATORS[op](x.value(w, i), y.value(w, i)))

    def unary(name: str, x: Expression) -> Expression:
        functions = {"-": lambda v: -v, "ABS": abs}
        return Expression(
            f"{name}({x.text})", lambda w, i: None if (v := x.value(w, i)) is None else functions[name](v)
        )

    def extreme(name: str, x: Expression, y: Expression) -> Expression:
        function = both(min if name == "LEAST" else max)
        return Expression(f"{name}({x.text}, {y.text})", lambda w, i: function(x.value(w, i), y.value(w, i)))

    def coalesce(x: Expression, y: Expression) -> Expression:
        return Expression(
            f"COALESCE({x.text}, {y.text})", lambda w, i: v if (v := x.value(w, i)) is not None else y.value(w, i)
        )

    def case(test: Expression, x: Expression, y: Expression) -> Expression:
        return Expression(
            f"CASE WHEN {test.text} THEN {x.text} ELSE {y.text} END",
            lambda w, i: chosen(test.value(w, i), x.value(w, i), y.value(w, i)),
        )

    def banded(x: Expression) -> Expression:
        return Expression(f"band({x.text}, table)", lambda w, i: band(x.value(w, i)))

    return st.one_of(
        leaves,
        st.builds(binary, st.sampled_from("+-*/"), below, below.filter(lambda x: x.text != "0")),
        st.builds(binary, st.just("/"), below, figures),
        st.builds(unary, st.sampled_from(["-", "ABS"]), below),
        st.builds(extreme, st.sampled_from(["LEAST", "GREATEST"]), below, below),
        st.builds(coalesce, below, below),
        st.builds(case, tests, below, below),
        st.builds(banded, below),
        st.builds(round_to, st.just(mode), below, st.integers(0, 4)),
        st.builds(prior, below.filter(lambda x: re.search(r"\b[abn]\b", x.text)), st.just(1)),
    )


def round_to(mode: str, x: Expression, places: int) -> Expression:
    return Expression(
        f"ROUND({x.text}, {places})",
        lambda w, i: None if (v := x.value(w, i)) is None else rounded(Fraction(v), places, mode),
    )


@cache
def conditions(mode: str, depth: int = 3) -> st.SearchStrategy[Expression]:
    """Conditions on a firm."""
    below = numbers(mode, max(depth - 1, 0))

    def compare(op: str, x: Expression, y: Expression) -> Expression:
        return Expression(f"({x.text} {op} {y.text})", lambda w, i: COMPARISONS[op](x.value(w, i), y.value(w, i)))

    def missing(x: Expression) -> Expression:
        return Expression(f"({x.text} IS NULL)", lambda w, i: x.value(w, i) is None)

    def among(x: Expression) -> Expression:
        return Expression(
            f"({x.text} IN (0, 1, 0.5))",
            lambda w, i: None if (v := x.value(w, i)) is None else v in {Fraction(0), Fraction(1), Fraction(1, 2)},
        )

    def between(x: Expression, y: Expression) -> Expression:
        def value(w: World, i: Who) -> Value:
            v = x.value(w, i)
            return conjunction(COMPARISONS[">="](v, Fraction(0)), COMPARISONS["<="](v, y.value(w, i)))

        return Expression(f"({x.text} BETWEEN 0 AND {y.text})", value)

    simple = st.one_of(
        st.builds(compare, st.sampled_from(list(COMPARISONS)), below, below),
        st.builds(missing, below),
        st.builds(among, below),
        st.builds(between, below, below),
        st.just(figure("f")),
    )
    if depth == 0:
        return simple
    tests = conditions(mode, depth - 1)

    def logic(op: str, x: Expression, y: Expression) -> Expression:
        function = conjunction if op == "AND" else disjunction
        return Expression(f"({x.text} {op} {y.text})", lambda w, i: function(x.value(w, i), y.value(w, i)))

    def negation(x: Expression) -> Expression:
        return Expression(f"(NOT {x.text})", lambda w, i: None if (v := x.value(w, i)) is None else not v)

    return st.one_of(simple, st.builds(logic, st.sampled_from(["AND", "OR"]), tests, tests), st.builds(negation, tests))


@cache
def aggregates(mode: str, coverage: Fraction) -> st.SearchStrategy[Expression]:
    """Figures of a zone over its firms."""

    def aggregate(name: str, x: Expression, test: Expression | None) -> Expression:
        where = f" FILTER (WHERE {test.text})" if test else ""
        text = ("COUNT(*)" if name == "COUNT" else f"{name}({x.text})") + where

        def value(world: World, zone: Who) -> Value:
            if zone.year not in world.years():
                return None
            below = [Who("firm", firm, zone.year) for firm in world.firms_of(zone.key, zone.year)]
            if not below and name == "SUM":
                return None
            judged = [(True if test is None else test.value(world, firm), firm) for firm in below]
            values = [x.value(world, firm) if verdict else None for verdict, firm in judged]
            if name == "COUNT":
                expected = len(below)
                known = sum(verdict is not None for verdict, _ in judged)
                result: Value = Fraction(sum(verdict is True for verdict, _ in judged))
            else:
                expected = sum(verdict is not False for verdict, _ in judged)
                there = [Fraction(v) for v in values if v is not None]
                known = len(there)
                if name == "SUM":
                    result = sum(there, Fraction(0))
                elif not there:
                    result = None
                else:
                    result = {"MIN": min(there), "MAX": max(there), "AVG": sum(there) / len(there)}[name]
            return result if known >= coverage * expected else None

        return Expression(text, value)

    names = st.sampled_from(["SUM", "SUM", "COUNT", "MIN", "MAX", "AVG"])
    plain = st.sampled_from(["a", "b", "n"]).map(figure)
    operands = st.one_of(st.builds(round_to, st.just(mode), numbers(mode, 2), st.integers(0, 3)), plain)
    tests = st.one_of(st.none(), conditions(mode, 1))
    simple = st.builds(aggregate, names, operands, tests)

    def combined(op: str, x: Expression, y: Expression) -> Expression:
        return Expression(f"({x.text} {op} {y.text})", lambda w, i: OPERATORS[op](x.value(w, i), y.value(w, i)))

    counted = simple.filter(lambda x: "COUNT" not in x.text)  # a number of firms has a unit of its own
    later = st.one_of(counted, st.builds(prior, counted, st.integers(1, 2)))
    return st.one_of(simple, st.builds(combined, st.sampled_from("+-*/"), later, later))


FIGURES = st.fixed_dictionaries(
    {
        "a": st.sampled_from([None, 0, 1, -1, 3, 100, "0.01", "-0.01", "33.33", "0.05", "-12.5", "99999.99"]),
        "b": st.sampled_from([None, 0, 1, 2, -2, 3, "0.5", "0.15", "20", "666.66"]),
        "n": st.sampled_from([None, 0, 1, 2, 3, -7, 20, 1000]),
        "f": st.sampled_from([None, True, False]),
    }
).map(lambda row: {code: v if v is None or isinstance(v, bool) else Fraction(v) for code, v in row.items()})


def worlds() -> st.SearchStrategy[World]:
    """Up to five firms in two zones over three years, with gaps everywhere."""
    keys = st.tuples(st.sampled_from(["x1", "x2", "x3", "x4", "x5"]), st.sampled_from([2023, 2024, 2025]))
    rows = st.tuples(st.sampled_from(["Z1", "Z2"]), FIGURES)
    return st.dictionaries(keys, rows, min_size=1, max_size=12).map(World)

"""What the operators of the expression language do to symbolic values, as ``rulebook.evaluate`` has it."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import z3  # type: ignore[import-untyped]

from gaoxin.proofs.values import (
    DAYS_OF_MONTH,
    DAYS_OF_YEAR,
    NO,
    YES,
    Day,
    Number,
    Term,
    Truth,
    Value,
    Words,
    all_of,
    chosen,
    comparison,
    constant,
    either,
    negated,
    one_of,
    real,
)
from gaoxin.rulebook import tree
from gaoxin.rulebook.entries import Rounding


def literal(value: tree.Constant, of: tree.Type) -> Value:
    """A constant; None is unknown."""
    match value:
        case None:
            return unknown(of)
        case bool():
            return Truth(said(value), YES)
        case Fraction():
            return constant(value)
        case str():
            return Words(z3.StringVal(value), YES, (value,), z3.IntVal(0))
        case _:
            key = value.year * DAYS_OF_YEAR + (value.month - 1) * DAYS_OF_MONTH + value.day - 1
            return Day(z3.IntVal(key), z3.IntVal(value.year), YES)


def unknown(of: tree.Type, known: Term = NO) -> Value:
    """A value of the type ``of`` that says nothing, and is not known unless ``known`` says otherwise."""
    match of.kind:
        case "boolean":
            return Truth(NO, known)
        case "number":
            return constant(Fraction(0), known)
        case "text":
            return Words(z3.StringVal(""), known)
        case _:
            return Day(z3.IntVal(0), z3.IntVal(0), known)


def said(value: bool) -> Term:
    """A truth of Python as one of Z3."""
    return YES if value else NO


def known_if(value: Value, condition: Term, *, certain: bool = False) -> Value:
    """``value``, known only where ``condition`` holds, too; ``certain``: known where it holds."""
    known = condition if certain else all_of((value.known, condition))
    match value:
        case Truth():
            return Truth(value.value, known)
        case Number():
            return Number(value.top, value.bottom, known, value.steps)
        case Words():
            return Words(value.text, known, value.options, value.index)
        case Day():
            return Day(value.key, value.year, known)


def logic(op: str, parts: list[Truth]) -> Truth:
    """Kleene: one part that decides is enough, also beside unknown ones."""
    deciding = [all_of((part.known, part.value if op == "or" else negated(part.value))) for part in parts]
    decided = one_of(deciding)
    known = one_of((decided, all_of(part.known for part in parts)))
    return Truth(decided if op == "or" else negated(decided), known)


def extreme(op: str, x: Value, y: Value) -> Value:
    """The least or greatest of two numbers or dates; unknown when one of them is."""
    match x, y:
        case Number(), Number():
            first = comparison("<=" if op == "least" else ">=", x, y)
        case Day(), Day():
            first = x.key <= y.key if op == "least" else x.key >= y.key
        case _:
            raise TypeError(f"{op} of {type(x).__name__}")
    return known_if(either(first, x, y), all_of((x.known, y.known)), certain=True)


def same(x: Words, y: Words) -> Term:
    """Whether two texts are the same, by their places in their lists where both have one."""
    if x.options is None or y.options is None:
        return x.text == y.text
    pairs = [(i, j) for i, one in enumerate(x.options) for j, other in enumerate(y.options) if one == other]
    return one_of(all_of((_is(x, i), _is(y, j))) for i, j in pairs)


def _is(words: Words, number: int) -> Term:
    return YES if len(words.options or ()) == 1 else words.index == number


def like(words: Words, pattern: str) -> Truth:
    """Whether a text matches ``pattern``, where % stands for any signs and _ for one."""
    sort = z3.ReSort(z3.StringSort())
    parts = list(_pieces(pattern, sort))
    wanted = parts[0] if len(parts) == 1 else z3.Concat(*parts)
    if words.options is None:
        return Truth(z3.InRe(words.text, wanted), words.known)
    fitting = (
        number
        for number, option in enumerate(words.options)
        if z3.is_true(z3.simplify(z3.InRe(z3.StringVal(option), wanted)))
    )
    return Truth(one_of(_is(words, number) for number in fitting), words.known)


def _pieces(pattern: str, sort: z3.SortRef) -> Iterator[Term]:
    run = ""
    for sign in pattern:
        if sign not in "%_":
            run += sign
            continue
        if run:
            yield z3.Re(z3.StringVal(run))
            run = ""
        yield z3.Full(sort) if sign == "%" else z3.AllChar(sort)
    if run or not pattern:
        yield z3.Re(z3.StringVal(run))


def rounded_size(size: Term, rounding: Rounding) -> Term:
    """``size``, which is not negative, as a whole number."""
    half = real(Fraction(1, 2))
    match rounding:
        case "down":
            return z3.ToInt(size)
        case "up":
            return -z3.ToInt(-size)
        case "half_up":
            return z3.ToInt(size + half)
        case "half_even":
            above = z3.ToInt(size + half)
            tie = all_of((z3.ToReal(above) == size + half, above % 2 == 1))
            return chosen(tie, above - 1, above)


def count(terms: list[Term]) -> Term:
    """How many of ``terms`` hold."""
    ones = [z3.If(term, real(Fraction(1)), real(Fraction(0))) for term in terms]
    return z3.Sum(*ones) if len(ones) > 1 else ones[0] if ones else real(Fraction(0))

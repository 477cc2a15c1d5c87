"""Every expression of the shipped books, lowered and computed by Z3 on random facts, against the exact evaluator."""

from __future__ import annotations

import datetime
import random
from fractions import Fraction
from functools import cache

import pytest
import z3

from gaoxin.proofs.facts import Facts, with_presence
from gaoxin.proofs.lowering import Lowering, NotLowered
from gaoxin.proofs.values import Day, Number, Truth, Value, Words
from gaoxin.rulebook import load_book, shipped_books
from gaoxin.rulebook.book import Book
from gaoxin.rulebook.entries import Item
from gaoxin.rulebook.evaluate import At, Evaluator, Row, Rows
from gaoxin.rulebook.periods import period_ordinal
from gaoxin.rulebook.tree import Constant

NOT_LOWERED = "rd_project"
"""Counts the wide characters of a name, which cannot be put into logic; nor can the entries that rest on it."""

FRACTIONS = (
    "0",
    "1",
    "2",
    "0.5",
    "100",
    "0.01",
    "300",
    "300.25",
    "-3",
    "12.3",
    "5000000",
    "3000000",
    "3000000.01",
    "50000000",
)


@cache
def the_book(name: str) -> Book:
    return load_book(name)


def figure(item: Item, draw: random.Random) -> Constant:
    """A figure near the limits of the rules, or none."""
    if draw.random() < 0.15:
        return None
    match item.type:
        case "flag":
            return draw.random() < 0.7
        case "date":
            return datetime.date(draw.randint(2015, 2026), draw.randint(1, 12), draw.randint(1, 28))
        case "decimal" | "integer":
            value = Fraction(draw.choice(FRACTIONS)) if draw.random() < 0.5 else Fraction(draw.randint(0, 10**8), 100)
            if item.unit == "1" and draw.random() < 0.5:
                value = Fraction(draw.randint(2010, 2026))
            return Fraction(round(value * 10 ** (item.decimals or 0)), 10 ** (item.decimals or 0))
        case _:
            return draw.choice(item.values or ("1", "39", "C39", "0211", "技改项目", "年产", ""))


def world(book: Book, ordinals: list[int], draw: random.Random) -> Rows:
    """Random returns of one reporter at the top and up to two below each, over several periods."""
    returns: dict[str, dict[tuple[str, int], Row]] = {}

    def add(entity: str, key: str, parent: str | None) -> None:
        items = [item for item in book.items.values() if item.entity == entity]
        for ordinal in ordinals:
            if draw.random() < 0.8 or (parent is None and ordinal == max(ordinals)):
                figures = {item.code: value for item in items if (value := figure(item, draw)) is not None}
                returns.setdefault(entity, {})[key, ordinal] = Row(parent, figures)
        for name, below in book.entities.items():
            if below.parent == entity:
                for number in range(1, 3):
                    add(name, f"{key}-{number}", key)

    for name, entity in book.entities.items():
        if entity.parent is None:
            add(name, "1", None)
    return with_presence(returns)


def term(value: Value) -> z3.ExprRef:
    match value:
        case Truth():
            return value.value
        case Number():
            return value.plain
        case Words():
            return value.text
        case Day():
            return value.key


def computed(values: dict[str, Value], pairs: list[tuple[z3.ExprRef, z3.ExprRef]]) -> dict[str, Constant]:
    """What Z3 makes of symbolic values when every variable is fixed; None where one is unknown."""
    parts = [part for value in values.values() for part in (value.known, term(value))]
    # All of them in one application, so that the many variables are put in once.
    together = z3.Function("all", *(part.sort() for part in parts), z3.BoolSort())(*parts)
    fixed = z3.simplify(z3.substitute(together, *pairs)).children()
    found: dict[str, Constant] = {}
    for code, known, value in zip(values, fixed[::2], fixed[1::2], strict=True):
        assert z3.is_true(known) or z3.is_false(known), (code, known)
        if z3.is_false(known):
            found[code] = None
        elif z3.is_bool(value):
            found[code] = z3.is_true(value)
        elif z3.is_string(value):
            found[code] = value.as_string()
        else:
            assert z3.is_rational_value(value) or z3.is_int_value(value), (code, value)
            found[code] = Fraction(str(value))
    return found


def entity_of(book: Book, code: str) -> str:
    return (book.derived.get(code) or book.checks[code]).entity


def rests_on(book: Book, code: str, other: str) -> bool:
    return code == other or any(rests_on(book, used, other) for used in book.expressions.uses.get(code, ()))


@pytest.mark.parametrize("name", sorted(shipped_books()))
def test_z3_computes_every_entry_as_the_exact_evaluator_does(name: str) -> None:
    book = the_book(name)
    inherited = {code for base in book.extends for code in the_book(base).expressions.trees}
    codes = [code for code in book.expressions.trees if code not in inherited]
    latest = period_ordinal("2024", book.frequency)
    (top,) = [entity for entity, of in book.entities.items() if of.parent is None]
    lowering = Lowering(Facts(book, At(top, "1", latest), known="some", below=2))
    places: dict[str, At] = {}
    for entity, of in book.entities.items():
        depth, above = 0, of.parent
        while above is not None:
            depth, above = depth + 1, book.entities[above].parent
        places[entity] = At(entity, "1" + "-1" * depth, latest)
    lowered: dict[str, Value] = {}
    refused: dict[str, str] = {}
    for code in codes:
        try:
            lowered[code] = lowering.figure(code, places[entity_of(book, code)])
        except NotLowered as error:
            refused[code] = error.what.en
    assert set(refused) == {code for code in codes if rests_on(book, code, NOT_LOWERED)}
    assert set(refused.values()) <= {"wide_length cannot be put into logic"}
    draw = random.Random(f"{name} 1")  # noqa: S311
    for _ in range(3):
        rows = world(book, [latest - back for back in range(3)], draw)
        exact = Evaluator(book, rows)
        expected = {code: exact.figure(code, places[entity_of(book, code)]).value for code in lowered}
        assert computed(lowered, lowering.facts.pairs(rows)) == expected

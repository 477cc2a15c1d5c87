"""Every expression of the shipped books, lowered and computed by Z3 on random facts, against the exact evaluator."""

from __future__ import annotations

import datetime
import random
import re
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest
import z3

from gaoxin.proofs.facts import Facts, with_presence
from gaoxin.proofs.lowering import Lowering, NotLowered
from gaoxin.proofs.values import DAYS_OF_MONTH, DAYS_OF_YEAR, Day, Number, Truth, Value, Words
from gaoxin.rulebook import load_book, shipped_books
from gaoxin.rulebook.book import Book
from gaoxin.rulebook.entries import Item
from gaoxin.rulebook.evaluate import At, Evaluator, Row, Rows
from gaoxin.rulebook.periods import period_ordinal
from gaoxin.rulebook.tree import Constant
from small_books import check, codelist, derived, parameter, small_book

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
    for (code, of), known, value in zip(values.items(), fixed[::2], fixed[1::2], strict=True):
        assert z3.is_true(known) or z3.is_false(known), (code, known)
        found[code] = None if z3.is_false(known) else constant(of, value)
    return found


def constant(of: Value, value: z3.ExprRef) -> Constant:
    """A constant of Z3 as Python has it."""
    match of:
        case Truth():
            assert z3.is_true(value) or z3.is_false(value), value
            return z3.is_true(value)
        case Number():
            assert z3.is_rational_value(value), value
            return Fraction(str(value))
        case Words():
            return re.sub(r"\\u\{([0-9a-f]+)\}", lambda sign: chr(int(sign[1], 16)), value.as_string())
        case Day():
            year, rest = divmod(value.as_long(), DAYS_OF_YEAR)
            return datetime.date(year, rest // DAYS_OF_MONTH + 1, rest % DAYS_OF_MONTH + 1)


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
    draw, known = random.Random(f"{name} 1"), 0  # noqa: S311
    for _ in range(3):
        rows = world(book, [latest - back for back in range(3)], draw)
        exact = Evaluator(book, rows)
        expected = {code: exact.figure(code, places[entity_of(book, code)]).value for code in lowered}
        assert computed(lowered, lowering.facts.pairs(rows)) == expected
        known += sum(value is not None for value in expected.values())
    assert known > len(lowered)


OPERATORS = {
    "firm": [
        "rev / rd",
        "rd / rev / score",
        "(rd / rev + 1) * (rev - rd)",
        "rd / rev - rd / (rev + rd)",
        "ABS(rd - rev)",
        "LEAST(rd, rev / 3, rd / rev * rev)",
        "GREATEST(rd, rev) - LEAST(rd, rev)",
        "ROUND(rd / 3, 1)",
        "ROUND(rd / rev, 2)",
        "ROUND(rev * 0.125)",
        "COALESCE(rd / rev, score, 0.5)",
        "CASE WHEN rd > rev THEN rd WHEN hnte THEN rev ELSE NULL END",
        "band(rd / rev, table)",
        "band(score, table) * rd",
        "param(rate) * rev + rd",
        "param(rate) / band(score, table)",
        "prior(rd)",
        "prior(rd / rev, 2)",
        "sum_years(rd, 3)",
        "convert(rd, '万元') * 2",
        "YEAR(founded) - period_year()",
        "1 / (band(score, table) - 5)",
        "(rev - 1 * rd) / (param(rate) - 0.05)",
    ],
    "checks": [
        "rd / rev >= 0.03",
        "rd / rev < score",
        "rd / rev = rev / rd",
        "rd <> rev",
        "hnte AND rd > rev",
        "hnte OR rd > rev",
        "NOT hnte",
        "rd IS NULL",
        "rd / rev IS NOT NULL",
        "sector IN ('39', 'C39')",
        "sector = label",
        "listing = '12'",
        "listing = label",
        "in_list(sector, made)",
        "in_list(sector, exact)",
        "in_list(listing, exact)",
        "label LIKE '%技%'",
        "label LIKE '年_'",
        "listing LIKE '1%'",
        "founded >= DATE '2020-02-29'",
        "founded BETWEEN DATE '2018-01-01' AND DATE '2024-12-31'",
        "hnte = (rd > rev)",
        "score BETWEEN 0 AND 1",
        "CASE WHEN hnte THEN rd > rev ELSE NULL END",
        "COALESCE(hnte, rd > rev)",
    ],
    "zone": [
        "SUM(rd)",
        "SUM(rd) FILTER (WHERE hnte)",
        "COUNT(*)",
        "COUNT(*) FILTER (WHERE rd > rev)",
        "AVG(rev)",
        "MIN(rev)",
        "MAX(score) FILTER (WHERE hnte)",
        "SUM(rd) / SUM(rev)",
        "SUM(rd) - prior(SUM(rd))",
        "AVG(rev) / MIN(rev)",
    ],
}


@pytest.mark.parametrize("rounding", ["half_up", "half_even", "up", "down"])
def test_z3_computes_every_operator_as_the_exact_evaluator_does(tmp_path: Path, rounding: str) -> None:
    bands = [{"to": 0.5, "inclusive": True, "value": 1}, {"to": 2, "inclusive": False, "value": 5}, {"value": 0}]
    book = small_book(
        tmp_path,
        parameters=[
            parameter("rate", [{"from": "2020", "value": 0.05}]),
            parameter("table", [{"from": "2020", "bands": bands}]),
        ],
        codelists=[codelist("made", prefixes=["39", "C3"]), codelist("exact", codes=["39", "12", "0211"])],
        derived=[
            *(derived(f"f{number}", "firm", expr, rounding=rounding) for number, expr in enumerate(OPERATORS["firm"])),
            *(derived(f"z{number}", "zone", expr, min_coverage=0.5) for number, expr in enumerate(OPERATORS["zone"])),
        ],
        checks=[check(f"c{number}", "firm", expr) for number, expr in enumerate(OPERATORS["checks"])],
    )
    lowering = Lowering(Facts(book, At("zone", "1", 2024), known="some", below=2))
    places = {"zone": At("zone", "1", 2024), "firm": At("firm", "1-1", 2024)}
    lowered = {code: lowering.figure(code, places[entity_of(book, code)]) for code in book.expressions.trees}
    draw, known = random.Random(rounding), 0  # noqa: S311
    for _ in range(8):
        rows = world(book, [2022, 2023, 2024], draw)
        exact = Evaluator(book, rows)
        expected = {code: exact.figure(code, places[entity_of(book, code)]).value for code in lowered}
        assert computed(lowered, lowering.facts.pairs(rows)) == expected
        known += sum(value is not None for value in expected.values())
    assert known > 4 * len(lowered)

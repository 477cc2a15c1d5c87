"""Facts as people write them, and test vectors beside the rules."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from gaoxin.problems import InputError
from gaoxin.rulebook import Book, BookError, load_book
from gaoxin.rulebook.facts import read_facts
from gaoxin.rulebook.vectors import load_vectors

BOOK = """
book: small
version: "1"
title: {zh: 小书, en: small book}
frequency: year
entities:
  firm: {name: {zh: 企业, en: firm}}
  project: {name: {zh: 项目, en: project}, parent: firm, if_none: zero}
documents:
  law: {title: {zh: 法, en: law}, confidence: official}
items:
  - {code: profit, entity: firm, name: {zh: 利润, en: profit}, type: decimal, unit: 元}
  - {code: staff, entity: firm, name: {zh: 人数, en: staff}, type: integer, unit: 人}
  - {code: innovative, entity: firm, name: {zh: 创新型, en: innovative}, type: flag}
  - {code: founded, entity: firm, name: {zh: 成立, en: founded}, type: date}
  - {code: size, entity: firm, name: {zh: 规模, en: size}, type: code, values: [small, large]}
  - {code: cost, entity: project, name: {zh: 费用, en: cost}, type: decimal, unit: 元}
derived:
  - {code: spent, entity: firm, name: {zh: 支出, en: spent}, unit: 元, expr: SUM(cost)}
  - {code: rich, entity: firm, name: {zh: 富, en: rich}, expr: "profit > qty(5, '元')"}
"""

VECTOR = """
vectors:
  - id: one
    period: "2024"
    status: derived
    document: {document: law}
    facts: {firm: {profit: 6}}
    expect: {rich: "true"}
  - id: two
    period: "2024"
    status: derived
    document: {document: law}
    like: one
    facts: {firm: {profit: ""}}
    expect: {rich: unknown}
"""


def book_of(folder: Path, vectors: str = VECTOR) -> Book:
    (folder / "book.yaml").write_text(BOOK, encoding="utf-8")
    (folder / "vectors.yaml").write_text(vectors, encoding="utf-8")
    return load_book(folder)


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return book_of(tmp_path)


def test_facts_are_read_exactly(book: Book) -> None:
    rows = read_facts(
        book, {"firm": {"profit": "0.10", "innovative": "是", "founded": "2020-02-29", "staff": 3}}, "2024"
    )
    figures = rows.returns["firm"]["1", 2024].figures
    assert figures["profit"] == Fraction(1, 10)
    assert (figures["innovative"], str(figures["founded"]), figures["staff"]) == (True, "2020-02-29", 3)


def test_an_empty_figure_is_unknown_and_not_zero(book: Book) -> None:
    rows = read_facts(book, {"firm": {"profit": "", "staff": None}}, "2024")
    assert rows.returns["firm"]["1", 2024].figures == {}


def test_rows_belong_to_the_only_reporter_above_unless_they_say_otherwise(book: Book) -> None:
    given = {
        "firm": [{"firm": "a"}, {"firm": "b"}],
        "project": [{"firm": "a", "cost": 1}, {"project": "x", "firm": "b"}],
    }
    rows = read_facts(book, given, "2024")
    assert {key: row.parent for key, row in rows.returns["project"].items()} == {("1", 2024): "a", ("x", 2024): "b"}


def test_a_row_may_be_about_an_earlier_period(book: Book) -> None:
    rows = read_facts(book, {"firm": [{"profit": 1}, {"period": "2023", "profit": 2}]}, "2024")
    assert set(rows.returns["firm"]) == {("1", 2024), ("1", 2023)}


@pytest.mark.parametrize(
    ("given", "message", "remedy"),
    [
        ({"firms": {}}, "no entity firms", ""),
        ({"firm": {"proft": 1}}, "firm has no item proft", "Did you mean profit?"),
        ({"firm": {"cost": 1}}, "firm has no item cost", "a figure of the project: write it below project:"),
        ({"project": {"profit": 1}}, "project has no item profit", "a figure of the firm: write it below firm:"),
        ({"firm": {"profit": "1,000"}}, "profit: 1,000 cannot be used", "at most 2 decimals"),
        ({"firm": {"profit": "0.001"}}, "profit: 0.001 cannot be used", "a decimal number in 元"),
        ({"firm": {"profit": "1e3"}}, "cannot be used", ""),
        ({"firm": {"profit": True}}, "cannot be used", ""),
        ({"firm": {"staff": "2.5"}}, "cannot be used", ""),
        ({"firm": {"innovative": "maybe"}}, "cannot be used", "true or false"),
        ({"firm": {"founded": "2023-02-29"}}, "cannot be used", "a date like"),
        ({"firm": {"size": "medium"}}, "cannot be used", "small, large"),
        ({"firm": {"period": "24"}}, "24 is not a period", ""),
        ({"firm": [{}, {}]}, "two rows for 2024", "Name them apart"),
        ({"firm": "rich"}, "firm must hold figures", ""),
        ([], "facts are written by entity", ""),
    ],
)
def test_what_does_not_fit_is_said_with_a_remedy(book: Book, given: object, message: str, remedy: str) -> None:
    with pytest.raises(InputError) as caught:
        read_facts(book, given, "2024")
    (problem,) = caught.value.problems
    assert message in problem.message.en
    assert remedy in problem.remedy.en


def test_a_vector_takes_over_the_facts_of_another(book: Book) -> None:
    one, two = load_vectors(book)
    assert one.expected(book, "rich") is True
    assert two.facts == {"firm": {"profit": ""}}
    assert two.expected(book, "rich") is None


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("id: two", "id: one", "one is used twice"),
        ("like: one", "like: three", "no earlier vector three"),
        ("{rich: unknown}", "{poor: unknown}", "no figure poor"),
        ("{rich: unknown}", "{rich: rather}", "rich cannot be rather"),
        ("{rich: unknown}", "{spent: 'true'}", "spent cannot be true"),
        ('{profit: ""}', "{proft: 1}", "firm has no item proft"),
        (
            "derived\n    document: {document: law}\n    like",
            "guessed\n    document: {document: law}\n    like",
            "guessed",
        ),
        ("{document: law}\n    like", "{document: lore}\n    like", "no document lore"),
    ],
)
def test_wrong_vectors_are_refused_with_their_line(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in VECTOR
    book = book_of(tmp_path, VECTOR.replace(old, new))
    with pytest.raises(BookError, match=message):
        load_vectors(book)

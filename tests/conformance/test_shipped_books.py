"""Every rule that ships gives the same on DuckDB and on Spark: values to the last decimal, coverage, checks."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from conformance.drawn_returns import returns
from gaoxin import books
from gaoxin.engines import duckdb
from gaoxin.rulebook import load_book
from gaoxin.rulebook.book import Book
from gaoxin.rulebook.system import load_system

pytestmark = pytest.mark.spark

BOOKS = {
    "incentives-cn": ["2024"],
    "torch-enterprise-2022": ["2022"],
    "incentive-inputs-2022": ["2022"],
    "zone-return-2021": ["2021"],
    "national-2021": ["2024"],
    "national-2024": ["2024"],
    "example-city": ["2024"],
    "evaluation-results": ["2024"],
    "example-city-decisions": ["2024"],
}
"""Every shipped book with rules, those that are extended before those that extend them, and the periods to look at."""


def book_of(name: str) -> Book:
    """The book, with the indicators of its system where it has one."""
    if (Path(books.__path__[0]) / name / "system.yaml").exists():
        book = load_system(name, incomplete=True).book
        assert book is not None
        return book
    return load_book(name)


@cache
def own_rules(name: str) -> list[str]:
    """The rules of a book that no book before it has."""
    names = list(BOOKS)
    before = {code for earlier in names[: names.index(name)] for code in rules(earlier)}
    return [code for code in rules(name) if code not in before]


@cache
def rules(name: str) -> list[str]:
    return [*book_of(name).derived, *book_of(name).checks]


def test_no_book_with_rules_is_left_out():
    folders = [path.parent.name for path in Path(books.__path__[0]).glob("*/book.yaml")]
    assert sorted(name for name in folders if rules(name)) == sorted(BOOKS)


@pytest.mark.parametrize("name", [name for name in BOOKS if own_rules(name)])
def test_both_engines_give_the_same(name, spark):
    from gaoxin.engines import spark as on_spark

    plan = book_of(name).compile(own_rules(name), periods=BOOKS[name])
    sources = returns(plan, rows=25, seed=11)
    known = unknown = 0
    with duckdb.run(plan, sources, threads=1) as one, on_spark.run(plan, sources, session=spark) as other:
        for entity in {plan.columns[code].entity: None for code in plan.targets}:
            wanted, found = one.values(entity), other.values(entity)
            assert not set(map(str, found.schema)) ^ set(map(str, wanted.schema))
            differing = [code for code in wanted.column_names if not wanted[code].equals(found[code])]
            assert not differing, differing
            if name in {"national-2021", "example-city"}:
                assert other.coverage(entity).equals(one.coverage(entity))
            unknown += sum(wanted[code].null_count for code in plan.targets_of(entity))
            known += sum(wanted.num_rows - wanted[code].null_count for code in plan.targets_of(entity))
    assert known > unknown / 4  # there was something to compare

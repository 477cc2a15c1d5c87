"""The test vectors of all shipped books, through the engine and through the exact evaluation behind ``explain``."""

from __future__ import annotations

from functools import cache

import pytest

from gaoxin.engines.duckdb import run
from gaoxin.engines.explaining import explain
from gaoxin.engines.rows import as_tables
from gaoxin.rulebook import BookError, load_book, shipped_books
from gaoxin.rulebook.vectors import Vector, load_vectors, shown

_book = cache(load_book)


@cache
def _vectors(name: str) -> dict[str, Vector]:
    return {vector.id: vector for vector in load_vectors(_book(name))}


def _cases() -> list[tuple[str, str]]:
    """Book and id of every vector; a book that cannot be loaded has one case, which fails with the reasons."""
    cases: list[tuple[str, str]] = []
    for name in shipped_books():
        try:
            cases += [(name, number) for number in _vectors(name)]
        except BookError:
            cases.append((name, "loads"))
    return cases


CASES = _cases()


@pytest.mark.parametrize(("name", "number"), CASES, ids=[f"{name}:{number}" for name, number in CASES])
def test_vector(name: str, number: str) -> None:
    book, vector = _book(name), _vectors(name)[number]
    plan = book.compile(vector.expect, periods=[vector.period])
    tables = as_tables(book, vector.rows(book))
    with run(plan, tables) as outcome:
        for code in vector.expect:
            entity = plan.columns[code].entity
            values = outcome.values(entity)
            (computed,) = [row[code] for row in values.to_pylist() if row[entity] == vector.key]
            explained = explain(plan, tables, entity, vector.key, vector.period, code)
            expected = vector.expected(book, code)
            assert computed == expected, (code, "engine", explained.reasons)
            assert shown(book, code, explained.value) == expected, (code, "explain")


def test_there_are_vectors() -> None:
    assert len(CASES) > 40

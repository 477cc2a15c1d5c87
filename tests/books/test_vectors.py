"""The test vectors of all shipped books, through the engine and through the exact evaluation behind ``explain``.

The vectors of one year stand side by side in the tables of one run, as the firms of a city do.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cache

import pytest

from gaoxin.engines.duckdb import run
from gaoxin.engines.rows import as_tables
from gaoxin.rulebook import BookError, load_book, shipped_books
from gaoxin.rulebook.evaluate import Row, Rows
from gaoxin.rulebook.vectors import Vector, load_vectors, misses

_book = cache(load_book)


@cache
def _vectors(name: str) -> tuple[Vector, ...]:
    return load_vectors(_book(name))


def _years() -> list[tuple[str, str]]:
    """Book and period of all vectors; a book that cannot be loaded has one case, which fails with the reasons."""
    cases: list[tuple[str, str]] = []
    for name in shipped_books():
        try:
            cases += sorted({(name, vector.period) for vector in _vectors(name)})
        except BookError:
            cases.append((name, "loads"))
    return cases


YEARS = _years()


def _beside(vectors: Iterable[tuple[Vector, Rows]]) -> Rows:
    """The rows of all ``vectors``, each with the keys of its own."""
    returns: dict[str, dict[tuple[str, int], Row]] = {}
    present: dict[str, frozenset[int]] = {}
    for vector, rows in vectors:
        for entity, below in rows.returns.items():
            here = returns.setdefault(entity, {})
            for (key, ordinal), row in below.items():
                parent = None if row.parent is None else f"{vector.id} {row.parent}"
                here[f"{vector.id} {key}", ordinal] = replace(row, parent=parent)
        present = dict(rows.present)
    return Rows(returns, present)


@pytest.mark.parametrize(("name", "period"), YEARS, ids=[f"{name}:{period}" for name, period in YEARS])
def test_vectors_of_a_year(name: str, period: str) -> None:
    book = _book(name)
    # Nobody having reported is not the same as this firm having none: only vectors alike in that stand side by side.
    alike: dict[object, list[tuple[Vector, Rows]]] = {}
    for vector in _vectors(name):
        if vector.period == period:
            rows = vector.rows(book)
            who = tuple(sorted((entity, tuple(sorted(when))) for entity, when in rows.present.items()))
            has = tuple(sorted(entity for entity, below in rows.returns.items() if below))
            alike.setdefault((who, has), []).append((vector, rows))
    wrong = []
    for group in alike.values():
        plan = book.compile({code for vector, _ in group for code in vector.expect}, periods=[period])
        with run(plan, as_tables(book, _beside(group))) as outcome:
            for vector, _ in group:
                for code in vector.expect:
                    entity = plan.columns[code].entity
                    found = {row[entity]: row[code] for row in outcome.values(entity).to_pylist()}
                    computed, expected = found[f"{vector.id} {vector.key}"], vector.expected(book, code)
                    if computed != expected:
                        wrong.append((vector.id, code, computed, expected))
    assert wrong == []


@pytest.mark.parametrize("name", shipped_books())
def test_vectors_by_exact_evaluation(name: str) -> None:
    found = [(miss.vector.id, miss.code, miss.computed, miss.expected) for miss in misses(_book(name), _vectors(name))]
    assert found == []


def test_there_are_vectors() -> None:
    assert sum(len(_vectors(name)) for name in shipped_books()) > 400

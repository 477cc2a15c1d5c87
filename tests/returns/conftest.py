"""The book that the returns belong to, and what reading them complains about."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from gaoxin.problems import InputError, Problem
from gaoxin.returns import read_returns
from gaoxin.rulebook.book import Book
from gaoxin.rulebook.loading import load_book


@pytest.fixture(scope="session")
def book() -> Book:
    return load_book("national-2021")


@pytest.fixture
def problems_of(book: Book) -> Callable[..., list[Problem]]:
    """What reading the files complains about."""

    def read(*paths: Path, **options: object) -> list[Problem]:
        with pytest.raises(InputError) as caught:
            read_returns(paths, book, **options)  # type: ignore[arg-type]
        return caught.value.problems

    return read

from pathlib import Path

import pytest

from gaoxin.rulebook import Book
from incentives.small_book import small_book


@pytest.fixture(scope="session")
def book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    folder: Path = tmp_path_factory.mktemp("book")
    return small_book(folder)

"""The decision books that can be applied: those that ship, and the city's own in the folder ``books`` of the site."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from gaoxin.platform.refusals import problem, refuse
from gaoxin.problems import InputError
from gaoxin.rulebook import Book, BookError, load_book, shipped_books
from gaoxin.rulebook.entries import Item
from gaoxin.words import Text


def names() -> list[str]:
    """The names: shipped books with decisions, then the folders of the site."""
    own = Path(settings.DATA) / "books"
    found = [path.parent.name for path in sorted(own.glob("*/book.yaml"))] if own.is_dir() else []
    return [*_shipped(), *(name for name in found if name not in _shipped())]


@lru_cache(maxsize=1)
def _shipped() -> tuple[str, ...]:
    return tuple(
        name for name, folder in shipped_books().items() if "\ndecisions:" in (folder / "book.yaml").read_text("utf-8")
    )


def book(name: str) -> Book:
    """A decision book; what is wrong with it is refused with file and line."""
    if name not in names():
        known = "、".join(names())
        refuse("adjustments.book", "book", Text(f"没有判定规则书 {name}", f"there is no decision book {name}"),
               Text(f"有：{known}", f"there are: {known}"))  # fmt: skip
    try:
        return _loaded(name if name in _shipped() else str(Path(settings.DATA) / "books" / name))
    except BookError as error:
        found = [problem("adjustments.book", "book", one.message, one.remedy) for one in error.findings]
        raise InputError(found) from None


@lru_cache(maxsize=4)
def _loaded(name: str) -> Book:
    return load_book(name)


def recorded(name: str) -> dict[str, Item]:
    """The items of a book that people record: all that no evaluation fills in."""
    from gaoxin.decisions.figures import OF_RESULTS  # noqa: PLC0415

    return {code: item for code, item in book(name).items.items() if code not in OF_RESULTS}

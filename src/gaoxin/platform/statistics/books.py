"""The rulebooks that collections take their forms from: those that ship, and those that the city has put beside.

A city's own book is a folder ``<site>/books/<name>/`` with ``book.yaml``. A book is loaded once in each process.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from gaoxin.rulebook import load_book
from gaoxin.rulebook.book import Book
from gaoxin.rulebook.entries import Item
from gaoxin.rulebook.findings import BookError
from gaoxin.rulebook.loading import shipped_books
from gaoxin.rulebook.periods import period_ordinal, period_text
from gaoxin.words import Text


@dataclass(frozen=True, slots=True)
class Section:
    """One form (表) as it is entered: the items of one entity under one heading, in the order of the book."""

    form: str
    entity: str
    items: tuple[Item, ...]
    repeated: bool
    """True when there is one for each of several: R&D projects of a firm."""


def own_books() -> Path:
    """The folder of the city's own books."""
    return Path(settings.DATA) / "books"


def book_names() -> list[str]:
    """Names of the books that hold forms; the city's own first."""
    own = sorted(path.parent.name for path in own_books().glob("*/book.yaml")) if own_books().is_dir() else []
    return [*own, *(name for name in shipped_books() if name not in own and _has_items(name))]


@lru_cache(maxsize=32)
def book(name: str) -> Book:
    """The book ``name``.

    Raises
    ------
    BookError
        When there is none of that name, or it is not in order.
    """
    own = own_books() / name
    return load_book(own if name and "/" not in name and (own / "book.yaml").is_file() else name)


@lru_cache(maxsize=32)
def _has_items(name: str) -> bool:
    try:
        return bool(book(name).items)
    except BookError:
        return False


@lru_cache(maxsize=128)
def _sections(name: str, entity: str, forms: tuple[str, ...]) -> tuple[Section, ...]:
    held = book(name)
    found: list[Section] = []
    entities = [entity, *(child for child, one in held.entities.items() if one.parent == entity)]
    for who in entities:
        by_form: dict[str, list[Item]] = {}
        for item in held.items.values():
            if item.entity == who and (not forms or item.form in forms):
                by_form.setdefault(item.form, []).append(item)
        found += [Section(form, who, tuple(items), who != entity) for form, items in by_form.items()]
    # A section of projects stands where its form stands on paper.
    return tuple(sorted(found, key=lambda section: section.form))


def sections(name: str, entity: str, forms: list[str]) -> tuple[Section, ...]:
    """The sections that reporters of ``entity`` fill in, in the order of the forms; of all forms when none is named."""
    return _sections(name, entity, tuple(forms))


def asked(name: str, entity: str, forms: list[str], greyed: list[str]) -> frozenset[str]:
    """The codes of the items that are to be filled in."""
    return frozenset(item.code for s in sections(name, entity, forms) for item in s.items) - frozenset(greyed)


def earlier(held: Book, period: str, periods: int = 1) -> str:
    """The period ``periods`` before.

    >>> from gaoxin.rulebook import load_book
    >>> earlier(load_book("zone-return-2021"), "2025")
    '2024'
    """
    return period_text(period_ordinal(period, held.frequency) - periods, held.frequency)


def title_of(form: str) -> Text:
    """A form in a heading; forms are called by their number or their Chinese name."""
    return Text(form or "其他", form or "other")

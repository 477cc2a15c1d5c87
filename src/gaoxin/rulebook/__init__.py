"""Dated, cited expressions over reported figures: load, check, type, compile, explain."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gaoxin.rulebook.book import Book
    from gaoxin.rulebook.findings import BookError, Finding
    from gaoxin.rulebook.loading import load_book, shipped_books

__all__ = ["Book", "BookError", "Finding", "load_book", "shipped_books"]

_HOME = {
    "Book": "book",
    "BookError": "findings",
    "Finding": "findings",
    "load_book": "loading",
    "shipped_books": "loading",
}


def __getattr__(name: str) -> object:
    # Loading a book needs SQLGlot and Pint, a second of imports that `gaoxin --help` should not wait for.
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415

    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)

"""Which benefits of a book reduce a tax, which reduce the income it falls on, and which exclude each other."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

from gaoxin.incentives.clauses import cited
from gaoxin.problems import InputError, Problem
from gaoxin.rulebook.benefits import Benefit, Exclusion
from gaoxin.rulebook.book import Book
from gaoxin.rulebook.explain import Citation
from gaoxin.words import Text

INCOME_TAX = "cit_at_standard_rate"
"""The enterprise income tax at the statutory rate, in the book that ships."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two benefits that cannot be had together, and the clause that says so.

    ``said`` is False where no clause does: both compute the same tax anew, and no rule says how one would be applied
    to the result of the other.
    """

    benefits: tuple[str, str]
    said: bool
    citation: Citation | None = None
    note: Text = Text("", "")


@dataclass(frozen=True)
class Regimes:
    """What can be combined for one tax.

    ``regimes`` are the benefits that compute the tax anew (a reduced rate, a holiday, a relief of its own brackets);
    ``reductions`` those that take something off the reported income. Both are codes in the order of the book.
    """

    tax: str
    income: str
    regimes: tuple[str, ...]
    reductions: tuple[str, ...]
    conflicts: tuple[Conflict, ...]

    def conflict(self, one: str, other: str) -> Conflict | None:
        """Why ``one`` and ``other`` cannot be had together; None where they can."""
        return next((found for found in self.conflicts if set(found.benefits) == {one, other}), None)


@lru_cache(maxsize=16)
def regimes_of(book: Book, tax: str = INCOME_TAX) -> Regimes:
    """The benefits of ``book`` that can be combined for ``tax``, and those that exclude each other.

    Raises InputError where no benefit of the book reduces ``tax``.
    """
    found = [code for code, benefit in book.benefits.items() if benefit.reduces == tax]
    if not found:
        message = Text(f"{book.name} 没有减少 {tax} 的优惠", f"no benefit of {book.name} reduces {tax}")
        raise InputError([Problem("tax", "error", message, value=tax)])
    entity = book.benefits[found[0]].entity
    lowered = [benefit.reduces for benefit in book.benefits.values() if benefit.entity == entity]
    income = next((code for code in lowered if code is not None and code in book.items), "")
    reductions = tuple(code for code, benefit in book.benefits.items() if income and benefit.reduces == income)
    conflicts: list[Conflict] = []
    for one, other in combinations((*found, *reductions), 2):
        exclusion = _exclusion(book.benefits[one], book.benefits[other])
        if exclusion is not None:
            clause = cited(book, exclusion.source, exclusion.confidence)
            conflicts.append(Conflict((one, other), True, clause, exclusion.note))
        elif one in found and other in found:
            conflicts.append(Conflict((one, other), False))
    return Regimes(tax, income, tuple(found), reductions, tuple(conflicts))


def _exclusion(one: Benefit, other: Benefit) -> Exclusion | None:
    """The exclusion that either of the two declares."""
    for here, there in ((one, other), (other, one)):
        for exclusion in here.excludes:
            if exclusion.benefit == there.code:
                return exclusion
    return None


def amount_code(book: Book, code: str) -> str:
    """The entry that says how much a benefit takes off what it reduces."""
    found = book.benefits[code].amount_code
    assert found is not None  # noqa: S101 - a benefit that reduces something has an amount; the book is checked for it
    return found

"""Losses of earlier years: which are open, until when, and which are used first.

How long a loss stays open is a rule of the book (``loss_years``, ``loss_years_extended``, ``loss_extends``), and so is
how much of them a year may use (``loss_usable``). The order is: the loss that expires first, of those that expire
together the older one. Among losses of one term that is the order of the years, in which the return lists them; no
other order can leave less tax as long as the terms stay as they are, because what expires first has the fewest years
left in which to be used.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from gaoxin.rulebook.evaluate import At, Evaluator
from gaoxin.rulebook.parameters import value_in
from gaoxin.rulebook.tree import Constant

OLDEST = 10
"""Losses are reported by age, from one year to ten."""
USABLE, EXTENDS = "loss_usable", "loss_extends"
YEARS, YEARS_EXTENDED = "loss_years", "loss_years_extended"


def item(age: int) -> str:
    """The item that holds the open loss of ``age`` years before."""
    return f"loss_{age}"


@dataclass(frozen=True, slots=True)
class Use:
    """An amount of the loss of one year."""

    origin: int
    amount: Fraction


@dataclass(frozen=True)
class Terms:
    """Until when losses stay open, as known at the end of a year.

    ``extends`` says for each year whether the firm then had a status that extends losses; None is not known, and years
    before the rule began have no entry.
    """

    years: int
    extended: int
    extends: Mapping[int, bool | None]

    def last_year(self, origin: int, now: int) -> int | None:
        """The last year that may use the loss of ``origin``, as things stand in ``now``; None where not known."""
        seen = [self.extends.get(year, False) for year in range(origin + 1, min(now, origin + self.years) + 1)]
        if True in seen:
            return origin + self.extended
        return None if None in seen else origin + self.years

    def in_order(self, losses: Mapping[int, Fraction], now: int) -> list[int]:
        """The years of the open losses, in the order in which they are used."""
        return sorted(losses, key=lambda origin: (self.last_year(origin, now) or origin + self.years, origin))


def terms(evaluator: Evaluator, at: At, first: int) -> Terms:
    """The terms as the book has them for the year of ``at``, with the firm's status in every year from ``first`` on."""
    extends: dict[int, bool | None] = {}
    for year in range(first, at.ordinal + 1):
        rule, _ = evaluator.book.rule_in(EXTENDS, year)
        if rule is not None:
            there = At(at.entity, at.key, year)
            value = evaluator.figure(EXTENDS, there).value if evaluator.exists(there) else None
            extends[year] = value if isinstance(value, bool) else None
    years = _years(evaluator, YEARS, at)
    return Terms(years or 0, _years(evaluator, YEARS_EXTENDED, at) or years or 0, extends)


def _years(evaluator: Evaluator, code: str, at: At) -> int | None:
    held = value_in(evaluator.book.parameters[code], at.ordinal, evaluator.book.frequency)
    return None if held is None or held.value is None else int(held.value)


def supposed(losses: Mapping[int, Fraction], at: At, year: int) -> dict[tuple[str, At], Constant]:
    """The items of ``year`` that say what is open of each loss."""
    return {(item(age), at): losses.get(year - age, Fraction(0)) for age in range(1, OLDEST + 1)}


def used(losses: Mapping[int, Fraction], income: Fraction, usable: Fraction, order: list[int]) -> tuple[Use, ...]:
    """What of each loss a year with ``income`` uses: all it may, up to its income, in ``order``.

    >>> open_losses = {2018: Fraction(50), 2020: Fraction(30)}
    >>> [(one.origin, int(one.amount)) for one in used(open_losses, Fraction(60), Fraction(80), [2018, 2020])]
    [(2018, 50), (2020, 10)]
    """
    left = min(max(income, Fraction(0)), usable)
    found = []
    for origin in order:
        amount = min(left, losses[origin])
        if amount > 0:
            found.append(Use(origin, amount))
            left -= amount
    return tuple(found)


def after(losses: Mapping[int, Fraction], uses: tuple[Use, ...], income: Fraction, year: int) -> dict[int, Fraction]:
    """The losses at the end of ``year``, its own included, those that expire with it still among them."""
    taken = {one.origin: one.amount for one in uses}
    left = {origin: amount - taken.get(origin, Fraction(0)) for origin, amount in losses.items()}
    if income < 0:
        left[year] = -income
    return {origin: amount for origin, amount in left.items() if amount > 0}

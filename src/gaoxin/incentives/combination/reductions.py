"""Deductions and exemptions from income: what is due, what the return has taken, every way to claim or leave them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from gaoxin.incentives.combination.regimes import Regimes, amount_code
from gaoxin.rulebook.evaluate import At, Evaluator, rounded
from gaoxin.rulebook.tree import Constant


@dataclass(frozen=True, slots=True)
class Reduction:
    """A deduction or exemption from income: whether it is due, how much, and how much the return has taken already."""

    code: str
    due: bool | None
    amount: Fraction | None
    taken: Fraction | None

    @property
    def undecided(self) -> bool:
        """Whether it is not known what it would do; the income then stays as reported."""
        return self.due is None or (self.due and self.amount is None)

    @property
    def overclaimed(self) -> bool:
        """Whether more has been claimed than is due."""
        return not self.undecided and self.taken is not None and self.taken > (self.amount or 0)

    @property
    def unclaimed(self) -> Fraction:
        """How much more is due than has been claimed."""
        if self.undecided or not self.due or self.amount is None or self.taken is None:
            return Fraction(0)
        return max(self.amount - self.taken, Fraction(0))

    def options(self) -> tuple[tuple[bool | None, Fraction], ...]:
        """Claimed or left, with what that adds to the reported income; None where there is nothing to choose."""
        if self.undecided:
            return ((None, Fraction(0)),)
        taken = self.taken or Fraction(0)
        if not self.due or not self.amount:
            return ((None, taken),)
        return ((True, taken - self.amount), (False, taken))


def reductions_of(evaluator: Evaluator, regimes: Regimes, at: At) -> Iterator[Reduction]:
    """The reductions of income that the book knows, as they stand for one reporter and year."""
    book = evaluator.book
    for code in regimes.reductions:
        benefit = book.benefits[code]
        due = evaluator.figure(code, at).value
        amount = _in_steps(evaluator, amount_code(book, code), at) if due else None
        claim = None if benefit.claimed is None else evaluator.figure(benefit.claimed, at).value
        taken = claim if isinstance(claim, Fraction) else amount
        if claim is False:
            taken = Fraction(0)
        yield Reduction(code, due if isinstance(due, bool) else None, amount, taken)


@dataclass(frozen=True, slots=True)
class Choice:
    """Which reductions are claimed, which are left although they are due, and what that adds to the income."""

    claimed: tuple[str, ...]
    left: tuple[str, ...]
    added: Fraction

    def supposed(self, at: At) -> dict[tuple[str, At], Constant]:
        """What has to be supposed for it: what is left is as if the reporter were not entitled."""
        return {(code, at): False for code in self.left}


def choices(reductions: Iterable[Reduction]) -> Iterator[Choice]:
    """Every way to claim or leave the reductions, all claimed first."""
    listed = list(reductions)
    for options in product(*(one.options() for one in listed)):
        pairs = list(zip(listed, options, strict=True))
        yield Choice(
            tuple(one.code for one, (take, _) in pairs if take),
            tuple(one.code for one, (take, _) in pairs if take is False),
            sum((added for _, added in options), Fraction(0)),
        )


def _in_steps(evaluator: Evaluator, code: str, at: At) -> Fraction | None:
    """An amount as it is filed: with the decimals of its entry."""
    value, entry = evaluator.figure(code, at).value, evaluator.book.derived[code]
    return rounded(value, entry.scale or 0, entry.rounding) if isinstance(value, Fraction) else None

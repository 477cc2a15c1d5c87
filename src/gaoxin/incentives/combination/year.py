"""One year: every lawful way to file, its tax computed by the book, the lowest first, and why the others are none.

The reported income is taken to be the one of the return, that is after the deductions and exemptions that were claimed
(``claimed`` of the benefit; where that is not given, all that the firm is entitled to). From there every deduction may
be claimed in full or left, and one regime chosen or none. A way to file is lawful when the firm is entitled to
everything in it and no two parts exclude each other.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import Literal, TypeAlias

from gaoxin.incentives.answers import Missing, missing_figures
from gaoxin.incentives.clauses import WEAKEST, rests_on
from gaoxin.incentives.combination.reductions import Choice, choices, reductions_of
from gaoxin.incentives.combination.regimes import INCOME_TAX, Conflict, Regimes, amount_code, regimes_of
from gaoxin.problems import InputError, Problem
from gaoxin.rulebook import tree
from gaoxin.rulebook.book import Book
from gaoxin.rulebook.entries import Confidence
from gaoxin.rulebook.evaluate import At, Evaluator, Reason, Rows, rounded
from gaoxin.rulebook.explain import Citation
from gaoxin.rulebook.periods import period_ordinal, period_text
from gaoxin.rulebook.tree import Constant
from gaoxin.words import Text

Why: TypeAlias = Literal["excluded", "no_rule", "not_entitled", "not_in_force", "unknown"]


@dataclass(frozen=True, slots=True)
class Filing:
    """One lawful way to file: the regime (None: the statutory rate), the reductions claimed and those left.

    ``income`` is the taxable income that follows, ``tax`` the tax on it, in yuan to the fen.
    """

    regime: str | None
    claimed: tuple[str, ...]
    left: tuple[str, ...]
    income: Fraction
    tax: Fraction


@dataclass(frozen=True, slots=True)
class Refused:
    """Benefits that cannot be part of a lawful filing, alone or together, and why.

    ``tax`` is, for what is unknown, the tax there would be if the firm were entitled; None where that is not known.
    """

    benefits: tuple[str, ...]
    why: Why
    citation: Citation | None = None
    note: Text = Text("", "")
    tax: Fraction | None = None
    missing: tuple[Missing, ...] = ()
    open: tuple[Text, ...] = ()


@dataclass(frozen=True)
class Combination:
    """The lawful combinations of one reporter and year for one tax.

    ``filings`` are all lawful ways, the lowest tax first; none where the tax cannot be computed, then ``missing`` says
    what would be needed. ``undecided`` are benefits of which it is not known whether they could lower the tax further.
    ``overclaimed`` are reductions that were claimed and are not due, or more than is due; ``unclaimed`` those of which
    less was claimed than is due, and how much less.
    """

    book: Book
    regimes: Regimes
    reporter: str
    period: str
    filings: tuple[Filing, ...]
    refused: tuple[Refused, ...]
    undecided: tuple[str, ...]
    overclaimed: tuple[str, ...]
    unclaimed: tuple[tuple[str, Fraction], ...]
    missing: tuple[Missing, ...]
    rests_on: tuple[Citation, ...]
    as_of: datetime.date

    @property
    def best(self) -> Filing | None:
        """The way to file with the lowest tax; of equal ones the one that leaves least and is best confirmed."""
        return self.filings[0] if self.filings else None

    @property
    def statutory(self) -> Filing | None:
        """The lowest tax without any regime, for comparison."""
        return next((filing for filing in self.filings if filing.regime is None), None)

    @property
    def confidence(self) -> Confidence:
        """The mark of the least confirmed clause that the tax rests on."""
        return self.rests_on[0].confidence if self.rests_on else "unknown"

    def name(self, code: str | None) -> Text:
        """The name of a benefit; of None: the statutory rate."""
        return STATUTORY if code is None else self.book.benefits[code].name


STATUTORY = Text("法定税率", "statutory rate")


def combine(
    book: Book, rows: Rows, reporter: str, period: str, *, as_of: datetime.date, tax: str = INCOME_TAX
) -> Combination:
    """Every lawful combination of the benefits that reduce ``tax`` for one reporter and period, the lowest tax first.

    Raises InputError where the reporter has no figures for the period.

    Examples
    --------
    >>> from gaoxin.rulebook import load_book
    >>> from gaoxin.rulebook.facts import read_facts
    >>> firm = {"hnte": True, "taxable_income": "2000000", "tech_transfer_income": 0, "restricted_industry": False}
    >>> firm |= {"staff_average": 60, "assets_average": "8000000", "si_kind": "none", "ats_recognised": False}
    >>> book = load_book("incentives-cn")
    >>> rows = read_facts(book, {"firm": firm}, "2024")
    >>> found = combine(book, rows, "1", "2024", as_of=datetime.date(2025, 3, 1))
    >>> [(filing.regime, int(filing.tax)) for filing in found.filings]
    [('small_low_profit', 100000), ('hnte_reduced_rate', 300000), (None, 500000)]
    """
    regimes = regimes_of(book, tax)
    at = At(book.benefits[regimes.regimes[0]].entity, reporter, period_ordinal(period, book.frequency))
    evaluator = Evaluator(book, rows)
    if not evaluator.exists(at):
        message = Text(f"{period} 没有 {reporter} 的数据", f"there are no figures of {reporter} for {period}")
        raise InputError([Problem("reporter", "error", message, value=reporter)])
    reported = evaluator.figure(regimes.income, at)
    reductions = tuple(reductions_of(evaluator, regimes, at))
    found: list[Filing] = []
    refused: dict[tuple[str, ...], Refused] = {}
    if isinstance(reported.value, Fraction):
        for choice in choices(reductions):
            supposed = choice.supposed(at) | {(regimes.income, at): reported.value + choice.added}
            made = Taxes(evaluator.supposing(supposed), regimes, at, choice)
            found += made.filings()
            for one in made.refused():
                known = refused.setdefault(one.benefits, one)
                if one.why == "unknown" and (known.why != "unknown" or _lower(one, known)):
                    refused[one.benefits] = one
    order = {code: position for position, code in enumerate(regimes.regimes)}
    doubt = {code: _doubt(book, code, at.ordinal) for code in regimes.regimes}
    found.sort(
        key=lambda one: (
            one.tax,
            len(one.left),
            one.regime is not None,
            doubt.get(one.regime or "", 0),
            order.get(one.regime or "", 0),
        )
    )
    lowest = found[0].tax if found else None
    # A regime that some filing has is not refused for another choice of deductions, unless that one is not known.
    had = {filing.regime for filing in found}
    kept = [
        one for one in refused.values() if len(one.benefits) > 1 or one.why == "unknown" or one.benefits[0] not in had
    ]
    undecided = [
        one.benefits[0]
        for one in kept
        if one.why == "unknown" and (one.tax is None or lowest is None or one.tax < lowest)
    ]
    undecided += [one.code for one in reductions if one.undecided]
    reasons = reported.reasons if reported.value is None else ()
    codes = [tax]
    if found and found[0].regime is not None:
        codes.append(amount_code(book, found[0].regime))
    return Combination(
        book=book,
        regimes=regimes,
        reporter=reporter,
        period=period_text(at.ordinal, book.frequency),
        filings=tuple(found),
        refused=tuple(kept),
        undecided=tuple(undecided),
        overclaimed=tuple(one.code for one in reductions if one.overclaimed),
        unclaimed=tuple((one.code, one.unclaimed) for one in reductions if one.unclaimed),
        missing=tuple(missing_figures(book, reasons)),
        rests_on=rests_on(book, codes, at.ordinal),
        as_of=as_of,
    )


def _lower(one: Refused, other: Refused) -> bool:
    """Whether ``one`` might bring the lower tax of two answers that are not known."""
    return other.tax is not None and (one.tax is None or one.tax < other.tax)


class Taxes:
    """The taxes of one choice of deductions, under every regime."""

    def __init__(self, evaluator: Evaluator, regimes: Regimes, at: At, choice: Choice) -> None:
        self.evaluator, self.book, self.regimes, self.at, self.choice = evaluator, evaluator.book, regimes, at, choice
        self.standard = evaluator.figure(regimes.tax, at)
        self.due = {code: evaluator.figure(code, at).value for code in regimes.regimes}

    def filings(self) -> list[Filing]:
        """The statutory rate and every regime that the reporter is entitled to and that excludes nothing claimed."""
        taxes: list[tuple[str | None, Constant]] = [(None, self.standard.value)]
        taxes += [(code, self._tax(code)) for code in self._open()]
        income = self.evaluator.figure(self.regimes.income, self.at).value
        return [
            Filing(regime, self.choice.claimed, self.choice.left, income, self._to_the_fen(tax))
            for regime, tax in taxes
            if isinstance(tax, Fraction) and isinstance(income, Fraction)
        ]

    def lowest(self) -> Filing | None:
        """The filing with the lowest tax; of equal ones the first in the order of the book, no regime before any."""
        return min(self.filings(), key=lambda filing: filing.tax, default=None)

    def refused(self) -> Iterator[Refused]:
        """Regimes that cannot be had, and sets of regimes and reductions that cannot be had together."""
        for code in self.regimes.regimes:
            amount = self.evaluator.figure(amount_code(self.book, code), self.at)
            if self.due[code] is False:
                rule, _ = self.book.rule_in(code, self.at.ordinal)
                gone = isinstance(rule, tree.Literal)
                yield Refused((code,), "not_in_force" if gone else "not_entitled")
            elif self.due[code] is None or amount.value is None:
                reasons = (*self.evaluator.figure(code, self.at).reasons, *amount.reasons)
                yield Refused(
                    (code,),
                    "unknown",
                    tax=self._tax_if(code),
                    missing=tuple(missing_figures(self.book, reasons)),
                    open=_open_rules(reasons),
                )
        had = [code for code in self.regimes.regimes if self.due[code]]
        for one, other in combinations((*had, *self.choice.claimed), 2):
            conflict = self.regimes.conflict(one, other)
            if conflict is not None:
                yield _refused(conflict)

    def _open(self) -> list[str]:
        return [
            code
            for code in self.regimes.regimes
            if self.due[code] is True
            and not any(self.regimes.conflict(code, reduction) for reduction in self.choice.claimed)
        ]

    def _tax(self, code: str) -> Fraction | None:
        saved = self.evaluator.figure(amount_code(self.book, code), self.at).value
        standard = self.standard.value
        return standard - saved if isinstance(saved, Fraction) and isinstance(standard, Fraction) else None

    def _tax_if(self, code: str) -> Fraction | None:
        after = self.evaluator.supposing({(code, self.at): True})
        saved = after.figure(amount_code(self.book, code), self.at).value
        if isinstance(saved, Fraction) and isinstance(self.standard.value, Fraction):
            return self._to_the_fen(self.standard.value - saved)
        return None

    def _to_the_fen(self, tax: Fraction) -> Fraction:
        entry = self.book.derived[self.regimes.tax]
        return rounded(tax, entry.scale or 0, entry.rounding)


def _refused(conflict: Conflict) -> Refused:
    return Refused(conflict.benefits, "excluded" if conflict.said else "no_rule", conflict.citation, conflict.note)


def _open_rules(reasons: Iterable[Reason]) -> tuple[Text, ...]:
    return tuple(dict.fromkeys(reason.message for reason in reasons if reason.kind in {"no_rule", "unsettled"}))


def _doubt(book: Book, code: str, ordinal: int) -> int:
    """How little the clauses behind a regime are confirmed."""
    clauses = rests_on(book, [code], ordinal)
    return -WEAKEST.index(clauses[0].confidence) if clauses else 0

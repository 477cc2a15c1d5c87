"""Several years together: which deductions to claim, which regime to take each year, which losses are used when.

The years hang together through losses and through the year in which a holiday begins: what is claimed in one year
changes the loss that is carried on and the first year with income. So every way to claim or leave the deductions of
all years is computed, year after year, by the book; none is left out, and the lowest total is the answer. Regimes leave
no trace in later years, so each year simply takes the one with the lowest tax.

A year uses all the losses it may, up to its income, as the return computes it: that is no choice. Nor is the year in
which a holiday begins, beyond what the deductions do to it. Taxes of different years are added as they are, without
interest; of plans with the same total the one that leaves fewer deductions, then the one that pays later, is taken.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import prod

from gaoxin.incentives.answers import Missing, missing_figures
from gaoxin.incentives.clauses import rests_on
from gaoxin.incentives.combination import losses
from gaoxin.incentives.combination.losses import Use
from gaoxin.incentives.combination.reductions import Choice, choices, reductions_of
from gaoxin.incentives.combination.regimes import INCOME_TAX, Regimes, amount_code, regimes_of
from gaoxin.incentives.combination.year import STATUTORY, Filing, Taxes
from gaoxin.problems import InputError, Problem
from gaoxin.rulebook.book import Book
from gaoxin.rulebook.entries import Confidence
from gaoxin.rulebook.evaluate import At, Evaluator, Reason, Rows
from gaoxin.rulebook.explain import Citation
from gaoxin.rulebook.tree import Constant
from gaoxin.words import Text

BEFORE_LOSSES = "income_before_losses"
MOST_PLANS = 5000
"""Ways to claim deductions over all years that are computed; more is refused."""


@dataclass(frozen=True, slots=True)
class PlanYear:
    """One year of a plan.

    ``income`` is that of the year before losses, after the deductions of ``filing``; ``used`` the losses it uses in
    their order, ``expired`` what is lost with its end, ``open`` what is carried on (the loss of the year included).
    """

    period: str
    income: Fraction
    used: tuple[Use, ...]
    filing: Filing
    expired: tuple[Use, ...]
    open: tuple[Use, ...]


@dataclass(frozen=True, slots=True)
class YearsPlan:
    """One way through all years."""

    years: tuple[PlanYear, ...]

    @property
    def total(self) -> Fraction:
        """The tax of all years."""
        return sum((year.filing.tax for year in self.years), Fraction(0))

    @property
    def rank(self) -> tuple[Fraction, int, tuple[Fraction, ...]]:
        """Lowest total first, then fewest deductions left, then the tax that is paid later."""
        return self.total, sum(len(year.filing.left) for year in self.years), tuple(y.filing.tax for y in self.years)


@dataclass(frozen=True)
class Plan:
    """The best way through several years, among all.

    ``plans`` are all of them, the best first; none where a figure that is needed is not known: ``missing`` names it
    with its year. ``undecided`` are years and benefits of which it is not known whether they could lower the tax.
    ``doubts`` are remarks on what the sources leave open.
    """

    book: Book
    regimes: Regimes
    reporter: str
    periods: tuple[str, ...]
    plans: tuple[YearsPlan, ...]
    missing: tuple[Missing, ...]
    open: tuple[Text, ...]
    undecided: tuple[tuple[str, str], ...]
    rests_on: tuple[Citation, ...]
    as_of: datetime.date
    doubts: tuple[Text, ...] = field(default=())

    @property
    def best(self) -> YearsPlan | None:
        """The plan with the lowest total."""
        return self.plans[0] if self.plans else None

    @property
    def everything(self) -> YearsPlan | None:
        """The plan that claims every deduction in every year."""
        return next((one for one in self.plans if not any(year.filing.left for year in one.years)), None)

    @property
    def confidence(self) -> Confidence:
        """The mark of the least confirmed clause that the taxes rest on."""
        return self.rests_on[0].confidence if self.rests_on else "unknown"

    def name(self, code: str | None) -> Text:
        """The name of a benefit; of None: the statutory rate."""
        return STATUTORY if code is None else self.book.benefits[code].name


def plan(
    book: Book, rows: Rows, reporter: str, periods: Sequence[str], *, as_of: datetime.date, tax: str = INCOME_TAX
) -> Plan:
    """The way through consecutive years with the lowest income tax in all, losses carried forward as the law has it.

    Parameters
    ----------
    book
        The rulebook, with yearly periods.
    rows
        For every year ``income_before_losses`` (after the deductions that were claimed, or that the firm is entitled
        to); for the first year the open losses of earlier years, ``loss_1`` to ``loss_10``, 0 where there is none.
    reporter
        Key of the firm.
    periods
        Years, one after the other.
    as_of
        The day for which the answer is given.
    tax
        Code of the tax at the statutory rate.

    Raises
    ------
    InputError
        The years do not follow each other, or there would be more than ``MOST_PLANS`` ways.
    """
    regimes = regimes_of(book, tax)
    ordinals = _consecutive(book, periods)
    entity = book.benefits[regimes.regimes[0]].entity
    search = _Search(Evaluator(book, rows), regimes, [At(entity, reporter, one) for one in ordinals])
    found = sorted(search.plans(), key=lambda one: one.rank)
    if search.reasons:
        found = []
    codes = [tax, losses.USABLE, losses.EXTENDS]
    chosen = {year.filing.regime for year in found[0].years} if found else set()
    codes += [amount_code(book, code) for code in regimes.regimes if code in chosen]
    return Plan(
        book=book,
        regimes=regimes,
        reporter=reporter,
        periods=tuple(periods),
        plans=tuple(found),
        missing=tuple(missing_figures(book, search.reasons)),
        open=tuple(dict.fromkeys(r.message for r in search.reasons if r.kind not in {"missing", "no_return"})),
        undecided=tuple(sorted(search.undecided)),
        rests_on=rests_on(book, codes, ordinals[-1]),
        as_of=as_of,
        doubts=tuple(_doubts(book, found[0])) if found else (),
    )


def _consecutive(book: Book, periods: Sequence[str]) -> list[int]:
    if book.frequency != "year" or not periods or not all(one.isdecimal() for one in periods):
        message = Text("要写年度，如 2021 2022", "years are needed, like 2021 2022")
        raise InputError([Problem("periods", "error", message, value=" ".join(periods))])
    ordinals = [int(one) for one in periods]
    if ordinals != list(range(ordinals[0], ordinals[0] + len(ordinals))):
        message = Text("年度应连续", "the years must follow each other")
        raise InputError([Problem("periods", "error", message, value=" ".join(periods))])
    return ordinals


@dataclass(frozen=True)
class _State:
    """What one year hands on to the next: open losses by year of origin, and what has to be supposed of years past."""

    losses: Mapping[int, Fraction]
    supposed: Mapping[tuple[str, At], Constant]


class _Search:
    def __init__(self, evaluator: Evaluator, regimes: Regimes, years: list[At]) -> None:
        self.evaluator, self.book, self.regimes, self.years = evaluator, evaluator.book, regimes, years
        self.reasons: tuple[Reason, ...] = ()
        self.undecided: set[tuple[str, str]] = set()

    def plans(self) -> Iterator[YearsPlan]:
        """Every plan; none, and the reasons, where something that is needed is not known."""
        start = self._losses_at_start(self.years[0])
        if start is None:
            return
        ways = prod(len(list(choices(reductions_of(self.evaluator, self.regimes, at)))) for at in self.years)
        if ways > MOST_PLANS:
            message = Text(f"有 {ways} 种组合，超过 {MOST_PLANS} 种", f"there are {ways} ways, more than {MOST_PLANS}")
            raise InputError([Problem("periods", "error", message, Text("减少年度。", "Take fewer years."))])
        for years in self._ways(0, _State(start, {})):
            yield YearsPlan(years)

    def _ways(self, position: int, state: _State) -> Iterator[tuple[PlanYear, ...]]:
        if position == len(self.years):
            yield ()
            return
        at = self.years[position]
        opened = losses.supposed(state.losses, at, at.ordinal) if position else {}
        here = self.evaluator.supposing({**state.supposed, **opened})
        for choice in choices(reductions_of(here, self.regimes, at)):
            made = self._year(here, at, choice, state.losses)
            if made is None:
                return
            one, left, supposed = made
            for rest in self._ways(position + 1, _State(left, {**state.supposed, **opened, **supposed})):
                yield (one, *rest)

    def _year(
        self, here: Evaluator, at: At, choice: Choice, open_losses: Mapping[int, Fraction]
    ) -> tuple[PlanYear, dict[int, Fraction], Mapping[tuple[str, At], Constant]] | None:
        """One year under one choice of deductions, what it leaves open, and what later years must suppose of it."""
        reported, usable = here.figure(BEFORE_LOSSES, at), here.figure(losses.USABLE, at)
        if not isinstance(reported.value, Fraction) or not isinstance(usable.value, Fraction):
            self.reasons = (*self.reasons, *reported.reasons, *usable.reasons)
            return None
        year, income = at.ordinal, reported.value + choice.added
        terms = losses.terms(here, at, year - losses.OLDEST)
        uses = losses.used(open_losses, income, usable.value, terms.in_order(open_losses, year))
        taxable = income - sum((use.amount for use in uses), Fraction(0))
        supposed = {**choice.supposed(at), (self.regimes.income, at): taxable}
        taxes = Taxes(here.supposing(supposed), self.regimes, at, choice)
        filing = taxes.lowest()
        if filing is None:
            self.reasons = (*self.reasons, *taxes.standard.reasons)
            return None
        self.undecided.update(
            (str(year), one.benefits[0])
            for one in taxes.refused()
            if one.why == "unknown" and (one.tax is None or one.tax < filing.tax)
        )
        kept = losses.after(open_losses, uses, income, year)
        last = {origin: terms.last_year(origin, year) for origin in kept}
        gone = {origin: amount for origin, amount in kept.items() if (last[origin] or year + 1) <= year}
        left = {origin: amount for origin, amount in kept.items() if origin not in gone}
        one = PlanYear(str(year), income, uses, filing, _listed(gone), _listed(left))
        return one, left, supposed

    def _losses_at_start(self, at: At) -> dict[int, Fraction] | None:
        """The open losses of the first year by year of origin; None, and the reasons, where they are not reported."""
        found: dict[int, Fraction] = {}
        usable = self.evaluator.figure(losses.USABLE, at)
        if usable.value is None:
            self.reasons = usable.reasons
            return None
        terms = losses.terms(self.evaluator, at, at.ordinal - losses.OLDEST)
        for age in range(1, losses.OLDEST + 1):
            value, origin = self.evaluator.figure(losses.item(age), at).value, at.ordinal - age
            last = terms.last_year(origin, at.ordinal)
            if isinstance(value, Fraction) and value > 0 and (last is None or last >= at.ordinal):
                found[origin] = value
        return found


def _listed(amounts: Mapping[int, Fraction]) -> tuple[Use, ...]:
    return tuple(Use(origin, amount) for origin, amount in sorted(amounts.items()))


def _doubts(book: Book, best: YearsPlan) -> Iterable[Text]:
    """What the sources leave open about a plan."""
    taken: dict[str, set[str]] = {}
    for year in best.years:
        if year.filing.regime is not None:
            benefit = book.benefits[year.filing.regime]
            taken.setdefault(benefit.instrument, set()).add(benefit.code)
    for codes in taken.values():
        if len(codes) > 1:
            zh = "、".join(book.benefits[code].name.zh for code in sorted(codes))
            en = " and ".join(book.benefits[code].name.en for code in sorted(codes))
            yield Text(
                f"方案在各年之间更换同类优惠（{zh}）；选定后能否更换，来源没有说明",
                f"the plan changes between benefits of one kind ({en}); whether that is allowed is not said",
            )

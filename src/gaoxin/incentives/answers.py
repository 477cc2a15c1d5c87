"""What one reporter is entitled to in a period: every benefit of a book with its conditions, amounts and reasons."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal, TypeAlias

from gaoxin.engines.explaining import fetch_rows
from gaoxin.engines.frames import closure
from gaoxin.engines.tables import Source, Tables
from gaoxin.incentives.changes import Change, change_for
from gaoxin.incentives.clauses import cited, rests_on
from gaoxin.incentives.comparisons import Test, leaves, tests
from gaoxin.problems import InputError, Problem
from gaoxin.rulebook import tree
from gaoxin.rulebook.benefits import Benefit, BenefitKind, Condition, Exclusion
from gaoxin.rulebook.book import Book
from gaoxin.rulebook.entries import Confidence
from gaoxin.rulebook.evaluate import At, Evaluator, Reason, Rows, rounded
from gaoxin.rulebook.explain import Citation, citation, citation_in
from gaoxin.rulebook.periods import period_dates, period_ordinal, period_text, period_year
from gaoxin.words import Text

Facts: TypeAlias = Rows | Mapping[str, Source]
"""Rows in memory (``rulebook.facts``), or tables of figures by entity, as an engine takes them."""

State: TypeAlias = Literal["entitled", "not_entitled", "unknown", "not_in_force"]
Claim: TypeAlias = Literal["claimed", "partly", "not_claimed", "unknown"]

_NO_RULE = frozenset({"no_rule", "unsettled"})
_NOT_REPORTED = frozenset({"missing", "no_return"})

NOBODY = "–"
"""Reporter of an answer about contracts, persons … of whom no figures are given: it says which ones are needed."""

DISCLAIMER = Text(
    "本结果由规则和所给数据自动得出，仅供参考，不是税务意见；以主管机关的认定为准。",
    "Computed from the rules and the figures given, for orientation. This is not tax advice; the authority decides.",
)


@dataclass(frozen=True, slots=True)
class Missing:
    """A reported figure that is not there and would be needed to decide."""

    code: str
    name: Text
    entity: str
    key: str
    period: str
    unit: str
    form: str


@dataclass(frozen=True, slots=True)
class ConditionAnswer:
    """One condition: met or not, by which tests, from which clause."""

    code: str
    name: Text
    met: bool | None
    tests: tuple[Test, ...]
    reasons: tuple[Reason, ...]
    citation: Citation | None
    remedy: Text | None
    note: Text


@dataclass(frozen=True, slots=True)
class Amount:
    """The money of a benefit.

    ``value`` is what the reporter gets (0 when it is not entitled, None when unknown), ``worth`` what it would get if
    it were entitled. Both are exact, with the decimals and the rounding of the entry.
    """

    name: Text
    unit: str
    value: Decimal | None
    worth: Decimal | None
    citation: Citation | None
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class DeadlineAnswer:
    """Something to be done for the period: ``when`` is a day or a month (``2025-05-31``, ``2024-07``), or empty."""

    name: Text
    when: str
    text: Text
    citation: Citation | None


@dataclass(frozen=True, slots=True)
class ExclusionAnswer:
    """Another benefit that cannot be had beside this one; ``entitled`` says whether the reporter could have it."""

    benefit: str
    name: Text
    entitled: bool | None
    citation: Citation | None
    note: Text


@dataclass(frozen=True, slots=True)
class Answer:
    """What a book says about one benefit for one reporter and period.

    ``missing`` are the figures that would decide, ``open`` what no figure can decide: rules that are not known, with
    the document that would settle them; ``obstacles`` are other reasons why something is unknown (nobody below has
    reported, a division by zero). ``changes`` says for each condition that is not met what would meet it;
    ``changes_suffice`` whether all of them together make the benefit available.
    ``rests_on`` are all clauses behind the answer, the least confirmed first; ``confidence`` is the mark of that one.
    """

    code: str
    instrument: str
    kind: BenefitKind
    name: Text
    entity: str
    reporter: str
    period: str
    state: State
    amount: Amount | None
    conditions: tuple[ConditionAnswer, ...]
    missing: tuple[Missing, ...]
    open: tuple[Text, ...]
    obstacles: tuple[Text, ...]
    changes: tuple[Change, ...]
    changes_suffice: bool | None
    excludes: tuple[ExclusionAnswer, ...]
    claim: Claim | None
    documents: tuple[Text, ...]
    deadlines: tuple[DeadlineAnswer, ...]
    citation: Citation | None
    rests_on: tuple[Citation, ...]
    confidence: Confidence
    note: Text
    book: str
    version: str
    as_of: datetime.date

    @property
    def entitled(self) -> bool | None:
        """True, False or None for unknown."""
        return {"entitled": True, "unknown": None}.get(self.state, False)


def entitlements(
    book: Book,
    facts: Facts,
    reporter: str,
    period: str,
    *,
    as_of: datetime.date,
    benefits: Iterable[str] | None = None,
) -> tuple[Answer, ...]:
    """Every benefit of ``book`` for one reporter and period, in the order of the book.

    Parameters
    ----------
    book
        A rulebook with benefits.
    facts
        The reporter's figures and those of everybody below it; earlier periods too, as far as rules look back.
    reporter
        Key of a reporter at the top (a firm). Benefits of those below it (contracts, persons) are answered for each;
        where no figures of them are given, the one answer says which are needed.
    period
        As the book writes it: ``"2024"``.
    as_of
        The day for which the answer is given; every output carries it.
    benefits
        Codes; by default all.

    Raises
    ------
    InputError
        There is no such reporter, period or benefit.

    Examples
    --------
    >>> from gaoxin.rulebook import load_book
    >>> from gaoxin.rulebook.facts import read_facts
    >>> book = load_book("incentives-cn")
    >>> facts = read_facts(book, {"firm": {"taxable_income": "3000000.01"}}, "2024")
    >>> (answer,) = entitlements(
    ...     book, facts, "1", "2024", as_of=datetime.date(2025, 3, 1), benefits=["small_low_profit"]
    ... )
    >>> answer.state, [str(change.by) for change in answer.changes]
    ('not_entitled', ['-1/100'])
    """
    chosen = _chosen(book, benefits)
    try:
        ordinal = period_ordinal(period, book.frequency)
    except ValueError:
        raise _refused("period", Text(f"{period} 不是报告期", f"{period} is not a period"), period) from None
    rows = facts if isinstance(facts, Rows) else rows_of(book, facts, reporter, period, chosen)
    top = next(name for name, entity in book.entities.items() if entity.parent is None)
    at = At(top, reporter, ordinal)
    evaluator = Evaluator(book, rows)
    if not evaluator.exists(at):
        zh, en = f"{period} 没有 {reporter} 的数据", f"there are no figures of {reporter} for {period}"
        raise _refused("reporter", Text(zh, en), reporter)
    return tuple(
        _answer(evaluator, benefit, one, as_of)
        for benefit in chosen
        for one in _concerned(evaluator, at, benefit.entity)
    )


def rows_of(
    book: Book, tables: Mapping[str, Source], reporter: str, period: str, benefits: Iterable[Benefit] | None = None
) -> Rows:
    """The rows of one reporter in ``tables`` that the ``benefits`` (by default all) need, and those they exclude."""
    chosen = tuple(book.benefits.values()) if benefits is None else tuple(benefits)
    codes = [code for benefit in chosen for code in (benefit.code, benefit.amount_code) if code is not None]
    codes += [code for benefit in chosen for code in _excluded(book, benefit)]
    claims = [benefit.claimed for benefit in chosen if benefit.claimed is not None]
    plan = book.compile([*codes, *claims], periods=[period])
    opened = Tables(plan, tables)
    try:
        top = next(name for name, entity in book.entities.items() if entity.parent is None)
        return fetch_rows(plan, opened, top, [reporter], closure(plan, plan.targets))
    finally:
        opened.close()


def _chosen(book: Book, codes: Iterable[str] | None) -> tuple[Benefit, ...]:
    if codes is None:
        return tuple(book.benefits.values())
    wanted = list(codes)
    for code in wanted:
        if code not in book.benefits:
            known = ", ".join(book.benefits)
            remedy = Text(f"有：{known}。", f"There are: {known}.")
            raise _refused("benefit", Text(f"没有优惠 {code}", f"no benefit {code}"), code, remedy)
    return tuple(book.benefits[code] for code in wanted)


def _refused(rule: str, message: Text, value: str, remedy: Text = Text("", "")) -> InputError:
    return InputError([Problem(rule, "error", message, remedy, value=value)])


def _concerned(evaluator: Evaluator, at: At, entity: str) -> Iterator[At]:
    """``at`` itself, or those of ``entity`` below it; where nothing has been said of them, one without a name."""
    if at.entity == entity:
        yield at
        return
    if at.ordinal not in evaluator.rows.present.get(entity, ()):
        yield At(entity, NOBODY, at.ordinal)
        return
    for name, below in evaluator.book.entities.items():
        if below.parent == at.entity:
            for one in evaluator.rows.below(at, name):
                yield from _concerned(evaluator, one, entity)


def _answer(evaluator: Evaluator, benefit: Benefit, at: At, as_of: datetime.date) -> Answer:
    book = evaluator.book
    found = evaluator.figure(benefit.code, at)
    period = period_text(at.ordinal, book.frequency)
    in_force = _in_force(book, benefit, at.ordinal)
    conditions = tuple(_condition(evaluator, one, at) for one in benefit.conditions) if in_force else ()
    amount = _amount(evaluator, benefit, at)
    reasons = dict.fromkeys((*found.reasons, *(amount.reasons if amount is not None else ())))
    changes: tuple[Change, ...] = ()
    if found.value is False and in_force:
        changes = tuple(_changes(evaluator, benefit, conditions, at))
    clauses = rests_on(book, [code for code in (benefit.code, benefit.amount_code) if code], at.ordinal)
    state: State = "unknown" if found.value is None else "entitled" if found.value else "not_entitled"
    return Answer(
        code=benefit.code,
        instrument=benefit.instrument,
        kind=benefit.kind,
        name=benefit.name,
        entity=at.entity,
        reporter=at.key,
        period=period,
        state=state if in_force is not False else "not_in_force",
        amount=amount,
        conditions=conditions,
        missing=tuple(missing_figures(book, reasons)),
        open=_messages(reasons, lambda kind: kind in _NO_RULE),
        obstacles=_messages(reasons, lambda kind: kind not in _NO_RULE | _NOT_REPORTED),
        changes=changes,
        changes_suffice=_together(evaluator, benefit, conditions, changes, at),
        excludes=tuple(_excludes(evaluator, benefit, at)),
        claim=_claim(evaluator, benefit, amount, at),
        documents=benefit.documents,
        deadlines=tuple(_deadlines(book, benefit, at.ordinal)),
        citation=citation(book, book.derived[benefit.code]),
        rests_on=clauses,
        confidence=clauses[0].confidence if clauses else benefit.confidence,
        note=benefit.note,
        book=book.name,
        version=book.version,
        as_of=as_of,
    )


def _in_force(book: Book, benefit: Benefit, ordinal: int) -> bool | None:
    """Whether the benefit is in force in the period; None when that is not known."""
    rule, _ = book.rule_in(benefit.code, ordinal)
    if rule is None:
        return None
    return not (isinstance(rule, tree.Literal) and rule.value is False)


def _condition(evaluator: Evaluator, condition: Condition, at: At) -> ConditionAnswer:
    book = evaluator.book
    rule, _ = book.rule_in(condition.code, at.ordinal)
    found = evaluator.figure(condition.code, at)
    return ConditionAnswer(
        condition.code,
        condition.name,
        None if found.value is None else found.value is True,
        () if rule is None else tests(evaluator, rule, at),
        found.reasons,
        citation_in(book, book.derived[condition.code], at.ordinal),
        condition.remedy,
        condition.note,
    )


def _amount(evaluator: Evaluator, benefit: Benefit, at: At) -> Amount | None:
    if benefit.amount is None or benefit.amount_code is None:
        return None
    code, book = benefit.amount_code, evaluator.book
    found = evaluator.figure(code, at)
    worth = None
    rule, _ = book.rule_in(code, at.ordinal)
    if isinstance(rule, tree.Case):
        worth = evaluator.node(rule.branches[0][1], at).value
    entry = book.derived[code]

    def shown(value: object) -> Decimal | None:
        if not isinstance(value, Fraction):
            return None
        exact = rounded(value, entry.scale or 0, entry.rounding)
        return (Decimal(exact.numerator) / exact.denominator).quantize(Decimal(1).scaleb(-(entry.scale or 0)))

    clause = citation_in(book, entry, at.ordinal)
    return Amount(benefit.amount.name, benefit.amount.unit, shown(found.value), shown(worth), clause, found.reasons)


def _messages(reasons: Iterable[Reason], wanted: Callable[[str], bool]) -> tuple[Text, ...]:
    return tuple(dict.fromkeys(reason.message for reason in reasons if wanted(reason.kind)))


def missing_figures(book: Book, reasons: Iterable[Reason]) -> Iterator[Missing]:
    """The reported figures that are not there, as far as the ``reasons`` name them."""
    seen: set[tuple[str, At]] = set()
    for reason in reasons:
        item = book.items.get(reason.code)
        if reason.kind in _NOT_REPORTED and item is not None and (item.code, reason.at) not in seen:
            seen.add((item.code, reason.at))
            period = period_text(reason.at.ordinal, book.frequency)
            yield Missing(item.code, item.name, item.entity, reason.at.key, period, item.unit or "", item.form)


def _changes(evaluator: Evaluator, benefit: Benefit, conditions: Iterable[ConditionAnswer], at: At) -> Iterator[Change]:
    """For each comparison that does not hold in a condition that is not met: what would meet it."""
    seen: set[tuple[str, object]] = set()
    for condition in conditions:
        if condition.met is not False:
            continue
        for comparison in leaves(condition.tests):
            if comparison.holds is False:
                change = change_for(evaluator, comparison, at, benefit.code)
                if change is not None and (change.code, change.then) not in seen:
                    seen.add((change.code, change.then))
                    yield change


def _together(
    evaluator: Evaluator,
    benefit: Benefit,
    conditions: tuple[ConditionAnswer, ...],
    changes: tuple[Change, ...],
    at: At,
) -> bool | None:
    """Whether the changes, all of them made, open the benefit; None where that is not known or all is met."""
    if all(condition.met is not False for condition in conditions):
        return None
    after = evaluator.supposing({(change.code, at): change.then for change in changes})
    value = after.figure(benefit.code, at).value
    return value if isinstance(value, bool) else None


def _excludes(evaluator: Evaluator, benefit: Benefit, at: At) -> Iterator[ExclusionAnswer]:
    """The benefits that cannot be had beside this one, whichever of the two says so."""
    book = evaluator.book
    for code, exclusion in _excluded(book, benefit).items():
        other = book.benefits[code]
        value = evaluator.figure(code, at).value if other.entity == at.entity else None
        entitled = value if isinstance(value, bool) else None
        clause = cited(book, exclusion.source, exclusion.confidence)
        yield ExclusionAnswer(code, other.name, entitled, clause, exclusion.note)


def _excluded(book: Book, benefit: Benefit) -> dict[str, Exclusion]:
    said = {exclusion.benefit: exclusion for exclusion in benefit.excludes}
    for other in book.benefits.values():
        for exclusion in other.excludes:
            if exclusion.benefit == benefit.code:
                said.setdefault(other.code, exclusion)
    return said


def _claim(evaluator: Evaluator, benefit: Benefit, amount: Amount | None, at: At) -> Claim | None:
    """Whether the benefit has been claimed, as far as an item of the book says so."""
    if benefit.claimed is None:
        return None
    value = evaluator.figure(benefit.claimed, at).value
    if value is None:
        return "unknown"
    if isinstance(value, Fraction):
        due = amount.value if amount is not None else None
        if not value:
            return "not_claimed"
        return "partly" if due is not None and value < Fraction(due) else "claimed"
    return "claimed" if value else "not_claimed"


def _deadlines(book: Book, benefit: Benefit, ordinal: int) -> Iterator[DeadlineAnswer]:
    first, last = period_dates(ordinal, book.frequency)
    year = period_year(ordinal, book.frequency)
    for deadline in benefit.deadlines:
        if deadline.from_ <= last and (deadline.to is None or deadline.to >= first):
            clause = cited(book, deadline.source, deadline.confidence)
            yield DeadlineAnswer(deadline.name, deadline.when(year), deadline.text or Text("", ""), clause)

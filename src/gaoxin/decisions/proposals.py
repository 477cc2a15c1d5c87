"""What the rules propose, zone by zone: with the rule, the figures, the history, the vetoes and the certainty."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import isnan
from typing import Literal

from gaoxin.decisions.certainty import Certainty, certainty_of
from gaoxin.decisions.figures import GROUP_RANK, RANK, SCORE, Result, ranked_in, result_rows
from gaoxin.decisions.reversal import Reversal, reversal_of
from gaoxin.problems import InputError, Problem
from gaoxin.rulebook.book import Book
from gaoxin.rulebook.decisions import ADVERSE, Action, Decision
from gaoxin.rulebook.entries import Confidence
from gaoxin.rulebook.evaluate import At, Evaluator
from gaoxin.rulebook.explain import Citation, Explanation, citation, citation_in, explain_rows
from gaoxin.rulebook.periods import period_ordinal, period_text
from gaoxin.rulebook.plan import Plan
from gaoxin.runs.result import RunResult
from gaoxin.words import Text

State = Literal["proposed", "barred", "unknown"]

NEAR = 0.2
"""A rule that is false and yet true in this share of the draws is named as a near case."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a zone stood in one period; ranks are None where it had none."""

    period: str
    rank: float | None
    ranked: int
    score: float | None
    low: float | None
    high: float | None
    """The 5–95 % interval of the rank, where the run has one."""
    synthetic: bool


@dataclass(frozen=True, slots=True)
class Veto:
    """A rule that stands against an action. ``holds`` is True, or None where it could not be decided."""

    code: str
    name: Text
    holds: bool | None
    reasons: tuple[Text, ...]
    citation: Citation | None


@dataclass(frozen=True, slots=True)
class Proposal:
    """What one rule says of one zone.

    ``state`` is *proposed* (true, nothing stands against it), *barred* (true, but a veto holds) or *unknown* (it cannot
    be decided; ``reasons`` say why). ``graver`` names the rule of a graver action that is proposed for the same zone.
    ``vetoes`` are those that hold and those that nobody could decide: the latter are to be settled before a decision.
    """

    rule: str
    name: Text
    action: Action
    zone: str
    zone_name: str
    period: str
    state: State
    explanation: Explanation
    reasons: tuple[Text, ...]
    citation: Citation | None
    confidence: Confidence
    note: Text
    history: tuple[Standing, ...]
    vetoes: tuple[Veto, ...]
    graver: str | None
    certainty: Certainty | None
    uncertain_because: Text
    """Why there is no ``certainty``; empty where there is one."""
    reversal: Reversal | None
    statement_days: int | None
    plan_days: int | None
    rectification_days: int | None

    @property
    def leading(self) -> bool:
        """Whether this is what is proposed for the zone, and not a milder action beside a graver one."""
        return self.state == "proposed" and self.graver is None


@dataclass(frozen=True, slots=True)
class Near:
    """A rule that is not true of a zone, but would be in a good part of the draws."""

    rule: str
    name: Text
    action: Action
    zone: str
    zone_name: str
    certainty: Certainty


@dataclass(frozen=True, slots=True)
class Proposals:
    """Everything that a book proposes for one period."""

    book: str
    version: str
    title: Text
    period: str
    periods: tuple[str, ...]
    system: Text
    synthetic: bool
    proposals: tuple[Proposal, ...]
    near: tuple[Near, ...]
    differing: tuple[Text, ...]
    """What makes the years hard to compare: another system or version."""


def propose(book: Book, results: Sequence[Result], events: Iterable[Mapping[str, object]] = ()) -> Proposals:
    """Apply the decision rules of ``book`` to the latest of ``results``.

    Parameters
    ----------
    book
        A book with ``decisions``.
    results
        One per period, in any order; the latest is decided upon, earlier ones are for rules over several years.
    events
        Recorded facts (accidents, falsified data …), see :func:`gaoxin.decisions.figures.result_rows`. What is not
        recorded is unknown, and so is a veto that rests on it.

    Raises
    ------
    InputError
        The book has no decision rules, there are no results, two of one period, or an event does not fit.
    """
    if not book.decisions:
        message = Text(f"{book.name} 中没有判定规则", f"{book.name} has no decision rules")
        remedy = Text("请用有 decisions 的规则书", "choose a book with decisions")
        raise InputError([Problem("decisions.none", "error", message, remedy)])
    if not results:
        message = Text("没有评价结果", "there are no results of an evaluation")
        raise InputError([Problem("decisions.no-results", "error", message)])
    ordered = sorted(results, key=lambda one: one.run.period)
    entity = next(iter(book.decisions.values())).entity
    rows = result_rows(book, entity, [one.run for one in ordered], events)
    latest = ordered[-1].run
    plan = book.compile(list(book.decisions), periods=[latest.period])
    judge = _Judge(book, plan, Evaluator(book, rows), entity, ordered)
    names = {unit.code: unit.name for one in ordered for unit in (*one.run.absent, *one.run.units)}
    ordinal = period_ordinal(latest.period, book.frequency)
    zones = sorted({key for key, at in rows.returns[entity] if at == ordinal})
    proposals: list[Proposal] = []
    near: list[Near] = []
    for zone in zones:
        found, close = judge.zone(At(entity, zone, ordinal), names.get(zone, zone))
        proposals += found
        near += close
    return Proposals(
        book=book.name,
        version=book.version,
        title=book.title,
        period=latest.period,
        periods=tuple(one.run.period for one in ordered),
        system=latest.system_title,
        synthetic=any(one.run.synthetic for one in ordered),
        proposals=tuple(proposals),
        near=tuple(near),
        differing=tuple(_differing(ordered)),
    )


@dataclass
class _Judge:
    """Evaluates every rule for one zone after the other."""

    book: Book
    plan: Plan
    evaluator: Evaluator
    entity: str
    results: Sequence[Result]
    searched: dict[tuple[str, int], Reversal] = field(default_factory=dict)

    def zone(self, at: At, name: str) -> tuple[list[Proposal], list[Near]]:
        rules = self.book.decisions
        true = {code: self.evaluator.figure(code, at).value for code in rules}
        proposals, near = [], []
        for code, rule in rules.items():
            if rule.action is None:
                continue
            if true[code] is False:
                certainty, _ = self._certainty(rule, at)
                if certainty is not None and certainty.true >= NEAR:
                    near.append(Near(code, rule.name, rule.action, at.key, name, certainty))
                continue
            proposals.append(self._proposal(rule, at, name))
        return _with_graver(proposals), near

    def _proposal(self, rule: Decision, at: At, name: str) -> Proposal:
        assert rule.action is not None  # noqa: S101 - the caller has looked
        found = self.evaluator.figure(rule.code, at)
        vetoes = self._vetoes(rule.action, at)
        state: State = "unknown" if found.value is None else "proposed"
        if state == "proposed" and any(veto.holds for veto in vetoes):
            state = "barred"
        certainty, why = self._certainty(rule, at)
        entry = self.book.derived[rule.code]
        _, version = self.book.rule_in(rule.code, at.ordinal)
        return Proposal(
            rule=rule.code,
            name=rule.name,
            action=rule.action,
            zone=at.key,
            zone_name=name,
            period=self.results[-1].run.period,
            state=state,
            explanation=explain_rows(self.plan, self.evaluator.rows, self.entity, at.key, at.ordinal, rule.code),
            reasons=tuple(reason.message for reason in found.reasons),
            citation=citation_in(self.book, entry, at.ordinal),
            confidence=version.confidence if version is not None and version.source else rule.confidence,
            note=rule.note,
            history=tuple(_standing(one.run, at.key) for one in self.results),
            vetoes=vetoes,
            graver=None,
            certainty=certainty,
            uncertain_because=why,
            reversal=self._reversal(rule, at) if found.value is True else None,
            statement_days=rule.terms.statement,
            plan_days=rule.terms.plan,
            rectification_days=rule.terms.rectification,
        )

    def _vetoes(self, action: Action, at: At) -> tuple[Veto, ...]:
        vetoes = []
        for code, rule in self.book.decisions.items():
            found = self.evaluator.figure(code, at)
            if action in rule.bars and found.value is not False:
                reasons = tuple(reason.message for reason in found.reasons)
                clause = citation(self.book, rule)
                vetoes.append(Veto(code, rule.name, True if found.value else None, reasons, clause))
        return tuple(vetoes)

    def _certainty(self, rule: Decision, at: At) -> tuple[Certainty | None, Text]:
        used = self._used(rule.code)
        if not used & {RANK, SCORE, GROUP_RANK}:
            return None, Text("依据记录的事实，不取决于名次", "it rests on recorded facts, not on the ranking")
        if used & {SCORE, GROUP_RANK}:
            return None, Text(
                "规则取决于得分或类内名次，模拟只给出名次，未作估计",
                "the rule rests on scores or on ranks inside a class, which the draws do not give: not estimated",
            )
        samples = {one.run.period: one.sample for one in self.results if one.sample is not None}
        needed = self._periods(rule.code, at)
        found = certainty_of(at.key, needed, samples, lambda ranks: self._supposing(rule.code, at, ranks))
        if found is None:
            return None, Text("没有该园区的模拟名次", "there are no drawn ranks of the zone")
        return found, Text("", "")

    def _supposing(self, code: str, at: At, ranks: Mapping[str, float]) -> bool | None:
        """The rule with other ranks of the zone in some periods."""
        frequency = self.book.frequency
        values = {
            (RANK, At(at.entity, at.key, period_ordinal(period, frequency))): Fraction(rank).limit_denominator(10)
            for period, rank in ranks.items()
            if not isnan(rank)
        }
        value = self.evaluator.supposing(values).figure(code, at).value
        return None if value is None else bool(value)

    def _reversal(self, rule: Decision, at: At) -> Reversal | None:
        if RANK not in self._used(rule.code):
            return None
        latest = self.results[-1]
        return reversal_of(
            latest.run,
            at.key,
            adverse=rule.action in ADVERSE,
            holds=lambda rank: self._supposing(rule.code, at, {latest.run.period: rank}),
            evaluation=latest.evaluation,
            searched=self.searched,
        )

    def _used(self, code: str) -> frozenset[str]:
        """Every entry that the rule rests on."""
        found, stack = {code}, [code]
        while stack:
            for used in self.book.expressions.uses.get(stack.pop(), frozenset()) - found:
                found.add(used)
                stack.append(used)
        return frozenset(found)

    def _periods(self, code: str, at: At) -> list[str]:
        """The periods whose rank can change the rule: those that its plan looks at."""
        own = self.book.compile([code], periods=[period_text(at.ordinal, self.book.frequency)])
        ordinals = sorted(own.needed.get(RANK, {at.ordinal}))
        return [period_text(ordinal, self.book.frequency) for ordinal in ordinals]


def _with_graver(proposals: list[Proposal]) -> list[Proposal]:
    """Mark the milder of several actions against one zone."""
    against = [one for one in proposals if one.state == "proposed" and one.action in ADVERSE]
    if not against:
        return proposals
    gravest = max(against, key=lambda one: ADVERSE.index(one.action))
    limit = ADVERSE.index(gravest.action)
    return [
        replace(one, graver=gravest.rule) if one in against and ADVERSE.index(one.action) < limit else one
        for one in proposals
    ]


def _standing(run: RunResult, zone: str) -> Standing:
    row = next((i for i, unit in enumerate(run.units) if unit.code == zone), None)
    ranked = ranked_in(run)
    if row is None:
        return Standing(run.period, None, ranked, None, None, None, run.synthetic)

    def known(value: float) -> float | None:
        return None if isnan(value) else float(value)

    robust = run.robustness
    return Standing(
        run.period,
        known(run.ranks[row, -1]),
        ranked,
        known(run.scores[row, -1]),
        known(robust.rank_low[row]) if robust else None,
        known(robust.rank_high[row]) if robust else None,
        run.synthetic,
    )


def _differing(results: Sequence[Result]) -> list[Text]:
    latest, found = results[-1].run, []
    for one in results[:-1]:
        if one.run.system != latest.system:
            names = f"{one.run.system} / {latest.system}"
            found.append(
                Text(
                    f"{one.run.period} 用的是另一指标体系（{names}），名次不宜直接相比",
                    f"{one.run.period} was evaluated by another system ({names}): ranks compare poorly",
                )
            )
        elif one.run.system_version != latest.system_version:
            versions = f"{one.run.system_version} / {latest.system_version}"
            found.append(
                Text(
                    f"{one.run.period} 的指标体系版本不同（{versions}）",
                    f"{one.run.period} was evaluated by another version of the system ({versions})",
                )
            )
    return found

"""What would reverse a finding: the rank at which the rule comes out otherwise, and the single change to that rank."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import ceil, isnan

from gaoxin.decisions.figures import ranked_in
from gaoxin.evaluation.diagnosis.attainment import Attainment, reach, reach_singly
from gaoxin.evaluation.index import Evaluation
from gaoxin.runs.result import Node, RunResult
from gaoxin.words import Text

SHOWN = 3
"""Single changes that are named, the smallest first."""


@dataclass(frozen=True, slots=True)
class Change:
    """One indicator that alone would reverse the finding, everything else as it is."""

    indicator: str
    name: Text
    unit: str
    before: float
    after: float
    rank: float
    """The rank in a full evaluation with the changed value."""


@dataclass(frozen=True, slots=True)
class Reversal:
    """What would reverse a finding.

    ``rank`` is the nearest rank in the period at which the rule comes out otherwise, None when no rank of this period
    does it. ``changes`` are single improvements that reach it (only for findings against a zone; None when not
    searched for, empty when no single one is enough); then ``together`` are the smallest improvements that reach it
    jointly, empty when even all of them do not.
    """

    rank: float | None
    changes: tuple[Change, ...] | None
    together: tuple[Change, ...] = ()


def reversal_of(
    run: RunResult,
    unit: str,
    *,
    adverse: bool,
    holds: Callable[[float], bool | None],
    evaluation: Evaluation | None,
    searched: dict[tuple[str, int], Reversal],
) -> Reversal:
    """Search what would reverse a rule that is true for ``unit``.

    ``holds`` is the rule, given the rank of the unit in this period. For findings against a zone better ranks are
    tried, for those in its favour worse ones. ``searched`` keeps what was found: several rules ask for the same rank.
    """
    row = next(i for i, one in enumerate(run.units) if one.code == unit)
    now = float(run.ranks[row, -1])
    ranked = ranked_in(run)
    if isnan(now):
        return Reversal(None, None)
    tried = range(ceil(now) - 1, 0, -1) if adverse else range(int(now) + 1, ranked + 1)
    needed = next((rank for rank in tried if holds(float(rank)) is False), None)
    if needed is None or not adverse or evaluation is None:
        return Reversal(None if needed is None else float(needed), None)
    if (unit, needed) not in searched:
        searched[unit, needed] = _search(run, unit, needed, evaluation)
    return searched[unit, needed]


def _search(run: RunResult, unit: str, needed: int, evaluation: Evaluation) -> Reversal:
    period = run.period if evaluation.periods is not None else None
    nodes = {node.code: node for node in run.nodes}
    singly = [one for one in reach_singly(evaluation, unit, float(needed), period=period) if one.attainable]
    changes = [change for one in singly[:SHOWN] for change in _changes(one, nodes)]
    if changes:
        return Reversal(float(needed), tuple(changes))
    return Reversal(float(needed), (), _changes(reach(evaluation, unit, float(needed), period=period), nodes))


def _changes(found: Attainment, nodes: Mapping[str, Node]) -> tuple[Change, ...]:
    changes = []
    for step in found.improvements:
        node = nodes[step.indicator]
        changes.append(Change(node.code, node.name, node.unit, step.before, step.after, found.rank_reached))
    return tuple(changes)

"""From an evaluation to the one object that every output shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from gaoxin.evaluation.adjustments import Adjusted
from gaoxin.evaluation.diagnosis.contributions import contributions
from gaoxin.evaluation.diagnosis.correlation import correlate, correlation_notes
from gaoxin.evaluation.diagnosis.reliability import alpha_by_node
from gaoxin.evaluation.diagnosis.strengths import profiles
from gaoxin.evaluation.groups import rank_within
from gaoxin.evaluation.index import Evaluation
from gaoxin.evaluation.method import Method
from gaoxin.evaluation.method_names import name_of
from gaoxin.evaluation.structure import Floats
from gaoxin.rulebook.entries import Clause, Document
from gaoxin.rulebook.indicators import INDEX, System
from gaoxin.rulebook.indicators import Node as SystemNode
from gaoxin.runs.result import (
    Adjustment,
    Citation,
    IndicatorNote,
    Node,
    PreviousStanding,
    RunResult,
    Unit,
    UnitNote,
)
from gaoxin.words import Text

STANDOUT = 5
"""Strengths and weaknesses named for each unit."""


def citation(clause: Clause | None, documents: Mapping[str, Document], confidence: str) -> Citation | None:
    """The clause in words, with the confidence of the entry itself."""
    document = documents.get(clause.document) if clause else None
    if clause is None or document is None:
        return None
    return Citation(
        title=document.title.zh,
        number=document.number or "",
        article=clause.article or "",
        confidence=confidence,
        url=document.url or "",
    )


def system_citation(system: System) -> Citation | None:
    """The document of the system itself."""
    document = system.documents.get(system.document or "")
    if document is None:
        return None
    return Citation(document.title.zh, document.number or "", "", document.confidence, document.url or "")


def nodes_of(system: System, evaluation: Evaluation) -> tuple[Node, ...]:
    """The nodes in the order of the evaluation: indicators first, the index last."""
    tree, method = evaluation.hierarchy, evaluation.method
    known = {node.no: node for node in system.nodes}
    highest = maxima(evaluation)
    effective = tree.effective_weights
    given = method.weighting.method == "given"
    found = []
    for i, code in enumerate(tree.codes):
        node = known.get(code)
        used = float(np.nanmean(evaluation.weights[:, i])) if not given else float(tree.weights[i])
        found.append(
            Node(
                code=code,
                name=node.name if node else system.title,
                parent=None if code == INDEX else tree.codes[tree.parents[i]],
                level=int(tree.levels[i]),
                weight=used,
                effective_weight=float(effective[i]),
                weight_confirmed=node.weight_confirmed if node else True,
                maximum=highest[i],
                unit=node.unit_name() if node and node.data else "",
                direction=node.direction if node else 1,
                source=(node.data or "") if node else "",
                formula=_formula(node),
                citation=citation(node.source, system.documents, node.confidence) if node else None,
            )
        )
    return tuple(found)


def _formula(node: SystemNode | None) -> str:
    return "" if node is None else node.expr or node.item or node.column


def maxima(evaluation: Evaluation) -> list[float | None]:
    """Highest attainable score of every node, where values keep to a scale and are combined by sums or means."""
    tree, method = evaluation.hierarchy, evaluation.method
    highest: list[float | None] = []
    for code in evaluation.indicators:
        spec = method.normalisation_of.get(code, method.normalisation)
        bounded = spec.method == "minmax" or (spec.method == "goalposts" and spec.clamp)
        highest.append(spec.high if bounded else None)
    for node in range(tree.n_indicators, tree.n_nodes):
        below = [highest[child] for child in tree.children[node].tolist()]
        spec_ = method.aggregation_at(tree.codes[node], int(tree.levels[node]))
        weights = tree.weights[tree.children[node]]
        values = [value for value in below if value is not None]
        if len(values) < len(below):
            highest.append(None)
        elif spec_.method == "weighted_sum":
            highest.append(float(np.dot(weights, values)))
        elif spec_.method in {"arithmetic", "geometric", "harmonic", "generalised", "median", "owa"}:
            highest.append(float(max(values)) if len(set(values)) == 1 else None)
        else:
            highest.append(None)
    return highest


def method_in_words(method: Method, system: System) -> tuple[tuple[Text, Text], ...]:
    """What was done in each step, in the order of the chain."""
    scope = {
        "period": Text("按当期数据", "within each period"),
        "all": Text("各期合并", "over all periods together"),
        "base": Text(f"以 {method.normalisation.base_period} 期为基期", f"base {method.normalisation.base_period}"),
    }[method.normalisation.scope]
    scale = name_of(method.normalisation)
    clamp = Text("，截断于区间内", ", clamped to the scale") if method.normalisation.clamp else Text("", "")
    statuses = system.weights_by_status
    known = {
        "official": Text("官方", "official"),
        "quoted": Text("引自官方文本", "quoted"),
        "secondary": Text("非官方来源", "secondary"),
        "inferred": Text("推断", "inferred"),
        "unconfirmed": Text("未确认（按 1 计）", "unconfirmed (counted 1)"),
    }
    counts = [(known[status], n) for status, n in statuses.items() if n]
    weights = name_of(method.weighting)
    steps = [
        (Text("缺失值", "missing values"), name_of(method.imputation)),
        (Text("异常值", "outliers"), name_of(method.treatment)),
        (
            Text("标准化", "normalisation"),
            Text(f"{scale.zh}，{scope.zh}{clamp.zh}", f"{scale.en}, {scope.en}{clamp.en}"),
        ),
        (
            Text("权重", "weights"),
            Text(
                f"{weights.zh}：" + "、".join(f"{name.zh} {n} 项" for name, n in counts),
                f"{weights.en}: " + ", ".join(f"{name.en} {n}" for name, n in counts),
            ),
        ),
        (Text("合成", "aggregation"), name_of(method.aggregation)),
    ]
    return tuple(steps)


def assemble(
    system: System,
    evaluation: Evaluation,
    *,
    period: str,
    complete_periods: Sequence[str],
    names: Mapping[str, str],
    coverage: Floats,
    adjusted: Adjusted | None,
) -> RunResult:
    """Cut the evaluation of all periods down to one period and add what every output shows.

    ``coverage`` has the shape (rows, n) of the evaluation. ``complete_periods`` are those whose figures reach back as
    far as the rules need; only they are shown as earlier standings.
    """
    rows = evaluation.rows_of(period) if evaluation.periods is not None else np.arange(len(evaluation.units))
    scores, ranks = evaluation.scores[rows].copy(), evaluation.ranks[rows].copy()
    parts = contributions(evaluation)
    codes = evaluation.hierarchy.codes
    units = tuple(
        Unit(
            evaluation.units[row],
            names.get(evaluation.units[row], evaluation.units[row]),
            evaluation.groups[row] if evaluation.groups else None,
        )
        for row in rows
    )
    group_ranks = None if evaluation.group_ranks is None else evaluation.group_ranks[rows, -1]
    adjustments: tuple[Adjustment, ...] = ()
    if adjusted is not None:
        scores[:, -1], ranks[:, -1] = adjusted.after, adjusted.rank
        adjustments = tuple(
            Adjustment(item.unit, item.kind, -item.points if item.kind == "deduction" else item.points, item.reason)
            for item in adjusted.items
        )
        if evaluation.groups is not None:
            # By the rank after the vetoes, not by the score: a veto that moves a unit back does so in its group too.
            group_ranks = rank_within(-adjusted.rank, [unit.group for unit in units], ties=evaluation.method.ties)
    return RunResult(
        title=Text(f"{system.title.zh} · {period}", f"{system.title.en} · {period}"),
        system=system.name,
        system_title=system.title,
        system_version=system.version,
        citation=system_citation(system),
        period=period,
        synthetic=False,
        units=units,
        nodes=nodes_of(system, evaluation),
        raw=evaluation.raw[rows],
        coverage=coverage[rows],
        imputed=evaluation.filled[rows],
        treated=evaluation.changed[rows],
        normalised=evaluation.normalised[rows],
        scores=scores,
        ranks=ranks,
        group_ranks=group_ranks,
        contributions=parts.values[rows],
        contributions_exact=parts.exact,
        contributions_base=parts.base[rows],
        absent=_absent(evaluation, period, names),
        adjustments=adjustments,
        previous=_previous(evaluation, period, complete_periods),
        correlation=correlate(evaluation.normalised[rows]).r,
        alpha=alpha_by_node(evaluation.scores[rows], evaluation.hierarchy),
        unit_notes=_unit_notes(evaluation, rows.tolist(), codes),
        indicator_notes=_indicator_notes(evaluation, rows.tolist()),
        robustness=None,
        problems=(),
        method=method_in_words(evaluation.method, system),
        sources=(),
    )


def _absent(evaluation: Evaluation, period: str, names: Mapping[str, str]) -> tuple[Unit, ...]:
    """Units of earlier periods that are not there now."""
    if evaluation.periods is None:
        return ()
    pairs = list(zip(evaluation.units, evaluation.periods, strict=True))
    here = {unit for unit, at in pairs if at == period}
    gone = dict.fromkeys(unit for unit, at in pairs if at < period and unit not in here)
    return tuple(Unit(unit, names.get(unit, unit)) for unit in gone)


def _previous(evaluation: Evaluation, period: str, complete: Sequence[str]) -> tuple[PreviousStanding, ...]:
    if evaluation.periods is None:
        return ()
    return tuple(
        PreviousStanding(at, unit, float(evaluation.scores[i, -1]), float(evaluation.ranks[i, -1]))
        for i, (unit, at) in enumerate(zip(evaluation.units, evaluation.periods, strict=True))
        if at != period and at in complete and not np.isnan(evaluation.ranks[i, -1])
    )


def _unit_notes(evaluation: Evaluation, rows: Sequence[int], codes: Sequence[str]) -> tuple[UnitNote, ...]:
    n = evaluation.hierarchy.n_indicators
    found: list[UnitNote] = []
    for profile in profiles(evaluation.normalised[rows], codes[:n], most=STANDOUT, ties=evaluation.method.ties):
        unit = evaluation.units[rows[profile.row]]
        for strength, standings in ((True, profile.strengths), (False, profile.weaknesses)):
            found.extend(UnitNote(unit, one.node, strength, one.score, one.peer_median, one.rank) for one in standings)
    return tuple(found)


def _indicator_notes(evaluation: Evaluation, rows: Sequence[int]) -> tuple[IndicatorNote, ...]:
    """What the chain noticed, and what the correlations tell; once per indicator concerned."""
    found = [
        IndicatorNote(code, note.step, note.message)
        for note in evaluation.notes
        for code in (note.nodes or (evaluation.hierarchy.codes[-1],))
    ]
    found.extend(
        IndicatorNote(note.nodes[0], note.kind, note.message)
        for note in correlation_notes(evaluation.scores[rows], evaluation.hierarchy)
    )
    return tuple(found)

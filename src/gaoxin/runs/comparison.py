"""Two runs side by side: who moved, and what changed between them (figures, weights, method, data)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gaoxin.evaluation.diagnosis.correlation import correlate
from gaoxin.evaluation.diagnosis.panel import RankChange, rank_change
from gaoxin.evaluation.structure import Floats
from gaoxin.problems import InputError, Problem
from gaoxin.runs.result import RunResult
from gaoxin.words import Text

LARGEST = 5
"""Changed indicator values that are named per unit."""


@dataclass(frozen=True, slots=True)
class UnitChange:
    """One unit in two runs."""

    code: str
    name: str
    rank_before: float
    rank_after: float
    score_before: float
    score_after: float
    own: float
    """Places gained by its own score."""
    others: float
    """Places gained because of the others."""
    entry: float
    """Places gained because units came or went."""
    contributions: tuple[tuple[str, float], ...]
    """The indicators whose contribution changed most: code and points, largest first."""


@dataclass(frozen=True, eq=False)
class Comparison:
    """What differs between two runs."""

    first: RunResult
    second: RunResult
    units: tuple[UnitChange, ...]
    """By rank in the second run; units of one run only come last."""
    differences: tuple[Text, ...]
    """What differs apart from the figures: system, period, weights, method, indicators, inputs."""
    rank_correlation: float
    """Spearman's rank correlation over the units of both; NaN below three."""


def compare(first: RunResult, second: RunResult) -> Comparison:
    """Compare two runs; they may differ in period, system, method or data.

    Raises InputError when they have no unit in common.
    """
    a, b = _index_of(first), _index_of(second)
    common = [code for code in a if code in b]
    if not common:
        problem = Problem(
            "compare.nothing",
            "error",
            Text("两次运行没有共同的单位", "the two runs have no unit in common"),
            Text("请比较同一批园区的运行", "compare runs over the same units"),
        )
        raise InputError([problem])
    codes = [*b, *(code for code in a if code not in b)]
    before = np.array([first.scores[a[code], -1] if code in a else np.nan for code in codes])
    after = np.array([second.scores[b[code], -1] if code in b else np.nan for code in codes])
    change = rank_change(codes, before, after)
    rank_before = np.array([first.ranks[a[code], -1] if code in a else np.nan for code in codes])
    rank_after = np.array([second.ranks[b[code], -1] if code in b else np.nan for code in codes])
    names = {unit.code: unit.name for unit in (*first.units, *second.units)}
    rows = [
        UnitChange(
            code=code,
            name=names[code],
            rank_before=float(rank_before[i]),
            rank_after=float(rank_after[i]),
            score_before=float(before[i]),
            score_after=float(after[i]),
            own=_at(change, "own", i),
            others=_at(change, "others", i),
            entry=_at(change, "entry", i),
            contributions=_contributions(first, second, a.get(code), b.get(code)),
        )
        for i, code in enumerate(codes)
    ]
    rows.sort(key=lambda row: (np.isnan(row.rank_after), row.rank_after, row.code))
    both = ~np.isnan(rank_before) & ~np.isnan(rank_after)
    return Comparison(first, second, tuple(rows), tuple(_differences(first, second)), _spearman(before, after, both))


def _index_of(result: RunResult) -> dict[str, int]:
    return {unit.code: i for i, unit in enumerate(result.units)}


def _at(change: RankChange, part: str, i: int) -> float:
    return float(getattr(change, part)[i])


def _spearman(before: Floats, after: Floats, both: NDArray[np.bool_]) -> float:
    if both.sum() < 3:
        return float("nan")
    return float(correlate(before[both, None], after[both, None], coefficient="spearman").r[0, 0])


def _contributions(first: RunResult, second: RunResult, i: int | None, j: int | None) -> tuple[tuple[str, float], ...]:
    """Change of the points of every indicator that both runs have, the largest first."""
    if i is None or j is None:
        return ()
    at = {node.code: n for n, node in enumerate(first.nodes[: first.raw.shape[1]])}
    found = []
    for n, node in enumerate(second.nodes[: second.raw.shape[1]]):
        if node.code in at:
            points = float(second.contributions[j, n] - first.contributions[i, at[node.code]])
            if points and not np.isnan(points):
                found.append((node.code, points))
    found.sort(key=lambda one: (-abs(one[1]), one[0]))
    return tuple(found[:LARGEST])


def _differences(first: RunResult, second: RunResult) -> list[Text]:
    found = []
    for zh, en, a, b in (
        ("评价期", "period", first.period, second.period),
        ("指标体系", "system", first.system, second.system),
        ("体系版本", "system version", first.system_version, second.system_version),
        ("参评单位数", "number of units", str(len(first.units)), str(len(second.units))),
    ):
        if a != b:
            found.append(Text(f"{zh}：{a} → {b}", f"{en}: {a} → {b}"))
    told = dict(first.method)
    for step, words in second.method:
        was = told.get(step)
        if was is not None and was != words:
            found.append(Text(f"{step.zh}：{was.zh} → {words.zh}", f"{step.en}: {was.en} → {words.en}"))
    weights = {node.code: node.weight for node in first.nodes}
    for node in second.nodes:
        if node.code in weights and weights[node.code] != node.weight:
            was_weight = f"{weights[node.code]:g} → {node.weight:g}"
            found.append(Text(f"{node.code} 的权重：{was_weight}", f"weight of {node.code}: {was_weight}"))
    gone = [node.code for node in first.nodes if node.code not in {n.code for n in second.nodes}]
    new = [node.code for node in second.nodes if node.code not in weights]
    if gone:
        found.append(Text(f"去掉的指标：{'、'.join(gone)}", f"indicators left out: {', '.join(gone)}"))
    if new:
        found.append(Text(f"新增的指标：{'、'.join(new)}", f"new indicators: {', '.join(new)}"))
    changed = sorted({name for name, _ in set(first.sources) ^ set(second.sources)})
    if changed:
        found.append(Text(f"输入文件不同：{'、'.join(changed)}", f"input files differ: {', '.join(changed)}"))
    return found

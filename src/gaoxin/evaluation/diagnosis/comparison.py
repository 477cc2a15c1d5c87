"""Two versions of an index side by side, and the index without each of its parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gaoxin.evaluation.diagnosis.correlation import correlate
from gaoxin.evaluation.errors import EvaluationError, listed
from gaoxin.evaluation.index import Evaluation
from gaoxin.evaluation.structure import Floats
from gaoxin.words import Text


@dataclass(frozen=True, eq=False)
class Comparison:
    """Ranks of the same rows in two versions, for the nodes that both have."""

    units: tuple[str, ...]
    periods: tuple[str, ...] | None
    nodes: tuple[str, ...]
    first: Floats
    second: Floats
    """Ranks, shape (rows, nodes)."""
    correlation: Floats
    """Spearman's correlation of the scores of each node, shape (nodes,)."""

    @property
    def gained(self) -> Floats:
        """Places gained from the first to the second version (negative: lost), shape (rows, nodes)."""
        return self.first - self.second

    @property
    def mean_shift(self) -> Floats:
        """Mean absolute change of rank over the rows ranked in both, shape (nodes,)."""
        return _mean_size(self.gained)


def compare(first: Evaluation, second: Evaluation) -> Comparison:
    """Ranks of two evaluations of the same units: other weights, another method, other data.

    Rows are matched by unit and period, nodes by code; what only one of them has is left out.

    Raises
    ------
    EvaluationError
        They have no unit or no index in common.
    """
    rows_of = [{key: row for row, key in enumerate(_keys(e))} for e in (first, second)]
    keys = [key for key in rows_of[0] if key in rows_of[1]]
    nodes = [code for code in first.hierarchy.codes if code in set(second.hierarchy.codes)]
    if not keys or not nodes:
        raise EvaluationError(
            Text("两次评价没有共同的单位或节点，无法比较", "the two evaluations have no unit or no node in common")
        )
    ranks, scores = [], []
    for evaluation, places in zip((first, second), rows_of, strict=True):
        cells = np.ix_([places[key] for key in keys], [evaluation.hierarchy.position(code) for code in nodes])
        ranks.append(evaluation.ranks[cells])
        scores.append(evaluation.scores[cells])
    return Comparison(
        units=tuple(unit for unit, _ in keys),
        periods=None if first.periods is None else tuple(str(period) for _, period in keys),
        nodes=tuple(nodes),
        first=ranks[0],
        second=ranks[1],
        correlation=np.array(
            [correlate(scores[0][:, [k]], scores[1][:, [k]], coefficient="spearman").r[0, 0] for k in range(len(nodes))]
        ),
    )


@dataclass(frozen=True, eq=False)
class Removal:
    """The ranks of the index with each of k nodes left out in turn."""

    nodes: tuple[str, ...]
    nominal: Floats
    """Ranks with everything, shape (rows,)."""
    ranks: Floats
    """Ranks without each node, shape (rows, k)."""

    @property
    def mean_shift(self) -> Floats:
        """Mean absolute change of rank, shape (k,): how much the ranking depends on each node."""
        return _mean_size(self.ranks - self.nominal[:, None])


def without_each(evaluation: Evaluation, nodes: Sequence[str] | None = None, *, level: int | None = None) -> Removal:
    """Rank again with the weight of each node set to 0; weights that follow from data are found again.

    Parameters
    ----------
    evaluation
        The index with everything.
    nodes, level
        Which nodes: by code, or all of a level (indicators are 1); default: all indicators. Where several are asked
        for by name they are still left out one at a time.
    """
    tree = evaluation.hierarchy
    if nodes is None:
        nodes = [tree.codes[i] for i in np.flatnonzero(tree.levels == (level or 1)).tolist() if tree.parents[i] >= 0]
    places = [tree.position(code) for code in nodes]
    if any(tree.parents[place] < 0 for place in places) or not places:
        which = listed(nodes)
        raise EvaluationError(
            Text(
                f"无法剔除：{which.zh or '该层没有节点'}", f"cannot be left out: {which.en or 'no node has that level'}"
            )
        )
    ranks = np.empty((len(evaluation.units), len(places)))
    for k, place in enumerate(places):
        weights = tree.weights.copy()
        weights[place] = 0.0
        ranks[:, k] = evaluation.with_weights(weights).ranks[:, -1]
    return Removal(tuple(nodes), evaluation.ranks[:, -1], ranks)


def _keys(evaluation: Evaluation) -> list[tuple[str, str | None]]:
    periods = evaluation.periods or (None,) * len(evaluation.units)
    return list(zip(evaluation.units, periods, strict=True))


def _mean_size(shifts: Floats) -> Floats:
    """Mean absolute value of every column over what is there; NaN where nothing is."""
    there = ~np.isnan(shifts)
    total = np.where(there, np.abs(shifts), 0.0).sum(axis=0)
    mean: Floats = np.divide(total, there.sum(axis=0), out=np.full(shifts.shape[1], np.nan), where=there.any(axis=0))
    return mean

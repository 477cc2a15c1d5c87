"""What each indicator contributes to the index (贡献): parts that add up exactly to the score."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaoxin.evaluation.diagnosis.attribution import Attribution, Kind, attribute
from gaoxin.evaluation.index import Evaluation
from gaoxin.evaluation.moments import means
from gaoxin.evaluation.scoring import aggregation_of
from gaoxin.evaluation.structure import Floats, Hierarchy


@dataclass(frozen=True, eq=False)
class Contributions:
    """Parts of the score of one node, for u rows and n indicators."""

    values: Floats
    """Points of each indicator, shape (u, n); 0 for those that are missing or not below the node, NaN in rows without
    score. ``values.sum(axis=1) + base`` is the score."""
    base: Floats
    """Where the counting starts, shape (u,): 0, or where the method compares units with each other about the score of
    the mean of the peers."""
    score: Floats
    """Score of the node, shape (u,)."""
    exact: bool
    """True when the node is made by weighted sums and arithmetic means all the way: then the parts are the score, and
    no other reading is possible. Otherwise they follow from the rule named in ``kinds``; they add up all the same."""
    kinds: dict[str, Kind]
    """Rule by aggregate (see ``attribution``)."""

    def by_node(self, tree: Hierarchy) -> Floats:
        """Points of every node, the sum over its indicators, shape (u, m)."""
        return np.stack([self.values[:, below].sum(axis=1) for below in tree.indicators_below], axis=1)

    def variance_shares(self) -> Floats:
        """Share of each indicator in the differences between the units: cov(part, score)/var(score), shape (n,).

        The shares sum to 1 (less that of the base). An indicator with a large weight and a small share says nearly the
        same of everybody; a negative share narrows the differences that the others make. NaN when all scores are equal.
        """
        there = ~np.isnan(self.score)
        score = self.score[there] - self.score[there].mean() if there.any() else np.zeros(0)
        variance = float(score @ score)
        shares: Floats = score @ self.values[there]
        return shares / variance if variance > 0 else np.full(len(shares), np.nan)


def contributions(evaluation: Evaluation, node: str | None = None) -> Contributions:
    """Parts that the indicators contribute to the score of a node (default: the index).

    The line of every aggregate (see ``attribution``) is handed down the tree: the multiplier of an indicator is the
    product of the multipliers on its way to the node, its contribution the multiplier times its normalised value; or
    times the distance from the mean of its peers, where a node on the way compares units with each other.

    Returns
    -------
    Contributions; their sum differs from the score by rounding only (less than 1e-12 of its size).
    """
    tree = evaluation.hierarchy
    top = tree.position(node) if node is not None else tree.n_nodes - 1
    n = tree.n_indicators
    u = len(evaluation.units)
    values, base = np.full((u, n), np.nan), np.full(u, np.nan)
    inside = np.zeros(tree.n_nodes, dtype=np.bool_)
    inside[top] = True
    for child in range(top - 1, -1, -1):
        inside[child] = inside[tree.parents[child]]
    kinds: dict[str, Kind] = {}
    for rows in evaluation.blocks:
        scores = evaluation.scores[rows]
        multiplier, constant = np.zeros((len(rows), tree.n_nodes)), np.zeros(len(rows))
        multiplier[:, top] = 1.0
        from_mean = np.zeros(tree.n_nodes, dtype=np.bool_)
        for aggregate in range(top, n - 1, -1):
            if inside[aggregate]:
                below = tree.children[aggregate]
                line = _line(evaluation, aggregate, scores, evaluation.weights[rows][:, below])
                kinds[tree.codes[aggregate]] = line.kind
                own = multiplier[:, aggregate]
                # A missing child has no score and takes no part: 0, not 0 × NaN.
                counts = own != 0
                multiplier[:, below] = np.where(counts[:, None], own[:, None] * line.multipliers, 0.0)
                constant += np.where(counts, own * line.constant, 0.0)
                from_mean[below] = from_mean[aggregate] or line.from_mean
        z, slope = scores[:, :n], multiplier[:, :n]
        start = np.where(from_mean[:n] & ~np.isnan(z).all(axis=0), means(z), 0.0)
        scored = ~np.isnan(scores[:, top])
        values[rows] = np.where(scored[:, None], np.where(slope != 0, slope * (z - start), 0.0), np.nan)
        base[rows] = np.where(scored, constant + slope @ start, np.nan)
    return Contributions(
        values=values,
        base=base,
        score=evaluation.scores[:, top],
        exact=all(kind == "additive" for kind in kinds.values()),
        kinds=kinds,
    )


def _line(evaluation: Evaluation, node: int, scores: Floats, weights: Floats) -> Attribution:
    tree = evaluation.hierarchy
    spec = aggregation_of(tree, evaluation.method, node)
    shared = len(weights) == 0 or bool((weights == weights[:1]).all())
    w = weights[0] if shared and len(weights) else weights
    return attribute(scores[:, tree.children[node]], w, scores[:, node], spec)

"""From normalised indicators up the tree to the index, with weights that are given or found on the way."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from gaoxin.evaluation.aggregate import aggregate
from gaoxin.evaluation.errors import EvaluationError
from gaoxin.evaluation.method import Aggregation, Method
from gaoxin.evaluation.structure import Floats, Hierarchy
from gaoxin.words import Text

COMPARES_UNITS = frozenset({"mpi", "ampi", "topsis", "vikor", "grey", "copeland"})
"""Aggregations in which the score of a unit depends on who else is evaluated (MPI and AMPI by their own scale)."""

Weigh = Callable[[int, Floats], Floats]
"""Weights of the children of a node from the node and its children's scores (u, k): shape (k,), or (u, k)."""


def compares_units(tree: Hierarchy, method: Method) -> bool:
    """Whether any score of the method depends on who else is evaluated, once the indicators are normalised."""
    specs = [method.aggregation_at(tree.codes[a], int(tree.levels[a])) for a in range(tree.n_indicators, tree.n_nodes)]
    return any(s.method in COMPARES_UNITS and not (s.method in ("mpi", "ampi") and s.norm == "none") for s in specs)


def score_tree(
    z: Floats,
    tree: Hierarchy,
    method: Method,
    weights: Floats | Weigh,
    *,
    units: Sequence[str] | None = None,
) -> tuple[Floats, Floats]:
    """Scores of all nodes of units that are compared with each other, and the weights that made them.

    Parameters
    ----------
    z
        Normalised indicators, shape (…, u, n), NaN missing; leading axes only with weights of shape (m,).
    tree, method
        The system; of the method only the aggregation counts here.
    weights
        Weight of every node inside its parent, shape (m,) or (u, m), or a function that finds the weights of the
        children of a node from their scores.
    units
        Codes for messages.

    Returns
    -------
    Scores (…, u, m) and weights (u, m), the index last; the root's weight is 1.
    """
    *lead, u, n = z.shape
    scores = np.empty((*lead, u, tree.n_nodes))
    scores[..., :n] = z
    used = np.ones((u, tree.n_nodes))
    for node in range(n, tree.n_nodes):
        below = tree.children[node]
        spec = method.aggregation_at(tree.codes[node], int(tree.levels[node]))
        w = weights(node, scores[..., below]) if callable(weights) else weights[..., below]
        used[:, below] = w
        scores[..., node] = aggregate_units(
            scores[..., below], w, spec, units=units, children=[tree.codes[child] for child in below]
        )
    return scores, used


def aggregate_units(
    x: Floats,
    w: Floats,
    spec: Aggregation,
    *,
    units: Sequence[str] | None = None,
    children: Sequence[str] | None = None,
) -> Floats:
    """``aggregate`` with weights (k,) that all units share, or (u, k) where each has its own (benefit of the doubt).

    Weights of its own make sense only where a unit is scored by itself.
    """
    if w.ndim == 2 and (w == w[:1]).all():
        w = w[0]
    if w.ndim == 1:
        return aggregate(x, w, spec, units=units, children=children)
    if spec.method in COMPARES_UNITS:
        raise EvaluationError(
            Text(
                f"{spec.method} 用同一组权重比较各单位，不能与各单位自有的权重合用；请改用 arithmetic 或 weighted_sum",
                f"{spec.method} compares units by one set of weights and cannot use weights of their own; use "
                "arithmetic or weighted_sum",
            )
        )
    return aggregate(x[:, None, :], w, spec)[:, 0]

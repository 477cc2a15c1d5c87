"""From normalised indicators up the tree to the index, with weights that are given or found on the way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gaoxin.evaluation.aggregation.aggregate import aggregate
from gaoxin.evaluation.children import DomainError, withhold
from gaoxin.evaluation.errors import EvaluationError
from gaoxin.evaluation.groups import rows_by
from gaoxin.evaluation.method import Aggregation, Method
from gaoxin.evaluation.notes import Note
from gaoxin.evaluation.structure import Floats, Hierarchy, Ints
from gaoxin.evaluation.weights.benefit_of_the_doubt import benefit_of_the_doubt
from gaoxin.evaluation.weights.derive import derive
from gaoxin.words import Text

Flags = NDArray[np.bool_]

COMPARES_UNITS = frozenset({"mpi", "ampi", "topsis", "vikor", "grey", "copeland"})
"""Aggregations in which the score of a unit depends on who else is evaluated (MPI and AMPI by their own scale)."""

Weigh = Callable[[int, Floats], Floats]
"""Weights of the children of a node from the node and its children's scores (u, k): shape (k,), or (u, k)."""


def compares_units(tree: Hierarchy, method: Method) -> bool:
    """Whether any score of the method depends on who else is evaluated, once the indicators are normalised."""
    specs = [aggregation_of(tree, method, node) for node in range(tree.n_indicators, tree.n_nodes)]
    return any(s.method in COMPARES_UNITS and not (s.method in ("mpi", "ampi") and s.norm == "none") for s in specs)


def aggregation_of(tree: Hierarchy, method: Method, node: int) -> Aggregation:
    """How a node is made. Benefit of the doubt is a weighted sum by itself; other aggregations do not go with it."""
    spec = method.aggregation_at(tree.codes[node], int(tree.levels[node]))
    if method.weighting.method != "benefit_of_the_doubt":
        return spec
    if spec.method not in ("arithmetic", "weighted_sum"):
        raise EvaluationError(
            Text(
                f"{tree.codes[node]}：最有利权重法（benefit_of_the_doubt）本身即加权求和，不能与 {spec.method} 合用",
                f"{tree.codes[node]}: benefit_of_the_doubt is a weighted sum and does not go with {spec.method}; use "
                "arithmetic",
            )
        )
    return Aggregation(method="weighted_sum", min_availability=spec.min_availability)


@dataclass(frozen=True, eq=False)
class Weigher:
    """Weights of the children of each node by the specification of a method, found while the tree is scored.

    ``given`` are the weights of the system, shape (m,). Remarks of the methods are added to ``notes``.
    """

    tree: Hierarchy
    method: Method
    given: Floats
    units: Sequence[str]
    notes: list[Note]

    def __call__(self, node: int, x: Floats) -> Floats:
        """Weights (k,) of the children of ``node`` from their scores (u, k); (u, k) for benefit of the doubt."""
        below, spec = self.tree.children[node], self.method.weighting
        parent, codes = self.tree.codes[node], [self.tree.codes[child] for child in below]
        given = self.given[below]
        if spec.method == "benefit_of_the_doubt":
            return self._own_weights(x, given, codes)
        found = derive(
            x,
            spec,
            parent=parent,
            codes=codes,
            given=given,
            aggregation=aggregation_of(self.tree, self.method, node),
            units=self.units,
        )
        self.notes.extend(Note("weights", text, nodes=(parent,)) for text in found.notes)
        return found.weights

    def _own_weights(self, x: Floats, given: Floats, codes: Sequence[str]) -> Floats:
        """Most favourable weights of every unit, scaled so that a unit whom nobody beats has the best child's value.

        So the parent stays on the scale of its children; by itself the method gives 1.
        """
        weights = np.zeros(x.shape)
        used = np.flatnonzero(given > 0)
        if used.size and not np.isnan(x[:, used]).all():
            try:
                found = benefit_of_the_doubt(x[:, used], bounds=self.method.weighting.bounds)
            except DomainError as error:
                raise error.named(self.units, [codes[i] for i in used.tolist()]) from None
            weights[:, used] = found.weights * np.nanmax(x[:, used])
        return weights


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
        spec = aggregation_of(tree, method, node)
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
    """``aggregate`` with weights (k,) that all units share, or the sum Σwx with weights (u, k) of each unit's own.

    Own weights come from benefit of the doubt, which is a sum with weights for the children that a unit has; children
    that nobody gives a weight do not count for ``min_availability``.
    """
    if w.ndim == 1 or (w == w[:1]).all():
        return aggregate(x, w if w.ndim == 1 else w[0], spec, units=units, children=children)
    counted: Floats = np.any(w > 0, axis=0).astype(np.float64)
    held = withhold(x, counted, spec.min_availability)
    sums = np.einsum("uk,uk->u", np.nan_to_num(held), w)
    return np.where(np.isnan(held).all(axis=1), np.nan, sums)


def score_rows(
    z: Floats,
    hierarchy: Hierarchy,
    method: Method,
    times: Sequence[str] | None,
    names: Sequence[str],
    unit_kept: Flags,
    indicator_kept: Flags,
) -> tuple[Floats, Floats, list[Note]]:
    """Scores and weights of all rows, block by block, and what the weighting has to say.

    Parameters
    ----------
    z
        Normalised indicators, shape (u, n).
    hierarchy, method
        The system and its method.
    times, names
        Period of every row, and how messages call it.
    unit_kept, indicator_kept
        What passed the screening, shape (u,) and (n,); the rest has no scores, and weights of 0.

    Returns
    -------
    Scores and weights, shape (u, m), NaN in rows that were left out, and notes.
    """
    scores, used = np.full((2, len(z), hierarchy.n_nodes), np.nan)
    notes: list[Note] = []
    given = _without(hierarchy, indicator_kept)
    for block in blocks(method, times, unit_kept):
        block_names = [names[i] for i in block.tolist()]
        weigh: Floats | Weigher = Weigher(hierarchy, method, given, block_names, notes)
        if (base := _base_rows(method, times, block)) is not None:
            base_names = [names[i] for i in base.tolist()]
            on_base = Weigher(hierarchy, method, given, base_names, notes)
            weigh = score_tree(z[base], hierarchy, method, on_base, units=base_names)[1][0]
        scores[block], used[block] = score_tree(z[block], hierarchy, method, weigh, units=block_names)
    return scores, used, notes


def blocks(method: Method, times: Sequence[str] | None, kept: Flags) -> tuple[Ints, ...]:
    """Rows that are evaluated together: those of each period when it has a scale of its own, else all of them."""
    if times is None or method.normalisation.scope != "period":
        return (np.flatnonzero(kept),)
    return tuple(rows[kept[rows]] for rows in rows_by(times).values() if kept[rows].any())


def _base_rows(method: Method, times: Sequence[str] | None, block: Ints) -> Ints | None:
    """Rows of the base period, when weights that follow from data are held at those of the base period."""
    spec, weighting = method.normalisation, method.weighting.method
    if spec.scope != "base" or times is None or weighting in ("given", "benefit_of_the_doubt"):
        return None
    return block[[times[row] == str(spec.base_period) for row in block.tolist()]]


def _without(tree: Hierarchy, indicator_kept: Flags) -> Floats:
    """Weights without the indicators that were left out: their weight goes to their siblings in proportion."""
    if indicator_kept.all():
        return tree.weights
    weights = tree.weights.copy()
    active = np.concatenate([indicator_kept, np.ones(tree.n_nodes - tree.n_indicators, dtype=np.bool_)])
    for node in range(tree.n_indicators, tree.n_nodes):
        below = tree.children[node]
        active[node] = active[below].any()
        left = tree.weights[below[active[below]]].sum()
        weights[below] = np.where(active[below], tree.weights[below], 0.0)
        if left > 0:
            weights[below] *= tree.weights[below].sum() / left
    return weights

"""Weights that give the children the importance they are meant to have (按目标重要性反推权重).

A weight is not an importance: a child that correlates with its siblings has more say in the score than its weight
suggests, one that runs against them less. Importance here is the share of the child's correlation with the score in
the sum of all children's correlations.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import ArrayLike

from gaoxin.evaluation.aggregation.means import arithmetic
from gaoxin.evaluation.children import any_missing, ratio
from gaoxin.evaluation.diagnosis.correlation import correlate
from gaoxin.evaluation.errors import EvaluationError, listed
from gaoxin.evaluation.moments import extremes
from gaoxin.evaluation.structure import Floats
from gaoxin.words import Text

Score = Callable[[Floats], Floats]
"""Scores of the units, shape (…, units), for weights of shape (…, k)."""

OPTIMAL_SLOPE = 1e-6
"""A numerical search has converged when no shift of weight lowers Σ(importance − target)² faster than this."""

SCATTERED = 200
"""Weights spread over the simplex that are tried for a start of the numerical search (always the same ones)."""

UNDEFINED = 1e3
"""Distance from the targets of weights under which there is no importance; any real distance is far below."""


@dataclass(frozen=True, eq=False)
class OptimisedWeights:
    """Weights ≥ 0, sum 1, and what they achieve; arrays of length k in the order of the children."""

    weights: Floats
    target: Floats
    """The importance asked for, sum 1."""
    importance: Floats
    """The importance that ``weights`` (these, not some last trial) give, sum 1."""
    converged: bool
    """Whether the search ended in an optimum: no other weights ≥ 0 near by come closer to the targets."""
    reached: bool
    """Whether every importance is within the tolerance of its target. An optimum need not reach the targets: with
    correlated children that may take negative weights."""

    @property
    def gap(self) -> float:
        """Largest distance between an importance and its target."""
        return float(np.abs(self.importance - self.target).max())


def optimised(
    x: ArrayLike,
    targets: Mapping[str, float] | None,
    codes: Sequence[str],
    *,
    score: Score | None = None,
    tolerance: float = 1e-3,
) -> OptimisedWeights:
    """Weights on the simplex that bring the importance of the children closest to the targets (least squares).

    With covariances C, standard deviations σ and the score y = Σwx, the correlations are (Cw)_j / (σ_j·σ_y), so their
    shares are those of a = diag(1/σ)·C·w. Up to the scale of w, min Σ(a_j − t_j)² subject to Σa = 1, w ≥ 0 is a convex
    problem with one optimum, solved exactly (non-negative least squares). When children are missing or the score is not
    a weighted mean, the same distance is minimised numerically (SLSQP) from that solution, from equal weights and from
    the best of a fixed scatter of weights.

    Parameters
    ----------
    x
        Values of the children, shape (units, k), NaN is missing (correlations are pairwise complete).
    targets
        Importance by code, for all of ``codes``, ≥ 0, of any scale; None: the same for all.
    codes
        Codes of the children in the order of the columns.
    score
        How weights become scores when the parent is not their weighted arithmetic mean.
    tolerance
        How near every importance must come for the targets to count as reached.

    Returns
    -------
    OptimisedWeights.

    Raises
    ------
    EvaluationError for targets that do not fit the codes, and for a child that is constant over the units.

    Source: Becker, Saisana, Paruolo, Vandecasteele (2017), Weights and importance in composite indicators: closing the
    gap, *Ecological Indicators* 80. COINr's ``get_opt_weights`` stops on its starting simplex by default, can return
    negative weights, and pairs targets with children in alphabetical order.

    >>> x = [[1.0, 2.0], [2.0, 1.0], [3.0, 2.5], [4.0, 1.0]]
    >>> result = optimised(x, {"b": 2.0, "a": 1.0}, ["a", "b"])
    >>> result.weights.round(3).tolist(), result.importance.round(6).tolist(), result.reached
    ([0.281, 0.719], [0.333333, 0.666667], True)
    """
    values = np.asarray(x, dtype=np.float64)
    target = _target(targets, codes)
    k = values.shape[1]
    if k != len(codes):
        raise EvaluationError(Text(f"{k} 列指标对应 {len(codes)} 个代码", f"{k} columns for {len(codes)} codes"))
    if k == 1:
        return OptimisedWeights(np.ones(1), target, np.ones(1), True, True)
    low, high = extremes(values)
    if not (low < high).all():
        code = codes[int(np.flatnonzero(~(low < high))[0])]
        raise EvaluationError(
            Text(
                f"{code} 在各单位之间没有差异，任何权重都不能使其具有重要性，请将其剔除",
                f"{code} does not vary between the units, so no weight gives it importance; drop it",
            )
        )
    weights, converged = _linear(values, target), True
    if score is not None or any_missing(values):
        form = score if score is not None else lambda w: arithmetic(values, w)
        weights, converged = _numerical(values, target, form, [weights, np.full(k, 1.0 / k)])
        reached_by = _importance(values, form(weights))
    else:
        reached_by = _importance(values, arithmetic(values, weights))
    reached = bool(np.abs(reached_by - target).max() <= tolerance)
    return OptimisedWeights(weights, target, reached_by, converged, reached)


def importance(x: ArrayLike, scores: ArrayLike) -> Floats:
    """Share of each child's correlation with the score in the sum of these correlations, shape (k,).

    ``x`` has shape (units, k), ``scores`` (units,). Negative for a child that runs against the score; NaN when the
    correlations do not sum to a positive number, so that there is nothing to share.

    >>> importance([[1.0, 2.0], [2.0, 1.0], [3.0, 3.0]], [1.5, 1.5, 3.0]).tolist()
    [0.5, 0.5]
    """
    return _importance(np.asarray(x, dtype=np.float64), np.asarray(scores, dtype=np.float64))


def _importance(x: Floats, scores: Floats) -> Floats:
    r = correlate(x, scores[:, None]).r[:, 0]
    return ratio(r, np.asarray(r.sum()))


def _target(targets: Mapping[str, float] | None, codes: Sequence[str]) -> Floats:
    if targets is None:
        return np.full(len(codes), 1.0 / len(codes))
    if odd := sorted(set(targets) ^ set(codes)):
        names = listed(odd)
        raise EvaluationError(
            Text(
                f"目标重要性与下级不一致：{names.zh}；每个下级都要有且只有一个目标",
                f"targets and children differ: {names.en}; every child needs one target",
            )
        )
    target = np.array([targets[code] for code in codes], dtype=np.float64)
    if not (np.isfinite(target).all() and (target >= 0).all() and target.any()):
        raise EvaluationError(
            Text("目标重要性应为非负数，且不全为零", "targets must be numbers ≥ 0 that are not all 0")
        )
    return np.asarray(target / target.sum())


def _linear(x: Floats, target: Floats) -> Floats:
    """The optimum for a weighted mean of complete children; for incomplete ones over the complete units."""
    complete = x[~np.isnan(x).any(axis=1)]
    if len(complete) < 2 or not (np.ptp(complete, axis=0) > 0).all():
        return np.full(x.shape[1], 1.0 / x.shape[1])
    r = correlate(complete).r
    # In terms of v = σ·w the shares are those of R·v. The row of ones asks for Σ(R·v) = 1 and outweighs the others.
    emphasis = 1e4
    v, _ = scipy.optimize.nnls(np.vstack([r, emphasis * r.sum(axis=0)]), np.append(target, emphasis))
    w = v / complete.std(axis=0)
    return np.asarray(w / w.sum())


def _numerical(x: Floats, target: Floats, score: Score, starts: list[Floats]) -> tuple[Floats, bool]:
    """The best optimum found from the starts, and whether the search settled there."""
    k = len(target)

    def distance(stack: Floats) -> Floats:
        """Σ(importance − target)² for weights (…, k); large where there is no importance."""
        shares = np.array([_importance(x, one) for one in score(stack.reshape(-1, k))])
        miss = ((shares - target) ** 2).sum(axis=-1)
        return np.where(np.isnan(miss), UNDEFINED, miss).reshape(stack.shape[:-1])

    def gradient(w: Floats) -> Floats:
        step = 1e-7
        return np.asarray((distance(w + step * np.eye(k)) - distance(w)) / step)

    scattered = np.random.default_rng(0).dirichlet(np.ones(k), SCATTERED)
    best = starts[0]
    for start in [*starts, scattered[np.argmin(distance(scattered))]]:
        found = scipy.optimize.minimize(
            lambda w: 1e4 * float(distance(w)),
            start,
            jac=lambda w: 1e4 * gradient(w),
            method="SLSQP",
            bounds=[(0.0, 1.0)] * k,
            constraints=[{"type": "eq", "fun": lambda w: w.sum() - 1.0, "jac": np.ones_like}],
            options={"maxiter": 100, "ftol": 1e-12},
        )
        w = np.maximum(found.x, 0.0)
        best = min(best, w / w.sum(), key=lambda one: float(distance(one)))
    # An optimum on the simplex: moving weight from any child that has some to any other one gains nothing. (SLSQP's own
    # verdict is no help here: it reports failure as soon as rounding stops its line search in the optimum.) Where the
    # scores do not move with the weights, as the steps of Copeland, a level slope says nothing.
    slope = gradient(best)
    level = slope[best > 1e-6].max() - slope.min() <= OPTIMAL_SLOPE
    moves = bool((score(best + 1e-6 * np.eye(k)) != score(best)).any())
    return best, bool(level and moves and float(distance(best)) < UNDEFINED)

"""VIKOR (多准则妥协解排序法): a compromise between the advantage of the many and the regret of the one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from gaoxin.evaluation.children import average, dot, ratio, score_shape, values_and_weights
from gaoxin.evaluation.errors import EvaluationError
from gaoxin.evaluation.moments import extremes
from gaoxin.evaluation.rank import rank
from gaoxin.evaluation.structure import Floats, Ints
from gaoxin.words import Text


@dataclass(frozen=True, eq=False)
class Vikor:
    """The three measures of VIKOR; in each of them *low is good*. Shapes (…, units)."""

    s: Floats
    """S, group utility: weighted sum of the relative distances to the best."""
    r: Floats
    """R, individual regret: the largest weighted relative distance."""
    q: Floats
    """Q, the compromise of the two."""

    @property
    def scores(self) -> Floats:
        """1 − Q, so that high is good as for every other aggregation."""
        return 1.0 - self.q


def vikor(x: ArrayLike, w: ArrayLike, *, v: float = 0.5) -> Vikor:
    """The measures S, R and Q.

    With d = (max x − x)/(max x − min x) per child and weights rescaled to sum 1::

        S = Σ w·d        R = max w·d        Q = v·(S − min S)/(max S − min S) + (1 − v)·(R − min R)/(max R − min R)

    where the extremes of S and R are taken over the units.

    Parameters
    ----------
    x
        Values, shape (…, units, k), higher is better, NaN is missing: the weights of the other children are rescaled.
    w
        Weights, shape (…, k), of any scale.
    v
        Weight of the group utility, 0 to 1. 0.5 is "by consensus", the default of Opricovic and Tzeng.

    Returns
    -------
    ``Vikor`` with arrays of shape (…, units). A child that is constant over the units has distance 0. When all units
    have the same S (or R), its term of Q is 0 for everybody, so that they tie.

    Source: Opricovic, Tzeng (2004), Compromise solution by MCDM methods, *European Journal of Operational Research*
    156(2).

    >>> result = vikor([[4.0, 1.0], [2.0, 3.0], [1.0, 1.0]], [1.0, 1.0])
    >>> result.s.round(3).tolist(), result.r.round(3).tolist(), result.q.round(3).tolist()
    ([0.5, 0.333, 1.0], [0.5, 0.333, 0.5], [0.625, 0.0, 1.0])
    """
    values, weights = values_and_weights(x, w)
    if not 0.0 <= v <= 1.0:
        raise EvaluationError(Text(f"VIKOR 的 v = {v:g} 不在 0–1 之间", f"v of VIKOR is {v:g}, not between 0 and 1"))
    low, high = extremes(values)
    span = high - low
    distance = high[..., None, :] - values
    distance /= np.where(span > 0, span, 1.0)[..., None, :]

    s = average(distance, weights)
    largest = np.zeros(score_shape(values, weights))
    for child in range(values.shape[-1]):  # child by child: no array of the size (replications, units, k)
        np.fmax(largest, weights[..., child, None] * distance[..., child], out=largest)
    r = ratio(largest, dot((~np.isnan(values)).astype(np.float64), weights))
    return Vikor(s, r, v * _relative(s) + (1.0 - v) * _relative(r))


def compromise(measures: Vikor) -> Ints:
    """The units proposed as compromise solution, best Q first (positions from 0).

    One unit alone when it has an acceptable advantage, Q₂ − Q₁ ≥ 1/(n − 1) (for n units), and is also best by S or R.
    The first two when only the advantage is there; otherwise all units whose Q is less than 1/(n − 1) behind.

    ``measures`` must hold one evaluation, shape (units,). Source: as ``vikor``.

    >>> compromise(vikor([[4.0, 1.0], [2.0, 3.0], [1.0, 1.0]], [1.0, 1.0])).tolist()
    [1]
    """
    if measures.q.ndim != 1:
        raise EvaluationError(
            Text("妥协解只能对单次评价求取", "a compromise solution is for one evaluation, not for a stack of them")
        )
    order: Ints = np.argsort(measures.q, kind="stable")[: np.count_nonzero(~np.isnan(measures.q))]
    if order.size < 2:
        return order
    behind = measures.q[order] - measures.q[order[0]]
    needed = 1.0 / (order.size - 1)
    if behind[1] < needed - 1e-12:
        close: Ints = order[behind < needed - 1e-12]
        return close
    first = order[0]
    stable = rank(measures.s, best="low")[first] == 1.0 or rank(measures.r, best="low")[first] == 1.0
    return order[:1] if stable else order[:2]


def _relative(measure: Floats) -> Floats:
    """Position between the lowest and the highest unit, 0 where all are alike."""
    low = np.fmin.reduce(measure, axis=-1, keepdims=True)
    span = np.fmax.reduce(measure, axis=-1, keepdims=True) - low
    alike = span <= 1e-12 * np.maximum(1.0, np.abs(low))  # equal up to the rounding of the sums
    return np.where(alike, np.where(np.isnan(measure), np.nan, 0.0), (measure - low) / np.where(alike, 1.0, span))

"""Grey relational analysis (灰色关联分析): how closely a unit follows the ideal series."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from gaoxin.evaluation.children import average, ratio, score_shape, values_and_weights
from gaoxin.evaluation.errors import EvaluationError
from gaoxin.evaluation.moments import extremes
from gaoxin.evaluation.structure import Floats
from gaoxin.words import Text


def grey_relational(
    x: ArrayLike, w: ArrayLike, *, rho: float = 0.5, norm: Literal["minmax", "none"] = "minmax"
) -> Floats:
    """Grey relational grade with the best observed values as reference series.

    With the deviation Δ = max z − z of the scaled values z, and Δmin, Δmax its extremes over all units and children::

        ξ = (Δmin + ρ·Δmax) / (Δ + ρ·Δmax)        grade = Σ w·ξ / Σ w

    Parameters
    ----------
    x
        Values, shape (…, units, k), higher is better, NaN is missing: the weights of the other children are rescaled.
    w
        Weights, shape (…, k), of any scale. Children of weight 0 do not enter Δmin and Δmax.
    rho
        Distinguishing coefficient ρ in (0, 1]; the lower, the more the grades spread. 0.5 is Deng's.
    norm
        ``minmax`` (default): z = (x − min)/(max − min) per child, the usual grey generation for children of different
        scales; ``none``: z = x, when they share one scale and its differences mean the same in all of them.

    Returns
    -------
    Grades of shape (…, units), in (0, 1]; 1 for a unit that is best on every child. A child that is constant over the
    units has ξ = 1 for all of them when another one varies, and so does everything when none does.

    Source: Deng (1989), Introduction to grey system theory, *The Journal of Grey System* 1(1).

    >>> grey_relational([[1.0, 10.0], [0.0, 20.0], [0.5, 20.0]], [1.0, 1.0]).round(4).tolist()
    [0.6667, 0.6667, 0.75]
    """
    values, weights = values_and_weights(x, w)
    if not 0.0 < rho <= 1.0:
        raise EvaluationError(
            Text(f"灰色关联的分辨系数 {rho:g} 不在 (0, 1] 之内", f"rho of the grey grade is {rho:g}, not in (0, 1]")
        )
    low, high = extremes(values)
    deviation = high[..., None, :] - values
    if norm == "minmax":
        span = high - low
        deviation /= np.where(span > 0, span, 1.0)[..., None, :]
    nearest, farthest = extremes(deviation)
    counted = weights > 0
    smallest = np.fmin.reduce(np.where(counted, nearest, np.nan), axis=-1)[..., None]
    largest = np.fmax.reduce(np.where(counted, farthest, np.nan), axis=-1)[..., None]
    if (smallest == smallest.flat[0]).all() and (largest == largest.flat[0]).all():
        return average(_coefficient(deviation, smallest.flat[0], largest.flat[0], rho), weights)
    grade, mass = (np.zeros(score_shape(values, weights)) for _ in range(2))
    for child in range(values.shape[-1]):  # child by child: no array of the size (replications, units, k)
        weight, apart = weights[..., child, None], deviation[..., child]
        grade += weight * np.nan_to_num(_coefficient(apart, smallest, largest, rho))
        mass += weight * ~np.isnan(apart)
    return ratio(grade, mass)


def _coefficient(deviation: Floats, smallest: Floats, largest: Floats, rho: float) -> Floats:
    """Relational coefficient ξ; 1 where nothing deviates."""
    denominator = deviation + rho * largest
    numerator = np.where(np.isnan(denominator), np.nan, smallest + rho * largest)
    unity = np.where(np.isnan(denominator), np.nan, 1.0)
    return np.divide(numerator, denominator, out=unity, where=denominator > 0)

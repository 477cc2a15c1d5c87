"""Means of the children: arithmetic, geometric, harmonic, generalised, median, ordered, and the plain weighted sum.

All follow the conventions of ``children``: ``x`` (…, units, k), ``w`` (…, k), result (…, units); a missing child is
dropped and the weights of the others are rescaled, in every one of them alike.

On zeros and negative values. A geometric mean with one zero is zero and a harmonic mean has it as its limit: after a
min-max normalisation to 0–100 the worst unit of any single indicator would get 0 for the whole parent, and a negative
value (of a z-score) has no such mean at all. Neither is what anybody wants to publish without having been told, so
both are errors that name the cell; with ``outside="missing"`` the unit gets no score instead, which is what a Monte
Carlo analysis needs in order to count how often that happens.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from gaoxin.evaluation.children import (
    Outside,
    any_missing,
    average,
    dot,
    inside,
    ratio,
    score_shape,
    values_and_weights,
)
from gaoxin.evaluation.errors import EvaluationError
from gaoxin.evaluation.structure import Floats
from gaoxin.words import Text

POSITIVE_ONLY = Text(
    "该合成方法只适用于正数，请改用 1–100 的标准化区间或其他合成方法",
    "this mean needs positive values; normalise to 1–100, say, or choose another aggregation",
)
NOT_NEGATIVE = Text(
    "该合成方法不适用于负数，请改用不产生负值的标准化方法或其他合成方法",
    "this mean needs values ≥ 0; choose a normalisation without negative values or another aggregation",
)


def arithmetic(x: ArrayLike, w: ArrayLike) -> Floats:
    """Weighted arithmetic mean (加权算术平均) Σwx / Σw: full compensation between the children.

    Parameters
    ----------
    x
        Values of the children, shape (…, units, k), NaN is missing.
    w
        Weights, shape (…, k), ≥ 0, of any scale.

    Returns
    -------
    Scores of shape (…, units).

    Source: OECD/JRC, *Handbook on Constructing Composite Indicators* (2008), step 7.

    >>> arithmetic([[10.0, 40.0], [20.0, float("nan")]], [2.0, 1.0]).tolist()
    [20.0, 20.0]
    """
    return average(*values_and_weights(x, w))


def weighted_sum(x: ArrayLike, w: ArrayLike) -> Floats:
    """Plain weighted sum (加权求和) Σwx: the weights are not rescaled.

    So the scores of the national evaluation of high-tech zones add up in published results (inferred from them: the
    official text of the calculation is not known).

    The weight of a missing child goes to the others in proportion, as everywhere: the sum is Σw times the weighted
    mean of the children that are there. (A child that counts as zero when missing has to be imputed as zero.)

    Parameters and result as in ``arithmetic``.

    >>> weighted_sum([[10.0, 40.0], [20.0, float("nan")]], [0.5, 0.25]).tolist()
    [15.0, 15.0]
    """
    values, weights = values_and_weights(x, w)
    if not any_missing(values):
        return np.where((weights.sum(axis=-1) > 0)[..., None], dot(values, weights), np.nan)
    total: Floats = average(values, weights) * weights.sum(axis=-1)[..., None]
    return total


def geometric(x: ArrayLike, w: ArrayLike, *, outside: Outside = "error") -> Floats:
    """Weighted geometric mean (加权几何平均) exp(Σw·ln x / Σw): weak children pull the score down.

    Parameters and result as in ``arithmetic``; all values must be positive (see the module on zeros).

    Source: OECD/JRC Handbook (2008), step 7; UNDP human development index since 2010.

    >>> geometric([[1.0, 100.0]], [1.0, 1.0]).round(12).tolist()
    [10.0]
    """
    values, weights = values_and_weights(x, w)
    values, spoilt = inside(values, weights, values <= 0, POSITIVE_ONLY, outside)
    score = np.exp(average(np.log(values), weights))
    return score if spoilt is None else np.where(spoilt, np.nan, score)


def harmonic(x: ArrayLike, w: ArrayLike, *, outside: Outside = "error") -> Floats:
    """Weighted harmonic mean (加权调和平均) Σw / Σ(w/x): weak children pull harder still.

    Parameters and result as in ``arithmetic``; all values must be positive (see the module on zeros).

    Source: OECD/JRC Handbook (2008), step 7.

    >>> harmonic([[20.0, 60.0]], [1.0, 1.0]).round(12).tolist()
    [30.0]
    """
    values, weights = values_and_weights(x, w)
    values, spoilt = inside(values, weights, values <= 0, POSITIVE_ONLY, outside)
    score = 1.0 / average(1.0 / values, weights)
    return score if spoilt is None else np.where(spoilt, np.nan, score)


def generalised(x: ArrayLike, w: ArrayLike, power: float, *, outside: Outside = "error") -> Floats:
    """Weighted generalised (power) mean (Σw·xᵖ / Σw)^(1/p).

    p = 1 is arithmetic, −1 harmonic, 0 geometric (the limit), ±∞ the largest and smallest child. Values must be
    positive for p ≤ 0 and not negative for other p ≠ 1. Missing children are dropped as in every other mean; COINr's
    ``a_genmean`` gives no score as soon as one is missing.

    Parameters and result as in ``arithmetic``.

    Source: Hardy, Littlewood, Pólya, *Inequalities* (1934), ch. II; Ruiz, Cabello, Luque (2011) for its use in
    composite indicators.

    >>> generalised([[1.0, 7.0]], [1.0, 1.0], 2.0).round(12).tolist()
    [5.0]
    """
    if np.isnan(power):
        raise EvaluationError(Text("广义平均的指数不是数", "the exponent of the generalised mean is not a number"))
    if abs(power) < 1e-12:  # nearer to the geometric mean than rounding
        return geometric(x, w, outside=outside)
    values, weights = values_and_weights(x, w)
    if power == 1.0:
        return average(values, weights)
    bad, rule = (values < 0, NOT_NEGATIVE) if power > 0 else (values <= 0, POSITIVE_ONLY)
    values, spoilt = inside(values, weights, bad, rule, outside)
    if np.isinf(power):
        score = _largest(values, weights) if power > 0 else -_largest(-values, weights)
    else:
        # Relative to the dominant child, so that a high power cannot overflow, and by expm1 and log1p, so that a power
        # near 0 keeps its digits.
        extreme = np.fmax.reduce(values, axis=-1) if power > 0 else np.fmin.reduce(values, axis=-1)
        scale = np.where(extreme > 0, extreme, 1.0)
        with np.errstate(divide="ignore"):  # ln 0 is −∞, and its power is 0 again
            powers = np.expm1(power * np.log(values / scale[..., None]))
        score = np.exp(np.log1p(average(powers, weights)) / power) * scale
    return score if spoilt is None else np.where(spoilt, np.nan, score)


def median(x: ArrayLike, w: ArrayLike) -> Floats:
    """Weighted median (加权中位数): the value with half of the weight on either side.

    When the lower half of the weight ends exactly between two children, it is the mean of the two; so equal weights
    give the ordinary median. Needs a temporary of the shape (…, units, k).

    Parameters and result as in ``arithmetic``.

    >>> median([[3.0, 1.0, 2.0], [3.0, 1.0, float("nan")]], [1.0, 1.0, 1.0]).tolist()
    [2.0, 2.0]
    >>> median([[3.0, 1.0, 2.0]], [4.0, 1.0, 1.0]).tolist()
    [3.0]
    """
    values, weights = values_and_weights(x, w)
    ordered, mass = _ordered(values, weights, descending=False)
    reached = np.cumsum(mass, axis=-1)
    total = reached[..., -1:]
    slack = 1e-12 * total  # weights of 1/3 add up to one half only within rounding
    lower = np.argmax(reached >= total / 2.0 - slack, axis=-1)
    upper = np.argmax(reached > total / 2.0 + slack, axis=-1)
    low = np.take_along_axis(ordered, lower[..., None], axis=-1)[..., 0]
    high = np.take_along_axis(ordered, upper[..., None], axis=-1)[..., 0]
    return np.where(total[..., 0] > 0, low + (high - low) / 2.0, np.nan)


def owa(x: ArrayLike, w: ArrayLike, order_weights: Sequence[float]) -> Floats:
    """Ordered weighted average (有序加权平均, OWA): weights belong to positions, best child first.

    With equal weights ``w`` and as many order weights v as children this is Yager's operator Σ v_i·x_(i), x_(1) the
    best child. In general the order weights are read as the increments of a function Q on [0, 1], linear between
    i/len(v), and the child in position i counts Q(s_i) − Q(s_(i−1)), where s_i is the share of the weight ``w`` of the
    i best children. So children may have weights of their own, missing children are dropped by the same rule as in the
    other means, and one vector of order weights serves parents with different numbers of children. Equal order weights
    give the weighted arithmetic mean. Needs temporaries of the shape (…, units, k).

    Parameters
    ----------
    x, w
        As in ``arithmetic``.
    order_weights
        By position, best first, ≥ 0, of any scale: (1, 0, …) is the maximum, (…, 0, 1) the minimum.

    Source: Yager (1988), On ordered weighted averaging aggregation operators in multicriteria decisionmaking,
    *IEEE Trans. SMC* 18(1); weighted form: Torra (1997), The weighted OWA operator, *Int. J. Intell. Syst.* 12.

    >>> owa([[0.7, 1.0, 0.3, 0.6]], [1, 1, 1, 1], (0.4, 0.3, 0.2, 0.1)).round(12).tolist()
    [0.76]
    """
    values, weights = values_and_weights(x, w)
    v = np.asarray(order_weights, dtype=np.float64)
    if v.ndim != 1 or not v.size or not np.isfinite(v).all() or (v < 0).any() or not v.any():
        raise EvaluationError(
            Text(
                f"位置权重 {tuple(order_weights)} 不可用：应为由优到劣的非负数，且不全为零",
                f"order weights {tuple(order_weights)} cannot be used: numbers ≥ 0 are needed, best first, not all 0",
            )
        )
    ordered, mass = _ordered(values, weights, descending=True)
    total = mass.sum(axis=-1, keepdims=True)
    share = np.cumsum(ratio(mass, total), axis=-1)
    quantifier = np.interp(share, np.linspace(0.0, 1.0, v.size + 1), np.concatenate([[0.0], np.cumsum(v) / v.sum()]))
    counted = np.diff(quantifier, axis=-1, prepend=0.0)
    return np.where(total[..., 0] > 0, np.einsum("...k,...k->...", counted, np.nan_to_num(ordered)), np.nan)


def _ordered(x: Floats, w: Floats, *, descending: bool) -> tuple[Floats, Floats]:
    """Values sorted along the children, missing last, and their weights (0 for missing), shape (…, units, k)."""
    order = np.argsort(-x if descending else x, axis=-1, kind="stable")
    ordered = np.take_along_axis(x, order, axis=-1)
    shape = (*score_shape(x, w), x.shape[-1])
    mass = np.take_along_axis(np.broadcast_to(w[..., None, :], shape), np.broadcast_to(order, shape), axis=-1)
    return np.broadcast_to(ordered, shape), np.where(np.isnan(ordered), 0.0, mass)


def _largest(x: Floats, w: Floats) -> Floats:
    """The largest child that has weight, shape (…, units)."""
    best = np.full(score_shape(x, w), np.nan)
    for child in range(x.shape[-1]):
        best = np.fmax(best, np.where(w[..., child, None] > 0, x[..., child], np.nan))
    return best

"""Transformations of a whole column against skewness (偏态变换): logarithms and Box–Cox.

All take ``x`` of shape (…, units, indicators) with NaN for missing, and are strictly increasing: no two units change
places. A constant column stays as it is. None of them is free of the unit of measurement except ``log_ct`` and
``log_ct_plus``, whose offset is a share of the range; for the others state the unit.

Source: the functions of the same names in COINr 1.1; Box–Cox: G. E. P. Box, D. R. Cox (1964), An analysis of
transformations, *J. R. Statist. Soc. B* 26(2).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import minimize_scalar

from gaoxin.evaluation.moments import extremes, skewness_and_kurtosis
from gaoxin.evaluation.structure import Floats

OFFSET = 0.01
"""Offset of ``log_ct`` as a share of the range: the lowest value must not become ln 0."""

LAMBDAS = (-5.0, 5.0)
"""Range in which λ of Box–Cox is fitted; beyond it a power says more about one unit than about the distribution."""


def log_ct(x: Floats) -> Floats:
    """ln(x − min + 0.01·(max − min)): pulls in the right tail.

    >>> log_ct(np.array([[0.0], [99.0], [100.0]])).round(4).ravel().tolist()
    [0.0, 4.6052, 4.6151]
    """
    low, high = extremes(x)
    offset = np.where(high > low, OFFSET * (high - low), 1.0)
    logs = np.log(x - low[..., None, :] + offset[..., None, :])
    return _unless_constant(logs, x, low, high)


def log_ct_plus(x: Floats) -> Floats:
    """``log_ct`` for a column with G1 > 0; for the others its mirror image −ln(max − x + 0.01·(max − min))."""
    skewness, _ = skewness_and_kurtosis(x)
    right = (skewness > 0)[..., None, :]
    sign = np.where(right, 1.0, -1.0)
    return sign * log_ct(sign * x)


def log_ct_orig(x: Floats) -> Floats:
    """ln(x − min + 1). It depends on the unit of measurement: little happens to values below 1."""
    low, high = extremes(x)
    return _unless_constant(np.log(x - low[..., None, :] + 1.0), x, low, high)


def boxcox(x: Floats, lambdas: ArrayLike) -> Floats:
    """(yᵏ − 1)/k with y = x − min + 1 and k = λ; ln y for λ = 0. ``lambdas``: one number or one per indicator.

    >>> boxcox(np.array([[5.0], [8.0]]), 0.5).ravel().tolist()
    [0.0, 2.0]
    """
    low, high = extremes(x)
    k = np.broadcast_to(np.asarray(lambdas, dtype=np.float64), low.shape)[..., None, :]
    logs = np.log(x - low[..., None, :] + 1.0)
    powers = np.where(k == 0.0, logs, np.expm1(k * logs) / np.where(k == 0.0, 1.0, k))
    return _unless_constant(powers, x, low, high)


def boxcox_lambda(values: Floats) -> float:
    """The λ that makes one column most nearly normal (maximum likelihood), inside ``LAMBDAS``; 1 for a constant.

    ``values``: shape (units,), NaN missing. With w = ln y − mean ln y, y = x − min + 1, the log-likelihood is up to a
    constant −n/2·ln var((exp(λw) − 1)/λ).
    """
    there = values[~np.isnan(values)]
    if there.size == 0 or there.min() == there.max():
        return 1.0
    logs = np.log(there - there.min() + 1.0)
    about = logs - logs.mean()

    def log_variance(k: float) -> float:
        powers = about if k == 0.0 else np.expm1(k * about) / k
        return float(np.log(powers.var()))

    return float(minimize_scalar(log_variance, bounds=LAMBDAS, method="bounded", options={"xatol": 1e-8}).x)


def _unless_constant(transformed: Floats, x: Floats, low: Floats, high: Floats) -> Floats:
    return np.where((low < high)[..., None, :], transformed, x)

"""Transformations of a whole column against skewness (偏态变换): logarithms and Box–Cox.

All take ``x`` of shape (…, units, indicators) with NaN for missing, and are strictly increasing: no two units change
places. A constant column stays as it is. Before a logarithm or power the column is shifted to start just above 0, by
default at 0.01 of its range, so that another unit of measurement changes the result by a linear map only, and nothing
after normalisation. ``log_ct_orig`` shifts to 1 instead: on values below 1 it does next to nothing.

Source: the functions of the same names in COINr 1.1; Box–Cox: G. E. P. Box, D. R. Cox (1964), An analysis of
transformations, *J. R. Statist. Soc. B* 26(2).
"""

from __future__ import annotations

import numpy as np
import scipy
from numpy.typing import ArrayLike

from gaoxin.evaluation.moments import extremes, skewness_and_kurtosis
from gaoxin.evaluation.structure import Floats

OFFSET = 0.01
"""Default offset as a share of the range: the lowest value must not become ln 0."""

LAMBDAS = (-5.0, 5.0)
"""Range in which λ of Box–Cox is fitted; beyond it a power says more about one unit than about the distribution."""


def log_ct(x: Floats) -> Floats:
    """ln(x − min + 0.01·(max − min)): pulls in the right tail.

    >>> log_ct(np.array([[0.0], [99.0], [100.0]])).round(4).ravel().tolist()
    [0.0, 4.6052, 4.6151]
    """
    return boxcox(x, 0.0)


def log_ct_plus(x: Floats) -> Floats:
    """``log_ct`` for a column with G1 > 0; for the others its mirror image −ln(max − x + 0.01·(max − min))."""
    skewness, _ = skewness_and_kurtosis(x)
    right = (skewness > 0)[..., None, :]
    sign = np.where(right, 1.0, -1.0)
    return sign * log_ct(sign * x)


def log_ct_orig(x: Floats) -> Floats:
    """ln(x − min + 1). It depends on the unit of measurement."""
    return boxcox(x, 0.0, offset=1.0)


def boxcox(x: Floats, lambdas: ArrayLike, *, offset: float | None = None) -> Floats:
    """(yᵏ − 1)/k with k = λ and y = x − min + offset; ln y for λ = 0.

    Parameters
    ----------
    x
        Shape (…, units, indicators).
    lambdas
        One number, or one per indicator.
    offset
        None: 0.01·(max − min). COINr takes 1.

    >>> boxcox(np.array([[5.0], [8.0]]), 0.5, offset=1.0).ravel().tolist()
    [0.0, 2.0]
    """
    low, high = extremes(x)
    k = np.broadcast_to(np.asarray(lambdas, dtype=np.float64), low.shape)[..., None, :]
    logs = np.log(_shifted(x, low, high, offset))
    powers = np.where(k == 0.0, logs, np.expm1(k * logs) / np.where(k == 0.0, 1.0, k))
    return np.where((low < high)[..., None, :], powers, x)


def boxcox_lambda(values: Floats, *, offset: float | None = None) -> float:
    """The λ that makes one column most nearly normal (maximum likelihood), inside ``LAMBDAS``; 1 for a constant.

    ``values``: shape (units,), NaN missing; ``offset`` as in ``boxcox``. With w = ln y − mean ln y the log-likelihood
    is, up to a constant, −n/2·ln var((exp(λw) − 1)/λ).
    """
    there = values[~np.isnan(values)][:, None]
    low, high = extremes(there)
    if not low[0] < high[0]:
        return 1.0
    logs = np.log(_shifted(there, low, high, offset))
    about = logs - logs.mean()

    def log_variance(k: float) -> float:
        powers = about if k == 0.0 else np.expm1(k * about) / k
        return float(np.log(powers.var()))

    return float(
        scipy.optimize.minimize_scalar(log_variance, bounds=LAMBDAS, method="bounded", options={"xatol": 1e-8}).x
    )


def _shifted(x: Floats, low: Floats, high: Floats, offset: float | None) -> Floats:
    """``x`` − min + offset, above 0 everywhere."""
    start = np.where(high > low, OFFSET * (high - low) if offset is None else offset, 1.0)
    return x - low[..., None, :] + start[..., None, :]

"""Columns described: counts, extremes, mean, standard deviation, median, skewness and kurtosis.

All functions take ``x`` of shape (…, units, indicators) with NaN for missing and give one value per indicator, shape
(…, indicators). What is not defined is NaN, without a warning.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gaoxin.evaluation.structure import Floats, Ints

BLOCK = 1 << 18
"""Numbers handled at a time (2 MiB of float64: stays in the cache, so large matrices need no copies of their size)."""


def row_blocks(shape: tuple[int, ...]) -> Iterator[slice]:
    """Slices over the units axis (the last but one) of an array of ``shape``, of about ``BLOCK`` numbers each."""
    units = shape[-2]
    per_unit = max(1, int(np.prod(shape)) // max(1, units))
    step = max(1, BLOCK // per_unit)
    for start in range(0, units, step):
        yield slice(start, min(start + step, units))


def counts(x: Floats) -> Ints:
    """Number of values there are, shape (…, indicators)."""
    found = np.zeros((*x.shape[:-2], x.shape[-1]), dtype=np.int64)
    for rows in row_blocks(x.shape):
        found += np.count_nonzero(~np.isnan(x[..., rows, :]), axis=-2)
    return found


def extremes(x: Floats) -> tuple[Floats, Floats]:
    """Smallest and largest value of every column; NaN for a column without values.

    >>> low, high = extremes(np.array([[1.0, np.nan], [3.0, np.nan], [np.nan, np.nan]]))
    >>> low.tolist(), high.tolist()
    ([1.0, nan], [3.0, nan])
    """
    nothing = np.nan
    return np.fmin.reduce(x, axis=-2, initial=nothing), np.fmax.reduce(x, axis=-2, initial=nothing)


def means(x: Floats) -> Floats:
    """Mean of the values there are; a constant column has exactly its value."""
    total = np.zeros((*x.shape[:-2], x.shape[-1]))
    for rows in row_blocks(x.shape):
        total += np.nansum(x[..., rows, :], axis=-2)
    n = counts(x)
    mean = np.divide(total, n, out=np.full(total.shape, np.nan), where=n > 0)
    low, high = extremes(x)
    return np.where(low == high, low, mean)


def medians(x: Floats) -> Floats:
    """Median of the values there are; of an even number the mean of the two in the middle."""
    if x.shape[-2] == 0:
        return np.full((*x.shape[:-2], x.shape[-1]), np.nan)
    ordered = np.sort(x, axis=-2)  # NaN last
    n = counts(x)
    lower = np.take_along_axis(ordered, np.maximum(n - 1, 0)[..., None, :] // 2, axis=-2)[..., 0, :]
    upper = np.take_along_axis(ordered, np.minimum(n // 2, x.shape[-2] - 1)[..., None, :], axis=-2)[..., 0, :]
    return np.where(n > 0, lower + (upper - lower) / 2.0, np.nan)


def means_and_deviations(x: Floats) -> tuple[Floats, Floats]:
    """Mean and standard deviation with n − 1; the deviation of a constant is exactly 0, of a single value NaN.

    n − 1 is what COINr and the OECD/JRC Handbook (Table 15) use; some Python packages divide by n.
    """
    mean, spread, n, second, _, _ = _central_sums(x, highest=2)
    variance = np.divide(second, n - 1.0, out=np.full(mean.shape, np.nan), where=n > 1)
    return mean, spread * np.sqrt(variance)


def skewness_and_kurtosis(x: Floats) -> tuple[Floats, Floats]:
    """Adjusted skewness G1 and adjusted excess kurtosis G2, as SAS, Excel and COINr define them.

    With d = x − mean, n values, q = nΣd⁴/(Σd²)²::

        G1 = √n·Σd³/(Σd²)^1.5 · √(n(n − 1))/(n − 2)
        G2 = ((n + 1)(q − 3) + 6)·(n − 1)/((n − 2)(n − 3))

    G1 needs three values, G2 four; both are NaN for fewer and for a constant column.

    Source: D. N. Joanes, C. A. Gill (1998), Comparing measures of sample skewness and kurtosis,
    *The Statistician* 47(1).

    >>> skew, kurt = skewness_and_kurtosis(np.array([[0.0], [0.0], [0.0], [1.0]]))
    >>> skew.round(9).tolist(), kurt.round(9).tolist()
    ([2.0], [4.0])
    """
    _, spread, n, second, third, fourth = _central_sums(x, highest=4)
    with np.errstate(divide="ignore", invalid="ignore"):
        g1 = np.sqrt(n) * third / second**1.5 * np.sqrt(n * (n - 1.0)) / (n - 2.0)
        g2 = ((n + 1.0) * (n * fourth / second**2 - 3.0) + 6.0) * (n - 1.0) / ((n - 2.0) * (n - 3.0))
    return np.where((spread > 0) & (n >= 3), g1, np.nan), np.where((spread > 0) & (n >= 4), g2, np.nan)


def _central_sums(x: Floats, *, highest: int) -> tuple[Floats, Floats, Ints, Floats, Floats, Floats]:
    """Mean, range and count of every column, and Σd², Σd³, Σd⁴ up to the power ``highest`` (2 or 4).

    d = (x − mean)/range, so that powers of very large or very small values stay numbers.
    """
    low, high = extremes(x)
    mean, spread = means(x), high - low
    unit = np.where(spread > 0, spread, 1.0)
    second, third, fourth = (np.zeros(mean.shape) for _ in range(3))
    for rows in row_blocks(x.shape):
        d = x[..., rows, :] - mean[..., None, :]
        d /= unit[..., None, :]
        d[np.isnan(d)] = 0.0
        squares = d * d
        second += squares.sum(axis=-2)
        if highest == 4:
            third += (squares * d).sum(axis=-2)
            fourth += (squares * squares).sum(axis=-2)
    return mean, spread, counts(x), second, third, fourth

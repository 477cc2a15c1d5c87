"""Indicators described: how much data there is and what shape it has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from gaoxin.evaluation.method import Treatment
from gaoxin.evaluation.moments import extremes, means_and_deviations, medians, skewness_and_kurtosis
from gaoxin.evaluation.structure import Floats, Hierarchy


@dataclass(frozen=True, slots=True)
class IndicatorStatistics:
    """One indicator over u units. Shares are of the values that are there, except ``available``."""

    indicator: str
    lowest: float
    highest: float
    mean: float
    median: float
    sd: float
    """Standard deviation (n − 1)."""
    skewness: float
    kurtosis: float
    """Adjusted skewness G1 and excess kurtosis G2."""
    n: int
    """Values that are there."""
    available: float
    """Share of the units that have a value."""
    nonzero: int
    distinct: int
    """Number of different values."""
    most_frequent: int
    """How often the most frequent value occurs."""
    outliers: bool
    """Both skewed and heavy-tailed by the bounds of the treatment: a few values set the scale for everybody."""


def describe(
    x: ArrayLike, indicators: Sequence[str], *, bounds: Treatment | None = None
) -> tuple[IndicatorStatistics, ...]:
    """Statistics of every indicator, ``x`` of shape (units, n), NaN missing.

    ``bounds`` holds the limits of skewness and kurtosis (default 2 and 3.5).

    >>> found = describe([[0.0], [2.0], [2.0], [float("nan")]], ["a"])[0]
    >>> found.n, found.available, found.nonzero, found.distinct, found.most_frequent
    (3, 0.75, 2, 2, 2)
    """
    values = np.asarray(x, dtype=np.float64)
    limits = bounds or Treatment()
    low, high = extremes(values)
    mean, sd = means_and_deviations(values)
    middle = medians(values)
    g1, g2 = skewness_and_kurtosis(values)
    found = []
    for j, code in enumerate(indicators):
        column = values[~np.isnan(values[:, j]), j]
        _, times = np.unique(column, return_counts=True)
        found.append(
            IndicatorStatistics(
                indicator=code,
                lowest=float(low[j]),
                highest=float(high[j]),
                mean=float(mean[j]),
                median=float(middle[j]),
                sd=float(sd[j]),
                skewness=float(g1[j]),
                kurtosis=float(g2[j]),
                n=len(column),
                available=len(column) / len(values) if len(values) else float("nan"),
                nonzero=int(np.count_nonzero(column)),
                distinct=len(times),
                most_frequent=int(times.max(initial=0)),
                outliers=bool(abs(g1[j]) >= limits.skewness and g2[j] >= limits.kurtosis),
            )
        )
    return tuple(found)


def availability(x: ArrayLike, tree: Hierarchy) -> Floats:
    """Share of the indicators below each node that a unit has, shape (units, m); ``x`` has shape (units, n).

    >>> tree = Hierarchy.build({"a": "I", "b": "I", "I": None})
    >>> availability([[1.0, float("nan")]], tree).tolist()
    [[1.0, 0.0, 0.5]]
    """
    there = ~np.isnan(np.asarray(x, dtype=np.float64))
    return np.stack([there[:, below].sum(axis=1) / len(below) for below in tree.indicators_below], axis=1)

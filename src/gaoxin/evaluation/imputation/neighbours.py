"""Imputation from the most similar units (K 近邻)."""

from __future__ import annotations

import numpy as np

from gaoxin.evaluation.moments import means_and_deviations
from gaoxin.evaluation.structure import Floats

TIE = 1e-12
"""Distances this close, relative to the k-th, are equal: the order of rounding must not choose the neighbours."""


def impute_knn(x: Floats, k: int = 5) -> Floats:
    """Fill with the mean of the k most similar units that have the value.

    Distance of two units: root mean square of the differences of their standardised values (z-scores) over the
    indicators that both have. All units as near as the k-th count, so the result does not depend on the order of the
    units. With fewer than k units to choose from, all of them count; a value stays missing when no unit shares an
    indicator with this one and has it.

    Parameters
    ----------
    x
        Shape (units, indicators).
    k
        At least 1.

    Source: O. Troyanskaya et al. (2001), Missing value estimation methods for DNA microarrays, *Bioinformatics* 17(6);
    distance over joint columns as in J. K. Dixon (1979), Pattern recognition with partly missing data.

    >>> impute_knn(np.array([[1.0, 10.0], [2.0, 20.0], [9.0, 90.0], [1.4, np.nan]]), k=2)[3].tolist()
    [1.4, 15.0]
    """
    if k < 1:
        raise ValueError(f"k must be at least 1, not {k}")
    mean, deviation = means_and_deviations(x)
    z = (x - mean) / np.where(deviation > 0, deviation, 1.0)
    there = ~np.isnan(x)
    filled = x.copy()
    for unit in np.flatnonzero(~there.all(axis=1)):
        joint = there & there[unit]
        shared = joint.sum(axis=1)
        squares = np.where(joint, z - z[unit], 0.0) ** 2
        distance = np.sqrt(np.divide(squares.sum(axis=1), shared, out=np.full(len(x), np.inf), where=shared > 0))
        distance[unit] = np.inf
        for column in np.flatnonzero(~there[unit]):
            donors = np.flatnonzero(there[:, column] & np.isfinite(distance))
            if donors.size == 0:
                continue
            farthest = np.partition(distance[donors], min(k, donors.size) - 1)[min(k, donors.size) - 1]
            nearest = donors[distance[donors] <= farthest * (1.0 + TIE)]
            filled[unit, column] = x[nearest, column].mean()
    return filled

"""Pairwise dominance: how often one unit ranks before another."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gaoxin.evaluation.structure import Floats

BATCH = 128
"""Replications compared at once: outcomes are counted in single bytes, and so many rows stay in the cache."""


def dominance(ranks: NDArray[np.integer]) -> Floats:
    """Share of replications in which the row unit ranks before the column unit.

    For two units the shares of either order and of ties add up to 1; the diagonal is 0. Every pair is compared once:
    u²·N/2 comparisons of small integers, and no more memory than the result.

    Parameters
    ----------
    ranks
        Shape (replications, units), 1 is best. A unit with rank 0 has no rank: its row and column are NaN.

    Returns
    -------
    Shape (units, units).

    >>> dominance(np.array([[1, 2, 3], [2, 1, 3], [1, 1, 3], [1, 2, 3]])).tolist()
    [[0.0, 0.5, 1.0], [0.25, 0.0, 1.0], [0.0, 0.0, 0.0]]
    """
    n, u = ranks.shape
    before = np.zeros((u, u), dtype=np.int64)
    for start in range(0, n, BATCH):
        batch = np.ascontiguousarray(ranks[start : start + BATCH])
        no_ties = batch.sum(dtype=np.int64) == len(batch) * u * (u + 1) // 2  # each row holds 1 … u
        for i in range(u - 1):
            own, others = batch[:, i : i + 1], batch[:, i + 1 :]
            won = _count(own < others)
            before[i, i + 1 :] += won
            before[i + 1 :, i] += len(batch) - won if no_ties else _count(own > others)
    shares: Floats = before / n
    without = (ranks == 0).any(axis=0)
    shares[without, :] = shares[:, without] = np.nan
    return shares


def _count(outcomes: NDArray[np.bool_]) -> NDArray[np.int64]:
    """True values per column; at most 255 rows, so a byte holds the count and the sum runs at the speed of memory."""
    counted = np.add.reduce(outcomes.view(np.uint8), axis=0, dtype=np.uint8)
    return np.asarray(counted, dtype=np.int64)

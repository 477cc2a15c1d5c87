"""Ranks (名次): 1 is the best, ties by a stated rule, no rank without a score."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from gaoxin.evaluation.structure import Floats

Ties = Literal["min", "dense", "average"]

TIE_TOLERANCE = 1e-12
"""Two neighbouring scores tie when they differ by no more than this share of the largest absolute score.

Scores that are equal in exact arithmetic come out of a chain of floating-point sums a few units of the last place
apart (about 1e-16 of the score for each operation); without a tolerance the order of summation would decide who is
ranked first. A real difference of scores that are published with a dozen digits is still seen.
"""


def rank(
    scores: ArrayLike,
    *,
    axis: int = 0,
    ties: Ties = "min",
    best: Literal["high", "low"] = "high",
    tolerance: float = TIE_TOLERANCE,
) -> Floats:
    """Rank along one axis; 1 is best, NaN has no rank (NaN) and pushes nobody down.

    Parameters
    ----------
    scores
        Array of any shape, e.g. (units,), (units, nodes) or (replications, units).
    axis
        The axis of the units.
    ties
        ``min`` (competition ranking 1, 2, 2, 4: what offices print), ``dense`` (1, 2, 2, 3) or ``average``
        (1, 2.5, 2.5, 4).
    best
        Whether the highest or the lowest score is best.
    tolerance
        Neighbours in the order tie when they differ by at most ``tolerance`` × the largest finite absolute
        score along the axis. A chain of such neighbours is one tie.

    Returns
    -------
    float64 array of the shape of ``scores``.

    >>> rank([70.0, 90.0, 90.0, float("nan"), 60.0]).tolist()
    [3.0, 1.0, 1.0, nan, 4.0]
    >>> rank([70.0, 90.0, 90.0, 60.0], ties="average").tolist()
    [3.0, 1.5, 1.5, 4.0]
    """
    values = np.moveaxis(np.asarray(scores, dtype=np.float64), axis, -1)
    n = values.shape[-1]
    if n == 0:
        return np.moveaxis(values.copy(), -1, axis)
    order = np.argsort(-values if best == "high" else values, axis=-1)  # order inside a tie does not matter
    ordered = np.take_along_axis(values, order, axis=-1)
    largest = np.max(np.abs(ordered), axis=-1, keepdims=True, initial=0.0, where=np.isfinite(ordered))
    starts = np.ones(ordered.shape, dtype=np.bool_)
    with np.errstate(invalid="ignore"):  # inf − inf: equal infinities tie
        starts[..., 1:] = np.abs(np.diff(ordered, axis=-1)) > tolerance * largest

    if ties == "dense":
        ranked = np.cumsum(starts, axis=-1, dtype=np.float64)
    else:
        position = np.broadcast_to(np.arange(1.0, n + 1.0), ordered.shape)
        ranked = np.maximum.accumulate(np.where(starts, position, 0.0), axis=-1)
        if ties == "average":
            with_score = np.sum(~np.isnan(ordered), axis=-1, keepdims=True)
            ends = np.concatenate([starts[..., 1:], np.ones_like(starts[..., :1])], axis=-1) | (position == with_score)
            last = np.where(ends, position, np.inf)[..., ::-1]
            ranked = (ranked + np.minimum.accumulate(last, axis=-1)[..., ::-1]) / 2.0
    ranked = np.where(np.isnan(ordered), np.nan, ranked)
    out = np.empty_like(ranked)
    np.put_along_axis(out, order, ranked, axis=-1)
    return np.moveaxis(out, -1, axis)

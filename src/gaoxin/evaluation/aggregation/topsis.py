"""TOPSIS (优劣解距离法): how close a unit is to the best and how far from the worst that is found on every child.

Packages mean different things by the name. The default here is the original of Hwang and Yoon: vector norm, Euclidean
distance, the best and worst value found as ideal and anti-ideal. pymcdm's default is the min-max norm; scikit-criteria
usually inverts costs (1/x) before scaling. All of them are reached by ``norm``, ``direction`` and ``costs``.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from gaoxin.evaluation.children import (
    any_missing,
    dot,
    number_there,
    reciprocal_costs,
    score_shape,
    values_and_weights,
)
from gaoxin.evaluation.moments import extremes, row_blocks
from gaoxin.evaluation.structure import Floats

Norm = Literal["vector", "minmax", "none"]


def topsis(
    x: ArrayLike,
    w: ArrayLike,
    *,
    norm: Norm = "vector",
    direction: ArrayLike | None = None,
    costs: Literal["ideal", "reciprocal"] = "ideal",
) -> Floats:
    """Closeness to the ideal, d⁻ / (d⁺ + d⁻), between 0 and 1.

    With v = w·x/‖x‖ per child, ideal a⁺ = max v and anti-ideal a⁻ = min v over the units (for costs the other way
    round), d± = √Σ(v − a±)² is the Euclidean distance over the children.

    Parameters
    ----------
    x
        Values, shape (…, units, k), NaN is missing. In an evaluation they are normalised already; TOPSIS scales them
        by its own norm again.
    w
        Weights, shape (…, k), of any scale. A missing child contributes to neither distance, which is the same as
        rescaling the weights of the others, because closeness does not depend on the scale of the weights.
    norm
        ``vector``: ‖x‖ = √Σx² over the units; ``minmax``: max − min; ``none``: 1.
    direction
        +1 or −1 per child when ``x`` holds costs as measured; default: higher is better everywhere.
    costs
        What is done with direction −1: ``ideal`` takes the minimum as ideal (Hwang and Yoon); ``reciprocal`` replaces
        x by 1/x first, which changes the distances and needs positive values.

    Returns
    -------
    Scores of shape (…, units). A child that is constant over the units decides nothing. When all are, every unit is
    as far from the best as from the worst: 0.5.

    Source: Hwang, Yoon (1981), *Multiple Attribute Decision Making*, Springer.

    >>> topsis([[3.0, 1.0], [1.0, 1.0], [2.0, 1.0]], [1.0, 1.0]).round(12).tolist()
    [1.0, 0.0, 0.5]
    """
    values, weights = values_and_weights(x, w)
    if direction is not None and costs == "reciprocal":
        values, direction = reciprocal_costs(values, direction), None
    low, high = extremes(values)
    cost = np.zeros(values.shape[-1], dtype=np.bool_) if direction is None else np.asarray(direction) < 0
    best, worst = np.where(cost, low, high), np.where(cost, high, low)
    missing = any_missing(values)
    length = _length(values, low, high, norm, missing)
    squared_weights = weights**2

    to_best, to_worst = np.empty(score_shape(values, weights)), np.empty(score_shape(values, weights))
    for rows in row_blocks(values.shape):
        block = values[..., rows, :]
        for anchor, distance in ((best, to_best), (worst, to_worst)):
            apart = block - anchor[..., None, :]
            apart /= length[..., None, :]
            apart *= apart
            if missing:
                apart[np.isnan(apart)] = 0.0
            distance[..., rows] = np.sqrt(dot(apart, squared_weights))
    both = to_best + to_worst
    score: Floats = np.divide(to_worst, both, out=np.full(both.shape, 0.5), where=both > 0)
    score[number_there(values, weights) == 0] = np.nan
    return score


def _length(x: Floats, low: Floats, high: Floats, norm: Norm, missing: bool) -> Floats:
    """‖x‖ of every child, shape (…, k); infinite where it is 0, so that the child vanishes."""
    if norm == "none":
        return np.ones_like(low)
    if norm == "minmax":
        length = high - low
    else:
        squares = np.zeros_like(low)
        for rows in row_blocks(x.shape):
            block = np.nan_to_num(x[..., rows, :]) if missing else x[..., rows, :]
            squares += np.einsum("...uk,...uk->...k", block, block)
        length = np.sqrt(squares)
    return np.where(length > 0, length, np.inf)

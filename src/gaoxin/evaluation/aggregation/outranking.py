"""Pairwise comparison of units over the children: outranking matrix, Copeland score, Kemeny score.

Only the order of two units on each child counts, so no normalisation and no compensation. Ties are decided exactly:
two units tie when the weight of the children that prefer the one equals the weight of those that prefer the other up
to the rounding of the sums. COINr compares a rounded share with 0.5 and loses exact ties (ten of 51 Copeland scores
of its own example are wrong for that reason); with missing values its matrix depends on the order of the rows.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike

from gaoxin.evaluation.children import number_there, score_shape, values_and_weights
from gaoxin.evaluation.errors import EvaluationError
from gaoxin.evaluation.structure import Floats
from gaoxin.words import Text

TIE_TOLERANCE = 1e-12
"""Share of the total weight by which for and against may differ and still tie; sums of weights are exact to about
1e-14 of their total, and no deliberate difference of weights is as small."""

BLOCK = 1 << 18
"""Numbers of one block of comparisons (2 MiB: it stays in the cache)."""


def outranking(x: ArrayLike, w: ArrayLike) -> Floats:
    """Outranking matrix: the share of the weight of the children on which the row unit beats the column unit.

    Half of the weight of the children on which they tie is added. Only children that both units have are compared, and
    their weights are rescaled, so that entry (i, j) + entry (j, i) = 1 whatever is missing and in whatever order the
    units stand.

    Parameters
    ----------
    x
        Values, shape (units, k), NaN is missing.
    w
        Weights, shape (k,), of any scale.

    Returns
    -------
    Shape (units, units), diagonal 0; NaN for two units that have no child in common. Row sums of the matrix are Borda
    counts (in units of the total weight) when nothing is missing.

    Source: Munda, Nardo (2009); OECD/JRC Handbook (2008), step 7, Tables 26 and 36.

    >>> outranking([[3.0, 1.0], [2.0, 1.0]], [3.0, 1.0]).tolist()
    [[0.0, 0.875], [0.125, 0.0]]
    """
    values, weights = values_and_weights(x, w)
    if values.ndim != 2 or weights.ndim != 1:
        raise EvaluationError(
            Text("优序矩阵只能对单次评价求取", "an outranking matrix is for one evaluation, not for a stack of them")
        )
    there = (~np.isnan(values)).astype(np.float64)
    common = (there * weights) @ there.T
    out = np.empty(common.shape)
    for rows, balance in _balances(values, weights[None, :]):
        out[rows] = np.divide(balance[0], common[rows], out=np.full(balance[0].shape, np.nan), where=common[rows] > 0)
    out *= 0.5
    out += 0.5
    np.fill_diagonal(out, 0.0)
    return out


def copeland(x: ArrayLike, w: ArrayLike) -> Floats:
    """Copeland score: the number of units a unit beats minus the number it is beaten by.

    Unit i beats j when the children that prefer i have more weight together than those that prefer j; children on
    which they are equal or of which one is missing say nothing.

    Parameters
    ----------
    x
        Values, shape (…, units, k), NaN is missing.
    w
        Weights, shape (…, k), of any scale.

    Returns
    -------
    Integers as float64, shape (…, units), from 1 − n to n − 1. A unit without children has no score and is not
    compared. Time grows as units² · k, memory stays within a few blocks of at most 16 MiB.

    Source: Copeland (1951); OECD/JRC Handbook (2008), step 7.

    >>> copeland([[3.0, 1.0], [2.0, 1.0], [1.0, 2.0]], [1.0, 1.0]).tolist()
    [1.0, -1.0, 0.0]
    """
    values, weights = values_and_weights(x, w)
    shape = score_shape(values, weights)
    out = np.empty(shape)
    stacked = np.broadcast_to(weights, (*shape[:-1], weights.shape[-1]))
    lead = (1,) * (len(shape) + 1 - values.ndim) + values.shape[:-2]
    values = values.reshape(*lead, *values.shape[-2:])
    for place in np.ndindex(lead):
        # along an axis that x does not have, one table of comparisons serves all weights
        at = tuple(slice(None) if length == 1 else i for i, length in zip(place, lead, strict=True))
        w_at = stacked[at]
        rows_of_w = w_at.reshape(-1, w_at.shape[-1])
        score = np.empty((len(rows_of_w), shape[-1]))
        slack = TIE_TOLERANCE * rows_of_w.sum(axis=-1)[:, None, None]
        for rows, balance in _balances(values[place], rows_of_w):
            score[:, rows] = (balance > slack).sum(axis=-1) - (balance < -slack).sum(axis=-1, dtype=np.float64)
        out[at] = score.reshape(*w_at.shape[:-1], shape[-1])
    out[number_there(values, weights) == 0] = np.nan
    return out


def kemeny_score(matrix: ArrayLike, order: ArrayLike) -> Floats:
    """How well an order of the units agrees with an outranking matrix: the sum of the entries above its diagonal.

    Parameters
    ----------
    matrix
        Shape (units, units), as ``outranking`` gives it, or counts of children.
    order
        Positions of the units from first to last, shape (…, units): one order or several.

    Returns
    -------
    Shape (…,). The Kemeny order is the one with the highest score; finding it means trying n! of them, and it is often
    not unique, which is why it is not offered as an aggregation.

    Source: Kemeny (1959); Young, Levenglick (1978); OECD/JRC Handbook (2008), Tables 30 and 37.

    >>> kemeny_score([[0, 33, 25], [27, 0, 42], [35, 18, 0]], [[1, 2, 0], [0, 1, 2]]).tolist()
    [104.0, 100.0]
    """
    entries, orders = np.asarray(matrix, dtype=np.float64), np.asarray(order)
    arranged = entries[orders[..., :, None], orders[..., None, :]]
    return np.asarray(np.triu(arranged, k=1).sum(axis=(-2, -1)))


def _balances(x: Floats, w: Floats) -> Iterator[tuple[slice, Floats]]:
    """For blocks of units: weight for minus weight against them in every comparison, shape (len(w), block, units)."""
    units, k = x.shape
    columns = np.ascontiguousarray(x.T)
    step = max(1, min(BLOCK // max(1, units * k), 8 * BLOCK // max(1, units * len(w))))
    for start in range(0, units, step):
        rows = slice(start, min(start + step, units))
        own, others = columns[:, rows, None], columns[:, None, :]
        preferred = np.subtract((own > others).view(np.int8), (own < others).view(np.int8))  # 0 when one is missing
        yield rows, (w @ preferred.reshape(k, -1).astype(np.float64)).reshape(len(w), -1, units)

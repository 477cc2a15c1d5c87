"""The methods of normalisation (无量纲化方法), each a function on arrays.

``normalise`` chooses among them by specification; the scales behind them are in ``scales``.

Conventions of all functions here: ``x`` has shape (…, units, indicators), NaN is missing and stays missing;
``direction`` is ±1 per indicator, and more is always better in the result; ``over`` are the data from which minima,
means and so on are taken, by default ``x`` itself (give the base year to make years compare); ``clamp`` keeps scores
inside [``low``, ``high``].

**A constant indicator** gets the middle of the scale from ``minmax``, ``efficacy`` and ``logistic`` and the mean from
``zscore``: it tells no unit from another, and the middle neither lifts nor lowers anybody's rank. Making it missing
instead would hand its weight to its siblings, and would take away a parent that has no other child; COINr gives NaN.
Methods that measure against a unit, a target or the maximum give the full score to whoever reaches it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from gaoxin.evaluation.moments import means
from gaoxin.evaluation.normalisation import scales
from gaoxin.evaluation.normalisation.scales import Ties
from gaoxin.evaluation.structure import Floats, Ints


def minmax(
    x: Floats,
    direction: ArrayLike,
    *,
    low: float = 0.0,
    high: float = 100.0,
    clamp: bool = True,
    over: Floats | None = None,
) -> Floats:
    """Min-max (极差标准化): low + (high − low)·(x − worst)/(best − worst) over the observed values.

    >>> minmax(np.array([[1.0, 1.0], [2.0, 2.0], [5.0, 5.0]]), [1, -1]).tolist()
    [[0.0, 100.0], [25.0, 75.0], [100.0, 0.0]]
    """
    up = as_direction(direction)
    return scales.minmax_scale(_or(over, x), up, low=low, high=high, clamp=clamp).apply(x)


def goalposts(
    x: Floats,
    direction: ArrayLike,
    posts: ArrayLike,
    *,
    low: float = 0.0,
    high: float = 100.0,
    clamp: bool = True,
) -> Floats:
    """Min-max between given goalposts (阈值标准化) instead of observed extremes.

    ``posts``: (lowest, highest) value as measured, shape (indicators, 2) or one pair for all. With direction −1 the
    lowest value gets the score ``high``. The UNDP clamps each dimension of its human development index.

    >>> goalposts(np.array([[20.0, 20.0], [85.0, 85.0], [90.0, 90.0]]), [1, -1], [20.0, 85.0]).tolist()
    [[0.0, 100.0], [100.0, 0.0], [100.0, 0.0]]
    """
    up = as_direction(direction)
    pairs = np.broadcast_to(np.asarray(posts, dtype=np.float64), (len(up), 2))
    if not np.all(pairs[:, 0] < pairs[:, 1]):
        raise ValueError("every goalpost needs a lowest value below its highest")
    worst, best = np.where(up > 0, pairs[:, 0], pairs[:, 1]), np.where(up > 0, pairs[:, 1], pairs[:, 0])
    return scales.scale_between(worst, best, up, low=low, high=high, clamp=clamp).apply(x)


def efficacy(
    x: Floats,
    direction: ArrayLike,
    *,
    unallowed: ArrayLike | None = None,
    satisfactory: ArrayLike | None = None,
    c: float = 60.0,
    d: float = 40.0,
    clamp: bool = True,
    over: Floats | None = None,
) -> Floats:
    """Efficacy coefficient (功效系数法): c + d·(x − unallowed)/(satisfactory − unallowed).

    ``unallowed`` (不允许值) and ``satisfactory`` (满意值) as measured, per indicator; by default the worst and the best
    observed value. With c = 60 and d = 40, as usual, a unit at the unallowed value just passes. ``clamp`` keeps scores
    inside [c, c + d].

    >>> efficacy(np.array([[2.0], [3.0], [4.0]]), [-1]).ravel().tolist()
    [100.0, 80.0, 60.0]
    """
    up = as_direction(direction)
    worst, best = scales.worst_and_best(_or(over, x), up)
    worst = worst if unallowed is None else np.broadcast_to(np.asarray(unallowed, dtype=np.float64), worst.shape)
    best = best if satisfactory is None else np.broadcast_to(np.asarray(satisfactory, dtype=np.float64), best.shape)
    return scales.scale_between(worst, best, up, low=c, high=c + d, clamp=clamp).apply(x)


def zscore(
    x: Floats, direction: ArrayLike, *, mean: float = 0.0, sd: float = 1.0, over: Floats | None = None
) -> Floats:
    """z-score (Z 分数): mean + sd·direction·(x − x̄)/s, with the standard deviation s by n − 1.

    A value that differs from the constant on which the scale was fitted has no z-score and becomes missing.

    >>> zscore(np.array([[1.0], [2.0], [3.0]]), [1], mean=100, sd=10).ravel().tolist()
    [90.0, 100.0, 110.0]
    """
    return scales.zscore_scale(_or(over, x), as_direction(direction), mean=mean, sd=sd).apply(x)


def logistic(
    x: Floats, direction: ArrayLike, *, low: float = 0.0, high: float = 100.0, over: Floats | None = None
) -> Floats:
    """Logistic function of the z-score (逻辑函数): low + (high − low)/(1 + exp(−z)).

    Bounded without a clamp: outliers are drawn in, the middle is spread out; the mean gets the middle score.

    >>> logistic(np.array([[1.0], [2.0], [3.0]]), [1]).round(2).ravel().tolist()
    [26.89, 50.0, 73.11]
    """
    return scales.logistic_scale(_or(over, x), as_direction(direction), low=low, high=high).apply(x)


def distance_to_best(
    x: Floats,
    direction: ArrayLike,
    *,
    low: float = 0.0,
    high: float = 100.0,
    clamp: bool = True,
    over: Floats | None = None,
) -> Floats:
    """Distance to the best observed value (与最优值的距离): high − (high − low)·(best − x)/(best − worst).

    By another name the same as ``minmax``; here because handbooks list it.
    """
    return minmax(x, direction, low=low, high=high, clamp=clamp, over=over)


def distance_to_reference(
    x: Floats,
    direction: ArrayLike,
    reference: ArrayLike,
    *,
    low: float = 0.0,
    high: float = 100.0,
    clamp: bool = True,
    over: Floats | None = None,
) -> Floats:
    """Distance to a reference unit (与参照单位的距离): high − (high − low)·(ref − x)/(ref − worst).

    ``reference``: the values of that unit, shape (indicators,). Where the reference unit itself is the worst the
    distance is 0/0: every unit is at least as good as the reference and gets ``high`` (COINr: NaN).

    >>> x = np.array([[1.0, 5.0], [3.0, 6.0], [5.0, 9.0]])
    >>> distance_to_reference(x, [1, 1], x[1]).tolist(), distance_to_reference(x, [1, 1], x[0]).tolist()
    ([[0.0, 0.0], [100.0, 100.0], [100.0, 100.0]], [[100.0, 100.0], [100.0, 100.0], [100.0, 100.0]])
    """
    values = np.asarray(reference, dtype=np.float64)
    return scales.reference_scale(_or(over, x), values, as_direction(direction), low=low, high=high, clamp=clamp).apply(
        x
    )


def distance_to_target(
    x: Floats,
    direction: ArrayLike,
    targets: ArrayLike,
    *,
    low: float = 0.0,
    high: float = 100.0,
    clamp: bool = True,
    over: Floats | None = None,
) -> Floats:
    """Distance to a target (与目标值的距离): low + (high − low)·(x − worst)/(target − worst).

    ``targets``: as measured, one per indicator. A target that is not better than the worst value is reached by all.

    >>> distance_to_target(np.array([[10.0], [15.0], [40.0]]), [1], [30.0]).ravel().tolist()
    [0.0, 25.0, 100.0]
    """
    return distance_to_reference(x, direction, targets, low=low, high=high, clamp=clamp, over=over)


def fraction_of_maximum(
    x: Floats,
    direction: ArrayLike,
    *,
    low: float = 0.0,
    high: float = 100.0,
    clamp: bool = True,
    over: Floats | None = None,
) -> Floats:
    """Share of the maximum (占最大值的比例): x/max; with direction −1 (max + min − x)/max.

    The values need a ratio scale: none below 0. With direction −1 the column is mirrored inside its own range first, so
    the best unit has the full score and the worst min/max, as with direction 1. (min/x would break down where the best
    value is 0, as with tariffs or poverty; COINr's x/max of the negated column gives the worst unit the highest value.)

    >>> fraction_of_maximum(np.array([[1.0, 0.0], [2.0, 3.0], [4.0, 4.0]]), [1, -1]).tolist()
    [[25.0, 100.0], [50.0, 25.0], [100.0, 0.0]]
    """
    scale = scales.fraction_scale(_or(over, x), as_direction(direction), low=low, high=high, clamp=clamp)
    return scale.apply(x)


def rank_score(x: Floats, direction: ArrayLike, *, ties: Ties = "min", over: Floats | None = None) -> Floats:
    """Rank as a score (名次得分): the worst unit has 1, the best n; ties ``min``, ``max``, ``average`` or ``dense``.

    For ranks as results, where 1 is the best, see ``rank``.

    >>> rank_score(np.array([[5.0], [7.0], [7.0], [9.0]]), [1]).ravel().tolist()
    [1.0, 2.0, 2.0, 4.0]
    """
    return scales.rank_scale(_or(over, x), as_direction(direction), score="rank", ties=ties).apply(x)


def borda(x: Floats, direction: ArrayLike, *, ties: Ties = "min", over: Floats | None = None) -> Floats:
    """Borda points (Borda 计分): ``rank_score`` − 1, the number of units that are worse (for ties ``min``)."""
    return scales.rank_scale(_or(over, x), as_direction(direction), score="borda", ties=ties).apply(x)


def percentile_rank(
    x: Floats,
    direction: ArrayLike,
    *,
    definition: scales.Percentile = "inclusive",
    ties: Ties = "min",
    low: float = 0.0,
    high: float = 100.0,
    clamp: bool = True,
    over: Floats | None = None,
) -> Floats:
    """Percentile rank (百分位次): low + (high − low)·p.

    ``definition``: ``inclusive`` p = (rank − 1)/(n − 1), from 0 to 1 (COINr; PERCENTRANK.INC of spreadsheets);
    ``rank_over_n`` p = rank/n (OECD/JRC Handbook). With ties ``dense`` n is the number of different values.

    >>> x = np.array([[5.0], [7.0], [7.0], [9.0]])
    >>> percentile_rank(x, [1]).round(1).ravel().tolist()
    [0.0, 33.3, 33.3, 100.0]
    >>> percentile_rank(x, [1], definition="rank_over_n").ravel().tolist()
    [25.0, 50.0, 50.0, 100.0]
    """
    return scales.rank_scale(
        _or(over, x), as_direction(direction), score=definition, ties=ties, low=low, high=high, clamp=clamp
    ).apply(x)


def ratio_to_reference(x: Floats, reference: ArrayLike) -> Floats:
    """x/reference: reference a leader, a laggard, the mean or an external benchmark, one per indicator.

    Source of this and the next three: OECD/JRC (2008), *Handbook on Constructing Composite Indicators*, step 5 and
    Table 15. They take values as measured; turn or leave out indicators in which less is better before aggregating.
    """
    return x / np.asarray(reference, dtype=np.float64)


def difference_to_reference(x: Floats, reference: ArrayLike) -> Floats:
    """(x − reference)/reference, the relative difference; one reference per indicator."""
    values = np.asarray(reference, dtype=np.float64)
    return (x - values) / values


def above_or_below_mean(x: Floats, *, band: float = 0.2) -> Floats:
    """1 above, −1 below, 0 inside the neutral band of ± ``band`` around the mean, as a share of the mean.

    >>> above_or_below_mean(np.array([[6.0], [9.0], [15.0]])).ravel().tolist()
    [-1.0, 0.0, 1.0]
    """
    share = x / means(x)[..., None, :]
    signs = (share > 1.0 + band).astype(np.float64) - (share < 1.0 - band)
    return np.where(np.isnan(x), np.nan, signs)


def categorical(
    x: Floats,
    direction: ArrayLike,
    *,
    breaks: Sequence[float] = (5, 15, 35, 65, 85, 95),
    scores: Sequence[float] = (0, 20, 40, 50, 60, 80, 100),
) -> Floats:
    """Scores by class of percentile rank (100·rank/n, ties ``min``); a unit exactly at a break is in the upper class.

    By default as in the Handbook: the top 5 % have 100, from the 85th to the 95th percentile 80, and so on down to 0.

    >>> categorical(np.arange(1.0, 41.0)[:, None], [1]).ravel()[[0, 1, 4, 12, 20, 30, 36, 39]].tolist()
    [0.0, 20.0, 20.0, 40.0, 50.0, 60.0, 80.0, 100.0]
    """
    if len(scores) != len(breaks) + 1:
        raise ValueError(f"{len(breaks)} breaks make {len(breaks) + 1} classes, but there are {len(scores)} scores")
    percentiles = percentile_rank(x, direction, definition="rank_over_n")
    classes = np.searchsorted(np.asarray(breaks, dtype=np.float64), percentiles, side="right")
    return np.where(np.isnan(x), np.nan, np.asarray(scores, dtype=np.float64)[np.minimum(classes, len(breaks))])


def as_direction(direction: ArrayLike) -> Ints:
    """±1 per indicator as integers; anything else is an error."""
    signs = np.asarray(direction)
    if signs.ndim != 1 or not np.isin(signs, (-1, 1)).all():
        raise ValueError("direction must be +1 or −1 for each indicator")
    return signs.astype(np.int64)


def _or(over: Floats | None, x: Floats) -> Floats:
    return x if over is None else over

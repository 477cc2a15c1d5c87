"""Scores of several experts (专家评分): one figure per unit, how far the experts disagree, who is lenient."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from gaoxin.evaluation.errors import EvaluationError, listed
from gaoxin.evaluation.structure import Floats, Ints
from gaoxin.words import Text


@dataclass(frozen=True, eq=False)
class ExpertScores:
    """What e experts make of u units on one question."""

    experts: tuple[str, ...]
    units: tuple[str, ...]
    score: Floats
    """Trimmed mean of every unit, shape (u,); NaN where nobody scored."""
    count: Ints
    """How many experts scored the unit, shape (u,)."""
    dropped: Ints
    """How many of them the trimming left out, shape (u,)."""
    spread: Floats
    """Standard deviation (n − 1) of all scores of the unit, shape (u,); NaN below two scores."""
    lowest: Floats
    highest: Floats
    """Extremes of all scores of the unit, shape (u,)."""
    leniency: Floats
    """By how many points an expert scores above the panel on the same units, shape (e,)."""
    agreement: Floats
    """Correlation of an expert's scores with the mean of the others, shape (e,); NaN below three common units."""


def leniency(scores: ArrayLike) -> Floats:
    """How many points each expert gives above (or, negative, below) the panel, comparing the same units only.

    Parameters
    ----------
    scores
        Shape (experts, units), NaN where an expert did not score a unit.

    Returns
    -------
    Shape (experts,), summing to 0; NaN for an expert without any score. When everyone scored everything it is the
    expert's mean minus the mean of all. Otherwise the least-squares fit of score = unit + expert, so that an expert
    who was handed the weak units does not look severe.

    Source: two-way additive model without interaction, e.g. Scheffé, *The Analysis of Variance* (1959), ch. 4.

    >>> leniency([[6.0, 8.0, 7.0], [8.0, 10.0, 9.0], [7.0, 9.0, float("nan")]]).round(12).tolist()
    [-1.0, 1.0, 0.0]
    """
    y = np.atleast_2d(np.asarray(scores, dtype=np.float64))
    there = ~np.isnan(y)
    per_unit = np.maximum(there.sum(axis=0), 1)
    centred = np.where(there, y - np.where(there, y, 0.0).sum(axis=0) / per_unit, 0.0)
    # Normal equations of the expert effects after the unit effects are swept out; singular by one constant per
    # connected block of experts, for which lstsq takes the solution that sums to 0.
    seen = there.astype(np.float64)
    matrix = np.diag(seen.sum(axis=1)) - (seen / per_unit) @ seen.T
    effects: Floats = np.linalg.lstsq(matrix, centred.sum(axis=1), rcond=None)[0]
    return np.where(there.any(axis=1), effects, np.nan)


def combine_experts(
    scores: ArrayLike,
    *,
    experts: Sequence[str],
    units: Sequence[str],
    drop: int = 1,
    scale: tuple[float, float] | None = None,
    level_leniency: bool = False,
) -> ExpertScores:
    """One score per unit from several experts: the mean after dropping extremes from both ends.

    Parameters
    ----------
    scores
        Shape (experts, units), NaN where an expert did not score a unit.
    experts, units
        Their codes, for the messages.
    drop
        How many scores are dropped at each end (去掉最高分和最低分: 1). Where a unit has no more than 2 × ``drop``
        scores nothing is dropped, as nothing would be left; ``dropped`` says so. Of three scores the middle one
        remains.
    scale
        Lowest and highest score that may be given; anything outside is an error.
    level_leniency
        Subtract each expert's :func:`leniency` before the mean. Needed when experts scored different units; off by
        default, because it changes scores that people signed.

    Raises
    ------
    EvaluationError
        Shape and names do not match, or a score is outside ``scale``; the message names expert and unit.

    >>> panel = combine_experts([[9.0, 5.0], [8.0, 6.0], [2.0, 7.0]], experts=["A", "B", "C"], units=["x", "y"])
    >>> panel.score.tolist(), panel.dropped.tolist(), panel.highest.tolist()
    ([8.0, 6.0], [2, 2], [9.0, 7.0])
    """
    y = np.asarray(scores, dtype=np.float64)
    if y.shape != (len(experts), len(units)):
        raise EvaluationError(
            Text(
                f"评分表为 {y.shape}，而专家 {len(experts)} 人、单位 {len(units)} 个；每位专家一行",
                f"scores of shape {y.shape} for {len(experts)} experts × {len(units)} units; give one row per expert",
            )
        )
    if drop < 0:
        raise EvaluationError(
            Text(
                f"drop 为 {drop}；它是两端各去掉的分数个数，不小于 0",
                f"drop is {drop}; it counts the scores left out at each end, 0 or more",
            )
        )
    _check_scale(y, experts, units, scale)

    lenient = leniency(y)
    levelled = y - lenient[:, None] if level_leniency else y
    ordered = np.sort(levelled, axis=0)  # NaN last
    count = np.sum(~np.isnan(y), axis=0)
    cut = np.where(count > 2 * drop, drop, 0)
    place = np.arange(len(experts))[:, None]
    used = (place >= cut) & (place < count - cut)
    n_used = used.sum(axis=0)
    total = np.sum(ordered, axis=0, where=used)
    deviation = np.where(np.isnan(y), 0.0, y - np.nansum(y, axis=0) / np.maximum(count, 1))
    some = ~np.isnan(y)
    return ExpertScores(
        experts=tuple(experts),
        units=tuple(units),
        score=np.where(n_used > 0, total / np.maximum(n_used, 1), np.nan),
        count=count,
        dropped=2 * np.where(n_used > 0, cut, 0),
        spread=np.where(count > 1, np.sqrt((deviation**2).sum(axis=0) / np.maximum(count - 1, 1)), np.nan),
        lowest=np.where(count > 0, np.min(y, axis=0, where=some, initial=np.inf), np.nan),
        highest=np.where(count > 0, np.max(y, axis=0, where=some, initial=-np.inf), np.nan),
        leniency=lenient,
        agreement=_agreement(y),
    )


def _check_scale(y: Floats, experts: Sequence[str], units: Sequence[str], scale: tuple[float, float] | None) -> None:
    bad = np.isinf(y)
    if scale is not None:
        bad |= (y < scale[0]) | (y > scale[1])
    places = np.argwhere(bad)
    if len(places):
        which = listed(f"{experts[e]}→{units[u]} = {y[e, u]:g}" for e, u in places)
        low, high = scale if scale is not None else (-np.inf, np.inf)
        raise EvaluationError(
            Text(
                f"评分超出 [{low:g}, {high:g}]：{which.zh}；请更正评分或放宽范围",
                f"scores outside [{low:g}, {high:g}]: {which.en}; correct them or widen the scale",
            )
        )


def _agreement(y: Floats) -> Floats:
    """Correlation of each expert with the mean of the others over the units that both have."""
    there = ~np.isnan(y)
    filled = np.where(there, y, 0.0)
    others = there.sum(axis=0) - there
    mean_of_others = (filled.sum(axis=0) - filled) / np.maximum(others, 1)
    out = np.full(len(y), np.nan)
    for e in range(len(y)):
        both = there[e] & (others[e] > 0)
        if both.sum() >= 3:
            a, b = y[e, both] - y[e, both].mean(), mean_of_others[e, both] - mean_of_others[e, both].mean()
            size = np.sqrt((a @ a) * (b @ b))
            out[e] = a @ b / size if size > 0 else np.nan
    return out

"""Scales: what a normalisation needs to know of the data, fitted once and applied wherever it is needed.

Fitting is separate from applying, so that years compare (fit on the base year, apply to all) and a Monte Carlo
analysis fits once. A scale is fitted on ``x`` of shape (…, units, indicators); its parameters have the shape
(…, indicators), and it applies to arrays that broadcast with that. NaN is missing and stays missing.

Direction is part of every scale: a column with direction −1 is turned, so the better value has the higher score.
Turning means exchanging the two ends; multiplying by −1 first, as COINr does, gives the same for methods whose two ends
come from the data, but leaves given goalposts, and ratios to the maximum, the wrong way round.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import scipy
from numpy.typing import NDArray

from gaoxin.evaluation.moments import counts, extremes, means_and_deviations, row_blocks
from gaoxin.evaluation.structure import Floats, Ints

Ties = Literal["min", "max", "average", "dense"]
Percentile = Literal["inclusive", "rank_over_n"]
RankScore = Literal["rank", "borda"] | Percentile


@dataclass(frozen=True, eq=False)
class LinearScale:
    """Score = base + gain·t with t = (x − origin)/span, t kept inside 0 … 1 when ``clamp``.

    Where the span is 0 there is nothing to measure with: ``without_span`` holds the scores of values that are worse
    than, equal to and better than the origin.
    """

    origin: Floats
    """Value with t = 0, as measured, shape (…, indicators)."""
    span: Floats
    """From the value with t = 0 to the one with t = 1, as measured; negative where less is better."""
    direction: Ints
    """±1 per indicator."""
    base: float
    gain: float
    clamp: bool
    without_span: tuple[float, float, float]

    @property
    def flat(self) -> NDArray[np.bool_]:
        """Indicators whose span is 0, shape (…, indicators)."""
        return np.equal(self.span, 0.0)

    def apply(self, x: Floats) -> Floats:
        """Scores of ``x`` (…, units, indicators), in one new array; ``x`` is not changed."""
        origin, span = self.origin[..., None, :], np.where(self.flat, 1.0, self.span)[..., None, :]
        scores = np.empty(np.broadcast_shapes(x.shape, origin.shape))
        with np.errstate(over="ignore"):
            for rows in row_blocks(scores.shape):
                block = scores[..., rows, :]
                np.subtract(x[..., rows, :], origin, out=block)
                block /= span
                if self.clamp:
                    np.clip(block, 0.0, 1.0, out=block)
                block *= self.gain
                block += self.base
        columns = np.flatnonzero(self.flat.reshape(-1, self.flat.shape[-1]).any(axis=0))
        if columns.size:
            worse, equal, better = self.without_span
            above = (x[..., columns] - origin[..., columns]) * self.direction[columns]
            fixed = np.select([above < 0, above == 0, above > 0], [worse, equal, better], np.nan)
            scores[..., columns] = np.where(self.flat[..., None, columns], fixed, scores[..., columns])
        return scores

    def beyond(self, x: Floats) -> Ints:
        """Number of values of each indicator outside 0 ≤ t ≤ 1, shape (…, indicators)."""
        origin, span = self.origin[..., None, :], np.where(self.flat, np.nan, self.span)[..., None, :]
        found = np.zeros((*np.broadcast_shapes(x.shape[:-2], self.span.shape[:-1]), x.shape[-1]), dtype=np.int64)
        with np.errstate(over="ignore"):
            for rows in row_blocks(x.shape):
                t = (x[..., rows, :] - origin) / span
                found += np.count_nonzero((t < 0.0) | (t > 1.0), axis=-2)
        return found


@dataclass(frozen=True, eq=False)
class LogisticScale:
    """Score = low + (high − low)/(1 + exp(−z)), z the directed z-score."""

    z: LinearScale
    low: float
    high: float

    @property
    def flat(self) -> NDArray[np.bool_]:
        """Indicators without spread, shape (…, indicators)."""
        return self.z.flat

    def apply(self, x: Floats) -> Floats:
        """Scores of ``x`` (…, units, indicators), in one new array; ``x`` is not changed."""
        scores = self.z.apply(x)
        scipy.special.expit(scores, out=scores)
        scores *= self.high - self.low
        scores += self.low
        return scores


@dataclass(frozen=True, eq=False)
class RankScale:
    """Scores by the place among the values the scale was fitted on; the worst place is 1.

    A value that is not one of them (of another year) gets the place it would have if it were added.
    """

    ordered: Floats
    """The fitted values × direction, sorted upwards, NaN last, shape (…, indicators, units)."""
    count: Ints
    """How many of them there are, shape (…, indicators)."""
    direction: Ints
    score: RankScore
    ties: Ties
    low: float
    high: float
    clamp: bool

    @property
    def flat(self) -> NDArray[np.bool_]:
        """Indicators in which all fitted values are equal, shape (…, indicators)."""
        last = np.take_along_axis(self.ordered, np.maximum(self.count - 1, 0)[..., None], axis=-1)[..., 0]
        return np.equal(self.ordered[..., 0], last)

    def apply(self, x: Floats) -> Floats:
        """Scores of ``x`` (…, units, indicators), in one new array; ``x`` is not changed."""
        shape = np.broadcast_shapes(x.shape[:-2], self.count.shape[:-1])
        x = np.broadcast_to(x, (*shape, *x.shape[-2:]))
        ordered = np.broadcast_to(self.ordered, (*shape, *self.ordered.shape[-2:]))
        count = np.broadcast_to(self.count, (*shape, self.count.shape[-1]))
        scores = np.full(x.shape, np.nan)
        for place in np.ndindex(count.shape):
            *stack, column = place
            among = ordered[place][: count[place]]
            if among.size:
                values = x[(*stack, slice(None), column)] * self.direction[column]
                scores[(*stack, slice(None), column)] = self._column(values, among)
        return scores

    def _column(self, values: Floats, among: Floats) -> Floats:
        if self.ties == "dense":
            among = np.unique(among)
        places = np.searchsorted(among, values, side="left") + 1
        ranks: Floats = places.astype(np.float64)
        if self.ties in ("max", "average"):
            highest = np.maximum(np.searchsorted(among, values, side="right"), places)
            ranks = highest.astype(np.float64) if self.ties == "max" else (places + highest) / 2.0
        ranks[np.isnan(values)] = np.nan
        if self.score == "rank":
            return ranks
        if self.score == "borda":
            return ranks - 1.0
        if self.score == "rank_over_n":
            shares = ranks / among.size
        elif among.size > 1:
            shares = (ranks - 1.0) / (among.size - 1.0)
        else:  # one value: the middle
            shares = np.where(np.isnan(ranks), np.nan, 0.5)
        if self.clamp:
            np.minimum(shares, 1.0, out=shares)
        return self.low + (self.high - self.low) * shares


Scale = LinearScale | LogisticScale | RankScale


def minmax_scale(x: Floats, direction: Ints, *, low: float, high: float, clamp: bool) -> LinearScale:
    """Scale of ``minmax``: from the worst value to the best."""
    worst, best = worst_and_best(x, direction)
    return scale_between(worst, best, direction, low=low, high=high, clamp=clamp)


def scale_between(worst: Floats, best: Floats, direction: Ints, *, low: float, high: float, clamp: bool) -> LinearScale:
    """From ``worst`` (score ``low``) to ``best`` (score ``high``), both as measured, shape (…, indicators)."""
    return LinearScale(worst, best - worst, direction, low, high - low, clamp, (low, (low + high) / 2.0, high))


def zscore_scale(x: Floats, direction: Ints, *, mean: float, sd: float) -> LinearScale:
    """Scale of ``zscore``: t is the directed z-score."""
    centre, deviation = means_and_deviations(x)
    deviation = np.where(np.isnan(deviation) & ~np.isnan(centre), 0.0, deviation)  # a single value has no spread
    return LinearScale(centre, deviation * direction, direction, mean, sd, False, (np.nan, mean, np.nan))


def logistic_scale(x: Floats, direction: Ints, *, low: float, high: float) -> LogisticScale:
    """Scale of ``logistic``; without spread z is −∞, 0 or +∞."""
    z = zscore_scale(x, direction, mean=0.0, sd=1.0)
    return LogisticScale(replace(z, without_span=(-np.inf, 0.0, np.inf)), low, high)


def reference_scale(
    x: Floats, reference: Floats, direction: Ints, *, low: float, high: float, clamp: bool
) -> LinearScale:
    """From the worst value of ``x`` to ``reference``, shape (…, indicators), of a unit or a target.

    Where the reference is not better than the worst value, whoever reaches it has the score ``high``.
    """
    worst, _ = worst_and_best(x, direction)
    reached = (reference - worst) * direction <= 0.0
    origin, span = np.where(reached, reference, worst), np.where(reached, 0.0, reference - worst)
    return LinearScale(origin, span, direction, low, high - low, clamp, (low, high, high))


def fraction_scale(x: Floats, direction: Ints, *, low: float, high: float, clamp: bool) -> LinearScale:
    """Scale of ``fraction_of_maximum``: x/max, or (max + min − x)/max where less is better."""
    least, most = extremes(x)
    up = direction > 0
    origin = np.where(up, 0.0, least + most)
    return LinearScale(
        origin=origin,
        span=np.where(up, most, least) - origin,  # −max, rounded so that the best value has exactly 1
        direction=direction,
        base=low,
        gain=high - low,
        clamp=clamp,
        without_span=(low, high, high),
    )


def directed_scale(direction: Ints) -> LinearScale:
    """Scale of ``none``: x × direction."""
    ends = direction.astype(np.float64)
    return LinearScale(np.zeros(ends.shape), ends, direction, 0.0, 1.0, False, (np.nan, np.nan, np.nan))


def rank_scale(
    x: Floats, direction: Ints, *, score: RankScore, ties: Ties, low: float = 0.0, high: float = 1.0, clamp: bool = True
) -> RankScale:
    """Scale of ``rank``, ``borda`` and ``percentile_rank``."""
    ordered = np.multiply(np.swapaxes(x, -1, -2), direction[:, None], order="C")
    ordered.sort(axis=-1)
    return RankScale(ordered, counts(x), direction, score, ties, low, high, clamp)


def worst_and_best(x: Floats, direction: Ints) -> tuple[Floats, Floats]:
    """The worst and the best value of every indicator, as measured, shape (…, indicators)."""
    least, most = extremes(x)
    return np.where(direction > 0, least, most), np.where(direction > 0, most, least)

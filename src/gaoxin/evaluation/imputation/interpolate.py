"""Imputation over time: a unit's missing value from its own values of other periods."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gaoxin.evaluation.errors import EvaluationError, listed
from gaoxin.evaluation.structure import Floats, Ints
from gaoxin.words import Text


def impute_linear(
    x: Floats,
    series: Sequence[object],
    times: ArrayLike,
    *,
    max_gap: int | None = None,
    extrapolate: bool = False,
) -> Floats:
    """Fill between two values of a unit by the straight line in time.

    Parameters
    ----------
    x
        Shape (rows, indicators); a row is a unit in a period, in any order; periods may be lacking.
    series
        Unit of each row.
    times
        Number of the period of each row; consecutive periods differ by 1.
    max_gap
        The most periods without a value that are bridged; a longer gap stays missing as a whole.
    extrapolate
        Whether the first value also holds before it and the last one after it (at most ``max_gap`` periods away).

    >>> impute_linear(np.array([[1.0], [np.nan], [np.nan], [4.0], [np.nan]]), ["a"] * 5, range(2018, 2023)).ravel()
    array([ 1.,  2.,  3.,  4., nan])
    """
    known = _neighbours_in_time(x, series, times)
    with np.errstate(invalid="ignore"):
        share = (known.time - known.time_before) / (known.time_after - known.time_before)
        between = known.before + (known.after - known.before) * share
        bridged = known.time_after - known.time_before - 1.0 <= (np.inf if max_gap is None else max_gap)
    filled = np.where(np.isnan(x) & bridged, between, x)
    if extrapolate:
        ends = np.isnan(known.before) | np.isnan(known.after)
        held = np.where(np.isnan(known.before), known.held_after(max_gap), known.held_before(max_gap))
        filled = np.where(np.isnan(x) & ends, held, filled)
    return filled


def impute_last(
    x: Floats,
    series: Sequence[object],
    times: ArrayLike,
    *,
    max_gap: int | None = None,
    extrapolate: bool = False,
) -> Floats:
    """Fill with the unit's most recent earlier value, at most ``max_gap`` periods old.

    Parameters as for ``impute_linear``; with ``extrapolate`` the first value also holds before it.

    >>> impute_last(np.array([[np.nan], [2.0], [np.nan], [np.nan]]), ["a"] * 4, range(4), max_gap=1).ravel()
    array([nan,  2.,  2., nan])
    """
    known = _neighbours_in_time(x, series, times)
    filled = np.where(np.isnan(x), known.held_before(max_gap), x)
    if extrapolate:
        filled = np.where(np.isnan(x) & np.isnan(known.before), known.held_after(max_gap), filled)
    return filled


@dataclass(frozen=True, eq=False)
class _Known:
    """For every cell the unit's nearest known values in time and when they were, NaN where there is none."""

    time: Floats
    before: Floats
    time_before: Floats
    after: Floats
    time_after: Floats

    def held_before(self, max_gap: int | None) -> Floats:
        near = self.time - self.time_before <= (np.inf if max_gap is None else max_gap)
        return np.where(near, self.before, np.nan)

    def held_after(self, max_gap: int | None) -> Floats:
        near = self.time_after - self.time <= (np.inf if max_gap is None else max_gap)
        return np.where(near, self.after, np.nan)


def _neighbours_in_time(x: Floats, series: Sequence[object], times: ArrayLike) -> _Known:
    labels: dict[object, int] = {}
    unit = np.array([labels.setdefault(label, len(labels)) for label in series], dtype=np.int64)
    time = np.asarray(times, dtype=np.float64)
    if unit.shape != (len(x),) or time.shape != (len(x),):
        raise ValueError(f"{unit.shape[0]} units and {time.shape[0]} times for {len(x)} rows")
    order = np.lexsort((time, unit))
    unit, sorted_time = unit[order], time[order]
    twice = np.flatnonzero((unit[1:] == unit[:-1]) & (sorted_time[1:] == sorted_time[:-1]))
    if twice.size:
        names = listed(f"{series[order[i]]} {sorted_time[i]:g}" for i in twice)
        raise EvaluationError(
            Text(f"同一单位同一期有多行：{names.zh}，请只保留一行", f"more than one row for {names.en}: keep one")
        )

    values, rows = x[order], np.arange(len(x))
    first = np.searchsorted(unit, unit, side="left")
    last = np.searchsorted(unit, unit, side="right") - 1
    there = ~np.isnan(values)
    before = np.maximum.accumulate(np.where(there, rows[:, None], -1), axis=0)
    after = np.minimum.accumulate(np.where(there, rows[:, None], len(x))[::-1], axis=0)[::-1]
    has_before, has_after = before >= first[:, None], after <= last[:, None]

    back = np.empty_like(order)
    back[order] = rows

    def taken(source: Floats, places: Ints, there: NDArray[np.bool_]) -> Floats:
        found = np.where(there, source[np.clip(places, 0, len(x) - 1)], np.nan)
        return found[back]

    columns = np.arange(x.shape[1])
    at_before, at_after = np.clip(before, 0, len(x) - 1), np.clip(after, 0, len(x) - 1)
    return _Known(
        time=time[:, None],
        before=np.where(has_before, values[at_before, columns], np.nan)[back],
        time_before=taken(sorted_time, before, has_before),
        after=np.where(has_after, values[at_after, columns], np.nan)[back],
        time_after=taken(sorted_time, after, has_after),
    )

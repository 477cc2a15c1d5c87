"""Several periods: the path of every unit, growth, and why a rank changed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from gaoxin.evaluation.errors import EvaluationError, listed
from gaoxin.evaluation.rank import TIE_TOLERANCE, Ties, rank
from gaoxin.evaluation.structure import Floats, Ints
from gaoxin.words import Text

_PERIOD = re.compile(r"(\d{4})(?:-?(?:[Qq]([1-4])|(\d{2})))?")


def period_numbers(periods: Sequence[str]) -> Ints:
    """Periods as numbers of which consecutive ones differ by 1: years, quarters (2025-Q3) or months (2025-08).

    Periods that are written otherwise, or of mixed frequency, are an error: whether one is missing in between could
    not be told.

    >>> period_numbers(["2024-Q4", "2025-Q1", "2023-Q4"]).tolist()
    [8099, 8100, 8095]
    """
    numbers = np.empty(len(periods), dtype=np.int64)
    kinds: dict[str, str] = {}
    for i, period in enumerate(periods):
        match = _PERIOD.fullmatch(str(period))
        if match is None or (match[3] and not 1 <= int(match[3]) <= 12):
            raise EvaluationError(
                Text(
                    f"期别 {period} 无法识别；请写作 2025、2025-Q3 或 2025-08",
                    f"period {period} is not understood; write 2025, 2025-Q3 or 2025-08",
                )
            )
        year, quarter, month = match.groups()
        kinds.setdefault("quarter" if quarter else "month" if month else "year", str(period))
        numbers[i] = (
            4 * int(year) + int(quarter) - 1 if quarter else 12 * int(year) + int(month) - 1 if month else int(year)
        )
    if len(kinds) > 1:
        mixed = listed(kinds.values())
        raise EvaluationError(
            Text(f"年、季、月不能混用：{mixed.zh}", f"periods of different frequency cannot be mixed: {mixed.en}")
        )
    return numbers


@dataclass(frozen=True, eq=False)
class Trajectories:
    """One figure of every unit over the periods."""

    units: tuple[str, ...]
    periods: tuple[str, ...]
    """In order of time."""
    values: Floats
    """Shape (units, periods), NaN where the unit has none."""

    def at(self, period: str) -> Floats:
        """The values of one period, in the order of ``units``."""
        if period not in self.periods:
            have = listed(self.periods)
            raise EvaluationError(
                Text(f"没有 {period} 期，现有 {have.zh}", f"there is no period {period}, only {have.en}")
            )
        return self.values[:, self.periods.index(period)]


def trajectories(values: ArrayLike, units: Sequence[str], periods: Sequence[str]) -> Trajectories:
    """Rows (unit × period) as a table of units by periods; ``values`` has shape (rows,).

    >>> trajectories([1.0, 2.0, 3.0], ["A", "B", "A"], ["2024", "2024", "2025"]).values.tolist()
    [[1.0, 3.0], [2.0, nan]]
    """
    names = tuple(dict.fromkeys(units))
    times = tuple(
        p for _, p in sorted({int(n): str(p) for n, p in zip(period_numbers(periods), periods, strict=True)}.items())
    )
    row, column = {u: i for i, u in enumerate(names)}, {t: j for j, t in enumerate(times)}
    table = np.full((len(names), len(times)), np.nan)
    for value, unit, period in zip(np.asarray(values, dtype=np.float64).tolist(), units, periods, strict=True):
        table[row[unit], column[str(period)]] = value
    return Trajectories(names, times, table)


def growth_rates(path: Trajectories) -> Floats:
    """Compound annual (quarterly, monthly) growth between the first and the last period that a unit has.

        (last / first)^(1/periods between) − 1

    Shape (units,); NaN with fewer than two values or when they are not both positive: growth from or to nothing, or
    across zero, has no rate.

    >>> growth_rates(trajectories([100.0, 121.0], ["A", "A"], ["2020", "2022"])).round(12).tolist()
    [0.1]
    """
    numbers = period_numbers(path.periods)
    out = np.full(len(path.units), np.nan)
    for i, values in enumerate(path.values):
        there = np.flatnonzero(~np.isnan(values))
        if len(there) > 1:
            first, last = values[there[0]], values[there[-1]]
            if first > 0 and last > 0:
                out[i] = (last / first) ** (1.0 / (numbers[there[-1]] - numbers[there[0]])) - 1.0
    return out


@dataclass(frozen=True, eq=False)
class RankChange:
    """Places gained (positive) or lost by each unit between two periods, and why; arrays over the units of either.

    ``change`` = ``own`` + ``others`` + ``entry`` for the units of both periods; NaN for the rest.
    """

    units: tuple[str, ...]
    before: Floats
    after: Floats
    """Ranks; NaN where the unit has none."""
    change: Floats
    """Rank before minus rank after."""
    own: Floats
    """Places due to the change of the unit's own score, the others' held."""
    others: Floats
    """Places due to the changes of the others that are in both periods, the unit's own held."""
    entry: Floats
    """Places due to units that came or went."""


def rank_change(
    units: Sequence[str],
    before: ArrayLike,
    after: ArrayLike,
    *,
    ties: Ties = "min",
    tolerance: float = TIE_TOLERANCE,
) -> RankChange:
    """Decompose the change of every rank into the unit's own change, that of the others, and entries and exits.

    Among the units with a score in both periods, let r(a, b) be the rank of a unit with its own score of period a
    among the others' scores of period b. Its own effect is the mean of r(0, b) − r(1, b) over b = 0, 1, that of the
    others the mean of r(a, 0) − r(a, 1) over a (Shapley values of two players): they add up to r(0, 0) − r(1, 1)
    without a rest and without an order to choose. The rest of the change of the full ranks is due to units that are
    in one period only.

    A unit can lose places by getting better too slowly: own positive, others negative. With a scale that moves from
    period to period, own and others hold the move of the scale too; fix the base period to keep it out.

    Parameters
    ----------
    units
        Codes, length u.
    before, after
        Scores in the two periods, shape (u,), NaN where the unit is not there.
    ties, tolerance
        As in :func:`gaoxin.evaluation.rank.rank`.

    >>> got = rank_change(["A", "B", "C"], [50.0, 60.0, float("nan")], [65.0, 61.0, 90.0])
    >>> got.change.tolist(), got.own.tolist(), got.others.tolist(), got.entry.tolist()
    ([0.0, -2.0, nan], [1.0, 0.0, nan], [0.0, -1.0, nan], [-1.0, -1.0, nan])
    """
    s = np.stack([np.asarray(before, dtype=np.float64), np.asarray(after, dtype=np.float64)])
    full = rank(s, axis=1, ties=ties, tolerance=tolerance)
    both = np.flatnonzero(~np.isnan(s).any(axis=0))
    pool = s[:, both]
    mixed = np.empty((2, 2, len(both)))  # own period, others' period, unit
    for a in range(2):
        mixed[a, a] = rank(pool[a], ties=ties, tolerance=tolerance)
        for i in range(len(both)):
            scores = pool[1 - a].copy()
            scores[i] = pool[a, i]
            mixed[a, 1 - a, i] = rank(scores, ties=ties, tolerance=tolerance)[i]

    own, others, entry = (np.full(len(units), np.nan) for _ in range(3))
    own[both] = (mixed[0] - mixed[1]).mean(axis=0)
    others[both] = (mixed[:, 0] - mixed[:, 1]).mean(axis=0)
    change = full[0] - full[1]
    entry[both] = change[both] - (mixed[0, 0] - mixed[1, 1])
    return RankChange(tuple(units), full[0], full[1], change, own, others, entry)

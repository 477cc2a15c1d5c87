"""Imputation (缺失值填补): missing values filled by a stated rule; each cell that was or could not be filled is known.

This module holds the rules that look at one column or one row, and the dispatcher; rules over time are in
``interpolate``, the multivariate normal model in ``em``, nearest neighbours in ``neighbours``.

The default of a method is ``none``: a mean over what is there leaves the score to the values that were reported.
That is not neutral either (it is the same as giving the unit the mean of its other indicators), but it adds nothing
that nobody reported, and the coverage is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gaoxin.evaluation.errors import EvaluationError, listed
from gaoxin.evaluation.imputation.em import impute_em
from gaoxin.evaluation.imputation.interpolate import impute_last, impute_linear
from gaoxin.evaluation.imputation.neighbours import impute_knn
from gaoxin.evaluation.method import Imputation
from gaoxin.evaluation.moments import extremes, means, medians
from gaoxin.evaluation.notes import Note
from gaoxin.evaluation.structure import Floats, Ints
from gaoxin.words import Text

Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Imputed:
    """Values with the missing ones filled, and which cells those are."""

    x: Floats
    """Shape (units, indicators)."""
    filled: Flags
    """Cells that the rule filled, shape (units, indicators)."""
    missing: Flags
    """Cells that are still missing, because the rule has nothing to fill them with, shape (units, indicators)."""
    tried: bool = True
    """False for ``none``: missing cells were left on purpose."""
    iterations: int | None = None
    """Of ``em``: how many it took (the most of any period)."""
    converged: bool | None = None
    """Of ``em``: whether the filled values had settled."""

    def notes(self, units: Sequence[str], indicators: Sequence[str]) -> tuple[Note, ...]:
        """What was filled and what could not be, one note for each indicator, naming the units."""
        notes = []
        left = ("无法填补", "could not be filled for") if self.tried else ("不填补", "left empty for")
        for cells, (zh, en) in ((self.filled, ("已填补", "filled for")), (self.missing, left)):
            for j in np.flatnonzero(cells.any(axis=0)).tolist():
                names = tuple(units[i] for i in np.flatnonzero(cells[:, j]).tolist())
                message = Text(
                    f"{indicators[j]}：{zh} {len(names)} 个缺失值（{listed(names).zh}）",
                    f"{indicators[j]}: {len(names)} missing, {en} {listed(names).en}",
                )
                notes.append(Note("impute", message, units=names, nodes=(indicators[j],)))
        if self.converged is False:
            message = Text(
                f"EM 迭代 {self.iterations} 次后仍未收敛，填补值不可靠",
                f"EM had not converged after {self.iterations} iterations: do not rely on the filled values",
            )
            notes.append(Note("impute", message))
        return tuple(notes)


def impute_mean(x: Floats) -> Floats:
    """Fill with the mean of the column. ``x``: (…, units, indicators); a column without values stays missing."""
    return np.where(np.isnan(x), means(x)[..., None, :], x)


def impute_median(x: Floats) -> Floats:
    """Fill with the median of the column. ``x``: (…, units, indicators); a column without values stays missing."""
    return np.where(np.isnan(x), medians(x)[..., None, :], x)


def impute_zero(x: Floats) -> Floats:
    """Fill with 0: for counts where an empty cell means none."""
    return np.where(np.isnan(x), 0.0, x)


def impute_group_mean(x: Floats, groups: Sequence[object]) -> Floats:
    """Fill with the mean of the column over the unit's group.

    ``x``: (…, units, indicators); ``groups``: one label per unit. Missing stays what has no value in its group, and
    every missing value of a unit without a group (None or empty text).

    >>> impute_group_mean(np.array([[1.0], [3.0], [np.nan], [9.0]]), ["a", "a", "a", "b"]).ravel().tolist()
    [1.0, 3.0, 2.0, 9.0]
    """
    return _inside_groups(x, groups, impute_mean)


def impute_group_median(x: Floats, groups: Sequence[object]) -> Floats:
    """Fill with the median of the column over the unit's group; otherwise as ``impute_group_mean``."""
    return _inside_groups(x, groups, impute_median)


def impute_unit_mean(x: Floats, direction: ArrayLike, branches: ArrayLike | None = None) -> Floats:
    """Fill with what makes the unit as good in the indicator as it is on average in its other ones.

    Every column is scaled to 0 (worst) … 1 (best), a missing value is the mean of the row on that scale, and is scaled
    back (COINr's row imputation). A unit without any value (in the branch) stays missing.

    Parameters
    ----------
    x
        Shape (…, units, indicators).
    direction
        ±1 per indicator.
    branches
        A number per indicator, for example ``hierarchy.parents[:n]``: the mean is taken over the indicators of the
        same branch. None: over all.

    >>> impute_unit_mean(np.array([[0.0, 10.0], [4.0, 20.0], [3.0, np.nan]]), [1, -1]).tolist()
    [[0.0, 10.0], [4.0, 20.0], [3.0, 12.5]]
    """
    low, high = extremes(x)
    up = np.asarray(direction) > 0
    worst, best = np.where(up, low, high), np.where(up, high, low)
    span = best - worst
    scaled = (x - worst[..., None, :]) / np.where(span == 0.0, 1.0, span)[..., None, :]
    branch_of = np.zeros(x.shape[-1]) if branches is None else np.asarray(branches)
    for branch in np.unique(branch_of):
        columns = branch_of == branch
        part = scaled[..., columns]
        row_means = np.swapaxes(means(np.swapaxes(part, -1, -2))[..., None, :], -1, -2)
        scaled[..., columns] = row_means
    return np.where(np.isnan(x), worst[..., None, :] + scaled * span[..., None, :], x)


def impute(
    x: Floats,
    spec: Imputation,
    *,
    direction: Ints | None = None,
    groups: Sequence[object] | None = None,
    branches: ArrayLike | None = None,
    series: Sequence[object] | None = None,
    times: ArrayLike | None = None,
) -> Imputed:
    """Fill missing values by the rule of ``spec``.

    With several periods (``times``) the rules that compare units (all but ``linear``, ``last``, ``zero``) look at the
    units of the same period only: what a unit gets for 2021 does not depend on who reported in 2023.

    Parameters
    ----------
    x
        Shape (rows, indicators); a row is a unit, or a unit in a period.
    spec
        The rule and its options.
    direction
        ±1 per indicator, for ``unit_mean``.
    groups
        Group of each row, for ``group_mean`` and ``group_median``.
    branches
        Branch of each indicator, for ``unit_mean`` (see there).
    series
        Unit of each row, for ``linear`` and ``last``.
    times
        Number of the period of each row; consecutive periods differ by 1.

    Raises
    ------
    EvaluationError
        When the rule needs groups or periods and there are none.

    >>> impute(np.array([[1.0], [np.nan], [4.0]]), Imputation(method="mean")).x.ravel().tolist()
    [1.0, 2.5, 4.0]
    """
    method, iterations, converged = spec.method, None, None
    if method == "none":
        filled = x
    elif method == "zero":
        filled = impute_zero(x)
    elif method in ("linear", "last"):
        if series is None or times is None:
            raise EvaluationError(
                Text(
                    f"填补方法 {method} 需要多期数据，请提供各期数据或改用其他方法",
                    f"imputation {method} needs several periods: give the data of each, or choose another rule",
                )
            )
        rule = impute_linear if method == "linear" else impute_last
        filled = rule(x, series, times, max_gap=spec.max_gap, extrapolate=spec.extrapolate)
    else:
        filled = np.empty_like(x)
        when = np.zeros(len(x)) if times is None else np.asarray(times)
        for time in np.unique(when):
            rows = np.flatnonzero(when == time)
            part = x[rows]
            if method == "em":
                fit = impute_em(part)
                filled[rows] = fit.x
                iterations = max(iterations or 0, fit.iterations)
                converged = fit.converged and converged is not False
            else:
                filled[rows] = _compared(part, spec, rows, direction, groups, branches)
    missing = np.isnan(filled)
    return Imputed(filled, np.isnan(x) & ~missing, missing, method != "none", iterations, converged)


def _compared(
    x: Floats,
    spec: Imputation,
    rows: Ints,
    direction: Ints | None,
    groups: Sequence[object] | None,
    branches: ArrayLike | None,
) -> Floats:
    """The rules that compare the units of one period; ``rows`` are their places in the whole table."""
    match spec.method:
        case "mean":
            return impute_mean(x)
        case "median":
            return impute_median(x)
        case "knn":
            return impute_knn(x, spec.neighbours)
        case "unit_mean":
            if direction is None:
                raise ValueError("unit_mean needs the direction of the indicators")
            return impute_unit_mean(x, direction, branches)
        case _:
            if groups is None:
                raise EvaluationError(
                    Text(
                        f"填补方法 {spec.method} 需要单位分组，请给出分组（group_by）或改用其他方法",
                        f"imputation {spec.method} needs groups of units: give group_by, or choose another rule",
                    )
                )
            rule = impute_group_mean if spec.method == "group_mean" else impute_group_median
            return rule(x, [groups[row] for row in rows])


def _inside_groups(x: Floats, groups: Sequence[object], rule: Callable[[Floats], Floats]) -> Floats:
    if len(groups) != x.shape[-2]:
        raise ValueError(f"{len(groups)} groups for {x.shape[-2]} units")
    members: dict[object, list[int]] = {}
    for unit, group in enumerate(groups):
        if group not in (None, ""):
            members.setdefault(group, []).append(unit)
    filled = x.copy()
    for units in members.values():
        filled[..., units, :] = rule(x[..., units, :])
    return filled

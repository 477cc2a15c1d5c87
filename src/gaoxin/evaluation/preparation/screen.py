"""Screening (筛选): which units and indicators have enough data to be evaluated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gaoxin.evaluation.errors import EvaluationError, listed
from gaoxin.evaluation.method import Screening
from gaoxin.evaluation.notes import Note, codes_or_numbers
from gaoxin.evaluation.structure import Floats
from gaoxin.words import Text

Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Screened:
    """How much data there is, and what passes the thresholds of ``spec``."""

    spec: Screening
    unit_availability: Floats
    """Share of the kept indicators that each unit has, shape (units,)."""
    unit_nonzero: Floats
    """Share of each unit's values that are not zero, shape (units,); 0 for a unit without values."""
    indicator_availability: Floats
    """Share of all units that have the indicator, shape (indicators,)."""
    unit_kept: Flags
    """Shape (units,)."""
    indicator_kept: Flags
    """Shape (indicators,)."""

    def select(self, x: Floats) -> Floats:
        """The rows and columns of ``x`` (units, indicators) that were kept."""
        return x[np.ix_(self.unit_kept, self.indicator_kept)]

    def notes(self, units: Sequence[str], indicators: Sequence[str]) -> tuple[Note, ...]:
        """One note for each unit and indicator that was removed, with its figure and the threshold."""
        notes = []
        for j in np.flatnonzero(~self.indicator_kept).tolist():
            has, needs = self.indicator_availability[j], self.spec.indicator_availability
            message = Text(
                f"指标 {indicators[j]} 数据可得率 {has:.1%}，低于 {needs:.1%}，不参与评价",
                f"indicator {indicators[j]} is available for {has:.1%} of the units, below {needs:.1%}: left out",
            )
            notes.append(Note("screen", message, nodes=(indicators[j],)))
        for i in np.flatnonzero(~self.unit_kept).tolist():
            has, needs = self.unit_availability[i], self.spec.unit_availability
            if has < needs:
                message = Text(
                    f"{units[i]} 数据可得率 {has:.1%}，低于 {needs:.1%}，不参与评价",
                    f"{units[i]} has {has:.1%} of the indicators, below {needs:.1%}: left out",
                )
            else:
                has, needs = self.unit_nonzero[i], self.spec.unit_nonzero
                message = Text(
                    f"{units[i]} 非零数据占 {has:.1%}，低于 {needs:.1%}，不参与评价",
                    f"{units[i]}: {has:.1%} of its values are not zero, below {needs:.1%}: left out",
                )
            notes.append(Note("screen", message, units=(units[i],)))
        return tuple(notes)


def unit_availability(x: Floats) -> Floats:
    """Share of the indicators that each unit has, shape (…, units)."""
    return np.asarray(np.count_nonzero(~np.isnan(x), axis=-1) / x.shape[-1])


def unit_nonzero(x: Floats) -> Floats:
    """Share of each unit's values that are not zero, shape (…, units); 0 for a unit without values."""
    there = np.count_nonzero(~np.isnan(x), axis=-1)
    not_zero = there - np.count_nonzero(x == 0.0, axis=-1)
    return np.asarray(not_zero / np.maximum(there, 1))


def indicator_availability(x: Floats) -> Floats:
    """Share of the units that have each indicator, shape (…, indicators)."""
    return np.asarray(np.count_nonzero(~np.isnan(x), axis=-2) / x.shape[-2])


def screen(
    x: Floats, spec: Screening, *, units: Sequence[str] | None = None, indicators: Sequence[str] | None = None
) -> Screened:
    """Judge indicators, then units, against the thresholds of ``spec``; exactly at a threshold passes.

    Indicators are judged first, over all units; units are judged over the indicators that are kept, so that nobody is
    left out for an indicator that is not used. One pass: indicators are not judged again over the units that are left.
    The default keeps everything: leaving a unit out is a decision of the office, not of a program. The JRC's COIN Tool
    advises 65 % for both.

    Parameters
    ----------
    x
        Shape (units, indicators), NaN missing.
    spec
        The thresholds.
    units, indicators
        Codes for messages; numbers from 1 stand in for them.

    Raises
    ------
    EvaluationError
        When there is or remains no unit or no indicator, or a value is infinite.

    >>> x = np.array([[1.0, 2.0, np.nan], [np.nan, 4.0, np.nan], [5.0, 6.0, 7.0]])
    >>> found = screen(x, Screening(unit_availability=0.75, indicator_availability=0.5))
    >>> found.indicator_kept.tolist(), found.unit_availability.tolist(), found.unit_kept.tolist()
    ([True, True, False], [1.0, 0.5, 1.0], [True, False, True])
    """
    if 0 in x.shape:
        raise EvaluationError(Text("没有单位或没有指标，无可评价", "there are no units or no indicators to evaluate"))
    if np.isinf(x).any():
        unit_codes, indicator_codes = codes_or_numbers(units, x.shape[0]), codes_or_numbers(indicators, x.shape[1])
        cells = [f"{unit_codes[i]}/{indicator_codes[j]}" for i, j in np.argwhere(np.isinf(x)).tolist()]
        raise EvaluationError(
            Text(
                f"数据中有无穷大：{listed(cells).zh}（单位/指标）。请改为数值或留空",
                f"infinite values at {listed(cells).en} (unit/indicator): give a number or leave them empty",
            )
        )
    # The quotient of two counts is the double nearest to the true share, as is a threshold written as a decimal:
    # 9 of 10 is exactly 0.9. (1 − missing/n would not be.)
    by_indicator = indicator_availability(x)
    indicator_kept = by_indicator >= spec.indicator_availability
    if not indicator_kept.any():
        raise EvaluationError(
            Text(
                f"没有指标的数据可得率达到 {spec.indicator_availability:.1%}，请降低阈值或补充数据",
                f"no indicator is available for {spec.indicator_availability:.1%} of the units: lower the threshold"
                " or complete the data",
            )
        )
    judged = x if indicator_kept.all() else x[:, indicator_kept]
    by_unit, nonzero = unit_availability(judged), unit_nonzero(judged)
    unit_kept = (by_unit >= spec.unit_availability) & (nonzero >= spec.unit_nonzero)
    if not unit_kept.any():
        raise EvaluationError(
            Text(
                f"没有单位达到阈值（可得率 {spec.unit_availability:.1%}，非零 {spec.unit_nonzero:.1%}），"
                "请降低阈值或补充数据",
                f"no unit passes the thresholds (availability {spec.unit_availability:.1%}, not zero "
                f"{spec.unit_nonzero:.1%}): lower them or complete the data",
            )
        )
    return Screened(spec, by_unit, nonzero, by_indicator, unit_kept, indicator_kept)

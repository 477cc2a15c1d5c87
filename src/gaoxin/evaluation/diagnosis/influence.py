"""What one member does to its unit's indicator: the indicator with it minus the indicator without it.

For a zone and its enterprises this is the contribution (贡献值) and the contribution rate (贡献率) of each enterprise.
All members are done at once from the sums, in closed form; nothing is summed again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from gaoxin.evaluation.structure import Floats, Ints


@dataclass(frozen=True, eq=False)
class Influence:
    """Leave-one-out effects of f members on the indicator of their units."""

    value: Floats
    """Indicator of each unit with all members, shape (u,)."""
    without: Floats
    """Indicator of the member's unit without the member, shape (f,)."""
    effect: Floats
    """Value with minus value without the member, shape (f,); in the unit of measurement of the indicator."""
    rate: Floats
    """Effect as a share of the absolute value of the indicator, shape (f,); NaN where the indicator is 0."""


def ratio_influence(
    numerator: ArrayLike, denominator: ArrayLike, unit: Ints, *, n_units: int | None = None, factor: float = 1.0
) -> Influence:
    """Effect of each member on ``factor`` × N / D, where N and D are sums over the members of a unit.

    Without member i the ratio is (N − nᵢ) / (D − dᵢ), so its effect is

        N/D − (N − nᵢ)/(D − dᵢ) = (nᵢ·D − dᵢ·N) / (D·(D − dᵢ)),

    which is computed in the right-hand form: the left one subtracts two nearly equal numbers.

    Parameters
    ----------
    numerator, denominator
        nᵢ and dᵢ of every member, shape (f,). A member with a NaN in either counts in neither sum and has no effect
        (NaN).
    unit
        Index 0 … n_units − 1 of the unit of every member, shape (f,).
    n_units
        Number of units; default: one more than the highest index.
    factor
        For example 100 for per cent.

    Returns
    -------
    Influence; ``without`` and ``effect`` are NaN where no denominator is left (the only member that has one), and
    where D itself is 0.

    >>> got = ratio_influence([1.0, 3.0, 2.0], [10.0, 10.0, 20.0], np.array([0, 0, 0]), factor=100)
    >>> got.value.tolist(), got.without.round(3).tolist(), got.effect.round(3).tolist()
    ([15.0], [16.667, 10.0, 20.0], [-1.667, 5.0, -5.0])
    """
    n, d = np.broadcast_arrays(np.asarray(numerator, np.float64), np.asarray(denominator, np.float64))
    unknown = np.isnan(n) | np.isnan(d)
    n0, d0 = np.where(unknown, 0.0, n), np.where(unknown, 0.0, d)
    size = n_units if n_units is not None else int(unit.max(initial=-1)) + 1
    total_n, total_d = np.bincount(unit, n0, size), np.bincount(unit, d0, size)
    # What a sum of this size leaves when everything is taken out again is rounding, not a denominator.
    rounding = 8 * np.finfo(np.float64).eps * np.bincount(unit, np.abs(d0), size)

    N, D = total_n[unit], total_d[unit]
    rest = D - d0
    usable = ~unknown & (np.abs(rest) > rounding[unit]) & (D != 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = factor * np.where(total_d != 0, total_n / total_d, np.nan)
        effect = np.where(usable, factor * (n0 * D - d0 * N) / (D * rest), np.nan)
        without = np.where(usable, factor * (N - n0) / rest, np.nan)
        rate = np.where(value[unit] != 0, effect / np.abs(value[unit]), np.nan)
    return Influence(value, without, effect, rate)


def sums_influence(
    indicator: Callable[[Floats], Floats], members: ArrayLike, unit: Ints, *, n_units: int | None = None
) -> Influence:
    """Effect of each member on any indicator that is a function of sums over the members of a unit.

    For indicators that are not one ratio: growth of a ratio (productivity this year over last year), a net increase,
    a share of a part in the whole. The indicator is evaluated once on the sums of all units and once, for all members
    together, on the sums less the member.

    Parameters
    ----------
    indicator
        Takes sums of shape (k, anything) and gives the indicator, shape (anything,); vectorised.
    members
        The k figures of every member, shape (k, f); NaN counts as absent from that sum.
    unit, n_units
        As in :func:`ratio_influence`.

    >>> growth = lambda s: (s[0] / s[1]) / (s[2] / s[3]) - 1
    >>> figures = [[6.0, 2.0], [2.0, 2.0], [3.0, 2.0], [2.0, 2.0]]
    >>> sums_influence(growth, figures, np.array([0, 0])).without.tolist()
    [0.0, 1.0]
    """
    x = np.nan_to_num(np.asarray(members, dtype=np.float64), nan=0.0)
    size = n_units if n_units is not None else int(unit.max(initial=-1)) + 1
    sums: Floats = np.stack([np.bincount(unit, row, size) for row in x]).astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        value: Floats = np.array(indicator(sums), dtype=np.float64)
        without: Floats = np.array(indicator(sums[:, unit] - x), dtype=np.float64)
        value[~np.isfinite(value)] = np.nan
        without[~np.isfinite(without)] = np.nan
        effect = value[unit] - without
        rate = np.where(value[unit] != 0, effect / np.abs(value[unit]), np.nan)
    return Influence(value, without, effect, rate)

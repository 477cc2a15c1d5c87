"""Is a figure plausible? Comparisons on whole columns: with the year before, with peers, for slips of the unit.

Everything is on logarithms: figures of firms are spread over orders of magnitude, and a slip of the unit is a distance
of three. Spread is measured by the median absolute deviation, which the errors looked for do not move.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]

SLIPS = (1_000.0, 10_000.0)
"""Quotients of units that are mistaken for each other: 元 for 千元, 元 for 万元."""

SLIP_TOLERANCE = 0.35
"""How far (in powers of ten) the change of a year may be from such a quotient: 1,000 lies between 450 and 2,240."""

LEAST_SPREAD = 0.05
"""Spread of a column (natural logarithms) that is taken at least: where hardly anything moves, little is no alarm."""


def logarithms(values: Floats) -> Floats:
    """Natural logarithm of positive figures; NaN for the others."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(values > 0, np.log(values), np.nan)


def modified_z(values: Floats) -> Floats:
    """Modified z-scores 0.6745·(x − median) / MAD, with NaN passed over.

    Iglewicz and Hoaglin, How to Detect and Handle Outliers (ASQC, 1993), who call scores beyond 3.5 outliers for normal
    data. The deviation is at least `LEAST_SPREAD`.

    Parameters
    ----------
    values
        Shape (n,).

    >>> np.round(modified_z(np.array([1.0, 1.1, 0.9, 1.0, 5.0])), 1).tolist()
    [0.0, 0.7, -0.7, 0.0, 27.0]
    """
    if not np.isfinite(values).any():
        return np.full(len(values), np.nan)
    middle = np.nanmedian(values)
    return 0.6745 * (values - middle) / max(float(np.nanmedian(np.abs(values - middle))), 0.6745 * LEAST_SPREAD)


def peer_medians(values: Floats, groups: Ints, least: int = 10) -> Floats:
    """Median of the group of each row; the median of all where the group has fewer than ``least`` figures.

    Parameters
    ----------
    values
        Shape (n,), NaN for missing.
    groups
        Number of the group of each row, shape (n,), from 0.
    least
        Figures a group needs for a median of its own.

    Returns
    -------
    Shape (n,).

    >>> peer_medians(np.array([1.0, 3.0, 10.0]), np.array([0, 0, 1]), least=2).tolist()
    [2.0, 2.0, 3.0]
    """
    known = np.isfinite(values)
    if not known.any():
        return np.full(len(values), np.nan)
    # Sorted by group once, in linear time where the groups fit 16 bits; then one median for each.
    small = groups.astype(np.int16) if groups.max() < 2**15 else groups
    order = np.argsort(small, kind="stable")
    order = order[known[order]]
    starts = np.searchsorted(groups[order], np.arange(int(groups.max()) + 2))
    medians = np.full(len(starts) - 1, np.median(values[known]))
    for group in np.flatnonzero(np.diff(starts) >= least):
        medians[group] = np.median(values[order[starts[group] : starts[group + 1]]])
    result: Floats = medians[groups]
    return result


def slips(change: Floats, against_peers: Floats) -> Floats:
    """Which figures look like a slip of the unit, and by which quotient.

    Parameters
    ----------
    change
        Natural logarithm of the figure over that of the year before, shape (n,), NaN where there is none.
    against_peers
        Natural logarithm of the figure per head over the median of its peers, shape (n,), NaN where there is none.

    Returns
    -------
    Shape (n,): 1000 when the figure is about a thousand times too large, 0.001 when too small (likewise 10,000), NaN
    otherwise. The change must be near the quotient, and the figure divided by it must be nearer to the peers.

    >>> slips(np.log([980.0, 0.0011, 980.0, 5.0]), np.log([800.0, 0.002, 1.0, 5.0])).tolist()
    [1000.0, 0.001, nan, nan]
    """
    found = np.full(len(change), np.nan)
    tolerance = SLIP_TOLERANCE * np.log(10)
    rows = np.flatnonzero(np.abs(change) > np.log(min(SLIPS)) - tolerance)
    for quotient in (*SLIPS, *(1 / slip for slip in SLIPS)):
        distance = np.log(quotient)
        near = np.abs(change[rows] - distance) < tolerance
        peers = against_peers[rows]
        better = (np.abs(peers - distance) < np.abs(peers)) | np.isnan(peers)
        found[rows[near & better]] = quotient
    return found

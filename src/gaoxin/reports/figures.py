"""How a figure is written: decimals, thousands, missing values. Every output writes figures through this module."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MISSING = "—"


def decimals_of(values: Floats, unit: str = "") -> int:
    """Decimals that show ``values`` (any shape, one unit) without noise: counts none, percentages two, else by size.

    >>> decimals_of(np.array([12.0, 340.0, np.nan])), decimals_of(np.array([3.25, 1.5]), "%")
    (0, 2)
    >>> decimals_of(np.array([0.0312, 0.0457])), decimals_of(np.array([123.456, 98.5]))
    (4, 1)
    """
    known = values[np.isfinite(values)]
    if known.size == 0 or bool(np.all(known == np.round(known))):
        return 0
    if unit == "%":
        return 2
    sizes = np.abs(known[known != 0])
    exponent = math.floor(math.log10(float(np.median(sizes))))
    return min(2, max(0, 3 - exponent)) if exponent >= 0 else min(2 - exponent, 6)


def score_decimals(scores: Floats) -> int:
    """Decimals for scores: two on a scale of 100, more on smaller scales.

    >>> score_decimals(np.array([76.5, 20.1])), score_decimals(np.array([0.71, 0.36]))
    (2, 4)
    """
    known = np.abs(scores[np.isfinite(scores)])
    largest = float(known.max()) if known.size else 0.0
    return 2 if largest >= 10 else 3 if largest > 1 else 4


def write_number(value: float | None, decimals: int = 2, *, signed: bool = False) -> str:
    """Write ``value`` with thousands separators; a missing one is a dash, and no zero gets a sign.

    >>> write_number(12345.678, 1), write_number(None), write_number(-0.001, 2), write_number(3.0, 0, signed=True)
    ('12,345.7', '—', '0.00', '+3')
    """
    if value is None or math.isnan(value):
        return MISSING
    text = f"{value:+,.{decimals}f}" if signed else f"{value:,.{decimals}f}"
    return text.lstrip("+-") if float(text.replace(",", "")) == 0 else text


def write_rank(value: float | None) -> str:
    """Write a rank: whole, or with one decimal where ties or quantiles fall between.

    >>> write_rank(3.0), write_rank(2.5), write_rank(11.97), write_rank(math.nan)
    ('3', '2.5', '12', '—')
    """
    return MISSING if value is None or math.isnan(value) else f"{round(value, 1):g}"


def write_share(value: float | None, decimals: int = 0) -> str:
    """Write a share of one as a percentage. Only what is really all or nothing reads 100% or 0%.

    >>> write_share(0.875), write_share(0.9997), write_share(0.0002), write_share(1.0)
    ('88%', '>99%', '<1%', '100%')
    """
    if value is None or math.isnan(value):
        return MISSING
    text = f"{100 * value:.{decimals}f}"
    step = 10.0**-decimals
    if value < 1 and float(text) >= 100:
        return f">{100 - step:.{decimals}f}%"
    if value > 0 and float(text) <= 0:
        return f"<{step:.{decimals}f}%"
    return f"{text}%"

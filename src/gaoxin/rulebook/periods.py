"""Reporting periods: their text, their place in time, their dates.

A period is written ``2025``, ``2025-Q3`` or ``2025-08``, as the frequency of the book says. Inside gaoxin it is an
ordinal: consecutive periods have consecutive integers, so "n periods earlier" is a subtraction.
"""

from __future__ import annotations

import calendar
import datetime
import re
from functools import lru_cache
from typing import Literal

Frequency = Literal["year", "quarter", "month"]
InForce = Literal["throughout", "at_start", "at_end"]
"""Which day counts when a value or a rule changes inside a period: it must hold throughout, or on that day."""

PER_YEAR: dict[Frequency, int] = {"year": 1, "quarter": 4, "month": 12}

_PATTERN: dict[Frequency, re.Pattern[str]] = {
    "year": re.compile(r"([1-9][0-9]{3})"),
    "quarter": re.compile(r"([1-9][0-9]{3})-Q([1-4])"),
    "month": re.compile(r"([1-9][0-9]{3})-(0[1-9]|1[0-2])"),
}
_EXAMPLE: dict[Frequency, str] = {"year": "2025", "quarter": "2025-Q3", "month": "2025-08"}


def period_ordinal(text: str, frequency: Frequency) -> int:
    """Ordinal of the period ``text``; raises ValueError when it is not written as the frequency asks.

    >>> period_ordinal("2025-Q1", "quarter") - period_ordinal("2024-Q4", "quarter")
    1
    """
    match = _PATTERN[frequency].fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not a {frequency}; write it like {_EXAMPLE[frequency]}")
    year, part = int(match[1]), int(match[2]) if frequency != "year" else 1
    return year * PER_YEAR[frequency] + part - 1


def period_text(ordinal: int, frequency: Frequency) -> str:
    """The period as text.

    >>> period_text(period_ordinal("2025-08", "month") - 8, "month")
    '2024-12'
    """
    year, part = divmod(ordinal, PER_YEAR[frequency])
    if frequency == "year":
        return f"{year:04d}"
    return f"{year:04d}-Q{part + 1}" if frequency == "quarter" else f"{year:04d}-{part + 1:02d}"


def period_year(ordinal: int, frequency: Frequency) -> int:
    """Calendar year of the period."""
    return ordinal // PER_YEAR[frequency]


@lru_cache(maxsize=4096)
def period_dates(ordinal: int, frequency: Frequency) -> tuple[datetime.date, datetime.date]:
    """First and last day of the period.

    >>> [str(day) for day in period_dates(period_ordinal("2024-Q1", "quarter"), "quarter")]
    ['2024-01-01', '2024-03-31']
    """
    year, part = divmod(ordinal, PER_YEAR[frequency])
    months = 12 // PER_YEAR[frequency]
    first, last = part * months + 1, (part + 1) * months
    return datetime.date(year, first, 1), datetime.date(year, last, calendar.monthrange(year, last)[1])


def holds_in(
    first: datetime.date, last: datetime.date | None, in_force: InForce, ordinal: int, frequency: Frequency
) -> bool:
    """Whether what holds from ``first`` to ``last`` (both included, None: open) counts in the period.

    >>> october = datetime.date(2022, 10, 1)
    >>> [holds_in(october, None, day, 2022, "year") for day in ("throughout", "at_start", "at_end")]
    [False, False, True]
    """
    begins, ends = period_dates(ordinal, frequency)
    if in_force == "at_start":
        ends = begins
    elif in_force == "at_end":
        begins = ends
    return first <= begins and (last is None or last >= ends)

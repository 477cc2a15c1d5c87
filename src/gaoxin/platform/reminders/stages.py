"""When somebody is reminded: seven, three and one day before, on the day, and once in each week that it is late."""

from __future__ import annotations

import datetime

AHEAD = (0, 1, 3, 7)
"""Days before; a day on which the command did not run is made up for by the next."""
WEEK = 7


def stage(due: datetime.date, today: datetime.date) -> int | None:
    """How near ``due`` is: one of `AHEAD`, -1 in the first week after it, -2 in the second; None when it is far off.

    >>> day = datetime.date(2026, 3, 10)
    >>> [stage(day, day - datetime.timedelta(days=n)) for n in (8, 7, 4, 2, 1, 0, -1, -7, -8)]
    [None, 7, 7, 3, 1, 0, -1, -1, -2]
    """
    days = (due - today).days
    if days < 0:
        return days // WEEK
    return next((near for near in AHEAD if days <= near), None)

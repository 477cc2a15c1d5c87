"""The day that the platform takes for today while the past of the demonstration is played."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager

from django.utils import timezone

_OFFICE_OPENS = datetime.time(9)
_BETWEEN_LOOKS = datetime.timedelta(milliseconds=100)


@contextmanager
def on(day: datetime.date) -> Iterator[None]:
    """Let everything that asks Django for the time be done on ``day``, one thing after the other from nine o'clock on.

    Returns that were handed in last year have to say so, or nothing that rests on it could be tried: timeliness, terms,
    what is late. Only the demonstration does this, in an empty site, and everything it writes is marked as synthetic.
    """
    moment = timezone.make_aware(datetime.datetime.combine(day, _OFFICE_OPENS))

    class Pretended(datetime.datetime):
        """Stands where `django.utils.timezone` keeps the class that it asks for the time."""

        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> datetime.datetime:  # type: ignore[override]
            nonlocal moment
            moment += _BETWEEN_LOOKS
            return moment.astimezone(tz)

    real = timezone.datetime  # type: ignore[attr-defined]
    timezone.datetime = Pretended  # type: ignore[attr-defined]
    try:
        yield
    finally:
        timezone.datetime = real  # type: ignore[attr-defined]

"""Noting what somebody is told."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from django.utils import timezone

from gaoxin.platform.access.reader import Reader, permit
from gaoxin.platform.accounts.models import User
from gaoxin.platform.app import Todo
from gaoxin.platform.audit.journal import action, record
from gaoxin.platform.reminders.models import Reminder
from gaoxin.platform.reminders.permissions import REMIND
from gaoxin.platform.reminders.stages import stage


@action
def note(reader: Reader, user: User, pressing: Sequence[Todo], today: datetime.date, *, mailed: bool) -> list[Todo]:
    """Note that ``user`` is told of ``pressing`` today; what is still to be told of it.

    That is what was not noted at this nearness before and, for who is ``mailed``, what was noted today and could not be
    sent.
    """
    permit(reader, REMIND, user.organisation)
    known = {(one.address, one.due, one.stage): one for one in user.reminders.filter(due__in={t.due for t in pressing})}
    told: list[Todo] = []
    new: dict[tuple[str, datetime.date, int], Reminder] = {}
    for one in pressing:
        assert one.due is not None  # noqa: S101  only what has a day presses
        near = stage(one.due, today)
        assert near is not None  # noqa: S101  likewise
        key = (one.address, one.due, near)
        former = known.get(key)
        if former is None:
            new.setdefault(key, Reminder(user=user, address=key[0], due=key[1], stage=near, day=today))
            told.append(one)
        elif mailed and former.sent is None and former.day == today:
            told.append(one)
    if new:
        Reminder.objects.bulk_create(new.values())
        listed = [f"{due} {address}" for address, due, _ in new]
        record(reader, "reminders.note", user, organisation=user.organisation, after={"day": today, "due": listed})
    return told


@action
def mark_sent(reader: Reader, user: User, told: Sequence[Todo], today: datetime.date) -> None:
    """Note that the mail left."""
    permit(reader, REMIND, user.organisation)
    sent = user.reminders.filter(sent=None, address__in={t.address for t in told}, due__in={t.due for t in told})
    number = sent.filter(day=today).update(sent=timezone.now())
    record(reader, "reminders.send", user, organisation=user.organisation, after={"day": today, "due": number})

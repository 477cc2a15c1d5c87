"""A round of reminders: everybody's work list is read as they would see it, what presses is noted, then mailed.

A round that is killed has noted some people and mailed some of these; the next one of the day mails the rest.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import structlog
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.utils.translation import override

from gaoxin.platform.access.reader import Origin, Reader
from gaoxin.platform.accounts.models import User
from gaoxin.platform.app import Todo, platform_apps
from gaoxin.platform.language import words
from gaoxin.platform.reminders.actions import mark_sent, note
from gaoxin.platform.reminders.stages import stage

_log = structlog.get_logger("gaoxin.reminders")


@dataclass(frozen=True, slots=True)
class Round:
    """What a round did: people with something to be told, mails that left, mails that could not be sent."""

    people: int
    mails: int
    failed: int


def remind(reader: Reader, today: datetime.date) -> Round:
    """Tell everybody what falls due or is late and was not told yet at this nearness."""
    people = mails = failed = 0
    connection = get_connection()
    for user in _people():
        mailed = bool(user.email and settings.EMAIL_HOST)
        told = note(reader, user, pressing(user, today), today, mailed=mailed)
        people += bool(told)
        if not told or not mailed:
            continue
        try:
            connection.send_messages([letter(user, told, today)])
        except OSError as error:  # errors of SMTP are OSErrors; the next round of the day tries again
            failed += 1
            _log.warning("reminder not sent", user=user.username, error=str(error))
            continue
        mark_sent(reader, user, told, today)
        mails += 1
    return Round(people, mails, failed)


def _people() -> Iterator[User]:
    yield from User.objects.filter(is_active=True, assignments__isnull=False).select_related("organisation").distinct()


def pressing(user: User, today: datetime.date) -> list[Todo]:
    """What of the work list of ``user``, and of what apps tell beside it, falls due within a week or is late."""
    person = Reader.of(user, Origin("command"))
    listed = [
        one
        for app in platform_apps()
        for offered in (app.offered("queries", "todo"), app.offered("reminders", "due"))
        if offered is not None
        for one in offered(person, today)
    ]
    found = [one for one in listed if one.due is not None and stage(one.due, today) is not None]
    return sorted(found, key=lambda one: (one.due or today, one.address))


def letter(user: User, told: Sequence[Todo], today: datetime.date) -> EmailMessage:
    """The mail, in the person's own language."""
    with override(user.language):
        late = sum(one.due is not None and one.due < today for one in told)
        subject = words(
            f"{len(told)} 项工作到期提醒" + (f"（{late} 项已逾期）" if late else ""),
            f"{len(told)} things fall due" + (f" ({late} overdue)" if late else ""),
        )
        if user.synthetic:
            subject = f"{words('【合成数据】', '[synthetic data] ')}{subject}"
        body = "\n".join([str(words("您在平台上的待办事项：", "What is yours to do on the platform:")), "",
                          *_lines(told, today)])  # fmt: skip
        return EmailMessage(str(subject), body + "\n", settings.DEFAULT_FROM_EMAIL, [user.email])


def _lines(told: Iterable[Todo], today: datetime.date) -> Iterator[str]:
    home = settings.CSRF_TRUSTED_ORIGINS[0].rstrip("/") if settings.CSRF_TRUSTED_ORIGINS else ""
    for one in told:
        assert one.due is not None  # noqa: S101  only what has a day presses
        day = words("已逾期", "overdue since") if one.due < today else words("截止", "due")
        number = f" × {one.count}" if one.count != 1 else ""
        place = f"  {one.place}" if one.place else ""
        yield f"- {one.title}{number}{place}  {day} {one.due}"
        if home:
            yield f"  {home}{one.address}"

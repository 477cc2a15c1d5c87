"""Reminders: once for each nearness of a day, in the person's language, and never lost when a mail cannot leave."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone
from world import World

from gaoxin.platform.access.reader import Origin, Reader
from gaoxin.platform.accounts.models import User
from gaoxin.platform.audit.models import Entry
from gaoxin.platform.reminders.actions import note
from gaoxin.platform.reminders.models import Reminder
from gaoxin.platform.reminders.sending import Round, remind
from gaoxin.platform.statistics.actions import collecting
from gaoxin.platform.statistics.models import Return, State

DUE = timezone.localdate() + datetime.timedelta(days=5)
BY = Reader.command("tests")


def before(days: int) -> datetime.date:
    return DUE - datetime.timedelta(days=days)


@pytest.fixture(autouse=True)
def asked(world: World, settings: Any) -> None:
    """A collection that is due, and addresses for the reporter (Chinese) and the firm (English)."""
    settings.EMAIL_HOST = "mail.example"
    settings.CSRF_TRUSTED_ORIGINS = ["https://gaoxin.example"]
    collecting.open_collection(
        BY, world.organisation("CITY"), code="zones-2025", name="园区年报", name_en="Zone returns",
        book="zone-return-2021", entity="zone", period="2025", opens=before(30), due=DUE,
    )  # fmt: skip
    User.objects.filter(username="zone_reporter").update(email="reporter@example.org", language="en")
    mail.outbox = []


def test_a_reporter_is_told_as_the_day_comes_near_and_each_week_that_it_is_late() -> None:
    told = [remind(BY, before(days)).mails for days in (9, 7, 6, 5, 3, 2, 1, 0, -1, -2, -7, -8)]
    assert told == [0, 1, 0, 0, 1, 0, 1, 1, 1, 0, 0, 1]
    assert [m.subject for m in mail.outbox[-2:]] == ["[synthetic data] 1 things fall due (1 overdue)"] * 2
    assert f"due {DUE}" in mail.outbox[0].body
    assert "https://gaoxin.example/statistics/returns/zones-2025/" in mail.outbox[0].body


def test_a_second_round_of_the_day_tells_nobody_anything() -> None:
    first = remind(BY, before(1))
    assert first.people >= 1
    entries = Entry.objects.count()
    assert remind(BY, before(1)) == Round(0, 0, 0)
    assert Entry.objects.count() == entries
    assert len(mail.outbox) == 1


def test_what_was_submitted_is_not_reminded_of() -> None:
    Return.objects.update(state=State.APPROVED)
    assert remind(BY, before(0)) == Round(0, 0, 0)


def test_a_mail_that_cannot_leave_is_tried_again_by_the_next_round_of_the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> int:
        raise ConnectionRefusedError("no mail host")

    with monkeypatch.context() as broken:
        broken.setattr(EmailBackend, "send_messages", refuse)
        assert remind(BY, before(1)).failed == 1
    assert not Reminder.objects.exclude(sent=None).exists()
    again = remind(BY, before(1))
    assert (again.mails, again.failed) == (1, 0)
    assert Reminder.objects.get(user__username="zone_reporter").sent is not None


def test_without_a_mail_host_it_is_only_noted(settings: Any) -> None:
    settings.EMAIL_HOST = ""
    assert remind(BY, before(1)).mails == 0
    assert remind(BY, before(1)) == Round(0, 0, 0)
    assert not mail.outbox
    noted = Entry.objects.filter(action="reminders.note", subject_name="zone_reporter person").get()
    assert f"{DUE} /statistics/returns/zones-2025/" in noted.after


def test_only_the_command_reminds(world: World) -> None:
    user = User.objects.get(username="administrator")
    with pytest.raises(PermissionDenied):
        note(Reader.of(user, Origin("page")), user, [], DUE, mailed=True)

"""Reminders by mail: one for each person of a unit with something late, due soon, or urged."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from gaoxin.platform.access.reader import Reader, permit
from gaoxin.platform.access.roles import Role
from gaoxin.platform.accounts.models import Assignment
from gaoxin.platform.audit.journal import action, record
from gaoxin.platform.measures.models import Measure, Notice
from gaoxin.platform.measures.models.measures import WAITS_FOR_UNIT
from gaoxin.platform.measures.permissions import CARRY, SUPERVISE

SOON = datetime.timedelta(days=7)
_ROLES = [role for role in Role if role in CARRY.reach]


@action
def remind(reader: Reader, notice: Notice) -> int:
    """Mail everybody who carries measures of ``notice`` that are late, due within a week, or were urged and not moved.

    Returns the number of mails; they leave when the action has been written. People without an address are not
    mailed, their work list says the same.
    """
    permit(reader, SUPERVISE, notice.organisation)
    today = timezone.localdate()
    pressing = Q(due__lte=today + SOON) | Q(node_due__lte=today + SOON) | Q(urged__isnull=False)
    by_unit: dict[int, list[Measure]] = {}
    for measure in notice.measures.filter(pressing, node__in=WAITS_FOR_UNIT).order_by("node_due", "code"):
        by_unit.setdefault(measure.lead_id or 0, []).append(measure)
    people = Assignment.objects.in_force(today).filter(
        organisation__in=by_unit, role__in=_ROLES, user__is_active=True
    ).exclude(user__email="").select_related("user", "organisation").order_by("user_id")  # fmt: skip
    letters, mailed = [], set()
    for held in people:
        if (held.user_id, held.organisation_id) in mailed:
            continue
        mailed.add((held.user_id, held.organisation_id))
        letters.append(_letter(held.user.email, held.user.language, notice, by_unit[held.organisation_id], today))
    record(
        reader, "measures.remind", notice, organisation=notice.organisation, before={},
        after={"mails": len(letters), "units": len(by_unit), "day": today},
    )  # fmt: skip
    if letters:
        transaction.on_commit(lambda: get_connection().send_messages(letters))
    return len(letters)


def _letter(to: str, language: str, notice: Notice, measures: list[Measure], today: datetime.date) -> EmailMessage:
    chinese = not language.startswith("en")
    lines = []
    for measure in measures:
        due = min(day for day in (measure.node_due, measure.due) if day)
        late = due < today
        if chinese:
            lines.append(f"{measure.code}（{'已逾期，' if late else ''}{due} 前）：{measure.text}")
        else:
            lines.append(f"{measure.code} ({'overdue, ' if late else ''}by {due}): {measure.text}")
    mark = ("【合成数据】" if chinese else "[synthetic data] ") if notice.synthetic else ""
    subject = f"{mark}督办提醒：{len(measures)} 项" if chinese else f"{mark}Reminder: {len(measures)} measures"
    head = (
        f"《{notice.title}》中贵单位牵头的事项：" if chinese else f"Measures of {notice.label.en} that your unit leads:"
    )
    return EmailMessage(subject, "\n".join([head, "", *lines]), settings.DEFAULT_FROM_EMAIL, [to])

"""Reading the audit, limited to the organisations of the reader."""

from __future__ import annotations

import datetime

from django.db import models
from django.db.models import Q, QuerySet

from gaoxin.platform.access.reader import Reader, find, limit
from gaoxin.platform.audit.models import Entry
from gaoxin.platform.audit.permissions import VIEW


def entries(
    reader: Reader,
    *,
    text: str = "",
    action: str = "",
    since: datetime.date | None = None,
    until: datetime.date | None = None,
) -> QuerySet[Entry]:
    """The entries that the reader may see, newest first.

    Parameters
    ----------
    text
        Part of the name of who or what, or of the reason.
    action
        The beginning of the action: ``returns`` finds ``returns.submit``.
    since, until
        Days, both included.
    """
    found = limit(reader, VIEW, Entry.objects.select_related("organisation"))
    if text:
        found = found.filter(
            Q(actor_name__icontains=text) | Q(subject_name__icontains=text) | Q(reason__icontains=text)
        )
    if action:
        found = found.filter(action__startswith=action)
    if since:
        found = found.filter(at__date__gte=since)
    if until:
        found = found.filter(at__date__lte=until)
    return found


def entry(reader: Reader, sequence: int) -> Entry:
    """One entry; 404 outside of the reader's organisations."""
    return find(reader, VIEW, Entry.objects.select_related("organisation"), sequence=sequence)


def history(subject: models.Model) -> QuerySet[Entry]:
    """The writes on one object, newest first: the history of each of its fields.

    Who may see the object may see its history, so the caller has found the object within the reader's scope before.
    """
    return Entry.objects.filter(subject_type=subject._meta.label_lower, subject_id=str(subject.pk))

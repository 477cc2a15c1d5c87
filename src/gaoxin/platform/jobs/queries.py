"""Reading one's own jobs."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404

from gaoxin.platform.access.reader import Reader
from gaoxin.platform.jobs.models import Job
from gaoxin.platform.jobs.permissions import OWN


def own_jobs(reader: Reader) -> QuerySet[Job]:
    """The reader's jobs, newest first."""
    if reader.user is None or not reader.may(OWN):
        raise PermissionDenied(OWN.code)
    return reader.user.jobs.all()


def own_job(reader: Reader, key: UUID) -> Job:
    """One of them."""
    found = own_jobs(reader).filter(pk=key).first()
    if found is None:
        raise Http404
    return found

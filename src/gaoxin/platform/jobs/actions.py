"""Queuing a job."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied

from gaoxin.platform.access.permissions import Permission
from gaoxin.platform.access.reader import Reader, permit
from gaoxin.platform.audit.journal import action, record
from gaoxin.platform.jobs.kinds import known
from gaoxin.platform.jobs.models import Job
from gaoxin.platform.organisations.models import Organisation
from gaoxin.words import Text


@action
def enqueue(
    reader: Reader, permission: Permission, organisation: Organisation, kind: str, title: Text, **arguments: Any
) -> Job:
    """Queue a job of ``kind`` for the reader.

    Parameters
    ----------
    permission, organisation
        What the job does and where: who queues it must have the permission there. The job itself runs as the reader,
        so its actions check again.
    arguments
        What the work needs, as JSON values: keys of objects, not objects.
    """
    permit(reader, permission, organisation)
    if reader.user is None:
        raise PermissionDenied(permission.code)
    known(kind)
    job = Job(
        kind=kind, title=title.zh, title_en=title.en, user=reader.user, organisation=organisation, arguments=arguments
    )
    job.save()
    record(reader, "jobs.enqueue", job, organisation=organisation)
    return job

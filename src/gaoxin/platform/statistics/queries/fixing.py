"""Snapshots that are on their way: the jobs that write them."""

from __future__ import annotations

from django.db.models import QuerySet

from gaoxin.platform.jobs.models import Job, State
from gaoxin.platform.organisations.models import Organisation
from gaoxin.platform.statistics.models import Collection, Snapshot

JOB = "figures.fix"


def jobs(city: Organisation, period: str) -> QuerySet[Job]:
    """The jobs that fix the period or did, the newest first."""
    return Job.objects.filter(kind=JOB, organisation=city, arguments__period=period)


def pending(collection: Collection) -> Job | None:
    """The job that is to fix what a closed collection has, as long as it is not done; or that it failed."""
    if collection.closed is None:
        return None
    last = jobs(collection.organisation, collection.period).first()
    if last is None or last.state == State.DONE:
        return None
    there = Snapshot.objects.filter(organisation=collection.organisation, period=collection.period)
    if last.state == State.FAILED and there.filter(created__gte=last.queued).exists():
        return None  # it was fixed another way since
    return last

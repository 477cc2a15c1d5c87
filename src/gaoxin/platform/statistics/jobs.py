"""Long work of statistics: reading the file of an import."""

from __future__ import annotations

from pathlib import Path

from django.urls import reverse

from gaoxin.platform.access.reader import Reader
from gaoxin.platform.jobs.kinds import Report, job
from gaoxin.platform.statistics import books
from gaoxin.platform.statistics.actions import importing
from gaoxin.platform.statistics.many import Plan, read_many
from gaoxin.platform.statistics.models import Collection, ImportState, Snapshot
from gaoxin.platform.statistics.queries.imports import one
from gaoxin.problems import InputError
from gaoxin.words import Text


@job(importing.JOB)
def run(reader: Reader, report: Report, *, key: str) -> str:
    """Read, check and take the file; what is wrong with it is the result as well."""
    held = one(reader, key)
    address = reverse("statistics:import", args=(held.pk,))
    if held.state != ImportState.WAITING:
        return address
    try:
        plan = read_many(reader, held, _earlier(held.collection), report)
    except InputError as refused:
        plan = Plan(faults=refused.problems)
    report(0.8, Text("写入", "writing"))
    importing.finish(reader, held, plan)
    return address


def _earlier(collection: Collection) -> list[Path]:
    """The fixed figures of the period before, by the same rulebook: what an upload is compared with.

    Only the comparison sees them; who uploads learns of a return of theirs that it is unlike last period's.
    """
    period = books.earlier(books.book(collection.book), collection.period)
    snapshot = Snapshot.objects.filter(organisation=collection.organisation_id, period=period).first()
    if snapshot is None:
        return []
    return [path for path in snapshot.paths if path.stem.endswith(f"-{collection.book}") and path.is_file()]

"""Long work of statistics: reading the file of an import, writing a snapshot."""

from __future__ import annotations

from pathlib import Path

from django.urls import reverse
from django.utils import timezone

from gaoxin.platform.access.reader import Reader, permit
from gaoxin.platform.jobs.kinds import Report, job
from gaoxin.platform.organisations.models import Organisation
from gaoxin.platform.statistics import books, snapshots
from gaoxin.platform.statistics.actions import fixing, importing
from gaoxin.platform.statistics.many import Plan, read_many
from gaoxin.platform.statistics.models import Collection, ImportState, Snapshot
from gaoxin.platform.statistics.permissions import FIX
from gaoxin.platform.statistics.queries.fixing import JOB
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


@job(JOB)
def fix(reader: Reader, report: Report, *, city: str, period: str, reason: str, folder: str) -> str:
    """Write the files, then say so; nothing when an attempt that was killed had said so already."""
    address = reverse("statistics:snapshots")
    if Snapshot.objects.filter(folder=folder).exists():
        return address
    place = Organisation.objects.get(code=city)
    permit(reader, FIX, place)
    said = Text("写入批准的数据", "writing the approved figures")
    written = snapshots.write(
        period, fixing.collections(place, period), timezone.now(), folder, lambda share: report(0.95 * share, said)
    )
    fixing.finish(reader, place, period, written, reason=reason)
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

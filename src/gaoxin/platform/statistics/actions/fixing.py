"""Fixing approved figures: a snapshot of a period; at once where that takes a moment, else as a job."""

from __future__ import annotations

from collections.abc import Callable

from django.utils import timezone

from gaoxin.platform.access.reader import Reader, permit
from gaoxin.platform.audit.journal import action, record
from gaoxin.platform.jobs.actions import enqueue
from gaoxin.platform.jobs.models import Job
from gaoxin.platform.jobs.models import State as JobState
from gaoxin.platform.organisations.models import Organisation
from gaoxin.platform.refusals import refuse
from gaoxin.platform.statistics import snapshots
from gaoxin.platform.statistics.models import Collection, Return, Snapshot
from gaoxin.platform.statistics.permissions import FIX
from gaoxin.platform.statistics.queries.fixing import JOB, jobs
from gaoxin.platform.statistics.snapshots import Written
from gaoxin.words import Text

AT_ONCE = 500
"""Returns that are fixed while somebody waits for the answer: a fraction of a second."""
FOLLOWING: list[Callable[[Reader, Snapshot], None]] = []
"""What other apps do when a snapshot was fixed, in the same transaction."""


@action
def fix(reader: Reader, city: Organisation, period: str, *, reason: str = "") -> Snapshot:
    """Write what is approved of ``period``, over all collections, as a snapshot that never changes.

    Fixing a period again, after corrections, asks for a reason and makes another snapshot beside the former.
    """
    _check(reader, city, period, reason)
    written = snapshots.write(period, collections(city, period), timezone.now())
    return finish(reader, city, period, written, reason=reason)


@action
def ask(reader: Reader, city: Organisation, period: str, *, reason: str = "") -> Snapshot | Job:
    """`fix`, or the job that does it where many returns were approved.

    A job that waits already, for the same reason, fixes what is approved when it begins: then there is no second one.
    """
    _check(reader, city, period, reason)
    there = Return.objects.filter(collection__in=collections(city, period), approved__isnull=False)
    if reader.user is None or there[: AT_ONCE + 1].count() <= AT_ONCE:
        return fix(reader, city, period, reason=reason)
    waiting = jobs(city, period).filter(state=JobState.WAITING, arguments__reason=reason).first()
    if waiting is not None:
        return waiting
    title = Text(f"固定数据快照：{period}", f"Fix a snapshot: {period}")
    folder = snapshots.named(period, timezone.now())
    return enqueue(reader, FIX, city, JOB, title, city=city.code, period=period, reason=reason, folder=folder)


@action
def finish(reader: Reader, city: Organisation, period: str, written: Written, *, reason: str) -> Snapshot:
    """Note the snapshot whose files were written; once, however often."""
    permit(reader, FIX, city)
    done = Snapshot.objects.filter(folder=written.folder).first()
    if done is not None:
        return done
    asked = collections(city, period)
    snapshot = Snapshot(
        organisation=city, period=period, folder=written.folder, sha256=written.sha256, contents=written.contents,
        counts=written.counts, books={one.book: one.book_version for one in asked}, created=written.read,
        user=reader.user, reason=reason.strip(), synthetic=any(one.synthetic for one in asked),
    )  # fmt: skip
    snapshot.save()
    snapshot.collections.set(asked)
    record(reader, "figures.fix", snapshot, organisation=city, reason=reason)
    for follow in FOLLOWING:
        follow(reader, snapshot)
    return snapshot


def collections(city: Organisation, period: str) -> list[Collection]:
    """What is collected for the period."""
    return list(Collection.objects.filter(organisation=city, period=period))


def _check(reader: Reader, city: Organisation, period: str, reason: str) -> None:
    permit(reader, FIX, city)
    if not Collection.objects.filter(organisation=city, period=period).exists():
        refuse("snapshots.period", "period", Text(f"{period} 没有采集", f"there is no collection for {period}"))
    if not reason.strip() and Snapshot.objects.filter(organisation=city, period=period).exists():
        refuse(
            "snapshots.reason", "reason",
            Text("这一期已有快照，再次固定须写明原因", "the period was fixed before: say why it is fixed again"),
        )  # fmt: skip

"""Fixing approved figures: a snapshot of a period."""

from __future__ import annotations

from collections.abc import Callable

from django.utils import timezone

from gaoxin.platform.access.reader import Reader, permit
from gaoxin.platform.audit.journal import action, record
from gaoxin.platform.organisations.models import Organisation
from gaoxin.platform.refusals import refuse
from gaoxin.platform.statistics import snapshots
from gaoxin.platform.statistics.models import Collection, Snapshot
from gaoxin.platform.statistics.permissions import FIX
from gaoxin.words import Text

FOLLOWING: list[Callable[[Reader, Snapshot], None]] = []
"""What other apps do when a snapshot was fixed, in the same transaction."""


@action
def fix(reader: Reader, city: Organisation, period: str, *, reason: str = "") -> Snapshot:
    """Write what is approved of ``period``, over all collections, as a snapshot that never changes.

    Fixing a period again, after corrections, asks for a reason and makes another snapshot beside the former.
    """
    permit(reader, FIX, city)
    collections = list(Collection.objects.filter(organisation=city, period=period))
    if not collections:
        refuse("snapshots.period", "period", Text(f"{period} 没有采集", f"there is no collection for {period}"))
    former = Snapshot.objects.filter(organisation=city, period=period).first()
    if former is not None and not reason.strip():
        refuse(
            "snapshots.reason", "reason",
            Text("这一期已有快照，再次固定须写明原因", "the period was fixed before: say why it is fixed again"),
        )  # fmt: skip
    now = timezone.now()
    written = snapshots.write(period, collections, now)
    snapshot = Snapshot(
        organisation=city, period=period, folder=written.folder, sha256=written.sha256, contents=written.contents,
        counts=written.counts, books={one.book: one.book_version for one in collections}, created=now,
        user=reader.user, reason=reason.strip(), synthetic=any(one.synthetic for one in collections),
    )  # fmt: skip
    snapshot.save()
    snapshot.collections.set(collections)
    record(reader, "figures.fix", snapshot, organisation=city, reason=reason)
    for follow in FOLLOWING:
        follow(reader, snapshot)
    return snapshot

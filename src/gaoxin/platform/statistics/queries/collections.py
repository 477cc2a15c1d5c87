"""Collections and how far they are."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import Http404

from gaoxin.platform.access.permissions import Permission
from gaoxin.platform.access.reader import Reader, limit
from gaoxin.platform.organisations.models import Organisation
from gaoxin.platform.statistics.models import Collection, Return, State
from gaoxin.platform.statistics.permissions import VIEW
from gaoxin.words import Text

OUT = (State.DRAFT, State.RETURNED)
"""States in which a return is still owed."""
NO_ZONE = Text("不在园区", "in no zone")
_NUMBERS = ("total", "submitted", "approved", "late", "timely")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a collection is, over all or for one zone."""

    name: Any
    code: str
    total: int
    submitted: int
    approved: int
    late: int
    timely: int

    @property
    def completeness(self) -> float | None:
        """Share of the returns that came (报送率), in percent."""
        return 100 * self.submitted / self.total if self.total else None

    @property
    def timeliness(self) -> float | None:
        """Share of the returns that came in time (及时率), in percent."""
        return 100 * self.timely / self.total if self.total else None


def collections(reader: Reader) -> QuerySet[Collection]:
    """Every collection of the city; what is in them is limited, that they are there is not."""
    reader_may_see(reader)
    return Collection.objects.all()


def collection(reader: Reader, code: str, permission: Permission = VIEW) -> Collection:
    """The collection ``code``; who has ``permission`` nowhere is refused."""
    reader_may_see(reader, permission)
    found = Collection.objects.select_related("organisation").filter(code=code).first()
    if found is None:
        raise Http404
    return found


def reader_may_see(reader: Reader, permission: Permission = VIEW) -> None:
    """Refuse who has ``permission`` nowhere."""
    limit(reader, permission, Return.objects.none())


def progress(reader: Reader, today: datetime.date) -> dict[int, Progress]:
    """How far each collection is that is still open, over what the reader may see."""
    found = limit(reader, VIEW, Return.objects.filter(collection__closed=None)).values("collection_id")
    rows = found.annotate(**_counts(today)).order_by()
    return {row["collection_id"]: _progress("", "", row) for row in rows}


def progress_of(reader: Reader, collection: Collection, today: datetime.date) -> Progress:
    """How far one collection is."""
    found = limit(reader, VIEW, Return.objects.filter(collection=collection)).aggregate(**_counts(today))
    return _progress("", "", found)


def progress_by_zone(reader: Reader, collection: Collection, today: datetime.date) -> list[Progress]:
    """How far a collection is in each zone, those with most returns missing first."""
    found = limit(reader, VIEW, Return.objects.filter(collection=collection))
    # By the key of the zone, so that one index holds all that is counted; their names come after.
    rows = list(found.values("zone_id").annotate(**_counts(today)).order_by())
    zones = Organisation.objects.in_bulk([row["zone_id"] for row in rows if row["zone_id"]])
    listed = []
    for row in rows:
        zone = zones.get(row["zone_id"])
        listed.append(_progress(zone.label if zone else NO_ZONE, zone.code if zone else "", row))
    return sorted(listed, key=lambda one: (one.submitted - one.total, one.code))


def together(parts: Sequence[Progress]) -> Progress:
    """How far a collection is over all its parts."""
    sums = (sum(getattr(one, name) for one in parts) for name in _NUMBERS)
    return Progress("", "", *sums)


def _counts(today: datetime.date) -> dict[str, Count]:
    return {
        "total": Count("pk"),
        "came": Count("pk", filter=~Q(state__in=OUT)),
        "done": Count("pk", filter=Q(state=State.APPROVED)),
        "overdue": Count("pk", filter=Q(state__in=OUT, due__lt=today)),
        # What was sent back has not come: it counts as in time again once it is handed in.
        "in_time": Count("pk", filter=Q(timely=True) & ~Q(state__in=OUT)),
    }


def _progress(name: Any, code: str, row: dict[str, Any]) -> Progress:
    return Progress(name, code, row["total"], row["came"], row["done"], row["overdue"], row["in_time"])

"""What people are told of measures beside their own work list: the timer of ``gaoxin platform remind`` asks.

The work list has the day of each node. Here is the day of the measure itself, for the unit that leads it while it has
not begun and for those that co-operate; and for the office, what units are late with.
"""

from __future__ import annotations

import datetime

from django.db.models import Case, F, Q, QuerySet, When
from django.db.models.functions import Least
from django.urls import reverse

from gaoxin.platform.access.reader import Reader, limit
from gaoxin.platform.app import Todo
from gaoxin.platform.language import words
from gaoxin.platform.measures.models import Measure, Node, Part
from gaoxin.platform.measures.models.measures import WAITS_FOR_UNIT
from gaoxin.platform.measures.permissions import CARRY, SUPERVISE
from gaoxin.platform.measures.queries import overdue

SOON = datetime.timedelta(days=7)
"""How far ahead a measure is told of."""


def due(reader: Reader, today: datetime.date) -> list[Todo]:
    """What ``reader`` is told: measures that they lead or co-operate in and that press, and the office what is late."""
    found: list[Todo] = []
    if reader.may(CARRY):
        waiting = limit(reader, CARRY, _pressing(today).exclude(node=Node.ACTING), "lead")
        found += [_one(words("牵头的事项尚未开始办理", "A measure you lead, not begun"), one) for one in waiting]
        helping = limit(reader, CARRY, Part.objects.filter(role=Part.Role.COOPERATING))
        parts = _pressing(today).filter(pk__in=helping.values("measure"))
        found += [_one(words("配合的事项", "A measure you co-operate in"), one) for one in parts]
    if reader.may(SUPERVISE):
        late = limit(
            reader, SUPERVISE, Measure.objects.filter(overdue("", today), node__in=WAITS_FOR_UNIT),
            "notice__organisation",
        )  # fmt: skip
        found += [
            Todo(words("单位逾期的事项", "A unit is late"), reverse("measures:page", args=(one.code,)), one.first,
                 one.lead.name if one.lead else "")
            for one in late.select_related("lead").annotate(first=_first()).order_by("first", "code")
        ]  # fmt: skip
    return found


def _pressing(today: datetime.date) -> QuerySet[Measure]:
    """The measures with a unit whose own day is near or past."""
    return Measure.objects.filter(node__in=WAITS_FOR_UNIT, due__lte=today + SOON).order_by("due", "code")


def _first() -> Case:
    """The earlier of a measure's two days, whichever it has."""
    return Case(
        When(Q(due=None), then=F("node_due")), When(Q(node_due=None), then=F("due")), default=Least("due", "node_due")
    )


def _one(title: object, measure: Measure) -> Todo:
    return Todo(title, reverse("measures:page", args=(measure.code,)), measure.due, measure.text[:60])  # type: ignore[arg-type]

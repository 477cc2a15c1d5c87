"""Reading notices and measures, limited to what the reader may see.

A unit sees the measures that it has a part in, and their notices once they are registered; the city office and its
leaders see all.
"""

from __future__ import annotations

import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, F, Max, Min, Q, QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from gaoxin.platform.access.permissions import Permission
from gaoxin.platform.access.reader import Reader, find, limit
from gaoxin.platform.access.roles import Kind
from gaoxin.platform.app import Found, Todo
from gaoxin.platform.evaluations.permissions import VIEW as EVALUATIONS
from gaoxin.platform.language import words
from gaoxin.platform.measures.models import (
    Clause,
    Figure,
    Link,
    Measure,
    Node,
    Notice,
    Part,
    Request,
    Stage,
    UnitName,
    Value,
)
from gaoxin.platform.measures.models.measures import WAITS_FOR_UNIT
from gaoxin.platform.measures.permissions import CARRY, SUPERVISE, VIEW
from gaoxin.platform.organisations.models import Organisation
from gaoxin.platform.organisations.queries import organisations
from gaoxin.platform.statistics import books
from gaoxin.platform.statistics.permissions import FIGURES
from gaoxin.platform.statistics.pivot import EVERYWHERE


def seen(reader: Reader) -> QuerySet[Measure]:
    """The measures that the reader may see."""
    parts = limit(reader, VIEW, Part.objects.all())
    every = Measure.objects.select_related("notice", "clause", "lead")
    return every if reader.scope(VIEW).everything else every.filter(pk__in=parts.values("measure"))


def measures(
    reader: Reader, *, text: str = "", notice: str = "", node: str = "", unit: str = "", light: str = "",
    before: datetime.date | None = None, late: bool = False, mine: bool = False,
) -> QuerySet[Measure]:  # fmt: skip
    """The measures that the reader may see, what is due first on top.

    Parameters
    ----------
    text
        Part of the words, of the clause's label or of the code.
    notice, unit
        Their codes; a unit's measures are those it leads or co-operates in.
    before
        Only those that are due by this day.
    late
        Only those that are past their day, or past that of their node.
    mine
        Only those that wait for the reader.
    """
    found = seen(reader).order_by(F("node_due").asc(nulls_last=True), "due", "code")
    if text:
        found = found.filter(Q(text__icontains=text) | Q(clause__label=text) | Q(code__icontains=text))
    if notice:
        found = found.filter(notice__code=notice)
    if node:
        found = found.filter(node=node)
    if unit:
        found = found.filter(pk__in=Part.objects.filter(organisation__code=unit).values("measure"))
    if light:
        found = found.filter(light=light)
    if before:
        found = found.filter(due__lte=before)
    if late:
        found = found.filter(overdue("", timezone.localdate()))
    if mine:
        found = found.filter(_mine(reader))
    return found


def measure(reader: Reader, code: str) -> Measure:
    """The measure ``code``, if the reader may see it."""
    return _one(seen(reader).select_related("notice__organisation"), code)


def measure_for(reader: Reader, permission: Permission, code: str) -> Measure:
    """The measure ``code`` where the reader has ``permission``: the office's, or the lead unit's for `CARRY`."""
    place = "lead" if permission is CARRY else "notice__organisation"
    return find(reader, permission, Measure.objects.select_related("notice__organisation", "clause", "lead"), place,
                code=code)  # fmt: skip


def part_of(reader: Reader, code: str) -> Part:
    """The reader's part in the measure ``code``, the leading one first: for whom they speak."""
    parts = limit(reader, CARRY, Part.objects.filter(measure__code=code).select_related("organisation", "measure"))
    first = parts.first()
    if first is None:
        raise Http404
    return first


def notices(reader: Reader) -> QuerySet[Notice]:
    """The notices that the reader may see, each with ``count`` and ``open`` measures seen."""
    there = seen(reader)
    found = Notice.objects.select_related("organisation").order_by("-signed_on", "code")
    if not reader.may(SUPERVISE):
        found = found.filter(registered__isnull=False)
        if not reader.scope(VIEW).everything:
            found = found.filter(pk__in=there.values("notice"))
    of_them = Q(measures__in=there) if not reader.scope(VIEW).everything else Q()
    return found.annotate(
        count=Count("measures", filter=of_them), open=Count("measures", filter=of_them & ~Q(measures__node=Node.CLOSED))
    )


def notice(reader: Reader, code: str) -> Notice:
    """One notice that the reader may see."""
    try:
        return notices(reader).get(code=code)
    except Notice.DoesNotExist as nothing:
        raise Http404 from nothing


def notice_to_prepare(reader: Reader, code: str) -> Notice:
    """One notice, for who may prepare it."""
    return find(reader, SUPERVISE, Notice.objects.select_related("organisation"), code=code)


def office(reader: Reader) -> Organisation:
    """The organisation for which the reader supervises."""
    offices = limit(reader, SUPERVISE, Organisation.objects.order_by("path"), "")
    first = offices.first()
    if first is None:
        raise Http404
    return first


def unit_name(reader: Reader, code: str, key: int) -> UnitName:
    """A unit that a notice names, for who decides what it means."""
    there = UnitName.objects.select_related("notice__organisation").filter(notice__code=code)
    return find(reader, SUPERVISE, there, "notice__organisation", pk=key)


def clause(reader: Reader, code: str, position: int) -> Clause:
    """A clause of a notice that the reader may see, if one of its measures is theirs to see."""
    there = notice(reader, code)
    found = there.clauses.filter(position=position).first()
    if found is None:
        raise Http404
    found.notice = there
    if not reader.scope(VIEW).everything and not seen(reader).filter(clause=found).exists():
        raise Http404
    return found


def clause_to_split(reader: Reader, code: str, position: int) -> Clause:
    """A clause of a notice, for who splits and assigns."""
    there = Clause.objects.select_related("notice__organisation")
    return find(reader, SUPERVISE, there, "notice__organisation", notice__code=code, position=position)


def figure_for(reader: Reader, permission: Permission, code: str, key: int) -> Figure:
    """A figure of the measure ``code``, where the reader has ``permission`` for the measure."""
    place = "measure__lead" if permission is CARRY else "measure__notice__organisation"
    there = Figure.objects.select_related("measure__notice__organisation", "measure__lead", "zone")
    return find(reader, permission, there, place, pk=key, measure__code=code)


def request_for(reader: Reader, code: str, key: int) -> Request:
    """What a unit asked about the measure ``code``, for who decides it."""
    there = Request.objects.select_related("measure__notice__organisation", "organisation", "figure", "to")
    return find(reader, SUPERVISE, there, "measure__notice__organisation", pk=key, measure__code=code)


def units(reader: Reader, today: datetime.date) -> QuerySet[Organisation]:
    """The units with a part in measures that the reader may see, with counts: ``led``, ``open``, ``late``,
    ``closed``, ``red`` of those they lead, ``cooperating``, and the day they last spoke."""
    found = limit(reader, VIEW, Organisation.objects.filter(measure_parts__isnull=False), "")
    led = Q(measure_parts__role=Part.Role.LEAD)
    done = Q(measure_parts__measure__node=Node.CLOSED)
    return found.order_by("path").annotate(
        led=Count("measure_parts", filter=led),
        cooperating=Count("measure_parts", filter=~led),
        open=Count("measure_parts", filter=led & ~done),
        finished=Count("measure_parts", filter=led & done),
        late=Count("measure_parts", filter=led & overdue("measure_parts__measure__", today)),
        red=Count("measure_parts", filter=led & ~done & Q(measure_parts__measure__light="red")),
        spoken=Max("measure_parts__measure__spoken", filter=led),
    )


def unit(reader: Reader, code: str) -> Organisation:
    """A unit with a part in measures, for its record."""
    there = Organisation.objects.filter(pk__in=Part.objects.values("organisation"))
    return find(reader, VIEW, there, "", code=code)


def stages_of(organisation: Organisation) -> QuerySet[Stage]:
    """The stays at nodes at which the unit had to act, newest first: its record of being on time."""
    return (
        Stage.objects.filter(organisation=organisation, node__in=WAITS_FOR_UNIT)
        .select_related("measure")
        .order_by("-pk")
    )


def overdue(measure: str, today: datetime.date) -> Q:
    """Past its own day or that of its node; ``measure`` is the path of fields that leads to the measure."""
    past = Q(**{f"{measure}due__lt": today}) | Q(**{f"{measure}node_due__lt": today})
    return past & ~Q(**{f"{measure}node": Node.CLOSED})


def asking(reader: Reader, kind: str, code: str) -> QuerySet[Measure]:
    """The measures linked to an indicator, an incentive or a zone: which clauses asked for it, in the order of the
    notices; ``code`` as in `Link`."""
    there = Link.objects.filter(kind=kind, code=code).values("measure")
    return seen(reader).filter(pk__in=there).order_by("notice__code", "clause__position", "code")


def derivation(reader: Reader, figure: Figure, value: Value) -> str:
    """The page that explains a value which was read from something published; empty where the reader has none."""
    if value.evaluation_id and figure.zone is not None and reader.may(EVALUATIONS, figure.zone):
        return reverse("evaluations:derivation", args=(value.evaluation_id, figure.zone.code, figure.code))
    sees = reader.may(FIGURES, figure.zone) if figure.zone else reader.scope(FIGURES).everything
    if value.snapshot is not None and sees:
        entity = books.book(figure.book).items[figure.code].entity
        asked = {"kind": f"{figure.book}/{entity}", "item": figure.code, "by": "zone" if figure.zone else "city"}
        where = figure.zone.code if figure.zone else EVERYWHERE
        return f"{reverse('statistics:figure', args=(where, value.snapshot.period))}?{urlencode(asked)}"
    return ""


def found(reader: Reader, text: str) -> list[Found]:
    """For the search over everything."""
    if not reader.may(VIEW):
        return []
    hits = measures(reader, text=text)[:20]
    return [
        Found(words("督办事项", "measure"), one.text[:60], reverse("measures:page", args=(one.code,)), one.code)
        for one in hits
    ]


def todo(reader: Reader, today: datetime.date) -> list[Todo]:  # noqa: ARG001  all apps are asked alike
    """What waits for the reader: one line for each node, with the first day that is due; and who was urged."""
    listed = []
    address = reverse("measures:list")
    kinds = (
        (CARRY, "lead", _UNIT_TITLES),
        (SUPERVISE, "notice__organisation", _OFFICE_TITLES),
    )
    for permission, place, titles in kinds:
        if not reader.may(permission):
            continue
        there = limit(reader, permission, Measure.objects.filter(node__in=titles), place)
        rows = there.order_by().values("node").annotate(n=Count("pk"), first=Min("node_due"))
        listed += [
            Todo(titles[row["node"]], f"{address}?node={row['node']}&mine=on", row["first"], "", row["n"])
            for row in sorted(rows, key=lambda row: list(Node).index(row["node"]))
        ]
    if reader.may(CARRY):
        urged = limit(reader, CARRY, Measure.objects.filter(urged__isnull=False, node__in=WAITS_FOR_UNIT), "lead")
        listed += [
            Todo(
                words("已催办", "Urged by the office"),
                reverse("measures:page", args=(one.code,)),
                one.node_due,
                one.code,
            )
            for one in urged.order_by("node_due")[:20]
        ]
    if reader.may(SUPERVISE):
        asked = Request.objects.filter(state=Request.State.ASKED).select_related("measure", "organisation")
        listed += [
            Todo(words("待答复的申请", "A request to answer"), reverse("measures:page", args=(one.measure.code,)),
                 None, one.organisation.name)
            for one in limit(reader, SUPERVISE, asked, "measure__notice__organisation").order_by("pk")[:20]
        ]  # fmt: skip
    return listed


_UNIT_TITLES: dict[str, Any] = {
    Node.ASSIGNED: words("待签收的事项", "Measures to sign for"),
    Node.SIGNED: words("待开始办理的事项", "Measures to begin"),
    Node.ACTING: words("办理中的事项", "Measures under way"),
}
_OFFICE_TITLES: dict[str, Any] = {
    Node.REGISTERED: words("待分解的事项", "Measures to split"),
    Node.SPLIT: words("待交办的事项", "Measures to assign"),
    Node.REPORTED: words("待审核的反馈", "Reports to review"),
    Node.REVIEWED: words("待办结的事项", "Measures to close"),
}


def _one(queryset: QuerySet[Measure], code: str) -> Measure:
    try:
        return queryset.get(code=code)
    except Measure.DoesNotExist as nothing:
        raise Http404 from nothing


def _mine(reader: Reader) -> Q:
    """At a node that waits for the reader."""
    office = Q(node__in=_OFFICE_TITLES) & reader.scope(SUPERVISE).condition("notice__organisation")
    unit = Q(node__in=_UNIT_TITLES) & reader.scope(CARRY).condition("lead")
    found = Q(pk__in=[])
    if reader.may(SUPERVISE):
        found |= office
    if reader.may(CARRY):
        found |= unit
    return found


def assignable(reader: Reader) -> list[Organisation]:
    """The organisations that can answer for a measure, as far as the reader may see them, in the order of the tree."""
    kinds = (Kind.CITY, Kind.BUREAU, Kind.DISTRICT, Kind.ZONE, Kind.PARK)
    return list(organisations(reader, kinds=kinds))

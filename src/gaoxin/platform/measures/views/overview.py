"""All measures at once: as a list, by unit, as a matrix, by what they are linked to, and as the monthly report."""

from __future__ import annotations

import datetime

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from gaoxin.platform.access.middleware import PageRequest
from gaoxin.platform.access.reader import Reader
from gaoxin.platform.frame.tables import Column, Table
from gaoxin.platform.language import language, words
from gaoxin.platform.measures import forms, queries
from gaoxin.platform.measures.models import Link, Measure, Notice, Part
from gaoxin.platform.measures.models.progress import Light
from gaoxin.platform.measures.monthly import Month, document
from gaoxin.platform.measures.progress import FRESHNESS, freshness, measured
from gaoxin.platform.organisations.models import Organisation
from gaoxin.words import Text

_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def _light(light: str) -> object:
    return Light(light).label if light else None


def _fresh(measure: Measure) -> object:
    return FRESHNESS[freshness(measure, measure.figures.all(), timezone.localdate())]


def _same(text: str) -> Text:
    return Text(text, text)


COLUMNS = (
    Column("text", words("事项", "Measure"), lambda m: m.label, "text", lambda m: f"/measures/{m.code}/"),
    Column("clause", words("条款", "Clause"), lambda m: _same(m.clause.label), "clause__position"),
    Column("lead", words("牵头单位", "Lead unit"), lambda m: m.lead.label if m.lead else None, "lead__name"),
    Column("node", words("节点", "Node"), lambda m: m.get_node_display(), "node"),
    Column("node_due", words("节点期限", "Node due"), lambda m: m.node_due, "node_due"),
    Column("due", words("完成期限", "Due"), lambda m: m.due, "due"),
    Column("late", words("逾期", "Overdue"),
           lambda m: words("已逾期", "overdue") if m.late(timezone.localdate()) else None),
    Column("measured", words("量化进度", "Measured"), lambda m: measured(m.figures.all()).text),
    Column("light", words("评定", "Judged"), lambda m: _light(m.light), "light"),
    Column("fresh", words("更新情况", "Freshness"), _fresh, "spoken"),
)  # fmt: skip
UNIT_COLUMNS = (
    Column("name", words("单位", "Unit"), lambda u: u.label, "name", lambda u: f"/measures/units/{u.code}/"),
    Column("led", words("牵头", "Leads"), lambda u: u.led, "led", numeric=True),
    Column("cooperating", words("配合", "Co-operates"), lambda u: u.cooperating, "cooperating", numeric=True),
    Column("open", words("未办结", "Open"), lambda u: u.open, "open", numeric=True),
    Column("finished", words("已办结", "Closed"), lambda u: u.finished, "finished", numeric=True),
    Column("late", words("逾期", "Overdue"), lambda u: u.late, "late", numeric=True),
    Column("red", words("红灯", "Red"), lambda u: u.red, "red", numeric=True),
    Column("spoken", words("最近反馈", "Last word"), lambda u: u.spoken, "spoken"),
)


@require_GET
def index(request: PageRequest) -> HttpResponse:
    """The measures that the reader may see: theirs to do, by unit, by clause, by day, overdue."""
    filters = forms.Filters(request.GET)
    asked = filters.cleaned_data if filters.is_valid() else {}
    if "q" in asked:
        asked["text"] = asked.pop("q")
    records = queries.measures(request.reader, **asked).prefetch_related("figures")
    table = Table(request, COLUMNS, records, name="measures", synthetic="notice__synthetic")
    return table.download() or render(request, "measures/list.html", {"table": table, "filters": filters})


@require_GET
def units(request: PageRequest) -> HttpResponse:
    """Who owes what: the units with what they lead, what is late and what was judged red."""
    records = queries.units(request.reader, timezone.localdate())
    table = Table(request, UNIT_COLUMNS, records, name="units", synthetic="synthetic")
    return table.download() or render(request, "measures/units.html", {"table": table})


@require_GET
def unit(request: PageRequest, code: str) -> HttpResponse:
    """The record of a unit: its measures, and at which nodes it was late by how much."""
    found = queries.unit(request.reader, code)
    today = timezone.localdate()
    records = queries.measures(request.reader, unit=code).prefetch_related("figures")
    stages = [(stage, stage.days_late(today)) for stage in queries.stages_of(found)[:200]]
    context = {
        "unit": found,
        "table": Table(request, COLUMNS, records, name=f"measures-{code}", synthetic="notice__synthetic"),
        "stages": stages,
        "left": sum(1 for stage, _ in stages if stage.left),
        "on_time": sum(1 for stage, late in stages if stage.left and not late),
    }
    return context["table"].download() or render(request, "measures/unit.html", context)


@require_GET
def linked(request: PageRequest, kind: str, code: str) -> HttpResponse:
    """Which measures, of which clauses, have to do with an indicator, an incentive or a zone."""
    if kind not in Link.Kind.values:
        raise Http404
    records = queries.asking(request.reader, kind, code).prefetch_related("figures")
    table = Table(request, COLUMNS, records, name=f"measures-{kind}", synthetic="notice__synthetic")
    link = Link.objects.filter(kind=kind, code=code, measure__in=records.values("pk")).first()
    context = {"table": table, "kind": Link.Kind(kind).label, "code": code, "link": link}
    return table.download() or render(request, "measures/linked.html", context)


@require_GET
def matrix(request: PageRequest, code: str) -> HttpResponse:
    """Measures × units of a notice: ◆ leads, ○ co-operates."""
    notice = queries.notice(request.reader, code)
    measures = list(queries.seen(request.reader).filter(notice=notice).order_by("code"))
    parts = Part.objects.filter(measure__in=[one.pk for one in measures]).select_related("organisation")
    held: dict[tuple[int, int], str] = {}
    columns: dict[int, Organisation] = {}
    for part in parts:
        held[part.measure_id, part.organisation_id] = part.role
        columns[part.organisation_id] = part.organisation
    ordered = sorted(columns.values(), key=lambda one: one.path)
    rows = [(one, [held.get((one.pk, unit.pk), "") for unit in ordered]) for one in measures]
    return render(request, "measures/matrix.html", {"notice": notice, "units": ordered, "rows": rows})


@require_GET
def report(request: PageRequest, code: str) -> HttpResponse:
    """The monthly report of a notice as a Word document; ``?month=2026-03``, this month without it."""
    notice = queries.notice(request.reader, code)
    try:
        month = Month.read(request.GET.get("month", ""), timezone.localdate())
    except ValueError as nothing:
        raise Http404 from nothing
    answer = HttpResponse(_report(request.reader, notice, month), content_type=_DOCX)
    answer["Content-Disposition"] = f'attachment; filename="measures-{notice.code}-{month}.docx"'
    return answer


def _report(reader: Reader, notice: Notice, month: Month) -> bytes:
    measures = queries.seen(reader).filter(notice=notice).prefetch_related("figures", "notes__organisation", "stages")
    today: datetime.date = timezone.localdate()
    return document(notice, list(measures.order_by("code")), month, today, language())

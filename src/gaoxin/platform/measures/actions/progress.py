"""What is said and known of a measure's progress: notes, figures and their values, lights, links."""

from __future__ import annotations

import datetime
from decimal import Decimal

from django.utils import timezone

from gaoxin.platform.access.reader import Reader, permit
from gaoxin.platform.access.roles import Kind
from gaoxin.platform.audit.journal import action, changing, record
from gaoxin.platform.measures.actions.following import CARRIED
from gaoxin.platform.measures.actions.nodes import held
from gaoxin.platform.measures.models import Figure, Judgement, Link, Measure, Node, Note, Request, Value
from gaoxin.platform.measures.models.progress import Light
from gaoxin.platform.measures.permissions import CARRY, JUDGE, SUPERVISE
from gaoxin.platform.organisations.actions import need_reason
from gaoxin.platform.organisations.models import Organisation
from gaoxin.platform.refusals import refuse
from gaoxin.words import Text


@action
def note(reader: Reader, measure: Measure, organisation: Organisation, *, text: str) -> Note:
    """Say how the work goes, as the lead or a co-operating unit."""
    permit(reader, CARRY, organisation)
    measure = held(measure, Node.SIGNED, Node.ACTING)
    if not measure.parts.filter(organisation=organisation).exists():
        refuse(
            "measures.not-a-unit", None, Text(f"{organisation.name}不是责任单位", f"{organisation} has no part in it")
        )
    if not text.strip():
        refuse("measures.text", "text", Text("请写明进展", "say what was done"))
    made = Note.objects.create(measure=measure, organisation=organisation, text=text.strip(), by=reader.user)
    record(reader, "measures.note", made, organisation=organisation)
    measure.spoken = made.day
    measure.save(update_fields=["spoken"])
    return made


@action
def add_figure(
    reader: Reader, measure: Measure, *, kind: str, name: str, start: Decimal | None, target: Decimal | None,
    name_en: str = "", code: str = "", unit: str = "", due: datetime.date | None = None, weight: Decimal = Decimal(1),
) -> Figure:  # fmt: skip
    """Measure the measure by an indicator, or by a milestone (which goes from 0 to 1)."""
    permit(reader, SUPERVISE, measure.notice.organisation)
    measure = held(measure, *(node for node in Node if node != Node.CLOSED))
    if kind == Figure.Kind.MILESTONE:
        start, target, unit = Decimal(0), Decimal(1), ""
    if start is None or target is None:
        refuse("measures.target", "target" if target is None else "start",
               Text("指标需要起点值和目标值", "an indicator needs a start and a target"))  # fmt: skip
    if weight <= 0:
        refuse("measures.weight", "weight", Text("权重应大于 0", "a weight is above 0"))
    if not name.strip():
        refuse("measures.name", "name", Text("请填写名称", "a name is needed"))
    figure = Figure.objects.create(
        measure=measure, kind=kind, name=name.strip(), name_en=name_en.strip(), code=code.strip(), unit=unit.strip(),
        start=start, target=target, due=due, weight=weight,
    )  # fmt: skip
    record(reader, "measures.add-figure", figure, organisation=measure.notice.organisation)
    if figure.code:
        Link.objects.get_or_create(measure=measure, kind=Link.Kind.INDICATOR, code=figure.code)
    return figure


@action
def end_figure(reader: Reader, figure: Figure, *, reason: str) -> Figure:
    """Count a figure no longer; it stays with its values."""
    permit(reader, SUPERVISE, figure.measure.notice.organisation)
    need_reason(reason)
    with changing(
        reader, "measures.end-figure", figure, organisation=figure.measure.notice.organisation, reason=reason
    ):
        figure.ended = True
        figure.save(update_fields=["ended"])
    return figure


@action
def set_value(reader: Reader, figure: Figure, *, value: Decimal, as_of: datetime.date, source: str) -> Value:
    """Note a value of a figure for a day that has none yet; another value for the same day is a correction."""
    permit(reader, SUPERVISE, figure.measure.notice.organisation)
    return _set(reader, figure, value, as_of, source, replace=False)


@action
def propose_correction(reader: Reader, figure: Figure, *, value: Decimal, as_of: datetime.date, reason: str) -> Request:
    """Propose another value of a figure, as the lead unit; the figure stays until the office decides."""
    lead = figure.measure.lead
    if lead is None:
        refuse("measures.unassigned", None, Text("该事项尚未交办", "the measure is not assigned"))
    permit(reader, CARRY, lead)
    held(figure.measure, *CARRIED)
    need_reason(reason)
    _check(figure, value, as_of)
    if Request.objects.filter(figure=figure, state=Request.State.ASKED).exists():
        refuse("measures.asked-already", None, Text("已有同类申请待答复", "such a request waits for its answer"))
    request = Request.objects.create(
        measure=figure.measure, organisation=lead, kind=Request.Kind.CORRECTION, figure=figure, value=value,
        as_of=as_of, text=reason.strip(), by=reader.user,
    )  # fmt: skip
    record(reader, "measures.ask", request, organisation=lead, reason=reason)
    return request


@action
def correct(reader: Reader, request: Request, *, reason: str) -> Value:
    """Carry out a correction that was granted; the former value of the day stays, superseded."""
    figure, value, as_of = request.figure, request.value, request.as_of
    if figure is None or value is None or as_of is None:
        raise ValueError(f"request {request.pk} corrects nothing")
    permit(reader, SUPERVISE, figure.measure.notice.organisation)
    return _set(reader, figure, value, as_of, request.text[:300], replace=True, reason=reason)


@action
def judge(reader: Reader, measure: Measure, *, light: str, text: str) -> Judgement:
    """Set the light: a person's judgement, with the reasons, as of today."""
    permit(reader, JUDGE, measure.notice.organisation)
    measure = held(measure, *CARRIED)
    if light not in Light.values:
        refuse("measures.light", "light", Text("请选择绿灯、黄灯或红灯", "choose green, yellow or red"))
    if not text.strip():
        refuse("measures.text", "text", Text("请写明判断的依据", "say what the judgement rests on"))
    judgement = Judgement.objects.create(measure=measure, light=light, text=text.strip(), by=reader.user)
    with changing(reader, "measures.judge", measure, organisation=measure.lead, reason=text):
        measure.light = light
        measure.save(update_fields=["light"])
    return judgement


@action
def link(reader: Reader, measure: Measure, *, kind: str, code: str) -> Link:
    """Link the measure to an indicator, an incentive or a zone by its code."""
    permit(reader, SUPERVISE, measure.notice.organisation)
    code = code.strip()
    if not code:
        refuse("measures.code", "code", Text("请填写代码", "a code is needed"))
    if kind == Link.Kind.ZONE and not Organisation.objects.filter(code=code, kind__in=(Kind.ZONE, Kind.PARK)).exists():
        refuse("measures.no-zone", "code", Text(f"没有代码为 {code} 的园区", f"there is no zone {code}"))
    made, new = Link.objects.get_or_create(measure=measure, kind=kind, code=code)
    if not new:
        refuse("measures.linked", "code", Text("已经关联", "it is linked already"))
    record(reader, "measures.link", made, organisation=measure.notice.organisation)
    return made


def _set(
    reader: Reader, figure: Figure, value: Decimal, as_of: datetime.date, source: str, *, replace: bool,
    reason: str = "",
) -> Value:  # fmt: skip
    _check(figure, value, as_of)
    if not source.strip():
        refuse("measures.source", "source", Text("请写明数据来源", "say where the value comes from"))
    figure = (
        Figure.objects.select_for_update(of=("self",)).select_related("measure__notice__organisation").get(pk=figure.pk)
    )
    former = figure.values.filter(as_of=as_of, superseded=False)
    if not replace and former.exists():
        refuse("measures.value-there", "as_of",
               Text(f"{as_of} 已有数据；修改请走更正程序",
                    f"{as_of} has a value; another one is a correction"))  # fmt: skip
    former.update(superseded=True)
    made = Value.objects.create(figure=figure, value=value, as_of=as_of, source=source.strip())
    newest = figure.values.filter(superseded=False).first()
    with changing(reader, "measures.value", figure, organisation=figure.measure.notice.organisation, reason=reason):
        if newest is not None:
            figure.current, figure.as_of = newest.value, newest.as_of
        figure.save(update_fields=["current", "as_of"])
    record(reader, "measures.add-value", made, organisation=figure.measure.notice.organisation, reason=reason)
    return made


def _check(figure: Figure, value: Decimal, as_of: datetime.date) -> None:
    if as_of > timezone.localdate():
        refuse("measures.future", "as_of", Text("截至日期在将来", "that day is in the future"))
    if figure.kind == Figure.Kind.MILESTONE and value not in (Decimal(0), Decimal(1)):
        refuse("measures.milestone", "value", Text("里程碑的值是 0（未完成）或 1（完成）", "a milestone is 0 or 1"))

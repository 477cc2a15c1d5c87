"""What is said and known of a measure's progress: notes, figures and their values, lights, links."""

from __future__ import annotations

import datetime
from decimal import Decimal

from django.utils import timezone

from gaoxin.platform.access.reader import Reader, permit
from gaoxin.platform.access.roles import Kind
from gaoxin.platform.audit.journal import action, changing, record
from gaoxin.platform.measures import catalogue
from gaoxin.platform.measures.actions.filling import fill, take_newest
from gaoxin.platform.measures.actions.nodes import held
from gaoxin.platform.measures.models import Figure, Judgement, Link, Measure, Node, Note, Origin, Request, Value
from gaoxin.platform.measures.models.measures import CARRIED
from gaoxin.platform.measures.models.progress import Light
from gaoxin.platform.measures.permissions import CARRY, JUDGE, SUPERVISE
from gaoxin.platform.organisations.actions import need_reason
from gaoxin.platform.organisations.models import Organisation
from gaoxin.platform.refusals import refuse
from gaoxin.rulebook.kinds import UNKNOWN_UNIT
from gaoxin.rulebook.units import unit
from gaoxin.words import Text

_ADDED_UP = frozenset({"flow", "stock", "average"})
"""Kinds of items that have a sum over several reporters; a ratio has none."""


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
    reader: Reader, measure: Measure, *, kind: str, name: str = "", start: Decimal | None = None,
    target: Decimal | None = None, name_en: str = "", origin: str = Origin.HAND, code: str = "",
    zone: Organisation | None = None, unit: str = "", due: datetime.date | None = None, weight: Decimal = Decimal(1),
) -> Figure:  # fmt: skip
    """Measure the measure by an indicator, or by a milestone (which goes from 0 to 1).

    Parameters
    ----------
    origin
        Where its values come from (`Origin`). What is not noted by hand follows what is published, from now on and for
        every period that was published before.
    code
        Of an indicator with its system (``national-2021:1.2``), or of an item with its rulebook
        (``zone-return-2021:gx_new_firms``); its name and unit are then those of the system or rulebook.
    zone
        Whose indicator it is; for an item, over which zone it is added up (None: the whole city).
    """
    permit(reader, SUPERVISE, measure.notice.organisation)
    measure = held(measure, *(node for node in Node if node != Node.CLOSED))
    if kind == Figure.Kind.MILESTONE:
        start, target, unit, origin, code, zone = Decimal(0), Decimal(1), "", Origin.HAND, "", None
    if start is None or target is None:
        refuse("measures.target", "target" if target is None else "start",
               Text("指标需要起点值和目标值", "an indicator needs a start and a target"))  # fmt: skip
    if weight <= 0:
        refuse("measures.weight", "weight", Text("权重应大于 0", "a weight is above 0"))
    figure = Figure(
        measure=measure, kind=kind, origin=origin, name=name.strip(), name_en=name_en.strip(), unit=unit.strip(),
        start=start, target=target, due=due, weight=weight,
    )  # fmt: skip
    _follow(figure, code.strip(), zone)
    if not figure.name:
        refuse("measures.name", "name", Text("请填写名称", "a name is needed"))
    figure.save()
    record(reader, "measures.add-figure", figure, organisation=measure.notice.organisation)
    for link_kind, key in _leads_to(figure):
        if not measure.links.filter(kind=link_kind, code=key).exists():
            link(reader, measure, kind=link_kind, code=key)
    fill(reader, figure)
    return figure


def _follow(figure: Figure, code: str, zone: Organisation | None) -> None:
    """Set what the figure follows, with its name and unit; refuse what cannot be followed."""
    if figure.origin not in Origin.values:
        refuse("measures.origin", "origin", Text("请选择数据来源", "choose where its values come from"))
    if figure.origin == Origin.HAND:
        if code or zone:
            refuse(
                "measures.hand", "origin",
                Text("人工录入的指标没有代码和园区", "a figure noted by hand has neither code nor zone"),
                Text("要跟随公布的数据，请选择数据来源", "to follow what is published, choose its origin"),
            )  # fmt: skip
        return
    if zone is not None and zone.kind != Kind.ZONE:
        refuse("measures.no-zone", "zone", Text(f"{zone.name}不是园区", f"{zone} is no zone"))
    if figure.origin == Origin.EVALUATION:
        if zone is None:
            refuse("measures.zone", "zone", Text("评价指标按园区计算，请选择园区",
                                                 "an indicator is one of a zone: choose it"))  # fmt: skip
        system, node = catalogue.indicator(code)
        figure.book, figure.code, name, of = system, node.no, node.name, node.unit
    else:
        book, item = catalogue.item(code)
        if item.kind not in _ADDED_UP and (zone is None or item.entity != "zone"):
            refuse("measures.not-added", "code",
                   Text(f"{item.code} 不能按单位相加", f"{item.code} is not added up over reporters"))  # fmt: skip
        figure.book, figure.code, name, of = book, item.code, item.name, item.unit or ""
    figure.zone = zone
    figure.unit = "" if of in {"", "1", UNKNOWN_UNIT} else unit(of).say("zh")
    if not figure.name:
        where = zone.label if zone else Text("全市", "the whole city")
        figure.name, figure.name_en = f"{where.zh} {name.zh}"[:200], f"{name.en}, {where.en}"[:200]


def _leads_to(figure: Figure) -> list[tuple[str, str]]:
    """The links that go with a figure: its indicator or item, its zone."""
    kinds = {Origin.EVALUATION: Link.Kind.INDICATOR, Origin.SNAPSHOT: Link.Kind.ITEM}
    found = [(kinds[Origin(figure.origin)], figure.key)] if figure.origin in kinds else []
    return [*found, *([(Link.Kind.ZONE, figure.zone.code)] if figure.zone else [])]  # type: ignore[list-item]


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
    _by_hand(figure)
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
    _by_hand(figure)
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
    if kind not in Link.Kind.values:
        refuse("measures.kind", "kind", Text("请选择类别", "choose what it is"))
    if not code:
        refuse("measures.code", "code", Text("请填写代码", "a code is needed"))
    name = catalogue.link_name(kind, code)
    made, new = Link.objects.get_or_create(
        measure=measure, kind=kind, code=code, defaults={"name": name.zh[:300], "name_en": name.en[:300]}
    )
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
    record(reader, "measures.add-value", made, organisation=figure.measure.notice.organisation, reason=reason)
    take_newest(reader, figure, heard=True, reason=reason)
    return made


def _by_hand(figure: Figure) -> None:
    if figure.origin != Origin.HAND:
        refuse(
            "measures.follows", None,
            Text("该指标跟随公布的数据，不能手工改", "the figure follows what is published; nobody types its values"),
            Text("数据有误请更正报表，批准后指标随之更新",
                 "if it is wrong, correct the return: the figure follows its approval"),
        )  # fmt: skip


def _check(figure: Figure, value: Decimal, as_of: datetime.date) -> None:
    if as_of > timezone.localdate():
        refuse("measures.future", "as_of", Text("截至日期在将来", "that day is in the future"))
    if figure.kind == Figure.Kind.MILESTONE and value not in (Decimal(0), Decimal(1)):
        refuse("measures.milestone", "value", Text("里程碑的值是 0（未完成）或 1（完成）", "a milestone is 0 or 1"))

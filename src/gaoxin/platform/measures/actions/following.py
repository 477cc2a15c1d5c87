"""The way of a measure: assign, sign for, act, report, review, close; with returns, extensions, urging and transfer."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from django.utils import timezone

from gaoxin.platform.access.permissions import Permission
from gaoxin.platform.access.reader import Reader, permit
from gaoxin.platform.access.roles import Kind
from gaoxin.platform.audit.journal import action, changing, record
from gaoxin.platform.measures.actions.nodes import enter, held, leave
from gaoxin.platform.measures.actions.progress import correct
from gaoxin.platform.measures.models import Clause, Measure, Node, Note, Part, Request
from gaoxin.platform.measures.models.measures import CARRIED, WAITS_FOR_UNIT
from gaoxin.platform.measures.permissions import CARRY, SUPERVISE
from gaoxin.platform.organisations.actions import need_reason
from gaoxin.platform.organisations.models import Organisation
from gaoxin.platform.refusals import refuse
from gaoxin.words import Text


@action
def assign(
    reader: Reader, measure: Measure, *, lead: Organisation, cooperating: Sequence[Organisation], due: datetime.date
) -> Measure:
    """Assign (交办): one lead unit, those that co-operate, and the day by which it shall be done."""
    permit(reader, SUPERVISE, measure.notice.organisation)
    measure = held(measure, Node.SPLIT)
    _check_units(lead, cooperating)
    if due < timezone.localdate():
        refuse("measures.due-past", "due", Text("完成期限已过", "that day is past"))
    with changing(reader, "measures.assign", measure, organisation=lead):
        measure.lead, measure.due = lead, due
        leave(measure)
        enter(measure, Node.ASSIGNED)
    _set_parts(reader, measure, lead, cooperating)
    return measure


@action
def assign_clause(
    reader: Reader, clause: Clause, *, lead: Organisation, cooperating: Sequence[Organisation], due: datetime.date
) -> list[Measure]:
    """Assign all measures of a clause that were split and wait for it."""
    permit(reader, SUPERVISE, clause.notice.organisation)
    waiting = list(clause.measures.filter(node=Node.SPLIT).select_related("notice__organisation"))
    if not waiting:
        refuse("measures.nothing-split", None, Text("本条没有待交办的事项", "nothing of this clause waits for it"),
               Text("请先分解", "split it first"))  # fmt: skip
    return [assign(reader, one, lead=lead, cooperating=cooperating, due=due) for one in waiting]


@action
def take_back(reader: Reader, measure: Measure, *, reason: str) -> Measure:
    """Take an assigned measure back to be split or assigned anew (收回)."""
    permit(reader, SUPERVISE, measure.notice.organisation)
    need_reason(reason)
    measure = held(measure, Node.ASSIGNED, Node.SIGNED, Node.ACTING)
    return _back_to_office(reader, "measures.take-back", measure, reason)


@action
def sign(reader: Reader, measure: Measure) -> Measure:
    """Sign for the measure (签收): the lead unit takes it on."""
    measure = _with_lead(reader, measure, Node.ASSIGNED)
    return _move(reader, "measures.sign", measure, Node.SIGNED)


@action
def decline(reader: Reader, measure: Measure, *, reason: str) -> Measure:
    """Return the measure to the office instead of signing for it (退回), with the reason."""
    measure = _with_lead(reader, measure, Node.ASSIGNED)
    need_reason(reason)
    return _back_to_office(reader, "measures.decline", measure, reason)


@action
def begin(reader: Reader, measure: Measure, *, text: str) -> Measure:
    """Begin to act (办理): how the unit means to carry it out."""
    measure = _with_lead(reader, measure, Node.SIGNED)
    _say(reader, measure, text)
    return _move(reader, "measures.begin", measure, Node.ACTING)


@action
def report(reader: Reader, measure: Measure, *, text: str) -> Measure:
    """Report the measure as carried out (反馈)."""
    measure = _with_lead(reader, measure, Node.ACTING)
    _say(reader, measure, text, final=True)
    return _move(reader, "measures.report", measure, Node.REPORTED)


@action
def review(reader: Reader, measure: Measure, *, reason: str) -> Measure:
    """Accept what was reported (审核), with what was looked at."""
    measure = _with_office(reader, measure, Node.REPORTED, reason=reason)
    return _move(reader, "measures.review", measure, Node.REVIEWED, reason)


@action
def send_back(reader: Reader, measure: Measure, *, reason: str) -> Measure:
    """Send a report back (退回): the unit goes on acting."""
    measure = _with_office(reader, measure, Node.REPORTED, Node.REVIEWED, reason=reason)
    return _move(reader, "measures.send-back", measure, Node.ACTING, reason)


@action
def close(reader: Reader, measure: Measure, *, reason: str) -> Measure:
    """Close the measure (办结). What a unit asked and nobody decided stands in the way."""
    measure = _with_office(reader, measure, Node.REVIEWED, reason=reason)
    if measure.requests.filter(state=Request.State.ASKED).exists():
        refuse("measures.asked", None, Text("还有待决定的申请", "a request is undecided"),
               Text("请先答复", "answer it first"))  # fmt: skip
    return _move(reader, "measures.close", measure, Node.CLOSED, reason)


@action
def reopen(reader: Reader, measure: Measure, *, reason: str) -> Measure:
    """Take up a closed measure again."""
    measure = _with_office(reader, measure, Node.CLOSED, reason=reason)
    return _move(reader, "measures.reopen", measure, Node.ACTING, reason)


@action
def urge(reader: Reader, measure: Measure, *, reason: str) -> Measure:
    """Urge the lead unit (催办); it stands on its page and goes out with the next reminders."""
    measure = _with_office(reader, measure, Node.ASSIGNED, Node.SIGNED, Node.ACTING, reason=reason)
    # Urged twice on a day is two entries in the audit; the day alone would not differ.
    former, measure.urged = measure.urged, timezone.localdate()
    measure.save(update_fields=["urged"])
    record(reader, "measures.urge", measure, organisation=measure.lead, reason=reason,
           before={"urged": former}, after={"urged": measure.urged, "words": reason})  # fmt: skip
    return measure


@action
def extend(reader: Reader, measure: Measure, *, due: datetime.date, reason: str) -> Measure:
    """Give more time (延期)."""
    measure = _with_office(reader, measure, *CARRIED, reason=reason)
    return _extend(reader, measure, due, reason)


@action
def transfer(reader: Reader, measure: Measure, *, lead: Organisation, reason: str) -> Measure:
    """Give the measure to another lead unit (转办); the former one co-operates no longer, the new one signs for it."""
    measure = _with_office(reader, measure, *WAITS_FOR_UNIT, reason=reason)
    return _transfer(reader, measure, lead, reason)


@action
def ask_extension(reader: Reader, measure: Measure, *, due: datetime.date, reason: str) -> Request:
    """Ask for more time."""
    measure = _with_lead(reader, measure, *WAITS_FOR_UNIT)
    need_reason(reason)
    _check_later(measure, due)
    return _ask(reader, measure, Request.Kind.EXTENSION, reason, due=due)


@action
def ask_transfer(reader: Reader, measure: Measure, *, to: Organisation, reason: str) -> Request:
    """Ask that another unit lead."""
    measure = _with_lead(reader, measure, *WAITS_FOR_UNIT)
    need_reason(reason)
    _check_transfer(measure, to, "to")
    return _ask(reader, measure, Request.Kind.TRANSFER, reason, to=to)


@action
def decide(reader: Reader, request: Request, *, granted: bool, reason: str) -> Request:
    """Answer what a unit asked; what is granted takes effect with it."""
    permit(reader, SUPERVISE, request.measure.notice.organisation)
    need_reason(reason)
    measure = held(request.measure, *Node)
    request = (
        Request.objects.select_for_update(of=("self",))
        .select_related("to", "figure", "organisation")
        .get(pk=request.pk)
    )
    if request.state != Request.State.ASKED:
        refuse("measures.decided", None, Text("该申请已答复", "this request was answered already"))
    with changing(reader, "measures.decide", request, organisation=request.organisation, reason=reason):
        request.state = Request.State.GRANTED if granted else Request.State.REFUSED
        request.answer = reason.strip()
        request.save(update_fields=["state", "answer"])
    if granted:
        _grant(reader, measure, request, reason)
    return request


def _grant(reader: Reader, measure: Measure, request: Request, reason: str) -> None:
    if request.kind == Request.Kind.CORRECTION:
        correct(reader, request, reason=reason)
        return
    measure = held(measure, *WAITS_FOR_UNIT)
    if request.kind == Request.Kind.EXTENSION and request.due is not None:
        _extend(reader, measure, request.due, reason)
    elif request.to is not None:
        _transfer(reader, measure, request.to, reason)


def _with_office(reader: Reader, measure: Measure, *nodes: Node, reason: str) -> Measure:
    permit(reader, SUPERVISE, measure.notice.organisation)
    need_reason(reason)
    return held(measure, *nodes)


def _with_lead(reader: Reader, measure: Measure, *nodes: Node, permission: Permission = CARRY) -> Measure:
    """The measure at one of ``nodes``, for somebody of the unit that leads it now."""
    if measure.lead is None:
        refuse("measures.unassigned", None, Text("该事项尚未交办", "the measure is not assigned"))
    permit(reader, permission, measure.lead)
    lead = measure.lead_id
    measure = held(measure, *nodes)
    if measure.lead_id != lead and measure.lead is not None:
        permit(reader, permission, measure.lead)  # transferred a moment ago
    return measure


def _move(reader: Reader, code: str, measure: Measure, node: Node, reason: str = "") -> Measure:
    with changing(reader, code, measure, organisation=measure.lead, reason=reason):
        leave(measure)
        enter(measure, node)
    return measure


def _back_to_office(reader: Reader, code: str, measure: Measure, reason: str) -> Measure:
    """To the office for another assignment; the parts go, so that the unit no longer sees it."""
    former = measure.lead
    with changing(reader, code, measure, organisation=former, reason=reason):
        measure.lead, measure.due = None, None
        leave(measure)
        enter(measure, Node.SPLIT)
    measure.requests.filter(state=Request.State.ASKED).update(state=Request.State.REFUSED, answer=reason)
    _clear_parts(reader, measure, former)
    return measure


def _extend(reader: Reader, measure: Measure, due: datetime.date, reason: str) -> Measure:
    _check_later(measure, due)
    with changing(reader, "measures.extend", measure, organisation=measure.lead, reason=reason):
        measure.due = due
        if measure.node == Node.ACTING:
            measure.node_due = due
            measure.stages.filter(left=None).update(due=due)
        measure.save(update_fields=["due", "node_due"])
    return measure


def _transfer(reader: Reader, measure: Measure, lead: Organisation, reason: str) -> Measure:
    _check_transfer(measure, lead, "lead")
    cooperating = [
        part.organisation for part in measure.parts.filter(role=Part.Role.COOPERATING).exclude(organisation=lead)
    ]
    with changing(reader, "measures.transfer", measure, organisation=lead, reason=reason):
        measure.lead = lead
        leave(measure)
        enter(measure, Node.ASSIGNED)
    _set_parts(reader, measure, lead, cooperating)
    return measure


def _ask(reader: Reader, measure: Measure, kind: Request.Kind, reason: str, **what: object) -> Request:
    if measure.requests.filter(kind=kind, state=Request.State.ASKED).exists():
        refuse("measures.asked-already", None, Text("已有同类申请待答复", "such a request waits for its answer"))
    request = Request.objects.create(
        measure=measure, organisation=measure.lead, kind=kind, text=reason.strip(), by=reader.user, **what
    )
    record(reader, "measures.ask", request, organisation=measure.lead, reason=reason)
    return request


def _say(reader: Reader, measure: Measure, text: str, *, final: bool = False) -> Note:
    if not text.strip():
        refuse("measures.text", "text", Text("请写明进展", "say what was done"))
    note = Note.objects.create(
        measure=measure, organisation=measure.lead, text=text.strip(), final=final, by=reader.user
    )
    record(reader, "measures.note", note, organisation=measure.lead)
    measure.spoken = note.day
    measure.save(update_fields=["spoken"])
    return note


def _check_units(lead: Organisation, cooperating: Sequence[Organisation]) -> None:
    for field, one in (("lead", lead), *(("cooperating", other) for other in cooperating)):
        if one.closed or one.kind == Kind.FIRM:
            refuse("measures.unit", field, Text(f"{one.name}不能承办事项", f"{one} cannot answer for a measure"))
    if lead in cooperating:
        refuse("measures.twice", "cooperating", Text("牵头单位不能同时是配合单位", "the lead does not co-operate too"))


def _check_later(measure: Measure, due: datetime.date) -> None:
    if measure.due is not None and due <= measure.due:
        refuse("measures.not-later", "due",
               Text(f"应晚于现在的期限 {measure.due}", f"it must be after the present day, {measure.due}"))  # fmt: skip
    if due < timezone.localdate():
        refuse("measures.due-past", "due", Text("完成期限已过", "that day is past"))


def _check_transfer(measure: Measure, to: Organisation, field: str) -> None:
    _check_units(to, ())
    if to.pk == measure.lead_id:
        refuse("measures.same-lead", field, Text(f"{to.name}已是牵头单位", f"{to} leads it already"))


def _set_parts(reader: Reader, measure: Measure, lead: Organisation, cooperating: Sequence[Organisation]) -> None:
    before = _units(measure)
    measure.parts.all().delete()
    parts = [Part(measure=measure, organisation=lead, role=Part.Role.LEAD)]
    parts += [Part(measure=measure, organisation=one, role=Part.Role.COOPERATING) for one in dict.fromkeys(cooperating)]
    Part.objects.bulk_create(parts)
    after = {part.organisation.code: str(part.role) for part in parts}
    record(reader, "measures.units", measure, organisation=lead, before={"units": before}, after={"units": after})


def _clear_parts(reader: Reader, measure: Measure, former: Organisation | None) -> None:
    before = _units(measure)
    measure.parts.all().delete()
    record(reader, "measures.units", measure, organisation=former, before={"units": before}, after={"units": {}})


def _units(measure: Measure) -> dict[str, str]:
    return {part.organisation.code: part.role for part in measure.parts.select_related("organisation")}

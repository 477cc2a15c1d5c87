"""Every change of dynamic adjustment: recorded events, proposals, and the steps of a case, each signed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from gaoxin.decisions import Proposals
from gaoxin.platform.access.reader import Reader, permit
from gaoxin.platform.adjustments import books, letters, register
from gaoxin.platform.adjustments.models import Case, Occurrence, Proposing, State, Step
from gaoxin.platform.adjustments.permissions import PROPOSE
from gaoxin.platform.adjustments.procedure import STEPS, after, due
from gaoxin.platform.audit.journal import action, changing, record
from gaoxin.platform.jobs.actions import enqueue
from gaoxin.platform.jobs.models import Job
from gaoxin.platform.organisations.actions import need_reason
from gaoxin.platform.organisations.models import Organisation
from gaoxin.platform.refusals import refuse
from gaoxin.rulebook.facts import parse_figure
from gaoxin.words import Text

KIND = "adjustments.propose"


@action
def ask(reader: Reader, city: Organisation, *, period: str, book: str) -> Job:
    """Queue the application of a decision book to the published evaluations of a period."""
    permit(reader, PROPOSE, city)
    books.book(book)
    from gaoxin.platform.adjustments.queries import evaluated_years  # noqa: PLC0415  it imports from here

    evaluated_years(reader, period)
    said = Text(f"动态调整建议：{period}", f"Proposals for {period}")
    return enqueue(reader, PROPOSE, city, KIND, said, period=period, book=book)


@action
def keep(
    reader: Reader, city: Organisation, proposals: Proposals, findings: dict[str, Any], evaluations: Sequence[int]
) -> Proposing:
    """Keep what the rules proposed, and open a case for each leading proposal.

    A case that was proposed before and not notified takes the new finding, or is dropped when the rule no longer
    proposes it; one that is under way stays as it is.
    """
    permit(reader, PROPOSE, city)
    kept = Proposing.objects.create(
        organisation=city,
        period=proposals.period,
        book=proposals.book,
        book_version=proposals.version,
        evaluations=list(evaluations),
        findings=findings,
        synthetic=proposals.synthetic,
        created_by=reader.user,
    )
    record(reader, "adjustments.propose", kept, organisation=city)
    leading = {(one["zone"], one["rule"]): one for one in findings["proposals"] if one["leading"]}
    zones = {zone.code: zone for zone in Organisation.objects.filter(code__in={zone for zone, _ in leading})}
    held = {
        (case.organisation.code, case.rule): case
        for case in Case.objects.filter(period=proposals.period).select_related("organisation")
    }
    for (code, rule), one in leading.items():
        zone = zones.get(code)
        if zone is None:
            continue  # evaluated, and not in the tree: it stands in the findings
        case = held.get((code, rule))
        certain = one["certainty"]["true"] if one["certainty"] else None
        if case is None:
            case = Case.objects.create(
                organisation=zone, proposing=kept, period=proposals.period, rule=rule, action=one["action"],
                finding=one, certainty=certain, synthetic=proposals.synthetic,
            )  # fmt: skip
            record(reader, "adjustments.open", case, organisation=zone)
        elif case.state == State.PROPOSED or (case.state == State.DROPPED and not case.steps.exists()):
            with changing(reader, "adjustments.refresh", case, organisation=zone):
                case.finding, case.certainty, case.proposing = one, certain, kept
                case.state = State.PROPOSED
                case.save()
    for key, case in held.items():
        if key not in leading and case.state == State.PROPOSED:
            said = "规则不再建议 · the rules no longer propose it"
            with changing(reader, "adjustments.lapse", case, organisation=case.organisation, reason=said):
                case.state = State.DROPPED
                case.save(update_fields=["state"])
    return kept


@action
def take(reader: Reader, case: Case, name: str, *, signatory: str, position: str = "", text: str = "") -> Step:
    """Take a step of `procedure.STEPS`, signed.

    Raises
    ------
    InputError
        The case is not where the step begins, a signature or a text is missing, a veto is not settled, or the zone
        still has time to state its view.
    """
    way = STEPS[name]
    permit(reader, way.needs, case.organisation)
    held = (
        Case.objects.select_for_update(of=("self",))
        .select_related("organisation", "proposing__organisation")
        .get(pk=case.pk)
    )
    if held.state not in way.before:
        refuse(
            "adjustments.state",
            None,
            Text(f"当前状态（{State(held.state).label}）下不能这样做", f"not possible while the case is {held.state}"),
        )
    if not signatory.strip():
        refuse("adjustments.signature", "signatory", Text("请签署", "a signature is needed"))
    if not text.strip() and name != "notify":
        refuse("adjustments.text", "text", Text("请写明内容", "say it in words"))
    today = timezone.localdate()
    if name == "notify":
        _settled(held)
    if name == "decide" and held.state == State.NOTIFIED and held.due is not None and today <= held.due:
        refuse(
            "adjustments.early",
            None,
            Text(f"园区可陈述到 {held.due}，期限未到", f"the zone may state its view until {held.due}"),
            Text("等待陈述意见，或期满后决定", "wait for the statement, or decide after that day"),
        )
    step = Step(
        case=held, name=name, before=held.state, after=after(held, name), due_before=held.due,
        due_after=due(held, name, today), user=reader.user, signatory=signatory.strip(), position=position.strip(),
        text=text.strip(),
    )  # fmt: skip
    if way.letter:
        step.letter = letters.write(way.letter, held, step)
        step.letter_sha256 = hashlib.sha256(step.letter).hexdigest()
    step.save()
    with changing(reader, f"adjustments.{name}", held, organisation=held.organisation, reason=step.text):
        held.state, held.due = step.after, step.due_after
        held.save(update_fields=["state", "due"])
    record(reader, "adjustments.sign", step, organisation=held.organisation)
    register.note(reader, held, step)
    return step


def _settled(case: Case) -> None:
    open_vetoes = [veto for veto in case.finding["vetoes"] if veto["holds"] is None]
    if open_vetoes:
        zh, en = ("；".join(v["name"][tongue] for v in open_vetoes) for tongue in ("zh", "en"))
        refuse(
            "adjustments.open-veto",
            None,
            Text(f"否决事项尚未查明：{zh}", f"vetoes that are not settled: {en}"),
            Text("登记有关事项后重新套用规则", "record the events and apply the rules again"),
        )


@action
def undo(reader: Reader, case: Case, *, reason: str) -> Case:
    """Take back the last step, where the procedure allows it and nothing followed."""
    held = Case.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=case.pk)
    last = held.steps.filter(undone=False).last()
    if last is None or not STEPS[last.name].undoable:
        refuse("adjustments.undo", None, Text("没有可以撤销的步骤", "there is no step that can be undone"))
    permit(reader, STEPS[last.name].needs, held.organisation)
    need_reason(reason)
    with changing(reader, "adjustments.undo", held, organisation=held.organisation, reason=reason):
        last.undone = True
        last.save(update_fields=["undone"])
        held.state, held.due = last.before, last.due_before
        held.save(update_fields=["state", "due"])
    register.take_back(reader, held, last, reason)
    return held


@action
def note(
    reader: Reader, zone: Organisation, *, period: str, book: str, item: str, value: str, document: str
) -> Occurrence:
    """Record an event, or correct what was recorded; the document that says so is named."""
    permit(reader, PROPOSE, zone)
    items = books.recorded(book)
    if item not in items:
        refuse("adjustments.item", "item", Text(f"没有事项 {item}", f"there is no event {item}"))
    try:
        parse_figure(items[item], value)
    except ValueError:
        refuse("adjustments.value", "value", Text(f"{value} 不可用", f"{value} cannot be used"),
               Text("是/否类填 是 或 否，数量填整数", "yes or no, or a whole number"))  # fmt: skip
    if not document.strip():
        refuse("adjustments.document", "document", Text("请写明依据文件", "name the document"))
    held = Occurrence.objects.filter(organisation=zone, period=period, item=item).first()
    if held is None:
        held = Occurrence(
            organisation=zone, period=period, item=item, book=book, value=value, document=document.strip()
        )
        held.save()
        record(reader, "adjustments.note", held, organisation=zone)
    else:
        with changing(reader, "adjustments.note", held, organisation=zone):
            held.value, held.document, held.book = value, document.strip(), book
            held.save()
    return held

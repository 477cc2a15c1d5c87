"""What the reporter does: enter figures, explain warnings, submit."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import timezone

from gaoxin.platform.access.reader import Reader, permit
from gaoxin.platform.audit.journal import action, record
from gaoxin.platform.refusals import problem, refuse
from gaoxin.platform.statistics import books, checking, document
from gaoxin.platform.statistics.models import TRANSITIONS, Explanation, Return, State, Version
from gaoxin.platform.statistics.permissions import ENTER
from gaoxin.platform.statistics.queries.returns import explanations, judged
from gaoxin.problems import InputError, Problem
from gaoxin.words import Text


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of what was typed: the cells that were kept, and what is wrong with the others."""

    version: Version
    kept: Mapping[str, str]
    wrong: list[Problem]


@action
def save(reader: Reader, held: Return, cells: Mapping[str, str]) -> Saved:
    """Keep what was typed into ``cells``; a cell that cannot be read leaves the figure as it was, and is told.

    Nothing is lost by two people at once: each cell is kept by itself, the later one wins, the audit has both.
    """
    permit(reader, ENTER, held.organisation)
    held = locked(held)
    need_entry(held)
    book, entity = books.book(held.collection.book), held.collection.entity
    asked = books.asked(book.name, entity, held.collection.forms, held.collection.greyed)
    kept, wrong = document.typed(book, entity, cells)
    for name in [name for name in kept if name.rpartition(".")[2] not in asked]:
        del kept[name]
        message = Text(f"表中没有 {name}，或不填此项", f"the forms have no cell {name}, or do not ask for it")
        wrong.append(problem("returns.cell", name, message))
    version = open_version(held)
    now = {name: version.figures.get(name, "") for name in kept}
    changed = {name: text for name, text in kept.items() if text != now[name]}
    if changed:
        version.figures = {n: t for n, t in {**version.figures, **changed}.items() if t != ""}
        version.saved = timezone.now()
        version.save(update_fields=["figures", "saved"])
        old = {name: now[name] for name in changed}
        record(reader, "returns.save", held, organisation=held.organisation, before=old, after=changed)
    return Saved(version, kept, wrong)


@action
def explain(reader: Reader, held: Return, *, rule: str, cell: str, text: str) -> Explanation:
    """Say why the warning ``rule`` at ``cell`` is right as it is; holds as long as the figures stay."""
    permit(reader, ENTER, held.organisation)
    held = locked(held)
    need_entry(held)
    if not text.strip():
        refuse("returns.explanation", "text", Text("请填写说明", "an explanation is needed"))
    found = next(
        (p for p in found_in(held) if (p.rule, p.item or "") == (rule, cell) and p.severity == "warning"), None
    )
    if found is None:
        refuse("returns.no-warning", None, Text("这里没有需要说明的提示", "there is no warning to explain here"))
    explanation, _ = Explanation.objects.update_or_create(
        return_of=held, rule=rule, cell=cell,
        defaults={"value": checking.value_of(found), "text": text.strip()[:1000], "user": reader.user,
                  "at": timezone.now()},
    )  # fmt: skip
    after = {"rule": rule, "cell": cell, "text": explanation.text}
    record(reader, "returns.explain", held, organisation=held.organisation, after=after)
    return explanation


@action
def submit(reader: Reader, held: Return, *, signatory: str, position: str = "") -> Return:
    """Sign and hand in: to the zone reviewer, or straight to the city where the reporter belongs to no zone.

    Raises
    ------
    InputError
        With every error, and every warning without an explanation, at their cells.
    """
    permit(reader, ENTER, held.organisation)
    held = locked(held)
    need_entry(held)
    if not signatory.strip():
        refuse("returns.signatory", "signatory", Text("请填写签署人", "who signs is missing"))
    found = found_in(held)
    missing = checking.unexplained(found, explanations(held))
    if wrong := [*(p for p in found if p.severity == "error"), *missing]:
        raise InputError(wrong)
    version = open_version(held)
    hand_in(held, version, reader, signatory, position)
    signed = {"version": version.number, "sha256": version.sha256, "signatory": version.signatory}
    after = {"state": held.state, **signed}
    record(reader, "returns.submit", held, organisation=held.organisation, reason=version.reason, after=after)
    return held


def hand_in(held: Return, version: Version, reader: Reader, signatory: str, position: str) -> None:
    """Freeze the version and pass the return on; who calls has checked it."""
    now = timezone.now()
    version.save(update_fields=sign(version, reader, signatory, position, now))
    held.save(update_fields=turn_in(held, now))


def sign(version: Version, reader: Reader, signatory: str, position: str, now: datetime.datetime) -> list[str]:
    """Put the signature under the version, which is still to be saved; the fields that changed."""
    version.submitted, version.submitted_by = now, reader.user
    version.signatory, version.position = signatory.strip()[:100], position.strip()[:100]
    version.sha256 = document.digest(version.figures)
    return ["submitted", "submitted_by", "signatory", "position", "sha256"]


def turn_in(held: Return, now: datetime.datetime) -> list[str]:
    """Give the return, which is still to be saved, to who is next; the fields that changed."""
    held.state = State.SUBMITTED if held.zone_id else State.REVIEWED
    if held.submitted is not None:
        return ["state"]
    held.submitted, held.timely = now, timezone.localdate(now) <= held.due
    return ["state", "submitted", "timely"]


def found_in(held: Return) -> list[Problem]:
    """What the rules and the comparison say of the latest version."""
    figures = held.latest.figures if held.latest else {}
    return checking.findings(judged(held, figures))


def locked(held: Return) -> Return:
    """The return as it is now, held until the transaction ends, so that no two people pass it on at once."""
    return (
        Return.objects.select_for_update(of=("self",))
        .select_related("collection", "organisation", "latest")
        .get(pk=held.pk)
    )


def step(held: Return, verb: str) -> State:
    """The state after ``verb``; refused where it cannot be done."""
    after = TRANSITIONS[verb].get(State(held.state))
    if after is None:
        now = State(held.state)
        refuse("returns.state", None, Text(f"报表现在是“{now.value}”，不能这样做", f"the return is {now.value} now"))
    return after


def need_entry(held: Return) -> None:
    """Refuse where nothing can be entered: not the reporter's turn, closed, not open yet, or locked."""
    step(held, "submit")
    today, collection = timezone.localdate(), held.collection
    if held.state == State.CORRECTING:
        return
    if collection.closed:
        refuse("returns.closed", None, Text("采集已关闭", "the collection is closed"))
    if today < collection.opens:
        opens = collection.opens
        refuse("returns.not-open", None, Text(f"{opens} 开始填报", f"entry opens on {opens}"))
    if collection.locks and held.due < today:
        refuse(
            "returns.locked", None,
            Text(f"已过截止日期 {held.due}，填报已锁定", f"it was due on {held.due} and is locked"),
            Text("请向市级申请延期", "ask the city for an extension"),
        )  # fmt: skip


def open_version(held: Return) -> Version:
    """The version that is being entered; a new one, with the same figures, after one that was submitted."""
    last = held.latest
    if last is not None and not last.submitted:
        return last
    version = Version(return_of=held, number=1)
    if last is not None:
        version = Version(return_of=held, number=last.number + 1, figures=dict(last.figures), saved=last.saved)
    version.save()
    held.latest = version
    held.save(update_fields=["latest"])
    return version

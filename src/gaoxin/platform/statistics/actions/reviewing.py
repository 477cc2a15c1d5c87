"""What reviewers do: forward, send back with remarks, approve, correct. Nobody reviews what they submitted."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils import timezone

from gaoxin.platform.access.reader import Reader, permit
from gaoxin.platform.audit.journal import action, record
from gaoxin.platform.organisations.actions import need_reason
from gaoxin.platform.refusals import problem, refuse
from gaoxin.platform.statistics import books, document
from gaoxin.platform.statistics.actions.reporting import locked, open_version, step
from gaoxin.platform.statistics.models import Collection, Remark, Return, State
from gaoxin.platform.statistics.permissions import APPROVE, REVIEW
from gaoxin.platform.statistics.queries.returns import touched
from gaoxin.platform.statistics.queries.waiting import own, waiting
from gaoxin.problems import InputError
from gaoxin.words import Text


@action
def forward(reader: Reader, held: Return) -> Return:
    """The zone reviewer passes it on to the city."""
    permit(reader, REVIEW, held.organisation)
    return _pass_on(reader, locked(held), "forward")


@action
def approve(reader: Reader, held: Return) -> Return:
    """The city approves: from now on these are the figures, and nothing changes them but a correction."""
    permit(reader, APPROVE, held.organisation)
    return _pass_on(reader, locked(held), "approve")


@action
def pass_on_all(reader: Reader, collection: Collection, verb: str) -> int:
    """Forward or approve (``verb``) everything of the collection that waits for the reader, wherever they may.

    What the reader submitted or forwarded themselves is left for somebody else. How many returns it was.
    """
    there = waiting(reader, verb).filter(collection=collection)
    found = there.select_related("collection", "organisation", "latest").defer("latest__figures")
    returns = list(found.select_for_update(of=("self",)))
    if not returns:
        refuse("returns.nothing-waits", None, Text("没有等待您审核的报表", "nothing waits for your review"))
    for held in returns:
        _pass_on(reader, held, verb)
    return len(returns)


@action
def send_back(reader: Reader, held: Return, *, text: str, remarks: Mapping[str, str] | None = None) -> Return:
    """Give it back to the reporter with what is to be done, on the whole (``text``) and on cells (``remarks``)."""
    permission = REVIEW if held.state == State.SUBMITTED else APPROVE
    permit(reader, permission, held.organisation)
    held = locked(held)
    after = step(held, "send_back")
    said = {"": text.strip(), **{cell: one.strip() for cell, one in (remarks or {}).items()}}
    said = {cell: one for cell, one in said.items() if one}
    if not said:
        refuse("returns.remark", "text", Text("请写明退回的原因", "say why it is sent back"))
    book, version = books.book(held.collection.book), held.latest
    assert version is not None  # noqa: S101  it was submitted
    unknown = [c for c in said if c and document.cell(book, held.collection.entity, c) is None]
    if unknown:
        raise InputError([problem("returns.cell", c, Text(f"表中没有 {c}", f"there is no cell {c}")) for c in unknown])
    now = timezone.now()
    Remark.objects.bulk_create(
        Remark(return_of=held, version=version, cell=cell, text=one[:1000], user=reader.user, at=now)
        for cell, one in said.items()
    )
    before = {"state": held.state}
    held.state = after
    held.save(update_fields=["state"])
    open_version(held)
    record(
        reader, "returns.send-back", held, organisation=held.organisation, before=before,
        after={"state": after.value, "remarks": said}, reason=said.get("", ""),
    )  # fmt: skip
    return held


@action
def correct(reader: Reader, held: Return, *, reason: str) -> Return:
    """Open an approved return for a correction: a new version; the approved one counts until the new one is approved.

    The zone reviewer or the city does it, also after the collection was closed.
    """
    permit(reader, REVIEW if reader.may(REVIEW, held.organisation) else APPROVE, held.organisation)
    need_reason(reason)
    held = locked(held)
    after = step(held, "correct")
    before, concerned = {"state": held.state}, touched(reader, held)
    held.state = after
    held.save(update_fields=["state"])
    version = open_version(held)
    version.reason = reason.strip()
    version.save(update_fields=["reason"])
    now = {
        "state": after.value, "version": version.number, "snapshots": [one.sha256 for one in concerned.snapshots],
        "rests": [f"{one.name} {one.address}" for one in concerned.resting],
    }  # fmt: skip
    record(reader, "returns.correct", held, organisation=held.organisation, before=before, after=now, reason=reason)
    return held


def _pass_on(reader: Reader, held: Return, verb: str) -> Return:
    after, version = step(held, verb), held.latest
    assert version is not None  # noqa: S101  it was submitted
    if own(reader, held, verb):
        refuse(
            "returns.own", None,
            Text("不能审核自己提交或转报的报表", "what you submitted or forwarded is for somebody else to review"),
        )  # fmt: skip
    before, now = {"state": held.state}, timezone.now()
    held.state = after
    fields = ["state"]
    if verb == "forward":
        version.reviewed, version.reviewed_by = now, reader.user
        version.save(update_fields=["reviewed", "reviewed_by"])
    else:
        version.approved, version.approved_by = now, reader.user
        version.save(update_fields=["approved", "approved_by"])
        held.approved = version
        fields.append("approved")
    held.save(update_fields=fields)
    record(
        reader, f"returns.{verb}", held, organisation=held.organisation, before=before,
        after={"state": after.value, "version": version.number},
    )  # fmt: skip
    return held

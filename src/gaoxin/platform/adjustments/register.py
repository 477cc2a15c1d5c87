"""What a decision writes into the register of zones: withdrawal, commendation, admission; and its being taken back."""

from __future__ import annotations

from django.utils import timezone

from gaoxin.platform.access.reader import Reader
from gaoxin.platform.adjustments.models import Action, Case, State, Step
from gaoxin.platform.zones.actions import note_decision
from gaoxin.platform.zones.models import EventKind

KINDS = {
    Action.WITHDRAW: (EventKind.WITHDRAWN, "退出"),
    Action.COMMEND: (EventKind.OTHER, "通报表扬"),
    Action.ADMIT: (EventKind.OTHER, "优先纳入"),
}
"""Warnings and rectifications are in the timeline of the cases: they change nothing about what the zone is."""


def note(reader: Reader, case: Case, step: Step) -> None:
    """Write what ``step`` decided, when it decided something that the register holds."""
    kind = _decided(case, step)
    if kind is not None:
        text = f"{case.period} 年度动态调整：{kind[1]}。{step.text}"
        note_decision(reader, case.organisation, day=timezone.localdate(step.at), kind=kind[0], text=text,
                      document=_document(step))  # fmt: skip


def take_back(reader: Reader, case: Case, step: Step, reason: str) -> None:
    """Write that it was taken back; what was written before stays."""
    kind = _decided(case, step)
    if kind is not None:
        text = f"撤销 {timezone.localdate(step.at)} 的决定（{kind[1]}）：{reason}"
        note_decision(reader, case.organisation, day=timezone.localdate(), kind=EventKind.OTHER, text=text,
                      document=_document(step))  # fmt: skip


def _decided(case: Case, step: Step) -> tuple[EventKind, str] | None:
    if step.name == "withdraw" or (step.name == "decide" and step.after == State.WITHDRAWN):
        return KINDS[Action.WITHDRAW]
    return KINDS.get(Action(case.action)) if step.name == "decide" else None


def _document(step: Step) -> str:
    return f"动态调整决定书，事项 {step.case_id}，签署 {step.signatory}，SHA-256 {step.letter_sha256[:16]}"

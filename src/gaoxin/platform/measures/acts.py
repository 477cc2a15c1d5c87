"""What can be done with a measure: at which nodes, by whom, with which form. Page, buttons and API read this table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import Http404

from gaoxin.platform.access.permissions import Permission
from gaoxin.platform.access.reader import Reader
from gaoxin.platform.language import words
from gaoxin.platform.measures import forms, queries
from gaoxin.platform.measures.actions import following, progress
from gaoxin.platform.measures.models import Measure, Node
from gaoxin.platform.measures.models.measures import CARRIED, WAITS_FOR_UNIT
from gaoxin.platform.measures.permissions import CARRY, JUDGE, SUPERVISE


@dataclass(frozen=True, slots=True)
class Act:
    """One act. ``nodes`` only decide whether its button is shown; the action itself judges."""

    name: str
    title: Any
    permission: Permission
    nodes: tuple[Node, ...]
    form: type[forms.Form]
    do: Callable[..., Any]

    @property
    def by(self) -> str:
        """Who does it, as its address says: the verb of the permission, or ``speak`` for every unit with a part."""
        return SPEAK if self.name == "note" else self.permission.code.split(".")[1]

    @property
    def path(self) -> str:
        """Its address below that of the measure."""
        return f"{self.by}/{self.name}/"


SPEAK = "speak"
BY = ("supervise", "judge", "carry", SPEAK)
"""The addresses of acts are grouped by who may do them."""

ACTS = {
    act.name: act
    for act in (
        Act("assign", words("交办", "Assign"), SUPERVISE, (Node.SPLIT,), forms.Assign, following.assign),
        Act("sign", words("签收", "Sign for"), CARRY, (Node.ASSIGNED,), forms.Nothing, following.sign),
        Act("decline", words("退回", "Return"), CARRY, (Node.ASSIGNED,), forms.Reason, following.decline),
        Act("begin", words("开始办理", "Begin"), CARRY, (Node.SIGNED,), forms.Said, following.begin),
        Act("note", words("填写进展", "Note progress"), CARRY, (Node.SIGNED, Node.ACTING), forms.Said, progress.note),
        Act("report", words("反馈办结", "Report as done"), CARRY, (Node.ACTING,), forms.Said, following.report),
        Act("ask-extension", words("申请延期", "Ask for more time"), CARRY, WAITS_FOR_UNIT, forms.Due,
            following.ask_extension),
        Act("ask-transfer", words("申请转办", "Ask to transfer"), CARRY, WAITS_FOR_UNIT, forms.AskTransfer,
            following.ask_transfer),
        Act("review", words("审核通过", "Accept"), SUPERVISE, (Node.REPORTED,), forms.Reason, following.review),
        Act("close", words("办结", "Close"), SUPERVISE, (Node.REVIEWED,), forms.Reason, following.close),
        Act("send-back", words("退回办理", "Send back"), SUPERVISE, (Node.REPORTED, Node.REVIEWED), forms.Reason,
            following.send_back),
        Act("urge", words("催办", "Urge"), SUPERVISE, WAITS_FOR_UNIT, forms.Reason, following.urge),
        Act("extend", words("延期", "Extend"), SUPERVISE, CARRIED, forms.Due, following.extend),
        Act("transfer", words("转办", "Transfer"), SUPERVISE, WAITS_FOR_UNIT, forms.Transfer,
            following.transfer),
        Act("take-back", words("收回", "Take back"), SUPERVISE, WAITS_FOR_UNIT, forms.Reason,
            following.take_back),
        Act("judge", words("亮灯", "Judge"), JUDGE, CARRIED, forms.Judge, progress.judge),
        Act("link", words("关联", "Link"), SUPERVISE, tuple(Node), forms.AddLink, progress.link),
        Act("reopen", words("重新办理", "Reopen"), SUPERVISE, (Node.CLOSED,), forms.Reason, following.reopen),
    )
}  # fmt: skip


def open_to(reader: Reader, measure: Measure) -> list[Act]:
    """The acts that the reader can do with the measure now."""
    found = []
    for act in ACTS.values():
        if measure.node not in act.nodes:
            continue
        place = measure.lead if act.permission is CARRY else measure.notice.organisation
        if place is not None and reader.may(act.permission, place):
            found.append(act)
    if not any(act.permission is CARRY for act in found) and measure.node in ACTS["note"].nodes:
        # A co-operating unit speaks too; it can do nothing else.
        scope = reader.scope(CARRY)
        if any(scope.contains(part.organisation.path) for part in measure.parts.all()):
            found.append(ACTS["note"])
    return found


def found(by: str, name: str) -> Act:
    """The act ``name`` among those of ``by``; 404 for any other."""
    act = ACTS.get(name)
    if act is None or act.by != by:
        raise Http404
    return act


def subject(reader: Reader, act: Act, code: str) -> tuple[Any, ...]:
    """What the act is done to: the measure, and for `SPEAK` the unit that speaks; 403 and 404 as everywhere."""
    if act.by == SPEAK:
        part = queries.part_of(reader, code)
        return part.measure, part.organisation
    return (queries.measure_for(reader, act.permission, code),)

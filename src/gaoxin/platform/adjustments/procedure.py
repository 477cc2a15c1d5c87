"""The procedure as data: which step leads from where to where, who takes it, and by when the next one is due.

    proposed → notified → stated → decided
                                 → ordered → rectifying → accepted | rejected → withdrawn

Commendation and admission take the same way up to the decision.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from gaoxin.platform.access.permissions import Permission
from gaoxin.platform.adjustments.models import Action, Case, State
from gaoxin.platform.adjustments.permissions import ANSWER, DECIDE, HANDLE
from gaoxin.platform.language import words

STATEMENT, PLAN, RECTIFICATION = 15, 30, 365
"""Days, where the rule names none."""


@dataclass(frozen=True, slots=True)
class Way:
    """One step. ``letter`` is the template of what goes out with it; ``undoable``: it can be taken back with a reason
    as long as nothing followed; ``forward``: it is the usual way."""

    title: Any
    needs: Permission
    before: tuple[State, ...]
    after: State
    letter: str = ""
    undoable: bool = False
    forward: bool = True
    text: Any = ""


STEPS: dict[str, Way] = {
    "notify": Way(
        words("告知园区", "Notify the zone"), HANDLE, (State.PROPOSED,), State.NOTIFIED, "notice", undoable=True,
        text=words("补充说明", "Further remarks"),
    ),
    "state": Way(
        words("陈述意见", "State one's view"), ANSWER, (State.NOTIFIED,), State.STATED,
        text=words("陈述意见", "Statement"),
    ),
    "decide": Way(
        words("作出决定", "Decide"), DECIDE, (State.NOTIFIED, State.STATED), State.DECIDED, "decision", undoable=True,
        text=words("决定理由，对陈述意见的回应", "Reasons, and the answer to the statement"),
    ),
    "plan": Way(
        words("报整改方案", "Send the rectification plan"), ANSWER, (State.ORDERED,), State.RECTIFYING,
        text=words("整改方案", "Plan"),
    ),
    "progress": Way(
        words("报整改进展", "Report progress"), ANSWER, (State.RECTIFYING,), State.RECTIFYING,
        text=words("整改进展", "Progress"),
    ),
    "accept": Way(
        words("验收通过", "Accept the rectification"), HANDLE, (State.RECTIFYING,), State.ACCEPTED, "acceptance",
        undoable=True, text=words("验收意见", "Findings"),
    ),
    "reject": Way(
        words("验收不通过", "Do not accept"), HANDLE, (State.RECTIFYING,), State.REJECTED, undoable=True, forward=False,
        text=words("验收意见", "Findings"),
    ),
    "withdraw": Way(
        words("决定退出", "Withdraw the zone"), DECIDE, (State.REJECTED,), State.WITHDRAWN, "withdrawal", undoable=True,
        text=words("决定理由", "Reasons"),
    ),
    "drop": Way(
        words("不予处理", "Drop the case"), DECIDE, (State.PROPOSED, State.NOTIFIED, State.STATED), State.DROPPED,
        undoable=True, forward=False, text=words("理由", "Reasons"),
    ),
}  # fmt: skip


def after(case: Case, name: str) -> State:
    """The state that the step leads to: a decision to rectify orders a plan, one to withdraw ends it."""
    if name == "decide":
        return {Action.RECTIFY: State.ORDERED, Action.WITHDRAW: State.WITHDRAWN}.get(Action(case.action), State.DECIDED)
    return STEPS[name].after


def due(case: Case, name: str, today: datetime.date) -> datetime.date | None:
    """When the step after this one is due."""
    found = case.finding
    days: int | None
    if name == "notify":
        days = found.get("statement_days") or STATEMENT
    elif name == "decide" and case.action == Action.RECTIFY:
        days = found.get("plan_days") or PLAN
    elif name == "plan":
        days = found.get("rectification_days") or RECTIFICATION
    elif name == "progress":
        return case.due
    else:
        return None
    return today + datetime.timedelta(days=days)

"""Entering and leaving a node: the one place where a measure moves, with the stamp of each stay."""

from __future__ import annotations

import datetime

from django.utils import timezone

from gaoxin.platform.measures.models import Measure, Node, Stage
from gaoxin.platform.measures.models.measures import WAITS_FOR_UNIT
from gaoxin.platform.refusals import refuse
from gaoxin.words import Text


def held(measure: Measure, *nodes: Node) -> Measure:
    """The measure, locked until the action ends, if it is at one of ``nodes``; else a refusal.

    Two people who act at once come one after the other, and the second is told what the first has done.
    """
    locked = Measure.objects.select_for_update(of=("self",)).select_related("notice__organisation", "lead", "clause")
    measure = locked.get(pk=measure.pk)
    if measure.node not in nodes:
        refuse(
            "measures.node", None,
            Text(f"该事项现在是“{measure.get_node_display()}”，不能这样办理",
                 f"the measure is now “{measure.get_node_display()}”, which does not allow it"),
            Text("请刷新页面查看", "look at the page again"),
        )  # fmt: skip
    return measure


def enter(measure: Measure, node: Node) -> None:
    """Put the measure at ``node`` from now on, with the day by which it shall leave it, and save it."""
    measure.node = node
    measure.node_due = due_at(measure, node)
    measure.save()
    if node != Node.CLOSED:
        Stage.objects.create(
            measure=measure, node=node, due=measure.node_due,
            organisation=measure.lead if node in WAITS_FOR_UNIT and measure.lead else measure.notice.organisation,
        )  # fmt: skip


def leave(measure: Measure) -> None:
    """Stamp the end of the stay at the present node."""
    measure.stages.filter(left=None).update(left=timezone.now())


def due_at(measure: Measure, node: Node) -> datetime.date | None:
    """By when the measure shall leave ``node``: its own day while it is being carried out, else days from today."""
    if node == Node.CLOSED:
        return None
    if node == Node.ACTING:
        return measure.due
    return timezone.localdate() + datetime.timedelta(days=measure.notice.days[node])

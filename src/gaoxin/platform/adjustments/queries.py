"""Reading cases: a zone sees its own, once it was notified."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.http import Http404

from gaoxin.platform.access.reader import Reader, find, limit
from gaoxin.platform.access.roles import Kind
from gaoxin.platform.adjustments import procedure
from gaoxin.platform.adjustments.models import OVER, Case, Occurrence, Proposing, State, Step
from gaoxin.platform.adjustments.permissions import ANSWER, DECIDE, HANDLE, PROPOSALS, PROPOSE, VIEW
from gaoxin.platform.app import Found, Todo
from gaoxin.platform.evaluations.models import Evaluation, Standing
from gaoxin.platform.evaluations.models import State as RunState
from gaoxin.platform.evaluations.queries import published
from gaoxin.platform.language import words
from gaoxin.platform.organisations.models import Organisation
from gaoxin.platform.refusals import refuse
from gaoxin.platform.statistics.models import Snapshot
from gaoxin.words import Text

YEARS = 6
"""How many years of published evaluations rules may look at."""


def cases(reader: Reader) -> QuerySet[Case]:
    """The cases that the reader may see."""
    found = limit(reader, VIEW, Case.objects.select_related("organisation", "proposing__organisation"))
    if reader.may(PROPOSALS):
        return found
    # What was dropped before anybody was told stays unsaid.
    told = Step.objects.filter(case=OuterRef("pk"), name="notify", undone=False)
    return found.filter(Exists(told))


def case(reader: Reader, number: int) -> Case:
    """One case."""
    found = cases(reader).filter(pk=number).first()
    if found is None:
        raise Http404
    return found


def case_to_step(reader: Reader, number: int, name: str) -> Case:
    """One case, for somebody who may take the step ``name``."""
    needed = procedure.STEPS[name].needs
    found = find(reader, needed, Case.objects.select_related("organisation", "proposing__organisation"), pk=number)
    if needed is ANSWER and found.state == State.PROPOSED:
        raise Http404
    return found


def case_to_undo(reader: Reader, number: int) -> Case:
    """One case, for somebody who may take back steps."""
    for needed in (HANDLE, DECIDE):
        if reader.may(needed):
            return find(reader, needed, Case.objects.select_related("organisation"), pk=number)
    raise PermissionDenied(HANDLE.code)


def letter(reader: Reader, number: int, key: int) -> Step:
    """A step with its letter."""
    found = case(reader, number).steps.filter(pk=key).exclude(letter=None).first()
    if found is None:
        raise Http404
    return found


def proposings(reader: Reader) -> QuerySet[Proposing]:
    """What the rules proposed, the latest first."""
    return limit(reader, PROPOSALS, Proposing.objects.defer("findings"))


def proposing(reader: Reader, number: int) -> Proposing:
    """One of them."""
    return find(reader, PROPOSALS, Proposing.objects.all(), pk=number)


def city(reader: Reader) -> Organisation:
    """The city, for who may apply the rules."""
    return find(reader, PROPOSE, Organisation.objects.all(), "", kind=Kind.CITY)


def zone_to_note(reader: Reader, code: str) -> Organisation:
    """A zone about which the reader may record events."""
    return find(reader, PROPOSE, Organisation.objects.filter(kind=Kind.ZONE), "", code=code)


def zones_to_note(reader: Reader) -> QuerySet[Organisation]:
    """The zones about which the reader may record events."""
    return limit(reader, PROPOSE, Organisation.objects.filter(kind=Kind.ZONE, closed=None), "").order_by("path")


def occurrences(reader: Reader) -> QuerySet[Occurrence]:
    """Recorded events."""
    return limit(reader, PROPOSE, Occurrence.objects.select_related("organisation"))


def records(period: str, book: str) -> list[dict[str, str]]:
    """Recorded events as a decision book reads them: one row for each zone and period."""
    noted = Occurrence.objects.filter(period__lte=period, book=book).select_related("organisation")
    noted = noted.order_by("organisation__code", "period")
    rows = []
    for (code, at), items in groupby(noted, key=lambda one: (one.organisation.code, one.period)):
        rows.append({"zone": code, "period": at, **{one.item: one.value for one in items}})
    return rows


def evaluated_years(reader: Reader, period: str) -> list[Evaluation]:
    """The published evaluation of the period and of each year before, the latest first; refused when there is none."""
    if not reader.may(PROPOSE):
        raise PermissionDenied(PROPOSE.code)
    found: dict[str, Evaluation] = {}
    for run in published().filter(period__lte=period):
        found.setdefault(run.period, run)
    if period not in found:
        refuse(
            "adjustments.unpublished",
            "period",
            Text(f"{period} 期还没有发布的评价", f"no evaluation of {period} is published"),
            Text("先发布该期评价", "publish one first"),
        )
    return [found[at] for at in sorted(found, reverse=True)][:YEARS]


def zone(reader: Reader, code: str) -> Organisation:
    """A zone whose cases the reader may see."""
    return find(reader, VIEW, Organisation.objects.filter(kind=Kind.ZONE), "", code=code)


def timeline(reader: Reader, organisation: Organisation) -> list[dict[str, Any]]:
    """The zone over the years: its place in each published evaluation, and the cases of the year with their steps."""
    standings = Standing.objects.filter(organisation=organisation, evaluation__state=RunState.PUBLISHED)
    years: dict[str, dict[str, Any]] = {}
    for one in standings.select_related("evaluation").order_by("evaluation__period", "-evaluation__published"):
        years.setdefault(one.evaluation.period, {"period": one.evaluation.period, "standing": one, "cases": []})
    steps = Prefetch("steps", Step.objects.defer("letter"))
    for found in cases(reader).filter(organisation=organisation).prefetch_related(steps):
        year = years.setdefault(found.period, {"period": found.period, "standing": None, "cases": []})
        year["cases"].append(found)
    return [years[period] for period in sorted(years, reverse=True)]


def resting_on(run: Evaluation) -> Text | None:
    """What says that cases under way rest on ``run``; None when there are none."""
    under_way = Case.objects.exclude(state__in=(State.PROPOSED, *OVER))
    named = under_way.values_list("proposing__evaluations", flat=True)
    number = sum(run.pk in numbers for numbers in named)
    return Text(f"有 {number} 件办理中的事项以它为依据", f"{number} cases under way rest on it") if number else None


def made_from(reader: Reader, snapshots: Sequence[Snapshot]) -> list[Found]:
    """The cases that the reader may see whose proposal rests on an evaluation over ``snapshots``."""
    if not reader.may(VIEW):
        return []
    keys = {held.pk for held in snapshots}
    runs = {
        number
        for number, inputs in Evaluation.objects.exclude(state=RunState.DISCARDED).values_list("pk", "inputs")
        if any(one.get("snapshot") in keys for one in inputs)
    }
    resting = cases(reader).exclude(state=State.DROPPED).defer("finding", "proposing__findings") if runs else ()
    return [
        Found(words("动态调整", "case"), f"{one.period} {one.organisation.name}", f"/adjustments/{one.pk}/",
              f"{one.get_action_display()} {one.get_state_display()}")
        for one in resting if runs & set(one.proposing.evaluations)
    ]  # fmt: skip


def todo(reader: Reader, today: datetime.date) -> list[Todo]:  # noqa: ARG001  the work list gives the day to all
    """What waits for the reader in open cases."""
    states: dict[str, Any] = {}
    if reader.may(HANDLE):
        states |= {State.PROPOSED: words("告知园区", "Notify the zone"),
                   State.RECTIFYING: words("验收整改", "Look at the rectification")}  # fmt: skip
    if reader.may(DECIDE):
        states |= {
            State.STATED: words("作出决定", "Decide"),
            State.REJECTED: words("决定是否退出", "Decide on withdrawal"),
        }
    if states:
        return _todo(limit(reader, VIEW, Case.objects.filter(state__in=states)), states)
    if reader.may(ANSWER):
        states = {
            State.NOTIFIED: words("陈述意见", "State your view"),
            State.ORDERED: words("报整改方案", "Send the rectification plan"),
            State.RECTIFYING: words("报整改进展", "Report progress"),
        }
        return _todo(limit(reader, ANSWER, Case.objects.filter(state__in=states)), states)
    return []


def _todo(found: QuerySet[Case], titles: dict[str, Any]) -> list[Todo]:
    return [
        Todo(titles[one.state], f"/adjustments/{one.pk}/", due=one.due, place=f"{one.organisation.name} {one.period}")
        for one in found.select_related("organisation").defer("finding")
    ]

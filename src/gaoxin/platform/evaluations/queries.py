"""Reading evaluations.

A run is about the whole city. Who sees the city sees all of it; a zone sees published runs, its own details, and of the
others only how their scores lie, without names.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import Http404

from gaoxin.platform.access.reader import Reader, find, limit
from gaoxin.platform.access.roles import Kind
from gaoxin.platform.app import Found, Todo
from gaoxin.platform.evaluations.models import Evaluation, Round, Standing, State
from gaoxin.platform.evaluations.permissions import DRAFTS, PUBLISH, REVIEW, RUN, SCORE, VIEW, WHOLE
from gaoxin.platform.language import words
from gaoxin.platform.organisations.models import Organisation
from gaoxin.platform.statistics.models import Snapshot
from gaoxin.platform.statistics.permissions import VIEW as RETURNS


def evaluations(reader: Reader) -> QuerySet[Evaluation]:
    """The runs that the reader may see, the latest period first: published ones, and drafts with the right to them."""
    if not reader.scope(VIEW):
        raise PermissionDenied(VIEW.code)
    runs = Evaluation.objects.select_related("organisation", "created_by", "job")
    return runs if reader.may(DRAFTS) else runs.filter(state=State.PUBLISHED)


def evaluation(reader: Reader, number: int) -> Evaluation:
    """One run."""
    found = evaluations(reader).filter(pk=number).first()
    if found is None:
        raise Http404
    return found


def whole(reader: Reader, number: int) -> Evaluation:
    """One run with results, for who may see all of it."""
    if not reader.scope(WHOLE):
        raise PermissionDenied(WHOLE.code)
    found = evaluation(reader, number)
    if not found.computed:
        raise Http404
    return found


def evaluation_to_run(reader: Reader, number: int) -> Evaluation:
    """One run, to be computed."""
    return find(reader, RUN, Evaluation.objects.select_related("organisation"), pk=number)


def evaluation_to_step(reader: Reader, number: int, name: str) -> Evaluation:
    """One run, for somebody who may take the step ``name``."""
    needed = {"review": REVIEW, "send-back": REVIEW, "publish": PUBLISH, "retract": PUBLISH, "discard": RUN}[name]
    return find(reader, needed, Evaluation.objects.select_related("organisation"), pk=number)


def standings(reader: Reader, run: Evaluation) -> QuerySet[Standing]:
    """The standings that the reader may see in detail: those of the zones where they may."""
    return limit(reader, VIEW, run.standings.select_related("organisation"))


def standing(reader: Reader, number: int, code: str) -> tuple[Evaluation, Standing]:
    """One zone of one run with results; 404 for zones of others."""
    run = evaluation(reader, number)
    if not run.computed:
        raise Http404
    return run, find(reader, VIEW, run.standings.select_related("organisation"), code=code)


def may_see_returns(reader: Reader, standing: Standing) -> bool:
    """Whether the reader may see the returns behind the numbers of a zone, and not only the numbers."""
    if standing.organisation is None:
        return reader.scope(RETURNS).everything
    return reader.may(RETURNS, standing.organisation)


def sees_all(reader: Reader) -> bool:
    """Whether no zone is hidden."""
    return reader.scope(VIEW).everything


def spread(run: Evaluation) -> list[float]:
    """The scores of all zones in order, without whose they are."""
    return sorted((s for s in run.standings.values_list("score", flat=True) if s is not None), reverse=True)


def published(period: str = "") -> QuerySet[Evaluation]:
    """Published runs, the latest first; of one period when it is given. For other apps, which limit what they show."""
    runs = Evaluation.objects.filter(state=State.PUBLISHED).order_by("-period", "-published", "-pk")
    return runs.filter(period=period) if period else runs


def made_from(reader: Reader, snapshots: Sequence[Snapshot]) -> list[Found]:
    """The runs over ``snapshots`` that the reader may see, other than those that were given up."""
    if not reader.may(VIEW):
        return []
    keys = {held.pk for held in snapshots}
    runs = evaluations(reader).exclude(state__in=(State.RETRACTED, State.DISCARDED))
    found = [run for run in runs if any(one.get("snapshot") in keys for one in run.inputs)]
    kind = words("评价", "evaluation")
    return [
        Found(kind, run.title, f"/evaluations/{run.pk}/", f"{run.period} {run.get_state_display()}") for run in found
    ]


def city(reader: Reader) -> Organisation:
    """The city, for who may evaluate it."""
    return find(reader, RUN, Organisation.objects.all(), "", kind=Kind.CITY)


def rounds(reader: Reader) -> QuerySet[Round]:
    """The rounds of scoring."""
    return limit(reader, SCORE, Round.objects.annotate(given=Count("scores")).order_by("-period", "-pk"))


def round_of(reader: Reader, number: int) -> Round:
    """One round, for an expert."""
    return find(reader, SCORE, Round.objects.select_related("organisation"), pk=number)


def round_to_close(reader: Reader, number: int) -> Round:
    """One round, for who asked."""
    return find(reader, RUN, Round.objects.select_related("organisation"), pk=number)


def todo(reader: Reader, today: datetime.date) -> list[Todo]:  # noqa: ARG001  the work list gives the day to all
    """What waits for the reader: drafts to review, reviewed runs to publish, scores to give."""
    found: list[Todo] = []
    if reader.user is None:
        return found
    waiting = {State.DRAFT: reader.may(REVIEW), State.REVIEWED: reader.may(PUBLISH)}
    states = [state for state, may in waiting.items() if may]
    if states:
        titles = {
            State.DRAFT: words("复核评价", "Review the evaluation"),
            State.REVIEWED: words("发布评价", "Publish it"),
        }
        for run in Evaluation.objects.filter(state__in=states).only("pk", "title", "state", "created_by_id"):
            if run.state == State.DRAFT and run.created_by_id == reader.user.pk:
                continue
            found.append(Todo(titles[State(run.state)], f"/evaluations/{run.pk}/", place=run.title))
    if reader.may(SCORE) and not reader.may(RUN):
        for asked in Round.objects.filter(closed=None):
            address = f"/evaluations/rounds/{asked.pk}/"
            found.append(Todo(words("专家评分", "Give your scores"), address, due=asked.due, place=asked.title))
    return found


def found(reader: Reader, text: str) -> list[Found]:
    """For the search over everything."""
    if not reader.may(VIEW):
        return []
    hits = evaluations(reader).filter(title__icontains=text)[:20]
    return [Found(words("评价", "evaluation"), run.title, f"/evaluations/{run.pk}/", run.period) for run in hits]

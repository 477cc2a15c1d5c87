"""What stands on the overview, gathered from the apps, each part limited to what the reader may see of it."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from gaoxin.platform.access.reader import Reader
from gaoxin.platform.adjustments import queries as adjustments
from gaoxin.platform.adjustments.models import OVER
from gaoxin.platform.adjustments.permissions import VIEW as CASES
from gaoxin.platform.evaluations import queries as evaluations
from gaoxin.platform.evaluations.models import Evaluation, Standing
from gaoxin.platform.evaluations.models import State as RunState
from gaoxin.platform.evaluations.permissions import VIEW as EVALUATIONS
from gaoxin.platform.language import words
from gaoxin.platform.measures import queries as measures
from gaoxin.platform.measures.permissions import VIEW as MEASURES
from gaoxin.platform.statistics import totals
from gaoxin.platform.statistics.models import Collection
from gaoxin.platform.statistics.permissions import VIEW as RETURNS
from gaoxin.platform.statistics.queries import collections, figures
from gaoxin.platform.statistics.trend import Trend
from gaoxin.rulebook.entries import Item

ROWS, SOON = 8, 30
"""Rows of a short list; days ahead that a deadline is named."""
HIGH = 0.5
"""From this probability on it is said that a zone may be among the last."""


@dataclass(frozen=True, slots=True)
class Reporting:
    """How far a collection is, and the zones that owe most."""

    collection: Collection
    progress: collections.Progress
    zones: tuple[collections.Progress, ...]

    @property
    def missing(self) -> int:
        """Returns that did not come yet."""
        return self.progress.total - self.progress.submitted


def reporting(reader: Reader, today: datetime.date) -> list[Reporting]:
    """The collections that are open; where none is, those of the latest period."""
    if not reader.may(RETURNS):
        return []
    every_one = list(collections.collections(reader)[: 2 * ROWS])
    chosen = [one for one in every_one if one.closed is None and one.opens <= today]
    chosen = chosen or [one for one in every_one if one.period == every_one[0].period]
    found = []
    for one in chosen[:ROWS]:
        progress = collections.progress_of(reader, one, today)
        if not progress.total:
            continue
        owing = collections.progress_by_zone(reader, one, today) if progress.submitted < progress.total else []
        found.append(Reporting(one, progress, tuple(z for z in owing if z.submitted < z.total)[:ROWS]))
    return found


@dataclass(frozen=True, slots=True)
class Ranking:
    """The latest published evaluation, as far as the reader sees it; ``before`` are the ranks of the one before."""

    run: Evaluation
    standings: tuple[Standing, ...]
    ranked: int
    before: dict[str, float]


def ranking(reader: Reader) -> Ranking | None:
    """The latest published evaluation with the zones that the reader sees in detail."""
    if not reader.may(EVALUATIONS):
        return None
    runs = list(evaluations.evaluations(reader).filter(state=RunState.PUBLISHED).order_by("-period", "-published")[:20])
    if not runs:
        return None
    run = runs[0]
    former = next((one for one in runs if one.period < run.period and one.system == run.system), None)
    before = {}
    if former is not None:
        before = {one.code: one.rank for one in evaluations.standings(reader, former) if one.rank is not None}
    shown = tuple(one for one in evaluations.standings(reader, run) if one.rank is not None)
    return Ranking(run, shown, run.standings.exclude(rank=None).count(), before)


@dataclass(frozen=True, slots=True)
class Warned:
    """One thing to look at: how urgent in words and shape, what, where it is, until when."""

    level: str
    what: Any
    place: Any
    address: str
    due: datetime.date | None = None
    details: tuple[Any, ...] = field(default_factory=tuple)


def warnings(reader: Reader, today: datetime.date, standing: Ranking | None, due: Sequence[Reporting]) -> list[Warned]:
    """What needs somebody: cases with their deadlines, late returns, overdue measures, zones that may be among the
    last; what is late first."""
    found: list[Warned] = []
    if reader.may(CASES):
        cases = adjustments.cases(reader).exclude(state__in=OVER).defer("finding")
        for case in cases.order_by("due", "pk")[: 2 * ROWS]:
            near = case.due is not None and case.due <= today + datetime.timedelta(days=SOON)
            level = "error" if case.late(today) else "warning" if near else ""
            details = (case.get_action_display(), case.get_state_display())
            found.append(Warned(level, words("动态调整", "adjustment"), case.organisation.label,
                                reverse("adjustments:page", args=(case.pk,)), case.due, details))  # fmt: skip
    for one in due:
        if one.progress.late:
            count = words(f"{one.progress.late} 份逾期未报", f"{one.progress.late} returns are late")
            found.append(Warned("error", words("报表", "returns"), one.collection.label,
                                reverse("statistics:returns", args=(one.collection.code,)), one.collection.due,
                                (count,)))  # fmt: skip
    if reader.may(MEASURES):
        for measure in measures.measures(reader, late=True)[:ROWS]:
            address = reverse("measures:page", args=(measure.code,))
            due_on = measure.node_due or measure.due
            found.append(Warned("error", words("督办", "measure"), measure.label, address, due_on))
    for zone in standing.standings if standing else ():
        if standing and zone.bottom is not None and zone.bottom >= HIGH:
            share = f"{zone.bottom:.0%}"
            likely = words(f"{share} 的可能落入后列", f"{share} likely to be among the last")
            found.append(Warned("warning", words("评价", "evaluation"), zone.label,
                                reverse("evaluations:zone", args=(standing.run.pk, zone.code)), None,
                                (standing.run.period, likely)))  # fmt: skip
    order = {"error": 0, "warning": 1, "": 2}
    return sorted(found, key=lambda one: (order[one.level], one.due or datetime.date.max))


def figures_by(reader: Reader, trend: Trend, item: Item, by: str) -> figures.Figures:
    """The item by zone or district in the period the page is about."""
    assert trend.asked is not None  # noqa: S101  a trend over snapshots
    period = trend.periods[-1]
    return figures.table(reader, figures.Asked(trend.asked.book, trend.asked.entity, (item,), period, period, by))


def places(table: figures.Figures) -> list[tuple[str, Any]]:
    """The places of a table without the total and without those in none."""
    return [(code, name) for code, name in table.places if code not in {totals.ALL, ""}]

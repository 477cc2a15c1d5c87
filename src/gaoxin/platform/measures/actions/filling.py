"""Figures that follow what is published: filled when they are set, and again whenever something is published."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils import timezone

from gaoxin.platform.access.reader import Reader
from gaoxin.platform.audit.journal import changing, record
from gaoxin.platform.evaluations.models import Evaluation
from gaoxin.platform.measures.models import Figure, Origin, Value
from gaoxin.platform.measures.published import Reading, readings
from gaoxin.platform.statistics.models import Snapshot


def after_run(reader: Reader, run: Evaluation) -> None:
    """Bring the figures that follow the system of a run up to date, after it was published or retracted."""
    _fill_all(reader, Figure.objects.filter(origin=Origin.EVALUATION, book=run.system), run.title)


def after_fixing(reader: Reader, snapshot: Snapshot) -> None:
    """Bring the figures that follow the rulebooks of a snapshot up to date, after it was fixed."""
    _fill_all(reader, Figure.objects.filter(origin=Origin.SNAPSHOT, book__in=snapshot.books), snapshot.period)


def _fill_all(reader: Reader, figures: QuerySet[Figure], reason: str) -> None:
    for figure in figures.filter(ended=False).select_related("measure__notice__organisation", "zone"):
        fill(reader, figure, reason=reason)


def fill(reader: Reader, figure: Figure, *, reason: str = "") -> None:
    """Give ``figure`` the values that are published of it; what is no longer published is superseded.

    Part of the action that published them: who may publish need not be who supervises the measure.
    """
    wanted = {one.as_of: one for one in readings(figure)}
    there = {value.as_of: value for value in figure.values.filter(superseded=False)}
    organisation = figure.measure.notice.organisation
    new = [one for day, one in sorted(wanted.items()) if day not in there or not _same(one, there[day])]
    gone = [value for day, value in there.items() if day not in wanted or not _same(wanted[day], value)]
    if figure.origin == Origin.HAND or not (new or gone):
        return
    for value in gone:
        with changing(reader, "measures.supersede-value", value, organisation=organisation, reason=reason):
            value.superseded = True
            value.save(update_fields=["superseded"])
    for one in new:
        made = Value.objects.create(
            figure=figure, as_of=one.as_of, value=one.value, evaluation=one.evaluation,
            snapshot=one.snapshot,
        )  # fmt: skip
        record(reader, "measures.add-value", made, organisation=organisation, reason=reason)
    take_newest(reader, figure, heard=bool(new), reason=reason)


def take_newest(reader: Reader, figure: Figure, *, heard: bool, reason: str = "") -> None:
    """Make the newest value by day the current one; ``heard`` when one came in today."""
    newest = figure.values.filter(superseded=False).first()
    with changing(reader, "measures.value", figure, organisation=figure.measure.notice.organisation, reason=reason):
        figure.current = newest.value if newest else None
        figure.as_of = newest.as_of if newest else None
        if heard:
            figure.heard = timezone.localdate()
        figure.save(update_fields=["current", "as_of", "heard"])


def _same(one: Reading, value: Value) -> bool:
    return (one.value, one.evaluation, one.snapshot) == (value.value, value.evaluation, value.snapshot)

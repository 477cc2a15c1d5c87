"""What is published about a figure: its values in published evaluations and in snapshots of approved figures."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import isnan

from gaoxin.platform.access.roles import Kind
from gaoxin.platform.access.scope import STEP, WHOLE, Scope
from gaoxin.platform.evaluations import results, systems
from gaoxin.platform.evaluations.models import Evaluation
from gaoxin.platform.evaluations.queries import published
from gaoxin.platform.measures.models import Figure, Origin
from gaoxin.platform.organisations.models import Organisation
from gaoxin.platform.statistics import books, totals
from gaoxin.platform.statistics.models import Snapshot
from gaoxin.rulebook.periods import Frequency, period_dates, period_ordinal
from gaoxin.runs.tracing import column_of

_KEPT = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Reading:
    """A value as it was published: for the last day of its period, with what it was read from."""

    as_of: datetime.date
    period: str
    value: Decimal
    evaluation: Evaluation | None = None
    snapshot: Snapshot | None = None


def readings(figure: Figure) -> list[Reading]:
    """Everything that is published of ``figure``: for each period the run that was published, or fixed, last."""
    if figure.origin == Origin.EVALUATION:
        return list(_of_runs(figure))
    if figure.origin == Origin.SNAPSHOT:
        return list(_of_snapshots(figure))
    return []


def _of_runs(figure: Figure) -> Sequence[Reading]:
    book = systems.system(figure.book).book
    if book is None or figure.zone is None:
        return ()
    newest: dict[str, Evaluation] = {}
    for run in published().filter(system=figure.book):
        newest.setdefault(run.period, run)
    found = []
    for period, run in newest.items():
        result = results.result_of(run)
        row = next((at for at, unit in enumerate(result.units) if unit.code == figure.zone.code), None)
        if row is None or figure.code not in {node.code for node in result.nodes}:
            continue
        value = float(result.raw[row, column_of(result, figure.code)])
        if not isnan(value):
            day = _last_day(period, book.frequency)
            found.append(Reading(day, period, Decimal(repr(value)).quantize(_KEPT), evaluation=run))
    return found


def _of_snapshots(figure: Figure) -> Sequence[Reading]:
    book = books.book(figure.book)
    item = book.items[figure.code]
    newest: dict[str, Snapshot] = {}
    for one in Snapshot.objects.filter(collections__book=figure.book, collections__entity=item.entity).distinct():
        newest.setdefault(one.period, one)
    cells = totals.by_zone(list(newest.values()), figure.book, item.entity, [item], Scope((WHOLE,)), [])
    if item.entity == "firm":
        # What the table of figures withholds from everybody is not told here: one firm's figure behind a sum.
        cells = totals.suppressed(totals.with_total(cells, [item]), totals.withheld(cells, _districts()), set())
    elif figure.zone is None:
        cells = totals.with_total(cells, [item])
    place = figure.zone.code if figure.zone else totals.ALL
    found = []
    for period, one in newest.items():
        value = cells.get((place, item.code, period), totals.NOBODY).value
        if value is not None:
            found.append(Reading(_last_day(period, book.frequency), period, value.quantize(_KEPT), snapshot=one))
    return found


def _districts() -> dict[str, str]:
    """To which district each zone belongs."""
    districts = dict(Organisation.objects.filter(kind=Kind.DISTRICT).values_list("path", "code"))
    zones = Organisation.objects.filter(kind=Kind.ZONE).values_list("code", "path")
    return {code: districts.get(path[:-STEP], "") for code, path in zones}


def _last_day(period: str, frequency: Frequency) -> datetime.date:
    return period_dates(period_ordinal(period, frequency), frequency)[1]

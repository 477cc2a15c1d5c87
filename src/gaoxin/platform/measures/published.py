"""What is published about a figure: its values in published evaluations and in snapshots of approved figures."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import isnan

from gaoxin.platform.access.roles import Kind
from gaoxin.platform.access.scope import WHOLE, Scope
from gaoxin.platform.evaluations import results, systems
from gaoxin.platform.evaluations.models import Evaluation
from gaoxin.platform.evaluations.queries import published
from gaoxin.platform.measures.models import Figure, Origin
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
    held = list(newest.values())
    # A park is a part of a zone: its firms are looked up by their place in the tree.
    place = figure.zone
    scope = Scope((WHOLE,)) if place is None else Scope((place.path,))
    zones = [place.code] if place is not None and place.kind == Kind.ZONE else []
    cells = totals.by_zone(held, figure.book, item.entity, [item], scope, zones)
    cells = totals.regrouped(cells, [item], {zone: totals.ALL for zone, _, _ in cells})
    found = []
    for one in held:
        total = cells.get((totals.ALL, item.code, one.period), totals.NOBODY)
        few = item.entity == "firm" and total.reporters < totals.FEWEST
        if total.value is not None and not few:  # a sum over two firms would tell each about the other
            day = _last_day(one.period, book.frequency)
            found.append(Reading(day, one.period, total.value.quantize(_KEPT), snapshot=one))
    return found


def _last_day(period: str, frequency: Frequency) -> datetime.date:
    return period_dates(period_ordinal(period, frequency), frequency)[1]

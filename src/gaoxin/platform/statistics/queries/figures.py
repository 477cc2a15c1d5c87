"""The table of approved figures as somebody may see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gaoxin.platform.access.reader import Reader, limit
from gaoxin.platform.access.roles import Kind
from gaoxin.platform.access.scope import STEP
from gaoxin.platform.organisations.models import Organisation
from gaoxin.platform.statistics import books, totals
from gaoxin.platform.statistics.models import Snapshot
from gaoxin.platform.statistics.permissions import FIGURES, SMALL, SNAPSHOTS
from gaoxin.rulebook.entries import Item
from gaoxin.rulebook.periods import period_ordinal, period_year
from gaoxin.words import Text

MOST_PERIODS, MOST_ITEMS = 36, 12
CITY = Text("全部", "all")
NO_ZONE = Text("不在园区", "in no zone")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a table is about. ``by`` is zone, district or city; ``over`` is period or year."""

    book: str
    entity: str
    items: tuple[Item, ...]
    first: str
    last: str
    by: str = "zone"
    over: str = "period"


@dataclass(frozen=True, slots=True)
class Figures:
    """A table: places in order with their names, periods, cells, and the snapshots they come from."""

    asked: Asked
    places: tuple[tuple[str, Text], ...]
    periods: tuple[str, ...]
    cells: totals.Cells
    snapshots: tuple[Snapshot, ...]

    @property
    def synthetic(self) -> bool:
        """Whether any of it is synthetic."""
        return any(one.synthetic for one in self.snapshots)

    def cell(self, place: str, item: str, period: str) -> totals.Total:
        """One cell."""
        return self.cells.get((place, item, period), totals.NOBODY)

    def columns(self) -> list[tuple[Item, str]]:
        """The columns: each item over all periods."""
        return [(item, period) for item in self.asked.items for period in self.periods]


def periods(reader: Reader) -> list[str]:
    """The periods for which figures were fixed, the latest first."""
    _may(reader)
    return sorted(set(Snapshot.objects.order_by().values_list("period", flat=True)), reverse=True)


def books_of(reader: Reader) -> list[tuple[str, str]]:
    """The rulebooks and reporters of whom figures were fixed."""
    _may(reader)
    found = Snapshot.objects.order_by().values_list("collections__book", "collections__entity").distinct()
    return sorted((book, entity) for book, entity in found if book)


def numeric_items(book: str, entity: str) -> list[Item]:
    """The items of the rulebook that can be in a table."""
    return [i for i in books.book(book).items.values() if i.entity == entity and i.decimals is not None]


def table(reader: Reader, asked: Asked) -> Figures:
    """The totals that the reader may see, from the newest snapshot of each period."""
    _may(reader)
    frequency = books.book(asked.book).frequency
    there = Snapshot.objects.filter(period__gte=asked.first, period__lte=asked.last, collections__book=asked.book)
    newest: dict[str, Snapshot] = {}
    for one in there.distinct():
        newest.setdefault(one.period, one)
    held = [newest[period] for period in sorted(newest)][-MOST_PERIODS:]
    scope = reader.scope(FIGURES)
    zones = list(limit(reader, FIGURES, Organisation.objects.filter(kind=Kind.ZONE), "").order_by("path"))
    # A scope that begins at zones or above them is made of whole zones.
    roots = set(scope.roots)
    whole = all(any(zone.path.startswith(root) for zone in zones) for root in roots)
    cells = totals.by_zone(
        held, asked.book, asked.entity, asked.items, scope, [zone.code for zone in zones] if whole else []
    )
    if not scope.everything and not whole:
        seen = {place for place, _, _ in cells}
        zones = list(Organisation.objects.filter(code__in=seen).order_by("path"))
    names = {zone.code: zone.label for zone in zones}
    if any(place == "" for place, _, _ in cells):
        names[""] = NO_ZONE
    if asked.by == "district":
        cells, names = _by_district(cells, asked.items, zones)
    elif asked.by == "city":
        cells, names = totals.regrouped(cells, asked.items, dict.fromkeys(names, totals.ALL)), {}
    if len(names) != 1 or asked.by == "city":
        cells = totals.with_total(cells, asked.items) if asked.by != "city" else cells
        names = {**names, totals.ALL: CITY}
    shown = tuple(one.period for one in held)
    if asked.over == "year" and frequency != "year":
        years: dict[str, list[str]] = {}
        for period in shown:
            years.setdefault(str(period_year(period_ordinal(period, frequency), frequency)), []).append(period)
        whole_years = {year: every(year, frequency) for year in years}
        cells, shown = totals.by_year(cells, asked.items, whole_years), tuple(years)
    if asked.entity == "firm":
        cells = totals.suppressed(cells, _open(reader, names))
    places = [(code, name) for code, name in names.items() if _any(cells, code)]
    return Figures(asked, tuple(places), shown, cells, tuple(held))


def every(year: str, frequency: Any) -> list[str]:
    """All periods of a year.

    >>> every("2025", "quarter")[-1]
    '2025-Q4'
    """
    return (
        [f"{year}-Q{n}" for n in range(1, 5)] if frequency == "quarter" else [f"{year}-{n:02d}" for n in range(1, 13)]
    )


def snapshots(reader: Reader) -> Any:
    """The snapshots, the latest period first."""
    return limit(reader, SNAPSHOTS, Snapshot.objects.select_related("user"))


def _may(reader: Reader) -> None:
    limit(reader, FIGURES, Snapshot.objects.none())


def _any(cells: totals.Cells, place: str) -> bool:
    return any(at == place for at, _, _ in cells)


def _open(reader: Reader, names: dict[str, Text]) -> set[str]:
    """The places at which the reader may see everything."""
    scope = reader.scope(SMALL) if reader.may(SMALL) else None
    if scope is None:
        return set()
    if scope.everything:
        return {*names}
    return set(limit(reader, SMALL, Organisation.objects.filter(code__in=names), "").values_list("code", flat=True))


def _by_district(
    cells: totals.Cells, items: Sequence[Item], zones: Sequence[Organisation]
) -> tuple[totals.Cells, dict[str, Text]]:
    above = {zone.path[:end] for zone in zones for end in range(STEP, len(zone.path), STEP)}
    districts = {d.path: d for d in Organisation.objects.filter(path__in=above, kind=Kind.DISTRICT).order_by("path")}
    groups, names = {}, {}
    for zone in zones:
        found = next((d for path, d in districts.items() if zone.path.startswith(path)), None)
        groups[zone.code] = found.code if found else ""
        names[groups[zone.code]] = found.label if found else NO_ZONE
    return totals.regrouped(cells, items, groups), names

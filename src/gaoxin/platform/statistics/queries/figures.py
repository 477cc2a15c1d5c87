"""The table of approved figures as somebody may see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from gaoxin.platform.access.reader import Reader, limit
from gaoxin.platform.access.roles import Kind
from gaoxin.platform.access.scope import STEP, WHOLE, Scope
from gaoxin.platform.organisations.models import Organisation
from gaoxin.platform.statistics import books, indicators, totals
from gaoxin.platform.statistics.indicators import Indicator, Places
from gaoxin.platform.statistics.models import Snapshot
from gaoxin.platform.statistics.permissions import FIGURES, SMALL, SNAPSHOTS
from gaoxin.rulebook.entries import Item
from gaoxin.rulebook.periods import Frequency, period_ordinal, period_year
from gaoxin.words import Text

MOST_PERIODS, MOST_ITEMS = 36, 12
INDICATORS = "indicators"
"""Stands where the reporters are named, for what is computed by an indicator system."""
CITY = Text("全部", "all")
NO_ZONE = Text("不在园区", "in no zone")
Shown: TypeAlias = Item | Indicator


@dataclass(frozen=True, slots=True)
class Asked:
    """What a table is about. ``by`` is zone, district or city; ``over`` is period or year.

    ``book`` is a rulebook and ``entity`` who reports by it; or an indicator system and `INDICATORS`.
    """

    book: str
    entity: str
    items: tuple[Shown, ...]
    first: str
    last: str
    by: str = "zone"
    over: str = "period"

    @property
    def frequency(self) -> Frequency:
        """How often its figures come."""
        return books.book(self.book).frequency if self.entity != INDICATORS else indicators.frequency(self.book)


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

    def columns(self) -> list[tuple[Shown, str]]:
        """The columns: each item over all periods."""
        return [(item, period) for item in self.asked.items for period in self.periods]


def periods(reader: Reader) -> list[str]:
    """The periods for which figures were fixed, the latest first."""
    _may(reader)
    return sorted(set(Snapshot.objects.order_by().values_list("period", flat=True)), reverse=True)


def books_of(reader: Reader) -> list[tuple[str, str]]:
    """What there are figures of: rulebooks and who reports by them, then the indicator systems over those."""
    _may(reader)
    found = Snapshot.objects.order_by().values_list("collections__book", "collections__entity").distinct()
    forms = sorted((book, entity) for book, entity in found if book)
    return [*forms, *((name, INDICATORS) for name in indicators.systems_over(book for book, _ in forms))]


def title_of(book: str, entity: str) -> Text:
    """What a rulebook or system is called where one is chosen."""
    if entity != INDICATORS:
        return books.book(book).title
    title = indicators.systems_over([book])[book]
    return Text(f"指标：{title.zh}", f"indicators: {title.en}")


def numeric_items(book: str, entity: str) -> Sequence[Shown]:
    """The items of the rulebook, or the indicators of the system, that can be in a table."""
    if entity == INDICATORS:
        return indicators.indicators(book)
    return [i for i in books.book(book).items.values() if i.entity == entity and i.decimals is not None]


def table(reader: Reader, asked: Asked) -> Figures:
    """The totals, or the values of indicators, that the reader may see, from the newest snapshot of each period."""
    _may(reader)
    every_one = newest(asked, asked.last)
    held = [one for one in every_one if one.period >= asked.first][-MOST_PERIODS:]
    found = _zones(reader)
    make = _indicators if asked.entity == INDICATORS else _totals
    cells, names = make(asked, held, every_one, found)
    shown = tuple(one.period for one in held)
    years = _years(asked, shown)
    if years:
        cells, shown = totals.by_year(cells, asked.items, years), tuple(years)
    if asked.entity in {"firm", INDICATORS}:
        cells = _suppressed(reader, asked, cells, found, held, every_one, names)
    there = {place for place, _, _ in cells}
    places = [(code, name) for code, name in names.items() if code in there]
    return Figures(asked, tuple(places), shown, cells, tuple(held))


def _years(asked: Asked, shown: Sequence[str]) -> dict[str, list[str]]:
    """All periods of each year, where figures that come more often are asked for by years."""
    frequency = asked.frequency
    if asked.over != "year" or frequency == "year":
        return {}
    found = dict.fromkeys(str(period_year(period_ordinal(period, frequency), frequency)) for period in shown)
    return {year: every(year, frequency) for year in found}


def _suppressed(
    reader: Reader, asked: Asked, cells: totals.Cells, seen: _Seen, held: Sequence[Snapshot],
    every_one: Sequence[Snapshot], names: dict[str, Text],
) -> totals.Cells:  # fmt: skip
    """The cells without what the reader may not see: decided by the figures of the whole city."""
    opened = _open(reader, names)
    if opened.issuperset(names):
        return cells
    if not seen.whole and not (reader.within and _zones(replace(reader, within="", _scopes={})).whole):
        # Whose place is a part of a zone sees sums over this part, which are in no other table of theirs.
        return totals.suppressed(cells, {}, opened)
    all_zones = list(Organisation.objects.filter(kind=Kind.ZONE).order_by("path"))
    city = _Seen(Scope((WHOLE,)), all_zones, True)
    by_zone = replace(asked, by="zone")
    make = _indicators if asked.entity == INDICATORS else _totals
    whole, _ = make(by_zone, held, every_one, city)
    whole = {key: total for key, total in whole.items() if key[0] != totals.ALL}
    years = _years(asked, [one.period for one in held])
    if years:
        whole = totals.by_year(whole, asked.items, years)
    districts, _ = _districts(all_zones)
    return totals.suppressed(
        cells, totals.withheld(whole, districts), opened, _standing_for(seen, all_zones, districts)
    )


def _standing_for(seen: _Seen, all_zones: Sequence[Organisation], districts: dict[str, str]) -> str:
    """The one zone or district that all that is seen makes up or lies in; "" where it is the city, or several."""
    if seen.scope.everything:
        return ""
    codes = {zone.code for zone in seen.zones}
    if not seen.whole:
        codes = {zone.code for zone in all_zones if any(root.startswith(zone.path) for root in seen.scope.roots)}
    if len(codes) == 1:
        return next(iter(codes))
    above = {districts.get(code, "") for code in codes}
    return next(iter(above)) if len(above) == 1 else ""


def newest(asked: Asked, last: str) -> list[Snapshot]:
    """The newest snapshot of each period up to ``last`` that holds what is asked for, the earliest first."""
    forms = indicators.bases(asked.book) if asked.entity == INDICATORS else {asked.book}
    there = Snapshot.objects.filter(period__lte=last, collections__book__in=forms).distinct()
    found: dict[str, Snapshot] = {}
    for one in there:
        if len(one.period) == len(last):
            found.setdefault(one.period, one)
    return [found[period] for period in sorted(found)]


@dataclass(frozen=True, slots=True)
class _Seen:
    """The zones in the reader's scope, and whether it is made of whole zones."""

    scope: Scope
    zones: list[Organisation]
    whole: bool


def _zones(reader: Reader) -> _Seen:
    scope = reader.scope(FIGURES)
    zones = list(limit(reader, FIGURES, Organisation.objects.filter(kind=Kind.ZONE), "").order_by("path"))
    # A scope that begins at zones or above them is made of whole zones.
    return _Seen(scope, zones, all(any(zone.path.startswith(root) for zone in zones) for root in scope.roots))


def _totals(
    asked: Asked, held: Sequence[Snapshot], _: Sequence[Snapshot], seen: _Seen
) -> tuple[totals.Cells, dict[str, Text]]:
    zones, items = seen.zones, asked.items
    codes = [zone.code for zone in zones] if seen.whole else []
    cells = totals.by_zone(held, asked.book, asked.entity, items, seen.scope, codes)
    if not seen.scope.everything and not seen.whole:
        zones = list(Organisation.objects.filter(code__in={place for place, _, _ in cells}).order_by("path"))
    names = {zone.code: zone.label for zone in zones}
    if any(place == "" for place, _, _ in cells):
        names[""] = NO_ZONE
    if asked.by == "city":
        return totals.regrouped(cells, items, dict.fromkeys(names, totals.ALL)), {totals.ALL: CITY}
    if asked.by == "district":
        groups, names = _districts(zones)
        cells = totals.regrouped(cells, items, groups)
    if len(names) != 1:
        cells, names = totals.with_total(cells, items), {**names, totals.ALL: CITY}
    return cells, names


def _indicators(
    asked: Asked, held: Sequence[Snapshot], every_one: Sequence[Snapshot], seen: _Seen
) -> tuple[totals.Cells, dict[str, Text]]:
    chosen = [one for one in asked.items if isinstance(one, Indicator)]
    shown = [one.period for one in held]
    if not shown or not chosen:
        return {}, {}
    rests_on = indicators.needed(every_one, asked.book, [one.code for one in chosen], shown)
    cells: totals.Cells = {}
    names: dict[str, Text] = {}
    for places, of in _groups(asked, seen):
        made = indicators.cells(rests_on, asked.book, chosen, places, shown)
        there = {place for place, _, _ in made}
        names |= {code: name for code, name in of.items() if code in there}
        cells |= {key: total for key, total in made.items() if key[0] in of}
    return cells, names


def _groups(asked: Asked, seen: _Seen) -> list[tuple[Places, dict[str, Text]]]:
    """For which places indicators are computed: each group of them is computed at once."""
    within = () if seen.whole or seen.scope.everything else seen.scope.roots
    zones = seen.zones
    if within:
        above = {root[:end] for root in within for end in range(STEP, len(root) + 1, STEP)}
        zones = list(Organisation.objects.filter(path__in=above, kind=Kind.ZONE).order_by("path"))
    codes = [zone.code for zone in zones]
    everywhere = [*codes, *([""] if seen.scope.everything else [])]
    whole = (
        Places(tuple((code, totals.ALL) for code in everywhere), within, seen.scope.everything), {totals.ALL: CITY}
    )  # fmt: skip
    if asked.by == "city":
        return [whole]
    if asked.by == "district":
        groups, names = _districts(zones)
        parts = Places(tuple((code, place) for code, place in groups.items() if place), within)
        names.pop("", None)
    else:
        parts, names = Places(within=within), {zone.code: zone.label for zone in zones}
    return [(parts, names), whole] if len(names) != 1 else [(parts, names)]


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


def _open(reader: Reader, names: dict[str, Text]) -> set[str]:
    """The places at which the reader may see everything."""
    scope = reader.scope(SMALL) if reader.may(SMALL) else None
    if scope is None:
        return set()
    if scope.everything:
        return {*names}
    return set(limit(reader, SMALL, Organisation.objects.filter(code__in=names), "").values_list("code", flat=True))


def _districts(zones: Sequence[Organisation]) -> tuple[dict[str, str], dict[str, Text]]:
    """To which district each zone belongs, and the names of the districts; "" for a zone in none."""
    above = {zone.path[:end] for zone in zones for end in range(STEP, len(zone.path), STEP)}
    districts = {d.path: d for d in Organisation.objects.filter(path__in=above, kind=Kind.DISTRICT).order_by("path")}
    groups, names = {}, {}
    for zone in zones:
        found = next((d for path, d in districts.items() if zone.path.startswith(path)), None)
        groups[zone.code] = found.code if found else ""
        names[groups[zone.code]] = found.label if found else NO_ZONE
    return groups, names

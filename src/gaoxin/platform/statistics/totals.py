"""Approved figures added up: items × zones × periods, read from the snapshots by DuckDB.

Over reporters a flow, a stock and an average headcount are added; a ratio is never. Over periods a flow is added when
every period is there, a stock takes the last, anything else has no sum. A sum over fewer than three firms would tell
about one of them: it is hidden from who may not see it, and so is a second one, where a total would give it away.
"""

# ruff: noqa: S608 - identifiers are codes of the rulebook and quoted; values are parameters

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

import duckdb
import pyarrow.parquet as pq

from gaoxin.platform.access.scope import Scope
from gaoxin.platform.statistics.models import Snapshot
from gaoxin.platform.statistics.snapshots import PLACES
from gaoxin.returns.stored import quoted
from gaoxin.words import Text

FEWEST = 3
"""Sums over fewer firms are hidden."""
ALL = "*"
"""The place of the total."""
_ADDED = {"flow", "stock", "average"}


class Summed(Protocol):
    """What adding up needs to know of an item or an indicator."""

    @property
    def code(self) -> str:
        """Its code."""

    @property
    def kind(self) -> str:
        """Whether it is a flow, a stock, an average, a ratio, or none of these."""


@dataclass(frozen=True, slots=True)
class Total:
    """A sum and over how many reporters it runs; ``why`` says why there is no value."""

    value: Decimal | None
    reporters: int
    why: Text | None = None


NOBODY = Total(None, 0, Text("没有批准的数据", "no approved figures"))
HIDDEN = Text("少于三家，不予公布", "fewer than three firms: not shown")
SECOND = Text("由合计可推算，不予公布", "could be worked out from the total: not shown")
NOT_ADDED = Text("比率等不能相加", "ratios and the like are not added up")
GAPS = Text("各期不全，不能相加", "not every period is there: not added up")

Cells = dict[tuple[str, str, str], Total]
"""Totals by place, code of the item, and period."""


def by_zone(
    snapshots: Sequence[Snapshot], book: str, entity: str, items: Sequence[Summed], scope: Scope, zones: Sequence[str]
) -> Cells:
    """Totals of each zone; the place "" stands for those who are in no zone.

    Parameters
    ----------
    snapshots
        One for each period.
    scope
        What may be seen; reporters outside of it do not count.
    zones
        Codes of the zones whose subtrees make up the scope; none when it goes into parts of zones, so that the place
        of every reporter has to be looked at.
    """
    found: Cells = {}
    codes = tuple(item.code for item in items)
    wanted = set(zones)
    names = (f"{entity}-{book}.parquet", *((f"_outside-{entity}-{book}.parquet",) if scope.everything else ()))
    files = {one.period: tuple(str(one.path / name) for name in names if name in one.contents) for one in snapshots}
    files = {period: paths for period, paths in files.items() if paths}
    if scope.everything or zones:
        rows = _of_zones(files, items)
    else:
        paths = {one.period: str(one.path / PLACES) for one in snapshots}
        rows = {at: _added_up(_sums_within(files[at], codes, entity, paths[at], scope.roots), items) for at in files}
    for period, sums in rows.items():
        for place, found_here in sums:
            if zones and not scope.everything and place not in wanted:
                continue
            for code, total in zip(codes, found_here, strict=True):
                found[place, code, period] = total
    return found


Sums = list[tuple[Any, ...]]
"""For each zone its code, then sum and count of each item."""
Totals = list[tuple[str, tuple[Total, ...]]]
"""For each zone its code and the total of each item."""
_KEPT: dict[tuple[tuple[str, ...], tuple[tuple[str, str], ...]], Totals] = {}
_MOST_KEPT = 2048


def _added_up(sums: Sums, items: Sequence[Summed]) -> Totals:
    return [
        (place, tuple(map(_added, items, numbers[::2], numbers[1::2])))
        for place, *numbers in sums
    ]  # fmt: skip


def _of_zones(files: Mapping[str, tuple[str, ...]], items: Sequence[Summed]) -> dict[str, Totals]:
    """Totals of whole zones by period. The files of a snapshot never change, so what was added up once is kept; what
    was not is added up for all periods in one pass."""
    codes, kinds = tuple(item.code for item in items), tuple((item.code, item.kind) for item in items)
    held = {paths: kept for paths in files.values() if (kept := _KEPT.get((paths, kinds))) is not None}
    missing = [paths for paths in files.values() if paths not in held]
    if missing:
        every = [path for paths in missing for path in paths]
        statement = (
            f"SELECT f.filename, coalesce(f.zone, ''), {_selected(every, codes)} "
            "FROM read_parquet(?, union_by_name = true, filename = true) f GROUP BY 1, 2"
        )
        by_file: dict[str, Sums] = defaultdict(list)
        with duckdb.connect() as connection:
            for path, *found in connection.execute(statement, [every]).fetchall():
                by_file[path].append(tuple(found))
        while len(_KEPT) > _MOST_KEPT:
            _KEPT.pop(next(iter(_KEPT)), None)
        for paths in missing:
            # Reporters in no zone are in a file of their own, under the zone "".
            sums = [sums for path in paths for sums in by_file[path]]
            held[paths] = _KEPT[paths, kinds] = _added_up(sums, items)
    return {period: held[paths] for period, paths in files.items()}


def _sums_within(
    files: tuple[str, ...], codes: tuple[str, ...], entity: str, places: str, roots: tuple[str, ...]
) -> Sums:
    """Sums over the reporters that were inside parts of zones."""
    inside = " OR ".join("starts_with(p.path, ?)" for _ in roots) or "FALSE"
    statement = (
        f"SELECT coalesce(f.zone, ''), {_selected(files, codes)} FROM read_parquet(?, union_by_name = true) f "
        f"JOIN read_parquet(?) p ON p.entity = ? AND p.key = f.{quoted(entity)} WHERE {inside} GROUP BY 1"
    )
    with duckdb.connect() as connection:
        return connection.execute(statement, [list(files), places, entity, *roots]).fetchall()


def _selected(files: Sequence[str], codes: Sequence[str]) -> str:
    """Sum and count of each item; what the forms did not ask for then is blank."""
    there: set[str] = set()
    for file in files:
        if not there.issuperset(codes):
            there |= set(pq.read_schema(file).names)
    columns = [f"f.{quoted(code)}" if code in there else "NULL::DECIMAL(38, 0)" for code in codes]
    return ", ".join(f"sum({column}), count({column})" for column in columns)


def _added(item: Summed, total: Decimal | int | None, count: int) -> Total:
    if not count or total is None:
        return NOBODY
    if count > 1 and item.kind not in _ADDED:
        return Total(None, count, NOT_ADDED)
    exact = Decimal(total)
    # 112.000 is 112; a sum of whole numbers is shown as one.
    return Total(exact.quantize(Decimal(1)) if exact == exact.to_integral_value() else exact, count)


def regrouped(cells: Cells, items: Sequence[Summed], groups: Mapping[str, str]) -> Cells:
    """Totals of larger places: ``groups`` says to which place each zone belongs."""
    gathered: dict[tuple[str, str, str], list[Total]] = defaultdict(list)
    for (place, item, period), total in cells.items():
        gathered[groups.get(place, ""), item, period].append(total)
    kinds = {item.code: item for item in items}
    return {key: _sum(kinds[key[1]], totals) for key, totals in gathered.items()}


def with_total(cells: Cells, items: Sequence[Summed]) -> Cells:
    """The cells, and under the place `ALL` the total over all places."""
    places = {place for place, _, _ in cells}
    return {**cells, **regrouped(cells, items, dict.fromkeys(places, ALL))}


def _sum(item: Summed, totals: Sequence[Total]) -> Total:
    known = [one for one in totals if one.reporters]
    if not known:
        return NOBODY
    count = sum(one.reporters for one in known)
    if any(one.value is None for one in known):
        return Total(None, count, NOT_ADDED)
    return _added(item, sum((one.value for one in known if one.value is not None), Decimal(0)), count)


def by_year(cells: Cells, items: Sequence[Summed], periods_of: Mapping[str, Sequence[str]]) -> Cells:
    """Totals of years out of those of their periods.

    ``periods_of`` lists the periods of each year. A flow is added when all of them are there, a stock is that of the
    last period, whatever is neither has no value.
    """
    found: Cells = {}
    for place in {place for place, _, _ in cells}:
        for item in items:
            for year, periods in periods_of.items():
                held = [cells.get((place, item.code, period), NOBODY) for period in periods]
                found[place, item.code, year] = _over_time(item, held)
    return found


def _over_time(item: Summed, held: Sequence[Total]) -> Total:
    if item.kind == "stock":
        return held[-1]
    if item.kind != "flow":
        return Total(None, held[-1].reporters, NOT_ADDED)
    missing = next((one for one in held if one.value is None), None)
    if missing is not None:
        return missing if all(not one.reporters for one in held) else Total(None, missing.reporters, GAPS)
    return Total(sum((one.value or Decimal(0) for one in held), Decimal(0)), min(one.reporters for one in held))


Marks = dict[tuple[str, str, str], Text]
"""Why a cell is withheld, by place, code of the item, and period."""


def withheld(zones: Cells, districts: Mapping[str, str]) -> Marks:
    """Which sums over firms are not shown, of zones and of their districts: those over very few firms, and as many
    others as it takes that nobody can work these out from a total.

    It follows from the figures of the whole city and not from the table that is asked for, so that no two tables, of
    zones or districts, of the city or of a part of it, give away together what each of them hides.

    Parameters
    ----------
    zones
        The totals of all zones of the city.
    districts
        To which district each zone belongs; a zone that is not named is in none.
    """
    columns: dict[tuple[str, str], dict[str, Total]] = defaultdict(dict)
    for (place, item, period), one in zones.items():
        if one.reporters:
            columns[item, period][place] = one
    found: Marks = {}
    for (item, period), column in columns.items():
        groups: dict[str, dict[str, int]] = defaultdict(dict)
        for zone, one in column.items():
            groups[districts.get(zone, "")][zone] = one.reporters
        # Those in no zone are a group by themselves: no other sum is worked out from them and a district.
        hidden_zones = {group: _hidden(members) for group, members in groups.items()}
        hidden = _hidden({group: sum(members.values()) for group, members in groups.items()})
        for group, members in groups.items():
            if group in hidden and not hidden_zones[group]:
                # Its zones would add up to it.
                hidden_zones[group] = {min(members, key=lambda zone: (members[zone], zone)): SECOND}
        for group, why in hidden.items():
            if group:
                found[group, item, period] = why
        for members_hidden in hidden_zones.values():
            found |= {(zone, item, period): why for zone, why in members_hidden.items()}
    return found


def _hidden(reporters: Mapping[str, int]) -> dict[str, Text]:
    """Of places that add up to a total that is shown: those over few, and a second one where there is only one."""
    few = [place for place, count in reporters.items() if count < FEWEST]
    found = dict.fromkeys(few, HIDDEN)
    if len(few) == 1 and len(reporters) > 1:
        rest = [place for place in reporters if place not in found]
        found[min(rest, key=lambda place: (reporters[place], place))] = SECOND
    return found


def suppressed(cells: Cells, marks: Marks, open_places: set[str], whole: str = "") -> Cells:
    """The cells without the values that are withheld, except at ``open_places``.

    ``whole`` is the zone or district that the total (`ALL`) stands for, when it is that of a single one.
    """
    found = dict(cells)
    for (place, item, period), one in cells.items():
        if place in open_places or one.value is None or not one.reporters:
            continue
        why = marks.get((whole if place == ALL and whole else place, item, period))
        if why is None and one.reporters < FEWEST:
            why = HIDDEN
        if why is not None:
            found[place, item, period] = Total(None, one.reporters, why)
    return found

"""The synthetic sample city: zones, firms, projects and expert scores over several years.

Codes and names of the zones are real (seed facts); every figure is invented. The same parameters give the same city.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa

from gaoxin.samples.draw import Draw, Floats, Ints
from gaoxin.samples.economy import fill_economy
from gaoxin.samples.firms import blocks, credit_codes, found, grow
from gaoxin.samples.planting import TRUTH, Planted, late_zones, plant
from gaoxin.samples.profile import fill_profile
from gaoxin.samples.projects import fill_projects
from gaoxin.samples.research import RESEARCH_MONEY, Stocks, fill_research
from gaoxin.samples.seeds import SeedZone, ZoneProfiles, profiles, shipped_zones
from gaoxin.samples.staff import fill_staff
from gaoxin.samples.zone_return import expert_scores, zone_returns

SEED = 20250804
"""The seed of the city that the documentation shows."""


@dataclass(frozen=True, eq=False)
class Chunk:
    """What some firms of one zone report for one year: tables of firms and of projects, and what was planted."""

    period: str
    firms: pa.Table
    projects: pa.Table
    planted: tuple[Planted, ...]


@dataclass(frozen=True, eq=False)
class City:
    """A city made by `make_city`. Nothing is generated before it is asked for."""

    zones: tuple[SeedZone, ...]
    profiles: ZoneProfiles
    periods: tuple[int, ...]
    seed: int
    problems: bool
    duplicates: int

    @property
    def late(self) -> tuple[SeedZone, ...]:
        """Zones that have not reported for the last year."""
        if not self.problems:
            return ()
        return tuple(z for z, late in zip(self.zones, late_zones(self.profiles.firms, self.seed), strict=True) if late)

    def chunks(self) -> Iterator[Chunk]:
        """The returns of the firms, some thousand at a time: zone by zone, and within a zone year by year."""
        duplicates = self.duplicates
        for block, zone, serial, size in blocks(self.profiles):
            for chunk in self._block(block, zone, serial, size, duplicates):
                yield chunk
                duplicates -= sum(planted.problem == "duplicate" for planted in chunk.planted)

    def _block(self, block: int, zone: int, serial: int, size: int, duplicates: int) -> Iterator[Chunk]:
        draw = Draw(self.seed, 1, block)
        first, last = self.periods[0], self.periods[-1]
        firms = found(self.profiles, zone, serial, size, len(self.periods), first, draw)
        codes = credit_codes(firms.serial)
        seed_zone = self.zones[zone]
        stocks: Stocks | None = None
        reported_before = np.zeros(firms.n, dtype=bool)
        for year in grow(firms, len(self.periods), first, draw):
            if stocks is None:
                stocks = Stocks.at_start(firms, year.staff, draw)
            people = fill_staff(firms, year, draw)
            research = fill_research(firms, year, people, stocks, draw)
            economy, open_items = fill_economy(firms, year, research, draw)
            profile = fill_profile(firms, year, economy)
            projects = fill_projects(firms, year, codes, research, draw)
            whole: dict[str, Ints] = {**economy, **people, **research}
            reports = year.active
            changed: dict[str, Floats] = {}
            truth: list[tuple[str, int, str, str, str]] = []
            if year.number == last:
                if seed_zone in self.late:
                    reports, projects = np.zeros(firms.n, dtype=bool), projects.slice(0, 0)
                if self.problems:
                    money = (*economy, *RESEARCH_MONEY)
                    changed, truth = plant(whole, money, reports & reported_before, Draw(self.seed, 2, block))
            at = np.flatnonzero(reports)
            if year.number == last and duplicates > 0:
                truth = [*truth, *(("duplicate", row, "", "", "") for row in at[:duplicates].tolist())]
                at = np.concatenate([at, at[:duplicates]])
            text = pa.string()
            table = {
                "firm": codes,
                "zone": pa.array([seed_zone.code] * firms.n, text),
                "period": pa.array([str(year.number)] * firms.n, text),
                "firm_name": profile.pop("name"),
                **profile,
                **{name: _figures(changed.get(name, values)) for name, values in whole.items()},
                **{name: pa.array(values, mask=np.isnan(values)) for name, values in open_items.items()},
                "synthetic": pa.array(np.ones(firms.n, dtype=bool)),
            }
            planted = tuple(
                Planted(problem, "firm", codes[row].as_py(), seed_zone.code, str(year.number), item, true, value)
                for problem, row, item, true, value in truth
            )
            yield Chunk(str(year.number), pa.table(table).take(pa.array(at)), projects, planted)
            reported_before = year.active

    def zone_returns(self) -> pa.Table:
        """The returns of the zones themselves, without those that are late."""
        table = zone_returns(self.zones, self.profiles, self.periods, self.seed)
        return self._without_late(table)

    def expert_scores(self) -> pa.Table:
        """What the experts say of the zones."""
        return expert_scores(self.zones, self.profiles, self.periods, self.seed)

    def _without_late(self, table: pa.Table) -> pa.Table:
        late = {zone.code for zone in self.late}
        last = str(self.periods[-1])
        rows = [
            z not in late or p != last for z, p in zip(*(table[c].to_pylist() for c in ("zone", "period")), strict=True)
        ]
        return table.filter(pa.array(rows))

    def late_truth(self) -> list[Planted]:
        """The late zones as planted problems."""
        return [Planted("late_zone", "zone", z.code, z.code, str(self.periods[-1]), "", "", "") for z in self.late]

    @cached_property
    def tables(self) -> dict[str, pa.Table]:
        """Everything in memory: ``firm``, ``project``, ``zone``, ``expert`` and the truth as ``planted``."""
        chunks = list(self.chunks())
        truth = [planted for chunk in chunks for planted in chunk.planted] + self.late_truth()
        return {
            "firm": pa.concat_tables(chunk.firms for chunk in chunks),
            "project": pa.concat_tables(chunk.projects for chunk in chunks),
            "zone": self.zone_returns(),
            "expert": self.expert_scores(),
            "planted": truth_table(truth),
        }


def truth_table(planted: Sequence[Planted]) -> pa.Table:
    """Planted problems as a table."""
    return pa.table({name: [getattr(one, name) for one in planted] for name in TRUTH.names}, TRUTH)


def _figures(values: Ints | Floats) -> pa.Array:
    """Whole figures; blank where a planted problem left nothing."""
    if values.dtype.kind == "f":
        missing = np.isnan(values)
        return pa.array(np.where(missing, 0, values).astype(np.int64), mask=missing)
    return pa.array(values)


def make_city(
    *,
    zones: int = 22,
    firms: int = 8000,
    years: int = 3,
    seed: int = SEED,
    last_year: int = 2025,
    problems: bool = True,
    duplicates: int = 0,
    register: Sequence[SeedZone] | None = None,
) -> City:
    """Make a sample city.

    Parameters
    ----------
    zones
        Number of zones, the first of the register.
    firms
        Firms that report for the last year (before any zone is late); entries and exits come on top.
    years, last_year
        The periods.
    seed
        The same seed gives the same city.
    problems
        Whether problems are planted (see `gaoxin.samples.planting`).
    duplicates
        Firms that are reported twice for the last year; 0 by default, because a reader refuses them.
    register
        Codes and names of the zones; by default those that ship (Shanghai first).

    Raises
    ------
    ValueError
        When there are fewer zones in the register, or fewer firms than zones.

    >>> city = make_city(zones=2, firms=40, years=2)
    >>> city.tables["firm"].num_rows > 60, city.tables["firm"]["firm_name"][0].as_py()
    (True, '示例企业000001（合成）')
    """
    known = tuple(register if register is not None else shipped_zones())
    if not 1 <= zones <= len(known):
        raise ValueError(f"zones must be between 1 and {len(known)}, the zones of the register")
    if firms < zones or years < 1:
        raise ValueError("at least one firm for each zone and one year are needed")
    chosen = known[:zones]
    periods = tuple(range(last_year - years + 1, last_year + 1))
    return City(chosen, profiles(chosen, firms, seed), periods, seed, problems, duplicates)

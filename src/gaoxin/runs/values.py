"""From figures to indicator values: the plan of the system is run, zone items and expert scores are put beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from gaoxin.engines import duckdb as engine
from gaoxin.engines.tables import Source
from gaoxin.evaluation.experts import ExpertScores, combine_experts
from gaoxin.evaluation.structure import Floats
from gaoxin.problems import InputError, Problem
from gaoxin.returns.figures import Figures
from gaoxin.returns.stored import Stored, quoted
from gaoxin.rulebook.book import Book
from gaoxin.rulebook.indicators import System
from gaoxin.rulebook.periods import period_ordinal
from gaoxin.rulebook.plan import Plan
from gaoxin.runs.config import ExpertPanel
from gaoxin.words import Text


@dataclass(frozen=True, eq=False)
class IndicatorValues:
    """Indicator values of units over periods, one row per unit and period."""

    units: tuple[str, ...]
    periods: tuple[str, ...]
    """Period of every row."""
    values: Floats
    """Shape (rows, n), NaN unknown."""
    coverage: Floats
    """Share of the reporters behind every value, shape (rows, n), NaN where it is no aggregate."""
    names: Mapping[str, str]
    complete_periods: tuple[str, ...]
    """Periods whose figures reach back as far as the rules need."""
    experts: Mapping[str, ExpertScores]
    """Per indicator: what the experts said in the last period."""

    def take(self, rows: Sequence[int]) -> IndicatorValues:
        """Some of the rows, in that order."""
        return replace(
            self,
            units=tuple(self.units[i] for i in rows),
            periods=tuple(self.periods[i] for i in rows),
            values=self.values[list(rows)],
            coverage=self.coverage[list(rows)],
        )


def sources_of(figures: Figures) -> dict[str, Source]:
    """What the engine reads: Parquet files as they lie, everything else as tables in memory."""
    found: dict[str, Source] = {}
    for entity, held in figures.entities.items():
        plain = held.table is None and all(_as_it_lies(stored) for stored in held.stored)
        same = len({frozenset(stored.labels.items()) for stored in held.stored}) == 1
        found[entity] = [stored.path for stored in held.stored] if plain and same else figures.table(entity)
    return found


def _as_it_lies(stored: Stored) -> bool:
    """True when the columns of the file are the figures, under their codes and unconverted."""
    return all(
        sql == quoted(name) or name not in stored.labels
        for name, sql in stored.columns.items()
        if name not in stored.extra
    ) and {stored.entity, "period"} <= {n for n, sql in stored.columns.items() if sql == quoted(n)}


def look_back(plan: Plan, entity: str) -> int:
    """How many periods before the first one asked for the plan needs figures of ``entity``."""
    scanned = plan.scanned(entity)
    return max(0, plan.ordinals[0] - scanned[0]) if scanned else 0


def evaluated_periods(figures: Figures, system: System, period: str | None) -> tuple[str, ...]:
    """The periods that can be evaluated, oldest first, up to ``period`` (default: the latest reported)."""
    entities = [entity for entity in (system.entity, "firm") if entity in figures.entities]
    found = sorted({at for entity in entities for at in figures.periods(entity)})
    if period is not None:
        if period not in found:
            raise InputError([unknown_period(period, found)])
        found = [at for at in found if at <= period]
    return tuple(found)


def unknown_period(period: str, have: Sequence[str]) -> Problem:
    """The period that was asked for is not in the data."""
    return Problem(
        "period.unknown",
        "error",
        Text(f"没有 {period} 期的数据", f"there are no figures for {period}"),
        Text(f"现有：{'、'.join(have) or '无'}", f"there are: {', '.join(have) or 'none'}"),
        period=period,
    )


def plan_of(system: System, periods: Sequence[str]) -> Plan:
    """The plan that computes every indicator that has a figure in the book."""
    return book_of(system).compile(
        [node.figure for node in system.indicators if node.data != "given"], periods=list(periods)
    )


def book_of(system: System) -> Book:
    """The rulebook of a system over returns."""
    if system.book is None:
        raise InputError(
            [
                Problem(
                    "system.no-book",
                    "error",
                    Text(
                        f"体系 {system.name} 的指标直接取自表格，没有报表规则",
                        f"the indicators of {system.name} come from a table; it has no rules over returns",
                    ),
                )
            ]
        )
    return system.book


def indicator_values(
    figures: Figures, system: System, periods: Sequence[str], panel: ExpertPanel, plan: Plan
) -> IndicatorValues:
    """Run the plan and collect the values of every unit in every period.

    Units are the reporters of the system's entity, whether they reported themselves or only firms below them did.
    """
    book = book_of(system)
    entity = system.entity
    with engine.run(plan, sources_of(figures)) as outcome:
        table, covered = outcome.values(entity), outcome.coverage(entity)
        targets = [code for code in plan.targets_of(entity) if plan.columns[code].type.kind == "number"]
        computed = outcome.array(entity, targets)
    rows = _rows(table, entity, periods)
    units = tuple(unit for unit, _ in rows)
    at = tuple(period for _, period in rows)
    order = np.array(list(rows.values()), dtype=np.int64)
    experts: dict[str, ExpertScores] = {}
    scored = _expert_columns(figures, system, rows, panel, experts)
    columns = {
        node.figure: scored[node.no]
        if node.data == "expert" and node.no in scored
        else computed[order, targets.index(node.figure)]
        for node in system.indicators
    }
    shares = np.full((len(rows), len(system.indicators)), np.nan)
    position = {node.figure: i for i, node in enumerate(system.indicators)}
    place = {(key, period): i for i, (key, period) in enumerate(rows)}
    for key, period, code, share in zip(
        *(covered[name].to_pylist() for name in (entity, "period", "code", "share")), strict=True
    ):
        if (key, period) in place and share is not None:
            shares[place[key, period], position[code]] = share
    first = min((ordinal for entity_ in figures.entities for ordinal in _ordinals(figures, entity_, book)), default=0)
    depth = max(look_back(plan, e) for e in plan.entities)
    complete = tuple(p for p in periods if period_ordinal(p, book.frequency) - depth >= first)
    return IndicatorValues(
        units=units,
        periods=at,
        values=system.values(columns),
        coverage=shares,
        names=figures.names(entity, units),
        complete_periods=complete,
        experts=experts,
    )


def _ordinals(figures: Figures, entity: str, book: Book) -> list[int]:
    return [period_ordinal(period, book.frequency) for period in figures.periods(entity)]


def _rows(table: pa.Table, entity: str, periods: Sequence[str]) -> dict[tuple[str, str], int]:
    """Row of the table for every unit and period, by period and then by unit."""
    keys, at = table[entity].to_pylist(), table["period"].to_pylist()
    found = {(key, period): i for i, (key, period) in enumerate(zip(keys, at, strict=True)) if period in periods}
    return dict(sorted(found.items(), key=lambda entry: (entry[0][1], entry[0][0])))


def _expert_columns(
    figures: Figures,
    system: System,
    rows: Mapping[tuple[str, str], int],
    panel: ExpertPanel,
    experts: dict[str, ExpertScores],
) -> dict[str, Floats]:
    """Indicator number → one score per row, from the scores of the experts."""
    if figures.scores is None:
        return {}
    by_indicator: dict[str, dict[str, list[tuple[str, str, float]]]] = {}
    names = {node.no: node.no for node in system.indicators} | {node.item: node.no for node in system.indicators}
    for row in figures.scores.to_pylist():
        no = names.get(row["indicator"])
        if no is not None and row["score"] is not None:
            found = by_indicator.setdefault(no, {}).setdefault(row["period"], [])
            found.append((row["expert"], row["zone"], float(row["score"])))
    place = {key: i for i, key in enumerate(rows)}
    columns: dict[str, Floats] = {}
    for no, by_period in by_indicator.items():
        column = np.full(len(rows), np.nan)
        for period, given in sorted(by_period.items()):
            people = sorted({expert for expert, _, _ in given})
            zones = sorted({zone for _, zone, _ in given})
            scores = np.full((len(people), len(zones)), np.nan)
            for expert, zone, score in given:
                scores[people.index(expert), zones.index(zone)] = score
            combined = combine_experts(
                scores,
                experts=people,
                units=zones,
                drop=panel.drop,
                scale=panel.scale,
                level_leniency=panel.level_leniency,
            )
            experts[no] = combined
            for zone, value in zip(zones, combined.score.tolist(), strict=True):
                if (zone, period) in place:
                    column[place[zone, period]] = value
        columns[no] = column
    return columns

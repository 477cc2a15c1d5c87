"""What the answers about all firms add up to: by benefit, size, industry and zone; what is unclaimed, near, missing."""

# ruff: noqa: S608 - every identifier and text in the SQL goes through quote and text

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from gaoxin.engines.dialects import DUCKDB, quote
from gaoxin.incentives.batch.database import database
from gaoxin.incentives.batch.judging import STATES
from gaoxin.rulebook.benefits import Benefit

GROUPS = ("size", "section", "zone")
MEASURES = ("firms", *STATES, "amount", "unclaimed", "gain")
MOST_UNCLAIMED = 200_000
"""Rows of the list of what was not claimed that people read; the rest is in a Parquet file of its own."""


@dataclass(frozen=True, slots=True)
class Answers:
    """The Parquet file with the answers about everybody of one entity: how many ``rows``, about which ``benefits``.

    ``firm`` is the entity at the top, whose keys the file has, too.
    """

    entity: str
    path: Path
    rows: int
    benefits: tuple[Benefit, ...]
    firm: str

    @property
    def source(self) -> str:
        """SQL of the file."""
        return f"read_parquet({DUCKDB.text(str(self.path))})"


@dataclass(frozen=True, eq=False)
class Summary:
    """Tables over all firms.

    ``cells``: benefit, size, section, zone and the measures (numbers of firms by state, amount, how many have something
    left to claim and how much); ``totals`` the same by benefit, ``by`` the same by benefit and one of the groups.
    ``unclaimed``: who has something left to claim (``reporter`` is the contract, person … of the firm, null where it is
    the firm itself), the largest amounts first, then what has none; ``more`` how many further ones there are.
    ``near``: benefit, condition, firms, median distance. ``missing``: benefit, figure, firms, and how many of them lack
    only that one.
    """

    cells: pa.Table
    totals: pa.Table
    by: dict[str, pa.Table]
    unclaimed: pa.Table
    more: int
    near: pa.Table
    missing: pa.Table


def summarise(answers: Sequence[Answers], *, memory_limit: str | None = None) -> Summary:
    """Sum up the Parquet files of ``answers``."""
    with database(answers[0].path.parent, memory_limit) as connection:
        parts = [_part(connection, one) for one in answers if one.benefits]
        cells = pa.concat_tables(part["cells"] for part in parts)
        connection.register("cells", cells)
        sums = ", ".join(f"CAST(sum({name}) AS {_kind(name)}) AS {name}" for name in MEASURES)
        order = {benefit.code: at for at, benefit in enumerate(one for part in answers for one in part.benefits)}
        totals = connection.sql(f"SELECT benefit, {sums} FROM cells GROUP BY benefit").to_arrow_table()
        by = {
            group: connection.sql(
                f'SELECT benefit, "{group}", {sums} FROM cells GROUP BY ALL ORDER BY benefit, "{group}"'
            ).to_arrow_table()
            for group in GROUPS
        }
        unclaimed, more = _unclaimed(connection, unclaimed_select(answers))
    near, missing = (pa.concat_tables(part[name] for part in parts) for name in ("near", "missing"))
    largest = [("firms", "descending"), ("benefit", "ascending")]
    places = pa.array([order[code] for code in totals["benefit"].to_pylist()], pa.int64())
    totals = totals.append_column("at", places).sort_by("at").drop_columns(["at"])
    near = near.sort_by([*largest, ("condition", "ascending")])
    missing = missing.sort_by([*largest, ("figure", "ascending")])
    return Summary(cells, totals, by, unclaimed, more, near, missing)


def _part(connection: duckdb.DuckDBPyConnection, answers: Answers) -> dict[str, pa.Table]:
    columns = set(pq.read_schema(answers.path).names)
    connection.execute(f"CREATE OR REPLACE VIEW answers AS SELECT * FROM {answers.source}")
    selects = {"cells": _cells, "near": _near, "missing": _missing}
    return {
        name: connection.sql(select(answers.benefits, columns)).to_arrow_table() for name, select in selects.items()
    }


def _kind(measure: str) -> str:
    return "DECIMAL(38,2)" if measure in {"amount", "gain"} else "BIGINT"


def _cells(benefits: Sequence[Benefit], columns: set[str]) -> str:
    groups = [quote(name) if name in columns else f"CAST(NULL AS VARCHAR) AS {quote(name)}" for name in GROUPS]
    counted = ["count(*) AS firms"]
    for benefit in benefits:
        code = benefit.code
        counted += [
            f"{_those(f'{quote(code)} = {DUCKDB.text(state)}')} AS {quote(f'{code}/{state}')}" for state in STATES
        ]
        for measure, column in (("amount", f"{code}_amount"), ("gain", f"{code}_gain")):
            total = f"COALESCE(sum({quote(column)}), 0)" if column in columns else "0"
            counted.append(f"CAST({total} AS DECIMAL(38,2)) AS {quote(f'{code}/{measure}')}")
        counted.append(f"{_those(_is_open(code, columns))} AS {quote(f'{code}/unclaimed')}")
    grouped = f"SELECT {', '.join(groups)}, {', '.join(counted)} FROM answers GROUP BY ALL"
    parts = []
    for benefit in benefits:
        measures = ", ".join(f"{quote(f'{benefit.code}/{name}')} AS {name}" for name in MEASURES[1:])
        named = f"{DUCKDB.text(benefit.code)} AS benefit, size, section, zone, firms"
        parts.append(f"SELECT {named}, {measures} FROM grouped")
    return f"WITH grouped AS MATERIALIZED ({grouped}) {' UNION ALL '.join(parts)} ORDER BY ALL"


def _those(condition: str) -> str:
    # Not FILTER, which sorts the rows out anew for every count. Of conditions that are all unknown, the count is, too.
    return f"CAST(COALESCE(count_if({condition}), 0) AS BIGINT)"


def unclaimed_select(answers: Sequence[Answers]) -> str:
    """SQL of everybody and every benefit of which something is left to claim."""
    return " UNION ALL ".join(part for one in answers for part in _unclaimed_of(one))


def _is_open(code: str, columns: set[str]) -> str:
    """SQL of whether something is left to claim: an amount, or of a benefit without one that it was not claimed."""
    if f"{code}_gain" in columns:
        return f"{quote(f'{code}_gain')} IS NOT NULL"
    return f"{quote(f'{code}_claim')} = 'not_claimed'" if f"{code}_claim" in columns else "FALSE"


def _unclaimed_of(answers: Answers) -> Iterator[str]:
    columns = set(pq.read_schema(answers.path).names)
    who = ", ".join(
        quote(name) if name in columns else f"CAST(NULL AS VARCHAR) AS {quote(name)}" for name in ("firm_name", *GROUPS)
    )
    reporter = "CAST(NULL AS VARCHAR)" if answers.entity == answers.firm else quote(answers.entity)
    who = f"{quote(answers.firm)} AS firm, {reporter} AS reporter, {who}"

    def select(code: str, where: str) -> str:
        gain, amount, claimed = (
            quote(f"{code}_{name}") if f"{code}_{name}" in columns else "NULL" for name in ("gain", "amount", "claimed")
        )
        money = ", ".join(
            f"CAST({column} AS DECIMAL(38,2)) AS {name}"
            for column, name in ((gain, "gain"), (amount, "amount"), (claimed, "claimed"))
        )
        return f"SELECT {who}, {DUCKDB.text(code)} AS benefit, {money} FROM {answers.source} WHERE {where}"

    for benefit in answers.benefits:
        yield select(benefit.code, _is_open(benefit.code, columns))


def _unclaimed(connection: duckdb.DuckDBPyConnection, every: str) -> tuple[pa.Table, int]:
    ordered = f"SELECT * FROM ({every}) ORDER BY gain DESC NULLS LAST, benefit, firm, reporter"
    found = connection.sql(f"{ordered} LIMIT {MOST_UNCLAIMED}")
    table = found.to_arrow_table()
    if table.num_rows < MOST_UNCLAIMED:
        return table, 0
    ((number,),) = connection.execute(f"SELECT count(*) FROM ({every})").fetchall()
    return table, number - table.num_rows


def _near(benefits: Sequence[Benefit], columns: set[str]) -> str:
    parts = [
        f"SELECT {DUCKDB.text(code)} AS benefit, {quote(f'{code}_by')} AS condition, count(*) AS firms,"
        f" CAST(median({quote(f'{code}_distance')}) AS DOUBLE) AS distance FROM answers"
        f" WHERE {quote(f'{code}_by')} IS NOT NULL GROUP BY ALL"
        for code in (benefit.code for benefit in benefits)
        if f"{code}_by" in columns
    ]
    nothing = "SELECT '' AS benefit, '' AS condition, CAST(0 AS BIGINT) AS firms, CAST(0 AS DOUBLE) AS distance"
    every = " UNION ALL ".join(parts or [f"{nothing} LIMIT 0"])
    return f"SELECT * FROM ({every}) ORDER BY firms DESC, benefit, condition"


def _missing(benefits: Sequence[Benefit], columns: set[str]) -> str:
    parts = []
    for code in (benefit.code for benefit in benefits):
        if f"{code}_missing" in columns:
            lists = f"SELECT {quote(f'{code}_missing')} AS why FROM answers WHERE len({quote(f'{code}_missing')}) > 0"
            each = f"SELECT unnest(why) AS figure, len(why) = 1 AS alone FROM ({lists})"
            parts.append(
                f"SELECT {DUCKDB.text(code)} AS benefit, figure, count(*) AS firms,"
                f" count(*) FILTER (WHERE alone) AS alone FROM ({each}) GROUP BY ALL"
            )
    return f"SELECT * FROM ({' UNION ALL '.join(parts)}) ORDER BY firms DESC, benefit, figure"

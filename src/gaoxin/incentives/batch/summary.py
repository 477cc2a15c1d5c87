"""What the answers about all firms add up to: by benefit, size, industry and zone; what is unclaimed, near, missing."""

# ruff: noqa: S608 - every identifier and text in the SQL goes through quote and text

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from gaoxin.engines.dialects import DUCKDB, quote
from gaoxin.incentives.batch.judging import STATES
from gaoxin.rulebook.benefits import Benefit

GROUPS = ("size", "section", "zone")
MEASURES = ("firms", *STATES, "amount", "unclaimed", "gain")
MOST_UNCLAIMED = 1_000_000
"""Rows of the list of what was not claimed; a sheet of Excel holds a few more."""


@dataclass(frozen=True, eq=False)
class Summary:
    """Tables over all firms.

    ``cells``: benefit, size, section, zone and the measures (numbers of firms by state, amount, how many have something
    left to claim and how much); ``totals`` the same by benefit, ``by`` the same by benefit and one of the groups.
    ``unclaimed``: firms with something left to claim, the largest first; ``more`` how many further ones there are.
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


def summarise(results: Path, benefits: Sequence[Benefit], *, memory_limit: str | None = None) -> Summary:
    """Sum up the Parquet file of answers at ``results``."""
    columns = set(pq.read_schema(results).names)
    with _opened(results, memory_limit) as connection:
        cells = connection.sql(_cells(benefits, columns)).to_arrow_table()
        connection.register("cells", cells)
        sums = ", ".join(f"CAST(sum({name}) AS {_kind(name)}) AS {name}" for name in MEASURES)
        order = {benefit.code: at for at, benefit in enumerate(benefits)}
        totals = connection.sql(f"SELECT benefit, {sums} FROM cells GROUP BY benefit").to_arrow_table()
        by = {
            group: connection.sql(
                f'SELECT benefit, "{group}", {sums} FROM cells GROUP BY ALL ORDER BY benefit, "{group}"'
            ).to_arrow_table()
            for group in GROUPS
        }
        unclaimed, more = _unclaimed(connection, benefits, columns)
        near = connection.sql(_near(benefits, columns)).to_arrow_table()
        missing = connection.sql(_missing(benefits, columns)).to_arrow_table()
    places = pa.array([order[code] for code in totals["benefit"].to_pylist()], pa.int64())
    totals = totals.append_column("at", places).sort_by("at").drop_columns(["at"])
    return Summary(cells, totals, by, unclaimed, more, near, missing)


@contextmanager
def _opened(results: Path, memory_limit: str | None) -> Iterator[duckdb.DuckDBPyConnection]:
    config: dict[str, str | bool | int | float | list[str]] = {"temp_directory": str(results.parent / ".spill")}
    if memory_limit is not None:
        config["memory_limit"] = memory_limit
    with duckdb.connect(":memory:", config=config) as connection:
        connection.execute(f"CREATE VIEW answers AS SELECT * FROM read_parquet({DUCKDB.text(str(results))})")
        yield connection


def _kind(measure: str) -> str:
    return "DECIMAL(38,2)" if measure in {"amount", "gain"} else "BIGINT"


def _cells(benefits: Sequence[Benefit], columns: set[str]) -> str:
    groups = [quote(name) if name in columns else f"CAST(NULL AS VARCHAR) AS {quote(name)}" for name in GROUPS]
    counted = ["count(*) AS firms"]
    for benefit in benefits:
        code = benefit.code
        counted += [
            f"count(*) FILTER (WHERE {quote(code)} = {DUCKDB.text(state)}) AS {quote(f'{code}/{state}')}"
            for state in STATES
        ]
        for measure, column in (("amount", f"{code}_amount"), ("gain", f"{code}_gain")):
            total = f"COALESCE(sum({quote(column)}), 0)" if column in columns else "0"
            counted.append(f"CAST({total} AS DECIMAL(38,2)) AS {quote(f'{code}/{measure}')}")
        open_ = f"count({quote(f'{code}_gain')})" if f"{code}_gain" in columns else "0"
        counted.append(f"{open_} AS {quote(f'{code}/unclaimed')}")
    grouped = f"SELECT {', '.join(groups)}, {', '.join(counted)} FROM answers GROUP BY ALL"
    parts = []
    for benefit in benefits:
        measures = ", ".join(f"{quote(f'{benefit.code}/{name}')} AS {name}" for name in MEASURES[1:])
        named = f"{DUCKDB.text(benefit.code)} AS benefit, size, section, zone, firms"
        parts.append(f"SELECT {named}, {measures} FROM grouped")
    return f"WITH grouped AS MATERIALIZED ({grouped}) {' UNION ALL '.join(parts)} ORDER BY ALL"


def _unclaimed(
    connection: duckdb.DuckDBPyConnection, benefits: Sequence[Benefit], columns: set[str]
) -> tuple[pa.Table, int]:
    parts = []
    for benefit in benefits:
        code = benefit.code
        if f"{code}_gain" not in columns:
            continue
        claimed = quote(f"{code}_claimed") if f"{code}_claimed" in columns else "NULL"
        who = ", ".join(
            quote(name) if name in columns else f"CAST(NULL AS VARCHAR) AS {quote(name)}"
            for name in ("firm", "firm_name", *GROUPS)
        )
        parts.append(
            f"SELECT {who}, {DUCKDB.text(code)} AS benefit, CAST({quote(f'{code}_gain')} AS DECIMAL(38,2)) AS gain,"
            f" CAST({quote(f'{code}_amount')} AS DECIMAL(38,2)) AS amount, CAST({claimed} AS DECIMAL(38,2)) AS claimed"
            f" FROM answers WHERE {quote(f'{code}_gain')} IS NOT NULL"
        )
    if not parts:
        return pa.table({"firm": pa.array([], pa.string())}), 0
    every = " UNION ALL ".join(parts)
    found = connection.sql(f"SELECT * FROM ({every}) ORDER BY gain DESC, firm, benefit LIMIT {MOST_UNCLAIMED}")
    table = found.to_arrow_table()
    more = 0
    if table.num_rows == MOST_UNCLAIMED:
        ((every_one,),) = connection.execute(f"SELECT count(*) FROM ({every})").fetchall()
        more = every_one - table.num_rows
    return table, more


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

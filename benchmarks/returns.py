"""From the returns of a million firms over two years to the 28 indicators of their zones, beside a bare scan.

The limit is the disk and the decoder: a query that only sums the columns the indicators need reads all that gaoxin has
to read. The data are synthetic: uniform figures in Parquet, one row group per 100,000 rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks import cases
from benchmarks.timing import Table, in_own_process, row
from gaoxin.engines import duckdb as engine
from gaoxin.rulebook.plan import ItemColumn, Plan
from gaoxin.rulebook.system import load_system

PERIODS = ("2024", "2025")
MEMORY = "2GB"
CHUNK = 100_000
ROUNDS = 3


def tables(smoke: bool) -> Iterator[Table]:
    firms, zones = (2_000, 5) if smoke else (1_000_000, 200)
    with cases.folder(f"returns-{firms}") as folder:
        write(folder, firms, zones)
        checked(folder)
        if smoke:
            return
        times: dict[str, list[float]] = {"gaoxin": [], "scan": []}
        peaks: dict[str, list[float]] = {"gaoxin": [], "scan": []}
        for _ in range(ROUNDS):
            for name in times:
                took, peak = in_own_process(__name__, "work", name, str(folder))
                times[name] += took
                peaks[name].append(peak)
        size = sum(path.stat().st_size for path in folder.glob("*.parquet")) / 2**20
        rows = [
            row("gaoxin, 28 indicators", times["gaoxin"], peak_mb=max(peaks["gaoxin"])),
            row("bare sum of the same columns", times["scan"], peak_mb=max(peaks["scan"])),
        ]
        note = (
            f"Parquet, {size:,.0f} MB, one R&D project per four firms. DuckDB may use {MEMORY} in both; exact integers "
            "in gaoxin, doubles in the bare sum."
        )
        yield Table(f"Returns to indicators, {firms:,} firms × {len(PERIODS)} years in {zones} zones", rows, note)


def plan() -> Plan:
    system = load_system("national-2021")
    book = system.book
    assert book is not None
    return book.compile([node.figure for node in system.indicators if node.data == "firm"], periods=["2025"])


def work(contender: str, folder: str) -> Callable[[], Any]:
    """The job as a call; loading the rulebook is not timed, it does not grow with the data."""
    sources = {
        entity: [str(p) for p in sorted(Path(folder).glob(f"{entity}-*.parquet"))] for entity in ("firm", "project")
    }
    if contender == "gaoxin":
        compiled = plan()

        def indicators() -> np.ndarray:
            with engine.run(compiled, sources, memory_limit=MEMORY) as outcome:
                return outcome.array("zone")

        return indicators
    wanted = needed(plan())

    def scan() -> list[tuple[Any, ...]]:
        with duckdb.connect(config={"memory_limit": MEMORY}) as connection:
            return [
                connection.execute(
                    f"SELECT {', '.join(measure(name, kind) for name, kind in wanted[entity].items())} "
                    f"FROM read_parquet({files!r})"
                ).fetchone()
                for entity, files in sources.items()
            ]

    return scan


def measure(name: str, kind: str) -> str:
    return f'sum("{name}")' if kind == "number" else f'count("{name}")'


def needed(compiled: Plan) -> dict[str, dict[str, str]]:
    """The reported columns that the plan reads, and their kind, by entity."""
    found: dict[str, dict[str, str]] = {"firm": {}, "project": {}}
    for column in compiled.columns.values():
        if isinstance(column, ItemColumn):
            found[column.entity][column.name] = column.type.kind
    return found


def checked(folder: Path) -> None:
    """An indicator that needs no rulebook to compute: profit over revenue, by plain SQL."""
    values = work("gaoxin", str(folder))()
    compiled = plan()
    place = compiled.targets_of("zone").index("i_2_5")
    with duckdb.connect() as connection:
        plain = connection.execute(
            f"SELECT 100.0 * sum(qc12)::DOUBLE / sum(qc05_0)::DOUBLE FROM read_parquet('{folder}/firm-*.parquet') "
            "WHERE period = '2025' GROUP BY zone ORDER BY zone"
        ).fetchall()
    np.testing.assert_allclose(values[:, place], [value for (value,) in plain], rtol=1e-12)
    assert not np.isnan(values).any()


def write(folder: Path, firms: int, zones: int) -> None:
    """Figures of every item that the plan needs: whole thousands of yuan, counts, codes that the rules know."""
    book = load_system("national-2021").book
    assert book is not None
    wanted = needed(plan())
    for period in PERIODS:
        rng = np.random.default_rng(int(period))
        for entity, rows in (("firm", firms), ("project", firms // 4)):
            path = folder / f"{entity}-{period}.parquet"
            if path.exists():
                continue
            unfinished, writer = path.with_suffix(".unfinished"), None
            for start in range(0, rows, CHUNK):
                n = min(CHUNK, rows - start)
                number = np.arange(start, start + n)
                columns: dict[str, Any] = {entity: pa.array([f"{entity}{i}" for i in number.tolist()])}
                if entity == "firm":
                    columns["zone"] = pa.array([f"Z{i:03d}" for i in (number % zones).tolist()])
                else:
                    columns["firm"] = pa.array([f"firm{i}" for i in (number * 4 + number // 50 % 4).tolist()])
                columns["period"] = pa.array([period] * n)
                for code in wanted[entity]:
                    columns[code] = figures(book.items[code], n, rng)
                table = pa.table(columns)
                writer = writer or pq.ParquetWriter(unfinished, table.schema)
                writer.write_table(table)
            if writer is not None:
                writer.close()
            unfinished.rename(path)


CODES = {"qb03_1": ["6510", "3962", "7320", "1811"], "qb18": ["1", "2", "3"], "qb15": ["1", "13"], "qh21": ["1", "4"]}


def figures(item: Any, n: int, rng: np.random.Generator) -> pa.Array:
    if item.type == "flag":
        return pa.array(rng.random(n) < 0.3)
    if item.type in {"decimal", "integer"}:
        return pa.array(rng.integers(10, 100_000, n) if item.type == "decimal" else rng.integers(1, 500, n))
    if item.type == "date":
        return pa.array(np.full(n, np.datetime64("2025-06-30")))
    choices = CODES.get(item.code, ["1", "2"] if item.type == "code" else ["新一代信息系统研究开发"])
    return pa.array(rng.choice(choices, n))

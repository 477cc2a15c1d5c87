"""Who is entitled to what: every benefit of firms in the shipped book, for all firms of a Parquet file, beside a scan.

The limit is the disk and the decoder: a query that only sums the columns that the rules need reads all that gaoxin has
to read. The firms are synthetic (``gaoxin incentives sample``).
"""

from __future__ import annotations

import datetime
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

from benchmarks import cases
from benchmarks.timing import Table, in_own_process, row
from gaoxin.engines.dialects import DUCKDB, quote
from gaoxin.engines.frames import build_frame, closure
from gaoxin.engines.integers import Number
from gaoxin.engines.statements import Statement
from gaoxin.engines.tables import Selection, Tables
from gaoxin.incentives.batch import chosen_benefits, run_batch
from gaoxin.incentives.batch.judging import targets
from gaoxin.rulebook import load_book
from gaoxin.rulebook.book import Book
from gaoxin.rulebook.plan import ItemColumn, Plan
from gaoxin.samples.incentives import write_firms

YEAR = "2024"
MEMORY = "4GB"
ROUNDS = 3
SIZES = (1_000_000, 10_000_000, 60_000_000)
RESULTS = "results"
FILE_FIRMS = 10_000_000
"""Firms of one file; more are several files, as a country's provinces would send them."""


def tables(smoke: bool) -> Iterator[Table]:
    for firms in (2_000,) if smoke else cases.firms_up_to(SIZES):
        with cases.folder(f"incentives-{firms}") as folder:
            yield from measured(folder, firms, smoke)


def measured(folder: Path, firms: int, smoke: bool) -> Iterator[Table]:
    written(folder, firms)
    checked(folder)
    if smoke:
        return
    rounds = ROUNDS if firms <= SIZES[0] else 1
    names = ("rules", "opening", "scan", "batch")
    times: dict[str, list[float]] = {name: [] for name in names}
    peaks: dict[str, list[float]] = {name: [] for name in names}
    for _ in range(rounds):
        for name in names:
            took, peak = in_own_process(__name__, "work", name, str(folder))
            times[name] += took
            peaks[name].append(peak)
    shutil.rmtree(folder / RESULTS)
    book = load_book("incentives-cn")
    benefits = [one for one in chosen_benefits(book, ()) if one.entity == "firm"]
    size = sum(path.stat().st_size for path in given(folder)) / 2**20
    titles = {
        "rules": f"gaoxin, {len(benefits)} benefits: state and amount, in one pass",
        "opening": "… before it: periods, and that nobody reports twice",
        "scan": "bare sum of the same columns",
        "batch": "gaoxin incentives batch: checks, reasons, claims, results as Parquet, summary",
    }
    rows = [row(title, times[name], peak_mb=max(peaks[name])) for name, title in titles.items()]
    note = f"Parquet, {size:,.0f} MB; DuckDB may use {MEMORY} in all. Exact integers in gaoxin, sums in the scan."
    yield Table(f"Incentives of {firms:,} firms", rows, note)


def compiled(book: Book) -> Plan:
    benefits = [one for one in chosen_benefits(book, ()) if one.entity == "firm"]
    return book.compile(targets(book, benefits, "firm"), periods=[YEAR])


def given(folder: Path) -> list[Path]:
    """The files of firms in ``folder``."""
    return sorted(folder.glob("firms-*.parquet"))


def work(contender: str, folder: str) -> Callable[[], Any]:
    """The job as a call; loading the rulebook is not timed, it does not grow with the data."""
    files = [str(path) for path in given(Path(folder))]
    book = load_book("incentives-cn")
    if contender == "batch":
        out = Path(folder) / RESULTS / "results.parquet"
        out.parent.mkdir(exist_ok=True)
        as_of = datetime.date(2025, 3, 1)
        return lambda: run_batch(book, files, YEAR, out=out, as_of=as_of, memory_limit=MEMORY)
    plan = compiled(book)
    if contender == "opening":
        return lambda: Tables(plan, {"firm": files}, memory_limit=MEMORY).close()
    if contender == "rules":
        opened = Tables(plan, {"firm": files}, memory_limit=MEMORY)
        return lambda: summed(plan, opened)
    have = set(pq.read_schema(files[0]).names)
    wanted = {
        column.name: column.type.kind
        for column in plan.columns.values()
        if isinstance(column, ItemColumn) and column.name in have
    }
    sums = ", ".join(f'sum("{name}")' if kind == "number" else f'count("{name}")' for name, kind in wanted.items())

    def scan() -> Any:
        with duckdb.connect(config={"memory_limit": MEMORY}) as connection:
            return connection.execute(f"SELECT {sums} FROM read_parquet({files!r})").fetchone()

    return scan


def summed(plan: Plan, opened: Tables) -> dict[str, Any]:
    """Every answer for every firm, summed up so that nothing but computing is measured; amounts in fen."""

    def compute() -> Any:
        statement = Statement(DUCKDB)
        frame = build_frame(statement, plan, opened, "firm", closure(plan, plan.targets))
        parts = []
        for code in plan.targets:
            cell = frame.cells[code]
            part = f"sum({frame.shown(code).text})" if isinstance(cell, Number) else f"count({cell.text})"
            parts.append(f"{part} AS {quote(code)}")
        return opened.compute(statement, f"SELECT {', '.join(parts)} FROM {quote(frame.finish())}")

    found: dict[str, Any] = opened.retried(compute).to_pylist()[0]
    return found


def checked(folder: Path) -> None:
    """A benefit that needs no rulebook to compute, by plain SQL: the relief of small low-profit firms.

    Of the first file. Firms with income that another rule halves are left out: what of it is taxed at 25 % takes the
    rules to say.
    """
    plan = compiled(load_book("incentives-cn"))
    file = given(folder)[0]
    simple = "COALESCE(tech_transfer_income, 0) = 0 AND COALESCE(si_kind, '') <> 'ic_project'"
    columns = {name: quote(name) for name in pq.read_schema(file).names}
    opened = Tables(plan, {"firm": Selection((file,), columns, simple)}, memory_limit=MEMORY)
    try:
        found = summed(plan, opened)
    finally:
        opened.close()
    staff, assets = (
        f"COALESCE({name}_average, ({name}_open / 2 + {name}_q1 + {name}_q2 + {name}_q3 + {name}_q4 / 2) / 4)"
        for name in ("staff", "assets")
    )
    small = f"NOT restricted_industry AND taxable_income <= 3000000 AND {staff} <= 300 AND {assets} <= 50000000"
    plain = (
        f"SELECT sum(round(greatest(CAST(taxable_income AS DOUBLE), 0) * 0.2, 2)) FILTER (WHERE {small})"
        f" FROM read_parquet('{file}') WHERE {simple}"
    )
    with duckdb.connect() as connection:
        ((wanted,),) = connection.execute(plain).fetchall()
    relief = float(found["small_low_profit_amount"]) / 100
    assert abs(relief - wanted) <= 1e-9 * wanted, (relief, wanted)


def written(folder: Path, firms: int) -> None:
    book = load_book("incentives-cn")
    items = {code: item for code, item in book.items.items() if item.entity == "firm"}
    for at, start in enumerate(range(0, firms, FILE_FIRMS)):
        path = folder / f"firms-{at:03d}.parquet"
        if not path.exists():
            write_firms(items, path, firms=min(FILE_FIRMS, firms - start), year=int(YEAR), seed=at + 1, start=start)

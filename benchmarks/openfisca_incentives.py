"""Six incentives for every firm of a file, beside OpenFisca-Core with the same rules on the same data.

Super-deduction of R&D, high-tech enterprises, small low-profit enterprises, technology transfer, software refund and
the income tax under each, for 2024. Both read a Parquet file and write one. OpenFisca keeps money in 32-bit floats, so
its deviation from the exact result is measured, too. It has no unknown: the synthetic firms report every figure.

The peer runs the way it is meant to: parameters and formulas of a country package (``openfisca_china``), vectorised
over all firms. It holds every intermediate result of all of them in memory, so it also runs in slices of a million.
"""

from __future__ import annotations

import importlib.util
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks import cases
from benchmarks.timing import Row, Table, in_own_process, row
from gaoxin.engines import run
from gaoxin.rulebook import load_book
from gaoxin.rulebook.plan import Plan

PERIOD = "2024"
AMOUNTS = (
    "rd_super_deduction_amount", "hnte_reduced_rate_amount", "cit_hnte_tax", "small_low_profit_amount",
    "cit_small_or_standard", "tech_transfer_cit_amount", "software_vat_refund_amount",
)  # fmt: skip
FLAGS = ("rd_super_deduction", "small_low_profit", "tech_transfer_cit", "software_vat_refund")
MEMORY = "4GB"
CHUNK = 250_000
SLICE = 1_000_000
SIZES = (1_000_000, 10_000_000, 60_000_000)
AT_ONCE_UP_TO = 10_000_000
"""Beyond it the figures of all firms do not fit beside their intermediate results on a machine of 16 GB."""


def tables(smoke: bool) -> Iterator[Table]:
    for firms in (3_000,) if smoke else cases.firms_up_to(SIZES):
        with cases.folder(f"openfisca-{firms}") as folder:
            yield compared(folder, firms, smoke)


def compared(folder: Path, firms: int, smoke: bool) -> Table:
    if not (folder / "firms.parquet").exists():
        write(folder / "firms-unfinished.parquet", firms).rename(folder / "firms.parquet")
    contenders = {"gaoxin": ("gaoxin", 0)}
    if importlib.util.find_spec("openfisca_core"):
        contenders["OpenFisca-Core, slices of a million firms"] = ("openfisca", 1_000 if smoke else SLICE)
        if firms <= AT_ONCE_UP_TO:
            contenders["OpenFisca-Core, all firms at once"] = ("openfisca", firms)
    rows = []
    for name, (contender, size) in contenders.items():
        out = folder / f"{contender}-{size}.parquet"
        try:
            times, peak = in_own_process(__name__, "work", contender, str(folder), size, str(out))
        except subprocess.CalledProcessError as error:  # as far as the peer gets within the memory of the machine
            if smoke:
                raise
            rows.append(Row(name, None, note=f"stopped: {(error.stderr or 'killed').splitlines()[-1][:80]}"))
            continue
        note = "exact" if contender == "gaoxin" else deviation(folder / "gaoxin-0.parquet", out, smoke)
        rows.append(row(name, times, peak_mb=peak, note=note))
    if len(contenders) == 1:
        rows.append(Row("OpenFisca-Core", None, note="not installed here"))
    size = (folder / "firms.parquet").stat().st_size / 2**20
    note = (
        f"From a Parquet file of {size:,.0f} MB to one with {len(AMOUNTS)} amounts and {len(FLAGS)} answers per firm, "
        f"each in a process of its own; loading the rules is not timed. DuckDB may use {MEMORY}."
    )
    return Table(f"Six incentives, {firms:,} firms, one year", rows, note)


def deviation(exact: Path, found: Path, smoke: bool) -> str:
    """How far the amounts of the peer are from the exact ones, per firm; and how often it answers otherwise."""
    worst = ", ".join(f"abs(e.{code}::DOUBLE - f.{code}::DOUBLE)" for code in AMOUNTS)
    total = " + ".join(f"abs(e.{code}::DOUBLE - f.{code}::DOUBLE)" for code in AMOUNTS)
    other = " OR ".join(f"e.{code} <> f.{code}" for code in FLAGS)
    with duckdb.connect(config={"memory_limit": MEMORY}) as connection:
        firms, most, mean, share, answers, least = connection.execute(
            f"SELECT count(*), max(greatest({worst})), avg({total}) / {len(AMOUNTS)}, "
            f"avg(CASE WHEN greatest({worst}) > 0.005 THEN 1 ELSE 0 END), count(*) FILTER (WHERE {other}), "
            f"min(least({', '.join(f'e.{code}::DOUBLE' for code in AMOUNTS)})) "
            f"FROM read_parquet('{exact}') e JOIN read_parquet('{found}') f USING (firm)"
        ).fetchone()
    if smoke:
        # The rules are the same: what differs is what 32 bits cannot hold (24 binary digits, a few operations each).
        checked(exact, found, firms, answers)
    assert least is not None
    return (
        f"an amount is off by up to {most:,.2f} yuan, {mean:,.4f} in the mean; {share:.1%} of firms by more than half "
        f"a fen; {answers:,} firms get another answer"
    )


def checked(exact: Path, found: Path, firms: int, answers: int) -> None:
    ours, theirs = (pq.read_table(path).sort_by("firm") for path in (exact, found))
    assert firms == ours.num_rows == theirs.num_rows
    assert answers <= firms / 500  # thresholds that are met to the fen
    same = np.all([ours[code].to_numpy() == theirs[code].to_numpy() for code in FLAGS], axis=0)
    for code in AMOUNTS:
        wanted, given = (table[code].cast(pa.float64()).to_numpy()[same] for table in (ours, theirs))
        assert np.any(wanted), code
        scale = 1e9 if "software" in code or "hnte" in code else np.maximum(np.abs(wanted), 1e7)
        np.testing.assert_array_less(np.abs(wanted - given) / scale, 2e-6, err_msg=code)
    for code in FLAGS:
        assert 0 < np.mean(ours[code].to_numpy()) < 1, code


def work(contender: str, folder: str, size: int, out: str) -> Callable[[], Any]:
    """The job as a call, from the Parquet file to the one with the results; loading the rules is not timed."""
    source = f"{folder}/firms.parquet"
    if contender == "gaoxin":
        compiled = plan()

        def exact() -> None:
            with run(compiled, {"firm": source}, memory_limit=MEMORY, out=Path(out)) as outcome:
                outcome.write("firm", Path(out))

        return exact

    from benchmarks.openfisca_china.system import China

    system = China()

    def floats() -> None:
        writer = None
        file = pq.ParquetFile(source)
        for first, last in slices(file, size):
            table = calculated(system, file.read_row_groups(list(range(first, last))))
            writer = writer or pq.ParquetWriter(out, table.schema, compression="zstd")
            writer.write_table(table)
        if writer is not None:
            writer.close()

    return floats


def slices(file: pq.ParquetFile, size: int) -> Iterator[tuple[int, int]]:
    """Row groups, first to last, that together hold about ``size`` firms."""
    first = rows = 0
    for group in range(file.num_row_groups):
        rows += file.metadata.row_group(group).num_rows
        if rows >= size or group == file.num_row_groups - 1:
            yield first, group + 1
            first, rows = group + 1, 0


def calculated(system: Any, firms: pa.Table) -> pa.Table:
    """The amounts and answers of OpenFisca for one slice, money as the 32-bit floats it has."""
    from openfisca_core.simulation_builder import SimulationBuilder

    simulation = SimulationBuilder().build_default_simulation(system, firms.num_rows)
    for name in firms.column_names:
        if name in {"firm", "period"}:
            continue
        column = firms[name]
        if pa.types.is_decimal(column.type):
            values = column.cast(pa.float64()).to_numpy().astype(np.float32)
        elif pa.types.is_boolean(column.type):
            values = column.to_numpy()
        else:
            possible = system.get_variable(name).possible_values
            indices = column.combine_chunks().dictionary_encode()
            codes = np.array([possible[one].index for one in indices.dictionary.to_pylist()], np.int16)
            values = possible.encode(codes[indices.indices.to_numpy()])
        simulation.set_input(name, PERIOD, values)
    results = {code: simulation.calculate(code, PERIOD) for code in (*FLAGS, *AMOUNTS)}
    return pa.table({"firm": firms["firm"], **{code: pa.array(values) for code, values in results.items()}})


def plan() -> Plan:
    return load_book("incentives-cn").compile([*FLAGS, *AMOUNTS], periods=[PERIOD])


def write(path: Path, firms: int) -> Path:
    """Synthetic firms: revenue log-normal up to billions of yuan, and every figure in proportion to it."""
    rng = np.random.default_rng(2024)
    writer = None
    for start in range(0, firms, CHUNK):
        table = drawn(rng, start, min(CHUNK, firms - start))
        if writer is None:
            writer = pq.ParquetWriter(path, table.schema, store_decimal_as_integer=True)
        writer.write_table(table, row_group_size=125_000 if firms > CHUNK else 1_000)
    if writer is not None:
        writer.close()
    return path


def drawn(rng: np.random.Generator, start: int, n: int) -> pa.Table:
    revenue = rng.lognormal(16, 2, n).clip(1e4, 5e10)

    def money(low: float, high: float, share: float = 1.0) -> np.ndarray[Any, Any]:
        """A part of the revenue between two shares, in fen; 0 but for a ``share`` of the firms."""
        return np.rint(revenue * rng.uniform(low, high, n) * 100).astype(np.int64) * (rng.random(n) < share)

    def flag(share: float) -> np.ndarray[Any, Any]:
        return rng.random(n) < share

    fen = {
        "taxable_income": money(-0.05, 0.3),
        "total_revenue": np.rint(revenue * 100).astype(np.int64),
        "non_taxable_income": money(0, 0.02, 0.3),
        "investment_income": money(0, 0.02, 0.3),
        "excluded_industry_revenue": money(0, 0.8, 0.2),
        **{
            f"rd_{one}": money(0, 0.02, 0.8) for one in ("personnel", "input", "depreciation", "amortisation", "design")
        },
        "rd_other": money(0, 0.02, 0.8),
        "rd_commissioned_domestic": money(0, 0.02, 0.3),
        "rd_commissioned_overseas": money(0, 0.05, 0.1),
        "rd_from_non_taxable": money(0, 0.002, 0.2),
        "rd_capitalised": money(0, 0.01, 0.2),
        "rd_intangible_amortisation": money(0, 0.01, 0.2),
        "rd_special_income": money(0, 0.002, 0.1),
        "staff_average": np.rint(rng.lognormal(3.5, 1.3, n) * 100).astype(np.int64),
        "assets_average": money(0.2, 2),
        "tech_transfer_income": money(0, 0.5, 0.05),
        "sw_sales": money(0, 0.5, 0.5),
        "sw_embedded_combined": money(0, 0.3, 0.3),
        "sw_hardware_own_price": money(0, 0.2),
        "sw_output_tax": money(0, 0.1),
        "sw_input_tax": money(0, 0.03),
        "sw_input_shared": money(0, 0.01, 0.5),
        "sw_vat_all_sales": money(1, 1.5),
        "sw_vat_cost": money(0, 0.3),
        "sw_vat_all_cost": money(0.5, 1),
    }
    flags = {
        "hnte": flag(0.2), "resident": flag(0.98), "rd_domestic_registered": flag(0.8),
        "rd_overseas_registered": flag(0.8), "ic_machine_tool_listed": flag(0.05), "restricted_industry": flag(0.03),
        "tt_separate_accounts": flag(0.9), "vat_small_scale": flag(0.3), "sw_separate_costs": flag(0.9),
        "sw_test_report": flag(0.8), "sw_certificate": flag(0.8),
    }  # fmt: skip
    texts = {
        "collection_method": np.where(flag(0.9), "audited", "deemed"),
        "sw_share_method": np.where(flag(0.5), "revenue", "cost"),
    }
    return pa.table(
        {
            "firm": pa.array(np.arange(start, start + n)).cast(pa.string()),
            "period": pa.array([PERIOD] * n),
            **{name: decimals(values) for name, values in fen.items()},
            **{name: pa.array(values) for name, values in flags.items()},
            **{name: pa.array(values.astype(object), pa.string()) for name, values in texts.items()},
        }
    )


def decimals(fen: np.ndarray[Any, Any]) -> pa.Array:
    """Whole fen as decimals of yuan: the same integers, read with two decimals."""
    halves = np.stack([fen, fen >> 63], axis=1)
    return pa.Array.from_buffers(pa.decimal128(18, 2), len(fen), [None, pa.py_buffer(halves)])

"""The ranges that Parquet files state: narrow integers where they hold, the right result also where they do not."""

from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gaoxin.engines import EngineError, run
from gaoxin.engines.frames import build_frame, closure
from gaoxin.engines.integers import SMALL
from gaoxin.engines.statements import Statement
from gaoxin.engines.tables import Selection, Tables
from small_books import derived, small_book


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    entries = [
        derived("product", "firm", "rev * rd", scale=2),
        derived("three", "firm", "rev * rd * staff", scale=2),
        derived("total", "zone", "SUM(rev)"),
        derived("of_large", "zone", "SUM(rev) FILTER (WHERE rev > qty(1, '千元'))"),
    ]
    return small_book(tmp_path_factory.mktemp("book"), derived=entries)


def written(path: Path, rev: str, rd: str) -> Path:
    kind = pa.decimal128(18, 2)
    columns = {"firm": ["a", "b"], "zone": ["Z", "Z"], "period": ["2025", "2025"]}
    figures = {"rev": [Decimal(rev), None], "rd": [Decimal(rd), Decimal(-1)]}
    table = pa.table({**columns, **{name: pa.array(values, kind) for name, values in figures.items()}})
    pq.write_table(table, path, store_decimal_as_integer=True)
    return path


def bound_of(book, tables: Tables, code: str) -> int:
    frame = build_frame(Statement(tables.dialect), tables.plan, tables, "firm", closure(tables.plan, [code]))
    return frame.cells[code].n.bound


def test_integers_are_as_wide_as_the_figures_of_the_file_need(book, tmp_path):
    plan = book.compile(["product"], periods=["2025"])
    small = written(tmp_path / "small.parquet", "12345.67", "-89.10")
    tables = Tables(plan, {"firm": small})
    assert tables.limits["firm"]["rev"] == Decimal("12345.67")
    assert bound_of(book, tables, "product") == 1234567 * 8910 <= SMALL
    tables.close()
    large = Tables(plan, {"firm": written(tmp_path / "large.parquet", "9999999999999999.99", "9999999999999999.99")})
    assert bound_of(book, large, "product") > SMALL
    large.close()


@pytest.mark.parametrize("rev", ["30370004.99", "30370005.00", "-30370005.00"])
def test_products_on_both_sides_of_64_bits_are_exact(book, tmp_path, rev):
    path = written(tmp_path / "edge.parquet", rev, rev)
    assert ((abs(Decimal(rev)) * 100) ** 2 <= SMALL) == (rev == "30370004.99")
    with run(book.compile(["product"], periods=["2025"]), {"firm": path}) as outcome:
        assert outcome.values("firm")["product"][0].as_py() == (Decimal(rev) ** 2).quantize(Decimal("0.01"))


def test_a_file_that_states_less_than_it_holds_is_computed_with_wide_integers(book, tmp_path, monkeypatch):
    path = written(tmp_path / "lies.parquet", "9999999999999.99", "9999999999999.99")
    tables_limits = Tables._limits
    monkeypatch.setattr(Tables, "_limits", lambda *given: dict.fromkeys(tables_limits(*given), Decimal(1)))
    with run(book.compile(["product"], periods=["2025"]), {"firm": path}) as outcome:
        exact = Decimal("9999999999999.99") ** 2
        assert outcome.values("firm")["product"][0].as_py() == exact.quantize(Decimal("0.01"))


def whole(path: Path, *revenues: int) -> Path:
    """Returns in whole thousands of yuan, though the item may have two decimals."""
    names = [f"f{at}" for at in range(len(revenues))]
    columns = {"firm": names, "zone": ["Z"] * len(names), "period": ["2025"] * len(names)}
    pq.write_table(pa.table({**columns, "rev": pa.array(revenues, pa.int64())}), path)
    return path


def test_whole_figures_keep_no_decimals_and_their_sums_are_as_wide_as_they_can_become(book, tmp_path):
    plan = book.compile(["total", "of_large"], periods=["2025"])
    files = {"firm": whole(tmp_path / "small.parquet", 70_000, -20_000, 1)}
    tables = Tables(plan, files)
    frame = build_frame(Statement(tables.dialect), plan, tables, "zone", closure(plan, ["total"]))
    tables.close()
    assert frame.cells["total"].n.bound == 3 * 70_000
    with run(plan, files) as outcome:
        (row,) = outcome.values("zone").to_pylist()
    assert (row["total"], row["of_large"]) == (Decimal("50001.00"), Decimal("70000.00"))


@pytest.mark.parametrize("stated", [None, Decimal(1)])
def test_a_sum_beyond_64_bits_is_exact_whatever_the_file_states(book, tmp_path, monkeypatch, stated):
    limits = Tables._limits
    if stated is not None:
        monkeypatch.setattr(Tables, "_limits", lambda *given: dict.fromkeys(limits(*given), stated))
    files = {"firm": whole(tmp_path / "large.parquet", 9 * 10**18, 9 * 10**18)}
    with run(book.compile(["total", "of_large"], periods=["2025"]), files) as outcome:
        (row,) = outcome.values("zone").to_pylist()
    assert row["total"] == row["of_large"] == Decimal(18 * 10**18)


def test_an_overflow_that_no_width_helps_is_still_an_error(book, tmp_path):
    path = written(tmp_path / "huge.parquet", "9999999999999999.99", "9999999999999999.99")
    table = pq.read_table(path).append_column("staff", pa.array([2**31, 1], pa.int64()))
    pq.write_table(table, path)
    with (
        run(book.compile(["three"], periods=["2025"]), {"firm": path}) as outcome,
        pytest.raises(EngineError, match="38"),
    ):
        outcome.values("firm")


def test_texts_state_no_range(book, tmp_path):
    path = tmp_path / "text.parquet"
    columns = {"firm": ["a", "b"], "zone": ["Z", "Z"], "period": ["2025", "2025"]}
    pq.write_table(pa.table({**columns, "rev": ["9", "1000000000000"], "rd": ["1", "3"]}), path)
    with run(book.compile(["product"], periods=["2025"]), {"firm": path}) as outcome:
        assert outcome.values("firm")["product"].to_pylist() == [Decimal("9.00"), Decimal("3000000000000.00")]


def test_a_selection_renames_columns_and_leaves_rows_out(book, tmp_path):
    path = written(tmp_path / "x.parquet", "2.00", "3.00")
    columns = {"firm": '"firm"', "zone": '"zone"', "period": "'2025'", "rev": '"rd"', "rd": '"rd"'}
    plan = book.compile(["product"], periods=["2025"])
    tables = Tables(plan, {"firm": Selection((path,), columns, "firm <> 'b'")}, carried={"firm": ["zone"]})
    assert tables.limits["firm"]["rd"] == Decimal(3)
    tables.close()
    with run(plan, {"firm": Selection((path,), columns, "firm <> 'b'")}) as outcome:
        assert outcome.values("firm").select(["firm", "product"]).to_pylist() == [
            {"firm": "a", "product": Decimal("9.00")}
        ]

"""Enterprise returns as inputs of the incentives: exact amounts in yuan, nothing that the forms do not carry."""

from __future__ import annotations

import datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from gaoxin.cli.incentives import app
from gaoxin.incentives.answers import entitlements
from gaoxin.incentives.fields import fields
from gaoxin.incentives.mapping import INPUTS, correspondence, facts_from_returns, not_carried
from gaoxin.problems import InputError
from gaoxin.returns import read_returns
from gaoxin.rulebook import Book, load_book

RUNNER = CliRunner()
BOUGHT = ("qj33_1", "qj33_2", "qj33_4", "qj33_3")
CLASSES = ("qj23_1", "qj23_2", "qj23_3", "qj23_4", "qj23_6", "qj23_7")


@cache
def rules() -> Book:
    return load_book("incentives-cn")


@cache
def inputs() -> Book:
    return load_book(INPUTS)


def row(firm: str, year: int, **figures: object) -> dict[str, object]:
    plain: dict[str, object] = {
        "qb04": datetime.date(2015, 3, 1), "qb11": True, "qb12": datetime.date(2022, 12, 14), "qb03_1": "6513",
        "qc05_0": Decimal("40000.000"), "qc24": Decimal("60000.500"), "qc33": Decimal("-12.345"),
        "qd01": 90, "qd05": 88, "qj20": Decimal("2600.000"), "qj23_5": Decimal("100.000"),
    }  # fmt: skip
    plain |= dict.fromkeys(CLASSES, Decimal("350.000")) | dict.fromkeys(BOUGHT, Decimal("100.000"))
    return {"firm": firm, "zone": "z", "period": str(year), **plain, **figures}


def returns(*rows: dict[str, object]) -> dict[str, pa.Table]:
    return {"firm": pa.Table.from_pylist(list(rows))}


def inputs_of(table: pa.Table, firm: str, year: int) -> dict[str, object]:
    (found,) = [one for one in table.to_pylist() if (one["firm"], one["period"]) == (firm, str(year))]
    return found


def test_amounts_come_in_yuan_to_the_yuan_of_the_return():
    tables, _ = facts_from_returns(returns(row("a", 2024, qc05_0=Decimal("1234567.891"))), "2024")
    figures = inputs_of(tables["firm"], "a", 2024)
    assert figures["sales_revenue"] == Decimal("1234567891.00")
    assert figures["ts_assets"] == figures["assets_q4"] == Decimal("60000500.00")
    assert figures["hn_net_assets"] == Decimal("-12345.00")
    assert figures["hn_rd_internal"] == Decimal("2100000.00")
    assert figures["hn_rd_other"] == Decimal("100000.00")
    assert figures["hn_rd_outside_domestic"] == Decimal("300000.00")
    assert figures["hn_rd_outside_overseas"] == Decimal("100000.00")


def test_what_is_no_amount_comes_as_it_is():
    tables, _ = facts_from_returns(returns(row("a", 2024)), "2024")
    figures = inputs_of(tables["firm"], "a", 2024)
    assert (figures["registered_on"], figures["hn_certificate_date"]) == (
        datetime.date(2015, 3, 1), datetime.date(2022, 12, 14),
    )  # fmt: skip
    assert (figures["hnte"], figures["industry"], figures["ts_staff"]) == (True, "6513", 90)


@pytest.mark.parametrize(
    ("holds", "recognised", "taken"),
    [(True, 2022, True), (True, 2024, True), (True, 2021, False), (False, 2024, False), (False, 2019, True)],
)
def test_a_date_of_recognition_that_contradicts_the_flag_is_not_taken(holds, recognised, taken):
    day = datetime.date(recognised, 12, 14)
    tables, _ = facts_from_returns(returns(row("a", 2024, qb11=holds, qb12=day)), "2024")
    figures = inputs_of(tables["firm"], "a", 2024)
    assert figures["hn_certificate_date"] == (day if taken else None)
    assert figures["hnte"] is holds


def test_the_opening_figures_are_those_at_the_end_of_the_year_before():
    tables, _ = facts_from_returns(
        returns(row("a", 2023, qc24=Decimal("50000.000"), qd01=70), row("a", 2024), row("b", 2024)), "2024"
    )
    old, new = inputs_of(tables["firm"], "a", 2024), inputs_of(tables["firm"], "b", 2024)
    assert (old["assets_open"], old["staff_open"]) == (Decimal("50000000.00"), 70)
    assert (new["assets_open"], new["staff_open"]) == (None, None)


def test_a_blank_stays_blank_and_is_no_zero():
    tables, _ = facts_from_returns(returns(row("a", 2024, qj33_2=None, qc05_0=None)), "2024")
    figures = inputs_of(tables["firm"], "a", 2024)
    assert figures["hn_rd_outside_domestic"] is None
    assert figures["sales_revenue"] is None


def test_earlier_years_come_along_and_later_ones_do_not():
    rows = [row("a", year) for year in (2022, 2023, 2024, 2025)]
    tables, _ = facts_from_returns(returns(*rows), "2024")
    assert sorted(tables["firm"]["period"].to_pylist()) == ["2022", "2023", "2024"]


def test_the_tables_answer_what_the_returns_carry():
    rows = [row("a", year) for year in (2022, 2023, 2024)]
    tables, _ = facts_from_returns(returns(*rows), "2024")
    as_of = datetime.date(2025, 3, 1)
    rate, recognition = entitlements(
        rules(), tables, "a", "2024", as_of=as_of, benefits=["hnte_reduced_rate", "hnte_recognition"]
    )
    assert rate.state == "entitled"
    met = {condition.code: condition.met for condition in recognition.conditions}
    # 2.1 + 0.1 + 0.8 × 0.4 = 2.52 million a year of 40 million in sales: 6.3 %, 5 % needed
    assert met["hn_cond_rd"] is True
    assert met["hn_cond_domestic"] is True
    assert met["hn_cond_staff"] is None
    assert "technical_staff" in {one.code for one in recognition.missing}


def test_what_the_returns_cannot_answer_is_said_by_instrument():
    _, missing = facts_from_returns(returns(row("a", 2024)), "2024")
    assert set(missing) == {benefit.instrument for benefit in rules().benefits.values()}
    staff = next(one for one in missing["hnte"] if one.field.item.code == "technical_staff")
    assert "qj09" in staff.why.zh
    assert "A107041" in staff.take_from.en
    income = next(one for one in missing["small-low-profit"] if one.field.item.code == "taxable_income")
    assert "qc234" in income.why.en
    nothing = next(one for one in missing["hnte"] if one.field.item.code == "hn_major_accident")
    assert nothing.why.en == "the returns have nothing like it"
    assert "国科发火〔2016〕32号" in nothing.take_from.zh


def test_carried_and_missing_are_all_inputs_and_nothing_is_both():
    carried = set(correspondence(rules(), inputs()))
    missing = {one.field.item.code for ones in not_carried(rules(), inputs()).values() for one in ones}
    assert carried & missing == set()
    assert carried | missing == {field.item.code for field in fields(rules()) if field.instruments} | carried
    # What the book of inputs says is about inputs of the incentives, carried or not.
    torch = load_book("torch-enterprise-2022")
    assert set(inputs().derived) - set(torch.derived) <= set(rules().items)


@pytest.mark.parametrize("code", list(correspondence(load_book("incentives-cn"), load_book(INPUTS))))
def test_every_correspondence_has_the_unit_and_the_type_of_the_input(code):
    item, entry = rules().items[code], inputs().derived[code]
    kinds = {"decimal": "number", "integer": "number", "flag": "boolean", "date": "date", "code": "text"}
    assert inputs().expressions.types[code].kind == kinds[item.type]
    assert entry.unit == item.unit
    assert entry.scale == item.decimals
    assert entry.confidence == "inferred"
    assert entry.source is not None


def test_returns_read_from_a_file(tmp_path: Path):
    path = tmp_path / "firms.csv"
    path.write_text(
        "firm,zone,period,qc05_0,qd01,qb11\n91310000000000001A,31103001,2024,40000.5,12,1\n", encoding="utf-8"
    )
    figures = read_returns([path], load_book("torch-enterprise-2022"))
    tables, _ = facts_from_returns(figures, "2024")
    (firm,) = tables["firm"].to_pylist()
    assert (firm["sales_revenue"], firm["ts_staff"], firm["hnte"]) == (Decimal("40000500.00"), 12, True)


@pytest.mark.parametrize("given", [{}, returns(row("a", 2023))])
def test_a_year_without_returns_is_refused(given):
    with pytest.raises(InputError) as error:
        facts_from_returns(given, "2024")
    (problem,) = error.value.problems
    assert "2024" in problem.message.en


def invoke(*arguments: str):
    return RUNNER.invoke(app, ["inputs", *arguments], catch_exceptions=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "returns"
    path.mkdir()
    (path / "firms.csv").write_text(
        "firm,zone,period,qc05_0,qd01\n91310000000000001A,z,2023,30000,9\n91310000000000001A,z,2024,40000.5,12\n",
        encoding="utf-8",
    )
    return path


def test_the_command_writes_the_inputs_and_says_what_is_missing(folder: Path, tmp_path: Path):
    out = tmp_path / "inputs.parquet"
    result = invoke(str(folder), "--year", "2024", "--zones", "any", "--out", str(out), "--lang", "en", "--detail")
    assert result.exit_code == 0
    rows = {row["period"]: row for row in pq.read_table(out).to_pylist()}
    assert rows["2024"]["sales_revenue"] == Decimal("40000500.00")
    assert rows["2024"]["staff_open"] == 9
    assert "2 rows (all years), " in result.output
    for instrument, ones in not_carried(rules(), inputs()).items():
        assert any(line.split()[:2] == [instrument, str(len(ones))] for line in result.output.splitlines())
    assert "firm.taxable_income taxable income: the return has accounting profit (qc234)" in result.output


def test_the_command_overwrites_nothing_and_writes_parquet_only(folder: Path, tmp_path: Path):
    out = tmp_path / "inputs.parquet"
    arguments = [str(folder), "--year", "2024", "--zones", "any", "--out"]
    with pytest.raises(InputError):
        invoke(*arguments, str(tmp_path / "inputs.csv"))
    out.write_bytes(b"mine")
    with pytest.raises(InputError):
        invoke(*arguments, str(out))
    assert out.read_bytes() == b"mine"
    assert invoke(*arguments, str(out), "--force").exit_code == 0
    assert pq.read_table(out).num_rows == 2


def test_the_command_refuses_a_year_that_nobody_reported(folder: Path, tmp_path: Path):
    out = tmp_path / "inputs.parquet"
    with pytest.raises(InputError, match="2030"):
        invoke(str(folder), "--year", "2030", "--zones", "any", "--out", str(out))
    assert not out.exists()

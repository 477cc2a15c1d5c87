"""Every check of the enterprise book lets a sound return pass and finds the mistake it is about.

One firm per check: the sound return with a change that the check must find. A check without such a case fails the
first test.
"""

from __future__ import annotations

import pytest

from books.returns_by_hand import Row, row, table
from gaoxin.engines.duckdb import run
from gaoxin.rulebook import Book, load_book

SOUND = row(
    """
    qb03_1=3911 qb18=3 qb15=0 qb04=2005-04-01 qb08=2006-01-01 qb09=1 qb11=yes qb13=GR202131000001 qb12=2021-12-01
    qb15_2= qb10= qc05_0=600000 qc55=550000 qc06=120000 qc06_1=20000 qc06_2=30000 qc06_3=40000 qc06_4=20000
    qc07=450000 qc09=300000 qc02=620000 qc52=150000 qc11=90000 qc38=60000 qc51=90000 qc13=40000 qc14=25000
    qc16=10000 qc17=15000 qc18=5000 qc20=9000 qc20_1=4000 qc20_2=3000 qc20_3=1000 qc24=900000 qc25=500000
    qc27_1=400000 qc29=250000 qc31=400000 qc237=300000 qc33=500000 qc120=70000 qc227=2000 qc230=1500 qc234=70500
    qc231=9000 qc12=61500 qc41=1200 qc226_1=no qc226=0 qd01=500 qd05=490 qd18=60 qd06=10 qd07=50 qd08=200 qd09=120
    qd03=5 qd25=2 qd27=40 qd28=150 qd31=100 qd14=30 qd14_0=10 qj09=80 qj67=5 qj09_1=70 qj09_2=75 qj09_3=4 qj20=30000
    qj23_1=12000 qj23_2=9000 qj23_3=1500 qj23_4=500 qj23_6=800 qj23_7=1200 qj33=4000 qj33_1=1000 qj33_2=1500
    qj33_4=1200 qj33_3=300 qj23_5=1000 qj250=3000 qj251=2500 qi01=2 qi07_0=60 qi07_1=8 qi07_2=30 qi14_1=20000
    qj55=40 qj56=25 qj56_1=24 qj74=30 qj57=10 qj57_1=9 qj83=150 qj83_1=6 qj73=45 qj73_1=3 qj71=200000 qj72=50000
    qj79=12 qj79_1=2 qj77=4 qj79_2=1 qj80_1=20 qj80_2=8 qj80_3=12 qj80=30000 qj80_4=10000 qj80_5=20000
    """
)

SLIPS = ("qc05_0", "qc02", "qc12", "qc13", "qc24", "qc51", "qc52", "qc41", "qj20", "qj23_1", "qj80")

CASES: dict[str, Row] = {
    "hnte_rd_below_standard": row("qj20=17999"),  # 3 % of 600,000 is 18,000
    "hnte_staff_below_standard": row("qj09=49"),
    "hnte_revenue_below_standard": row("qc06=59999"),  # with 300,000 of products: one thousand yuan short of 60 %
    "degrees_omitted": row("qd18=0 qd08=0"),
    "returnees_omitted": row("qd01=1001 qd03=0"),
    "energy_per_revenue": row("qc41=60001"),
    "energy_per_output": row("qc41=62001"),
    "payroll_omitted": row("qc51=9999"),
    "rd_staff_management": row("qj67=81"),
    "rd_staff_full_time": row("qj09_1=81"),
    "rd_staff_hired": row("qj09_3=81"),
    "rd_staff_units": row("qi07_0=81"),
    "unit_staff_degrees": row("qi07_1=31"),
    "rd_expense_sum": row("qj20=30000.001"),
    "rd_expense_units": row("qi14_1=30001"),
    "commissioned_sum": row("qj33_3=301"),
    "rd_staff_and_personnel_cost": row("qj23_1=0"),
    "rd_assets_instruments": row("qj251=3001"),
    "instruments_without_unit": row("qi01=0"),
    "applications_inventions": row("qj56=41"),
    "new_products_exports": row("qj72=200001"),
    "group_parent_required": row("qb09=2"),
    "hnte_certificate_required": row("qb13="),
    "hnte_date_required": row("qb12="),
    "qd01_covers_parts": row("qd09=241"),
    "qd18_covers_parts": row("qd06=11"),
    "qc06_covers_parts": row("qc06_4=30001"),
    "qc20_covers_parts": row("qc20_3=2001"),
    "qj80_1_covers_parts": row("qj80_3=13"),
    "qj80_covers_parts": row("qj80_5=20001"),
    "balance_sheet": row("qc33=500003"),
    "asset_parts": row("qc27_1=399997"),
    "total_profit": row("qc120=70003"),
    "net_profit": row("qc231=8997"),
    "qd01_jump": row("qd01=150000"),
    "revenue_per_head": row("qd01=5"),
    "payroll_per_head": row("qc51=2500001"),
    "rd_expense_per_head": row("qj09=1"),
    "revenue_without_staff": row("qd01=0 qd05=0"),
    "industry_code_valid": row("qb03_1=C3911"),
    "energy_not_reported": row("qc41="),
    "venture_capital_consistent": row("qc226_1=yes"),
    "hnte_certificate_current": row("qb12=2017-12-31"),
    **{f"{code}_not_in_future": {code: "2022-01-01"} for code in ("qb04", "qb08", "qb12", "qb15_2")},
    **{f"{code}_unit_slip": {code: f"{SOUND[code]}000"} for code in SLIPS},
}


def cases(book: Book) -> dict[str, Row]:
    """The case of every check; those of one pattern follow from their names."""
    found = dict(CASES)
    for code in book.checks:
        if code.endswith("_not_negative"):
            found[code] = {code.removesuffix("_not_negative"): "-1"}
        elif "_within_" in code:
            part, whole = code.split("_within_")
            found[code] = {part: str(int(SOUND[whole]) + 1)}
    return found


def findings(book: Book, firms: dict[str, Row], *checks: str) -> dict[str, dict[str, str]]:
    """Status by check (default: all) and firm in 2021; every firm reported the sound return in 2020."""
    keys = {"zone": "A"}
    last = {**SOUND, "qb12": "2020-12-01"}
    rows = [{**keys, "firm": firm, "period": "2020", **last} for firm in firms]
    rows += [{**keys, "firm": firm, "period": "2021", **SOUND, **changes} for firm, changes in firms.items()]
    plan = book.compile(targets=checks or list(book.checks), periods=["2021"])
    with run(plan, {"firm": table(book, "firm", rows)}) as outcome:
        found: dict[str, dict[str, str]] = {}
        for each in outcome.violations().to_pylist():
            found.setdefault(each["check"], {})[each["key"]] = each["status"]
    return found


@pytest.fixture(scope="module")
def book() -> Book:
    return load_book("torch-enterprise-2022")


@pytest.fixture(scope="module")
def found(book: Book) -> dict[str, dict[str, str]]:
    return findings(book, {"sound": {}, **cases(book)})


def test_every_check_has_its_case(book: Book) -> None:
    assert set(cases(book)) == set(book.checks)


def test_a_sound_return_fails_no_check(found: dict[str, dict[str, str]]) -> None:
    assert [check for check, firms in found.items() if firms.get("sound") == "fail"] == []


def test_every_mistake_is_found_by_its_check(book: Book, found: dict[str, dict[str, str]]) -> None:
    assert [check for check in book.checks if found.get(check, {}).get(check) != "fail"] == []


def test_unknown_figures_are_no_mistakes(book: Book) -> None:
    blank = dict.fromkeys(SOUND, "")
    statuses = {status for firms in findings(book, {"blank": blank}).values() for status in firms.values()}
    assert statuses == {"unknown"}


@pytest.mark.parametrize(
    ("changes", "passes"),
    [
        ("qc05_0=50000 qj20=2500", True),  # 5 % exactly, at the edge that still belongs to 5 %
        ("qc05_0=50000 qj20=2499.999", False),
        ("qc05_0=50000.001 qj20=2000.001", True),  # a yuan more of revenue and 4 % will do
        ("qc05_0=200000 qj20=8000", True),
        ("qc05_0=200000 qj20=7999.999", False),
        ("qc05_0=200000.001 qj20=6000.001", True),
        ("qc05_0=200000.001 qj20=6000", False),  # 3 % of 200,000.001 is 6,000.00003
    ],
)
def test_hnte_rd_ratio_at_its_edges(book: Book, changes: str, passes: bool) -> None:
    found = findings(book, {"edge": row(changes)}, "hnte_rd_below_standard")
    assert ("edge" not in found.get("hnte_rd_below_standard", {})) == passes


def test_a_firm_that_is_no_hnte_is_not_held_to_its_ratios(book: Book) -> None:
    ratios = [check for check in book.checks if check.startswith("hnte_")]
    assert findings(book, {"other": row("qb11=no qb12= qb13= qj20=0 qj09=0 qc06=0 qc09=0")}, *ratios) == {}


@pytest.mark.parametrize(("factor", "found_"), [("299", False), ("300", True), ("3000", True), ("3001", False)])
def test_a_slip_of_the_unit_is_between_300_and_3000_times(book: Book, factor: str, found_: bool) -> None:
    changes = {"qc52": str(int(SOUND["qc52"]) * int(factor))}
    assert ("qc52_unit_slip" in findings(book, {"slipped": changes}, "qc52_unit_slip")) == found_


def test_a_figure_a_thousandth_of_last_years_has_slipped_too(book: Book) -> None:
    found = findings(book, {"slipped": row("qc52=150")}, "qc52_unit_slip")
    assert found == {"qc52_unit_slip": {"slipped": "fail"}}


def test_a_first_return_cannot_have_slipped(book: Book) -> None:
    plan = book.compile(targets=["qc52_unit_slip"], periods=["2021"])
    first = {"zone": "A", "firm": "new", "period": "2021", **SOUND}
    with run(plan, {"firm": table(book, "firm", [first])}) as outcome:
        assert [each["status"] for each in outcome.violations().to_pylist()] == ["unknown"]

"""The zone's own figures: gaoxin's codes, marked as such, with checks that find what cannot be."""

from __future__ import annotations

import pytest

from books.returns_by_hand import Row, row, table
from gaoxin.engines.duckdb import run
from gaoxin.rulebook import Book, load_book
from gaoxin.rulebook.system import load_system

SCORES = "gx_climate_score=80 gx_policy_score=75 gx_ecology_score=0 gx_compliance_score=100 gx_statistics_score=61.5"
SOUND = row(
    f"""
    gx_rd_institutions=12 gx_startup_services=3 gx_new_firms=500 gx_tech_smes=120 gx_new_incubatees=40
    gx_co2_growth=-2.5 gx_green_ratio=100 gx_hospitals_schools=9 gx_wage_house_price=0.31 gx_fiscal_resources=4.2
    gx_gdp_share=0 gx_gazelles=0 gx_national_rd_firms=5 {SCORES}
    """
)


@pytest.fixture(scope="module")
def book() -> Book:
    return load_book("zone-return-2021")


def failures(book: Book, changes: Row) -> set[str]:
    rows = [{"zone": "A", "period": "2021", **SOUND, **changes}]
    with run(book.compile(targets=list(book.checks), periods=["2021"]), {"zone": table(book, "zone", rows)}) as outcome:
        return {each["check"] for each in outcome.violations().to_pylist() if each["status"] == "fail"}


def test_codes_are_its_own_and_said_to_be(book: Book) -> None:
    assert len(book.items) == 18
    assert all(code.startswith("gx_") for code in book.items)
    assert "自拟" in book.title.zh
    assert "gaoxin's own codes" in book.title.en
    assert [code for code, item in book.items.items() if item.confidence == "official"] == ["gx_rd_institutions"]


def test_a_sound_return_passes_at_the_ends_of_the_ranges(book: Book) -> None:
    assert failures(book, {}) == set()


@pytest.mark.parametrize(
    ("changes", "check"),
    [
        ("gx_green_ratio=100.0001", "gx_green_ratio_range"),
        ("gx_gdp_share=-0.0001", "gx_gdp_share_range"),
        ("gx_gazelles=-1", "gx_counts_not_negative"),
        ("gx_new_firms=-5", "gx_counts_not_negative"),
        ("gx_compliance_score=100.01", "gx_scores_range"),
        ("gx_ecology_score=-1", "gx_scores_range"),
    ],
)
def test_what_cannot_be_is_found(book: Book, changes: str, check: str) -> None:
    assert failures(book, row(changes)) == {check}


def test_the_example_city_divides_the_revenue_of_firms_by_its_own_item() -> None:
    system = load_system("example-city")
    assert system.book is not None
    figure = system.node("3.10").figure
    firms = [row(f"zone=A firm=f{i} period=2025 qc05_0=150000") for i in range(2)]
    zones = [row("zone=A period=2025 ec_developed_land=2500.5")]
    tables = {"firm": table(system.book, "firm", firms), "zone": table(system.book, "zone", zones)}
    with run(system.book.compile(targets=[figure], periods=["2025"]), tables) as outcome:
        (found,) = outcome.array("zone")[:, 0]
    assert found == pytest.approx(300000 / 10 / 2500.5, rel=1e-12)

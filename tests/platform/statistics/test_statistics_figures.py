"""Totals of approved figures: what is added, what is hidden, who sees which zones."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client
from world import World

from gaoxin.platform.access.reader import Reader
from gaoxin.platform.access.roles import Kind
from gaoxin.platform.organisations import actions as organisations
from gaoxin.platform.statistics import books, totals
from gaoxin.platform.statistics.actions import collecting, fixing
from gaoxin.platform.statistics.models import Collection, Version
from gaoxin.platform.statistics.queries import figures as queries
from gaoxin.platform.statistics.totals import ALL, GAPS, HIDDEN, NOT_ADDED, SECOND, Total
from gaoxin.rulebook.entries import Item

BOOK = "torch-enterprise-2022"
ITEMS = books.book(BOOK).items
Readers = Callable[[str], Reader]


def total(value: str | None, reporters: int = 5) -> Total:
    return Total(None if value is None else Decimal(value), reporters)


def item(code: str) -> Item:
    return ITEMS[code]


def test_a_flow_over_a_year_is_the_sum_a_stock_the_last_a_ratio_neither() -> None:
    flow, stock, ratio = item("qc05_0"), item("qc24"), item("qd05")
    cells = {("Z1", one.code, f"2025-Q{n}"): total(str(n)) for one in (flow, stock, ratio) for n in range(1, 5)}
    year = totals.by_year(cells, [flow, stock, ratio], {"2025": [f"2025-Q{n}" for n in range(1, 5)]})
    assert year["Z1", flow.code, "2025"].value == 10
    assert year["Z1", stock.code, "2025"].value == 4
    assert year["Z1", ratio.code, "2025"].why == NOT_ADDED


def test_a_year_with_a_period_missing_has_no_sum() -> None:
    cells = {("Z1", "qc05_0", "2025-Q1"): total("1")}
    year = totals.by_year(cells, [item("qc05_0")], {"2025": [f"2025-Q{n}" for n in range(1, 5)]})
    assert year["Z1", "qc05_0", "2025"].why == GAPS


def test_few_firms_are_hidden_and_a_second_cell_where_the_total_would_tell() -> None:
    cells = {(place, "x", "2025"): total(value, n) for place, value, n in
             (("A", "1", 1), ("B", "20", 4), ("C", "300", 9), (ALL, "321", 14))}  # fmt: skip
    shown = totals.suppressed(cells, set())
    assert {place: one.why for (place, _, _), one in shown.items()} == {"A": HIDDEN, "B": SECOND, "C": None, ALL: None}
    assert all(one.value is None for one in shown.values() if one.why)


def test_two_hidden_cells_keep_each_other_and_own_places_stay_open() -> None:
    cells = {(place, "x", "2025"): total(value, n) for place, value, n in
             (("A", "1", 1), ("B", "20", 2), ("C", "300", 9), (ALL, "321", 12))}  # fmt: skip
    assert [p for (p, _, _), one in totals.suppressed(cells, set()).items() if one.why] == ["A", "B"]
    assert [p for (p, _, _), one in totals.suppressed(cells, {"A", "B"}).items() if one.why] == []


def test_a_total_over_two_firms_is_hidden_too() -> None:
    cells = {("A", "x", "2025"): total("1", 1), (ALL, "x", "2025"): total("3", 2)}
    assert all(one.value is None for one in totals.suppressed(cells, set()).values())


@pytest.fixture
def fixed(world: World, reader: Readers, collect: Callable[..., Collection], approved: Callable[..., Version]) -> None:
    """Four firms in the first zone with 1, 2, 3, 4; one in the second with 100."""
    by = Reader.command("tests")
    for n in range(1, 4):
        organisations.add(by, world.organisation("P1"), kind=Kind.FIRM, code=f"F1{n}", name=f"企业{n}", synthetic=True)
    held = collect()
    collecting.ask_newcomers(by, held)
    for n, code in enumerate(("F1", "F11", "F12", "F13"), start=1):
        approved(held, code, {"qc05_0": f"{n}.5", "qd01": str(n)})
    approved(held, "F2", {"qc05_0": "100"})
    fixing.fix(reader("city_analyst"), world.organisation("CITY"), "2025")


def ask(reader: Reader, by: str = "zone", *codes: str) -> dict[tuple[str, str], Total]:
    asked = queries.Asked(BOOK, "firm", tuple(item(c) for c in codes or ("qc05_0",)), "2025", "2025", by)
    table = queries.table(reader, asked)
    return {(place, i.code): table.cell(place, i.code, "2025") for place, _ in table.places for i in asked.items}


def test_the_city_sees_every_zone_and_the_exact_total(fixed: None, reader: Readers) -> None:
    seen = ask(reader("city_analyst"), "zone", "qc05_0", "qd01")
    assert {key: one.value for key, one in seen.items()} == {
        ("Z1", "qc05_0"): Decimal(12), ("Z2", "qc05_0"): Decimal(100), (ALL, "qc05_0"): Decimal(112),
        ("Z1", "qd01"): Decimal(10), ("Z2", "qd01"): None, (ALL, "qd01"): Decimal(10),
    }  # fmt: skip
    assert seen["Z1", "qc05_0"].reporters == 4


def test_who_lacks_the_right_sees_neither_the_lone_firm_nor_what_would_tell_it(fixed: None, reader: Readers) -> None:
    for by in ("zone", "district"):
        seen = ask(reader("bureau"), by)
        hidden = {place for (place, _), one in seen.items() if one.value is None}
        assert len(hidden) == 2
        assert ALL not in hidden


def test_a_zone_sees_its_own_zone_only(fixed: None, reader: Readers) -> None:
    assert {place for place, _ in ask(reader("zone_reporter"))} == {"Z1"}
    assert ask(reader("zone_reporter"))["Z1", "qc05_0"].value == Decimal(12)
    assert {place for place, _ in ask(reader("district"))} == {"Z1"}


def test_a_park_sees_the_total_over_its_own_firms(fixed: None, world: World, reader: Readers) -> None:
    by = Reader.command("tests")
    zone = world.organisation("Z1")
    other = organisations.add(by, zone, kind=Kind.PARK, code="P9", name="另一分园", synthetic=True)
    assert ask(reader("park_operator"))["Z1", "qc05_0"].value == Decimal(12)
    park = Reader(None, reader("park_operator").origin, operator=True, within=other.path)
    assert ask(park) == {}


def test_the_page_the_chart_and_the_file_show_the_same(
    fixed: None, world: World, signed_in: Callable[[str], Client]
) -> None:
    browser = signed_in("city_analyst")
    page = browser.get("/statistics/figures/?item=qc05_0&item=qd01").content.decode()
    assert ">112<" in page
    assert "合成数据" in page
    file = browser.get("/statistics/figures/?item=qc05_0&format=csv").content.decode("utf-8-sig")
    assert "第一园区,12\r" in file
    hidden = signed_in("bureau").get("/statistics/figures/?item=qc05_0").content.decode()
    assert ">100<" not in hidden
    assert "不予公布" in hidden


def test_who_sees_no_figures_is_refused(fixed: None, signed_in: Callable[[str], Client]) -> None:
    assert signed_in("firm").get("/statistics/figures/").status_code == 403

"""Totals of approved figures: what is added, what is hidden, who sees which zones."""

from __future__ import annotations

import random
from collections.abc import Callable
from decimal import Decimal

import numpy as np
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
from gaoxin.words import Text

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


DISTRICTS = {"A": "D1", "B": "D1", "C": "D1", "E": "D2", "F": "D2", "G": "D3"}


def hidden(**reporters: int) -> dict[str, Text]:
    """What is withheld of zones with so many reporters, and of their districts."""
    cells = {(zone, "x", "2025"): total("1", count) for zone, count in reporters.items()}
    return {place: why for (place, _, _), why in totals.withheld(cells, DISTRICTS).items()}


def test_few_firms_are_hidden_and_a_second_zone_of_the_district_whose_total_would_tell() -> None:
    assert hidden(A=1, B=8, C=9, E=4, F=4) == {"A": HIDDEN, "B": SECOND}


def test_two_hidden_zones_of_a_district_keep_each_other() -> None:
    assert hidden(A=1, B=2, C=9, E=4) == {"A": HIDDEN, "B": HIDDEN}


def test_a_district_of_few_takes_another_with_it_and_that_one_a_zone() -> None:
    # D2 is worked out from the city unless D3 is hidden, too; and D3 from its only zone.
    assert hidden(A=9, B=9, E=2, G=5) == {"E": HIDDEN, "D2": HIDDEN, "G": SECOND, "D3": SECOND}


def test_nothing_is_hidden_where_there_are_enough() -> None:
    assert hidden(A=3, B=3, E=3, G=3) == {}


def test_no_table_gives_away_what_another_hides() -> None:
    """Whatever the counts: from all sums that are shown, no sum over few can be worked out."""
    zones = list(DISTRICTS)
    for seed in range(200):
        draw = random.Random(seed)  # noqa: S311  no secret
        counts = {zone: draw.choice([0, 1, 2, 3, 5, 9]) for zone in zones}
        reporters = {zone: count for zone, count in counts.items() if count}
        marks = hidden(**reporters)
        groups: dict[str, list[str]] = {}
        for zone in reporters:
            groups.setdefault(DISTRICTS[zone], []).append(zone)
        # One equation for each sum shown: of zones, of districts, of the city. What they leave open must stay open.
        unknown = sorted(zone for zone in reporters if zone in marks)
        rows = [[zone in members for zone in unknown] for place, members in groups.items() if place not in marks]
        if sum(reporters.values()) >= totals.FEWEST:
            rows.append([True] * len(unknown))
        system = np.array(rows, dtype=float).reshape(len(rows), len(unknown))
        for at, zone in enumerate(unknown):
            if reporters[zone] < totals.FEWEST:
                told = np.vstack([system, np.eye(len(unknown))[at]])
                assert np.linalg.matrix_rank(told) > np.linalg.matrix_rank(system), (seed, reporters, zone)


def test_own_places_stay_open_and_a_total_over_two_firms_is_hidden() -> None:
    cells = {("A", "x", "2025"): total("1", 1), (ALL, "x", "2025"): total("3", 2)}
    shown = totals.suppressed(cells, {}, {"A"})
    assert shown["A", "x", "2025"].value == 1
    assert shown[ALL, "x", "2025"].why == HIDDEN


def test_the_total_of_a_part_is_hidden_as_that_part_is() -> None:
    cells = {(ALL, "x", "2025"): total("9", 9)}
    marks = {("B", "x", "2025"): SECOND}
    assert totals.suppressed(cells, marks, set(), "B")[ALL, "x", "2025"].why == SECOND
    assert totals.suppressed(cells, marks, set())[ALL, "x", "2025"].value == 9


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


def test_looking_at_one_zone_tells_no_more_than_the_table_of_all(
    fixed: None, world: World, reader: Readers, signed_in: Callable[[str], Client]
) -> None:
    for place in ("D1", "Z1", "P1"):
        narrowed = reader("bureau").at(world.organisation(place))
        for by in ("zone", "city"):
            assert all(one.value is None for one in ask(narrowed, by).values()), place
    page = signed_in("bureau").get("/zones/Z1/").content.decode()
    assert "panel-figures" in page
    assert ">12<" not in page


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

"""Indicators of an evaluation system over approved figures, the turned table, and what is behind one figure."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client, override_settings
from evaluated import home
from reported import make_reported

from gaoxin.engines.errors import EngineError
from gaoxin.platform.access.reader import Reader
from gaoxin.platform.statistics import indicators
from gaoxin.platform.statistics.queries import figures as queries
from gaoxin.platform.statistics.totals import ALL, HIDDEN, Total
from gaoxin.runs import store
from gaoxin.words import Text

Readers = Callable[[str], Reader]
SYSTEM, KIND = "national-2021", "national-2021/indicators"
SHARE = "i_1_2"
"""Full-time equivalents of R&D personnel among those employed, in percent: two sums over firms."""


@pytest.fixture(scope="module")
def three_years(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """Three years of approved returns, made once for all tests of this module and taken back after them."""
    media = tmp_path_factory.mktemp("site") / "media"
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=media), transaction.atomic():
        make_reported()
        yield media
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def media(three_years: Path, settings: Any) -> Path:
    """The files of these snapshots, in place of a folder for each test."""
    settings.MEDIA_ROOT = three_years
    return three_years


def table(reader: Reader, *codes: str, by: str = "zone", first: str = "2025") -> queries.Figures:
    known = {one.code: one for one in queries.numeric_items(SYSTEM, queries.INDICATORS)}
    asked = queries.Asked(SYSTEM, queries.INDICATORS, tuple(known[code] for code in codes), first, "2025", by)
    return queries.table(reader, asked)


def test_an_indicator_of_a_zone_is_what_the_evaluation_computed(three_years: Path, reader: Readers) -> None:
    result = store.read(home() / "2025")
    column = next(at for at, node in enumerate(result.nodes) if node.code == "1.2")
    found = table(reader("city_analyst"), SHARE)
    for row, unit in enumerate(result.units):
        value = found.cell(unit.code, SHARE, "2025").value
        assert value is not None
        assert float(value) == pytest.approx(result.raw[row, column], abs=1e-7)


def test_an_indicator_of_a_larger_place_is_computed_from_all_its_firms(three_years: Path, reader: Readers) -> None:
    leader = reader("city_leader")
    zones, city = table(leader, SHARE, "z_qd01", "z_sumqh40_rd"), table(leader, SHARE, by="city")
    people = sum(zones.cell(code, "z_qd01", "2025").value or 0 for code, _ in zones.places if code != ALL)
    years = sum(zones.cell(code, "z_sumqh40_rd", "2025").value or 0 for code, _ in zones.places if code != ALL)
    assert zones.cell(ALL, "z_qd01", "2025").value == people
    share = city.cell(ALL, SHARE, "2025").value
    assert share is not None
    assert share == zones.cell(ALL, SHARE, "2025").value
    assert share == pytest.approx(100 * years / people, abs=Decimal("0.0000001"))
    districts = {code for code, _ in table(leader, SHARE, by="district").places}
    assert districts == {"D1", "D2", ALL}


def test_a_district_sees_its_own_zones_and_their_total_only(three_years: Path, reader: Readers) -> None:
    found = table(reader("district"), SHARE)
    codes = {code for code, _ in found.places}
    assert "Z1" in codes
    assert "Z2" not in codes
    whole = table(reader("city_leader"), SHARE).cell(ALL, SHARE, "2025")
    assert found.cell(ALL, SHARE, "2025") != whole


def test_indicators_over_few_firms_are_hidden(
    three_years: Path, reader: Readers, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = {("Z1", SHARE, "2025"): Total(Decimal(3), 2), ("Z2", SHARE, "2025"): Total(Decimal(5), 9)}
    monkeypatch.setattr(indicators, "cells", lambda *_: few)
    assert table(reader("city_leader"), SHARE).cell("Z1", SHARE, "2025").why == HIDDEN
    assert table(reader("city_analyst"), SHARE).cell("Z1", SHARE, "2025").value == 3


def test_what_was_computed_is_kept_and_read_again(
    three_years: Path, reader: Readers, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = table(reader("city_leader"), "i_1_3").cells
    assert list((Path(settings.MEDIA_ROOT).parent / "cache" / "indicators").glob("*.json"))
    monkeypatch.setattr(indicators, "_computed", None)
    assert table(reader("city_leader"), "i_1_3").cells == first


def test_the_table_turns_and_the_file_turns_with_it(three_years: Path, signed_in: Callable[[str], Client]) -> None:
    browser = signed_in("city_analyst")
    asked = "kind=torch-enterprise-2022/firm&item=qc05_0&item=qd01&first=2023&last=2025&format=xlsx"

    def sheet(rows: str) -> list[list[Any]]:
        answer = browser.get(f"/statistics/figures/?{asked}&rows={rows}")
        book = openpyxl.load_workbook(io.BytesIO(answer.content)).active
        assert book is not None
        return [list(row) for row in book.iter_rows(min_row=2, values_only=True)]

    places, periods, items = sheet("place"), sheet("period"), sheet("item")
    zone = next(row for row in places if row[0] == "第一园区")
    at = places[0].index("营业收入 · 2025（千元）")
    assert [row[0] for row in periods[1:]] == ["2023", "2024", "2025"]
    assert periods[-1][periods[0].index("营业收入 · 第一园区（千元）")] == zone[at]
    revenue = next(row for row in items if row[0] == "营业收入（千元）")
    assert revenue[items[0].index("2025 · 第一园区")] == zone[at]
    session = browser.session
    session["money"] = "wan"
    session.save()
    converted = next(row for row in sheet("place") if row[0] == "第一园区")
    assert converted[at] == pytest.approx(zone[at] / 10)


def test_a_figure_leads_to_the_signed_returns_of_who_may_see_them(
    three_years: Path, signed_in: Callable[[str], Client]
) -> None:
    address = "/statistics/figures/of/Z1/2025/?kind=torch-enterprise-2022/firm&item=qc05_0"
    page = signed_in("city_leader").get(address).content.decode()
    assert page.count('href="/statistics/returns/firms-2025/of/') == 13
    assert "13 份批准报表之和" in page
    assert "甲" in page
    bureau = signed_in("bureau").get(address).content.decode()
    assert "/statistics/returns/" not in bureau.split("<main")[1]
    assert "13 份批准报表之和" in bureau
    assert signed_in("zone_reporter").get(address.replace("/Z1/", "/Z2/")).status_code == 404
    assert signed_in("city_leader").get(address.replace("2025", "1999", 1)).status_code == 404


def test_an_indicator_is_explained_with_firms_only_to_who_may_see_their_returns(
    three_years: Path, signed_in: Callable[[str], Client]
) -> None:
    address = f"/statistics/figures/of/Z1/2025/?kind={KIND}&item={SHARE}"
    page = signed_in("zone_reporter").get(address).content.decode()
    assert "代入：convert(26.333334" in page
    assert "91990000000000" in page
    bureau = signed_in("bureau").get(address).content.decode()
    assert "z_sumqh40_rd" in bureau
    assert "91990000000000" not in bureau
    whole = signed_in("city_leader").get(address.replace("/Z1/", "/all/")).content.decode()
    assert "SUM(qd01)" in whole


def test_the_page_of_figures_draws_what_it_shows_and_nothing_else(
    three_years: Path, signed_in: Callable[[str], Client]
) -> None:
    address = f"/statistics/figures/?kind={KIND}&item={SHARE}&first=2023&last=2025"
    page = signed_in("district").get(address).content.decode()
    assert 'id="drawing-figures"' in page
    assert "第一园区" in page
    assert "第二园区" not in page


def test_what_cannot_be_computed_is_said_on_the_page(
    three_years: Path, signed_in: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise EngineError(Text("数据有矛盾", "the figures contradict"), Text("请先更正", "correct them first"))

    monkeypatch.setattr(indicators, "_computed", refused)
    answer = signed_in("city_leader").get(f"/statistics/figures/?kind={KIND}&item=i_4_1&last=2025")
    assert answer.status_code == 422
    assert "数据有矛盾 请先更正" in answer.content.decode()
    assert signed_in("city_leader").get(f"/statistics/figures/of/Z1/2025/?kind={KIND}&item=i_4_1").status_code == 404

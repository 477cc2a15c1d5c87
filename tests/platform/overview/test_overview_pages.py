"""The overview, and the pages of a zone and a firm: everything of them in one place, for who may see it."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from world import World

from gaoxin.platform.access.reader import Reader
from gaoxin.platform.adjustments.models import Case
from gaoxin.platform.overview import maps
from gaoxin.platform.statistics.models import Collection, Return, State
from gaoxin.platform.zones import actions as zones
from gaoxin.platform.zones.maps import laid_flat, thinned
from gaoxin.platform.zones.models import Level

SignIn = Callable[[str], Client]


def drawing(page: str, name: str) -> list[dict[str, Any]]:
    """The rows that a chart of the page is drawn from."""
    found = re.search(rf'<script id="drawing-{name}" type="application/json">(.*?)</script>', page, re.DOTALL)
    assert found, f"no chart {name}"
    rows: list[dict[str, Any]] = json.loads(found[1])["plot"]["datasets"]["rows"]
    return rows


def body(answer: Any) -> str:
    assert answer.status_code == 200
    text: str = answer.content.decode()
    return text.split("<main")[1]


def test_the_leader_sees_figures_reporting_ranking_warnings_and_map(full: Path, signed_in: SignIn) -> None:
    page = body(signed_in("city_leader").get("/overview/"))
    assert (
        'href="/statistics/figures/of/all/2025/?kind=torch-enterprise-2022%2Ffirm&amp;item=qc05_0&amp;by=city"' in page
    )
    assert 'href="/statistics/returns/firms-2025/"' in page
    assert len(drawing(page, "ranking")) == 4
    assert all(row["low"] <= row["rank"] <= row["high"] for row in drawing(page, "ranking"))
    assert {row["name"] for row in drawing(page, "map")} == {"第一区", "第二区"}
    assert {row["period"] for row in drawing(page, "growth")} == {"2023", "2024", "2025"}
    assert "责令整改" in page
    assert "合成数据" in page


def test_a_district_sees_its_own_part_and_nothing_of_others(full: Path, signed_in: SignIn) -> None:
    whole, page = (body(signed_in(name).get("/overview/")) for name in ("city_leader", "district"))
    revenue = re.compile(r'of/all/2025/[^"]*item=qc05_0[^"]*">([\d,.]+)<')
    total, own = (int(revenue.findall(text)[0].replace(",", "")) for text in (whole, page))
    assert 0 < own < total
    assert "/zones/Z1/" in page
    assert "/zones/Z2/" not in page
    assert len(drawing(page, "ranking")) < len(drawing(whole, "ranking"))
    assert "第二园区" not in page
    narrowed = body(signed_in("city_leader").get("/overview/?place=D1"))
    assert int(revenue.findall(narrowed)[0].replace(",", "")) == own


def test_the_bureau_gets_no_sums_over_few_firms_from_the_map(
    full: Path, world: World, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gaoxin.platform.statistics.totals.FEWEST", 30)
    page = body(signed_in("bureau").get("/overview/?place=D1"))
    assert [row["value"] for row in drawing(page, "map")] == [None, None]


def test_period_and_unit_of_money_are_those_that_were_chosen(full: Path, signed_in: SignIn) -> None:
    client = signed_in("city_leader")
    reported = drawing(body(client.get("/overview/?period=2024")), "map")
    client.post("/choose/", {"period": "2024", "money": "wan", "next": "/overview/"})
    page = body(client.get("/overview/"))
    assert "of/all/2024/" in page
    assert "of/all/2025/" not in page
    assert [row["value"] for row in drawing(page, "map")] == pytest.approx([row["value"] / 10 for row in reported])
    assert "万元" in page


def test_another_item_is_drawn_when_it_is_chosen(full: Path, signed_in: SignIn) -> None:
    page = body(signed_in("city_leader").get("/overview/?item=qd01"))
    assert {row["item"] for row in drawing(page, "growth") if row["chosen"]} == {"从业人员期末人数"}
    assert "item=qd01&amp;by=district" in page


def test_late_returns_and_deadlines_are_named_what_is_late_first(full: Path, world: World, signed_in: SignIn) -> None:
    today = timezone.localdate()

    def collect(code: str, due: datetime.date) -> Collection:
        held = Collection.objects.create(
            organisation=world.organisation("CITY"), code=code, name=code, book="torch-enterprise-2022",
            book_version="1", entity="firm", period="2026", opens=today - datetime.timedelta(days=20), due=due,
        )  # fmt: skip
        for n in (1, 2):
            whose, zone = world.organisation(f"F{n}"), world.organisation(f"Z{n}")
            Return.objects.create(collection=held, organisation=whose, zone=zone, due=due)
        return held

    late = collect("late-2026", today - datetime.timedelta(days=2))
    collect("soon-2026", today + datetime.timedelta(days=2))
    Case.objects.update(due=today + datetime.timedelta(days=3))
    page = body(signed_in("city_leader").get("/overview/"))
    warned = page.split('id="figures"')[0]
    assert "2 份逾期未报" in warned
    assert warned.index("late-2026") < warned.index("责令整改")
    assert "soon-2026" not in warned
    rows = [row for row in drawing(page, "reporting") if row["collection"] == "late-2026"]
    assert {row["state"]: row["count"] for row in rows}["逾期未报"] == 2
    Return.objects.filter(collection=late).update(state=State.APPROVED)
    assert "份逾期未报" not in body(signed_in("city_leader").get("/overview/"))


def test_uploaded_boundaries_take_the_place_of_the_tiles(full: Path, world: World, signed_in: SignIn) -> None:
    by = Reader.command("tests")
    square = [[121.0, 31.0], [121.1, 31.0], [121.1, 31.1], [121.0, 31.1], [121.0, 31.0]]
    zone = zones.keep(by, world.organisation("Z1"), level=Level.NATIONAL, reason="x")
    zones.set_boundary(by, zone, boundary={"type": "Polygon", "coordinates": [square]}, reason="x")
    page = body(signed_in("city_leader").get("/overview/"))
    assert [row["name"] for row in drawing(page, "map")] == ["第一园区"]
    assert 'href="/zones/Z2/"' in page, "zones without a boundary are in the table"
    assert "边界由本市上传" in page


def test_boundaries_are_thinned_closed_and_on_one_scale() -> None:
    many = [[121 + n / 5000, 31.0] for n in range(5000)]
    flat = laid_flat({"A": thinned({"type": "Polygon", "coordinates": [[*many, [121.5, 31.5], many[0]]]})})
    (ring,) = flat["A"]["coordinates"][0]
    assert len(ring) <= 242
    assert ring[0] == ring[-1]
    assert laid_flat({}) == {}


def test_tiles_lie_where_the_city_says(tmp_path: Path, settings: Any) -> None:
    settings.DATA = tmp_path
    places = [("D1", "第一区"), ("D2", "第二区")]
    assert maps.positions(places) == {"D1": (0, 0), "D2": (1, 0)}
    (tmp_path / "tiles.csv").write_text("code,column,row\nD1,3,1\nD2,3,2\n", encoding="utf-8")
    assert maps.positions(places) == {"D1": (3, 1), "D2": (3, 2)}
    (tmp_path / "tiles.csv").write_text("code,column,row\nD1,3,1\nD2,3,1\n", encoding="utf-8")
    assert maps.positions(places) == {"D1": (0, 0), "D2": (1, 0)}, "two on one place are not taken"


def test_the_page_of_a_zone_has_everything_for_who_may_see_it(full: Path, signed_in: SignIn) -> None:
    page = body(signed_in("zone_reviewer").get("/zones/Z1/"))
    for heading in ("主要指标", "报表", "评价", "历年情况"):
        assert f">{heading}</h2>" in page
    assert "/statistics/returns/zones-2025/of/Z1/" in page
    assert re.search(r"/evaluations/\d+/zones/Z1/", page)
    assert re.search(r'href="/adjustments/\d+/"', page)
    assert {row["period"] for row in drawing(page, "trend")} == {"2023", "2024", "2025"}
    public = body(signed_in("public").get("/zones/Z1/"))
    assert "panel-" not in public
    expert = body(signed_in("expert").get("/zones/Z1/"))
    assert "panel-figures" in expert
    assert "panel-returns" not in expert


def test_the_page_of_a_firm_has_its_figures_each_with_its_return(full: Path, world: World, signed_in: SignIn) -> None:
    firm = Return.objects.filter(collection__code="firms-2025", zone__code="Z1").first()
    assert firm is not None
    code = firm.organisation.code
    page = body(signed_in("zone_reporter").get(f"/enterprises/{code}/"))
    assert page.count(f'href="/statistics/returns/firms-2025/of/{code}/"') > 3
    assert drawing(page, "trend")
    assert "panel-figures" not in body(signed_in("bureau").get(f"/enterprises/{code}/"))


def test_full_pages_are_english_in_english(full: Path, signed_in: SignIn) -> None:
    client = signed_in("city_leader")
    client.cookies["django_language"] = "en"
    firm = Return.objects.filter(collection__code="firms-2025", zone__code="Z1")[0].organisation.code
    for path in (
        "/overview/", "/zones/Z1/", f"/enterprises/{firm}/",
        "/statistics/figures/?kind=torch-enterprise-2022/firm&item=qc05_0&item=qd01&first=2023&last=2025&rows=item",
        "/statistics/figures/of/Z1/2025/?kind=torch-enterprise-2022/firm&item=qc05_0",
    ):  # fmt: skip
        page = body(client.get(path))
        left = re.sub(r"<script.*?</script>|<(\w+)[^>]*lang=\"zh-Hans\"[^>]*>.*?</\1>", "", page, flags=re.DOTALL)
        found = [line.strip() for line in left.splitlines() if re.search("[一-鿿]", line)]
        assert not found, (path, found[:3])

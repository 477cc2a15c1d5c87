"""The choices of the top bar: where one acts, the period, the unit of money."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client
from world import World

from gaoxin.platform.access.reader import Reader
from gaoxin.platform.access.roles import Role
from gaoxin.platform.accounts import actions as accounts
from gaoxin.platform.frame.choices import Money

Readers = Callable[[str], Reader]


@pytest.fixture
def doubled(world: World, signed_in: Callable[[str], Client]) -> Client:
    """The reviewer of the first zone, who is the second district's man, too."""
    user = world.user(Role.REVIEWER)
    accounts.grant(Reader.command("tests"), user, Role.DISTRICT, world.organisation("D2"), reason="兼任")
    return signed_in("zone_reviewer")


def test_somebody_with_two_places_acts_at_one_of_them(doubled: Client, world: World) -> None:
    def seen() -> tuple[bool, bool]:
        page = doubled.get("/zones/").content.decode()
        return "/zones/Z1/" in page, "/zones/Z2/" in page

    assert seen() == (True, True)
    zone, district = world.organisation("Z1"), world.organisation("D2")
    answer = doubled.post("/choose/", {"place": zone.pk, "next": "/zones/?kind=zone"})
    assert answer["Location"] == "/zones/?kind=zone"
    assert seen() == (True, False)
    doubled.post("/choose/", {"place": district.pk, "next": "/"})
    assert seen() == (False, True)
    assert doubled.get("/zones/Z1/keep/").status_code == 403, "the roles of the other place are not with them"
    doubled.post("/choose/", {"place": "", "next": "/"})
    assert seen() == (True, True)


def test_nobody_gets_into_a_place_by_choosing_it(signed_in: Callable[[str], Client], world: World) -> None:
    client = signed_in("zone_reviewer")
    client.post("/choose/", {"place": world.organisation("CITY").pk, "next": "/"})
    page = client.get("/zones/").content.decode()
    assert "/zones/Z1/" in page
    assert "/zones/Z2/" not in page
    assert "全部机构" not in page, "who has one place has nothing to choose"


@pytest.mark.parametrize("wrong", ["https://elsewhere.example/", "//elsewhere.example/x", "javascript:alert(1)", ""])
def test_a_choice_leads_nowhere_else(signed_in: Callable[[str], Client], wrong: str) -> None:
    assert signed_in("city_analyst").post("/choose/", {"money": "wan", "next": wrong})["Location"] == "/"


def test_a_choice_takes_the_place_of_what_the_address_said(signed_in: Callable[[str], Client]) -> None:
    client = signed_in("city_analyst")
    answer = client.post("/choose/", {"period": "2025", "next": "/statistics/figures/?period=2024&item=a&item=b"})
    assert answer["Location"] == "/statistics/figures/?item=a&item=b"
    assert client.session["period"] == "2025"
    client.post("/choose/", {"period": "2025'--", "money": "美元", "place": "1 OR 1", "next": "/"})
    assert (client.session["period"], "money" in client.session) == ("2025", False)


def test_amounts_are_converted_exactly_and_nothing_else_is() -> None:
    assert Money("亿元").amount(Decimal("123456.78"), "千元") == Decimal("1.2345678")
    assert Money("元").amount(Decimal("0.01"), "千元") == Decimal(10)
    assert Money("万元").amount(Decimal("5"), "千元/人") == Decimal("5")
    assert Money("").amount(Decimal("5"), "千元") == Decimal("5")
    assert (Money("万元").shown_unit("千元"), Money("万元").shown_unit("人"), Money("万元").shown_unit("1")) == (
        "万元", "人", "",
    )  # fmt: skip

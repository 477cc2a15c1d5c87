"""The overview of a city in which nothing was reported yet."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client
from world import World


def test_an_empty_city_says_what_will_be_there(world: World, signed_in: Callable[[str], Client]) -> None:
    page = signed_in("city_leader").get("/overview/").content.decode()
    for said in ("还没有固定的数据", "没有采集", "还没有发布的评价", "没有逾期"):
        assert said in page
    assert "data-chart" not in page

"""The pages of evaluations and dynamic adjustment that people look at, in a real browser.

The way from a new evaluation to the decision is part of `demonstration/test_demonstration_year.py`.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from browsing import DESKTOP, PHONE, Visit
from evaluated import case, evaluation
from playwright.sync_api import Page
from world import World

from chromium import IN_BROWSER
from gaoxin.platform.adjustments.models import State

pytestmark = IN_BROWSER
Open = Callable[..., Visit]


def drawn(page: Page) -> None:
    page.wait_for_selector("html[data-drawn]")


@pytest.mark.parametrize(
    ("size", "language", "name"), [(DESKTOP, "zh-hans", "desktop-zh"), (PHONE, "en", "phone-en")], ids=str
)
def test_pages_can_be_used_by_everybody(
    visit: Open, city: World, size: tuple[int, int], language: str, name: str
) -> None:
    run, former = evaluation(), evaluation("2024")
    made = case("Z1", "rectify", State.STATED)
    node = f"/evaluations/{run.pk}/zones/Z1/1.2/"
    for path, username, picture, charts in (
        (f"/evaluations/{run.pk}/", "city_leader", "evaluation", True),
        (f"/evaluations/{run.pk}/", "zone_reviewer", "evaluation-of-a-zone", False),
        (f"/evaluations/{run.pk}/zones/Z1/", "city_leader", "evaluation-zone", True),
        (node, "zone_reviewer", "evaluation-derivation", False),
        (f"/evaluations/{run.pk}/compare/{former.pk}/", "city_leader", "evaluation-compare", False),
        (f"/adjustments/{made.pk}/", "city_leader", "case", False),
        (f"/adjustments/proposals/{made.proposing_id}/", "city_leader", "proposals", False),
        ("/adjustments/zones/Z1/", "zone_reviewer", "zone-over-the-years", False),
        ("/adjustments/events/", "city_analyst", "events", False),
    ):
        seen = visit(path, username, size=size, language=language)
        if charts:
            drawn(seen.page)
        seen.check()
        seen.picture(f"{picture}-{name}")
        seen.page.context.close()

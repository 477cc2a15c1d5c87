"""The pages people look at in a real browser: in both languages, on a desk and on a phone, by keyboard, on paper."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from browsing import DESKTOP, PHONE, Visit
from evaluated import case, evaluation
from playwright.sync_api import expect
from reported import make_reported
from world import World

from chromium import IN_BROWSER
from gaoxin.platform.access.reader import Reader
from gaoxin.platform.access.roles import Role
from gaoxin.platform.accounts import actions as accounts
from gaoxin.platform.adjustments.models import State
from gaoxin.platform.statistics.models import Return

pytestmark = IN_BROWSER
INDICATOR = "/statistics/figures/?kind=national-2021/indicators&item=i_1_2&first=2023&last=2025"


def test_the_pages_people_look_at(visit: Callable[..., Visit], city: World, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    make_reported()
    evaluation("2024")
    evaluation("2025")
    case("Z1", "rectify", State.STATED)
    firm = Return.objects.filter(zone__code="Z1", collection__code="firms-2025")[0].organisation.code
    for path, username, picture in (
        ("/overview/", "city_leader", "overview"),
        ("/zones/Z1/", "zone_reviewer", "zone-in-one-place"),
        (f"/enterprises/{firm}/", "zone_reporter", "firm-in-one-place"),
        (INDICATOR, "city_analyst", "figures-indicator"),
    ):
        for size, language, name in ((DESKTOP, "zh-hans", "desktop-zh"), (PHONE, "en", "phone-en")):
            seen = visit(path, username, size=size, language=language)
            seen.page.wait_for_selector("html[data-drawn]")
            assert seen.page.locator("figure.chart svg").count() == seen.page.locator("figure.chart").count()
            seen.check()
            seen.picture(f"{picture}-{name}")
            seen.page.context.close()
    _from_the_overview_to_a_signature(visit)
    _choosing_by_keyboard(visit, city)


def _from_the_overview_to_a_signature(visit: Callable[..., Visit]) -> None:
    seen = visit("/overview/", "city_leader")
    page = seen.page
    page.locator(".cards .big a").first.click()
    page.get_by_role("link", name="示例企业").first.click()
    expect(page.get_by_text("签署").first).to_be_visible()
    seen.check()
    page.goto(f"{seen.base}/overview/")
    page.emulate_media(media="print")
    expect(page.locator(".areas")).to_be_hidden()
    expect(page.locator("figure.chart svg").first).to_be_visible()


def _choosing_by_keyboard(visit: Callable[..., Visit], city: World) -> None:
    by = Reader.command("tests")
    accounts.grant(by, city.user(Role.REVIEWER), Role.DISTRICT, city.organisation("D2"), reason="兼任")
    seen = visit("/overview/", "zone_reviewer")
    page = seen.page
    summary = page.locator("details.choice > summary")
    summary.nth(0).focus()
    page.keyboard.press("Enter")
    seen.check()
    page.keyboard.press("Escape")
    expect(summary.nth(0)).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="第二区").press("Enter")
    expect(summary.nth(0)).to_contain_text("第二区")
    expect(page).to_have_url(f"{seen.base}/overview/")
    expect(page.get_by_role("link", name="第一园区")).to_have_count(0)
    summary.nth(2).click()
    page.get_by_role("button", name="亿元").press("Enter")
    expect(page.locator(".cards li").first).to_contain_text("亿元")

"""From a new evaluation to the decision, in a real browser, each step as who takes it; and the pages people look at."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from browsing import DESKTOP, IN_BROWSER, PHONE, Visit
from evaluated import case, evaluation, make_snapshots
from playwright.sync_api import Page, expect
from world import World

from gaoxin.platform.access.reader import Reader
from gaoxin.platform.adjustments import actions
from gaoxin.platform.adjustments.models import Case, State
from gaoxin.platform.evaluations.models import Evaluation
from gaoxin.platform.jobs.worker import run_waiting

pytestmark = IN_BROWSER
Open = Callable[..., Visit]
BOOK = "example-city-decisions"


def drawn(page: Page) -> None:
    page.wait_for_selector("html[data-drawn]")


def press(visit: Open, path: str, username: str, button: str, **fields: str) -> Visit:
    """Open a form as somebody, fill it in, and press its button."""
    made = visit(path, username)
    for name, value in fields.items():
        made.page.locator(f"[name={name}]").fill(value)
    made.page.locator("form.sheet").get_by_role("button", name=button).click()
    expect(made.page.locator(".said, #job").first).to_be_visible()
    made.check()
    return made


def test_from_a_new_run_to_the_decision(visit: Open, city: World, settings: object, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"  # type: ignore[attr-defined]
    make_snapshots(tmp_path / "media")
    asked = press(
        visit, "/evaluations/new/", "city_analyst", "开始计算", title="2025 年度评价", period="2025", replications="20"
    )
    expect(asked.page.locator("progress")).to_be_visible()
    number = Evaluation.objects.get().pk
    assert run_waiting() == 1
    expect(asked.page.get_by_role("link", name="查看结果")).to_be_visible()
    press(visit, f"/evaluations/{number}/review/", "city_leader", "复核")
    result = press(visit, f"/evaluations/{number}/publish/", "city_leader", "发布")
    drawn(result.page)
    expect(result.page.get_by_text("已发布")).to_be_visible()
    result.check()

    by = Reader.command("tests")
    nothing = {"ev_major_accidents": "0", "ev_falsified": "否", "ev_plan_failed": "否"}
    for zone in ("Z1", "Z2"):
        for item, value in nothing.items():
            actions.note(
                by, city.organisation(zone), period="2025", book=BOOK, item=item, value=value, document="核查记录"
            )
    press(visit, "/adjustments/propose/", "city_analyst", "开始", period="2025")
    assert run_waiting() == 1
    held = Case.objects.filter(organisation__code="Z1").first()
    assert held is not None
    press(visit, f"/adjustments/{held.pk}/notify/", "city_analyst", "告知园区", signatory="张三")
    waiting = visit("/", "zone_reviewer")
    waiting.page.get_by_role("link", name="陈述意见").click()
    waiting.check()
    press(visit, f"/adjustments/{held.pk}/state/", "zone_reviewer", "陈述意见", text="本园区意见如下。")
    done = press(visit, f"/adjustments/{held.pk}/decide/", "city_leader", "作出决定", text="意见已考虑。")
    expect(done.page.get_by_text("本园区意见如下。").first).to_be_visible()
    expect(done.page.get_by_role("link", name="文书（docx）")).to_have_count(2)
    held.refresh_from_db()
    assert held.state == State.DECIDED


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

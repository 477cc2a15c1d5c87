"""From the notice to a unit's report in a real browser, and the pages people look at, on a desk and on a phone."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal

import pytest
from browsing import DESKTOP, PHONE, TAKING_PICTURES, Visit
from django.utils import timezone
from followed import TEXT, assigned, organisation
from playwright.sync_api import expect
from world import World

from chromium import IN_BROWSER
from gaoxin.platform.access.reader import Origin, Reader
from gaoxin.platform.accounts.models import User
from gaoxin.platform.measures.actions import following, progress
from gaoxin.platform.measures.models import Measure, Node

pytestmark = IN_BROWSER
Open = Callable[..., Visit]


def by(username: str) -> Reader:
    return Reader.of(User.objects.get(username=username), Origin("page"))


def in_work() -> Measure:
    """A measure that is acted on, with figures, a light, words of its unit and a request."""
    office, unit = by("city_analyst"), by("bureau")
    measure = following.begin(unit, following.sign(unit, assigned(office, "B1", ["B2"])), text="先摸底，再选址")
    figure = progress.add_figure(
        office, measure, kind="indicator", name="中试平台数", name_en="Pilot platforms", unit="家",
        start=Decimal(8), target=Decimal(20),
    )  # fmt: skip
    progress.add_figure(
        office, measure, kind="milestone", name="目录发布", name_en="Catalogue", start=None, target=None
    )
    progress.set_value(office, figure, value=Decimal(14), as_of=timezone.localdate(), source="年报")
    progress.judge(by("city_leader"), measure, light="yellow", text="选址未定")
    progress.note(unit, measure, organisation("B1"), text="已完成摸底")
    following.ask_extension(
        unit, measure, due=timezone.localdate() + datetime.timedelta(days=99), reason="等待用地批复"
    )
    return measure


@pytest.mark.parametrize(
    ("size", "language", "name"),
    [
        (DESKTOP, "zh-hans", "desktop-zh"), (PHONE, "en", "phone-en"),
        *([(DESKTOP, "en", "desktop-en"), (PHONE, "zh-hans", "phone-zh")] if TAKING_PICTURES else []),
    ],
)  # fmt: skip
def test_the_pages_can_be_used_by_everybody(
    size: tuple[int, int], language: str, name: str, city: World, visit: Open
) -> None:
    measure = in_work()
    for path, username, picture in (
        ("", "city_analyst", "measures"),
        (f"{measure.code}/", "city_analyst", "measure"),
        ("notices/n1/", "city_analyst", "measures-notice"),
        ("notices/n1/clauses/0/", "bureau", "measures-clause"),
        ("notices/n1/clauses/0/assign/", "city_analyst", "measures-assign"),
        ("notices/n1/matrix/", "city_leader", "measures-matrix"),
        ("units/B1/", "bureau", "measures-unit"),
        (f"{measure.code}/figures/", "city_analyst", "measures-figure"),
    ):
        made = visit(f"/measures/{path}", username, size=size, language=language)
        made.check()
        made.picture(f"{picture}-{name}")
        made.page.context.close()


def test_from_the_notice_to_the_report_of_the_unit(city: World, visit: Open) -> None:
    made = visit("/measures/notices/add/", "city_analyst")
    page = made.page
    page.get_by_label("通知文件").set_input_files({"name": "n.txt", "mimeType": "text/plain", "buffer": TEXT.encode()})
    page.get_by_label("代码").fill("n1")
    page.get_by_role("button", name="读取通知").click()
    expect(page.get_by_text("缺 三")).to_be_visible()
    made.check()
    page.get_by_role("link", name="作废").click()
    expect(page.get_by_text("3 个条款")).to_be_visible()
    made.check()
    page.go_back()
    made.picture("measures-preparing-desktop-zh")
    for _ in range(2):
        page.locator("li", has_text="待确定").get_by_role("link", name="确定").first.click()
        page.get_by_label("不在平台内").check()
        page.get_by_role("button", name="确定责任单位").click()
    page.get_by_role("link", name="登记立项").click()
    page.get_by_role("button", name="登记立项").click()
    page.get_by_role("link", name="一 建设公共平台").click()
    page.get_by_role("link", name="分解", exact=True).click()
    page.get_by_label("每行一项").fill("不在通知里的话")
    page.get_by_role("button", name="分解条款").click()
    expect(page.locator("#errors")).to_be_focused()
    made.errors.clear()  # the browser notes the answer 422 as an error
    made.check()
    page.get_by_label("每行一项").fill("建立平台开放目录")
    page.get_by_role("button", name="分解条款").click()
    page.get_by_role("link", name="交办").click()
    expect(page.get_by_label("牵头单位")).to_have_value("B1")
    page.get_by_label("完成期限").fill(str(timezone.localdate() + datetime.timedelta(days=30)))
    page.get_by_role("button", name="交办本条").click()
    made.check()

    made = visit("/", "bureau")
    page = made.page
    page.get_by_role("link", name="待签收的事项").click()
    page.get_by_role("link", name="建立平台开放目录").click()
    page.get_by_role("link", name="签收").click()
    page.get_by_role("button", name="签收").click()
    page.get_by_role("link", name="开始办理").click()
    page.get_by_label("进展").fill("先摸底")
    page.get_by_role("button", name="开始办理").click()
    page.get_by_role("link", name="反馈办结").click()
    page.get_by_label("进展").fill("目录已发布")
    page.get_by_role("button", name="反馈办结").click()
    expect(page.get_by_role("heading", name="建立平台开放目录")).to_be_visible()
    made.check()
    assert Measure.objects.get(text="建立平台开放目录").node == Node.REPORTED

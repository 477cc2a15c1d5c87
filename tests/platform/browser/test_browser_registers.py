"""Signing in, the work list, the registers and an import, in a real browser, in both languages and on a phone."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from browsing import DESKTOP, PHONE, TAKING_PICTURES, Visit
from firm_codes import credit_code
from playwright.sync_api import expect
from world import PASSWORD, World

from chromium import IN_BROWSER
from gaoxin.platform.enterprises.models import Firm

pytestmark = IN_BROWSER
SIZES = pytest.mark.parametrize(
    ("size", "language", "name"),
    [
        pytest.param(size, language, name, id=name)
        for size, language, name in (
            (DESKTOP, "zh-hans", "desktop-zh"), (PHONE, "en", "phone-en"),
            *(((DESKTOP, "en", "desktop-en"), (PHONE, "zh-hans", "phone-zh")) if TAKING_PICTURES else ()),
        )
    ],
)  # fmt: skip
"""Both sizes and both languages; every combination only for the pictures."""
Open = Callable[..., Visit]


@SIZES
def test_main_pages_can_be_used_by_everybody(size: tuple[int, int], language: str, name: str, visit: Open) -> None:
    for path, username, picture in (
        ("/sign-in/login/", "", "sign-in"),
        ("/", "city_analyst", "work-list"),
        ("/organisations/Z1/", "city_analyst", "organisation"),
        ("/zones/", "city_analyst", "zones"),
        ("/enterprises/", "city_analyst", "firms"),
        ("/enterprises/F1/", "city_analyst", "firm"),
        ("/enterprises/add/", "city_analyst", "firm-add"),
        ("/enterprises/import/", "city_analyst", "import-upload"),
        ("/accounts/roles/", "administrator", "roles"),
        ("/audit/", "auditor", "audit"),
        ("/accounts/own/", "city_analyst", "own-account"),
    ):
        made = visit(path, username, size=size, language=language)
        made.check()
        made.picture(f"{picture}-{name}")
        made.page.context.close()


def test_signing_in_by_keyboard_leads_to_the_work_list(visit: Open) -> None:
    made = visit("/organisations/Z1/")
    page = made.page
    page.get_by_label("用户名").fill("zone_reporter")
    page.get_by_label("密码").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{made.base}/organisations/Z1/")
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.type("园区")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="第一园区")).to_be_visible()
    expect(page.get_by_role("link", name="第二园区")).to_have_count(0)
    made.check()


def test_a_wrong_form_puts_the_summary_in_focus(visit: Open) -> None:
    made = visit("/enterprises/add/", "zone_reporter")
    page = made.page
    page.get_by_label("统一社会信用代码").fill("91110000600037341X")
    page.get_by_label("园区代码").fill("P1")
    page.get_by_label("企业名称").fill("新企业")
    page.get_by_role("button", name="登记企业").click()
    expect(page.locator("#errors")).to_be_focused()
    made.errors.clear()  # the browser notes the answer 422 as an error
    page.locator("#errors a").click()
    expect(page.get_by_label("统一社会信用代码")).to_be_focused()
    expect(page.get_by_label("企业名称", exact=True)).to_have_value("新企业")
    made.check()
    made.picture("form-refused-desktop-zh")


def test_importing_firms_from_file_to_register(visit: Open, city: World) -> None:
    made = visit("/enterprises/import/", "zone_reporter")
    page = made.page
    with tempfile.TemporaryDirectory() as folder:
        wrong, right = Path(folder) / "wrong.csv", Path(folder) / "right.csv"
        head = "统一社会信用代码,企业名称,园区\n"
        right.write_text(head + "".join(f"{credit_code(n)},企业{n},P1\n" for n in range(3)), encoding="utf-8")
        wrong.write_text(right.read_text(encoding="utf-8") + "91110000600037341X,错误企业,P1\n", encoding="utf-8")
        page.get_by_label("xlsx 或 CSV 文件").set_input_files(wrong)
        page.get_by_role("button", name="上传并预览").click()
        expect(page.get_by_text("新增 3，修改 0，相同 0，有误 1")).to_be_visible()
        expect(page.get_by_role("button", name="确认导入")).to_have_count(0)
        made.check()
        made.picture("import-preview-desktop-zh")
        page.get_by_role("link", name="重新上传").click()
        page.get_by_label("xlsx 或 CSV 文件").set_input_files(right)
        page.get_by_role("button", name="上传并预览").click()
        page.get_by_role("button", name="确认导入").click()
    expect(page.get_by_role("status")).to_have_text("新增 3 家，修改 0 家")
    made.check()
    assert Firm.objects.count() == 5


def test_a_page_prints_without_what_is_for_clicking(visit: Open) -> None:
    made = visit("/enterprises/F1/", "city_analyst")
    made.page.emulate_media(media="print")
    expect(made.page.locator(".areas")).to_be_hidden()
    expect(made.page.locator("h1")).to_be_visible()

"""A return in a real Chromium: entered by keyboard, lost and found again, checked, submitted, reviewed, approved."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect
from world import PASSWORD

from chromium import IN_BROWSER, WAIT

pytestmark = IN_BROWSER
HERE = Path(__file__).parent
PICTURES = os.environ.get("GAOXIN_PICTURES")
"""A folder for pictures of the pages, to be looked at; none are kept without it."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running site with a database of its own."""
    home = tmp_path_factory.mktemp("site")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **os.environ, "DATABASE_URL": f"sqlite:///{home / 'site.sqlite3'}", "GAOXIN_SITE": str(home),
        "DJANGO_SETTINGS_MODULE": "gaoxin.platform.settings.test",
    }  # fmt: skip
    subprocess.run([sys.executable, HERE / "site_for_browser.py"], env=environment, check=True)  # noqa: S603
    command = [sys.executable, "-m", "django", "runserver", "--insecure", "--noreload", f"127.0.0.1:{port}"]
    with (home / "log").open("wb") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log)  # noqa: S603
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(f"{address}/healthz", timeout=2)  # noqa: S310
                break
            except OSError:
                time.sleep(0.1)
        yield address
    finally:
        server.terminate()
        server.wait(30)


@pytest.fixture
def signed_in_browser(site: str, browser: Browser) -> Iterator[Callable[..., Page]]:
    opened: list[BrowserContext] = []

    def sign_in(username: str, size: tuple[int, int] = (1280, 900)) -> Page:
        context = browser.new_context(base_url=site, viewport={"width": size[0], "height": size[1]})
        opened.append(context)
        page = context.new_page()
        page.set_default_timeout(WAIT)
        page.goto("/sign-in/login/")
        page.fill("[name=login]", username)
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        expect(page.locator("nav.areas")).to_be_visible()
        return page

    yield sign_in
    for context in opened:
        context.close()


def looked_at(page: Page, name: str) -> None:
    """No finding of axe; a picture where one is asked for."""
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    said = [f"{one['id']}: {[node['target'] for node in one['nodes']][:4]}" for one in found]
    assert not said, f"{name}: {said}"
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=False)


def test_from_the_first_figure_to_the_approval(signed_in_browser: Callable[..., Page]) -> None:
    firm = signed_in_browser("firm")
    complaints: list[str] = []
    firm.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    firm.goto("/statistics/returns/firms-2025/of/F1/enter/")
    revenue, people = firm.locator("#c-qc05_0"), firm.locator("#c-qd01")
    expect(firm.locator("tr", has=revenue).locator(".grey")).to_have_text("1,000")

    # Enter goes down the column; what is typed is saved without being asked to.
    firm.locator("#c-qc02").focus()
    firm.keyboard.press("Enter")
    expect(revenue).to_be_focused()
    firm.keyboard.type("1000000")
    firm.keyboard.press("Enter")
    expect(firm.locator("#c-qc55")).to_be_focused()
    expect(firm.locator("#judged .saved")).to_contain_text("已保存")
    expect(firm.locator("#judged")).to_contain_text("1000 倍")
    expect(revenue).to_have_attribute("data-state", "warning")

    # What is no number is said at once, and stays in the cell.
    people.fill("二十")
    people.blur()
    expect(people).to_have_attribute("aria-invalid", "true")
    expect(firm.locator("#judged")).to_contain_text("未保存")
    assert complaints == []
    looked_at(firm, "enter-with-findings")
    complaints.clear()
    people.fill("21")
    people.blur()
    expect(people).not_to_have_attribute("aria-invalid", "true")

    # The connection goes away while figures are typed; the page is closed and opened again.
    firm.context.set_offline(True)
    firm.locator("#c-qc24").fill("5200")
    firm.locator("#c-qc24").blur()
    expect(firm.locator("#mark")).to_contain_text("未能连接")
    # What waits on this machine is kept for the person who typed it, not for whoever opens the return next.
    person = firm.locator("#entry").get_attribute("data-reader")
    assert person
    assert person.isdecimal()
    kept = [key for key in firm.evaluate("Object.keys(localStorage)") if not key.endswith(":at")]
    assert kept == [f"gaoxin:{person}:{firm.locator('#entry').get_attribute('action')}"]
    firm.context.set_offline(False)
    firm.reload()
    expect(firm.locator("#c-qc24")).to_have_value("5200")
    expect(firm.locator("#judged")).not_to_contain_text("上期为 5,000，本期空白")
    revenue.fill("1100")
    revenue.blur()
    firm.locator("#c-qc13").fill("95")
    firm.locator("#c-qc13").blur()
    expect(firm.locator("#judged")).to_contain_text("校核未发现问题")
    firm.reload()
    expect(firm.locator("#c-qc24")).to_have_value("5200")

    firm.fill("#id_signatory", "王某")
    firm.locator("form.sheet button.main").first.click()
    expect(firm.locator("h1 ~ .state")).to_have_text("待园区审核")
    # The browser notes the request that found no connection, and what axe tried; anything else would be a defect.
    known = ("ERR_INTERNET_DISCONNECTED", "htmx:", "Applying inline style")
    assert [one for one in complaints if not any(part in one for part in known)] == []
    looked_at(firm, "return")

    reviewer = signed_in_browser("zone_reviewer")
    reviewer.goto("/")
    reviewer.get_by_role("link", name="待园区审核").click()
    reviewer.get_by_role("link", name="第一企业").click()
    reviewer.get_by_role("link", name="审核").click()
    expect(reviewer.locator("#c-qc05_0")).to_contain_text("10")
    looked_at(reviewer, "review")
    reviewer.get_by_role("button", name="转报市级").click()
    expect(reviewer.locator("h1 ~ .state")).to_have_text("待市级审核")

    analyst = signed_in_browser("city_analyst")
    analyst.goto("/statistics/returns/firms-2025/of/F1/review/")
    analyst.get_by_role("button", name="批准").click()
    expect(analyst.locator("h1 ~ .state")).to_have_text("已批准")
    analyst.goto("/statistics/returns/firms-2025/")
    looked_at(analyst, "collection")
    analyst.goto("/statistics/returns/")
    looked_at(analyst, "collections")
    analyst.goto("/statistics/figures/?item=qc05_0&item=qd01")
    expect(analyst.locator("figure.chart svg").first).to_be_visible()
    looked_at(analyst, "figures")


def test_a_month_by_the_city_s_own_form_with_grey_cells_and_totals_as_one_types(
    signed_in_browser: Callable[..., Page],
) -> None:
    page = signed_in_browser("zone_reporter")
    page.goto("/statistics/returns/zones-2025-08/of/Z1/enter/")
    output, exports = page.locator("#c-m_output"), page.locator("#c-m_export")
    expect(page.locator("tr", has=output).locator("td").last).to_have_text("1,000")
    expect(page.locator("tr", has=output).locator(".unit")).to_have_text("千元")
    grey = page.locator("tr", has_text="m_people")
    expect(grey.locator("td.greyed")).to_have_text("不填")
    expect(grey.locator("input, select")).to_have_count(0)

    # The total follows what is typed, and so does the check between two cells, without a click.
    output.fill("1200")
    exports.fill("300")
    expect(page.locator("#judged")).to_contain_text("1,500")
    exports.fill("1300")
    expect(page.locator("#judged")).to_contain_text("2,500")
    expect(page.locator("#judged")).to_contain_text("出口额大于工业总产值")
    expect(output).to_have_attribute("aria-invalid", "true")
    exports.fill("300")
    expect(output).not_to_have_attribute("aria-invalid", "true")
    # Tab and Enter pass the grey cell by.
    exports.focus()
    page.keyboard.press("Enter")
    expect(page.locator(":focus")).not_to_have_attribute("name", "cell:m_people")
    looked_at(page, "enter-month")


@pytest.mark.parametrize(
    ("who", "address", "name"),
    [
        ("zone_reporter", "/statistics/returns/firms-2025/of/F1/", "phone-return"),
        ("zone_reporter", "/statistics/returns/firms-2025/upload/", "phone-upload"),
        ("city_analyst", "/statistics/returns/firms-2025/list/", "phone-returns"),
    ],
)
def test_on_a_phone_nothing_is_cut_off(
    signed_in_browser: Callable[..., Page], who: str, address: str, name: str
) -> None:
    page = signed_in_browser(who, (390, 844))
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    looked_at(page, name)

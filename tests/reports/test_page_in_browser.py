"""The page in a real Chromium: offline, by keyboard, in both languages, on a phone."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from chromium import IN_BROWSER, WAIT
from gaoxin.reports import page as report
from gaoxin.reports.outline import ranking_order
from gaoxin.runs.result import RunResult

pytestmark = IN_BROWSER

DESKTOP, PHONE = (1280, 900), (390, 844)


@dataclass
class Visit:
    """An open page, and all that it said and asked for."""

    page: Page
    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def address(run: RunResult, geojson: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("page") / "report.html"
    report.write(run, path, geojson=geojson)
    return path.as_uri()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Visit]]:
    opened: list[Page] = []

    def open_page(address: str, size: tuple[int, int] = DESKTOP, language: str = "zh") -> Visit:
        page = browser.new_page(viewport={"width": size[0], "height": size[1]}, accept_downloads=True)
        page.set_default_timeout(WAIT)
        opened.append(page)
        seen = Visit(page)

        def answer(route: Route) -> None:
            if route.request.url.startswith("file:"):
                route.continue_()
            else:
                seen.requests.append(route.request.url)
                route.abort()

        page.route("**/*", answer)
        page.on("console", lambda message: seen.errors.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: seen.errors.append(str(error)))
        page.goto(address)
        page.wait_for_selector(f'html[data-drawn="{language}"]')
        return seen

    yield open_page
    for page in opened:
        page.close()


def test_the_page_works_offline_and_draws_every_chart(address: str, visit: Callable[..., Visit]) -> None:
    seen = visit(address)
    assert seen.requests == []
    assert seen.errors == []
    plots = seen.page.locator("figure[data-chart] .plot")
    assert plots.count() == 10
    for plot in plots.all():
        assert plot.locator("svg path").count() > 3
        assert plot.locator("svg").get_attribute("aria-label")


def test_the_unit_is_chosen_by_keyboard(address: str, run: RunResult, visit: Callable[..., Visit]) -> None:
    seen = visit(address)
    order = [run.units[row] for row in ranking_order(run)]
    select = seen.page.locator("#pick-unit")
    select.focus()
    seen.page.keyboard.press("ArrowDown")
    expect(select).to_have_value(order[1].code)
    expect(seen.page.locator("#unit-headline")).to_contain_text(order[1].name)
    expect(seen.page.locator("#chart-profile .finding")).to_contain_text(order[1].name)
    seen.page.keyboard.press("Tab")
    seen.page.keyboard.press("Tab")
    seen.page.keyboard.press("Enter")
    expect(seen.page.locator("#unit-headline")).to_contain_text(order[2].name)
    assert seen.page.evaluate("location.hash") == f"#unit={order[2].code}"
    row = ranking_order(run)[2]
    shown = seen.page.locator("#table-derivation [data-normalised='1']").text_content()
    assert shown == f"{run.normalised[row, 1]:.2f}"
    assert seen.errors == []


def test_the_charts_of_a_unit_follow_the_choice(address: str, run: RunResult, visit: Callable[..., Visit]) -> None:
    seen = visit(address)
    before = seen.page.locator("#chart-profile svg").inner_html()
    seen.page.locator("#next-unit").click()
    expect(seen.page.locator("#chart-profile svg")).not_to_have_js_property("innerHTML", before)


def test_a_score_leads_to_its_derivation_and_the_address_can_be_mailed(
    address: str, run: RunResult, visit: Callable[..., Visit]
) -> None:
    seen = visit(address)
    row = ranking_order(run)[4]
    unit = run.units[row]
    seen.page.locator(f"#table-standing td a[href='#unit={unit.code}']").click()
    expect(seen.page.locator("#unit-headline")).to_contain_text(unit.name)
    assert seen.page.evaluate("document.activeElement.id") == "unit-name"
    mailed = visit(f"{address}#unit={unit.code}&lang=en", language="en")
    expect(mailed.page.locator("#unit-headline")).to_contain_text(f"{unit.name}: rank 5")


def test_the_language_is_switched_everywhere(address: str, visit: Callable[..., Visit]) -> None:
    seen = visit(address)
    expect(seen.page.locator("h1")).to_have_text("2025 年度高新区综合评价", use_inner_text=True)
    seen.page.get_by_role("button", name="English").click()
    seen.page.wait_for_selector('html[data-drawn="en"]')
    assert seen.page.evaluate("document.documentElement.lang") == "en"
    assert seen.page.title() == "Evaluation of high-tech zones, 2025"
    expect(seen.page.locator("h1")).to_have_text("Evaluation of high-tech zones, 2025", use_inner_text=True)
    labels = seen.page.locator("#chart-weights svg").text_content() or ""
    assert "Innovation capability" in labels
    assert "创新能力" not in labels
    seen.page.get_by_role("button", name="中文").click()
    seen.page.wait_for_selector('html[data-drawn="zh"]')
    assert "创新能力" in (seen.page.locator("#chart-weights svg").text_content() or "")
    assert seen.errors == []


def test_the_ranking_is_sorted_by_any_column_with_missing_last(address: str, visit: Callable[..., Visit]) -> None:
    seen = visit(address)
    table = seen.page.locator("#table-standing")
    head = table.locator("thead th", has_text="其中加减分")
    head.get_by_role("button").focus()
    seen.page.keyboard.press("Enter")
    expect(head).to_have_attribute("aria-sort", "ascending")
    at = table.locator("thead th").all_inner_texts().index(head.inner_text())
    column = [
        cells[at] for cells in (row.locator("th, td").all_inner_texts() for row in table.locator("tbody tr").all())
    ]
    assert column[:3] == ["-2.00", "+1.50", "—"]
    seen.page.keyboard.press("Enter")
    expect(head).to_have_attribute("aria-sort", "descending")
    assert table.locator("tbody tr").first.locator("th, td").nth(at).inner_text() == "+1.50"


def test_findings_are_filtered_by_severity_and_text(address: str, visit: Callable[..., Visit]) -> None:
    seen = visit(address)
    rows = seen.page.locator("#table-checks tbody tr:visible")
    assert rows.count() == 4
    seen.page.locator("#filter-severity").select_option("warning")
    expect(rows).to_have_count(2)
    expect(seen.page.locator("#filter-count")).to_have_text("2 / 4")
    seen.page.locator("#filter-text").fill("园区报表")
    expect(rows).to_have_count(1)


def test_the_figures_under_a_chart_open_as_a_table(address: str, run: RunResult, visit: Callable[..., Visit]) -> None:
    seen = visit(address)
    details = seen.page.locator("#chart-sensitivity details")
    details.locator("summary").focus()
    seen.page.keyboard.press("Enter")
    expect(details.locator("tbody tr").first.locator("td").nth(0)).to_have_text("权重")
    expect(details.locator("tbody tr").first.locator("td").nth(1)).to_have_text("0.42")


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_a_chart_is_saved_with_its_frame(
    kind: str, address: str, run: RunResult, visit: Callable[..., Visit], tmp_path: Path
) -> None:
    seen = visit(address)
    with seen.page.expect_download() as download:
        seen.page.locator(f"#chart-profile [data-save='{kind}']").click()
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    assert path.name == f"profile.{kind}"
    content = path.read_bytes()
    if kind == "png":
        assert content.startswith(b"\x89PNG")
    else:
        text = content.decode()
        assert "合成数据" in text
        assert "来源：" in text
        assert "46 项指标中" in text
    assert seen.errors == []
    assert seen.requests == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_phone_needs_no_sideways_scrolling(language: str, address: str, visit: Callable[..., Visit]) -> None:
    seen = visit(f"{address}#unit=&lang={language}", PHONE, language)
    assert seen.page.evaluate("document.documentElement.scrollWidth") == PHONE[0]
    assert seen.errors == []


def test_the_first_stop_of_the_keyboard_skips_to_the_content_and_is_seen(
    address: str, visit: Callable[..., Visit]
) -> None:
    seen = visit(address)
    seen.page.keyboard.press("Tab")
    skip = seen.page.locator("a.skip")
    assert skip.evaluate("element => element === document.activeElement")
    box = skip.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert skip.evaluate("element => getComputedStyle(element).outlineStyle") == "solid"


def test_names_that_are_markup_do_nothing(hostile: RunResult, visit: Callable[..., Visit], tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    report.write(hostile, path)
    seen = visit(path.as_uri())
    dialogs: list[str] = []
    seen.page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    for unit in hostile.units[:4]:
        seen.page.locator("#pick-unit").select_option(unit.code)
        assert (
            unit.name.replace("\x00", "\ufffd") in seen.page.locator("#unit-headline").inner_text()
            or "\x0b" in unit.name
        )
    for dot in seen.page.locator("#chart-ranking svg .mark-symbol path").all()[:4]:
        dot.hover(force=True)
    for details in seen.page.locator("details").all():
        details.locator("summary").click()
    seen.page.get_by_role("button", name="English").click()
    seen.page.wait_for_selector('html[data-drawn="en"]')
    assert dialogs == []
    assert seen.errors == []
    assert seen.page.locator("#hostile, [onload], [onerror]").count() == 0


@pytest.mark.parametrize("name", ["plain_run", "flat_run", "empty_run"])
def test_results_with_gaps_are_shown_without_errors(
    name: str, request: pytest.FixtureRequest, visit: Callable[..., Visit], tmp_path: Path
) -> None:
    path = tmp_path / "report.html"
    report.write(request.getfixturevalue(name), path, "en")
    seen = visit(path.as_uri(), language="en")
    assert seen.errors == []
    assert seen.page.locator("figure[data-chart]").count() == {"plain_run": 6, "flat_run": 6, "empty_run": 1}[name]


@pytest.mark.skipif(importlib.util.find_spec("axe_playwright_python") is None, reason="axe is not installed")
@pytest.mark.parametrize("size", [DESKTOP, PHONE])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_axe_finds_nothing(language: str, size: tuple[int, int], address: str, visit: Callable[..., Visit]) -> None:
    from axe_playwright_python.sync_playwright import Axe

    seen = visit(f"{address}#unit=&lang={language}", size, language)
    found = Axe().run(seen.page)
    assert found.violations_count == 0, found.generate_report()

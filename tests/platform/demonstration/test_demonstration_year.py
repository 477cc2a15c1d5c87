"""One whole year in a real browser, each step as who takes it: from the last cell of a return to an accepted plan."""

from __future__ import annotations

import io
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from browsing import Visit
from django.core.management import call_command
from docx import Document
from evaluated import ZONES, home
from playwright.sync_api import Page, expect

from chromium import IN_BROWSER
from gaoxin.platform.access.reader import Reader
from gaoxin.platform.adjustments import actions as adjustments
from gaoxin.platform.adjustments.models import Case, Proposing, Step
from gaoxin.platform.adjustments.models import State as CaseState
from gaoxin.platform.audit.chain import verify
from gaoxin.platform.demonstration import registers
from gaoxin.platform.demonstration.city import fill_city
from gaoxin.platform.evaluations import jobs, results
from gaoxin.platform.evaluations.models import Evaluation, Round, Standing
from gaoxin.platform.evaluations.models import State as RunState
from gaoxin.platform.jobs.worker import run_waiting
from gaoxin.platform.organisations.models import Organisation
from gaoxin.platform.statistics.models import Collection, Return, Snapshot, State
from gaoxin.runs import store
from gaoxin.samples.seeds import SeedZone

pytestmark = IN_BROWSER
PASSWORD = "a password for the tests only"  # noqa: S105
BOOK = "example-city-decisions"
NOTHING = {"ev_major_accidents": "0", "ev_falsified": "否", "ev_plan_failed": "否"}
Open = Callable[..., Visit]


@pytest.fixture
def city(transactional_db: None, live_server: object, settings: object, tmp_path: Path) -> Iterator[Organisation]:
    """A small demonstration: two years approved, one of them evaluated, and one half in; emptied afterwards.

    What the evaluation of the year that is over gives was computed once for all tests; the test computes its own.
    """
    settings.MEDIA_ROOT = tmp_path / "media"  # type: ignore[attr-defined]
    call_command("flush", interactive=False, verbosity=0)
    zones = tuple((SeedZone(code, f"示例{code}园区"), f"Sample Zone {code}") for code in ZONES)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(registers, "ZONES", zones)
        patched.setattr(jobs, "_evaluate", computed_before)
        patched.setattr(results, "evaluated", lambda _: SimpleNamespace(evaluation=None))
        fill_city(Reader.command("tests"), password=PASSWORD, zones=len(zones), firms=40, years=3, replications=10)
    yield Organisation.objects.get(code="DEMO")
    call_command("flush", interactive=False, verbosity=0)


def computed_before(asked: Evaluation, folder: Path, _: object) -> SimpleNamespace:
    """In place of the work of an evaluation."""
    shutil.copytree(home() / asked.period, folder, dirs_exist_ok=True)
    return SimpleNamespace(result=store.read(folder))


class Day:
    """The visits of a day, one after the other."""

    def __init__(self, visit: Open) -> None:
        self._visit = visit
        self._open: Visit | None = None

    def at(self, username: str, path: str) -> Page:
        self.leave()
        self._open = self._visit(path, username)
        return self._open.page

    def look(self, picture: str) -> None:
        """Keep a picture; what is wrong with the page for somebody is found by the tests of its app."""
        assert self._open is not None
        assert not self._open.errors, self._open.errors
        self._open.picture(f"year-{picture}-desktop-zh")

    def check(self, picture: str) -> None:
        """The page as it only comes up on the way through a year, also for who cannot see it."""
        assert self._open is not None
        self._open.check()
        self.look(picture)

    def leave(self) -> None:
        if self._open is not None:
            self._open.page.context.close()
            self._open = None


def own_return(zone: str) -> Return:
    return Return.objects.select_related("latest").get(collection__code="zones-2025", organisation__code=zone)


def sign_step(day: Day, username: str, case: Case, name: str, button: str, text: str) -> Page:
    """Take a step of a case, signed."""
    page = day.at(username, f"/adjustments/{case.pk}/{name}/")
    page.locator("[name=text]").fill(text)
    page.locator("[name=signatory]").fill("示例签署人")
    page.locator("form.sheet").get_by_role("button", name=button).click()
    expect(page.get_by_text("已办理并记录")).to_be_visible()
    return page


def is_as_told(zone: str) -> None:
    """What the site holds before anybody tries it."""
    assert verify().whole
    assert not Organisation.objects.filter(synthetic=False).exists()
    assert not Collection.objects.filter(synthetic=False).exists()
    assert not Evaluation.objects.filter(synthetic=False).exists()
    over, last = (Return.objects.filter(collection__period__in=years) for years in (("2023", "2024"), ("2025",)))
    assert set(over.values_list("state", flat=True)) == {State.APPROVED}
    assert over.filter(timely=True).exists()
    assert over.filter(timely=False).exists()
    assert over.filter(latest__reason__startswith="企业自查", latest__number__gt=1).exists()
    states = Counter(last.values_list("state", flat=True))
    assert {State.DRAFT, State.RETURNED, State.SUBMITTED, State.REVIEWED, State.APPROVED} == set(states)
    assert last.filter(explanations__isnull=False, state=State.REVIEWED).exists()
    assert Snapshot.objects.filter(period="2024").count() == 3, "both collections closed, then the correction"
    runs = Counter(Evaluation.objects.values_list("state", flat=True))
    assert runs == {RunState.PUBLISHED: 1, RunState.REVIEWED: 1, RunState.DRAFT: 1}
    cases = dict(Case.objects.values_list("state", "organisation__code"))
    assert cases[CaseState.NOTIFIED] == zone
    assert {CaseState.RECTIFYING, CaseState.STATED, CaseState.DECIDED} <= set(cases)
    scored = dict(Counter(Round.objects.filter(scores__isnull=False).values_list("period", flat=True)))
    assert set(scored) == {"2024", "2025"}


def test_a_year_from_the_return_to_the_accepted_plan(visit: Open, city: Organisation) -> None:
    day = Day(visit)
    zone = Organisation.objects.get(
        pk=Return.objects.get(organisation__people__username="firm", collection__code="firms-2025").zone_id
    ).code
    is_as_told(zone)
    to_report = f"/statistics/returns/zones-2025/of/{zone}/"

    # The zone's reporter finds the return in the work list, fills in what is missing, signs.
    page = day.at("zone_reporter", "/")
    day.look("work-list-reporter")
    page.goto(page.url.rstrip("/") + to_report + "enter/")
    blank = [one.get_attribute("id") for one in page.locator("#entry input").all() if not one.input_value()]
    assert blank, "the return was begun and not finished"
    for cell in blank:
        former = page.locator(f"#entry tr:has(#{cell}) .grey").inner_text()
        page.locator(f"#{cell}").fill(former.replace("−", "-"))
        page.locator(f"#{cell}").blur()
    expect(page.locator("#judged .saved")).to_contain_text("已保存")
    day.check("entry")
    explain_and_submit(page)
    expect(page.locator("h1 ~ .state")).to_have_text("待园区审核")

    # Its reviewer forwards it, and all that the firms have handed in.
    page = day.at("zone_reviewer", to_report + "review/")
    page.get_by_role("button", name="转报市级").click()
    expect(page.locator("h1 ~ .state")).to_have_text("待市级审核")
    page = day.at("zone_reviewer", "/statistics/returns/firms-2025/")
    page.get_by_role("button", name="全部转报").click()
    expect(page.locator(".said").first).to_be_visible()

    # The city sends it back with a remark on a cell; the reporter sees the remark and corrects it.
    page = day.at("city_analyst", to_report + "review/?show=all")
    page.locator("[name='remark:gx_gazelles']").fill("请核对瞪羚企业数")
    page.locator("#text").fill("一处需核对")
    day.check("review")
    page.get_by_role("button", name="连同意见退回").click()
    expect(page.locator("h1 ~ .state")).to_have_text("已退回")
    page = day.at("zone_reporter", to_report + "enter/")
    expect(page.get_by_text("一处需核对")).to_be_visible()
    expect(page.get_by_text("请核对瞪羚企业数")).to_be_visible()
    page.locator("#c-gx_gazelles").fill("4")
    page.locator("#c-gx_gazelles").blur()
    expect(page.locator("#judged .saved")).to_contain_text("已保存")
    day.check("sent-back")
    explain_and_submit(page)
    day.at("zone_reviewer", to_report + "review/").get_by_role("button", name="转报市级").click()
    page = day.at("city_analyst", to_report + "review/")
    expect(page.get_by_text("上次提交以来的变动")).to_be_visible()
    page.get_by_role("button", name="批准").click()
    expect(page.locator("h1 ~ .state")).to_have_text("已批准")
    assert own_return(zone).approved.figures["gx_gazelles"] == "4"  # type: ignore[union-attr]

    # The rest is approved, the collections are closed, the figures are fixed.
    for code in ("firms-2025", "zones-2025"):
        if Return.objects.filter(collection__code=code, state=State.REVIEWED).exists():
            day.at("city_analyst", f"/statistics/returns/{code}/").get_by_role("button", name="全部批准").click()
        page = day.at("city_analyst", f"/statistics/returns/{code}/close/")
        page.locator("[name=reason]").fill("年报结束")
        page.locator("form.sheet button.main").click()
        expect(page.locator(".said").first).to_be_visible()
    assert Snapshot.objects.filter(period="2025").exists()
    day.at("city_analyst", "/statistics/returns/zones-2025/")
    day.look("collection")

    # An expert scores; the scoring is closed.
    asked = f"/evaluations/rounds/{Round.objects.get(period='2025').pk}/"
    page = day.at("expert", asked)
    page.locator(f"[id='{zone}:1.10']").fill("88.5")
    day.look("scores")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("已保存 1 项评分")).to_be_visible()
    day.at("city_analyst", asked + "close/").locator("form.sheet button.main").click()

    # The zones are evaluated; another person reviews, the leader publishes.
    page = day.at("city_analyst", "/evaluations/new/")
    for name, value in (("title", "2025 年度评价"), ("period", "2025"), ("replications", "30")):
        page.locator(f"[name={name}]").fill(value)
    expect(page.locator("[name=system]")).to_have_value("national-2021")  # no fictitious example unless it is chosen
    page.get_by_role("button", name="开始计算").click()
    expect(page.locator("#job")).to_be_visible()
    assert run_waiting() == 1
    run = Evaluation.objects.get(period="2025")
    assert run.state == RunState.DRAFT
    for name in ("review", "publish"):
        day.at("city_leader", f"/evaluations/{run.pk}/{name}/").locator("form.sheet button.main").click()
    run.refresh_from_db()
    assert run.state == RunState.PUBLISHED
    page = day.at("city_leader", f"/evaluations/{run.pk}/")
    page.wait_for_selector("html[data-drawn]")
    day.look("evaluation")
    assert Standing.objects.get(evaluation=run, organisation__code=zone).rank

    # From a rank to the signed return in three clicks.
    page = day.at("zone_reviewer", f"/evaluations/{run.pk}/zones/{zone}/")
    page.wait_for_selector("html[data-drawn]")
    day.look("zone")
    page.locator(f"a[href='/evaluations/{run.pk}/zones/{zone}/1.1/']").first.click()
    page.locator(f"a[href*='{to_report}']").first.click()
    expect(page.get_by_text("示例填报人").first).to_be_visible()

    # What was found in the zones is recorded, the rules are applied.
    for place in Organisation.objects.filter(kind="zone"):
        for item, value in NOTHING.items():
            adjustments.note(
                Reader.command("tests"), place, period="2025", book=BOOK, item=item, value=value, document="核查记录"
            )
    page = day.at("city_analyst", "/adjustments/events/")
    page.locator("[name=zone]").select_option(zone)
    page.locator("[name=event]").select_option(f"{BOOK}:ev_falsified")
    for name, value in (("period", "2025"), ("value", "是"), ("document", "核查报告")):
        page.locator(f"[name={name}]").fill(value)
    page.locator("form.sheet button.main").click()
    expect(page.get_by_text("已登记")).to_be_visible()
    page = day.at("city_analyst", "/adjustments/propose/")
    page.locator("[name=period]").fill("2025")
    page.get_by_role("button", name="开始").click()
    expect(page.locator("#job")).to_be_visible()
    assert run_waiting() == 1
    day.at("city_analyst", f"/adjustments/proposals/{Proposing.objects.get(period='2025').pk}/")
    day.check("proposals")

    # The zone is notified, states its view, and is told to rectify; its plan, its progress, the acceptance.
    case = Case.objects.get(organisation__code=zone, period="2025", rule="dx_falsified")
    sign_step(day, "city_analyst", case, "notify", "告知园区", "附核查报告。")
    page = day.at("zone_reviewer", "/")
    expect(page.locator(f"a[href='/adjustments/{case.pk}/']", has_text="陈述意见")).to_be_visible()
    sign_step(day, "zone_reviewer", case, "state", "陈述意见", "本园区意见如下。")
    sign_step(day, "city_leader", case, "decide", "作出决定", "意见已考虑。")
    sign_step(day, "zone_reviewer", case, "plan", "报整改方案", "六个月内补齐台账。")
    sign_step(day, "zone_reviewer", case, "progress", "报整改进展", "台账已补齐。")
    page = sign_step(day, "city_analyst", case, "accept", "验收通过", "现场核查，整改到位。")
    day.check("case")
    with page.expect_download() as letter:
        page.get_by_role("link", name="文书（docx）").last.click()
    words = "\n".join(paragraph.text for paragraph in Document(io.BytesIO(letter.value.path().read_bytes())).paragraphs)
    assert "现场核查，整改到位。" in words
    case.refresh_from_db()
    assert case.state == CaseState.ACCEPTED
    assert Step.objects.filter(case=case).exclude(letter_sha256="").count() == 3
    page = day.at("zone_reviewer", f"/adjustments/zones/{zone}/")
    expect(page.get_by_text("整改已验收").first).to_be_visible()
    day.check("timeline")


def explain_and_submit(page: Page) -> None:
    """Explain every warning, then sign; the findings stand still once nothing that was typed waits to be saved."""
    page.wait_for_function("() => !Object.keys(localStorage).some((key) => !key.endsWith(':at'))")
    why = page.locator("#judged .findings input[name=text]")
    while number := why.count():
        why.first.fill("已与台账核对，属实")
        page.locator("#judged .findings form button").first.click()
        expect(why).to_have_count(number - 1)
    page.fill("#id_signatory", "示例填报人")
    page.locator("form.sheet button.main").first.click()
    expect(page.locator("h1 ~ .state")).to_have_text("待园区审核")

"""From the published evaluation to decision and rectification: every step signed, in its time, undone or not."""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import Client
from django.utils import timezone
from docx import Document
from evaluated import ZONES, case, evaluation
from world import World

from gaoxin.platform.access.reader import Reader
from gaoxin.platform.adjustments import actions, queries
from gaoxin.platform.adjustments.models import Case, Proposing, State
from gaoxin.platform.audit.queries import history
from gaoxin.platform.evaluations import actions as evaluating
from gaoxin.platform.evaluations.models import State as RunState
from gaoxin.platform.jobs.models import State as JobState
from gaoxin.platform.jobs.worker import run_waiting
from gaoxin.platform.zones.models import Event, EventKind
from gaoxin.problems import InputError

Readers = Callable[[str], Reader]
BOOK = "example-city-decisions"
NOTHING = {"ev_major_accidents": "0", "ev_falsified": "否", "ev_plan_failed": "否"}


def nothing_happened(world: World, reader: Reader, zones: tuple[str, ...] = ("Z1", "Z2")) -> None:
    for zone in zones:
        for item, value in NOTHING.items():
            actions.note(
                reader, world.organisation(zone), period="2025", book=BOOK, item=item, value=value, document="核查"
            )


def test_rules_are_applied_to_published_evaluations_and_open_cases(world: World, reader: Readers) -> None:
    analyst, city = reader("city_analyst"), world.organisation("CITY")
    evaluation("2024")
    draft = evaluation("2025", RunState.DRAFT)
    with pytest.raises(InputError, match="no evaluation of 2025 is published"):
        actions.ask(analyst, city, period="2025", book=BOOK)
    draft.state = RunState.PUBLISHED
    draft.save()
    nothing_happened(world, analyst)
    job = actions.ask(analyst, city, period="2025", book=BOOK)
    run_waiting()
    job.refresh_from_db()
    held = Proposing.objects.get()
    assert (job.state, job.address) == (JobState.DONE, f"/adjustments/proposals/{held.pk}/")
    leading = {(one["zone"], one["rule"]) for one in held.findings["proposals"] if one["leading"]}
    cases = {(one.organisation.code, one.rule) for one in Case.objects.all()}
    assert cases == {(zone, rule) for zone, rule in leading if zone in {"Z1", "Z2"}}
    assert cases, "the sample has one of the two zones at an end of the ranking"
    one = Case.objects.first()
    assert one is not None
    assert one.certainty is not None
    assert one.finding["reversal"]["rank"] is not None
    assert not queries.cases(reader("zone_reviewer")).exists(), "a zone sees nothing before it is notified"
    actions.ask(analyst, city, period="2025", book=BOOK)
    run_waiting()
    assert Case.objects.count() == len(cases), "applied again, the cases are refreshed and not doubled"


def test_the_whole_procedure_to_the_acceptance(world: World, reader: Readers) -> None:
    analyst, leader, zone = reader("city_analyst"), reader("city_leader"), reader("zone_reviewer")
    made = case("Z1", "rectify", State.PROPOSED)
    today = timezone.localdate()
    with pytest.raises(Http404):
        queries.case_to_step(zone, made.pk, "state")
    with pytest.raises(InputError, match="signature"):
        actions.take(analyst, made, "notify", signatory=" ")
    told = actions.take(analyst, made, "notify", signatory="张三", position="处长", text="请及时反馈")
    assert (told.after, told.due_after) == (State.NOTIFIED, today + datetime.timedelta(days=15))
    text = "\n".join(p.text for p in Document(io.BytesIO(bytes(told.letter or b""))).paragraphs)
    for said in (
        "第一园区",
        "责令整改",
        "张三",
        str(told.due_after),
        "合成数据",
        "示例市高新园区动态调整办法",
        "请及时反馈",
    ):
        assert said in text
    assert "{{" not in text
    with pytest.raises(InputError, match="may state its view until"):
        actions.take(leader, made, "decide", signatory="李四", text="同意")
    with pytest.raises(PermissionDenied):
        actions.take(leader, made, "state", signatory="李四", text="x")
    actions.take(zone, made, "state", signatory="王五", text="名次受一次性因素影响")
    decided = actions.take(leader, made, "decide", signatory="李四", text="意见不成立")
    assert decided.after == State.ORDERED
    assert decided.due_after == today + datetime.timedelta(days=30)
    letter = "\n".join(p.text for p in Document(io.BytesIO(bytes(decided.letter or b""))).paragraphs)
    assert "名次受一次性因素影响" in letter
    actions.take(zone, made, "plan", signatory="王五", text="方案")
    actions.take(zone, made, "progress", signatory="王五", text="已完成一半")
    made.refresh_from_db()
    assert made.due == today + datetime.timedelta(days=365)
    actions.take(analyst, made, "accept", signatory="张三", text="通过")
    made.refresh_from_db()
    assert (made.state, made.due, made.open) == (State.ACCEPTED, None, False)
    taken = [step.name for step in made.steps.all()]
    assert taken == ["notify", "state", "decide", "plan", "progress", "accept"]
    signed = {entry.actor_name.split("（")[0] for entry in history(made)}
    assert signed == {"city_analyst person", "city_leader person", "zone_reviewer person"}


def test_a_rectification_that_failed_leads_to_withdrawal(world: World, reader: Readers) -> None:
    analyst, leader = reader("city_analyst"), reader("city_leader")
    made = case("Z1", "rectify", State.RECTIFYING)
    actions.take(analyst, made, "reject", signatory="张三", text="未完成")
    with pytest.raises(PermissionDenied):
        actions.take(analyst, made, "withdraw", signatory="张三", text="x")
    gone = actions.take(leader, made, "withdraw", signatory="李四", text="整改不力")
    assert gone.after == State.WITHDRAWN
    assert gone.letter_sha256
    noted = Event.objects.get(zone_id=made.organisation_id)
    assert (noted.kind, noted.day) == (EventKind.WITHDRAWN, timezone.localdate())
    assert "整改不力" in noted.text
    assert gone.letter_sha256[:16] in noted.document
    actions.undo(leader, made, reason="复议")
    assert [event.kind for event in Event.objects.all()] == [EventKind.OTHER, EventKind.WITHDRAWN], "nothing is erased"
    assert "复议" in Event.objects.all()[0].text


def test_without_a_statement_it_is_decided_after_the_term(world: World, reader: Readers) -> None:
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    made = case("Z1", "commend", State.NOTIFIED, due=yesterday)
    assert made.late(timezone.localdate())
    decided = actions.take(reader("city_leader"), made, "decide", signatory="李四", text="同意")
    assert (decided.after, decided.due_after) == (State.DECIDED, None)
    assert "通报表扬" in Event.objects.get(zone_id=made.organisation_id).text
    letter = "\n".join(p.text for p in Document(io.BytesIO(bytes(decided.letter or b""))).paragraphs)
    assert "未提出陈述意见" in letter


def test_what_may_be_undone_and_what_may_not(world: World, reader: Readers) -> None:
    analyst, leader, zone = reader("city_analyst"), reader("city_leader"), reader("zone_reviewer")
    made = case("Z1", "rectify", State.PROPOSED)
    actions.take(analyst, made, "notify", signatory="张三")
    with pytest.raises(InputError, match="reason"):
        actions.undo(analyst, made, reason=" ")
    actions.undo(analyst, made, reason="发错单位")
    made.refresh_from_db()
    assert (made.state, made.due, made.steps.get().undone) == (State.PROPOSED, None, True)
    assert not queries.cases(zone).exists()
    actions.take(analyst, made, "notify", signatory="张三")
    actions.take(zone, made, "state", signatory="王五", text="意见")
    with pytest.raises(InputError, match="no step that can be undone"):
        actions.undo(analyst, made, reason="x")
    actions.take(leader, made, "decide", signatory="李四", text="决定")
    with pytest.raises(PermissionDenied):
        actions.undo(analyst, made, reason="分析员不能撤销领导的决定")
    assert not Event.objects.exists(), "an order to rectify changes nothing in the register"
    assert actions.undo(leader, made, reason="复议").state == State.STATED


def test_a_veto_that_nobody_settled_stops_the_notice(world: World, reader: Readers) -> None:
    made = case("Z1", "commend", State.PROPOSED)
    veto = {
        "code": "dx_accident",
        "name": {"zh": "事故", "en": "accident"},
        "holds": None,
        "reasons": [],
        "citation": None,
    }
    made.finding = {**made.finding, "vetoes": [veto]}
    made.save()
    with pytest.raises(InputError, match="not settled"):
        actions.take(reader("city_analyst"), made, "notify", signatory="张三")


def test_events_are_checked_and_read_by_the_rules(world: World, reader: Readers) -> None:
    analyst, zone = reader("city_analyst"), world.organisation("Z1")
    given = {"period": "2025", "book": BOOK, "document": "市应急局通报"}
    for item, value in (("nothing", "1"), ("ev_falsified", "perhaps"), ("ev_major_accidents", "1.5")):
        with pytest.raises(InputError):
            actions.note(analyst, zone, item=item, value=value, **given)
    with pytest.raises(InputError, match="document"):
        actions.note(analyst, zone, item="ev_falsified", value="是", **{**given, "document": " "})
    actions.note(analyst, zone, item="ev_falsified", value="是", **given)
    actions.note(analyst, zone, item="ev_falsified", value="否", **given)
    assert queries.records("2025", BOOK) == [{"zone": "Z1", "period": "2025", "ev_falsified": "否"}]
    with pytest.raises(PermissionDenied):
        actions.note(reader("zone_reviewer"), zone, item="ev_falsified", value="否", **given)


def test_pages_of_a_case_and_of_a_zone(world: World, reader: Readers, signed_in: Callable[[str], Client]) -> None:
    evaluation("2024")
    evaluation()
    made = case("Z1", "rectify")
    zone = signed_in("zone_reviewer")
    page = zone.get(f"/adjustments/{made.pk}/").content.decode()
    assert "规则成立的模拟占比" in page
    assert f"/adjustments/{made.pk}/state/" in page
    assert f"/adjustments/{made.pk}/decide/" not in page
    assert "变更历史" not in page
    assert zone.post(f"/adjustments/{made.pk}/state/", {"signatory": "王五"}).status_code == 422
    assert zone.post(f"/adjustments/{made.pk}/state/", {"signatory": "王五", "text": "意见"}).status_code == 302
    years = zone.get("/adjustments/zones/Z1/").content.decode()
    assert years.index("2025") < years.index("2024")
    assert "责令整改" in years
    assert [todo.address for todo in queries.todo(reader("city_leader"), timezone.localdate())] == [
        f"/adjustments/{made.pk}/"
    ]
    assert set(ZONES) >= {"Z1", "Z2"}


def test_an_evaluation_on_which_cases_rest_is_not_retracted(world: World, reader: Readers) -> None:
    run, made = evaluation(), case("Z1", "rectify", State.STATED)
    Proposing.objects.update(evaluations=[run.pk])
    with pytest.raises(InputError, match="1 cases under way rest on it"):
        evaluating.step(reader("city_leader"), run, "retract", reason="更正")
    actions.take(reader("city_leader"), made, "drop", signatory="李四", text="数据将更正")
    assert evaluating.step(reader("city_leader"), run, "retract", reason="更正").state == RunState.RETRACTED

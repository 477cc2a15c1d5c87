"""The pages and the API as a supervisor and as a bureau use them."""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import docx
import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from followed import TEXT, assigned, organisation, registered, split
from world import World

from gaoxin.platform.access.reader import Reader
from gaoxin.platform.accounts.models import User
from gaoxin.platform.measures import acts, queries
from gaoxin.platform.measures.actions import following, progress
from gaoxin.platform.measures.actions.reminding import remind
from gaoxin.platform.measures.models import Measure, Node, Notice
from gaoxin.platform.measures.monthly import Month
from gaoxin.platform.measures.reminders import due
from gaoxin.platform.reminders.sending import remind as send_round

Readers = Callable[[str], Reader]
SignIn = Callable[[str], Client]
OFFICE, UNIT = "city_analyst", "bureau"


def day(days: int) -> datetime.date:
    return timezone.localdate() + datetime.timedelta(days=days)


def test_from_the_file_to_the_end_on_the_pages(world: World, signed_in: SignIn) -> None:
    office, unit = signed_in(OFFICE), signed_in(UNIT)

    def send(client: Client, path: str, **data: object) -> None:
        answer = client.post(path, data)
        assert answer.status_code == 302, answer.content.decode()

    send(office, "/measures/notices/add/", file=SimpleUploadedFile("n.txt", TEXT.encode()), code="n1", title_en="N")
    page = office.get("/measures/notices/n1/").content.decode()
    assert "缺 三" in page
    assert "待确定" in page
    for name in Notice.objects.get().names.filter(decided=False):
        send(office, f"/measures/notices/n1/units/{name.pk}/", organisations=["D1", "D2"])
    days = {"registered": 5, "split": 5, "assigned": 3, "signed": 10, "reported": 5, "reviewed": 5}
    send(office, "/measures/notices/n1/register/", title="若干措施", fresh_days=31, **days)
    send(office, "/measures/notices/n1/clauses/0/split/", lines="建立平台开放目录")
    form = office.get("/measures/notices/n1/clauses/0/assign/").content.decode()
    assert '<option value="B1" selected>' in form  # the lead that the notice marks
    send(office, "/measures/notices/n1/clauses/0/assign/", lead="B1", cooperating=["B2"], due=day(30))
    code = Measure.objects.get(node=Node.ASSIGNED).code
    assert "待签收的事项" in unit.get("/").content.decode()
    send(unit, f"/measures/{code}/carry/sign/")
    send(unit, f"/measures/{code}/carry/begin/", text="先摸底")
    send(unit, f"/measures/{code}/speak/note/", text="已摸底")
    send(unit, f"/measures/{code}/carry/report/", text="目录已发布")
    assert "待审核的反馈" in office.get("/").content.decode()
    send(office, f"/measures/{code}/supervise/review/", reason="已核对")
    send(office, f"/measures/{code}/supervise/close/", reason="完成")
    page = unit.get(f"/measures/{code}/").content.decode()
    for said in ("先摸底", "已摸底", "目录已发布", "已核对", "已办结"):
        assert said in page


def test_buttons_are_those_that_work(world: World, reader: Readers) -> None:
    measure = assigned(reader(OFFICE), "B1", ["D1"])
    assert [act.name for act in acts.open_to(reader(UNIT), measure)] == [
        "sign", "decline", "ask-extension", "ask-transfer",
    ]  # fmt: skip
    assert acts.open_to(reader("city_leader"), measure)[0].name == "judge"
    assert acts.open_to(reader("district"), measure) == []
    measure = following.sign(reader(UNIT), measure)
    assert [act.name for act in acts.open_to(reader("district"), measure)] == ["note"]


def test_an_act_has_one_address(world: World, reader: Readers, signed_in: SignIn) -> None:
    code = assigned(reader(OFFICE)).code
    for path in ("carry/close", "supervise/sign", "judge/urge", "carry/note", "supervise/nothing"):
        for client in (signed_in(OFFICE), signed_in(UNIT)):
            assert client.get(f"/measures/{code}/{path}/").status_code == 404


@pytest.mark.parametrize("name", sorted(acts.ACTS))
def test_each_act_shows_its_form_and_says_what_is_missing(
    name: str, world: World, reader: Readers, signed_in: SignIn
) -> None:
    measure, act = assigned(reader(OFFICE)), acts.ACTS[name]
    client = signed_in(UNIT if act.by in {"carry", "speak"} else OFFICE)
    path = f"/measures/{measure.code}/{act.path}"
    assert client.get(path).status_code == 200
    answer = client.post(path, {})
    assert answer.status_code == (302 if name == "sign" else 422)


def test_a_zone_office_that_is_not_asked_finds_nothing(world: World, reader: Readers, signed_in: SignIn) -> None:
    measure = assigned(reader(OFFICE), "B2")
    client = signed_in(UNIT)
    for path in (measure.code, "notices/n1", "notices/n1/clauses/0", "notices/n1/matrix", "units/B2"):
        assert client.get(f"/measures/{path}/").status_code == 404
    assert measure.text not in client.get("/measures/").content.decode()
    assert measure.text not in client.get("/search/", {"q": "中试"}).content.decode()


def test_a_unit_sees_of_a_clause_only_what_is_its(world: World, reader: Readers, signed_in: SignIn) -> None:
    mine = assigned(reader(OFFICE))
    other = Measure.objects.filter(clause=mine.clause).exclude(pk=mine.pk)[0]
    page = signed_in(UNIT).get("/measures/notices/n1/clauses/0/").content.decode()
    assert mine.code in page
    assert other.code not in page


def test_the_list_finds_by_unit_clause_day_lateness_and_what_is_mine(world: World, reader: Readers) -> None:
    measure = assigned(reader(OFFICE), "B1", ["B2"], days=10)
    by = reader(OFFICE)
    for asked in ({"unit": "B2"}, {"unit": "B1", "node": "assigned"}, {"before": day(10)}):
        assert list(queries.measures(by, **asked)) == [measure]  # type: ignore[arg-type]
    assert not queries.measures(by, before=day(9)).exists()
    assert queries.measures(by, text="二").count() == 2
    assert queries.measures(by, mine=True).count() == 4
    assert list(queries.measures(reader(UNIT), mine=True)) == [measure]
    assert not queries.measures(by, late=True).exists()
    Measure.objects.filter(pk=measure.pk).update(node_due=day(-1))
    assert list(queries.measures(by, late=True)) == [measure]
    counted = {unit.code: (unit.led, unit.cooperating, unit.open, unit.late) for unit in queries.units(by, day(0))}
    assert counted == {"B1": (1, 0, 1, 1), "B2": (0, 1, 0, 0)}
    assert [unit.code for unit in queries.units(reader(UNIT), day(0))] == ["B1"]


def test_the_matrix_marks_who_leads(world: World, reader: Readers, signed_in: SignIn) -> None:
    assigned(reader(OFFICE), "B1", ["B2"])
    page = signed_in(OFFICE).get("/measures/notices/n1/matrix/").content.decode()
    assert page.count("<td>◆") == 1
    assert page.count("<td>○") == 1


def test_a_clause_shows_what_happened_to_its_figures_and_a_figure_who_asked(
    world: World, reader: Readers, signed_in: SignIn
) -> None:
    measure = assigned(reader(OFFICE))
    figure = progress.add_figure(
        reader(OFFICE), measure, kind="indicator", name="中试平台数", unit="家",
        start=Decimal(8), target=Decimal(20),
    )  # fmt: skip
    for days, value in ((-60, 11), (-5, 14)):
        progress.set_value(reader(OFFICE), figure, value=Decimal(value), as_of=day(days), source="年报")
    page = signed_in(UNIT).get("/measures/notices/n1/clauses/0/").content.decode()
    assert "到2027年中试平台达到20家" in page
    assert "起点 8 → 当前 <strong>14</strong> → 目标 20 " in page
    assert str(day(-60)) in page
    assert "50.0%" in page
    progress.link(reader(OFFICE), measure, kind="zone", code="Z1")
    assert measure.text in signed_in(UNIT).get("/measures/links/zone/Z1/").content.decode()
    assert measure.text not in signed_in("district").get("/measures/links/indicator/1.3/").content.decode()


def test_the_record_of_a_unit_counts_nodes_on_time(world: World, reader: Readers, signed_in: SignIn) -> None:
    measure = following.sign(reader(UNIT), assigned(reader(OFFICE)))
    page = signed_in(UNIT).get("/measures/units/B1/").content.decode()
    assert "已走完的节点 1 个，按时 1 个。" in page
    measure.stages.filter(node=Node.ASSIGNED).update(due=day(-4))
    assert "已走完的节点 1 个，按时 0 个。" in signed_in(UNIT).get("/measures/units/B1/").content.decode()


def test_the_monthly_report_says_what_is_late_and_what_was_said(
    world: World, reader: Readers, signed_in: SignIn
) -> None:
    measure = following.sign(reader(UNIT), assigned(reader(OFFICE)))
    progress.note(reader(UNIT), measure, organisation("B1"), text="已完成摸底")
    Measure.objects.filter(pk=measure.pk).update(node_due=day(-1))
    answer = signed_in(OFFICE).get("/measures/notices/n1/report/")
    document = docx.Document(io.BytesIO(answer.content))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert "共 5 项，逾期 1 项" in text
    assert "已完成摸底" in text
    late, every = document.tables
    assert [cell.text for cell in late.rows[1].cells] == [measure.text, "第一局", "已签收", str(day(-1))]
    assert len(every.rows) == 6
    assert "合成数据" in document.sections[0].header.paragraphs[0].text
    own = docx.Document(io.BytesIO(signed_in(UNIT).get("/measures/notices/n1/report/").content))
    assert len(own.tables[1].rows) == 2
    earlier = signed_in(OFFICE).get("/measures/notices/n1/report/?month=2020-02").content
    assert "已完成摸底" not in "\n".join(p.text for p in docx.Document(io.BytesIO(earlier)).paragraphs)


def test_a_month_has_its_last_day() -> None:
    assert Month(2028, 2).last == datetime.date(2028, 2, 29)


def test_a_month_that_is_none_is_said(world: World, reader: Readers, signed_in: SignIn) -> None:
    registered(reader(OFFICE))
    answer = signed_in(OFFICE).get("/measures/notices/n1/report/?month=2026-13")
    assert answer.status_code == 404


def test_reminders_go_to_who_carries_what_presses(
    world: World, reader: Readers, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    measure = assigned(reader(OFFICE))
    User.objects.filter(username=UNIT).update(email="b1@example.org")
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        assert remind(reader(OFFICE), measure.notice) == 1
    (letter,) = mail.outbox
    assert letter.to == ["b1@example.org"]
    assert letter.subject == "【合成数据】督办提醒：1 项"
    assert measure.text in letter.body
    measure.node_due = measure.due = day(30)
    measure.save()
    assert remind(reader(OFFICE), measure.notice) == 0
    following.urge(reader(OFFICE), measure, reason="请抓紧")
    assert remind(reader(OFFICE), measure.notice) == 1


def test_the_api_does_what_the_pages_do(world: World, reader: Readers, signed_in: SignIn) -> None:
    code = split(reader(OFFICE), registered(reader(OFFICE)))[0].code
    office, unit = signed_in(OFFICE), signed_in(UNIT)

    def send(client: Client, path: str, **data: object) -> object:
        return client.post(f"/api/measures/{code}/{path}", data, content_type="application/json")

    assert send(office, "supervise/assign", lead="B9", cooperating=[], due=str(day(9))).status_code == 422  # type: ignore[attr-defined]
    answer = send(office, "supervise/assign", lead="B1", cooperating=["B2"], due=str(day(9)))
    assert answer.json()["node"] == "assigned"  # type: ignore[attr-defined]
    assert [one["code"] for one in unit.get("/api/measures/?mine=true").json()["items"]] == [code]
    missing = send(unit, "carry/decline")
    assert missing.json()["problems"][0]["field"] == "reason"  # type: ignore[attr-defined]
    assert send(unit, "carry/decline", reason="不属于本局").status_code == 204  # type: ignore[attr-defined]
    assert unit.get(f"/api/measures/{code}").status_code == 404
    assert office.get("/api/measures/notices").json()["items"][0]["open"] == 5


def test_a_round_of_reminders_tells_the_unit_its_helpers_and_the_office(world: World, reader: Readers) -> None:
    measure = assigned(reader(OFFICE), "B1", ["D1"], days=5)
    told = {who: due(reader(who), timezone.localdate()) for who in (UNIT, "district", OFFICE, "zone_reporter")}
    assert {who: [str(one.title) for one in found] for who, found in told.items()} == {
        UNIT: ["牵头的事项尚未开始办理"], "district": ["配合的事项"], OFFICE: [], "zone_reporter": [],
    }  # fmt: skip
    (one,) = told["district"]
    assert (one.address, one.due, one.place) == (f"/measures/{measure.code}/", day(5), measure.text)
    Measure.objects.filter(pk=measure.pk).update(node_due=day(-2))
    (late,) = due(reader(OFFICE), timezone.localdate())
    assert (str(late.title), late.due, late.place) == ("单位逾期的事项", day(-2), "第一局")
    # While it acts, the work list has the day already.
    Measure.objects.filter(pk=measure.pk).update(node="acting", node_due=day(5))
    assert due(reader(UNIT), timezone.localdate()) == []


def test_the_timer_mails_what_a_unit_helps_with(world: World, reader: Readers, settings: Any) -> None:
    settings.EMAIL_HOST = "mail.example"
    assigned(reader(OFFICE), "B1", ["D1"], days=3)
    User.objects.filter(username="district").update(email="d1@example.org")
    mail.outbox.clear()
    send_round(Reader.command("tests"), timezone.localdate())
    (letter,) = mail.outbox
    assert letter.to == ["d1@example.org"]
    assert "配合的事项" in letter.body
    assert send_round(Reader.command("tests"), timezone.localdate()).mails == 0

"""The API does what the pages do: from the file to the measures, their figures and requests."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from evaluated import evaluation
from followed import TEXT, assigned, registered
from world import World

from gaoxin.platform.access.reader import Reader
from gaoxin.platform.audit.models import Entry
from gaoxin.platform.measures.models import Notice
from gaoxin.platform.uploads.models import Upload

Readers = Callable[[str], Reader]
SignIn = Callable[[str], Client]
OFFICE, UNIT = "city_analyst", "bureau"
NOTICES = "/api/measures/notices"


def send(client: Client, path: str, **data: object) -> Any:
    return client.post(f"/api/measures/{path}", data, content_type="application/json")


def fields(answer: Any) -> list[str | None]:
    assert answer.status_code == 422
    return [problem["field"] for problem in answer.json()["problems"]]


def test_a_notice_comes_in_is_decided_registered_split_and_assigned(world: World, signed_in: SignIn) -> None:
    office = signed_in(OFFICE)
    assert fields(office.post(NOTICES, {"code": "n1"})) == ["file"]
    file = SimpleUploadedFile("notice.txt", TEXT.encode())
    made = office.post(NOTICES, {"file": file, "code": "n1", "synthetic": "true"}).json()
    assert (made["number"], made["synthetic"], made["registered"]) == ("示府规〔2025〕1号", True, None)
    assert "缺 三" in [one["zh"] for one in made["findings"]]
    assert [clause["label"] for clause in made["clauses"]] == ["一", "二", "四"]
    for clause in made["clauses"]:
        for draft in clause["drafts"]:
            assert TEXT[draft["start"] : draft["end"]] == draft["words"]
    undecided = [unit for unit in made["units"] if not unit["decided"]]
    refused = send(office, "notices/n1/registration", title=made["title"])
    assert undecided[0]["name"] in refused.json()["problems"][0]["message"]
    group = send(office, f"notices/n1/units/{undecided[0]['id']}", organisations=["D1", "D2"])
    assert group.json()["organisations"] == ["D1", "D2"]
    assert fields(send(office, f"notices/n1/units/{undecided[1]['id']}", organisations=["XX"])) == ["organisations"]
    assert send(office, f"notices/n1/units/{undecided[1]['id']}", outside=True).json()["decided"]
    done = send(office, "notices/n1/registration", title=made["title"], days={"assigned": 9}).json()
    assert done["count"] == 5
    assert done["days"]["assigned"] == 9
    assert fields(send(office, "notices/n1/clauses/0/split", lines="不在通知里")) == ["lines"]
    (split,) = send(office, "notices/n1/clauses/0/split", lines="建立平台开放目录").json()
    assert TEXT[split["start"] : split["end"]] == "建立平台开放目录"
    due = str(timezone.localdate() + datetime.timedelta(days=30))
    (measure,) = send(
        office, "notices/n1/clauses/0/assignment", lead="B1", cooperating=["B2"], due=due
    ).json()  # fmt: skip
    assert measure["node"] == "assigned"
    assert signed_in(UNIT).get(f"/api/measures/{measure['code']}").json()["lead"] == "B1"


def test_a_draft_is_discarded_with_its_file_and_a_registered_notice_is_not(
    world: World, reader: Readers, signed_in: SignIn
) -> None:
    office = signed_in(OFFICE)
    office.post(NOTICES, {"file": SimpleUploadedFile("notice.txt", TEXT.encode()), "code": "n1"})
    assert fields(office.delete(f"{NOTICES}/n1")) == ["reason"]
    assert signed_in("city_leader").delete(f"{NOTICES}/n1?reason=x").status_code == 403
    assert office.delete(f"{NOTICES}/n1?reason=%E9%94%99").status_code == 204
    assert not Notice.objects.exists()
    assert not Upload.objects.exists()
    entry = Entry.objects.get(action="measures.discard")
    assert '"file":"notice.txt"' in entry.before.replace(": ", ":")
    registered(reader(OFFICE), "n2")
    answer = office.delete(f"{NOTICES}/n2?reason=x")
    assert answer.json()["problems"][0]["rule"] == "measures.registered"
    assert Notice.objects.exists()


def test_the_page_asks_before_a_draft_is_discarded(world: World, signed_in: SignIn) -> None:
    office = signed_in(OFFICE)
    office.post(NOTICES, {"file": SimpleUploadedFile("notice.txt", TEXT.encode()), "code": "n1"})
    page = office.get("/measures/notices/n1/").content.decode()
    assert 'href="/measures/notices/n1/discard/"' in page
    assert "3 个条款" in office.get("/measures/notices/n1/discard/").content.decode()
    assert office.post("/measures/notices/n1/discard/", {"reason": ""}).status_code == 422
    assert office.post("/measures/notices/n1/discard/", {"reason": "发错文件"}).status_code == 302
    assert not Notice.objects.exists()


def test_figures_are_set_corrected_and_ended(world: World, reader: Readers, signed_in: SignIn) -> None:
    code = assigned(reader(OFFICE)).code
    office, unit = signed_in(OFFICE), signed_in(UNIT)
    evaluation("2025")
    asked = {"kind": "indicator", "origin": "evaluation", "code": "national-2021:1.3", "start": "0", "target": "50"}
    assert fields(send(office, f"{code}/figures", **asked)) == ["zone"]
    assert fields(send(office, f"{code}/figures", **asked, zone="Z9")) == ["zone"]
    made = send(office, f"{code}/figures", **asked, zone="Z1")
    assert made.status_code == 201
    assert (made.json()["zone"], made.json()["as_of"]) == ("Z1", "2025-12-31")
    hand = send(office, f"{code}/figures", kind="indicator", name="平台数", start="8", target="20").json()
    today = str(timezone.localdate())
    values = f"{code}/figures/{hand['id']}"
    assert send(office, f"{values}/values", value="14", as_of=today, source="年报").status_code == 201
    asked_for = send(unit, f"{values}/corrections", value="15", as_of=today, reason="漏计一家").json()
    assert (asked_for["state"], asked_for["organisation"], asked_for["figure"]) == ("asked", "B1", hand["id"])
    assert [one["id"] for one in unit.get(f"/api/measures/{code}/requests").json()["items"]] == [asked_for["id"]]
    assert send(unit, f"{code}/requests/{asked_for['id']}", granted=True, reason="x").status_code == 403
    assert (
        send(office, f"{code}/requests/{asked_for['id']}", granted=True, reason="已核实").json()["state"] == "granted"
    )
    figures = {one["id"]: one for one in office.get(f"/api/measures/{code}").json()["figures"]}
    assert figures[hand["id"]]["current"] == "15.000000"
    assert send(office, f"{values}/end", reason="口径取消").json()["ended"]

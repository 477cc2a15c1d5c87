"""A return by API, from the collection to the approval, with the refusals a program gets."""

from __future__ import annotations

import datetime
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook
from world import World

from gaoxin.platform.jobs.worker import run_waiting
from gaoxin.platform.statistics.models import Collection

Sign = Callable[[str], Client]


@pytest.fixture
def call(world: World, signed_in: Sign) -> Callable[..., tuple[int, Any]]:
    def ask(who: str, verb: str, address: str, **body: Any) -> tuple[int, Any]:
        answer = signed_in(who).generic(verb, f"/api/statistics/{address}", json.dumps(body), "application/json")
        return answer.status_code, answer.json() if answer.content else None

    return ask


def test_a_zone_reports_and_the_city_approves(call: Callable[..., tuple[int, Any]]) -> None:
    today = timezone.localdate()
    status, made = call(
        "city_analyst", "POST", "collections", code="zones-2025", name="园区年报", book="zone-return-2021",
        entity="zone", period="2025", opens=str(today), due=str(today + datetime.timedelta(days=9)),
    )  # fmt: skip
    assert (status, made["forms"]) == (201, [])
    held = "returns/zones-2025/Z1"
    status, saved = call("zone_reporter", "PATCH", held, figures={"gx_new_firms": "12", "gx_tech_smes": "x"})
    assert (status, saved["kept"], saved["refused"][0]["cell"]) == (200, {"gx_new_firms": "12"}, "gx_tech_smes")
    status, refused = call("zone_reporter", "POST", f"{held}/submission", signatory="")
    assert (status, refused["problems"][0]["field"]) == (422, "signatory")
    assert call("zone_reporter", "POST", f"{held}/submission", signatory="王某")[1]["state"] == "submitted"
    assert call("city_analyst", "POST", f"{held}/approval")[0] == 422
    assert call("zone_reviewer", "POST", f"{held}/return", text="请补充")[1]["state"] == "returned"
    assert call("zone_reporter", "POST", f"{held}/submission", signatory="王某")[1]["version"] == 2
    assert call("zone_reviewer", "POST", f"{held}/forwarding")[1]["state"] == "reviewed"
    assert call("city_analyst", "POST", f"{held}/approval")[1]["state"] == "approved"
    full = call("city_leader", "GET", held)[1]
    assert (full["figures"], full["signatory"], len(full["sha256"])) == ({"gx_new_firms": "12"}, "王某", 64)
    status, snapshot = call("city_analyst", "POST", "snapshots", period="2025")
    assert (status, snapshot["counts"], snapshot["contents"].keys() >= {"zone-zone-return-2021.parquet"}) == (
        201, {"zone": 1}, True,
    )  # fmt: skip
    asked = "figures?book=zone-return-2021&entity=zone&item=gx_new_firms&first=2025&last=2025"
    status, totals = call("zone_reporter", "GET", asked)
    assert status == 200
    assert [(one["place"], one["value"], one["why"]) for one in totals] == [("Z1", "12", "")]


def test_a_file_is_taken_by_api_and_its_report_read(
    world: World, signed_in: Sign, collect: Callable[..., object], call: Callable[..., tuple[int, Any]]
) -> None:
    collect()
    file = SimpleUploadedFile("firms.csv", b"firm,zone,period,qd01\nnobody,Z1,2025,1\n")
    answer = signed_in("zone_reporter").post("/api/statistics/collections/firms-2025/imports", {"file": file})
    assert answer.status_code == 202, answer.content
    run_waiting()
    status, held = call("zone_reporter", "GET", f"imports/{answer.json()['id']}")
    assert (status, held["state"], held["taken"]) == (200, "refused", 0)
    assert held["report"][0]["rule"] == "import.reporter"


def test_a_collection_is_led_by_api_from_its_progress_to_its_closing(
    call: Callable[..., tuple[int, Any]], collect: Callable[..., Collection], signed_in: Sign
) -> None:
    due = collect().due + datetime.timedelta(days=10)
    held = "returns/firms-2025/F1"
    template = signed_in("firm").get(f"/api/statistics/{held}/template.xlsx").content
    book = load_workbook(io.BytesIO(template))
    sheet = next(sheet for sheet in book if any(cell.value == "qd01" for row in sheet for cell in row))
    row = next(cell.row for cells in sheet for cell in cells if cell.value == "qd01")
    head = next(cell for cells in sheet for cell in cells if cell.value in {"本期", "本期数"})
    sheet.cell(row, head.column).value = 7
    book.save(file := io.BytesIO())
    filled = SimpleUploadedFile("firm.xlsx", file.getvalue())
    answer = signed_in("firm").post(f"/api/statistics/{held}/template", {"file": filled})
    assert (answer.status_code, answer.json()["kept"]["qd01"]) == (200, "7")
    assert call("firm", "POST", f"{held}/submission", signatory="王某")[0] == 200
    assert call("zone_reviewer", "POST", f"{held}/return", text="请核", remarks={"qd01": "人数偏少"})[0] == 200
    call("firm", "PATCH", held, figures={"qd01": "9"})
    assert call("firm", "GET", f"{held}/changes")[1]["since_submission"] == [
        {"cell": "qd01", "before": "7", "after": "9"}
    ]
    assert [(one["cell"], one["version"]) for one in call("firm", "GET", f"{held}/remarks")[1]] == [
        ("", 1),
        ("qd01", 1),
    ]
    call("firm", "POST", f"{held}/submission", signatory="王某")
    asked = "collections/firms-2025"
    assert call("zone_reviewer", "POST", f"{asked}/forwarding") == (200, {"number": 1})
    assert call("city_analyst", "POST", f"{asked}/approval") == (200, {"number": 1})
    extension = {"place": "Z2", "due": str(due), "reason": "停电"}
    assert call("city_analyst", "POST", f"{asked}/extension", **extension) == (200, {"number": 1})
    assert call("city_analyst", "POST", f"{asked}/reminders")[0] == 200
    assert call("city_analyst", "POST", f"{asked}/newcomers") == (200, {"number": 0})
    far = {one["code"]: (one["submitted"], one["approved"]) for one in call("city_leader", "GET", asked)[1]["zones"]}
    assert far == {"Z1": (1, 1), "Z2": (0, 0)}
    assert [one["signatory"] for one in call("firm", "GET", f"{held}/versions")[1]] == ["王某", "王某"]
    assert call("city_analyst", "POST", f"{asked}/closing", reason="年报结束")[1]["closed"] is not None
    assert len(call("zone_reviewer", "GET", f"{held}/touched")[1]["snapshots"]) == 1
    assert call("city_analyst", "POST", f"{asked}/reminders")[0] == 422

"""Dynamic adjustment by API: events, the rules, the steps of a case, a zone over the years."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from evaluated import case, evaluation
from world import World

from gaoxin.platform.adjustments.models import State
from gaoxin.platform.jobs.models import Job

Call = Callable[..., tuple[int, Any]]
BOOK = "example-city-decisions"
SIGNED = {"signatory": "张三", "text": "见附件"}


@pytest.fixture
def call(world: World, signed_in: Callable[[str], Client]) -> Call:
    def ask(who: str, verb: str, address: str, **body: Any) -> tuple[int, Any]:
        answer = signed_in(who).generic(verb, f"/api/adjustments{address}", json.dumps(body), "application/json")
        return answer.status_code, answer.json() if answer.content else None

    return ask


def test_an_event_is_recorded_corrected_and_listed(call: Call) -> None:
    event = {"zone": "Z1", "period": "2025", "book": BOOK, "item": "ev_major_accidents", "document": "核查"}
    assert call("city_analyst", "POST", "/events", value="1", **event)[0] == 201
    assert call("city_analyst", "POST", "/events", value="0", **event)[1]["value"] == "0"
    assert [one["value"] for one in call("city_analyst", "GET", "/events")[1]["items"]] == ["0"]
    status, refused = call("city_analyst", "POST", "/events", value="很多", **event)
    assert (status, refused["problems"][0]["field"]) == (422, "value")


def test_the_rules_are_asked_for_once_an_evaluation_is_published(call: Call) -> None:
    status, refused = call("city_analyst", "POST", "/proposals", period="2025", book=BOOK)
    assert (status, refused["problems"][0]["field"]) == (422, "period")
    evaluation()
    status, job = call("city_analyst", "POST", "/proposals", period="2025", book=BOOK)
    assert (status, job["state"], job["id"]) == (202, "waiting", str(Job.objects.get().pk))


def test_a_case_step_by_step_as_city_and_zone_see_it(call: Call) -> None:
    evaluation()
    made = case("Z1", "rectify", State.PROPOSED)
    said = call("city_leader", "GET", f"/proposals/{made.proposing_id}")[1]["findings"]["proposals"]
    assert any(one["zone"] == "Z1" for one in said)
    assert call("zone_reviewer", "GET", f"/{made.pk}/steps")[0] == 404
    assert call("city_analyst", "POST", f"/{made.pk}/notify", **SIGNED)[1]["state"] == "notified"
    assert call("zone_reviewer", "POST", f"/{made.pk}/state", **SIGNED)[1]["state"] == "stated"
    steps = call("zone_reviewer", "GET", f"/{made.pk}/steps")[1]
    assert [(one["name"], bool(one["letter_sha256"])) for one in steps] == [("notify", True), ("state", False)]
    years = call("zone_reviewer", "GET", "/zones/Z1")[1]
    assert [(year["period"], [one["state"] for one in year["cases"]]) for year in years] == [("2025", ["stated"])]
    assert years[0]["rank"] is not None


def test_the_letter_of_a_step_is_a_word_file(world: World, call: Call, signed_in: Callable[[str], Client]) -> None:
    made = case("Z1", "rectify", State.PROPOSED)
    call("city_analyst", "POST", f"/{made.pk}/notify", **SIGNED)
    [step] = call("city_analyst", "GET", f"/{made.pk}/steps")[1]
    letter = signed_in("zone_reviewer").get(f"/api/adjustments/{made.pk}/letters/{step['key']}")
    assert (letter.status_code, letter.content[:2]) == (200, b"PK")

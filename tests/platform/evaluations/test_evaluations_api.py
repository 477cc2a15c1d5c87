"""Evaluations by API: what a zone may know, expert scores, what is asked again."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from evaluated import SYSTEM, evaluation
from world import World

from gaoxin.platform.evaluations.models import Evaluation, State
from gaoxin.platform.evaluations.systems import expert_indicators

Call = Callable[..., tuple[int, Any]]


@pytest.fixture
def call(world: World, signed_in: Callable[[str], Client]) -> Call:
    def ask(who: str, verb: str, address: str, **body: Any) -> tuple[int, Any]:
        answer = signed_in(who).generic(verb, f"/api/evaluations{address}", json.dumps(body), "application/json")
        return answer.status_code, answer.json() if answer.content else None

    return ask


def test_a_zone_learns_how_the_scores_lie_and_what_a_rank_would_take(call: Call) -> None:
    run = evaluation()
    scores = call("zone_reviewer", "GET", f"/{run.pk}/spread")[1]["scores"]
    assert scores == sorted(scores, reverse=True)
    assert len(scores) == run.standings.exclude(score=None).count()
    mine = call("zone_reviewer", "GET", f"/{run.pk}/zones")[1]["items"]
    assert [one["code"] for one in mine] == ["Z1"]
    status, way = call("zone_reviewer", "GET", f"/{run.pk}/zones/Z1/what-it-takes?rank=1")
    assert status == 200
    assert way["rank_before"] == mine[0]["rank"]
    assert way["attainable"] or not way["improvements"]
    assert call("zone_reviewer", "GET", f"/{run.pk}/zones/Z2/what-it-takes?rank=1")[0] == 404


def test_a_derivation_names_the_cells_for_who_may_see_returns(call: Call) -> None:
    run = evaluation()
    whole = call("city_leader", "GET", f"/{run.pk}/zones/Z1/1.2")[1]
    assert whole["origins"]
    assert all(one["place"] and one["value"] for one in whole["origins"])
    assert call("bureau", "GET", f"/{run.pk}/zones/Z1/1.2")[1]["origins"] == []


def test_two_runs_side_by_side(call: Call) -> None:
    run, former = evaluation(), evaluation("2024")
    status, both = call("city_analyst", "GET", f"/{run.pk}/comparison/{former.pk}")
    assert status == 200
    ranks = {one.code: one.rank for one in run.standings.all()}
    assert {one["code"]: one["rank_after"] for one in both["zones"] if one["code"] in ranks} == ranks
    assert both["differences"]


def test_experts_are_asked_and_score(call: Call) -> None:
    status, asked = call(
        "city_analyst", "POST", "/rounds", title="评分", period="2025", system=SYSTEM, due="2027-01-01"
    )
    assert status == 201
    sheet = f"/rounds/{asked['number']}/scores"
    assert call("expert", "GET", sheet) == (200, [])
    wrong = [{"zone": "Z1", "indicator": "no such", "value": 80}]
    assert call("expert", "PUT", sheet, scores=wrong)[0] == 422
    no = expert_indicators(SYSTEM)[0].no
    given = [{"zone": "Z1", "indicator": no, "value": 80}, {"zone": "Z2", "indicator": no, "value": 70.5}]
    status, kept = call("expert", "PUT", sheet, scores=given, remarks={"Z1": "扎实"})
    assert (status, [(one["zone"], float(one["value"]), one["remark"]) for one in kept]) == (
        200, [("Z1", 80.0, "扎实"), ("Z2", 70.5, "")],
    )  # fmt: skip
    taken_back = [{"zone": "Z2", "indicator": no, "value": None}]
    assert [one["zone"] for one in call("expert", "PUT", sheet, scores=taken_back)[1]] == ["Z1"]
    assert call("city_analyst", "POST", f"/rounds/{asked['number']}/closing")[1]["closed"] is not None
    assert call("expert", "PUT", sheet, scores=given)[0] == 422


def test_a_run_that_is_done_is_not_computed_again(call: Call) -> None:
    run = evaluation(state=State.DRAFT)
    assert call("city_analyst", "POST", f"/{run.pk}/again")[0] == 422
    assert Evaluation.objects.get(pk=run.pk).job is None

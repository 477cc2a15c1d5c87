"""Who gets in at the pages and the API of evaluations."""

import datetime
from typing import Any

from evaluated import SYSTEM, evaluation
from matrix import Row

from gaoxin.platform.access.roles import Role
from gaoxin.platform.evaluations.models import STEPS, Round
from gaoxin.platform.organisations.models import Organisation

CITY = (Role.ANALYST, Role.LEADER, Role.BUREAU)
PLACE = (Role.DISTRICT, Role.REPORTER, Role.REVIEWER, Role.AUDITOR)
SEE = {"city": (*CITY, *PLACE)}
"""A published run is for all who may see evaluations, wherever their zone is; its details are not."""
DETAILS = {"city": CITY, "place": PLACE}
RUN = {"city": (Role.ANALYST,)}
STEP = {
    "review": (Role.ANALYST, Role.LEADER), "send-back": (Role.ANALYST, Role.LEADER), "publish": (Role.LEADER,),
    "retract": (Role.LEADER,), "discard": (Role.ANALYST,),
}  # fmt: skip
SCORE = {"city": (Role.EXPERT, Role.ANALYST)}
ASKED = {"title": "评分", "period": "2025", "system": SYSTEM}
NEW = {"title": "评价", "period": "2025", "system": SYSTEM}


def number(*_: object) -> dict[str, Any]:
    return {"number": evaluation().pk}


def zone(organisation: str, _: Role) -> dict[str, Any]:
    code = "Z2" if organisation.endswith("2") else "Z1"
    return {"number": evaluation().pk, "code": code}


def node(organisation: str, role: Role) -> dict[str, Any]:
    return {**zone(organisation, role), "node": "1.2"}


def two(*_: object) -> dict[str, Any]:
    return {"number": evaluation().pk, "other": evaluation("2024").pk}


def asked(*_: object) -> dict[str, Any]:
    city = Organisation.objects.get(code="CITY")
    made = Round.objects.create(
        organisation=city, title="评分", period="2025", system=SYSTEM, due=datetime.date(2026, 6, 30)
    )
    return {"number": made.pk}


ROWS = [
    Row("evaluations:list", **SEE),
    Row("evaluations:list", query="?format=csv", **SEE),
    Row("evaluations:page", arguments=number, **SEE),
    Row("evaluations:zone", arguments=zone, **DETAILS),
    Row("evaluations:derivation", arguments=node, **DETAILS),
    Row("evaluations:reach", arguments=zone, **DETAILS),
    Row("evaluations:compare", arguments=two, city=CITY),
    Row("evaluations:download", arguments=lambda *_: {**number(), "what": "bundle"}, city=CITY),
    *(Row("evaluations:new", verb, **RUN) for verb in ("GET", "POST")),
    *(Row("evaluations:again", verb, arguments=number, **RUN) for verb in ("GET", "POST")),
    *(
        Row(f"evaluations:{name}", verb, arguments=number, city=STEP[name])
        for name in STEPS
        for verb in ("GET", "POST")
    ),
    Row("evaluations:rounds", **SCORE),
    Row("evaluations:round", arguments=asked, **SCORE),
    Row("evaluations:round", "POST", arguments=asked, **SCORE),
    *(Row("evaluations:new-round", verb, **RUN) for verb in ("GET", "POST")),
    *(Row("evaluations:close-round", verb, arguments=asked, **RUN) for verb in ("GET", "POST")),
    Row("api:evaluations", **SEE),
    Row("api:evaluations", "POST", data=NEW, **RUN),
    Row("api:evaluation", arguments=number, **SEE),
    Row("api:evaluation-zones", arguments=number, **SEE),
    Row("api:evaluation-reach", query="?rank=1", arguments=zone, **DETAILS),
    Row("api:evaluation-spread", arguments=number, **SEE),
    Row("api:evaluation-compare", arguments=two, city=CITY),
    Row("api:evaluation-download", arguments=lambda *_: {**number(), "what": "bundle"}, city=CITY),
    Row("api:evaluation-again", "POST", arguments=number, **RUN),
    Row("api:rounds", **SCORE),
    Row("api:rounds", "POST", data={**ASKED, "due": "2026-06-30"}, **RUN),
    Row("api:round-close", "POST", arguments=asked, **RUN),
    Row("api:round-scores", arguments=asked, **SCORE),
    Row("api:round-scores", "PUT", arguments=asked, data={"scores": []}, **SCORE),
    Row("api:evaluation-derivation", arguments=node, **DETAILS),
    *(
        Row(f"api:evaluation-{name}", "POST", arguments=number, data={"reason": "test"}, city=STEP[name])
        for name in STEPS
    ),
]  # fmt: skip

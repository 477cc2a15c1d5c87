"""Who gets in at the pages and the API of dynamic adjustment."""

from typing import Any

from evaluated import case, evaluation
from matrix import Row

from gaoxin.platform.access.roles import Role
from gaoxin.platform.adjustments.models import State
from gaoxin.platform.adjustments.procedure import STEPS

CITY = (Role.ANALYST, Role.LEADER, Role.BUREAU)
PLACE = (Role.DISTRICT, Role.REPORTER, Role.REVIEWER, Role.AUDITOR)
SEE = {"city": CITY, "place": PLACE}
ALL = {"city": (*CITY, *PLACE)}
PROPOSE = {"city": (Role.ANALYST,)}
CITY_STEPS = {"notify": Role.ANALYST, "accept": Role.ANALYST, "reject": Role.ANALYST, "decide": Role.LEADER,
              "withdraw": Role.LEADER, "drop": Role.LEADER}  # fmt: skip
TAKE: dict[str, dict[str, tuple[Role, ...]]] = {
    name: {"city": (CITY_STEPS[name],)} if name in CITY_STEPS else {"place": (Role.REVIEWER,)} for name in STEPS
}
UNDO = {"city": (Role.ANALYST,)}
"""The last step of the case is the notice, which is the analyst's to take back."""
SIGNED = {"signatory": "甲", "text": "乙"}


def zone_of(organisation: str) -> str:
    return "Z2" if organisation.endswith("2") else "Z1"


def number(organisation: str, _: Role) -> dict[str, Any]:
    return {"number": case(zone_of(organisation)).pk}


def letter(organisation: str, _: Role) -> dict[str, Any]:
    made = case(zone_of(organisation))
    return {"number": made.pk, "key": made.steps.get().pk}


def proposing(*_: object) -> dict[str, Any]:
    return {"number": case("Z1", state=State.PROPOSED).proposing_id}


def zone(organisation: str, _: Role) -> dict[str, Any]:
    evaluation()
    case(zone_of(organisation))
    return {"code": zone_of(organisation)}


EVENT = {"zone": "Z1", "period": "2025", "book": "example-city-decisions", "item": "x", "value": "1", "document": "x"}

ROWS = [
    Row("adjustments:list", **ALL),
    Row("adjustments:list", query="?format=xlsx", **ALL),
    Row("adjustments:page", arguments=number, **SEE),
    Row("adjustments:letter", arguments=letter, **SEE),
    Row("adjustments:zone", arguments=zone, **SEE),
    Row("adjustments:proposals", arguments=proposing, city=(Role.ANALYST, Role.LEADER)),
    *(Row(f"adjustments:{page}", verb, **PROPOSE) for page in ("propose", "events") for verb in ("GET", "POST")),
    *(Row(f"adjustments:{name}", verb, arguments=number, **TAKE[name]) for name in STEPS for verb in ("GET", "POST")),
    Row("adjustments:undo", arguments=number, city=(Role.ANALYST, Role.LEADER)),
    Row("adjustments:undo", "POST", arguments=number, **UNDO),
    Row("api:adjustments", **ALL),
    Row("api:adjustment", arguments=number, **SEE),
    *(Row(f"api:adjustment-{name}", "POST", arguments=number, data=SIGNED, **TAKE[name]) for name in STEPS),
    Row("api:adjustment-steps", arguments=number, **SEE),
    Row("api:adjustment-letter", arguments=letter, **SEE),
    Row("api:adjustment-zone", arguments=zone, **SEE),
    Row("api:proposals", city=(Role.ANALYST, Role.LEADER)),
    Row("api:proposals", "POST", data={"period": "2025", "book": "x"}, **PROPOSE),
    Row("api:proposal", arguments=proposing, city=(Role.ANALYST, Role.LEADER)),
    Row("api:occurrences", **PROPOSE),
    Row("api:occurrences", "POST", data=EVENT, **PROPOSE),
    Row("api:adjustment-undo", "POST", arguments=number, data={"reason": "test"}, **UNDO),
]

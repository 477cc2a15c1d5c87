"""Who gets in at the pages and the API of the register of zones."""

from typing import Any

from matrix import Row, code

from gaoxin.platform.access.roles import Role
from gaoxin.platform.organisations.models import Organisation
from gaoxin.platform.zones.models import Level, Zone

SEE = {
    "city": (Role.ANALYST, Role.LEADER, Role.BUREAU, Role.EXPERT, Role.PUBLIC),
    "place": (Role.DISTRICT, Role.REPORTER, Role.REVIEWER, Role.PARK, Role.AUDITOR, Role.ADMINISTRATOR),
}
CHANGE = {"city": (Role.ANALYST,), "place": (Role.REVIEWER, Role.ADMINISTRATOR)}


def zone(organisation: str, role: Role) -> dict[str, Any]:
    """A zone or park that is in the register: of a district its zone, of a bureau any."""
    at = {"D1": "Z1", "D2": "Z2", "B1": "Z1", "B2": "Z2"}.get(organisation, organisation)
    found = Organisation.objects.get(code=at)
    if found.kind in {"zone", "park"}:
        Zone.objects.get_or_create(organisation=found, defaults={"level": Level.NATIONAL})
    return code(at, role)


ROWS = [
    Row("zones:list", **SEE),
    Row("zones:list", query="?format=csv", **SEE),
    Row("zones:page", arguments=zone, **SEE),
    *(
        Row(f"zones:{page}", verb, arguments=zone, **CHANGE)
        for page in ("keep", "boundary", "add-event")
        for verb in ("GET", "POST")
    ),
    Row("api:zones", **SEE),
    Row("api:zone", arguments=zone, **SEE),
    Row("api:zone", "PUT", arguments=zone, **CHANGE, data={"level": "city", "reason": "test"}),
    Row(
        "api:zone-events", "POST", arguments=zone, **CHANGE,
        data={"day": "2020-01-01", "kind": "other", "text": "事项"},
    ),
]  # fmt: skip

"""Who gets in at the pages and the API of the register of firms."""

from typing import Any

from django.utils import timezone
from matrix import Row
from world import PLACES

from gaoxin.platform.access.roles import Role
from gaoxin.platform.organisations.models import Organisation
from gaoxin.platform.uploads.models import Upload

SEE = {
    "city": (Role.ANALYST, Role.LEADER, Role.BUREAU),
    "place": (
        Role.DISTRICT, Role.REPORTER, Role.REVIEWER, Role.PARK, Role.FIRM, Role.AUDITOR, Role.ADMINISTRATOR,
    ),
}  # fmt: skip
CHANGE = {"city": (Role.ANALYST,), "place": (Role.REPORTER, Role.PARK, Role.ADMINISTRATOR)}
MERGE = {"city": (Role.ANALYST,), "place": (Role.ADMINISTRATOR,)}
VALUES = {"name": "另一个名称", "industry": "3911"}


def firm(organisation: str, _: Role) -> dict[str, Any]:
    """The firm of the world in the same half of the city."""
    return {"code": f"F{organisation[-1]}"}


def upload(organisation: str, _: Role) -> dict[str, Any]:
    """A file of firms that was sent for the organisation."""
    at = Organisation.objects.get(code=organisation)
    content = "统一社会信用代码,企业名称\n".encode()
    made = Upload.objects.create(
        organisation=at, purpose="firms", name="firms.csv", kind="csv", size=len(content), sha256="0" * 64,
        content=content, received=timezone.now(),
    )  # fmt: skip
    return {"key": made.pk}


def new_firm(role: Role) -> dict[str, Any]:
    """A firm to be entered where the person of the role keeps the register."""
    return {**VALUES, "credit_code": "91110000600037341L", "zone": PLACES[role][1]}


ROWS = [
    Row("enterprises:list", **SEE),
    Row("enterprises:list", query="?format=xlsx", **SEE),
    Row("enterprises:page", arguments=firm, **SEE),
    *(Row(f"enterprises:{page}", verb, **CHANGE) for page in ("add", "upload") for verb in ("GET", "POST")),
    *(Row("enterprises:import", verb, arguments=upload, **CHANGE) for verb in ("GET", "POST")),
    *(
        Row(f"enterprises:{page}", verb, arguments=firm, **CHANGE)
        for page in ("change", "transfer", "add-certificate")
        for verb in ("GET", "POST")
    ),
    *(Row("enterprises:merge", verb, arguments=firm, **MERGE) for verb in ("GET", "POST")),
    Row("api:firms", **SEE),
    Row("api:firms", "POST", **CHANGE, data=new_firm),
    Row("api:firm", arguments=firm, **SEE),
    Row("api:firm", "PUT", arguments=firm, **CHANGE, data={**VALUES, "reason": "test"}),
]

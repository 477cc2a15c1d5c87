"""Who reads the audit."""

from typing import Any

from matrix import Row

from gaoxin.platform.access.roles import Role
from gaoxin.platform.audit.models import Entry

SEE = {"place": (Role.AUDITOR, Role.ADMINISTRATOR)}


def entry(organisation: str, _: Role) -> dict[str, Any]:
    """The entry by which the organisation was added."""
    return {"sequence": Entry.objects.filter(organisation__code=organisation).earliest("sequence").pk}


ROWS = [
    Row("audit:list", **SEE),
    Row("audit:page", arguments=entry, **SEE),
    Row("api:audit", **SEE),
]

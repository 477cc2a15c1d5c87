"""Everybody sees their own jobs and nobody else's."""

from typing import Any

from matrix import EVERYONE, Row
from world import PLACES

from gaoxin.platform.access.roles import Role
from gaoxin.platform.accounts.models import User
from gaoxin.platform.jobs.models import Job
from gaoxin.platform.organisations.models import Organisation


def job(organisation: str, role: Role) -> dict[str, Any]:
    """A job of the person of the role at their own place, somebody else's elsewhere."""
    at = Organisation.objects.get(code=organisation)
    user = User.objects.get(username=role.value)
    if organisation != PLACES[role][1]:
        user = User.objects.create(username=f"other {role.value}", name="Other", organisation=at)
    made = Job.objects.create(kind="x.y", title="任务", title_en="A job", user=user, organisation=at)
    return {"key": made.pk}


ROWS = [
    Row("jobs:list", city=EVERYONE),
    Row("jobs:page", place=EVERYONE, arguments=job),
    Row("api:jobs", city=EVERYONE),
    Row("api:job", place=EVERYONE, arguments=job),
]

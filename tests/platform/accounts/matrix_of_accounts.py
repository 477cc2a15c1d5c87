"""Who gets in at the pages and the API of accounts."""

from typing import Any

from django.utils import timezone
from matrix import Row
from world import PLACES

from gaoxin.platform.access.roles import Role
from gaoxin.platform.accounts.models import Assignment, Token, User
from gaoxin.platform.organisations.models import Organisation

SEE = {"place": (Role.AUDITOR, Role.ADMINISTRATOR)}
CHANGE = {"place": (Role.ADMINISTRATOR,)}
OWN = {"city": tuple(role for role in Role if role is not Role.PUBLIC)}


def person(organisation: str, _: Role) -> dict[str, Any]:
    """Somebody of the organisation."""
    at = Organisation.objects.get(code=organisation)
    return {"key": User.objects.create(username=f"somebody at {organisation}", name="Somebody", organisation=at).pk}


def role_held(organisation: str, role: Role) -> dict[str, Any]:
    """A role that somebody holds at the organisation."""
    at = Organisation.objects.get(code=organisation)
    user = User.objects.get(pk=person(organisation, role)["key"])
    return {"key": Assignment.objects.create(user=user, role=Role.REPORTER, organisation=at).pk}


def token(organisation: str, role: Role) -> dict[str, Any]:
    """A token of the person of the role at their own place, somebody else's elsewhere."""
    own = organisation == PLACES[role][1]
    user = User.objects.get(username=role.value) if own else User.objects.get(pk=person(organisation, role)["key"])
    made = Token.objects.create(user=user, name="A token", secret=f"{role}", expires=timezone.now())
    return {"key": made.pk}


def _new(role: Role) -> dict[str, Any]:
    return {"username": "new", "name": "New", "organisation": PLACES[role][1]}


CHANGE_ANYWHERE = {"city": CHANGE["place"]}

ROWS = [
    Row("accounts:list", **SEE),
    Row("accounts:roles", **SEE),
    Row("accounts:add", **CHANGE),
    Row("accounts:add", "POST", **CHANGE),
    Row("accounts:page", arguments=person, **SEE),
    *(
        Row(f"accounts:{page}", verb, arguments=person, **CHANGE)
        for page in ("grant", "active", "password")
        for verb in ("GET", "POST")
    ),
    Row("accounts:revoke", arguments=role_held, **CHANGE),
    Row("accounts:revoke", "POST", arguments=role_held, **CHANGE),
    Row("accounts:own", **OWN),
    Row("accounts:own", "POST", **OWN),
    Row("accounts:revoke-token", "POST", place=OWN["city"], arguments=token),
    Row("api:me", city=tuple(Role)),
    Row("api:people", **SEE),
    Row("api:people", "POST", **CHANGE_ANYWHERE, data=_new),
    Row("api:person-active", "POST", arguments=person, **CHANGE, data={"active": False, "reason": "test"}),
    Row("api:person-password", "POST", arguments=person, **CHANGE, data={"reason": "test"}),
    Row("api:permissions", **SEE),
    Row("api:tokens", **OWN),
    Row("api:tokens", "POST", **OWN, data={"name": "x", "scopes": ["x"], "expires": "2030-01-01T00:00:00Z"}),
    Row("api:token-revoke", "POST", place=OWN["city"], arguments=token),
    Row("api:person-roles", "POST", arguments=person, **CHANGE, data={"role": "zone_reporter", "organisation": "Z1"}),
    Row("api:assignment-revoke", "POST", arguments=role_held, **CHANGE, data={"reason": "test"}),
]

"""Accounts by API: who one is, and the people one keeps."""

import datetime

from django.db.models import QuerySet
from ninja import Router, Schema, Status
from ninja.pagination import PageNumberPagination, paginate

from gaoxin.platform.access.middleware import PageRequest
from gaoxin.platform.access.permissions import TABLE
from gaoxin.platform.access.roles import Role
from gaoxin.platform.accounts import actions, queries
from gaoxin.platform.accounts.models import Assignment, User
from gaoxin.platform.organisations.queries import organisation as seen_organisation

router = Router()


class MeOut(Schema):
    """Who calls, and what they may do anywhere."""

    username: str
    name: str
    permissions: list[str]


class HeldOut(Schema):
    """A role held at a place."""

    id: int
    role: Role
    organisation: str
    since: datetime.date
    until: datetime.date | None

    @staticmethod
    def resolve_organisation(held: Assignment) -> str:
        """The code."""
        return held.organisation.code


class PersonOut(Schema):
    """One account with the roles it holds today."""

    id: int
    username: str
    name: str
    organisation: str
    is_active: bool
    held: list[HeldOut]

    @staticmethod
    def resolve_organisation(user: User) -> str:
        """The code."""
        return user.organisation.code


class GrantIn(Schema):
    """A role at a place."""

    role: Role
    organisation: str
    until: datetime.date | None = None
    reason: str = ""


class RevokeIn(Schema):
    """Why."""

    reason: str


@router.get("me", response=MeOut, url_name="me")
def me(request: PageRequest) -> MeOut:
    """Who calls."""
    user = request.reader.user
    assert user is not None  # noqa: S101  the API lets nobody else in
    allowed = [code for code in TABLE if request.reader.may(code)]
    return MeOut(username=user.username, name=user.name, permissions=allowed)


@router.get("people", response=list[PersonOut], url_name="people")
@paginate(PageNumberPagination, page_size=100)
def people(request: PageRequest, text: str = "", role: Role | None = None) -> QuerySet[User]:
    """The accounts that the reader keeps."""
    return queries.people(request.reader, text=text, role=role or "")


@router.post("people/{int:key}/roles", response={201: HeldOut}, url_name="person-roles")
def grant(request: PageRequest, key: int, body: GrantIn) -> Status[Assignment]:
    """Give a role."""
    user = queries.person(request.reader, to_change=True, pk=key)
    organisation = seen_organisation(request.reader, body.organisation)
    held = actions.grant(request.reader, user, body.role, organisation, until=body.until, reason=body.reason)
    return Status(201, held)


@router.post("assignments/{int:key}/revoke", response={204: None}, url_name="assignment-revoke")
def revoke(request: PageRequest, key: int, body: RevokeIn) -> Status[None]:
    """End a role."""
    actions.revoke(request.reader, queries.assignment(request.reader, key), reason=body.reason)
    return Status(204, None)

"""Accounts by API: who one is, and the people one keeps."""

import datetime
from typing import Literal

from django.db.models import QuerySet
from ninja import Field, Router, Schema, Status
from ninja.pagination import PageNumberPagination, paginate
from pydantic import AwareDatetime

from gaoxin.platform.access.middleware import PageRequest
from gaoxin.platform.access.permissions import TABLE
from gaoxin.platform.access.reader import limit
from gaoxin.platform.access.roles import Role
from gaoxin.platform.accounts import actions, queries
from gaoxin.platform.accounts.models import Assignment, Token, User
from gaoxin.platform.accounts.permissions import VIEW
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


class PersonIn(Schema):
    """A new account, without any role yet."""

    username: str = Field(max_length=150)
    name: str = Field(max_length=100)
    email: str = Field("", max_length=254)
    organisation: str = Field(max_length=40)


class PasswordOut(Schema):
    """A password that is said this once."""

    id: int
    username: str
    password: str


class ActivationIn(Schema):
    """Whether the account is to be enabled, and why."""

    active: bool
    reason: str = Field(max_length=1000)


class PermissionOut(Schema):
    """Which role has a permission, and how far: at its place and below, or in the whole city."""

    code: str
    title: str
    reach: dict[Role, Literal["place", "city"]]


class TokenOut(Schema):
    """A token of one's own, without its secret."""

    id: int
    name: str
    scopes: list[str]
    expires: datetime.datetime
    revoked: datetime.datetime | None


class TokenIn(Schema):
    """A new token of one's own; scopes are areas (``returns``) or permissions (``returns.view``)."""

    name: str = Field(max_length=100)
    scopes: list[str] = Field(max_length=200)
    expires: AwareDatetime


class TokenMade(TokenOut):
    """A new token with its secret, said this once."""

    secret: str


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


@router.post("people", response={201: PasswordOut}, url_name="people")
def add(request: PageRequest, body: PersonIn) -> Status[PasswordOut]:
    """Add an account; its first password is in the answer and nowhere else."""
    asked = body.dict()
    organisation = seen_organisation(request.reader, asked.pop("organisation"))
    password = actions.make_password()
    user = actions.add_user(request.reader, organisation, password=password, **asked)
    return Status(201, PasswordOut(id=user.pk, username=user.username, password=password))


@router.post("people/{int:key}/activation", response={204: None}, url_name="person-active")
def set_active(request: PageRequest, key: int, body: ActivationIn) -> Status[None]:
    """Disable an account, or enable it again."""
    user = queries.person(request.reader, to_change=True, pk=key)
    actions.set_active(request.reader, user, active=body.active, reason=body.reason)
    return Status(204, None)


@router.post("people/{int:key}/password", response=PasswordOut, url_name="person-password")
def set_password(request: PageRequest, key: int, body: RevokeIn) -> PasswordOut:
    """Give the person another password; it is in the answer and nowhere else."""
    user = queries.person(request.reader, to_change=True, pk=key)
    password = actions.make_password()
    actions.set_password(request.reader, user, password=password, reason=body.reason)
    return PasswordOut(id=user.pk, username=user.username, password=password)


@router.get("permissions", response=list[PermissionOut], url_name="permissions")
def permissions(request: PageRequest) -> list[PermissionOut]:
    """The table of permissions."""
    limit(request.reader, VIEW, User.objects.none())
    return [
        PermissionOut(code=row.code, title=str(row.title), reach={role: far.value for role, far in row.reach.items()})
        for row in TABLE.values()
    ]


@router.get("tokens", response=list[TokenOut], url_name="tokens")
def tokens(request: PageRequest) -> QuerySet[Token]:
    """One's own tokens."""
    return queries.own_tokens(request.reader)


@router.post("tokens", response={201: TokenMade}, url_name="tokens")
def add_token(request: PageRequest, body: TokenIn) -> Status[dict[str, object]]:
    """Make a token of one's own."""
    token, secret = actions.add_token(request.reader, **body.dict())
    return Status(201, {**TokenOut.from_orm(token).dict(), "secret": secret})


@router.post("tokens/{int:key}/revoke", response={204: None}, url_name="token-revoke")
def revoke_token(request: PageRequest, key: int) -> Status[None]:
    """End one of one's tokens."""
    actions.revoke_token(request.reader, queries.own_token(request.reader, key))
    return Status(204, None)


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

"""Accounts, roles and tokens: what administrators and their owners can do with them."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import Client
from django.utils import timezone
from world import PASSWORD, World

from gaoxin.platform.access.reader import Origin, Reader
from gaoxin.platform.access.roles import Role
from gaoxin.platform.accounts import actions
from gaoxin.platform.accounts.models import Token, User
from gaoxin.problems import InputError

Readers = Callable[[str], Reader]


@pytest.fixture
def somebody(world: World, reader: Readers) -> User:
    return actions.add_user(
        reader("administrator"), world.organisation("Z1"), username="wang", name="王某", password=PASSWORD
    )


def test_a_role_is_given_and_taken(somebody: User, world: World, reader: Readers) -> None:
    by = reader("administrator")
    held = actions.grant(by, somebody, Role.REPORTER, world.organisation("Z1"))
    assert Reader.of(somebody, Origin("page")).roles == {Role.REPORTER}
    actions.revoke(by, held, reason="调离")
    assert Reader.of(somebody, Origin("page")).roles == set()


def test_an_administrator_gives_no_role_outside_of_their_place(somebody: User, world: World, reader: Readers) -> None:
    for code in ("Z2", "D1", "CITY"):
        with pytest.raises(Http404):
            actions.grant(reader("administrator"), somebody, Role.REPORTER, world.organisation(code))


def test_an_administrator_gives_no_role_to_people_of_others(world: World, reader: Readers) -> None:
    other = User.objects.create(username="other", name="Other", organisation=world.organisation("Z2"))
    with pytest.raises(Http404):
        actions.grant(reader("administrator"), other, Role.REPORTER, world.organisation("Z1"))


def test_nobody_changes_their_own_roles(world: World, reader: Readers) -> None:
    by = reader("administrator")
    with pytest.raises(InputError, match="own account"):
        actions.grant(by, world.user(Role.ADMINISTRATOR), Role.REVIEWER, world.organisation("Z1"))
    with pytest.raises(InputError, match="own account"):
        actions.set_active(by, world.user(Role.ADMINISTRATOR), active=False, reason="x")


def test_a_role_is_held_where_it_belongs(somebody: User, world: World, reader: Readers) -> None:
    with pytest.raises(InputError, match="cannot be held"):
        actions.grant(reader("administrator"), somebody, Role.REPORTER, world.organisation("P1"))


@pytest.mark.parametrize("password", ["short", "123456789012345", "password1234", "wang-wang-wang"])
def test_a_weak_password_is_refused(password: str, world: World, reader: Readers) -> None:
    with pytest.raises(InputError):
        actions.add_user(
            reader("administrator"), world.organisation("Z1"), username="wang-wang-wang", name="王", password=password
        )


def test_a_user_name_is_taken_whatever_its_case(somebody: User, world: World, reader: Readers) -> None:
    with pytest.raises(InputError, match="taken"):
        actions.add_user(
            reader("administrator"), world.organisation("Z1"), username="Wang", name="王", password=PASSWORD
        )


def soon() -> datetime.datetime:
    return timezone.now() + datetime.timedelta(days=30)


def call(secret: str, path: str = "/api/accounts/me") -> int:
    return Client().get(path, headers={"Authorization": f"Bearer {secret}"}).status_code


def test_a_token_opens_the_api_for_its_scopes(world: World, reader: Readers) -> None:
    token, secret = actions.add_token(reader("city_analyst"), name="报表", scopes=["zones"], expires=soon())
    assert secret not in (token.secret, token.name)
    assert call(secret) == 200
    assert call(secret, "/api/zones/") == 200
    assert call(secret, "/api/organisations/") == 403
    assert call("gx_wrong") == 401


def test_a_token_does_not_open_pages(world: World, reader: Readers) -> None:
    _, secret = actions.add_token(reader("city_analyst"), name="x", scopes=["organisations"], expires=soon())
    assert call(secret, "/organisations/") == 302


def test_a_token_ends_by_date_by_revoking_and_with_its_owner(world: World, reader: Readers) -> None:
    by = reader("city_analyst")
    token, secret = actions.add_token(by, name="x", scopes=["zones"], expires=soon())
    Token.objects.update(expires=timezone.now())
    assert call(secret) == 401
    Token.objects.update(expires=soon())
    User.objects.filter(username="city_analyst").update(is_active=False)
    assert call(secret) == 401
    User.objects.filter(username="city_analyst").update(is_active=True)
    assert call(secret) == 200
    actions.revoke_token(by, Token.objects.get(pk=token.pk))
    assert call(secret) == 401


def test_a_token_lasts_a_year_at_most_and_has_known_scopes(world: World, reader: Readers) -> None:
    by = reader("city_analyst")
    far = timezone.now() + datetime.timedelta(days=400)
    for asked in ({"scopes": ["zones"], "expires": far}, {"scopes": ["nothing"], "expires": soon()},
                  {"scopes": [], "expires": soon()}):  # fmt: skip
        with pytest.raises(InputError):
            actions.add_token(by, name="x", **asked)  # type: ignore[arg-type]


def test_somebody_else_s_token_cannot_be_revoked(world: World, reader: Readers) -> None:
    token, _ = actions.add_token(reader("city_analyst"), name="x", scopes=["zones"], expires=soon())
    with pytest.raises(PermissionDenied):
        actions.revoke_token(reader("zone_reporter"), token)


def test_a_session_writes_by_api_only_with_its_csrf_token(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.user(Role.ANALYST))
    body = {"name": "新名", "reason": "x"}
    answer = client.patch("/api/organisations/Z1", body, content_type="application/json")
    assert answer.status_code == 403
    page = client.get("/accounts/own/")
    token = page.cookies["csrftoken"].value
    answer = client.patch(
        "/api/organisations/Z1", body, content_type="application/json", headers={"X-CSRFToken": token}
    )
    assert answer.status_code == 200

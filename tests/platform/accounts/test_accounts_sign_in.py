"""Signing in: password, second factor, lock-out, sessions that end."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache
from django.test import Client
from world import PASSWORD, World

from gaoxin.platform.access.roles import Role
from gaoxin.platform.accounts.models import User
from gaoxin.platform.audit.models import Entry

WRONG = "not the password"


def sign_in(client: Client, username: str = "zone_reporter", password: str = PASSWORD) -> int:
    return client.post("/sign-in/login/", {"login": username, "password": password}).status_code


def signed_in(client: Client) -> bool:
    return client.get("/").status_code == 200


def test_the_right_password_signs_in_and_signing_out_ends_it(world: World) -> None:
    client = Client()
    assert sign_in(client) == 302
    assert signed_in(client)
    client.post("/sign-in/logout/")
    assert not signed_in(client)


def test_a_wrong_password_does_not(world: World) -> None:
    client = Client()
    assert sign_in(client, password=WRONG) == 200
    assert not signed_in(client)


def test_a_disabled_account_does_not_sign_in(world: World) -> None:
    User.objects.filter(username="zone_reporter").update(is_active=False)
    client = Client()
    sign_in(client)
    assert not signed_in(client)


def test_an_account_is_locked_after_five_wrong_passwords(world: World) -> None:
    for _ in range(5):
        sign_in(Client(), password=WRONG)
    client = Client()
    sign_in(client)
    assert not signed_in(client), "the right password comes too late"
    other = Client()
    sign_in(other, "city_analyst")
    assert signed_in(other)
    cache.clear()  # a quarter of an hour later
    sign_in(client)
    assert signed_in(client)


def test_nobody_signs_up(world: World) -> None:
    count = User.objects.count()
    data = {"username": "intruder", "password1": PASSWORD, "password2": PASSWORD}
    Client().post("/sign-in/signup/", data)
    assert User.objects.count() == count


def test_a_session_ends_when_it_was_not_used(world: World) -> None:
    client = Client()
    sign_in(client)
    session = client.session
    session.set_expiry(-1)
    session.save()
    assert not signed_in(client)


def test_a_session_ends_after_its_longest_time_even_when_used(world: World) -> None:
    client = Client()
    sign_in(client)
    session = client.session
    session["began"] = int(time.time()) - 13 * 3600
    session.save()
    assert not signed_in(client)


def code_now(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def test_who_must_have_a_second_factor_sets_it_up_first(
    world: World, settings: pytest.FixtureRequest, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    settings.SECOND_FACTOR = "all"  # type: ignore[attr-defined]
    client = Client()
    sign_in(client)
    answer = client.get("/organisations/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/sign-in/2fa/totp/activate/")
    client.post("/sign-in/reauthenticate/", {"password": PASSWORD})
    page = client.get("/sign-in/2fa/totp/activate/")
    secret = page.context["form"].secret
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post("/sign-in/2fa/totp/activate/", {"code": code_now(secret)}).status_code == 302
    assert client.get("/organisations/").status_code == 200
    assert Entry.objects.filter(action="accounts.add-second-factor").exists()


def test_only_administrators_must_when_it_is_set_so(world: World, settings: pytest.FixtureRequest) -> None:
    settings.SECOND_FACTOR = "administrators"  # type: ignore[attr-defined]
    for username, status in (("zone_reporter", 200), ("administrator", 302)):
        client = Client()
        sign_in(client, username)
        assert client.get("/organisations/").status_code == status


def test_with_a_second_factor_the_password_alone_does_not_sign_in(
    world: World, settings: pytest.FixtureRequest
) -> None:
    settings.SECOND_FACTOR = "all"  # type: ignore[attr-defined]
    user = world.user(Role.REPORTER)
    secret = "JBSWY3DPEHPK3PXP"  # noqa: S105
    TOTP.activate(user, secret)
    client = Client()
    sign_in(client)
    assert client.get("/organisations/").status_code == 302
    client.post("/sign-in/2fa/authenticate/", {"code": "000000"})
    assert client.get("/organisations/").status_code == 302
    client.post("/sign-in/2fa/authenticate/", {"code": code_now(secret)})
    assert client.get("/organisations/").status_code == 200
    assert Authenticator.objects.filter(user=user).count() == 1


def test_the_way_back_after_signing_in_stays_on_this_site(world: World) -> None:
    answer = Client().post(
        "/sign-in/login/", {"login": "zone_reporter", "password": PASSWORD, "next": "https://elsewhere.example/"}
    )
    assert answer.headers["Location"] == "/"


def test_one_s_language_is_remembered_by_the_browser(world: World) -> None:
    client = Client()
    assert '<html lang="zh-Hans">' in client.get("/sign-in/login/").content.decode()
    client.post("/language/", {"language": "en", "next": "/sign-in/login/"})
    page = client.get("/sign-in/login/").content.decode()
    assert '<html lang="en">' in page
    assert "Sign in" in page


def test_changing_one_s_own_password_is_in_the_audit(world: World) -> None:
    client = Client()
    sign_in(client)
    new = f"{PASSWORD}, another"
    client.post("/sign-in/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    entry = Entry.objects.latest("sequence")
    assert (entry.action, entry.actor) == ("accounts.change-own-password", world.user(Role.REPORTER))
    assert sign_in(Client(), password=new) == 302

"""Single sign-on against a real provider over HTTP: who is let in, and who is not."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.test import Client
from identity_provider import CLIENT, PASSWORD, SECRET
from world import World

from gaoxin.platform.accounts.models import User
from gaoxin.platform.settings.sign_on import openid_connect

START, CALLBACK = "/sign-in/oidc/oidc/login/", "http://testserver/sign-in/oidc/oidc/login/callback/"
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """The address of the provider."""
    script = Path(__file__).parent.parent / "identity_provider.py"
    started = subprocess.Popen([sys.executable, str(script), CALLBACK], stdout=subprocess.PIPE, text=True)  # noqa: S603
    assert started.stdout is not None
    yield started.stdout.readline().strip()
    started.terminate()
    started.wait()
    started.stdout.close()


@pytest.fixture
def sign_on(world: World, settings: Any, provider: str) -> Callable[..., tuple[Client, str]]:
    """A browser that was sent to the provider, signed in there as somebody, and came back."""
    settings.SOCIALACCOUNT_PROVIDERS = openid_connect(provider, CLIENT, SECRET, "provider")

    def go(username: str) -> tuple[Client, str]:
        browser = Client()
        asked = browser.post(START).headers["Location"]
        assert asked.startswith(f"{provider}/identity/o/authorize?")
        assert parse_qs(urlsplit(asked).query)["code_challenge_method"] == ["S256"]
        with requests.Session() as there:
            page = there.get(asked, timeout=20)
            data = {"login": username, "password": PASSWORD, "next": asked.removeprefix(provider)}
            headers = {"Referer": page.url}
            token = _TOKEN.search(page.text)
            data |= {"csrfmiddlewaretoken": token[1]} if token else {}
            answer = there.post(f"{provider}/login/", data=data, headers=headers, allow_redirects=False, timeout=20)
            while answer.is_redirect and not answer.headers["Location"].startswith(CALLBACK):
                answer = there.get(provider + answer.headers["Location"].removeprefix(provider),
                                   allow_redirects=False, timeout=20)  # fmt: skip
        back = answer.headers["Location"].removeprefix("http://testserver")
        browser.get(back)
        return browser, back

    return go


def let_in(browser: Client) -> bool:
    return browser.get("/").status_code == 200


def test_who_the_provider_vouches_for_is_their_account_each_time(sign_on: Callable[..., tuple[Client, str]]) -> None:
    for _ in range(2):
        browser, _ = sign_on("zone_reporter")
        assert let_in(browser)
        assert browser.get("/").context["user"].username == "zone_reporter"


def test_the_provider_asks_for_the_second_factor_so_we_do_not(
    sign_on: Callable[..., tuple[Client, str]], settings: Any
) -> None:
    settings.SECOND_FACTOR = "all"
    assert let_in(sign_on("zone_reporter")[0])


def test_who_has_no_account_here_gets_none(sign_on: Callable[..., tuple[Client, str]]) -> None:
    number = User.objects.count()
    assert not let_in(sign_on("stranger")[0])
    assert User.objects.count() == number


def test_who_was_disabled_is_not_let_in_first_or_later(sign_on: Callable[..., tuple[Client, str]]) -> None:
    User.objects.filter(username="zone_reporter").update(is_active=False)
    assert not let_in(sign_on("zone_reporter")[0])
    User.objects.update(is_active=True)
    assert let_in(sign_on("zone_reporter")[0])
    User.objects.filter(username="zone_reporter").update(is_active=False)
    assert not let_in(sign_on("zone_reporter")[0])


def test_a_way_back_that_was_used_or_is_somebody_else_s_lets_nobody_in(
    sign_on: Callable[..., tuple[Client, str]],
) -> None:
    _, back = sign_on("zone_reporter")
    other = Client()
    other.post(START)
    other.get(back)
    assert not let_in(other)
    fresh = Client()
    asked = fresh.post(START).headers["Location"]
    state = parse_qs(urlsplit(asked).query)["state"][0]
    fresh.get(re.sub(r"state=[^&]+", f"state={state}", back))
    assert not let_in(fresh), "the code was used"

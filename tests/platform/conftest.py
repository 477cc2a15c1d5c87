"""The platform's tests: one small city for all of them, made once; each test sees it untouched.

``DATABASE_URL`` runs the same tests on PostgreSQL.
"""

from __future__ import annotations

import copy
import os
import time
from collections.abc import Callable, Iterator
from typing import Any

import django
import pytest

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gaoxin.platform.settings.test")
# Playwright keeps an event loop in this thread; the database is used beside it, never from within.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
django.setup()

from browsing import DESKTOP, Visit  # noqa: E402
from django.core.cache import caches  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import translation  # noqa: E402
from playwright.sync_api import Browser  # noqa: E402
from world import World, make_world  # noqa: E402

from gaoxin.platform.access.reader import Origin, Reader  # noqa: E402
from gaoxin.platform.accounts.models import User  # noqa: E402

collect_ignore = ["jobs/kill_at_every_instant.py"]  # a program of its own, started by a test

SESSIONS: dict[str, Any] = {}
"""The cookies of everybody of the city, signed in once for all tests."""


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> None:
    """The city is there before the first test; what a test changes is rolled back."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        make_world()
        for user in User.objects.all():
            client = Client()
            client.force_login(user)
            session = client.session
            session["seen"] = int(time.time()) + 3600  # so that no test counts the query that says when it was seen
            session.save()
            SESSIONS[user.username] = client.cookies


@pytest.fixture(autouse=True)
def chinese() -> Iterator[None]:
    """Every test begins in Chinese, whatever language the commands tried before it spoke."""
    with translation.override("zh-hans"):
        yield


@pytest.fixture
def city(transactional_db: None, live_server: Any) -> World:
    """The city behind a real server, for tests in a browser; emptied afterwards."""
    if not User.objects.exists():
        make_world()
    return World()


@pytest.fixture
def visit(browser: Browser, city: World, live_server: Any) -> Iterator[Callable[..., Visit]]:
    """Open a page as somebody: ``visit("/zones/", "city_analyst", size=PHONE, language="en")``."""
    opened: list[Visit] = []

    def open_page(
        path: str, username: str = "", *, size: tuple[int, int] = DESKTOP, language: str = "zh-hans"
    ) -> Visit:
        made = Visit.open(browser, live_server.url, size)
        opened.append(made)
        cookies = {"django_language": language}
        if username:
            client = Client()
            client.force_login(User.objects.get(username=username))
            cookies["gaoxin_session"] = client.cookies["gaoxin_session"].value
        made.set_cookies(cookies)
        made.page.goto(live_server.url + path)
        return made

    yield open_page
    for one in opened:
        one.page.context.close()


@pytest.fixture
def world(db: None) -> World:
    """The city, read from the database."""
    for name in ("default", "process"):
        caches[name].clear()
    return World()


@pytest.fixture
def reader(world: World) -> Callable[[str], Reader]:
    """The reader of a user name, as on a page."""
    return lambda username: Reader.of(User.objects.get(username=username), Origin("page", "192.0.2.1", "test"))


@pytest.fixture
def signed_in(world: World) -> Callable[[str], Client]:
    """A browser in which the user is signed in."""

    def sign_in(username: str) -> Client:
        client = Client(headers={"host": "testserver"})
        client.cookies = copy.deepcopy(SESSIONS[username])
        return client

    return sign_in

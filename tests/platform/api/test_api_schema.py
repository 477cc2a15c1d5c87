"""The API against its own description: whatever is sent, no operation fails, and answers are as described."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from ninja import Schema
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance
from world import World

from gaoxin.platform.access.permissions import TABLE
from gaoxin.platform.access.reader import Reader
from gaoxin.platform.access.roles import Role
from gaoxin.platform.accounts.actions import add_token
from gaoxin.platform.accounts.models import Assignment
from gaoxin.platform.api import api
from gaoxin.platform.app import platform_apps

EXAMPLES = 5


@pytest.fixture
def one_connection() -> Iterator[None]:
    """Requests leave the connection of the test open, as those of Django's own test client do."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def token(world: World, reader: Callable[[str], Reader]) -> str:
    """A token that is good for everything."""
    for role in (Role.AUDITOR, Role.ADMINISTRATOR):
        Assignment.objects.create(user=world.user(Role.ANALYST), role=role, organisation=world.organisation("CITY"))
    scopes = sorted({code.split(".")[0] for code in TABLE})
    tomorrow = timezone.now() + datetime.timedelta(days=1)
    return add_token(reader("city_analyst"), name="test", scopes=scopes, expires=tomorrow)[1]


def operations(prefix: str) -> list[Any]:
    """The operations of one app, as the description of the API lists them."""
    schema = schemathesis.openapi.from_dict(api.get_openapi_schema())
    schema.app = WSGIHandler()
    return [found.ok() for found in schema.get_all_operations() if found.ok().path.startswith(f"/api/{prefix}/")]


@pytest.mark.parametrize("prefix", [app.prefix for app in platform_apps() if app.prefix and app.part("api")])
@pytest.mark.usefixtures("one_connection")
def test_no_operation_fails_whatever_is_sent(prefix: str, token: str) -> None:
    statuses: set[int] = set()

    def try_one(case: Any) -> None:
        with transaction.atomic():
            answer = case.call(headers={"Authorization": f"Bearer {token}", "Host": "testserver"})
            transaction.set_rollback(True)
        statuses.add(answer.status_code)
        case.validate_response(answer, checks=[not_a_server_error, response_schema_conformance])

    for operation in operations(prefix):
        settings(
            max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )(given(case=operation.as_strategy())(try_one))()  # fmt: skip
    assert statuses & {200, 201, 404, 422}, f"only {statuses}: the token was not taken"


def described(schema: type[Schema]) -> Iterator[type[Schema]]:
    for found in schema.__subclasses__():
        yield found
        yield from described(found)


def test_one_name_is_one_schema_in_the_description_of_the_api() -> None:
    shapes: dict[str, set[str]] = {}
    for found in described(Schema):
        if found.__module__.startswith("gaoxin.platform."):
            shape = found.model_json_schema()
            shape.pop("description", None)
            shapes.setdefault(found.__name__, set()).add(json.dumps(shape, sort_keys=True))
    assert len(shapes) > 50
    assert [name for name, found in shapes.items() if len(found) > 1] == []


def test_calls_are_counted_and_limited(token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    [throttle] = api.throttle
    monkeypatch.setattr(throttle, "num_requests", 2)
    headers = {"Authorization": f"Bearer {token}"}
    answers = [Client().get("/api/accounts/me", headers=headers).status_code for _ in range(3)]
    assert answers == [200, 200, 429]

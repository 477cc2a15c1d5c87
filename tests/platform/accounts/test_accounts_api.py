"""Accounts by API: a person from the first day to the last; tokens that make no wider ones."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from typing import Any

from django.test import Client
from django.utils import timezone
from world import World

from gaoxin.platform.access.reader import Reader
from gaoxin.platform.accounts.actions import add_token

TOMORROW = timezone.now() + datetime.timedelta(days=1)


def call(client: Client, verb: str, address: str, token: str = "", **body: Any) -> tuple[int, Any]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    answer = client.generic(verb, f"/api/accounts/{address}", json.dumps(body), "application/json", headers=headers)
    return answer.status_code, answer.json() if answer.content else None


def may_sign_in(username: str, password: str) -> bool:
    client = Client()
    client.post("/sign-in/login/", {"login": username, "password": password})
    return client.get("/").status_code == 200


def test_a_person_comes_is_given_a_role_and_goes(world: World, signed_in: Callable[[str], Client]) -> None:
    administrator = signed_in("administrator")
    status, made = call(administrator, "POST", "people", username="wang", name="王某", organisation="Z1")
    assert status == 201
    assert may_sign_in("wang", made["password"])
    status, held = call(administrator, "POST", f"people/{made['id']}/roles", role="zone_reporter", organisation="Z1")
    assert (status, held["role"]) == (201, "zone_reporter")
    status, again = call(administrator, "POST", f"people/{made['id']}/password", reason="遗忘")
    assert status == 200
    assert not may_sign_in("wang", made["password"])
    assert may_sign_in("wang", again["password"])
    assert call(administrator, "POST", f"people/{made['id']}/activation", active=False, reason="离职")[0] == 204
    assert not may_sign_in("wang", again["password"])
    status, refused = call(administrator, "POST", "people", username="wang", name="另一人", organisation="Z1")
    assert (status, refused["problems"][0]["field"]) == (422, "username")


def test_a_token_makes_no_token_that_may_more(world: World, reader: Callable[[str], Reader]) -> None:
    _, narrow = add_token(reader("zone_reporter"), name="narrow", scopes=["accounts"], expires=TOMORROW)
    wider = {"name": "wider", "scopes": ["returns"], "expires": TOMORROW.isoformat()}
    status, refused = call(Client(), "POST", "tokens", narrow, **wider)
    assert (status, refused["problems"][0]["rule"]) == (422, "tokens.wider")
    status, made = call(Client(), "POST", "tokens", narrow, **{**wider, "scopes": ["accounts"]})
    assert status == 201
    assert call(Client(), "GET", "me", made["secret"])[0] == 200
    listed = call(Client(), "GET", "tokens", made["secret"])[1]
    assert {one["name"] for one in listed} == {"narrow", "wider"}
    assert all("secret" not in one for one in listed)
    assert call(Client(), "POST", f"tokens/{made['id']}/revoke", narrow)[0] == 204
    assert call(Client(), "GET", "me", made["secret"])[0] == 401

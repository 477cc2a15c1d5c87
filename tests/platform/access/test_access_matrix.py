"""Role × address × verb × own or another's place, for pages and API; and what pages cost in queries."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.views.generic import RedirectView
from matrix import HERE, Row, rows
from world import PLACES, World

from gaoxin.platform.access.roles import Role
from gaoxin.platform.app import platform_apps

ROWS = list(rows())
VERBS = ("GET", "POST", "PUT", "PATCH", "DELETE")
COUNTS = HERE / "query_counts"
UPDATE = os.environ.get("GAOXIN_UPDATE_QUERY_COUNTS") == "yes"

_WRITE = re.compile(r'^\s*(INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)', re.IGNORECASE)
_CHINESE = re.compile(r"[一-鿿]")
_IN_CHINESE = re.compile(r'<(\w+)[^>]*lang="zh-Hans"[^>]*>.*?</\1>|<input[^>]*>', re.DOTALL)
"""What may be Chinese on an English page: what says that it is, and what somebody typed."""


def ask(client: Client, row: Row, organisation: str, role: Role) -> tuple[int, str, list[str]]:
    """The status, the text and the queries of one request; what it wrote is rolled back."""
    arguments = row.arguments(organisation, role) if row.arguments else {}
    address = reverse(row.address, kwargs=arguments) + row.query
    api = row.address.startswith("api:")
    with CaptureQueriesContext(connection) as queries:
        if row.verb == "GET":
            response = client.get(address)
        else:
            data = row.data(role) if callable(row.data) else row.data
            response = (
                client.generic(row.verb, address, json.dumps(data), "application/json")
                if api
                else client.post(address, data)
            )
    ran = [q["sql"] for q in queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN"))]
    text = response.content.decode("utf-8", "replace") if not response.streaming else ""
    return response.status_code, text, ran


def let_in(status: int) -> bool:
    return status in {200, 201, 202, 204, 302, 303, 400, 409, 422}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_each_role_gets_in_where_the_matrix_says(
    row: Row, world: World, signed_in: Callable[[str], Client], counted: dict[str, dict[str, int]]
) -> None:
    wrong = []
    for role in Role:
        client = signed_in(role.value)
        for which, organisation in enumerate(PLACES[role][1:]):
            if which == 1 and row.arguments is None:
                continue
            with transaction.atomic():
                status, _, queries = ask(client, row, organisation, role)
                transaction.set_rollback(True)
            if role in row.city or row.anyone:
                expected = "in"
            elif role in row.place:
                expected = "in" if which == 0 else "404"
            else:
                expected = "403"
            got = "in" if let_in(status) else str(status)
            if got != expected:
                wrong.append(f"{role.value} at {organisation}: {expected} expected, got {status}")
            if row.verb == "GET" and got == "in":
                written = [m[2] for q in queries if (m := _WRITE.match(q)) and m[2] != "django_session"]
                assert not written, f"{row.name} writes {written}: reading never writes"
                if which == 0:
                    counted.setdefault(row.name, {})[role.value] = len(queries)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("row", [row for row in ROWS if not row.anyone], ids=lambda row: row.name)
def test_nobody_gets_in_without_signing_in(row: Row, world: World) -> None:
    with transaction.atomic():
        client = Client()
        status, _, _ = ask(client, row, "Z1", Role.REPORTER)
        transaction.set_rollback(True)
    assert status == (401 if row.address.startswith("api:") else 302)


def addresses(resolver: URLResolver, space: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern, f"{space}{pattern.namespace}:" if pattern.namespace else space)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield space + pattern.name
        elif getattr(pattern.callback, "view_class", None) is not RedirectView:
            raise AssertionError(f"{pattern} has no name, so it cannot be in the matrix")


LIBRARIES = HERE / "addresses_of_libraries.txt"
"""Addresses of django-allauth and of the root of the API, which look after themselves; after an upgrade a new one is
to be looked at."""


def test_every_address_is_in_the_matrix() -> None:
    known = {row.address for row in ROWS} | set(LIBRARIES.read_text(encoding="utf-8").split())
    there = set(addresses(get_resolver()))
    assert there - known == set(), "addresses that the permission matrix does not know"
    assert known - there == set(), "addresses that are gone"


def test_no_row_stands_twice() -> None:
    assert [name for name, n in Counter(row.name for row in ROWS).items() if n > 1] == []


def test_verbs_that_are_not_in_the_matrix_are_not_there(world: World, signed_in: Callable[[str], Client]) -> None:
    listed = {(row.address, row.verb) for row in ROWS}
    taken = []
    clients = {role: signed_in(role.value) for role in Role}
    for row in {row.address: row for row in ROWS}.values():
        role = next(iter((*row.city, *row.place)), Role.ADMINISTRATOR)
        for verb in VERBS:
            if (row.address, verb) in listed:
                continue
            with transaction.atomic():
                arguments = row.arguments(PLACES[role][1], role) if row.arguments else {}
                address = reverse(row.address, kwargs=arguments)
                status = clients[role].generic(verb, address, "{}", "application/json").status_code
                transaction.set_rollback(True)
            if status != 405:
                taken.append(f"{verb} {row.address}: {status}")
    assert taken == []


@pytest.mark.parametrize("row", [r for r in ROWS if r.verb == "GET" and not r.address.startswith("api:")],
                         ids=lambda row: row.name)  # fmt: skip
def test_english_pages_are_english(row: Row, world: World, signed_in: Callable[[str], Client]) -> None:
    if "format=" in row.query:
        pytest.skip("a file")
    role = next(iter((*row.city, *row.place)), Role.ADMINISTRATOR)
    client = signed_in(role.value)
    client.cookies["django_language"] = "en"
    with transaction.atomic():
        _, text, _ = ask(client, row, PLACES[role][1], role)
        transaction.set_rollback(True)
    if not text.lstrip().startswith("<!doctype"):
        return
    left = _IN_CHINESE.sub("", text)
    found = [line.strip() for line in left.splitlines() if _CHINESE.search(line)]
    assert not found, "Chinese on the English page:\n" + "\n".join(found[:5])


@pytest.fixture(scope="module")
def counted() -> Iterator[dict[str, dict[str, int]]]:
    """Queries for each page and role, as the tests of this module count them; written on request."""
    counts: dict[str, dict[str, int]] = {}
    yield counts
    if UPDATE:
        COUNTS.mkdir(exist_ok=True)
        known = {row.name: area(row) for row in ROWS}
        by_area: dict[str, dict[str, dict[str, int]]] = {}
        for name, roles in {**baselines(), **counts}.items():
            if name in known:
                by_area.setdefault(known[name], {})[name] = dict(sorted(roles.items()))
        for file, content in by_area.items():
            lines = ",\n".join(
                f"{json.dumps(n, ensure_ascii=False)}: {json.dumps(r)}" for n, r in sorted(content.items())
            )
            (COUNTS / f"{file}.json").write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")


def area(row: Row) -> str:
    """The app that a row belongs to."""
    route = next(route for address, route in _patterns(get_resolver()) if address == row.address)
    first = route.removeprefix("api/").split("/")[0]
    return first if first in {app.prefix for app in platform_apps() if app.prefix} else "frame"


def _patterns(resolver: URLResolver, space: str = "", route: str = "") -> Iterator[tuple[str, str]]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _patterns(pattern, inner, route + str(pattern.pattern))
        elif pattern.name:
            yield space + pattern.name, route + str(pattern.pattern)


def baselines() -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for file in sorted(Path(COUNTS).glob("*.json")):
        found.update(json.loads(file.read_text(encoding="utf-8")))
    return found


def test_pages_cost_the_queries_that_are_written_down(
    request: pytest.FixtureRequest, counted: dict[str, dict[str, int]]
) -> None:
    ran = {row.name for row in ROWS if row.verb == "GET" and row.name in counted}
    if not ran:
        pytest.skip("counted by the tests before, which were not run")
    if UPDATE:
        pytest.skip("the counts are written")
    written = baselines()
    changed = [
        f"{name} as {role}: {written.get(name, {}).get(role)} written down, {count} now"
        for name in sorted(ran)
        for role, count in counted[name].items()
        if written.get(name, {}).get(role) != count
    ]
    assert not changed, "\n".join(["run with GAOXIN_UPDATE_QUERY_COUNTS=yes if this is meant:", *changed])

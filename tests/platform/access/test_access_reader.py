"""The reader: what roles at places give, what takes it away again."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils import timezone
from world import World

from gaoxin.platform.access import scope
from gaoxin.platform.access.permissions import TABLE, permission
from gaoxin.platform.access.reader import Origin, Reader, find, limit, permit
from gaoxin.platform.access.roles import INSIDE, PLACES, Kind, Role
from gaoxin.platform.access.scope import Scope
from gaoxin.platform.accounts.models import Assignment, User
from gaoxin.platform.audit.models import Entry
from gaoxin.platform.enterprises.models import Firm
from gaoxin.platform.organisations.models import Organisation
from gaoxin.platform.organisations.permissions import CHANGE, VIEW

Readers = Callable[[str], Reader]
HERE = Origin("page")


def codes(reader: Reader) -> set[str]:
    return set(limit(reader, VIEW, Organisation.objects.all(), "").values_list("code", flat=True))


def test_a_zone_sees_itself_and_what_is_below(reader: Readers) -> None:
    assert codes(reader("zone_reporter")) == {"Z1", "P1", "F1"}


def test_a_bureau_sees_the_whole_city_from_beside(reader: Readers) -> None:
    assert {"CITY", "B2", "Z1", "Z2"} <= codes(reader("bureau"))


def test_nobody_sees_nothing_and_is_refused(world: World) -> None:
    nobody = Reader.of(AnonymousUser(), HERE)
    assert not nobody.may(VIEW)
    with pytest.raises(PermissionDenied):
        codes(nobody)


def test_roles_at_two_places_add_up(world: World, reader: Readers) -> None:
    user = world.user(Role.REPORTER)
    Assignment.objects.create(user=user, role=Role.REVIEWER, organisation=world.organisation("Z2"))
    assert codes(reader("zone_reporter")) == {"Z1", "P1", "F1", "Z2", "P2", "F2"}


@pytest.mark.parametrize(("since", "until"), [(-10, -1), (1, None)])
def test_a_role_outside_of_its_dates_gives_nothing(
    since: int, until: int | None, world: World, reader: Readers
) -> None:
    today = timezone.localdate()
    Assignment.objects.filter(user=world.user(Role.REPORTER)).update(
        since=today + datetime.timedelta(days=since),
        until=None if until is None else today + datetime.timedelta(days=until),
    )
    assert not reader("zone_reporter").may(VIEW)


def test_a_disabled_account_gives_nothing(world: World) -> None:
    user = world.user(Role.ANALYST)
    user.is_active = False
    assert not Reader.of(user, HERE).may(VIEW)


def test_a_token_is_limited_to_its_scopes(world: World) -> None:
    user = world.user(Role.ANALYST)
    assert Reader.of(user, HERE, frozenset({"organisations"})).may(CHANGE)
    assert not Reader.of(user, HERE, frozenset({"organisations.view"})).may(CHANGE)
    assert not Reader.of(user, HERE, frozenset()).may(VIEW)


def test_looking_at_one_organisation_narrows_everything(world: World, reader: Readers) -> None:
    assert codes(reader("city_analyst").at(world.organisation("Z2"))) == {"Z2", "P2", "F2"}
    with pytest.raises(PermissionDenied):
        codes(reader("zone_reporter").at(world.organisation("Z2")))


def test_missing_permission_is_403_and_another_place_404(world: World, reader: Readers) -> None:
    with pytest.raises(PermissionDenied):
        permit(reader("zone_reporter"), CHANGE, world.organisation("Z1"))
    with pytest.raises(Http404):
        permit(reader("administrator"), CHANGE, world.organisation("Z2"))
    permit(reader("administrator"), CHANGE, world.organisation("P1"))
    with pytest.raises(Http404):
        find(reader("zone_reporter"), VIEW, Organisation.objects.all(), "", code="Z2")


def test_a_role_has_a_permission_only_where_the_table_says() -> None:
    for row in TABLE.values():
        assert set(row.reach) <= set(Role)
    # Reminders go out by a command on the machine of the site, which no role runs.
    assert {row.code for row in TABLE.values() if not row.reach} == {"reminders.send"}


def test_rows_of_the_table_are_checked() -> None:
    with pytest.raises(ValueError, match="twice"):
        permission("organisations.view", "again")
    with pytest.raises(ValueError, match=r"area\.verb"):
        permission("view", "without an area")
    with pytest.raises(ValueError, match="both lists"):
        permission("x.y", "z", city=[Role.ANALYST], place=[Role.ANALYST])
    assert "x.y" not in TABLE


def test_every_role_and_kind_has_its_place() -> None:
    assert set(PLACES) == set(Role)
    assert set(INSIDE) == set(Kind)


def test_a_scope_of_everything_costs_no_condition(world: World, reader: Readers) -> None:
    whole = limit(reader("city_analyst"), VIEW, Organisation.objects.all(), "")
    assert "WHERE" not in str(whole.query)
    assert "WHERE" in str(limit(reader("zone_reporter"), VIEW, Organisation.objects.all(), "").query)


def test_subtrees_are_ranges_that_hold_for_deep_and_last_children(world: World) -> None:
    scope = Scope(("00010002",))
    paths = ["00010002", "000100020001", "00010002ZZZZ", "00010002ZZZZ0001ZZZZ", "00010003", "0001", "00010001ZZZZ"]
    for number, path in enumerate(paths):
        Organisation.objects.create(code=f"X{number}", name="X", kind="zone", path="X" + path, depth=len(path) // 4)
    inside = Scope(("X00010002",)).limit(Organisation.objects.all(), "").values_list("path", flat=True)
    assert sorted(inside) == sorted("X" + path for path in paths if scope.contains(path))


def test_place_in_the_address_narrows_the_page(signed_in: Callable[[str], object], world: World) -> None:
    client = signed_in("city_analyst")
    assert "第二园区" not in client.get("/organisations/?place=D1").content.decode()  # type: ignore[attr-defined]
    assert "第二园区" in client.get("/organisations/").content.decode()  # type: ignore[attr-defined]
    assert signed_in("zone_reporter").get("/organisations/?place=Z2").status_code == 404  # type: ignore[attr-defined]


def test_somebody_new_has_no_role_and_is_told_so(world: World, signed_in: Callable[[str], object]) -> None:
    from django.test import Client

    user = User.objects.create(username="new", name="New", organisation=world.organisation("Z1"))
    client = Client()
    client.force_login(user)
    assert client.get("/").status_code == 200
    answer = client.get("/organisations/")
    assert answer.status_code == 403
    assert "organisations.view" in answer.content.decode()


@pytest.mark.parametrize("beside", [scope._BESIDE, 0], ids=["little is outside", "much is outside"])
def test_records_of_one_district_of_several_and_of_many_are_those_inside(
    world: World, beside: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scope, "_BESIDE", beside)
    first, second = (world.organisation(code).path for code in ("D1", "D2"))
    nowhere = ("0001ZZZ1", "0001ZZZ3", "0001ZZZ5")
    there = Firm.objects.order_by("organisation__code")

    def seen(*roots: str) -> list[str]:
        return list(Scope.of(roots).limit(there).values_list("organisation__code", flat=True))

    assert seen(first) == ["F1"]
    assert seen(first, second) == ["F1", "F2"]
    assert seen(second, *nowhere) == ["F2"]
    assert seen(*nowhere, "0001ZZZ7") == []
    assert seen(first, second, *nowhere) == ["F1", "F2"]

    users = Scope.of((first, *nowhere)).limit(User.objects.all())
    assert {user.organisation.path[:8] for user in users} == {first}
    Entry.objects.bulk_create([Entry(sequence=-1, at=timezone.now(), organisation=None)])
    assert not Scope.of((first, second, *nowhere)).limit(Entry.objects.filter(sequence=-1)).exists()

"""What can be done with the organisation tree, and what is refused."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from django.http import Http404
from django.test import Client
from world import World

from gaoxin.platform.access.reader import Reader
from gaoxin.platform.access.roles import Kind
from gaoxin.platform.audit.models import Entry
from gaoxin.platform.organisations import actions
from gaoxin.platform.organisations.models import Organisation
from gaoxin.platform.organisations.tree import insert_below
from gaoxin.problems import InputError

Readers = Callable[[str], Reader]


def rules(refused: pytest.ExceptionInfo[InputError]) -> list[str]:
    return [problem.rule for problem in refused.value.problems]


def test_there_is_one_city(world: World) -> None:
    with pytest.raises(InputError):
        actions.found_city(Reader.command("test"), code="CITY2", name="第二市")


def test_the_city_is_not_founded_from_a_page(world: World, reader: Readers) -> None:
    with pytest.raises(InputError):
        actions.found_city(reader("city_analyst"), code="CITY2", name="第二市")


def test_parks_stand_in_parks_to_any_depth(world: World, reader: Readers) -> None:
    by, place = reader("city_analyst"), world.organisation("P1")
    for depth in range(10):
        place = actions.add(by, place, kind=Kind.PARK, code=f"P1-{depth}", name=f"园中园{depth}")
    assert place.depth == 14
    assert place.path.startswith(world.organisation("Z1").path)


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"kind": Kind.ZONE}, "organisations.place"),
        ({"kind": Kind.FIRM}, "organisations.firm"),
        ({"code": "Z 9"}, "organisations.code"),
        ({"code": ""}, "organisations.code"),
        ({"code": "Z2"}, "organisations.code-taken"),
        ({"name": " "}, "organisations.name"),
    ],
)
def test_a_wrong_organisation_is_refused(changed: dict[str, object], rule: str, world: World, reader: Readers) -> None:
    asked = {"kind": Kind.PARK, "code": "P9", "name": "分园", **changed}
    with pytest.raises(InputError) as refused:
        actions.add(reader("city_analyst"), world.organisation("Z1"), **asked)  # type: ignore[arg-type]
    assert rules(refused) == [rule]
    assert Organisation.objects.count() == 11


def test_moving_takes_what_is_below_along_and_changes_who_sees_it(world: World, reader: Readers) -> None:
    actions.move(reader("city_analyst"), world.organisation("P1"), world.organisation("Z2"), reason="区划调整")
    assert world.organisation("F1").path.startswith(world.organisation("Z2").path)
    with pytest.raises(Http404):
        actions.rename(reader("administrator"), world.organisation("P1"), name="x", name_en="", reason="x")


def test_a_firm_is_moved_by_its_register_which_keeps_its_memberships(world: World, reader: Readers) -> None:
    with pytest.raises(InputError) as refused:
        actions.move(reader("city_analyst"), world.organisation("F1"), world.organisation("Z2"), reason="x")
    assert rules(refused) == ["organisations.firm"]


def test_nothing_stands_below_itself(world: World, reader: Readers) -> None:
    park = actions.add(reader("city_analyst"), world.organisation("P1"), kind=Kind.PARK, code="P11", name="园中园")
    with pytest.raises(InputError) as refused:
        actions.move(reader("city_analyst"), world.organisation("P1"), park, reason="x")
    assert rules(refused) == ["organisations.circle"]


def test_closing_needs_a_reason_and_nothing_open_below(world: World, reader: Readers) -> None:
    day = datetime.date(2025, 12, 31)
    with pytest.raises(InputError) as refused:
        actions.close(reader("city_analyst"), world.organisation("P1"), day=day, reason="x")
    assert rules(refused) == ["organisations.close-below"]
    with pytest.raises(InputError) as refused:
        actions.close(reader("city_analyst"), world.organisation("F1"), day=day, reason=" ")
    assert rules(refused) == ["reason.missing"]
    actions.close(reader("city_analyst"), world.organisation("F1"), day=day, reason="注销")
    with pytest.raises(InputError) as refused:
        actions.rename(reader("city_analyst"), world.organisation("F1"), name="x", name_en="", reason="x")
    assert rules(refused) == ["organisations.closed"]


def test_many_children_take_distinct_places_after_those_there_are(world: World) -> None:
    park = world.organisation("P1")
    insert_below(park, [Organisation(code=f"M{n}", name="企业", kind=Kind.FIRM) for n in range(50)])
    insert_below(park, [Organisation(code=f"N{n}", name="企业", kind=Kind.FIRM) for n in range(3)])
    children = Organisation.objects.get_children(park)
    assert children.count() == park.numchild == 54
    assert not any(Organisation.objects.find_problems())


def test_the_form_shows_what_is_wrong_at_the_field_and_in_the_summary(
    world: World, signed_in: Callable[[str], Client]
) -> None:
    count = Entry.objects.count()
    answer = signed_in("city_analyst").post(
        "/organisations/Z1/add/", {"kind": "park", "code": "Z2", "name": "分园"}, follow=False
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'href="#id_code"' in page
    assert page.count("代码 Z2 已有机构使用") == 2
    assert Entry.objects.count() == count


def test_a_form_that_is_right_adds_and_comes_back(world: World, signed_in: Callable[[str], Client]) -> None:
    data = {"kind": "park", "code": "P9", "name": "新分园", "name_en": "New Park", "opened": "2024-05-01"}
    answer = signed_in("city_analyst").post("/organisations/Z1/add/", data)
    assert answer.status_code == 302
    assert world.organisation("P9").opened == datetime.date(2024, 5, 1)
    assert Entry.objects.latest("sequence").action == "organisations.add"


def test_the_api_answers_with_rule_field_and_words(world: World, signed_in: Callable[[str], Client]) -> None:
    client = signed_in("city_analyst")
    body = {"kind": "park", "code": "Z2", "name": "分园"}
    answer = client.post(
        "/api/organisations/Z1/below", body, content_type="application/json", headers={"Accept-Language": "en"}
    )
    assert answer.status_code == 422
    assert answer.json()["problems"] == [
        {"rule": "organisations.code-taken", "field": "code", "message": "the code Z2 is in use", "remedy": ""}
    ]

"""The register of firms: what an entry must be, membership over time, certificates, duplicates."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from django.http import Http404
from django.test import Client
from firm_codes import credit_code
from world import World

from gaoxin.platform.access.reader import Origin, Place, Reader
from gaoxin.platform.access.roles import Role
from gaoxin.platform.audit.models import Entry
from gaoxin.platform.audit.queries import history
from gaoxin.platform.enterprises import actions
from gaoxin.platform.enterprises.checks import FirmValues
from gaoxin.platform.enterprises.models import CertificateKind, Firm, Membership, Status
from gaoxin.platform.enterprises.queries import firms, likely_duplicates
from gaoxin.problems import InputError

Readers = Callable[[str], Reader]
DAY = datetime.date(2024, 3, 1)


def firm(n: int) -> Firm:
    return Firm.objects.select_related("organisation", "zone").get(organisation__code=f"F{n}")


def test_a_reporter_enters_a_firm_of_their_zone(world: World, reader: Readers) -> None:
    values = FirmValues("新企业", industry="3911", region="310115", founded=DAY)
    made = actions.add(reader("zone_reporter"), world.organisation("P1"), values, credit_code=credit_code(1), since=DAY)
    assert made.organisation.path.startswith(world.organisation("P1").path)
    assert [m.zone.code for m in made.memberships.all()] == ["P1"]
    assert [entry.action for entry in history(made)] == ["firms.add"]
    with pytest.raises(Http404):
        actions.add(reader("zone_reporter"), world.organisation("P2"), values, credit_code=credit_code(2))


@pytest.mark.parametrize(
    ("code", "values", "fields"),
    [
        ("91110000600037341X", FirmValues("甲"), ["credit_code"]),
        ("911100006000373", FirmValues("甲"), ["credit_code"]),
        (credit_code(1), FirmValues("", industry="391", region="31", founded=datetime.date(2999, 1, 1)),
         ["name", "industry", "region", "founded"]),
        (credit_code(1), FirmValues("甲", industry="9911", region="990115"), ["industry", "region"]),
    ],
)  # fmt: skip
def test_everything_that_is_wrong_is_said_at_once(
    code: str, values: FirmValues, fields: list[str], world: World, reader: Readers
) -> None:
    with pytest.raises(InputError) as refused:
        actions.add(reader("zone_reporter"), world.organisation("P1"), values, credit_code=code)
    assert [problem.item for problem in refused.value.problems] == fields
    assert Firm.objects.count() == 2


def test_a_code_is_registered_once(world: World, reader: Readers) -> None:
    by, park = reader("zone_reporter"), world.organisation("P1")
    actions.add(by, park, FirmValues("甲"), credit_code=credit_code(1))
    with pytest.raises(InputError) as refused:
        actions.add(by, park, FirmValues("乙"), credit_code=credit_code(1))
    assert refused.value.problems[0].rule == "firms.taken"


def test_moving_to_another_zone_keeps_where_it_was(world: World, reader: Readers) -> None:
    actions.transfer(reader("city_analyst"), firm(1), world.organisation("Z2"), day=DAY, reason="搬迁")
    moved = firm(1)
    assert (moved.zone.code, moved.organisation.path[:16]) == ("Z2", world.organisation("Z2").path + "0002")
    before, after = Membership.objects.on(DAY - datetime.timedelta(days=1)), Membership.objects.on(DAY)
    assert [m.zone.code for m in before.filter(firm=moved)] == ["P1"]
    assert [m.zone.code for m in after.filter(firm=moved)] == ["Z2"]
    assert moved not in firms(reader("zone_reporter"))


def test_a_zone_cannot_take_a_firm_from_another(world: World, reader: Readers) -> None:
    with pytest.raises(Http404):
        actions.transfer(reader("zone_reporter"), firm(2), world.organisation("Z1"), day=DAY, reason="x")
    with pytest.raises(Http404):
        actions.transfer(reader("zone_reporter"), firm(1), world.organisation("Z2"), day=DAY, reason="x")


def test_the_history_holds_every_field(world: World, reader: Readers) -> None:
    by = reader("zone_reporter")
    for industry in ("3912", "3913"):
        actions.change(by, firm(1), FirmValues("第一企业", "Firm 1", industry=industry), reason="核实")
    changes = [change for entry in history(firm(1)) for change in entry.changes() if change[0] == "industry"]
    assert changes[:2] == [("industry", "3912", "3913"), ("industry", "3911", "3912")]


def test_a_certificate_is_noted_once_with_dates_in_order(world: World, reader: Readers) -> None:
    by = reader("zone_reporter")
    actions.add_certificate(by, firm(1), kind=CertificateKind.HNTE, issued=DAY, number="GR2024")
    for asked in ({"issued": DAY}, {"issued": DAY.replace(year=2025), "expires": DAY}):
        with pytest.raises(InputError):
            actions.add_certificate(by, firm(1), kind=CertificateKind.HNTE, **asked)
    assert firm(1).certificates.count() == 1


def test_duplicates_are_found_and_merged_into_one(world: World, reader: Readers) -> None:
    by = reader("city_analyst")
    double = actions.add(by, world.organisation("Z2"), FirmValues("第一企业"), credit_code=credit_code(1))
    assert likely_duplicates(by, firm(1)) == [double]
    actions.add_certificate(by, double, kind=CertificateKind.HNTE, issued=DAY)
    actions.merge(by, firm(1), double, reason="同一企业")
    double = Firm.objects.get(pk=double.pk)
    assert (double.status, double.merged_into) == (Status.MERGED, firm(1))
    assert double.organisation.closed is not None
    assert [c.issued for c in firm(1).certificates.all()] == [DAY]
    assert double not in firms(by)
    with pytest.raises(InputError):
        actions.change(by, double, FirmValues("又改"), reason="x")


def test_a_zone_does_not_merge(world: World, signed_in: Callable[[str], Client]) -> None:
    assert signed_in("zone_reporter").get("/enterprises/F1/merge/").status_code == 403


def test_a_code_that_is_not_there_is_said_at_the_field(world: World, signed_in: Callable[[str], Client]) -> None:
    data = {"zone": "NOWHERE", "day": "2024-03-01", "reason": "x"}
    answer = signed_in("city_analyst").post("/enterprises/F1/transfer/", data)
    assert answer.status_code == 422
    assert 'href="#id_zone"' in answer.content.decode()


@pytest.mark.parametrize(
    ("places", "seen"),
    [(("D1",), ["F1"]), (("D1", "D2"), ["F1", "F2"]), (("D1", "P2"), ["F1", "F2"]), (("F2",), ["F2"]), (("B1",), [])],
)
def test_the_list_has_the_firms_below_all_places_of_the_reader(
    world: World, places: tuple[str, ...], seen: list[str]
) -> None:
    held = tuple(Place(Role.ADMINISTRATOR, world.organisation(p).path, world.organisation(p).pk) for p in places)
    by = Reader(None, Origin("page"), held)
    assert [one.organisation.code for one in firms(by)] == seen


def test_filters_narrow_the_list(world: World, reader: Readers) -> None:
    by = reader("city_analyst")
    assert [f.organisation.code for f in firms(by, zone="Z2")] == ["F2"]
    assert [f.organisation.code for f in firms(by, text="第一")] == ["F1"]
    assert not firms(by, industry="40").exists()


def test_entering_by_page(world: World, signed_in: Callable[[str], Client]) -> None:
    data = {"credit_code": credit_code(3).lower(), "zone": "P1", "name": "新企业", "status": "operating"}
    answer = signed_in("park_operator").post("/enterprises/add/", data)
    assert answer.headers["Location"] == f"/enterprises/{credit_code(3)}/"
    assert Entry.objects.latest("sequence").action == "firms.add"

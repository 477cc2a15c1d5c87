"""A small city with two of everything, and a person for each role at the first of each.

Codes: CITY; B1, B2 bureaus; D1, D2 districts; Z1 in D1, Z2 in D2; P1 in Z1, P2 in Z2; firms F1 in P1, F2 in P2.
"""

from __future__ import annotations

from dataclasses import dataclass

from gaoxin.platform.access.reader import Reader
from gaoxin.platform.access.roles import Kind, Role
from gaoxin.platform.accounts import actions as accounts
from gaoxin.platform.accounts.models import User
from gaoxin.platform.enterprises.models import Firm, Membership
from gaoxin.platform.organisations import actions as organisations
from gaoxin.platform.organisations.models import Organisation

PASSWORD = "a password for the tests only"  # noqa: S105

PLACES: dict[Role, tuple[str, str, str]] = {
    Role.ANALYST: ("CITY", "Z1", "Z2"),
    Role.LEADER: ("CITY", "Z1", "Z2"),
    Role.BUREAU: ("B1", "B1", "B2"),
    Role.DISTRICT: ("D1", "D1", "D2"),
    Role.REPORTER: ("Z1", "Z1", "Z2"),
    Role.REVIEWER: ("Z1", "Z1", "Z2"),
    Role.PARK: ("P1", "P1", "P2"),
    Role.FIRM: ("F1", "F1", "F2"),
    Role.EXPERT: ("CITY", "Z1", "Z2"),
    Role.AUDITOR: ("Z1", "Z1", "Z2"),
    Role.ADMINISTRATOR: ("Z1", "Z1", "Z2"),
    Role.PUBLIC: ("CITY", "Z1", "Z2"),
}
"""For each role: where its person holds it, an organisation of theirs, and another's."""


@dataclass(frozen=True)
class World:
    """Finds what `make_world` made."""

    def organisation(self, code: str) -> Organisation:
        return Organisation.objects.get(code=code)

    def user(self, role: Role) -> User:
        return User.objects.get(username=role.value)


def make_world() -> None:
    """Fill an empty database."""
    by = Reader.command("tests")
    city = organisations.found_city(by, code="CITY", name="示例市", name_en="Sample City", synthetic=True)
    for n in (1, 2):
        zh = "一二"[n - 1]

        def add(parent: Organisation, kind: Kind, code: str, name: str, name_en: str) -> Organisation:
            parent.refresh_from_db()
            return organisations.add(by, parent, kind=kind, code=code, name=name, name_en=name_en, synthetic=True)

        add(city, Kind.BUREAU, f"B{n}", f"第{zh}局", f"Bureau {n}")
        district = add(city, Kind.DISTRICT, f"D{n}", f"第{zh}区", f"District {n}")
        zone = add(district, Kind.ZONE, f"Z{n}", f"第{zh}园区", f"Zone {n}")
        park = add(zone, Kind.PARK, f"P{n}", f"第{zh}分园", f"Park {n}")
        firm = add(park, Kind.FIRM, f"F{n}", f"第{zh}企业", f"Firm {n}")
        Firm.objects.create(organisation=firm, zone=park, industry="3911")
        Membership.objects.create(firm_id=firm.pk, zone=park)
    for role, (place, _, _) in PLACES.items():
        organisation = Organisation.objects.get(code=place)
        user = accounts.add_user(
            by, organisation, username=role.value, name=f"{role.value} person", password=PASSWORD, synthetic=True
        )
        accounts.grant(by, user, role, organisation)

"""Filling an empty site with the sample city: organisations, firms with certificates, accounts for every role.

Codes and names of the zones are real (they ship as a register); districts, bureaus, parks, firms and people are
invented, and everything is marked as synthetic. An app that has data to show for it has a module ``demonstration`` with
``fill(reader, city)``, which is called at the end with the `gaoxin.samples.City`.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from gaoxin.platform.access.reader import Reader
from gaoxin.platform.access.roles import Kind, Role
from gaoxin.platform.accounts import actions as accounts
from gaoxin.platform.app import platform_apps
from gaoxin.platform.audit.journal import action
from gaoxin.platform.enterprises import actions as enterprises
from gaoxin.platform.enterprises.checks import FirmValues
from gaoxin.platform.enterprises.models import CertificateKind, Firm
from gaoxin.platform.organisations import actions as organisations
from gaoxin.platform.organisations.models import Organisation
from gaoxin.platform.refusals import refuse
from gaoxin.platform.regions import SAMPLE
from gaoxin.platform.zones import actions as zones
from gaoxin.platform.zones.models import Level
from gaoxin.samples import City, make_city
from gaoxin.words import Text

ZONES = 22
HNTE_YEARS = 3
_DISTRICTS = (("东", "East"), ("南", "South"), ("西", "West"), ("北", "North"))
_BUREAUS = (("科技", "Science and Technology"), ("经济信息化", "Economy and Informatisation"), ("统计", "Statistics"))
REASON = "示例数据（合成）"


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """An account of the demonstration with its password, which is printed once."""

    username: str
    password: str
    role: Role
    place: str


@action
def fill_city(reader: Reader, *, firms: int) -> list[DemoAccount]:
    """Fill the empty site; all of it or nothing.

    Parameters
    ----------
    reader
        The command that does it.
    firms
        Firms that report for the last year.
    """
    if Organisation.objects.exists():
        refuse(
            "demo.not-empty", None,
            Text("站点里已有数据", "the site has data already"),
            Text("示例城市只填入空的站点：用 --site 另选文件夹", "choose another folder with --site"),
        )  # fmt: skip
    sample = make_city(zones=ZONES, firms=firms)
    _organisations(reader, sample)
    _firms(reader, sample)
    made = list(_accounts(reader))
    for app in platform_apps():
        fill = app.offered("demonstration", "fill")
        if fill is not None:
            fill(reader, sample)
    return made


def _add(reader: Reader, parent: Organisation, kind: Kind, code: str, name: str, name_en: str) -> Organisation:
    return organisations.add(
        reader, parent, kind=kind, code=code, name=name, name_en=name_en, synthetic=True, reason=REASON
    )


def _organisations(reader: Reader, sample: City) -> None:
    city = organisations.found_city(
        reader, code="DEMO", name="示例市科技主管部门", name_en="Sample City Office", synthetic=True
    )
    for number, (zh, en) in enumerate(_BUREAUS, start=1):
        _add(reader, city, Kind.BUREAU, f"B{number:02}", f"示例市{zh}局", f"Sample Bureau of {en}")
    districts = [
        _add(reader, city, Kind.DISTRICT, f"D{number:02}", f"示例{zh}区", f"Sample {en} District")
        for number, (zh, en) in enumerate(_DISTRICTS, start=1)
    ]
    for number, seed in enumerate(sample.zones):
        zone = _add(reader, districts[number % len(districts)], Kind.ZONE, seed.code, seed.name, "")
        zones.keep(reader, zone, level=Level.UNKNOWN, category=sample.profiles.classes[number], reason=REASON)
        for part, (zh, en) in enumerate((("一", "First"), ("二", "Second")), start=1):
            if number < len(districts):
                _add(reader, zone, Kind.PARK, f"{seed.code}-{part}", f"{seed.name}示例{zh}园", f"{en} Sample Park")


def _firms(reader: Reader, sample: City) -> None:
    places: dict[str, list[Organisation]] = defaultdict(list)
    for zone in Organisation.objects.filter(kind=Kind.ZONE):
        parks = Organisation.objects.get_children(zone).filter(kind=Kind.PARK)
        places[zone.code] = [zone, *parks]
    latest: dict[str, dict[str, Any]] = {}
    first: dict[str, int] = {}
    for row in sample.tables["firm"].select(["firm", "zone", "period", "firm_name", *_ITEMS]).to_pylist():
        latest[row["firm"]] = row
        first.setdefault(row["firm"], int(row["period"]))
    members: dict[int, list[tuple[str, FirmValues, datetime.date | None]]] = defaultdict(list)
    at: dict[int, Organisation] = {}
    for number, row in enumerate(latest.values()):
        candidates = places[row["zone"]]
        place = candidates[number % len(candidates)]
        at[place.pk] = place
        since = None if first[row["firm"]] == sample.periods[0] else datetime.date(first[row["firm"]], 1, 1)
        values = FirmValues(row["firm_name"], industry=row["qb03_1"] or "", region=SAMPLE, founded=row["qb04"])
        members[place.pk].append((row["firm"], values, since))
    for key, group in members.items():
        made = enterprises.add_many(reader, at[key], group, synthetic=True, reason=REASON)
        for firm in made:
            _certificate(reader, firm, latest[firm.organisation.code])


_ITEMS = ("qb03_1", "qb04", "qb11", "qb12", "qb13")


def _certificate(reader: Reader, firm: Firm, row: dict[str, Any]) -> None:
    if row["qb11"] and row["qb12"]:
        issued: datetime.date = row["qb12"]
        expires = issued.replace(year=issued.year + HNTE_YEARS, day=min(issued.day, 28))
        enterprises.add_certificate(
            reader, firm, kind=CertificateKind.HNTE, issued=issued, number=row["qb13"] or "", expires=expires
        )


def _accounts(reader: Reader) -> Iterator[DemoAccount]:
    """One account for each role, at the first place where it can be held that has something to see."""
    city = Organisation.objects.get(kind=Kind.CITY)
    firm = Organisation.objects.filter(kind=Kind.FIRM).order_by("path").first()
    park = Organisation.objects.filter(kind=Kind.PARK).order_by("path").first()
    zone = Organisation.objects.get_parent(park)
    district = Organisation.objects.get_parent(zone)
    bureau = Organisation.objects.filter(kind=Kind.BUREAU).order_by("path").first()
    assert firm is not None and park is not None and bureau is not None  # noqa: S101, PT018  they were just made
    by_role = {
        Role.BUREAU: bureau, Role.DISTRICT: district, Role.REPORTER: zone, Role.REVIEWER: zone, Role.PARK: park,
        Role.FIRM: firm,
    }  # fmt: skip
    for role in Role:
        place = by_role.get(role, city)
        password = accounts.make_password()
        user = accounts.add_user(
            reader, place, username=role.value, name=f"示例{role.label}", password=password, synthetic=True
        )
        accounts.grant(reader, user, role, place, reason=REASON)
        yield DemoAccount(role.value, password, role, str(place))

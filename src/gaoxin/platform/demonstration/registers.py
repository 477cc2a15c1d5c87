"""The organisations and firms of the demonstration.

All of them are invented and marked as synthetic; the zones too: a warning, even an invented one, suits no real name.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from decimal import Decimal
from typing import Any

from gaoxin.platform.access.reader import Reader
from gaoxin.platform.access.roles import Kind
from gaoxin.platform.audit.journal import action
from gaoxin.platform.demonstration.story import REASON, Story
from gaoxin.platform.enterprises import actions as enterprises
from gaoxin.platform.enterprises.checks import FirmValues
from gaoxin.platform.enterprises.models import CertificateKind, Firm
from gaoxin.platform.organisations import actions as organisations
from gaoxin.platform.organisations.models import Organisation
from gaoxin.platform.regions import SAMPLE
from gaoxin.platform.zones import actions as zones
from gaoxin.platform.zones.models import Level
from gaoxin.samples import City
from gaoxin.samples.seeds import SeedZone

ZONES = tuple(
    (SeedZone(f"DZ{number:02}", f"示例{zh}园区"), f"Sample {en} Zone")
    for number, (zh, en) in enumerate(
        (
            ("云杉", "Spruce"), ("白榆", "Elm"), ("银杏", "Ginkgo"), ("青枫", "Maple"), ("香樟", "Camphor"),
            ("水杉", "Redwood"), ("玉兰", "Magnolia"), ("紫薇", "Myrtle"), ("丹桂", "Osmanthus"), ("海棠", "Crabapple"),
            ("石榴", "Pomegranate"), ("红梅", "Plum"), ("翠竹", "Bamboo"), ("雪松", "Cedar"), ("梧桐", "Plane"),
            ("杜鹃", "Azalea"), ("月季", "Rose"), ("茉莉", "Jasmine"), ("芙蓉", "Hibiscus"), ("山茶", "Camellia"),
            ("木棉", "Kapok"), ("白杨", "Poplar"),
        ),
        start=1,
    )
)  # fmt: skip
"""The zones of the city with their names in English."""
NATIONAL = 4
"""How many of them are national; the others are provincial."""
HNTE_YEARS = 3
_DISTRICTS = (("东", "East"), ("南", "South"), ("西", "West"), ("北", "North"))
_BUREAUS = (("科技", "Science and Technology"), ("经济信息化", "Economy and Informatisation"), ("统计", "Statistics"))
_PARKS = (("一", "First"), ("二", "Second"))
_ITEMS = ("firm", "zone", "period", "firm_name", "qb03_1", "qb04", "qb11", "qb12", "qb13")


@action
def found(reader: Reader, sample: City) -> None:
    """The tree: the city office, bureaus, districts, zones, and two parks in each zone."""
    city = organisations.found_city(
        reader, code="DEMO", name="示例市科技主管部门", name_en="Sample City Office", synthetic=True
    )
    for number, (zh, en) in enumerate(_BUREAUS, start=1):
        _add(reader, city, Kind.BUREAU, f"B{number:02}", f"示例市{zh}局", f"Sample Bureau of {en}")
    districts = [
        _add(reader, city, Kind.DISTRICT, f"D{number:02}", f"示例{zh}区", f"Sample {en} District")
        for number, (zh, en) in enumerate(_DISTRICTS, start=1)
    ]
    english = {seed.code: name_en for seed, name_en in ZONES}
    for number, seed in enumerate(sample.zones):
        district = districts[number % len(districts)]
        zone = _add(reader, district, Kind.ZONE, seed.code, seed.name, english[seed.code])
        zones.keep(
            reader, zone, level=Level.NATIONAL if number < NATIONAL else Level.PROVINCIAL, reason=REASON,
            category=sample.profiles.classes[number], area=2 + Decimal(int(sample.profiles.firms[number])) / 4,
        )  # fmt: skip
        for part, (zh, en) in enumerate(_PARKS, start=1):
            _add(
                reader, zone, Kind.PARK, f"{seed.code}-{part}", f"{seed.name}{zh}园", f"{english[seed.code]}, {en} Park"
            )


def _add(reader: Reader, parent: Organisation, kind: Kind, code: str, name: str, name_en: str) -> Organisation:
    return organisations.add(
        reader, parent, kind=kind, code=code, name=name, name_en=name_en, synthetic=True, reason=REASON
    )


@action
def enter_firms(reader: Reader, story: Story, year: int) -> None:
    """Enter the firms that report for the first time for ``year``; close those that no longer do."""
    rows = story.sample.tables["firm"].select(list(_ITEMS)).to_pylist()
    reporting: dict[int, dict[str, dict[str, Any]]] = defaultdict(dict)
    for row in rows:
        reporting[int(row["period"])][row["firm"]] = row
    known = set(Organisation.objects.filter(kind=Kind.FIRM).values_list("code", flat=True))
    places: dict[str, list[Organisation]] = {
        zone.code: [*Organisation.objects.get_children(zone).filter(kind=Kind.PARK), zone]
        for zone in Organisation.objects.filter(kind=Kind.ZONE)
    }
    members: dict[str, list[tuple[str, FirmValues, datetime.date | None]]] = defaultdict(list)
    for code, row in reporting[year].items():
        if code in known:
            continue
        candidates = places[row["zone"]]
        place = candidates[int(code[8:16]) % len(candidates)]
        since = None if year == story.sample.periods[0] else datetime.date(year, 1, 1)
        values = FirmValues(row["firm_name"], industry=row["qb03_1"] or "", region=SAMPLE, founded=row["qb04"])
        members[place.code].append((code, values, since))
    for at in (place for group in places.values() for place in group):
        for firm in enterprises.add_many(reader, at, members[at.code], synthetic=True, reason=REASON):
            _certify(reader, firm, reporting[year][firm.organisation.code])
    late = {zone.code for zone in story.sample.late} if year == story.last else set()
    former = reporting[year - 1]
    gone = [code for code in former if code not in reporting[year] and former[code]["zone"] not in late]
    for firm in Organisation.objects.filter(code__in=gone, closed=None).order_by("path"):
        organisations.close(reader, firm, day=datetime.date(year, 1, 1), reason=f"{year} 年起不再报送（合成）")


def _certify(reader: Reader, firm: Firm, row: dict[str, Any]) -> None:
    if row["qb11"] and row["qb12"]:
        issued: datetime.date = row["qb12"]
        expires = issued.replace(year=issued.year + HNTE_YEARS, day=min(issued.day, 28))
        enterprises.add_certificate(
            reader, firm, kind=CertificateKind.HNTE, issued=issued, number=row["qb13"] or "", expires=expires
        )

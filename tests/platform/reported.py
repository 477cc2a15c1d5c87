"""Three years of approved returns in the test city, fixed as snapshots: the synthetic sample that `evaluated` uses.

Beside the city of `world` there are three more zones, and fifty-odd firms. What is said of zones in evaluations, and
what is added up from snapshots, come from the same figures.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from functools import lru_cache
from typing import Any

from django.utils import timezone
from evaluated import ZONES

from gaoxin.platform.access.roles import Kind
from gaoxin.platform.enterprises.models import Firm, Membership
from gaoxin.platform.organisations.models import Organisation
from gaoxin.platform.organisations.tree import insert_below
from gaoxin.platform.statistics import books, document, snapshots
from gaoxin.platform.statistics.models import Collection, Return, Snapshot, State, Version
from gaoxin.samples import City
from gaoxin.samples import make_city as sample_city

BOOKS = {"firm": "torch-enterprise-2022", "zone": "zone-return-2021"}
YEARS = ("2023", "2024", "2025")


@lru_cache(maxsize=1)
def sample() -> City:
    return sample_city(zones=len(ZONES), firms=60, years=3)


def make_reported() -> list[Snapshot]:
    """Put zones, firms, returns and snapshots into the database and the media folder of the test."""
    _places()
    made = []
    for year in YEARS:
        collections = [_collect(entity, year) for entity in BOOKS]
        now = timezone.now()
        written = snapshots.write(year, collections, now)
        held = Snapshot.objects.create(
            organisation=Organisation.objects.get(code="CITY"), period=year, folder=written.folder,
            sha256=written.sha256, contents=written.contents, counts=written.counts,
            books={one.book: one.book_version for one in collections}, created=now, synthetic=True,
        )  # fmt: skip
        held.collections.set(collections)
        made.append(held)
    return made


def _places() -> None:
    districts = [Organisation.objects.get(code=code) for code in ("D1", "D2")]
    for number, code in enumerate(ZONES):
        if not Organisation.objects.filter(code=code).exists():
            made = Organisation(code=code, name=f"园区{code}", name_en=f"Zone {code}", kind=Kind.ZONE, synthetic=True)
            insert_below(districts[number % 2], [made])
    zones = {code: Organisation.objects.get(code=code) for code in ZONES}
    members: dict[str, list[Organisation]] = defaultdict(list)
    for firm, (zone, name) in _firms().items():
        members[zone].append(Organisation(code=firm, name=name, kind=Kind.FIRM, synthetic=True))
    for zone, firms in members.items():
        insert_below(zones[zone], firms)
        Firm.objects.bulk_create(Firm(organisation=one, zone=zones[zone], industry="3911") for one in firms)
        Membership.objects.bulk_create(Membership(firm_id=one.pk, zone=zones[zone]) for one in firms)


@lru_cache(maxsize=1)
def _zone_of() -> dict[str, str]:
    return dict(zip((zone.code for zone in sample().zones), ZONES, strict=True))


@lru_cache(maxsize=1)
def _firms() -> dict[str, tuple[str, str]]:
    rows = sample().tables["firm"].select(["firm", "zone", "firm_name"]).to_pylist()
    return {row["firm"]: (_zone_of()[row["zone"]], row["firm_name"]) for row in rows}


@lru_cache(maxsize=8)
def _figures(entity: str, year: str) -> dict[str, dict[str, str]]:
    """By reporter: the cells of its return."""
    book, tables = books.book(BOOKS[entity]), sample().tables
    found: dict[str, dict[str, str]] = {}
    for row in tables[entity].to_pylist():
        if row["period"] == year:
            key = row[entity] if entity == "firm" else _zone_of()[row["zone"]]
            found[key] = {code: text for code in row if (text := _text(book.items.get(code), row[code]))}
    if entity == "firm":
        numbers: dict[str, int] = defaultdict(int)
        for row in tables["project"].to_pylist():
            if row["period"] == year and row["firm"] in found:
                numbers[row["firm"]] += 1
                start = f"project.{numbers[row['firm']]}."
                cells = {f"{start}{code}": _text(book.items.get(code), row[code]) for code in row}
                found[row["firm"]] |= {name: text for name, text in cells.items() if text}
    return found


def _text(item: Any, value: Any) -> str:
    if item is None or value is None:
        return ""
    if item.decimals is not None:
        return f"{value:.{item.decimals}f}"
    return str(value).lower() if item.type == "flag" else str(value)


def _collect(entity: str, year: str) -> Collection:
    due = datetime.date(int(year) + 1, 3, 31)
    held = Collection.objects.create(
        organisation=Organisation.objects.get(code="CITY"), code=f"{entity}s-{year}", name=f"{year} 年年报",
        name_en=f"Annual returns {year}", book=BOOKS[entity], book_version=books.book(BOOKS[entity]).version,
        entity=entity, period=year, opens=due - datetime.timedelta(days=60), due=due, closed=timezone.now(),
        synthetic=True,
    )  # fmt: skip
    places = {one.code: one for one in Organisation.objects.filter(kind__in=(Kind.ZONE, Kind.FIRM))}
    made, now = [], timezone.now()
    for key, cells in _figures(entity, year).items():
        zone = places[_firms()[key][0]] if entity == "firm" else places[key]
        one = Return(collection=held, organisation=places[key], zone=zone, due=due, timely=True, submitted=now)
        made.append((one, cells))
    Return.objects.bulk_create(one for one, _ in made)
    versions = Version.objects.bulk_create(
        Version(return_of=one, number=1, figures=cells, saved=now, submitted=now, approved=now, signatory="甲",
                sha256=document.digest(cells))
        for one, cells in made
    )  # fmt: skip
    for (one, _), version in zip(made, versions, strict=True):
        one.latest = one.approved = version
        one.state = State.APPROVED
    Return.objects.bulk_update([one for one, _ in made], ["latest", "approved", "state"])
    return held

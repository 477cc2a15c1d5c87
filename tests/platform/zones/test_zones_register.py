"""The register of zones: entries, boundaries, events."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from world import World

from gaoxin.platform.access.reader import Reader
from gaoxin.platform.audit.queries import history
from gaoxin.platform.zones import actions
from gaoxin.platform.zones.boundaries import check_boundary
from gaoxin.platform.zones.maps import thinned
from gaoxin.platform.zones.models import EventKind, Level, Zone
from gaoxin.platform.zones.queries import boundaries, zones
from gaoxin.problems import InputError

Readers = Callable[[str], Reader]
SQUARE = [[121.0, 31.0], [121.1, 31.0], [121.1, 31.1], [121.0, 31.1], [121.0, 31.0]]


def polygon(ring: Any = SQUARE) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [ring]}


def test_an_entry_is_written_and_changed_with_its_history(world: World, reader: Readers) -> None:
    by, place = reader("city_analyst"), world.organisation("Z1")
    actions.keep(by, place, level=Level.CITY, region="310115", area=Decimal("12.5"), reason="首次登记")
    zone = actions.keep(by, place, level=Level.NATIONAL, region="310115", area=Decimal("12.5"), reason="升级")
    assert history(zone)[0].changes() == [("level", "city", "national")]


@pytest.mark.parametrize(
    ("changed", "field"), [({"region": "31"}, "region"), ({"area": Decimal(0)}, "area"), ({"reason": ""}, "reason")]
)
def test_a_wrong_entry_is_refused(changed: dict[str, Any], field: str, world: World, reader: Readers) -> None:
    with pytest.raises(InputError) as refused:
        actions.keep(
            reader("city_analyst"), world.organisation("Z1"), **{"level": Level.CITY, "reason": "x", **changed}
        )
    assert [problem.item for problem in refused.value.problems] == [field]
    assert not Zone.objects.exists()


def test_a_district_is_no_zone(world: World, reader: Readers) -> None:
    with pytest.raises(InputError):
        actions.keep(reader("city_analyst"), world.organisation("D1"), level=Level.CITY, reason="x")


def test_a_boundary_comes_bare_or_as_a_feature() -> None:
    feature = {"type": "Feature", "properties": {"name": "x"}, "geometry": polygon()}
    for given in (polygon(), feature, {"type": "FeatureCollection", "features": [feature]}):
        assert check_boundary(given) == polygon()


@pytest.mark.parametrize(
    "given",
    [
        None, [], "x", {"type": "Point", "coordinates": [121, 31]}, polygon([]), polygon(SQUARE[:-1]),
        polygon([[200.0, 31.0], *SQUARE[1:-1], [200.0, 31.0]]), polygon([["a", "b"]] * 4),
        polygon([[float("nan"), 1]] * 4),
        {"type": "Polygon", "coordinates": 5}, {"type": "MultiPolygon", "coordinates": [5]}, {"type": "Polygon"},
    ],
)  # fmt: skip
def test_what_is_no_boundary_is_refused(given: Any) -> None:
    with pytest.raises(InputError):
        check_boundary(given)


def test_a_boundary_is_uploaded_and_drawn(world: World, signed_in: Callable[[str], Client]) -> None:
    client = signed_in("city_analyst")
    client.post("/zones/Z1/keep/", {"level": "city", "reason": "首次"})
    file = SimpleUploadedFile("z1.geojson", json.dumps(polygon()).encode())
    assert client.post("/zones/Z1/boundary/", {"boundary": file, "reason": "测绘"}).status_code == 302
    assert 'd="M0.0 240.0L' in client.get("/zones/Z1/").content.decode()
    wrong = SimpleUploadedFile("z1.geojson", b"{not json")
    assert client.post("/zones/Z1/boundary/", {"boundary": wrong, "reason": "x"}).status_code == 422


def test_events_are_noted_newest_first(world: World, reader: Readers) -> None:
    by = reader("zone_reviewer")
    zone = actions.keep(by, world.organisation("Z1"), level=Level.CITY, reason="x")
    for year in (2010, 2020):
        day = datetime.date(year, 1, 1)
        actions.add_event(by, zone, day=day, kind=EventKind.EXPANDED, text=f"{year} 年扩区", document="批复")
    assert [event.day.year for event in zone.events.all()] == [2020, 2010]
    with pytest.raises(InputError):
        actions.add_event(by, zone, day=datetime.date(2021, 1, 1), kind=EventKind.OTHER, text=" ")


def test_zones_without_an_entry_count_as_unknown(world: World, reader: Readers) -> None:
    by = reader("city_analyst")
    actions.keep(by, world.organisation("Z1"), level=Level.CITY, industries="集成电路", reason="x")
    assert [z.code for z in zones(by, level=Level.CITY)] == ["Z1"]
    assert "Z1" not in [z.code for z in zones(by, level=Level.UNKNOWN)]
    assert [z.code for z in zones(by, text="集成")] == ["Z1"]
    assert [z.code for z in zones(reader("zone_reviewer"))] == ["Z1", "P1"]


def test_boundaries_of_before_are_thinned_by_the_migration(world: World, reader: Readers) -> None:
    there, without = (Zone.objects.create(organisation=world.organisation(f"Z{n}")) for n in (1, 2))
    Zone.objects.filter(pk=there.pk).update(boundary=polygon())
    import_module("gaoxin.platform.zones.migrations.0002_drawn").draw(apps, None)
    for zone in (there, without):
        zone.refresh_from_db()
    assert there.drawn == thinned(polygon())
    assert without.drawn is None
    assert boundaries(reader("city_leader")) == {"Z1": there.drawn}


def test_the_list_reads_no_boundary(world: World, signed_in: Callable[[str], Client]) -> None:
    Zone.objects.create(organisation=world.organisation("Z1"), boundary=polygon())
    client = signed_in("city_analyst")
    with CaptureQueriesContext(connection) as asked:
        assert "Z1" in client.get("/zones/").content.decode()
    assert not [one for one in asked.captured_queries if "boundary" in one["sql"]]

"""Every change of the register of zones."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from gaoxin.platform.access.reader import Reader, permit
from gaoxin.platform.access.roles import Kind
from gaoxin.platform.audit.journal import action, changing, record
from gaoxin.platform.organisations.actions import need_reason
from gaoxin.platform.organisations.models import Organisation
from gaoxin.platform.refusals import refuse
from gaoxin.platform.regions import check_region
from gaoxin.platform.zones.boundaries import check_boundary
from gaoxin.platform.zones.maps import thinned
from gaoxin.platform.zones.models import Event, EventKind, Level, Zone
from gaoxin.platform.zones.permissions import CHANGE
from gaoxin.words import Text


@action
def keep(
    reader: Reader,
    organisation: Organisation,
    *,
    level: Level,
    category: str = "",
    region: str = "",
    area: Decimal | None = None,
    industries: str = "",
    reason: str,
) -> Zone:
    """Write what the register says of a zone or park; the first time it is entered."""
    permit(reader, CHANGE, organisation)
    if Kind(organisation.kind) not in {Kind.ZONE, Kind.PARK}:
        refuse("zones.kind", None, Text("只有园区和分园有园区登记", "only zones and parks are in this register"))
    need_reason(reason)
    if region:
        check_region(region)
    if area is not None and area <= 0:
        refuse("zones.area", "area", Text("面积应大于零", "the area must be above zero"))
    zone = Zone.objects.filter(pk=organisation.pk).first() or Zone(organisation=organisation)
    fields: Mapping[str, Any] = {
        "level": level, "category": category.strip(), "region": region, "area": area, "industries": industries.strip(),
    }  # fmt: skip
    if zone._state.adding:
        for name, value in fields.items():
            setattr(zone, name, value)
        zone.save()
        record(reader, "zones.add", zone, organisation=organisation, reason=reason)
        return zone
    with changing(reader, "zones.change", zone, organisation=organisation, reason=reason):
        for name, value in fields.items():
            setattr(zone, name, value)
        zone.save()
    return zone


@action
def set_boundary(reader: Reader, zone: Zone, *, boundary: Any, reason: str) -> Zone:
    """Take the boundary as GeoJSON; None removes it."""
    permit(reader, CHANGE, zone.organisation)
    need_reason(reason)
    checked = None if boundary is None else check_boundary(boundary)
    with changing(reader, "zones.set-boundary", zone, organisation=zone.organisation, reason=reason):
        zone.boundary, zone.drawn = checked, None if checked is None else thinned(checked)
        zone.save(update_fields=["boundary", "drawn"])
    return zone


@action
def add_event(
    reader: Reader, zone: Zone, *, day: datetime.date, kind: EventKind, text: str, document: str = ""
) -> Event:
    """Note an event in the life of the zone."""
    permit(reader, CHANGE, zone.organisation)
    if not text.strip():
        refuse("zones.event", "text", Text("请写明事项", "say what happened"))
    return _write(reader, zone, day, kind, text.strip(), document.strip())


@action
def note_decision(
    reader: Reader, organisation: Organisation, *, day: datetime.date, kind: EventKind, text: str, document: str
) -> Event:
    """Note in the register what was decided about a zone; the procedure that decides has checked who may.

    A zone that was not in the register comes into it, its level unknown.
    """
    zone, new = Zone.objects.get_or_create(organisation=organisation)
    if new:
        record(reader, "zones.add", zone, organisation=organisation, reason=text)
    return _write(reader, zone, day, kind, text, document)


def _write(reader: Reader, zone: Zone, day: datetime.date, kind: EventKind, text: str, document: str) -> Event:
    event = Event.objects.create(zone=zone, day=day, kind=kind, text=text[:500], document=document[:300])
    record(reader, "zones.add-event", event, organisation=zone.organisation)
    return event

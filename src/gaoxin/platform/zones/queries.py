"""Reading the register of zones, limited to what the reader may see."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404

from gaoxin.platform.access.reader import Reader, find, limit
from gaoxin.platform.access.roles import Kind
from gaoxin.platform.app import Found
from gaoxin.platform.organisations.models import Organisation
from gaoxin.platform.zones.models import Level, Zone
from gaoxin.platform.zones.permissions import CHANGE, VIEW

_KINDS = (Kind.ZONE, Kind.PARK)


def zones(reader: Reader, *, text: str = "", level: str = "", kind: str = "") -> QuerySet[Organisation]:
    """Zones and parks with their entry in the register, if there is one (``zone``), in the order of the tree."""
    found = limit(reader, VIEW, Organisation.objects.filter(kind__in=_KINDS, closed=None), "")
    found = found.select_related("zone").defer("zone__drawn").order_by("path")
    if kind:
        found = found.filter(kind=kind)
    if level:
        known = Q(zone__level=level)
        found = found.filter(known | Q(zone=None) if level == Level.UNKNOWN else known)
    if text:
        found = found.filter(
            Q(name__icontains=text) | Q(name_en__icontains=text) | Q(code__istartswith=text)
            | Q(zone__industries__icontains=text)
        )  # fmt: skip
    return found


def zone(reader: Reader, code: str) -> Organisation:
    """One zone or park with its entry, if it has one."""
    return find(reader, VIEW, _register(), "", code=code)


def zone_to_change(reader: Reader, code: str) -> Organisation:
    """One zone or park, to be changed."""
    return find(reader, CHANGE, _register(), "", code=code)


def entry(organisation: Organisation) -> Zone | None:
    """What the register says of a zone that was found with `zone`; None when it is not entered yet."""
    return getattr(organisation, "zone", None)


def entered(organisation: Organisation) -> Zone:
    """What the register says of the zone; 404 when it is not entered."""
    found = entry(organisation)
    if found is None:
        raise Http404
    return found


def boundaries(reader: Reader) -> dict[str, dict[str, Any]]:
    """The boundaries that were uploaded of the zones that the reader may see, thinned for drawing, by code."""
    there = Zone.objects.filter(drawn__isnull=False, organisation__kind=Kind.ZONE, organisation__closed=None)
    return dict(limit(reader, VIEW, there).values_list("organisation__code", "drawn"))


def _register() -> QuerySet[Organisation]:
    return Organisation.objects.filter(kind__in=_KINDS).select_related("zone")


def found(reader: Reader, text: str) -> list[Found]:
    """For the search over everything; zones themselves are found as organisations, here by their industries."""
    if not reader.may(VIEW):
        return []
    hits = limit(reader, VIEW, _register().filter(zone__industries__icontains=text), "")[:20]
    return [Found(Kind(hit.kind).label, str(hit), f"/zones/{hit.code}/", hit.code) for hit in hits]

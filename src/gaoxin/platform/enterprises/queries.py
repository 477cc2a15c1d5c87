"""Reading the register of firms, limited to what the reader may see."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from gaoxin.platform.access.permissions import Permission
from gaoxin.platform.access.reader import Reader, find, limit
from gaoxin.platform.access.roles import Kind
from gaoxin.platform.access.scope import STEP
from gaoxin.platform.app import Found
from gaoxin.platform.enterprises.models import Firm, Status
from gaoxin.platform.enterprises.permissions import CHANGE, MERGE, VIEW
from gaoxin.platform.language import words
from gaoxin.platform.organisations.models import Organisation


def _firms() -> QuerySet[Firm]:
    return Firm.objects.select_related("organisation", "zone")


def firms(reader: Reader, *, text: str = "", industry: str = "", status: str = "", zone: str = "") -> QuerySet[Firm]:
    """The firms that the reader may see, without those that were merged into others.

    Parameters
    ----------
    text
        Part of the name or the beginning of the credit code.
    industry
        The beginning of the industry code.
    zone
        Code of a zone or park: its firms and those of its parks.
    """
    found = _in_sight(reader).order_by("pk")
    found = found.filter(status=status) if status else found.exclude(status=Status.MERGED)
    if industry:
        found = found.filter(industry__startswith=industry)
    if text:
        found = found.filter(Q(organisation__name__icontains=text) | Q(organisation__code__istartswith=text))
    if zone:
        place = Organisation.objects.filter(code=zone).values_list("path", flat=True).first()
        found = found.filter(organisation__path__startswith=place) if place else found.none()
    return found


def _in_sight(reader: Reader) -> QuerySet[Firm]:
    """The firms that the reader may see: where these are whole districts, zones and parks, those of the zones there.

    A firm stands below its zone in the tree. There are few zones, and an index of firms by zone holds what a list
    counts: looking up the place of each of a hundred thousand firms would cost more than the page.
    """
    scope = reader.scope(VIEW)
    if not scope or scope.everything:
        return limit(reader, VIEW, _firms())
    zones = dict(Organisation.objects.filter(kind__in=(Kind.ZONE, Kind.PARK)).values_list("path", "pk"))
    # What is so high in the tree is no firm.
    if not all(len(root) <= 2 * STEP or root in zones for root in scope.roots):
        return limit(reader, VIEW, _firms())
    inside = [key for path, key in zones.items() if scope.contains(path)]
    return _firms() if len(inside) == len(zones) else _firms().filter(zone__in=inside)


def firm(reader: Reader, code: str, permission: Permission = VIEW) -> Firm:
    """One firm by its credit code, where the reader has ``permission``."""
    return find(reader, permission, _firms(), organisation__code=code)


def firm_to_change(reader: Reader, code: str) -> Firm:
    """One firm, to be changed."""
    return firm(reader, code, CHANGE)


def firm_to_merge(reader: Reader, code: str) -> Firm:
    """One firm, to be merged."""
    return firm(reader, code, MERGE)


def likely_duplicates(reader: Reader, firm: Firm) -> list[Firm]:
    """Firms of the same name under another credit code, among those that the reader may merge."""
    if not reader.may(MERGE, firm.organisation):
        return []
    same = limit(reader, MERGE, _firms().filter(organisation__name=firm.organisation.name, merged_into=None))
    return list(same.exclude(pk=firm.pk)[:10])


def zones_to_fill(reader: Reader) -> QuerySet[Organisation]:
    """The open zones and parks whose firms the reader may enter."""
    open_ones = Organisation.objects.filter(kind__in=(Kind.ZONE, Kind.PARK), closed=None)
    return limit(reader, CHANGE, open_ones, "").order_by("path")


def places_to_import(reader: Reader) -> list[Organisation]:
    """For which organisations the reader may send files of firms: city, districts, zones and parks."""
    kinds = (Kind.CITY, Kind.DISTRICT, Kind.ZONE, Kind.PARK)
    return list(limit(reader, CHANGE, Organisation.objects.filter(kind__in=kinds, closed=None), "").order_by("path"))


def zone_to_fill(reader: Reader, code: str) -> Organisation:
    """One of them."""
    return find(reader, CHANGE, Organisation.objects.filter(kind__in=(Kind.ZONE, Kind.PARK)), "", code=code)


def found(reader: Reader, text: str) -> list[Found]:
    """For the search over everything."""
    if not reader.may(VIEW):
        return []
    hits = firms(reader, text=text)[:20]
    kind = words("企业", "firm")
    return [Found(kind, str(hit), f"/enterprises/{hit.organisation.code}/", hit.organisation.code) for hit in hits]

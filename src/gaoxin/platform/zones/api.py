"""The register of zones by API."""

import datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from ninja import Field, Router, Schema, Status
from ninja.pagination import PageNumberPagination, paginate

from gaoxin.platform.access.middleware import PageRequest
from gaoxin.platform.access.roles import Kind
from gaoxin.platform.organisations.models import Organisation
from gaoxin.platform.zones import actions, queries
from gaoxin.platform.zones.models import Event, EventKind, Level

router = Router()


class ZoneEntryOut(Schema):
    """What the register says."""

    level: Level
    category: str
    region: str
    area: Decimal | None
    industries: str
    boundary: dict[str, Any] | None


class ZoneOut(Schema):
    """One zone or park; ``zone`` is None while it is not entered."""

    code: str
    name: str
    name_en: str
    kind: Kind
    opened: datetime.date | None
    synthetic: bool
    zone: ZoneEntryOut | None

    @staticmethod
    def resolve_zone(organisation: Organisation) -> Any:
        """The entry."""
        return queries.entry(organisation)


class ZoneEntryIn(Schema):
    """What the register shall say, and why it changes."""

    level: Level
    category: str = Field("", max_length=100)
    region: str = Field("", max_length=6)
    area: Decimal | None = Field(None, max_digits=12, decimal_places=4)
    industries: str = Field("", max_length=500)
    reason: str


class ZoneEventIn(Schema):
    """An event."""

    day: datetime.date
    kind: EventKind
    text: str = Field(max_length=500)
    document: str = Field("", max_length=300)


class ZoneEventOut(ZoneEventIn):
    """An event that was noted."""

    id: int


@router.get("", response=list[ZoneOut], url_name="zones")
@paginate(PageNumberPagination, page_size=100)
def index(request: PageRequest, text: str = "", level: Level | None = None) -> QuerySet[Organisation]:
    """The zones and parks that the reader may see."""
    return queries.zones(request.reader, text=text, level=level or "")


@router.get("/{code}", response=ZoneOut, url_name="zone")
def one(request: PageRequest, code: str) -> Organisation:
    """One zone."""
    return queries.zone(request.reader, code)


@router.put("/{code}", response=ZoneOut, url_name="zone")
def keep(request: PageRequest, code: str, body: ZoneEntryIn) -> Organisation:
    """Write the entry."""
    actions.keep(request.reader, queries.zone_to_change(request.reader, code), **body.dict())
    return queries.zone(request.reader, code)


@router.post("/{code}/events", response={201: ZoneEventOut}, url_name="zone-events")
def add_event(request: PageRequest, code: str, body: ZoneEventIn) -> Status[Event]:
    """Note an event."""
    organisation = queries.zone_to_change(request.reader, code)
    return Status(201, actions.add_event(request.reader, queries.entered(organisation), **body.dict()))

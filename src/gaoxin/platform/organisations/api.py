"""The organisation tree by API."""

import datetime

from django.db.models import QuerySet
from ninja import Field, Router, Schema, Status
from ninja.pagination import PageNumberPagination, paginate

from gaoxin.platform.access.middleware import PageRequest
from gaoxin.platform.access.roles import Kind
from gaoxin.platform.organisations import actions, queries
from gaoxin.platform.organisations.models import Organisation

router = Router()


class OrganisationOut(Schema):
    """One organisation."""

    code: str
    name: str
    name_en: str
    kind: Kind
    opened: datetime.date | None
    closed: datetime.date | None
    synthetic: bool


class OrganisationIn(Schema):
    """A new organisation."""

    kind: Kind
    code: str = Field(max_length=40)
    name: str = Field(max_length=200)
    name_en: str = Field("", max_length=200)
    opened: datetime.date | None = None
    reason: str = ""


class NameIn(Schema):
    """Another name, and why."""

    name: str = Field(max_length=200)
    name_en: str = Field("", max_length=200)
    reason: str


@router.get("", response=list[OrganisationOut], url_name="organisations")
@paginate(PageNumberPagination, page_size=100)
def index(
    request: PageRequest, kind: Kind | None = None, text: str = "", closed: bool = False
) -> QuerySet[Organisation]:
    """The organisations that the reader may see."""
    return queries.organisations(request.reader, kinds=[kind] if kind else (), text=text, closed=closed)


@router.get("/{code}", response=OrganisationOut, url_name="organisation")
def one(request: PageRequest, code: str) -> Organisation:
    """One organisation."""
    return queries.organisation(request.reader, code)


@router.post("/{code}/below", response={201: OrganisationOut}, url_name="organisation-add")
def add(request: PageRequest, code: str, body: OrganisationIn) -> Status[Organisation]:
    """Add one below."""
    parent = queries.organisation_to_change(request.reader, code)
    return Status(201, actions.add(request.reader, parent, **body.dict()))


@router.patch("/{code}", response=OrganisationOut, url_name="organisation")
def rename(request: PageRequest, code: str, body: NameIn) -> Organisation:
    """Give another name."""
    organisation = queries.organisation_to_change(request.reader, code)
    return actions.rename(request.reader, organisation, **body.dict())

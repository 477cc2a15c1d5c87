"""The register of firms by API."""

import datetime

from django.db.models import QuerySet
from ninja import Field, Router, Schema
from ninja import Status as Answer
from ninja.pagination import PageNumberPagination, paginate

from gaoxin.platform.access.middleware import PageRequest
from gaoxin.platform.enterprises import actions, queries
from gaoxin.platform.enterprises.checks import FirmValues
from gaoxin.platform.enterprises.models import Firm, Status

router = Router()


class FirmOut(Schema):
    """One firm."""

    credit_code: str
    name: str
    name_en: str
    zone: str
    industry: str
    region: str
    founded: datetime.date | None
    status: Status
    synthetic: bool

    @staticmethod
    def resolve_credit_code(firm: Firm) -> str:
        """The code of the organisation."""
        return firm.organisation.code

    @staticmethod
    def resolve_name(firm: Firm) -> str:
        """In Chinese."""
        return firm.organisation.name

    @staticmethod
    def resolve_name_en(firm: Firm) -> str:
        """In English, if there is one."""
        return firm.organisation.name_en

    @staticmethod
    def resolve_zone(firm: Firm) -> str:
        """The code of the zone or park."""
        return firm.zone.code

    @staticmethod
    def resolve_synthetic(firm: Firm) -> bool:
        """Whether it is invented."""
        return firm.organisation.synthetic


class ValuesIn(Schema):
    """What the register shall say."""

    name: str = Field(max_length=200)
    name_en: str = Field("", max_length=200)
    industry: str = Field("", max_length=4)
    region: str = Field("", max_length=6)
    founded: datetime.date | None = None
    status: Status = Status.OPERATING

    def values(self) -> FirmValues:
        """As actions take it."""
        return FirmValues(
            self.name.strip(), self.name_en.strip(), self.industry, self.region, self.founded, self.status
        )


class FirmIn(ValuesIn):
    """A new firm."""

    credit_code: str = Field(max_length=18)
    zone: str = Field(max_length=40)
    since: datetime.date | None = None


class ChangeIn(ValuesIn):
    """Other values, and why."""

    reason: str


@router.get("", response=list[FirmOut], url_name="firms")
@paginate(PageNumberPagination, page_size=100)
def index(
    request: PageRequest, text: str = "", zone: str = "", industry: str = "", status: Status | None = None
) -> QuerySet[Firm]:
    """The firms that the reader may see."""
    return queries.firms(request.reader, text=text, zone=zone, industry=industry, status=status or "")


@router.post("", response={201: FirmOut}, url_name="firms")
def add(request: PageRequest, body: FirmIn) -> Answer[Firm]:
    """Enter a firm."""
    zone = queries.zone_to_fill(request.reader, body.zone)
    return Answer(201, actions.add(request.reader, zone, body.values(), credit_code=body.credit_code, since=body.since))


@router.get("/{code}", response=FirmOut, url_name="firm")
def one(request: PageRequest, code: str) -> Firm:
    """One firm."""
    return queries.firm(request.reader, code)


@router.put("/{code}", response=FirmOut, url_name="firm")
def change(request: PageRequest, code: str, body: ChangeIn) -> Firm:
    """Write other values."""
    firm = queries.firm_to_change(request.reader, code)
    return actions.change(request.reader, firm, body.values(), reason=body.reason)

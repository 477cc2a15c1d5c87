"""Notices by API: sent, looked through, registered, split, discarded while they are in preparation."""

import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from ninja import Field, File, Form, Router, Schema, Status
from ninja.files import UploadedFile
from ninja.pagination import PageNumberPagination, paginate

from gaoxin.platform.access.middleware import PageRequest
from gaoxin.platform.access.reader import Reader
from gaoxin.platform.measures import queries
from gaoxin.platform.measures.actions import following
from gaoxin.platform.measures.actions import notices as actions
from gaoxin.platform.measures.models import Clause, Measure, Notice, UnitName
from gaoxin.platform.measures.models.notices import FRESH_DAYS
from gaoxin.platform.organisations.models import Organisation
from gaoxin.platform.organisations.queries import organisation
from gaoxin.platform.refusals import refuse
from gaoxin.words import Text

router = Router()


class NoticeOut(Schema):
    """One notice; ``count`` and ``open`` are of the measures that the reader may see."""

    code: str
    title: str
    title_en: str
    number: str
    issuer: str
    signed_on: datetime.date | None
    registered: datetime.datetime | None
    synthetic: bool
    count: int
    open: int


class NoticeClauseOut(Schema):
    """A clause as it was read: its words, its units as written, the actions that are proposed, its targets."""

    position: int
    label: str
    heading: str
    text: str
    start: int
    end: int
    units: list[dict[str, str]]
    drafts: list[dict[str, Any]]
    targets: list[dict[str, Any]]
    deadlines: list[str]


class NoticeUnitOut(Schema):
    """A unit as the notice writes it, and the organisations that it means."""

    id: int
    name: str
    body: str
    certainty: str
    candidates: list[str]
    organisations: list[str]
    outside: bool
    decided: bool

    @staticmethod
    def resolve_organisations(unit: UnitName) -> list[str]:
        """Their codes."""
        return [one.code for one in unit.organisations.all()]


class NoticeFull(NoticeOut):
    """A notice with what was read, for the office that prepares it."""

    findings: list[dict[str, Any]]
    days: dict[str, int]
    fresh_days: int
    clauses: list[NoticeClauseOut]
    units: list[NoticeUnitOut]

    @staticmethod
    def resolve_clauses(notice: Notice) -> Any:
        """Its clauses in the order of the text."""
        return notice.clauses.all()

    @staticmethod
    def resolve_units(notice: Notice) -> Any:
        """The units that it names."""
        return notice.names.prefetch_related("organisations")


class NoticeRegistration(Schema):
    """What is settled when a notice is registered."""

    title: str = Field(max_length=300)
    days: dict[str, int] = Field(default_factory=dict)
    fresh_days: int = Field(FRESH_DAYS, ge=1, le=3650)


class NoticeReason(Schema):
    """Why a notice is discarded."""

    reason: str = Field(max_length=2000)


class NoticeUnitIn(Schema):
    """What a unit of the notice means: organisations by their codes, or nobody of the platform."""

    organisations: list[str] = Field(default_factory=list, max_length=500)
    outside: bool = False


class ClauseSplit(Schema):
    """The measures of a clause, one a line, in words of the clause."""

    lines: str


class ClauseAssignment(Schema):
    """To whom the measures of a clause are assigned, by codes, and by when."""

    lead: str = Field(max_length=40)
    cooperating: list[str] = Field(default_factory=list, max_length=500)
    due: datetime.date


class SplitMeasure(Schema):
    """A measure of a clause: its words, and the characters of the notice that they stand for."""

    code: str
    text: str
    start: int
    end: int
    node: str


@router.get("", response=list[NoticeOut], url_name="notices")
@paginate(PageNumberPagination, page_size=100)
def index(request: PageRequest) -> QuerySet[Notice]:
    """The notices that the reader may see."""
    return queries.notices(request.reader)


@router.post("", response={201: NoticeFull}, url_name="notices")
def receive(
    request: PageRequest, file: File[UploadedFile | None] = None, code: Form[str] = "", title_en: Form[str] = "",
    synthetic: Form[bool] = False,
) -> Status[Notice]:  # fmt: skip
    """Send a notice as a file (txt, docx, html, or pdf with text)."""
    office = queries.office(request.reader)
    if file is None:
        refuse("uploads.missing", "file", Text("请选择文件", "a file is needed"))
    made = actions.receive(request.reader, office, file, code=code, title_en=title_en, synthetic=synthetic)
    return Status(201, _whole(request.reader, made.code))


@router.get("/{code}", response=NoticeFull, url_name="notice")
def one(request: PageRequest, code: str) -> Notice:
    """A notice with everything that was read, for the office."""
    return _whole(request.reader, code)


@router.delete("/{code}", response={204: None}, url_name="notice")
def discard(request: PageRequest, code: str, reason: str = "") -> Status[None]:
    """Discard a notice that is still in preparation."""
    actions.discard(request.reader, queries.notice_to_prepare(request.reader, code), reason=reason)
    return Status(204, None)


@router.post("/{code}/units/{int:key}", response=NoticeUnitOut, url_name="notice-unit")
def decide_unit(request: PageRequest, code: str, key: int, body: NoticeUnitIn) -> UnitName:
    """Say what a unit of the notice means."""
    unit = queries.unit_name(request.reader, code, key)
    chosen = [meant(request.reader, "organisations", one) for one in body.organisations]
    return actions.decide_unit(request.reader, unit, organisations=chosen, outside=body.outside)


@router.post("/{code}/registration", response=NoticeFull, url_name="notice-register")
def register(request: PageRequest, code: str, body: NoticeRegistration) -> Notice:
    """Register the notice: its clauses become measures."""
    notice = queries.notice_to_prepare(request.reader, code)
    actions.register(request.reader, notice, **body.dict())
    return _whole(request.reader, code)


@router.post("/{code}/clauses/{int:position}/split", response=list[SplitMeasure], url_name="clause-split")
def split(request: PageRequest, code: str, position: int, body: ClauseSplit) -> list[Measure]:
    """Split a clause into measures."""
    return actions.split(request.reader, _clause(request, code, position), lines=body.lines)


@router.post("/{code}/clauses/{int:position}/assignment", response=list[SplitMeasure], url_name="clause-assign")
def assign(request: PageRequest, code: str, position: int, body: ClauseAssignment) -> list[Measure]:
    """Assign all measures of a clause that wait for it."""
    found = _clause(request, code, position)
    return following.assign_clause(
        request.reader, found, lead=meant(request.reader, "lead", body.lead),
        cooperating=[meant(request.reader, "cooperating", one) for one in body.cooperating], due=body.due,
    )  # fmt: skip


def meant(reader: Reader, field: str, code: str) -> Organisation:
    """The organisation of that code; a refusal at ``field`` if the reader sees none."""
    try:
        return organisation(reader, code)
    except Http404:
        refuse("measures.no-unit", field, Text(f"没有代码为 {code} 的机构", f"there is no organisation {code}"))


def _clause(request: PageRequest, code: str, position: int) -> Clause:
    return queries.clause_to_split(request.reader, code, position)


def _whole(reader: Reader, code: str) -> Notice:
    """The notice with its counts, for who prepares it."""
    queries.notice_to_prepare(reader, code)
    return queries.notice(reader, code)

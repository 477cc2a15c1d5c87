"""Collections by API: what is asked of whom, how far it is, what is done with all of it at once."""

import datetime
from typing import Literal
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone
from ninja import Field, File, Form, Router, Schema, Status
from ninja.files import UploadedFile
from ninja.pagination import PageNumberPagination, paginate

from gaoxin.platform.access.middleware import PageRequest
from gaoxin.platform.language import say
from gaoxin.platform.organisations.queries import organisation
from gaoxin.platform.refusals import refuse
from gaoxin.platform.statistics.actions import collecting, importing, reviewing
from gaoxin.platform.statistics.models import Collection, Import, ImportState
from gaoxin.platform.statistics.permissions import COLLECT, ENTER
from gaoxin.platform.statistics.queries import collections, imports
from gaoxin.platform.statistics.queries.places import root
from gaoxin.platform.statistics.queries.waiting import STEPS
from gaoxin.platform.statistics.views import files
from gaoxin.words import Text

router = Router()


class CollectionOut(Schema):
    """A collection: which forms of which rulebook, for which period, from when to when."""

    code: str
    name: str
    name_en: str
    book: str
    book_version: str
    entity: str
    forms: list[str]
    greyed: list[str]
    period: str
    opens: datetime.date
    due: datetime.date
    locks: bool
    closed: datetime.datetime | None
    synthetic: bool


class ProgressOut(Schema):
    """How far a collection is in one zone (``code`` "" for reporters in no zone), over what the caller may see.

    ``completeness`` and ``timeliness`` are percentages of what is owed.
    """

    code: str
    name: str
    total: int
    submitted: int
    approved: int
    late: int
    timely: int
    completeness: float | None
    timeliness: float | None

    @staticmethod
    def resolve_name(one: collections.Progress) -> str:
        """In the language of the call."""
        return say(one.name)


class CollectionFull(CollectionOut):
    """A collection and how far it is in each zone."""

    zones: list[ProgressOut]


class CollectionIn(Schema):
    """A new collection."""

    code: str = Field(max_length=60)
    name: str = Field(max_length=200)
    name_en: str = Field("", max_length=200)
    book: str = Field(max_length=80)
    entity: Literal["firm", "zone"]
    forms: list[str] = Field(default_factory=list)
    greyed: list[str] = Field(default_factory=list)
    period: str = Field(max_length=10)
    opens: datetime.date
    due: datetime.date
    locks: bool = False


class ExtensionIn(Schema):
    """Another date for an organisation and all below it."""

    place: str = Field(max_length=40)
    due: datetime.date
    reason: str = Field(max_length=1000)


class CollectionReasonIn(Schema):
    """Why."""

    reason: str = Field(max_length=1000)


class NumberOut(Schema):
    """How many returns, or mails, it was."""

    number: int


class ImportOut(Schema):
    """What became of an import, row by row."""

    id: UUID
    state: ImportState
    taken: int
    submitted: int
    report: list[dict[str, str | int | None]]


@router.get("/collections", response=list[CollectionOut], url_name="collections")
@paginate(PageNumberPagination, page_size=100)
def index(request: PageRequest) -> QuerySet[Collection]:
    """The collections."""
    return collections.collections(request.reader)


@router.post("/collections", response={201: CollectionOut}, url_name="collections")
def open_collection(request: PageRequest, body: CollectionIn) -> Status[Collection]:
    """Open one."""
    city = root(request.reader, COLLECT)
    return Status(201, collecting.open_collection(request.reader, city, **body.dict()))


@router.get("/collections/{code}", response=CollectionFull, url_name="collection")
def one(request: PageRequest, code: str) -> dict[str, object]:
    """One collection and how far it is."""
    found = collections.collection(request.reader, code)
    far = collections.progress_by_zone(request.reader, found, timezone.localdate())
    return {**CollectionOut.from_orm(found).dict(), "zones": far}


@router.post("/collections/{code}/extension", response=NumberOut, url_name="collection-extend")
def extend(request: PageRequest, code: str, body: ExtensionIn) -> NumberOut:
    """Give a place more time; unlocks what was locked."""
    found = collections.collection(request.reader, code, COLLECT)
    place = organisation(request.reader, body.place)
    number = collecting.extend(request.reader, found, place, due=body.due, reason=body.reason)
    return NumberOut(number=number)


@router.post("/collections/{code}/closing", response=CollectionOut, url_name="collection-close")
def close(request: PageRequest, code: str, body: CollectionReasonIn) -> Collection:
    """Take no more, and fix what is approved: by a job where it is much, after which there is a snapshot."""
    found = collections.collection(request.reader, code, COLLECT)
    return collecting.close(request.reader, found, reason=body.reason)


@router.post("/collections/{code}/reminders", response=NumberOut, url_name="collection-remind")
def remind(request: PageRequest, code: str) -> NumberOut:
    """Mail those who still owe."""
    found = collections.collection(request.reader, code, COLLECT)
    return NumberOut(number=collecting.remind(request.reader, found))


@router.post("/collections/{code}/newcomers", response=NumberOut, url_name="collection-ask")
def ask(request: PageRequest, code: str) -> NumberOut:
    """Ask the organisations that came since."""
    found = collections.collection(request.reader, code, COLLECT)
    return NumberOut(number=collecting.ask_newcomers(request.reader, found))


@router.post("/collections/{code}/forwarding", response=NumberOut, url_name="collection-forward")
def forward_all(request: PageRequest, code: str) -> NumberOut:
    """Forward everything that waits for the caller."""
    return _pass_on(request, code, "forward")


@router.post("/collections/{code}/approval", response=NumberOut, url_name="collection-approve")
def approve_all(request: PageRequest, code: str) -> NumberOut:
    """Approve everything that waits for the caller."""
    return _pass_on(request, code, "approve")


def _pass_on(request: PageRequest, code: str, verb: str) -> NumberOut:
    found = collections.collection(request.reader, code, STEPS[verb].permission)
    return NumberOut(number=reviewing.pass_on_all(request.reader, found, verb))


@router.get("/collections/{code}/table.xlsx", url_name="collection-table")
def table(request: PageRequest, code: str) -> HttpResponse:
    """The workbook of all returns that are the caller's to enter, to be filled and sent back as an import."""
    return files.table(request, code)


@router.post("/collections/{code}/imports", response={202: ImportOut}, url_name="collection-import")
def send(
    request: PageRequest, code: str, file: File[UploadedFile | None] = None, signatory: Form[str] = ""
) -> Status[Import]:
    """Send the returns of many; the answer says where the report will be."""
    collection = collections.collection(request.reader, code, ENTER)
    place = root(request.reader, ENTER)
    if file is None:
        refuse("uploads.empty", "file", Text("没有文件", "there is no file"))
    held, _ = importing.send(request.reader, collection, place, file, signatory=signatory)
    return Status(202, held)


@router.get("/imports/{uuid:key}", response=ImportOut, url_name="import")
def imported(request: PageRequest, key: UUID) -> Import:
    """What became of an import."""
    return imports.one(request.reader, key)

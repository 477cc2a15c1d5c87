"""Returns and approved figures by API: the same actions as the pages, the same rules, the same refusals."""

import datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from django.db.models import QuerySet
from ninja import Field, File, Form, Query, Router, Schema, Status
from ninja.files import UploadedFile
from ninja.pagination import PageNumberPagination, paginate

from gaoxin.platform.access.middleware import PageRequest
from gaoxin.platform.language import say
from gaoxin.platform.refusals import refuse
from gaoxin.platform.statistics import checking
from gaoxin.platform.statistics.actions import collecting, fixing, importing, reporting, reviewing
from gaoxin.platform.statistics.models import Collection, Import, ImportState, Return, Snapshot, State
from gaoxin.platform.statistics.permissions import APPROVE, COLLECT, ENTER, FIX, REVIEW
from gaoxin.platform.statistics.queries import collections, figures, imports, returns
from gaoxin.platform.statistics.queries.places import root
from gaoxin.problems import Problem
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
    period: str
    opens: datetime.date
    due: datetime.date
    locks: bool
    closed: datetime.datetime | None
    synthetic: bool


class CollectionIn(Schema):
    """A new collection."""

    code: str = Field(max_length=60)
    name: str = Field(max_length=200)
    name_en: str = Field("", max_length=200)
    book: str = Field(max_length=80)
    entity: Literal["firm", "zone"]
    forms: list[str] = Field(default_factory=list)
    period: str = Field(max_length=10)
    opens: datetime.date
    due: datetime.date
    locks: bool = False


class ReturnOut(Schema):
    """Where a return is."""

    organisation: str = Field(alias="organisation.code")
    name: str = Field(alias="organisation.name")
    zone: str | None = Field(None, alias="zone.code")
    state: State
    due: datetime.date
    submitted: datetime.datetime | None
    timely: bool | None
    version: int | None = Field(None, alias="latest.number")


class Finding(Schema):
    """Something that the rules or the comparison say, at a cell."""

    rule: str
    severity: str
    cell: str | None
    message: str
    remedy: str


class ReturnFull(ReturnOut):
    """A return with its figures (texts of exact decimals, by cell) and findings."""

    figures: dict[str, str]
    signatory: str
    sha256: str
    findings: list[Finding]


class Cells(Schema):
    """Cells and what is to stand in them; "" is a blank. Cells that are not named stay as they are."""

    figures: dict[str, str] = Field(max_length=5000)


class SavedOut(Schema):
    """What was kept, and what could not be."""

    kept: dict[str, str]
    refused: list[Finding]


class SignIn(Schema):
    """The signature."""

    signatory: str = Field(max_length=100)
    position: str = Field("", max_length=100)


class ExplanationIn(Schema):
    """Why a warning is right."""

    rule: str = Field(max_length=80)
    cell: str = Field("", max_length=120)
    text: str = Field(max_length=1000)


class RemarksIn(Schema):
    """What is to be done, on the whole and on cells."""

    text: str = Field("", max_length=1000)
    remarks: dict[str, str] = Field(default_factory=dict)


class ReturnReasonIn(Schema):
    """Why."""

    reason: str = Field(max_length=1000)


class ImportOut(Schema):
    """What became of an import, row by row."""

    id: UUID
    state: ImportState
    taken: int
    submitted: int
    report: list[dict[str, Any]]


class SnapshotOut(Schema):
    """A snapshot of approved figures and the hash of its contents."""

    period: str
    created: datetime.datetime
    sha256: str
    contents: dict[str, str]
    counts: dict[str, int]
    books: dict[str, str]
    synthetic: bool


class FixIn(Schema):
    """Which period is fixed; fixing again asks why."""

    period: str = Field(max_length=10)
    reason: str = Field("", max_length=1000)


class FiguresIn(Schema):
    """Which totals: items of a rulebook, from one period to another, by zone, district or over all."""

    book: str = Field(max_length=80)
    entity: Literal["firm", "zone"] = "firm"
    item: list[str] = Field(min_length=1, max_length=figures.MOST_ITEMS)
    first: str = Field(max_length=10)
    last: str = Field(max_length=10)
    by: Literal["zone", "district", "city"] = "zone"
    over: Literal["period", "year"] = "period"


class TotalOut(Schema):
    """One total; without a value ``why`` says why."""

    place: str
    item: str
    period: str
    value: Decimal | None
    reporters: int | None
    why: str


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


@router.get("/collections/{code}/returns", response=list[ReturnOut], url_name="collection-returns")
@paginate(PageNumberPagination, page_size=500)
def list_returns(request: PageRequest, code: str, state: State | None = None, zone: str = "") -> QuerySet[Return]:
    """The returns of a collection."""
    collection = collections.collection(request.reader, code)
    return returns.returns(request.reader, collection, state=state or "", zone=zone)


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


@router.get("/returns/{collection}/{code}", response=ReturnFull, url_name="return")
def one(request: PageRequest, collection: str, code: str) -> Any:
    """One return with its figures and what the checks say."""
    return _full(returns.one(request.reader, collection, code))


@router.patch("/returns/{collection}/{code}", response=SavedOut, url_name="return")
def save(request: PageRequest, collection: str, code: str, body: Cells) -> SavedOut:
    """Enter figures."""
    held = returns.one(request.reader, collection, code, ENTER)
    saved = reporting.save(request.reader, held, body.figures)
    return SavedOut(kept=dict(saved.kept), refused=[_finding(one) for one in saved.wrong])


@router.post("/returns/{collection}/{code}/explanations", response={201: None}, url_name="return-explain")
def explain(request: PageRequest, collection: str, code: str, body: ExplanationIn) -> Status[None]:
    """Explain a warning."""
    reporting.explain(request.reader, returns.one(request.reader, collection, code, ENTER), **body.dict())
    return Status(201, None)


@router.post("/returns/{collection}/{code}/submission", response=ReturnOut, url_name="return-submit")
def submit(request: PageRequest, collection: str, code: str, body: SignIn) -> Return:
    """Sign and hand in."""
    held = returns.one(request.reader, collection, code, ENTER)
    return reporting.submit(request.reader, held, **body.dict())


@router.post("/returns/{collection}/{code}/forwarding", response=ReturnOut, url_name="return-forward")
def forward(request: PageRequest, collection: str, code: str) -> Return:
    """Pass it on to the city."""
    return reviewing.forward(request.reader, returns.one(request.reader, collection, code, REVIEW))


@router.post("/returns/{collection}/{code}/approval", response=ReturnOut, url_name="return-approve")
def approve(request: PageRequest, collection: str, code: str) -> Return:
    """Approve it."""
    return reviewing.approve(request.reader, returns.one(request.reader, collection, code, APPROVE))


@router.post("/returns/{collection}/{code}/return", response=ReturnOut, url_name="return-send-back")
def send_back(request: PageRequest, collection: str, code: str, body: RemarksIn) -> Return:
    """Give it back with remarks."""
    permission = REVIEW if request.reader.may(REVIEW) else APPROVE
    held = returns.one(request.reader, collection, code, permission)
    return reviewing.send_back(request.reader, held, text=body.text, remarks=body.remarks)


@router.post("/returns/{collection}/{code}/correction", response=ReturnOut, url_name="return-correct")
def correct(request: PageRequest, collection: str, code: str, body: ReturnReasonIn) -> Return:
    """Open an approved return for a correction."""
    permission = REVIEW if request.reader.may(REVIEW) else APPROVE
    held = returns.one(request.reader, collection, code, permission)
    return reviewing.correct(request.reader, held, reason=body.reason)


@router.get("/figures", response=list[TotalOut], url_name="figures")
def table(request: PageRequest, asked: Query[FiguresIn]) -> list[TotalOut]:
    """Totals of approved figures."""
    known = (asked.book, asked.entity) in figures.books_of(request.reader)
    items = {i.code: i for i in figures.numeric_items(asked.book, asked.entity)} if known else {}
    chosen = tuple(items[code] for code in asked.item if code in items)
    if not chosen:
        return []
    held = figures.table(
        request.reader,
        figures.Asked(asked.book, asked.entity, chosen, asked.first, asked.last, asked.by, asked.over),
    )
    return [
        TotalOut(
            place=place, item=item.code, period=period, value=cell.value,
            # How few there are would tell as much as the sum.
            reporters=cell.reporters if cell.value is not None else None, why=say(cell.why) if cell.why else "",
        )
        for place, _ in held.places
        for item, period in held.columns()
        for cell in [held.cell(place, item.code, period)]
    ]  # fmt: skip


@router.get("/snapshots", response=list[SnapshotOut], url_name="snapshots")
@paginate(PageNumberPagination, page_size=100)
def list_snapshots(request: PageRequest) -> QuerySet[Snapshot]:
    """The snapshots, with the hash of every file."""
    found: QuerySet[Snapshot] = figures.snapshots(request.reader)
    return found


@router.post("/snapshots", response={201: SnapshotOut}, url_name="snapshots")
def fix(request: PageRequest, body: FixIn) -> Status[Snapshot]:
    """Fix what is approved of a period."""
    return Status(201, fixing.fix(request.reader, root(request.reader, FIX), body.period, reason=body.reason))


def _finding(one: Problem) -> Finding:
    return Finding(
        rule=one.rule, severity=one.severity, cell=one.item, message=say(one.message), remedy=say(one.remedy)
    )


def _full(held: Return) -> dict[str, Any]:
    collection, version = held.collection, held.latest
    kept = version.figures if version else {}
    before = returns.before(held)
    found = checking.findings(checking.judged(collection.book, collection.entity, collection.period, kept, before))
    return {
        **ReturnOut.from_orm(held).dict(by_alias=True),
        "figures": kept,
        "signatory": version.signatory if version else "",
        "sha256": version.sha256 if version else "",
        "findings": [_finding(one) for one in found],
    }

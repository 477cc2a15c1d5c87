"""Returns by API: the same actions as the pages, the same rules, the same refusals."""

import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone
from ninja import Field, File, Router, Schema, Status
from ninja.files import UploadedFile
from ninja.pagination import PageNumberPagination, paginate

from gaoxin.platform.access.middleware import PageRequest
from gaoxin.platform.language import say
from gaoxin.platform.refusals import refuse
from gaoxin.platform.statistics import books, checking, document
from gaoxin.platform.statistics.actions import importing, reporting, reviewing
from gaoxin.platform.statistics.models import Remark, Return, State, Version
from gaoxin.platform.statistics.permissions import APPROVE, ENTER, REVIEW
from gaoxin.platform.statistics.queries import collections, returns
from gaoxin.platform.statistics.views import files
from gaoxin.problems import Problem
from gaoxin.words import Text

router = Router()


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


class VersionOut(Schema):
    """One version of a return: who signed it, who let it pass, why there is it."""

    number: int
    reason: str
    submitted: datetime.datetime | None
    signatory: str
    position: str
    reviewed: datetime.datetime | None
    approved: datetime.datetime | None
    sha256: str


class RemarkOut(Schema):
    """What a reviewer said, of a cell or ("") of the whole, about which version."""

    version: int = Field(alias="version.number")
    cell: str
    text: str
    at: datetime.datetime


class ChangeOut(Schema):
    """A cell that differs; "" is a blank."""

    cell: str
    before: str
    after: str


class ChangesOut(Schema):
    """What changed since the version that was submitted before, and since the period before."""

    since_submission: list[ChangeOut]
    since_last_period: list[ChangeOut]


class RestingOut(Schema):
    """Something that was made from figures of the return."""

    kind: str
    name: str
    address: str


class TouchedOut(Schema):
    """What a correction concerns: snapshots by their hash, and what rests on them."""

    snapshots: list[str]
    resting: list[RestingOut]


@router.get("/collections/{code}/returns", response=list[ReturnOut], url_name="collection-returns")
@paginate(PageNumberPagination, page_size=500)
def list_returns(
    request: PageRequest, code: str, state: State | None = None, zone: str = "", late: bool = False, text: str = ""
) -> QuerySet[Return]:
    """The returns of a collection; ``late``: only those that are overdue; ``text``: in the name or code."""
    collection = collections.collection(request.reader, code)
    late_on = timezone.localdate() if late else None
    return returns.returns(request.reader, collection, state=state or "", zone=zone, text=text, late_on=late_on)


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


@router.get("/returns/{collection}/{code}/versions", response=list[VersionOut], url_name="return-versions")
def versions(request: PageRequest, collection: str, code: str) -> QuerySet[Version]:
    """The versions of a return, the first one first."""
    return returns.one(request.reader, collection, code).versions.defer("figures").order_by("number")


@router.get("/returns/{collection}/{code}/remarks", response=list[RemarkOut], url_name="return-remarks")
def remarks(request: PageRequest, collection: str, code: str) -> QuerySet[Remark]:
    """What reviewers said."""
    return returns.one(request.reader, collection, code).remarks.select_related("version")


@router.get("/returns/{collection}/{code}/changes", response=ChangesOut, url_name="return-changes")
def changes(request: PageRequest, collection: str, code: str) -> ChangesOut:
    """What changed."""
    held = returns.one(request.reader, collection, code)
    book, entity = books.book(held.collection.book), held.collection.entity
    now, former = held.latest.figures if held.latest else {}, returns.last_submitted(held)

    def since(before: document.Figures) -> list[ChangeOut]:
        found = document.changes(book, entity, before, now)
        return [ChangeOut(cell=one.cell.name, before=one.before, after=one.after) for one in found]

    return ChangesOut(
        since_submission=since(former.figures) if former else [], since_last_period=since(returns.before(held))
    )


@router.get("/returns/{collection}/{code}/touched", response=TouchedOut, url_name="return-touched")
def touched(request: PageRequest, collection: str, code: str) -> TouchedOut:
    """What a correction of it would touch."""
    found = returns.touched(request.reader, returns.one(request.reader, collection, code))
    resting = [RestingOut(kind=str(one.kind), name=one.name, address=one.address) for one in found.resting]
    return TouchedOut(snapshots=[one.sha256 for one in found.snapshots], resting=resting)


@router.get("/returns/{collection}/{code}/template.xlsx", url_name="return-template")
def template(request: PageRequest, collection: str, code: str) -> HttpResponse:
    """The workbook to be filled in."""
    return files.template(request, collection, code)


@router.post("/returns/{collection}/{code}/template", response=SavedOut, url_name="return-fill")
def fill(request: PageRequest, collection: str, code: str, file: File[UploadedFile | None] = None) -> SavedOut:
    """Take the filled workbook; nothing of it when any cell cannot be read."""
    held = returns.one(request.reader, collection, code, ENTER)
    if file is None:
        refuse("uploads.empty", "file", Text("没有文件", "there is no file"))
    saved = importing.fill(request.reader, held, file)
    return SavedOut(kept=dict(saved.kept), refused=[])


def _finding(one: Problem) -> Finding:
    return Finding(
        rule=one.rule, severity=one.severity, cell=one.item, message=say(one.message), remedy=say(one.remedy)
    )


def _full(held: Return) -> dict[str, Any]:
    version = held.latest
    kept = version.figures if version else {}
    return {
        **ReturnOut.from_orm(held).dict(by_alias=True),
        "figures": kept,
        "signatory": version.signatory if version else "",
        "sha256": version.sha256 if version else "",
        "findings": [_finding(one) for one in checking.findings(returns.judged(held, kept))],
    }

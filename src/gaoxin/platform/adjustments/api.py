"""Dynamic adjustment by API."""

import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from ninja import Field, Router, Schema, Status
from ninja.pagination import PageNumberPagination, paginate

from gaoxin.platform.access.middleware import PageRequest
from gaoxin.platform.adjustments import actions, queries, views
from gaoxin.platform.adjustments.models import Action, Case, Occurrence, Proposing, State, Step
from gaoxin.platform.adjustments.procedure import STEPS
from gaoxin.platform.jobs.api import JobOut
from gaoxin.platform.jobs.models import Job

router = Router()


class CaseOut(Schema):
    """One case; ``finding`` is what the rules said: figures, certainty, what would reverse it, vetoes."""

    number: int = Field(alias="pk")
    zone: str = Field(alias="organisation.code")
    period: str
    rule: str
    action: Action
    state: State
    certainty: float | None
    due: datetime.date | None
    synthetic: bool
    finding: dict[str, Any]


class StepOut(Schema):
    """One step that was taken: who signed it, in which words, the hash of the letter that went out (``key``)."""

    key: int = Field(alias="pk")
    name: str
    before: State
    after: State
    at: datetime.datetime
    signatory: str
    position: str
    text: str
    letter_sha256: str
    undone: bool


class ProposingOut(Schema):
    """One application of a decision book."""

    number: int = Field(alias="pk")
    period: str
    book: str
    book_version: str
    evaluations: list[int]
    created: datetime.datetime
    synthetic: bool


class ProposingFull(ProposingOut):
    """With everything that the rules said: proposals, what a veto bars, what cannot be decided, near cases."""

    findings: dict[str, Any]


class ProposingIn(Schema):
    """Which rules for which period."""

    period: str = Field(max_length=10)
    book: str = Field(max_length=100)


class OccurrenceOut(Schema):
    """An event that no evaluation contains."""

    zone: str = Field(alias="organisation.code")
    period: str
    book: str
    item: str
    value: str
    document: str


class OccurrenceIn(Schema):
    """An event, or the correction of one."""

    zone: str = Field(max_length=40)
    period: str = Field(max_length=10)
    book: str = Field(max_length=100)
    item: str = Field(max_length=60)
    value: str = Field(max_length=60)
    document: str = Field(max_length=300)


class YearOut(Schema):
    """A zone in one year: its rank in the published evaluation (null: none), and its cases."""

    period: str
    rank: float | None
    score: float | None
    cases: list[CaseOut]


class SignedIn(Schema):
    """A step: who signs it, and in which words."""

    signatory: str = Field(max_length=100)
    position: str = Field("", max_length=100)
    text: str = ""


class ReasonIn(Schema):
    """Why."""

    reason: str


@router.get("", response=list[CaseOut], url_name="adjustments")
@paginate(PageNumberPagination, page_size=100)
def index(request: PageRequest, state: State | None = None) -> QuerySet[Case]:
    """The cases that the reader may see."""
    found = queries.cases(request.reader)
    return found.filter(state=state) if state else found


@router.get("/{int:number}", response=CaseOut, url_name="adjustment")
def one(request: PageRequest, number: int) -> Case:
    """One case."""
    return queries.case(request.reader, number)


@router.get("/{int:number}/steps", response=list[StepOut], url_name="adjustment-steps")
def steps(request: PageRequest, number: int) -> QuerySet[Step]:
    """The steps of a case, the first one first."""
    return queries.case(request.reader, number).steps.defer("letter")


@router.get("/{int:number}/letters/{int:key}", url_name="adjustment-letter")
def letter(request: PageRequest, number: int, key: int) -> HttpResponse:
    """The letter (.docx) that went out with a step."""
    return views.letter(request, number, key)


@router.get("/proposals", response=list[ProposingOut], url_name="proposals")
@paginate(PageNumberPagination, page_size=100)
def proposings(request: PageRequest) -> QuerySet[Proposing]:
    """The applications of decision books."""
    return queries.proposings(request.reader)


@router.post("/proposals", response={202: JobOut}, url_name="proposals")
def propose(request: PageRequest, body: ProposingIn) -> Status[Job]:
    """Apply a decision book to the published evaluations; the address of the job's result names the proposals."""
    return Status(202, actions.ask(request.reader, queries.city(request.reader), **body.dict()))


@router.get("/proposals/{int:number}", response=ProposingFull, url_name="proposal")
def proposal(request: PageRequest, number: int) -> Proposing:
    """What the rules said."""
    return queries.proposing(request.reader, number)


@router.get("/events", response=list[OccurrenceOut], url_name="occurrences")
@paginate(PageNumberPagination, page_size=500)
def events(request: PageRequest) -> QuerySet[Occurrence]:
    """The recorded events."""
    return queries.occurrences(request.reader)


@router.post("/events", response={201: OccurrenceOut}, url_name="occurrences")
def note(request: PageRequest, body: OccurrenceIn) -> Status[Occurrence]:
    """Record an event, or correct what was recorded."""
    asked = body.dict()
    zone = queries.zone_to_note(request.reader, asked.pop("zone"))
    return Status(201, actions.note(request.reader, zone, **asked))


@router.get("/zones/{code}", response=list[YearOut], url_name="adjustment-zone")
def timeline(request: PageRequest, code: str) -> list[dict[str, Any]]:
    """A zone over the years, the latest first."""
    return [
        {
            "period": year["period"],
            "rank": year["standing"] and year["standing"].rank,
            "score": year["standing"] and year["standing"].score,
            "cases": year["cases"],
        }
        for year in queries.timeline(request.reader, queries.zone(request.reader, code))
    ]


@router.post("/{int:number}/undo", response=CaseOut, url_name="adjustment-undo")
def undo(request: PageRequest, number: int, body: ReasonIn) -> Case:
    """Take back the last step."""
    return actions.undo(request.reader, queries.case_to_undo(request.reader, number), reason=body.reason)


def _step(name: str) -> None:
    def take(request: PageRequest, number: int, body: SignedIn) -> Case:
        case = queries.case_to_step(request.reader, number, name)
        return actions.take(request.reader, case, name, **body.dict()).case

    take.__name__ = take.__qualname__ = f"adjustment_{name}"
    take.__doc__ = f"Take the step {name}."
    router.post(f"/{{int:number}}/{name}", response=CaseOut, url_name=f"adjustment-{name}")(take)


for _name in STEPS:
    _step(_name)

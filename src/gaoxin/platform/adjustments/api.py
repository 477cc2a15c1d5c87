"""Dynamic adjustment by API."""

import datetime
from typing import Any

from django.db.models import QuerySet
from ninja import Field, Router, Schema
from ninja.pagination import PageNumberPagination, paginate

from gaoxin.platform.access.middleware import PageRequest
from gaoxin.platform.adjustments import actions, queries
from gaoxin.platform.adjustments.models import Action, Case, State
from gaoxin.platform.adjustments.procedure import STEPS

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

"""Evaluations by API."""

import datetime

from django.db.models import QuerySet
from ninja import Field, Router, Schema, Status
from ninja.pagination import PageNumberPagination, paginate

from gaoxin.platform.access.middleware import PageRequest
from gaoxin.platform.evaluations import actions, queries, results, sources
from gaoxin.platform.evaluations.models import Evaluation, Standing, State
from gaoxin.platform.language import language

router = Router()


class EvaluationOut(Schema):
    """One run."""

    number: int = Field(alias="pk")
    title: str
    title_en: str
    period: str
    system: str
    system_version: str
    state: State
    synthetic: bool
    manifest: str
    created: datetime.datetime
    published: datetime.datetime | None


class EvaluationIn(Schema):
    """A new run over the snapshots of approved figures."""

    title: str = Field(max_length=200)
    title_en: str = Field("", max_length=200)
    period: str = Field(max_length=10)
    system: str = Field(max_length=80)
    replications: int = Field(1000, ge=0, le=actions.MOST_DRAWS)
    seed: int = Field(1, ge=0, le=2**31 - 1)


class StandingOut(Schema):
    """The place of a zone."""

    code: str
    name: str
    rank: float | None
    score: float | None
    low: float | None
    high: float | None
    bottom: float | None


class DerivationOut(Schema):
    """How a number came about, line by line, down to the returns."""

    lines: list[str]


class EvaluationReasonIn(Schema):
    """Why."""

    reason: str = ""


@router.get("", response=list[EvaluationOut], url_name="evaluations")
@paginate(PageNumberPagination, page_size=100)
def index(request: PageRequest) -> QuerySet[Evaluation]:
    """The runs that the reader may see."""
    return queries.evaluations(request.reader)


@router.post("", response={202: EvaluationOut}, url_name="evaluations")
def create(request: PageRequest, body: EvaluationIn) -> Status[Evaluation]:
    """Ask for a run."""
    city = queries.city(request.reader)
    inputs = sources.from_snapshots(request.reader, body.period)
    return Status(202, actions.create(request.reader, city, inputs, **body.dict()))


@router.get("/{int:number}", response=EvaluationOut, url_name="evaluation")
def one(request: PageRequest, number: int) -> Evaluation:
    """One run."""
    return queries.evaluation(request.reader, number)


@router.get("/{int:number}/zones", response=list[StandingOut], url_name="evaluation-zones")
@paginate(PageNumberPagination, page_size=200)
def zones(request: PageRequest, number: int) -> QuerySet[Standing]:
    """The standings that the reader may see."""
    return queries.standings(request.reader, queries.evaluation(request.reader, number))


@router.get("/{int:number}/zones/{code}/{node}", response=DerivationOut, url_name="evaluation-derivation")
def derivation(request: PageRequest, number: int, code: str, node: str) -> DerivationOut:
    """How one number came about."""
    run, standing = queries.standing(request.reader, number, code)
    trace, _ = results.traced(run, code, node, returns=queries.may_see_returns(request.reader, standing))
    return DerivationOut(lines=trace.lines(language()))


def _step(name: str) -> None:
    def take(request: PageRequest, number: int, body: EvaluationReasonIn) -> Evaluation:
        run = queries.evaluation_to_step(request.reader, number, name)
        return actions.step(request.reader, run, name, reason=body.reason)

    take.__name__ = take.__qualname__ = f"evaluation_{name.replace('-', '_')}"
    take.__doc__ = f"Take the step {name}."
    router.post(f"/{{int:number}}/{name}", response=EvaluationOut, url_name=f"evaluation-{name}")(take)


for _name in ("review", "send-back", "publish", "retract", "discard"):
    _step(_name)

"""Evaluations by API."""

import datetime
from math import isnan
from typing import Annotated

from django.db.models import QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from ninja import Field, Query, Router, Schema, Status
from ninja.pagination import PageNumberPagination, paginate

from gaoxin.evaluation.errors import EvaluationError
from gaoxin.platform.access.middleware import PageRequest
from gaoxin.platform.evaluations import actions, queries, results, sources, views
from gaoxin.platform.evaluations.models import Evaluation, Standing, State
from gaoxin.platform.language import language, say
from gaoxin.platform.refusals import refuse
from gaoxin.runs.comparison import compare as compare_results

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
    group_by: str = Field("", max_length=60)
    only_group: str = Field("", max_length=60)
    top: int | None = Field(None, ge=1, le=10_000)
    bottom: int | None = Field(None, ge=1, le=10_000)


class StandingOut(Schema):
    """The place of a zone."""

    code: str
    name: str
    rank: float | None
    score: float | None
    low: float | None
    high: float | None
    bottom: float | None


class OriginOut(Schema):
    """A figure behind a number: where it was read, and the version of the return that was signed."""

    reporter: str
    period: str
    item: str
    value: str
    place: str
    collection: str | None
    version: int | None
    signatory: str | None


class DerivationOut(Schema):
    """How a number came about, line by line, and the figures it was read from for who may see returns."""

    lines: list[str]
    origins: list[OriginOut]


class SpreadOut(Schema):
    """The scores of all zones in order, without whose they are."""

    scores: list[float]


class ImprovementOut(Schema):
    """What one indicator has to become."""

    indicator: str
    before: float
    after: float


class AttainmentOut(Schema):
    """What it takes a zone to reach a rank."""

    attainable: bool
    rank_before: float | None
    rank_reached: float | None
    improvements: list[ImprovementOut]
    note: str


class MoveOut(Schema):
    """One zone in two runs; ``own`` and ``others`` are places gained by its own score and because of the others."""

    code: str
    name: str
    rank_before: float | None
    rank_after: float | None
    score_before: float | None
    score_after: float | None
    own: float | None
    others: float | None


class ComparisonOut(Schema):
    """Two runs side by side: the zones, and what else differs."""

    zones: list[MoveOut]
    differences: list[str]


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


@router.get("/{int:number}/zones/{code}/what-it-takes", response=AttainmentOut, url_name="evaluation-reach")
def reach(request: PageRequest, number: int, code: str, rank: Annotated[int, Query(ge=1, le=10_000)]) -> AttainmentOut:
    """What it takes a zone to reach a rank."""
    run, _ = queries.standing(request.reader, number, code)
    try:
        found = results.attainment(run, code, rank)
    except EvaluationError as error:
        refuse("evaluations.reach", "rank", error.text)
    return AttainmentOut(
        attainable=found.attainable, rank_before=_known(found.rank_before), rank_reached=_known(found.rank_reached),
        improvements=[
            ImprovementOut(indicator=one.indicator, before=one.before, after=one.after) for one in found.improvements
        ],
        note=say(found.note),
    )  # fmt: skip


@router.get("/{int:number}/zones/{code}/{node}", response=DerivationOut, url_name="evaluation-derivation")
def derivation(request: PageRequest, number: int, code: str, node: str) -> DerivationOut:
    """How one number came about, down to the returns."""
    run, standing = queries.standing(request.reader, number, code)
    trace, read = results.traced(run, code, node, returns=queries.may_see_returns(request.reader, standing))
    origins = [
        OriginOut(
            reporter=one.origin.reporter, period=one.origin.period, item=one.origin.item, value=one.origin.shown,
            place=one.origin.place, collection=one.version and one.version.return_of.collection.code,
            version=one.version and one.version.number, signatory=one.version and one.version.signatory,
        )
        for one in read
    ]  # fmt: skip
    return DerivationOut(lines=trace.lines(language()), origins=origins)


@router.get("/{int:number}/spread", response=SpreadOut, url_name="evaluation-spread")
def spread(request: PageRequest, number: int) -> SpreadOut:
    """How the scores lie."""
    return SpreadOut(scores=queries.spread(queries.evaluation(request.reader, number)))


@router.get("/{int:number}/comparison/{int:other}", response=ComparisonOut, url_name="evaluation-compare")
def compare(request: PageRequest, number: int, other: int) -> ComparisonOut:
    """The run beside an earlier one."""
    run, former = queries.whole(request.reader, number), queries.whole(request.reader, other)
    found = compare_results(results.result_of(former), results.result_of(run))
    zones = [
        MoveOut(
            code=one.code, name=one.name, rank_before=_known(one.rank_before), rank_after=_known(one.rank_after),
            score_before=_known(one.score_before), score_after=_known(one.score_after), own=_known(one.own),
            others=_known(one.others),
        )
        for one in found.units
    ]  # fmt: skip
    return ComparisonOut(zones=zones, differences=[say(one) for one in found.differences])


@router.get("/{int:number}/download/{what}", url_name="evaluation-download")
def download(request: PageRequest, number: int, what: str) -> HttpResponse | StreamingHttpResponse:
    """A file of a run: ``bundle`` (what ``gaoxin verify`` checks), ``xlsx``, ``docx`` or ``html``."""
    return views.download(request, number, what)


@router.post("/{int:number}/again", response={202: EvaluationOut}, url_name="evaluation-again")
def again(request: PageRequest, number: int) -> Status[Evaluation]:
    """Do the work once more, after it failed."""
    return Status(202, actions.run_again(request.reader, queries.evaluation_to_run(request.reader, number)))


def _known(value: float) -> float | None:
    return None if isnan(value) else float(value)


def _step(name: str) -> None:
    def take(request: PageRequest, number: int, body: EvaluationReasonIn) -> Evaluation:
        run = queries.evaluation_to_step(request.reader, number, name)
        return actions.step(request.reader, run, name, reason=body.reason)

    take.__name__ = take.__qualname__ = f"evaluation_{name.replace('-', '_')}"
    take.__doc__ = f"Take the step {name}."
    router.post(f"/{{int:number}}/{name}", response=EvaluationOut, url_name=f"evaluation-{name}")(take)


for _name in ("review", "send-back", "publish", "retract", "discard"):
    _step(_name)

"""Measures by API: read them, do every act of the table, set figures, answer requests; notices in `api_notices`."""

import datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from ninja import Field, Router, Schema, Status
from ninja.pagination import PageNumberPagination, paginate

from gaoxin.platform.access.middleware import PageRequest
from gaoxin.platform.measures import queries
from gaoxin.platform.measures.actions import following, progress
from gaoxin.platform.measures.acts import BY, found, subject
from gaoxin.platform.measures.api_notices import meant
from gaoxin.platform.measures.api_notices import router as notices
from gaoxin.platform.measures.models import Figure, Measure, Node, Origin, Request, Value
from gaoxin.platform.measures.permissions import CARRY, SUPERVISE
from gaoxin.platform.measures.progress import freshness, measured
from gaoxin.platform.refusals import refuse
from gaoxin.words import Text

router = Router()
measures = Router()
router.add_router("/notices", notices)  # first: no measure has the code “notices”
router.add_router("", measures)


class FigureOut(Schema):
    """An indicator or milestone of a measure; ``code`` with its system or rulebook, where it follows one."""

    id: int
    kind: str
    origin: Origin
    code: str
    zone: str | None
    name: str
    unit: str
    start: Decimal
    target: Decimal
    current: Decimal | None
    as_of: datetime.date | None
    heard: datetime.date | None
    weight: Decimal
    ended: bool

    @staticmethod
    def resolve_code(figure: Figure) -> str:
        """The code with its system or rulebook."""
        return figure.key

    @staticmethod
    def resolve_zone(figure: Figure) -> str | None:
        """The code of the zone."""
        return figure.zone.code if figure.zone else None


class RequestOut(Schema):
    """What a unit asked of the office, and what became of it."""

    id: int
    kind: Request.Kind
    state: Request.State
    organisation: str
    text: str
    due: datetime.date | None
    to: str | None
    figure: int | None
    value: Decimal | None
    as_of: datetime.date | None
    answer: str

    @staticmethod
    def resolve_organisation(request: Request) -> str:
        """The code of the unit."""
        return request.organisation.code

    @staticmethod
    def resolve_to(request: Request) -> str | None:
        """The code of the proposed lead unit."""
        return request.to.code if request.to else None

    @staticmethod
    def resolve_figure(request: Request) -> int | None:
        """The number of the figure."""
        return request.figure_id


class MeasureOut(Schema):
    """One measure. ``measured`` is from 0 to 1 over the figures that have a value; ``light`` is a person's."""

    code: str
    notice: str
    clause: str
    text: str
    start: int
    end: int
    node: Node
    lead: str | None
    due: datetime.date | None
    node_due: datetime.date | None
    late: bool
    measured: Decimal | None
    light: str
    freshness: str
    synthetic: bool
    figures: list[FigureOut]

    @staticmethod
    def resolve_notice(measure: Measure) -> str:
        """The code of the notice."""
        return measure.notice.code

    @staticmethod
    def resolve_clause(measure: Measure) -> str:
        """The label of the clause."""
        return measure.clause.label

    @staticmethod
    def resolve_lead(measure: Measure) -> str | None:
        """The code of the lead unit."""
        return measure.lead.code if measure.lead else None

    @staticmethod
    def resolve_late(measure: Measure) -> bool:
        """Past its day or that of its node."""
        return measure.late(timezone.localdate())

    @staticmethod
    def resolve_measured(measure: Measure) -> Decimal | None:
        """The rate, from figures alone."""
        return measured(measure.figures.all()).rate

    @staticmethod
    def resolve_freshness(measure: Measure) -> str:
        """fresh, stale, never or done."""
        return freshness(measure, measure.figures.all(), timezone.localdate())

    @staticmethod
    def resolve_synthetic(measure: Measure) -> bool:
        """Whether the notice is synthetic."""
        return measure.notice.synthetic

    @staticmethod
    def resolve_figures(measure: Measure) -> Any:
        """Its indicators and milestones."""
        return measure.figures.all()


class FigureIn(Schema):
    """A figure to be set. What is not noted by hand needs ``code``, and an indicator of an evaluation its ``zone``."""

    kind: Figure.Kind
    origin: Origin = Origin.HAND
    code: str = Field("", max_length=160)
    zone: str | None = Field(None, max_length=40)
    name: str = Field("", max_length=200)
    name_en: str = Field("", max_length=200)
    unit: str = Field("", max_length=40)
    start: Decimal | None = Field(None, max_digits=18, decimal_places=6)
    target: Decimal | None = Field(None, max_digits=18, decimal_places=6)
    due: datetime.date | None = None
    weight: Decimal = Field(Decimal(1), max_digits=8, decimal_places=4)


class FigureReason(Schema):
    """Why a figure is counted no longer."""

    reason: str = Field(max_length=2000)


class CorrectionIn(Schema):
    """Another value of a figure, and why."""

    value: Decimal = Field(max_digits=18, decimal_places=6)
    as_of: datetime.date
    reason: str = Field(max_length=2000)


class AnswerIn(Schema):
    """The answer to a request."""

    granted: bool
    reason: str = Field(max_length=2000)


class ActIn(Schema):
    """What an act is done with; which of them it needs depends on the act. Organisations by their codes."""

    text: str | None = None
    reason: str | None = None
    due: datetime.date | None = None
    lead: str | None = Field(None, max_length=40)
    to: str | None = Field(None, max_length=40)
    cooperating: list[str] | None = None
    light: str | None = None
    kind: str | None = None
    code: str | None = Field(None, max_length=80)


class ValueIn(Schema):
    """A value of a figure for a day."""

    value: Decimal = Field(max_digits=18, decimal_places=6)
    as_of: datetime.date
    source: str = Field(max_length=300)


class ValueOut(ValueIn):
    """A value that was noted."""

    id: int


@measures.get("", response=list[MeasureOut], url_name="measures")
@paginate(PageNumberPagination, page_size=100)
def index(
    request: PageRequest, text: str = "", notice: str = "", node: Node | None = None, unit: str = "",
    late: bool = False, mine: bool = False,
) -> QuerySet[Measure]:  # fmt: skip
    """The measures that the reader may see."""
    found = queries.measures(request.reader, text=text, notice=notice, node=node or "", unit=unit, late=late, mine=mine)
    return found.prefetch_related("figures__zone")


@measures.get("/{code}", response=MeasureOut, url_name="measure")
def one(request: PageRequest, code: str) -> Measure:
    """One measure."""
    return queries.measure(request.reader, code)


@measures.post("/{code}/figures/{int:key}/values", response={201: ValueOut}, url_name="measure-value")
def add_value(request: PageRequest, code: str, key: int, body: ValueIn) -> Status[Value]:
    """Note a value of a figure."""
    figure = queries.figure_for(request.reader, SUPERVISE, code, key)
    return Status(201, progress.set_value(request.reader, figure, **body.dict()))


@measures.post("/{code}/figures", response={201: FigureOut}, url_name="measure-figures")
def add_figure(request: PageRequest, code: str, body: FigureIn) -> Status[Figure]:
    """Measure it by an indicator or a milestone."""
    measure = queries.measure_for(request.reader, SUPERVISE, code)
    asked = body.dict()
    asked["zone"] = meant(request.reader, "zone", body.zone) if body.zone else None
    return Status(201, progress.add_figure(request.reader, measure, **asked))


@measures.post("/{code}/figures/{int:key}/end", response=FigureOut, url_name="measure-figure-end")
def end_figure(request: PageRequest, code: str, key: int, body: FigureReason) -> Figure:
    """Count a figure no longer."""
    figure = queries.figure_for(request.reader, SUPERVISE, code, key)
    return progress.end_figure(request.reader, figure, reason=body.reason)


@measures.post("/{code}/figures/{int:key}/corrections", response={201: RequestOut}, url_name="measure-correction")
def propose_correction(request: PageRequest, code: str, key: int, body: CorrectionIn) -> Status[Request]:
    """Propose another value of a figure."""
    figure = queries.figure_for(request.reader, CARRY, code, key)
    return Status(201, progress.propose_correction(request.reader, figure, **body.dict()))


@measures.get("/{code}/requests", response=list[RequestOut], url_name="measure-requests")
@paginate(PageNumberPagination, page_size=100)
def requests(request: PageRequest, code: str) -> QuerySet[Request]:
    """What its units asked of the office."""
    return queries.measure(request.reader, code).requests.select_related("organisation", "to")


@measures.post("/{code}/requests/{int:key}", response=RequestOut, url_name="measure-request")
def decide(request: PageRequest, code: str, key: int, body: AnswerIn) -> Request:
    """Answer a request; what is granted takes effect."""
    asked = queries.request_for(request.reader, code, key)
    return following.decide(request.reader, asked, granted=body.granted, reason=body.reason)


def _acting(by: str) -> Any:
    def do(request: PageRequest, code: str, name: str, body: ActIn) -> Any:
        """Do the act ``name``; 204 when the measure is then no longer the reader's to see."""
        doing = found(by, name)
        about = subject(request.reader, doing, code)
        arguments = {}
        for field in doing.form.base_fields:
            value = getattr(body, field)
            if value is None:
                refuse("measures.missing", field, Text(f"缺少 {field}", f"{field} is missing"))
            arguments[field] = _meant(request, field, value)
        doing.do(request.reader, *about, **arguments)
        seen = queries.seen(request.reader).filter(code=code).prefetch_related("figures__zone").first()
        return Status(200, seen) if seen else Status(204, None)

    do.__name__ = f"do_{by}"
    return do


def _meant(request: PageRequest, field: str, value: Any) -> Any:
    """Organisations for their codes."""
    if field not in {"lead", "to", "cooperating"}:
        return value
    if isinstance(value, list):
        return [meant(request.reader, field, code) for code in value]
    return meant(request.reader, field, value)


for _by in BY:
    measures.post(f"/{{code}}/{_by}/{{name}}", response={200: MeasureOut, 204: None}, url_name=f"measure-act-{_by}")(
        _acting(_by)
    )

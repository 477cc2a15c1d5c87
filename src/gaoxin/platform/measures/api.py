"""Measures by API: read them, and do every act of the table."""

import datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from ninja import Field, Router, Schema, Status
from ninja.pagination import PageNumberPagination, paginate

from gaoxin.platform.access.middleware import PageRequest
from gaoxin.platform.measures import queries
from gaoxin.platform.measures.actions import progress
from gaoxin.platform.measures.acts import BY, found, subject
from gaoxin.platform.measures.models import Measure, Node, Notice, Value
from gaoxin.platform.measures.permissions import SUPERVISE
from gaoxin.platform.measures.progress import freshness, measured
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


class FigureOut(Schema):
    """An indicator or milestone of a measure."""

    id: int
    kind: str
    code: str
    name: str
    unit: str
    start: Decimal
    target: Decimal
    current: Decimal | None
    as_of: datetime.date | None
    weight: Decimal
    ended: bool


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


@router.get("", response=list[MeasureOut], url_name="measures")
@paginate(PageNumberPagination, page_size=100)
def index(
    request: PageRequest, text: str = "", notice: str = "", node: Node | None = None, unit: str = "",
    late: bool = False, mine: bool = False,
) -> QuerySet[Measure]:  # fmt: skip
    """The measures that the reader may see."""
    found = queries.measures(request.reader, text=text, notice=notice, node=node or "", unit=unit, late=late, mine=mine)
    return found.prefetch_related("figures")


@router.get("/notices", response=list[NoticeOut], url_name="notices")
@paginate(PageNumberPagination, page_size=100)
def notices(request: PageRequest) -> QuerySet[Notice]:
    """The notices that the reader may see."""
    return queries.notices(request.reader)


@router.get("/{code}", response=MeasureOut, url_name="measure")
def one(request: PageRequest, code: str) -> Measure:
    """One measure."""
    return queries.measure(request.reader, code)


@router.post("/{code}/figures/{key}/values", response={201: ValueOut}, url_name="measure-value")
def add_value(request: PageRequest, code: str, key: int, body: ValueIn) -> Status[Value]:
    """Note a value of a figure."""
    figure = queries.figure_for(request.reader, SUPERVISE, code, key)
    return Status(201, progress.set_value(request.reader, figure, **body.dict()))


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
        seen = queries.seen(request.reader).filter(code=code).prefetch_related("figures").first()
        return Status(200, seen) if seen else Status(204, None)

    do.__name__ = f"do_{by}"
    return do


def _meant(request: PageRequest, field: str, value: Any) -> Any:
    """Organisations for their codes."""
    if field not in {"lead", "to", "cooperating"}:
        return value
    codes = value if isinstance(value, list) else [value]
    there = []
    for code in codes:
        try:
            there.append(organisation(request.reader, code))
        except Http404:
            refuse("measures.no-unit", field, Text(f"没有代码为 {code} 的机构", f"there is no organisation {code}"))
    return there if isinstance(value, list) else there[0]


for _by in BY:
    router.post(f"/{{code}}/{_by}/{{name}}", response={200: MeasureOut, 204: None}, url_name=f"measure-act-{_by}")(
        _acting(_by)
    )

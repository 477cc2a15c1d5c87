"""Expert scores by API: rounds, and the sheet of the expert who calls."""

import datetime
from decimal import Decimal

from django.db.models import QuerySet
from ninja import Field, Router, Schema, Status
from ninja.pagination import PageNumberPagination, paginate

from gaoxin.platform.access.middleware import PageRequest
from gaoxin.platform.evaluations import actions, queries
from gaoxin.platform.evaluations.models import Round, Score

router = Router()


class RoundOut(Schema):
    """Scores asked of the experts."""

    number: int = Field(alias="pk")
    title: str
    period: str
    system: str
    due: datetime.date
    closed: datetime.datetime | None


class RoundIn(Schema):
    """A new round."""

    title: str = Field(max_length=200)
    period: str = Field(max_length=10)
    system: str = Field(max_length=80)
    due: datetime.date


class ScoreOut(Schema):
    """One score of the caller."""

    zone: str = Field(alias="organisation.code")
    indicator: str
    value: Decimal
    remark: str


class ScoreIn(Schema):
    """One score from 0 to 100; null takes it back."""

    zone: str = Field(max_length=40)
    indicator: str = Field(max_length=60)
    value: Decimal | None = Field(None, max_digits=6, decimal_places=2)


class ScoresIn(Schema):
    """Scores, and remarks by zone; what is not named stays as it is, without its remark."""

    scores: list[ScoreIn] = Field(max_length=5000)
    remarks: dict[str, str] = Field(default_factory=dict)


@router.get("", response=list[RoundOut], url_name="rounds")
@paginate(PageNumberPagination, page_size=100)
def index(request: PageRequest) -> QuerySet[Round]:
    """The rounds, the latest first."""
    return queries.rounds(request.reader)


@router.post("", response={201: RoundOut}, url_name="rounds")
def ask(request: PageRequest, body: RoundIn) -> Status[Round]:
    """Ask the experts."""
    return Status(201, actions.open_round(request.reader, queries.city(request.reader), **body.dict()))


@router.post("/{int:number}/closing", response=RoundOut, url_name="round-close")
def close(request: PageRequest, number: int) -> Round:
    """Take no more scores."""
    return actions.close_round(request.reader, queries.round_to_close(request.reader, number))


@router.get("/{int:number}/scores", response=list[ScoreOut], url_name="round-scores")
def scores(request: PageRequest, number: int) -> QuerySet[Score]:
    """What the caller gave."""
    asked = queries.round_of(request.reader, number)
    mine = asked.scores.filter(expert=request.reader.user).select_related("organisation")
    return mine.order_by("organisation__path", "indicator")


@router.put("/{int:number}/scores", response=list[ScoreOut], url_name="round-scores")
def score(request: PageRequest, number: int, body: ScoresIn) -> QuerySet[Score]:
    """Give scores."""
    asked = queries.round_of(request.reader, number)
    given = {(one.zone, one.indicator): one.value for one in body.scores}
    actions.score(request.reader, asked, given, body.remarks)
    return scores(request, number)

"""Approved figures by API: totals, snapshots."""

import datetime
from decimal import Decimal
from typing import Literal

from django.db.models import QuerySet
from ninja import Field, Query, Router, Schema, Status
from ninja.pagination import PageNumberPagination, paginate

from gaoxin.platform.access.middleware import PageRequest
from gaoxin.platform.jobs.api import JobOut
from gaoxin.platform.jobs.models import Job
from gaoxin.platform.language import say
from gaoxin.platform.statistics.actions import fixing
from gaoxin.platform.statistics.models import Snapshot
from gaoxin.platform.statistics.permissions import FIX
from gaoxin.platform.statistics.queries import figures
from gaoxin.platform.statistics.queries.places import root

router = Router()


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


@router.post("/snapshots", response={201: SnapshotOut, 202: JobOut}, url_name="snapshots")
def fix(request: PageRequest, body: FixIn) -> Status[Snapshot | Job]:
    """Fix what is approved of a period: the snapshot, or the job that writes it where there is much."""
    done = fixing.ask(request.reader, root(request.reader, FIX), body.period, reason=body.reason)
    return Status(202 if isinstance(done, Job) else 201, done)

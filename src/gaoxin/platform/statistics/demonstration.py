"""Returns of several years: approved and fixed, those of the last year half in, with all that can happen to a return.

The returns of the firms are taken many at once, as an import takes them when its file is read: with the same versions,
signatures and entries of the audit. Those that something happens to are entered, explained and submitted one by one.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache, partial
from typing import Any

import pyarrow.compute as pc
from django.utils import timezone

from gaoxin.platform.access.reader import Reader, limit
from gaoxin.platform.audit.journal import action, record
from gaoxin.platform.demonstration.story import ANALYST, Scene, Story
from gaoxin.platform.jobs.worker import run_waiting
from gaoxin.platform.organisations.models import Organisation
from gaoxin.platform.statistics import books, document
from gaoxin.platform.statistics.actions import collecting, fixing, reporting, reviewing
from gaoxin.platform.statistics.models import Collection, Return, State, Version
from gaoxin.platform.statistics.permissions import ENTER
from gaoxin.rulebook.entries import Item
from gaoxin.samples import City

BOOKS = {"firm": "torch-enterprise-2022", "zone": "zone-return-2021"}
NAMES = {"firm": ("企业年报", "Annual returns of firms"), "zone": ("园区年报", "Annual returns of zones")}
FORMS = {"firm": (), "zone": ("园区综合",)}
"""All forms of the firms; of the zones not the one that the experts fill in."""
LASTS = 35
"""Days between the opening of a collection and its due date."""
LOANS = "qc32"
"""Bank loans outstanding: no other figure of the forms is computed from it, so it can be corrected by itself."""

Figures = dict[str, str]


def scenes(story: Story) -> Iterator[Scene]:
    """What happens: the campaign of each year, and a correction of figures that were approved."""
    for year in story.sample.periods:
        yield Scene(story.day(year, 0), partial(_open, story, year))
    for year in story.years:
        yield from _campaign(story, year)
    yield from _correction(story)
    yield from _half_way(story)


def _campaign(story: Story, year: int) -> Iterator[Scene]:
    """A year that is over: reported, partly sent back and mended, partly late; approved, closed, fixed."""
    codes = [zone.code for zone in story.sample.zones]
    late = codes[-max(1, len(codes) // 10) :]
    timely = codes[: -len(late)]
    discussed = timely[1:2]
    for after, play, zones in (
        (20, _report, timely),
        (24, _forward, timely),
        (27, _send_back, discussed),
        (29, _answer, discussed),
        (30, _forward, discussed),
        (LASTS + 3, _report, late),
        (LASTS + 5, _forward, late),
        (LASTS + 8, _approve, codes),
    ):
        yield Scene(story.day(year, after), partial(play, story, year, zones))
    yield Scene(story.day(year, LASTS + 15), partial(_close, story, year))


def _correction(story: Story) -> Iterator[Scene]:
    """A firm of a year that is over finds a mistake in what was approved; the figures are fixed once more."""
    year, zone = story.years[-1], story.sample.zones[0].code
    yield Scene(story.ago(20), lambda: _correct(story, year, zone))
    yield Scene(story.ago(19), lambda: _forward(story, year, [zone]))
    yield Scene(story.ago(18), lambda: _approve(story, year, [zone]))
    yield Scene(
        story.ago(18), lambda: fixing.fix(story.by(ANALYST), story.city, str(year), reason="更正后重新固定（合成）")
    )


def _half_way(story: Story) -> Iterator[Scene]:
    """The last year so far: some approved, some with the city, some with their zones, some sent back, some missing.

    The zone of the accounts has a little of everything, and a zone of the sample has not reported at all.
    """
    year, absent = story.last, [zone.code for zone in story.sample.late]

    def first(share: float) -> list[str]:
        others = [zone.code for zone in story.sample.zones if zone.code not in {*absent, story.zone}]
        return others[: max(2, round(share * len(others)))]

    yield Scene(story.ago(14), lambda: _report(story, year, first(0.6)))
    yield Scene(story.ago(11), lambda: _forward(story, year, first(0.5)))
    yield Scene(story.ago(9), lambda: _send_back(story, year, first(0.5)[-2:]))
    yield Scene(story.ago(8), lambda: _approve(story, year, first(0.3)))
    yield Scene(story.ago(7), lambda: _answer(story, year, first(0.5)[-1:]))
    yield Scene(story.ago(6), lambda: _forward(story, year, first(0.5)[-1:]))
    yield Scene(story.ago(5), lambda: _at_the_accounts(story, year))
    yield Scene(story.ago(3), lambda: _extend(story, year, absent))


# What the city does ---------------------------------------------------------------------------------------------------


def _collection(entity: str, year: int) -> Collection:
    return Collection.objects.select_related("organisation").get(code=f"{entity}s-{year}")


def _place(code: str) -> Organisation:
    return Organisation.objects.get(code=code)


def _open(story: Story, year: int) -> None:
    opens = timezone.localdate()
    for entity, (zh, en) in NAMES.items():
        collecting.open_collection(
            story.by(ANALYST), story.city, code=f"{entity}s-{year}", name=f"{year} 年{zh}", name_en=f"{en} {year}",
            book=BOOKS[entity], entity=entity, forms=FORMS[entity], period=str(year), opens=opens,
            due=opens + datetime.timedelta(days=LASTS), synthetic=True,
        )  # fmt: skip


def _approve(story: Story, year: int, zones: Sequence[str]) -> None:
    for entity in BOOKS:
        collection = _collection(entity, year)
        for place in Organisation.objects.filter(code__in=zones).order_by("path"):
            if _waiting(collection, place, State.REVIEWED).exists():
                reviewing.pass_on_all(story.by(ANALYST).at(place), collection, "approve")


def _waiting(collection: Collection, place: Organisation, *states: State) -> Any:
    found = Return.objects.filter(collection=collection, organisation__path__startswith=place.path, state__in=states)
    return found.order_by("organisation__path")


def _send_back(story: Story, year: int, zones: Sequence[str]) -> None:
    """The city sends two firms of each zone back, with a remark on a cell."""
    for place in map(_place, zones):
        for held in _waiting(_collection("firm", year), place, State.REVIEWED)[:2]:
            reviewing.send_back(
                story.by(ANALYST), held, text="请核对标注的指标，属实请说明（合成意见）",
                remarks={LOANS: "与上年相比变动较大，请核对期末余额（合成意见）"},
            )  # fmt: skip


def _extend(story: Story, year: int, zones: Sequence[str]) -> None:
    for collection in (_collection(entity, year) for entity in BOOKS):
        for place in map(_place, zones):
            due = collection.due + datetime.timedelta(days=15)
            collecting.extend(story.by(ANALYST), collection, place, due=due, reason="园区申请延期（合成）")


def _close(story: Story, year: int) -> None:
    for entity in BOOKS:
        collecting.close(story.by(ANALYST), _collection(entity, year), reason=f"{year} 年年报结束（合成）")
    run_waiting()


def _fix_again(story: Story, year: int) -> None:
    fixing.fix(story.by(ANALYST), story.city, str(year), reason="更正后重新固定（合成）")


# What the zones do ----------------------------------------------------------------------------------------------------


def _report(story: Story, year: int, zones: Sequence[str]) -> None:
    """Each zone hands in the returns of its firms, but for those with something wrong in them, and its own."""
    planted = {row["reporter"] for row in story.sample.tables["planted"].to_pylist() if row["for_period"] == str(year)}
    for zone in zones:
        by, signatory = story.reporter(zone), "示例填报人（合成）"
        firms = {code: cells for code, cells in _firms(story.sample, year, zone).items() if code not in planted}
        take_many(by, _collection("firm", year), firms, signatory=signatory)
        take_many(by, _collection("zone", year), {zone: _own(story.sample, year)[zone]}, signatory=signatory)


def _forward(story: Story, year: int, zones: Sequence[str]) -> None:
    for place in map(_place, zones):
        for entity in BOOKS:
            collection = _collection(entity, year)
            if _waiting(collection, place, State.SUBMITTED).exists():
                reviewing.pass_on_all(story.reviewer(place.code), collection, "forward")


def _answer(story: Story, year: int, zones: Sequence[str]) -> None:
    """What was sent back is mended, explained and handed in again."""
    for place in map(_place, zones):
        for held in list(_waiting(_collection("firm", year), place, State.RETURNED)):
            _mend(story.reporter(place.code), held)


def _correct(story: Story, year: int, zone: str) -> None:
    held = _waiting(_collection("firm", year), _place(zone), State.APPROVED).first()
    reviewing.correct(story.reviewer(zone), held, reason="企业自查发现贷款余额漏报一笔（合成）")
    _mend(story.reporter(zone), held)


def _mend(by: Reader, held: Return) -> None:
    held.refresh_from_db()
    assert held.latest is not None  # noqa: S101  it was submitted
    loans = Decimal(held.latest.figures.get(LOANS) or 0)
    reporting.save(by, held, {LOANS: str(round(loans * Decimal("1.1")) + 100)})
    for one in reporting.found_in(reporting.locked(held)):
        if one.severity == "warning":
            reporting.explain(by, held, rule=one.rule, cell=one.item or "", text="已与台账核对，属实（合成说明）")
    reporting.submit(by, held, signatory="示例填报人（合成）")


def _at_the_accounts(story: Story, year: int) -> None:
    """At the zone of the accounts: some wait for its reviewer, one was sent back by them, the others are begun."""
    reporter, reviewer, firm = (story.by(name) for name in ("zone_reporter", "zone_reviewer", "firm"))
    collection, place = _collection("firm", year), _place(story.zone)
    own = firm.places[0].organisation
    owed = _waiting(collection, place, State.DRAFT)
    cells = _firms(story.sample, year, story.zone)
    ready = [one.organisation.code for one in owed.exclude(organisation=own).select_related("organisation")]
    ready = [code for code in ready if code in cells]
    sent, begun = ready[: len(ready) // 2 + 1], ready[len(ready) // 2 + 1 :][:2]
    take_many(reporter, collection, {code: cells[code] for code in sent}, signatory="示例填报人（合成）")
    for code in sent[:1]:
        reviewing.send_back(
            reviewer, Return.objects.get(collection=collection, organisation__code=code),
            text="请补充说明（合成意见）", remarks={LOANS: "请附银行对账单口径说明（合成意见）"},
        )  # fmt: skip
    for code in begun:
        reporting.save(reporter, Return.objects.get(collection=collection, organisation__code=code), _some(cells[code]))
    held = Return.objects.select_related("organisation").get(collection=collection, organisation=own)
    reporting.save(firm, held, _some(cells[held.organisation.code]))
    zone = Return.objects.get(collection=_collection("zone", year), organisation=place)
    reporting.save(reporter, zone, _some(_own(story.sample, year)[place.code]))


def _some(cells: Mapping[str, str]) -> Figures:
    """The first two thirds of the cells: a return that was begun."""
    return dict(list(cells.items())[: len(cells) * 2 // 3])


@action
def take_many(
    reader: Reader, collection: Collection, documents: Mapping[str, Mapping[str, str]], *, signatory: str
) -> None:
    """Enter and submit the returns of many that nobody has begun, as an import does once its file was read."""
    there = Return.objects.filter(collection=collection, organisation__code__in=list(documents))
    returns = list(limit(reader, ENTER, there).select_for_update(of=("self",)).select_related("organisation", "latest"))
    now = timezone.now()
    for held in returns:
        held.collection = collection
        reporting.need_entry(held)
        version = Version(return_of=held, number=1, figures=dict(documents[held.organisation.code]), saved=now)
        reporting.sign(version, reader, signatory, "", now)
        reporting.turn_in(held, now)
        held.latest = version
    Version.objects.bulk_create(held.latest for held in returns)
    Return.objects.bulk_update(returns, ["latest", "state", "submitted", "timely"])
    for held in returns:
        figures = {"figures": document.digest(held.latest.figures)}
        record(reader, "returns.save", held, organisation=held.organisation, before={}, after=figures)
        signed = {"state": held.state, "version": 1, "sha256": held.latest.sha256, "signatory": signatory}
        record(reader, "returns.submit", held, organisation=held.organisation, after=signed)


# The sample as documents ----------------------------------------------------------------------------------------------


@lru_cache(maxsize=3)
def _year(sample: City, year: int) -> dict[str, dict[str, Figures]]:
    """The returns of the firms of a year: by zone and firm, with the cells of their projects."""
    items = books.book(BOOKS["firm"]).items
    found: dict[str, dict[str, Figures]] = {}
    whose: dict[str, Figures] = {}
    for row in _rows(sample, "firm", year):
        whose[row["firm"]] = found.setdefault(row["zone"], {})[row["firm"]] = _cells(row, items, "firm")
    numbers: dict[str, int] = {}
    for row in _rows(sample, "project", year):
        firm = row["firm"]
        numbers[firm] = numbers.get(firm, 0) + 1
        if firm in whose and numbers[firm] <= document.MOST_BELOW:
            for code, text in _cells(row, items, "project").items():
                whose[firm][f"project.{numbers[firm]}.{code}"] = text
    return found


def _firms(sample: City, year: int, zone: str) -> dict[str, Figures]:
    return _year(sample, year).get(zone, {})


def _own(sample: City, year: int) -> dict[str, Figures]:
    """The returns of the zones themselves."""
    items = {code: item for code, item in books.book(BOOKS["zone"]).items.items() if item.form in FORMS["zone"]}
    return {row["zone"]: _cells(row, items, "zone") for row in _rows(sample, "zone", year)}


def _rows(sample: City, entity: str, year: int) -> list[dict[str, Any]]:
    table = sample.tables[entity]
    rows: list[dict[str, Any]] = table.filter(pc.equal(table["period"], str(year))).to_pylist()
    return rows


def _cells(row: Mapping[str, Any], items: Mapping[str, Item], entity: str) -> Figures:
    return {
        code: document.read(item, _typed(row[code]))
        for code, item in items.items()
        if item.entity == entity and row.get(code) is not None
    }


def _typed(value: Any) -> str:
    """A value of the sample as somebody types it."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return f"{Decimal(repr(value)).normalize():f}"
    return str(value)

"""A notice of the sample city, read and registered, for the tests of following up."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from gaoxin.platform.access.reader import Reader
from gaoxin.platform.measures.actions import following, notices
from gaoxin.platform.measures.models import (
    Clause,
    Figure,
    Measure,
    Node,
    Notice,
    Part,
    Request,
    Stage,
    UnitName,
)
from gaoxin.platform.organisations.models import Organisation
from gaoxin.platform.statistics import books, document
from gaoxin.platform.statistics.models import Collection, Return, Version
from gaoxin.platform.uploads.models import Upload

TEXT = """示例市人民政府关于促进园区创新发展的若干措施
示府规〔2025〕1号
为促进园区创新发展，制定如下措施。
一、建设公共平台。支持园区建设中试平台，到2027年中试平台达到20家。建立平台开放目录。（牵头单位：第一局；配合单位：第二局）
二、壮大企业队伍。培育科技型中小企业，推动企业建设研发机构。（责任单位：各区政府、示例市星火协会）
四、加强考核
示例市人民政府
2025年6月1日
"""
"""Synthetic: one clause with a lead, one with a group and a body that nobody knows, a gap, a heading alone."""


def organisation(code: str) -> Organisation:
    return Organisation.objects.get(code=code)


def received(reader: Reader, code: str = "n1", text: str = TEXT) -> Notice:
    """The notice, read and not yet registered."""
    file = SimpleUploadedFile("notice.txt", text.encode())
    return notices.receive(reader, organisation("CITY"), file, code=code, synthetic=True)


def registered(reader: Reader, code: str = "n1") -> Notice:
    """The notice with its units decided, registered."""
    notice = received(reader, code)
    for unit in notice.names.filter(decided=False):
        found = [organisation("D1"), organisation("D2")] if unit.certainty == "group" else []
        notices.decide_unit(reader, unit, organisations=found, outside=not found)
    return notices.register(reader, notice, title=notice.title)


def split(reader: Reader, notice: Notice) -> list[Measure]:
    """The first clause of the notice, split as the reader of notices proposes."""
    clause = notice.clauses.get(label="一")
    return notices.split(reader, clause, lines="\n".join(one.text for one in clause.measures.all()))


def assigned(
    reader: Reader, lead: str = "B1", cooperating: Sequence[str] = (), *, code: str = "n1", days: int = 60
) -> Measure:
    """The first measure of a notice, assigned to ``lead``."""
    measure = split(reader, registered(reader, code))[0]
    return following.assign(
        reader, measure, lead=organisation(lead), cooperating=[organisation(one) for one in cooperating],
        due=timezone.localdate() + datetime.timedelta(days=days),
    )  # fmt: skip


def approve_return(
    whose: str, figures: dict[str, str], *, book: str = "zone-return-2021", entity: str = "zone", period: str = "2025"
) -> None:
    """A return with approved figures, past all review, in a collection of its period."""
    now, today = timezone.now(), timezone.localdate()
    collection, _ = Collection.objects.get_or_create(
        code=f"{entity}-{period}", defaults={
            "organisation": organisation("CITY"), "name": "年报", "book": book, "book_version": "1", "entity": entity,
            "period": period, "opens": today, "due": today, "synthetic": True,
        },
    )  # fmt: skip
    data, wrong = document.typed(books.book(book), entity, figures)
    assert not wrong
    unit = organisation(whose)
    zone = unit if entity == "zone" else organisation(f"Z{whose[-1]}")
    held = Return.objects.create(collection=collection, organisation=unit, zone=zone, due=today, state="approved")
    held.approved = held.latest = Version.objects.create(
        return_of=held, number=1, figures=data, submitted=now, approved=now, sha256=document.digest(data)
    )
    held.save()


def in_preparation() -> Notice:
    """A notice that is not registered yet, made without the actions."""
    there = Notice.objects.filter(code="draft").first()
    if there is not None:
        return there
    city = organisation("CITY")
    upload = Upload.objects.create(
        organisation=city, purpose="notices", name="notice.txt", kind="txt", size=1, sha256="0" * 64, content=b"x"
    )
    notice = Notice.objects.create(
        organisation=city, code="draft", title="示例通知", title_en="Sample notice", upload=upload, source="建设平台"
    )
    Clause.objects.create(notice=notice, position=0, label="一", text="建设平台", start=0, end=4)
    return notice


def kept(lead: str) -> Measure:
    """A measure that ``lead`` acts on, of a notice of its own, with a figure and a request, made without the actions:
    for tests that only ask who gets in."""
    code = f"n-{lead.lower()}"
    there = Measure.objects.filter(notice__code=code).first()
    if there is not None:
        return there
    unit, city = organisation(lead), organisation("CITY")
    upload = Upload.objects.create(
        organisation=city, purpose="notices", name="notice.txt", kind="txt", size=1, sha256="0" * 64, content=b"x"
    )
    notice = Notice.objects.create(
        organisation=city, code=code, title="示例通知", title_en="Sample notice", upload=upload,
        source="建设平台", registered=timezone.now(), synthetic=True,
    )  # fmt: skip
    clause = Clause.objects.create(notice=notice, position=0, label="一", text="建设平台", start=0, end=4)
    UnitName.objects.create(notice=notice, name="第一局", certainty="unknown", decided=True)
    due = timezone.localdate() + datetime.timedelta(days=30)
    measure = Measure.objects.create(
        notice=notice, clause=clause, code=f"{code}-0001", text="建设平台", start=0, end=4, node=Node.ACTING,
        lead=unit, due=due, node_due=due,
    )  # fmt: skip
    Part.objects.create(measure=measure, organisation=unit, role=Part.Role.LEAD)
    Stage.objects.create(measure=measure, node=Node.ACTING, organisation=unit, due=due)
    figure = Figure.objects.create(
        measure=measure, kind="indicator", name="平台数", name_en="Platforms", start=0, target=9
    )
    Request.objects.create(measure=measure, organisation=unit, kind="correction", figure=figure, value=1, text="x")
    return measure

"""The monthly report of a notice as a Word document."""

from __future__ import annotations

import calendar
import datetime
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone
from docx.enum.text import WD_ALIGN_PARAGRAPH

from gaoxin.platform.frame.tables import SYNTHETIC
from gaoxin.platform.measures.models import Measure, Node, Notice
from gaoxin.platform.measures.models.progress import Light
from gaoxin.platform.measures.progress import FRESHNESS, STALE, freshness, measured
from gaoxin.reports.office_form import OfficeDocument, Properties
from gaoxin.words import Language, Text


@dataclass(frozen=True, slots=True)
class Month:
    """A month of a year."""

    year: int
    month: int

    @staticmethod
    def read(text: str, today: datetime.date) -> Month:
        """The month ``2026-03``; that of ``today`` for nothing. Raises ValueError for anything else."""
        if not text:
            return Month(today.year, today.month)
        found = re.fullmatch(r"(20\d\d)-(0[1-9]|1[0-2])", text)
        if found is None:
            raise ValueError(f"a month is written 2026-03, not {text!r}")
        return Month(int(found[1]), int(found[2]))

    def __str__(self) -> str:
        return f"{self.year}-{self.month:02d}"

    @property
    def first(self) -> datetime.date:
        """Its first day."""
        return datetime.date(self.year, self.month, 1)

    @property
    def last(self) -> datetime.date:
        """Its last day."""
        return self.first.replace(day=calendar.monthrange(self.year, self.month)[1])


def document(
    notice: Notice, measures: Sequence[Measure], month: Month, today: datetime.date, language: Language
) -> bytes:
    """The report: in figures, what is late, what was said in the month, and every measure.

    Parameters
    ----------
    measures
        Those that the reader may see, with figures, notes and stages fetched.
    today
        The day as of which nodes, lateness and figures are; notes and closings are those of the month.
    """
    mark = SYNTHETIC[language == "en"] if notice.synthetic else ""
    title = Text(f"督办月报（{month.year} 年 {month.month} 月）", f"Monthly report on measures, {month}")
    about = Properties(title.say(language), notice.label.say(language), mark, None)
    made = OfficeDocument(language, about)
    for text, style in ((title, "Title"), (notice.label, "Heading 1")):
        made.paragraph(text.say(language), style).alignment = WD_ALIGN_PARAGRAPH.CENTER
    _figures(made, measures, month, today)
    _late(made, measures, today)
    _said(made, measures, month)
    _all(made, measures, today)
    return made.saved()


def _figures(made: OfficeDocument, measures: Sequence[Measure], month: Month, today: datetime.date) -> None:
    made.heading(Text("总体情况", "In figures"))
    late = sum(one.late(today) for one in measures)
    stale = sum(freshness(one, one.figures.all(), today) == STALE for one in measures)
    closed = sum(
        any(stage.node == Node.REVIEWED and _within(stage.left, month) for stage in one.stages.all())
        for one in measures if one.node == Node.CLOSED
    )  # fmt: skip
    nodes = Counter(one.node for one in measures)
    counted = "；".join(f"{Node(node).label} {nodes[node]}" for node in Node if nodes[node])
    made.text(
        made.say(
            f"截至 {today}，共 {len(measures)} 项，逾期 {late} 项，久未更新 {stale} 项；本月办结 {closed} 项。",
            f"As of {today}: {len(measures)} measures, {late} overdue, {stale} without news for long; "
            f"{closed} closed in the month.",
        )
    )
    if counted:
        made.text(counted)
    lights = Counter(one.light for one in measures if one.light)
    if lights:
        made.text("；".join(f"{Light(light).label} {lights[light]}" for light in Light.values if lights[light]))


def _late(made: OfficeDocument, measures: Sequence[Measure], today: datetime.date) -> None:
    made.heading(Text("逾期事项", "Overdue"))
    late = [one for one in measures if one.late(today)]
    if not late:
        made.text(made.say("没有逾期事项。", "Nothing is overdue."))
        return
    heads = [made.say(*pair) for pair in (("事项", "Measure"), ("单位", "Unit"), ("节点", "Node"), ("期限", "Due"))]
    rows = [[one.text, _who(one), str(one.get_node_display()), _due(one)] for one in late]
    made.grid(heads, rows, ["left", "left", "center", "center"], [5, 2.5, 1.5, 2])


def _said(made: OfficeDocument, measures: Sequence[Measure], month: Month) -> None:
    made.heading(Text("本月进展", "Said in the month"))
    said = [(one, note) for one in measures for note in one.notes.all() if month.first <= note.day <= month.last]
    if not said:
        made.text(made.say("本月没有单位填写进展。", "No unit noted progress in the month."))
    for one, note in sorted(said, key=lambda pair: (pair[0].code, pair[1].day)):
        made.text(f"{one.clause.label} {one.text}（{note.organisation}，{note.day}）：{note.text}")


def _all(made: OfficeDocument, measures: Sequence[Measure], today: datetime.date) -> None:
    made.heading(Text("全部事项", "All measures"))
    pairs = (
        ("条款", "Clause"), ("事项", "Measure"), ("牵头单位", "Lead"), ("节点", "Node"), ("期限", "Due"),
        ("量化进度", "Measured"), ("评定", "Judged"), ("更新", "Freshness"),
    )  # fmt: skip
    rows = [
        [
            one.clause.label, one.text, _who(one), str(one.get_node_display()), str(one.due or "—"),
            measured(one.figures.all()).text.say(made.language), str(Light(one.light).label) if one.light else "—",
            str(FRESHNESS[freshness(one, one.figures.all(), today)]),
        ]
        for one in measures
    ]  # fmt: skip
    sides = ["center", "left", "left", "center", "center", "center", "center", "center"]
    made.grid([made.say(*pair) for pair in pairs], rows, sides, [1, 4, 2, 1.3, 1.7, 1.7, 1.6, 1.4])


def _who(measure: Measure) -> str:
    return str(measure.lead) if measure.lead else "—"


def _due(measure: Measure) -> str:
    return str(min(day for day in (measure.due, measure.node_due) if day))


def _within(moment: datetime.datetime | None, month: Month) -> bool:
    return moment is not None and month.first <= timezone.localdate(moment) <= month.last

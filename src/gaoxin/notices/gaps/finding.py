"""What is missing or does not fit: reported with its place, never smoothed over."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from typing import TYPE_CHECKING

from gaoxin.notices.contents.actions import GOALS, PRINCIPLES
from gaoxin.notices.gaps.sequence import irregularities
from gaoxin.notices.layout.lines import TYPES
from gaoxin.notices.layout.paragraphs import paragraphs
from gaoxin.notices.notice import Clause, Duty, Finding, Notice, Part, Unit
from gaoxin.notices.text.numbering import RANK, mark_at
from gaoxin.notices.text.numerals import days
from gaoxin.notices.text.view import Span, View
from gaoxin.problems import NO_REMEDY, Severity
from gaoxin.words import Text

if TYPE_CHECKING:
    from gaoxin.notices.layout.blocks import Layout
    from gaoxin.notices.units.conventions import Conventions

_MOST_LISTED = 8
_MOST_WITHOUT = 0.5
"""Share of clauses without units up to which each is a gap; beyond, the notice does not name units throughout."""
_PAIRS = {")": "(", "》": "《", "”": "“"}
_OPENING = {value: key for key, value in _PAIRS.items()}
_LEFT_OUT = re.compile(r"…{1,}|\.{3,}|\((?:略|省略|此处略)\)|(?:以下|中间|此处)(?:内容)?(?:省略|从略)")
_ABOUT_ITSELF = re.compile(
    r"施行|实施日期|有效期|解释|废止|附则|生效|名词解释|术语|适用范围|定义|保障措施$|本(?:办法|措施|意见|规定|细则|通知|政策|方案)[^。]{0,20}(?:自|由|适用|所称)"
)
_KINDS_OF_TITLE = re.compile(rf"(?:{TYPES})")


class _Lines:
    """Line and column of a place in the source."""

    def __init__(self, source: str) -> None:
        self.starts = [0, *(match.end() for match in re.finditer(r"\r\n|\r|\n", source))]

    def find(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self.starts, offset) - 1
        return line + 1, offset - self.starts[line] + 1


class _Gaps:
    """Collects the findings of one notice."""

    def __init__(self, notice: Notice) -> None:
        self.notice = notice
        self.lines = _Lines(notice.source)
        self.found: list[Finding] = []

    def add(
        self, code: str, severity: Severity, message: Text, span: Span, clause: str = "", remedy: Text = NO_REMEDY
    ) -> None:
        line, column = self.lines.find(span.start)
        self.found.append(Finding(code, severity, message, line, column, span, clause, remedy))


def find_gaps(notice: Notice, layout: Layout, conventions: Conventions) -> list[Finding]:
    """Everything a person should look at, in the order of the text."""
    gaps = _Gaps(notice)
    _head(gaps)
    _dates(gaps)
    for paragraph in layout.misread:
        gaps.add(
            "layout.other",
            "info",
            Text(
                f"没有认出这一行是什么：{_short(paragraph.text)}",
                f"what this line is was not recognised: {_short(paragraph.text)}",
            ),
            paragraph.span,
        )
    for part in notice.parts:
        for irregular in irregularities(part):
            gaps.add(
                irregular.code,
                "warning",
                irregular.message,
                Span(irregular.clause.span.start, irregular.clause.span.start),
                irregular.clause.label,
                irregular.remedy,
            )
        _clauses(gaps, part)
        _without_units(gaps, part)
    _units(gaps)
    _brackets(gaps)
    if conventions.said:
        gaps.add("units.convention", "info", conventions.said, Span(0, 0))
    if not any(part.clauses for part in notice.parts):
        gaps.add(
            "clauses.none",
            "warning",
            Text("没有认出任何带编号的条款", "no numbered clause was recognised"),
            Span(0, 0),
            remedy=Text("请确认文件是通知全文", "check that the file is the whole notice"),
        )
    order = {"error": 0, "warning": 1, "info": 2}
    return sorted(gaps.found, key=lambda finding: (finding.span.start, order[finding.severity], finding.code))


def _head(gaps: _Gaps) -> None:
    notice, start = gaps.notice, Span(0, 0)
    ask = Text("请补上，或换用全文", "add it, or use the full text")
    if notice.title is None:
        gaps.add("head.title", "warning", Text("没有标题", "there is no title"), start, remedy=ask)
    elif len(_KINDS_OF_TITLE.sub("", notice.title.text).strip()) == 0:
        said = notice.title.text
        gaps.add(
            "head.title",
            "warning",
            Text(f"标题只有“{said}”", f"the title is only “{said}”"),
            notice.title.span,
            remedy=ask,
        )
    if notice.number is None:
        gaps.add("head.number", "warning", Text("没有发文字号", "there is no document number"), start, remedy=ask)
    if not notice.issuers:
        gaps.add("head.issuer", "warning", Text("没有落款单位", "no issuer has signed"), start, remedy=ask)
    if notice.signed is None:
        gaps.add("head.signed", "warning", Text("没有成文日期", "there is no date of signature"), start, remedy=ask)
    elif notice.signed_on is None:
        said = notice.signed.text
        gaps.add(
            "head.signed",
            "warning",
            Text(f"成文日期不完整：{said}", f"the date of signature is incomplete: {said}"),
            notice.signed.span,
        )
    if notice.validity is None:
        gaps.add("head.validity", "info", Text("没有写明施行日期", "no date of effect is given"), start)
    if notice.jurisdiction is None:
        gaps.add(
            "head.place",
            "info",
            Text(
                "看不出是哪个地方的通知，机构只能按构词认",
                "whose notice it is was not recognised: bodies are known by their form only",
            ),
            start,
            remedy=Text("补上落款或标题", "add signature or title"),
        )


def _dates(gaps: _Gaps) -> None:
    notice = gaps.notice
    for paragraph in paragraphs(notice.source):
        for day in days(paragraph.text):
            if day.date is None:
                words = paragraph.view.passage(day.start, day.end)
                gaps.add(
                    "dates.impossible",
                    "warning",
                    Text(f"没有这一天：{words.text}", f"there is no such day: {words.text}"),
                    words.span,
                )
    validity = notice.validity
    if validity is None:
        return
    span = validity.words[0].span
    if validity.begins and notice.signed_on and validity.begins < notice.signed_on:
        gaps.add(
            "dates.order",
            "warning",
            Text(
                f"施行日期 {validity.begins} 早于成文日期 {notice.signed_on}",
                f"in force from {validity.begins}, before it was signed on {notice.signed_on}",
            ),
            span,
        )
    if validity.begins and validity.ends and validity.ends < validity.begins:
        gaps.add(
            "dates.order",
            "error",
            Text(
                f"有效期截止 {validity.ends} 早于施行日期 {validity.begins}",
                f"valid until {validity.ends}, before it begins on {validity.begins}",
            ),
            span,
        )


# -- clauses


def _clauses(gaps: _Gaps, part: Part) -> None:
    for clause in (clause for top in part.clauses for clause in top.walk()):
        if not clause.text and not clause.children:
            if clause.heading:
                message = Text(f"{clause.label} 只有标题，没有正文", f"{clause.label} has a heading and no text")
            else:
                message = Text(f"{clause.label} 是空的", f"{clause.label} is empty")
            gaps.add("clauses.empty", "warning", message, clause.span, clause.label)
        for passage in (*clause.text, *((clause.heading,) if clause.heading else ())):
            for match in _LEFT_OUT.finditer(passage.text):
                start = passage.span.start + match.start()
                message = Text(f"{clause.label} 有省略：{match[0]}", f"{clause.label} leaves something out: {match[0]}")
                gaps.add("clauses.left-out", "info", message, Span(start, start + len(match[0])), clause.label)


def _without_units(gaps: _Gaps, part: Part) -> None:
    """Clauses that name nobody, in a part where others do."""
    clauses = [clause for top in part.clauses for clause in top.walk()]
    leaves = [clause for clause in clauses if not clause.children and clause.text]
    if not any(clause.duties for clause in clauses):
        if leaves:
            message = Text("没有任何条款写明责任单位", "no clause says who is responsible")
            gaps.add("units.none", "info", message, part.clauses[0].span)
        return
    bare = []
    exempt = {id(below) for clause in clauses if _is_general(clause) for below in clause.walk()}
    for clause in leaves:
        if clause.answerable or id(clause) in exempt or (RANK[clause.kind] > RANK["arabic"] and clause.kind != "row"):
            continue
        bare.append(clause)
    if len(bare) > _MOST_WITHOUT * len(leaves):
        labels = [clause.label for clause in bare]
        shown = "、".join(labels[:_MOST_LISTED]) + (" …" if len(labels) > _MOST_LISTED else "")
        message = Text(
            f"{len(leaves)} 条中有 {len(bare)} 条没有写责任单位：{shown}",
            f"{len(bare)} of {len(leaves)} clauses name no responsible unit: {shown}",
        )
        gaps.add("units.missing", "warning", message, bare[0].span, bare[0].label)
        return
    for clause in bare:
        message = Text(f"{clause.label} 没有写责任单位", f"{clause.label} names no responsible unit")
        gaps.add("units.missing", "warning", message, clause.span, clause.label)


def _is_general(clause: Clause) -> bool:
    """Guiding thought, goals, validity: nobody is expected to answer for them alone."""
    said = clause.heading.text if clause.heading else (clause.text[0].text[:60] if clause.text else "")
    folded = View(said, [Span(0, len(said))]).text
    return any(pattern.search(folded) for pattern in (PRINCIPLES, GOALS, _ABOUT_ITSELF))


# -- units


def _units(gaps: _Gaps) -> None:
    unknown: Counter[str] = Counter()
    for clause in gaps.notice.clauses():
        for duty in clause.duties:
            _duty(gaps, clause, duty)
            for unit in duty.units:
                if unit.certainty == "unknown":
                    unknown[unit.name.plain] += 1
                    if unknown[unit.name.plain] == 1:
                        _unknown(gaps, clause, unit)
                elif unit.certainty == "group" and not unit.members:
                    if unknown[unit.name.plain] == 0:
                        gaps.add(
                            "units.group",
                            "info",
                            Text(
                                f"“{unit.name.plain}”是统称，没有写明或查不到具体单位",
                                f"“{unit.name.plain}” is a group whose members are not known",
                            ),
                            unit.name.span,
                            clause.label,
                        )
                    unknown[unit.name.plain] += 1


def _unknown(gaps: _Gaps, clause: Clause, unit: Unit) -> None:
    name = unit.name.plain
    maybe = "、".join(unit.candidates)
    gaps.add(
        "units.unknown",
        "warning",
        Text(f"“{name}”不在名录中，请人工确定", f"“{name}” is not known: for a person to decide"),
        unit.name.span,
        clause.label,
        Text(f"是否为：{maybe}", f"did it mean: {', '.join(unit.candidates)}") if maybe else NO_REMEDY,
    )


def _duty(gaps: _Gaps, clause: Clause, duty: Duty) -> None:
    seen: dict[str, Unit] = {}
    for unit in duty.units:
        key = unit.body or unit.name.plain
        if key in seen:
            gaps.add(
                "units.twice",
                "warning",
                Text(
                    f"{clause.label}：{unit.name.plain} 写了两次", f"{clause.label}: {unit.name.plain} is named twice"
                ),
                unit.name.span,
                clause.label,
            )
        seen[key] = unit
        if unit.open_ended:
            gaps.add(
                "units.open",
                "info",
                Text(
                    f"{clause.label}：“{unit.name.plain}”后有“等”，名单不完整",
                    f"{clause.label}: the list goes on after “{unit.name.plain}” (等)",
                ),
                unit.name.span,
                clause.label,
            )
    for remark in duty.remarks:
        gaps.add(
            "units.remark",
            "warning" if re.search("以下|下同", remark.text) else "info",
            Text(f"责任单位中的说明：{_short(remark.text)}", f"a remark among the units: {_short(remark.text)}"),
            remark.span,
            clause.label,
        )


# -- brackets


def _brackets(gaps: _Gaps) -> None:
    """Brackets and title marks that open or close alone, paragraph by paragraph."""
    for paragraph in paragraphs(gaps.notice.source):
        view = paragraph.view
        mark = mark_at(view.text)
        stack: list[tuple[str, int]] = []
        alone: list[int] = []
        for i, character in enumerate(view.text):
            if character in _OPENING:
                stack.append((character, i))
            elif character in _PAIRS:
                if stack and stack[-1][0] == _PAIRS[character]:
                    stack.pop()
                elif any(opening == _PAIRS[character] for opening, _ in stack):
                    while stack[-1][0] != _PAIRS[character]:
                        alone.append(stack.pop()[1])
                    stack.pop()
                elif not (mark and i < mark.end) and character != "”":
                    alone.append(i)
        alone += [i for opening, i in stack if opening != "“"]
        for i in sorted(alone):
            passage = view.passage(i, i + 1)
            gaps.add(
                "brackets.alone",
                "warning",
                Text(
                    f"“{passage.text}”不成对：{_around(view, i)}",
                    f"“{passage.text}” has no counterpart: {_around(view, i)}",
                ),
                passage.span,
            )


def _around(view: View, i: int) -> str:
    return view.passage(max(0, i - 6), min(len(view), i + 10)).text.replace("\n", "")


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= 40 else plain[:39] + "…"

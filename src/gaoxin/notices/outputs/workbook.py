"""The Excel workbook of a notice: clauses, actions, who answers for what, figures, findings.

Everything is written as text, never as a formula: a clause that begins with = or - is a clause.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from gaoxin.notices.notice import CERTAINTIES, ROLES, Clause, Notice, Role, Unit
from gaoxin.words import Language, Text

FONT = "微软雅黑"
HEAD, LINE, QUIET = "#E8EDF2", "#D1D9E0", "#59636E"
_FILLS: dict[Role, str] = {
    "lead": "#BFD7F2", "responsible": "#E3EEF9", "cooperating": "#F1F3F5", "supervising": "#FFF4CC",
}  # fmt: skip
_UNKNOWN = "#FBD9C6"
_UNSETTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LONGEST = 32_767
"""Characters that a cell can hold."""
_SEVERITIES = {"error": Text("错误", "error"), "warning": Text("警告", "warning"), "info": Text("提示", "note")}


@dataclass(frozen=True, slots=True)
class _Column:
    title: Text
    width: float
    wrap: bool = False


def render(notice: Notice, language: Language = "zh") -> bytes:
    """The workbook of ``notice``."""
    buffer = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    with xlsxwriter.Workbook(buffer, options) as book:
        book.set_properties({"title": notice.title.plain[:200] if notice.title else "", "author": "gaoxin"})
        _Book(book, notice, language).fill()
    return buffer.getvalue()


class _Book:
    def __init__(self, book: xlsxwriter.Workbook, notice: Notice, language: Language) -> None:
        self.book, self.notice, self.language = book, notice, language
        self.formats: dict[tuple[tuple[str, object], ...], Format] = {}

    def fill(self) -> None:
        self.overview()
        self.clauses()
        self.actions()
        self.matrix()
        self.bodies()
        self.figures()
        self.findings()

    # -- sheets

    def overview(self) -> None:
        notice = self.notice
        validity = notice.validity
        rows = [
            (Text("标题", "title"), notice.title.plain if notice.title else ""),
            (Text("文号", "number"), notice.number.plain if notice.number else ""),
            (Text("发文单位", "issuer"), "、".join(dict.fromkeys(issuer.plain for issuer in notice.issuers))),
            (Text("主送", "addressee"), notice.addressee.plain if notice.addressee else ""),
            (Text("成文日期", "signed on"), str(notice.signed_on or (notice.signed.plain if notice.signed else ""))),
            (Text("施行", "in force"), "".join(passage.plain for passage in validity.words) if validity else ""),
            (Text("施行日期", "begins"), str(validity.begins or "") if validity else ""),
            (Text("有效期至", "ends"), str(validity.ends or "") if validity else ""),
            (
                Text("依据", "basis"),
                "\n".join(f"{c.title.plain}{c.number.plain if c.number else ''}" for c in notice.basis),
            ),
            (Text("条款", "clauses"), str(sum(1 for _ in notice.clauses()))),
            (Text("行动", "actions"), str(sum(len(clause.actions) for clause in notice.clauses()))),
            (Text("待人工确定的单位", "units for a person to decide"), str(len(self.unknown()))),
            (Text("转载、网页附加的内容", "added by others"), "\n".join(b.passage.plain for b in notice.set_aside())),
        ]
        columns = [_Column(Text("项目", "item"), 24), _Column(Text("内容", "content"), 100, wrap=True)]
        self.table(Text("概要", "Overview"), columns, [[self.say(name), value] for name, value in rows])

    def clauses(self) -> None:
        columns = [
            _Column(Text("条款", "clause"), 12),
            _Column(Text("标题", "heading"), 28, wrap=True),
            _Column(Text("正文", "text"), 80, wrap=True),
            *(_Column(ROLES[role], 30, wrap=True) for role in ROLES),
            _Column(Text("来自上级条款", "from the clause above"), 12),
            _Column(Text("期限", "deadlines"), 18, wrap=True),
            _Column(Text("没有把握之处", "unsure of"), 30, wrap=True),
        ]
        rows = []
        for clause in self.notice.clauses():
            rows.append(
                [
                    clause.label,
                    clause.heading.plain if clause.heading else "",
                    "\n".join(passage.plain for passage in clause.text),
                    *("、".join(unit.name.plain for unit in clause.answerable if unit.role == role) for role in ROLES),
                    "✓" if clause.inherited else "",
                    "、".join(deadline.words.plain for deadline in clause.deadlines),
                    self.doubts(clause),
                ]
            )
        self.table(Text("条款", "Clauses"), columns, rows, frozen=1)

    def actions(self) -> None:
        kinds = {"action": Text("行动", "action"), "goal": Text("目标", "goal"), "principle": Text("原则", "principle")}
        columns = [
            _Column(Text("条款", "clause"), 12),
            _Column(Text("序号", "no."), 6),
            _Column(Text("行动", "action"), 70, wrap=True),
            _Column(Text("动词", "verb"), 12),
            _Column(Text("对象", "object"), 50, wrap=True),
            _Column(Text("种类", "kind"), 8),
            _Column(Text("责任单位", "units"), 40, wrap=True),
            _Column(Text("文中主语", "actor in the text"), 16, wrap=True),
            _Column(Text("字符位置", "characters"), 14),
            _Column(Text("没有把握之处", "unsure of"), 24, wrap=True),
        ]
        rows = []
        for clause in self.notice.clauses():
            for number, action in enumerate(clause.actions, 1):
                rows.append(
                    [
                        clause.label,
                        str(number),
                        action.words.plain,
                        action.verb.plain if action.verb else "",
                        action.object.plain if action.object else "",
                        self.say(kinds[action.kind]),
                        "、".join(unit.name.plain for unit in clause.answerable),
                        action.actor.plain if action.actor else "",
                        f"{action.words.span.start}–{action.words.span.end}",
                        "；".join(self.say(doubt) for doubt in action.doubts),
                    ]
                )
        self.table(Text("行动", "Actions"), columns, rows, frozen=1)

    def matrix(self) -> None:
        """Measures down, units across: the role in each cell."""
        clauses = [clause for clause in self.notice.clauses() if clause.answerable and (clause.text or clause.duties)]
        units = list(dict.fromkeys(name_of(unit) for clause in clauses for unit in clause.answerable))
        sheet = self.sheet(Text("任务×单位", "Measures × units"))
        head = self.format(bold=True, bg_color=HEAD, border=1, text_wrap=True, valign="vcenter")
        turned = self.format(bold=True, bg_color=HEAD, border=1, rotation=90, valign="bottom", align="center")
        sheet.set_row(0, 130)
        sheet.set_column(0, 0, 10)
        sheet.set_column(1, 1, 28)
        sheet.set_column(2, max(len(units) + 1, 2), 5)
        self.write(sheet, 0, 0, self.say(Text("条款", "clause")), head)
        self.write(sheet, 0, 1, self.say(Text("标题", "heading")), head)
        for column, unit in enumerate(units, 2):
            self.write(sheet, 0, column, unit, turned)
        for row, clause in enumerate(clauses, 1):
            self.write(sheet, row, 0, clause.label, self.format(border=1))
            title = clause.heading.plain if clause.heading else (clause.text[0].plain[:30] if clause.text else "")
            self.write(sheet, row, 1, title, self.format(border=1, text_wrap=True))
            roles = {name_of(unit): unit for unit in reversed(clause.answerable)}
            for column, name in enumerate(units, 2):
                found = roles.get(name)
                if found is None:
                    self.write(sheet, row, column, "", self.format(border=1))
                    continue
                fill = _UNKNOWN if found.certainty == "unknown" else _FILLS[found.role]
                self.write(
                    sheet,
                    row,
                    column,
                    self.say(ROLES[found.role])[:4],
                    self.format(border=1, bg_color=fill, align="center"),
                )
        last = len(clauses) + 1
        self.write(sheet, last, 1, self.say(Text("合计", "total")), head)
        for column, name in enumerate(units, 2):
            count = sum(any(name_of(unit) == name for unit in clause.answerable) for clause in clauses)
            sheet.write_number(last, column, count, head)
        sheet.freeze_panes(1, 2)
        sheet.set_landscape()
        sheet.repeat_rows(0)
        sheet.repeat_columns(0, 1)
        sheet.fit_to_pages(1, 0)

    def bodies(self) -> None:
        """Every name of a unit: what it was taken for, and how sure that is."""
        columns = [
            _Column(Text("文中名称", "name in the notice"), 30),
            _Column(Text("机构", "body"), 44, wrap=True),
            _Column(Text("依据", "known by"), 16),
            _Column(Text("成员", "members"), 50, wrap=True),
            _Column(Text("相近的机构", "similar bodies"), 44, wrap=True),
            _Column(Text("次数", "times"), 8),
            _Column(Text("没有把握之处", "unsure of"), 36, wrap=True),
        ]
        names: dict[tuple[str, str | None], list[Unit]] = {}
        for _, _, unit in self.notice.units():
            names.setdefault((unit.name.plain, unit.body), []).append(unit)
        order = {"unknown": 0, "group": 1, "pattern": 2, "register": 3}
        rows = [
            [
                found[0].name.plain,
                found[0].body or "",
                self.say(CERTAINTIES[found[0].certainty]),
                "、".join(found[0].members),
                "、".join(found[0].candidates),
                str(len(found)),
                "；".join(dict.fromkeys(self.say(doubt) for unit in found for doubt in unit.doubts)),
            ]
            for found in sorted(names.values(), key=lambda found: (order[found[0].certainty], -len(found)))
        ]
        self.table(Text("单位", "Units"), columns, rows)

    def figures(self) -> None:
        columns = [
            _Column(Text("条款", "clause"), 12),
            _Column(Text("种类", "kind"), 10),
            _Column(Text("原文", "words"), 60, wrap=True),
            _Column(Text("比较", "compared"), 8),
            _Column(Text("数值", "value"), 12),
            _Column(Text("单位", "unit"), 12),
            _Column(Text("年份", "year"), 8),
            _Column(Text("没有把握之处", "unsure of"), 24),
        ]
        kinds = {"goal": Text("目标", "target"), "support": Text("扶持", "support")}
        rows = []
        for clause in self.notice.clauses():
            for target in clause.targets:
                value = str(target.value) + (f"–{target.to}" if target.to is not None else "")
                rows.append(
                    [
                        clause.label,
                        self.say(kinds[target.kind]),
                        target.words.plain,
                        target.comparison,
                        value,
                        target.unit,
                        str(target.year or ""),
                        "；".join(self.say(doubt) for doubt in target.doubts),
                    ]
                )
            for mention in clause.mentions:
                kind = Text("工程、计划", "programme") if mention.kind == "programme" else Text("地点", "place")
                rows.append([clause.label, self.say(kind), mention.name.plain, "", "", "", "", ""])
            for citation in clause.documents:
                number = citation.number.plain if citation.number else ""
                rows.append(
                    [
                        clause.label,
                        self.say(Text("文件", "document")),
                        citation.title.plain + number,
                        "",
                        "",
                        "",
                        "",
                        "",
                    ]
                )
        self.table(Text("数字和名称", "Figures and names"), columns, rows, frozen=1)

    def findings(self) -> None:
        columns = [
            _Column(Text("级别", "severity"), 8),
            _Column(Text("条款", "clause"), 12),
            _Column(Text("行:列", "line:column"), 12),
            _Column(Text("问题", "finding"), 80, wrap=True),
            _Column(Text("怎么办", "what to do"), 40, wrap=True),
        ]
        rows = [
            [
                self.say(_SEVERITIES[finding.severity]), finding.clause, f"{finding.line}:{finding.column}",
                self.say(finding.message), self.say(finding.remedy),
            ]
            for finding in self.notice.findings
        ]  # fmt: skip
        self.table(Text("发现", "Findings"), columns, rows)

    # -- cells

    def table(self, title: Text, columns: Sequence[_Column], rows: Sequence[Sequence[str]], frozen: int = 0) -> None:
        sheet = self.sheet(title)
        head = self.format(bold=True, bg_color=HEAD, border=1, text_wrap=True, valign="vcenter")
        for at, column in enumerate(columns):
            sheet.set_column(at, at, column.width)
            self.write(sheet, 0, at, self.say(column.title), head)
        for row, cells in enumerate(rows, 1):
            for at, cell in enumerate(cells):
                self.write(sheet, row, at, cell, self.format(border=1, valign="top", text_wrap=columns[at].wrap))
        sheet.freeze_panes(1, frozen)
        sheet.autofilter(0, 0, max(len(rows), 1), len(columns) - 1)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.repeat_rows(0)
        sheet.fit_to_pages(1, 0)

    def sheet(self, title: Text) -> Worksheet:
        sheet = self.book.add_worksheet(self.say(title))
        sheet.hide_gridlines(2)
        return sheet

    def write(self, sheet: Worksheet, row: int, column: int, text: str, style: Format) -> None:
        """Text as text, also when somebody edits the cell and Excel would read a formula."""
        clean = _UNSETTABLE.sub("", text)[:_LONGEST]
        if clean[:1] and clean[0] in "=+-@\t\r":
            style = self.quoted(style)
        sheet.write_string(row, column, clean, style)

    def quoted(self, style: Format) -> Format:
        for key, known in self.formats.items():
            if known is style:
                return self.format(**{**dict(key), "quote_prefix": True})
        return style

    def format(self, **wanted: object) -> Format:
        key = tuple(sorted(wanted.items()))
        if key not in self.formats:
            kept = {name: value for name, value in wanted.items() if value is not False}
            self.formats[key] = self.book.add_format(
                {"font_name": FONT, "font_size": 10, "border_color": LINE, **kept}
                if "border" in kept
                else {"font_name": FONT, "font_size": 10, **kept}
            )
        return self.formats[key]

    def say(self, text: Text) -> str:
        return text.say(self.language)

    def unknown(self) -> set[str]:
        return {unit.name.plain for _, _, unit in self.notice.units() if unit.certainty == "unknown"}

    def doubts(self, clause: Clause) -> str:
        said = [*clause.doubts, *(doubt for duty in clause.duties for doubt in duty.doubts)]
        said += [doubt for duty in clause.duties for unit in duty.units for doubt in unit.doubts]
        return "；".join(dict.fromkeys(self.say(doubt) for doubt in said))


def name_of(unit: Unit) -> str:
    """How a unit is listed: by its body, else as the notice writes it."""
    return unit.body or unit.name.plain

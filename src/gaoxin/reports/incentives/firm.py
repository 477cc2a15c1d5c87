"""The Word report of one firm: result, income tax, every benefit with its conditions, deadlines, papers to keep."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time

from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.shared import Pt, RGBColor

from gaoxin.incentives.answers import Answer, ConditionAnswer
from gaoxin.incentives.assessment import SYNTHETIC, Assessment, grouped
from gaoxin.incentives.changes import Change
from gaoxin.incentives.combination.plan import Plan
from gaoxin.incentives.combination.wording import (
    cautions,
    combination_lines,
    difference_words,
    filing_words,
    plan_lines,
    refusal_words,
    shown_filings,
    uses_words,
    yuan,
)
from gaoxin.incentives.comparisons import leaves
from gaoxin.incentives.plausibility import finding_words
from gaoxin.incentives.timeline import instruments
from gaoxin.incentives.wording import STATE, brief, change_words, comparison_words
from gaoxin.reports.office_form import HEADING_FONT, OfficeDocument, Properties, run_font
from gaoxin.rulebook.explain import Citation
from gaoxin.rulebook.narrate import CONFIDENCE
from gaoxin.words import Language, Text

_MARK = {True: "✓", False: "✗", None: "?"}


def render(found: Assessment, planned: Plan | None = None, language: Language = "zh") -> bytes:
    """The assessment as a docx file; the same assessment gives the same bytes."""
    report = _Report(found, planned, language)
    report.write()
    return report.saved()


class _Report(OfficeDocument):
    def __init__(self, found: Assessment, planned: Plan | None, language: Language) -> None:
        name = found.name or found.reporter
        title = Text(f"{name} {found.period} 年优惠政策测算", f"{name}: incentives {found.period}").say(language)
        mark = SYNTHETIC.say(language) if found.synthetic else ""
        made = datetime.combine(found.as_of, time())
        super().__init__(language, Properties(title, found.book.title.say(language), mark, made))
        self.found, self.planned, self.name, self.mark = found, planned, name, mark

    def write(self) -> None:
        """Write the whole report."""
        self.title()
        for problem in self.found.warnings:
            self.small(finding_words(problem).say(self.language))
        self.income_tax()
        if self.planned is not None:
            self.years(self.planned)
        self.overview()
        self.benefits()
        self.deadlines()

    def title(self) -> None:
        for line in (self.name, self.say(f"{self.found.period} 年优惠政策测算", f"Incentives {self.found.period}")):
            self.paragraph(line, style="Title").alignment = WD_ALIGN_PARAGRAPH.CENTER
        if self.mark:
            note = self.paragraph()
            note.alignment = WD_ALIGN_PARAGRAPH.CENTER
            run = note.add_run(f"▲ {self.mark}")
            run.font.color.rgb = RGBColor(0x9A, 0x4B, 0)
            run_font(run, HEADING_FONT)
        for remark in self.found.remarks[1 if self.found.synthetic else 0 :]:
            self.small(remark.say(self.language))

    def overview(self) -> None:
        """One line for each benefit."""
        self.heading(Text("各项优惠", "Every benefit"))
        names = instruments(self.found.book)
        rows = []
        for instrument, answers in grouped(self.found.answered).items():
            for number, answer in enumerate(answers):
                name = "" if number else names[instrument].say(self.language)
                rows.append([name, self.benefit(answer), *self.result(answer)])
        heads = [self.say(*pair) for pair in (("政策", "Instrument"), ("优惠", "Benefit"), ("结果", "Result"))]
        heads.append(self.say("金额，或所缺", "Amount, or what is lacking"))
        self.grid(heads, rows, ["left"] * 4, [2, 3, 1.2, 4])

    def benefit(self, answer: Answer) -> str:
        """Name of a benefit, and of whom where it is not the firm."""
        whose = "" if answer.entity == self.found.answers[0].entity else f" [{answer.reporter}]"
        return answer.name.say(self.language) + whose

    def result(self, answer: Answer) -> tuple[str, str]:
        return STATE[answer.state].say(self.language), brief(answer).say(self.language)

    def income_tax(self) -> None:
        found = self.found.combination
        if found is None:
            return
        self.heading(Text("税额最低的合法组合", "The lawful combination with the lowest income tax"))
        if found.best is None:
            for line in combination_lines(found, self.language):
                self.text(line)
            return
        name, tax = filing_words(found, found.best), yuan(found.best.tax)
        self.text(
            self.say(
                f"{name.zh}，应纳企业所得税 {tax} 元；共计算 {len(found.filings)} 种合法组合。",
                f"{name.en}: income tax {tax} yuan; {len(found.filings)} lawful combinations were computed.",
            )
        )
        rows = [
            [
                filing_words(found, filing).say(self.language),
                yuan(filing.income),
                yuan(filing.tax),
                difference_words(found, filing).say(self.language),
            ]
            for filing in shown_filings(found)
        ]
        heads = (("组合", "Way to file"), ("应纳税所得额", "Taxable income"), ("税额", "Tax"), ("比较", "Compared"))
        self.grid([self.say(*head) for head in heads], rows, ["left", "right", "right", "left"], [4, 2, 2, 2])
        for refused in found.refused:
            if refused.why not in {"not_entitled", "not_in_force"}:
                self.small(refusal_words(found, refused).say(self.language))
        for text in cautions(found):
            self.small(text.say(self.language))

    def years(self, planned: Plan) -> None:
        """The plan over several years, one line for each."""
        first, last = planned.periods[0], planned.periods[-1]
        self.heading(Text(f"{first}—{last} 年所得税筹划", f"Income tax {first} to {last}"))
        lines = plan_lines(planned, self.language)
        if planned.best is None:
            for line in lines:
                self.text(line.strip())
            return
        self.text(lines[0])
        rows = [
            [
                year.period,
                yuan(year.income),
                uses_words(year.used),
                yuan(year.filing.income),
                filing_words(planned, year.filing).say(self.language),
                yuan(year.filing.tax),
                uses_words(year.open),
                uses_words(year.expired),
            ]
            for year in planned.best.years
        ]
        heads = (
            ("年度", "Year"), ("弥补亏损前所得", "Before losses"), ("弥补的亏损", "Losses used"),
            ("应纳税所得额", "Taxable income"), ("组合", "Way to file"), ("税额", "Tax"),
            ("结转的亏损", "Losses carried on"), ("到期的亏损", "Losses expired"),
        )  # fmt: skip
        sides = ["left", "right", "left", "right", "left", "right", "left", "left"]
        self.grid([self.say(*head) for head in heads], rows, sides, [1, 2, 2, 2, 3, 2, 2, 2])
        for line in lines[1 + len(rows) :]:
            self.small(line.strip())

    def benefits(self) -> None:
        """Every benefit that was in force, with its conditions."""
        self.heading(Text("各项优惠的条件", "The conditions of every benefit"))
        shown = [answer for answer in self.found.answered if answer.state != "not_in_force"]
        for number, answer in enumerate(shown):
            state, said = self.result(answer)
            colon = self.say("：", ": ")
            self.subheading(number, Text(self.benefit(answer), self.benefit(answer)))
            self.text(state + (f"{self.say('，', ', ')}{said}" if said else ""))
            if answer.conditions:
                heads = (("条件", "Condition"), ("数值与界限", "Value and threshold"), ("依据", "Clause"))
                self.grid(
                    ["", *(self.say(*head) for head in heads)],
                    [self.condition(one) for one in answer.conditions],
                    ["center", "left", "left", "left"],
                    [0.5, 3, 4, 3],
                )
            for label, texts in self.about(answer):
                if texts:
                    self.small(label + colon + self.say("；", "; ").join(texts))

    def condition(self, one: ConditionAnswer) -> list[str]:
        tests = [comparison_words(test).say(self.language) for test in leaves(one.tests)]
        clause = "" if one.citation is None else _short(one.citation, self.language)
        remedy = [one.remedy.say(self.language)] if one.met is False and one.remedy is not None else []
        return [_MARK[one.met], one.name.say(self.language), "; ".join([*tests, *remedy]), clause]

    def about(self, answer: Answer) -> Iterator[tuple[str, list[str]]]:
        """What else there is to say about a benefit: changes, figures that would decide, papers, clauses to check."""
        speak = self.language
        yield self.say("若要符合", "To qualify"), [_change(change, speak) for change in answer.changes]
        missing = dict.fromkeys(f"{one.code} {one.name.say(speak)} {one.period}" for one in answer.missing)
        yield self.say("还需要", "Figures that would decide"), list(missing)
        yield self.say("规则未知", "The rule is not known"), [text.say(speak) for text in answer.open]
        excluded = [one.name.say(speak) for one in answer.excludes if one.entitled]
        yield self.say("不能同时享受", "Not together with"), excluded
        if answer.state in {"entitled", "unknown"}:
            yield self.say("留存资料", "To be kept"), [text.say(speak) for text in answer.documents]
        weak = [clause for clause in answer.rests_on if clause.confidence in {"secondary", "unknown"}]
        named = dict.fromkeys(clause.number or clause.title.say(speak) for clause in weak)
        yield self.say("须核对原文", "To be checked against the original"), list(named)

    def deadlines(self) -> None:
        """What is to be done by when, for everything the firm is entitled to."""
        rows = [
            [one.when, one.name.say(self.language), answer.name.say(self.language), one.text.say(self.language)]
            for answer in self.found.answered
            if answer.entitled
            for one in answer.deadlines
        ]
        if rows:
            self.heading(Text("期限", "Deadlines"))
            heads = (("日期", "Date"), ("事项", "What"), ("优惠", "Benefit"), ("说明", "Note"))
            self.grid([self.say(*head) for head in heads], sorted(rows), ["left"] * 4, [1.5, 3, 3, 3])

    def small(self, text: str) -> None:
        """A remark in small type."""
        paragraph = self.paragraph(text)
        paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
        paragraph.paragraph_format.space_before = Pt(3)
        for run in paragraph.runs:
            run.font.size = Pt(10.5)


def _short(clause: Citation, language: Language) -> str:
    """Number, article and confidence; the title stands for a document without a number."""
    where = " ".join(part for part in (clause.number or clause.title.say(language), clause.article) if part)
    mark = CONFIDENCE[clause.confidence].say(language)
    return Text(f"{where}（{mark}）", f"{where} ({mark})").say(language)


def _change(change: Change, language: Language) -> str:
    return change_words(change).say(language)

"""The Word report of a run, in the form a Chinese office expects and signs; see ``office_form`` for the form."""

from __future__ import annotations

import io
from datetime import datetime
from itertools import count
from pathlib import Path

from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.shared import Emu, Mm, Pt, RGBColor

from gaoxin.reports import charts, pictures, tables, terms
from gaoxin.reports.charts import Chart
from gaoxin.reports.drawing import Drawn
from gaoxin.reports.figures import score_decimals, write_number
from gaoxin.reports.findings import adjusted, certainty, data_quality, movement, not_reported, standing
from gaoxin.reports.lettering import legible
from gaoxin.reports.office_form import HEADING_FONT, OfficeDocument, Properties, run_font
from gaoxin.reports.outline import dimensions, ranked
from gaoxin.reports.tables import Table, write_cell
from gaoxin.reports.tables.trust import replications
from gaoxin.runs.result import RunResult
from gaoxin.words import Language, Text
from gaoxin.writing import write_whole

MOST_ROWS = 200
"""Rows of a table of units in the report; the workbook has all."""


def render(result: RunResult, language: Language = "zh", drawn: Drawn | None = None) -> bytes:
    """Return the report of ``result`` as a docx file; the same result gives the same bytes.

    ``drawn``, from :func:`begin`, has the pictures; without it they are drawn here, which takes seconds.
    """
    report = _Report(result, language, drawn)
    report.write()
    return report.saved()


def begin(result: RunResult, language: Language = "zh") -> Drawn:
    """Have the pictures of the report drawn in a second process, while the caller makes something else."""
    wanted = (charts.ranking, charts.stacked, charts.slopes, charts.sensitivity)
    made = [chart for make in wanted if (chart := make(result, language)) is not None and not chart.empty]
    return pictures.begin(made if pictures.can_draw_chinese() else [])


def write(result: RunResult, path: Path, language: Language = "zh") -> None:
    """Write the report of ``result`` to ``path``."""
    write_whole(path, render(result, language))


class _Report(OfficeDocument):
    """The open document and the numbering of its headings, tables and figures."""

    def __init__(self, result: RunResult, language: Language, drawn: Drawn | None) -> None:
        made = datetime.fromisoformat(result.created).replace(tzinfo=None) if result.created else None
        mark = terms.SYNTHETIC.say(language) if result.synthetic else ""
        about = Properties(result.title.say(language), result.system_title.say(language), mark, made)
        super().__init__(language, about)
        self.result, self.figures, self.drawn = result, count(1), drawn

    def write(self) -> None:
        """Write the whole report, from the title to the annexes."""
        self.title()
        self.overview()
        self.results()
        self.parts_of_the_score()
        self.trust()
        self.quality()
        self.method()
        self.signatures()
        self.annexes()

    # The parts of the report.

    def title(self) -> None:
        result, say = self.result, self.language
        title = self.paragraph(result.title.say(say), style="Title")
        title.alignment = WD_ALIGN_PARAGRAPH.CENTER
        report = self.paragraph(self.say("评价报告", "Report"), style="Title")
        report.alignment = WD_ALIGN_PARAGRAPH.CENTER
        if result.synthetic:
            note = self.paragraph()
            note.alignment = WD_ALIGN_PARAGRAPH.CENTER
            run = note.add_run(f"▲ {terms.SYNTHETIC.say(say)}")
            run.font.color.rgb = RGBColor(0x9A, 0x4B, 0)
            run_font(run, HEADING_FONT)
        self.paragraph()

    def overview(self) -> None:
        result, say = self.result, self.language
        self.heading(Text("评价概况", "Overview"))
        clause = result.citation
        period = f" {result.period} 期" if result.period else ""
        number = f"（{clause.number}）" if clause and clause.number else ""
        basis = Text(
            f"本次评价依据《{result.system_title.say('zh')}》{number}，对 {len(result.units)} 个单位{period}"
            f"的 {result.raw.shape[1]} 项指标进行综合评价。",
            f"This evaluation follows {result.system_title.say('en')}"
            f"{f' ({clause.number})' if clause and clause.number else ''}; it covers {len(result.units)} units and "
            f"{result.raw.shape[1]} indicators{f' in period {result.period}' if result.period else ''}.",
        )
        self.text(basis.say(say))
        self.text(standing(result).say(say))
        if result.absent:
            self.text(not_reported(result).say(say))
        if (moved := movement(result)) is not None:
            self.text(moved.say(say))

    def results(self) -> None:
        self.heading(Text("评价结果", "Results"))
        wanted = ("rank", "unit", "group", "score", "adjustment", "rank_low", "rank_high", "rank_before", "rank_change")
        self.table(_only(tables.standing(self.result), wanted), widths={"unit": 3.2, "group": 2.2})
        self.picture(charts.ranking(self.result, self.language))
        for text in adjusted(self.result):
            self.text(text.say(self.language))
        if self.result.adjustments:
            self.table(
                _only(tables.adjustments(self.result), ("unit", "kind", "points", "reason")),
                widths={"unit": 2, "reason": 3},
            )

    def parts_of_the_score(self) -> None:
        result, say = self.result, self.language
        self.heading(Text("分项分析", "By dimension"))
        self.picture(charts.stacked(result, say))
        order = ranked(result)
        for number, at in enumerate(dimensions(result)):
            node = result.nodes[at]
            decimals = score_decimals(result.scores[:, at])
            best = sorted((row for row in order if result.ranks[row, at] >= 1), key=lambda row: result.ranks[row, at])
            self.subheading(number, node.name)
            if not best:
                self.text(self.say("没有单位得出该项得分。", "No unit has a score in this dimension."))
                continue
            first = [
                (result.units[row].name, write_number(float(result.scores[row, at]), decimals)) for row in best[:3]
            ]
            last = (result.units[best[-1]].name, write_number(float(result.scores[best[-1], at]), decimals))
            zh = "、".join(f"{name}（{score}）" for name, score in first)
            en = ", ".join(f"{name} ({score})" for name, score in first)
            unsure = "" if node.weight_confirmed else self.say("（该项权重未经官方文件确认）", " (unconfirmed)")
            share = f"{100 * node.effective_weight:.1f}%"
            self.text(
                self.say(
                    f"占总权重 {share}{unsure}。得分居前的是{zh}；末位为{last[0]}（{last[1]}）。",
                    f"Weight {share}{unsure}. Highest: {en}; lowest: {last[0]} ({last[1]}).",
                )
            )
        slopes = charts.slopes(result, say)
        if slopes:
            self.picture(slopes)

    def trust(self) -> None:
        result, say = self.result, self.language
        self.heading(Text("稳健性", "Robustness"))
        for text, _ in certainty(result):
            self.text(text.say(say))
        if result.robustness is None:
            return
        self.text(replications(result).say(say))
        sensitivity = charts.sensitivity(result, say)
        if sensitivity:
            self.picture(sensitivity)

    def quality(self) -> None:
        self.heading(Text("数据质量", "Quality of the data"))
        for finding in data_quality(self.result):
            self.text(finding.text.say(self.language))
        found = tables.checks_by_rule(self.result)
        if found.rows:
            self.table(found, widths={"severity": 0.8, "rule": 1.6, "count": 0.8, "reporters": 0.9, "message": 3.2})
            self.text(
                self.say("逐条明细见随附工作簿“校核”表。", "Every finding is in the sheet “Checks” of the workbook.")
            )

    def method(self) -> None:
        self.heading(Text("方法说明", "Method"))
        self.table(tables.method(self.result), widths={"done": 4})
        self.text(
            self.say(
                "全部指标值、贡献和校核明细见随附工作簿；输入文件及其 SHA-256 见附表。",
                "All indicator values, contributions and checks are in the workbook; the input files and their SHA-256 "
                "are in the annex.",
            )
        )

    def signatures(self) -> None:
        """The block in which the people who answer for the report sign."""
        self.paragraph()
        lines = (
            ("编制单位（盖章）", "Office (seal)"),
            ("编制", "Prepared by"),
            ("审核", "Checked by"),
            ("签发", "Issued by"),
            ("日期", "Date"),
        )
        for zh, en in lines:
            line = self.paragraph(self.say(f"{zh}：＿＿＿＿＿＿＿＿", f"{en}: ________________"))
            line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            line.paragraph_format.keep_with_next = zh != "日期"

    def annexes(self) -> None:
        """The wide tables, on landscape pages."""
        section = self.document.add_section()
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = Mm(297), Mm(210)
        section.top_margin, section.bottom_margin = Mm(28), Mm(26)
        section.left_margin, section.right_margin = Mm(25), Mm(25)
        section.footer_distance = Mm(15)
        self.paragraph(self.say("附表", "Annex"), style="Heading 1")
        result = self.result
        scores = tables.standing(result)
        skipped = (
            "group",
            "group_rank",
            "adjustment",
            "rank_low",
            "rank_median",
            "rank_high",
            "top",
            "bottom",
            "rank_before",
            "rank_change",
        )
        kept = tuple(column.key for column in scores.columns if column.key not in skipped)
        self.table(_only(scores, kept, Text("综合得分与分项得分", "Scores by dimension")), widths={"unit": 2.4})
        if result.robustness is not None:
            self.table(tables.robustness(result), widths={"unit": 2.6})
        wanted = (
            "code",
            "name",
            "unit",
            "direction",
            "source",
            "weight",
            "confirmed",
            "effective",
            "document",
            "confidence",
        )
        self.table(_only(tables.indicators(result), wanted), widths={"name": 4.4, "document": 2.6, "code": 0.7})
        self.table(tables.sources(result), widths={"name": 2, "detail": 4})

    # The pieces the parts are made of.

    def picture(self, chart: Chart) -> None:
        """The chart as a picture; where no Chinese font is installed, its finding in words."""
        if chart.empty:
            return
        if not pictures.can_draw_chinese():
            title = chart.title.say(self.language)
            self.text(
                self.say(
                    f"{title}。（本机没有中文字体，图未绘制；数据见表和工作簿。）",
                    f"{title}. (No Chinese font on this machine: the chart was not drawn; see the tables.)",
                )
            )
            return
        paragraph = self.paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
        paragraph.paragraph_format.keep_with_next = True
        picture = (self.drawn.get(chart.name) if self.drawn else None) or pictures.png(chart)
        shape = paragraph.add_run().add_picture(io.BytesIO(picture))
        room_x, room_y = Mm(156), Mm(205)
        factor = min(room_x / shape.width, room_y / shape.height, 1.0)
        shape.width, shape.height = Emu(int(shape.width * factor)), Emu(int(shape.height * factor))
        described = shape._inline.docPr
        described.set("descr", legible(f"{chart.title.say(self.language)}。{chart.measure.say(self.language)}"))
        topic = chart.table.title.say(self.language)
        caption = self.paragraph(f"{self.say('图', 'Figure ')}{next(self.figures)}　{topic}", style="Caption")
        caption.paragraph_format.keep_with_next = False

    def table(self, table: Table, widths: dict[str, float] | None = None) -> None:
        """A table with its caption; the header row is repeated on every page."""
        number, title = next(self.captions), table.title.say(self.language)
        self.paragraph(f"{self.say('表', 'Table ')}{number}　{title}", style="Caption")
        shares = [(widths or {}).get(column.key, 1.0) for column in table.columns]
        shown = table.rows[:MOST_ROWS]
        rows = []
        for at, cells in enumerate(shown):
            written = [
                write_cell(cell, column, self.language) for cell, column in zip(cells, table.columns, strict=True)
            ]
            for position in range(len(written)):
                note = table.notes.get((at, position))
                if note and note.mark == "unconfirmed":
                    written[position] = f"＊{written[position]}"
            rows.append(written)
        heads = [column.header(self.language) for column in table.columns]
        sides = ["right" if column.numeric else "left" for column in table.columns]
        self.grid(heads, rows, sides, shares)
        foot = [text.say(self.language) for text in table.foot]
        if len(shown) < len(table.rows):
            left = f"{len(table.rows) - len(shown):,}"
            foot.append(self.say(f"另有 {left} 行见工作簿。", f"{left} more rows are in the workbook."))
        below = self.paragraph(" ".join(foot))
        below.paragraph_format.line_spacing_rule, below.paragraph_format.space_before = WD_LINE_SPACING.SINGLE, Pt(3)
        for run in below.runs:
            run.font.size = Pt(9)


def _only(table: Table, keys: tuple[str, ...], title: Text | None = None) -> Table:
    """The table with only the columns of ``keys`` that it has, in its own order; its foot goes with its title."""
    kept = [at for at, column in enumerate(table.columns) if column.key in keys]
    notes = {(row, kept.index(at)): note for (row, at), note in table.notes.items() if at in kept}
    rows = tuple(tuple(cells[at] for at in kept) for cells in table.rows)
    columns = tuple(table.columns[at] for at in kept)
    return Table(table.name, title or table.title, columns, rows, notes, () if title else table.foot)

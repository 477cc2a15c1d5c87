"""The Word report of a run, in the form a Chinese office expects and signs.

Paper, margins, type sizes and page numbers follow GB/T 9704-2012 (党政机关公文格式) as far as a report with tables can:
A4, margins 37/35/28/26 mm, title in size 2 小标宋, headings in size 3 黑体 and 楷体, text in size 3 仿宋, page numbers
between dashes. Fonts are named as offices have them, with substitutes for other machines.
"""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

import docx
from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Emu, Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from gaoxin.reports import charts, pictures, tables, terms
from gaoxin.reports.charts import Chart
from gaoxin.reports.figures import score_decimals, write_number
from gaoxin.reports.findings import adjusted, certainty, data_quality, movement, not_reported, standing
from gaoxin.reports.lettering import legible
from gaoxin.reports.outline import dimensions, ranked
from gaoxin.reports.tables import Table, write_cell
from gaoxin.reports.tables.trust import replications
from gaoxin.runs.result import RunResult
from gaoxin.words import Language, Text
from gaoxin.writing import write_whole

TITLE_FONT, HEADING_FONT, SUBHEADING_FONT, TEXT_FONT = "方正小标宋简体", "黑体", "楷体_GB2312", "仿宋_GB2312"
LATIN_FONT = "Times New Roman"
SUBSTITUTES = {
    TITLE_FONT: "华文中宋;宋体;SimSun;Noto Serif CJK SC",
    HEADING_FONT: "SimHei;Noto Sans CJK SC",
    SUBHEADING_FONT: "楷体;KaiTi;AR PL UKai CN;Noto Serif CJK SC",
    TEXT_FONT: "仿宋;FangSong;Noto Serif CJK SC",
}
MOST_ROWS = 200
"""Rows of a table of units in the report; the workbook has all."""
NUMERALS = "一二三四五六七八九十"
"""The headings of a report are numbered 一、二、三."""


def render(result: RunResult, language: Language = "zh") -> bytes:
    """Return the report of ``result`` as a docx file; the same result gives the same bytes."""
    document = _Report(result, language).write()
    buffer = io.BytesIO()
    document.save(buffer)
    return _dated(buffer.getvalue())


def write(result: RunResult, path: Path, language: Language = "zh") -> None:
    """Write the report of ``result`` to ``path``."""
    write_whole(path, render(result, language))


def _dated(content: bytes) -> bytes:
    """Pack the parts again with one fixed date, so that the same report gives the same file."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), old.read(name), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


class _Report:
    """The open document and the numbering of its headings, tables and figures."""

    def __init__(self, result: RunResult, language: Language) -> None:
        self.result, self.language = result, language
        self.document: Document = docx.Document()
        self.parts, self.captions, self.figures = count(), count(1), count(1)

    def say(self, zh: str, en: str) -> str:
        return zh if self.language == "zh" else en

    def write(self) -> Document:
        """Write the whole report, from the title to the annexes."""
        self.styles()
        self.page(self.document.sections[0])
        self.title()
        self.overview()
        self.results()
        self.parts_of_the_score()
        self.trust()
        self.quality()
        self.method()
        self.signatures()
        self.annexes()
        return self.document

    # The form: styles, pages, properties.

    def styles(self) -> None:
        result, document = self.result, self.document
        normal = document.styles["Normal"]
        chinese = self.language == "zh"  # the sizes of the standard are for Chinese; English takes less room
        _font(normal, TEXT_FONT, 16 if chinese else 12)
        spacing = normal.paragraph_format
        spacing.line_spacing_rule, spacing.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(28 if chinese else 20)
        spacing.space_before = spacing.space_after = Pt(0)
        for name, font, size in (
            ("Title", TITLE_FONT, 22),
            ("Heading 1", HEADING_FONT, 16 if chinese else 14),
            ("Heading 2", SUBHEADING_FONT, 16 if chinese else 12),
            ("Caption", HEADING_FONT, 12),
        ):
            style = document.styles[name]
            _font(style, font, size)
            style.font.bold, style.font.italic, style.font.color.rgb = False, False, RGBColor(0, 0, 0)
            style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(0)
            style.paragraph_format.keep_with_next = True
        document.styles["Title"].paragraph_format.line_spacing = Pt(34)
        document.styles["Heading 1"].paragraph_format.space_before = Pt(8)
        caption = document.styles["Caption"].paragraph_format
        caption.alignment, caption.space_before, caption.line_spacing = WD_ALIGN_PARAGRAPH.CENTER, Pt(8), Pt(20)
        for border in document.styles["Title"].element.iter(qn("w:pBdr")):
            border.getparent().remove(border)
        _substitutes(document)
        properties = document.core_properties
        properties.title, properties.author = legible(result.title.say(self.language))[:255], "gaoxin"
        properties.subject = legible(result.system_title.say(self.language))[:255]
        properties.comments = terms.SYNTHETIC.say(self.language) if result.synthetic else ""
        made = datetime.fromisoformat(result.created).replace(tzinfo=None) if result.created else datetime(1980, 1, 1)
        properties.created = properties.modified = made

    def page(self, section: Section) -> None:
        """A4 with the margins of GB/T 9704; page number between dashes; synthetic data said on every page."""
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.top_margin, section.bottom_margin = Mm(37), Mm(35)
        section.left_margin, section.right_margin = Mm(28), Mm(26)
        section.footer_distance = Mm(25)
        foot = section.footer.paragraphs[0]
        foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
        for text, field in (("— ", None), (None, "PAGE"), (" —", None)):
            run = foot.add_run(text or "")
            run.font.size = Pt(14)
            _run_font(run, "宋体")
            if field:
                _field(run, field)
        if self.result.synthetic:
            head = section.header.paragraphs[0]
            head.alignment = WD_ALIGN_PARAGRAPH.CENTER
            run = head.add_run(f"▲ {terms.SYNTHETIC.say(self.language)}")
            run.font.size, run.font.color.rgb = Pt(10.5), RGBColor(0x9A, 0x4B, 0)
            _run_font(run, HEADING_FONT)

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
            _run_font(run, HEADING_FONT)
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

    def heading(self, text: Text) -> None:
        at = next(self.parts)
        number = f"{NUMERALS[at]}、" if self.language == "zh" else f"{at + 1}. "
        self.indented(self.paragraph(number + text.say(self.language), style="Heading 1"))

    def subheading(self, at: int, text: Text) -> None:
        mark = NUMERALS[at] if at < len(NUMERALS) else str(at + 1)
        number = f"（{mark}）" if self.language == "zh" else f"({at + 1}) "
        self.indented(self.paragraph(number + text.say(self.language), style="Heading 2"))

    def paragraph(self, text: str = "", style: str | None = None) -> Paragraph:
        return self.document.add_paragraph(legible(text), style)

    def text(self, text: str) -> None:
        self.indented(self.paragraph(text))

    def indented(self, paragraph: Paragraph) -> None:
        """Indent the first line by two characters."""
        indent = paragraph._p.get_or_add_pPr().get_or_add_ind()
        indent.set(qn("w:firstLineChars"), "200" if self.language == "zh" else "0")
        indent.set(qn("w:firstLine"), "640" if self.language == "zh" else "0")

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
        shape = paragraph.add_run().add_picture(io.BytesIO(pictures.png(chart)))
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
        section = self.document.sections[-1]
        room = (section.page_width or 0) - (section.left_margin or 0) - (section.right_margin or 0)
        shares = [(widths or {}).get(column.key, 1.0) for column in table.columns]
        twips = [int(room / 635 * share / sum(shares)) for share in shares]
        shown = table.rows[:MOST_ROWS]
        size = 10.5 if len(table.columns) <= 7 else 9
        made = self.document.add_table(rows=0, cols=0)
        made.style, made.alignment = "Table Grid", WD_TABLE_ALIGNMENT.CENTER
        body = made._tbl
        grid = body.tblGrid
        for room_of_column in twips:
            column = OxmlElement("w:gridCol")
            column.set(qn("w:w"), str(room_of_column))
            grid.append(column)
        layout = OxmlElement("w:tblLayout")
        layout.set(qn("w:type"), "fixed")
        body.tblPr.append(layout)
        heads = [column.header(self.language) for column in table.columns]
        body.append(_row(heads, ["center"] * len(heads), twips, size, head=True))
        sides = ["right" if column.numeric else "left" for column in table.columns]
        for at, cells in enumerate(shown):
            written = [
                write_cell(cell, column, self.language) for cell, column in zip(cells, table.columns, strict=True)
            ]
            for position in range(len(written)):
                note = table.notes.get((at, position))
                if note and note.mark == "unconfirmed":
                    written[position] = f"＊{written[position]}"
            body.append(_row(written, sides, twips, size))
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


def _row(cells: list[str], sides: list[str], twips: list[int], size: float, *, head: bool = False) -> Any:
    """One table row as XML: python-docx takes quadratic time for long tables."""
    row = OxmlElement("w:tr")
    properties = OxmlElement("w:trPr")
    properties.append(OxmlElement("w:cantSplit"))
    if head:
        properties.append(OxmlElement("w:tblHeader"))
    row.append(properties)
    for text, side, room in zip(cells, sides, twips, strict=True):
        cell = _child(row, "w:tc")
        about = _child(cell, "w:tcPr")
        _child(about, "w:tcW", w=str(room), type="dxa")
        if head:
            _child(about, "w:shd", val="clear", color="auto", fill="E8EDF2")
        _child(about, "w:vAlign", val="center")
        paragraph = _child(cell, "w:p")
        form = _child(paragraph, "w:pPr")
        _child(form, "w:spacing", line="240", lineRule="auto", before="20", after="20")
        _child(form, "w:jc", val=side)
        run = _child(paragraph, "w:r")
        letters = _child(run, "w:rPr")
        _child(letters, "w:rFonts", eastAsia=HEADING_FONT if head else TEXT_FONT)
        _child(letters, "w:sz", val=str(int(size * 2)))
        content = _child(run, "w:t")
        content.text = legible(text)
        content.set(qn("xml:space"), "preserve")
    return row


def _child(parent: Any, tag: str, **attributes: str) -> Any:
    element = OxmlElement(tag)
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), value)
    parent.append(element)
    return element


def _font(style: Any, east_asian: str, size: float) -> None:
    style.font.name, style.font.size = LATIN_FONT, Pt(size)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    fonts.set(qn("w:eastAsia"), east_asian)


def _run_font(run: Any, east_asian: str) -> None:
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), east_asian)


def _field(run: Any, name: str) -> None:
    for kind in ("begin", None, "end"):
        if kind:
            _child(run._element, "w:fldChar", fldCharType=kind)
        else:
            code = OxmlElement("w:instrText")
            code.text = name
            run._element.append(code)


def _substitutes(document: Document) -> None:
    """Tell Word which fonts stand in where the office's own are not installed."""
    part = next(part for part in document.part.package.iter_parts() if str(part.partname) == "/word/fontTable.xml")
    added = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{others.replace(";", ",")}"/><w:charset w:val="86"/></w:font>'
        for name, others in SUBSTITUTES.items()
    )
    part._blob = part.blob.replace(b"</w:fonts>", added.encode() + b"</w:fonts>")

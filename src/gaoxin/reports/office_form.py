"""The form of an office report in Word: paper, type, page numbers, headings and tables.

Paper, margins, type sizes and page numbers follow GB/T 9704-2012 (党政机关公文格式) as far as a report with tables can:
A4, margins 37/35/28/26 mm, title in size 2 小标宋, headings in size 3 黑体 and 楷体, text in size 3 仿宋, page numbers
between dashes. Fonts are named as offices have them, with substitutes for other machines.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any

import docx
from docx.document import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from gaoxin.reports.lettering import legible
from gaoxin.words import Language, Text

TITLE_FONT, HEADING_FONT, SUBHEADING_FONT, TEXT_FONT = "方正小标宋简体", "黑体", "楷体_GB2312", "仿宋_GB2312"
LATIN_FONT = "Times New Roman"
SUBSTITUTES = {
    TITLE_FONT: "华文中宋;宋体;SimSun;Noto Serif CJK SC",
    HEADING_FONT: "SimHei;Noto Sans CJK SC",
    SUBHEADING_FONT: "楷体;KaiTi;AR PL UKai CN;Noto Serif CJK SC",
    TEXT_FONT: "仿宋;FangSong;Noto Serif CJK SC",
}
NUMERALS = "一二三四五六七八九十"
"""The headings of a report are numbered 一、二、三."""


@dataclass(frozen=True, slots=True)
class Properties:
    """What the file says about itself; ``mark`` is also set on every page (synthetic data)."""

    title: str
    subject: str
    mark: str
    made: datetime | None


class OfficeDocument:
    """An open document in the form of an office, and the numbering of its headings and tables."""

    def __init__(self, language: Language, about: Properties) -> None:
        self.language = language
        self.document: Document = docx.Document()
        self.parts, self.captions = count(), count(1)
        self._styles(about)
        self._page(self.document.sections[0], about.mark)

    def say(self, zh: str, en: str) -> str:
        """The text in the language of the document."""
        return zh if self.language == "zh" else en

    def saved(self) -> bytes:
        """The document as a file; the same document gives the same bytes."""
        buffer = io.BytesIO()
        self.document.save(buffer)
        return _dated(buffer.getvalue())

    def _styles(self, about: Properties) -> None:
        document = self.document
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
        properties.title, properties.author = legible(about.title)[:255], "gaoxin"
        properties.subject, properties.comments = legible(about.subject)[:255], about.mark
        made = about.made or datetime(1980, 1, 1)
        properties.created = properties.modified = made

    def _page(self, section: Section, mark: str) -> None:
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
            run_font(run, "宋体")
            if field:
                _field(run, field)
        if mark:
            head = section.header.paragraphs[0]
            head.alignment = WD_ALIGN_PARAGRAPH.CENTER
            run = head.add_run(f"▲ {mark}")
            run.font.size, run.font.color.rgb = Pt(10.5), RGBColor(0x9A, 0x4B, 0)
            run_font(run, HEADING_FONT)

    def heading(self, text: Text) -> None:
        """A numbered heading: 一、 or 1."""
        at = next(self.parts)
        mark = NUMERALS[at] if at < len(NUMERALS) else str(at + 1)
        number = f"{mark}、" if self.language == "zh" else f"{at + 1}. "
        self.indented(self.paragraph(number + text.say(self.language), style="Heading 1"))

    def subheading(self, at: int, text: Text) -> None:
        """A numbered heading below: （一） or (1), for ``at`` 0."""
        mark = NUMERALS[at] if at < len(NUMERALS) else str(at + 1)
        number = f"（{mark}）" if self.language == "zh" else f"({at + 1}) "
        self.indented(self.paragraph(number + text.say(self.language), style="Heading 2"))

    def paragraph(self, text: str = "", style: str | None = None) -> Paragraph:
        """A paragraph of its own, without indent."""
        return self.document.add_paragraph(legible(text), style)

    def text(self, text: str) -> None:
        """A paragraph of text."""
        self.indented(self.paragraph(text))

    def indented(self, paragraph: Paragraph) -> None:
        """Indent the first line by two characters."""
        indent = paragraph._p.get_or_add_pPr().get_or_add_ind()
        indent.set(qn("w:firstLineChars"), "200" if self.language == "zh" else "0")
        indent.set(qn("w:firstLine"), "640" if self.language == "zh" else "0")

    def grid(self, heads: list[str], rows: Iterable[list[str]], sides: list[str], shares: Sequence[float]) -> None:
        """A table of text; its header is repeated on every page. ``shares`` divide the width of the page."""
        section = self.document.sections[-1]
        room = (section.page_width or 0) - (section.left_margin or 0) - (section.right_margin or 0)
        twips = [int(room / 635 * share / sum(shares)) for share in shares]
        size = 10.5 if len(heads) <= 7 else 9
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
        body.append(_row(heads, ["center"] * len(heads), twips, size, head=True))
        for cells in rows:
            body.append(_row(cells, sides, twips, size))


def _dated(content: bytes) -> bytes:
    """Pack the parts again with one fixed date, so that the same report gives the same file."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), old.read(name), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


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


def run_font(run: Any, east_asian: str) -> None:
    """Set the font of the Chinese in a run."""
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

from __future__ import annotations

import base64
import dataclasses
import io
import re
import zipfile
from pathlib import Path

import docx
import pytest
from docx.document import Document
from docx.oxml.ns import qn
from docx.table import Table as WordTable

from gaoxin.problems import Problem
from gaoxin.reports import pictures, tables, word
from gaoxin.reports.tables import write_cell
from gaoxin.runs.result import RunResult
from gaoxin.words import Text

DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@pytest.fixture
def no_drawing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a dot in the place of every chart: for tests of the text."""
    monkeypatch.setattr(pictures, "png", lambda _: DOT)


def read(content: bytes) -> Document:
    return docx.Document(io.BytesIO(content))


def whole(document: Document) -> str:
    return "\n".join(paragraph.text for paragraph in document.paragraphs)


def cells(table: WordTable) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in table.rows]


def table_under(document: Document, title: str) -> WordTable:
    """The table whose caption ends with ``title``."""
    caption = next(p for p in document.paragraphs if p.style.name == "Caption" and p.text.endswith(title))
    following = caption._p.getnext()
    assert following.tag == qn("w:tbl")
    return WordTable(following, document)


@pytest.fixture(scope="module")
def report(run: RunResult) -> Document:
    return read(word.render(run))


def test_the_parts_have_the_order_and_numbers_of_an_official_report(report: Document) -> None:
    headings = [p.text for p in report.paragraphs if p.style.name == "Heading 1"]
    assert headings == [
        "一、评价概况", "二、评价结果", "三、分项分析", "四、稳健性", "五、数据质量", "六、方法说明", "附表",
    ]  # fmt: skip
    dimensions = [p.text for p in report.paragraphs if p.style.name == "Heading 2"]
    assert dimensions[0] == "（一）创新能力和创业活跃度"
    assert len(dimensions) == 5


def test_the_paper_is_that_of_the_standard(report: Document) -> None:
    first, annex = report.sections[0], report.sections[-1]
    assert (round(first.page_width.mm), round(first.page_height.mm)) == (210, 297)
    sides = (first.top_margin, first.bottom_margin, first.left_margin, first.right_margin)
    assert [round(side.mm) for side in sides] == [37, 35, 28, 26]
    assert annex.page_width > annex.page_height
    normal = report.styles["Normal"]
    assert normal.font.size.pt == 16
    assert normal.element.rPr.rFonts.get(qn("w:eastAsia")) == "仿宋_GB2312"
    assert report.styles["Heading 1"].element.rPr.rFonts.get(qn("w:eastAsia")) == "黑体"


@pytest.mark.usefixtures("no_drawing")
def test_fonts_have_substitutes(run: RunResult) -> None:
    with zipfile.ZipFile(io.BytesIO(word.render(run))) as archive:
        fonts = archive.read("word/fontTable.xml").decode()
    assert re.search(r'w:name="仿宋_GB2312"><w:altName w:val="仿宋,FangSong', fonts)


def test_pages_are_numbered(report: Document) -> None:
    footer = report.sections[0].footer.paragraphs[0]
    assert footer.text == "—  —"
    assert [code.text for code in footer._p.iter(qn("w:instrText"))] == ["PAGE"]


def test_the_ranking_has_the_values_of_the_standing(report: Document, run: RunResult) -> None:
    found = cells(table_under(report, "综合得分与名次"))
    standing = tables.standing(run)
    names = found[0]
    for row, expected in zip(found[1:], standing.rows, strict=True):
        for name, text in zip(names, row, strict=True):
            at = [column.header("zh") for column in standing.columns].index(name)
            assert text == write_cell(expected[at], standing.columns[at], "zh")


def test_headers_of_tables_are_repeated_and_rows_stay_whole(report: Document) -> None:
    for table in report.tables:
        first = table._tbl.tr_lst[0]
        assert first.trPr.find(qn("w:tblHeader")) is not None
        assert all(row.trPr.find(qn("w:cantSplit")) is not None for row in table._tbl.tr_lst)


def test_unconfirmed_weights_are_marked_and_counted(report: Document) -> None:
    found = cells(table_under(report, "指标体系"))
    at = found[0].index("权重状态")
    assert [row[at] for row in found[1:]].count("＊未确认") == 48
    assert "51 个权重中有 48 个未经官方文件确认" in whole(report)
    assert "（该项权重未经官方文件确认）" in whole(report)


@pytest.mark.usefixtures("no_drawing")
def test_synthetic_data_are_marked_on_the_title_and_on_every_page(report: Document, plain_run: RunResult) -> None:
    assert "▲ 合成数据，仅供演示，不是真实统计" in [p.text for p in report.paragraphs]
    assert all("合成数据" in section.header.paragraphs[0].text for section in report.sections)
    plain = read(word.render(plain_run))
    assert "合成数据" not in whole(plain) + plain.sections[0].header.paragraphs[0].text


def test_charts_are_pictures_with_a_description(report: Document) -> None:
    shapes = report.inline_shapes
    assert len(shapes) == 4
    room = 156 * 36000
    for shape in shapes:
        assert shape.width <= room + 1
        assert shape._inline.docPr.get("descr")
    figures = [p.text for p in report.paragraphs if p.style.name == "Caption" and p.text.startswith("图")]
    assert figures == ["图1　综合得分与名次", "图2　指标贡献（分）", "图3　历年名次与得分", "图4　敏感性"]


def test_without_a_chinese_font_the_findings_stand_in_words(run: RunResult, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "can_draw_chinese", lambda: False)
    document = read(word.render(run))
    assert len(document.inline_shapes) == 0
    assert "稳居首位：名次区间不与其他单位重叠。（本机没有中文字体" in whole(document)


def test_there_is_a_place_to_sign(report: Document) -> None:
    said = whole(report)
    assert all(f"{who}：＿" in said for who in ("编制单位（盖章）", "编制", "审核", "签发", "日期"))


@pytest.mark.usefixtures("no_drawing")
def test_long_lists_are_cut_and_say_so(run: RunResult, monkeypatch: pytest.MonkeyPatch) -> None:
    many = tuple(Problem("r", "info", Text(f"第 {k} 条", f"no. {k}"), reporter=str(k % 7)) for k in range(100))
    document = read(word.render(dataclasses.replace(run, problems=many)))
    assert cells(table_under(document, "数据校核：按规则汇总"))[1] == ["提示", "r", "100", "7", "第 0 条"]
    monkeypatch.setattr(word, "MOST_ROWS", 10)
    assert "另有 12 行见工作簿。" in whole(read(word.render(run)))


@pytest.mark.usefixtures("no_drawing")
def test_the_english_report_is_english(run: RunResult) -> None:
    document = read(word.render(run, "en"))
    headings = [p.text for p in document.paragraphs if p.style.name == "Heading 1"]
    assert headings[:2] == ["1. Overview", "2. Results"]
    said = re.sub("|".join(re.escape(unit.name) for unit in run.units), "", whole(document))
    assert not re.search(r"[\u4e00-\u9fff]", said.replace("国科发火〔2021〕106号", ""))


@pytest.mark.usefixtures("no_drawing")
def test_names_that_look_like_markup_are_text(hostile: RunResult) -> None:
    document = read(word.render(hostile))
    texts = {text for table in document.tables for row in cells(table) for text in row}
    assert {hostile.units[0].name, hostile.units[1].name, "甲乙"} <= texts


@pytest.mark.usefixtures("no_drawing")
@pytest.mark.parametrize("name", ["plain_run", "flat_run", "empty_run"])
def test_results_with_gaps_give_a_report(name: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    word.write(request.getfixturevalue(name), tmp_path / "report.docx")
    said = whole(read((tmp_path / "report.docx").read_bytes()))
    assert "未做稳健性分析" in said
    assert [path.name for path in tmp_path.iterdir()] == ["report.docx"]


@pytest.mark.usefixtures("no_drawing")
def test_the_same_result_gives_the_same_file(plain_run: RunResult) -> None:
    assert word.render(plain_run) == word.render(plain_run)

"""Notices are read from the files in which offices send them."""

from __future__ import annotations

import builtins
import io
import zipfile
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn

from gaoxin.notices import read_notice
from gaoxin.notices.files import read_file
from gaoxin.problems import InputError
from notices.reading_gold import FIXTURES, fixtures, gold_units, read_units

HERE = Path(__file__).parent / "files"
BRACKETS = next(fixture for fixture in fixtures() if fixture.name == "01-brackets")
TABLE = next(fixture for fixture in fixtures() if fixture.name == "09-table")


def refused(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        read_file(path)
    (problem,) = caught.value.problems
    assert problem.file == str(path)
    assert problem.message.zh
    assert problem.remedy.zh
    assert problem.remedy.en
    return problem.message.en


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_text_in_the_encodings_of_offices(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "notice.txt"
    path.write_bytes(BRACKETS.text.replace("\n", "\r\n").encode(encoding))
    assert read_file(path) == BRACKETS.text


def test_text_in_no_known_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notice.txt"
    path.write_bytes(b"\xff\xfe\x00\xd8\x00\x00" * 9)
    assert "encoded" in refused(path)


def word_file(path: Path, fill: Any) -> Path:
    document = docx.Document()
    fill(document)
    document.save(str(path))
    return path


def test_word_paragraphs_and_tables_in_their_order(tmp_path: Path) -> None:
    rows = [line.split("\t") for line in TABLE.text.splitlines() if "\t" in line]

    def fill(document: Any) -> None:
        for line in TABLE.text.splitlines():
            if "\t" not in line:
                document.add_paragraph(line)
            elif line.startswith("序号"):
                table = document.add_table(rows=len(rows), cols=len(rows[0]))
                for r, row in enumerate(rows):
                    for c, cell in enumerate(row):
                        table.cell(r, c).text = cell

    notice = read_notice(read_file(word_file(tmp_path / "notice.docx", fill)))
    assert read_units(notice) == gold_units(TABLE.gold)


def test_several_units_on_the_lines_of_one_cell_are_apart(tmp_path: Path) -> None:
    def fill(document: Any) -> None:
        document.add_paragraph("望舒市重点任务分工表")
        table = document.add_table(rows=2, cols=3)
        for c, cell in enumerate(["序号", "任务", "责任单位"]):
            table.cell(0, c).text = cell
        for c, cell in enumerate(["1", "建设平台", "市科技局\n市财政局"]):
            table.cell(1, c).text = cell

    notice = read_notice(read_file(word_file(tmp_path / "notice.docx", fill)))
    assert [unit.name.text for unit in notice.clause("#1").answerable] == ["市科技局", "市财政局"]


def test_a_cell_merged_downwards_says_the_same_in_each_of_its_rows(tmp_path: Path) -> None:
    def fill(document: Any) -> None:
        document.add_paragraph("望舒市重点任务分工表")
        table = document.add_table(rows=3, cols=3)
        for r, row in enumerate([["序号", "任务", "责任单位"], ["1", "建设平台", "市科技局"], ["2", "培育企业", ""]]):
            for c, cell in enumerate(row):
                table.cell(r, c).text = cell
        table.cell(1, 2).merge(table.cell(2, 2))

    notice = read_notice(read_file(word_file(tmp_path / "notice.docx", fill)))
    assert [unit.name.text for unit in notice.clause("#2").answerable] == ["市科技局"]


NUMBERING = """<w:abstractNum {ns} w:abstractNumId="77">
  <w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCountingThousand"/><w:lvlText w:val="%1、"/></w:lvl>
  <w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="chineseCountingThousand"/><w:lvlText w:val="（%2）"/></w:lvl>
  <w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%3."/></w:lvl>
</w:abstractNum>"""


def test_automatic_numbers_of_word_are_written_out(tmp_path: Path) -> None:
    def fill(document: Any) -> None:
        numbering = document.part.numbering_part.element
        numbering.insert(0, parse_xml(NUMBERING.format(ns=nsdecls("w"))))
        numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))
        for level, text in [
            (0, "优化环境"), (1, "压缩时限。精简流程。（责任单位：市行政审批局）"), (1, "降低成本"),
            (2, "落实减税政策。（责任单位：市税务局）"), (2, "清理收费。（责任单位：市财政局）"),
            (0, "强化保障"), (1, "加强督查。开展专项督查。（责任单位：市政府督查室）"),
        ]:  # fmt: skip
            properties = document.add_paragraph(text)._p.get_or_add_pPr()
            properties.append(
                parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/><w:numId w:val="77"/></w:numPr>')
            )

    notice = read_notice(read_file(word_file(tmp_path / "notice.docx", fill)))
    assert [clause.label for clause in notice.clauses()] == [
        "一",
        "一(一)",
        "一(二)",
        "一(二)1",
        "一(二)2",
        "二",
        "二(一)",
    ]
    assert [unit.name.text for unit in notice.clause("一(二)2").answerable] == ["市财政局"]


def test_tracked_changes_are_read_as_accepted(tmp_path: Path) -> None:
    def fill(document: Any) -> None:
        paragraph = document.add_paragraph("一、建设平台。推进建设。（责任单位：市科技局")._p
        deleted = parse_xml(f"<w:del {nsdecls('w')}><w:r><w:delText>、市教育局</w:delText></w:r></w:del>")
        inserted = parse_xml(f"<w:ins {nsdecls('w')}><w:r><w:t>、市财政局）</w:t></w:r></w:ins>")
        paragraph.append(deleted)
        paragraph.append(inserted)

    text = read_file(word_file(tmp_path / "notice.docx", fill))
    assert text == "一、建设平台。推进建设。（责任单位：市科技局、市财政局）"


def test_a_soft_line_break_ends_a_line(tmp_path: Path) -> None:
    def fill(document: Any) -> None:
        run = document.add_paragraph("一、甲").add_run()
        run.add_break()
        run.add_text("二、乙")
        assert run._r.find(qn("w:br")) is not None

    assert read_file(word_file(tmp_path / "notice.docx", fill)) == "一、甲\n二、乙"


PAGE = """<!DOCTYPE html><html><head><meta charset="{charset}"><title>x</title><script>var a="一、假条款。";</script>
<style>p{{}}</style></head><body>
<div><ul><li><a href="#">首页</a></li><li><a href="#">政务公开</a></li><li><a href="#">办事</a></li></ul></div>
<nav>二、菜单</nav>
<table class="layout"><tr><td><table><tr><td>发文字号：</td><td>望府发〔2024〕1号</td></tr></table>
<h1>望舒市关于支持园区发展的若干措施</h1>
<p>各区县人民政府：</p><p>现提出以下措施。</p>
<p>一、建设平台。&nbsp;支持<span>建设</span>研究院。<br/>（责任单位：市科技局、市财政局）</p>
<p style="display: none">三、隐藏条款。</p>
<div>二、分工安排。</div>
<table><tr><th>序号</th><th>任务</th><th>责任单位</th></tr>
<tr><td>1</td><td>培育企业</td><td rowspan="2">市工业和信息化局</td></tr>
<tr><td>2</td><td>引进人才</td></tr></table>
<p>望舒市人民政府</p><p>2024年2月3日</p></td></tr></table>
<footer>主办：望舒市人民政府</footer></body></html>"""


@pytest.mark.parametrize("charset", ["utf-8", "gb2312"])
def test_a_web_page_is_read_without_its_menus_scripts_and_hidden_parts(tmp_path: Path, charset: str) -> None:
    path = tmp_path / "notice.html"
    path.write_bytes(PAGE.format(charset=charset).encode("gbk" if charset == "gb2312" else charset))
    text = read_file(path)
    notice = read_notice(text)
    assert "菜单" not in text
    assert "假条款" not in text
    assert "隐藏" not in text
    assert "首页" not in text
    assert [clause.label for clause in notice.clauses()] == ["一", "二", "二#1", "二#2"]
    assert [unit.name.text for unit in notice.clause("一").answerable] == ["市科技局", "市财政局"]
    assert [unit.name.text for unit in notice.clause("二#2").answerable] == ["市工业和信息化局"]
    assert notice.number is not None
    assert notice.number.text == "望府发〔2024〕1号"


def test_a_pdf_with_text_is_read_whole_across_lines_and_pages() -> None:
    pytest.importorskip("pypdf")
    notice = read_notice(read_file(HERE / "notice.pdf"))
    found = [
        (label, {role: [name.replace("\n", "") for name in names] for role, names in units.items()})
        for label, units in read_units(notice)
    ]
    assert found == gold_units(BRACKETS.gold)
    assert [clause.label for clause in notice.clauses()] == BRACKETS.gold["labels"]
    assert notice.title is not None
    assert notice.title.plain == BRACKETS.gold["title"]
    bodies = {unit.name.plain: unit.body for _, _, unit in notice.units()}
    assert bodies["市科技局"] == "望舒市科学技术局"


def scan() -> bytes:
    """A PDF of one page without a letter on it."""
    from pypdf import PdfWriter

    writer, buffer = PdfWriter(), io.BytesIO()
    writer.add_blank_page(width=595, height=842)
    writer.write(buffer)
    return buffer.getvalue()


def test_a_scan_says_that_it_is_one(tmp_path: Path) -> None:
    pytest.importorskip("pypdf")
    path = tmp_path / "scan.pdf"
    path.write_bytes(scan())
    assert "scan" in refused(path)


def test_a_pdf_with_a_password_says_so(tmp_path: Path) -> None:
    pypdf = pytest.importorskip("pypdf")
    writer, path = pypdf.PdfWriter(), tmp_path / "locked.pdf"
    writer.append(str(HERE / "notice.pdf"))
    writer.encrypt("secret", algorithm="RC4-128")
    with path.open("wb") as file:
        writer.write(file)
    assert "password" in refused(path)


def test_without_pypdf_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name.startswith("pypdf"):
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    assert "pypdf" in refused(HERE / "notice.pdf")


def test_what_cannot_be_read_is_refused_with_a_remedy(tmp_path: Path) -> None:
    cases = {
        "empty.txt": (b"  \n", "empty"),
        "old.doc": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 99, "old Word"),
        "picture.png": (b"\x89PNG\r\n\x1a\n" + b"\0" * 99, "cannot be read"),
        "broken.docx": (b"PK\x03\x04 and no more", "damaged"),
        "broken.pdf": (b"%PDF-1.7\nnot a pdf", "damaged"),
        "text.docx": ("一、不是 Word 文件".encode(), "cannot be read"),
    }
    for name, (content, message) in cases.items():
        path = tmp_path / name
        path.write_bytes(content)
        assert message in refused(path), name
    assert "no such file" in refused(tmp_path / "nowhere.txt")
    assert "no such file" in refused(tmp_path)


def test_a_zip_that_is_no_word_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x.txt", "x")
    assert "not a whole .docx" in refused(path)


def test_every_fixture_file_can_be_read_and_only_numbers_of_pages_are_left_out() -> None:
    for path in FIXTURES.glob("*.txt"):
        lines = path.read_text(encoding="utf-8").split("\n")
        assert read_file(path).split("\n") == [line for line in lines if line != "— 2 —"]

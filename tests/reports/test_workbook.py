from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from gaoxin.reports import tables, workbook
from gaoxin.reports.tables import Table, write_cell
from gaoxin.runs.result import RunResult
from gaoxin.words import Language

HEAD = 4
"""The row of the headers, as Excel counts."""


def read(result: RunResult, language: Language = "zh") -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(workbook.render(result, language)))


@pytest.fixture(scope="module")
def book(run: RunResult) -> Workbook:
    return read(run)


def agrees(sheet: Worksheet, table: Table, language: Language = "zh") -> None:
    """The sheet holds the table: headers with units, numbers in 16 digits, a dash where one is missing."""
    for at, column in enumerate(table.columns, start=1):
        assert sheet.cell(HEAD, at).value == column.header(language)
    for line, row in enumerate(table.rows, start=HEAD + 1):
        for at, (cell, column) in enumerate(zip(row, table.columns, strict=True), start=1):
            found = sheet.cell(line, at).value
            if isinstance(cell, int | float):
                assert isinstance(found, int | float)
                assert found == pytest.approx(cell, rel=1e-15, abs=0), (sheet.title, line, column.key)
            else:
                assert (found or "") == write_cell(cell, column, language)


def test_the_sheets_are_the_ones_an_office_looks_for(book: Workbook, plain_run: RunResult) -> None:
    assert book.sheetnames == [
        "概要", "结果", "加减分", "指标值", "原始值", "贡献", "指标体系", "指标分析", "历年", "优势短板", "校核",
        "稳健性", "两两比较", "敏感性", "方法", "来源",
    ]  # fmt: skip
    small = read(plain_run).sheetnames
    assert {"校核", "稳健性"} <= set(small)
    assert not {"加减分", "历年", "两两比较", "敏感性"} & set(small)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_sheet_has_the_values_of_its_table(run: RunResult, language: Language) -> None:
    book = read(run, language)
    for name, table in (
        ("standing", tables.standing(run)),
        ("adjustments", tables.adjustments(run)),
        ("normalised", tables.normalised(run)),
        ("raw", tables.raw(run)),
        ("contributions", tables.contributions(run)),
        ("indicators", tables.indicators(run)),
        ("history", tables.history(run)),
        ("notes", tables.unit_notes(run)),
        ("checks", tables.checks(run)),
        ("robustness", tables.robustness(run)),
        ("pairs", tables.dominance(run)),
        ("sensitivity", tables.sensitivity(run)),
        ("method", tables.method(run)),
        ("sources", tables.sources(run)),
    ):
        agrees(book[workbook.SHEETS[name].say(language)], table, language)  # type: ignore[index]


def test_headers_and_units_stay_in_sight_and_can_be_filtered(book: Workbook) -> None:
    assert book["结果"].freeze_panes == "C5"
    assert book["原始值"].freeze_panes == "C5"
    assert book["结果"].auto_filter.ref.startswith("A4:")
    assert book["原始值"].auto_filter.ref == "A4:AW26"


def test_numbers_are_formatted_by_their_unit(book: Workbook, run: RunResult) -> None:
    sheet = book["原始值"]
    formats = {sheet.cell(HEAD, at).value: sheet.cell(HEAD + 1, at).number_format for at in range(4, 50)}
    assert formats["1.1 国家级和省级研发机构数（个）"] == "#,##0"
    assert formats["1.2 从业人员中研发人员全时当量数占比（%）"] == "#,##0.00"
    assert formats["3.1 单位增加值综合能耗（吨标准煤/万元）"] == "#,##0.000"
    standing = book["结果"]
    names = [standing.cell(HEAD, at).value for at in range(1, 21)]
    assert standing.cell(HEAD + 1, names.index("综合得分") + 1).number_format == "#,##0.00"
    assert standing.cell(HEAD + 1, names.index("名次升降") + 1).number_format == "+#,##0;-#,##0;0"
    assert book["稳健性"].cell(HEAD + 1, 8).number_format == "0%"


def test_imputed_treated_and_missing_cells_have_colour_note_and_legend(book: Workbook, run: RunResult) -> None:
    sheet = book["原始值"]
    legend = {sheet.cell(3, at).value: sheet.cell(3, at).fill.fgColor.rgb for at in range(1, 4)}
    assert set(legend) == {"填补", "异常值处理", "缺失"}
    for (row, at), note in tables.raw(run).notes.items():
        cell = sheet.cell(HEAD + 1 + row, at + 1)
        assert cell.fill.fgColor.rgb == legend[workbook.WORDS[note.mark].zh]
        assert cell.comment is not None
        assert note.text.zh in cell.comment.text
    assert sheet.cell(HEAD + 1, 4).comment is None


def test_a_score_leads_to_its_contributions_and_an_indicator_to_its_values(book: Workbook, run: RunResult) -> None:
    sheet = book["结果"]
    first = sheet.cell(HEAD + 1, 4)
    assert first.hyperlink is not None
    assert first.hyperlink.location == "'贡献'!A5"
    assert book["贡献"]["C5"].value == sheet["C5"].value
    indicators = book["指标体系"]
    row = next(row for row in range(5, 60) if indicators.cell(row, 1).value == "1.2")
    place = indicators.cell(row, 1).hyperlink.location.split("!")[1]
    assert str(book["原始值"][place].value).startswith("1.2 ")


def test_printing_is_set_up(book: Workbook) -> None:
    for sheet in book:
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.page_setup.paperSize == 9
        assert sheet.page_setup.fitToHeight == 0
        assert sheet.oddHeader.right.text == "合成数据，仅供演示，不是真实统计"
    assert book["结果"].print_title_rows == "$4:$4"
    assert book["原始值"].print_title_cols == "$A:$B"
    assert book["原始值"].page_setup.fitToWidth > 1


def test_every_sheet_says_that_the_data_are_synthetic(book: Workbook, plain_run: RunResult) -> None:
    assert all("合成数据" in str(sheet["A2"].value) for sheet in book)
    assert book.properties.description == "合成数据，仅供演示，不是真实统计"
    assert not any("合成数据" in str(sheet["A2"].value) for sheet in read(plain_run))


def test_the_summary_says_how_many_weights_are_unconfirmed(book: Workbook) -> None:
    said = " ".join(str(row[1].value) for row in book["概要"].iter_rows(min_row=5, max_row=20))
    assert "51 个权重中有 48 个未经官方文件确认" in said


def test_columns_are_wide_enough_for_chinese_names(book: Workbook) -> None:
    assert book["结果"].column_dimensions["B"].width >= 2 * len("铜陵狮子山高新技术产业开发区")


def test_no_cell_is_a_formula_and_names_stay_names(hostile: RunResult) -> None:
    content = workbook.render(hostile)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheets = [archive.read(name).decode() for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
        styles = archive.read("xl/styles.xml").decode()
    assert not any(re.search(r"<f[ >]", sheet) for sheet in sheets)
    assert 'quotePrefix="1"' in styles
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)
    names = {row[1].value: row[1] for row in book["结果"].iter_rows(min_row=5)}
    markup, formula = (unit.name for unit in hostile.units[:2])
    assert names[formula].quotePrefix
    assert not names[markup].quotePrefix


def test_the_same_result_gives_the_same_file(run: RunResult) -> None:
    assert workbook.render(run) == workbook.render(run)


@pytest.mark.parametrize("name", ["plain_run", "flat_run", "empty_run"])
def test_results_with_gaps_give_a_workbook(name: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    result: RunResult = request.getfixturevalue(name)
    workbook.write(result, tmp_path / "scores.xlsx", "en")
    book = openpyxl.load_workbook(io.BytesIO((tmp_path / "scores.xlsx").read_bytes()))
    agrees(book["Results"], tables.standing(result), "en")
    assert book["Robustness"]["A4"].value == "No robustness analysis was made."
    assert [path.name for path in tmp_path.iterdir()] == ["scores.xlsx"]

"""The workbook holds clauses, actions, the matrix of measures and units, figures and findings."""

from __future__ import annotations

import io

import openpyxl
from openpyxl.workbook import Workbook

from gaoxin.notices import read_notice
from gaoxin.notices.outputs.workbook import render
from notices.reading_gold import fixtures

NOTICE = next(fixture for fixture in fixtures() if fixture.name == "02-lead-and-cooperating")


def opened(text: str, language: str = "zh") -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(render(read_notice(text), "en" if language == "en" else "zh")))


def test_sheets_in_both_languages() -> None:
    assert opened(NOTICE.text).sheetnames == ["概要", "条款", "行动", "任务×单位", "单位", "数字和名称", "发现"]
    assert opened(NOTICE.text, "en").sheetnames == [
        "Overview", "Clauses", "Actions", "Measures × units", "Units", "Figures and names", "Findings",
    ]  # fmt: skip


def test_the_matrix_has_a_role_in_the_cell_of_each_measure_and_unit() -> None:
    sheet = opened(NOTICE.text)["任务×单位"]
    units = {str(cell.value): cell.column for cell in sheet[1][2:]}
    rows = {str(row[0].value): row[0].row for row in sheet.iter_rows(min_row=2)}
    assert sheet.cell(rows["一"], units["望舒市自然资源和规划局"]).value == "牵头"
    assert sheet.cell(rows["一"], units["望舒市生态环境局"]).value == "配合"
    assert sheet.cell(rows["二"], units["望舒市生态环境局"]).value in {None, ""}
    assert sheet.cell(rows["四"], units["望舒市人民政府督查室"]).value == "督导"
    total = next(row for row in sheet.iter_rows(min_row=2) if row[1].value == "合计")
    assert total[units["望舒市科学技术局"] - 1].value == 2


def test_actions_have_clause_units_and_characters() -> None:
    sheet = opened(NOTICE.text)["行动"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    row = next(row for row in rows if row[2] == "设立高新区产业引导基金")
    assert row[:2] == ["二", "1"]
    assert "市财政局" in str(row[6])
    start, end = map(int, str(row[8]).split("–"))
    assert NOTICE.text[start:end] == "设立高新区产业引导基金"


def test_nothing_in_a_notice_becomes_a_formula_or_a_link() -> None:
    text = '一、=HYPERLINK("http://x","甲")\n=1+1，推进建设。（责任单位：=cmd|\'/c\'!A1、市科技局）\n二、@SUM(A1)\n+推进甲。\x01\ufffe'
    book = opened(text)
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f"
                assert cell.hyperlink is None
                if isinstance(cell.value, str) and cell.value.startswith(("=", "+", "-", "@")):
                    assert cell.quotePrefix


def test_findings_have_place_and_remedy() -> None:
    sheet = opened(next(fixture.text for fixture in fixtures() if fixture.name == "12-gaps"))["发现"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert ["警告", "二(二)", "8:1", "缺 二(一)", "原文可能被删节，请核对全文"] in rows


def test_an_empty_notice_gives_a_workbook_too() -> None:
    assert opened("").sheetnames[0] == "概要"

"""Findings of the checks as a file: CSV or a workbook, one row each."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import xlsxwriter

from gaoxin.problems import InputError, Problem
from gaoxin.words import Language, Text
from gaoxin.writing import write_whole

_HEADINGS = (
    (Text("级别", "severity"), 8),
    (Text("规则", "rule"), 26),
    (Text("文件", "file"), 24),
    (Text("工作表", "sheet"), 14),
    (Text("行", "row"), 7),
    (Text("列", "column"), 22),
    (Text("报送单位", "reporter"), 22),
    (Text("期", "period"), 9),
    (Text("指标", "item"), 12),
    (Text("数值", "value"), 16),
    (Text("问题", "finding"), 60),
    (Text("办法", "remedy"), 40),
)
_SEVERITIES = {"error": Text("错误", "error"), "warning": Text("警告", "warning"), "info": Text("提示", "note")}


def write_problems(problems: Sequence[Problem], path: Path, language: Language = "zh") -> None:
    """Write ``problems`` to ``path``: a workbook when it ends in .xlsx, else CSV that Excel reads as UTF-8."""
    rows = [_row(problem, language) for problem in problems]
    headings = [heading.say(language) for heading, _ in _HEADINGS]
    if path.suffix.lower() == ".xlsx":
        write_whole(path, _workbook(headings, rows, language))
    elif path.suffix.lower() == ".csv":
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(headings)
        writer.writerows([_harmless(cell) for cell in row] for row in rows)
        write_whole(path, text.getvalue().encode("utf-8-sig"))
    else:
        problem = Problem(
            "output",
            "error",
            Text("只能写成 .xlsx 或 .csv", "it can be .xlsx or .csv"),
            Text("请改文件名", "change the name"),
            file=str(path),
        )
        raise InputError([problem])


def _row(problem: Problem, language: Language) -> list[str]:
    return [
        _SEVERITIES[problem.severity].say(language),
        problem.rule,
        problem.file or "",
        problem.sheet or "",
        str(problem.row or ""),
        problem.column or "",
        problem.reporter or "",
        problem.period or "",
        problem.item or "",
        problem.value or "",
        problem.message.say(language),
        problem.remedy.say(language),
    ]


def _harmless(cell: str) -> str:
    """A cell that a spreadsheet would take for a formula, as text."""
    return "'" + cell if cell[:1] in {"=", "+", "-", "@", "\t", "\r"} and not _is_number(cell) else cell


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _workbook(headings: Sequence[str], rows: Sequence[Sequence[str]], language: Language) -> bytes:
    content = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(content, options) as book:
        sheet = book.add_worksheet(Text("校核", "checks").say(language))
        bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        for at, (heading, (_, width)) in enumerate(zip(headings, _HEADINGS, strict=True)):
            sheet.set_column(at, at, width)
            sheet.write_string(0, at, heading, bold)
        for number, row in enumerate(rows, start=1):
            for at, cell in enumerate(row):
                sheet.write_string(number, at, cell, wrapped)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(len(rows), 1), len(headings) - 1)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
    return content.getvalue()

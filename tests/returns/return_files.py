"""Real files, built where the test can see what is wrong with them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import openpyxl
import stdnum.cn.uscc

from gaoxin.problems import Problem

ZONES = {
    "31103001": "上海张江高新技术产业开发区",
    "31103002": "上海紫竹高新技术产业开发区",
    "31202002": "张江高新区徐汇园",
}


def code(n: int) -> str:
    """A valid credit code for the n-th firm."""
    body = f"91310000{n:09d}"
    return body + stdnum.cn.uscc.calc_check_digit(body)


def write_workbook(path: Path, sheets: dict[str, Sequence[Sequence[object]]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    book.save(path)
    return path


def write_csv(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_text(text, encoding=encoding, newline="")
    return path


def only(problems: Sequence[Problem], severity: str = "error") -> Problem:
    """The one problem of that severity; a message that says everything, in both languages."""
    found = [problem for problem in problems if problem.severity == severity]
    assert len(found) == 1, [problem.message.en for problem in found]
    problem = found[0]
    for text in (problem.message, problem.remedy):
        assert text.zh
        assert text.en
        assert text.zh != text.en
    return problem

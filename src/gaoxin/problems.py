"""What is wrong with a file or a figure: where it is and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gaoxin.words import Language, Text

Severity = Literal["error", "warning", "info"]

NO_REMEDY = Text("", "")


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding, with its place and its remedy.

    ``rule`` is the code of the check (of the rulebook or of the reader), ``row`` counts from 1 as the sheet shows it.
    """

    rule: str
    severity: Severity
    message: Text
    remedy: Text = NO_REMEDY
    file: str | None = None
    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    reporter: str | None = None
    period: str | None = None
    item: str | None = None
    value: str | None = None

    def place(self, language: Language = "zh") -> str:
        """The place in words, from the file inwards: ``firms.xlsx, sheet GQ-002, row 17, column qc05_0``."""
        zh, en = ("工作表", "行", "列", "单位", "期"), ("sheet", "row", "column", "reporter", "period")
        labels = zh if language == "zh" else en
        values = (self.sheet, self.row, self.column or self.item, self.reporter, self.period)
        parts = [f"{label} {value}" for label, value in zip(labels, values, strict=True) if value is not None]
        separator = "，" if language == "zh" else ", "
        return separator.join(([self.file] if self.file else []) + parts)


class InputError(Exception):
    """Input that cannot be used; carries every problem found, and nothing has been written."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(f"{p.place('en')}: {p.message.en} {p.remedy.en}".strip() for p in problems))

"""The rows of a recognised sheet: who reports, when, and the cells; what is no return is passed over with a note."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from gaoxin.problems import Problem
from gaoxin.returns.cells import narrow
from gaoxin.returns.findings import Findings
from gaoxin.returns.headings import Vocabulary
from gaoxin.returns.layout import Column, Layout
from gaoxin.returns.notices import period_from_name, unknown_zone
from gaoxin.returns.reporters import (
    CREDIT_CODE_REMEDY,
    ORDINALS,
    TOTALS,
    Register,
    credit_code,
    credit_code_faults,
    read_period,
    year_in_name,
)
from gaoxin.returns.sheets import Sheet
from gaoxin.rulebook.book import Book
from gaoxin.rulebook.units import Unit
from gaoxin.words import Text

SYNTHETIC_MARKS = frozenset({"true", "1", "是", "yes", "y", "synthetic", "合成"})
_NOTE_BEGINS = ("注", "说明", "备注", "note", "*", "※")


@dataclass(frozen=True)
class Context:
    """What holds for all files of one reading.

    ``period`` is taken for tables that do not say their period. ``stated_units`` remembers where a unit was stated for
    an item, to notice when two files state different ones.
    """

    book: Book
    vocabulary: Vocabulary
    register: Register
    findings: Findings
    period: str | None
    stated_units: dict[str, dict[Unit, Problem]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a return: its number in the sheet, the reporter, the reporter above, the period, all cells."""

    number: int
    key: str
    parent: str | None
    period: str
    cells: list[str]


class Rows:
    """The rows of one sheet."""

    def __init__(self, sheet: Sheet, layout: Layout, context: Context) -> None:
        self.sheet, self.layout, self.context = sheet, layout, context
        self.synthetic = layout.synthetic
        entity = layout.entity
        parent = context.book.entities[entity].parent
        key = self._column("key", entity) or self._column("reporter") or self._column("name", entity)
        assert key is not None  # noqa: S101  a layout without one is not recognised
        self._key, self._key_label = key, key.label or None
        self._parent = self._column("key", parent) or self._column("name", parent) if parent else None
        self._period = self._column("period")
        self._synthetic = self._column("synthetic")
        self._resolve = {"zone": self._zone, "firm": self._firm}.get(entity, self._plain)
        self._resolve_parent = {"zone": self._zone, "firm": self._plain_firm}.get(parent or "", self._plain)
        self._default_period = self._period_without_column()
        self._known: dict[str, str] = {}
        self._known_parents: dict[str, str] = {}
        self._codes: dict[str, int] = {}
        self._width = len(layout.columns)
        self._blank = [""] * self._width
        roles = {"item", "value", "score"}
        self._figures = [c.position for c in layout.columns if c.heading is not None and c.heading.role in roles]

    def __iter__(self) -> Iterator[Row]:
        """Yield the rows that report something; note what is wrong with the others."""
        key_at = self._key.position
        first = self.layout.first_row
        for number, cells in enumerate(islice(self.sheet.rows, first - 1, None), start=first):
            if not any(cells):
                continue
            if len(cells) > self._width and any(map(narrow, cells[self._width :])):
                self._too_many_cells(number)
                continue
            if len(cells) != self._width:
                cells = (cells + self._blank)[: self._width]  # noqa: PLW2901  as many cells as headings
            text = narrow(cells[key_at])
            if self._passed_over(number, cells, text):
                continue
            key = self._once(self._known, text, number, self._resolve)
            parent = None
            if self._parent is not None and (above := narrow(cells[self._parent.position])):
                parent = self._once(self._known_parents, above, number, self._resolve_parent)
            period = self._period_of(number, cells)
            if self._synthetic is not None and not self.synthetic:
                self.synthetic = narrow(cells[self._synthetic.position]).casefold() in SYNTHETIC_MARKS
            if period is not None:
                yield Row(number, key, parent, period, cells)
        self._judge_codes()

    def _column(self, role: str, entity: str | None = None) -> Column | None:
        return next(iter(self.layout.of_role(role, entity)), None)  # type: ignore[arg-type]

    def problem(
        self,
        rule: str,
        message: Text,
        remedy: Text,
        *,
        row: int | None = None,
        column: Column | None = None,
        value: str | None = None,
        reporter: str | None = None,
    ) -> None:
        """Note an error in this sheet."""
        self.context.findings.add(
            Problem(
                rule=rule,
                severity="error",
                message=message,
                remedy=remedy,
                file=self.sheet.file,
                sheet=self.sheet.name,
                row=row,
                column=column.place if column else None,
                value=value,
                reporter=reporter,
            )
        )

    def _once(self, known: dict[str, str], text: str, number: int, resolve: Callable[[str, int], str]) -> str:
        """Resolve every different text once, so that a fault is reported at its first row."""
        if text not in known:
            known[text] = resolve(text, number)
        return known[text]

    def _plain(self, text: str, _number: int) -> str:
        return text

    def _plain_firm(self, text: str, _number: int) -> str:
        return credit_code(text)

    def _firm(self, text: str, number: int) -> str:
        code = credit_code(text)
        self._codes.setdefault(code, number)
        return code

    def _judge_codes(self) -> None:
        """A column headed 统一社会信用代码 must hold valid codes only, and so must one where most codes are valid."""
        faults = credit_code_faults(list(self._codes))
        promised = self._key.heading is not None and self._key.heading.credit_code
        if promised or 2 * len(faults) <= len(self._codes):
            for code, fault in faults.items():
                self.problem(
                    "reporter.credit-code",
                    fault,
                    CREDIT_CODE_REMEDY,
                    row=self._codes[code],
                    column=self._key,
                    value=code,
                    reporter=code,
                )

    def _zone(self, text: str, number: int) -> str:
        code = self.context.register.find(text)
        if code is None:
            column = self._key if self.layout.entity == "zone" else self._parent
            self.context.findings.add(
                unknown_zone(
                    self.context.register,
                    text,
                    self.sheet.file,
                    sheet=self.sheet.name,
                    row=number,
                    column=column.place if column else None,
                )
            )
        return code or text

    def _period_without_column(self) -> str | None:
        if self._period is not None:
            return None
        if self.context.book.frequency == "year":
            year = year_in_name(self.sheet.file, self.sheet.name)
            if year is not None:
                self.context.findings.add(period_from_name(self.sheet.file, self.sheet.name, year))
                return year
        if self.context.period is None:
            self.problem(
                "sheet.no-period",
                Text("没有说明报告期", "the period is not stated"),
                Text("请加“年份”列，或用 --period 指明", "add a column “period”, or say it with --period"),
            )
        return self.context.period

    def _period_of(self, number: int, cells: list[str]) -> str | None:
        if self._period is None:
            return self._default_period
        text = cells[self._period.position]
        period = read_period(text, self.context.book.frequency)
        if period is None:
            example = {"year": "2025", "quarter": "2025-Q3", "month": "2025-08"}[self.context.book.frequency]
            self.problem(
                "row.period",
                Text("报告期无法识别", "the period cannot be read"),
                Text(f"请写成 {example}", f"write it as {example}"),
                row=number,
                column=self._period,
                value=text,
            )
        return period

    def _passed_over(self, number: int, cells: list[str], text: str) -> bool:
        """Totals, the line 甲 乙 1 2 under the headings, repeated headings and notes below the table are no returns."""
        if text.casefold() in TOTALS:
            self._note("row.total", number, Text("合计行，未计入", "a row of totals, left out"))
            return True
        if text in ORDINALS or text == self._key_label:
            return True
        if text and not (":" in text or text.startswith(_NOTE_BEGINS)):
            return False
        figures = any(narrow(cells[position]) for position in self._figures)
        if text and not figures:
            self._note("row.note", number, Text("附注行，未读取", "a note, not read"))
        elif figures and not text:
            self.problem(
                "row.no-reporter",
                Text("有数字，却没有填报单位代码", "figures without the code of who reports them"),
                Text("请补填代码", "fill in the code"),
                row=number,
                column=self._key,
            )
        return not (text and figures)

    def _note(self, rule: str, number: int, message: Text) -> None:
        self.context.findings.add(
            Problem(
                rule=rule, severity="info", message=message, file=self.sheet.file, sheet=self.sheet.name, row=number
            )
        )

    def _too_many_cells(self, number: int) -> None:
        self.problem(
            "row.too-many-cells",
            Text("单元格多于表头", "more cells than headings"),
            Text(
                "数字中的千分位逗号请加引号或去掉",
                "quote numbers with thousands separators, or leave the separators out",
            ),
            row=number,
        )

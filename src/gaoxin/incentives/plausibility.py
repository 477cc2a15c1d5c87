"""What cannot be right about the figures of one firm: contradictions, and amounts that look like another unit.

Contradictions are the checks of the rulebook and amounts below zero. Whether an amount is in yuan, in thousands or in
ten thousands of yuan cannot be seen from the amount alone; it shows against other figures of the firm.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction

from gaoxin.incentives.firm_file import FirmFile
from gaoxin.incentives.magnitudes import (
    ALIKE,
    APART,
    DIVISIONS,
    INDUSTRY_CODE,
    LEAST_PER_HEAD,
    MOST_PER_HEAD,
    NO_INDUSTRY,
    STAFF,
)
from gaoxin.problems import Problem, Severity
from gaoxin.rulebook.book import Book
from gaoxin.rulebook.entries import Item
from gaoxin.rulebook.evaluate import At, Evaluator, Row, rounded
from gaoxin.rulebook.formula import decimal_text
from gaoxin.rulebook.periods import period_text
from gaoxin.words import Language, Text

SEVERITY: Mapping[Severity, Text] = {
    "error": Text("错误", "error"),
    "warning": Text("警告", "warning"),
    "info": Text("提示", "note"),
}

_INDUSTRY = re.compile(INDUSTRY_CODE)
_STATE = Text(
    "核对单位：默认元；其他单位在文件开头写 money: 万元（或千元），会自动换算。",
    "Check the unit: yuan, or what money: at the top of the file says (万元, 千元), from which it is converted.",
)


def finding_words(problem: Problem) -> Text:
    """A finding in one line: how grave, where, what, and what to do."""

    def line(language: Language, colon: str) -> str:
        parts = (SEVERITY[problem.severity].say(language), problem.place(language), problem.message.say(language))
        remedy = problem.remedy.say(language)
        return colon.join(part for part in parts if part) + (f" → {remedy}" if remedy else "")

    return Text(line("zh", "："), line("en", ": "))


def findings(book: Book, firm: FirmFile) -> tuple[Problem, ...]:
    """Everything that is wrong (error) or looks wrong (warning) in the figures, with file and line."""
    return tuple(_Findings(book, firm).all())


class _Findings:
    def __init__(self, book: Book, firm: FirmFile) -> None:
        self.book, self.firm = book, firm
        self.evaluator = Evaluator(book, firm.rows)

    def all(self) -> Iterator[Problem]:
        for entity, returns in self.firm.rows.returns.items():
            for (key, ordinal), row in returns.items():
                at = At(entity, key, ordinal)
                yield from self._signs(at, row)
                yield from self._checks(at, row)
                yield from self._units(at, row)
                yield from self._industry(at, row)

    def _signs(self, at: At, row: Row) -> Iterator[Problem]:
        for code, value in row.figures.items():
            item = self.book.items[code]
            if isinstance(value, Fraction) and value < 0 and not item.signed:
                message = Text(f"{code} {item.name.zh}不能为负", f"{code} {item.name.en} cannot be negative")
                yield self._problem("negative", "error", message, at, [code], shown=_shown(item, value))

    def _checks(self, at: At, row: Row) -> Iterator[Problem]:
        for code, check in self.book.checks.items():
            if check.entity == at.entity and self.evaluator.figure(code, at).value is False:
                items = sorted(self._items(code) & row.figures.keys())
                yield self._problem(code, check.severity, check.message, at, items)

    def _units(self, at: At, row: Row) -> Iterator[Problem]:
        figures = {code: value for code, value in row.figures.items() if isinstance(value, Fraction) and value > 0}
        for group in ALIKE:
            there = [code for code in group if code in figures]
            if there:
                low, high = min(there, key=figures.__getitem__), max(there, key=figures.__getitem__)
                if figures[high] >= APART * figures[low]:
                    message = Text(
                        f"{high} 是 {low} 的 {APART} 倍以上，单位可能混用",
                        f"{high} is more than {APART} times {low}: their units may be mixed",
                    )
                    yield self._problem("units.mixed", "warning", message, at, [low, high], _STATE)
        heads = next((figures[code] for code in STAFF if code in figures), None)
        revenue = figures.get("total_revenue")
        if heads is not None and revenue is not None and not LEAST_PER_HEAD <= revenue / heads <= MOST_PER_HEAD:
            each = decimal_text(rounded(revenue / heads, 0, "half_up"), 0, group=True)
            message = Text(f"人均收入总额为 {each} 元", f"total revenue per person is {each} yuan")
            yield self._problem("units.revenue", "warning", message, at, ["total_revenue"], _STATE)
        assets = figures.get("assets_average")
        if assets is not None and revenue is not None and revenue >= APART * assets:
            message = Text(
                f"收入总额是资产总额的 {APART} 倍以上；申报表的资产以万元为单位，这里用元",
                f"revenue is over {APART} times total assets: the return has them in 10 000 yuan, here it is yuan",
            )
            yield self._problem("units.assets", "warning", message, at, ["assets_average", "total_revenue"])
        income = figures.get("taxable_income")
        if income is not None and revenue is not None and income > revenue:
            message = Text("应纳税所得额大于收入总额", "taxable income exceeds total revenue")
            yield self._problem("income.revenue", "warning", message, at, ["taxable_income", "total_revenue"], _STATE)

    def _industry(self, at: At, row: Row) -> Iterator[Problem]:
        code = row.figures.get("industry")
        if isinstance(code, str):
            match = _INDUSTRY.fullmatch(code)
            if match is None or not 1 <= int(match[1]) <= DIVISIONS:
                yield self._problem("industry", "error", NO_INDUSTRY, at, ["industry"], shown=code)

    def _items(self, code: str) -> set[str]:
        """The reported figures that an entry rests on."""
        stack, found = [code], set[str]()
        while stack:
            for used in self.book.expressions.uses.get(stack.pop(), ()):
                if used not in found:
                    found.add(used)
                    stack.append(used)
        return found & self.book.items.keys()

    def _problem(
        self,
        rule: str,
        severity: Severity,
        message: Text,
        at: At,
        items: list[str],
        remedy: Text = Text("", ""),
        shown: str | None = None,
    ) -> Problem:
        first = items[0] if items else ""
        return Problem(
            rule,
            severity,
            message,
            remedy,
            file=self.firm.place(at.entity, at.key, at.ordinal, first),
            period=period_text(at.ordinal, self.book.frequency),
            item=", ".join(items) or None,
            value=shown,
        )


def _shown(item: Item, value: Fraction) -> str:
    return decimal_text(value, item.decimals or 0)

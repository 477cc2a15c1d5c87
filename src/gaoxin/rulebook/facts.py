"""Facts about a few reporters as a person writes them down, read into rows that an evaluation can look at.

    facts = {"firm": {"total_revenue": "1200000.00", "hnte": True}, "project": [{"pj_personnel": "90"}]}

Values are text, as rule files read them. A figure that is not there, or is left empty, is unknown. An entity that is
not there has not reported; an empty list says that there is none of it.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from gaoxin.problems import InputError, Problem
from gaoxin.rulebook.book import Book
from gaoxin.rulebook.entries import Item
from gaoxin.rulebook.evaluate import Row, Rows
from gaoxin.rulebook.periods import period_ordinal
from gaoxin.rulebook.tree import Constant
from gaoxin.words import Text

ONLY = "1"
"""Key of a reporter whose facts do not name one: there is one only."""

_FLAGS = {"true": True, "yes": True, "1": True, "是": True, "false": False, "no": False, "0": False, "否": False}
_NUMBER = re.compile(r"[+-]?[0-9]{1,24}(\.[0-9]{1,12})?")


def read_facts(book: Book, given: object, period: str) -> Rows:
    """The rows of ``given``: by entity, one mapping of item codes to values or a list of them.

    A row may name itself (a key called as its entity), the reporter it belongs to (a key called as the entity above)
    and its ``period``; else it is the only one, belongs to the only one above, and is about ``period``.

    Raises
    ------
    InputError
        With a problem for every entity, item or value that the book does not know or that does not fit.
    """
    reader = _Reader(book, period)
    if not isinstance(given, Mapping):
        reader.refuse(Text("应写成“单位: 数据”", "facts are written by entity"))
        given = {}
    for entity, rows in given.items():
        if entity not in book.entities:
            known = ", ".join(book.entities)
            reader.refuse(Text(f"没有实体 {entity}；有：{known}", f"no entity {entity}; there are: {known}"))
            continue
        listed = [rows] if isinstance(rows, Mapping) else rows
        if not isinstance(listed, list) or not all(isinstance(row, Mapping) for row in listed):
            reader.refuse(Text(f"{entity} 下应是数据或其列表", f"{entity} must hold figures, or a list of them"))
            continue
        reader.entity(entity, listed)
    if reader.problems:
        raise InputError(reader.problems)
    ordinals = {ordinal for returns in reader.returns.values() for _, ordinal in returns}
    present = {entity: frozenset(ordinals) for entity in reader.returns}
    return Rows(reader.returns, present)


class _Reader:
    def __init__(self, book: Book, period: str) -> None:
        self.book, self.period = book, period
        self.returns: dict[str, dict[tuple[str, int], Row]] = {}
        self.problems: list[Problem] = []

    def refuse(self, message: Text, remedy: Text = Text("", ""), item: str | None = None, value: object = None) -> None:
        shown = None if value is None else str(value)
        self.problems.append(Problem("facts", "error", message, remedy, item=item, value=shown))

    def entity(self, entity: str, rows: list[Mapping[str, object]]) -> None:
        here = self.returns.setdefault(entity, {})
        parent = self.book.entities[entity].parent
        for number, row in enumerate(rows, 1):
            period = str(row.get("period", self.period))
            try:
                ordinal = period_ordinal(period, self.book.frequency)
            except ValueError:
                self.refuse(Text(f"{period} 不是报告期", f"{period} is not a period"), item="period")
                continue
            key = str(row.get(entity, ONLY if parent is None else number))
            above = None if parent is None else str(row.get(parent, ONLY))
            if (key, ordinal) in here:
                zh, en = f"{entity} {key} 在 {period} 有两份数据", f"{entity} {key} has two rows for {period}"
                self.refuse(Text(zh, en), Text(f"用 {entity}: 名称 加以区分。", f"Name them apart: {entity}: name."))
            names = {"period", entity, parent}
            figures = {code: self._figure(entity, code, value) for code, value in row.items() if code not in names}
            here[key, ordinal] = Row(above, {code: value for code, value in figures.items() if value is not None})

    def _elsewhere(self, code: str) -> Text:
        """Where an item that is not of this entity belongs, or the code that was probably meant."""
        item = self.book.items.get(code)
        if item is not None:
            name = self.book.entities[item.entity].name
            zh = f"它是{name.zh}的项目，写在 {item.entity}: 之下。"
            return Text(zh, f"It is a figure of the {name.en}: write it below {item.entity}:.")
        near = self.book.similar(code)
        return Text(f"是否指 {near}？", f"Did you mean {near}?") if near else Text("", "")

    def _figure(self, entity: str, code: str, value: object) -> Constant:
        item = self.book.items.get(code)
        if item is None or item.entity != entity:
            self.refuse(Text(f"{entity} 没有项目 {code}", f"{entity} has no item {code}"), self._elsewhere(code), code)
            return None
        if value is None or value == "":
            return None
        try:
            return parse_figure(item, value)
        except ValueError:
            wanted = _WANTED[item.type]
            if item.values:
                wanted = Text("、".join(item.values), ", ".join(item.values))
            elif item.decimals is not None:
                wanted = Text(
                    f"至多 {item.decimals} 位小数的十进制数，单位{item.unit}",
                    f"a decimal number in {item.unit} with at most {item.decimals} decimals",
                )
            self.refuse(
                Text(f"{code}：{value} 不可用", f"{code}: {value} cannot be used"),
                Text(f"应为{wanted.zh}。", f"It is {wanted.en}."),
                code,
                value,
            )
            return None


def parse_figure(item: Item, value: object) -> Constant:
    """The figure that ``value`` writes for ``item``; raises ValueError where it is none. Nothing is rounded."""
    if isinstance(value, bool):
        if item.type != "flag":
            raise ValueError
        return value
    text = str(value).strip()
    if item.decimals is not None:
        if not _NUMBER.fullmatch(text):
            raise ValueError
        number = Fraction(Decimal(text))
        if (number * 10**item.decimals).denominator != 1:
            raise ValueError
        return number
    match item.type:
        case "flag":
            if text.lower() not in _FLAGS:
                raise ValueError
            return _FLAGS[text.lower()]
        case "date":
            return datetime.date.fromisoformat(text)
        case _:
            if item.values and text not in item.values:
                raise ValueError
            return text


_WANTED: Mapping[str, Text] = {
    "flag": Text(" true 或 false", "true or false"),
    "date": Text("日期，如 2020-01-31", "a date like 2020-01-31"),
    "text": Text("文字", "text"),
    "code": Text("代码", "a code"),
    "decimal": Text("十进制数", "a decimal number"),
    "integer": Text("整数", "a whole number"),
}

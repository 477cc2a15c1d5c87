"""The figures of one version as a document: cells and their texts, typed values, what changed.

A cell is named ``code`` for an item of the reporter itself and ``entity.number.code`` for one of several below it
(``project.2.qh51``). The text of a number has the decimals of its item, so equal figures are equal texts.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from gaoxin.platform.refusals import problem
from gaoxin.problems import Problem
from gaoxin.returns.cells import DIGITS, NEGATIVE, NOT_WHOLE, TOO_LARGE, CellError, narrow, parse_date, parse_flag
from gaoxin.returns.cells import parse_number as read_number
from gaoxin.rulebook.book import Book
from gaoxin.rulebook.entries import Item
from gaoxin.rulebook.evaluate import Row
from gaoxin.rulebook.tree import Constant
from gaoxin.words import Text

MOST_BELOW = 500
"""Projects of one firm that can be entered."""
LONGEST_TEXT = 500
_BELOW = re.compile(r"([A-Za-z]\w*)\.([1-9][0-9]{0,3})\.(\w+)")

Figures = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell by its name: the item, and which of several below it belongs to (0: the reporter itself)."""

    name: str
    item: Item
    number: int


def cell(book: Book, entity: str, name: str) -> Cell | None:
    """The cell ``name`` of a return of ``entity``, or None when the forms have none of that name."""
    below = _BELOW.fullmatch(name)
    who, number, code = (below[1], int(below[2]), below[3]) if below else (entity, 0, name)
    item = book.items.get(code)
    if item is None or item.entity != who or number > MOST_BELOW:
        return None
    if number and book.entities[who].parent != entity:
        return None
    return Cell(name, item, number)


def read(item: Item, text: str) -> str:
    """What somebody typed, as the figure is kept; "" is a blank.

    Raises
    ------
    CellError
        When the text is no figure of the item.
    """
    text = narrow(text)
    if text in {"", "—", "-"} and item.type not in {"text"}:
        return ""
    match item.type:
        case "decimal" | "integer":
            return _number(item, text)
        case "date":
            return parse_date(text)[0].isoformat()
        case "flag":
            return "true" if parse_flag(text) else "false"
    if item.values and text not in item.values:
        listed = "、".join(item.values)
        raise CellError(
            "cell.not-a-code",
            Text(f"“{text}”不在可填的代码之内", f"“{text}” is none of the codes"),
            Text(f"可填：{listed}", f"write one of: {listed}"),
        )
    if len(text) > LONGEST_TEXT:
        raise CellError(
            "cell.too-long",
            Text(f"超过 {LONGEST_TEXT} 字", f"longer than {LONGEST_TEXT} characters"),
            Text("请缩短", "shorten it"),
        )
    return text


def _number(item: Item, text: str) -> str:
    percent = True if item.unit == "%" else False if item.unit == "1" else None
    number, _ = read_number(text, percent=percent)
    scale = item.decimals or 0
    if abs(number) >= Decimal(10) ** (DIGITS - scale):
        raise CellError(TOO_LARGE.rule, TOO_LARGE.message, TOO_LARGE.remedy)
    if item.type == "integer":
        if number != number.to_integral_value():
            raise CellError(NOT_WHOLE.rule, NOT_WHOLE.message, NOT_WHOLE.remedy)
        if number < 0:
            raise CellError(NEGATIVE.rule, NEGATIVE.message, NEGATIVE.remedy)
    kept = number.quantize(Decimal(1).scaleb(-scale), ROUND_HALF_UP)
    if kept != number:
        raise CellError(
            "cell.too-fine",
            Text(f"小数多于 {scale} 位", f"more than {scale} decimals"),
            Text(f"最多填 {scale} 位小数", f"write at most {scale} decimals"),
        )
    return format(kept if kept else abs(kept), f".{scale}f")


def typed(book: Book, entity: str, given: Mapping[str, str]) -> tuple[dict[str, str], list[Problem]]:
    """What was typed into several cells: what can be kept, and what is wrong with the others (``item`` is the cell)."""
    kept: dict[str, str] = {}
    wrong: list[Problem] = []
    for name, text in given.items():
        found = cell(book, entity, name)
        if found is None:
            message = Text(f"表中没有 {name}", f"the forms have no cell {name}")
            wrong.append(problem("returns.cell", name, message))
            continue
        try:
            kept[name] = read(found.item, text)
        except CellError as fault:
            title = found.item.name
            message = Text(f"{title.zh}：{fault.message.zh}", f"{title.en}: {fault.message.en}")
            wrong.append(problem(fault.rule, name, message, fault.remedy))
    return kept, wrong


def plain(item: Item, text: str) -> str:
    """A kept figure without needless zeros, as it is typed."""
    return text if item.decimals is None or not text else f"{Decimal(text).normalize():f}"


def constant(item: Item, text: str) -> Constant:
    """A kept figure as the rules compute with it."""
    if item.decimals is not None:
        return Fraction(text)
    if item.type == "date":
        return datetime.date.fromisoformat(text)
    return text == "true" if item.type == "flag" else text


def numbers_below(figures: Figures, entity: str) -> list[int]:
    """Which of the several of ``entity`` there are, by number."""
    return sorted({int(m[2]) for name in figures if (m := _BELOW.fullmatch(name)) and m[1] == entity})


def rows(book: Book, entity: str, key: str, parent: str | None, figures: Figures) -> dict[str, dict[str, Row]]:
    """The document as rows for the rules: by entity and key; what is below has keys ``<key>/<number>``."""
    own: dict[str, Constant] = {}
    below: dict[str, dict[int, dict[str, Constant]]] = {
        name: {} for name, one in book.entities.items() if one.parent == entity
    }
    for name, text in figures.items():
        found = cell(book, entity, name)
        if found is None or not text:
            continue
        value = constant(found.item, text)
        if found.number:
            below[found.item.entity].setdefault(found.number, {})[found.item.code] = value
        else:
            own[found.item.code] = value
    return {
        entity: {key: Row(parent, own)},
        **{who: {f"{key}/{n}": Row(key, held) for n, held in sorted(many.items())} for who, many in below.items()},
    }


def digest(figures: Figures) -> str:
    """SHA-256 over the cells in the order of their names: what a signature stands under."""
    content = json.dumps(dict(sorted(figures.items())), ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(content.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Change:
    """A cell that differs between two documents; ``before`` and ``after`` are "" where it is blank."""

    cell: Cell
    before: str
    after: str

    @property
    def difference(self) -> Decimal | None:
        """By how much a number changed; None for what is no number or was blank."""
        if self.cell.item.decimals is None or not self.before or not self.after:
            return None
        return Decimal(self.after) - Decimal(self.before)

    @property
    def percent(self) -> Decimal | None:
        """The change in percent of what it was; None where that has no meaning."""
        change = self.difference
        if change is None or Decimal(self.before) <= 0:
            return None
        return (change / Decimal(self.before) * 100).quantize(Decimal("0.1"), ROUND_HALF_UP)


def changes(book: Book, entity: str, before: Figures, after: Figures) -> list[Change]:
    """The cells that differ, in the order of the forms."""
    order = {code: at for at, code in enumerate(book.items)}
    found = []
    for name in {*before, *after}:
        old, new = before.get(name, ""), after.get(name, "")
        held = cell(book, entity, name)
        if held is not None and old != new:
            found.append(Change(held, old, new))
    return sorted(found, key=lambda change: (order[change.cell.item.code], change.cell.number))

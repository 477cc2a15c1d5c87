"""The file in which somebody writes down one firm: figures by entity and year, with its name and its unit of money.

    name: 某某科技有限公司
    synthetic: true          # every output then says so
    money: 万元              # unit of all amounts in the file; yuan where nothing is said
    firm:
      - {period: 2023, hnte: true}
      - {period: 2024, hnte: true, taxable_income: 312.5}
    contract:
      - {period: 2024, ct_kind: ownership, ct_price: 80}

Entities and figures are those of the rulebook (``gaoxin incentives fields``). What is left empty is unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from fractions import Fraction
from pathlib import Path

from gaoxin.problems import InputError, Problem
from gaoxin.returns.headings import plain_name
from gaoxin.rulebook.book import Book
from gaoxin.rulebook.evaluate import Rows
from gaoxin.rulebook.facts import ONLY, read_facts
from gaoxin.rulebook.formula import decimal_text
from gaoxin.rulebook.periods import period_text
from gaoxin.rulebook.source import Source, Value, read_source, shown_path
from gaoxin.words import Text

MONEY: Mapping[str, int] = {"元": 1, "千元": 1000, "万元": 10_000}
ABOUT = ("name", "synthetic", "money")

_TABLES = frozenset({b"PK\x03\x04", b"PAR1", b"\xd0\xcf\x11\xe0"})
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?")
_DECIMAL = re.compile(r"[+-]?[0-9]{1,24}(\.[0-9]{1,12})?")


@dataclass(frozen=True)
class FirmFile:
    """One firm as its file describes it. ``lines`` says where each figure stands: by entity, key, period and item."""

    file: str
    name: str
    synthetic: bool
    rows: Rows
    reporter: str
    periods: tuple[str, ...]
    lines: Mapping[tuple[str, str, int, str], int]

    def place(self, entity: str, key: str, ordinal: int, item: str) -> str:
        """File and line of a figure, or the file where the figure is not in it."""
        line = self.lines.get((entity, key, ordinal, item))
        return self.file if line is None else f"{self.file}:{line}"


def read_firm(book: Book, path: Path, year: str) -> FirmFile:
    """Read the file of one firm; figures without a period are those of ``year``.

    Raises
    ------
    BookError
        The file is not YAML as a rulebook is written.
    InputError
        With file and line for everything in it that the book does not know or cannot use, and where there are figures
        of several firms.
    """
    if _is_table(path):
        message = Text("这是表格文件", "this is a table")
        remedy = Text(
            "表格用 gaoxin incentives batch；一家企业的 YAML 模板见 gaoxin incentives fields --template。",
            "Tables are for gaoxin incentives batch; gaoxin incentives fields --template writes the YAML of one firm.",
        )
        raise InputError([Problem("firm.table", "error", message, remedy, file=shown_path(path))])
    return parse_firm(book, read_source(path, shown_path(path)), year)


def _is_table(path: Path) -> bool:
    """Whether the file is a workbook, Parquet or CSV, by its first bytes or its name."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(4) in _TABLES or path.suffix.lower() in {".csv", ".tsv", ".xls"}


def firm_of(book: Book, given: Mapping[str, object], year: str) -> FirmFile:
    """One firm from figures at hand, written as in a file: ``{"firm": {"hnte": True}, "contract": [...]}``.

    Numbers may be text, ``int`` or ``Decimal``; a binary float is not exact and is refused.
    """
    return parse_firm(book, Source("figures", _plain(given), {}), year)


def _plain(value: object) -> Value:
    """Figures as a file would hold them: everything but true and false as text."""
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if isinstance(value, float):
        message = Text(f"{value} 是二进制浮点数，不精确", f"{value} is a binary float and not exact")
        remedy = Text("写成文字或 Decimal。", "Give it as text or as a Decimal.")
        raise InputError([Problem("firm.file", "error", message, remedy, value=str(value))])
    return value if value is None or isinstance(value, bool) else str(value)


def parse_firm(book: Book, source: Source, year: str) -> FirmFile:
    """As ``read_firm``, of a file that has been read."""
    if not book.benefits:
        message = Text(f"规则书 {book.name} 没有优惠", f"the rulebook {book.name} has no benefits")
        raise InputError([Problem("book", "error", message, value=book.name)])
    return _Reader(book, source, year).firm()


class _Reader:
    def __init__(self, book: Book, source: Source, year: str) -> None:
        self.book, self.source, self.year = book, source, year
        self.top = next(name for name, entity in book.entities.items() if entity.parent is None)
        self.problems: list[Problem] = []
        self.lines: dict[tuple[str, str, int, str], int] = {}

    def firm(self) -> FirmFile:
        data = self.source.data
        if not isinstance(data, dict):
            self._refuse(Text("文件应是“项目: 数值”", "the file must hold names and values"), (), Text("", ""))
            data = {}
        factor = self._about(data)
        given: dict[str, list[dict[str, Value]]] = {}
        for key in data:
            if key not in self.book.entities and key not in ABOUT:
                near = get_close_matches(key, [*ABOUT, *self.book.entities, *self.book.items], n=2, cutoff=0.6)
                here = f"{self.top}:" if key in self.book.items else ", ".join(near)
                remedy = Text(f"是否指 {here}？", f"Did you mean {here}?") if here else Text("", "")
                if key in self.book.items:
                    remedy = Text(f"写在 {self.top}: 之下。", f"Write it below {self.top}:.")
                self._refuse(Text(f"不认识 {key}", f"{key} is not known"), (key,), remedy)
            elif key in self.book.entities:
                given[key] = list(self._rows(key, data[key], factor))
        if self.problems:
            raise InputError(self.problems)
        rows = self._whole(given)
        keys = sorted({key for key, _ in rows.returns.get(self.top, {})})
        if len(keys) != 1:
            zh, en = f"应只有一家企业，这里有 {len(keys)} 家", f"there must be one firm, here are {len(keys)}"
            self._refuse(Text(zh, en), (self.top,), Text("许多企业用 batch。", "For many firms use batch."))
            raise InputError(self.problems)
        self._belongs(rows)
        if self.problems:
            raise InputError(self.problems)
        ordinals = sorted(ordinal for _, ordinal in rows.returns[self.top])
        name = data.get("name")
        return FirmFile(
            self.source.file,
            "".join(sign for sign in name if sign.isprintable()) if isinstance(name, str) else "",
            data.get("synthetic") is True,
            rows,
            keys[0],
            tuple(period_text(ordinal, self.book.frequency) for ordinal in ordinals),
            self.lines,
        )

    def _belongs(self, rows: Rows) -> None:
        """Refuse contracts, persons … that belong to nobody in the file: they would be left out without a word."""
        for entity, returns in rows.returns.items():
            above = self.book.entities[entity].parent
            known = {key for key, _ in rows.returns.get(above, {})} if above is not None else set()
            for (key, _), row in returns.items():
                if above is not None and row.parent not in known:
                    zh, en = f"{entity} {key} 属于 {row.parent}", f"{entity} {key} belongs to {row.parent}"
                    message = Text(f"{zh}，文件中没有这个 {above}", f"{en}, and the file has no such {above}")
                    remedy = Text(
                        f"写明 {above}: {'、'.join(sorted(known))}。", f"Give {above}: {', '.join(sorted(known))}."
                    )
                    self._refuse(message, (entity,), remedy)

    def _about(self, data: Mapping[str, Value]) -> int:
        """Look at what the file says about itself; what its amounts are multiplied by to be in yuan."""
        unit = data.get("money", "元")
        synthetic = data.get("synthetic")
        if synthetic is not None and not isinstance(synthetic, bool):
            self._refuse(Text("synthetic 应为 true 或 false", "synthetic is true or false"), ("synthetic",))
        if not isinstance(data.get("name", ""), (str, type(None))):
            self._refuse(Text("name 应为文字", "name is text"), ("name",))
        if not isinstance(unit, str) or unit not in MONEY:
            known = Text("、".join(MONEY), ", ".join(MONEY))
            remedy = Text(f"可用：{known.zh}。", f"Use one of: {known.en}.")
            self._refuse(Text(f"money: {unit} 不是金额单位", f"money: {unit} is no unit of money"), ("money",), remedy)
            return 1
        return MONEY[unit]

    def _rows(self, entity: str, value: Value, factor: int) -> Iterator[dict[str, Value]]:
        """The rows of one entity, each tried by itself so that a mistake is placed in its line."""
        listed = value if isinstance(value, list) else [value]
        for index, row in enumerate(listed):
            at = (entity, index) if isinstance(value, list) else (entity,)
            if not isinstance(row, dict):
                self._refuse(Text(f"{entity} 下应是数据或其列表", f"{entity} must hold figures, or a list of them"), at)
                continue
            plain = {code: self._in_yuan(code, one, factor) for code, one in row.items()}
            try:
                found = read_facts(self.book, {entity: [plain]}, self.year)
            except InputError as error:
                for problem in (self._named(entity, problem) for problem in error.problems):
                    place = self.source.line(*at, problem.item) if problem.item else self.source.line(*at)
                    self.problems.append(replace(problem, file=f"{self.source.file}:{place}"))
                continue
            # A row without a name has its number as its name; ``_whole`` numbers the rows of the whole list.
            ((_, ordinal),) = found.returns[entity]
            parent = self.book.entities[entity].parent
            name = str(plain.get(entity, ONLY if parent is None else index + 1))
            yield plain
            for code in row:
                self.lines[entity, name, ordinal, code] = self.source.line(*at, code)

    def _named(self, entity: str, problem: Problem) -> Problem:
        """The problem of an item that no code is like, with the codes of those that are called so or nearly so."""
        if problem.item is None or problem.item in self.book.items or problem.remedy.zh:
            return problem
        names = {
            plain_name(name): item.code
            for item in self.book.items.values()
            if item.entity == entity
            for name in (item.name.zh, item.name.en)
        }
        close = get_close_matches(plain_name(problem.item), names, n=3, cutoff=0.6)
        near = dict.fromkeys(names[name] for name in close)
        if not near:
            return problem
        said = [f"{code} {self.book.items[code].name.zh}" for code in near]
        meant = [f"{code} ({self.book.items[code].name.en})" for code in near]
        zh, en = f"是否指 {'、'.join(said)}？", f"Did you mean {', '.join(meant)}?"
        remedy = Text(f"{zh}项目用代码填写。", f"{en} Items go by their codes.")
        return replace(problem, remedy=remedy)

    def _in_yuan(self, code: str, value: Value, factor: int) -> Value:
        """A number without separators, an amount in yuan; anything else as it is, for the book to judge."""
        if not isinstance(value, str):
            return value
        text = value.replace(",", "") if _GROUPED.fullmatch(value.strip()) else value.strip()
        item = self.book.items.get(code)
        if factor == 1 or item is None or item.unit != "元" or not _DECIMAL.fullmatch(text):
            return text
        number = Fraction(text) * factor
        return decimal_text(number, 12).rstrip("0").rstrip(".") or "0"

    def _whole(self, given: dict[str, list[dict[str, Value]]]) -> Rows:
        try:
            return read_facts(self.book, given, self.year)
        except InputError as error:  # what only shows between rows: two for one year
            raise InputError([replace(problem, file=self.source.file) for problem in error.problems]) from None

    def _refuse(self, message: Text, at: tuple[str | int, ...], remedy: Text = Text("", "")) -> None:
        line = self.source.line(*at)
        self.problems.append(Problem("firm.file", "error", message, remedy, file=f"{self.source.file}:{line}"))

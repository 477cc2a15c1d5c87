"""How a sheet is laid out: where its headings are, which column holds what, wide or long.

Offices put titles above the headings, codes and names in two rows, units in a third. A long table has one row for each
figure (单位, 指标, 期, 数值); a table of expert scores has one for each expert, zone and indicator.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from gaoxin.returns.cells import narrow
from gaoxin.returns.headings import Heading, Role, Vocabulary, known_unit, resolve_repeated
from gaoxin.rulebook.book import Book

HEAD_ROWS = 30
"""Headings are looked for in this many rows."""

_SHEET_UNIT = re.compile(r"(?:计量|金额|货币)?单位\s*[:：]\s*(.+)|units?\s*:\s*(.+)", re.IGNORECASE)
_SYNTHETIC = re.compile(r"合成数据|synthetic data", re.IGNORECASE)


def letters(index: int) -> str:
    """Letters of the column at ``index`` (from 0), as Excel shows them.

    >>> letters(0), letters(27)
    ('A', 'AB')
    """
    text = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its position from 0, its heading as written, and what that means (None: nothing known)."""

    position: int
    label: str
    heading: Heading | None

    @property
    def place(self) -> str:
        """The column in a message: letters and heading."""
        return f"{letters(self.position)} {self.label}".strip()


@dataclass(frozen=True, slots=True)
class Layout:
    """A table that was recognised.

    ``kind`` says how its rows are read, ``first_row`` is the number (from 1) of the first row after the headings,
    ``entity`` the reporter of the rows, ``sheet_units`` the units stated above the table for all its columns.
    ``undecided`` are columns whose name fits several items, ``contradictions`` columns whose code and name disagree.
    """

    kind: Literal["wide", "long", "experts"]
    entity: str
    first_row: int
    columns: tuple[Column, ...]
    sheet_units: tuple[str, ...] = ()
    synthetic: bool = False
    undecided: tuple[Column, ...] = ()
    contradictions: tuple[tuple[Column, str], ...] = ()

    def of_role(self, role: Role, entity: str | None = None) -> list[Column]:
        """The columns of that role (and entity), in order."""
        return [
            column
            for column in self.columns
            if column.heading is not None
            and column.heading.role == role
            and (entity is None or column.heading.entity == entity)
        ]

    def items(self) -> Iterator[tuple[Column, str]]:
        """The columns that hold one item, with its code."""
        for column in self.of_role("item"):
            if column.heading is not None and len(column.heading.items) == 1:
                yield column, column.heading.items[0]


@dataclass(frozen=True, slots=True)
class NoLayout:
    """A sheet that is not a return: what is missing, and the headings that stand there."""

    reason: Literal["no-headings", "no-key", "no-items", "wrong-entity"]
    row: int | None = None
    labels: tuple[str, ...] = ()
    entity: str | None = None


def depth(book: Book, entity: str) -> int:
    """How many entities are above: a zone 0, a firm 1, a project 2."""
    parent = book.entities[entity].parent
    return 0 if parent is None else 1 + depth(book, parent)


def recognise(head: Sequence[Sequence[str]], vocabulary: Vocabulary, book: Book) -> Layout | NoLayout:
    """Find out how a sheet is laid out from its first rows."""
    readings = [[vocabulary.read(cell) for cell in row] for row in head]
    counts = [sum(reading is not None for reading in row) for row in readings]
    best = max(range(len(head)), key=lambda i: counts[i], default=None)
    if best is None or counts[best] < 2:
        return NoLayout("no-headings", labels=_labels(head))
    block = _heading_rows(best, head, readings)
    columns, contradictions = _columns(block, head, readings, vocabulary)
    above = [cell for row in head[: block.start] for cell in row]
    layout = Layout(
        kind="wide",
        entity="",
        first_row=block.stop + 1,
        columns=tuple(columns),
        sheet_units=_sheet_units(above),
        synthetic=any(_SYNTHETIC.search(cell) for cell in above),
        contradictions=tuple(contradictions),
    )
    return _with_kind(layout, head[block.stop :], vocabulary, book)


def _labels(head: Sequence[Sequence[str]]) -> tuple[str, ...]:
    return next((tuple(narrow(cell) for cell in row if narrow(cell)) for row in head if any(map(narrow, row))), ())


def _is_unit_row(row: Sequence[str]) -> bool:
    cells = [cell for cell in row if narrow(cell)]
    units = sum(known_unit(cell) is not None for cell in cells)
    return units >= 2 and 2 * units >= len(cells)


def _heading_rows(best: int, head: Sequence[Sequence[str]], readings: list[list[Heading | None]]) -> range:
    """Rows of the headings: the best one, and neighbours with as many items (codes beside names) or with units."""

    def items(i: int) -> int:
        return sum(reading is not None and reading.role == "item" for reading in readings[i])

    def belongs(i: int) -> bool:
        if not 0 <= i < len(head):
            return False
        return (items(best) > 0 and 2 * items(i) >= items(best)) or _is_unit_row(head[i])

    start, stop = best, best + 1
    while start > 0 and best - start < 2 and belongs(start - 1):
        start -= 1
    while stop - best < 3 and belongs(stop):
        stop += 1
    return range(start, stop)


def _columns(
    block: range, head: Sequence[Sequence[str]], readings: list[list[Heading | None]], vocabulary: Vocabulary
) -> tuple[list[Column], list[tuple[Column, str]]]:
    """One column for each position: the most exact of its headings, with the unit from a row of units."""
    columns: list[Column] = []
    contradictions: list[tuple[Column, str]] = []
    units = {i for i in block if _is_unit_row(head[i])}
    for position in range(max(len(head[i]) for i in block)):
        cells = [(i, head[i][position]) for i in block if position < len(head[i]) and i not in units]
        known = [reading for i, _ in cells if (reading := readings[i][position]) is not None]
        label = " ".join(dict.fromkeys(narrow(cell) for _, cell in cells if narrow(cell)))
        heading = min(known, key=lambda h: len(h.items), default=None)
        if heading is not None and heading.stated_unit is None:
            stated = [h.stated_unit for h in known if h.stated_unit] + [
                narrow(head[i][position])
                for i in units
                if position < len(head[i]) and known_unit(head[i][position]) is not None
            ]
            heading = replace(heading, stated_unit=stated[0]) if stated else heading
        column = Column(position, label, heading)
        columns.append(column)
        if heading is not None and len(heading.items) == 1:
            other = next((h.items for h in known if h.items and heading.items[0] not in h.items), None)
            if other:
                contradictions.append((column, vocabulary.items[other[0]].code))
    return columns, contradictions


def _sheet_units(above: Sequence[str]) -> tuple[str, ...]:
    found: list[str] = []
    for cell in above:
        stated = _SHEET_UNIT.fullmatch(narrow(cell))
        if stated:
            parts = re.split(r"[、,;/\s]+", stated[1] or stated[2])
            found += [part for part in parts if known_unit(part) is not None]
    return tuple(found)


def _with_kind(layout: Layout, body: Sequence[Sequence[str]], vocabulary: Vocabulary, book: Book) -> Layout | NoLayout:
    """Decide what the rows are, and whose."""
    roles = {column.heading.role for column in layout.columns if column.heading is not None}
    labels = tuple(column.label for column in layout.columns if column.label)
    # A zone is known by its name as well, other reporters only by their code.
    keys = [c.heading.entity for c in (*layout.of_role("key"), *layout.of_role("name", "zone")) if c.heading]
    reporter = max((e for e in keys if e is not None), key=lambda e: depth(book, e), default=None)
    at = layout.first_row - 1

    if {"expert", "score", "measure"} <= roles:
        if reporter is None and "reporter" not in roles:
            return NoLayout("no-key", at, labels)
        return replace(layout, kind="experts", entity=reporter or _root(book))
    if {"measure", "value"} <= roles:
        if reporter is None and "reporter" not in roles:
            return NoLayout("no-key", at, labels)
        measured = [c.position for c in layout.columns if c.heading and c.heading.role == "measure"]
        items = [vocabulary.read(row[p]) for row in body for p in measured if p < len(row)]
        told = Counter(vocabulary.items[h.items[0]].entity for h in items if h is not None and h.items)
        if not told:
            return NoLayout("no-items", at, labels)
        return replace(layout, kind="long", entity=reporter or told.most_common(1)[0][0])

    candidates = [(c.position, c.heading) for c in layout.columns if c.heading and c.heading.role == "item"]
    if not candidates:
        return NoLayout("no-items", at, labels)
    owners = Counter(vocabulary.items[code].entity for _, heading in candidates for code in heading.items)
    if reporter is None:
        if "reporter" not in roles:
            return NoLayout("no-key", at, labels)
        reporter = owners.most_common(1)[0][0]
    if not owners[reporter]:
        return NoLayout("wrong-entity", at, labels, owners.most_common(1)[0][0])

    own = [(position, _narrowed(heading, reporter, vocabulary)) for position, heading in candidates]
    decided = resolve_repeated([(p, heading) for p, heading in own if heading.items], vocabulary.items)
    columns, undecided = [], []
    for column in layout.columns:
        if column.heading is None or column.heading.role != "item":
            columns.append(column)
            continue
        code = decided.get(column.position)
        heading = replace(column.heading, items=(code,)) if code else None
        columns.append(replace(column, heading=heading))
        if code is None and column.position in decided:
            undecided.append(column)
    return replace(layout, entity=reporter, columns=tuple(columns), undecided=tuple(undecided))


def _root(book: Book) -> str:
    return next(code for code, entity in book.entities.items() if entity.parent is None)


def _narrowed(heading: Heading, entity: str, vocabulary: Vocabulary) -> Heading:
    """Only the items that this reporter reports."""
    return replace(heading, items=tuple(code for code in heading.items if vocabulary.items[code].entity == entity))

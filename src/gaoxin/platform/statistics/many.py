"""The returns of many in one file: read, matched with who owes them, checked all at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.compute as pc

from gaoxin.platform.access.reader import Reader, limit
from gaoxin.platform.statistics import books
from gaoxin.platform.statistics.models import EDITABLE, Collection, Import, Return
from gaoxin.platform.statistics.permissions import ENTER
from gaoxin.problems import InputError, Problem
from gaoxin.returns import Figures, read_returns
from gaoxin.rulebook.book import Book
from gaoxin.rulebook.entries import Item
from gaoxin.runs.checking import check_figures
from gaoxin.words import Text


@dataclass(frozen=True, slots=True)
class Plan:
    """What a file would do.

    ``cells`` are the cells of each reporter by its code; ``faults`` are what keeps the whole file from being taken,
    ``findings`` what the reader noted and what rules and statistics say of the returns.
    """

    cells: dict[str, dict[str, str]] = field(default_factory=dict)
    faults: list[Problem] = field(default_factory=list)
    findings: list[Problem] = field(default_factory=list)

    def clean(self) -> set[str]:
        """The reporters about whom nothing was found that they would have to answer.

        When there are more findings than are listed, nobody is taken for clean.
        """
        found = {one.reporter for one in self.findings if one.severity != "info"}
        return set() if None in found else set(self.cells) - found  # type: ignore[arg-type]


def read_many(reader: Reader, held: Import, earlier: Iterable[Path], report: Callable[[float, Text], None]) -> Plan:
    """Read and check the file of an import.

    Parameters
    ----------
    earlier
        Files of the period before (a snapshot), which the figures are compared with.
    """
    collection = held.collection
    book, name = books.book(collection.book), held.upload.name
    report(0.05, Text("读取文件", "reading the file"))
    with TemporaryDirectory(prefix="gaoxin-") as folder:
        path = Path(folder) / f"upload.{held.upload.kind}"
        path.write_bytes(bytes(held.upload.content))
        try:
            figures = read_returns([path], book, period=collection.period)
        except InputError as refused:
            return Plan(faults=[replace(one, file=name) for one in refused.problems])
        report(0.3, Text("核对填报单位", "matching the reporters"))
        cells = _cells(figures, book, collection)
        notes = [replace(one, file=name) for one in figures.problems]
        if faults := list(_unmatched(reader, held, cells)):
            return Plan(cells, faults, notes)
        report(0.5, Text("校核", "checking"))
        owners = _owners(figures, book, collection.entity, collection.period)
        if files := list(earlier):
            figures = read_returns([path, *files], book, period=collection.period)
        found = [
            replace(one, file=name, reporter=owners.get(one.reporter or "", one.reporter))
            for one in check_figures(figures, book, collection.period)
        ]
    return Plan(cells, [], [*notes, *(one for one in found if one.reporter is None or one.reporter in cells)])


def _owners(figures: Figures, book: Book, entity: str, period: str) -> dict[str, str]:
    """Whose each of several below a reporter is: the firm of a project."""
    found: dict[str, str] = {}
    for below, one in book.entities.items():
        if one.parent == entity and period in figures.periods(below):
            keys, above = (figures.column(below, name, period).to_pylist() for name in (below, entity))
            found.update(zip(keys, above, strict=True))
    return found


def _cells(figures: Figures, book: Book, collection: Collection) -> dict[str, dict[str, str]]:
    """Cells by reporter; a column that the file has and a reporter left blank is a blank cell."""
    entity, period = collection.entity, collection.period
    asked = books.asked(book.name, entity, collection.forms, collection.greyed)
    if period not in figures.periods(entity):
        message = Text(f"文件中没有 {period} 的数据", f"the file has nothing for {period}")
        raise InputError([Problem("import.period", "error", message)])
    keys = figures.column(entity, entity, period).to_pylist()
    found: dict[str, dict[str, str]] = {key: {} for key in keys}
    for item, texts in _columns(figures, book, entity, period, asked):
        for key, text in zip(keys, texts, strict=True):
            found[key][item.code] = text
    for below, one in book.entities.items():
        if one.parent != entity or period not in figures.periods(below):
            continue
        above = figures.column(below, entity, period).to_pylist()
        numbers: list[int] = []
        counted: dict[str, int] = {}
        for key in above:
            counted[key] = counted.get(key, 0) + 1
            numbers.append(counted[key])
        for item, texts in _columns(figures, book, below, period, asked):
            for key, number, text in zip(above, numbers, texts, strict=True):
                if key in found:
                    found[key][f"{below}.{number}.{item.code}"] = text
    return found


def _columns(
    figures: Figures, book: Book, entity: str, period: str, asked: frozenset[str]
) -> Iterable[tuple[Item, list[str]]]:
    held = figures.entities[entity]
    there = {code for placed in held.placed for code in placed.part.places} | {c for s in held.stored for c in s.labels}
    for code, item in book.items.items():
        if item.entity == entity and code in there and code in asked:
            yield item, _texts(figures.column(entity, code, period))


def _texts(column: pa.Array) -> list[str]:
    if pa.types.is_boolean(column.type):
        return ["" if value is None else "true" if value else "false" for value in column.to_pylist()]
    texts = pc.fill_null(pc.cast(column, pa.string()), "").to_pylist()
    if pa.types.is_decimal(column.type):
        return [f"-{t[1:]}" if t.startswith("-") and t.strip("-0.") else t.lstrip("-") for t in texts]
    return texts  # type: ignore[no-any-return]


def _unmatched(reader: Reader, held: Import, cells: dict[str, dict[str, str]]) -> Iterable[Problem]:
    """Reporters of the file who owe nothing here, or whose return is not theirs to change now."""
    owed = limit(reader, ENTER, Return.objects.filter(collection=held.collection))
    states = dict(owed.values_list("organisation__code", "state"))
    for code in cells:
        if code not in states:
            text = Text("不在您填报范围内的单位", "not among the reporters that are yours to report for")
            yield Problem("import.reporter", "error", text, Text("请核对代码", "check the code"), reporter=code)
        elif states[code] not in EDITABLE:
            text = Text("报表已提交，不能再导入", "the return was submitted and cannot be imported again")
            remedy = Text("请从文件中删去这一行，或先请审核人退回", "remove the row, or have the return sent back")
            yield Problem("import.state", "error", text, remedy, reporter=code)

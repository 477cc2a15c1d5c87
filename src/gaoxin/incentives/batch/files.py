"""The files of firms as given: Parquet as it lies, CSV and xlsx as text in a temporary Parquet file, and what each
column means.

A column is recognised by the code or the name of its item, with a unit in brackets if it has another than the book's.
"""

from __future__ import annotations

import shutil
import weakref
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from gaoxin.problems import InputError, Problem
from gaoxin.returns import delimited, workbook
from gaoxin.returns.cells import BLANK_MARKS
from gaoxin.returns.files import InputFile, find_files
from gaoxin.returns.findings import Findings
from gaoxin.returns.headings import Vocabulary
from gaoxin.returns.layout import HEAD_ROWS, Column, Layout, NoLayout, recognise
from gaoxin.returns.rows import SYNTHETIC_MARKS
from gaoxin.rulebook.book import Book
from gaoxin.words import Text

ZONE = ("zone", "园区", "园区名称", "园区代码", "所属园区", "所在园区", "高新区", "所属高新区", "开发区", "zone_name")
"""Headings of the column by which results are grouped; a book of incentives has no zones of its own."""

ROW = "@row"
"""Column with the number of the row in a file that was read as text."""

_MARKS = pa.array(sorted({*BLANK_MARKS, ""}))
_CHUNK = 20_000
_SAMPLE = 20


class Folder:
    """A temporary folder that goes away with the last object that refers to it, or with the process."""

    def __init__(self) -> None:
        self.path = Path(mkdtemp(prefix="gaoxin-"))
        self.remove = weakref.finalize(self, shutil.rmtree, self.path, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class GivenFile:
    """One file: where its columns can be read, and under which names.

    ``items`` holds the column of each item that the file has, ``units`` the unit stated for some of them, ``unknown``
    the headings that nobody knows. ``key``, ``parent``, ``period``, ``firm_name`` and ``zone`` are columns, all but the
    first perhaps empty.
    """

    source: InputFile
    path: Path
    as_text: bool
    key: str
    parent: str
    period: str
    firm_name: str
    zone: str
    items: dict[str, str]
    units: dict[str, str]
    unknown: tuple[str, ...]
    synthetic: bool

    @property
    def name(self) -> str:
        """How it is called in messages."""
        return self.source.name


def given_files(paths: Iterable[str | Path], book: Book, entity: str, folder: Folder) -> tuple[GivenFile, ...]:
    """What the files at ``paths`` hold about the reporters of ``entity``.

    Text files and workbooks are copied into ``folder``.

    Raises
    ------
    InputError
        A file that cannot be read, has no column with the codes of the reporters, or none that the book knows.
    """
    findings = Findings()
    found = find_files(paths, findings)
    findings.stop_on_errors()
    vocabulary = Vocabulary(book, ZONE)
    given = [_given(file, book, entity, vocabulary, folder, at) for at, file in enumerate(found)]
    return tuple(given)


def _given(file: InputFile, book: Book, entity: str, vocabulary: Vocabulary, folder: Folder, at: int) -> GivenFile:
    if file.kind == "parquet":
        return _parquet(file, book, entity, vocabulary)
    findings = Findings()
    reader = workbook if file.kind == "xlsx" else delimited
    sheets = reader.read_sheets(file, findings)
    findings.stop_on_errors()
    refused: list[Problem] = []
    for sheet in sheets:
        head = list(islice(sheet.rows, HEAD_ROWS))
        layout = recognise(head, vocabulary, book)
        problem = _refusal(file.name, sheet.name, layout, entity, book)
        if problem is not None or isinstance(layout, NoLayout):
            refused += [problem] if problem is not None else []
            continue
        path = folder.path / f"{entity}-{at}.parquet"
        if file.kind == "csv":
            encoding = delimited.find_encoding(file, findings) or "utf-8"
            _copy_csv(file, layout, encoding, path)
        else:
            _copy_rows(chain(head, sheet.rows), layout, path)
        labels = _labels(layout.columns)
        return _described(file, path, True, layout, labels, book, entity, _says_synthetic(path, layout, labels))
    raise InputError(refused)


def _parquet(file: InputFile, book: Book, entity: str, vocabulary: Vocabulary) -> GivenFile:
    try:
        schema = pq.read_schema(file.path)
    except (pa.ArrowInvalid, OSError) as error:
        reason = str(error).splitlines()[0]
        message = Text(f"Parquet 文件损坏：{reason}", f"a damaged Parquet file: {reason}")
        remedy = Text("请重新导出。", "Export it again.")
        raise InputError([Problem("file.damaged", "error", message, remedy, file=file.name)]) from None
    layout = recognise([schema.names], vocabulary, book)
    problem = _refusal(file.name, None, layout, entity, book)
    if problem is not None or isinstance(layout, NoLayout):
        raise InputError([problem] if problem else [])
    synthetic = (schema.metadata or {}).get(b"synthetic", b"").lower() == b"true"
    labels = {column.position: schema.names[column.position] for column in layout.columns}
    synthetic = synthetic or _says_synthetic(file.path, layout, labels)
    return _described(file, file.path, False, layout, labels, book, entity, synthetic)


def _refusal(file: str, sheet: str | None, layout: Layout | NoLayout, entity: str, book: Book) -> Problem | None:
    """Why a table cannot be used; None when it can."""
    name = book.entities[entity].name
    if isinstance(layout, NoLayout):
        there = "、".join(layout.labels[:8]) or "–"
        if layout.reason in {"no-key", "wrong-entity"}:
            zh, en = f"没有{name.zh}代码列；有：{there}", f"no column with the code of the {name.en}; has: {there}"
            message = Text(zh, en)
            other = (
                Text("（或“统一社会信用代码”）", " (or “统一社会信用代码”)")
                if book.entities[entity].parent is None
                else Text("", "")
            )
            remedy = Text(f"加一列 {entity}{other.zh}。", f"Add a column “{entity}”{other.en}.")
        else:
            message = Text(f"没有规则书认识的列；有：{there}", f"no column that the rulebook knows; has: {there}")
            remedy = Text(
                "表头用项目代码或名称，见 gaoxin incentives fields。",
                "Head the columns with codes or names of items: see gaoxin incentives fields.",
            )
        return Problem("file.columns", "error", message, remedy, file=file, sheet=sheet, row=layout.row)
    if layout.kind != "wide" or layout.entity != entity:
        message = Text(f"应是每行一个{name.zh}、每列一个项目的表", f"a table with a row per {name.en} is needed")
        remedy = Text(f"每行一个代码，列名 {entity}。", f"It has their codes in a column “{entity}”.")
        if layout.entity != entity and book.entities[layout.entity].parent == entity:
            zh, en = (
                f"明细表用 --with {layout.entity}=文件 给出。",
                f"Give such a table by --with {layout.entity}=FILE.",
            )
            remedy = Text(zh, en)
        return Problem("file.shape", "error", message, remedy, file=file, sheet=sheet)
    above = book.entities[entity].parent
    if above is not None and not layout.of_role("key", above):
        owner = book.entities[above].name
        message = Text(f"没有所属{owner.zh}的代码列", f"no column with the code of the {owner.en} of each row")
        remedy = Text(f"加一列 {above}。", f"Add a column “{above}”.")
        return Problem("file.columns", "error", message, remedy, file=file, sheet=sheet)
    if layout.contradictions:
        column, code = layout.contradictions[0]
        zh, en = f"列 {column.label} 的代码与名称不符（{code}）", f"code and name of {column.label} differ ({code})"
        message = Text(zh, en)
        return Problem("file.heading", "error", message, file=file, sheet=sheet, column=column.place)
    return None


def _described(
    file: InputFile,
    path: Path,
    as_text: bool,
    layout: Layout,
    labels: dict[int, str],
    book: Book,
    entity: str,
    synthetic: bool,
) -> GivenFile:
    def first(columns: Sequence[Column]) -> str:
        return next((labels[column.position] for column in columns), "")

    items: dict[str, str] = {}
    units: dict[str, str] = {}
    for column, code in layout.items():
        if code in items:
            message = Text(f"两列都是 {code}", f"two columns are {code}")
            remedy = Text("删去其中一列。", "Remove one of them.")
            raise InputError([Problem("file.columns", "error", message, remedy, file=file.name, column=column.place)])
        items[code] = labels[column.position]
        stated = column.heading.stated_unit if column.heading else None
        if stated is None and len(layout.sheet_units) == 1:
            stated = layout.sheet_units[0]
        if stated is not None:
            units[code] = stated
    return GivenFile(
        source=file,
        path=path.absolute(),
        as_text=as_text,
        key=first(layout.of_role("key", entity)),
        parent="" if (parent := book.entities[entity].parent) is None else first(layout.of_role("key", parent)),
        period=first(layout.of_role("period")),
        firm_name=first(layout.of_role("name", entity)),
        zone=first([*layout.of_role("attribute"), *layout.of_role("key", "zone")]),
        items=items,
        units=units,
        unknown=tuple(column.label for column in layout.columns if column.heading is None and column.label),
        synthetic=synthetic or layout.synthetic,
    )


def _labels(columns: Sequence[Column]) -> dict[int, str]:
    """A name for each column of a table without names of its own."""
    return {column.position: f"c{column.position}" for column in columns}


def _says_synthetic(path: Path, layout: Layout, labels: dict[int, str]) -> bool:
    columns = [labels[column.position] for column in layout.of_role("synthetic")]
    if not columns:
        return False
    with pq.ParquetFile(path) as file:
        first = next(file.iter_batches(batch_size=1, columns=columns[:1]), None)
    return first is not None and str(first.column(0)[0].as_py()).casefold() in SYNTHETIC_MARKS


def _copy_csv(file: InputFile, layout: Layout, encoding: str, path: Path) -> None:
    """The rows below the headings of a CSV as text columns, trimmed, read as a stream."""
    width = max(column.position for column in layout.columns) + 1
    names = [f"c{position}" for position in range(width)]
    with file.path.open(encoding=encoding, newline="") as content:
        delimiter = delimited.find_delimiter("".join(islice(content, _SAMPLE)))
    try:
        reader = pyarrow.csv.open_csv(
            file.path,
            read_options=pyarrow.csv.ReadOptions(
                column_names=names, skip_rows=layout.first_row - 1, encoding=encoding, use_threads=False
            ),
            parse_options=pyarrow.csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
            ),
        )
        _write((pa.table({name: batch[name] for name in names}) for batch in reader), names, layout.first_row, path)
    except pa.ArrowInvalid as error:
        reason = str(error).splitlines()[0]
        message = Text(f"不是规整的 CSV：{reason}", f"the CSV is not regular: {reason}")
        remedy = Text(
            "每行的列数应与表头相同；含分隔符的单元格加引号。",
            "Every row needs as many cells as the header; quote cells that hold the delimiter.",
        )
        raise InputError([Problem("file.csv", "error", message, remedy, file=file.name)]) from None


def _copy_rows(rows: Iterator[list[str]], layout: Layout, path: Path) -> None:
    """The rows below the headings of a sheet as text columns, trimmed."""
    width = max(column.position for column in layout.columns) + 1
    names = [f"c{position}" for position in range(width)]
    body = islice(rows, layout.first_row - 1, None)

    def tables() -> Iterator[pa.Table]:
        while chunk := list(islice(body, _CHUNK)):
            cells = [[*row[:width], *[""] * (width - len(row))] for row in chunk]
            yield pa.table([pa.array([row[at] for row in cells], pa.string()) for at in range(width)], names=names)

    _write(tables(), names, layout.first_row, path)


def _write(tables: Iterator[pa.Table], names: list[str], first_row: int, path: Path) -> None:
    schema: Any = pa.schema([*((name, pa.string()) for name in names), (ROW, pa.int64())])
    row = first_row
    with pq.ParquetWriter(path, schema, compression="lz4") as writer:
        for table in tables:
            numbers = pa.array(range(row, row + table.num_rows), pa.int64())
            written = pa.table([_trimmed(column) for column in table.columns], names=names)
            writer.write_table(written.append_column(ROW, numbers).cast(schema))
            row += table.num_rows


def _trimmed(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """Texts without the blanks around them, NULL where they say that nothing is reported."""
    bare = pc.utf8_trim_whitespace(texts)
    return pc.if_else(pc.is_in(bare, _MARKS), None, bare)

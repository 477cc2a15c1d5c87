"""Sheets of an xlsx workbook.

python-calamine reads the cells. It shows an Excel error and a formula that was never calculated as an empty cell, which
would pass for a missing figure; so the XML of each sheet is looked through for both, and the cell then reads
``#DIV/0!`` or ``=``, which no figure, date or code can be read from.
"""

from __future__ import annotations

import datetime
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import IO
from xml.etree import ElementTree

import python_calamine

from gaoxin.problems import Problem
from gaoxin.returns.files import InputFile
from gaoxin.returns.findings import Findings
from gaoxin.returns.sheets import Sheet
from gaoxin.words import Text

MAX_BYTES = 50 << 20
MAX_UNPACKED = 400 << 20
"""A workbook beyond this is refused before it is opened: its cells would take more than a gigabyte of memory."""

_CHUNK = 1 << 20


def read_sheets(file: InputFile, findings: Findings) -> list[Sheet]:
    """Return the visible sheets of ``file`` that have cells; what is wrong with the file is noted in ``findings``."""

    def refuse(rule: str, message: Text, remedy: Text) -> list[Sheet]:
        findings.add(Problem(rule=rule, severity="error", message=message, remedy=remedy, file=file.name))
        return []

    damaged = (
        "file.damaged",
        Text("文件损坏，或不是 Excel 工作簿", "the file is damaged or is not an Excel workbook"),
        Text("请用 Excel 打开后另存为 .xlsx", "open it in Excel and save it as .xlsx"),
    )
    try:
        too_large = _too_large(file.path)
        if too_large is not None:
            return refuse(*too_large)
        workbook = python_calamine.load_workbook(str(file.path))
        dubious = _dubious_cells(file.path)
    except python_calamine.PasswordError:
        return refuse(
            "file.password",
            Text("工作簿设有密码", "the workbook is protected by a password"),
            Text("请取消密码后另存", "remove the password and save it again"),
        )
    except (
        python_calamine.CalamineError,
        zipfile.BadZipFile,
        ElementTree.ParseError,
        KeyError,
        ValueError,
        EOFError,
        OSError,
    ):
        return refuse(*damaged)

    sheets = []
    for metadata in workbook.sheets_metadata:
        if metadata.typ != python_calamine.SheetTypeEnum.WorkSheet:
            continue
        if metadata.visible != python_calamine.SheetVisibleEnum.Visible:
            findings.add(
                Problem(
                    rule="sheet.hidden",
                    severity="info",
                    message=Text("隐藏的工作表，未读取", "a hidden sheet, not read"),
                    remedy=Text("如有数据请取消隐藏", "unhide it if it holds figures"),
                    file=file.name,
                    sheet=metadata.name,
                )
            )
            continue
        try:
            cells = workbook.get_sheet_by_name(metadata.name)
        except python_calamine.CalamineError:
            return refuse(*damaged)
        if cells.height:
            sheets.append(Sheet(file.name, metadata.name, _rows(cells, dubious.get(metadata.name, {}))))
    if not sheets and not findings.failed:
        return refuse(
            "file.empty",
            Text("工作簿中没有数据", "the workbook holds no cells"),
            Text("请重新导出", "export it again"),
        )
    return sheets


def _rows(sheet: python_calamine.CalamineSheet, dubious: dict[int, dict[int, str]]) -> Iterator[list[str]]:
    left = [""] * (sheet.start[1] if sheet.start else 0)
    for number, row in enumerate(sheet.iter_rows(), start=1):
        texts = left + [_text(value) for value in row]
        for column, text in dubious.get(number, {}).items():
            texts += [""] * (column + 1 - len(texts))
            texts[column] = text
        yield texts


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, float)):
        return number_text(value)
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat(" ")
    return str(value)


def number_text(value: float) -> str:
    """Shortest text of a number as Excel means it: at most 15 significant digits, as Excel itself keeps and shows.

    >>> number_text(1200.0), number_text(0.1 + 0.2), number_text(1e20), number_text(2.5e-7)
    ('1200', '0.3', '100000000000000000000', '0.00000025')
    """
    if value == int(value):
        # An integer beyond 15 digits has lost its last ones in Excel; it stays as it is and the checks will say so.
        return str(int(value))
    text = repr(value)
    return f"{Decimal(text if len(text) <= 16 else f'{value:.15g}'):f}"


def _too_large(path: Path) -> tuple[str, Text, Text] | None:
    """Why a workbook is too large to open, if it is: its size on disk, or what it unpacks to.

    The sizes in the directory of the archive are not believed: a bomb may lie. Everything is unpacked once and counted.
    """
    remedy = Text("请拆分，或另存为 CSV、Parquet", "split it, or save it as CSV or Parquet")
    size = path.stat().st_size
    if size > MAX_BYTES:
        return (
            "file.too-large",
            Text(
                f"工作簿有 {size >> 20} MB，上限 {MAX_BYTES >> 20} MB",
                f"the workbook has {size >> 20} MB, the limit is {MAX_BYTES >> 20} MB",
            ),
            remedy,
        )
    unpacked = 0
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            member.file_size = MAX_UNPACKED + 1
            with archive.open(member) as content:
                while chunk := content.read(_CHUNK):
                    unpacked += len(chunk)
                    if unpacked > MAX_UNPACKED:
                        return (
                            "file.zip-bomb",
                            Text(
                                f"工作簿解压后超过 {MAX_UNPACKED >> 20} MB",
                                f"the workbook unpacks to more than {MAX_UNPACKED >> 20} MB",
                            ),
                            remedy,
                        )
    return None


def _dubious_cells(path: Path) -> dict[str, dict[int, dict[int, str]]]:
    """Excel errors and formulas without a value: sheet → row → column (from 0) → the error, or ``=``."""
    found: dict[str, dict[int, dict[int, str]]] = {}
    with zipfile.ZipFile(path) as archive:
        for sheet, member in _sheet_members(archive):
            with archive.open(member) as content:
                if not _mentions(content, (b"<f", b't="e"', b"t='e'")):
                    continue
            with archive.open(member) as content:
                for row, column, text in _without_value(content):
                    found.setdefault(sheet, {}).setdefault(row, {})[column] = text
    return found


def _sheet_members(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Name of each sheet and its file in the archive (ECMA-376 part 1, 18.2.20)."""
    names = set(archive.namelist())
    # The expat behind ElementTree bounds the growth of entities, and the size of the file is bounded already.
    relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314
    targets = {relation.get("Id", ""): relation.get("Target", "") for relation in relations}
    for element in book.iter():
        if _local(element) != "sheet":
            continue
        relation = next((value for key, value in element.attrib.items() if key.endswith("}id")), "")
        target = targets.get(relation, "")
        member = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if member in names:
            yield element.get("name", ""), member


def _local(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _mentions(content: IO[bytes], marks: tuple[bytes, ...]) -> bool:
    overlap = b""
    while chunk := content.read(_CHUNK):
        text = overlap + chunk
        if any(mark in text for mark in marks):
            return True
        overlap = chunk[-8:]
    return False


def _without_value(content: IO[bytes]) -> Iterator[tuple[int, int, str]]:
    """Row, column (from 0) and ``=`` or the error of each cell that has no value to read."""
    for _, element in ElementTree.iterparse(content):  # noqa: S314
        name = _local(element)
        if name == "c":
            value = element.findtext("{*}v") or ""
            kind = element.get("t")
            # A formula whose result is an empty text (t="str") is an ordinary blank.
            formula = element.find("{*}f") is not None and not value and kind != "str"
            if kind == "e" or formula:
                reference = element.get("r", "")
                letters = reference.rstrip("0123456789")
                yield int(reference[len(letters) :]), column_index(letters), value or "="
        elif name == "row":
            element.clear()


def column_index(letters: str) -> int:
    """Position of a column from 0.

    >>> column_index("A"), column_index("AB")
    (0, 27)
    """
    index = 0
    for letter in letters.upper():
        index = index * 26 + ord(letter) - ord("A") + 1
    return index - 1

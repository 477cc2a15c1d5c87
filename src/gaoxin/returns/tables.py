"""Any table with a key column: for systems whose indicators are already computed (countries, districts …)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from gaoxin.problems import Problem
from gaoxin.returns import delimited, workbook
from gaoxin.returns.cells import BLANK_MARKS, CellError, narrow, parse_number
from gaoxin.returns.files import find_files
from gaoxin.returns.findings import Findings
from gaoxin.returns.layout import letters
from gaoxin.returns.rows import SYNTHETIC_MARKS
from gaoxin.returns.sheets import Sheet
from gaoxin.words import Text

_PERIOD_NAMES = {"period", "year", "年份", "年度", "期", "time"}


@dataclass(frozen=True, eq=False)
class GivenTable:
    """A table as it was given.

    ``table`` has the columns as they are headed: numbers (float64, null where a cell is blank) where most cells are
    numbers, else text; the key column is text. ``rows`` are the numbers of the rows in the file.
    """

    table: pa.Table
    key: str
    period: str | None
    rows: tuple[int, ...]
    problems: tuple[Problem, ...]
    synthetic: bool
    source: tuple[str, str]

    @property
    def numeric(self) -> list[str]:
        """The columns that hold numbers, without the period."""
        types = zip(self.table.column_names, self.table.schema.types, strict=True)
        return [name for name, kind in types if pa.types.is_floating(kind) and name != self.period]


def read_table(path: str | Path, key: str | None = None, *, sheet: str | None = None) -> GivenTable:
    """Read a table: one heading row, one row for each unit (or unit and period).

    Parameters
    ----------
    path
        An xlsx, CSV or Parquet file.
    key
        Heading of the column that names the units; by default the first column of text in which no value repeats
        within a period.
    sheet
        Sheet of the workbook; by default the only one, or the first with cells.

    Raises
    ------
    InputError
        With every error found: no such sheet or column, a unit twice, text among numbers.
    """
    findings = Findings()
    files = find_files([path], findings)
    findings.stop_on_errors()
    file = files[0]
    if file.kind == "parquet":
        cells = pq.read_table(file.path)
        metadata = cells.schema.metadata or {}
        synthetic = metadata.get(b"synthetic", b"").lower() == b"true"
        numbers = list(range(1, cells.num_rows + 1))
        columns = {name: _typed(cells[name]) for name in cells.column_names}
        where = Sheet(file.name, None, iter(()))
    else:
        reader = workbook if file.kind == "xlsx" else delimited
        where = _choose(reader.read_sheets(file, findings), sheet, file.name, findings)
        headings, body, numbers = _cells(where, findings)
        findings.stop_on_errors()
        columns = {}
        for at, name in enumerate(headings):
            texts = [narrow(row[at]) if at < len(row) else "" for row in body]
            columns[name] = _column(texts, f"{letters(at)} {name}", numbers, where, findings)
        synthetic = False
    findings.stop_on_errors()
    period = next((name for name in columns if name.casefold() in _PERIOD_NAMES), None)
    if period is not None:
        columns[period] = _as_text(columns[period])
    chosen = _key(columns, key, period, where, findings)
    columns[chosen] = _as_text(columns[chosen])
    _units_twice(columns[chosen], columns.get(period or ""), chosen, numbers, where, findings)
    findings.stop_on_errors()
    said = next((columns[name] for name in columns if name.casefold() in {"synthetic", "合成"}), None)
    if said is not None:
        synthetic |= any(str(value).casefold() in SYNTHETIC_MARKS for value in said.unique().to_pylist())
    return GivenTable(
        pa.table(columns),
        chosen,
        period,
        tuple(numbers),
        tuple(findings.all()),
        synthetic,
        (file.name, file.sha256()),
    )


def _error(findings: Findings, where: Sheet, rule: str, message: Text, remedy: Text, **place: str | int | None) -> None:
    findings.add(
        Problem(rule=rule, severity="error", message=message, remedy=remedy, file=where.file, sheet=where.name, **place)  # type: ignore[arg-type]
    )


def _choose(sheets: Sequence[Sheet], wanted: str | None, file: str, findings: Findings) -> Sheet:
    findings.stop_on_errors()
    if wanted is None:
        return sheets[0]
    found = next((one for one in sheets if one.name == wanted), None)
    if found is None:
        names = [one.name or "" for one in sheets]
        _error(
            findings,
            Sheet(file, wanted, iter(())),
            "sheet.not-found",
            Text("没有这个工作表", "there is no such sheet"),
            Text(f"可用：{'、'.join(names)}", f"there are: {', '.join(names)}"),
        )
        findings.stop_on_errors()
    assert found is not None  # noqa: S101  stop_on_errors has raised otherwise
    return found


def _cells(where: Sheet, findings: Findings) -> tuple[list[str], list[list[str]], list[int]]:
    """Headings (the first row with more than one cell), the rows below with their numbers."""
    rows = enumerate(where.rows, start=1)
    headings: list[str] = []
    for number, row in rows:
        if sum(bool(narrow(cell)) for cell in row) > 1:
            headings = [narrow(cell) for cell in row]
            head = number
            break
    while headings and not headings[-1]:
        headings.pop()
    body, numbers = [], []
    for number, row in rows:
        if any(narrow(cell) for cell in row):
            if any(narrow(cell) for cell in row[len(headings) :]):
                _error(
                    findings,
                    where,
                    "row.too-many-cells",
                    Text("单元格多于表头", "more cells than headings"),
                    Text(
                        "数字中的千分位逗号请加引号或去掉", "quote numbers with separators, or leave the separators out"
                    ),
                    row=number,
                )
            body.append(row)
            numbers.append(number)
    if not body:
        _error(
            findings,
            where,
            "sheet.empty",
            Text("表头下没有数据", "no rows under the headings"),
            Text("请核对文件", "check the file"),
        )
    for name in {name for name in headings if headings.count(name) > 1}:
        _error(
            findings,
            where,
            "table.heading-twice",
            Text(
                f"表头“{name}”出现多次" if name else "表头有空白",
                f"the heading “{name}” stands there twice" if name else "a blank heading",
            ),
            Text("每列请用不同的表头", "give every column its own heading"),
            row=head,
        )
    return headings, body, numbers


def _column(texts: list[str], place: str, numbers: list[int], where: Sheet, findings: Findings) -> pa.Array:
    """Numbers where most of the cells that are not blank are numbers, else text."""
    values: list[float | None] = []
    faults: list[tuple[int, CellError]] = []
    given = 0
    for i, text in enumerate(texts):
        value = None
        if text not in BLANK_MARKS:
            given += 1
            try:
                value = float(parse_number(text, percent=True)[0])
            except CellError as error:
                faults.append((i, error))
        values.append(value)
    if 2 * len(faults) >= max(given, 1):
        return pa.array([text or None for text in texts], pa.string())
    for i, fault in faults:
        _error(
            findings,
            where,
            fault.rule,
            fault.message,
            fault.remedy,
            row=numbers[i],
            column=place,
            value=texts[i],
        )
    return pa.array(values, pa.float64())


def _typed(column: pa.ChunkedArray) -> pa.Array:
    kind = column.type
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return pc.cast(column, pa.float64()).combine_chunks()
    return pc.cast(column, pa.string()).combine_chunks()


def _as_text(column: pa.Array) -> pa.Array:
    """A key or a period as text: 2021.0 is 2021."""
    if pa.types.is_floating(column.type):
        return pa.array([None if v is None else f"{v:.15g}" for v in column.to_pylist()], pa.string())
    return column


def _key(columns: dict[str, pa.Array], wanted: str | None, period: str | None, where: Sheet, findings: Findings) -> str:
    if wanted is not None and wanted not in columns:
        _error(
            findings,
            where,
            "table.no-key",
            Text(f"没有“{wanted}”列", f"there is no column “{wanted}”"),
            Text(f"可用：{'、'.join(columns)}", f"there are: {', '.join(columns)}"),
        )
        findings.stop_on_errors()
    if wanted is not None:
        return wanted
    for name, column in columns.items():
        if pa.types.is_string(column.type) and name != period and column.null_count == 0:
            units = column if period is None else pc.binary_join_element_wise(column, columns[period], "\n")
            if len(units.unique()) == len(units):
                return name
    _error(
        findings,
        where,
        "table.no-key",
        Text(
            "没有可以区分各单位的列（文字、无空白、不重复）",
            "no column tells the units apart (text, no blanks, no repeats)",
        ),
        Text("请用 --key 指明", "name one with --key"),
    )
    findings.stop_on_errors()
    return ""


def _units_twice(
    units: pa.Array, periods: pa.Array | None, key: str, numbers: Sequence[int], where: Sheet, findings: Findings
) -> None:
    seen: dict[tuple[str | None, str | None], int] = {}
    when = [None] * len(units) if periods is None else periods.to_pylist()
    for number, unit, period in zip(numbers, units.to_pylist(), when, strict=True):
        first = seen.setdefault((unit, period), number)
        if unit is None or first != number:
            _error(
                findings,
                where,
                "reporter.duplicate" if unit else "row.no-reporter",
                Text(f"“{unit}”重复，另见第 {first} 行", f"“{unit}” is there twice, also in row {first}")
                if unit
                else Text("没有单位名称", "a row without the name of its unit"),
                Text("请删去其中一行", "delete one of the rows") if unit else Text("请补填", "fill it in"),
                row=number,
                column=key,
                reporter=unit,
                period=period,
            )

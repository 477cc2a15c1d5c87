"""Writing a sample city the way offices keep returns: firms and projects by year, zones and experts as workbooks.

Every file says that it is synthetic: a column and the names of the firms in all of them, a line above the table in
workbooks, the metadata in Parquet. The truth about planted problems goes into ``_planted``, which a reader of returns
passes over.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal, Protocol

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq
import xlsxwriter

from gaoxin.samples.city import City, truth_table
from gaoxin.samples.planting import Planted
from gaoxin.samples.research import RESEARCH_MONEY

Format = Literal["csv", "xlsx", "parquet"]

XLSX_FIRMS = 20_000
"""More firms than this make workbooks that no office opens; CSV or Parquet are for them."""

ROW_GROUP = 49_152
"""Rows of a row group in Parquet."""

NOTE = "合成数据，并非真实企业或园区的数据 · synthetic data: no figure is that of a real firm or zone"

FORMS = {"GQ-001": ("qb",), "GQ-002": ("qc",), "GQ-003": ("qd",), "GQ-005": ("qj", "qi")}
"""Forms of the workbook and how their items begin."""

_NAMES = {"firm": "firms", "project": "projects"}
_HEADINGS = {
    "firm": "统一社会信用代码", "zone": "园区代码", "period": "年份", "firm_name": "企业名称", "zone_name": "园区名称",
    "class": "类别", "expert": "专家", "indicator": "指标", "score": "评分", "remark": "备注", "synthetic": "合成",
}  # fmt: skip
_README = """# 示例城市（合成数据） · Sample city (synthetic data)

除园区的代码和名称外，这里的一切都是生成的：没有一个数字是真实企业或园区的。
企业代码的登记机关区划为 990000，并不存在；企业名称均注明“（合成）”。

Everything here is generated, except codes and names of the zones: no figure is that of a real firm or zone. The region
in the credit codes is 990000, which does not exist; the names of the firms say （合成）.

- 参数 · parameters: zones={zones} firms={firms} years={years} last_year={last} seed={seed}
- `firms-*`、`projects-*`：企业报表与研发项目 · returns of the firms, R&D projects
- `zones.xlsx`：园区报表 · returns of the zones; `experts.xlsx`：专家评分 · expert scores
- `_planted/planted.csv`：埋设的问题及真值，供检验数据检查 · the planted problems and the truth, to test the checks
"""


class _Writer(Protocol):
    def write(self, table: pa.Table) -> None:
        """Take further rows."""

    def finish(self) -> None:
        """Write what is left; the file is complete."""

    def release(self) -> None:
        """Close the file, complete or not."""


def write_city(
    city: City,
    folder: Path,
    *,
    format: Format = "csv",  # noqa: A002  the word of the command line
    headings: Mapping[str, str] | None = None,
    progress: Callable[[float], None] = lambda _: None,
) -> list[Path]:
    """Write the city into ``folder``, which may hold nothing of these names half-written: all files or none.

    Parameters
    ----------
    city
        The city.
    folder
        Made if it is not there.
    format
        Of the firms and projects. Zones and experts are workbooks always, the truth is CSV.
    headings
        Names of items to put beside their codes in workbooks, for example ``{"gx_gazelles": "当年新晋…（家）"}``.
    progress
        Called with the share that is done.

    Returns
    -------
    The files.

    Raises
    ------
    ValueError
        When so many firms are asked for as workbooks.
    """
    firms = int(city.profiles.firms.sum())
    if format == "xlsx" and firms > XLSX_FIRMS:
        raise ValueError(f"more than {XLSX_FIRMS} firms do not fit workbooks; use csv or parquet")
    folder.mkdir(parents=True, exist_ok=True)
    named = dict(headings or {})
    with TemporaryDirectory(prefix=".gaoxin-", dir=folder) as staging:
        at = Path(staging)
        _write_firms(city, at, format, named, progress)
        _write_workbook(at / "zones.xlsx", {"园区综合": city.zone_returns()}, named)
        _write_workbook(at / "experts.xlsx", {"专家评分": city.expert_scores()}, named)
        readme = _README.format(
            zones=len(city.zones), firms=firms, years=len(city.periods), last=city.periods[-1], seed=city.seed
        )
        (at / "README.md").write_text(readme, encoding="utf-8")
        written = []
        for source in sorted(path for path in at.rglob("*") if path.is_file()):
            target = folder / source.relative_to(at)
            target.parent.mkdir(exist_ok=True)
            shutil.move(source, target)
            written.append(target)
    return written


def _write_firms(
    city: City, folder: Path, kind: Format, headings: Mapping[str, str], progress: Callable[[float], None]
) -> None:
    """Write firms and projects chunk by chunk, one file for each year, and the truth."""
    writers: dict[tuple[str, str], _Writer] = {}
    truth: list[Planted] = []
    total = int(city.profiles.firms.sum()) * len(city.periods)
    done = 0
    with ExitStack() as stack:
        for chunk in city.chunks():
            for entity, table in (("firm", chunk.firms), ("project", chunk.projects)):
                at = (entity, chunk.period)
                if at not in writers:
                    path = folder / f"{_NAMES[entity]}-{chunk.period}.{kind}"
                    writers[at] = _writer(path, entity, kind, table.schema, headings)
                    stack.callback(writers[at].release)
                writers[at].write(table)
            truth += chunk.planted
            done += chunk.firms.num_rows
            progress(min(done / total, 1.0))
        for writer in writers.values():
            writer.finish()
    (folder / "_planted").mkdir()
    table = truth_table(truth + city.late_truth())
    truth_file = _Csv(folder / "_planted" / "planted.csv", table.schema)
    truth_file.write(table)
    truth_file.finish()


def _writer(path: Path, entity: str, kind: Format, schema: pa.Schema, headings: Mapping[str, str]) -> _Writer:
    if kind == "parquet":
        return _Parquet(path, schema)
    return _Csv(path, schema) if kind == "csv" else _Workbook(path, entity, headings)


class _Csv:
    """CSV in UTF-8 with the mark by which Excel knows it."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._file = path.open("wb")
        self._file.write(b"\xef\xbb\xbf")
        options = pyarrow.csv.WriteOptions(quoting_style="needed")
        self._writer = pyarrow.csv.CSVWriter(self._file, schema, write_options=options)

    def write(self, table: pa.Table) -> None:
        self._writer.write_table(neutralised(table))

    def finish(self) -> None:
        self._writer.close()
        self.release()

    def release(self) -> None:
        self._file.close()


class _Parquet:
    """Parquet in the types in which figures are kept: money with three decimals, counts as 32-bit integers."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._schema = pa.schema([stored_field(field) for field in schema], {"synthetic": "true", "note": NOTE})
        self._writer = pq.ParquetWriter(path, self._schema, compression="zstd", store_decimal_as_integer=True)
        self._waiting: list[pa.Table] = []

    def write(self, table: pa.Table) -> None:
        self._waiting.append(table)
        if sum(waiting.num_rows for waiting in self._waiting) >= ROW_GROUP:
            self._flush()

    def _flush(self) -> None:
        if self._waiting:
            table = pa.concat_tables(self._waiting)
            columns = [_stored(column, field.type) for column, field in zip(table.columns, self._schema, strict=True)]
            self._writer.write_table(pa.Table.from_arrays(columns, schema=self._schema), row_group_size=ROW_GROUP)
            self._waiting = []

    def finish(self) -> None:
        self._flush()
        self.release()

    def release(self) -> None:
        self._writer.close()


def stored_field(field: pa.Field) -> pa.Field:
    """The type of a column in Parquet."""
    scales = {"qb04_0": 4, "qb15_5": 4, "qc41": 2, "qh40": 2, "qb06_2": 2}
    if field.name in scales:
        return pa.field(field.name, pa.decimal128(18, scales[field.name]))
    money = field.name in RESEARCH_MONEY or field.name == "qh51" or field.name.startswith("qc")
    if money and pa.types.is_integer(field.type):
        return pa.field(field.name, pa.decimal128(18, 3))
    return pa.field(field.name, pa.int32()) if pa.types.is_integer(field.type) else field


def _stored(column: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
    if pa.types.is_decimal(kind) and pa.types.is_integer(column.type):
        # 64-bit integers have 19 digits, so the way leads through a wider decimal.
        column = column.cast(pa.decimal128(19 + kind.scale, kind.scale))
    return column.cast(kind)


class _Workbook:
    """One workbook with a sheet for each form; it is written when all rows are there."""

    def __init__(self, path: Path, entity: str, headings: Mapping[str, str]) -> None:
        self._path, self._entity, self._headings = path, entity, headings
        self._tables: list[pa.Table] = []

    def write(self, table: pa.Table) -> None:
        self._tables.append(table)

    def release(self) -> None:
        """Nothing is open before the end."""

    def finish(self) -> None:
        table = pa.concat_tables(self._tables)
        if self._entity == "project":
            sheets = {"GQ-004": table}
        else:
            keys = [name for name in ("firm", "firm_name", "zone", "period") if name in table.column_names]
            sheets = {
                form: table.select([*keys, *(n for n in table.column_names if n.startswith(begins)), "synthetic"])
                for form, begins in FORMS.items()
            }
        _write_workbook(self._path, sheets, self._headings)


def _write_workbook(path: Path, sheets: Mapping[str, pa.Table], headings: Mapping[str, str]) -> None:
    """Sheets with a note on top, codes, names where they are known, and the rows. Text is never a formula."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), options) as workbook:
        bold, day = workbook.add_format({"bold": True}), workbook.add_format({"num_format": "yyyy-mm-dd"})
        for name, table in sheets.items():
            sheet = workbook.add_worksheet(name)
            sheet.write_string(0, 0, NOTE)
            codes = [_HEADINGS.get(column, column) for column in table.column_names]
            top = 1
            for words in (codes, [headings.get(column, "") for column in table.column_names]):
                if any(words):
                    for at, word in enumerate(words):
                        sheet.write_string(top, at, word, bold)
                    top += 1
            sheet.freeze_panes(top, 1)
            sheet.set_column(0, 0, 22)
            for number, row in enumerate(
                zip(*(column.to_pylist() for column in table.columns), strict=True), start=top
            ):
                for at, value in enumerate(row):
                    if value is None:
                        continue
                    if isinstance(value, bool):
                        sheet.write_string(number, at, "是" if value else "否")
                    elif isinstance(value, (int, float)):
                        sheet.write_number(number, at, value)
                    elif isinstance(value, str):
                        sheet.write_string(number, at, value)
                    else:
                        sheet.write_datetime(number, at, value, day)


def neutralised(table: pa.Table) -> pa.Table:
    """The table with an apostrophe before every text that a spreadsheet would take for a formula.

    >>> neutralised(pa.table({"name": ["=1+1", "示例", None]}))["name"].to_pylist()
    ["'=1+1", '示例', None]
    """
    for at, field in enumerate(table.schema):
        if pa.types.is_string(field.type):
            column = table.column(at)
            risky = pc.match_substring_regex(column, r"^[=+\-@\t\r]")
            if pc.any(risky).as_py():
                marked = pc.if_else(risky, pc.binary_join_element_wise("'", column, ""), column)
                table = table.set_column(at, field, marked)
    return table

"""Which rows of firms can be used: every other goes to the rejects with its reasons, and the rest goes on.

Refused are cells that are no figure of their item, negative amounts, unknown industry codes, amounts in mixed units,
figures that contradict each other, firms that stand there twice or have no code. What concerns the whole file (a column
of the wrong type, all amounts in another unit) is an error before anything is computed.
"""

# ruff: noqa: S608 - every identifier and text in the SQL goes through quote and text

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import mkdtemp

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from gaoxin.engines.dialects import DUCKDB, quote
from gaoxin.engines.tables import Selection
from gaoxin.incentives.batch.cells import NEGATIVE_CELL, WIDTH, Fault, cell
from gaoxin.incentives.batch.database import database
from gaoxin.incentives.batch.files import ROW, Folder, GivenFile
from gaoxin.incentives.magnitudes import ALIKE, APART, DIVISIONS, INDUSTRY_CODE, LEAST_PER_HEAD, NO_INDUSTRY, STAFF
from gaoxin.problems import InputError, Problem
from gaoxin.returns.files import InputFile
from gaoxin.rulebook.book import Book
from gaoxin.words import Text

UNITS = Text(
    "同类金额相差千倍以上，单位（元、千元、万元）可能混用",
    "like amounts differ a thousandfold: units (yuan, thousands, ten thousands) may be mixed",
)
NO_CODE = Text("没有代码", "no code")
NO_FIRM = Text("没有所属企业的代码", "no code of the firm it belongs to")
TWICE = Text("同一年度有多行", "several rows for one year")
PERIOD = Text("年度无法识别（如 2024）", "the year cannot be read (like 2024)")

MOST_REJECTS = 5_000_000

READ = "="
"""Before the name of a text column: the column of what was read from it."""

REJECTS = pa.schema(
    [
        *((name, pa.string()) for name in ("firm", "entity", "key", "period", "file")),
        ("row", pa.int64()),
        *((name, pa.string()) for name in ("rule", "item", "value", "zh", "en")),
    ]
)


@dataclass(frozen=True, slots=True)
class Firms:
    """Firms, or the contracts, projects, persons … of firms, ready for an engine.

    ``source`` is what an engine reads, without the ``rejects`` (schema ``REJECTS``) and with the columns ``zone`` and
    ``firm_name`` where ``carried`` names them; ``absent`` are the items of the book that no file has, ``unknown`` the
    headings that nobody knows, by file; ``years`` the years of the rows.

    Of the rejects ``entity`` and ``key`` say who it is, and ``firm`` whose it is.
    """

    entity: str

    source: Selection
    rejects: pa.Table
    carried: tuple[str, ...]
    absent: tuple[str, ...]
    unknown: Mapping[str, tuple[str, ...]]
    synthetic: bool
    years: tuple[str, ...]
    files: tuple[InputFile, ...]
    rows: int

    def without(self, refused: pa.Table, folder: Folder) -> Firms:
        """The same without those whose keys stand in ``refused`` (schema ``REJECTS``), which join the rejects."""
        if not refused.num_rows:
            return self
        listed = Path(mkdtemp(dir=folder.path)) / "refused.parquet"
        pq.write_table(refused.select(["key"]), listed)
        where = f"{self.source.columns[self.entity]} NOT IN (SELECT r.key FROM {_parquet(listed)} r)"
        return replace(self, source=self.narrowed(where, listed), rejects=pa.concat_tables([self.rejects, refused]))

    def narrowed(self, where: str, *others: Path) -> Selection:
        """The source with one more condition, whose SQL reads the files ``others``."""
        source = self.source
        both = f"({source.where}) AND {where}" if source.where else where
        return Selection(source.files, source.columns, both, (*source.others, *others))


def rejected(rejects: pa.Table, entity: str) -> int:
    """How many of ``entity`` are among the ``rejects``, each counted once."""
    return len(rejects.filter(pc.equal(rejects["entity"], entity))["key"].unique())


def screen(
    files: Sequence[GivenFile], book: Book, entity: str, year: str, folder: Folder, *, memory_limit: str | None = None
) -> Firms:
    """Look through the rows of ``files`` once; what cannot be used becomes rejects.

    ``year`` is the period of rows that do not state one.

    Raises
    ------
    InputError
        A column that no figure can be read from; amounts of the whole file in another unit.
    """
    with database(folder.path, memory_limit) as connection:
        return _Screen(connection, files, book, entity, year, folder).firms()


class _Screen:
    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        files: Sequence[GivenFile],
        book: Book,
        entity: str,
        year: str,
        folder: Folder,
    ) -> None:
        self.connection, self.files, self.book, self.entity = connection, files, book, entity
        self.year, self.folder = year, folder
        self.parent = book.entities[entity].parent
        self.items = {code: item for code, item in book.items.items() if item.entity == entity}
        self.plain = True
        self.faults: list[list[Fault]] = []

    def firms(self) -> Firms:
        self.files = [self._settled(file, at) if file.as_text else file for at, file in enumerate(self.files)]
        selects = [self._typed(file) for file in self.files]
        have = {code for file in self.files for code in file.items}
        carried = tuple(
            name
            for name, there in (
                ("zone", any(file.zone for file in self.files)),
                ("firm_name", any(file.firm_name for file in self.files)),
            )
            if there
        )
        self._check_units(selects, have)
        rejects = self._rejects(selects)
        source = self._source(selects, have, carried, rejects)
        years = tuple(row[0] for row in self.connection.execute(self._years(selects)).fetchall())
        counted = sum(pq.read_metadata(file.path).num_rows for file in self.files)
        return Firms(
            entity=self.entity,
            source=source,
            rejects=rejects,
            carried=carried,
            absent=tuple(code for code in self.items if code not in have),
            unknown={file.name: file.unknown for file in self.files if file.unknown},
            synthetic=any(file.synthetic for file in self.files),
            years=years,
            files=tuple(file.source for file in self.files),
            rows=counted,
        )

    def _settled(self, file: GivenFile, at: int) -> GivenFile:
        """A text file with a typed column beside each text that is to be one: read once, not for every question."""
        typed = []
        for code, column in file.items.items():
            found = cell(self.items[code], column, "VARCHAR", file.units.get(code), trimmed=True)
            if found is not None and not found.exact and found.read:
                typed.append(f"{found.read} AS {quote(READ + column)}")
        if not typed:
            return file
        path = self.folder.path / f"typed-{self.entity}-{at}.parquet"
        select = f"SELECT *, {', '.join(typed)} FROM {_parquet(file.path)}"
        self.connection.execute(f"COPY ({select}) TO {DUCKDB.text(str(path))} (FORMAT parquet, COMPRESSION lz4)")
        return replace(file, path=path)

    def _typed(self, file: GivenFile) -> dict[str, str]:
        """The SQL of each column of the figures in one file, keys and period among them."""
        described = self.connection.execute(f"DESCRIBE SELECT * FROM {_parquet(file.path)}").fetchall()
        kinds = {str(row[0]): str(row[1]) for row in described}
        columns = {self.entity: _text(file.key, kinds[file.key], file.as_text)}
        if self.parent is not None:
            columns[self.parent] = _text(file.parent, kinds[file.parent], file.as_text)
        columns["period"] = (
            f"COALESCE({_text(file.period, kinds[file.period], file.as_text)}, {DUCKDB.text(self.year)})"
            if file.period
            else DUCKDB.text(self.year)
        )
        if file.period:
            # A year may stand there as 2024, 2024.0, 2024年 or as a date.
            columns["period"] = f"regexp_extract({columns['period']}, '^\\s*([12][0-9]{{3}})', 1)"
            if kinds[file.period] == "VARCHAR" and not file.as_text and self._years_are_plain(file):
                columns["period"] = quote(file.period)
        faults: list[Fault] = []
        problems: list[Problem] = []
        nowhere_negative = self._nowhere_negative(file)
        for code, column in file.items.items():
            found = cell(self.items[code], column, kinds[column], file.units.get(code), trimmed=file.as_text)
            if found is not None and READ + column in kinds:
                found = found.at(quote(column), quote(READ + column))
            if found is None:
                problems.append(self._unfit(file, code, column, kinds[column]))
                continue
            columns[code] = found.sql
            self.plain &= found.exact
            faults += [one for one in found.faults if one.rule != NEGATIVE_CELL or column not in nowhere_negative]
        if problems:
            raise InputError(problems)
        for name, column in (("zone", file.zone), ("firm_name", file.firm_name)):
            if column:
                columns[name] = _text(column, kinds[column], file.as_text)
        faults += self._between(columns)
        self.faults.append(faults)
        self.plain &= not file.as_text and columns[self.entity] == quote(file.key)
        self.plain &= self.parent is None or columns[self.parent] == quote(file.parent)
        return columns

    def _years_are_plain(self, file: GivenFile) -> bool:
        """Whether the period is written as four digits throughout, as the statistics of the file say it."""
        metadata = f"parquet_metadata({DUCKDB.text(str(file.path))}) WHERE path_in_schema = {DUCKDB.text(file.period)}"
        select = f"SELECT DISTINCT stats_min_value, stats_max_value FROM {metadata}"
        found = self.connection.execute(select).fetchall()
        return all(low == high and low is not None and len(low) == 4 and low.isdecimal() for low, high in found)

    def _nowhere_negative(self, file: GivenFile) -> set[str]:
        """The columns of integers and decimals without a number below zero, as the statistics of the file say it."""
        stated = "TRY_CAST(stats_min_value AS DECIMAL(38,12)) >= 0 OR stats_null_count = num_values"
        numbers = "type IN ('INT32', 'INT64', 'FIXED_LEN_BYTE_ARRAY')"
        select = f"SELECT path_in_schema FROM parquet_metadata({DUCKDB.text(str(file.path))}) WHERE {numbers}"
        found = self.connection.execute(f"{select} GROUP BY ALL HAVING bool_and(COALESCE({stated}, FALSE))").fetchall()
        return {name for (name,) in found}

    def _unfit(self, file: GivenFile, code: str, column: str, kind: str) -> Problem:
        item = self.items[code]
        stated = file.units.get(code)
        if stated is not None and item.unit is not None:
            message = Text(
                f"单位 {stated} 不能换算为 {item.unit}", f"the unit {stated} cannot be converted to {item.unit}"
            )
        else:
            zh, en = f"类型是 {kind}，{item.type} 类项目不能用", f"is {kind}, which does not fit the type {item.type}"
            message = Text(zh, en)
        remedy = Text("请更正该列。", "Correct the column.")
        return Problem("column.type", "error", message, remedy, file=file.name, column=column, item=code)

    def _between(self, columns: Mapping[str, str]) -> Iterable[Fault]:
        """What several figures of one row say together."""
        if "industry" in columns:
            code = columns["industry"]
            digits = f"regexp_full_match({code}, '{INDUSTRY_CODE}')"
            division = f"TRY_CAST(left(ltrim({code}, 'ABCDEFGHIJKLMNOPQRST'), 2) AS INTEGER) BETWEEN 1 AND {DIVISIONS}"
            yield Fault("industry.unknown", "industry", f"NOT ({digits} AND {division})", code, NO_INDUSTRY)
        for group in ALIKE:
            there = [columns[code] for code in group if code in columns]
            if len(there) > 1:
                # 0 and unknown say nothing about the unit.
                some = [f"NULLIF({sql}, 0)" for sql in there]
                widest = f"greatest({', '.join(some)}) >= {APART} * least({', '.join(some)})"
                shown = " || ' / ' || ".join(f"COALESCE(CAST({sql} AS VARCHAR), '–')" for sql in there)
                yield Fault("units.mixed", " ".join(code for code in group if code in columns), widest, shown, UNITS)

    def _check_units(self, selects: Sequence[Mapping[str, str]], have: set[str]) -> None:
        """Refuse files whose amounts cannot be in yuan."""
        staff = next((code for code in STAFF if code in have), None)
        if "total_revenue" not in have or staff is None:
            return
        for file, columns in zip(self.files, selects, strict=True):
            if "total_revenue" not in columns or staff not in columns:
                continue
            revenue, people = columns["total_revenue"], columns[staff]
            ratio = f"approx_quantile(CAST({revenue} AS DOUBLE) / CAST({people} AS DOUBLE), 0.5)"
            where = f"{revenue} > 0 AND {people} > 0"
            ((median,),) = self.connection.execute(
                f"SELECT {ratio} FROM {_parquet(file.path)} WHERE {where}"
            ).fetchall()
            if median is not None and median < LEAST_PER_HEAD:
                zh = f"人均收入总额的中位数只有 {median:,.2f} 元：金额的单位很可能不是元"
                en = f"the median revenue per person is {median:,.2f} yuan: the amounts are most likely not in yuan"
                remedy = Text(
                    "在表头注明单位，如“收入总额（万元）”，会自动换算。",
                    "State the unit in the heading, like “收入总额（万元）”; it is converted.",
                )
                column = file.items["total_revenue"]
                raise InputError([Problem("units.file", "error", Text(zh, en), remedy, file=file.name, column=column)])

    def _rejects(self, selects: Sequence[Mapping[str, str]]) -> pa.Table:
        found = []
        for file, columns, faults in zip(self.files, selects, self.faults, strict=True):
            key, period = columns[self.entity], columns["period"]
            row = quote(ROW) if file.as_text else "file_row_number + 1"
            blank = f"({key} IS NULL OR {key} = '')"
            unread = "FALSE" if period == quote(file.period) else f"({period} IS NULL OR {period} = '')"
            owner = columns[self.parent or self.entity]
            nobody = f"({owner} IS NULL OR {owner} = '')" if self.parent else "FALSE"
            listed = [
                Fault("firm.code", "", blank, "NULL", NO_CODE),
                Fault("firm.unnamed", "", nobody, "NULL", NO_FIRM),
                Fault("period", "", unread, "NULL", PERIOD),
                *faults,
            ]
            wrong = " OR ".join(f"({fault.condition})" for fault in listed)
            ones = ", ".join(f"CASE WHEN {fault.condition} THEN {_told(fault)} END" for fault in listed)
            bad = f"SELECT * FROM {_parquet(file.path, rows=not file.as_text)} WHERE {wrong}"
            each = f"unnest(list_filter([{ones}], lambda one: one IS NOT NULL)) AS one"
            who = f"{owner} AS firm, {DUCKDB.text(self.entity)} AS entity, {key} AS key"
            named = f"{who}, {period} AS period, {DUCKDB.text(file.name)} AS file, CAST({row} AS BIGINT) AS row"
            # A row without anything in it is no firm.
            empty = f"({blank} AND {self._blank(columns)})" if file.as_text else "FALSE"
            inner = f"SELECT {named}, {each} FROM ({bad}) WHERE NOT {empty}"
            parts = "one.rule, one.item, one.value, one.zh, one.en"
            found.append(f"SELECT firm, entity, key, period, file, row, {parts} FROM ({inner})")
        doubled = self._doubled(selects)
        select = " UNION ALL ".join([*found, *([doubled] if doubled else [])])
        ordered = f"SELECT * FROM ({select}) ORDER BY file, row, key, rule, item LIMIT {MOST_REJECTS}"
        return self.connection.sql(ordered).to_arrow_table().cast(REJECTS)

    def _blank(self, columns: Mapping[str, str]) -> str:
        figures = [sql for name, sql in columns.items() if name in self.items]
        return f"COALESCE({', '.join(f'CAST({sql} AS VARCHAR)' for sql in figures)}) IS NULL" if figures else "TRUE"

    def _doubled(self, selects: Sequence[Mapping[str, str]]) -> str:
        """SQL of the firms that stand there twice for a year; empty where there is none."""
        everybody = " UNION ALL ".join(
            f"SELECT {columns[self.entity]} AS key, {columns[self.parent or self.entity]} AS firm,"
            f" {columns['period']} AS period, {DUCKDB.text(file.name)} AS file"
            f" FROM {_parquet(file.path)}"
            for file, columns in zip(self.files, selects, strict=True)
        )
        counted = f"SELECT count(*), count(DISTINCT hash(key, period)) FROM ({everybody}) WHERE key <> ''"
        ((rows, distinct),) = self.connection.execute(counted).fetchall()
        if rows == distinct:
            return ""
        said = f"'firm.twice', '', CAST(count(*) AS VARCHAR), {DUCKDB.text(TWICE.zh)}, {DUCKDB.text(TWICE.en)}"
        return (
            f"SELECT min(firm), {DUCKDB.text(self.entity)}, key, period, min(file), NULL, {said} FROM ({everybody})"
            " WHERE key <> '' GROUP BY key, period HAVING count(*) > 1"
        )

    def _years(self, selects: Sequence[Mapping[str, str]]) -> str:
        parts = (
            f"SELECT {columns['period']} AS period FROM {_parquet(file.path)}"
            for file, columns in zip(self.files, selects, strict=True)
        )
        return f"SELECT DISTINCT period FROM ({' UNION ALL '.join(parts)}) WHERE period <> '' ORDER BY 1"

    def _source(
        self, selects: Sequence[Mapping[str, str]], have: set[str], carried: Sequence[str], rejects: pa.Table
    ) -> Selection:
        """The firms without the rejects: the files as they lie where every column can be read as it stands."""
        others: tuple[Path, ...] = ()
        key = quote(self.entity)
        where = ""
        if rejects.num_rows:
            refused = self.folder.path / f"rejects-{self.entity}.parquet"
            pq.write_table(rejects.select(["key"]), refused)
            others = (refused,)
            where = f"{{key}} NOT IN (SELECT r.key FROM {_parquet(refused)} r WHERE r.key IS NOT NULL)"
        names = [
            self.entity,
            *([self.parent] if self.parent else []),
            "period",
            *carried,
            *(code for code in self.items if code in have),
        ]
        alike = all(columns == selects[0] for columns in selects)
        if self.plain and alike:
            columns = {name: selects[0][name] for name in names if name in selects[0]}
            return Selection(
                tuple(file.path for file in self.files), columns, where.format(key=columns[self.entity]), others
            )
        clean = self.folder.path / f"clean-{self.entity}.parquet"
        parts = []
        for file, typed in zip(self.files, selects, strict=True):
            shown = ", ".join(f"{typed.get(name, self._missing(name))} AS {quote(name)}" for name in names)
            parts.append(f"SELECT {shown} FROM {_parquet(file.path)}")
        condition = f" WHERE {key} <> ''" + (f" AND {where.format(key=key)}" if where else "")
        cleaned = f"SELECT * FROM ({' UNION ALL '.join(parts)}) c{condition}"
        self.connection.execute(f"COPY ({cleaned}) TO {DUCKDB.text(str(clean))} (FORMAT parquet)")
        return Selection((clean,), {name: quote(name) for name in names})

    def _missing(self, name: str) -> str:
        item = self.items.get(name)
        kind = "VARCHAR"
        if item is not None and item.decimals is not None:
            kind = f"DECIMAL({WIDTH},{item.decimals})" if item.decimals else "BIGINT"
        elif item is not None:
            kind = {"flag": "BOOLEAN", "date": "DATE"}.get(item.type, "VARCHAR")
        return f"CAST(NULL AS {kind})"


def _told(fault: Fault) -> str:
    """SQL of a struct that says what is wrong."""
    fields = {"rule": fault.rule, "item": fault.item, "zh": fault.message.zh, "en": fault.message.en}
    texts = ", ".join(f"'{name}': {DUCKDB.text(text)}" for name, text in fields.items())
    return f"{{{texts}, 'value': CAST({fault.value} AS VARCHAR)}}"


def _parquet(path: Path, *, rows: bool = False) -> str:
    more = ", file_row_number = true" if rows else ""
    return f"read_parquet({DUCKDB.text(str(path))}{more})"


def _text(column: str, kind: str, as_text: bool) -> str:
    """A column as text."""
    return quote(column) if as_text or kind == "VARCHAR" else f"CAST({quote(column)} AS VARCHAR)"

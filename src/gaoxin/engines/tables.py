"""The tables a plan runs on: what they hold, and their figures as exact integers.

DuckDB may read the files it is given and nothing else. A figure is never rounded on the way in: one with more decimals
than its item keeps stops the run with an error that names item, reporter, period and value.
"""

# ruff: noqa: S608 - every identifier and text in the SQL goes through quote and text_literal

from __future__ import annotations

import glob
import shutil
import tempfile
import threading
import uuid
import weakref
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import duckdb
import pyarrow as pa

from gaoxin.engines.errors import EngineError
from gaoxin.engines.figures import BETWEEN, MARK, figure, fitting, summable
from gaoxin.engines.integers import Number, Sql, overflow
from gaoxin.engines.lowering import Value, quote, text_literal
from gaoxin.rulebook.periods import period_ordinal
from gaoxin.rulebook.plan import ItemColumn, Plan
from gaoxin.words import Text

Source: TypeAlias = str | Path | Sequence[str | Path] | pa.Table
"""Parquet: a file, a folder, a pattern or a list of files; or an Arrow table."""
Progress: TypeAlias = Callable[[float], None]
"""Called now and then with the share of a query that is done, 0 to 1."""

T = TypeVar("T")


class Tables:
    """The sources of one run, opened in a DuckDB of their own that is closed with this object."""

    def __init__(
        self,
        plan: Plan,
        sources: Mapping[str, Source],
        *,
        threads: int | None = None,
        memory_limit: str | None = None,
        progress: Progress | None = None,
    ) -> None:
        self.plan, self.progress = plan, progress
        for name in sources.keys() - plan.book.entities.keys():
            known = ", ".join(plan.book.entities)
            zh, en = f"本书没有实体 {name}；有：{known}", f"the book has no entity {name}; it has: {known}"
            raise EngineError(Text(zh, en))
        files = {
            entity: _files(entity, source) for entity, source in sources.items() if not isinstance(source, pa.Table)
        }
        allowed = [name for listed in files.values() for name in listed]
        spill = Path(tempfile.gettempdir()) / f"gaoxin-{uuid.uuid4().hex}"
        self.connection = _connect(spill, threads, memory_limit, allowed)
        self._release = weakref.finalize(self, _release, self.connection, spill)
        self.columns: dict[str, dict[str, str]] = {}
        for entity, source in sources.items():
            if entity in files:
                listed = ", ".join(map(text_literal, files[entity]))
                view = f"CREATE VIEW {quote(_relation(entity))} AS SELECT * FROM read_parquet([{listed}])"
                self._rows(view)
            else:
                self.connection.register(_relation(entity), source)
            described = self._rows(f"DESCRIBE {quote(_relation(entity))}")
            self.columns[entity] = {str(row[0]): str(row[1]) for row in described}
            self._check_columns(entity)
        self.present: dict[str, frozenset[int]] = {entity: self._periods(entity) for entity in sources}
        for entity in sources:
            self._check_reporters(entity)

    def close(self) -> None:
        """Close the database and remove what it spilled to disk; also done when the object is no longer used."""
        self._release()

    def query(self, sql: str) -> pa.Table:
        """Run ``sql``; errors of the engine become EngineError."""
        done = threading.Event()
        watcher = threading.Thread(target=self._watch, args=(done,), daemon=True) if self.progress else None
        if watcher:
            watcher.start()
        try:
            table: pa.Table = self._guarded(lambda: self.connection.sql(sql).to_arrow_table())
            return table
        finally:
            done.set()
            if watcher:
                watcher.join()

    def base(self, entity: str, items: Iterable[ItemColumn], ordinals: Iterable[int]) -> tuple[str, dict[str, Value]]:
        """SQL of the rows of ``entity`` for ``ordinals``, and the cells of ``items`` in them.

        Columns: ``@key``, ``@parent`` (NULL for the top), ``@ord`` and one per item.
        """
        book = self.plan.book
        wanted = sorted(set(ordinals) & self.present[entity])
        periods = {ordinal: self.plan.text(ordinal) for ordinal in wanted}
        parent = book.entities[entity].parent
        selected = [
            f'CAST({quote(entity)} AS VARCHAR) AS "@key"',
            f'CAST({quote(parent)} AS VARCHAR) AS "@parent"' if parent else 'CAST(NULL AS VARCHAR) AS "@parent"',
            _ordinal_sql(periods) + ' AS "@ord"',
        ]
        cells: dict[str, Value] = {}
        for column in items:
            converted = self._item(column.name)
            reported = summable(book.items[column.name], self.columns[entity].get(column.name))
            if reported is not None:
                selected.append(f"{quote(column.name)} AS {quote(reported.name)}")
            name = Sql(quote(column.name), 0, converted.bound, None, True, reported)
            cells[column.name] = Number(name, None, column.type.scale or 0) if column.type.kind == "number" else name
            selected.append(f"{converted.text} AS {name.text}")
        where = self._in_periods(wanted) if wanted else "FALSE"
        return f"SELECT {', '.join(selected)} FROM {quote(_relation(entity))} WHERE {where}", cells

    def read(
        self, entity: str, keys: Sequence[str], ordinals: Iterable[int], codes: Sequence[str]
    ) -> list[dict[str, Any]]:
        """The returns of the reporters ``keys`` of ``entity``, as they were made.

        Keys and periods come as text, the columns of ``codes`` (those the table has) as DuckDB gives them.
        """
        parent = self.plan.book.entities[entity].parent
        texts = [entity, *([parent] if parent else []), "period"]
        have = [code for code in codes if code in self.columns[entity]]
        selected = ", ".join([*(f"CAST({quote(name)} AS VARCHAR)" for name in texts), *map(quote, have)])
        rows = self._among(selected, entity, entity, keys, ordinals)
        return [dict(zip([*texts, *have], row, strict=True)) for row in rows]

    def keys_below(self, entity: str, keys: Sequence[str], ordinals: Iterable[int]) -> list[str]:
        """The reporters of ``entity`` that belong to one of ``keys`` in one of the periods."""
        parent = self.plan.book.entities[entity].parent or entity
        return [
            key for (key,) in self._among(f"DISTINCT CAST({quote(entity)} AS VARCHAR)", entity, parent, keys, ordinals)
        ]

    def _among(
        self, selected: str, entity: str, by: str, keys: Sequence[str], ordinals: Iterable[int]
    ) -> list[tuple[Any, ...]]:
        """What is ``selected`` of the rows of ``entity`` whose column ``by`` is one of ``keys``."""
        wanted = sorted(set(ordinals) & self.present[entity])
        if not wanted:
            return []
        self.connection.register("keys", pa.table({"key": pa.array(list(keys), pa.string())}))
        among = f"CAST({quote(by)} AS VARCHAR) IN (SELECT key FROM keys)"
        where = f"{self._in_periods(wanted)} AND {among}"
        rows = self._rows(f"SELECT {selected} FROM {quote(_relation(entity))} WHERE {where} ORDER BY ALL")
        self.connection.unregister("keys")
        return rows

    def absent(self) -> list[ItemColumn]:
        """The reported figures that the plan needs and no table has; they are unknown for everybody."""
        items = [column for column in self.plan.columns.values() if isinstance(column, ItemColumn)]
        return [item for item in items if item.name not in self.columns.get(item.entity, {})]

    def _item(self, code: str) -> Sql:
        """The column of the item ``code`` as an exact integer, a truth value, a text or a date."""
        item = self.plan.book.items[code]
        column = self.columns[item.entity].get(code)
        converted = figure(item, column)
        if converted is None:
            zh = f"{item.entity} 表的列 {code} 是 {column}，{item.type} 类指标不能用"
            en = f"the column {code} of {item.entity} is {column}, which does not fit the type {item.type}"
            fit = fitting(item)
            raise EngineError(Text(zh, en), Text(f"可用：{fit}。", f"It can be: {fit}."), entity=item.entity, item=code)
        return converted

    def _check_columns(self, entity: str) -> None:
        parent = self.plan.book.entities[entity].parent
        for column in (entity, "period", *([parent] if parent else [])):
            if column not in self.columns[entity]:
                have = ", ".join(list(self.columns[entity])[:8])
                raise EngineError(
                    Text(f"{entity} 表没有列 {column}", f"the table of {entity} has no column {column}"),
                    Text(f"它有：{have} …", f"It has: {have} …"),
                    entity=entity,
                )

    def _periods(self, entity: str) -> frozenset[int]:
        frequency = self.plan.book.frequency
        found = set()
        for (text,) in self._rows(f"SELECT DISTINCT CAST(period AS VARCHAR) FROM {quote(_relation(entity))}"):
            try:
                found.add(period_ordinal(str(text), frequency))
            except ValueError:
                zh, en = f"{entity} 表的报告期 {text} 有误", f"the period {text} in the table of {entity} is wrong"
                like = {"year": "2025", "quarter": "2025-Q3", "month": "2025-08"}[frequency]
                remedy = Text(f"写法如 {like}。", f"Write it like {like}.")
                raise EngineError(Text(zh, en), remedy, entity=entity, period=str(text)) from None
        return frozenset(found)

    def _check_reporters(self, entity: str) -> None:
        """One return per reporter and period, and a reporter above each: anything else would be counted wrongly."""
        book = self.plan.book
        parent = book.entities[entity].parent
        ordinals = [ordinal for ordinal in self.plan.scanned(entity) if ordinal in self.present[entity]]
        if not ordinals:
            return
        key, above = quote(entity), quote(parent or entity)
        where = f"WHERE {self._in_periods(ordinals)}"
        counted = f"count(*), count({key}), count({above}), count(DISTINCT hash({key}, period))"
        ((rows, keys, parents, distinct),) = self._rows(f"SELECT {counted} FROM {quote(_relation(entity))} {where}")
        if keys < rows:
            self._complain(entity, f"{where} AND {key} IS NULL", Text("没有代码", "has no code"))
        if parents < rows:
            what = Text(f"没有所属 {parent}", f"does not say its {parent}")
            self._complain(entity, f"{where} AND {above} IS NULL", what)
        if distinct < rows:
            doubled = f"{where} GROUP BY {key}, period HAVING count(*) > 1"
            self._complain(entity, doubled, Text("同一期有两份报表", "has two returns for one period"))
        both = [ordinal for ordinal in ordinals if parent and ordinal in self.present.get(parent, ())]
        if parent and both and book.entities[parent].parent:
            # Nobody would count a reporter whose parent has no row, unless that parent is the top: that one gets a row.
            upper = f"SELECT {above}, CAST(period AS VARCHAR) FROM {quote(_relation(parent))}"
            orphaned = f"WHERE {self._in_periods(both)} AND ({above}, CAST(period AS VARCHAR)) NOT IN ({upper})"
            what = Text(f"所属的 {parent} 当期没有报表", f"belongs to a {parent} that has no return for the period")
            self._complain(entity, orphaned, what)

    def _in_periods(self, ordinals: Iterable[int]) -> str:
        return f"CAST(period AS VARCHAR) IN ({', '.join(text_literal(self.plan.text(at)) for at in ordinals)})"

    def _complain(self, entity: str, where: str, what: Text) -> None:
        """Name the first reporters that the condition ``where`` finds, if any."""
        selected = f"CAST({quote(entity)} AS VARCHAR), CAST(period AS VARCHAR) FROM {quote(_relation(entity))}"
        rows = self._rows(f"SELECT {selected} {where} ORDER BY ALL LIMIT 3")
        if rows:
            shown = ", ".join(f"{key or '–'} ({period})" for key, period in rows)
            raise EngineError(
                Text(f"{entity} 表：{shown} {what.zh}", f"in the table of {entity}, {shown} {what.en}"),
                Text("请先更正数据。", "Correct the data first."),
                entity=entity,
                reporter=rows[0][0],
                period=rows[0][1],
            )

    def _rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self._guarded(lambda: self.connection.execute(sql).fetchall())

    def _watch(self, done: threading.Event) -> None:
        assert self.progress is not None  # noqa: S101 - started only with one
        while not done.wait(0.2):
            percent = self.connection.query_progress()
            if percent >= 0:
                self.progress(min(percent / 100, 1.0))
        self.progress(1.0)

    def _guarded(self, run: Callable[[], T]) -> T:
        try:
            return run()
        except duckdb.Error as error:
            raise _translated(error) from None


def _files(entity: str, source: str | Path | Sequence[str | Path]) -> list[str]:
    """The Parquet files that ``source`` names."""
    names = [source] if isinstance(source, (str, Path)) else list(source)
    found: list[str] = []
    for name in names:
        path = Path(name)
        if path.is_dir():
            found += sorted(str(file) for file in path.glob("**/*.parquet"))
        elif path.is_file():
            found.append(str(path))
        else:
            found += sorted(glob.glob(str(name), recursive=True))
    if not found:
        shown = ", ".join(map(str, names))
        raise EngineError(Text(f"{entity} 的数据文件不存在：{shown}", f"no file for {entity}: {shown}"), entity=entity)
    return [str(Path(name).absolute()) for name in found]


def _release(connection: duckdb.DuckDBPyConnection, spill: Path) -> None:
    connection.close()
    shutil.rmtree(spill, ignore_errors=True)


def _connect(
    spill: Path, threads: int | None, memory_limit: str | None, allowed: list[str]
) -> duckdb.DuckDBPyConnection:
    """A database in memory that may read the ``allowed`` files and nothing else, and whose settings are locked."""
    config: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "python_enable_replacements": "false",
        "preserve_insertion_order": "false",
        "temp_directory": str(spill),
    }
    if threads is not None:
        config["threads"] = threads
    if memory_limit is not None:
        config["memory_limit"] = memory_limit
    connection = duckdb.connect(":memory:", config=config)
    connection.execute(f"SET allowed_paths = [{', '.join(map(text_literal, allowed))}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def _relation(entity: str) -> str:
    return f"source of {entity}"


def _ordinal_sql(periods: Mapping[int, str]) -> str:
    if not periods:
        return "CAST(NULL AS BIGINT)"
    branches = "".join(f" WHEN {text_literal(text)} THEN {ordinal}" for ordinal, text in periods.items())
    return f"CAST(CASE CAST(period AS VARCHAR){branches} END AS BIGINT)"


def _translated(error: Exception) -> EngineError:
    said = str(error)
    if MARK in said:
        fields = said.split(MARK, 1)[1].split(BETWEEN)
        entity, item, reporter, period, value = fields[:5]
        wanted = Text("不是该指标允许的数值", "is not a value of this item")
        return EngineError(
            Text(
                f"{entity} {reporter}（{period}）的 {item}：{value} {wanted.zh}",
                f"{item} of {entity} {reporter} ({period}): {value} {wanted.en}",
            ),
            Text(fields[5], fields[6].split("\n")[0]),
            entity=entity,
            item=item,
            reporter=reporter,
            period=period,
            value=value,
        )
    if isinstance(error, (duckdb.OutOfRangeException, duckdb.ConversionException)):
        return overflow()
    if isinstance(error, duckdb.OutOfMemoryException):
        return EngineError(
            Text("内存不够", "there is not enough memory"), Text("提高 memory_limit。", "Raise memory_limit.")
        )
    reason = said.splitlines()[0]
    return EngineError(Text(f"无法在这些数据上计算：{reason}", f"the data cannot be computed on: {reason}"))

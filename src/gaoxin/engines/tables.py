"""The tables a plan runs on in DuckDB, which may read the files it is given and nothing else."""

# ruff: noqa: S608 - every identifier and text in the SQL is quoted by the dialect

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

from gaoxin.engines.dialects import DUCKDB, quote
from gaoxin.engines.errors import EngineError
from gaoxin.engines.integers import overflow
from gaoxin.engines.relations import Relations, known_entities, refused, relation
from gaoxin.rulebook.plan import Plan
from gaoxin.words import Text

Source: TypeAlias = str | Path | Sequence[str | Path] | pa.Table
"""Parquet: a file, a folder, a pattern or a list of files; or an Arrow table."""
Progress: TypeAlias = Callable[[float], None]
"""Called now and then with the share of a query that is done, 0 to 1."""

T = TypeVar("T")


class Tables(Relations):
    """The sources of one run, opened in a DuckDB of their own that is closed with this object."""

    dialect = DUCKDB

    def __init__(
        self,
        plan: Plan,
        sources: Mapping[str, Source],
        *,
        threads: int | None = None,
        memory_limit: str | None = None,
        progress: Progress | None = None,
    ) -> None:
        super().__init__(plan)
        self.progress = progress
        known_entities(plan, sources)
        files = {
            entity: _files(entity, source) for entity, source in sources.items() if not isinstance(source, pa.Table)
        }
        allowed = [name for listed in files.values() for name in listed]
        spill = Path(tempfile.gettempdir()) / f"gaoxin-{uuid.uuid4().hex}"
        self.connection = _connect(spill, threads, memory_limit, allowed)
        self._release = weakref.finalize(self, _release, self.connection, spill)
        for entity, source in sources.items():
            if entity in files:
                listed = ", ".join(map(DUCKDB.text, files[entity]))
                view = f"CREATE VIEW {quote(relation(entity))} AS SELECT * FROM read_parquet([{listed}])"
                self.rows(view)
            else:
                self.hold(relation(entity), source)
            described = self.rows(f"DESCRIBE {quote(relation(entity))}")
            self.columns[entity] = {str(row[0]): str(row[1]) for row in described}
        self.check()

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

    def read(
        self, entity: str, keys: Sequence[str], ordinals: Iterable[int], codes: Sequence[str]
    ) -> list[dict[str, Any]]:
        """The returns of the reporters ``keys`` of ``entity``, as they were made.

        Keys and periods come as text, the columns of ``codes`` (those the table has) as DuckDB gives them.
        """
        parent = self.plan.book.entities[entity].parent
        texts = [entity, *([parent] if parent else []), "period"]
        have = [code for code in codes if code in self.columns[entity]]
        selected = ", ".join([*(f"CAST({quote(name)} AS STRING)" for name in texts), *map(quote, have)])
        rows = self._among(selected, entity, entity, keys, ordinals)
        return [dict(zip([*texts, *have], row, strict=True)) for row in rows]

    def keys_below(self, entity: str, keys: Sequence[str], ordinals: Iterable[int]) -> list[str]:
        """The reporters of ``entity`` that belong to one of ``keys`` in one of the periods."""
        parent = self.plan.book.entities[entity].parent or entity
        return [
            key for (key,) in self._among(f"DISTINCT CAST({quote(entity)} AS STRING)", entity, parent, keys, ordinals)
        ]

    def _among(
        self, selected: str, entity: str, by: str, keys: Sequence[str], ordinals: Iterable[int]
    ) -> list[tuple[Any, ...]]:
        """What is ``selected`` of the rows of ``entity`` whose column ``by`` is one of ``keys``."""
        wanted = sorted(set(ordinals) & self.present[entity])
        if not wanted:
            return []
        self.hold("keys", pa.table({"key": pa.array(list(keys), pa.string())}))
        among = f"CAST({quote(by)} AS STRING) IN (SELECT key FROM keys)"
        where = f"{self._in_periods(wanted)} AND {among}"
        rows = self.rows(f"SELECT {selected} FROM {quote(relation(entity))} WHERE {where} ORDER BY ALL")
        self.forget("keys")
        return rows

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """The few rows that ``sql`` gives."""
        return self._guarded(lambda: self.connection.execute(sql).fetchall())

    def hold(self, name: str, table: pa.Table) -> None:
        """Make ``table`` a relation."""
        self.connection.register(name, table)

    def forget(self, name: str) -> None:
        """Drop a relation that was made by ``hold``."""
        self.connection.unregister(name)

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
    connection.execute(f"SET allowed_paths = [{', '.join(map(DUCKDB.text, allowed))}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def _translated(error: Exception) -> EngineError:
    said = str(error)
    figure = refused(said)
    if figure is not None:
        return figure
    if isinstance(error, (duckdb.OutOfRangeException, duckdb.ConversionException)):
        return overflow()
    if isinstance(error, duckdb.OutOfMemoryException):
        return EngineError(
            Text("内存不够", "there is not enough memory"), Text("提高 memory_limit。", "Raise memory_limit.")
        )
    reason = said.splitlines()[0]
    return EngineError(Text(f"无法在这些数据上计算：{reason}", f"the data cannot be computed on: {reason}"))

"""The tables a plan runs on in DuckDB, which may read the files it is given and nothing else."""

# ruff: noqa: S608 - every identifier and text in the SQL is quoted by the dialect

from __future__ import annotations

import glob
import shutil
import tempfile
import threading
import uuid
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import duckdb
import pyarrow as pa

from gaoxin.engines.dialects import DUCKDB, quote
from gaoxin.engines.errors import EngineError
from gaoxin.engines.integers import overflow
from gaoxin.engines.relations import Relations, known_entities, refused, relation
from gaoxin.engines.statements import Statement
from gaoxin.rulebook.plan import Plan
from gaoxin.words import Text

Source: TypeAlias = str | Path | Sequence[str | Path] | pa.Table
"""Parquet: a file, a folder, a pattern or a list of files; or an Arrow table."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Parquet files of which some columns are read, under other names.

    ``columns`` gives the SQL of each over the columns of the files, ``where`` which rows are read; ``others`` are
    further files that this SQL reads. The SQL is gaoxin's own, every name and text in it quoted.
    """

    files: tuple[Path, ...]
    columns: Mapping[str, str]
    where: str = ""
    others: tuple[Path, ...] = ()


DICTIONARY = 1000
"""Most distinct values that a column of results is looked through for: states and causes have few, amounts are many."""

Progress: TypeAlias = Callable[[float], None]
"""Called now and then with the share of a query that is done, 0 to 1."""

T = TypeVar("T")


class Tables(Relations):
    """The sources of one run, opened in a DuckDB of their own that is closed with this object."""

    dialect = DUCKDB

    def __init__(
        self,
        plan: Plan,
        sources: Mapping[str, Source | Selection],
        *,
        threads: int | None = None,
        memory_limit: str | None = None,
        progress: Progress | None = None,
        out: Path | None = None,
        carried: Mapping[str, Sequence[str]] | None = None,
        notes: Mapping[str, str] | None = None,
    ) -> None:
        """Open ``sources``.

        ``out`` is a file that ``copy`` may write, ``notes`` what it then says of itself in its metadata; ``carried`` is
        as in ``Relations``.
        """
        super().__init__(plan)
        self.notes = dict(notes or {})
        self.progress, self.carried = progress, {name: tuple(columns) for name, columns in (carried or {}).items()}
        known_entities(plan, sources)
        files = {
            entity: _files(entity, source) for entity, source in sources.items() if not isinstance(source, pa.Table)
        }
        allowed = [name for listed in files.values() for name in listed]
        allowed += [
            str(path.absolute())
            for source in sources.values()
            if isinstance(source, Selection)
            for path in source.others
        ]
        allowed += [str(out.absolute())] if out is not None else []
        spill = Path(tempfile.gettempdir()) / f"gaoxin-{uuid.uuid4().hex}"
        self.connection = _connect(spill, threads, memory_limit, allowed)
        self._release = weakref.finalize(self, _release, self.connection, spill)
        for entity, source in sources.items():
            if isinstance(source, pa.Table):
                self.hold(relation(entity), source)
            else:
                listed = ", ".join(map(DUCKDB.text, files[entity]))
                view = f"SELECT * FROM read_parquet([{listed}])"
                if isinstance(source, Selection):
                    selected = ", ".join(f"{sql} AS {quote(name)}" for name, sql in source.columns.items())
                    where = f" WHERE {source.where}" if source.where else ""
                    view = f"SELECT {selected} FROM read_parquet([{listed}], union_by_name = true){where}"
                self.rows(f"CREATE VIEW {quote(relation(entity))} AS {view}")
            described = self.rows(f"DESCRIBE {quote(relation(entity))}")
            self.columns[entity] = {str(row[0]): str(row[1]) for row in described}
            if entity in files:
                self.limits[entity] = self._limits(files[entity], source)
        self.check()

    def close(self) -> None:
        """Close the database and remove what it spilled to disk; also done when the object is no longer used."""
        self._release()

    def compute(self, statement: Statement, select: str) -> pa.Table:
        """What ``select`` gives over the steps of ``statement``, as one SQL statement."""
        return self.query(_whole(statement, select))

    def query(self, sql: str) -> pa.Table:
        """Run ``sql``; errors of the engine become EngineError."""
        with self._watched():
            table: pa.Table = self._guarded(lambda: self.connection.sql(sql).to_arrow_table())
            return table

    def copy(self, statement: Statement, select: str, out: Path | str) -> int:
        """Write what ``select`` gives over the steps of ``statement`` to a Parquet file as a stream; how many rows."""
        options = "FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false"
        options += f", DICTIONARY_SIZE_LIMIT {DICTIONARY}{metadata(self.notes)}"
        target = f"{DUCKDB.text(str(Path(out).absolute()))} ({options})"
        with self._watched():
            ((rows,),) = self.rows(f"COPY ({_whole(statement, select)}) TO {target}")
        return int(rows)

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

    def _limits(self, files: Sequence[str], source: Source | Selection) -> dict[str, Decimal]:
        """The greatest absolute value of each column of numbers, as the files state it for their row groups."""
        low, high = (f"TRY_CAST(stats_{end}_value AS DECIMAL(38,12))" for end in ("min", "max"))
        stated = f"greatest(abs({low}), abs({high}))"
        # Texts have an order of their own, and a double is no decimal.
        unstated = f"{stated} IS NULL AND stats_null_count IS DISTINCT FROM num_values"
        useless = f"bool_or(type IN ('BYTE_ARRAY', 'DOUBLE', 'FLOAT') OR ({unstated}))"
        listed = ", ".join(map(DUCKDB.text, files))
        select = f"SELECT path_in_schema, COALESCE(max({stated}), 0), {useless}"
        found = self.rows(f"{select} FROM parquet_metadata([{listed}]) GROUP BY ALL")
        known = {name: most for name, most, unused in found if not unused}
        if isinstance(source, Selection):
            plain = {sql: name for name, sql in source.columns.items()}
            return {plain[quote(name)]: most for name, most in known.items() if quote(name) in plain}
        return known

    @contextmanager
    def _watched(self) -> Iterator[None]:
        """Report the progress of what runs meanwhile."""
        if self.progress is None:
            yield
            return
        done = threading.Event()
        watcher = threading.Thread(target=self._watch, args=(done,), daemon=True)
        watcher.start()
        try:
            yield
        finally:
            done.set()
            watcher.join()

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


def metadata(notes: Mapping[str, str]) -> str:
    """The option of COPY by which a Parquet file says ``notes`` of itself; empty where there are none."""
    said = ", ".join(f"{quote(name)}: {DUCKDB.text(text)}" for name, text in notes.items())
    return f", KV_METADATA {{{said}}}" if said else ""


def _whole(statement: Statement, select: str) -> str:
    """``select`` over the steps of ``statement``, as one SQL statement."""
    hints = {True: "MATERIALIZED", False: "NOT MATERIALIZED"}
    steps = [f"{quote(step.name)} AS {hints[step.keep]} ({step.select})" for step in statement.steps]
    return f"WITH {', '.join(steps)} {select}" if steps else select


def _files(entity: str, source: str | Path | Sequence[str | Path] | Selection) -> list[str]:
    """The Parquet files that ``source`` names."""
    if isinstance(source, Selection):
        return [str(path.absolute()) for path in source.files]
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
    connection.execute("SET enable_progress_bar = true")
    connection.execute("SET enable_progress_bar_print = false")  # progress is reported, not printed
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

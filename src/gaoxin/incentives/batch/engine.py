"""The engine that answers for every firm: DuckDB in this process, or Spark; the answers are the same.

The files are read and screened by DuckDB in both cases. Spark is given the firms as Parquet, and what it writes is put
together to the one file that DuckDB writes at once.
"""

# ruff: noqa: S608 - every identifier and text in the SQL goes through quote and text

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp

import pyarrow.parquet as pq

from gaoxin.engines.dialects import DUCKDB, quote
from gaoxin.engines.relations import Relations
from gaoxin.engines.running import Engine
from gaoxin.engines.statements import Statement
from gaoxin.engines.tables import Selection, Tables, metadata
from gaoxin.incentives.batch.database import database
from gaoxin.incentives.batch.files import Folder
from gaoxin.rulebook.plan import Plan

FIRM_COLUMNS = ("firm_name", "size", "section", "zone")
"""Columns about the firm that the answers about what belongs to it have, too."""


@dataclass(frozen=True)
class Answering:
    """How the answers are computed: by which ``engine``, with how many ``threads`` and how much memory.

    ``memory_limit`` is that of DuckDB; Spark has settings of its own. ``folder`` holds what passes between the two,
    ``notes`` is what the files with the answers say of themselves in their metadata.
    """

    engine: Engine
    folder: Folder
    threads: int | None = None
    memory_limit: str | None = None
    notes: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raise EngineError at once, before any file is read, where Spark or Java is not there."""
        if self.engine == "spark":
            from gaoxin.engines import spark  # noqa: PLC0415 - an extra, which takes seconds to load

            spark.local_session(self.threads)

    @contextmanager
    def opened(
        self,
        plan: Plan,
        sources: Mapping[str, Selection],
        *,
        carried: Mapping[str, Sequence[str]],
        out: Path,
        progress: Callable[[float], None] | None = None,
    ) -> Iterator[Relations]:
        """The ``sources`` in the engine, from which ``write`` may write ``out``."""
        tables: Relations
        if self.engine == "spark":
            from gaoxin.engines import spark  # noqa: PLC0415

            given = {entity: self._as_file(entity, source) for entity, source in sources.items()}
            tables = spark.SparkTables(plan, given, spark.local_session(self.threads), carried=carried)
        else:
            tables = Tables(
                plan,
                sources,
                threads=self.threads,
                memory_limit=self.memory_limit,
                progress=progress,
                out=out,
                carried=carried,
                notes=self.notes,
            )
        try:
            yield tables
        finally:
            tables.close()

    def write(self, tables: Relations, answers: Callable[[], tuple[Statement, str]], out: Path) -> int:
        """Write what ``answers`` select to the Parquet file ``out``; how many rows."""
        if self.engine == "duckdb":
            return tables.retried(lambda: tables.copy(*answers(), out))
        parts = Path(mkdtemp(dir=self.folder.path)) / "answers"
        rows = tables.retried(lambda: tables.copy(*answers(), parts))
        every = f"SELECT * FROM read_parquet({DUCKDB.text(str(parts / '*.parquet'))})"
        self._copy(every, out, self.notes)
        return rows

    def beside(self, answers: Path, firms: Path, firm: str, out: Path) -> None:
        """Write the ``answers`` about contracts, persons … to ``out``, with the groups of their firms.

        ``firms`` are the answers about firms, whose key is the column ``firm``.
        """
        have = set(pq.read_schema(firms).names)
        groups = ", ".join(f"f.{quote(name)}" for name in FIRM_COLUMNS if name in have)
        joined = f"LEFT JOIN read_parquet({DUCKDB.text(str(firms))}) f USING ({quote(firm)})"
        select = f"SELECT a.*{', ' if groups else ''}{groups} FROM read_parquet({DUCKDB.text(str(answers))}) a {joined}"
        self._copy(select, out, self.notes)

    def _as_file(self, entity: str, source: Selection) -> Path:
        """The rows and columns of ``source`` as a Parquet file, for an engine that does not speak DuckDB's SQL."""
        path = Path(mkdtemp(dir=self.folder.path)) / f"{entity}.parquet"
        files = ", ".join(DUCKDB.text(str(file)) for file in source.files)
        columns = ", ".join(f"{sql} AS {quote(name)}" for name, sql in source.columns.items())
        where = f" WHERE {source.where}" if source.where else ""
        self._copy(f"SELECT {columns} FROM read_parquet([{files}], union_by_name = true){where}", path)
        return path

    def _copy(self, select: str, path: Path, notes: Mapping[str, str] | None = None) -> None:
        options = f"FORMAT parquet, COMPRESSION zstd{metadata(notes or {})}"
        with database(self.folder.path, self.memory_limit) as connection:
            connection.execute(f"COPY ({select}) TO {DUCKDB.text(str(path))} ({options})")

"""Running a plan with Apache Spark, where the data outgrow one machine (``pip install 'gaoxin[spark]'``, and Java).

    outcome = run(book.compile(periods=["2025"]), {"firm": "hdfs://…/firms"})
    outcome.frame("firm").write.parquet("hdfs://…/results")

The statements are those of the other engine in Spark's dialect, so the results are the same to the last decimal. All
of it runs inside Spark: workers need neither Python nor gaoxin.
"""

from __future__ import annotations

import logging
import uuid
import warnings
import weakref
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import pyarrow as pa

from gaoxin.engines.dialects import SPARK
from gaoxin.engines.errors import EngineError
from gaoxin.engines.integers import overflow
from gaoxin.engines.outcome import Outcome
from gaoxin.engines.relations import Relations, known_entities, refused, relation
from gaoxin.engines.statements import Statement
from gaoxin.rulebook.plan import Plan
from gaoxin.words import Text

try:
    from pyspark.errors import ArithmeticException, PySparkException
    from pyspark.sql import DataFrame, SparkSession
except ImportError as error:  # pragma: no cover - the extra is installed where tests run
    raise EngineError(
        Text("没有安装 Spark", "Spark is not installed"),
        Text(
            "安装：pip install 'gaoxin[spark]'，并需要 Java 17 以上。",
            "pip install 'gaoxin[spark]'; it needs Java 17 or later.",
        ),
    ) from error

Source: TypeAlias = "str | Path | Sequence[str | Path] | pa.Table | DataFrame"
"""Parquet: a file or folder on any file system that Spark reads, or a list of them; an Arrow table; a DataFrame."""

SETTINGS = {
    "spark.sql.ansi.enabled": "true",  # an overflow is an error, not NULL
    "spark.sql.ansi.doubleQuotedIdentifiers": "true",
    "spark.sql.parser.escapedStringLiterals": "false",
    "spark.sql.decimalOperations.allowPrecisionLoss": "true",
    "spark.sql.caseSensitive": "true",
    # It only helps the optimiser, and is slow where hundreds of columns rest on one another, as they do in a book.
    "spark.sql.constraintPropagation.enabled": "false",
}
"""What the meaning of a statement rests on; set in a session of our own, whatever the one that is given has."""

_TYPES = {
    "tinyint": "TINYINT", "smallint": "SMALLINT", "int": "INTEGER", "bigint": "BIGINT", "float": "FLOAT",
    "double": "DOUBLE", "string": "VARCHAR", "boolean": "BOOLEAN", "date": "DATE", "timestamp": "TIMESTAMP",
    "timestamp_ntz": "TIMESTAMP", "void": "NULL",
}  # fmt: skip

T = TypeVar("T")


def run(plan: Plan, sources: Mapping[str, Source], *, session: SparkSession | None = None) -> SparkOutcome:
    """Open the tables of ``sources`` (by entity) for ``plan``, as ``duckdb.run`` does.

    ``session`` is the Spark to run on; by default the active one, or a local one on all cores.

    Raises
    ------
    EngineError
        A table that cannot be read or does not fit the plan; no Java.
    """
    return SparkOutcome(plan, SparkTables(plan, sources, session or local_session()))


def local_session(threads: int | None = None) -> SparkSession:
    """The Spark that is running, or one started in this process with ``threads`` (default: all cores)."""
    running = SparkSession.getActiveSession()
    if running is not None:
        return running
    return _started(
        {
            "spark.master": f"local[{threads or '*'}]",
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.host": "127.0.0.1",
            "spark.log.level": "ERROR",
            "spark.sql.shuffle.partitions": str(threads or 8),
        }
    )


def submitted_session() -> SparkSession:
    """The Spark that ``spark-submit`` has set up."""
    return _started({})


def _started(settings: Mapping[str, str]) -> SparkSession:
    builder = SparkSession.Builder().appName("gaoxin")
    for name, value in settings.items():
        builder = builder.config(name, value)
    try:
        return builder.getOrCreate()
    except PySparkException as error:
        raise EngineError(
            Text(f"Spark 未能启动：{error}", f"Spark did not start: {error}"),
            Text("需要 Java 17 以上（JAVA_HOME）。", "It needs Java 17 or later (JAVA_HOME)."),
        ) from None


class SparkTables(Relations):
    """The sources of one run as views of a Spark session of their own."""

    dialect = SPARK

    def __init__(
        self,
        plan: Plan,
        sources: Mapping[str, Source],
        session: SparkSession,
        *,
        carried: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        """Open ``sources`` in a session beside ``session``; ``carried`` as in ``Relations``."""
        super().__init__(plan)
        self.carried = {name: tuple(columns) for name, columns in (carried or {}).items()}
        known_entities(plan, sources)
        # Errors are translated; Spark would write each of them to the log as well.
        logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL + 1)
        self.session = session.newSession()
        for name, value in SETTINGS.items():
            self.session.conf.set(name, value)
        views: list[str] = []
        self._release = weakref.finalize(self, _release, self.session, views)
        for entity, source in sources.items():
            frame = self._guarded(lambda entity=entity, source=source: self._open(entity, source, views))  # type: ignore[misc]
            frame.createOrReplaceTempView(f"`{relation(entity)}`")
            self.columns[entity] = {name: _type_name(kind) for name, kind in frame.dtypes}
        self.check()

    def close(self) -> None:
        """Forget the views."""
        self._release()

    def compute(self, statement: Statement, select: str) -> pa.Table:
        """What ``select`` gives over the steps of ``statement``."""
        found: pa.Table = self._guarded(lambda: self._stepwise(statement, select).toArrow())
        # Spark marks columns that cannot be unknown; a result has the same schema whatever computed it.
        return found.cast(pa.schema([field.with_nullable(True) for field in found.schema]))

    def copy(self, statement: Statement, select: str, out: Path | str) -> int:
        """Write what ``select`` gives over the steps of ``statement`` to the Parquet folder ``out``; how many rows."""
        frame = self.frame(statement, select)
        self._guarded(lambda: frame.write.mode("errorifexists").parquet(str(out)))
        return self._guarded(lambda: self.session.read.parquet(str(out)).count())

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """The few rows that ``sql`` gives."""
        return self._guarded(lambda: [tuple(row) for row in self.session.sql(sql).collect()])

    def frame(self, statement: Statement, select: str) -> DataFrame:
        """What ``select`` gives over the steps of ``statement``, not yet computed."""
        return self._guarded(lambda: self._stepwise(statement, select))

    def hold(self, name: str, table: pa.Table) -> None:
        """Make ``table`` a relation."""
        self._from_arrow(table).createOrReplaceTempView(f"`{name}`")

    def forget(self, name: str) -> None:
        """Drop a relation that was made by ``hold``."""
        self.session.catalog.dropTempView(name)

    def _stepwise(self, statement: Statement, select: str) -> DataFrame:
        # One view per step: Spark's analyser goes over a whole statement once for each of its layers, over a view once.
        for step in statement.steps:
            frame = self.session.sql(step.select)
            if step.keep:
                frame = self._checkpointed(frame)
            frame.createOrReplaceTempView(f"`{step.name}`")
        return self.session.sql(select)

    def _checkpointed(self, frame: DataFrame) -> DataFrame:
        """``frame`` without its plan, computed once when it is first needed."""
        context = self.session.sparkContext
        return frame.checkpoint(eager=False) if context.getCheckpointDir() else frame.localCheckpoint(eager=False)

    def _from_arrow(self, table: pa.Table) -> DataFrame:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # pandas, which is not used here, may be newer than Spark knows
            return self.session.createDataFrame(table)

    def _open(self, entity: str, source: Source, views: list[str]) -> DataFrame:
        if isinstance(source, pa.Table):
            return self._from_arrow(source)
        if isinstance(source, DataFrame):
            # A view that sessions share brings a DataFrame from its session into ours.
            views.append(f"gaoxin_{uuid.uuid4().hex}")
            source.createGlobalTempView(views[-1])
            return self.session.table(f"global_temp.{views[-1]}")
        names = [str(name) for name in ([source] if isinstance(source, (str, Path)) else source)]
        if not names:
            raise EngineError(Text(f"{entity} 没有数据文件", f"no file for {entity}"), entity=entity)
        return self.session.read.option("mergeSchema", "true").parquet(*names)

    def _guarded(self, run: Callable[[], T]) -> T:
        try:
            return run()
        except PySparkException as error:
            raise _translated(error) from None


class SparkOutcome(Outcome):
    """What a plan gives on its tables in Spark."""

    _tables: SparkTables

    def frame(self, entity: str) -> DataFrame:
        """The targets of ``entity`` as a DataFrame with the columns of ``values``, in no order, not yet computed."""
        return self._tables.frame(*self._as_decimals(entity))


def _type_name(kind: str) -> str:
    if kind.startswith(("varchar", "char")):
        return "VARCHAR"
    return _TYPES.get(kind, kind.upper())


def _release(session: SparkSession, views: Sequence[str]) -> None:
    for view in views:
        session.catalog.dropGlobalTempView(view)


def _translated(error: PySparkException) -> EngineError:
    said = str(error)
    figure = refused(said)
    if figure is not None:
        return figure
    if isinstance(error, ArithmeticException) or "ARITHMETIC_OVERFLOW" in said or "NUMERIC_VALUE_OUT_OF_RANGE" in said:
        return overflow()
    reason = said.splitlines()[0]
    return EngineError(Text(f"无法在这些数据上计算：{reason}", f"the data cannot be computed on: {reason}"))

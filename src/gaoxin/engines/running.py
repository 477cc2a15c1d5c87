"""Running a plan on the engine of choice."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, TypeAlias

from gaoxin.engines.outcome import Outcome
from gaoxin.engines.tables import Progress
from gaoxin.rulebook.plan import Plan

Engine: TypeAlias = Literal["duckdb", "spark"]


def run(
    plan: Plan,
    sources: Mapping[str, Any],
    *,
    engine: Engine = "duckdb",
    threads: int | None = None,
    memory_limit: str | None = None,
    progress: Progress | None = None,
    out: Path | None = None,
) -> Outcome:
    """Open the tables of ``sources`` (by entity) for ``plan``; the results are the same on every engine.

    Parameters
    ----------
    plan
        What to compute.
    sources
        Parquet files or an Arrow table for each entity; with Spark also folders on any file system, or DataFrames.
    engine
        ``duckdb`` runs in this process; ``spark`` on the Spark that is running, or on a local one.
    threads
        How many threads a local engine uses; all by default.
    memory_limit, progress, out
        Of DuckDB: the memory beyond which it spills to disk, like ``"2GB"``; what is called with the share that is
        done; the one file that ``Outcome.write`` may write.

    Raises
    ------
    EngineError
        A table that cannot be read or does not fit the plan; Spark or Java is not installed.
    """
    if engine == "spark":
        from gaoxin.engines import spark  # noqa: PLC0415 - an extra, which takes seconds to load

        return spark.run(plan, sources, session=spark.local_session(threads))
    from gaoxin.engines import duckdb  # noqa: PLC0415 - DuckDB is not needed where Spark runs

    return duckdb.run(plan, sources, threads=threads, memory_limit=memory_limit, progress=progress, out=out)

"""Running a plan with DuckDB: one SQL statement per entity, each of which reads its tables once.

    outcome = run(book.compile(periods=["2025"]), {"firm": "firms.parquet"})
    outcome.values("zone"), outcome.coverage("zone"), outcome.violations()

Results are computed when they are first asked for, and kept. Values are exact decimals; unknown is null.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from gaoxin.engines.outcome import Outcome
from gaoxin.engines.tables import Progress, Selection, Source, Tables
from gaoxin.rulebook.plan import Plan


def run(
    plan: Plan,
    sources: Mapping[str, Source | Selection],
    *,
    threads: int | None = None,
    memory_limit: str | None = None,
    progress: Progress | None = None,
    out: Path | None = None,
) -> Outcome:
    """Open the tables of ``sources`` (by entity) for ``plan``.

    Each table has a column named as its entity (the key), one named as the entity above, ``period`` and the items.
    Columns it lacks are unknown (``Outcome.absent``); an entity without a table has no reporters.

    ``sources`` gives Parquet (a file, folder, pattern or list) or an Arrow table for each entity. ``threads`` is how
    many DuckDB may use, all by default; beyond ``memory_limit`` (like ``"2GB"``) it spills to a temporary folder;
    ``progress`` is called now and then with the share of a query that is done; ``out`` is the file that
    ``Outcome.write`` may write.

    Raises
    ------
    EngineError
        A table that cannot be read or does not fit the plan: a missing key, a wrong period, a reporter twice.
    """
    return Outcome(plan, Tables(plan, sources, threads=threads, memory_limit=memory_limit, progress=progress, out=out))

"""A database in memory for looking through and summing up files of firms."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb


@contextmanager
def database(spill: Path, memory_limit: str | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB that writes to a folder in ``spill`` what exceeds ``memory_limit``, and prints nothing."""
    config: dict[str, str | bool | int | float | list[str]] = {"temp_directory": str(spill / ".spill")}
    if memory_limit is not None:
        config["memory_limit"] = memory_limit
    with duckdb.connect(":memory:", config=config) as connection:
        connection.execute("SET enable_progress_bar = false")
        yield connection

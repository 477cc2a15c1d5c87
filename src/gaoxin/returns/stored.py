"""Figures that stay in Parquet files: read by DuckDB when they are needed, never loaded whole."""

from __future__ import annotations

import shutil
import weakref
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

import duckdb
import pyarrow as pa

from gaoxin.returns.columns import decimal_type
from gaoxin.rulebook.entries import Item

ROW = "row"
"""Column with the number of the row in the original file, in a Parquet file that was made from a CSV."""


class Folder:
    """A temporary folder for figures; it goes away with the last object that refers to it, or with the process."""

    def __init__(self) -> None:
        self.path = Path(mkdtemp(prefix="gaoxin-"))
        self.remove = weakref.finalize(self, shutil.rmtree, self.path, ignore_errors=True)


def quoted(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


@dataclass(frozen=True, slots=True)
class Stored:
    """One Parquet file of figures.

    ``columns`` gives, for each column of the figures (entity, parent, period, every item, and name where there is one),
    the SQL expression over the file; ``labels`` the name of the file's own column for what it has. ``file`` is the file
    the figures were given in: the CSV where the Parquet file was made from one.
    """

    entity: str
    path: str
    file: str
    columns: Mapping[str, str]
    labels: Mapping[str, str]
    periods: tuple[str, ...]
    extra: frozenset[str] = frozenset()
    has_rows: bool = False

    def relation(self, connection: duckdb.DuckDBPyConnection, *, row_numbers: bool = False) -> duckdb.DuckDBPyRelation:
        """The figures, and the number of each row in the file under ``row number`` if wanted."""
        columns = {name: sql for name, sql in self.columns.items() if name not in self.extra}
        counted = row_numbers and not self.has_rows
        if row_numbers:
            columns["row number"] = quoted(ROW) if self.has_rows else "file_row_number + 1"
        return connection.read_parquet(self.path, file_row_number=counted).project(_listed(columns))

    def pick(self, columns: Mapping[str, str], keys: pa.Array | None) -> pa.Table:
        """Some columns under other names, of the reporters ``keys`` only."""
        with duckdb.connect() as connection:
            chosen = _listed({name: self.columns[column] for name, column in columns.items()})
            relation = connection.read_parquet(self.path).project(chosen)
            if keys is not None:
                wanted = connection.from_arrow(pa.table({"wanted": keys}))
                relation = relation.join(wanted, "key = wanted", how="semi")
            return relation.to_arrow_table()

    def period(self, names: Sequence[str], period: str) -> pa.Table:
        """Some columns of one period, in the order of the file."""
        with duckdb.connect() as connection:
            source = connection.read_parquet(self.path)
            if self.periods != (period,):
                source = source.filter(f"{self.columns['period']} = {literal(period)}")
            return source.project(_listed({name: self.columns[name] for name in names})).to_arrow_table()

    def rows(self, reporter: str, period: str) -> list[int]:
        """Numbers of the rows of a reporter in the file."""
        column, value = duckdb.ColumnExpression, duckdb.ConstantExpression
        with duckdb.connect() as connection:
            found = self.relation(connection, row_numbers=True)
            found = found.filter((column(self.entity) == value(reporter)) & (column("period") == value(period)))
            return [int(row[0]) for row in found.project('"row number"').fetchall()]


def _listed(columns: Mapping[str, str]) -> str:
    return ", ".join(f"{sql} AS {quoted(name)}" for name, sql in columns.items())


def sql_type(item: Item) -> str:
    """The DuckDB type in which an item is kept."""
    if item.type == "decimal":
        kind = decimal_type(item.decimals or 0)
        return f"DECIMAL({kind.precision}, {kind.scale})"
    return {"integer": "BIGINT", "flag": "BOOLEAN", "date": "DATE"}.get(item.type, "VARCHAR")

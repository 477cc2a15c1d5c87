"""Reference tables for the tests of the evaluation: ``asem``, ``tai``, ``hdi``, ``mcda20x5`` (each has an ORIGIN.md).

In a test: ``asem.values("01_step_Treated")`` is (51, 49) in the order of ``asem.units`` and ``asem.indicators``;
``tai.table("tableA2_raw").numbers(columns=["patents", "schooling"], rows=["Finland", "Japan"])`` is (2, 2).
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from gaoxin.evaluation.structure import Hierarchy

DATA = Path(__file__).parent.parent / "data"


def is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


@dataclass(frozen=True, eq=False)
class Table:
    """A CSV file; cells are read by the names of their row and column, never by position."""

    columns: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]
    key: str | None
    """Column that names the rows: ``uCode`` where there is one, else the first unless it holds numbers."""

    @classmethod
    def read(cls, path: Path, *, header: bool = True) -> Table:
        content = path.read_bytes()
        text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode()
        cells = [
            tuple(row) for row in csv.reader(line for line in text.splitlines() if not line.startswith("# SOURCE"))
        ]
        columns = cells.pop(0) if header else tuple(str(j) for j in range(len(cells[0])))
        key = "uCode" if "uCode" in columns else None if is_number(cells[0][0]) else columns[0]
        return cls(columns, tuple(cells), key)

    @property
    def rows(self) -> tuple[str, ...]:
        """The names of the rows, in the order of the file."""
        assert self.key is not None, "this table has no names of rows"
        return tuple(self.text(self.key))

    def text(self, column: str, rows: Sequence[str] | None = None) -> list[str]:
        """The cells of one column as written, by default in the order of the file."""
        j = self.columns.index(column)
        return [self.cells[i][j] for i in self._places(rows)]

    def numbers(self, columns: Sequence[str] | None = None, rows: Sequence[str] | None = None) -> NDArray[np.float64]:
        """Cells as float64 in the order asked for (default: all rows, all columns but the key).

        Empty cells are NaN; ``NaN`` and ``Inf`` are what they say.
        """
        wanted = [column for column in self.columns if column != self.key] if columns is None else columns
        places = [self.columns.index(column) for column in wanted]
        values = [[float(self.cells[i][j] or "nan") for j in places] for i in self._places(rows)]
        return np.array(values, dtype=np.float64)

    def _places(self, rows: Sequence[str] | None) -> Sequence[int]:
        if rows is None:
            return range(len(self.cells))
        at = {row: i for i, row in enumerate(self.rows)}
        assert len(at) == len(self.cells), "rows are not unique: ask for all of them"
        return [at[row] for row in rows]


@dataclass(frozen=True)
class Folder:
    """The tables of one reference case; ``table`` takes the file name without its ending."""

    path: Path

    def table(self, name: str, *, header: bool = True) -> Table:
        ending = ".csv.gz" if (self.path / f"{name}.csv.gz").exists() else ".csv"
        return Table.read(self.path / f"{name}{ending}", header=header)


class Asem(Folder):
    """COINr's ASEM example: 51 units × 49 indicators in 8 pillars, 2 sub-indices, Index."""

    @cached_property
    def units(self) -> tuple[str, ...]:
        """Country codes, sorted."""
        return tuple(sorted(self.table("00_iData").text("uCode")))

    @cached_property
    def metadata(self) -> dict[str, dict[str, str]]:
        """One record per code of ``00_iMeta``: Level, iName, Direction, Weight, Target, Denominator, Parent, Type."""
        table = self.table("00_iMeta")
        records = [dict(zip(table.columns, cells, strict=True)) for cells in table.cells]
        return {record["iCode"]: record for record in records}

    @cached_property
    def indicators(self) -> tuple[str, ...]:
        """The 49 indicator codes in the order of the metadata."""
        return tuple(code for code, record in self.metadata.items() if record["Type"] == "Indicator")

    @cached_property
    def directions(self) -> NDArray[np.int64]:
        return np.array([int(self.metadata[code]["Direction"]) for code in self.indicators], dtype=np.int64)

    @cached_property
    def hierarchy(self) -> Hierarchy:
        """Indicators in metadata order, pillars, sub-indices, Index; all weights 1."""
        nodes = {code: record for code, record in self.metadata.items() if record["Type"] in {"Indicator", "Aggregate"}}
        return Hierarchy.build(
            {code: record["Parent"] or None for code, record in nodes.items()},
            weights={code: float(record["Weight"]) for code, record in nodes.items()},
            directions={code: int(self.metadata[code]["Direction"]) for code in self.indicators},
            indicators=self.indicators,
        )

    def values(self, name: str, columns: Sequence[str] | None = None) -> NDArray[np.float64]:
        """A table with one row per unit: the indicators (or ``columns``) of ``name`` in the order of ``units``."""
        return self.table(name).numbers(self.indicators if columns is None else columns, self.units)

    def attribute(self, column: str) -> list[str]:
        """A text column of ``00_iData`` by unit: ``EurAsia_group``, ``GDP_group`` …"""
        return self.table("00_iData").text(column, self.units)


@pytest.fixture(scope="session")
def asem() -> Asem:
    return Asem(DATA / "asem")


@pytest.fixture(scope="session")
def tai() -> Folder:
    return Folder(DATA / "tai")


@pytest.fixture(scope="session")
def hdi() -> Folder:
    return Folder(DATA / "hdi")


@pytest.fixture(scope="session")
def mcda20x5() -> Folder:
    return Folder(DATA / "mcda20x5")

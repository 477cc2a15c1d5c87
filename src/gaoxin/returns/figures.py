"""The figures that were read: one wide table for each kind of reporter, and the way back from a number to its cell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, reduce

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from gaoxin.problems import Problem
from gaoxin.returns.parts import Part
from gaoxin.returns.stored import Folder, Stored, quoted
from gaoxin.words import Language, Text

NAME = "name"
ATTRIBUTE = "attribute:"


@dataclass(frozen=True, slots=True)
class Origin:
    """The cell a figure was read from. ``column`` is as the sheet shows it: letters and heading."""

    file: str
    sheet: str | None
    row: int | None
    column: str | None

    def say(self, language: Language = "zh") -> str:
        """The place in words, from the file inwards."""
        place = Problem("", "info", Text("", ""), file=self.file, sheet=self.sheet, row=self.row, column=self.column)
        return place.place(language)


@dataclass(frozen=True, eq=False)
class Placed:
    """A part whose rows have been given their places in the table of the entity.

    ``index`` has, for each row of the table, the row of the part (−1: none), shape (rows of the table,).
    """

    part: Part
    index: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class EntityFigures:
    """What one kind of reporter reported: ``table`` in memory, ``stored`` in Parquet files, or both.

    ``table`` has the columns entity, parent, period and every item of the book; ``about`` has name and attributes, row
    by row beside it.
    """

    entity: str
    periods: tuple[str, ...]
    table: pa.Table | None = None
    about: pa.Table | None = None
    placed: tuple[Placed, ...] = ()
    stored: tuple[Stored, ...] = ()

    def places(self, reporter: str, period: str, item: str | None = None) -> Iterator[Origin]:
        """Where a reporter (or one figure of it) was read, for what is in memory."""
        if self.table is None:
            return
        same = pc.and_(pc.equal(self.table[self.entity], reporter), pc.equal(self.table["period"], period))
        at = pc.index(same, pa.scalar(True)).as_py()
        for placed in self.placed if at >= 0 else ():
            inside = int(placed.index[at])
            if inside >= 0 and (item is None or item in placed.part.places):
                row = placed.part.row(inside, item or next(iter(placed.part.items), None))
                if row is not None:
                    yield Origin(placed.part.file, placed.part.sheet, row, placed.part.places.get(item or ""))


@dataclass(frozen=True, eq=False)
class Figures:
    """Everything that was read.

    Attributes
    ----------
    entities
        By entity (zone, firm, project): its figures.
    scores
        Expert scores, one row each (expert, zone, period, indicator, score, remark), or None.
    problems
        What was noticed and is no error: warnings and notes.
    synthetic
        True when any file says that it is synthetic.
    sources
        Every file read, with the SHA-256 of its content.
    """

    entities: Mapping[str, EntityFigures]
    scores: pa.Table | None
    problems: tuple[Problem, ...]
    synthetic: bool
    sources: tuple[tuple[str, str], ...]
    zone_names: Mapping[str, str] = field(default_factory=dict)
    kept: Folder | None = field(default=None, repr=False)
    """Where very large CSV files were converted to Parquet; it goes away together with these figures."""

    def periods(self, entity: str) -> tuple[str, ...]:
        """The periods for which that entity reported, in order."""
        return self.entities[entity].periods if entity in self.entities else ()

    def table(self, entity: str) -> pa.Table:
        """The figures of one entity in memory: entity, parent, period and every item of the book."""
        figures = self.entities[entity]
        if not figures.stored and figures.table is not None:
            return figures.table
        with duckdb.connect() as connection:
            return _relation(figures, connection).to_arrow_table()

    def columns(self, entity: str, names: Sequence[str], period: str) -> pa.Table:
        """Some columns of one period (items, the reporters, the reporters above), always in the same order of rows."""
        figures = self.entities[entity]
        pieces: list[pa.Table] = []
        if figures.table is not None:
            at = (entity, period)
            if at not in self._rows_of:
                self._rows_of[at] = pc.indices_nonzero(pc.equal(figures.table["period"], period))
            pieces.append(figures.table.select(list(names)).take(self._rows_of[at]))
        pieces += [stored.period(names, period) for stored in figures.stored if period in stored.periods]
        return pa.concat_tables(pieces, promote_options="permissive")

    def column(self, entity: str, name: str, period: str) -> pa.Array:
        """One column of one period, in the order of `columns`."""
        return self.columns(entity, [name], period).column(0).combine_chunks()

    @cached_property
    def _rows_of(self) -> dict[tuple[str, str], pa.Array]:
        """Rows of the tables in memory, by entity and period."""
        return {}

    def names(self, entity: str, keys: Iterable[str] | None = None) -> dict[str, str]:
        """Names of the reporters ``keys`` (default: all), as far as they are known; of several the latest."""
        found = self._about(entity, NAME, keys)
        return {**self.zone_names, **found} if entity == "zone" else found

    def attribute(self, entity: str, name: str) -> dict[str, str]:
        """A further column of the reporters (for example the class of the zones); of several values the latest."""
        return self._about(entity, ATTRIBUTE + name, None)

    def _about(self, entity: str, column: str, keys: Iterable[str] | None) -> dict[str, str]:
        figures = self.entities.get(entity)
        if figures is None:
            return {}
        wanted = None if keys is None else pa.array(list(keys), pa.string())
        found: dict[str, tuple[str, str]] = {}

        def take(rows: pa.Table) -> None:
            for key, period, value in zip(*(rows[c].to_pylist() for c in ("key", "period", "value")), strict=True):
                if value is not None and (key not in found or found[key][0] <= period):
                    found[key] = (period, value)

        if figures.about is not None and figures.table is not None and column in figures.about.column_names:
            rows = pa.table(
                {"key": figures.table[entity], "period": figures.table["period"], "value": figures.about[column]}
            )
            take(rows if wanted is None else rows.filter(pc.is_in(rows["key"], value_set=wanted)))
        for stored in figures.stored:
            if column in stored.columns:
                take(stored.pick({"key": entity, "period": "period", "value": column}, wanted))
        return {key: value for key, (_, value) in found.items()}

    def origin(self, entity: str, reporter: str, period: str, item: str) -> Origin | None:
        """Where a figure was read; None when the reporter did not report it."""
        figures = self.entities.get(entity)
        if figures is None:
            return None
        for place in figures.places(reporter, period, item):
            return place
        for stored in figures.stored:
            if item in stored.labels:
                for row in stored.rows(reporter, period):
                    return Origin(stored.file, None, row, stored.labels[item])
        return None


def _relation(figures: EntityFigures, connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyRelation:
    relations = [stored.relation(connection) for stored in figures.stored]
    if figures.table is not None:
        order = ", ".join(quoted(name) for name in figures.table.column_names)
        relations = [connection.from_arrow(figures.table), *(relation.project(order) for relation in relations)]
    return reduce(lambda a, b: a.union(b), relations)

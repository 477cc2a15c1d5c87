"""Firms and what belongs to them (contracts, projects, persons …), read and screened so that they fit together.

A firm of which a contract is refused is refused itself: its sums would be too small without a word. A contract whose
firm is not there, or is refused, is left out and stands in the rejects.
"""

# ruff: noqa: S608 - every identifier and text in the SQL goes through quote and text

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import pyarrow as pa

from gaoxin.engines.dialects import DUCKDB
from gaoxin.engines.tables import Selection
from gaoxin.incentives.batch.contradictions import without_contradictions
from gaoxin.incentives.batch.database import database
from gaoxin.incentives.batch.files import Folder, given_files
from gaoxin.incentives.batch.screening import REJECTS, Firms, screen
from gaoxin.problems import InputError, Problem
from gaoxin.returns.files import InputFile
from gaoxin.rulebook.book import Book
from gaoxin.words import Text

LEFT_OUT = Text("所属企业没有数据，或未作判断", "its firm has no figures, or is among the rejects")


@dataclass(frozen=True, eq=False)
class Prepared:
    """The ``firms``, and by entity what is ``below`` them."""

    firms: Firms
    below: Mapping[str, Firms]

    @property
    def every(self) -> tuple[Firms, ...]:
        """The firms and those below."""
        return (self.firms, *self.below.values())

    @property
    def sources(self) -> dict[str, Selection]:
        """What an engine reads, by entity."""
        return {one.entity: one.source for one in self.every}

    @property
    def rejects(self) -> pa.Table:
        """All rejects, those of the firms first."""
        return pa.concat_tables([one.rejects for one in self.every])

    @property
    def files(self) -> tuple[InputFile, ...]:
        """All files that were read."""
        return tuple(file for one in self.every for file in one.files)

    @property
    def synthetic(self) -> bool:
        """Whether any of the files says that its figures are synthetic."""
        return any(one.synthetic for one in self.every)


def prepare(
    book: Book,
    paths: Iterable[str | Path],
    below: Mapping[str, str | Path],
    year: str,
    folder: Folder,
    *,
    memory_limit: str | None = None,
    threads: int | None = None,
) -> Prepared:
    """Read and screen the firms in the files at ``paths`` and, by entity, what is ``below`` them.

    Raises
    ------
    InputError
        A file that cannot be used as a whole, an entity that is not below the firms, no firm for the ``year``.
    """
    top = next(name for name, entity in book.entities.items() if entity.parent is None)
    for entity in below:
        if entity not in book.entities or book.entities[entity].parent != top:
            known = ", ".join(name for name, one in book.entities.items() if one.parent == top)
            message = Text(f"没有 {entity} 这种明细", f"{entity} is nothing that belongs to firms")
            raise InputError([Problem("with", "error", message, Text(f"有：{known}。", f"There are: {known}."))])

    def screened(entity: str, files: Iterable[str | Path]) -> Firms:
        given = given_files(files, book, entity, folder)
        found = screen(given, book, entity, year, folder, memory_limit=memory_limit)
        return without_contradictions(found, book, entity, year, folder, memory_limit=memory_limit, threads=threads)

    firms = screened(top, paths)
    if year not in firms.years:
        there = ", ".join(firms.years) or "–"
        zh, en = f"没有 {year} 年度的数据；有：{there}", f"no figures for {year}; there are: {there}"
        raise InputError([Problem("period.missing", "error", Text(zh, en), period=year)])
    attached = {entity: screened(entity, [path]) for entity, path in below.items()}
    if attached:
        with database(folder.path, memory_limit) as connection:
            fitting = _Fitting(connection, book, year, folder)
            for one in attached.values():
                firms = fitting.of_whole_firms(firms, one)
            attached = {entity: fitting.of_firms(one, firms) for entity, one in attached.items()}
    return Prepared(firms, attached)


class _Fitting:
    def __init__(self, connection: duckdb.DuckDBPyConnection, book: Book, year: str, folder: Folder) -> None:
        self.execute, self.book, self.year, self.folder = connection.execute, book, year, folder

    def of_whole_firms(self, firms: Firms, below: Firms) -> Firms:
        """``firms`` without those of whom a row of ``below`` is refused."""
        first: dict[str, str] = {}
        for firm, key in zip(below.rejects["firm"].to_pylist(), below.rejects["key"].to_pylist(), strict=True):
            if firm:
                first.setdefault(firm, key or "–")
        if not first:
            return firms
        self.execute("CREATE OR REPLACE TEMP TABLE faulty AS SELECT unnest(?) AS firm", [list(first)])
        there = self.execute(f"SELECT firm FROM faulty WHERE firm IN ({_keys(firms)}) ORDER BY 1").fetchall()
        name = self.book.entities[below.entity].name
        said = Text(f"{name.zh}的数据有误，见该行", f"a fault in the figures of its {name.en}: see there")
        refused = self._rejects(firms.entity, ((firm, firm, first[firm]) for (firm,) in there), said, "below")
        return firms.without(refused, self.folder)

    def of_firms(self, below: Firms, firms: Firms) -> Firms:
        """The rows of ``below`` that belong to one of ``firms``."""
        source, parent = below.source, self.book.entities[below.entity].parent or ""
        key, owner = (f"CAST({source.columns[name]} AS VARCHAR)" for name in (below.entity, parent))
        inside = f"{owner} IN ({_keys(firms)})"
        outside = replace(source, where=below.narrowed(f"NOT {inside}").where)
        lost = self.execute(f"SELECT {owner}, {key} FROM {_rows(outside)} ORDER BY 1, 2").fetchall()
        left = self._rejects(below.entity, ((firm, key, None) for firm, key in lost), LEFT_OUT, "firm")
        fitting = below.narrowed(inside, *firms.source.files, *firms.source.others)
        return replace(below, source=fitting, rejects=pa.concat_tables([below.rejects, left]))

    def _rejects(self, entity: str, who: Iterable[tuple[str, str, str | None]], said: Text, rule: str) -> pa.Table:
        rows = [
            {
                "firm": firm,
                "entity": entity,
                "key": key,
                "period": self.year,
                "rule": f"{rule}.left-out",
                "value": value,
            }
            for firm, key, value in who
        ]
        return pa.Table.from_pylist([{**row, "zh": said.zh, "en": said.en} for row in rows], schema=REJECTS)


def _keys(firms: Firms) -> str:
    """SQL of the codes of ``firms``."""
    return f"SELECT CAST({firms.source.columns[firms.entity]} AS VARCHAR) FROM {_rows(firms.source)}"


def _rows(source: Selection) -> str:
    files = ", ".join(DUCKDB.text(str(file)) for file in source.files)
    return f"read_parquet([{files}], union_by_name = true)" + (f" WHERE {source.where}" if source.where else "")

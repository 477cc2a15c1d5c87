"""Putting the parts together: forms of one reporter side by side, files of many reporters below each other.

A reporter may be in several sheets (one for each form) but may report an item only once.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from gaoxin.problems import Problem
from gaoxin.returns.columns import ARROW_TYPES, decimal_type
from gaoxin.returns.figures import EntityFigures, Origin, Placed
from gaoxin.returns.findings import ERRORS_PER_FILE, Findings
from gaoxin.returns.parts import Part
from gaoxin.returns.stored import Stored, quoted
from gaoxin.rulebook.book import Book
from gaoxin.words import Text

Ints = NDArray[np.int64]


def assemble(
    entity: str, parts: Sequence[Part], stored: Sequence[Stored], book: Book, findings: Findings
) -> EntityFigures:
    """Put together what one kind of reporter reported; a reporter that is there twice is noted with both places."""
    parent = book.entities[entity].parent
    figures = _side_by_side(entity, parent, parts, book, findings) if parts else None
    if stored:
        _stored_twice(entity, stored, figures, findings)
    periods = set(figures.periods) if figures else set()
    for one in stored:
        periods.update(one.periods)
    return EntityFigures(
        entity,
        tuple(sorted(periods)),
        figures.table if figures else None,
        figures.about if figures else None,
        figures.placed if figures else (),
        tuple(stored),
    )


def _side_by_side(
    entity: str, parent: str | None, parts: Sequence[Part], book: Book, findings: Findings
) -> EntityFigures:
    who = pa.chunked_array([pc.binary_join_element_wise(p.table["key"], p.table["period"], "\n") for p in parts])
    encoded = who.combine_chunks().dictionary_encode()
    count = len(encoded.dictionary)
    whose = np.split(encoded.indices.to_numpy().astype(np.int64), np.cumsum([len(p.table) for p in parts])[:-1])
    _reported_twice(parts, whose, count, findings)

    def column(name: str, kind: pa.DataType) -> pa.ChunkedArray:
        """One column of the table: from each row the first part that has it."""
        place = np.full(count, -1, dtype=np.int64)
        chunks, start = [], 0
        for part, at in zip(parts, whose, strict=True):
            if name not in part.table.column_names:
                continue
            values = part.table[name]
            known = pc.is_valid(values).to_numpy()
            free = known & (place[at] < 0)
            place[at[free]] = start + np.flatnonzero(free)
            chunks += values.chunks
            start += len(values)
        if not chunks:
            return pa.chunked_array([pa.nulls(count, kind)])
        values = pa.chunked_array(chunks)
        if len(values) == count and (place == np.arange(count)).all():
            return values
        return values.take(pa.array(place, mask=place < 0))

    text = pa.string()
    columns = {entity: column("key", text)}
    if parent:
        columns[parent] = column("parent", text)
        _check_parents(parent, columns[parent], parts, whose, findings, book)
    columns["period"] = column("period", text)
    about_names = sorted({n for p in parts for n in p.table.column_names if n == "name" or n.startswith("attribute:")})
    for code, item in book.items.items():
        if item.entity == entity:
            kind = decimal_type(item.decimals or 0) if item.type == "decimal" else ARROW_TYPES[item.type]
            columns[code] = column(code, kind)
    placed = []
    for part, at in zip(parts, whose, strict=True):
        index = np.full(count, -1, dtype=np.int64)
        index[at] = np.arange(len(at))
        placed.append(Placed(part, index))
    table = pa.table(columns)
    return EntityFigures(
        entity,
        tuple(sorted(pc.unique(table["period"]).to_pylist())),
        table,
        pa.table({name: column(name, text) for name in about_names}) if about_names else None,
        tuple(placed),
    )


def _reported_twice(parts: Sequence[Part], whose: Sequence[Ints], count: int, findings: Findings) -> None:
    """Rows of one reporter and period that give the same item: in one sheet, or in two."""
    for p, part in enumerate(parts):
        at = whose[p]
        order = np.argsort(at, kind="stable")
        for i in np.flatnonzero(at[order][1:] == at[order][:-1]):
            findings.add(_twice(part, int(order[i]), part, int(order[i + 1])))
        first = np.full(count, -1, dtype=np.int64)
        first[at[::-1]] = np.arange(len(at))[::-1]
        for q in range(p + 1, len(parts)):
            if set(part.items) & set(parts[q].items):
                for j in np.flatnonzero(first[whose[q]] >= 0):
                    findings.add(_twice(part, int(first[whose[q][j]]), parts[q], int(j)))


def _twice(first: Part, i: int, second: Part, j: int) -> Problem:
    item = next((code for code in first.items if code in set(second.items)), None)
    key, period = second.table["key"][j].as_py(), second.table["period"][j].as_py()
    return duplicate(
        key,
        period,
        Origin(first.file, first.sheet, first.row(i, item), None),
        Origin(second.file, second.sheet, second.row(j, item), None),
    )


def duplicate(key: str, period: str, first: Origin, second: Origin) -> Problem:
    """A reporter that is there twice; the problem stands at the second place and names the first."""
    return Problem(
        rule="reporter.duplicate",
        severity="error",
        message=Text(
            f"{key} {period} 重复填报，另见 {first.say('zh')}",
            f"{key} reports {period} twice, also in {first.say('en')}",
        ),
        remedy=Text("请删去其中一份", "delete one of them"),
        file=second.file,
        sheet=second.sheet,
        row=second.row,
        reporter=key,
        period=period,
    )


def _check_parents(
    parent: str, column: pa.ChunkedArray, parts: Sequence[Part], whose: Sequence[Ints], findings: Findings, book: Book
) -> None:
    """Every reporter belongs to one reporter above, the same in all its sheets."""
    above = book.entities[parent].name
    missing = pc.is_null(column).to_numpy()
    for part, at in zip(parts, whose, strict=True):
        said = part.table["parent"]
        other = pc.fill_null(pc.not_equal(said, column.take(pa.array(at))), False).to_numpy()
        for j in np.flatnonzero(missing[at] | other):
            chosen = column[int(at[j])].as_py()
            missing[at[j]] = False
            findings.add(
                Problem(
                    rule="reporter.no-parent" if chosen is None else "reporter.two-parents",
                    severity="error",
                    message=Text(f"没有填写所属{above.zh}", f"it does not say to which {above.en} it belongs")
                    if chosen is None
                    else Text(
                        f"另一张表中所属{above.zh}为 {chosen}", f"another sheet says that its {above.en} is {chosen}"
                    ),
                    remedy=Text(f"请核对{above.zh}代码", f"check the code of the {above.en}"),
                    file=part.file,
                    sheet=part.sheet,
                    row=part.row(int(j), next(iter(part.items), None)),
                    reporter=part.table["key"][int(j)].as_py(),
                    period=part.table["period"][int(j)].as_py(),
                    value=said[int(j)].as_py(),
                )
            )


def _stored_twice(entity: str, stored: Sequence[Stored], memory: EntityFigures | None, findings: Findings) -> None:
    """Duplicates among the Parquet files of an entity, and between them and what is in memory."""
    with duckdb.connect() as connection:
        relations = [one.relation(connection) for one in stored]
        if memory is not None:
            relations.append(connection.from_arrow(memory.table))
        who = [relation.project(f"{quoted(entity)} AS key, period") for relation in relations]
        everyone = reduce(lambda a, b: a.union(b), who)
        rows, different = everyone.aggregate("count(*), count(DISTINCT hash(key, period))").fetchall()[0]
        if rows == different:
            return
        counted = everyone.aggregate("key, period, count(*) AS n", "key, period").filter("n > 1")
        twice = counted.project("key, period").order("period, key").limit(ERRORS_PER_FILE + 1).fetchall()
    for key, period in twice:
        places = list(memory.places(key, period)) if memory is not None else []
        places += [Origin(one.file, None, row, None) for one in stored for row in one.rows(key, period)]
        findings.add(duplicate(key, period, places[0], places[1]))

"""Reading returns: files, folders and patterns to figures, or everything that is wrong with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from gaoxin.problems import Problem
from gaoxin.returns import delimited, workbook
from gaoxin.returns.assembly import assemble
from gaoxin.returns.experts import read_scores
from gaoxin.returns.figures import EntityFigures, Figures
from gaoxin.returns.files import InputFile, find_files
from gaoxin.returns.findings import Findings
from gaoxin.returns.headings import Vocabulary
from gaoxin.returns.history import missing_period
from gaoxin.returns.layout import HEAD_ROWS, Layout, NoLayout, recognise
from gaoxin.returns.long import read_long
from gaoxin.returns.notices import note_headings, unrecognised
from gaoxin.returns.parquet import read_parquet
from gaoxin.returns.parts import Part, read_wide
from gaoxin.returns.reporters import Register
from gaoxin.returns.rows import Context
from gaoxin.returns.sheets import Sheet
from gaoxin.returns.stored import ROW, Folder, Stored, quoted, sql_type
from gaoxin.rulebook.book import Book
from gaoxin.words import Text

IN_MEMORY_BYTES = 64 << 20
"""A larger wide CSV goes through a temporary Parquet file, so that the memory needed does not grow with it."""


def read_returns(
    paths: Iterable[str | Path],
    book: Book,
    *,
    period: str | None = None,
    zones: Mapping[str, str] | None = None,
    attributes: Sequence[str] = (),
) -> Figures:
    """Read returns into figures.

    Parameters
    ----------
    paths
        Files (xlsx, CSV, Parquet), folders and patterns. A file or folder whose name begins with ``_`` or ``.`` is
        passed over inside a folder.
    book
        The rulebook that says who reports what.
    period
        Period of the tables that do not say theirs; it must be among the periods read.
    zones
        Codes and names of the zones that may report; without it any zone is accepted.
    attributes
        Headings of further columns to keep for the reporters, for example the class of the zones.

    Returns
    -------
    The figures with what was noticed while reading.

    Raises
    ------
    InputError
        With every error found, each with its place and remedy. Nothing is read by halves.
    """
    if isinstance(paths, (str, Path)):
        paths = [paths]
    findings = Findings()
    context = Context(book, Vocabulary(book, attributes), Register(zones or {}), findings, period)
    reading = _Reading(context)
    files = find_files(paths, findings)
    for file in files:
        reading.read(file)
    figures = reading.figures()
    _check_units(context)
    _check_period(figures, period, findings)
    findings.stop_on_errors()
    if not zones:
        _check_zones(figures, findings)
    return replace(
        figures,
        problems=tuple(findings.all()),
        sources=tuple((file.name, file.sha256()) for file in files),
        zone_names=dict(zones or {}),
    )


class _Reading:
    """What has been read so far."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.parts: dict[str, list[Part]] = {}
        self.stored: dict[str, list[Stored]] = {}
        self.scores: list[pa.Table] = []
        self.synthetic = False
        self.kept: Folder | None = None

    def read(self, file: InputFile) -> None:
        if file.kind == "parquet":
            found = read_parquet(file, self.context)
            if found is not None:
                stored, synthetic = found
                self.stored.setdefault(stored.entity, []).append(stored)
                self.synthetic |= synthetic
            return
        reader = workbook if file.kind == "xlsx" else delimited
        sheets = reader.read_sheets(file, self.context.findings)
        refused: list[Problem] = []
        used = 0
        for sheet in sheets:
            head = list(islice(sheet.rows, HEAD_ROWS))
            whole = replace(sheet, rows=chain(head, sheet.rows))
            layout = recognise(head, self.context.vocabulary, self.context.book)
            if isinstance(layout, NoLayout):
                refused.append(unrecognised(file.name, sheet.name, layout, self.context.book))
            else:
                used += 1
                self._read_sheet(file, whole, layout)
        for problem in refused:
            # A workbook may hold explanations beside its forms; but headings without a reporter are an error.
            beside = used and problem.rule in {"sheet.no-headings", "sheet.no-items"}
            self.context.findings.add(replace(problem, severity="info") if beside else problem)

    def _read_sheet(self, file: InputFile, sheet: Sheet, layout: Layout) -> None:
        context = self.context
        note_headings(layout, sheet.file, sheet.name, context.vocabulary, context.findings)
        if layout.kind == "experts":
            scores, synthetic = read_scores(sheet, layout, context)
            self.scores.append(scores)
            self.synthetic |= synthetic
        elif layout.kind == "long":
            self._keep(read_long(sheet, layout, context))
        elif file.kind == "csv" and file.path.stat().st_size > IN_MEMORY_BYTES:
            self._keep_on_disk(file, sheet, layout)
        else:
            chunks = list(read_wide(sheet, layout, context))
            if not chunks:
                self._no_rows(sheet)
                return
            table = pa.concat_tables(chunk for chunk, _ in chunks)
            rows = {"": table[ROW].to_numpy()}
            places = {code: column.place for column, code in layout.items()}
            synthetic = chunks[-1][1]
            self._keep(Part(layout.entity, sheet.file, sheet.name, table.drop_columns([ROW]), rows, places, synthetic))

    def _keep(self, part: Part) -> None:
        if part.table.num_rows == 0:
            self._no_rows(Sheet(part.file, part.sheet, iter(())))
            return
        self.parts.setdefault(part.entity, []).append(part)
        self.synthetic |= part.synthetic

    def _keep_on_disk(self, file: InputFile, sheet: Sheet, layout: Layout) -> None:
        """Write a large sheet to a temporary Parquet file chunk by chunk."""
        if self.kept is None:
            self.kept = Folder()
        path = self.kept.path / f"{len(list(self.kept.path.iterdir()))}.parquet"
        entity, book = layout.entity, self.context.book
        parent = book.entities[entity].parent
        names = {"key": entity, "parent": parent or "parent"}
        periods: set[str] = set()
        writer = None
        for chunk, synthetic in read_wide(sheet, layout, self.context):
            table = chunk.rename_columns([names.get(name, name) for name in chunk.column_names])
            writer = writer or pq.ParquetWriter(path, table.schema, compression="lz4")
            writer.write_table(table)
            periods.update(table["period"].unique().to_pylist())
            self.synthetic |= synthetic
        if writer is None:
            self._no_rows(sheet)
            return
        writer.close()
        extra = {n for n in writer.schema.names if n == "name" or n.startswith("attribute:")}
        columns = {name: quoted(name) for name in (entity, *([parent] if parent else []), "period", *sorted(extra))}
        labels = {code: column.place for column, code in layout.items()}
        for code, item in book.items.items():
            if item.entity == entity:
                columns[code] = quoted(code) if code in labels else f"CAST(NULL AS {sql_type(item)})"
        self.stored.setdefault(entity, []).append(
            Stored(
                entity, str(path), file.name, columns, labels, tuple(sorted(periods)), frozenset(extra), has_rows=True
            )
        )

    def _no_rows(self, sheet: Sheet) -> None:
        if not self.context.findings.failed:
            self.context.findings.add(
                Problem(
                    rule="sheet.empty",
                    severity="error",
                    message=Text("表头下没有数据", "no rows under the headings"),
                    remedy=Text("请核对工作表", "check the sheet"),
                    file=sheet.file,
                    sheet=sheet.name,
                )
            )

    def figures(self) -> Figures:
        """Everything put together."""
        book, findings = self.context.book, self.context.findings
        entities: dict[str, EntityFigures] = {}
        for entity in book.entities:
            parts, stored = self.parts.get(entity, []), self.stored.get(entity, [])
            if parts or stored:
                entities[entity] = assemble(entity, parts, stored, book, findings)
        scores = pa.concat_tables(self.scores) if self.scores else None
        return Figures(entities, scores, (), self.synthetic, (), kept=self.kept)


def _check_units(context: Context) -> None:
    """One item has one unit in all files; a file that states none is read in the unit of the book."""
    for code, units in context.stated_units.items():
        (unit, first), *others = units.items()
        for other, place in others:
            context.findings.add(
                replace(
                    place,
                    rule="item.two-units",
                    severity="error",
                    message=Text(
                        f"{code} 在这里以{other.say('zh')}为单位，在 {first.place('zh')} 以{unit.say('zh')}为单位",
                        f"{code} is in {other.say('en')} here and in {unit.say('en')} in {first.place('en')}",
                    ),
                    remedy=Text("请统一单位", "use one unit"),
                )
            )


def _check_period(figures: Figures, period: str | None, findings: Findings) -> None:
    """The period asked for is there."""
    if period is None or not figures.entities:
        return
    everything = {p for one in figures.entities.values() for p in one.periods}
    if period not in everything:
        findings.add(missing_period(period, sorted(everything)))


def _check_zones(figures: Figures, findings: Findings) -> None:
    """A zone that firms name but that never made a return of its own is worth a look where no register is given."""
    own = {key for period in figures.periods("zone") for key in figures.column("zone", "zone", period).to_pylist()}
    if not own:
        return
    names = figures.names("zone")
    register = Register({zone: names.get(zone, zone) for zone in own})
    named = {z for p in figures.periods("firm") for z in figures.column("firm", "zone", p).unique().to_pylist()}
    for zone in sorted(named - own - {None}):
        close = register.close_to(zone)
        findings.add(
            Problem(
                rule="reporter.zone-without-return",
                severity="warning",
                message=Text(
                    f"企业所属的园区 {zone} 没有园区报表", f"firms belong to {zone}, which has no return of its own"
                ),
                remedy=Text(f"是否为：{'；'.join(close)}", f"did you mean: {'; '.join(close)}")
                if close
                else Text("请核对园区代码", "check the code of the zone"),
                reporter=zone,
            )
        )

"""All firms of some files: who is entitled to what in a year, as one Parquet file and a summary of it.

    result = run_batch(book, ["firms.parquet"], "2024", out=Path("results.parquet"), as_of=date.today())

The firms are streamed, so memory does not depend on how many there are.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from tempfile import mkdtemp

import pyarrow as pa

from gaoxin.engines.running import Engine
from gaoxin.incentives.batch.engine import Answering
from gaoxin.incentives.batch.files import Folder
from gaoxin.incentives.batch.judging import NEAR, Judgement, targets
from gaoxin.incentives.batch.preparing import Prepared, prepare
from gaoxin.incentives.batch.screening import rejected
from gaoxin.incentives.batch.summary import Answers, Summary, summarise
from gaoxin.incentives.clauses import rests_on
from gaoxin.incentives.notes import notes
from gaoxin.problems import InputError, Problem
from gaoxin.returns.files import InputFile
from gaoxin.rulebook.benefits import Benefit
from gaoxin.rulebook.book import Book
from gaoxin.rulebook.entries import Confidence
from gaoxin.rulebook.explain import Citation
from gaoxin.rulebook.periods import period_ordinal
from gaoxin.words import Text

Step = Callable[[Text, float | None], None]


@dataclass(frozen=True, eq=False)
class BatchResult:
    """What a batch found out.

    ``answers`` are the Parquet files with a row per firm and, where their tables are given, per contract, person …
    (columns: ``incentives.batch.judging``). ``clauses`` are those behind the answers to each benefit, ``marks`` how
    many of all of them carry each confidence mark. ``elsewhere`` are the benefits of contracts, products or persons of
    whom no table is given; ``absent`` the figures that the answers need and no file has. ``notes`` is what the files
    say of themselves.
    """

    book: Book
    year: str
    as_of: datetime.date
    benefits: tuple[Benefit, ...]
    elsewhere: tuple[Benefit, ...]
    answers: tuple[Answers, ...]
    summary: Summary
    rejects: pa.Table
    absent: tuple[str, ...]
    unknown_columns: Mapping[str, tuple[str, ...]]
    synthetic: bool
    files: tuple[InputFile, ...]
    rows: int
    engine: Engine
    clauses: Mapping[str, tuple[Citation, ...]]
    notes: Mapping[str, str]
    near: float

    @property
    def results(self) -> Path:
        """The Parquet file with a row per firm."""
        return self.answers[0].path

    @property
    def firms(self) -> int:
        """How many firms were answered."""
        return self.answers[0].rows

    @property
    def rejected(self) -> int:
        """How many firms are among the rejects."""
        return rejected(self.rejects, self.answers[0].entity)

    @property
    def marks(self) -> Mapping[Confidence, int]:
        """How many of the clauses used carry each confidence mark."""
        every = dict.fromkeys(clause for clauses in self.clauses.values() for clause in clauses)
        return Counter(clause.confidence for clause in every)

    @property
    def unconfirmed(self) -> int:
        """How many of the clauses used have not been confirmed by an official text."""
        return sum(number for mark, number in self.marks.items() if mark not in {"official", "quoted"})


def run_batch(
    book: Book,
    paths: Iterable[str | Path],
    year: str,
    *,
    out: Path,
    as_of: datetime.date,
    instruments: Sequence[str] = (),
    below: Mapping[str, str | Path] | None = None,
    near: float = NEAR,
    engine: Engine = "duckdb",
    memory_limit: str | None = None,
    threads: int | None = None,
    progress: Step = lambda _, __: None,
) -> BatchResult:
    """Answer for every firm in the files at ``paths``, and write the answers to ``out``.

    Parameters
    ----------
    book
        A rulebook with benefits.
    paths
        Parquet, CSV or xlsx files, folders or patterns: a row per firm (and year), a column per item.
    year
        The period asked for; rows of earlier years are used where rules look back.
    out
        The Parquet file to write.
    as_of
        The day for which the answers are given; every output carries it.
    instruments
        Instruments (or codes of benefits); by default all.
    below
        By entity, files of contracts, projects, persons … : what is added up from them, where firms do not report the
        sums themselves, and the benefits that concern them. Their answers are written beside ``out``, as
        ``<out>-<entity>.parquet``.
    near
        How far from the threshold a firm counts as nearly entitled, as a share of it.
    engine
        ``duckdb`` answers in this process; ``spark`` on the Spark that is running, or on a local one.
    memory_limit
        Like ``"4GB"``; beyond it DuckDB writes to a temporary folder.
    threads
        How many the engine may use, all by default.
    progress
        Called with what is being done and, where that is known, the share of it that is done.

    Raises
    ------
    InputError
        Files that cannot be used as a whole, an unknown instrument, a year without any rule.
    EngineError
        Spark or Java is not installed.
    """
    top = next(name for name, entity in book.entities.items() if entity.parent is None)
    chosen, given = chosen_benefits(book, instruments), dict(below or {})
    ours = tuple(benefit for benefit in chosen if benefit.entity in {top, *given})
    if not ours:
        entities = dict.fromkeys(benefit.entity for benefit in chosen)
        names = [book.entities[entity].name for entity in entities]
        message = Text(
            f"这些政策按{'、'.join(name.zh for name in names)}判断",
            f"these instruments concern each {' or '.join(name.en for name in names)}",
        )
        ways = ", ".join(f"--with {entity}=" for entity in entities)
        remedy = Text(f"用 {ways} 给出明细表。", f"Give their tables by {ways}.")
        raise InputError([Problem("instrument.below", "error", message, remedy)])
    ordinal = _ordinal(book, ours, year)
    folder = Folder()
    answering = Answering(engine, folder, threads, memory_limit)
    progress(Text("读入并核对数据", "reading and checking the data"), None)
    prepared = prepare(book, paths, given, year, folder, memory_limit=memory_limit, threads=threads)
    clauses = {
        benefit.code: rests_on(book, [code for code in (benefit.code, benefit.amount_code) if code], ordinal)
        for benefit in ours
    }
    said = notes(book, year, as_of, chain.from_iterable(clauses.values()), synthetic=prepared.synthetic)
    run = _Run(book, prepared, year, replace(answering, notes=said), near, out, progress)
    found = [run.answers(top, [benefit for benefit in ours if benefit.entity == top])]
    for entity in given:
        its = [benefit for benefit in ours if benefit.entity == entity]
        if its:
            found.append(run.answers(entity, its))
    progress(Text("汇总", "summing up"), None)
    return BatchResult(
        book=book,
        year=year,
        as_of=as_of,
        benefits=ours,
        elsewhere=tuple(benefit for benefit in chosen if benefit.entity not in {top, *given}),
        answers=tuple(found),
        summary=summarise(found, memory_limit=memory_limit),
        rejects=prepared.rejects,
        absent=tuple(code for one in prepared.every for code in one.absent if code in run.needed),
        unknown_columns={file: columns for one in prepared.every for file, columns in one.unknown.items()},
        synthetic=prepared.synthetic,
        files=prepared.files,
        rows=sum(one.rows for one in prepared.every),
        engine=engine,
        clauses=clauses,
        notes=said,
        near=near,
    )


@dataclass
class _Run:
    """The answers about one entity after the other; ``needed`` collects the figures that they need and no file has."""

    book: Book
    prepared: Prepared
    year: str
    answering: Answering
    near: float
    out: Path
    progress: Step
    needed: set[str] = field(default_factory=set)

    def answers(self, entity: str, benefits: Sequence[Benefit]) -> Answers:
        """Answer for everybody of ``entity``, and write the answers: about firms to ``out``, about others beside it."""
        name = self.book.entities[entity].name
        doing = Text(f"逐个判断：{name.zh}", f"answering for every {name.en}")
        self.progress(doing, None)
        firms, top = self.prepared.firms, self.book.entities[entity].parent is None
        plan = self.book.compile(targets(self.book, benefits, entity), periods=[self.year])
        sources = self.prepared.sources if top else {entity: self.prepared.below[entity].source}
        carried = {firms.entity: firms.carried} if top else {}
        beside = self.out.with_name(f"{self.out.stem}-{entity}.parquet")
        out = self.out if top else Path(mkdtemp(dir=self.answering.folder.path)) / "answers.parquet"
        with self.answering.opened(
            plan, sources, carried=carried, out=out, progress=lambda share: self.progress(doing, share)
        ) as tables:
            rows = self.answering.write(
                tables, lambda: Judgement(plan, tables, entity, benefits, near=self.near).parts, out
            )
            self.needed |= {item.name for item in tables.absent() if item.entity in sources}
        if not top:
            self.answering.beside(out, self.out, firms.entity, beside)
        return Answers(entity, out if top else beside, rows, tuple(benefits), firms.entity)


def chosen_benefits(book: Book, instruments: Sequence[str]) -> tuple[Benefit, ...]:
    """The benefits of ``instruments`` (names of instruments or codes of benefits; none: all), in the order of the book.

    Raises InputError for a name that is neither.
    """
    known = {benefit.instrument for benefit in book.benefits.values()} | book.benefits.keys()
    for name in instruments:
        if name not in known:
            shown = ", ".join(sorted({benefit.instrument for benefit in book.benefits.values()}))
            message = Text(f"没有政策 {name}", f"no instrument {name}")
            remedy = Text(f"有：{shown}。", f"There are: {shown}.")
            raise InputError([Problem("instrument", "error", message, remedy, value=name)])
    every = book.benefits.values()
    wanted = set(instruments)
    return tuple(one for one in every if not wanted or one.instrument in wanted or one.code in wanted)


def _ordinal(book: Book, benefits: Sequence[Benefit], year: str) -> int:
    try:
        ordinal = period_ordinal(year, book.frequency)
    except ValueError:
        message = Text(f"{year} 不是年度", f"{year} is not a year")
        raise InputError([Problem("period", "error", message, value=year)]) from None
    if all(book.rule_in(benefit.code, ordinal)[0] is None for benefit in benefits):
        message = Text(f"{year} 年度没有任何已知的规则", f"no rule is known for {year}")
        remedy = Text("见 gaoxin incentives timeline。", "See gaoxin incentives timeline.")
        raise InputError([Problem("period.no-rules", "error", message, remedy, period=year)])
    return ordinal

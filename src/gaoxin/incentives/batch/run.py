"""All firms of some files: who is entitled to what in a year, as one Parquet file and a summary of it.

    result = run_batch(book, ["firms.parquet"], "2024", out=Path("results.parquet"), as_of=date.today())

The firms are streamed, so memory does not depend on how many there are.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from gaoxin.engines.running import Engine
from gaoxin.engines.tables import Source
from gaoxin.incentives.batch.contradictions import without_contradictions
from gaoxin.incentives.batch.engine import Answering
from gaoxin.incentives.batch.files import Folder, given_files
from gaoxin.incentives.batch.judging import NEAR, Judgement, targets
from gaoxin.incentives.batch.screening import screen
from gaoxin.incentives.batch.summary import Summary, summarise
from gaoxin.incentives.clauses import rests_on
from gaoxin.problems import InputError, Problem
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

    ``results`` is the Parquet file with a row per firm (columns: ``incentives.batch.judging``); ``clauses`` are those
    behind the answers to each benefit, ``marks`` how many of all of them carry each confidence mark. ``elsewhere`` are
    the benefits that concern contracts, projects or persons and are not answered here; ``absent`` the figures that the
    answers need and no file has.
    """

    book: Book
    year: str
    as_of: datetime.date
    benefits: tuple[Benefit, ...]
    elsewhere: tuple[Benefit, ...]
    results: Path
    firms: int
    summary: Summary
    rejects: pa.Table
    absent: tuple[str, ...]
    unknown_columns: Mapping[str, tuple[str, ...]]
    synthetic: bool
    files: tuple[str, ...]
    rows: int
    clauses: Mapping[str, tuple[Citation, ...]]
    near: float

    @property
    def rejected(self) -> int:
        """How many firms are among the rejects."""
        return len(self.rejects["firm"].unique())

    @property
    def marks(self) -> Mapping[Confidence, int]:
        """How many of the clauses used carry each confidence mark."""
        every = dict.fromkeys(clause for clauses in self.clauses.values() for clause in clauses)
        found: dict[Confidence, int] = {}
        for clause in every:
            found[clause.confidence] = found.get(clause.confidence, 0) + 1
        return found

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
    below: Mapping[str, Source] | None = None,
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
        Tables of contracts, projects and persons, where firms do not report the sums themselves.
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
    chosen = chosen_benefits(book, instruments)
    ours = tuple(benefit for benefit in chosen if benefit.entity == top)
    ordinal = _ordinal(book, ours, year)
    folder = Folder()
    answering = Answering(engine, folder, threads, memory_limit)
    progress(Text("读入并核对数据", "reading and checking the data"), None)
    given = given_files(paths, book, top, folder)
    firms = screen(given, book, top, year, folder, memory_limit=memory_limit)
    if year not in firms.years:
        there = ", ".join(firms.years) or "–"
        zh, en = f"没有 {year} 年度的数据；有：{there}", f"no figures for {year}; there are: {there}"
        raise InputError([Problem("period.missing", "error", Text(zh, en), period=year)])
    firms = without_contradictions(firms, book, top, year, folder, memory_limit=memory_limit, threads=threads)
    codes = targets(book, ours, top)
    plan = book.compile(codes, periods=[year])
    doing = Text("逐户判断", "answering for every firm")
    progress(doing, None)
    sources = {top: firms.source, **(below or {})}
    with answering.opened(
        plan, sources, carried={top: firms.carried}, out=out, progress=lambda share: progress(doing, share)
    ) as tables:
        rows = answering.write(tables, lambda: Judgement(plan, tables, top, ours, near=near).parts, out)
        needed = {item.name for item in tables.absent() if item.entity == top}
    progress(Text("汇总", "summing up"), None)
    clauses = {
        benefit.code: rests_on(book, [code for code in (benefit.code, benefit.amount_code) if code], ordinal)
        for benefit in ours
    }
    return BatchResult(
        book=book,
        year=year,
        as_of=as_of,
        benefits=ours,
        elsewhere=tuple(benefit for benefit in chosen if benefit.entity != top),
        results=out,
        firms=rows,
        summary=summarise(out, ours, memory_limit=memory_limit),
        rejects=firms.rejects,
        absent=tuple(code for code in firms.absent if code in needed),
        unknown_columns=firms.unknown,
        synthetic=firms.synthetic,
        files=firms.files,
        rows=firms.rows,
        clauses=clauses,
        near=near,
    )


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

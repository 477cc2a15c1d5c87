"""Every firm of some files under today's book and under a changed one."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from gaoxin.engines.tables import Tables
from gaoxin.incentives.batch.files import Folder
from gaoxin.incentives.batch.judging import STAFF
from gaoxin.incentives.batch.preparing import Prepared, prepare
from gaoxin.incentives.batch.run import Step
from gaoxin.incentives.batch.screening import rejected
from gaoxin.incentives.clauses import rests_on
from gaoxin.incentives.notes import notes
from gaoxin.incentives.simulation.amounts import amounts_select
from gaoxin.incentives.simulation.comparison import Alternatives, Comparison, alternatives, compare
from gaoxin.problems import InputError, Problem
from gaoxin.returns.files import InputFile
from gaoxin.rulebook.benefits import Benefit
from gaoxin.rulebook.book import Book
from gaoxin.rulebook.entries import Confidence
from gaoxin.rulebook.evaluate import resting_on
from gaoxin.rulebook.explain import Citation
from gaoxin.rulebook.overlay import Overlay
from gaoxin.rulebook.periods import period_ordinal
from gaoxin.words import Text


@dataclass(frozen=True, eq=False)
class SimulationResult:
    """What a change would do.

    ``changed`` are the benefits that rest on what is changed; ``groups`` these with the alternatives that they compete
    with; ``clauses`` stand behind today's answers about them.
    """

    today: Book
    hypothetical: Book
    overlay: Overlay
    year: str
    as_of: datetime.date
    changed: tuple[Benefit, ...]
    groups: tuple[Alternatives, ...]
    comparison: Comparison
    changes: Path
    firms: int
    rejects: pa.Table
    rejected: int
    synthetic: bool
    files: tuple[InputFile, ...]
    clauses: tuple[Citation, ...]

    @property
    def marks(self) -> Mapping[Confidence, int]:
        """How many of the clauses used carry each confidence mark."""
        return Counter(clause.confidence for clause in self.clauses)

    @property
    def unconfirmed(self) -> int:
        """How many of the clauses used have not been confirmed by an official text."""
        return sum(clause.confidence not in {"official", "quoted"} for clause in self.clauses)


def simulate(
    today: Book,
    hypothetical: Book,
    overlay: Overlay,
    paths: Iterable[str | Path],
    year: str,
    *,
    staging: Path,
    changes: Path,
    as_of: datetime.date,
    below: Mapping[str, str | Path] | None = None,
    memory_limit: str | None = None,
    progress: Step = lambda _, __: None,
) -> SimulationResult:
    """Compare what every firm in the files at ``paths`` gets in ``year`` under the two books.

    The two books are those of ``rulebook.overlay.read_overlay``. ``staging`` is a folder for what is computed on the
    way, ``changes`` the Parquet file with the firms for which anything changes; the other arguments are as in
    ``incentives.batch.run_batch``.

    Raises
    ------
    InputError
        Files that cannot be used, a change on which no benefit of firms rests in the year.
    """
    top = next(name for name, entity in today.entities.items() if entity.parent is None)
    try:
        ordinal = period_ordinal(year, today.frequency)
    except ValueError:
        raise InputError([Problem("period", "error", Text(f"{year} 不是年度", f"{year} is not a year"))]) from None
    every = [benefit for benefit in today.benefits.values() if benefit.entity == top]
    changed = _resting(today, hypothetical, overlay, every, ordinal)
    groups = alternatives(every, [benefit.code for benefit in changed])
    benefits = [today.benefits[code] for group in groups for code in group.codes]
    folder = Folder()
    progress(Text("读入并核对数据", "reading and checking the data"), None)
    prepared = prepare(today, paths, below or {}, year, folder, memory_limit=memory_limit)
    found = []
    doing = Text("按现行规则计算", "computing by today's rules"), Text("按假设规则计算", "computing by the change")
    for book, name, words in ((today, "before", doing[0]), (hypothetical, "after", doing[1])):
        path = staging / f"{name}.parquet"
        progress(words, None)
        rows = _amounts(book, prepared, top, benefits, year, path, memory_limit)
        found.append((path, rows))
    progress(Text("比较", "comparing"), None)
    (before, rows), (after, _) = found
    codes = [code for one in benefits for code in (one.code, one.amount_code) if code]
    clauses = rests_on(today, codes, ordinal)
    said = notes(today, year, as_of, clauses, synthetic=prepared.synthetic)
    said["hypothetical"] = f"true: {hypothetical.name} {hypothetical.version}"
    return SimulationResult(
        today=today,
        hypothetical=hypothetical,
        overlay=overlay,
        year=year,
        as_of=as_of,
        changed=changed,
        groups=groups,
        comparison=compare(before, after, groups, changes, notes=said, memory_limit=memory_limit),
        changes=changes,
        firms=rows,
        rejects=prepared.rejects,
        rejected=rejected(prepared.rejects, top),
        synthetic=prepared.synthetic,
        files=prepared.files,
        clauses=clauses,
    )


def _resting(
    today: Book, hypothetical: Book, overlay: Overlay, benefits: Sequence[Benefit], ordinal: int
) -> tuple[Benefit, ...]:
    """The benefits that rest on what the overlay changes and are in force in the period."""
    touched: set[str] = set()
    for book in (today, hypothetical):
        for code in overlay.codes:
            touched |= resting_on(book, code)
    found = tuple(
        benefit
        for benefit in benefits
        if touched & {benefit.code, benefit.amount_code or benefit.code}
        and any(book.rule_in(benefit.code, ordinal)[0] is not None for book in (today, hypothetical))
    )
    if not found:
        codes = ", ".join(overlay.codes)
        message = Text(f"没有企业优惠取决于 {codes}", f"no benefit of firms rests on {codes}")
        raise InputError([Problem("change.idle", "error", message, file=overlay.source.file)])
    return found


def _amounts(
    book: Book,
    prepared: Prepared,
    entity: str,
    benefits: Sequence[Benefit],
    year: str,
    out: Path,
    memory_limit: str | None,
) -> int:
    codes = [code for benefit in benefits for code in (benefit.code, benefit.amount_code) if code]
    grouping = [code for code in (*STAFF, "industry") if code in book.items and book.items[code].entity == entity]
    plan = book.compile([*codes, *grouping], periods=[year])
    carried = {entity: prepared.firms.carried}
    tables = Tables(plan, prepared.sources, memory_limit=memory_limit, out=out, carried=carried)
    try:
        return tables.retried(lambda: tables.copy(*amounts_select(plan, tables, entity, benefits), out))
    finally:
        tables.close()

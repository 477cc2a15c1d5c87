"""Results of evaluations, and recorded events, as the figures that decision rules name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import isnan

from gaoxin.decisions.certainty import RankSample
from gaoxin.evaluation.index import Evaluation
from gaoxin.problems import InputError, Problem
from gaoxin.rulebook.book import Book
from gaoxin.rulebook.evaluate import Row, Rows
from gaoxin.rulebook.facts import read_facts
from gaoxin.rulebook.periods import period_ordinal
from gaoxin.rulebook.tree import Constant
from gaoxin.runs.result import RunResult
from gaoxin.words import Text

RANK, RANKED = "result_rank", "result_ranked"
SCORE, GROUP_RANK, GROUP_RANKED = "result_score", "result_group_rank", "result_group_ranked"
OF_RESULTS = (RANK, RANKED, SCORE, GROUP_RANK, GROUP_RANKED)
"""The items of the book ``evaluation-results`` that a run fills in."""


@dataclass(frozen=True, eq=False)
class Result:
    """One period as decision rules look at it.

    ``sample`` are the ranks under the uncertain choices of the method, from which certainty is counted; ``evaluation``
    is needed to search what would reverse a finding. Without them these two remain unsaid.
    """

    run: RunResult
    sample: RankSample | None = None
    evaluation: Evaluation | None = None


def result_rows(book: Book, entity: str, results: Sequence[RunResult], events: Iterable[Mapping[str, object]]) -> Rows:
    """The rows that the rules of ``book`` look at.

    Parameters
    ----------
    book
        A book with decision rules.
    entity
        Whom they are about, as the book calls it.
    results
        One run per period.
    events
        Recorded facts that no evaluation contains: mappings with the key of the entity, ``period`` and items of the
        book, values as text. What is not recorded is unknown.

    Raises
    ------
    InputError
        Two results of one period, a period that the book does not write so, or an event that does not fit.
    """
    rows: dict[tuple[str, int], dict[str, Constant]] = {}
    for run in results:
        ordinal = _ordinal(book, run.period)
        if any(at == ordinal for _, at in rows):
            raise InputError([_twice(run.period)])
        for code, figures in _figures(run).items():
            rows[code, ordinal] = {item: value for item, value in figures.items() if item in book.items}
    noted = [_told(event, entity) for event in events]
    facts = read_facts(book, {entity: noted}, results[-1].period if results else "")
    for (key, ordinal), row in facts.returns.get(entity, {}).items():
        filled = [item for item in row.figures if item in OF_RESULTS]
        if filled:
            raise InputError([_reserved(key, item) for item in filled])
        rows.setdefault((key, ordinal), {}).update(row.figures)
    held = {
        key: Row(None, {item: value for item, value in row.items() if value is not None}) for key, row in rows.items()
    }
    return Rows({entity: held}, {entity: frozenset(ordinal for _, ordinal in rows)})


def ranked_in(run: RunResult) -> int:
    """How many units have a rank."""
    return sum(not isnan(rank) for rank in run.ranks[:, -1].tolist())


def _figures(run: RunResult) -> dict[str, dict[str, Constant]]:
    """Figures of every unit of one run; units that did not report have none."""
    ranks, scores = run.ranks[:, -1], run.scores[:, -1]
    ranked = ranked_in(run)
    found: dict[str, dict[str, Constant]] = {unit.code: {} for unit in run.absent}
    for row, unit in enumerate(run.units):
        figures: dict[str, Constant] = {
            RANK: _exact(ranks[row], 1),
            RANKED: Fraction(ranked),
            SCORE: _exact(scores[row], 6),
        }
        if run.group_ranks is not None and unit.group is not None:
            same = [i for i, other in enumerate(run.units) if other.group == unit.group and not isnan(ranks[i])]
            figures |= {GROUP_RANK: _exact(run.group_ranks[row], 1), GROUP_RANKED: Fraction(len(same))}
        found[unit.code] = figures
    return found


def _exact(value: float, decimals: int) -> Fraction | None:
    return None if isnan(value) else Fraction(Decimal(f"{value:.{decimals}f}"))


def _told(event: Mapping[str, object], entity: str) -> Mapping[str, object]:
    missing = [key for key in (entity, "period") if not event.get(key)]
    if missing:
        names = ", ".join(missing)
        problem = Problem(
            "events",
            "error",
            Text(f"记录缺少 {names}：{dict(event)}", f"a record lacks {names}: {dict(event)}"),
            Text(f"每条记录写明 {entity} 和 period", f"every record names {entity} and period"),
        )
        raise InputError([problem])
    return event


def _ordinal(book: Book, period: str) -> int:
    try:
        return period_ordinal(period, book.frequency)
    except ValueError:
        message = Text(
            f"评价期 {period} 与规则书的报告期（{book.frequency}）不同",
            f"the period {period} is not a {book.frequency}, as the book has it",
        )
        raise InputError([Problem("decisions.period", "error", message, period=period)]) from None


def _twice(period: str) -> Problem:
    return Problem(
        "decisions.twice",
        "error",
        Text(f"{period} 有两次评价", f"there are two evaluations of {period}"),
        Text("每期只给一次评价", "give one evaluation per period"),
        period=period,
    )


def _reserved(key: str, item: str) -> Problem:
    message = Text(f"{item} 由评价填入，不能作为记录", f"{item} comes from the evaluation and cannot be recorded")
    return Problem("events.reserved", "error", message, reporter=key, item=item)

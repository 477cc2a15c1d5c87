"""Checks of the returns of one period: the rules of the book, and the statistics of the data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from gaoxin.engines import duckdb as engine
from gaoxin.problems import InputError, Problem
from gaoxin.returns import read_returns
from gaoxin.returns.figures import Figures
from gaoxin.returns.quality import quality_problems
from gaoxin.rulebook.book import Book
from gaoxin.rulebook.entries import Check
from gaoxin.rulebook.system import load_system
from gaoxin.runs.values import book_of, evaluated_periods, sources_of
from gaoxin.runs.zones import SHIPPED, zone_register
from gaoxin.words import Text

LISTED = 1000
"""Returns listed per check; how many more there are is said."""


def check_returns(
    paths: Sequence[Path],
    *,
    system: str | Path = "national-2021",
    period: str | None = None,
    zones: str = SHIPPED,
    progress: Callable[[Text, float | None], None] = lambda _, __: None,
) -> tuple[Problem, ...]:
    """Read returns and check one period of them; what keeps them from being read is among the findings."""
    loaded = load_system(system, incomplete=True)
    book = book_of(loaded)
    progress(Text("读取报表", "reading the returns"), None)
    try:
        figures = read_returns(paths, book, zones=zone_register(zones))
        periods = evaluated_periods(figures, loaded, period)
    except InputError as error:
        return tuple(error.problems)
    progress(Text("校核报表", "checking the returns"), None)
    return (*figures.problems, *(check_figures(figures, book, periods[-1]) if periods else ()))


def check_figures(figures: Figures, book: Book, period: str) -> tuple[Problem, ...]:
    """Every finding of the period: failed checks of the book first, then the statistical ones.

    Checks that cannot be decided, because a figure is missing, are no findings of their own; missing figures are.
    """
    reported = {entity for entity, held in figures.entities.items() if held.periods}
    checks = [code for code, check in book.checks.items() if check.entity in reported]
    found: list[Problem] = []
    if checks:
        with engine.run(book.compile(checks, periods=[period]), sources_of(figures)) as outcome:
            listed = outcome.violations(LISTED).to_pylist()
            tallies = outcome.tallies()
        for row in listed:
            if row["status"] == "fail":
                found.append(_failed(book.checks[row["check"]], row, figures))
        for tally in tallies:
            if tally.failed > LISTED:
                check = book.checks[tally.check]
                more = tally.failed - LISTED
                found.append(
                    Problem(
                        check.code,
                        check.severity,
                        Text(f"另有 {more} 家不符：{check.name.zh}", f"{more} more fail: {check.name.en}"),
                        period=period,
                    )
                )
    found.extend(quality_problems(figures, book, period))
    return tuple(found)


def _failed(check: Check, row: dict[str, object], figures: Figures) -> Problem:
    """A failed check, with the figures it rests on and the cell of the first of them."""
    given = dict(row["figures"] or [])  # type: ignore[call-overload]
    shown = "，".join(f"{name} = {value if value is not None else '—'}" for name, value in given.items())
    shown_en = ", ".join(f"{name} = {value if value is not None else 'missing'}" for name, value in given.items())
    entity, key, period = str(row["entity"]), str(row["key"]), str(row["period"])
    item = next((name for name in given), None)
    place = figures.origin(entity, key, period, item) if item else None
    return Problem(
        rule=check.code,
        severity=check.severity,
        message=Text(
            check.message.zh + (f"（{shown}）" if shown else ""), check.message.en + (f" ({shown_en})" if shown else "")
        ),
        remedy=Text("请核对并更正，或说明原因", "check and correct it, or say why it is so"),
        file=place.file if place else None,
        sheet=place.sheet if place else None,
        row=place.row if place else None,
        column=place.column if place else None,
        reporter=key,
        period=period,
        item=item,
        value=given.get(item) if item else None,
    )

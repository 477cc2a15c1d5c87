"""The periods that a computation needs: the one asked for, and the earlier ones that its rules look back to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gaoxin.problems import InputError, Problem
from gaoxin.returns.figures import Figures
from gaoxin.rulebook.book import Book
from gaoxin.rulebook.periods import period_ordinal, period_text
from gaoxin.words import Text


def require_history(figures: Figures, book: Book, period: str, look_back: Mapping[str, int]) -> None:
    """Raise InputError unless every earlier period is there that the rules of ``period`` need.

    Parameters
    ----------
    figures, book
        What was reported, and the rulebook that says how often.
    period
        The period that is computed.
    look_back
        By entity, how many periods before ``period`` the rules look back (``prior``, ``sum_years``). An entity without
        any return is passed over: what it lacks is not its history.
    """
    missing = []
    for entity, back in look_back.items():
        held = figures.periods(entity) if entity in figures.entities else ()
        for n in range(1, back + 1):
            earlier = period_text(period_ordinal(period, book.frequency) - n, book.frequency)
            if held and earlier not in held:
                missing.append(missing_period(earlier, held, book.entities[entity].name, period))
    if missing:
        raise InputError(missing)


def missing_period(
    period: str, held: Sequence[str], name: Text | None = None, needed_for: str | None = None
) -> Problem:
    """No returns of ``period``; ``needed_for`` is the period that looks back to it, ``name`` who has not reported."""
    there_zh, there_en = "、".join(held) or "无", ", ".join(held) or "none"
    if needed_for is None or name is None:
        message = Text(f"没有 {period} 的报表，已有：{there_zh}", f"no returns for {period}; there are: {there_en}")
    else:
        message = Text(
            f"{needed_for} 的计算要用上期数，却没有{name.zh}的 {period} 报表，已有：{there_zh}",
            f"{needed_for} is computed with earlier figures, but the {name.en} returns for {period} are missing; "
            f"there are: {there_en}",
        )
    return Problem(
        rule="period.missing",
        severity="error",
        message=message,
        remedy=Text(f"请加上 {period} 的报表", f"add the returns for {period}"),
        period=period,
    )

"""The value a parameter has in a reporting period; outside its dates it has none."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from gaoxin.rulebook.entries import Band, Parameter, ParameterValue
from gaoxin.rulebook.periods import Frequency, holds_in
from gaoxin.words import Text


def value_in(parameter: Parameter, ordinal: int, frequency: Frequency) -> ParameterValue | None:
    """The value that holds in the period, as the parameter's ``in_force`` says; None when there is no such value."""
    fitting = (
        value for value in parameter.values if holds_in(value.from_, value.to, parameter.in_force, ordinal, frequency)
    )
    return next(fitting, None)


def validity(dates: Iterable[tuple[datetime.date, datetime.date | None]]) -> Text:
    """The dates for which there is a value or a rule, in words."""
    spans = sorted(
        (str(first) if first > datetime.date.min else "…", str(last) if last else "") for first, last in dates
    )
    return Text(
        "、".join(f"{first} 至 {last or '今'}" for first, last in spans),
        ", ".join(f"{first} to {last or 'now'}" for first, last in spans),
    )


def band_words(bands: tuple[Band, ...], index: int) -> str:
    """The limits of one band: ``(5000, 20000]``; an open end is ∞."""
    below = bands[index - 1] if index else None
    here = bands[index]
    low = "(−∞" if below is None else f"{'(' if below.inclusive else '['}{below.to}"
    high = "∞)" if here.to is None else f"{here.to}{']' if here.inclusive else ')'}"
    return f"{low}, {high}"

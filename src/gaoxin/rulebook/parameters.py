"""The value a parameter has in a reporting period; outside its dates it has none."""

from __future__ import annotations

from gaoxin.rulebook.entries import Band, Parameter, ParameterValue
from gaoxin.rulebook.periods import Frequency, period_dates
from gaoxin.words import Text


def value_in(parameter: Parameter, ordinal: int, frequency: Frequency) -> ParameterValue | None:
    """The value that holds in the period, as the parameter's ``in_force`` says; None when there is no such value."""
    first, last = period_dates(ordinal, frequency)
    if parameter.in_force == "at_start":
        last = first
    elif parameter.in_force == "at_end":
        first = last
    fitting = (value for value in parameter.values if value.from_ <= first and (value.to is None or value.to >= last))
    return next(fitting, None)


def validity(parameter: Parameter) -> Text:
    """The dates for which the parameter has a value, in words."""
    spans = sorted((str(value.from_), str(value.to) if value.to else "") for value in parameter.values)
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

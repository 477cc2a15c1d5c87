"""Filters of the pages of evaluations."""

from __future__ import annotations

from math import isnan

from django import template

from gaoxin.reports.figures import write_number

register = template.Library()


@register.filter
def number(value: float | None, decimals: int = 1) -> str:
    """A float as the reports write it: a dash for unknown, no decimals for whole numbers.

    >>> number(3.0), number(float("nan")), number(-1.25)
    ('3', '—', '−1.2')
    """
    if value is None or isnan(value):
        return "—"
    return write_number(value, 0 if value == int(value) else decimals).replace("-", "−")

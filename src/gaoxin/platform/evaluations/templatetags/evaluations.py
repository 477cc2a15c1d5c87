"""Filters of the pages of evaluations."""

from __future__ import annotations

import re
from math import isnan

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from gaoxin.platform.language import language
from gaoxin.reports.figures import write_number
from gaoxin.words import Text

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


_MARKS = r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]*"
_CHINESE = re.compile(rf"{_MARKS}[\u4e00-\u9fff]{_MARKS}")


@register.filter
def marked(text: Text | str | None) -> SafeString:
    """Text of the page's language in which Chinese names (of zones, units) say on an English page that they are."""
    said = text.say(language()) if isinstance(text, Text) else str(text or "")
    escaped = str(conditional_escape(said))
    if language() == "en":
        escaped = _CHINESE.sub(lambda found: f'<span lang="zh-Hans">{found[0]}</span>', escaped)
    return mark_safe(escaped)  # noqa: S308  escaped above

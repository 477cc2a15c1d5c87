"""Tags and filters of all templates (built in: no ``load`` needed)."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import conditional_escape, format_html, json_script
from django.utils.safestring import SafeString, mark_safe

from gaoxin.platform.language import language
from gaoxin.problems import Problem
from gaoxin.rulebook import units
from gaoxin.words import Text

register = template.Library()

MISSING = "—"
_MARKS = r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]*"
_CHINESE = re.compile(rf"{_MARKS}[\u4e00-\u9fff]{_MARKS}")


@register.simple_tag
def t(zh: str, en: str, **values: Any) -> SafeString:
    """The text in the language of the page; ``{name}`` in it is filled from the keyword ``name``."""
    chosen = zh if language() == "zh" else en
    return format_html(chosen, **values) if values else mark_safe(conditional_escape(chosen))  # noqa: S308


@register.filter
def say(text: Text | str | None) -> str:
    """A `Text` in the language of the page."""
    return text.say(language()) if isinstance(text, Text) else str(text or "")


@register.filter
def name(thing: Any) -> SafeString:
    """The name of something with a ``label``; a Chinese name on an English page says that it is Chinese."""
    label = thing if isinstance(thing, Text) else getattr(thing, "label", None)
    if not isinstance(label, Text):
        return conditional_escape(thing)
    if language() == "en" and label.en == label.zh:
        return format_html('<span lang="zh-Hans">{}</span>', label.zh)
    return conditional_escape(label.say(language()))


@register.filter
def marked(text: Text | str | None) -> SafeString:
    """Text of the page's language in which Chinese names (of zones, units) say on an English page that they are."""
    said = text.say(language()) if isinstance(text, Text) else str(text or "")
    escaped = str(conditional_escape(said))
    if language() == "en":
        escaped = _CHINESE.sub(lambda found: f'<span lang="zh-Hans">{found[0]}</span>', escaped)
    return mark_safe(escaped)  # noqa: S308  escaped above


@register.filter
def figure(value: Any, decimals: int | None = None) -> str:
    """A number with thousands separators and a real minus; a missing one as a dash.

    >>> figure(Decimal("-1234567.50")), figure(None), figure(1234.5, 0)
    ('−1,234,567.50', '—', '1,234')
    """
    if value is None or value == "":
        return MISSING
    if not isinstance(value, (int, float, Decimal)):
        return str(value)
    written = f"{value:,}" if decimals is None else f"{value:,.{decimals}f}"
    return written.replace("-", "−")


@register.filter
def unit(text: str) -> str:
    """A unit in the language of the page."""
    return units.unit(text).say(language())


@register.filter
def day(value: datetime.date | datetime.datetime | None) -> str:
    """A date as year-month-day, a time with hours and minutes here."""
    if value is None:
        return MISSING
    if isinstance(value, datetime.datetime):
        from django.utils import timezone  # noqa: PLC0415

        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    return value.isoformat()


@register.simple_tag
def between(since: datetime.date | None, until: datetime.date | None) -> str:
    """A span of days whose ends may be open."""
    if language() == "zh":
        return f"{since or ''} 至 {until or '今'}".strip()
    return f"{since or '…'} – {until or 'now'}"


@register.filter
def place_of(problem: Problem) -> str:
    """Where a problem is, in words."""
    return problem.place(language())


@register.filter
def get(mapping: Any, key: Any) -> Any:
    """The value of ``key`` in a mapping; None when there is none."""
    return mapping.get(key)


@register.simple_tag(takes_context=True)
def here(context: template.Context, prefix: str) -> str:
    """``aria-current`` for the area that the page is in."""
    path = context["request"].path
    inside = path == prefix if prefix == "/" else path.startswith(prefix)
    return mark_safe('aria-current="page"') if inside else ""


@register.simple_tag
def drawing(chart: Any, name: str) -> SafeString:
    """The data of a chart, which ``charts.js`` draws."""
    from gaoxin.platform.frame.charts import chart_data  # noqa: PLC0415  Altair is loaded with the first chart

    return json_script(chart_data(chart), f"drawing-{name}")


@register.simple_tag
def chart_library() -> str:
    """The address of the chart library."""
    from gaoxin.platform.frame.charts import LIBRARY  # noqa: PLC0415  Altair is loaded with the first chart

    return reverse("charts", kwargs={"version": LIBRARY})

"""A table of figures turned: places, periods and items; one of them goes down, the other two go across."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from html import escape
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from gaoxin.platform.frame.choices import Money
from gaoxin.platform.frame.templatetags.frame import MISSING, figure, name
from gaoxin.platform.language import say, words
from gaoxin.platform.statistics import totals
from gaoxin.platform.statistics.indicators import Indicator
from gaoxin.platform.statistics.queries.figures import Asked, Figures, Shown
from gaoxin.words import Text

EVERYWHERE, NOWHERE = "all", "none"
"""How an address names the total, and reporters that are in no zone."""
AXES = {"place": words("单位", "Place"), "period": words("报告期", "Period"), "item": words("指标", "Item")}


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell as it is read: the text, why there is none, and where it is explained."""

    total: totals.Total
    value: Decimal | None
    text: str
    address: str

    @property
    def html(self) -> SafeString:
        """The cell as it stands on a page; put together here because a template takes five times as long for it, and
        a table of two hundred zones over a year has thousands."""
        text = escape(self.text)
        if self.total.why:
            why = escape(say(self.total.why))
            text = f'<span class="hidden-cell" title="{why}">{text}<span class="unseen"> {why}</span></span>'
        elif self.address:
            text = f'<a href="{escape(self.address)}">{text}</a>'
        return mark_safe(text)  # noqa: S308  all of it is escaped


@dataclass(frozen=True, slots=True)
class Head:
    """One row or column: what it is, one line for each axis, and the unit of its figures."""

    labels: tuple[Text, ...]
    unit: str

    @property
    def text(self) -> str:
        """All of it in one line, for a file."""
        said = " · ".join(say(label) for label in self.labels)
        return f"{said}（{self.unit}）" if self.unit else said


@dataclass(frozen=True, slots=True)
class Pivot:
    """The turned table; ``corner`` says what goes down."""

    corner: Any
    columns: tuple[Head, ...]
    rows: tuple[tuple[Head, tuple[Cell, ...]], ...]

    @property
    def body(self) -> SafeString:
        """The rows as HTML."""
        rows = []
        for head, cells in self.rows:
            unit = f' <span class="unit">{escape(head.unit)}</span>' if head.unit else ""
            shown = "".join(f'<td class="number">{cell.html}</td>' for cell in cells)
            rows.append(f'<tr><th scope="row">{name(head.labels[0])}{unit}</th>{shown}</tr>')
        return mark_safe("".join(rows))  # noqa: S308  all of it is escaped


def turned(figures: Figures, down: str, money: Money) -> Pivot:
    """``figures`` with the axis ``down`` (place, period or item) as rows, amounts in the unit of ``money``."""
    across = [axis for axis in ("item", "period", "place") if axis != down]
    keys: dict[str, list[Any]] = {
        "place": list(figures.places), "period": list(figures.periods), "item": list(figures.asked.items),
    }  # fmt: skip

    def head(axes: list[str], chosen: tuple[Any, ...]) -> Head:
        held = dict(zip(axes, chosen, strict=True))
        unit = money.shown_unit(held["item"].unit) if "item" in held else ""
        return Head(tuple(_label(axis, one) for axis, one in held.items()), unit)

    columns = [(one, other) for one in keys[across[0]] for other in keys[across[1]]]
    rows = []
    for key in keys[down]:
        cells = []
        for one, other in columns:
            at = {down: key, across[0]: one, across[1]: other}
            cells.append(cell(figures, at["place"][0], at["item"], at["period"], money))
        rows.append((head([down], (key,)), tuple(cells)))
    return Pivot(AXES[down], tuple(head(across, chosen) for chosen in columns), tuple(rows))


def _label(axis: str, one: Any) -> Text:
    if axis == "place":
        name: Text = one[1]
        return name
    return one.name if axis == "item" else Text(one, one)


def cell(figures: Figures, place: str, item: Shown, period: str, money: Money) -> Cell:
    """One figure as it is read."""
    total = figures.cell(place, item.code, period)
    if total.value is None:
        return Cell(total, None, "*" if total.why in {totals.HIDDEN, totals.SECOND} else MISSING, "")
    value = money.amount(total.value, item.unit)
    by_year = figures.asked.over == "year" and figures.asked.frequency != "year"
    return Cell(
        total, value, written(value, item, money), "" if by_year else address(figures.asked, place, item, period)
    )


def written(value: Decimal, item: Shown, money: Money) -> str:
    """A figure to be read: amounts that were converted are rounded, indicators have the decimals one can take in."""
    decimals = money.decimals(item.unit)
    if decimals is None and isinstance(item, Indicator):
        decimals = item.decimals
    if decimals is None:
        return figure(value.quantize(Decimal(1)) if value == value.to_integral_value() else value)
    rounded = value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    # What would be rounded away altogether keeps its first digits.
    return figure(rounded if rounded or not value else Decimal(f"{value:.2g}"))


def address(asked: Asked, place: str, item: Shown, period: str) -> str:
    """Where the figure is explained."""
    where = {totals.ALL: EVERYWHERE, "": NOWHERE}.get(place, place)
    return f"{_page(where, period)}?{_query(asked.book, asked.entity, item.code, asked.by)}"


@lru_cache(maxsize=20_000)
def _page(where: str, period: str) -> str:
    """Kept, because a table of two hundred zones has thousands of them."""
    return reverse("statistics:figure", args=(where, period))


@lru_cache(maxsize=500)
def _query(book: str, entity: str, item: str, by: str) -> str:
    return urlencode({"kind": f"{book}/{entity}", "item": item, "by": by})


def place_of(where: str) -> str:
    """The place that stands in an address.

    >>> place_of("all"), place_of("Z1")
    ('*', 'Z1')
    """
    return {EVERYWHERE: totals.ALL, NOWHERE: ""}.get(where, where)


def file_rows(table: Pivot) -> Iterator[tuple[Any, ...]]:
    """The rows for a file: numbers as numbers, and in words why there is none."""
    for head, cells in table.rows:
        yield (head.text, *(say(one.total.why) if one.total.why else one.value for one in cells))

"""The headline items of a place over its last periods: from the snapshots, or of one firm from its own returns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import altair as alt
from django.urls import reverse

from gaoxin.platform.access.reader import Reader, limit
from gaoxin.platform.frame.charts import Chart, declared, over
from gaoxin.platform.frame.choices import Money
from gaoxin.platform.language import say
from gaoxin.platform.organisations.models import Organisation
from gaoxin.platform.statistics import books, pivot, totals
from gaoxin.platform.statistics.headlines import headlines, short
from gaoxin.platform.statistics.models import Return
from gaoxin.platform.statistics.permissions import FIGURES, VIEW
from gaoxin.platform.statistics.queries import figures as queries
from gaoxin.reports.charts.look import ACCENT, INK, PEER
from gaoxin.rulebook.entries import Item
from gaoxin.rulebook.periods import period_ordinal, period_text
from gaoxin.words import Text

PERIODS = 6


@dataclass(frozen=True, slots=True)
class Headline:
    """One item: its figures over the periods, the latest last, and by how many percent that is above the one before."""

    item: Item
    unit: str
    cells: tuple[pivot.Cell, ...]
    change: Decimal | None

    @property
    def latest(self) -> pivot.Cell:
        """The figure of the last period."""
        return self.cells[-1]

    def shown(self, at: int) -> str:
        """A figure with its unit."""
        return f"{self.cells[at].text} {self.unit}".strip()


@dataclass(frozen=True, slots=True)
class Trend:
    """Headline items over periods, where they come from, and what was asked of the snapshots where it was these."""

    periods: tuple[str, ...]
    headlines: tuple[Headline, ...]
    source: Text
    synthetic: bool
    asked: queries.Asked | None = None


def over_all(reader: Reader, period: str, money: Money) -> Trend | None:
    """The items of the firms, added up over all that the reader may see, up to ``period``; None without figures."""
    if not period or not reader.may(FIGURES):
        return None
    kinds = queries.books_of(reader)
    book, entity = next((kind for kind in kinds if kind[1] == "firm"), kinds[0] if kinds else ("", ""))
    if not book or entity == queries.INDICATORS:
        return None
    items = headlines(book, entity)
    frequency = books.book(book).frequency
    try:
        first = period_text(period_ordinal(period, frequency) - PERIODS + 1, frequency)
    except ValueError:  # a period of collections of another frequency
        return None
    asked = queries.Asked(book, entity, items, first, period, "city")
    figures = queries.table(reader, asked)
    if not figures.places:
        return None
    place = figures.places[-1][0]
    found = tuple(
        _headline(item, [pivot.cell(figures, place, item, at, money) for at in figures.periods], money)
        for item in items
    )  # fmt: skip
    held = " · ".join(f"{one.period} {one.sha256[:12]}" for one in figures.snapshots[-3:])
    source = Text(f"来源：数据快照 {held}", f"Source: snapshots {held}")
    return Trend(figures.periods, found, source, figures.synthetic, asked)


def of_reporter(reader: Reader, organisation: Organisation, entity: str, money: Money) -> Trend | None:
    """The items of one reporter from its own approved returns, each figure leading to its return."""
    if not reader.may(VIEW, organisation):
        return None
    own = limit(reader, VIEW, Return.objects.filter(organisation=organisation, collection__entity=entity))
    own = own.filter(approved__isnull=False).select_related("collection", "approved").order_by("-collection__period")
    by_period: dict[str, list[Return]] = defaultdict(list)
    book = ""
    for one in own[: PERIODS * 4]:
        book = book or one.collection.book
        if one.collection.book == book and len(by_period) <= PERIODS:
            by_period[one.collection.period].append(one)
    if not book:
        return None
    periods = tuple(sorted(by_period)[-PERIODS:])
    found = []
    for item in headlines(book, entity):
        cells = [_own_cell(item, by_period[at], money) for at in periods]
        if any(cell.value is not None for cell in cells):
            found.append(_headline(item, cells, money))
    source = Text("来源：批准的报表", "Source: approved returns")
    synthetic = any(one.collection.synthetic for returns in by_period.values() for one in returns)
    return Trend(periods, tuple(found), source, synthetic) if found else None


def _own_cell(item: Item, returns: Sequence[Return], money: Money) -> pivot.Cell:
    for one in returns:
        text = one.approved.figures.get(item.code, "") if one.approved else ""
        if text:
            value = money.amount(Decimal(text), item.unit)
            address = reverse("statistics:return", args=(one.collection.code, one.organisation.code))
            return pivot.Cell(totals.Total(Decimal(text), 1), value, pivot.written(value, item, money), address)
    return pivot.Cell(totals.NOBODY, None, pivot.MISSING, "")


def _headline(item: Item, cells: Sequence[pivot.Cell], money: Money) -> Headline:
    return Headline(item, money.shown_unit(item.unit), tuple(cells), change(cells))


def change(cells: Sequence[pivot.Cell]) -> Decimal | None:
    """By how many percent the last figure is above the one before; None where a percentage says nothing."""
    if len(cells) < 2:
        return None
    now, before = cells[-1].value, cells[-2].value
    if now is None or before is None or before <= 0:
        return None
    return ((now / before - 1) * 100).quantize(Decimal("0.1"))


def drawn(trend: Trend, chosen: Headline) -> Chart | None:
    """The items over the periods, each against its first figure (100), the chosen one in front; None for one period."""
    rows: list[dict[str, Any]] = []
    for one in trend.headlines:
        known = [(at, cell.value) for at, cell in enumerate(one.cells) if cell.value is not None]
        if len(known) < 2 or known[0][1] <= 0:
            continue
        rows += [
            {"item": say(short(one.item.name)), "period": trend.periods[at], "shown": one.shown(at),
             "value": round(float(value / known[0][1] * 100), 2), "chosen": one is chosen}
            for at, value in known
        ]  # fmt: skip
    if not rows:
        return None
    name, last = short(chosen.item.name), trend.periods[-1]
    title = Text(f"{name.zh} {last}", f"{name.en}, {last}")
    if chosen.change is not None:
        zh, en = ("增长", "rose by") if chosen.change >= 0 else ("下降", "fell by")
        by = abs(chosen.change)
        title = Text(f"{name.zh} {last} 比上期{zh} {by}%", f"{name.en} {en} {by} % in {last}")

    measure = Text("首期 = 100；指向线条看指标和数值", "first period = 100; point at a line for its item and figure")
    return declared(
        _growing, last, rows=rows, title=title, measure=measure, source=trend.source, synthetic=trend.synthetic
    )


def _growing(last: str) -> alt.TopLevelMixin:
    x = alt.X("period:O", title=None, axis=alt.Axis(labelAngle=0))
    y = alt.Y("value:Q", title=None, scale=alt.Scale(zero=False), axis=alt.Axis(tickCount=5))
    colour = alt.condition(alt.datum.chosen, alt.value(ACCENT), alt.value(PEER))
    tooltip = [alt.Tooltip(f"{field}:N", title=" ") for field in ("item", "period", "shown")]
    lines = over().mark_line(point=True).encode(
        x=x, y=y, detail="item:N", color=colour, tooltip=tooltip,
        strokeWidth=alt.condition(alt.datum.chosen, alt.value(3), alt.value(1.5)),
    )  # fmt: skip
    ends = over().transform_filter(alt.datum.chosen).transform_filter(alt.datum.period == last)
    names = ends.mark_text(align="right", dx=-4, dy=-12, color=INK).encode(x=x, y=y, text="item:N")
    return (lines + names).properties(height=240)

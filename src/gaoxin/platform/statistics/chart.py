"""The chart above a table of figures: over several periods a line for each place, in one period a dot for each."""

from __future__ import annotations

from typing import Any

import altair as alt

from gaoxin.platform.frame.charts import Chart, declared, over
from gaoxin.platform.frame.choices import Money
from gaoxin.platform.language import say
from gaoxin.platform.statistics import totals
from gaoxin.platform.statistics.queries.figures import Figures, Shown
from gaoxin.reports.charts.look import ACCENT, INK, PEER
from gaoxin.words import Text

MOST_PLACES, NAMES_FIT = 30, 16


def draw(figures: Figures, money: Money) -> Chart | None:
    """The chart of the first item that has figures; None when there is nothing to draw."""
    for item in figures.asked.items:
        rows = _rows(figures, item, money)
        if rows:
            return _drawn(figures, item, rows, money)
    return None


def _rows(figures: Figures, item: Shown, money: Money) -> list[dict[str, Any]]:
    places = [(code, name) for code, name in figures.places if code != totals.ALL] or list(figures.places)
    return [
        {"place": say(name), "period": period, "value": float(money.amount(value, item.unit))}
        for code, name in places
        for period in figures.periods
        if (value := figures.cell(code, item.code, period).value) is not None
    ]


def _drawn(figures: Figures, item: Shown, rows: list[dict[str, Any]], money: Money) -> Chart:
    last = max(row["period"] for row in rows)
    latest = {row["place"]: row for row in sorted(rows, key=lambda row: row["period"])}
    ranked = sorted(latest.values(), key=lambda row: (row["period"] != last, -row["value"]))
    best = ranked[0]["place"]
    kept = [row["place"] for row in ranked[:MOST_PLACES]]
    rows = [row for row in rows if row["place"] in kept]
    _name_ends(ranked[:MOST_PLACES], rows)
    several = len({row["period"] for row in rows}) > 1
    unit = money.shown_unit(item.unit)
    title = Text(f"{item.name.zh}：{last} {best}最高", f"{item.name.en}: highest in {best}, {last}")
    if len(kept) == 1:
        title = Text(f"{best}：{item.name.zh}", f"{best}: {item.name.en}")
    more = len(ranked) - len(kept)
    cut = Text(f"；仅列前 {len(kept)} 位", f"; the first {len(kept)}") if more else Text("", "")
    in_zh, in_en = (f"，{unit}", f", {unit}") if unit else ("", "")
    measure = Text(f"批准后的数据{in_zh}{cut.zh}", f"approved figures{in_en}{cut.en}")
    source = " · ".join(f"{one.period} {one.sha256[:12]}" for one in figures.snapshots[-3:])
    plot = (_lines, best) if several else (_dots, best, len(kept))
    return declared(
        *plot, rows=rows, title=title, measure=measure, synthetic=figures.synthetic,
        source=Text(f"来源：数据快照 {source}", f"Source: snapshots {source}"),
    )  # fmt: skip


def _name_ends(ends: list[dict[str, Any]], rows: list[dict[str, Any]]) -> None:
    """Name the lines at their ends, the highest first, as far as the names do not lie on each other."""
    apart = (max(row["value"] for row in rows) - min(row["value"] for row in rows)) / NAMES_FIT
    named: list[dict[str, Any]] = []
    for end in ends:
        if all(end["period"] != other["period"] or abs(end["value"] - other["value"]) > apart for other in named):
            end["name"] = end["place"]
            named.append(end)


def _colour(best: str) -> Any:
    return alt.condition(alt.datum.place == best, alt.value(ACCENT), alt.value(PEER))


_VALUE = {"title": None, "axis": alt.Axis(format=",~f", tickCount=5)}
_TOOLTIP = [
    alt.Tooltip("place:N", title=" "), alt.Tooltip("period:N", title=" "),
    alt.Tooltip("value:Q", title=" ", format=",~f"),
]  # fmt: skip


def _lines(best: str) -> alt.TopLevelMixin:
    x = alt.X("period:O", title=None, axis=alt.Axis(labelAngle=0))
    lines = over().mark_line(point=True).encode(
        x=x, y=alt.Y("value:Q", scale=alt.Scale(zero=False), **_VALUE), detail="place:N", color=_colour(best),
        tooltip=_TOOLTIP,
    )  # fmt: skip
    names = over().transform_filter("datum.name").mark_text(align="right", dx=-6, dy=-9, color=INK).encode(
        x=x, y="value:Q", text="name:N"
    )  # fmt: skip
    return (lines + names).properties(height=300)


def _dots(best: str, places: int) -> alt.TopLevelMixin:
    return over().mark_circle(size=90, opacity=1).encode(
        x=alt.X("value:Q", **_VALUE), y=alt.Y("place:N", sort="-x", title=None, axis=alt.Axis(grid=True)),
        color=_colour(best), tooltip=_TOOLTIP,
    ).properties(height=max(24 * places, 60))  # fmt: skip

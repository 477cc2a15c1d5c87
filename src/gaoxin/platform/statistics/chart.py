"""The chart above a table of figures: one item over the periods, a line for each place; one period: a dot for each."""

from __future__ import annotations

import altair as alt

from gaoxin.platform.language import language, say
from gaoxin.platform.statistics import totals
from gaoxin.platform.statistics.queries.figures import Figures
from gaoxin.platform.statistics.sheet import unit_text
from gaoxin.reports import pictures
from gaoxin.reports.charts.look import ACCENT, CONFIG, INK, PEER, Chart
from gaoxin.reports.tables import Table
from gaoxin.rulebook.entries import Item
from gaoxin.words import Text

MOST_PLACES = 30


def draw(figures: Figures) -> str | None:
    """The chart of the first item as SVG; None when there is nothing to draw."""
    item = figures.asked.items[0]
    places = [(code, name) for code, name in figures.places if code != totals.ALL] or list(figures.places)
    rows = [
        {"place": say(name), "period": period, "value": float(value)}
        for code, name in places
        for period in figures.periods
        if (value := figures.cell(code, item.code, period).value) is not None
    ]
    if not rows:
        return None
    last = max(str(row["period"]) for row in rows)
    ranked = sorted((r for r in rows if r["period"] == last), key=lambda r: -float(r["value"]))  # type: ignore[arg-type]
    best = str(ranked[0]["place"])
    kept = {str(row["place"]) for row in ranked[:MOST_PLACES]}
    rows = [row for row in rows if row["place"] in kept]
    base = alt.Chart(alt.NamedData(name="rows"))
    value = alt.Axis(title=None, format=",~f", tickCount=5)
    periods = sorted({str(row["period"]) for row in rows})
    colour = alt.condition(alt.datum.place == best, alt.value(ACCENT), alt.value(PEER))
    if len(periods) > 1:
        lines = base.mark_line(point=True).encode(
            x=alt.X("period:O", title=None, axis=alt.Axis(labelAngle=0)), y=alt.Y("value:Q", axis=value),
            detail="place:N", color=colour,
        )  # fmt: skip
        ends = base.transform_filter(alt.datum.period == periods[-1]).mark_text(align="left", dx=6, color=INK)
        plot = (lines + ends.encode(x="period:O", y="value:Q", text="place:N")).properties(height=320)
    else:
        order = alt.Y("place:N", sort="-x", title=None)
        plot = base.mark_circle(size=90).encode(x=alt.X("value:Q", axis=value), y=order, color=colour).properties(
            height=max(24 * len(kept), 60)
        )  # fmt: skip
    spec = plot.to_dict(validate=False)
    spec["config"], spec["datasets"] = CONFIG, {"rows": rows}
    return pictures.svg(_framed(figures, item, best, last, spec))


def _framed(figures: Figures, item: Item, best: str, last: str, spec: dict[str, object]) -> Chart:
    unit = unit_text(item.unit)
    several = len([code for code, _ in figures.places if code != totals.ALL]) > 1
    title = Text(
        f"{item.name.zh}：{last} {best} 最多" if several else f"{item.name.zh} {last}",
        f"{item.name.en}: most in {best}, {last}" if several else f"{item.name.en}, {last}",
    )
    measure = Text(
        f"批准后的汇总数{f'，{unit}' if unit else ''}", f"totals of approved figures{f', {unit}' if unit else ''}"
    )
    source = " · ".join(f"{one.period} {one.sha256[:12]}" for one in figures.snapshots[-3:])
    footer = Text(f"来源：数据快照 {source}", f"Source: snapshots {source}")
    table = Table("figures", title, (), ())
    return Chart("figures", title, measure, footer, figures.synthetic, spec, table, language())

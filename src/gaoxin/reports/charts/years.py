"""Ranks over the periods: one line per unit, the greatest changes marked."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import altair as alt
import numpy as np

from gaoxin.reports.charts.look import (
    ACCENT,
    MARKED,
    MOST_UNITS,
    PEER,
    Chart,
    chart,
    cut,
    fitted,
    over,
    pick,
    rank_ticks,
)
from gaoxin.reports.figures import write_rank
from gaoxin.reports.headlines import rank_changes
from gaoxin.reports.outline import last_standing, periods, ranked
from gaoxin.reports.tables import history
from gaoxin.runs.result import RunResult
from gaoxin.words import Language, Text


def slopes(result: RunResult, language: Language = "zh") -> Chart | None:
    """Draw the ranks of the units over the periods; None when the run has one period only."""
    names = periods(result)
    if len(names) < 2:
        return None
    order = ranked(result)
    shown = order[:MOST_UNITS]
    past = {(standing.period, standing.unit): standing.rank for standing in result.previous}
    before = last_standing(result)
    change = {
        row: before[result.units[row].code][1] - float(result.ranks[row, -1])
        for row in shown
        if result.units[row].code in before
    }
    change = {row: value for row, value in change.items() if not np.isnan(value)}
    up, down = (
        max(change, key=lambda row: change[row], default=-1),
        min(change, key=lambda row: change[row], default=-1),
    )
    words = {
        "up": pick(language, "上升最多", "rose most"),
        "down": pick(language, "下降最多", "fell most"),
        "": pick(language, "其他", "others"),
    }

    rows: list[dict[str, Any]] = []
    ends: dict[str, list[str]] = defaultdict(list)
    for row in shown:
        unit = result.units[row]
        moved = "up" if row == up and change[row] > 0 else "down" if row == down and change[row] < 0 else ""
        for period in names:
            rank = float(result.ranks[row, -1]) if period == names[-1] else past.get((period, unit.code), np.nan)
            if not np.isnan(rank):
                place = {"period": period, "rank": rank, "shown": write_rank(rank)}
                rows.append({"unit": unit.code, "name": unit.name, **place, "moved": words[moved]})
        ends[write_rank(float(result.ranks[row, -1]))].append(unit.name)

    last = max((float(entry["rank"]) for entry in rows), default=1.0)
    scale = alt.Scale(domain=[1, last], reverse=True, nice=False, zero=False, padding=8)
    base = over(rows, max(160, min(20 * len(shown), 1200)))
    top = alt.Axis(labelAngle=0, orient="top", domain=False, ticks=False)
    x = alt.X("period:N", sort=names, title=None, scale=alt.Scale(padding=0.15), axis=top)
    left = alt.Axis(values=rank_ticks(last), format="d", title=None, grid=False)
    legend = alt.Legend(title=None, symbolType="stroke", symbolStrokeWidth=3)
    kinds = list(words.values())
    colour = alt.Color("moved:N", scale=alt.Scale(domain=kinds, range=[ACCENT, MARKED, PEER]), legend=legend)
    dash = alt.StrokeDash("moved:N", scale=alt.Scale(domain=kinds, range=[[1, 0], [6, 3], [1, 0]]), legend=legend)
    weight = alt.condition(f"datum.moved === {words['']!r}", alt.value(1.2), alt.value(3))
    tooltip = [
        alt.Tooltip("name:N", title=pick(language, "单位", "unit")),
        alt.Tooltip("period:N", title=pick(language, "期", "period")),
        alt.Tooltip("shown:N", title=pick(language, "名次", "rank")),
    ]
    y = alt.Y("rank:Q", scale=scale, axis=left)
    lines = base.mark_line().encode(x=x, y=y, detail="unit:N", color=colour, strokeDash=dash, strokeWidth=weight)
    dots = base.mark_circle(size=45, opacity=1).encode(x=x, y=y, color=colour, tooltip=tooltip)
    ranks = sorted({float(result.ranks[row, -1]) for row in shown})
    right = alt.Axis(orient="right", values=ranks, labelExpr="names[datum.value]", title=None, grid=False)
    labels = base.mark_point(opacity=0).encode(x=x, y=alt.Y("rank:Q", scale=scale, axis=right))
    ended = {rank: fitted(f"{rank}  {'、'.join(units)}") for rank, units in ends.items()}
    plot = (
        alt.layer(alt.layer(lines, dots), labels)
        .resolve_axis(y="independent")
        .add_params(alt.param(name="names", value=ended))
    )
    measure = Text(f"{names[0]}–{names[-1]} 各期名次", f"ranks from {names[0]} to {names[-1]}")
    return chart(
        result, language, "years", rank_changes(result), cut(order, shown, measure), plot, [rows], history(result)
    )

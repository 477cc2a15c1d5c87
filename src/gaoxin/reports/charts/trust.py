"""How far the ranking can be trusted, in pictures: pairwise dominance and sensitivity."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np

from gaoxin.reports.charts.look import INK, RULE, SHADES, Chart, chart, cut, fitted, name_axis, over, pick
from gaoxin.reports.figures import write_number, write_rank, write_share
from gaoxin.reports.headlines import main_driver, told_apart
from gaoxin.reports.outline import ranked
from gaoxin.reports.tables import dominance as dominance_table
from gaoxin.reports.tables import sensitivity as sensitivity_table
from gaoxin.runs.result import RunResult
from gaoxin.words import Language, Text

MOST_PAIRED = 40
"""Units a pairwise chart shows on each side."""


def dominance(result: RunResult, language: Language = "zh") -> Chart | None:
    """Draw how often each unit ranks before each other one; None without robustness analysis."""
    robust, order = result.robustness, ranked(result)
    if robust is None or len(order) < 2:
        return None
    shown = order[:MOST_PAIRED]
    rows: list[dict[str, Any]] = []
    for i in shown:
        for j in shown:
            share = float(robust.dominance[i, j])
            if i != j and not np.isnan(share):
                pair = {"a": result.units[i].code, "b": result.units[j].code}
                rows.append({**pair, "share": round(share, 4), "shown": write_share(share)})
    codes = [result.units[row].code for row in shown]
    full = {
        result.units[row].code: fitted(f"{write_rank(result.ranks[row, -1])}  {result.units[row].name}")
        for row in shown
    }
    short = {result.units[row].code: write_rank(result.ranks[row, -1]) for row in shown}
    top = alt.Axis(labelExpr="ranks[datum.value]", labelAngle=0, orient="top", grid=False, domain=False, ticks=False)
    scale = alt.Scale(domain=[0, 0.5, 1], range=["#f0f3f6", SHADES[2], SHADES[0]], interpolate="lab")
    legend = alt.Legend(format=".0%", orient="top", gradientLength=200, values=[0, 0.25, 0.5, 0.75, 1])
    plot = (
        over(rows, 20 * len(shown))
        .transform_calculate(first="names[datum.a]", second="names[datum.b]")
        .mark_rect(stroke="white", strokeWidth=1)
        .encode(
            x=alt.X("b:N", sort=codes, title=pick(language, "列单位（名次）", "column unit (rank)"), axis=top),
            y=alt.Y("a:N", sort=codes, title=None, axis=name_axis()),
            color=alt.Color(
                "share:Q", title=pick(language, "先于列单位的比例", "share ranked before"), scale=scale, legend=legend
            ),
            tooltip=[
                alt.Tooltip("first:N", title=pick(language, "行单位", "row unit")),
                alt.Tooltip("second:N", title=pick(language, "列单位", "column unit")),
                alt.Tooltip("shown:N", title=pick(language, "行先于列", "row before column")),
            ],
        )
        .add_params(alt.param(name="names", value=full), alt.param(name="ranks", value=short))
    )
    measure = Text(
        "行单位排在列单位之前的情景比例；接近一半即难分先后",
        "share of replications in which the row ranks before the column; near one half: cannot be told apart",
    )
    return chart(
        result,
        language,
        "dominance",
        told_apart(result),
        cut(order, shown, measure),
        plot,
        [rows],
        dominance_table(result),
    )


def sensitivity(result: RunResult, language: Language = "zh") -> Chart | None:
    """Draw first-order and total effects of the uncertain choices with their intervals; None when not computed."""
    found = result.robustness.sensitivity if result.robustness else ()
    if not found:
        return None
    first, total = pick(language, "一阶效应", "first order"), pick(language, "总效应", "total")
    order = [item.factor.say(language) for item in sorted(found, key=lambda item: item.total, reverse=True)]
    rows: list[dict[str, Any]] = []
    for item in found:
        for effect, value, (low, high) in (
            (total, item.total, item.total_interval),
            (first, item.first, item.first_interval),
        ):
            if not np.isnan(value):
                shown = f"{write_number(value, 2)}  [{write_number(low, 2)}, {write_number(high, 2)}]"
                bounds = {"value": value, "low": low, "high": high, "shown": shown}
                rows.append({"factor": item.factor.say(language), "effect": effect, **bounds})
    base = over(rows, 60 * len(found))
    y = alt.Y("factor:N", sort=order, title=None, axis=alt.Axis(grid=False))
    offset = alt.YOffset("effect:N", sort=[total, first])
    tooltip = [
        alt.Tooltip("factor:N", title=pick(language, "选择", "choice")),
        alt.Tooltip("effect:N", title=pick(language, "效应", "effect")),
        alt.Tooltip("shown:N", title=pick(language, "估计 [95% 区间]", "estimate [95 % interval]")),
    ]
    bars = base.mark_bar(height=14).encode(
        x=alt.X("value:Q", title=pick(language, "占方差的份额", "share of the variance")),
        y=y,
        yOffset=offset,
        color=alt.Color("effect:N", title=None, scale=alt.Scale(domain=[total, first], range=[SHADES[2], RULE])),
        tooltip=tooltip,
    )
    lines = base.mark_rule(strokeWidth=1.6, color=INK).encode(x="low:Q", x2="high:Q", y=y, yOffset=offset)
    measure = Text(
        "方差分解的敏感性指数，横线为 95% 区间",
        "variance-based sensitivity with 95 % intervals",
    )
    plot = alt.layer(bars, lines)
    return chart(result, language, "sensitivity", main_driver(result), measure, plot, [rows], sensitivity_table(result))

"""The indicator system in pictures: weights, and correlations between indicators."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np

from gaoxin.reports import terms
from gaoxin.reports.charts.look import ACCENT, DIVERGING, PEER, Chart, chart, fitted, name_axis, over, pick
from gaoxin.reports.figures import write_number, write_share
from gaoxin.reports.headlines import closest_indicators, unconfirmed_weights
from gaoxin.reports.outline import document_order, label, n_indicators
from gaoxin.reports.tables import correlations, indicators
from gaoxin.runs.result import RunResult
from gaoxin.words import Language, Text


def weights(result: RunResult, language: Language = "zh") -> Chart:
    """Draw the weight of every indicator in the index; unconfirmed weights are hollow."""
    places: list[str] = []
    names: dict[str, str] = {}
    rows: list[dict[str, Any]] = []
    yes, no = terms.CONFIRMED.say(language), terms.UNCONFIRMED.say(language)
    for at, _ in document_order(result):
        node = result.nodes[at]
        leaf = at < n_indicators(result)
        place = node.code if leaf else f"§{node.code}"
        places.append(place)
        share = write_share(node.effective_weight, 1)
        written = fitted(label(node).say(language))
        names[place] = written if leaf else f"{written}  {share}"
        if leaf:
            confirmed = yes if node.weight_confirmed else no
            rows.append({"node": place, "weight": node.effective_weight, "status": confirmed, "shown": share})
    base = over(rows, 19 * len(places))
    y = alt.Y(
        "node:N",
        sort=places,
        scale=alt.Scale(domain=places),
        title=None,
        axis=name_axis(headings=True),
    )
    legend = alt.Legend(title=None, symbolStrokeColor=PEER, symbolStrokeWidth=1.2)
    bars = base.mark_bar(height=11, strokeWidth=1.2).encode(
        x=alt.X(
            "weight:Q",
            title=pick(language, "总权重", "weight in the index"),
            axis=alt.Axis(format=".1%"),
            scale=alt.Scale(domain=[0, 1.08 * max(float(entry["weight"]) for entry in rows)], nice=False),
        ),
        y=y,
        fill=alt.Fill("status:N", legend=legend, scale=alt.Scale(domain=[yes, no], range=[ACCENT, "white"])),
        stroke=alt.condition(alt.datum.status == yes, alt.value(ACCENT), alt.value(PEER)),
        tooltip=[
            alt.Tooltip("shown:N", title=pick(language, "总权重", "weight")),
            alt.Tooltip("status:N", title=pick(language, "状态", "status")),
        ],
    )
    text = base.mark_text(align="left", dx=4, fontSize=11, color="#59636e").encode(x="weight:Q", y=y, text="shown:N")
    plot = alt.layer(bars, text).add_params(alt.param(name="names", value=names))
    measure = Text(
        "每项指标在综合得分中的权重；空心为未经确认", "weight of each indicator in the index; hollow: unconfirmed"
    )
    return chart(result, language, "weights", unconfirmed_weights(result), measure, plot, [rows], indicators(result))


def correlation(result: RunResult, language: Language = "zh") -> Chart | None:
    """Draw the correlations between all pairs of indicators; None for a single indicator."""
    order = [at for at, _ in document_order(result) if at < n_indicators(result)]
    if len(order) < 2:
        return None
    codes = [result.nodes[at].code for at in order]
    rows: list[dict[str, Any]] = []
    for place, i in enumerate(order):
        for j in order[:place]:
            r = result.correlation[i, j]
            if not np.isnan(r):
                pair = {"a": result.nodes[i].code, "b": result.nodes[j].code}
                rows.append({**pair, "r": round(float(r), 4), "shown": write_number(float(r), 2)})
    names = {result.nodes[at].code: label(result.nodes[at]).say(language) for at in order}
    side, size = (12, 10) if len(order) > 25 else (22, 12)
    axis: dict[str, Any] = {"title": None, "labelFontSize": size, "grid": False, "domain": False, "ticks": False}
    legend = alt.Legend(
        orient="top-right", direction="horizontal", gradientLength=160, values=[-1, -0.5, 0, 0.5, 1], format=".1f"
    )
    plot = (
        over(rows, side * (len(order) - 1))
        .transform_calculate(first="names[datum.a]", second="names[datum.b]")
        .mark_rect(stroke="white", strokeWidth=0.5)
        .encode(
            x=alt.X("b:N", sort=codes, scale=alt.Scale(domain=codes[:-1]), axis=alt.Axis(labelAngle=-90, **axis)),
            y=alt.Y("a:N", sort=codes, scale=alt.Scale(domain=codes[1:]), axis=alt.Axis(**axis)),
            color=alt.Color(
                "r:Q",
                title=pick(language, "相关系数", "correlation"),
                scale=alt.Scale(domain=[-1, 1], range=list(DIVERGING), interpolate="lab"),
                legend=legend,
            ),
            tooltip=[
                alt.Tooltip("first:N", title=pick(language, "指标", "indicator")),
                alt.Tooltip("second:N", title=pick(language, "指标", "indicator")),
                alt.Tooltip("shown:N", title=pick(language, "相关系数", "correlation")),
            ],
        )
        .add_params(alt.param(name="names", value=names))
    )
    measure = Text("标准化指标两两之间的皮尔逊相关系数", "Pearson correlation between the normalised indicators")
    return chart(
        result, language, "correlation", closest_indicators(result), measure, plot, [rows], correlations(result)
    )

"""The profile of one unit: every indicator on one scale, against the peers."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np

from gaoxin.reports.charts.look import ACCENT, INK, PEER, RULE, Chart, chart, fitted, name_axis, over, pick
from gaoxin.reports.figures import score_decimals, write_number
from gaoxin.reports.headlines import unit_profile
from gaoxin.reports.outline import document_order, label, n_indicators, ranking_order
from gaoxin.reports.tables import derivation
from gaoxin.runs.result import RunResult
from gaoxin.words import Language, Text

MOST_PEERS = 40
"""Peers are drawn one by one up to this many; above, the half in the middle is drawn as a band."""


def profile(result: RunResult, row: int, language: Language = "zh") -> Chart:
    """Draw the normalised indicators of unit ``row`` in the order of the document, each among its peers.

    The chart holds all units; its parameter ``unit`` (a code) says which one is marked.
    """
    places: list[str] = []
    names: dict[str, str] = {}
    for at, _ in document_order(result):
        node = result.nodes[at]
        heading = at >= n_indicators(result)
        place = f"§{node.code}" if heading else node.code
        places.append(place)
        names[place] = fitted(label(node).say(language))
    rows: list[dict[str, Any]] = []
    for at in range(n_indicators(result)):
        column = result.normalised[:, at]
        for each in ranking_order(result):
            if not np.isnan(column[each]):
                value = round(float(column[each]), 4)
                rows.append({"unit": result.units[each].code, "node": result.nodes[at].code, "value": value})
    decimals = score_decimals(result.normalised)
    bands: list[dict[str, Any]] = []
    for at in range(n_indicators(result)):
        column = result.normalised[:, at]
        known = column[~np.isnan(column)]
        if known.size:
            low, middle, high = (float(q) for q in np.quantile(known, (0.25, 0.5, 0.75)))
            shown = write_number(middle, decimals)
            bands.append({"node": result.nodes[at].code, "low": low, "middle": middle, "high": high, "shown": shown})

    y = alt.Y(
        "node:N",
        sort=places,
        scale=alt.Scale(domain=places),
        title=None,
        axis=name_axis(headings=True),
    )
    x = alt.X(
        "value:Q",
        title=pick(language, "标准化值", "normalised value"),
        scale=alt.Scale(zero=False, nice=False, padding=8),
    )
    units = over(rows, 19 * len(places))
    medians = over(bands, 19 * len(places))
    layers: list[alt.Chart] = []
    if len(result.units) > MOST_PEERS:
        layers.append(medians.mark_bar(height=9, color=RULE).encode(x="low:Q", x2="high:Q", y=y))
        others = Text("灰带为居中的一半单位", "band: the middle half of the units")
    else:
        layers.append(units.mark_tick(thickness=1.5, height=9, color=PEER, opacity=0.7).encode(x=x, y=y))
        others = Text("短线为各单位", "ticks: the units")
    layers.append(
        medians.mark_point(shape="diamond", size=40, filled=False, color=INK).encode(
            x="middle:Q", y=y, tooltip=[alt.Tooltip("shown:N", title=pick(language, "中位数", "median"))]
        )
    )
    layers.append(
        units.transform_filter("datum.unit === unit")
        .mark_circle(size=75, color=ACCENT, opacity=1)
        .encode(
            x=x,
            y=y,
            tooltip=[alt.Tooltip("value:Q", title=pick(language, "标准化值", "normalised"), format=f".{decimals}f")],
        )
    )
    chosen = alt.param(name="unit", value=result.units[row].code)
    plot = alt.layer(*layers).add_params(chosen, alt.param(name="names", value=names))
    measure = Text(
        f"标准化后的各项指标，右为优；圆点为本单位，菱形为中位数，{others.zh}",
        f"normalised indicators, better to the right; dot: this unit, diamond: median, {others.en}",
    )
    return chart(
        result, language, "profile", unit_profile(result, row), measure, plot, [rows, bands], derivation(result, row)
    )

"""What the scores are made of: stacked contributions of all units, and the steps to one unit's score."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np

from gaoxin.reports import terms
from gaoxin.reports.charts.look import (
    ACCENT,
    INK,
    MARKED,
    MOST_UNITS,
    PEER,
    SHADES,
    Chart,
    chart,
    cut,
    fitted,
    name_axis,
    over,
    pick,
)
from gaoxin.reports.figures import score_decimals, write_number, write_rank
from gaoxin.reports.headlines import strongest_dimension, unit_steps
from gaoxin.reports.outline import label, ranked
from gaoxin.reports.tables import by_dimension, contributions
from gaoxin.runs.result import RunResult
from gaoxin.words import Language, Text

ADJUSTED = Text("加减分", "adjustments")


def stacked(result: RunResult, language: Language = "zh") -> Chart:
    """Draw every unit's score as the sum of its dimensions and adjustments."""
    order = ranked(result)
    shown = order[:MOST_UNITS]
    parts, values = pieces(result)
    decimals = score_decimals(result.scores[:, -1])
    names = [part.say(language) for part in parts]
    rows: list[dict[str, Any]] = []
    for row in shown:
        for at, part in enumerate(names):
            if values[row, at] != 0:
                points = float(values[row, at])
                rows.append(
                    {
                        "code": result.units[row].code,
                        "name": result.units[row].name,
                        "part": part,
                        "at": at,
                        "points": points,
                        "shown": write_number(points, decimals),
                    }
                )
    codes = [result.units[row].code for row in shown]
    labels = {
        result.units[row].code: fitted(f"{write_rank(result.ranks[row, -1])}  {result.units[row].name}")
        for row in shown
    }
    totals = {result.units[row].code: write_number(result.scores[row, -1], decimals) for row in shown}
    colours = [SHADES[at % len(SHADES)] for at in range(len(names))]
    if ADJUSTED in parts:
        colours[-1] = MARKED
    base = over(rows, 24 * len(shown))
    scale = alt.Scale(domain=names, range=colours)
    colour = alt.Color("part:N", sort=names, title=None, scale=scale, legend=alt.Legend(columns=2))
    bars = base.mark_bar(stroke="white", strokeWidth=1, height=16).encode(
        x=alt.X("points:Q", title=pick(language, "对综合得分的贡献（分）", "contribution to the score, points")),
        y=alt.Y("code:N", sort=codes, title=None, axis=name_axis()),
        color=colour,
        order=alt.Order("at:Q"),
        tooltip=[
            alt.Tooltip("name:N", title=pick(language, "单位", "unit")),
            alt.Tooltip("part:N", title=pick(language, "组成", "part")),
            alt.Tooltip("shown:N", title=pick(language, "贡献（分）", "points")),
        ],
    )  # fmt: skip
    right = alt.Axis(orient="right", labelExpr="totals[datum.value]", grid=False)
    sums = base.mark_point(opacity=0).encode(y=alt.Y("code:N", sort=codes, title=None, axis=right))
    plot = (
        alt.layer(bars, sums)
        .resolve_axis(y="independent")
        .add_params(alt.param(name="names", value=labels), alt.param(name="totals", value=totals))
    )
    if result.contributions_exact:
        measure = Text("各部分之和等于右侧综合得分", "the parts add up to the score on the right")
    else:
        measure = Text(
            "合成方法不可加：近似分解，各部分之和不等于综合得分",
            "not additive: an approximation, the parts do not add up to the score",
        )
    title = strongest_dimension(result)
    return chart(
        result, language, "contributions", title, cut(order, shown, measure), plot, [rows], contributions(result)
    )


def steps(result: RunResult, row: int, language: Language = "zh") -> Chart:
    """Draw how the score of unit ``row`` builds up, dimension by dimension, beside the median of all units.

    The chart holds the steps of every ranked unit; its parameter ``unit`` (a code) says which one is drawn.
    """
    parts, values = pieces(result)
    decimals = score_decimals(result.scores[:, -1])
    order = ranked(result)
    median = np.median(values[order], axis=0) if order else np.zeros(len(parts))
    total = terms.SCORE
    rows: list[dict[str, Any]] = []
    for each in order:
        start = 0.0
        code = result.units[each].code
        for at in range(len(parts)):
            end = start + float(values[each, at])
            points = write_number(end - start, decimals, signed=start > 0)
            other = write_number(float(median[at]), decimals)
            rows.append(
                {"unit": code, "part": at, "from": start, "to": end, "shown": points, "peers": other, "kind": "part"}
            )
            start = end
        score = float(result.scores[each, -1])
        shown = write_number(score, decimals)
        rows.append({"unit": code, "part": len(parts), "from": 0.0, "to": score, "shown": shown, "kind": "total"})
    ends = [float(entry["to"]) for entry in rows]
    lowest, highest = min([0.0, *ends]), max([0.0, *ends]) or 1.0
    names = {str(at): fitted(part.say(language)) for at, part in enumerate((*parts, total))}
    places = list(range(len(parts) + 1))
    chosen = alt.param(name="unit", value=result.units[row].code)
    base = over(rows, 28 * (len(parts) + 1)).transform_filter("datum.unit === unit")
    y = alt.Y("part:O", sort=places, scale=alt.Scale(domain=places), title=None, axis=name_axis())
    bars = base.mark_bar(height=16).encode(
        x=alt.X(
            "from:Q",
            title=pick(language, "累计得分", "score so far"),
            scale=alt.Scale(domain=[lowest, 1.12 * highest], nice=False),
        ),
        x2="to:Q",
        y=y,
        color=alt.condition("datum.kind === 'total'", alt.value(ACCENT), alt.value(PEER)),
        tooltip=[
            alt.Tooltip("shown:N", title=pick(language, "贡献（分）", "points")),
            alt.Tooltip("peers:N", title=pick(language, "各单位中位数", "median of all units")),
        ],
    )
    text = base.mark_text(align="left", dx=5, fontSize=12, color=INK).encode(x="to:Q", y=y, text="shown:N")
    plot = alt.layer(bars, text).add_params(chosen, alt.param(name="names", value=names))
    measure = Text("从零起逐项累加到综合得分", "adding up from zero to the score")
    if not result.contributions_exact:
        measure = Text(f"{measure.zh}（近似分解）", f"{measure.en} (an approximation)")
    return chart(result, language, "steps", unit_steps(result, row), measure, plot, [rows], contributions(result))


def pieces(result: RunResult) -> tuple[list[Text], np.ndarray[tuple[int, int], np.dtype[np.float64]]]:
    """The parts a score is drawn with: their names, and points per unit, shape (units, parts)."""
    columns, shares, points = by_dimension(result)
    names = [label(result.nodes[at]) if at >= 0 else Text("全部指标", "all indicators") for at in columns]
    if not np.any(points):
        return names, shares
    return [*names, ADJUSTED], np.column_stack([shares, points])

"""The ranking: one dot per unit, with the interval in which its rank lies."""

from __future__ import annotations

from typing import Any

import altair as alt

from gaoxin.reports import terms
from gaoxin.reports.charts.look import (
    ACCENT,
    MOST_UNITS,
    PEER,
    Chart,
    chart,
    cut,
    fitted,
    name_axis,
    over,
    pick,
    rank_ticks,
)
from gaoxin.reports.figures import score_decimals, write_number, write_rank
from gaoxin.reports.headlines import leaders
from gaoxin.reports.outline import ranked
from gaoxin.reports.tables import standing
from gaoxin.runs.result import RunResult
from gaoxin.words import Language, Text


def ranking(result: RunResult, language: Language = "zh") -> Chart:
    """Draw ranks with their 5–95 % intervals, or scores where no robustness analysis was made."""
    order = ranked(result)
    shown = order[:MOST_UNITS]
    decimals = score_decimals(result.scores[:, -1])
    robust = result.robustness
    rows: list[dict[str, Any]] = []
    for row in shown:
        unit, rank = result.units[row], float(result.ranks[row, -1])
        entry = {
            "code": unit.code,
            "name": unit.name,
            "rank": rank,
            "score": float(result.scores[row, -1]),
            "label": fitted(f"{write_rank(rank)}  {unit.name}"),
            "shown": write_number(float(result.scores[row, -1]), decimals),
        }
        if robust is not None:
            low, high = float(robust.rank_low[row]), float(robust.rank_high[row])
            entry |= {"low": low, "high": high, "median": float(robust.rank_median[row])}
            entry["interval"] = f"{write_rank(low)}–{write_rank(high)}"
        rows.append(entry)

    codes = [entry["code"] for entry in rows]
    labels = alt.param(name="names", value={entry["code"]: entry["label"] for entry in rows})
    points = alt.param(name="points", value={entry["code"]: entry["shown"] for entry in rows})
    base = over(rows, 24 * len(rows))
    left = alt.Y("code:N", sort=codes, title=None, axis=name_axis())
    tooltip = [
        alt.Tooltip("name:N", title=pick(language, "单位", "unit")),
        alt.Tooltip("rank:Q", title=pick(language, "名次", "rank")),
        alt.Tooltip("shown:N", title=terms.SCORE.say(language)),
    ]
    if robust is None:
        measure = Text(f"{terms.SCORE.zh}（分）；无名次区间", f"{terms.SCORE.say('en')}; no rank intervals")
        x = alt.X("score:Q", title=None, scale=alt.Scale(zero=False, nice=True, padding=12))
        layers = [base.mark_circle(size=90, color=ACCENT, opacity=1).encode(x=x, y=left, tooltip=tooltip)]
    else:
        measure = Text(
            "名次（点）与 5%–95% 区间（横线），竖线为中位数；右侧为综合得分",
            "rank (dot), its 5–95 % interval (line) and median (tick); scores on the right",
        )
        tooltip.append(alt.Tooltip("interval:N", title=pick(language, "5%–95% 区间", "5–95 % interval")))
        last: float = max(len(order), 2)
        if len(shown) < len(order):
            last = max(entry["high"] for entry in rows)
        scale = alt.Scale(domain=[1, last], nice=False, padding=10)
        axis = alt.Axis(values=rank_ticks(last), format="d")
        x = alt.X("rank:Q", title=pick(language, "名次", "rank"), scale=scale, axis=axis)
        layers = [
            base.mark_rule(strokeWidth=5, color=PEER, opacity=0.45, strokeCap="round").encode(
                x=alt.X("low:Q", scale=scale), x2="high:Q", y=left, tooltip=tooltip
            ),
            base.mark_tick(thickness=2, height=12, color=PEER).encode(x="median:Q", y=left, tooltip=tooltip),
            base.mark_circle(size=90, color=ACCENT, opacity=1).encode(x=x, y=left, tooltip=tooltip),
        ]
    right = alt.Axis(orient="right", labelExpr="points[datum.value]", grid=False)
    scores = base.mark_point(opacity=0).encode(y=alt.Y("code:N", sort=codes, title=None, axis=right))
    plot = alt.layer(alt.layer(*layers), scores).resolve_axis(y="independent").add_params(labels, points)
    return chart(
        result, language, "ranking", leaders(result), cut(order, shown, measure), plot, [rows], standing(result)
    )

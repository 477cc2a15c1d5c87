"""The charts of the overview: how far reporting is, and the ranks with their intervals."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt

from gaoxin.platform.frame.charts import Chart, declared, over
from gaoxin.platform.language import language, say
from gaoxin.platform.overview.parts import Ranking, Reporting
from gaoxin.reports.charts.look import ACCENT, MARKED, MOST_UNITS, PEER, SHADES, rank_ticks
from gaoxin.words import Text

STATES = (
    ("approved", Text("已批准", "approved"), SHADES[0]),
    ("in", Text("已报待审", "in, under review"), SHADES[2]),
    ("open", Text("未报未到期", "not in, not due"), "#d8dee4"),
    ("late", Text("逾期未报", "late"), MARKED),
)


def progress(listed: Sequence[Reporting]) -> Chart:
    """How far each collection is, as shares that add up to all returns."""
    labels = [say(one.collection.label) for one in listed]
    labels = [
        label if labels.count(label) == 1 else f"{label} {one.collection.code}"
        for label, one in zip(labels, listed, strict=True)
    ]
    rows = []
    for one, label in zip(listed, labels, strict=True):
        held = one.progress
        counts = {
            "approved": held.approved, "in": held.submitted - held.approved, "open": one.missing - held.late,
            "late": held.late,
        }  # fmt: skip
        rows += [
            {
                "collection": label,
                "state": say(word),
                "order": at,
                "count": counts[key],
            }
            for at, (key, word, _) in enumerate(STATES)
        ]
    late = sum(one.progress.late for one in listed)
    total, came = sum(one.progress.total for one in listed), sum(one.progress.submitted for one in listed)
    title = Text(f"{total} 份报表已报 {came} 份，逾期 {late} 份", f"{came} of {total} returns are in, {late} are late")

    synthetic = any(one.collection.synthetic for one in listed)
    source = Text("来源：报表的当前状态", "Source: the returns as they stand now")
    return declared(
        _shares, len(listed), rows=rows, title=title, measure=Text("占应报份数", "share of the returns owed"),
        source=source, synthetic=synthetic,
    )  # fmt: skip


def ranks(found: Ranking) -> Chart:
    """Rank (dot) with its 5–95 % interval (line) of each zone that the reader sees."""
    shown = found.standings[:MOST_UNITS]
    rows = [
        {"zone": say(one.label), "rank": one.rank, "low": one.low or one.rank, "high": one.high or one.rank,
         "shown": f"{one.rank:.0f}" + (f"（{one.low:.0f}–{one.high:.0f}）" if one.low is not None else "")}
        for one in shown
    ]  # fmt: skip
    best = shown[0]
    title = Text(f"{best.name} 第 {best.rank:.0f}", f"{best.name}: rank {best.rank:.0f}")
    if best.low is not None and best.high is not None:
        title = Text(
            f"{title.zh}，区间 {best.low:.0f}–{best.high:.0f}", f"{title.en}, interval {best.low:.0f}–{best.high:.0f}"
        )

    run = found.run
    of = f"{run.system} {run.system_version}".strip()
    source = Text(f"来源：评价 {run.pk}，{of}，{run.period}", f"Source: evaluation {run.pk}, {of}, {run.period}")
    measure = Text("名次（点）与 5%–95% 区间（横线）", "rank (dot) and its 5–95 % interval (line)")
    return declared(
        _ranked, found.ranked, len(rows), rows=rows, title=title, measure=measure, source=source,
        synthetic=run.synthetic,
    )  # fmt: skip


def _shares(collections: int) -> alt.TopLevelMixin:
    scale = alt.Scale(domain=[say(word) for _, word, _ in STATES], range=[colour for _, _, colour in STATES])
    return over().mark_bar(height=18).encode(
        x=alt.X("count:Q", stack="normalize", title=None, axis=alt.Axis(format="%", tickCount=5)),
        y=alt.Y("collection:N", title=None, sort=None),
        color=alt.Color("state:N", scale=scale, title=None, legend=alt.Legend(columns=4)),
        order="order:Q",
        tooltip=[alt.Tooltip(f"{field}:N", title=" ") for field in ("collection", "state", "count")],
    ).properties(height=max(34 * collections, 50))  # fmt: skip


def _ranked(ranked: int, shown: int) -> alt.TopLevelMixin:
    scale = alt.Scale(domain=[1, max(ranked, 2)], nice=False, padding=10)
    axis = alt.Axis(values=rank_ticks(ranked), format="d")
    y = alt.Y("zone:N", sort=None, title=None)
    tooltip = [alt.Tooltip("zone:N", title=" "), alt.Tooltip("shown:N", title=" ")]
    base = over()
    interval = base.mark_rule(strokeWidth=5, color=PEER, opacity=0.45, strokeCap="round").encode(
        x=alt.X("low:Q", scale=scale, axis=axis, title=None), x2="high:Q", y=y, tooltip=tooltip
    )
    dots = base.mark_circle(size=90, color=ACCENT, opacity=1).encode(
        x=alt.X("rank:Q", scale=scale, axis=axis, title="名次" if language() == "zh" else "rank"), y=y,
        tooltip=tooltip,
    )  # fmt: skip
    return (interval + dots).properties(height=max(24 * shown, 48))

"""What the figures say, in sentences: the findings of the summary.

Every sentence is made from the result. A difference between two units is called certain only where the rank
intervals or the pairwise comparisons of the robustness analysis carry it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np

from gaoxin.reports.figures import score_decimals, write_number, write_rank, write_share
from gaoxin.reports.outline import last_standing, periods, ranked
from gaoxin.runs.result import RunResult
from gaoxin.words import Text

CLEAR = 0.95
"""A statement is called clear when it holds in this share of the replications."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence of the summary. ``caution`` marks what limits the use of the result."""

    kind: Literal["result", "certainty", "data"]
    text: Text
    caution: bool = False


def summary(result: RunResult) -> tuple[Finding, ...]:
    """The findings a reader needs before the details, most important first."""
    found = [Finding("result", standing(result))]
    if (moved := movement(result)) is not None:
        found.append(Finding("result", moved))
    found += [Finding("result", text) for text in adjusted(result)]
    if result.absent:
        found.append(Finding("data", not_reported(result), True))
    found += [Finding("certainty", text, caution) for text, caution in certainty(result)]
    found += data_quality(result)
    return tuple(found)


def standing(result: RunResult) -> Text:
    """Who leads, with what score, out of how many; who has no rank."""
    order, names = ranked(result), [unit.name for unit in result.units]
    if not order:
        return Text("没有单位得出综合得分。", "No unit has a score.")
    decimals = score_decimals(result.scores[:, -1])
    score = [write_number(result.scores[row, -1], decimals) for row in order]
    first = [row for row in order if result.ranks[row, -1] == result.ranks[order[0], -1]]
    if len(first) > 1:
        together = "、".join(names[row] for row in first)
        zh = f"{together}以 {score[0]} 分并列第一，共 {len(order)} 个单位参评"
        en = f"{', '.join(names[row] for row in first)} share first place with {score[0]} among {len(order)} units"
    else:
        zh = f"{names[order[0]]}以 {score[0]} 分居 {len(order)} 个单位之首"
        en = f"{names[order[0]]} leads {len(order)} units with {score[0]}"
        if len(order) > 2:
            second, third = (f"{names[row]}（{points}）" for row, points in zip(order[1:3], score[1:3], strict=True))
            zh += f"，其后为{second}、{third}"
            second, third = (f"{names[row]} ({points})" for row, points in zip(order[1:3], score[1:3], strict=True))
            en += f", followed by {second} and {third}"
    left_out = np.isnan(result.ranks[:, -1])
    scored = ~np.isnan(result.scores[:, -1])
    missing = _named([names[row] for row in np.flatnonzero(left_out & ~scored)])
    vetoed = _named([names[row] for row in np.flatnonzero(left_out & scored)])
    if (left_out & ~scored).any():
        zh, en = f"{zh}；{missing.zh}没有得分，未排名", f"{en}; {missing.en} could not be ranked"
    if (left_out & scored).any():
        zh, en = f"{zh}；{vetoed.zh}被否决，不参加排名", f"{en}; {vetoed.en} left out by a veto"
    return Text(f"{zh}。", f"{en}.")


def not_reported(result: RunResult) -> Text:
    """Units of an earlier period that have no returns now: nobody should look for them in the ranking in vain."""
    who = _named([unit.name for unit in result.absent])
    return Text(f"{who.zh}本期未报送，不参加排名。", f"No returns for this period from {who.en}: not ranked.")


def certainty(result: RunResult) -> list[tuple[Text, bool]]:
    """How far the ranking can be trusted, and what it rests on; with a mark on what limits its use."""
    said: list[tuple[Text, bool]] = []
    robust, order = result.robustness, ranked(result)
    if robust is None:
        said.append(
            (
                Text(
                    "未做稳健性分析：不知道名次对权重和方法有多敏感。",
                    "No robustness analysis was made: how sensitive the ranks are to weights and method is not known.",
                ),
                True,
            )
        )
    elif order:
        width = robust.rank_high[order] - robust.rank_low[order]
        widest = order[int(np.nanargmax(width))]
        low, high = write_rank(float(robust.rank_low[widest])), write_rank(float(robust.rank_high[widest]))
        middle = write_rank(float(np.nanmedian(width)))
        pairs = list(pairwise(order))
        close = sum(bool(robust.dominance[x, y] < CLEAR) for x, y in pairs)
        name = result.units[widest].name
        zh = f"名次的 5%–95% 区间宽度中位数为 {middle} 位，最宽的是{name}（第 {low}–{high} 位）"
        en = f"The 5–95 % rank intervals have a median width of {middle}; the widest is that of {name} ({low}–{high})"
        if pairs:
            zh += f"；{len(pairs)} 对相邻单位中有 {close} 对难分先后"
            en += f"; {close} of {len(pairs)} neighbouring pairs cannot be told apart"
        said.append((Text(f"{zh}。", f"{en}."), close > 0))
        said.append((_sure(result, order), False))
        if robust.failed:
            lost = f"{robust.failed:,}"
            said.append(
                (
                    Text(
                        f"有 {lost} 次重复未能得出排名，未计入结果。",
                        f"{lost} replications gave no ranking and are not counted.",
                    ),
                    True,
                )
            )
    total = sum(node.parent is not None for node in result.nodes)
    unconfirmed = result.n_unconfirmed_weights
    if unconfirmed:
        said.append(
            (
                Text(
                    f"所用 {total} 个权重中有 {unconfirmed} 个未经官方文件确认，结果随之不确定。",
                    f"{unconfirmed} of the {total} weights used are not confirmed by an official document; "
                    "the result is uncertain to that extent.",
                ),
                True,
            )
        )
    else:
        said.append(
            (Text(f"所用 {total} 个权重均已确认。", f"All {total} weights used are confirmed."), False),
        )
    if not result.contributions_exact:
        said.append(
            (
                Text(
                    "合成方法不可加，各指标贡献为近似分解。",
                    "The aggregation is not additive: contributions are an approximation.",
                ),
                True,
            )
        )
    return said


def _sure(result: RunResult, order: list[int]) -> Text:
    robust = result.robustness
    assert robust is not None  # noqa: S101 - only asked when there is one
    sure = [result.units[row].name for row in order if robust.probability_top[row] >= CLEAR]
    weak = [result.units[row].name for row in order if robust.probability_bottom[row] >= CLEAR]
    k, last = robust.top_k, robust.bottom_k
    return Text(
        f"可以确信（概率不低于 95%）进入前 {k} 位的：{_named(sure).zh}；落入后 {last} 位的：{_named(weak).zh}。",
        f"Surely (95 % or more) among the first {k}: {_named(sure).en}; among the last {last}: {_named(weak).en}.",
    )


def _named(names: list[str], most: int = 8) -> Text:
    """List names; a long list is cut, with their number."""
    if not names:
        return Text("无", "none")
    zh, en = "、".join(names[:most]), ", ".join(names[:most])
    return Text(zh, en) if len(names) <= most else Text(f"{zh}等 {len(names)} 个", f"{en} and {len(names) - most} more")


def movement(result: RunResult) -> Text | None:
    """Who rose and who fell most since the period before; None when there is none."""
    before = last_standing(result)
    changes = {
        row: before[unit.code][1] - result.ranks[row, -1]
        for row, unit in enumerate(result.units)
        if unit.code in before
    }
    known = {row: change for row, change in changes.items() if not np.isnan(change)}
    if not known:
        return None
    period, names = periods(result)[-2], [unit.name for unit in result.units]
    up, down = max(known, key=lambda row: known[row]), min(known, key=lambda row: known[row])
    if known[up] <= 0 and known[down] >= 0:
        return Text(f"与 {period} 相比，名次没有变动。", f"No rank has changed since {period}.")
    zh, en = [], []
    if known[up] > 0:
        zh.append(f"上升最多的是{names[up]}（+{known[up]:g} 位）")
        en.append(f"{names[up]} rose most (+{known[up]:g})")
    if known[down] < 0:
        zh.append(f"下降最多的是{names[down]}（{known[down]:g} 位）")
        en.append(f"{names[down]} fell most ({known[down]:g})")
    return Text(f"与 {period} 相比，{'，'.join(zh)}。", f"Since {period}, {' and '.join(en)}.")


def adjusted(result: RunResult) -> list[Text]:
    """What bonuses, deductions and vetoes were applied."""
    if not result.adjustments:
        return []
    names = {unit.code: unit.name for unit in result.units}
    listed = [
        (names.get(item.unit, item.unit), "×" if item.kind == "veto" else write_number(item.points, 2, signed=True))
        for item in result.adjustments
    ]
    many = len(listed) > 5
    zh = "、".join(f"{name}（{points}）" for name, points in listed[:5]) + ("等" if many else "")
    en = ", ".join(f"{name} ({points})" for name, points in listed[:5]) + (", …" if many else "")
    veto = Text("；× 为否决", "; × is a veto") if any(points == "×" for _, points in listed) else Text("", "")
    return [
        Text(f"计入加分、减分、否决 {len(listed)} 项：{zh}{veto.zh}。", f"{len(listed)} adjustments: {en}{veto.en}.")
    ]


def data_quality(result: RunResult) -> list[Finding]:
    """Findings of the checks, missing, imputed and treated values."""
    found = []
    count = dict.fromkeys(("error", "warning", "info"), 0)
    for problem in result.problems:
        count[problem.severity] += 1
    if result.problems:
        found.append(
            Finding(
                "data",
                Text(
                    f"校核发现错误 {count['error']:,} 项、警告 {count['warning']:,} 项、提示 {count['info']:,} 项。",
                    f"Findings of the checks: errors {count['error']:,}, warnings {count['warning']:,}, "
                    f"notes {count['info']:,}.",
                ),
                count["error"] > 0,
            )
        )
    else:
        found.append(Finding("data", Text("校核没有发现问题。", "The checks found nothing.")))
    cells = result.raw.size
    gone, filled = int(np.isnan(result.raw).sum()), int(result.imputed.sum())
    changed = int(result.treated.sum())
    if gone or changed:
        share = write_share(gone / cells, 1)
        found.append(
            Finding(
                "data",
                Text(
                    f"{cells:,} 个指标值中缺失 {gone:,} 个（{share}），填补 {filled:,} 个，"
                    f"作为异常值处理 {changed:,} 个。",
                    f"Of {cells:,} indicator values {gone:,} are missing ({share}), {filled:,} were imputed and "
                    f"{changed:,} treated as outliers.",
                ),
                gone > filled,
            )
        )
    return found

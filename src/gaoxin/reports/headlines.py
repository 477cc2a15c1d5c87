"""The titles of the charts: what each one shows, made from the figures and never stronger than they."""

from __future__ import annotations

import numpy as np

from gaoxin.reports.figures import score_decimals, write_number, write_rank, write_share
from gaoxin.reports.findings import CLEAR, movement
from gaoxin.reports.outline import document_order, label, n_indicators, ranked
from gaoxin.reports.tables import by_dimension
from gaoxin.reports.terms import join
from gaoxin.runs.result import RobustnessResult, RunResult
from gaoxin.words import Text


def leaders(result: RunResult) -> Text:
    """The title of the ranking: are the first places certain?"""
    order = ranked(result)
    if len(order) < 2:
        return Text("参评单位不足两个，无从比较", "Fewer than two units: nothing to compare")
    a, b = order[:2]
    first, second = result.units[a].name, result.units[b].name
    if result.robustness is not None:
        return _robust_leaders(result, result.robustness, order)
    if result.ranks[a, -1] == result.ranks[b, -1]:
        return Text(f"{first}与{second}并列第一", f"{first} and {second} share first place")
    gap = float(result.scores[a, -1] - result.scores[b, -1])
    ahead = write_number(gap, score_decimals(result.scores[:, -1]))
    return Text(
        f"{first}居首，领先{second} {ahead} 分；名次是否稳健未经检验",
        f"{first} leads {second} by {ahead}; whether the ranks are robust was not tested",
    )


def _robust_leaders(result: RunResult, robust: RobustnessResult, order: list[int]) -> Text:
    a, b = order[:2]
    first, second = result.units[a].name, result.units[b].name
    head, rest = order[:3], order[3:]
    steps = [(x, y) for at, x in enumerate(head) for y in (*head[at + 1 :], *rest)]
    if len(head) == 3 and all(robust.rank_high[x] < robust.rank_low[y] for x, y in steps):
        return Text(
            "前三位先后分明：名次区间互不重叠", "The first three are clearly ordered: no rank intervals overlap"
        )
    if all(robust.rank_high[a] < robust.rank_low[other] for other in order[1:]):
        return Text(
            f"{first}稳居首位：名次区间不与其他单位重叠",
            f"{first} is clearly first: its rank interval overlaps no other",
        )
    share = float(robust.dominance[a, b])
    if share >= CLEAR:
        return Text(
            f"{first}居首，在 {write_share(share)} 的情景中先于{second}",
            f"{first} leads, before {second} in {write_share(share)} of the replications",
        )
    return Text(
        f"{first}与{second}难分先后：前者仅在 {write_share(share)} 的情景中领先",
        f"{first} and {second} cannot be told apart: the former leads in only {write_share(share)} of the replications",
    )


def strongest_dimension(result: RunResult) -> Text:
    """The title of the contributions: which dimension separates the units most."""
    columns, shares, _ = by_dimension(result)
    names = [label(result.nodes[at]) if at >= 0 else Text("全部指标", "all indicators") for at in columns]
    order = ranked(result)
    if len(order) < 2 or len(columns) < 2:
        return Text("综合得分的构成", "What the scores are made of")
    spread = np.ptp(shares[order], axis=0)
    at = int(np.argmax(spread))
    width = write_number(float(spread[at]), score_decimals(result.scores[:, -1]))
    return Text(
        f"各单位差距最大的是“{names[at].zh}”，相差 {width} 分",
        f"Units differ most in “{names[at].en}”, by {width} points",
    )


def rank_changes(result: RunResult) -> Text:
    """The title of the history."""
    moved = movement(result) or Text("名次变化", "Ranks over the periods")
    return Text(moved.zh.rstrip("。"), moved.en.rstrip("."))


def closest_indicators(result: RunResult) -> Text:
    """The title of the correlations: the strongest pair, and how many indicators overlap."""
    n = n_indicators(result)
    i, j = np.triu_indices(n, k=1)
    r = result.correlation[i, j]
    if not np.isfinite(r).any():
        return Text("指标之间的相关性无法计算", "Correlations could not be computed")
    strong = int((np.abs(r) > 0.9).sum())
    at = int(np.nanargmax(np.abs(r)))
    a, b = result.nodes[i[at]], result.nodes[j[at]]
    value = write_number(float(r[at]), 2)
    if strong:
        return Text(
            f"{strong} 对指标高度相关（|r| > 0.9），最强的是 {a.code} 与 {b.code}（{value}）",
            f"{strong} pairs overlap strongly (|r| > 0.9), most of all {a.code} and {b.code} ({value})",
        )
    return Text(
        f"没有高度重叠的指标（|r| > 0.9）；相关最强的是 {a.code} 与 {b.code}（{value}）",
        f"No indicators overlap strongly (|r| > 0.9); the closest are {a.code} and {b.code} ({value})",
    )


def unconfirmed_weights(result: RunResult) -> Text:
    """The title of the weights."""
    leaves = [result.nodes[at] for at, _ in document_order(result) if at < n_indicators(result)]
    open_ = [node for node in leaves if not node.weight_confirmed]
    if not open_:
        return Text("全部指标的权重均已确认", "The weights of all indicators are confirmed")
    share = write_share(sum(node.effective_weight for node in open_))
    return Text(
        f"{len(leaves)} 项指标中 {len(open_)} 项的权重未经确认，合占总权重 {share}",
        f"The weights of {len(open_)} of {len(leaves)} indicators are unconfirmed: {share} of the index",
    )


def told_apart(result: RunResult) -> Text:
    """The title of the pairwise comparisons."""
    robust, order = result.robustness, ranked(result)
    if robust is None or len(order) < 2:
        return Text("两两比较", "Pairwise comparison")
    i, j = np.triu_indices(len(order), k=1)
    rows = np.array(order)
    share = robust.dominance[rows[i], rows[j]]
    clear = int(((share >= CLEAR) | (share <= 1 - CLEAR)).sum())
    return Text(
        f"{len(i)} 对单位中 {clear} 对先后分明（概率不低于 95%），{len(i) - clear} 对难分先后",
        f"{clear} of {len(i)} pairs are clearly ordered (95 % or more), {len(i) - clear} are not",
    )


def main_driver(result: RunResult) -> Text:
    """The title of the sensitivity: the choice that moves the ranking most, and whether that is certain."""
    found = result.robustness.sensitivity if result.robustness else ()
    if not found:
        return Text("敏感性", "Sensitivity")
    order = sorted(found, key=lambda item: item.total, reverse=True)
    first = order[0]
    if len(order) > 1 and first.total_interval[0] <= order[1].total_interval[1]:
        return Text(
            f"{first.factor.zh}与{order[1].factor.zh}影响最大，二者难分主次",
            f"{first.factor.say('en')} and {order[1].factor.say('en')} matter most; which of them more is not certain",
        )
    return Text(f"对名次影响最大的是{first.factor.zh}", f"What moves the ranks most: {first.factor.say('en')}")


def unit_headline(result: RunResult, row: int) -> Text:
    """One unit in one sentence: rank, interval, strengths, weaknesses."""
    unit, robust = result.units[row], result.robustness
    if np.isnan(result.ranks[row, -1]):
        if np.isnan(result.scores[row, -1]):
            return Text(f"{unit.name}：没有综合得分", f"{unit.name}: no score")
        return Text(f"{unit.name}：被否决，不参加排名", f"{unit.name}: left out of the ranking by a veto")
    rank = write_rank(float(result.ranks[row, -1]))
    zh, en = f"{unit.name}：第 {rank} 位", f"{unit.name}: rank {rank}"
    if robust is not None:
        low, high = write_rank(float(robust.rank_low[row])), write_rank(float(robust.rank_high[row]))
        zh, en = f"{zh}（5%–95% 区间 {low}–{high}）", f"{en} (5–95 % interval {low}–{high})"
    at = {node.code: node for node in result.nodes}
    for strength, words in ((True, ("，强在", "; strong in ")), (False, ("，弱在", "; weak in "))):
        found = [at[note.node] for note in result.unit_notes if note.unit == unit.code and note.strength is strength]
        if found:
            named = join([node.name for node in found[:2] if node is not None])
            zh, en = f"{zh}{words[0]}{named.zh}", f"{en}{words[1]}{named.say('en')}"
    return Text(zh, en)


def unit_profile(result: RunResult, row: int) -> Text:
    """In how many indicators a unit is above the median of all, and how many it lacks."""
    values = result.normalised
    with np.errstate(invalid="ignore"):
        known = ~np.isnan(values[row])
        middle = np.array(
            [np.median(column[~np.isnan(column)]) if (~np.isnan(column)).any() else np.nan for column in values.T]
        )
        above = int((values[row, known] > middle[known]).sum())
    lacking = int((~known).sum())
    zh, en = f"{known.sum()} 项指标中 {above} 项高于中位数", f"above the median in {above} of {known.sum()} indicators"
    if lacking:
        zh, en = f"{zh}，{lacking} 项缺失", f"{en}; {lacking} missing"
    name = result.units[row].name
    return Text(f"{name}：{zh}", f"{name}: {en}")


def unit_steps(result: RunResult, row: int) -> Text:
    """What makes the score of one unit: the dimension that gives most, and where it loses most against the median."""
    columns, shares, _ = by_dimension(result)
    order = ranked(result)
    score = write_number(float(result.scores[row, -1]), score_decimals(result.scores[:, -1]))
    if row not in order or len(columns) < 2:
        return Text(f"综合得分 {score}", f"score {score}")
    names = [result.nodes[at].name for at in columns]
    most = names[int(np.argmax(shares[row]))]
    gap = shares[row] - np.median(shares[order], axis=0)
    worst = int(np.argmin(gap))
    decimals = score_decimals(result.scores[:, -1])
    zh, en = f"综合得分 {score}，{most.zh}贡献最多", f"score {score}; most comes from {most.say('en')}"
    if gap[worst] >= 0:
        return Text(f"{zh}，各项均不低于中位数", f"{en}, no part is below the median")
    lost = write_number(float(-gap[worst]), decimals)
    return Text(
        f"{zh}；与中位数相比，{names[worst].zh}少得最多（{lost} 分）",
        f"{en}; against the median most is lost in {names[worst].say('en')} ({lost})",
    )

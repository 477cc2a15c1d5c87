"""Bonus, deduction and veto (加分、减分、一票否决) after the index, each with the reason that was given.

No national rule is known, provincial ones differ (points for each finding, caps, exclusion from awards); so items and
rules are data of whoever runs the evaluation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gaoxin.evaluation.errors import EvaluationError, listed
from gaoxin.evaluation.rank import Ties, rank
from gaoxin.evaluation.structure import Floats
from gaoxin.words import Text

VetoEffect = Literal["exclude", "last", "cap_score", "cap_rank"]


@dataclass(frozen=True, slots=True)
class AdjustmentItem:
    """One bonus, deduction or veto of one unit.

    ``points`` of a bonus or a deduction are positive; a deduction is subtracted. The ``effect`` of a veto is to leave
    the unit out of the ranking (``exclude``), to rank it after all units without veto (``last``), to hold its score at
    ``limit`` at most (``cap_score``), or to rank it no better than ``limit`` (``cap_rank``: out of the top group).
    """

    unit: str
    kind: Literal["bonus", "deduction", "veto"]
    reason: str
    points: float = 0.0
    effect: VetoEffect = "exclude"
    limit: float | None = None


@dataclass(frozen=True, slots=True)
class AdjustmentRules:
    """Caps on what the items of one unit add up to, and the bounds of the score after them."""

    most_bonus: float = np.inf
    most_deduction: float = np.inf
    lowest_score: float = -np.inf
    highest_score: float = np.inf


@dataclass(frozen=True, eq=False)
class Adjusted:
    """The index of u units before and after the items, and all of the items."""

    units: tuple[str, ...]
    items: tuple[AdjustmentItem, ...]
    before: Floats
    bonus: Floats
    """Points added, after the cap, shape (u,)."""
    deduction: Floats
    """Points taken off, after the cap, shape (u,), not negative."""
    after: Floats
    vetoed: NDArray[np.bool_]
    rank_before: Floats
    rank: Floats
    """NaN for a unit without score and for one that a veto leaves out of the ranking."""
    notes: tuple[Text, ...]
    """What the rules changed beyond the items: sums that were capped, scores that were held, ranks that were moved."""


def adjust(
    index: ArrayLike,
    items: Sequence[AdjustmentItem],
    *,
    units: Sequence[str],
    rules: AdjustmentRules | None = None,
    ties: Ties = "min",
) -> Adjusted:
    """Apply bonus, deduction and veto items to the index and rank again.

    Parameters
    ----------
    index
        Score of every unit, shape (u,), in the points in which the items are given.
    items
        In any order; several items of a unit add up, several vetoes all hold.
    units
        Code of every unit, unique.
    rules
        Caps and bounds; default none.
    ties
        As in :func:`gaoxin.evaluation.rank.rank`.

    Raises
    ------
    EvaluationError
        An item of an unknown unit, without a reason, with points that are not positive or without the limit it needs.

    >>> done = adjust(
    ...     [80.0, 75.0, 70.0],
    ...     [AdjustmentItem("C", "bonus", "国家级示范", 6.0), AdjustmentItem("A", "veto", "重大生产安全事故")],
    ...     units=["A", "B", "C"],
    ... )
    >>> done.after.tolist(), done.rank.tolist()
    ([80.0, 75.0, 76.0], [nan, 2.0, 1.0])
    """
    before = np.array(index, dtype=np.float64)
    rules = rules or AdjustmentRules()
    _check(items, units, before)
    at = {unit: i for i, unit in enumerate(units)}
    notes: list[Text] = []

    bonus, deduction = np.zeros(len(units)), np.zeros(len(units))
    for item in items:
        if item.kind == "bonus":
            bonus[at[item.unit]] += item.points
        elif item.kind == "deduction":
            deduction[at[item.unit]] += item.points
    for points, most, zh, en in (
        (bonus, rules.most_bonus, "加分", "bonus"),
        (deduction, rules.most_deduction, "减分", "deduction"),
    ):
        for i in np.flatnonzero(points > most).tolist():
            notes.append(
                Text(
                    f"{units[i]}：{zh}合计 {points[i]:g}，按上限计 {most:g}",
                    f"{units[i]}: {en} of {points[i]:g} in all, capped at {most:g}",
                )
            )
        np.minimum(points, most, out=points)
    after = before + bonus - deduction
    held = np.clip(after, rules.lowest_score, rules.highest_score)
    for i in np.flatnonzero(held != after).tolist():
        if not np.isnan(after[i]):
            notes.append(_held(units[i], after[i], held[i]))
    after = held

    vetoed = np.zeros(len(units), dtype=np.bool_)
    excluded, last, best_rank = vetoed.copy(), vetoed.copy(), np.ones(len(units))
    for item in (item for item in items if item.kind == "veto"):
        i = at[item.unit]
        vetoed[i] = True
        if item.effect == "exclude":
            excluded[i] = True
        elif item.effect == "last":
            last[i] = True
        elif item.effect == "cap_score" and item.limit is not None and after[i] > item.limit:
            notes.append(_held(item.unit, after[i], item.limit))
            after[i] = item.limit
        elif item.effect == "cap_rank" and item.limit is not None:
            best_rank[i] = max(best_rank[i], item.limit)

    ranks = _rank_under_veto(after, excluded, last, best_rank, ties)
    unmoved = rank(np.where(excluded, np.nan, after), ties=ties)
    for i in np.flatnonzero((ranks != unmoved) & (last | (best_rank > 1)) & ~np.isnan(ranks)).tolist():
        notes.append(
            Text(
                f"{units[i]}：因一票否决由第 {unmoved[i]:g} 名改为第 {ranks[i]:g} 名",
                f"{units[i]}: ranked {ranks[i]:g} instead of {unmoved[i]:g} because of a veto",
            )
        )
    return Adjusted(
        units=tuple(units),
        items=tuple(items),
        before=before,
        bonus=bonus,
        deduction=deduction,
        after=after,
        vetoed=vetoed,
        rank_before=rank(before, ties=ties),
        rank=ranks,
        notes=tuple(notes),
    )


def _held(unit: str, score: float, at: float) -> Text:
    return Text(f"{unit}：得分由 {score:g} 限为 {at:g}", f"{unit}: score {score:g} held at {at:g}")


def _rank_under_veto(
    scores: Floats, excluded: NDArray[np.bool_], last: NDArray[np.bool_], best_rank: Floats, ties: Ties
) -> Floats:
    """Fill the places from the first: the best score that is allowed there takes it, with all that tie with it.

    A place that nobody left may take stays empty: a veto that says "not among the first ten" holds among five units.
    """
    ranks = np.full(len(scores), np.nan)
    place = 1.0
    for tier in (~last, last):
        waiting = tier & ~excluded & ~np.isnan(scores)
        tie_class = rank(np.where(waiting, scores, np.nan), ties="dense")
        while waiting.any():
            place = max(place, float(best_rank[waiting].min()))
            allowed = waiting & (best_rank <= place)
            taken = allowed & (tie_class == tie_class[allowed].min())
            n = int(taken.sum())
            ranks[taken] = place + (n - 1) / 2.0 if ties == "average" else place
            place += 1.0 if ties == "dense" else n
            waiting &= ~taken
    return ranks


def _check(items: Sequence[AdjustmentItem], units: Sequence[str], index: Floats) -> None:
    if index.shape != (len(units),):
        raise EvaluationError(
            Text(
                f"得分 {index.shape} 与单位数 {len(units)} 不符",
                f"scores of shape {index.shape} for {len(units)} units",
            )
        )
    twice = [unit for unit, n in Counter(units).items() if n > 1]
    if twice:
        which = listed(twice)
        raise EvaluationError(
            Text(f"单位重复：{which.zh}；各期分别调整", f"units given twice: {which.en}; adjust each period by itself")
        )
    known = set(units)
    for number, item in enumerate(items, start=1):
        zh = en = ""
        if item.unit not in known:
            zh, en = "单位不在评价之列", "this unit is not evaluated"
        elif not item.reason.strip():
            zh, en = "没有写明理由", "no reason is given; write one"
        elif item.kind != "veto" and not 0 < item.points < np.inf:
            zh, en = (
                f"分值为 {item.points:g}，须为正数（减分也写正数）",
                f"points are {item.points:g}; write a positive number (for a deduction too)",
            )
        elif item.kind == "veto" and item.effect in ("cap_score", "cap_rank") and item.limit is None:
            zh, en = f"{item.effect} 须给出 limit", f"{item.effect} needs a limit"
        elif item.kind == "veto" and item.effect == "cap_rank" and (item.limit or 0) < 1:
            zh, en = "名次上限须不小于 1", "the limit of a rank is 1 or more"
        if zh:
            raise EvaluationError(
                Text(f"第 {number} 条（{item.unit}）：{zh}", f"adjustment {number} ({item.unit}): {en}")
            )

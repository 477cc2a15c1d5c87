"""One return against the same reporter's figures of the period before, and against its peers, by the statistics of
`gaoxin.returns`.

What change is usual is taken from the return itself: when everything grew tenfold, no single tenfold figure stands out.
What is usual among peers was worked out when their figures were fixed (`peers`).
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import numpy as np

from gaoxin.platform.statistics.document import Figures
from gaoxin.platform.statistics.peers import Norms, per_head
from gaoxin.problems import Problem
from gaoxin.returns.plausibility import Floats, logarithms, modified_z, slips
from gaoxin.returns.quality import FAR, HEADCOUNT, LEAST_COUNT, LEAST_ITEMS, LEAST_REPORTERS, TIMES, WHOLE_FORM
from gaoxin.rulebook.book import Book
from gaoxin.rulebook.entries import Item
from gaoxin.rulebook.kinds import UNKNOWN_UNIT
from gaoxin.rulebook.units import unit
from gaoxin.words import Text

USUAL = 3.5
"""Beyond this modified z-score a change is an outlier (Iglewicz and Hoaglin, 1993)."""


LAST_PERIOD, A_YEAR_BEFORE = Text("上期", "last period"), Text("上年同期", "the same period last year")
"""With what a return is compared, in words."""


def against_others(
    book: Book, entity: str, figures: Figures, before: Figures, usual: Norms, since: Text = LAST_PERIOD
) -> list[Problem]:
    """Slips of the unit, outliers and figures that vanished since ``before``, which is called ``since``; where there is
    none, how far a figure is from those of the peers."""
    items = [item for item in book.items.values() if item.entity == entity and item.decimals is not None]
    now, then = _numbers(items, figures), _numbers(items, before)
    change = logarithms(now) - logarithms(then)
    distance = _from_peers(items, figures, now, usual)
    money = np.array([_is_money(item) for item in items], dtype=bool)
    quotient = slips(np.where(money, change, np.nan), distance)
    slipped = np.isfinite(quotient)
    found = list(_vanished(book, entity, figures, before, since))
    compared = np.count_nonzero(np.isfinite(change) & money)
    most = max(np.count_nonzero(quotient > 1), np.count_nonzero(quotient < 1))
    if most >= LEAST_ITEMS and most >= WHOLE_FORM * compared:
        return [_whole(since, int(most), "|".join(figures.get(item.code, "") for item in items)), *found]
    for at in np.flatnonzero(slipped).tolist():
        found.append(_slip(since, items[at], now[at], then[at], quotient[at], figures[items[at].code]))
    rest = np.where(slipped, np.nan, change)
    z = modified_z(rest)
    usual_known = np.count_nonzero(np.isfinite(rest)) >= LEAST_REPORTERS
    # Nearer to the peers than last year: then it is last year's figure that was odd.
    odd_then = np.abs(distance) < 0.5 * np.abs(distance - change)
    for at, item in enumerate(items):
        if item.type == "integer" and max(now[at], 0 if np.isnan(then[at]) else then[at]) < LEAST_COUNT:
            continue
        if abs(rest[at]) > np.log(TIMES) and (not usual_known or abs(z[at]) > USUAL) and not odd_then[at]:
            found.append(_outlier(since, item, now[at], then[at], z[at] if usual_known else None, figures[item.code]))
        elif np.isnan(then[at]) and abs(distance[at]) > np.log(TIMES):
            score = 0.6745 * distance[at] / usual[item.code].spread
            if abs(score) > FAR:
                found.append(_unlike_peers(item, now[at], float(np.exp(distance[at])), score, figures[item.code]))
    return found


def _from_peers(items: list[Item], figures: Figures, now: Floats, usual: Norms) -> Floats:
    """Logarithm of each figure per head over the median of the peers; NaN where nothing is known of them."""
    head = np.array([float(figures.get(HEADCOUNT) or "nan")], dtype=np.float64)
    per = np.array([per_head(item, now[at : at + 1], head)[0] for at, item in enumerate(items)], dtype=np.float64)
    medians = [usual[item.code].median if item.code in usual else np.nan for item in items]
    return logarithms(per) - np.array(medians, dtype=np.float64)


def _numbers(items: list[Item], figures: Figures) -> Floats:
    return np.array([float(figures.get(item.code) or "nan") for item in items], dtype=np.float64)


def _is_money(item: Item) -> bool:
    return item.unit not in {None, UNKNOWN_UNIT} and unit(item.unit or "").dimension == unit("元").dimension


def _vanished(book: Book, entity: str, figures: Figures, before: Figures, since: Text) -> Iterator[Problem]:
    for code, text in before.items():
        item = book.items.get(code)
        if (
            item is None
            or item.entity != entity
            or figures.get(code)
            or item.decimals is None
            or not Decimal(text or 0)
        ):
            continue
        yield Problem(
            "compare.vanished", "warning",
            Text(f"{item.name.zh}{since.zh}为 {_shown(float(text))}，本期空白",
                 f"{item.name.en} was {_shown(float(text))} in {since.en} and is blank now"),
            Text("请补填；确无此数请说明原因", "fill it in; if there is none, say why"),
            item=code, value="",
        )  # fmt: skip


def _whole(since: Text, count: int, value: str) -> Problem:
    return Problem(
        "compare.unit-slip", "warning",
        Text(f"{count} 项金额都约为{since.zh}的千倍或千分之一，疑似整份报表单位有误",
             f"{count} amounts are about a thousand times those of {since.en}, or a thousandth: "
             "the whole return may be in another unit"),
        Text("请核对填报单位，属实请说明原因", "check the unit; if it is right, say why"),
        value=value,
    )  # fmt: skip


def _slip(since: Text, item: Item, now: float, then: float, quotient: float, value: str) -> Problem:
    times = Text("千倍或万倍", "a thousand or ten thousand times")
    if quotient < 1:
        times = Text("千分之一或万分之一", "a thousandth or ten-thousandth of")
    return Problem(
        "compare.unit-slip", "warning",
        Text(f"{item.name.zh}为 {_shown(now)}，约为{since.zh} {_shown(then)} 的{times.zh}，"
             f"疑似单位有误；应以{item.unit}填写",
             f"{item.name.en}: {_shown(now)} is about {times.en} {_shown(then)} in {since.en}, probably another unit; "
             f"it is reported in {item.unit}"),
        Text("请核对单位，属实请说明原因", "check the unit; if it is right, say why"),
        item=item.code, value=value,
    )  # fmt: skip


def _outlier(since: Text, item: Item, now: float, then: float, z: float | None, value: str) -> Problem:
    ratio = now / then
    shown = f"{ratio:,.1f}" if ratio >= 1 else f"1/{1 / ratio:,.1f}"
    zh, en = ("", "") if z is None else (f"，远于本表其他指标的变动（修正 z 值 {z:.1f}）",
                                        f", unlike the other figures of the return (modified z {z:.1f})")  # fmt: skip
    return Problem(
        "compare.outlier", "warning",
        Text(f"{item.name.zh}为 {_shown(now)}，是{since.zh} {_shown(then)} 的 {shown} 倍{zh}",
             f"{item.name.en}: {_shown(now)} is {shown} times {_shown(then)} in {since.en}{en}"),
        Text("请核对，属实请说明原因", "check it; if it is right, say why"),
        item=item.code, value=value,
    )  # fmt: skip


def _unlike_peers(item: Item, now: float, ratio: float, z: float, value: str) -> Problem:
    shown = f"{ratio:,.1f}" if ratio >= 1 else f"1/{1 / ratio:,.1f}"
    per = item.code != HEADCOUNT
    return Problem(
        "compare.peers", "warning",
        Text(f"{item.name.zh}为 {_shown(now)}，{'人均' if per else ''}是同行业中位数的 {shown} 倍（修正 z 值 {z:.1f}）",
             f"{item.name.en}: {_shown(now)} is {'per head ' if per else ''}{shown} times the median of its industry "
             f"(modified z {z:.1f})"),
        Text("请核对数值和单位，属实请说明原因", "check the figure and its unit; if it is right, say why"),
        item=item.code, value=value,
    )  # fmt: skip


def _shown(value: float) -> str:
    return f"{value:,.0f}" if value == round(value) else f"{value:,.3f}".rstrip("0")

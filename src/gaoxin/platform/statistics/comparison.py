"""One return against the same reporter's figures of the period before, by the statistics of `gaoxin.returns`.

What is usual is taken from the return itself: when everything grew tenfold, no single tenfold figure stands out.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import numpy as np

from gaoxin.platform.statistics.document import Figures
from gaoxin.problems import Problem
from gaoxin.returns.plausibility import Floats, logarithms, modified_z, slips
from gaoxin.returns.quality import LEAST_COUNT, LEAST_ITEMS, LEAST_REPORTERS, TIMES, WHOLE_FORM
from gaoxin.rulebook.book import Book
from gaoxin.rulebook.entries import Item
from gaoxin.rulebook.kinds import UNKNOWN_UNIT
from gaoxin.rulebook.units import unit
from gaoxin.words import Text

USUAL = 3.5
"""Beyond this modified z-score a change is an outlier (Iglewicz and Hoaglin, 1993)."""


def against_earlier(book: Book, entity: str, figures: Figures, before: Figures) -> list[Problem]:
    """Slips of the unit, outliers and figures that vanished since the period before; nothing without one."""
    if not before:
        return []
    items = [item for item in book.items.values() if item.entity == entity and item.decimals is not None]
    now, then = _numbers(items, figures), _numbers(items, before)
    change = logarithms(now) - logarithms(then)
    money = np.array([_is_money(item) for item in items], dtype=bool)
    quotient = slips(np.where(money, change, np.nan), np.full(len(items), np.nan))
    slipped = np.isfinite(quotient)
    found = list(_vanished(book, entity, figures, before))
    compared = np.count_nonzero(np.isfinite(change) & money)
    most = max(np.count_nonzero(quotient > 1), np.count_nonzero(quotient < 1))
    if most >= LEAST_ITEMS and most >= WHOLE_FORM * compared:
        return [_whole(int(most), "|".join(figures.get(item.code, "") for item in items)), *found]
    for at in np.flatnonzero(slipped).tolist():
        found.append(_slip(items[at], now[at], then[at], quotient[at], figures[items[at].code]))
    rest = np.where(slipped, np.nan, change)
    z = modified_z(rest)
    usual_known = np.count_nonzero(np.isfinite(rest)) >= LEAST_REPORTERS
    for at, item in enumerate(items):
        large = item.type != "integer" or max(now[at], then[at]) >= LEAST_COUNT
        if large and abs(rest[at]) > np.log(TIMES) and (not usual_known or abs(z[at]) > USUAL):
            found.append(_outlier(item, now[at], then[at], z[at] if usual_known else None, figures[item.code]))
    return found


def _numbers(items: list[Item], figures: Figures) -> Floats:
    return np.array([float(figures.get(item.code) or "nan") for item in items], dtype=np.float64)


def _is_money(item: Item) -> bool:
    return item.unit not in {None, UNKNOWN_UNIT} and unit(item.unit or "").dimension == unit("元").dimension


def _vanished(book: Book, entity: str, figures: Figures, before: Figures) -> Iterator[Problem]:
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
            Text(f"{item.name.zh}上期为 {_shown(float(text))}，本期空白",
                 f"{item.name.en} was {_shown(float(text))} last period and is blank now"),
            Text("请补填；确无此数请说明原因", "fill it in; if there is none, say why"),
            item=code, value="",
        )  # fmt: skip


def _whole(count: int, value: str) -> Problem:
    return Problem(
        "compare.unit-slip", "warning",
        Text(f"{count} 项金额都约为上期的千倍或千分之一，疑似整份报表单位有误",
             f"{count} amounts are about a thousand times last period's, or a thousandth: "
             "the whole return may be in another unit"),
        Text("请核对填报单位，属实请说明原因", "check the unit; if it is right, say why"),
        value=value,
    )  # fmt: skip


def _slip(item: Item, now: float, then: float, quotient: float, value: str) -> Problem:
    times = Text("千倍或万倍", "a thousand or ten thousand times")
    if quotient < 1:
        times = Text("千分之一或万分之一", "a thousandth or ten-thousandth of")
    return Problem(
        "compare.unit-slip", "warning",
        Text(f"{item.name.zh}为 {_shown(now)}，约为上期 {_shown(then)} 的{times.zh}，疑似单位有误；应以{item.unit}填写",
             f"{item.name.en}: {_shown(now)} is about {times.en} last period's {_shown(then)}, probably another unit; "
             f"it is reported in {item.unit}"),
        Text("请核对单位，属实请说明原因", "check the unit; if it is right, say why"),
        item=item.code, value=value,
    )  # fmt: skip


def _outlier(item: Item, now: float, then: float, z: float | None, value: str) -> Problem:
    ratio = now / then
    shown = f"{ratio:,.1f}" if ratio >= 1 else f"1/{1 / ratio:,.1f}"
    zh, en = ("", "") if z is None else (f"，远于本表其他指标的变动（修正 z 值 {z:.1f}）",
                                        f", unlike the other figures of the return (modified z {z:.1f})")  # fmt: skip
    return Problem(
        "compare.outlier", "warning",
        Text(f"{item.name.zh}为 {_shown(now)}，是上期 {_shown(then)} 的 {shown} 倍{zh}",
             f"{item.name.en}: {_shown(now)} is {shown} times last period's {_shown(then)}{en}"),
        Text("请核对，属实请说明原因", "check it; if it is right, say why"),
        item=item.code, value=value,
    )  # fmt: skip


def _shown(value: float) -> str:
    return f"{value:,.0f}" if value == round(value) else f"{value:,.3f}".rstrip("0")

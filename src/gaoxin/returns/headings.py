"""What a column heading means: who reports, which period, which item, in which unit.

Headings are written by people: ``qc05_0``, ``营业收入``, ``营业收入（万元）``, ``qc05_0 营业收入``. The items come from
the rulebook; the words for reporters and periods are those that offices use.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from gaoxin.returns.cells import narrow
from gaoxin.rulebook.book import Book
from gaoxin.rulebook.entries import Item
from gaoxin.rulebook.units import Unit, UnitError, unit

Role = Literal[
    "key", "name", "period", "item", "reporter", "measure", "value", "unit", "expert", "score", "remark", "synthetic",
    "attribute",
]  # fmt: skip

_WORDS: Mapping[Role, tuple[str, ...]] = {
    "period": ("period", "期", "期别", "年份", "年度", "统计年度", "报告期", "统计期", "year", "季度", "月份", "年"),
    "reporter": ("单位", "填报单位", "报送单位", "reporter", "unit"),
    "measure": ("item", "指标", "指标代码", "指标编号", "指标名称", "indicator", "item_code"),
    "value": ("value", "数值", "值", "数据", "本年", "本期", "本期数", "本年数", "figure"),
    "unit": ("计量单位", "measure_unit"),
    "expert": ("expert", "专家", "专家姓名", "专家编号", "评委"),
    "score": ("score", "评分", "得分", "分数", "打分"),
    "remark": ("remark", "备注", "评语", "说明", "理由"),
    "attribute": ("class", "类别", "园区类别", "分类", "分组", "group"),
    "synthetic": ("synthetic", "合成", "合成数据", "是否合成"),
}
_CREDIT_CODE = (
    "统一社会信用代码", "社会信用代码", "信用代码", "组织机构代码/统一社会信用代码", "uscc", "credit_code", "qa03",
)  # fmt: skip
_KEYS: Mapping[str, tuple[str, ...]] = {
    "zone": (
        "园区", "园区代码", "园区编码", "高新区", "高新区代码", "开发区", "开发区代码", "所属园区", "所在园区",
        "所属高新区", "所在高新区", "zone_code",
    ),
    "firm": (*_CREDIT_CODE, "企业代码", "单位代码", "企业", "firm_code"),
    "project": ("项目编号", "项目代码", "项目序号", "project_code"),
}  # fmt: skip
_NAMES: Mapping[str, tuple[str, ...]] = {
    "zone": ("园区名称", "高新区名称", "开发区名称", "zone_name"),
    "firm": ("企业名称", "单位名称", "单位详细名称", "企业详细名称", "firm_name", "enterprise_name"),
}

_BRACKETED = re.compile(r"(.*?)\s*[(（\[【]\s*([^()（）\[\]【】]+?)\s*[)）\]】]")
_SEPARATORS = re.compile(r"[\s:：,，、;；|]+")
_IN_NAMES = re.compile(r"[\s:：,，、;；.。]+")


@dataclass(frozen=True, slots=True)
class Heading:
    """What one heading says.

    ``items`` are the items it can mean (more than one when a form uses a name twice), ``stated_unit`` is the unit
    written in it, ``credit_code`` is True when it promises unified social credit codes.
    """

    role: Role
    entity: str | None = None
    items: tuple[str, ...] = ()
    stated_unit: str | None = None
    credit_code: bool = False


def known_unit(text: str) -> Unit | None:
    """The unit that ``text`` names, if it names one."""
    plain = narrow(text)
    if not plain or plain[0].isdigit():
        return None
    try:
        return unit(plain)
    except UnitError:
        return None


def plain_name(label: str) -> str:
    """A name as it is compared: without spaces, punctuation and 其中.

    >>> plain_name("其中：出口 总额") == plain_name("出口总额")
    True
    """
    return _IN_NAMES.sub("", narrow(label).casefold()).removeprefix("其中")


class Vocabulary:
    """The headings that can occur: items of a book, reporters, periods, and the words of long tables."""

    def __init__(self, book: Book, attributes: Iterable[str] = ()) -> None:
        self._roles: dict[str, Heading] = {
            word.casefold(): Heading(role) for role, words in _WORDS.items() for word in words
        }
        self._roles.update({plain_name(name): Heading("attribute") for name in attributes})
        for code, entity in book.entities.items():
            for word in (code, entity.name.zh, entity.name.en, *_KEYS.get(code, ())):
                self._roles[plain_name(word)] = Heading("key", code, credit_code=word in _CREDIT_CODE)
            for word in (f"{code}_name", *_NAMES.get(code, ())):
                self._roles[plain_name(word)] = Heading("name", code)
        self._codes: dict[str, Item] = {item.code.casefold(): item for item in book.items.values()}
        self._names: dict[str, list[str]] = {}
        for item in book.items.values():
            for name in {plain_name(item.name.zh), plain_name(item.name.en)} - {""}:
                self._names.setdefault(name, []).append(item.code)
        self.items: Mapping[str, Item] = book.items

    def read(self, label: str) -> Heading | None:
        """What ``label`` means, or None.

        A code wins over a name; a unit in brackets at the end is taken off when it is one.
        """
        text = narrow(label)
        if not text:
            return None
        heading = self._exact(text)
        if heading is not None:
            return heading
        bracketed = _BRACKETED.fullmatch(text)
        if bracketed:
            outside, inside = bracketed[1], bracketed[2]
            if inside.casefold() in self._codes:
                return Heading("item", items=(self._codes[inside.casefold()].code,))
            if known_unit(inside) is not None:
                heading = self.read(outside)
                return heading and Heading(heading.role, heading.entity, heading.items, inside, heading.credit_code)
        first = _SEPARATORS.split(text)[0].casefold()
        if first in self._codes:
            return Heading("item", items=(self._codes[first].code,))
        return None

    def _exact(self, text: str) -> Heading | None:
        code = self._codes.get(text.casefold())
        role = self._roles.get(text.casefold()) or self._roles.get(plain_name(text))
        if role is not None:
            return role
        if code is not None:
            return Heading("item", items=(code.code,))
        named = self._names.get(plain_name(text))
        return Heading("item", items=tuple(named)) if named else None

    def close_to(self, label: str) -> list[str]:
        """Headings that ``label`` may have been meant to be."""
        known = {**{code: item.code for code, item in self._codes.items()}, **{name: name for name in self._names}}
        return [known[name] for name in get_close_matches(plain_name(label), known, n=3, cutoff=0.6)]


def resolve_repeated(columns: Sequence[tuple[int, Heading]], items: Mapping[str, Item]) -> dict[int, str | None]:
    """Which item each column is, when a form uses a name more than once (其中:增值税 under 上缴 and under 减免).

    The k-th column of a name is the k-th item of that name, in the order of the form, when there are as many columns as
    items; otherwise the column stays undecided (None).

    Parameters
    ----------
    columns
        Position and heading of the item columns, in the order of the sheet.
    items
        The items of the book, in its order.
    """
    decided: dict[int, str | None] = {}
    by_name: dict[tuple[str, ...], list[int]] = {}
    taken = {heading.items[0] for _, heading in columns if len(heading.items) == 1}
    for position, heading in columns:
        if len(heading.items) == 1:
            decided[position] = heading.items[0]
        else:
            by_name.setdefault(tuple(code for code in heading.items if code not in taken), []).append(position)
    order = {code: i for i, code in enumerate(items)}
    for codes, positions in by_name.items():
        in_order = sorted(codes, key=order.__getitem__)
        for k, position in enumerate(positions):
            decided[position] = in_order[k] if len(codes) == len(positions) else None
    return decided

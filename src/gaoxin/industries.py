"""Industry codes (国民经济行业分类, GB/T 4754-2017): what they are called, and which cannot be one.

The list (``books/registers/industries_gbt4754_2017.csv``) was put together from public transcriptions of the standard
and is marked secondary. A code outside its groups is therefore refused; a class that the list lacks within a group it
has is let through, and said to be unknown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from gaoxin.registers import load_register
from gaoxin.words import Text

REGISTER = "industries-gbt4754-2017"


@cache
def names() -> Mapping[str, str]:
    """Chinese names by code: 门类 (letter), 大类 (2 digits), 中类 (3), 小类 (4)."""
    return {row["code"]: row["name"] for row in load_register(REGISTER).rows}


def industry_name(code: str) -> str:
    """Name of the industry ``code``; of its group where the list lacks the class; blank when neither is known.

    >>> industry_name("3963"), industry_name("398")
    ('智能无人飞行器制造', '电子元件及电子专用材料制造')
    """
    return names().get(code) or names().get(code[:3], "")


def in_doubt(code: str) -> Text | None:
    """What is not sure about ``code``: a class that the list does not have; None for one that it has."""
    if code in names():
        return None
    return Text("所附代码表中没有这个小类", "the list that ships does not have this class")


def industry_fault(code: str) -> Text | None:
    """What is wrong with the four digits of a class (小类), or None.

    >>> industry_fault("3963") is None, str(industry_fault("9800"))
    (True, '行业代码 9800 不属于 GB/T 4754-2017 的任何中类')
    """
    if not re.fullmatch(r"[0-9]{4}", code):
        return Text(f"行业代码 {code} 应为 4 位数字", f"the industry code {code} must have 4 digits")
    if code not in names() and code[:3] not in names():
        return Text(
            f"行业代码 {code} 不属于 GB/T 4754-2017 的任何中类",
            f"the industry code {code} is in no group of GB/T 4754-2017",
        )
    return None

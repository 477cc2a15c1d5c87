"""Rules that a notice states for reading its own lists of units.

各项措施中排序第一的责任单位为该项牵头单位 and 逗号前面的为牵头单位 say who leads without naming anybody.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from gaoxin.notices.notice import Unit
from gaoxin.words import Text

_FIRST = re.compile(
    r"(?:列|排|位列|位居|排序|排名|排在|名列|顺序)(?:在|为)?(?:第一|首位|第一位|最前|首)(?:位)?的?[^。,;]{0,14}?牵头"
    r"|第一(?:个|责任)?单位为[^。,;]{0,6}牵头"
)
_BEFORE_COMMA = re.compile(r"逗号(?:之)?前(?:面)?的?[^。,;]{0,8}为牵头")


@dataclass(frozen=True, slots=True)
class Conventions:
    """What the notice says of its lists."""

    first_leads: bool = False
    before_comma_leads: bool = False

    @property
    def said(self) -> Text | None:
        """The convention in words; None when the notice states none."""
        if self.before_comma_leads:
            return Text(
                "通知写明逗号前的责任单位为牵头单位，已据此标注",
                "the notice says that the units before the comma lead; marked so",
            )
        if self.first_leads:
            return Text(
                "通知写明排在第一位的责任单位为牵头单位，已据此标注",
                "the notice says that the first unit of each list leads; marked so",
            )
        return None

    def apply(self, units: Sequence[Unit], source: str) -> tuple[Unit, ...]:
        """``units`` of one statement with the leads that the convention makes."""
        if not units or any(unit.role == "lead" for unit in units):
            return tuple(units)
        leading = 1 if self.first_leads else 0
        if self.before_comma_leads:
            between = [source[one.name.span.end : other.name.span.start] for one, other in pairwise(units)]
            leading = next((k for k, text in enumerate(between, 1) if "，" in text or "," in text), 0)
        return (
            *(replace(unit, role="lead", role_marked=True) for unit in units[:leading]),
            *units[leading:],
        )


def find_conventions(text: str) -> Conventions:
    """The conventions stated in the folded ``text``.

    >>> find_conventions("列第一位的责任单位为牵头单位")
    Conventions(first_leads=True, before_comma_leads=False)
    """
    before_comma = _BEFORE_COMMA.search(text) is not None
    return Conventions(not before_comma and _FIRST.search(text) is not None, before_comma)

"""Numbers as notices write them: 12, 十二, 一百零五, 二〇二一, 1.2万; and calendar dates."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

HAN_DIGITS = {digit: value for value, digit in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2}
_TENS = {"十": 10, "百": 100, "千": 1000}
_MYRIADS = {"万": 10_000, "亿": 100_000_000}
HAN_NUMBER = "〇零一二两三四五六七八九十百千"


def han_integer(text: str) -> int | None:
    """The integer that ``text`` writes in Chinese numerals; None when it does not write one.

    >>> han_integer("二十三"), han_integer("一百零五"), han_integer("二〇二一"), han_integer("十"), han_integer("年")
    (23, 105, 2021, 10, None)
    """
    if not text or any(c not in HAN_DIGITS and c not in _TENS and c not in _MYRIADS for c in text):
        return None
    if all(c in HAN_DIGITS for c in text):
        return int("".join(str(HAN_DIGITS[c]) for c in text))
    total = section = digit = 0
    for c in text:
        if c in HAN_DIGITS:
            digit = HAN_DIGITS[c]
        elif c in _TENS:
            section += (digit or 1) * _TENS[c]
            digit = 0
        else:
            total += (section + digit or 1) * _MYRIADS[c]
            section = digit = 0
    return total + section + digit


def integer(text: str) -> int | None:
    """The integer in Arabic or Chinese numerals.

    >>> integer("12"), integer("十二")
    (12, 12)
    """
    return int(text) if text.isascii() and text.isdigit() else han_integer(text)


def amount(text: str) -> Decimal | None:
    """The number of ``text``: digits with thousands separators, or Chinese numerals; None when it is neither.

    >>> amount("1,200.5"), amount("三十")
    (Decimal('1200.5'), Decimal('30'))
    """
    plain = text.replace(",", "")
    if re.fullmatch(r"[0-9]+(\.[0-9]+)?", plain):
        return Decimal(plain)
    whole = han_integer(text)
    return None if whole is None else Decimal(whole)


@dataclass(frozen=True, slots=True)
class Day:
    """A day as written; ``date`` is None when the calendar has no such day."""

    start: int
    end: int
    date: date | None


_NUMBER = r"[0-9]{1,4}|[〇零一二三四五六七八九十]{1,4}"
DAY = re.compile(
    rf"(?P<year>{_NUMBER}) ?年 ?(?P<month>{_NUMBER}) ?月 ?(?P<day>{_NUMBER}) ?日"
    r"|(?P<y>20[0-9]{2}|19[0-9]{2})(?P<sep>[-./])(?P<m>[0-9]{1,2})(?P=sep)(?P<d>[0-9]{1,2})(?![0-9])"
)


def days(text: str) -> list[Day]:
    """Every calendar day written in ``text`` (folded): 2021年7月23日, 二〇二一年七月二十三日, 2021-07-23.

    >>> [day.date.isoformat() for day in days("2021年7月23日至二〇二六年八月三十一日") if day.date]
    ['2021-07-23', '2026-08-31']
    """
    found = []
    for match in DAY.finditer(text):
        parts = [match["year"] or match["y"], match["month"] or match["m"], match["day"] or match["d"]]
        year, month, day = (integer(part) or 0 for part in parts)
        try:
            calendar = date(year, month, day) if year >= 1900 else None
        except ValueError:
            calendar = None
        found.append(Day(match.start(), match.end(), calendar))
    return found

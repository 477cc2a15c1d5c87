"""What a person chose in the top bar and the session remembers: where they act, the period, the unit of money.

A choice is sent to the page *choose* and comes back to the page it was made on. What an address says (``?period=2025``)
goes before what is remembered, so an address that is mailed shows the same to everybody.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from gaoxin.platform.access.middleware import ACTING_AT
from gaoxin.platform.language import language
from gaoxin.rulebook.kinds import UNKNOWN_UNIT
from gaoxin.rulebook.units import unit

MONEY = {"yuan": "元", "wan": "万元", "yi": "亿元"}
"""Units in which amounts can be shown; without a choice they are shown as they were reported."""
DECIMALS = {"万元": 2, "亿元": 4}
"""Decimals shown of amounts that were converted."""
_PERIOD = re.compile(r"[0-9]{4}(-(Q[1-4]|0[1-9]|1[0-2]))?")
_KEPT = {"place": ACTING_AT, "period": "period", "money": "money"}


def remember(request: HttpRequest) -> None:
    """Keep what was chosen, as far as it is a choice at all; an empty value forgets."""
    for name, key in _KEPT.items():
        value = request.POST.get(name)
        if value is None:
            continue
        if name == "place" and re.fullmatch("[0-9]{1,12}", value):
            request.session[key] = int(value)
        elif (name == "period" and _PERIOD.fullmatch(value)) or (name == "money" and value in MONEY):
            request.session[key] = value
        elif not value:
            request.session.pop(key, None)


def back(request: HttpRequest) -> str:
    """The page on which the choice was made, without what its address said of the same."""
    wanted = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        return "/"
    parts = urlsplit(wanted)
    left = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] not in request.POST]
    return parts._replace(query=urlencode(left)).geturl()


def period(request: HttpRequest, known: Sequence[str]) -> str:
    """The period a page is about: what its address says, or what was chosen, or the first of ``known``; "" for none.

    ``known`` are the periods there are something of, the latest first.
    """
    for wanted in (request.GET.get("period", ""), request.session.get("period", "")):
        if wanted in known:
            return wanted
    return known[0] if known else ""


@dataclass(frozen=True, slots=True)
class Money:
    """The unit in which amounts are shown; empty: as they were reported."""

    unit: str = ""

    @staticmethod
    def chosen(request: HttpRequest) -> Money:
        """What was chosen in this session."""
        return Money(MONEY.get(request.session.get("money", ""), ""))

    def shown_unit(self, of: str | None) -> str:
        """The unit that stands in the heading, in the language of the page; nothing for a plain number."""
        if of in {None, "1", UNKNOWN_UNIT}:
            return ""
        return unit(self.unit if _factor(str(of), self.unit) is not None else str(of)).say(language())

    def decimals(self, of: str | None) -> int | None:
        """Decimals shown of a converted amount; None: as they are."""
        converted = _factor(str(of), self.unit) is not None and self.unit != of
        return DECIMALS.get(self.unit) if converted else None

    def amount(self, value: Decimal, of: str | None) -> Decimal:
        """``value``, which is in the unit ``of``, in the chosen unit; itself when it is no amount of money.

        >>> Money("万元").amount(Decimal("12345"), "千元"), Money("万元").amount(Decimal(7), "人")
        (Decimal('1234.5'), Decimal('7'))
        """
        factor = _factor(str(of), self.unit)
        return value if factor is None else value * factor[0] / factor[1]


@lru_cache(maxsize=256)
def _factor(of: str, to: str) -> tuple[int, int] | None:
    if not to or of in {"None", "", "1", UNKNOWN_UNIT}:
        return None
    found = unit(of).factor_to(unit(to))
    return None if found is None else (found.numerator, found.denominator)

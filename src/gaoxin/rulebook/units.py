"""Units of figures, with the strictness of a statistical form.

A unit is a product of powers of named units: 千元, 件/万人, 吨标准煤/万元. Two units are the same when they have the
same dimension *and* the same size: 千元 and 万元 are not (there is no silent conversion), and 人 and 件 cannot be
converted at all. Sizes are exact fractions, kept by Pint.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from typing import cast

import pint

from gaoxin.words import Language

# Counting units differ from each other on purpose: a person is not a patent, and a firm is not an institution.
_DIMENSIONS: Mapping[str, tuple[str, str]] = {
    "元": ("money", "yuan"),
    "美元": ("dollar", "US dollars"),
    "人": ("person", "persons"),
    "件": ("piece", "items"),
    "个": ("thing", "units"),
    "家": ("firm", "enterprises"),
    "项": ("case", "cases"),
    "篇": ("paper", "papers"),
    "种": ("sort", "kinds"),
    "次": ("time_count", "times"),
    "户": ("household", "households"),
    "所": ("institution", "institutions"),
    "台": ("machine", "machines"),
    "分": ("point", "points"),
    "月": ("time", "months"),
    "天": ("day", "days"),
    "小时": ("hour", "hours"),
    "吨标准煤": ("coal", "tonnes of coal equivalent"),
    "吨": ("mass", "tonnes"),
    "千瓦时": ("electricity", "kWh"),
    "平方米": ("area", "m²"),
    "立方米": ("volume", "m³"),
}
_DERIVED: Mapping[str, tuple[str, str]] = {
    "年": ("12 * 月", "years"),
    "人月": ("人 * 月", "person-months"),
    "人年": ("12 * 人 * 月", "person-years"),
    "亩": ("2000 / 3 * 平方米", "mu"),
    "公顷": ("10000 * 平方米", "hectares"),
    "平方公里": ("1000000 * 平方米", "km²"),
}
_PREFIXES: Mapping[str, tuple[int, str]] = {
    "百": (10**2, "hundred"),
    "千": (10**3, "thousand"),
    "万": (10**4, "ten thousand"),
    "十万": (10**5, "hundred thousand"),
    "百万": (10**6, "million"),
    "千万": (10**7, "ten million"),
    "亿": (10**8, "hundred million"),
    "十亿": (10**9, "billion"),
    "百亿": (10**10, "ten billion"),
    "千亿": (10**11, "hundred billion"),
    "万亿": (10**12, "trillion"),
}
# Pint reads names, not signs; the signs of ratios get names inside.
_SIGNS: Mapping[str, tuple[str, str]] = {"%": ("per_cent", "1 / 100"), "‰": ("per_mille", "1 / 1000")}


class UnitError(ValueError):
    """A unit that is not known; ``name`` is the part that could not be read."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"{name} is not a known unit")


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: its parts as written, its size and its dimension.

    Equality and hash look at size and dimension only, so 件/万人 equals a quotient of 件 and 万人.
    """

    parts: tuple[tuple[str, int], ...] = field(default=(), compare=False)
    size: Fraction = Fraction(1)
    dimension: tuple[tuple[str, int], ...] = ()

    @property
    def is_bare(self) -> bool:
        """True for a plain number."""
        return not self.dimension and self.size == 1

    def __mul__(self, other: Unit) -> Unit:
        return self._combined(other, 1)

    def __truediv__(self, other: Unit) -> Unit:
        return self._combined(other, -1)

    def _combined(self, other: Unit, sign: int) -> Unit:
        parts = tuple(_merge(self.parts, other.parts, sign).items())
        dimension = tuple(sorted(_merge(self.dimension, other.dimension, sign).items()))
        return Unit(parts, self.size * other.size**sign, dimension)

    def factor_to(self, other: Unit) -> Fraction | None:
        """What a number in this unit is multiplied by to be in ``other``; None when the dimensions differ.

        >>> str(unit("千元").factor_to(unit("亿元")))
        '1/100000'
        """
        return self.size / other.size if self.dimension == other.dimension else None

    def say(self, language: Language = "zh") -> str:
        """The unit in words; empty for a plain number.

        >>> unit("件/万人").say("en")
        'items per ten thousand persons'
        """
        over = [_name(part, language) + _power(power) for part, power in self.parts if power > 0]
        under = [_name(part, language, divisor=True) + _power(-power) for part, power in self.parts if power < 0]
        above, per = "·".join(over), "/" if language == "zh" else " per "
        return (above or "1") + per + per.join(under) if under else above

    def __str__(self) -> str:
        return self.say()


BARE = Unit()


@lru_cache(maxsize=1)
def _registry() -> pint.UnitRegistry[Fraction]:
    # 百亿元 may be read as 百·亿元 or 百亿·元, which are the same: no site needs to hear of it.
    logging.getLogger("pint.util").setLevel(logging.ERROR)
    registry: pint.UnitRegistry[Fraction] = pint.UnitRegistry(None, non_int_type=Fraction)
    for prefix, (size, _) in _PREFIXES.items():
        registry.define(f"{prefix}- = {size}")
    for name, (dimension, _) in _DIMENSIONS.items():
        registry.define(f"{name} = [{dimension}]")
    for name, (definition, _) in _DERIVED.items():
        registry.define(f"{name} = {definition}")
    for name, definition in _SIGNS.values():
        registry.define(f"{name} = {definition}")
    return registry


@lru_cache(maxsize=4096)
def unit(text: str) -> Unit:
    """The unit written as ``text``: names joined by ``·`` or ``*``, then ``/`` before each divisor; ``1`` is none.

    Raises UnitError when a name is not known.

    >>> unit("千元") / unit("人") == unit("千元/人"), unit("人") == unit("件")
    (True, False)
    """
    result = BARE
    stripped = text.replace(" ", "")
    if stripped in {"", "1"}:
        return result
    for index, group in enumerate(stripped.split("/")):
        for name in re.split(r"[·*]", group):
            if index == 0 and name == "1":
                continue
            result = result / _atom(name) if index else result * _atom(name)
    return result


def unknown_unit(code: str) -> Unit:
    """The unit of a figure whose document does not say it: it fits nothing but the figure itself.

    >>> unknown_unit("qj85") == unknown_unit("qj86")
    False
    """
    return Unit(((f"unknown({code})", 1),), Fraction(1), ((f"unknown({code})", 1),))


def known_units() -> tuple[str, ...]:
    """Names that a unit may be built from, without their multiples (万元, 亿元 …)."""
    return (*_DIMENSIONS, *_DERIVED, *_SIGNS)


@lru_cache(maxsize=512)
def _split(name: str) -> tuple[str, str] | None:
    """Multiple and base of a unit's name: 万吨标准煤 is 万 + 吨标准煤."""
    bases = (*_DIMENSIONS, *_DERIVED)
    if name in bases or name in _SIGNS:
        return "", name
    splits = ((name.removesuffix(base), base) for base in bases if name.endswith(base))
    return next((split for split in splits if split[0] in _PREFIXES), None)


def _atom(name: str) -> Unit:
    if _split(name) is None:
        raise UnitError(name)
    root = _registry().Quantity(Fraction(1), _SIGNS[name][0] if name in _SIGNS else name).to_root_units()
    dimension = tuple(sorted((base, int(cast(Fraction, power))) for base, power in root.unit_items()))
    return Unit(((name, 1),), Fraction(root.magnitude), dimension)


def _merge(a: Iterable[tuple[str, int]], b: Iterable[tuple[str, int]], sign: int) -> dict[str, int]:
    powers = dict(a)
    for name, power in b:
        powers[name] = powers.get(name, 0) + sign * power
    return {name: power for name, power in powers.items() if power}


def _power(power: int) -> str:
    return "" if power == 1 else f"^{power}"


def _name(name: str, language: Language, *, divisor: bool = False) -> str:
    split = _split(name)
    if language == "zh":
        return name
    if split is None:
        return "unknown"
    prefix, base = split
    gloss = next((words[base][1] for words in (_DIMENSIONS, _DERIVED) if base in words), base)
    if prefix:
        return f"{_PREFIXES[prefix][1]} {gloss}"
    return gloss.removesuffix("s") if divisor else gloss

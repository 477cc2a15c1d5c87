"""What a figure or a link may name: indicators of the systems, items of the rulebooks, incentives, zones.

Every code is looked up where it is defined, so that no measure leads to something that does not exist.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import SequenceMatcher
from typing import NoReturn

from gaoxin.platform.access.roles import Kind
from gaoxin.platform.evaluations import systems
from gaoxin.platform.measures.models import Link
from gaoxin.platform.organisations.models import Organisation
from gaoxin.platform.refusals import refuse
from gaoxin.platform.statistics import books
from gaoxin.rulebook.entries import Item
from gaoxin.rulebook.indicators import Node
from gaoxin.words import Language, Text

_LANGUAGES: tuple[Language, ...] = ("zh", "en")
_NEAR = 3
"""Codes that are offered for a wrong one."""
_ENTITIES = ("zone", "firm")
"""Whose figures have a place in the tree, so that they can be added up for a zone or the city."""


def indicator(key: str, field: str = "code") -> tuple[str, Node]:
    """The system and the indicator of ``national-2021:1.2``; a refusal at ``field`` if there is none."""
    name, _, number = key.partition(":")
    known = {f"{system}:{node.no}": node for system in _systems() for node in systems.system(system).indicators}
    if key not in known:
        listed = [one for one in known if one.startswith(f"{name}:")] or list(known)
        if not number:
            listed = [one for one in known if one.endswith(f":{key}")] or listed
        _unknown(field, key, {one: known[one].name for one in listed}, Text("指标", "indicator"))
    return name, known[key]


def indicators() -> list[tuple[str, list[tuple[str, Node]]]]:
    """Every indicator that an evaluation can compute, by system."""
    return [
        (name, [(f"{name}:{node.no}", node) for node in systems.system(name).indicators]) for name in _systems()
    ]  # fmt: skip


def item(key: str, field: str = "code") -> tuple[str, Item]:
    """The rulebook and the numeric item of ``zone-return-2021:gx_new_firms``; a refusal at ``field`` if there is none.

    Only items that zones and firms report themselves: they can be added up for a zone, or for the city.
    """
    name, _, code = key.partition(":")
    if name not in books.book_names():
        titles = {one: books.book(one).title for one in books.book_names()}
        _unknown(field, name, titles, Text("规则书", "rulebook"))
    known = {one.code: one for one in items(name)}
    if code not in known:
        _unknown(field, code, {one.code: one.name for one in known.values()}, Text("数值项目", "numeric item"))
    return name, known[code]


def items(book: str) -> list[Item]:
    """The numeric items of a rulebook that can be added up by place."""
    return [one for one in books.book(book).items.values() if one.entity in _ENTITIES and one.decimals is not None]


def link_name(kind: str, code: str) -> Text:
    """The name of what a link leads to; a refusal if it leads nowhere."""
    if kind == Link.Kind.INDICATOR:
        return indicator(code)[1].name
    if kind == Link.Kind.ITEM:
        return item(code)[1].name
    if kind == Link.Kind.INCENTIVE:
        known = {code: one.name for name in books.book_names() for code, one in books.book(name).benefits.items()}
        if code not in known:
            _unknown("code", code, known, Text("优惠政策", "incentive"))
        return known[code]
    zone = Organisation.objects.filter(code=code, kind__in=(Kind.ZONE, Kind.PARK)).first()
    if zone is None:
        refuse("measures.no-zone", "code", Text(f"没有代码为 {code} 的园区", f"there is no zone {code}"))
    return zone.label


def _systems() -> list[str]:
    return [name for name, _ in systems.choices()]


def _unknown(field: str, code: str, known: Mapping[str, Text], what: Text) -> NoReturn:
    """Refuse ``code``, with what it may have been meant to be: by its name, or by a code like it."""
    written = {one: (one, name.zh, name.en) for one, name in known.items()}
    named = [one for one, ways in written.items() if code and any(code.lower() in way.lower() for way in ways)]
    alike = {one: max(SequenceMatcher(None, code, way).ratio() for way in ways) for one, ways in written.items()}
    near = (named or sorted(alike, key=lambda one: -alike[one]))[:_NEAR]
    zh, en = (", ".join(f"{one} ({known[one].say(language)})" for one in near) for language in _LANGUAGES)
    refuse(
        "measures.no-code", field,
        Text(f"没有代码为 {code} 的{what.zh}", f"there is no {what.en} {code}"),
        Text(f"相近的有：{zh}", f"there are: {en}"),
    )  # fmt: skip

"""Registers of bodies: full names, short names and aliases, from the YAML files of ``gaoxin/books/bodies``.

``forms.yaml`` is not a list of bodies but of the words their names are made of, so that the bodies of a city nobody
made a register for are recognised too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, cast

from gaoxin.notices.text.view import folded
from gaoxin.problems import InputError, Problem
from gaoxin.rulebook.source import Source, read_source
from gaoxin.words import Text

_CONFIDENCES = ("official", "quoted", "secondary", "inferred", "unknown")
_LEVELS = (
    "national",
    "provincial",
    "municipal",
    "county",
    "township",
    "zone",
    "central-agency",
    "institution",
)


@dataclass(frozen=True, slots=True)
class Body:
    """One body of a register."""

    name: str
    short: str
    aliases: tuple[str, ...] = ()
    level: str = ""
    confidence: str = "unknown"
    until: str = ""
    """Year in which the name ended, where known."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Register:
    """The bodies of one place."""

    name: str
    place: str
    level: str
    title: Text
    bodies: tuple[Body, ...]
    districts: tuple[str, ...]
    cautions: tuple[Text, ...] = ()
    names: Mapping[str, Body] = field(default_factory=dict, repr=False, compare=False)
    """Every way to write a body's name (folded), with the place written or not."""

    def covers(self, place: str) -> bool:
        """Whether a notice of ``place`` speaks of this register's bodies (上海市, or a district of it)."""
        return bool(place) and place.startswith(self.place)


@dataclass(frozen=True, slots=True)
class Forms:
    """The words that names of local bodies are made of: short form → full form."""

    fields: Mapping[str, str]
    kinds: Mapping[str, str]
    others: Mapping[str, str]
    """Names built otherwise, with ``{place}`` where the place stands; empty where the full name is not known."""
    party: Mapping[str, str]


def load_register(path: Path) -> Register:
    """Read a register of your own; the format is that of ``gaoxin/books/bodies/shanghai.yaml``.

    Raises
    ------
    InputError
        A body without a name, a name that two bodies share, an unknown confidence: with file and line.
    """
    return _register(read_source(path))


@cache
def shipped_registers() -> tuple[Register, ...]:
    """The registers that ship.

    >>> [register.name for register in shipped_registers()]
    ['national', 'shanghai']
    """
    return tuple(_register(read_source(_home() / f"{name}.yaml", f"{name}.yaml")) for name in ("national", "shanghai"))


@cache
def forms() -> Forms:
    """The words that ship for the names of local bodies.

    >>> forms().fields["科技"], forms().kinds["委"]
    ('科学技术', '委员会')
    """
    data = cast("dict[str, Any]", read_source(_home() / "forms.yaml", "forms.yaml").data)

    def table(key: str) -> dict[str, str]:
        plain = dict.fromkeys(str(data.get(f"{key}_plain", "")).split(), "")
        return plain | {entry["short"]: entry["full"] for entry in data[key]}

    fields = table("fields")
    in_full = {full: full for full in fields.values() if full}
    return Forms(fields | in_full, table("kinds"), table("others"), table("party"))


def _home() -> Path:
    return Path(str(resources.files("gaoxin"))) / "books" / "bodies"


def _register(source: Source) -> Register:
    data = source.data
    problems: list[Problem] = []

    def problem(message: Text, *path: str | int) -> None:
        problems.append(Problem("register", "error", message, file=source.file, row=source.line(*path)))

    if not isinstance(data, dict) or not all(isinstance(data.get(key), str) for key in ("register", "place", "level")):
        problem(Text("机构名录需要 register、place、level", "a register of bodies needs register, place and level"))
        raise InputError(problems)
    entries = data.get("bodies") or []
    bodies: list[Body] = []
    names: dict[str, Body] = {}
    for i, entry in enumerate(entries if isinstance(entries, list) else []):
        if not isinstance(entry, dict) or not entry.get("name") or not entry.get("short"):
            problem(Text("机构需要 name 和 short", "a body needs name and short"), "bodies", i)
            continue
        body = _body(cast("dict[str, Any]", entry))
        if body.confidence not in _CONFIDENCES:
            problem(
                Text(
                    f"{body.name}：confidence 应为 {'、'.join(_CONFIDENCES)}",
                    f"{body.name}: confidence is one of {', '.join(_CONFIDENCES)}",
                ),
                "bodies",
                i,
            )
        if body.level and body.level not in _LEVELS:
            problem(
                Text(
                    f"{body.name}：level 应为 {'、'.join(_LEVELS)}",
                    f"{body.name}: level is one of {', '.join(_LEVELS)}",
                ),
                "bodies",
                i,
            )
        for written in _ways(body, str(data["place"]), str(data["level"])):
            if names.setdefault(written, body) is not body:
                problem(
                    Text(
                        f"“{written}”同时是 {names[written].name} 和 {body.name}",
                        f"“{written}” is both {names[written].name} and {body.name}",
                    ),
                    "bodies",
                    i,
                )
        bodies.append(body)
    if problems:
        raise InputError(problems)
    districts = cast("list[Any]", data.get("districts") or [])
    return Register(
        name=str(data["register"]),
        place=str(data["place"]),
        level=str(data["level"]),
        title=_text(data.get("title")),
        bodies=tuple(bodies),
        districts=tuple(str(entry["name"] if isinstance(entry, dict) else entry) for entry in districts),
        cautions=tuple(_text(caution) for caution in cast("list[Any]", data.get("cautions") or [])),
        names=names,
    )


def _body(entry: dict[str, Any]) -> Body:
    return Body(
        name=str(entry["name"]),
        short=str(entry["short"]),
        aliases=tuple(map(str, entry.get("aliases") or ())),
        level=str(entry.get("level") or ""),
        confidence=str(entry.get("confidence") or "unknown"),
        until=str(entry.get("until") or ""),
        note=str(entry.get("note") or ""),
    )


def _text(value: object) -> Text:
    if isinstance(value, dict):
        return Text(str(value.get("zh", "")), str(value.get("en", "")))
    return Text(str(value or ""), "")


def _ways(body: Body, place: str, level: str) -> set[str]:
    """All ways to write the body: 上海市科学技术委员会, 市科委, 上海市科委, 上海科委 …"""
    ways: set[str] = set()
    for name in (body.name, body.short, *body.aliases):
        written = folded(name)
        ways.add(written)
        if written.startswith(level) and not written.startswith(place):
            ways |= {place + written.removeprefix(level), place.removesuffix(level) + written}
        if written.startswith(place):
            ways.add(level + written.removeprefix(place))
    return ways

"""Which organisations of the platform a unit of a notice means."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gaoxin.notices.notice import Unit
from gaoxin.platform.access.roles import Kind
from gaoxin.platform.organisations.models import Organisation

_GOVERNMENT = "人民政府"


def meant(unit: Unit, organisations: Sequence[Organisation]) -> tuple[list[Organisation], bool]:
    """The organisations that ``unit`` means, and whether that is sure.

    Sure is a body whose full name or name as written is that of exactly one organisation, and a group of which the
    platform knows every member. Anything else is for a person to decide; what was found is a proposal.
    """
    if unit.certainty == "group":
        found = [one for member in unit.members if (one := _named([member], organisations))]
        return found, bool(unit.members) and len(found) == len(unit.members)
    one = _named([name for name in (unit.body, unit.name.plain) if name], organisations)
    return ([one], True) if one else ([], False)


def _named(names: Iterable[str], organisations: Sequence[Organisation]) -> Organisation | None:
    wanted = set()
    for name in names:
        wanted |= {name, name.removesuffix(_GOVERNMENT)}
    hits = [
        one
        for one in organisations
        if one.name in wanted
        # A register writes a district with its city before it, the tree without.
        or (one.kind == Kind.DISTRICT and any(name.endswith((one.name, one.name + _GOVERNMENT)) for name in wanted))
    ]
    return hits[0] if len(hits) == 1 else None

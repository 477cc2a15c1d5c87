"""The one table of role → permissions. Each app adds its rows in its ``permissions.py``; what is not in it is denied.

A role has a permission either *at its place* (the organisation of the assignment and everything below it) or in the
whole *city* (a bureau reads the figures of all zones, although it stands beside them in the tree).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from gaoxin.platform.access.roles import Role


class Reach(Enum):
    """How far a permission goes from the place at which a role is held."""

    PLACE = "place"
    CITY = "city"


@dataclass(frozen=True, slots=True, eq=False)
class Permission:
    """One permission: ``code`` is ``area.verb``; ``reach`` says which roles have it and how far."""

    code: str
    title: Any
    reach: Mapping[Role, Reach]

    def __str__(self) -> str:
        return self.code


TABLE: dict[str, Permission] = {}
"""All permissions by code, filled when the site starts."""


def permission(code: str, title: Any, *, city: Iterable[Role] = (), place: Iterable[Role] = ()) -> Permission:
    """Add a row to the table.

    Parameters
    ----------
    code
        ``area.verb``, for example ``returns.submit``; tokens name areas or codes.
    title
        What it allows, from `gaoxin.platform.language.words`.
    city
        Roles that have it everywhere in the city.
    place
        Roles that have it at their place and below.

    Raises
    ------
    ValueError
        When the code is there already, is not ``area.verb``, or a role stands in both lists.
    """
    city, place = tuple(city), tuple(place)
    if code in TABLE:
        raise ValueError(f"permission {code} is defined twice")
    if code.count(".") != 1:
        raise ValueError(f"permission {code!r} is not of the form area.verb")
    if both := set(city) & set(place):
        raise ValueError(f"permission {code}: {sorted(both)} stand in both lists")
    reach = {**dict.fromkeys(place, Reach.PLACE), **dict.fromkeys(city, Reach.CITY)}
    TABLE[code] = Permission(code, title, reach)
    return TABLE[code]

"""The reader: who asks, from where, and what of the city they may see. Every query and every action takes one.

Two rules hold everywhere: who lacks a permission altogether is told so (403); what lies outside the places where one
has it does not exist (404).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404

from gaoxin.platform.access.permissions import TABLE, Permission, Reach
from gaoxin.platform.access.roles import Role
from gaoxin.platform.access.scope import STEP, WHOLE, Scope
from gaoxin.words import Text

if TYPE_CHECKING:
    from gaoxin.platform.accounts.models import User
    from gaoxin.platform.organisations.models import Organisation

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Origin:
    """From where a request came: ``via`` is page, api, command or job; ``request`` its number in the logs."""

    via: str
    address: str = ""
    request: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A role held at an organisation."""

    role: Role
    path: str
    organisation: int
    label: Text = Text("", "")
    """The name of the organisation."""


@dataclass(frozen=True)
class Reader:
    """Somebody who reads or acts.

    ``limits`` are the areas and codes a token is good for (None: all); ``within`` is the path of the organisation that
    was chosen on the page; ``operator`` is who holds the machine: commands such as the demonstration data; ``held`` are
    all places of somebody who has chosen to act at one of them.
    """

    user: User | None
    origin: Origin
    places: tuple[Place, ...] = ()
    limits: frozenset[str] | None = None
    within: str = ""
    operator: bool = False
    held: tuple[Place, ...] = ()
    _scopes: dict[str, Scope] = field(default_factory=dict, compare=False, repr=False)

    @staticmethod
    def of(user: Any, origin: Origin, limits: frozenset[str] | None = None) -> Reader:
        """The reader that ``user`` is today; one query. Nobody has no places."""
        if not user.is_authenticated or not user.is_active:
            return Reader(None, origin)
        rows = user.assignments.in_force().values_list(
            "role", "organisation__path", "organisation_id", "organisation__name", "organisation__name_en"
        )
        places = tuple(Place(Role(role), path, key, Text(zh, en or zh)) for role, path, key, zh, en in rows)
        return Reader(user, origin, places, limits)

    @staticmethod
    def command(name: str) -> Reader:
        """Who runs a command on the machine of the site; the audit names the command."""
        return Reader(None, Origin("command", address=name), operator=True)

    @property
    def name(self) -> str:
        """How the audit names the reader."""
        return f"{self.user.name}（{self.user.username}）" if self.user else self.origin.address or "—"

    @property
    def roles(self) -> frozenset[Role]:
        """The roles held anywhere."""
        return frozenset(place.role for place in self.places)

    @property
    def organisations(self) -> dict[int, Text]:
        """The organisations at which a role is held, whichever is acted at now: names by key, from above downwards."""
        every = sorted(self.held or self.places, key=lambda place: place.path)
        return {place.organisation: place.label for place in every}

    def acting_at(self, organisation: int) -> Reader:
        """The same reader with the roles held at one organisation only; unchanged where none is held there."""
        there = tuple(place for place in self.places if place.organisation == organisation)
        return replace(self, places=there, held=self.places, _scopes={}) if there else self

    def at(self, organisation: Organisation) -> Reader:
        """The same reader, looking only at ``organisation`` and below."""
        return replace(self, within=organisation.path, _scopes={})

    def scope(self, permission: Permission | str) -> Scope:
        """Where the reader has ``permission``."""
        code = str(permission)
        if code not in self._scopes:
            self._scopes[code] = self._find(TABLE[code])
        return self._scopes[code]

    def _find(self, permission: Permission) -> Scope:
        if self.operator:
            return Scope((self.within or WHOLE,))
        area = permission.code.split(".")[0]
        if self.limits is not None and not self.limits & {area, permission.code}:
            return Scope()
        found = []
        for place in self.places:
            reach = permission.reach.get(place.role)
            if reach is not None:
                found.append(place.path[:STEP] if reach is Reach.CITY else place.path)
        scope = Scope.of(found)
        return scope.within(self.within) if self.within else scope

    def may(self, permission: Permission | str, organisation: Organisation | None = None) -> bool:
        """Whether the reader has ``permission``, anywhere or at ``organisation``.

        For showing buttons; never instead of `permit`.
        """
        scope = self.scope(permission)
        return bool(scope) if organisation is None else scope.contains(organisation.path)


def permit(reader: Reader, permission: Permission, organisation: Organisation) -> None:
    """Let pass who has ``permission`` at ``organisation``; every action begins with it.

    Raises
    ------
    PermissionDenied
        When the reader has it nowhere.
    Http404
        When the organisation lies outside of where they have it.
    """
    scope = reader.scope(permission)
    if not scope:
        raise PermissionDenied(permission.code)
    if not scope.contains(organisation.path):
        raise Http404


def limit(reader: Reader, permission: Permission, queryset: QuerySet[M], place: str = "organisation") -> QuerySet[M]:
    """The part of ``queryset`` that lies where the reader has ``permission``; every query begins with it.

    ``place`` is the field that leads to the organisation, "" when they are organisations themselves. Raises
    PermissionDenied when the reader has the permission nowhere.
    """
    scope = reader.scope(permission)
    if not scope:
        raise PermissionDenied(permission.code)
    return scope.limit(queryset, place)


def find(
    reader: Reader, permission: Permission, queryset: QuerySet[M], place: str = "organisation", **lookup: Any
) -> M:
    """The one object of ``queryset`` that ``lookup`` names, if it lies where the reader has ``permission``.

    Raises PermissionDenied as `limit` does, and Http404 when there is none.
    """
    limited = limit(reader, permission, queryset, place)
    try:
        return limited.get(**lookup)
    except (ObjectDoesNotExist, ValueError) as nothing:
        raise Http404 from nothing

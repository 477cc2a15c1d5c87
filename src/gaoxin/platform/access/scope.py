"""A scope: the parts of the organisation tree that a reader may see or change, as the beginnings of paths.

The path of an organisation begins with the path of everything above it (materialised path, django-treebeard), so a
subtree is one range of an index.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Model, Q, QuerySet

STEP = 4
"""Characters of a path for each level."""
WHOLE = "0001"
"""The path of the city, the only root of the tree."""
LONGEST = 252
_FEW = 3
"""Who sees more districts than these sees much of the city."""
_BESIDE = 200
"""So few organisations outside are named instead of looking up for each record whether it is inside."""
_LAST = "Z"
"""The last character that paths are made of."""

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Scope:
    """Subtrees by the paths of their roots; none is inside another. The scope of the root of the tree has no limit."""

    roots: tuple[str, ...] = ()

    @staticmethod
    def of(paths: Iterable[str]) -> Scope:
        """The smallest set of subtrees that covers ``paths``.

        >>> Scope.of(["00010002", "0001000200030001", "00010004"]).roots
        ('00010002', '00010004')
        """
        roots: list[str] = []
        for path in sorted(set(paths)):
            if not roots or not path.startswith(roots[-1]):
                roots.append(path)
        return Scope(tuple(roots))

    def __bool__(self) -> bool:
        return bool(self.roots)

    @property
    def everything(self) -> bool:
        """Whether this is the whole city: its root is the root of the only tree."""
        return any(len(root) == STEP for root in self.roots)

    def contains(self, path: str) -> bool:
        """Whether the organisation at ``path`` is in it."""
        return any(path.startswith(root) for root in self.roots)

    def within(self, path: str) -> Scope:
        """The part of it at ``path`` and below.

        >>> Scope(("00010002", "00010004")).within("000100020001").roots
        ('000100020001',)
        >>> Scope(("00010002", "00010004")).within("0001").roots
        ('00010002', '00010004')
        """
        if self.contains(path):
            return Scope((path,))
        return Scope(tuple(root for root in self.roots if root.startswith(path)))

    def condition(self, place: str = "organisation") -> Q:
        """The scope as a condition on the organisation that the field ``place`` leads to ("" for organisations)."""
        field = f"{place}__path" if place else "path"
        found = Q()
        for first, last in self._ranges():
            found |= Q(**{f"{field}__gte": first, f"{field}__lte": _end(last)})
        return found

    def _outside(self) -> Q:
        """What `condition` is not, of organisations, as ranges that an index finds."""
        found, end = Q(), ""
        for first, last in self._ranges():
            found |= Q(path__gt=end, path__lt=first)
            end = _end(last)
        return found | Q(path__gt=end)

    def _ranges(self) -> list[tuple[str, str]]:
        """The first and last root of each row of neighbours: between two of them there is nothing else.

        >>> Scope(("00010002", "00010003", "00010005"))._ranges()
        [('00010002', '00010003'), ('00010005', '00010005')]
        """
        found: list[tuple[str, str]] = []
        for root in self.roots:
            if found and _follows(found[-1][1], root):
                found[-1] = (found[-1][0], root)
            else:
                found.append((root, root))
        return found

    def limit(self, queryset: QuerySet[M], place: str = "organisation") -> QuerySet[M]:
        """``queryset`` without what lies outside.

        The organisations inside are a subquery: with a join, SQLite, which knows nothing of how many there are, goes
        through all records of the city to find those of one zone. Who sees many districts may see all that have
        records: where little is outside, that is left out, which costs hardly more than seeing everything. Else it is
        a join.
        """
        if self.everything:
            return queryset
        if not self.roots:
            return queryset.none()
        if not place:
            return queryset.filter(self.condition(place))
        from gaoxin.platform.organisations.models import Organisation  # noqa: PLC0415  it needs the apps

        if sum(len(root) <= 2 * STEP for root in self.roots) > _FEW:
            outside = Organisation.objects.filter(self._outside()).order_by()
            if outside[: _BESIDE + 1].count() > _BESIDE:
                return queryset.filter(self.condition(place))
            # Records that belong to nobody are not inside either.
            return queryset.filter(**{f"{place}__isnull": False}).exclude(**{f"{place}__in": outside.values("pk")})
        return queryset.filter(
            **{f"{place}__in": Organisation.objects.filter(self.condition("")).order_by().values("pk")}
        )


def _end(path: str) -> str:
    """The last path there can be at ``path`` or below."""
    return path + _LAST * (LONGEST - len(path))


def _follows(path: str, following: str) -> bool:
    """Whether two paths are those of neighbours: steps of a path are numbers to the base of 36."""
    above, below = path[:-STEP], following[:-STEP]
    return above == below and int(following[-STEP:], 36) == int(path[-STEP:], 36) + 1

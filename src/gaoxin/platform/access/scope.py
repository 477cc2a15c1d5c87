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
        for root in self.roots:
            found |= Q(**{f"{field}__gte": root, f"{field}__lte": root + _LAST * (LONGEST - len(root))})
        return found

    def limit(self, queryset: QuerySet[M], place: str = "organisation") -> QuerySet[M]:
        """``queryset`` without what lies outside."""
        if self.everything:
            return queryset
        return queryset.filter(self.condition(place)) if self.roots else queryset.none()

"""Places that acts over many returns begin from."""

from __future__ import annotations

from gaoxin.platform.access.permissions import Permission
from gaoxin.platform.access.reader import Reader, limit
from gaoxin.platform.organisations.models import Organisation
from gaoxin.platform.statistics.permissions import COLLECT


def root(reader: Reader, permission: Permission = COLLECT) -> Organisation:
    """The highest place where the reader has ``permission``; of several the first in the tree.

    Raises PermissionDenied when there is none.
    """
    scope = reader.scope(permission)
    found = limit(reader, permission, Organisation.objects.all(), "")
    return found.filter(path__in=scope.roots).order_by("path")[0]

"""Finding a file that was sent."""

from __future__ import annotations

from uuid import UUID

from gaoxin.platform.access.permissions import Permission
from gaoxin.platform.access.reader import Reader, find
from gaoxin.platform.uploads.models import Upload


def upload(reader: Reader, permission: Permission, key: UUID, *, purpose: str) -> Upload:
    """The file ``key`` that was sent for ``purpose``, where the reader has ``permission``."""
    return find(reader, permission, Upload.objects.select_related("organisation"), pk=key, purpose=purpose)

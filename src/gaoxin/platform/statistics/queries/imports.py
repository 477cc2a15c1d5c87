"""Finding imports."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from gaoxin.platform.access.reader import Reader, find, limit
from gaoxin.platform.statistics.models import Collection, Import
from gaoxin.platform.statistics.permissions import ENTER


def one(reader: Reader, key: UUID | str) -> Import:
    """The import ``key``, where the reader enters returns."""
    return find(reader, ENTER, Import.objects.select_related("collection", "upload", "organisation"), pk=key)


def imports(reader: Reader, collection: Collection) -> QuerySet[Import]:
    """The imports of a collection, newest first."""
    there = Import.objects.filter(collection=collection).select_related("upload")
    return limit(reader, ENTER, there).defer("report", "upload__content")

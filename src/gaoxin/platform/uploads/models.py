"""Files that were sent."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from gaoxin.platform.organisations.models import Organisation


class Upload(models.Model):
    """One file as it came. It lives in the database: a transaction that fails leaves no file, a backup misses none."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    purpose = models.CharField(max_length=40)
    name = models.CharField(max_length=255)
    kind = models.CharField(max_length=10)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()
    received = models.DateTimeField(default=timezone.now)

    not_in_audit: ClassVar = ("content",)

    def __str__(self) -> str:
        return self.name

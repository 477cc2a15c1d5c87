"""An import: one file with the returns of many, read in the background."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from gaoxin.platform.language import words
from gaoxin.platform.organisations.models import Organisation
from gaoxin.platform.statistics.models.collection import Collection
from gaoxin.platform.uploads.models import Upload


class ImportState(models.TextChoices):
    """How far an import is."""

    WAITING = "waiting", words("等待处理", "waiting")
    RUNNING = "running", words("处理中", "running")
    DONE = "done", words("已导入", "imported")
    REFUSED = "refused", words("未导入", "nothing imported")


class Import(models.Model):
    """One file for one collection. Either all of its returns are taken, in one transaction, or none.

    ``beat`` is when the work on it last gave a sign; work that is silent for long is taken up again from the start.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    """Below which organisation the returns are."""
    collection = models.ForeignKey(Collection, models.PROTECT, related_name="imports")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    via = models.CharField(max_length=10)
    address = models.CharField(max_length=100, blank=True)
    upload = models.OneToOneField(Upload, models.PROTECT, related_name="+")
    state = models.CharField(
        words("状态", "state"), max_length=10, choices=ImportState.choices, default=ImportState.WAITING
    )
    share = models.FloatField(words("进度", "progress"), default=0)
    taken = models.PositiveIntegerField(words("导入份数", "returns taken"), default=0)
    report = models.JSONField(default=list)
    """What was found, row by row: rule, severity, zh, en, place, reporter, item."""
    created = models.DateTimeField(default=timezone.now)
    beat = models.DateTimeField(null=True)

    not_in_audit: ClassVar = ("report", "share", "beat")

    class Meta:
        ordering: ClassVar = ["-created"]
        indexes: ClassVar = [models.Index(fields=["state", "created"])]

    def __str__(self) -> str:
        return str(self.upload)

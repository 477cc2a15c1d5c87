"""An import: one file with the returns of many, read by a job in the background."""

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
    """What became of an import."""

    WAITING = "waiting", words("等待处理", "waiting")
    DONE = "done", words("已导入", "imported")
    REFUSED = "refused", words("未导入", "nothing imported")


class Import(models.Model):
    """One file for one collection. Either all of its returns are taken, in one transaction, or none."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    """Below which organisation the returns are."""
    collection = models.ForeignKey(Collection, models.PROTECT, related_name="imports")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    upload = models.OneToOneField(Upload, models.PROTECT, related_name="+")
    signatory = models.CharField(words("签署人", "signatory"), max_length=100, blank=True)
    """Who signs what is right at once; nothing is submitted when nobody does."""
    state = models.CharField(
        words("状态", "state"), max_length=10, choices=ImportState.choices, default=ImportState.WAITING
    )
    taken = models.PositiveIntegerField(words("导入份数", "returns taken"), default=0)
    submitted = models.PositiveIntegerField(words("提交份数", "returns submitted"), default=0)
    report = models.JSONField(default=list)
    """What was found, row by row: rule, severity, zh, en, remedies, sheet, row, column, reporter, item, value."""
    created = models.DateTimeField(default=timezone.now)

    not_in_audit: ClassVar = ("report",)

    class Meta:
        ordering: ClassVar = ["-created"]

    def __str__(self) -> str:
        return str(self.upload)

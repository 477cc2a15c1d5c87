"""A snapshot (数据快照): the approved figures of one period, fixed and hashed."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from django.conf import settings
from django.db import models

from gaoxin.platform.language import words
from gaoxin.platform.organisations.models import Organisation
from gaoxin.platform.statistics.models.collection import Collection


class Snapshot(models.Model):
    """Parquet files of one period, in a folder of their own that never changes.

    ``sha256`` is that of the list of the files with their SHA-256 (``_contents.json`` in the folder).
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    period = models.CharField(words("报告期", "period"), max_length=10, db_index=True)
    folder = models.CharField(max_length=200, unique=True)
    """Below the media folder of the site."""
    sha256 = models.CharField(max_length=64)
    contents = models.JSONField(default=dict)
    """SHA-256 of each file by name."""
    counts = models.JSONField(default=dict)
    """Reporters by entity."""
    books = models.JSONField(default=dict)
    """Version of each rulebook by name, as the collections were opened with it."""
    collections = models.ManyToManyField(Collection, related_name="snapshots")
    created = models.DateTimeField(words("固定时间", "fixed"))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reason = models.TextField(words("原因", "reason"), blank=True)
    synthetic = models.BooleanField(words("合成数据", "synthetic"), default=False)

    class Meta:
        ordering: ClassVar = ["-period", "-created", "-pk"]

    def __str__(self) -> str:
        return f"{self.period} · {self.created:%Y-%m-%d %H:%M} · {self.sha256[:12]}"

    @property
    def path(self) -> Path:
        """The folder, as `gaoxin.returns.read_returns` takes it."""
        return Path(settings.MEDIA_ROOT) / self.folder

    @property
    def paths(self) -> list[Path]:
        """Its files of returns, one for each kind of reporter."""
        return [self.path / name for name in sorted(self.contents) if not name.startswith("_")]

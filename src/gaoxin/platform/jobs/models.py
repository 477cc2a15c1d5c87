"""The queue."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from gaoxin.platform.language import words
from gaoxin.platform.organisations.models import Organisation
from gaoxin.words import Text


class State(models.TextChoices):
    """How far a job is."""

    WAITING = "waiting", words("等待中", "waiting")
    RUNNING = "running", words("进行中", "running")
    DONE = "done", words("已完成", "done")
    FAILED = "failed", words("未完成", "failed")


class Job(models.Model):
    """One piece of long work.

    ``share`` is what is done of it, 0 to 1; ``beat`` is when its worker was last heard of: a running job that is silent
    was killed, and is taken up again.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="jobs")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    arguments = models.JSONField(default=dict)
    state = models.CharField(words("状态", "state"), max_length=10, choices=State.choices, default=State.WAITING)
    share = models.FloatField(default=0)
    message = models.CharField(max_length=1000, blank=True)
    message_en = models.CharField(max_length=1000, blank=True)
    address = models.CharField(max_length=300, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    queued = models.DateTimeField(default=timezone.now)
    started = models.DateTimeField(null=True)
    beat = models.DateTimeField(null=True)
    finished = models.DateTimeField(null=True)

    not_in_audit: ClassVar = ("share", "message", "message_en", "beat")

    class Meta:
        ordering: ClassVar = ["-queued"]
        indexes: ClassVar = [models.Index(fields=["state", "queued"]), models.Index(fields=["user", "queued"])]

    def __str__(self) -> str:
        return self.title

    @property
    def label(self) -> Text:
        """What it does."""
        return Text(self.title, self.title_en)

    @property
    def said(self) -> Text:
        """What it says of itself now."""
        return Text(self.message, self.message_en)

    @property
    def over(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in {State.DONE, State.FAILED}

    @property
    def percent(self) -> int:
        """What is done, in percent."""
        return round(self.share * 100)

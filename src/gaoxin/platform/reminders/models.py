"""What somebody was told."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models


class Reminder(models.Model):
    """One thing of one person that was due, at one nearness of its day; told at most once."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="reminders")
    address = models.CharField(max_length=300)
    """The page on which it is done."""
    due = models.DateField()
    stage = models.SmallIntegerField()
    """As `stages.stage` counts."""
    day = models.DateField()
    """When it was noted."""
    sent = models.DateTimeField(null=True)
    """When the mail left; None for who has no address, or when it could not be sent."""

    class Meta:
        ordering: ClassVar = ["-day", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "address", "due", "stage"], name="one_reminder_a_stage")
        ]

    def __str__(self) -> str:
        return f"{self.due} {self.address}"

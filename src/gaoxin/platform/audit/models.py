"""The state of the audit: entries, and the end of their chain."""

from __future__ import annotations

import datetime
import hashlib
import json
from typing import Any, ClassVar, NoReturn

from django.conf import settings
from django.db import models

from gaoxin.platform.language import words
from gaoxin.words import Text

START = "0" * 64
"""What the first entry names as the digest before it."""


class Entry(models.Model):
    """One write. Entries are only added; ``digest`` covers every field and the digest of the entry before.

    ``before`` and ``after`` are JSON texts of the fields that changed, kept as they were hashed.
    """

    sequence = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField(words("时间", "time"))
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    actor_name = models.CharField(words("操作人", "who"), max_length=200)
    via = models.CharField(words("途径", "via"), max_length=10)
    address = models.CharField(words("来源", "from where"), max_length=100)
    request = models.CharField(words("请求编号", "request"), max_length=40)
    action = models.CharField(words("操作", "action"), max_length=80)
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=40)
    subject_name = models.CharField(words("对象", "subject"), max_length=250)
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, null=True, related_name="+")
    before = models.TextField(default="{}")
    after = models.TextField(default="{}")
    reason = models.TextField(words("原因", "reason"), blank=True)
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering: ClassVar = ["-sequence"]
        indexes: ClassVar = [
            models.Index(fields=["subject_type", "subject_id", "sequence"]),
            models.Index(fields=["organisation", "sequence"]),
            models.Index(fields=["actor", "sequence"]),
            models.Index(fields=["action", "sequence"]),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.action} {self.subject_name}"

    def seal(self) -> str:
        """The digest that belongs to the fields as they are: SHA-256 over their canonical JSON."""
        content = [
            self.sequence, self.at.astimezone(datetime.UTC).isoformat(),
            self.actor_id, self.actor_name, self.via, self.address, self.request, self.action, self.subject_type,
            self.subject_id, self.subject_name, self.organisation_id, self.before, self.after, self.reason,
            self.previous,
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()

    @property
    def who(self) -> Text:
        """The name of who did it, in the language it was written in; likewise `what` and `why`."""
        return Text(self.actor_name, self.actor_name)

    @property
    def what(self) -> Text:
        """The name that the subject had then."""
        return Text(self.subject_name, self.subject_name)

    @property
    def why(self) -> Text:
        """The reason as it was given."""
        return Text(self.reason, self.reason)

    def changes(self) -> list[tuple[str, Any, Any]]:
        """The fields that changed: name, before, after."""
        before, after = json.loads(self.before), json.loads(self.after)
        return [(name, before.get(name), after.get(name)) for name in dict.fromkeys((*before, *after))]

    def save(self, *_: Any, **__: Any) -> NoReturn:
        """Entries are written by the journal, all of a transaction at once, and never changed."""
        raise TypeError("entries of the audit are written by gaoxin.platform.audit.journal only")

    def delete(self, *_: Any, **__: Any) -> NoReturn:
        """Never."""
        raise TypeError("entries of the audit are never deleted")


class ChainEnd(models.Model):
    """The one row that says where the chain ends; who writes an entry holds it until the transaction ends."""

    sequence = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=64, default=START)

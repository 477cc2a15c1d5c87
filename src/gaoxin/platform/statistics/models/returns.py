"""A return (报表): what one organisation owes to one collection, in versions that never change once submitted."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models

from gaoxin.platform.language import words
from gaoxin.platform.organisations.models import Organisation
from gaoxin.platform.statistics.models.collection import Collection
from gaoxin.words import Text

if TYPE_CHECKING:
    from django.db.models.manager import RelatedManager


class State(models.TextChoices):
    """Where a return is."""

    DRAFT = "draft", words("填报中", "being entered")
    SUBMITTED = "submitted", words("待园区审核", "with the zone reviewer")
    REVIEWED = "reviewed", words("待市级审核", "with the city")
    APPROVED = "approved", words("已批准", "approved")
    RETURNED = "returned", words("已退回", "sent back")
    CORRECTING = "correcting", words("更正中", "being corrected")


EDITABLE = (State.DRAFT, State.RETURNED, State.CORRECTING)
TRANSITIONS: dict[str, dict[str, State]] = {
    "submit": dict.fromkeys(EDITABLE, State.SUBMITTED),
    "forward": {State.SUBMITTED: State.REVIEWED},
    "approve": {State.REVIEWED: State.APPROVED},
    "send_back": {State.SUBMITTED: State.RETURNED, State.REVIEWED: State.RETURNED},
    "correct": {State.APPROVED: State.CORRECTING},
}
"""What can be done in which state, and the state after it."""


class Return(models.Model):
    """What ``organisation`` owes. ``zone`` is the zone it reports through, as the tree was when it came to owe it."""

    collection = models.ForeignKey(Collection, models.PROTECT, related_name="returns")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="returns")
    zone = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    state = models.CharField(words("状态", "state"), max_length=10, choices=State.choices, default=State.DRAFT)
    due = models.DateField(words("截止", "due"))
    """The date of the collection, or a later one that was granted."""
    submitted = models.DateTimeField(words("首次提交", "first submitted"), null=True, blank=True)
    timely = models.BooleanField(words("按时", "in time"), null=True, blank=True)
    """Whether it was first submitted in time; None as long as it was not."""
    latest = models.ForeignKey("Version", models.PROTECT, null=True, blank=True, related_name="+")
    approved = models.ForeignKey("Version", models.PROTECT, null=True, blank=True, related_name="+")

    if TYPE_CHECKING:
        versions: RelatedManager[Version]
        remarks: RelatedManager[Remark]
        explanations: RelatedManager[Explanation]
        organisation_id: int
        zone_id: int | None
        latest_id: int | None

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["collection", "organisation"], name="one_return_of_each")
        ]
        indexes: ClassVar = [
            # What waits, a list by state in the order of the reporters, and all that is counted of a collection.
            models.Index(fields=["state", "collection", "organisation"]),
            models.Index(fields=["collection", "zone", "state", "due", "timely"]),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} · {self.collection}"

    @property
    def label(self) -> Text:
        """Whose return of what."""
        whose, what = self.organisation.label, self.collection.label
        return Text(f"{whose.zh} · {what.zh}", f"{whose.en} · {what.en}")

    @property
    def editable(self) -> bool:
        """Whether the reporter has it."""
        return self.state in EDITABLE

    def late(self, today: datetime.date) -> bool:
        """Whether it should have been submitted by now and was not."""
        return self.state in {State.DRAFT, State.RETURNED} and self.due < today


class Version(models.Model):
    """The figures of a return as they were submitted, or as they are being entered. One row holds them all.

    ``figures`` maps cells to texts: ``qc05_0`` is an item of the reporter itself, ``project.1.qh51`` one of its first
    project. Numbers are exact decimals with the decimals of their item.
    """

    return_of = models.ForeignKey(Return, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(words("版本", "version"))
    figures = models.JSONField(default=dict)
    reason = models.TextField(words("原因", "reason"), blank=True)
    """Why there is this version, when it is a correction."""
    saved = models.DateTimeField(words("保存时间", "saved"), null=True, blank=True)
    submitted = models.DateTimeField(words("提交时间", "submitted"), null=True, blank=True)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    signatory = models.CharField(words("签署人", "signatory"), max_length=100, blank=True)
    position = models.CharField(words("职务", "position"), max_length=100, blank=True)
    reviewed = models.DateTimeField(words("园区审核时间", "reviewed"), null=True, blank=True)
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    approved = models.DateTimeField(words("批准时间", "approved"), null=True, blank=True, db_index=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    sha256 = models.CharField(max_length=64, blank=True)

    not_in_audit: ClassVar = ("figures",)

    class Meta:
        ordering: ClassVar = ["return_of", "number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["return_of", "number"], name="one_version_a_number")]

    def __str__(self) -> str:
        return f"{self.return_of} v{self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Figures that were submitted stay as they are: the signature is under them."""
        fields = kwargs.get("update_fields")
        if self.sha256 and (fields is None or "figures" in fields) and not self._state.adding:
            raise TypeError("the figures of a submitted version never change")
        super().save(*args, **kwargs)


class Explanation(models.Model):
    """Why a warning is right as it is. It holds for the value it was given for, and no other."""

    return_of = models.ForeignKey(Return, models.PROTECT, related_name="explanations")
    rule = models.CharField(max_length=80)
    cell = models.CharField(max_length=120, blank=True)
    value = models.CharField(max_length=200, blank=True)
    text = models.CharField(words("说明", "explanation"), max_length=1000)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["return_of", "rule", "cell"], name="one_explanation_of_each")
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.cell}"


class Remark(models.Model):
    """What a reviewer says of a cell, or of the whole return (no cell)."""

    return_of = models.ForeignKey(Return, models.PROTECT, related_name="remarks")
    version = models.ForeignKey(Version, models.PROTECT, related_name="remarks")
    cell = models.CharField(max_length=120, blank=True)
    text = models.CharField(words("意见", "remark"), max_length=1000)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.cell} {self.text}"

"""Cases and their steps, what the rules proposed, and recorded events that no evaluation contains."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from gaoxin.platform.language import words
from gaoxin.platform.organisations.models import Organisation
from gaoxin.words import Text

if TYPE_CHECKING:
    from django.db.models.manager import RelatedManager


class Action(models.TextChoices):
    """What is proposed for a zone."""

    COMMEND = "commend", words("通报表扬", "commend")
    ADMIT = "admit_first", words("优先纳入", "admit first")
    WARN = "warn", words("警告", "warn")
    RECTIFY = "rectify", words("责令整改", "order rectification")
    WITHDRAW = "withdraw", words("退出", "withdraw")


class State(models.TextChoices):
    """Where a case is."""

    PROPOSED = "proposed", words("已提出建议", "proposed")
    NOTIFIED = "notified", words("已告知，待陈述", "notified, statement awaited")
    STATED = "stated", words("已陈述，待决定", "stated, decision awaited")
    DECIDED = "decided", words("已决定", "decided")
    ORDERED = "ordered", words("已责令整改，待方案", "ordered, plan awaited")
    RECTIFYING = "rectifying", words("整改中", "rectifying")
    ACCEPTED = "accepted", words("整改已验收", "rectification accepted")
    REJECTED = "rejected", words("整改未通过", "rectification not accepted")
    WITHDRAWN = "withdrawn", words("已退出", "withdrawn")
    DROPPED = "dropped", words("不予处理", "dropped")


OVER = (State.DECIDED, State.ACCEPTED, State.WITHDRAWN, State.DROPPED)
"""Nothing more is to be done."""


class Proposing(models.Model):
    """One application of a decision book to published evaluations; ``findings`` is all that it said, as data."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    period = models.CharField(words("评价期", "period"), max_length=10)
    book = models.CharField(words("规则书", "book"), max_length=100)
    book_version = models.CharField(max_length=80)
    evaluations = models.JSONField(default=list)
    """Numbers of the evaluations, the latest first."""
    findings = models.JSONField(default=dict)
    synthetic = models.BooleanField(words("合成数据", "synthetic"), default=False)
    created = models.DateTimeField(words("时间", "time"), default=timezone.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    not_in_audit: ClassVar = ("findings",)

    class Meta:
        ordering: ClassVar = ["-period", "-pk"]

    def __str__(self) -> str:
        return f"{self.period} {self.book}"


class Case(models.Model):
    """What becomes of one proposal. ``finding`` is the proposal as data, refreshed until the zone is notified."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="cases")
    proposing = models.ForeignKey(Proposing, models.PROTECT, related_name="cases")
    period = models.CharField(words("评价期", "period"), max_length=10)
    rule = models.CharField(words("规则", "rule"), max_length=60)
    action = models.CharField(words("处理", "action"), max_length=12, choices=Action.choices)
    state = models.CharField(words("状态", "state"), max_length=12, choices=State.choices, default=State.PROPOSED)
    finding = models.JSONField(default=dict)
    certainty = models.FloatField(words("把握", "certainty"), null=True)
    """Share of the draws in which the rule holds."""
    due = models.DateField(words("期限", "due"), null=True, blank=True)
    """When the next step is due."""
    synthetic = models.BooleanField(words("合成数据", "synthetic"), default=False)

    not_in_audit: ClassVar = ("finding",)

    if TYPE_CHECKING:
        steps: RelatedManager[Step]

    class Meta:
        ordering: ClassVar = ["-period", "organisation__path", "rule"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "period", "rule"], name="one_case_a_rule_and_period")
        ]
        indexes: ClassVar = [models.Index(fields=["state", "due"])]

    def __str__(self) -> str:
        return f"{self.period} {self.organisation.name} {self.action}"

    @property
    def open(self) -> bool:
        """Whether something is still to be done."""
        return self.state not in OVER

    def late(self, today: datetime.date) -> bool:
        """Whether the next step is overdue."""
        return self.open and self.due is not None and self.due < today


class Step(models.Model):
    """One step of a case: what was done, signed by whom, in which words, with the letter that went out.

    Steps are only added. One that was undone says so and stays.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="steps")
    name = models.CharField(max_length=12)
    before = models.CharField(max_length=12, choices=State.choices)
    after = models.CharField(max_length=12, choices=State.choices)
    due_before = models.DateField(null=True)
    due_after = models.DateField(null=True)
    at = models.DateTimeField(default=timezone.now)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    signatory = models.CharField(words("签署人", "signed by"), max_length=100)
    position = models.CharField(words("职务", "position"), max_length=100, blank=True)
    text = models.TextField(words("内容", "text"), blank=True)
    letter = models.BinaryField(null=True)
    letter_sha256 = models.CharField(max_length=64, blank=True)
    undone = models.BooleanField(default=False)

    not_in_audit: ClassVar = ("letter",)

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.case_id} {self.name}"

    @property
    def words(self) -> Text:
        """The text as it was written."""
        return Text(self.text, self.text)


class Occurrence(models.Model):
    """An event that a decision book asks for and no evaluation contains: an accident, falsified data, with document."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="occurrences")
    period = models.CharField(words("评价期", "period"), max_length=10)
    book = models.CharField(max_length=100)
    item = models.CharField(words("事项", "event"), max_length=60)
    value = models.CharField(words("值", "value"), max_length=60)
    document = models.CharField(words("依据文件", "document"), max_length=300)

    class Meta:
        ordering: ClassVar = ["-period", "organisation__path", "item"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "period", "item"], name="one_occurrence_an_item")
        ]

    def __str__(self) -> str:
        return f"{self.period} {self.organisation.name} {self.item}"

"""A measure: one thing a unit is held to, at one node of its way, with the units that answer for it."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from gaoxin.platform.language import words
from gaoxin.platform.measures.models.notices import Clause, Notice
from gaoxin.platform.organisations.models import Organisation
from gaoxin.words import Text

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from gaoxin.platform.measures.models.progress import Figure, Judgement, Link, Note


class Node(models.TextChoices):
    """Where a measure is. Each name says what was done last; the next node is what is waited for."""

    REGISTERED = "registered", words("已立项", "registered")
    SPLIT = "split", words("已分解", "split")
    ASSIGNED = "assigned", words("已交办", "assigned")
    SIGNED = "signed", words("已签收", "signed for")
    ACTING = "acting", words("办理中", "acting")
    REPORTED = "reported", words("已反馈", "reported")
    REVIEWED = "reviewed", words("已审核", "reviewed")
    CLOSED = "closed", words("已办结", "closed")


NODES = tuple(Node)
WAITS_FOR_UNIT = (Node.ASSIGNED, Node.SIGNED, Node.ACTING)
"""Nodes at which the lead unit has to do something; at the others it is the supervising office."""
CARRIED = (*WAITS_FOR_UNIT, Node.REPORTED, Node.REVIEWED)
"""Nodes of a measure that is with a unit."""


class Measure(models.Model):
    """One measure. ``start`` and ``end`` are the characters of the notice that it came from, whatever its ``text``.

    ``due`` is the day by which it shall be carried out; ``node_due`` the day by which it shall leave its node.
    ``spoken`` is the day on which a unit last said something about it.
    """

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="measures")
    clause = models.ForeignKey(Clause, models.PROTECT, related_name="measures")
    code = models.SlugField(words("代码", "code"), max_length=60, unique=True)
    text = models.TextField(words("事项", "measure"))
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    node = models.CharField(words("节点", "node"), max_length=10, choices=Node.choices, default=Node.REGISTERED)
    lead = models.ForeignKey(
        Organisation, models.PROTECT, null=True, related_name="+", verbose_name=words("牵头单位", "lead unit")
    )
    due = models.DateField(words("完成期限", "due"), null=True)
    node_due = models.DateField(words("节点期限", "node due"), null=True)
    spoken = models.DateField(words("最近反馈", "last word"), null=True)
    urged = models.DateField(words("最近催办", "last urged"), null=True)
    light = models.CharField(words("亮灯", "light"), max_length=6, blank=True)

    if TYPE_CHECKING:
        parts: RelatedManager[Part]
        stages: RelatedManager[Stage]
        figures: RelatedManager[Figure]
        judgements: RelatedManager[Judgement]
        notes: RelatedManager[Note]
        links: RelatedManager[Link]
        requests: RelatedManager[Request]

    class Meta:
        ordering: ClassVar = ["code"]
        indexes: ClassVar = [models.Index(fields=["node", "node_due"]), models.Index(fields=["due"])]

    def __str__(self) -> str:
        return self.text

    @property
    def label(self) -> Text:
        """The words, which have one language."""
        return Text(self.text, self.text)

    @property
    def origin(self) -> str:
        """The characters of the notice that it came from."""
        return self.notice.source[self.start : self.end]

    @property
    def reworded(self) -> bool:
        """Whether a person gave it other words than the notice has."""
        return "".join(self.text.split()) != "".join(self.origin.split())

    def late(self, today: datetime.date) -> bool:
        """Whether it is past its day: its own, or that of its node."""
        if self.node == Node.CLOSED:
            return False
        return any(day is not None and day < today for day in (self.due, self.node_due))


class Part(models.Model):
    """A unit that answers for a measure; it sees the measure."""

    class Role(models.TextChoices):
        """What a unit is in a measure."""

        LEAD = "lead", words("牵头", "lead")
        COOPERATING = "cooperating", words("配合", "co-operating")

    measure = models.ForeignKey(Measure, models.CASCADE, related_name="parts")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="measure_parts")
    role = models.CharField(max_length=12, choices=Role.choices)

    class Meta:
        ordering: ClassVar = ["-role", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["measure", "organisation"], name="measures_part_once"),
            models.UniqueConstraint(fields=["measure"], condition=models.Q(role="lead"), name="measures_one_lead"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} · {self.get_role_display()}"


class Stage(models.Model):
    """A stay at one node: who had to act, since when, by when, and when it left. Lateness is of a node and a unit."""

    measure = models.ForeignKey(Measure, models.PROTECT, related_name="stages")
    node = models.CharField(max_length=10, choices=Node.choices)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    entered = models.DateTimeField(default=timezone.now)
    due = models.DateField(null=True)
    left = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.measure_id} {self.get_node_display()}"

    def days_late(self, today: datetime.date) -> int:
        """Days past its date until it was left, or until ``today``."""
        if self.due is None:
            return 0
        end = timezone.localdate(self.left) if self.left else today
        return max(0, (end - self.due).days)


class RequestKind(models.TextChoices):
    """What is asked for."""

    EXTENSION = "extension", words("延期", "extension")
    TRANSFER = "transfer", words("转办", "transfer")
    CORRECTION = "correction", words("更正数据", "correction of a figure")


class Request(models.Model):
    """What a unit asks of the supervising office: more time, another lead unit, or the correction of a figure."""

    Kind = RequestKind

    class State(models.TextChoices):
        """What became of it."""

        ASKED = "asked", words("待决定", "asked")
        GRANTED = "granted", words("已同意", "granted")
        REFUSED = "refused", words("未同意", "refused")

    measure = models.ForeignKey(Measure, models.PROTECT, related_name="requests")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    kind = models.CharField(words("类别", "kind"), max_length=10, choices=Kind.choices)
    due = models.DateField(words("拟延至", "new date"), null=True)
    to = models.ForeignKey(
        Organisation, models.PROTECT, null=True, related_name="+", verbose_name=words("拟转办单位", "new lead unit")
    )
    figure = models.ForeignKey("measures.Figure", models.PROTECT, null=True, related_name="+")
    value = models.DecimalField(words("更正为", "corrected value"), max_digits=24, decimal_places=6, null=True)
    as_of = models.DateField(words("截至日期", "as of"), null=True)
    text = models.TextField(words("理由", "reason"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=8, choices=State.choices, default=State.ASKED)
    answer = models.TextField(words("答复", "answer"), blank=True)

    class Meta:
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.organisation}"

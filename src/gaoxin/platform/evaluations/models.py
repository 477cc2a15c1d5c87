"""Runs, the standing of every zone in them, and what experts said."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from gaoxin.platform.jobs.models import Job
from gaoxin.platform.language import words
from gaoxin.platform.organisations.models import Organisation
from gaoxin.words import Text

if TYPE_CHECKING:
    from django.db.models.manager import RelatedManager


class State(models.TextChoices):
    """Where a run is."""

    COMPUTING = "computing", words("计算中", "computing")
    DRAFT = "draft", words("草稿", "draft")
    REVIEWED = "reviewed", words("已复核", "reviewed")
    PUBLISHED = "published", words("已发布", "published")
    RETRACTED = "retracted", words("已撤回", "retracted")
    DISCARDED = "discarded", words("已作废", "discarded")


STEPS: dict[str, tuple[tuple[State, ...], State]] = {
    "review": ((State.DRAFT,), State.REVIEWED),
    "send-back": ((State.REVIEWED,), State.DRAFT),
    "publish": ((State.REVIEWED,), State.PUBLISHED),
    "retract": ((State.PUBLISHED,), State.RETRACTED),
    "discard": ((State.COMPUTING, State.DRAFT), State.DISCARDED),
}
"""What can be done in which states, and the state after it."""


class Evaluation(models.Model):
    """One run: what was asked, over which files, and where its results lie.

    ``inputs`` names every file with its SHA-256 (`sources`); ``folder`` is below the media folder of the site and never
    changes once it is there; ``manifest`` is the SHA-256 of the manifest in it.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    title = models.CharField(words("标题", "title in Chinese"), max_length=200)
    title_en = models.CharField(words("英文标题", "title in English"), max_length=200, blank=True)
    period = models.CharField(words("评价期", "period"), max_length=10)
    system = models.CharField(words("指标体系", "system"), max_length=80)
    system_title = models.CharField(max_length=300, blank=True)
    system_title_en = models.CharField(max_length=300, blank=True)
    system_version = models.CharField(max_length=80, blank=True)
    config = models.JSONField(default=dict, blank=True)
    replications = models.PositiveIntegerField(words("稳健性模拟次数", "replications"), default=1000)
    seed = models.PositiveIntegerField(words("随机数种子", "seed"), default=1)
    inputs = models.JSONField(default=list)
    state = models.CharField(words("状态", "state"), max_length=10, choices=State.choices, default=State.COMPUTING)
    job = models.ForeignKey(Job, models.PROTECT, null=True, blank=True, related_name="+")
    folder = models.CharField(max_length=200, blank=True)
    manifest = models.CharField(max_length=64, blank=True)
    synthetic = models.BooleanField(words("合成数据", "synthetic"), default=False)
    created = models.DateTimeField(words("建立时间", "created"), default=timezone.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reviewed = models.DateTimeField(words("复核时间", "reviewed"), null=True, blank=True)
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    published = models.DateTimeField(words("发布时间", "published"), null=True, blank=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    if TYPE_CHECKING:
        standings: RelatedManager[Standing]

    class Meta:
        ordering: ClassVar = ["-period", "-pk"]
        indexes: ClassVar = [models.Index(fields=["state", "period"])]

    def __str__(self) -> str:
        return f"{self.pk} {self.title}"

    @property
    def label(self) -> Text:
        """The title in both languages."""
        return Text(self.title, self.title_en or self.title)

    @property
    def path(self) -> Path:
        """The folder of the results."""
        return Path(settings.MEDIA_ROOT) / self.folder

    @property
    def computed(self) -> bool:
        """Whether there are results."""
        return bool(self.folder)


class Standing(models.Model):
    """The place of one zone in a run. ``organisation`` is None for a zone that is not in the tree."""

    evaluation = models.ForeignKey(Evaluation, models.PROTECT, related_name="standings")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="standings")
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    rank = models.FloatField(words("名次", "rank"), null=True)
    score = models.FloatField(words("得分", "score"), null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    bottom = models.FloatField(null=True)
    """Share of the draws in which the zone is among the last."""

    class Meta:
        ordering: ClassVar = ["evaluation", models.F("rank").asc(nulls_last=True), "code"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["evaluation", "code"], name="one_standing_a_zone")]
        indexes: ClassVar = [models.Index(fields=["organisation", "evaluation"])]

    def __str__(self) -> str:
        return f"{self.code} {self.rank}"

    @property
    def label(self) -> Text:
        """The name of the zone as it was evaluated."""
        return Text(self.name, self.name)


class Round(models.Model):
    """Scores asked of the experts for one period: the indicators of a system that no return can give."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    title = models.CharField(words("标题", "title"), max_length=200)
    period = models.CharField(words("评价期", "period"), max_length=10)
    system = models.CharField(words("指标体系", "system"), max_length=80)
    due = models.DateField(words("截止", "due"))
    closed = models.DateTimeField(words("关闭时间", "closed"), null=True, blank=True)

    if TYPE_CHECKING:
        scores: RelatedManager[Score]

    class Meta:
        ordering: ClassVar = ["-period", "-pk"]

    def __str__(self) -> str:
        return f"{self.period} {self.title}"

    @property
    def label(self) -> Text:
        """The title as it was written."""
        return Text(self.title, self.title)


class Score(models.Model):
    """What one expert gives one zone for one indicator (0 to 100), and why."""

    asked = models.ForeignKey(Round, models.PROTECT, related_name="scores")
    expert = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    indicator = models.CharField(max_length=60)
    value = models.DecimalField(max_digits=6, decimal_places=2)
    remark = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["asked", "expert", "organisation", "indicator"], name="one_score_each")
        ]

    def __str__(self) -> str:
        return f"{self.organisation.code} {self.indicator} {self.value}"

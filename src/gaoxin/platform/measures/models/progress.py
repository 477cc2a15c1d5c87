"""What is known of a measure's progress. Measured and judged are two things and never become one figure."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from gaoxin.platform.evaluations.models import Evaluation
from gaoxin.platform.language import language, words
from gaoxin.platform.measures.models.measures import Measure
from gaoxin.platform.organisations.models import Organisation
from gaoxin.platform.statistics.models import Snapshot
from gaoxin.words import Text

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class Origin(models.TextChoices):
    """Where the values of a figure come from."""

    HAND = "hand", words("人工录入", "noted by hand")
    EVALUATION = "evaluation", words("已发布的评价", "published evaluations")
    SNAPSHOT = "snapshot", words("批准数据的快照", "snapshots of approved figures")


class FigureKind(models.TextChoices):
    """What is counted."""

    INDICATOR = "indicator", words("指标", "indicator")
    MILESTONE = "milestone", words("里程碑", "milestone")


class Figure(models.Model):
    """An indicator or a milestone by which a measure is measured.

    A milestone goes from 0 to 1. An indicator whose ``origin`` is not by hand follows what is published: the indicator
    ``code`` of the system ``book`` for ``zone``, or the item ``code`` of the rulebook ``book``, added up over ``zone``
    (None: the whole city). Nobody types its values.
    """

    Kind = FigureKind

    measure = models.ForeignKey(Measure, models.PROTECT, related_name="figures")
    kind = models.CharField(words("类别", "kind"), max_length=10, choices=Kind.choices)
    origin = models.CharField(words("数据来源", "origin"), max_length=10, choices=Origin.choices, default=Origin.HAND)
    book = models.CharField(words("指标体系或规则书", "system or rulebook"), max_length=80, blank=True)
    code = models.CharField(words("指标或项目代码", "code of the indicator or item"), max_length=80, blank=True)
    zone = models.ForeignKey(
        Organisation, models.PROTECT, null=True, related_name="+", verbose_name=words("园区", "zone")
    )
    name = models.CharField(words("名称", "name"), max_length=200)
    name_en = models.CharField(words("英文名称", "name in English"), max_length=200, blank=True)
    unit = models.CharField(words("单位", "unit"), max_length=40, blank=True)
    start = models.DecimalField(words("起点值", "start"), max_digits=24, decimal_places=6)
    target = models.DecimalField(words("目标值", "target"), max_digits=24, decimal_places=6)
    due = models.DateField(words("目标日期", "due"), null=True)
    weight = models.DecimalField(words("权重", "weight"), max_digits=8, decimal_places=4, default=1)
    current = models.DecimalField(words("当前值", "current"), max_digits=24, decimal_places=6, null=True)
    as_of = models.DateField(words("截至日期", "as of"), null=True)
    heard = models.DateField(words("最近收到", "last heard of"), null=True)
    """When a value last came in: the figures of a year may come half a year after its end."""
    ended = models.BooleanField(words("不再计入", "no longer counted"), default=False)

    if TYPE_CHECKING:
        values: RelatedManager[Value]

    class Meta:
        ordering: ClassVar = ["pk"]
        indexes: ClassVar = [models.Index(fields=["origin", "book"])]

    def __str__(self) -> str:
        return self.label.say(language())

    @property
    def label(self) -> Text:
        """The name in both languages."""
        return Text(self.name, self.name_en or self.name)

    @property
    def key(self) -> str:
        """The code with its system or rulebook, as links and addresses have it; empty for a figure without one."""
        return f"{self.book}:{self.code}" if self.code else ""


class Value(models.Model):
    """One value of a figure at one day: the newest by day is its current one. A corrected one stays, superseded.

    ``evaluation`` or ``snapshot`` is what it was read from; neither for a value that somebody typed.
    """

    figure = models.ForeignKey(Figure, models.PROTECT, related_name="values")
    as_of = models.DateField(words("截至日期", "as of"))
    value = models.DecimalField(words("数值", "value"), max_digits=24, decimal_places=6)
    source = models.CharField(words("来源", "source"), max_length=300, blank=True)
    evaluation = models.ForeignKey(Evaluation, models.PROTECT, null=True, related_name="+")
    snapshot = models.ForeignKey(Snapshot, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    superseded = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["-as_of", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["figure", "as_of"], condition=models.Q(superseded=False), name="measures_value_of_a_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.figure} {self.as_of}"

    @property
    def said(self) -> Text:
        """Where it comes from: what was published, in both languages, or the words of who typed it."""
        if self.evaluation is not None:
            title = self.evaluation.label
            return Text(f"{title.zh}（{self.evaluation.period}）", f"{title.en} ({self.evaluation.period})")
        if self.snapshot is not None:
            period, day = self.snapshot.period, timezone.localdate(self.snapshot.created)
            return Text(f"{period} 批准数据快照（{day} 固定）", f"approved figures of {period}, fixed on {day}")
        return Text(self.source, self.source)


class Light(models.TextChoices):
    """A person's judgement of a measure; each light is also a word."""

    GREEN = "green", words("● 正常推进", "● on course")
    YELLOW = "yellow", words("▲ 存在风险", "▲ at risk")
    RED = "red", words("■ 严重滞后", "■ far behind")


class Judgement(models.Model):
    """A light, set by a person with text and day; the last one holds."""

    measure = models.ForeignKey(Measure, models.PROTECT, related_name="judgements")
    light = models.CharField(words("亮灯", "light"), max_length=6, choices=Light.choices)
    text = models.TextField(words("说明", "text"))
    day = models.DateField(words("日期", "day"), default=timezone.localdate)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["-day", "-pk"]

    def __str__(self) -> str:
        return f"{self.get_light_display()} {self.day}"


class Note(models.Model):
    """What a unit says about its work on a measure; ``final`` when it reports it as carried out."""

    measure = models.ForeignKey(Measure, models.PROTECT, related_name="notes")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    text = models.TextField(words("进展", "progress"))
    day = models.DateField(default=timezone.localdate)
    final = models.BooleanField(default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["-day", "-pk"]

    def __str__(self) -> str:
        return f"{self.organisation} {self.day}"


class LinkKind(models.TextChoices):
    """What it leads to."""

    INDICATOR = "indicator", words("指标", "indicator")
    ITEM = "item", words("统计项目", "item of a return")
    INCENTIVE = "incentive", words("优惠政策", "incentive")
    ZONE = "zone", words("园区", "zone")


class Link(models.Model):
    """What a measure has to do with: an indicator, an item of a return, an incentive (a rule), a zone.

    The code of an indicator is written with its system, ``national-2021:1.2``, that of an item with its rulebook,
    ``zone-return-2021:gx_new_firms``; that of an incentive is the benefit's in its rulebook, that of a zone the
    organisation's.
    """

    Kind = LinkKind

    measure = models.ForeignKey(Measure, models.CASCADE, related_name="links")
    kind = models.CharField(words("类别", "kind"), max_length=10, choices=Kind.choices)
    code = models.CharField(words("代码", "code"), max_length=160)
    name = models.CharField(words("名称", "name"), max_length=300, blank=True)
    name_en = models.CharField(words("英文名称", "name in English"), max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["kind", "code"]
        indexes: ClassVar = [models.Index(fields=["kind", "code"])]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["measure", "kind", "code"], name="measures_link_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.code}"

    @property
    def label(self) -> Text:
        """The name that it had when it was linked; the code where none is kept."""
        return Text(self.name or self.code, self.name_en or self.name or self.code)


def share(figure: Figure) -> Decimal | None:
    """How far a figure is from start (0) to target (1), neither below nor above; None while it has no value.

    Works in both directions: a figure that shall fall has a target below its start.
    """
    if figure.current is None:
        return None
    way = figure.target - figure.start
    if way == 0:
        # Nothing to move: it is held or it is not.
        return Decimal(1 if figure.current >= figure.target else 0)
    return min(Decimal(1), max(Decimal(0), (figure.current - figure.start) / way))


def fresh_until(last: datetime.date | None, days: int) -> datetime.date | None:
    """The last day on which what was said on ``last`` is still fresh."""
    return None if last is None else last + datetime.timedelta(days=days)

"""A notice as it was read, its clauses, and the units that it names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models

from gaoxin.platform.language import language, words
from gaoxin.platform.organisations.models import Organisation
from gaoxin.platform.uploads.models import Upload
from gaoxin.words import Text

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from gaoxin.platform.measures.models.measures import Measure

FRESH_DAYS = 31


def default_days() -> dict[str, int]:
    """Days for each node until the person who registers says otherwise: a proposal of ours, no regulation's."""
    return {"registered": 5, "split": 5, "assigned": 3, "signed": 10, "reported": 5, "reviewed": 5}


class Notice(models.Model):
    """One notice. ``source`` is its whole text; every clause and measure is a stretch of it.

    While ``registered`` is None it is being prepared: only the supervising office sees it.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    code = models.SlugField(words("代码", "code"), max_length=40, unique=True)
    title = models.CharField(words("标题", "title"), max_length=300)
    title_en = models.CharField(words("英文标题", "title in English"), max_length=300, blank=True)
    number = models.CharField(words("文号", "number"), max_length=80, blank=True)
    issuer = models.CharField(words("发文机关", "issuer"), max_length=200, blank=True)
    signed_on = models.DateField(words("成文日期", "signed on"), null=True, blank=True)
    begins = models.DateField(words("施行日期", "in force from"), null=True, blank=True)
    upload = models.ForeignKey(Upload, models.PROTECT, related_name="+")
    source = models.TextField()
    findings = models.JSONField(default=list)
    days = models.JSONField(words("各节点天数", "days for each node"), default=default_days)
    fresh_days = models.PositiveIntegerField(words("多少天内算最新", "fresh for days"), default=FRESH_DAYS)
    registered = models.DateTimeField(words("登记时间", "registered"), null=True)
    synthetic = models.BooleanField(words("合成数据", "synthetic"), default=False)

    not_in_audit: ClassVar = ("source", "findings")

    if TYPE_CHECKING:
        clauses: RelatedManager[Clause]
        names: RelatedManager[UnitName]
        measures: RelatedManager[Measure]

    class Meta:
        ordering: ClassVar = ["-signed_on", "code"]

    def __str__(self) -> str:
        return self.label.say(language())

    @property
    def label(self) -> Text:
        """The title in both languages; the Chinese one stands in for a missing English one."""
        return Text(self.title, self.title_en or self.title)


class Clause(models.Model):
    """One clause: the characters ``source[start:end]`` of its notice, and what the reader made of them.

    ``units`` are ``{"name", "role"}`` as written; ``drafts`` the proposed actions ``{"words", "start", "end"}``;
    ``targets`` the figures it names.
    """

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="clauses")
    position = models.PositiveIntegerField()
    label = models.CharField(words("条款", "clause"), max_length=60)
    heading = models.CharField(words("标题", "heading"), max_length=300, blank=True)
    text = models.TextField(words("正文", "text"), blank=True)
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    units = models.JSONField(default=list)
    drafts = models.JSONField(default=list)
    targets = models.JSONField(default=list)
    deadlines = models.JSONField(default=list)

    if TYPE_CHECKING:
        measures: RelatedManager[Measure]

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["notice", "position"], name="measures_clause_position"),
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.heading}".strip()

    @property
    def as_text(self) -> Text:
        """Label and heading, which have one language."""
        return Text(str(self), str(self))


class UnitName(models.Model):
    """A unit as the notice writes it, and the organisations of the platform that it means.

    ``outside``: a person decided that nobody on the platform answers for it (a company, a central agency).
    """

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="names")
    name = models.CharField(words("通知中的写法", "as written"), max_length=200)
    body = models.CharField(words("全称", "full name"), max_length=200, blank=True)
    certainty = models.CharField(max_length=10)
    candidates = models.JSONField(default=list)
    organisations: models.ManyToManyField[Organisation, Any] = models.ManyToManyField(Organisation, related_name="+")
    outside = models.BooleanField(words("不在平台内", "not on the platform"), default=False)
    decided = models.BooleanField(words("已确定", "decided"), default=False)

    class Meta:
        ordering: ClassVar = ["decided", "pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["notice", "name"], name="measures_unit_name")]

    def __str__(self) -> str:
        return self.name

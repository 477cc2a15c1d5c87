"""A collection (采集): one set of forms, asked of many for one period."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, ClassVar

from django.db import models

from gaoxin.platform.language import language, words
from gaoxin.platform.organisations.models import Organisation
from gaoxin.words import Text

if TYPE_CHECKING:
    from django.db.models.manager import RelatedManager

    from gaoxin.platform.statistics.models.returns import Return


class Collection(models.Model):
    """Which forms of which rulebook are asked for which period, from when to when; its `Return`s say of whom.

    ``forms`` are the forms of the book that are asked, all when empty. ``book_version`` is the version at the opening:
    figures say by which rules they were collected.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    """Who collects: the city."""
    code = models.SlugField(words("代码", "code"), max_length=60, unique=True)
    name = models.CharField(words("名称", "name in Chinese"), max_length=200)
    name_en = models.CharField(words("英文名称", "name in English"), max_length=200, blank=True)
    book = models.CharField(words("规则书", "rulebook"), max_length=80)
    book_version = models.CharField(words("规则书版本", "version of the rulebook"), max_length=60)
    entity = models.CharField(words("填报单位类别", "who reports"), max_length=30)
    forms = models.JSONField(words("表", "forms"), default=list, blank=True)
    greyed = models.JSONField(words("不填的指标", "items not asked"), default=list, blank=True)
    """Codes of items that stand in the forms and are not to be filled in: their cells are grey."""
    period = models.CharField(words("报告期", "period"), max_length=10, db_index=True)
    opens = models.DateField(words("开始填报", "opens"))
    due = models.DateField(words("截止", "due"))
    locks = models.BooleanField(words("逾期锁定", "locked when overdue"), default=False)
    closed = models.DateTimeField(words("关闭时间", "closed"), null=True, blank=True)
    synthetic = models.BooleanField(words("合成数据", "synthetic"), default=False)

    if TYPE_CHECKING:
        returns: RelatedManager[Return]

    class Meta:
        ordering: ClassVar = ["-period", "code"]
        indexes: ClassVar = [models.Index(fields=["book", "entity", "period"])]

    def __str__(self) -> str:
        return self.label.say(language())

    @property
    def label(self) -> Text:
        """The name in both languages."""
        return Text(self.name, self.name_en or self.name)

    def is_open(self, today: datetime.date) -> bool:
        """Whether anything can be entered at all."""
        return self.closed is None and today >= self.opens

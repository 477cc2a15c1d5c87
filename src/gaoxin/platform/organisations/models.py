"""The state of the organisation tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from treebeard.mp_tree import MP_Node

from gaoxin.platform.access.roles import Kind
from gaoxin.platform.language import language, words
from gaoxin.words import Text

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from gaoxin.platform.accounts.models import Assignment


class Organisation(MP_Node):
    """One organisation. It is never deleted: closing it keeps what it reported and decided.

    ``path`` begins with the paths of all that is above it; every scope rests on that.
    """

    code = models.CharField(words("代码", "code"), max_length=40, unique=True)
    name = models.CharField(words("名称", "name in Chinese"), max_length=200)
    name_en = models.CharField(words("英文名称", "name in English"), max_length=200, blank=True)
    kind = models.CharField(words("类别", "kind"), max_length=10, choices=Kind.choices)
    opened = models.DateField(words("设立日期", "opened"), null=True, blank=True)
    closed = models.DateField(words("关闭日期", "closed"), null=True, blank=True)
    synthetic = models.BooleanField(words("合成数据", "synthetic"), default=False)

    not_in_audit: ClassVar = ("path", "depth", "numchild")

    if TYPE_CHECKING:
        assignments: RelatedManager[Assignment]

    class Meta:
        indexes: ClassVar = [models.Index(fields=["kind", "path"]), models.Index(fields=["name"])]

    def __str__(self) -> str:
        return self.label.say(language())

    @property
    def label(self) -> Text:
        """The name in both languages; the Chinese one stands in for a missing English one."""
        return Text(self.name, self.name_en or self.name)

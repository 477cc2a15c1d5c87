"""The register of zones and parks. Name, code and opening are those of the organisation."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.db import models

from gaoxin.platform.language import words
from gaoxin.platform.organisations.models import Organisation
from gaoxin.words import Text

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class Level(models.TextChoices):
    """By whom a zone was approved."""

    NATIONAL = "national", words("国家级", "national")
    PROVINCIAL = "provincial", words("省级", "provincial")
    CITY = "city", words("市级", "city")
    UNKNOWN = "unknown", words("未知", "unknown")


class EventKind(models.TextChoices):
    """What can happen to a zone."""

    ADMITTED = "admitted", words("批准设立", "admitted")
    RENAMED = "renamed", words("更名", "renamed")
    EXPANDED = "expanded", words("扩区", "expanded")
    MERGED = "merged", words("合并", "merged")
    UPGRADED = "upgraded", words("升级", "upgraded")
    WITHDRAWN = "withdrawn", words("撤销", "withdrawn")
    OTHER = "other", words("其他", "other")


class Zone(models.Model):
    """What the register says of one zone or park."""

    organisation = models.OneToOneField(Organisation, models.PROTECT, primary_key=True, related_name="zone")
    level = models.CharField(words("级别", "level"), max_length=12, choices=Level.choices, default=Level.UNKNOWN)
    category = models.CharField(words("类型", "class"), max_length=100, blank=True)
    region = models.CharField(words("行政区划（GB/T 2260）", "area (GB/T 2260)"), max_length=6, blank=True)
    area = models.DecimalField(
        words("面积（平方公里）", "area (km²)"), max_digits=12, decimal_places=4, null=True, blank=True
    )
    industries = models.CharField(words("主导产业", "leading industries"), max_length=500, blank=True)
    boundary = models.JSONField(words("边界（GeoJSON）", "boundary (GeoJSON)"), null=True, blank=True)
    drawn = models.JSONField(null=True, blank=True, editable=False)
    """The boundary thinned for drawing (`gaoxin.platform.zones.maps`)."""

    not_in_audit: ClassVar = ("drawn",)

    if TYPE_CHECKING:
        events: RelatedManager[Event]

    def __str__(self) -> str:
        return str(self.organisation)


class Event(models.Model):
    """One event in the life of a zone, with the document that says so."""

    zone = models.ForeignKey(Zone, models.PROTECT, related_name="events")
    day = models.DateField(words("日期", "date"))
    kind = models.CharField(words("事项", "event"), max_length=12, choices=EventKind.choices)
    text = models.CharField(words("说明", "what happened"), max_length=500)
    document = models.CharField(words("依据文件", "document"), max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["-day", "-pk"]

    def __str__(self) -> str:
        return f"{self.day} {self.text}"

    @property
    def label(self) -> Text:
        """The text as it was written."""
        return Text(self.text, self.text)

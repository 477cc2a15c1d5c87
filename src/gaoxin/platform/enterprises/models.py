"""The register of firms. A firm is an organisation of the tree: its place there is the zone it belongs to today."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from gaoxin.platform.language import words
from gaoxin.platform.organisations.models import Organisation

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class Status(models.TextChoices):
    """Whether a firm operates."""

    OPERATING = "operating", words("在营", "operating")
    SUSPENDED = "suspended", words("停业", "suspended")
    CLOSED = "closed", words("注销或吊销", "closed")
    MERGED = "merged", words("并入重复登记的另一条", "merged into another entry")


class CertificateKind(models.TextChoices):
    """Certificates of firms that the forms ask about."""

    HNTE = "hnte", words("高新技术企业", "high and new technology enterprise")
    TSME = "tsme", words("科技型中小企业", "technology-based SME")
    SRDI = "srdi", words("专精特新中小企业", "specialised and innovative SME")
    LITTLE_GIANT = "little_giant", words("专精特新“小巨人”企业", "little giant")
    GAZELLE = "gazelle", words("瞪羚企业", "gazelle")
    UNICORN = "unicorn", words("独角兽企业", "unicorn")
    OTHER = "other", words("其他", "other")


class Firm(models.Model):
    """One firm; the code of its organisation is the unified social credit code."""

    organisation = models.OneToOneField(Organisation, models.PROTECT, primary_key=True, related_name="firm")
    zone = models.ForeignKey(Organisation, models.PROTECT, related_name="firms", verbose_name=words("所属园区", "zone"))
    """The zone or park of today, as the tree has it; what it was before is in the memberships."""
    industry = models.CharField(words("行业（GB/T 4754-2017）", "industry (GB/T 4754-2017)"), max_length=4, blank=True)
    region = models.CharField(words("行政区划（GB/T 2260）", "area (GB/T 2260)"), max_length=6, blank=True)
    founded = models.DateField(words("成立日期", "founded"), null=True, blank=True)
    status = models.CharField(words("状态", "status"), max_length=10, choices=Status.choices, default=Status.OPERATING)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged")

    if TYPE_CHECKING:
        memberships: RelatedManager[Membership]
        certificates: RelatedManager[Certificate]

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["industry"]), models.Index(fields=["status"]),
            models.Index(fields=["zone", "status"]),  # all that is counted of the firms of zones
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(self.organisation)


class Memberships(models.QuerySet["Membership"]):
    """Choosing memberships."""

    def on(self, day: datetime.date | None = None) -> Memberships:
        """Those that hold on ``day``, today by default."""
        day = day or timezone.localdate()
        return self.filter(Q(since=None) | Q(since__lte=day), Q(until=None) | Q(until__gte=day))


class Membership(models.Model):
    """A firm belongs to a zone or park from ``since`` (None: from the beginning) to ``until`` (None: until now)."""

    firm = models.ForeignKey(Firm, models.PROTECT, related_name="memberships")
    zone = models.ForeignKey(Organisation, models.PROTECT, related_name="members")
    since = models.DateField(words("自", "from"), null=True, blank=True)
    until = models.DateField(words("至", "until"), null=True, blank=True)

    objects = Memberships.as_manager()

    class Meta:
        ordering: ClassVar = ["-since", "-pk"]
        indexes: ClassVar = [models.Index(fields=["zone", "since", "until"])]

    def __str__(self) -> str:
        return f"{self.firm} · {self.zone}"


class Certificate(models.Model):
    """One certificate with its dates."""

    firm = models.ForeignKey(Firm, models.PROTECT, related_name="certificates")
    kind = models.CharField(words("证书", "certificate"), max_length=12, choices=CertificateKind.choices)
    number = models.CharField(words("编号", "number"), max_length=60, blank=True)
    issued = models.DateField(words("发证日期", "issued"))
    expires = models.DateField(words("有效期至", "expires"), null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-issued", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["firm", "kind", "issued"], name="one_certificate_of_a_kind_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"

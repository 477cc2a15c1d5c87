"""What is typed on the pages of firms."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils import timezone

from gaoxin.platform.enterprises.checks import FirmValues
from gaoxin.platform.enterprises.imports import FIELDS, Layout
from gaoxin.platform.enterprises.models import CertificateKind, Status
from gaoxin.platform.frame.forms import DateInput, Form
from gaoxin.platform.language import words
from gaoxin.platform.organisations.models import Organisation

_REASON = words("原因", "Reason")
_STATUSES = [(value, label) for value, label in Status.choices if value != Status.MERGED]


class Filters(Form):
    """The filters of the list; they live in the address."""

    q = forms.CharField(label=words("名称或信用代码", "Name or credit code"), required=False)
    zone = forms.CharField(label=words("园区代码", "Code of the zone"), required=False)
    industry = forms.CharField(label=words("行业代码", "Industry code"), required=False, max_length=4)
    status = forms.ChoiceField(
        label=words("状态", "Status"), required=False,
        choices=[("", words("全部（不含已并入）", "all (without merged)")), *Status.choices],
    )  # fmt: skip


class Values(Form):
    """What the register says of a firm."""

    name = forms.CharField(label=words("企业名称", "Name"), max_length=200)
    name_en = forms.CharField(label=words("英文名称", "Name in English"), max_length=200, required=False)
    industry = forms.CharField(
        label=words("行业（GB/T 4754-2017）", "Industry (GB/T 4754-2017)"), max_length=4, required=False,
        help_text=words("小类，4 位数字", "the class: 4 digits"),
    )  # fmt: skip
    region = forms.CharField(
        label=words("行政区划（GB/T 2260）", "Area (GB/T 2260)"), max_length=6, required=False,
        help_text=words("6 位数字，县级", "6 digits, the county"),
    )  # fmt: skip
    founded = forms.DateField(label=words("成立日期", "Founded"), required=False, widget=DateInput())
    status = forms.ChoiceField(label=words("状态", "Status"), choices=_STATUSES)

    def values(self) -> FirmValues:
        """What was typed, as actions take it."""
        asked = self.cleaned_data
        return FirmValues(
            asked["name"].strip(), asked["name_en"].strip(), asked["industry"], asked["region"], asked["founded"],
            Status(asked["status"]),
        )  # fmt: skip


class Add(Values):
    """A new firm."""

    field_order = ("credit_code", "zone", "since")

    credit_code = forms.CharField(label=words("统一社会信用代码", "Credit code"), max_length=18)
    zone = forms.CharField(label=words("园区代码", "Code of the zone"), max_length=40)
    since = forms.DateField(label=words("入园日期", "Member since"), required=False, widget=DateInput())


class Change(Values):
    """Other values, and why."""

    reason = forms.CharField(label=_REASON, widget=forms.Textarea(attrs={"rows": 3}))


class Transfer(Form):
    """Another zone."""

    zone = forms.CharField(label=words("转入园区代码", "Code of the other zone"), max_length=40)
    day = forms.DateField(label=words("转入日期", "From the day"), initial=timezone.localdate, widget=DateInput())
    reason = forms.CharField(label=_REASON, widget=forms.Textarea(attrs={"rows": 3}))


class AddCertificate(Form):
    """A certificate."""

    kind = forms.ChoiceField(label=words("证书", "Certificate"), choices=CertificateKind.choices)
    number = forms.CharField(label=words("编号", "Number"), max_length=60, required=False)
    issued = forms.DateField(label=words("发证日期", "Issued"), widget=DateInput())
    expires = forms.DateField(label=words("有效期至", "Until"), required=False, widget=DateInput())


class Merge(Form):
    """Another entry of the same firm."""

    dropped = forms.CharField(
        label=words("并入本条的信用代码", "Credit code of the entry to merge into this"), max_length=18
    )
    reason = forms.CharField(label=_REASON, widget=forms.Textarea(attrs={"rows": 3}))


class Upload(Form):
    """A file of firms."""

    organisation = forms.ChoiceField(label=words("为哪个机构导入", "For which organisation"))
    file = forms.FileField(label=words("xlsx 或 CSV 文件", "xlsx or CSV file"))

    def __init__(self, *args: Any, places: Iterable[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].choices = [  # type: ignore[attr-defined]
            (place.code, f"{place}（{place.code}）") for place in places
        ]


class Headings(forms.Select):
    """A choice among the headings of a file, which are in the language of the file."""

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Say that the heading is Chinese."""
        option: dict[str, Any] = super().create_option(*args, **kwargs)
        if option["value"] != "-":
            option["attrs"]["lang"] = "zh-Hans"
        return option


class Mapping(Form):
    """Which column is what."""

    def __init__(self, layout: Layout, sheets: Iterable[str]) -> None:
        headings = [(heading, heading) for heading in dict.fromkeys(filter(None, layout.headings))]
        initial = {code: layout.headings[at] for code, at in layout.columns.items()}
        super().__init__(initial={**initial, "sheet": layout.sheet})
        names = list(sheets)
        if len(names) > 1:
            choices = [(name, name) for name in names]
            self.fields["sheet"] = forms.ChoiceField(label=words("工作表", "Sheet"), choices=choices)
        for known in FIELDS:
            none = ("-", words("（无）", "(none)"))
            self.fields[known.code] = forms.ChoiceField(
                label=known.title, choices=[none, *headings], required=False, widget=Headings()
            )

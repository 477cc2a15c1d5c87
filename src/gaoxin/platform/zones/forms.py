"""What is typed on the pages of zones."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from gaoxin.platform.access.roles import Kind
from gaoxin.platform.frame.forms import DateInput, Form
from gaoxin.platform.language import words
from gaoxin.platform.zones.models import EventKind, Level

_REASON = words("原因", "Reason")
_ANY = ("", words("全部", "all"))
MOST_GEOJSON = 4 << 20


class Filters(Form):
    """The filters of the list; they live in the address."""

    q = forms.CharField(label=words("名称、代码或产业", "Name, code or industry"), required=False)
    level = forms.ChoiceField(label=words("级别", "Level"), required=False, choices=[_ANY, *Level.choices])
    kind = forms.ChoiceField(
        label=words("类别", "Kind"), required=False,
        choices=[_ANY, *((kind.value, kind.label) for kind in (Kind.ZONE, Kind.PARK))],
    )  # fmt: skip


class Keep(Form):
    """What the register says."""

    level = forms.ChoiceField(label=words("级别", "Level"), choices=Level.choices)
    category = forms.CharField(label=words("类型", "Class"), max_length=100, required=False)
    region = forms.CharField(
        label=words("行政区划（GB/T 2260）", "Area (GB/T 2260)"), max_length=6, required=False,
        help_text=words("6 位数字，县级", "6 digits, the county"),
    )  # fmt: skip
    area = forms.DecimalField(
        label=words("面积（平方公里）", "Area (km²)"), max_digits=12, decimal_places=4, required=False
    )
    industries = forms.CharField(
        label=words("主导产业", "Leading industries"), max_length=500, required=False,
        help_text=words("以“、”分隔", "separated by 、"),
    )  # fmt: skip
    reason = forms.CharField(label=_REASON, widget=forms.Textarea(attrs={"rows": 3}))


class Boundary(Form):
    """A GeoJSON file."""

    boundary = forms.FileField(label=words("GeoJSON 文件", "GeoJSON file"))
    reason = forms.CharField(label=_REASON, widget=forms.Textarea(attrs={"rows": 3}))

    def clean_boundary(self) -> Any:
        """The JSON in the file."""
        file: UploadedFile = self.cleaned_data["boundary"]
        if (file.size or 0) > MOST_GEOJSON:
            raise ValidationError(words("文件超过 4 MB", "The file is larger than 4 MB"))
        try:
            return json.loads(file.read().decode("utf-8-sig"))
        except (UnicodeDecodeError, ValueError, RecursionError):
            raise ValidationError(words("文件不是 JSON", "The file is not JSON")) from None


class AddEvent(Form):
    """An event."""

    day = forms.DateField(label=words("日期", "Date"), widget=DateInput())
    kind = forms.ChoiceField(label=words("事项", "Event"), choices=EventKind.choices)
    text = forms.CharField(label=words("说明", "What happened"), max_length=500)
    document = forms.CharField(label=words("依据文件", "Document"), max_length=300, required=False)

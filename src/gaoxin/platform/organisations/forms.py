"""What is typed on the pages of the organisation tree."""

from __future__ import annotations

from django import forms
from django.utils import timezone

from gaoxin.platform.access.roles import INSIDE, Kind
from gaoxin.platform.frame.forms import DateInput, Form
from gaoxin.platform.language import words
from gaoxin.platform.organisations.models import Organisation

REASON = words("原因", "Reason")


class Filters(Form):
    """The filters of the list; they live in the address."""

    q = forms.CharField(label=words("名称或代码", "Name or code"), required=False)
    kind = forms.ChoiceField(
        label=words("类别", "Kind"),
        required=False,
        choices=[("", words("全部（不含企业）", "all (without firms)")), *Kind.choices],
    )
    closed = forms.BooleanField(label=words("包括已关闭", "Closed ones too"), required=False)


class Add(Form):
    """A new organisation below another."""

    kind = forms.ChoiceField(label=words("类别", "Kind"))
    code = forms.CharField(label=words("代码", "Code"), max_length=40)
    name = forms.CharField(label=words("中文名称", "Name in Chinese"), max_length=200)
    name_en = forms.CharField(label=words("英文名称", "Name in English"), max_length=200, required=False)
    opened = forms.DateField(label=words("设立日期", "Opened"), required=False, widget=DateInput())

    def __init__(self, data: object, *, parent: Organisation) -> None:
        super().__init__(data)
        allowed = [kind for kind in Kind if Kind(parent.kind) in INSIDE[kind] and kind is not Kind.FIRM]
        self.fields["kind"].choices = [(kind.value, kind.label) for kind in allowed]  # type: ignore[attr-defined]


class Rename(Form):
    """Another name."""

    name = forms.CharField(label=words("中文名称", "Name in Chinese"), max_length=200)
    name_en = forms.CharField(label=words("英文名称", "Name in English"), max_length=200, required=False)
    reason = forms.CharField(label=REASON, widget=forms.Textarea(attrs={"rows": 3}))


class Move(Form):
    """Another place in the tree."""

    parent = forms.CharField(label=words("新的上级机构代码", "Code of the new organisation above"), max_length=40)
    reason = forms.CharField(label=REASON, widget=forms.Textarea(attrs={"rows": 3}))


class Close(Form):
    """The end."""

    day = forms.DateField(label=words("关闭日期", "Closed on"), initial=timezone.localdate, widget=DateInput())
    reason = forms.CharField(label=REASON, widget=forms.Textarea(attrs={"rows": 3}))

"""What is typed on the pages of collections and returns, besides the figures."""

from __future__ import annotations

from typing import Any

from django import forms as controls
from django.utils import timezone

from gaoxin.platform.frame.forms import DateInput, Form
from gaoxin.platform.language import say, words
from gaoxin.platform.statistics import books
from gaoxin.platform.statistics.models import State

REASON = words("原因", "Reason")
_TEXT = {"widget": controls.Textarea(attrs={"rows": 3})}


class Filters(Form):
    """The filters of a list of returns; they live in the address."""

    q = controls.CharField(label=words("名称或代码", "Name or code"), required=False)
    state = controls.ChoiceField(
        label=words("状态", "State"), required=False, choices=[("", words("全部", "all")), *State.choices]
    )
    zone = controls.CharField(label=words("园区代码", "Code of the zone"), required=False)
    late = controls.BooleanField(label=words("只看逾期未报", "Overdue only"), required=False)


class Open(Form):
    """A new collection."""

    code = controls.CharField(label=words("代码", "Code"), max_length=60, help_text="firms-2025")
    name = controls.CharField(label=words("中文名称", "Name in Chinese"), max_length=200)
    name_en = controls.CharField(label=words("英文名称", "Name in English"), max_length=200, required=False)
    book = controls.ChoiceField(label=words("规则书", "Rulebook"))
    entity = controls.ChoiceField(
        label=words("由谁填报", "Who reports"),
        choices=[("firm", words("企业", "firms")), ("zone", words("园区", "zones"))],
    )
    forms = controls.CharField(
        label=words("表号（用逗号分开，留空为全部）", "Forms (separated by commas; all when blank)"), required=False
    )
    greyed = controls.CharField(
        label=words("不填的指标（灰格，用逗号分开）", "Items not asked (grey cells, separated by commas)"),
        required=False,
    )
    period = controls.CharField(label=words("报告期", "Period"), max_length=10, help_text="2025 / 2025-Q3 / 2025-08")
    opens = controls.DateField(label=words("开始填报", "Opens"), initial=timezone.localdate, widget=DateInput())
    due = controls.DateField(label=words("截止", "Due"), widget=DateInput())
    locks = controls.BooleanField(label=words("逾期锁定", "Locked when overdue"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(name, f"{name} · {say(books.book(name).title)}") for name in books.book_names()]
        self.fields["book"].choices = named  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """As the action takes them."""
        asked = dict(self.cleaned_data)
        for name in ("forms", "greyed"):
            asked[name] = [one.strip() for one in asked[name].replace("，", ",").split(",") if one.strip()]
        return asked


class Extend(Form):
    """Another date for a place."""

    place = controls.CharField(label=words("机构代码（及其下级）", "Organisation (and below)"), max_length=40)
    due = controls.DateField(label=words("新的截止日期", "New date"), widget=DateInput())
    reason = controls.CharField(label=REASON, **_TEXT)


class Reason(Form):
    """Why."""

    reason = controls.CharField(label=REASON, **_TEXT)


class Sign(Form):
    """The signature under a return."""

    signatory = controls.CharField(label=words("签署人", "Signatory"), max_length=100)
    position = controls.CharField(label=words("职务", "Position"), max_length=100, required=False)


class Fix(Form):
    """A snapshot to be fixed."""

    period = controls.CharField(label=words("报告期", "Period"), max_length=10)
    reason = controls.CharField(label=REASON, required=False, **_TEXT)


class Upload(Form):
    """A file with the returns of many, or of one."""

    file = controls.FileField(label=words("文件（xlsx 或 CSV）", "File (xlsx or CSV)"))
    signatory = controls.CharField(
        label=words(
            "签署人（填写后，没有问题的报表随即提交）", "Signatory (then what has no findings is submitted at once)"
        ),
        max_length=100,
        required=False,
    )

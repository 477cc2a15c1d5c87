"""What is typed on the pages of evaluations."""

from __future__ import annotations

from typing import Any

from django import forms

from gaoxin.platform.evaluations.systems import choices
from gaoxin.platform.frame.forms import DateInput, Form
from gaoxin.platform.language import say, words

REASON = words("原因", "Reason")


def _systems() -> list[tuple[str, str]]:
    return [(name, f"{say(title)} ({name})") for name, title in choices()]


class New(Form):
    """A run."""

    title = forms.CharField(label=words("标题", "Title in Chinese"), max_length=200)
    title_en = forms.CharField(label=words("英文标题", "Title in English"), max_length=200, required=False)
    period = forms.CharField(
        label=words("评价期", "Period"), max_length=10, help_text=words("如 2025", "for example 2025")
    )
    system = forms.ChoiceField(label=words("指标体系", "Indicator system"))
    replications = forms.IntegerField(
        label=words("稳健性模拟次数", "Draws of the robustness analysis"),
        initial=1000,
        min_value=0,
        help_text=words("0 为不做；没有模拟就没有名次区间和把握程度", "0 for none: then there are no intervals"),
    )
    seed = forms.IntegerField(label=words("随机数种子", "Random seed"), initial=1, min_value=0)
    group_by = forms.CharField(
        label=words("分类列", "Column of the classes"), required=False, max_length=60,
        help_text=words("报表中的一列，如 园区类别", "a column of the returns"),
    )  # fmt: skip
    only_group = forms.CharField(label=words("只评价这一类", "Evaluate one class alone"), required=False, max_length=60)
    top = forms.IntegerField(label=words("居前的园区数", "Size of the top group"), required=False, min_value=1)
    bottom = forms.IntegerField(label=words("居末的园区数", "Size of the bottom group"), required=False, min_value=1)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["system"].choices = _systems()  # type: ignore[attr-defined]


class Reason(Form):
    """Why."""

    reason = forms.CharField(label=REASON, widget=forms.Textarea(attrs={"rows": 3}), required=False)


class Rank(Form):
    """A rank to reach."""

    rank = forms.IntegerField(label=words("想达到的名次", "Rank to reach"), min_value=1)


class NewRound(Form):
    """Scores asked of experts."""

    title = forms.CharField(label=words("标题", "Title"), max_length=200)
    period = forms.CharField(label=words("评价期", "Period"), max_length=10)
    system = forms.ChoiceField(label=words("指标体系", "Indicator system"))
    due = forms.DateField(label=words("截止", "Due"), widget=DateInput())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["system"].choices = _systems()  # type: ignore[attr-defined]

"""What is typed on the pages of dynamic adjustment."""

from __future__ import annotations

from typing import Any

from django import forms

from gaoxin.platform.adjustments import books
from gaoxin.platform.adjustments.procedure import Way
from gaoxin.platform.frame.forms import Form
from gaoxin.platform.language import say, words
from gaoxin.platform.organisations.models import Organisation


class Propose(Form):
    """Which rules for which period."""

    period = forms.CharField(label=words("评价期", "Period"), max_length=10)
    book = forms.ChoiceField(label=words("判定规则书", "Decision book"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["book"].choices = [(name, f"{say(books.book(name).title)} ({name})") for name in books.names()]  # type: ignore[attr-defined]


class Take(Form):
    """One step, signed."""

    text = forms.CharField(widget=forms.Textarea(attrs={"rows": 5}), required=False)
    signatory = forms.CharField(label=words("签署人", "Signed by"), max_length=100, required=False)
    position = forms.CharField(label=words("职务", "Position"), max_length=100, required=False)

    def __init__(self, *args: Any, way: Way, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label = way.text


class Undo(Form):
    """Why a step is taken back."""

    reason = forms.CharField(label=words("原因", "Reason"), widget=forms.Textarea(attrs={"rows": 3}), required=False)


class Note(Form):
    """An event that no evaluation contains."""

    zone = forms.ChoiceField(label=words("园区", "Zone"))
    period = forms.CharField(label=words("评价期", "Period"), max_length=10)
    event = forms.ChoiceField(label=words("事项", "Event"))
    value = forms.CharField(
        label=words("值", "Value"), max_length=60, help_text=words("是、否或数量", "yes, no, or a number")
    )
    document = forms.CharField(label=words("依据文件", "Document"), max_length=300)

    def __init__(self, *args: Any, zones: list[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["zone"].choices = [(zone.code, f"{zone.code} {zone}") for zone in zones]  # type: ignore[attr-defined]
        self.fields["event"].choices = [  # type: ignore[attr-defined]
            (f"{name}:{code}", say(item.name)) for name in books.names() for code, item in books.recorded(name).items()
        ]

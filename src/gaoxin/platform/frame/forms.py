"""Forms: parsed by Django, judged by the action; what the action refuses stands at the field and in the summary."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.forms.renderers import TemplatesSetting
from django.http import Http404

from gaoxin.platform.language import say, words
from gaoxin.problems import InputError

R = TypeVar("R")


class Renderer(TemplatesSetting):
    """Every form looks the same: label, help, error, control."""

    form_template_name = "frame/form.html"
    field_template_name = "frame/field.html"


class Form(forms.Form):
    """A form of the platform. Its fields carry no rules of their own beyond their type: the rules are in the action."""

    required_css_class = "required"
    error_css_class = "wrong"
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)

    def attempt(self, act: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Call the action; what it refuses becomes errors of the form, and the answer None."""
        try:
            return act(*args, **kwargs)
        except InputError as refused:
            for problem in refused.problems:
                said = say(problem.message)
                if say(problem.remedy):
                    said = f"{said} → {say(problem.remedy)}"
                self.add_error(problem.item if problem.item in self.fields else None, said)
            return None

    def seek(self, name: str, find: Callable[..., R], *args: Any) -> R | None:
        """What the code typed into the field ``name`` leads to: ``find(*args, code)``; an error there if nothing."""
        try:
            return find(*args, self.cleaned_data[name].strip())
        except Http404:
            text = words("没有这个代码，或不在您的范围内", "There is no such code within your sight")
            self.add_error(name, text)
            return None


class DateInput(forms.DateInput):
    """A date as the browser picks it."""

    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)

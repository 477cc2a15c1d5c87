"""What is typed on the pages of accounts."""

from __future__ import annotations

import datetime
from typing import Any

from allauth.account.forms import LoginForm
from django import forms
from django.conf import settings
from django.utils import timezone

from gaoxin.platform.access.permissions import TABLE
from gaoxin.platform.access.roles import Role
from gaoxin.platform.frame.forms import DateInput, Form
from gaoxin.platform.language import words

_REASON = words("原因", "Reason")


class SignIn(LoginForm):
    """User name and password; the way to reset it by mail is shown only where mail is sent."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not settings.EMAIL_HOST:
            self.fields["password"].help_text = ""


class Filters(Form):
    """The filters of the list; they live in the address."""

    q = forms.CharField(label=words("姓名或用户名", "Name or user name"), required=False)
    role = forms.ChoiceField(
        label=words("角色", "Role"), required=False, choices=[("", words("全部", "all")), *Role.choices]
    )


class Add(Form):
    """A new account."""

    organisation = forms.CharField(label=words("所属机构代码", "Code of the organisation"), max_length=40)
    username = forms.CharField(label=words("用户名", "User name"), max_length=150)
    name = forms.CharField(label=words("姓名", "Name"), max_length=100)
    email = forms.CharField(label=words("电子邮件", "E-mail"), max_length=254, required=False)


class Grant(Form):
    """A role at a place."""

    role = forms.ChoiceField(label=words("角色", "Role"), choices=Role.choices)
    organisation = forms.CharField(label=words("机构代码", "Code of the organisation"), max_length=40)
    until = forms.DateField(label=words("至（可不填）", "Until (optional)"), required=False, widget=DateInput())
    reason = forms.CharField(label=_REASON, required=False)


class Reason(Form):
    """Why."""

    reason = forms.CharField(label=_REASON, widget=forms.Textarea(attrs={"rows": 3}))


def _scopes() -> list[tuple[str, str]]:
    areas = dict.fromkeys(code.split(".")[0] for code in TABLE)
    return [(area, area) for area in areas] + [(code, f"{code}：{row.title}") for code, row in TABLE.items()]


class AddToken(Form):
    """A token of one's own."""

    name = forms.CharField(label=words("用途", "What it is for"), max_length=100)
    days = forms.IntegerField(label=words("有效天数", "Days it is good for"), min_value=1, max_value=366, initial=90)
    scopes = forms.MultipleChoiceField(
        label=words("范围", "Scopes"),
        help_text=words("整个领域，或其中一项权限", "A whole area, or one permission of it"),
        choices=_scopes,
        widget=forms.CheckboxSelectMultiple,
    )

    def expires(self) -> datetime.datetime:
        """The time until which it is good."""
        return timezone.now() + datetime.timedelta(days=self.cleaned_data["days"])

"""What is typed on the page of the audit."""

from __future__ import annotations

from django import forms

from gaoxin.platform.frame.forms import DateInput, Form
from gaoxin.platform.language import words


class Filters(Form):
    """The filters; they live in the address."""

    text = forms.CharField(label=words("操作人、对象或原因", "Who, what or why"), required=False)
    action = forms.CharField(label=words("操作", "Action"), required=False)
    since = forms.DateField(label=words("自", "From"), required=False, widget=DateInput())
    until = forms.DateField(label=words("至", "Until"), required=False, widget=DateInput())

"""Pages of the organisation tree."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from gaoxin.platform.access.middleware import PageRequest
from gaoxin.platform.access.roles import Kind
from gaoxin.platform.audit.queries import history
from gaoxin.platform.frame.forms import Form
from gaoxin.platform.frame.tables import Column, Table
from gaoxin.platform.language import words
from gaoxin.platform.organisations import actions, forms, queries
from gaoxin.platform.organisations.models import Organisation
from gaoxin.platform.organisations.permissions import CHANGE

COLUMNS = (
    Column("code", words("代码", "Code"), lambda o: o.code, "code"),
    Column("name", words("名称", "Name"), lambda o: o.label, "name", lambda o: f"/organisations/{o.code}/"),
    Column("kind", words("类别", "Kind"), lambda o: o.get_kind_display(), "kind"),
    Column("opened", words("设立日期", "Opened"), lambda o: o.opened, "opened"),
    Column("closed", words("关闭日期", "Closed"), lambda o: o.closed, "closed"),
)


@require_GET
def index(request: PageRequest) -> HttpResponse:
    """The organisations that the reader may see."""
    filters = forms.Filters(request.GET)
    asked = filters.cleaned_data if filters.is_valid() else {}
    records = queries.organisations(
        request.reader,
        kinds=[Kind(asked["kind"])] if asked.get("kind") else (),
        text=asked.get("q", ""),
        closed=asked.get("closed", False),
    )
    table = Table(request, COLUMNS, records, name="organisations", synthetic="synthetic")
    return table.download() or render(request, "organisations/list.html", {"table": table, "filters": filters})


@require_GET
def page(request: PageRequest, code: str) -> HttpResponse:
    """One organisation: what is above and below it, and its history."""
    organisation = queries.organisation(request.reader, code)
    context = {
        "organisation": organisation,
        "above": queries.above(request.reader, organisation),
        "below": list(queries.below(request.reader, organisation).exclude(kind=Kind.FIRM)[:200]),
        "history": history(organisation)[:50],
        "may_change": request.reader.may(CHANGE, organisation),
    }
    return render(request, "organisations/page.html", context)


@require_http_methods(["GET", "POST"])
def add(request: PageRequest, code: str) -> HttpResponse:
    """Add an organisation below."""
    parent = _to_change(request, code)
    form = forms.Add(request.POST or None, parent=parent)
    if form.is_valid():
        asked = form.cleaned_data
        child = form.attempt(actions.add, request.reader, parent, **{**asked, "kind": Kind(asked["kind"])})
        if child is not None:
            return _done(request, child, words("已新增", "Added"))
    return _form(request, parent, form, words("新增下级机构", "Add below"))


@require_http_methods(["GET", "POST"])
def rename(request: PageRequest, code: str) -> HttpResponse:
    """Give another name."""
    organisation = _to_change(request, code)
    form = forms.Rename(request.POST or None, initial={"name": organisation.name, "name_en": organisation.name_en})
    if form.is_valid() and form.attempt(actions.rename, request.reader, organisation, **form.cleaned_data):
        return _done(request, organisation, words("已更名", "Renamed"))
    return _form(request, organisation, form, words("更名", "Rename"))


@require_http_methods(["GET", "POST"])
def move(request: PageRequest, code: str) -> HttpResponse:
    """Put it elsewhere in the tree."""
    organisation = _to_change(request, code)
    form = forms.Move(request.POST or None)
    if form.is_valid():
        parent = form.seek("parent", queries.organisation, request.reader)
        if parent and form.attempt(
            actions.move, request.reader, organisation, parent, reason=form.cleaned_data["reason"]
        ):
            return _done(request, organisation, words("已移动", "Moved"))
    return _form(request, organisation, form, words("移动", "Move"))


@require_http_methods(["GET", "POST"])
def close(request: PageRequest, code: str) -> HttpResponse:
    """Close it."""
    organisation = _to_change(request, code)
    form = forms.Close(request.POST or None)
    if form.is_valid() and form.attempt(actions.close, request.reader, organisation, **form.cleaned_data):
        return _done(request, organisation, words("已关闭", "Closed"))
    return _form(request, organisation, form, words("关闭", "Close"))


def _to_change(request: PageRequest, code: str) -> Organisation:
    return queries.organisation_to_change(request.reader, code)


def _form(request: PageRequest, organisation: Organisation, form: Form, title: Any) -> HttpResponse:
    context = {
        "organisation": organisation,
        "above": queries.above(request.reader, organisation),
        "form": form,
        "title": title,
    }
    return render(request, "organisations/form.html", context, status=422 if form.errors else 200)


def _done(request: PageRequest, organisation: Organisation, said: Any) -> HttpResponse:
    messages.success(request, said)
    return redirect("organisations:page", organisation.code)

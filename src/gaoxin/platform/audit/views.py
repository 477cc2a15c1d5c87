"""The page of the audit."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from gaoxin.platform.access.middleware import PageRequest
from gaoxin.platform.audit import forms, queries
from gaoxin.platform.frame.tables import Column, Table
from gaoxin.platform.language import words

COLUMNS = (
    Column("sequence", words("编号", "No."), lambda e: e.sequence, "sequence", lambda e: f"/audit/{e.sequence}/"),
    Column("at", words("时间", "Time"), lambda e: e.at, "at"),
    Column("actor", words("操作人", "Who"), lambda e: e.who, "actor_name"),
    Column("from", words("来源", "From"), lambda e: f"{e.via} {e.address}"),
    Column("action", words("操作", "Action"), lambda e: e.action, "action"),
    Column("subject", words("对象", "What"), lambda e: e.what),
    Column("reason", words("原因", "Why"), lambda e: e.why),
)


@require_GET
def index(request: PageRequest) -> HttpResponse:
    """The entries that the reader may see, newest first."""
    filters = forms.Filters(request.GET)
    asked = filters.cleaned_data if filters.is_valid() else {}
    table = Table(request, COLUMNS, queries.entries(request.reader, **asked), name="audit")
    return table.download() or render(request, "audit/list.html", {"table": table, "filters": filters})


@require_GET
def page(request: PageRequest, sequence: int) -> HttpResponse:
    """One entry."""
    return render(request, "audit/page.html", {"entry": queries.entry(request.reader, sequence)})

"""Pages of files: the template of one return, the table of many, uploads and their reports."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gaoxin.platform.access.middleware import PageRequest
from gaoxin.platform.access.reader import limit
from gaoxin.platform.frame.tables import file_answer
from gaoxin.platform.language import language, words
from gaoxin.platform.statistics import forms, workbook
from gaoxin.platform.statistics.actions import importing
from gaoxin.platform.statistics.models import Return
from gaoxin.platform.statistics.permissions import ENTER
from gaoxin.platform.statistics.queries import collections as collection_queries
from gaoxin.platform.statistics.queries import imports as import_queries
from gaoxin.platform.statistics.queries import returns as queries
from gaoxin.platform.statistics.queries.places import root
from gaoxin.platform.statistics.views.returns import show_sheet
from gaoxin.problems import InputError

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN = 300


@require_GET
def template(request: PageRequest, collection: str, code: str) -> HttpResponse:
    """The workbook of one return."""
    held = queries.one(request.reader, collection, code)
    figures = held.latest.figures if held.latest else {}
    return _file(workbook.template(held, figures, queries.before(held)), f"{collection}-{code}")


@require_POST
def fill(request: PageRequest, collection: str, code: str) -> HttpResponse:
    """Take the filled workbook of one return."""
    held = queries.one(request.reader, collection, code, ENTER)
    file = request.FILES.get("file")
    if file is None:
        return redirect("statistics:enter", collection, code)
    try:
        saved = importing.fill(request.reader, held, file)
    except InputError as refused:
        return show_sheet(request, held, refused.problems)
    messages.success(request, words(f"已读入 {len(saved.kept)} 个单元格", f"{len(saved.kept)} cells were read"))
    return redirect("statistics:enter", collection, code)


@require_GET
def table(request: PageRequest, code: str) -> HttpResponse:
    """The workbook of all returns of a collection that are the reader's to enter."""
    collection = collection_queries.collection(request.reader, code, ENTER)
    owed = limit(request.reader, ENTER, Return.objects.filter(collection=collection))
    returns = owed.select_related("organisation", "zone", "latest").order_by("organisation__path")
    return _file(workbook.table_of_many(collection, returns.iterator(chunk_size=2000)), collection.code)


@require_http_methods(["GET", "POST"])
def upload(request: PageRequest, code: str) -> HttpResponse:
    """Send a file with the returns of many."""
    collection = collection_queries.collection(request.reader, code, ENTER)
    form = forms.Upload(request.POST or None, request.FILES or None)
    if form.is_valid():
        asked = form.cleaned_data
        sent = form.attempt(
            importing.send, request.reader, collection, root(request.reader, ENTER), asked["file"],
            signatory=asked["signatory"],
        )  # fmt: skip
        if sent is not None:
            return redirect("jobs:page", sent[1].pk)
    context = {
        "collection": collection,
        "form": form,
        "imports": import_queries.imports(request.reader, collection)[:20],
    }
    return render(request, "statistics/upload.html", context, status=422 if form.errors else 200)


@require_GET
def imported(request: PageRequest, key: UUID) -> HttpResponse:
    """What became of an import, row by row."""
    held = import_queries.one(request.reader, key)
    if (form := request.GET.get("format", "")) in {"xlsx", "csv"}:
        titles = (("行", "Row"), ("列", "Column"), ("单位", "Reporter"), ("指标", "Item"), ("值", "Value"),
                  ("类别", "Severity"), ("问题", "Problem"), ("处理", "Remedy"))  # fmt: skip
        rows = (
            (one["row"], one["column"], one["reporter"], one["item"], one["value"], one["severity"],
             one[language()], one[f"remedy_{language()}"])
            for one in held.report
        )  # fmt: skip
        return file_answer("import-report", form, [str(words(*title)) for title in titles], rows)
    report: list[dict[str, Any]] = [{**one, "said": one[language()]} for one in held.report[:SHOWN]]
    context = {"held": held, "report": report, "more": len(held.report) - len(report)}
    return render(request, "statistics/import.html", context)


def _file(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response

"""Pages of collections: what is asked, how far it is, who is missing."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gaoxin.platform.access.middleware import PageRequest
from gaoxin.platform.audit.queries import history
from gaoxin.platform.frame.forms import Form
from gaoxin.platform.frame.tables import Column, Table
from gaoxin.platform.language import say, words
from gaoxin.platform.organisations.queries import organisation
from gaoxin.platform.statistics import forms
from gaoxin.platform.statistics.actions import collecting, reviewing
from gaoxin.platform.statistics.models import Collection
from gaoxin.platform.statistics.permissions import COLLECT, ENTER
from gaoxin.platform.statistics.queries import collections as queries
from gaoxin.platform.statistics.queries import returns as return_queries
from gaoxin.platform.statistics.queries.fixing import pending
from gaoxin.platform.statistics.queries.places import root
from gaoxin.platform.statistics.queries.waiting import STEPS, waiting
from gaoxin.problems import InputError

RETURNS = (
    Column(
        "name", words("单位", "Reporter"), lambda r: r.organisation.label, "organisation__name",
        lambda r: reverse("statistics:return", args=(r.collection.code, r.organisation.code)),
    ),
    Column("code", words("代码", "Code"), lambda r: r.organisation.code, "organisation__code"),
    Column("zone", words("园区", "Zone"), lambda r: r.zone.label if r.zone else None, "zone__path"),
    Column("state", words("状态", "State"), lambda r: r.get_state_display(), "state"),
    Column("due", words("截止", "Due"), lambda r: r.due, "due"),
    Column("submitted", words("首次提交", "First submitted"), lambda r: r.submitted, "submitted"),
    Column("version", words("版本", "Version"), lambda r: r.latest.number if r.latest else None, "latest__number",
           numeric=True),
)  # fmt: skip


@require_GET
def index(request: PageRequest) -> HttpResponse:
    """The collections, with how far those are that are still open."""
    today = timezone.localdate()
    far = queries.progress(request.reader, today)

    def count(name: str) -> Any:
        return lambda c: getattr(far[c.pk], name) if c.pk in far else None

    columns = (
        Column("name", words("采集", "Collection"), lambda c: c.label, "name",
               lambda c: reverse("statistics:collection", args=(c.code,))),
        Column("period", words("报告期", "Period"), lambda c: c.period, "period"),
        Column("due", words("截止", "Due"), lambda c: c.due, "due"),
        Column("closed", words("关闭", "Closed"), lambda c: c.closed, "closed"),
        Column("total", words("应报", "Owed"), count("total"), numeric=True),
        Column("submitted", words("已报", "Came"), count("submitted"), numeric=True),
        Column("approved", words("已批准", "Approved"), count("approved"), numeric=True),
        Column("late", words("逾期", "Overdue"), count("late"), numeric=True),
    )  # fmt: skip
    table = Table(request, columns, queries.collections(request.reader), name="collections", synthetic="synthetic")
    context = {"table": table, "may_collect": request.reader.may(COLLECT)}
    return table.download() or render(request, "statistics/collections.html", context)


@require_http_methods(["GET", "POST"])
def add(request: PageRequest) -> HttpResponse:
    """Open a collection."""
    queries.reader_may_see(request.reader, COLLECT)
    form = forms.Open(request.POST or None)
    if form.is_valid():
        made = form.attempt(collecting.open_collection, request.reader, root(request.reader), **form.values())
        if made is not None:
            return _done(request, made, words("已布置", "Opened"))
    return _form(request, None, form, words("布置采集", "Open a collection"))


@require_GET
def page(request: PageRequest, code: str) -> HttpResponse:
    """One collection: progress by zone, what can be done."""
    collection = queries.collection(request.reader, code)
    today, reader = timezone.localdate(), request.reader
    zones = queries.progress_by_zone(reader, collection, today)
    job = pending(collection)
    context = {
        "collection": collection,
        "job": job,
        "own_job": job is not None and reader.user is not None and job.user_id == reader.user.pk,
        "all": queries.together(zones),
        "zones": zones,
        "today": today,
        "may_collect": reader.may(COLLECT) and not collection.closed,
        "may_forward": waiting(reader, "forward").filter(collection=collection).exists(),
        "may_approve": waiting(reader, "approve").filter(collection=collection).exists(),
        "may_enter": reader.may(ENTER) and not collection.closed,
        "history": history(collection)[:30] if reader.may(COLLECT) else (),
    }
    return render(request, "statistics/collection.html", context)


@require_GET
def returns(request: PageRequest, code: str) -> HttpResponse:
    """The returns of a collection: the late and the missing, by zone and state."""
    collection = queries.collection(request.reader, code)
    filters = forms.Filters(request.GET)
    asked = filters.cleaned_data if filters.is_valid() else {}
    records = return_queries.returns(
        request.reader, collection, state=asked.get("state", ""), text=asked.get("q", ""), zone=asked.get("zone", ""),
        late_on=timezone.localdate() if asked.get("late") else None,
    )  # fmt: skip
    table = Table(request, RETURNS, records, name=f"returns-{code}", synthetic="collection__synthetic")
    context = {"table": table, "filters": filters, "collection": collection}
    return table.download() or render(request, "statistics/returns.html", context)


@require_http_methods(["GET", "POST"])
def extend(request: PageRequest, code: str) -> HttpResponse:
    """Give a place more time; unlocks what was locked."""
    collection = queries.collection(request.reader, code, COLLECT)
    form = forms.Extend(request.POST or None, initial={"place": request.GET.get("to", "")})
    if form.is_valid():
        place = form.seek("place", organisation, request.reader)
        asked = form.cleaned_data
        number = place and form.attempt(
            collecting.extend, request.reader, collection, place, due=asked["due"], reason=asked["reason"]
        )
        if number:
            return _done(request, collection, words(f"已延期 {number} 份", f"{number} returns extended"))
    return _form(request, collection, form, words("延期或解锁", "Extend or unlock"))


@require_http_methods(["GET", "POST"])
def close(request: PageRequest, code: str) -> HttpResponse:
    """Take no more, and fix what is approved."""
    collection = queries.collection(request.reader, code, COLLECT)
    form = forms.Reason(request.POST or None)
    if form.is_valid() and form.attempt(collecting.close, request.reader, collection, **form.cleaned_data):
        if pending(collection) is not None:
            return _done(request, collection, words("已关闭，正在固定批准的数据", "Closed; it is being fixed"))
        return _done(request, collection, words("已关闭，批准的数据已固定", "Closed; what is approved is fixed"))
    return _form(request, collection, form, words("关闭采集", "Close the collection"))


@require_POST
def remind(request: PageRequest, code: str) -> HttpResponse:
    """Mail those who still owe."""
    collection = queries.collection(request.reader, code, COLLECT)
    return _attempt(
        request, collection, lambda: collecting.remind(request.reader, collection),
        lambda n: words(f"已发出 {n} 封提醒", f"{n} reminders sent"),
    )  # fmt: skip


@require_POST
def ask(request: PageRequest, code: str) -> HttpResponse:
    """Ask those who came since."""
    collection = queries.collection(request.reader, code, COLLECT)
    return _attempt(
        request, collection, lambda: collecting.ask_newcomers(request.reader, collection),
        lambda n: words(f"新增 {n} 个填报单位", f"{n} reporters added"),
    )  # fmt: skip


@require_POST
def forward_all(request: PageRequest, code: str) -> HttpResponse:
    """Forward everything that waits for the reader."""
    return _pass_on(request, code, "forward")


@require_POST
def approve_all(request: PageRequest, code: str) -> HttpResponse:
    """Approve everything that waits for the reader."""
    return _pass_on(request, code, "approve")


def _pass_on(request: PageRequest, code: str, verb: str) -> HttpResponse:
    collection = queries.collection(request.reader, code, STEPS[verb].permission)
    return _attempt(
        request, collection, lambda: reviewing.pass_on_all(request.reader, collection, verb),
        lambda n: words(f"已处理 {n} 份", f"{n} returns passed on"),
    )  # fmt: skip


def _attempt(request: PageRequest, collection: Collection, act: Any, said: Any) -> HttpResponse:
    try:
        messages.success(request, said(act()))
    except InputError as refused:
        for problem in refused.problems:
            messages.error(request, say(problem.message))
    return redirect("statistics:collection", collection.code)


def _form(request: PageRequest, collection: Collection | None, form: Form, title: Any) -> HttpResponse:
    context = {"collection": collection, "form": form, "title": title}
    return render(request, "statistics/form.html", context, status=422 if form.errors else 200)


def _done(request: PageRequest, collection: Collection, said: Any) -> HttpResponse:
    messages.success(request, said)
    return redirect("statistics:collection", collection.code)

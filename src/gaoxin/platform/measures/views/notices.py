"""Pages of a notice: sent, looked through, registered; its clauses, split and assigned."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gaoxin.platform.access.middleware import PageRequest
from gaoxin.platform.audit.queries import history
from gaoxin.platform.frame.forms import Form
from gaoxin.platform.frame.tables import Column, Table
from gaoxin.platform.language import words
from gaoxin.platform.measures import forms, queries
from gaoxin.platform.measures.actions import following
from gaoxin.platform.measures.actions import notices as actions
from gaoxin.platform.measures.actions.reminding import remind as send_reminders
from gaoxin.platform.measures.models import Measure, Node, Notice
from gaoxin.platform.measures.permissions import SUPERVISE
from gaoxin.platform.measures.progress import measured
from gaoxin.platform.measures.views.following import proposed
from gaoxin.words import Text

COLUMNS = (
    Column("title", words("通知", "Notice"), lambda n: n.label, "title", lambda n: f"/measures/notices/{n.code}/"),
    Column("number", words("文号", "Number"), lambda n: Text(n.number or "—", n.number or "—"), "number"),
    Column("signed", words("成文日期", "Signed on"), lambda n: n.signed_on, "signed_on"),
    Column("state", words("状态", "State"),
           lambda n: words("已登记", "registered") if n.registered else words("准备中", "in preparation")),
    Column("count", words("事项", "Measures"), lambda n: n.count, "count", numeric=True),
    Column("open", words("未办结", "Open"), lambda n: n.open, "open", numeric=True),
)  # fmt: skip


@require_GET
def index(request: PageRequest) -> HttpResponse:
    """The notices that the reader may see."""
    table = Table(request, COLUMNS, queries.notices(request.reader), name="notices", synthetic="synthetic")
    context = {"table": table, "may_supervise": request.reader.may(SUPERVISE)}
    return table.download() or render(request, "measures/notices.html", context)


@require_http_methods(["GET", "POST"])
def receive(request: PageRequest) -> HttpResponse:
    """Send a notice."""
    office = queries.office(request.reader)
    form = forms.Receive(request.POST or None, request.FILES or None)
    if form.is_valid():
        notice = form.attempt(actions.receive, request.reader, office, **form.cleaned_data)
        if notice is not None:
            return redirect("measures:notice", notice.code)
    context = {"form": form, "title": words("读取通知", "Read a notice")}
    return render(request, "measures/form.html", context, status=422 if form.errors else 200)


@require_GET
def page(request: PageRequest, code: str) -> HttpResponse:
    """A notice: in preparation what was read, what is open; afterwards its clauses with their measures."""
    notice = queries.notice(request.reader, code)
    by_clause: dict[int, list[Measure]] = {}
    for measure in queries.seen(request.reader).filter(notice=notice).order_by("code"):
        by_clause.setdefault(measure.clause_id, []).append(measure)
    may_supervise = request.reader.may(SUPERVISE, notice.organisation)
    clauses = [(clause, by_clause.get(clause.pk, [])) for clause in notice.clauses.all()]
    context = {
        "notice": notice,
        "clauses": clauses if may_supervise else [pair for pair in clauses if pair[1]],
        "names": notice.names.prefetch_related("organisations") if may_supervise else (),
        "undecided": notice.names.filter(decided=False).count() if may_supervise else 0,
        "findings": [
            {**one, "message": Text(one["zh"], one["en"]), "remedy": Text(one["remedy_zh"], one["remedy_en"])}
            for one in (notice.findings if may_supervise else ())
        ],
        "may_supervise": may_supervise,
        "today": timezone.localdate(),
        "history": history(notice)[:20],
    }
    return render(request, "measures/notice.html", context)


@require_http_methods(["GET", "POST"])
def decide_unit(request: PageRequest, code: str, key: int) -> HttpResponse:
    """Say what a unit of the notice means."""
    unit = queries.unit_name(request.reader, code, key)
    proposal = {"organisations": [one.code for one in unit.organisations.all()], "outside": unit.outside}
    form = forms.DecideUnit(request.POST or None, initial=proposal, units=queries.assignable(request.reader))
    if form.is_valid():
        chosen = form.chosen("organisations")
        if form.attempt(
            actions.decide_unit, request.reader, unit, organisations=chosen, outside=form.cleaned_data["outside"]
        ):
            return _done(request, "measures:notice", words("已确定", "Decided"), code)
    return _form(request, unit.notice, form, words("确定责任单位", "Decide what a unit means"), unit)


@require_http_methods(["GET", "POST"])
def register(request: PageRequest, code: str) -> HttpResponse:
    """Register the notice."""
    notice = queries.notice_to_prepare(request.reader, code)
    form = forms.Register(request.POST or None, initial={"title": notice.title})
    if form.is_valid() and form.attempt(
        actions.register, request.reader, notice, title=form.cleaned_data["title"], days=form.days,
        fresh_days=form.cleaned_data["fresh_days"],
    ):  # fmt: skip
        return _done(request, "measures:notice", words("已登记立项", "Registered"), code)
    return _form(request, notice, form, words("登记立项", "Register"))


@require_http_methods(["GET", "POST"])
def discard(request: PageRequest, code: str) -> HttpResponse:
    """Discard a notice that is still in preparation: asked first, with what would be lost."""
    notice = queries.notice_to_prepare(request.reader, code)
    form = forms.Reason(request.POST or None)
    if form.is_valid() and form.attempt(actions.discard, request.reader, notice, **form.cleaned_data):
        return _done(request, "measures:notices", words("已作废", "Discarded"))
    count, decided = notice.clauses.count(), notice.names.filter(decided=True).count()
    warning = words(
        f"将删除通知《{notice.title}》的文件、{count} 个条款和 {decided} 个已确定的单位，不能恢复；操作记录保留。",
        f"The file, {count} clauses and {decided} decided units will be deleted for good; the audit stays.",
    )
    return _form(request, notice, form, words("作废", "Discard"), warning=warning)


@require_POST
def remind(request: PageRequest, code: str) -> HttpResponse:
    """Send reminders to the units of what is late or due soon, by mail."""
    notice = queries.notice_to_prepare(request.reader, code)
    sent = send_reminders(request.reader, notice)
    said = words(f"已发出 {sent} 封提醒", f"{sent} reminders sent")
    return _done(request, "measures:notice", said, code)


@require_GET
def clause(request: PageRequest, code: str, position: int) -> HttpResponse:
    """A clause: its measures, and what happened to its figures."""
    found = queries.clause(request.reader, code, position)
    measures = list(
        queries.seen(request.reader)
        .filter(clause=found)
        .prefetch_related("figures__zone", "figures__values__snapshot", "figures__values__evaluation", "links")
        .order_by("code")
    )
    context = {
        "clause": found,
        "notice": found.notice,
        "measures": [(one, measured(one.figures.all())) for one in measures],
        "nodes": {one.node for one in measures},
        "may_supervise": request.reader.may(SUPERVISE, found.notice.organisation),
        "to_split": not measures or any(one.node in {Node.REGISTERED, Node.SPLIT} for one in measures),
        "to_assign": any(one.node == Node.SPLIT for one in measures),
    }
    return render(request, "measures/clause.html", context)


@require_http_methods(["GET", "POST"])
def split(request: PageRequest, code: str, position: int) -> HttpResponse:
    """Split a clause into measures."""
    found = queries.clause_to_split(request.reader, code, position)
    early = found.measures.filter(node__in=(Node.REGISTERED, Node.SPLIT)).order_by("start", "code")
    lines = "\n".join(
        f"{one.text} {actions.REWORDED} {one.origin}" if one.reworded else one.text
        for one in early.select_related("notice")
    )
    form = forms.Split(request.POST or None, initial={"lines": lines})
    if form.is_valid() and form.attempt(actions.split, request.reader, found, **form.cleaned_data):
        return _done(request, "measures:clause", words("已分解", "Split"), code, position)
    return _form(request, found.notice, form, words("分解条款", "Split the clause"), found)


@require_http_methods(["GET", "POST"])
def assign(request: PageRequest, code: str, position: int) -> HttpResponse:
    """Assign all measures of a clause that wait for it."""
    found = queries.clause_to_split(request.reader, code, position)
    proposal = proposed(Measure(notice=found.notice, clause=found))
    form = forms.Assign(request.POST or None, initial=proposal, units=queries.assignable(request.reader))
    if form.is_valid() and form.attempt(
        following.assign_clause, request.reader, found, lead=form.chosen("lead"),
        cooperating=form.chosen("cooperating"), due=form.cleaned_data["due"],
    ):  # fmt: skip
        return _done(request, "measures:clause", words("已交办", "Assigned"), code, position)
    return _form(request, found.notice, form, words("交办本条", "Assign the clause"), found)


def _form(
    request: PageRequest, notice: Notice, form: Form, title: Any, about: Any = None, warning: Any = ""
) -> HttpResponse:
    context = {"notice": notice, "form": form, "title": title, "about": about, "warning": warning}
    return render(request, "measures/form.html", context, status=422 if form.errors else 200)


def _done(request: PageRequest, address: str, said: Any, *arguments: object) -> HttpResponse:
    messages.success(request, said)
    return redirect(address, *arguments)

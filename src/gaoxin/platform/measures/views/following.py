"""The page of one measure, and everything that is done with it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from gaoxin.platform.access.middleware import PageRequest
from gaoxin.platform.access.roles import Kind
from gaoxin.platform.audit.queries import history
from gaoxin.platform.frame.forms import Form
from gaoxin.platform.language import words
from gaoxin.platform.measures import forms, queries
from gaoxin.platform.measures.actions import following, progress
from gaoxin.platform.measures.acts import found, open_to, subject
from gaoxin.platform.measures.models import Measure, Request, UnitName
from gaoxin.platform.measures.permissions import CARRY, SUPERVISE
from gaoxin.platform.measures.progress import FRESHNESS, freshness, measured
from gaoxin.platform.organisations.models import Organisation


@require_GET
def page(request: PageRequest, code: str) -> HttpResponse:
    """One measure: where it comes from, where it is, who answers for it, and its progress in two figures."""
    measure = queries.measure(request.reader, code)
    today = timezone.localdate()
    figures = list(measure.figures.select_related("zone").prefetch_related("values__snapshot", "values__evaluation"))
    parts = list(measure.parts.select_related("organisation"))
    context = {
        "measure": measure,
        "clause": measure.clause,
        "acts": open_to(request.reader, measure),
        "parts": parts,
        "figures": figures,
        "measured": measured(figures),
        "judgements": measure.judgements.select_related("by"),
        "freshness": FRESHNESS[freshness(measure, figures, today)],
        "fresh": freshness(measure, figures, today),
        "late": measure.late(today),
        "notes": measure.notes.select_related("organisation")[:50],
        "requests": measure.requests.select_related("organisation", "figure", "to"),
        "stages": [(stage, stage.days_late(today)) for stage in measure.stages.select_related("organisation")],
        "links": measure.links.all(),
        "history": history(measure)[:50],
        "may_supervise": request.reader.may(SUPERVISE, measure.notice.organisation),
        "may_correct": measure.lead is not None and measure.node in following.CARRIED
        and request.reader.may(CARRY, measure.lead),
    }  # fmt: skip
    return render(request, "measures/page.html", context)


@require_http_methods(["GET", "POST"])
def act(request: PageRequest, code: str, by: str, name: str) -> HttpResponse:
    """One act of the table."""
    doing = found(by, name)
    about = subject(request.reader, doing, code)
    measure: Measure = about[0]
    arguments: dict[str, Any] = {}
    if issubclass(doing.form, forms.WithUnits):
        arguments["units"] = queries.assignable(request.reader)
    if name == "assign":
        arguments["initial"] = proposed(measure)
    # An act without fields has nothing bound to it; an empty form of it is still sent.
    form = doing.form(request.POST if request.method == "POST" else None, **arguments)
    if form.is_valid():
        asked = {
            key: form.chosen(key) if isinstance(form, forms.WithUnits) and key in form.choosing else value
            for key, value in form.cleaned_data.items()
        }
        if form.attempt(doing.do, request.reader, *about, **asked) is not None:
            return _done(request, code, words("已办理", "Done"))
    return _form(request, measure, form, doing.title)


@require_http_methods(["GET", "POST"])
def add_figure(request: PageRequest, code: str) -> HttpResponse:
    """Measure it by an indicator or a milestone."""
    measure = queries.measure_for(request.reader, SUPERVISE, code)
    zones = [one for one in queries.assignable(request.reader) if one.kind == Kind.ZONE]
    form = forms.AddFigure(request.POST or None, zones=zones)
    if form.is_valid() and form.attempt(progress.add_figure, request.reader, measure, **form.values()):
        return _done(request, code, words("已设定", "Set"))
    return _form(request, measure, form, words("设定指标或里程碑", "Set an indicator or milestone"))


@require_http_methods(["GET", "POST"])
def set_value(request: PageRequest, code: str, key: int) -> HttpResponse:
    """Note a value of a figure."""
    figure = queries.figure_for(request.reader, SUPERVISE, code, key)
    form = forms.SetValue(request.POST or None, initial={"as_of": timezone.localdate()})
    if form.is_valid() and form.attempt(progress.set_value, request.reader, figure, **form.cleaned_data):
        return _done(request, code, words("已录入", "Noted"))
    return _form(request, figure.measure, form, words("录入数值", "Note a value"), figure)


@require_http_methods(["GET", "POST"])
def correct(request: PageRequest, code: str, key: int) -> HttpResponse:
    """Propose another value."""
    figure = queries.figure_for(request.reader, CARRY, code, key)
    form = forms.Correct(request.POST or None, initial={"as_of": figure.as_of})
    if form.is_valid() and form.attempt(progress.propose_correction, request.reader, figure, **form.cleaned_data):
        return _done(request, code, words("已提出，待市级答复", "Proposed; the office will answer"))
    return _form(request, figure.measure, form, words("申请更正数据", "Propose a correction"), figure)


@require_http_methods(["GET", "POST"])
def end_figure(request: PageRequest, code: str, key: int) -> HttpResponse:
    """Count a figure no longer."""
    figure = queries.figure_for(request.reader, SUPERVISE, code, key)
    form = forms.Reason(request.POST or None)
    if form.is_valid() and form.attempt(progress.end_figure, request.reader, figure, **form.cleaned_data):
        return _done(request, code, words("不再计入", "No longer counted"))
    return _form(request, figure.measure, form, words("不再计入", "Count it no longer"), figure)


@require_http_methods(["GET", "POST"])
def decide(request: PageRequest, code: str, key: int) -> HttpResponse:
    """Answer a request."""
    asked: Request = queries.request_for(request.reader, code, key)
    form = forms.Decide(request.POST or None)
    if form.is_valid():
        answer = {"granted": form.cleaned_data["granted"] == "yes", "reason": form.cleaned_data["reason"]}
        if form.attempt(following.decide, request.reader, asked, **answer):
            return _done(request, code, words("已答复", "Answered"))
    return _form(request, asked.measure, form, words("答复申请", "Answer the request"), asked)


def proposed(measure: Measure) -> dict[str, Any]:
    """The units that the notice names, as a beginning: a lead only where the notice marks one, or names one alone."""
    written = {unit["name"]: unit["role"] for unit in measure.clause.units}
    meant: dict[str, list[Organisation]] = {
        unit.name: list(unit.organisations.all())
        for unit in UnitName.objects.filter(notice=measure.notice, name__in=written).prefetch_related("organisations")
    }
    ordered = [(one.code, role) for name, role in written.items() for one in meant.get(name, ())]
    lead = next((code for code, role in ordered if role == "lead"), ordered[0][0] if len(ordered) == 1 else "")
    return {"lead": lead, "cooperating": [code for code, _ in dict(ordered).items() if code != lead]}


def _form(request: PageRequest, measure: Measure, form: Form, title: Any, about: Any = None) -> HttpResponse:
    context = {"measure": measure, "form": form, "title": title, "about": about, "crumbs_of": measure}
    return render(request, "measures/form.html", context, status=422 if form.errors else 200)


def _done(request: PageRequest, code: str, said: Any) -> HttpResponse:
    messages.success(request, said)
    if queries.seen(request.reader).filter(code=code).exists():
        return redirect("measures:page", code)
    return redirect("measures:list")  # declined: it is no longer theirs to see

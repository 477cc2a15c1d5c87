"""Pages of dynamic adjustment: cases and their steps, what the rules proposed, events, a zone over the years."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from gaoxin.platform.access.middleware import PageRequest
from gaoxin.platform.adjustments import actions, forms, queries
from gaoxin.platform.adjustments.permissions import PROPOSALS, PROPOSE
from gaoxin.platform.adjustments.procedure import STEPS
from gaoxin.platform.audit.queries import history
from gaoxin.platform.frame.tables import Column, Table
from gaoxin.platform.language import language, words
from gaoxin.words import Text

COLUMNS = (
    Column("period", words("评价期", "Period"), lambda c: c.period, "period"),
    Column("zone", words("园区", "Zone"), lambda c: c.organisation.label, "organisation__name",
           lambda c: f"/adjustments/{c.pk}/"),
    Column("action", words("处理", "Action"), lambda c: c.get_action_display(), "action"),
    Column("state", words("状态", "State"), lambda c: c.get_state_display(), "state"),
    Column("certainty", words("把握", "Certainty"), lambda c: None if c.certainty is None else round(c.certainty * 100),
           "certainty", numeric=True, unit="%"),
    Column("due", words("期限", "Due"), lambda c: c.due, "due"),
)  # fmt: skip
EVENTS = (
    Column("period", words("评价期", "Period"), lambda o: o.period, "period"),
    Column("zone", words("园区", "Zone"), lambda o: o.organisation.label, "organisation__name"),
    Column("item", words("事项", "Event"), lambda o: o.item, "item"),
    Column("value", words("值", "Value"), lambda o: Text(o.value, o.value)),
    Column("document", words("依据文件", "Document"), lambda o: Text(o.document, o.document)),
)


@require_GET
def index(request: PageRequest) -> HttpResponse:
    """The cases, those that are open first."""
    table = Table(request, COLUMNS, queries.cases(request.reader), name="adjustments")
    if (file := table.download()) is not None:
        return file
    may_see = request.reader.may(PROPOSALS)
    context = {
        "table": table,
        "may_propose": request.reader.may(PROPOSE),
        "proposings": queries.proposings(request.reader)[:5] if may_see else (),
    }
    return render(request, "adjustments/list.html", context)


@require_http_methods(["GET", "POST"])
def propose(request: PageRequest) -> HttpResponse:
    """Apply a decision book to the published evaluations."""
    city = queries.city(request.reader)
    form = forms.Propose(request.POST if request.method == "POST" else None)
    if form.is_valid():
        job = form.attempt(actions.ask, request.reader, city, **form.cleaned_data)
        if job is not None:
            return redirect("jobs:page", job.pk)
    title = words("套用判定规则", "Apply the decision rules")
    context = {"form": form, "title": title, "act": words("开始", "Apply")}
    return render(request, "adjustments/form.html", context, status=422 if form.errors else 200)


@require_GET
def proposals(request: PageRequest, number: int) -> HttpResponse:
    """All that the rules said: proposals, what a veto bars, what cannot be decided, near cases."""
    held = queries.proposing(request.reader, number)
    opened = queries.cases(request.reader).filter(proposing=held)
    cases = {(case.organisation.code, case.rule): case.pk for case in opened}
    groups: dict[str, list[dict[str, Any]]] = {"proposed": [], "barred": [], "unknown": []}
    for one in held.findings["proposals"]:
        groups[one["state"]].append(_said(one) | {"case": cases.get((one["zone"], one["rule"]))})
    near = [_said(one) for one in held.findings["near"]]
    context = {
        "held": held, "groups": groups, "near": near,
        "title": _text(held.findings["title"]), "differing": [_text(one) for one in held.findings["differing"]],
    }  # fmt: skip
    return render(request, "adjustments/proposals.html", context)


def _text(value: dict[str, str] | None) -> Text:
    return Text(value["zh"], value["en"]) if value else Text("", "")


def _said(one: dict[str, Any]) -> dict[str, Any]:
    """A finding for a template: texts as `Text`."""
    found = {**one, "name": _text(one["name"])}
    if "explanation" in one:
        clause = one["citation"]
        found |= {
            "lines": "\n".join(one["explanation"][language()]),
            "certainty_words": _text(one["certainty_words"]),
            "reversal_words": _text(one["reversal_words"]),
            "reasons": [_text(reason) for reason in one["reasons"]],
            "vetoes": [{**veto, "name": _text(veto["name"]), "reasons": [_text(r) for r in veto["reasons"]]}
                       for veto in one["vetoes"]],
            "source": _text(clause["title"]) if clause else Text("", ""),
            "article": f"{clause['number']} {clause['article']}".strip() if clause else "",
        }  # fmt: skip
    if one.get("certainty"):
        found["percent"] = round(one["certainty"]["true"] * 100)
    return found


@require_GET
def page(request: PageRequest, number: int) -> HttpResponse:
    """One case: the rule, the figures, how certain, what would reverse it, and what was done."""
    case = queries.case(request.reader, number)
    steps = list(case.steps.defer("letter").select_related("user"))
    last = next((one for one in reversed(steps) if not one.undone), None)
    may = request.reader.may
    context = {
        "case": case,
        "finding": _said(case.finding),
        "steps": [(one, STEPS[one.name]) for one in steps],
        "ways": [
            (name, way) for name, way in STEPS.items() if case.state in way.before and may(way.needs, case.organisation)
        ],
        "undo": last if last and STEPS[last.name].undoable and may(STEPS[last.name].needs, case.organisation) else None,
        "late": case.late(timezone.localdate()),
        "evaluations": case.proposing.evaluations,
        "history": history(case)[:30] if may(PROPOSALS) else None,
    }
    return render(request, "adjustments/page.html", context)


@require_http_methods(["GET", "POST"])
def take(request: PageRequest, number: int, name: str) -> HttpResponse:
    """One step of a case, signed."""
    case, way = queries.case_to_step(request.reader, number, name), STEPS[name]
    user = request.reader.user
    initial = {"signatory": user.name if user else ""}
    form = forms.Take(request.POST if request.method == "POST" else None, way=way, initial=initial)
    if form.is_valid() and form.attempt(actions.take, request.reader, case, name, **form.cleaned_data):
        messages.success(request, words("已办理并记录", "Done and recorded"))
        return redirect("adjustments:page", case.pk)
    context = {"form": form, "case": case, "title": way.title, "act": way.title}
    return render(request, "adjustments/form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def undo(request: PageRequest, number: int) -> HttpResponse:
    """Take back the last step."""
    case = queries.case_to_undo(request.reader, number)
    form = forms.Undo(request.POST if request.method == "POST" else None)
    if form.is_valid() and form.attempt(actions.undo, request.reader, case, **form.cleaned_data):
        messages.success(request, words("已撤销", "Undone"))
        return redirect("adjustments:page", case.pk)
    title = words("撤销上一步", "Undo the last step")
    context = {"form": form, "case": case, "title": title, "act": title}
    return render(request, "adjustments/form.html", context, status=422 if form.errors else 200)


@require_GET
def letter(request: PageRequest, number: int, key: int) -> HttpResponse:
    """The letter that went out with a step."""
    step = queries.letter(request.reader, number, key)
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    response = HttpResponse(bytes(step.letter or b""), content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{STEPS[step.name].letter}-{number}.docx"'
    return response


@require_http_methods(["GET", "POST"])
def events(request: PageRequest) -> HttpResponse:
    """Recorded events, and recording one."""
    zones = list(queries.zones_to_note(request.reader))
    form = forms.Note(request.POST if request.method == "POST" else None, zones=zones)
    if form.is_valid():
        asked = form.cleaned_data
        book, _, item = asked["event"].partition(":")
        zone = queries.zone_to_note(request.reader, asked["zone"])
        fields = {name: asked[name] for name in ("period", "value", "document")}
        if form.attempt(actions.note, request.reader, zone, book=book, item=item, **fields):
            messages.success(request, words("已登记", "Recorded"))
            return redirect("adjustments:events")
    table = Table(request, EVENTS, queries.occurrences(request.reader), name="events")
    context = {"form": form, "table": table}
    file = table.download() if request.method == "GET" else None
    return file or render(request, "adjustments/events.html", context, status=422 if form.errors else 200)


@require_GET
def zone(request: PageRequest, code: str) -> HttpResponse:
    """A zone over the years."""
    organisation = queries.zone(request.reader, code)
    years = queries.timeline(request.reader, organisation)
    return render(request, "adjustments/zone.html", {"zone": organisation, "years": years})

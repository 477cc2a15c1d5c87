"""Pages of one return: read, enter, sign, review, correct."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gaoxin.platform.access.middleware import PageRequest
from gaoxin.platform.access.permissions import Permission
from gaoxin.platform.access.reader import permit
from gaoxin.platform.audit.queries import history
from gaoxin.platform.frame.forms import Form
from gaoxin.platform.frame.templatetags.frame import figure
from gaoxin.platform.language import say, words
from gaoxin.platform.statistics import books, checking, document, forms, sheet
from gaoxin.platform.statistics.actions import reporting, reviewing
from gaoxin.platform.statistics.comparison import A_YEAR_BEFORE, LAST_PERIOD
from gaoxin.platform.statistics.models import Return, State
from gaoxin.platform.statistics.permissions import APPROVE, ENTER, REVIEW, VIEW
from gaoxin.platform.statistics.queries import returns as queries
from gaoxin.platform.statistics.queries.waiting import at_hand
from gaoxin.problems import InputError, Problem

CELL = "cell:"
"""Names of the controls of cells begin with it."""


@require_GET
def page(request: PageRequest, collection: str, code: str) -> HttpResponse:
    """One return: where it is, its figures and signatory, remarks, what changed, history."""
    held = queries.one(request.reader, collection, code)
    reader, version = request.reader, _version(request, held)
    figures = version.figures if version else {}
    before = queries.before(held)
    judged = queries.judged(held, figures, before)
    context = {
        "held": held,
        "version": version,
        "versions": list(held.versions.defer("figures").order_by("number")),
        "parts": sheet.parts(held, figures, before, _remarks(held)),
        "whole": [r for r in held.remarks.all() if not r.cell],
        "computed": _computed(judged),
        "judged": _judged(held, judged),
        "changed": _changed(held, figures, before),
        "touched": queries.touched(reader, held) if held.state != State.APPROVED and held.approved_id else None,
        "history": history(held)[:30],
        "today": timezone.localdate(),
        "may_enter": held.editable and reader.may(ENTER, held.organisation),
        **at_hand(reader, held),
        "may_correct": held.state == State.APPROVED
        and (reader.may(REVIEW, held.organisation) or reader.may(APPROVE, held.organisation)),
    }
    return render(request, "statistics/return.html", context)


@require_GET
def enter(request: PageRequest, collection: str, code: str) -> HttpResponse:
    """The form to be filled in."""
    return show_sheet(request, queries.one(request.reader, collection, code, ENTER))


@require_POST
def save(request: PageRequest, collection: str, code: str) -> HttpResponse:
    """Keep what was typed. A page that runs its script gets the findings back; any other the form again."""
    held = queries.one(request.reader, collection, code, ENTER)
    typed = _typed(request.POST)
    try:
        saved = reporting.save(request.reader, held, typed)
    except InputError as refused:
        if request.htmx:
            return render(request, "statistics/judged.html", {"refused": refused.problems})
        return show_sheet(request, held, refused.problems)
    held = queries.one(request.reader, collection, code, ENTER)
    if request.htmx:
        return render(request, "statistics/judged.html", _judgement(held, saved.wrong))
    if saved.wrong:
        return show_sheet(request, held, saved.wrong, typed)
    messages.success(request, words("已保存", "Saved"))
    return redirect("statistics:enter", collection, code)


@require_POST
def explain(request: PageRequest, collection: str, code: str) -> HttpResponse:
    """Say why a warning is right."""
    held = queries.one(request.reader, collection, code, ENTER)
    asked = {name: request.POST.get(name, "") for name in ("rule", "cell", "text")}
    try:
        reporting.explain(request.reader, held, **asked)
    except InputError as refused:
        return show_sheet(request, held, refused.problems)
    return redirect("statistics:enter", collection, code)


@require_POST
def submit(request: PageRequest, collection: str, code: str) -> HttpResponse:
    """Sign and hand in."""
    held = queries.one(request.reader, collection, code, ENTER)
    form = forms.Sign(request.POST)
    try:
        if not form.is_valid():
            return show_sheet(request, held, sign=form)
        reporting.submit(request.reader, held, **form.cleaned_data)
    except InputError as refused:
        return show_sheet(request, queries.one(request.reader, collection, code, ENTER), refused.problems, sign=form)
    return _done(request, held, words("已提交", "Submitted"))


@require_http_methods(["GET", "POST"])
def review(request: PageRequest, collection: str, code: str) -> HttpResponse:
    """What changed since the last submission and since last year, in one table, with room for remarks."""
    permission = REVIEW if request.reader.may(REVIEW) else APPROVE
    held = queries.one(request.reader, collection, code, permission)
    problems: list[Problem] = []
    if request.method == "POST":
        said = {n.removeprefix("remark:"): t for n, t in request.POST.items() if n.startswith("remark:")}
        try:
            reviewing.send_back(request.reader, held, text=request.POST.get("text", ""), remarks=said)  # type: ignore[arg-type]
            return _done(request, held, words("已退回", "Sent back"))
        except InputError as refused:
            problems = refused.problems
    figures = held.latest.figures if held.latest else {}
    judged = queries.judged(held, figures)
    context = {
        "held": held,
        "problems": problems,
        "compared": _compared(held, figures, judged.year or judged.before, every=request.GET.get("show") == "all"),
        "every": request.GET.get("show") == "all",
        "since": say(A_YEAR_BEFORE if judged.year else LAST_PERIOD),
        "former": queries.last_submitted(held),
        "judged": _judged(held, judged),
        **at_hand(request.reader, held),
    }
    return render(request, "statistics/review.html", context, status=422 if problems else 200)


@require_POST
def forward(request: PageRequest, collection: str, code: str) -> HttpResponse:
    """Pass it on to the city."""
    return _act(request, collection, code, REVIEW, reviewing.forward, words("已转报市级", "Forwarded to the city"))


@require_POST
def approve(request: PageRequest, collection: str, code: str) -> HttpResponse:
    """Approve it."""
    return _act(request, collection, code, APPROVE, reviewing.approve, words("已批准", "Approved"))


@require_http_methods(["GET", "POST"])
def correct(request: PageRequest, collection: str, code: str) -> HttpResponse:
    """Open an approved return for a correction; says which fixed figures it would touch."""
    permission = REVIEW if request.reader.may(REVIEW) else APPROVE
    held = queries.one(request.reader, collection, code, permission)
    form = forms.Reason(request.POST or None)
    if form.is_valid() and form.attempt(reviewing.correct, request.reader, held, **form.cleaned_data):
        return _done(request, held, words("已开启更正", "Opened for correction"))
    context = {"held": held, "form": form, "touched": queries.touched(request.reader, held)}
    return render(request, "statistics/correct.html", context, status=422 if form.errors else 200)


def _act(request: PageRequest, collection: str, code: str, permission: Permission, act: Any, said: Any) -> HttpResponse:
    held = queries.one(request.reader, collection, code, permission)
    permit(request.reader, permission, held.organisation)
    try:
        act(request.reader, held)
    except InputError as refused:
        for problem in refused.problems:
            messages.error(request, say(problem.message))
        return redirect("statistics:return", collection, code)
    return _done(request, held, said)


def _done(request: PageRequest, held: Return, said: Any) -> HttpResponse:
    messages.success(request, said)
    if request.reader.may(VIEW, held.organisation):
        return redirect("statistics:return", held.collection.code, held.organisation.code)
    return redirect("home")


def _typed(posted: Mapping[str, Any]) -> dict[str, str]:
    return {name.removeprefix(CELL): str(text) for name, text in posted.items() if name.startswith(CELL)}


def _key(one: Problem) -> str:
    """The identifier of the cell on the page; "" where the finding is about the whole."""
    return sheet.key(one.item) if one.item else ""


def _version(request: PageRequest, held: Return) -> Any:
    number = request.GET.get("version", "")
    if number.isascii() and number.isdigit() and len(number) < 6:
        return get_object_or_404(held.versions, number=int(number))
    return held.latest


def _remarks(held: Return) -> dict[str, list[str]]:
    """Remarks on cells that were made since the last submission was sent back, by cell."""
    found: dict[str, list[str]] = {}
    last = max((r.version_id for r in held.remarks.all()), default=0)
    for remark in held.remarks.all():
        if remark.cell and remark.version_id == last:
            found.setdefault(remark.cell, []).append(remark.text)
    return found


def _computed(judged: checking.Judged) -> list[tuple[Any, str, str]]:
    """What the book derives: name, unit, value."""
    return [
        (entry.name, sheet.unit_text(entry.unit), figure(Decimal(f"{Decimal(text).normalize():f}")))
        for entry, text in checking.computed(judged)
        if text
    ]


def _judged(held: Return, judged: checking.Judged) -> list[dict[str, Any]]:
    """The findings with where they are and what was said of them."""
    given = queries.explanations(held)
    listed = []
    for one in checking.findings(judged):
        value, text = given.get((one.rule, one.item or ""), (None, ""))
        explained = text if value == checking.value_of(one) else ""
        listed.append({"problem": one, "key": _key(one), "explanation": explained})
    return listed


def _judgement(held: Return, wrong: list[Problem]) -> dict[str, Any]:
    """What stands beside the form: what could not be kept, what the rules say, what they compute."""
    judged = queries.judged(held, held.latest.figures if held.latest else {})
    return {
        "held": held,
        "wrong": [(one, _key(one)) for one in wrong],
        "judged": _judged(held, judged),
        "computed": _computed(judged),
        "saved": held.latest.saved if held.latest else None,
    }


def show_sheet(
    request: PageRequest,
    held: Return,
    wrong: list[Problem] | None = None,
    typed: Mapping[str, str] | None = None,
    sign: Form | None = None,
) -> HttpResponse:
    """The form to be filled in, with what was refused."""
    figures = held.latest.figures if held.latest else {}
    before = queries.before(held)
    entry = None
    try:
        reporting.need_entry(held)
    except InputError as refused:
        entry = refused.problems[0]
    judgement = _judgement(held, [one for one in wrong or [] if one.rule.startswith(("cell.", "returns.cell"))])
    context = {
        **judgement,
        "closed": entry,
        "parts": sheet.parts(held, figures, before, _remarks(held), typed),
        "problems": [(one, _key(one)) for one in wrong or []],
        "whole": [r for r in held.remarks.all() if not r.cell],
        "sign": sign or forms.Sign(),
        "earlier_period": books.earlier(books.book(held.collection.book), held.collection.period),
    }
    bad = bool(wrong) or (sign is not None and bool(sign.errors))
    return render(request, "statistics/enter.html", context, status=422 if bad else 200)


def _changed(held: Return, figures: document.Figures, before: document.Figures) -> int:
    """How many cells differ from the last submission, or from last year where there was none."""
    former = queries.last_submitted(held)
    book = books.book(held.collection.book)
    against = former.figures if former else before
    return len(document.changes(book, held.collection.entity, against, figures)) if against else 0


def _compared(
    held: Return, figures: document.Figures, before: document.Figures, *, every: bool
) -> list[dict[str, Any]]:
    """Each cell with last year's figure, the last submission's, and this one; only what changed, or every cell."""
    c = held.collection
    book = books.book(c.book)
    former = queries.last_submitted(held)
    submitted = former.figures if former else {}
    year = {change.cell.name: change for change in document.changes(book, c.entity, before, figures)}
    since = {change.cell.name: change for change in document.changes(book, c.entity, submitted, figures)}
    listed = []
    for part in sheet.parts(held, figures, before, _remarks(held)):
        for field in (*part.lines, *(one for _, row in part.grid for one in row)):
            in_year, in_since = year.get(field.name), since.get(field.name) if former else None
            if not (every and (field.text or field.before)) and not in_since and not (in_year and not former):
                continue
            listed.append({
                "field": field, "year": in_year, "since": in_since,
                "former": sheet.shown(field.item, submitted.get(field.name, "")) if former else "—",
            })  # fmt: skip
    return listed

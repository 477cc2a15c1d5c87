"""Pages of expert scoring: rounds, and the sheet of one expert."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from gaoxin.platform.access.middleware import PageRequest
from gaoxin.platform.evaluations import actions, forms, queries
from gaoxin.platform.evaluations.models import Round
from gaoxin.platform.evaluations.permissions import RUN
from gaoxin.platform.evaluations.systems import expert_indicators
from gaoxin.platform.frame.forms import Form
from gaoxin.platform.frame.tables import Column, Table
from gaoxin.platform.language import say, words
from gaoxin.problems import InputError

COLUMNS = (
    Column("period", words("评价期", "Period"), lambda r: r.period, "period"),
    Column("title", words("标题", "Title"), lambda r: r.label, "title", lambda r: f"/evaluations/rounds/{r.pk}/"),
    Column("due", words("截止", "Due"), lambda r: r.due, "due"),
    Column("closed", words("关闭时间", "Closed"), lambda r: r.closed, "closed"),
    Column("given", words("已有评分", "Scores given"), lambda r: r.given, numeric=True),
)


@require_GET
def rounds(request: PageRequest) -> HttpResponse:
    """The rounds of scoring."""
    table = Table(request, COLUMNS, queries.rounds(request.reader), name="rounds")
    context = {"table": table, "may_ask": request.reader.may(RUN)}
    return table.download() or render(request, "evaluations/rounds.html", context)


@require_http_methods(["GET", "POST"])
def new_round(request: PageRequest) -> HttpResponse:
    """Ask the experts."""
    city = queries.city(request.reader)
    form = forms.NewRound(request.POST if request.method == "POST" else None)
    if form.is_valid():
        asked = form.attempt(actions.open_round, request.reader, city, **form.cleaned_data)
        if asked is not None:
            messages.success(request, words("已布置", "The experts are asked"))
            return redirect("evaluations:rounds")
    context = {"form": form, "title": words("布置专家评分", "Ask experts for scores"), "act": words("布置", "Ask")}
    return render(request, "evaluations/form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def sheet(request: PageRequest, number: int) -> HttpResponse:
    """The sheet of one expert: zones down, indicators across, 0 to 100."""
    asked = queries.round_of(request.reader, number)
    indicators = expert_indicators(asked.system)
    zones = actions.scored_zones(asked)
    mine = asked.scores.filter(expert=request.reader.user).select_related("organisation")
    known = {(one.organisation.code, one.indicator): one for one in mine}
    typed = {f"{z.code}:{i.no}": _shown(known, z.code, i.no) for z in zones for i in indicators}
    remarks = {one.organisation.code: one.remark for one in mine if one.remark}
    wrong: dict[str, str] = {}
    if request.method == "POST":
        typed = {key: request.POST.get(key, "").strip() for key in typed}
        remarks = {zone.code: request.POST.get(f"{zone.code}:remark", "") for zone in zones}
        given, wrong = _read(typed)
        if not wrong:
            try:
                count = actions.score(request.reader, asked, given, remarks)
            except InputError as refused:
                wrong = {problem.item or "": say(problem.message) for problem in refused.problems}
            else:
                messages.success(request, words(f"已保存 {count} 项评分", f"{count} scores are kept"))
                return redirect("evaluations:round", asked.pk)
    rows = []
    for zone in zones:
        keys = [(node, f"{zone.code}:{node.no}") for node in indicators]
        cells = [(node, key, typed[key], wrong.get(key)) for node, key in keys]
        rows.append((zone, cells, remarks.get(zone.code, "")))
    context = {
        "asked": asked, "indicators": indicators, "rows": rows, "wrong": wrong, "may_close": request.reader.may(RUN),
    }  # fmt: skip
    return render(request, "evaluations/sheet.html", context, status=422 if wrong else 200)


def _shown(known: dict[tuple[str, str], object], zone: str, indicator: str) -> str:
    one = known.get((zone, indicator))
    return "" if one is None else f"{one.value.normalize():f}"  # type: ignore[attr-defined]


def _read(typed: dict[str, str]) -> tuple[dict[tuple[str, str], Decimal | None], dict[str, str]]:
    given: dict[tuple[str, str], Decimal | None] = {}
    wrong = {}
    for key, text in typed.items():
        zone, _, indicator = key.partition(":")
        try:
            value = Decimal(text) if text else None
            if value is not None and not value.is_finite():
                raise InvalidOperation
            given[zone, indicator] = value
        except InvalidOperation:
            wrong[key] = str(words(f"{text} 不是数", f"{text} is no number"))
    return given, wrong


@require_http_methods(["GET", "POST"])
def close(request: PageRequest, number: int) -> HttpResponse:
    """Take no more scores."""
    asked: Round = queries.round_to_close(request.reader, number)
    form = Form(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and form.attempt(actions.close_round, request.reader, asked):
        messages.success(request, words("评分已关闭", "No more scores are taken"))
        return redirect("evaluations:rounds")
    title = words("关闭评分", "Close the scoring")
    context = {"form": form, "title": title, "act": title}
    return render(request, "evaluations/form.html", context, status=422 if form.errors else 200)

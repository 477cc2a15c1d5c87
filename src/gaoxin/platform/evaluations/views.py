"""Pages of evaluations: runs, one run, one zone in it, the derivation of a number, comparison, downloads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import isnan
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from gaoxin.evaluation.errors import EvaluationError
from gaoxin.platform.access.middleware import PageRequest
from gaoxin.platform.audit.queries import history
from gaoxin.platform.evaluations import actions, downloads, forms, queries, results, sources
from gaoxin.platform.evaluations.models import STEPS, Evaluation
from gaoxin.platform.evaluations.permissions import PUBLISH, REVIEW, RUN, WHOLE
from gaoxin.platform.frame.forms import Form
from gaoxin.platform.frame.tables import Column, Table
from gaoxin.platform.language import language, words
from gaoxin.problems import InputError
from gaoxin.reports import findings, tables
from gaoxin.reports.headlines import unit_headline
from gaoxin.runs.comparison import compare as compare_results
from gaoxin.runs.tracing import column_of

COLUMNS = (
    Column("period", words("评价期", "Period"), lambda e: e.period, "period"),
    Column("title", words("标题", "Title"), lambda e: e.label, "title", lambda e: f"/evaluations/{e.pk}/"),
    Column("system", words("指标体系", "System"), lambda e: e.system, "system"),
    Column("state", words("状态", "State"), lambda e: e.get_state_display(), "state"),
    Column("created", words("建立时间", "Created"), lambda e: e.created, "created"),
    Column("published", words("发布时间", "Published"), lambda e: e.published, "published"),
)
TITLES = {
    "review": words("复核", "Review"),
    "send-back": words("退回草稿", "Send back"),
    "publish": words("发布", "Publish"),
    "retract": words("撤回", "Retract"),
    "discard": words("作废", "Discard"),
}
MAIN = frozenset({"review", "publish"})


@require_GET
def index(request: PageRequest) -> HttpResponse:
    """The runs."""
    table = Table(request, COLUMNS, queries.evaluations(request.reader), name="evaluations")
    context = {"table": table, "may_run": request.reader.may(RUN)}
    return table.download() or render(request, "evaluations/list.html", context)


@require_http_methods(["GET", "POST"])
def new(request: PageRequest) -> HttpResponse:
    """Ask for a run over the snapshots of approved figures."""
    city = queries.city(request.reader)
    form = forms.New(request.POST or None)
    if form.is_valid():
        asked = form.cleaned_data
        inputs = form.attempt(sources.from_snapshots, request.reader, asked["period"])
        if inputs is not None:
            run = form.attempt(actions.create, request.reader, city, inputs, **asked)
            if run is not None:
                return redirect("evaluations:page", run.pk)
    context = {"form": form, "title": words("新建评价", "New evaluation"), "act": words("开始计算", "Compute")}
    return render(request, "evaluations/form.html", context, status=422 if request.method == "POST" else 200)


@require_GET
def page(request: PageRequest, number: int) -> HttpResponse:
    """One run: how far it is, or what it found."""
    run = queries.evaluation(request.reader, number)
    context: dict[str, Any] = {"run": run, "steps": _steps(request, run), "history": history(run)[:30]}
    if not run.computed:
        job, user = run.job, request.reader.user
        context["job"] = job
        context["own_job"] = job is not None and user is not None and job.user_id == user.pk
        context["may_again"] = job is not None and job.over and request.reader.may(RUN, run.organisation)
        return render(request, "evaluations/computing.html", context)
    own = list(queries.standings(request.reader, run))
    result = results.result_of(run)
    context["own"] = own
    context["whole"] = request.reader.may(WHOLE)
    if queries.sees_all(request.reader):
        link = f"/evaluations/{run.pk}/zones/{{code}}/"
        standing = tables.standing(result)
        at = {column.key: place for place, column in enumerate(standing.columns)}
        links = {at["unit"]: link, at["score"]: f"{link}{result.nodes[-1].code}/"}
        for key, place in at.items():
            if key.startswith("node:"):
                links[place] = f"{link}{key.removeprefix('node:')}/"
        context |= {
            "findings": findings.summary(result),
            "system_title": result.system_title,
            "ranks": results.written(standing, links),
            "robustness": results.written(tables.robustness(result)),
            "method": results.written(tables.method(result)),
            "unconfirmed": result.n_unconfirmed_weights,
            "drawn": results.charts_of(run),
            "others": [one for one in queries.evaluations(request.reader)[:30] if one.computed and one.pk != run.pk],
        }
        return render(request, "evaluations/page.html", context)
    context["spread"] = queries.spread(run)
    return render(request, "evaluations/own.html", context)


def _steps(request: PageRequest, run: Evaluation) -> list[tuple[str, Any, bool]]:
    """What the reader can do with the run now: name, title, whether it is the way forward."""
    needs = {"review": REVIEW, "send-back": REVIEW, "publish": PUBLISH, "retract": PUBLISH, "discard": RUN}
    return [
        (name, TITLES[name], name in MAIN)
        for name, (allowed, _) in STEPS.items()
        if run.state in allowed and request.reader.may(needs[name], run.organisation)
    ]


@require_http_methods(["GET", "POST"])
def step(request: PageRequest, number: int, name: str) -> HttpResponse:
    """Review, send back, publish, retract, discard."""
    run = queries.evaluation_to_step(request.reader, number, name)
    form = forms.Reason(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        done = form.attempt(actions.step, request.reader, run, name, reason=form.cleaned_data["reason"])
        if done is not None:
            messages.success(request, TITLES[name])
            return redirect("evaluations:page", run.pk) if request.reader.may("evaluations.view") else redirect("home")
    context = {"form": form, "title": TITLES[name], "act": TITLES[name], "run": run}
    return render(request, "evaluations/form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def again(request: PageRequest, number: int) -> HttpResponse:
    """Compute once more what failed."""
    run = queries.evaluation_to_run(request.reader, number)
    form = Form(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and form.attempt(actions.run_again, request.reader, run):
        return redirect("evaluations:page", run.pk)
    title = words("重新计算", "Compute again")
    context = {"form": form, "title": title, "act": title, "run": run}
    return render(request, "evaluations/form.html", context, status=422 if form.errors else 200)


@require_GET
def zone(request: PageRequest, number: int, code: str) -> HttpResponse:
    """One zone: profile, contributions, derivation of every indicator, strengths, how certain its rank is."""
    run, standing = queries.standing(request.reader, number, code)
    result = results.result_of(run)
    row = results.row_of(result, code)
    derivation = tables.derivation(result, row)
    shown = {**results.written(derivation), "title": words("逐项由来", "Indicator by indicator")}
    nodes = [node.code for node in _in_order(result)]
    for cells, node in zip(shown["rows"], nodes, strict=True):
        for cell in cells[1:]:
            if cell["numeric"] or cell is cells[1]:
                cell["link"] = f"/evaluations/{run.pk}/zones/{code}/{node}/"
    drawn = results.charts_of(run, code)
    if not queries.sees_all(request.reader):
        drawn.pop("profile")  # it names the others
    context = {
        "run": run,
        "standing": standing,
        "headline": unit_headline(result, row),
        "derivation": shown,
        "drawn": drawn,
        "notes": [(n.strength, result.nodes[column_of(result, n.node)]) for n in result.unit_notes if n.unit == code],
        "index": result.nodes[-1].code,
        "ranked": sum(not isnan(rank) for rank in result.ranks[:, -1].tolist()),
        "bottom_k": result.robustness.bottom_k if result.robustness else None,
        "form": forms.Rank(initial={"rank": max(1, int(standing.rank or 2) - 1)}),
    }
    return render(request, "evaluations/zone.html", context)


def _in_order(result: Any) -> list[Any]:
    from gaoxin.reports.outline import indicators_below  # noqa: PLC0415

    return [result.nodes[at] for below in indicators_below(result).values() for at in below]


@require_GET
def derivation(request: PageRequest, number: int, code: str, node: str) -> HttpResponse:
    """How one number came about: score, formula with the values put in, returns and who signed them."""
    run, standing = queries.standing(request.reader, number, code)
    result = results.result_of(run)
    try:
        column = column_of(result, node)
    except InputError as nothing:
        raise Http404 from nothing
    returns = queries.may_see_returns(request.reader, standing)
    trace, origins = results.traced(run, code, node, returns=returns)
    below = list(_below(result, result.nodes[column].code))
    context = {
        "run": run, "standing": standing, "node": result.nodes[column], "origins": origins, "below": below,
        "returns": returns,
        "lines": "\n".join(replace(trace, origins=()).lines(language())),
    }  # fmt: skip
    return render(request, "evaluations/derivation.html", context)


def _below(result: Any, code: str, depth: int = 0) -> Iterator[tuple[Any, int]]:
    """Everything that a number is made of, with its depth: from the total every indicator is one click away."""
    for node in result.nodes:
        if node.parent == code:
            yield node, depth
            yield from _below(result, node.code, depth + 1)


@require_GET
def reach(request: PageRequest, number: int, code: str) -> HttpResponse:
    """What it would take to reach a rank."""
    run, standing = queries.standing(request.reader, number, code)
    form = forms.Rank(request.GET if "rank" in request.GET else None)
    found, refused = None, None
    if form.is_valid():
        try:
            found = results.attainment(run, code, form.cleaned_data["rank"])
        except EvaluationError as error:
            refused = error.text
    nodes = {node.code: node for node in results.result_of(run).nodes}
    rows = [(nodes[one.indicator], one) for one in found.improvements] if found else []
    context = {"run": run, "standing": standing, "form": form, "found": found, "rows": rows, "refused": refused}
    return render(request, "evaluations/reach.html", context)


@require_GET
def compare(request: PageRequest, number: int, other: int) -> HttpResponse:
    """Two runs side by side: ``other`` is the earlier one."""
    run, former = queries.whole(request.reader, number), queries.whole(request.reader, other)
    try:
        comparison = compare_results(results.result_of(former), results.result_of(run))
    except InputError:
        comparison = None
    nodes = {node.code: node for node in results.result_of(run).nodes}
    rows = []
    if comparison is not None:
        rows = [(unit, [(nodes[code], points) for code, points in unit.contributions[:3]]) for unit in comparison.units]
    context = {"run": run, "former": former, "comparison": comparison, "rows": rows}
    return render(request, "evaluations/compare.html", context)


@require_GET
def download(request: PageRequest, number: int, what: str) -> HttpResponse | StreamingHttpResponse:
    """A file of a run."""
    run = queries.whole(request.reader, number)
    content, name, kind = downloads.made(run, what)
    answer = HttpResponse if isinstance(content, bytes) else StreamingHttpResponse
    response = answer(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response

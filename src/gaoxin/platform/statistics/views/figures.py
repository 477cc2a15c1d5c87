"""Pages of approved figures: table with chart, what is behind one figure, download, snapshots."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from gaoxin.platform.access.middleware import PageRequest
from gaoxin.platform.frame import choices
from gaoxin.platform.frame.choices import Money
from gaoxin.platform.frame.tables import Column, Table, file_answer
from gaoxin.platform.jobs.models import Job
from gaoxin.platform.language import language, words
from gaoxin.platform.statistics import chart as charts
from gaoxin.platform.statistics import forms, pivot
from gaoxin.platform.statistics.actions import fixing
from gaoxin.platform.statistics.indicators import Indicator
from gaoxin.platform.statistics.permissions import FIX
from gaoxin.platform.statistics.queries import behind
from gaoxin.platform.statistics.queries import figures as queries
from gaoxin.platform.statistics.queries.places import root
from gaoxin.problems import InputError, Problem

SNAPSHOTS = (
    Column("period", words("报告期", "Period"), lambda s: s.period, "period"),
    Column("created", words("固定时间", "Fixed"), lambda s: s.created, "created"),
    Column("user", words("固定人", "By"), lambda s: s.user.name if s.user else None),
    Column("counts", words("单位数", "Reporters"),
           lambda s: "，".join(f"{who} {number}" for who, number in sorted(s.counts.items()))),
    Column("sha256", "SHA-256", lambda s: s.sha256),
)  # fmt: skip
BY = {"zone": words("园区", "zone"), "district": words("区", "district"), "city": words("全部", "all")}


@require_GET
def index(request: PageRequest) -> HttpResponse:
    """Items or indicators × places × periods over approved figures."""
    known, kinds = queries.periods(request.reader), queries.books_of(request.reader)
    may_fix, money = request.reader.may(FIX), Money.chosen(request)
    if not known or not kinds:
        return render(request, "statistics/figures.html", {"empty": True, "may_fix": may_fix})
    asked = _asked(request, known, kinds)
    problems: list[Problem] = []
    try:
        figures = queries.table(request.reader, asked)
    except InputError as refused:
        problems, figures = refused.problems, queries.Figures(asked, (), (), {}, ())
    down = request.GET.get("rows", "")
    down = down if down in pivot.AXES else "place"
    table = pivot.turned(figures, down, money)
    if (form := request.GET.get("format", "")) in {"xlsx", "csv"} and not problems:
        headings = [str(table.corner), *(head.text for head in table.columns)]
        return file_answer("figures", form, headings, pivot.file_rows(table), synthetic=figures.synthetic)
    context = {
        "figures": figures,
        "asked": asked,
        "table": table,
        "chart": charts.draw(figures, money),
        "chosen": {item.code for item in asked.items},
        "items": queries.numeric_items(asked.book, asked.entity),
        "kinds": [(f"{book}/{entity}", queries.title_of(book, entity)) for book, entity in kinds],
        "kind": f"{asked.book}/{asked.entity}",
        "known": known,
        "axes": pivot.AXES,
        "down": down,
        "by": BY,
        "may_fix": may_fix,
        "money": money,
        "within_year": asked.frequency != "year",
        "most": queries.MOST_ITEMS,
        "problems": problems,
    }
    return render(request, "statistics/figures.html", context, status=422 if problems else 200)


@require_GET
def figure(request: PageRequest, where: str, period: str) -> HttpResponse:
    """One figure of the table: how it was added up or computed, from which snapshot, from whose returns."""
    known, kinds = queries.periods(request.reader), queries.books_of(request.reader)
    place, money = pivot.place_of(where), Money.chosen(request)
    if period not in known or not kinds:
        raise Http404
    asked = _asked(request, known, kinds)
    item = asked.items[0]
    asked = queries.Asked(asked.book, asked.entity, (item,), period, period, asked.by)
    try:
        figures = queries.table(request.reader, asked)
    except InputError as refused:
        raise Http404 from refused
    names = dict(figures.places)
    if item.code != request.GET.get("item", item.code) or place not in names or not figures.snapshots:
        raise Http404
    cell, snapshot = pivot.cell(figures, place, item, period, money), figures.snapshots[-1]
    lines, parts, number = [], [], 0
    if cell.value is not None and isinstance(item, Indicator):
        lines = behind.derivation(request.reader, asked, item, place, period, language())
    elif cell.value is not None and not isinstance(item, Indicator):
        found, number = behind.parts(request.reader, asked, item, snapshot, place)
        parts = [(one, pivot.written(money.amount(one.value, item.unit), item, money)) for one in found]
    context = {
        "asked": asked, "item": item, "place": names[place], "period": period, "cell": cell, "snapshot": snapshot,
        "unit": money.shown_unit(item.unit), "lines": "\n".join(lines), "parts": parts, "number": number,
        "indicator": isinstance(item, Indicator), "kind": f"{asked.book}/{asked.entity}", "money": money,
        "title": queries.title_of(asked.book, asked.entity), "synthetic": figures.synthetic,
    }  # fmt: skip
    return render(request, "statistics/figure.html", context)


@require_GET
def snapshots(request: PageRequest) -> HttpResponse:
    """What was fixed, when, by whom, with which hash."""
    found = queries.snapshots(request.reader)
    table = Table(request, SNAPSHOTS, found, name="snapshots", synthetic="synthetic")
    context = {"table": table, "may_fix": request.reader.may(FIX)}
    return table.download() or render(request, "statistics/snapshots.html", context)


@require_http_methods(["GET", "POST"])
def fix(request: PageRequest) -> HttpResponse:
    """Fix what is approved of a period."""
    city = root(request.reader, FIX)
    form = forms.Fix(request.POST or None, initial={"period": request.GET.get("period", "")})
    if form.is_valid():
        done = form.attempt(fixing.ask, request.reader, city, **form.cleaned_data)
        if isinstance(done, Job):
            return redirect("jobs:page", done.pk)
        if done is not None:
            messages.success(request, words("已固定", "Fixed"))
            return redirect("statistics:snapshots")
    title = words("固定数据快照", "Fix a snapshot")
    return render(request, "statistics/form.html", {"form": form, "title": title}, status=422 if form.errors else 200)


def _asked(request: PageRequest, known: list[str], kinds: list[tuple[str, str]]) -> queries.Asked:
    """What the address asks for; what it does not say, or says wrongly, is the first there is."""
    wanted = request.GET.get("kind", "").split("/")
    book, entity = next((kind for kind in kinds if list(kind) == wanted), kinds[0])
    there = {item.code: item for item in queries.numeric_items(book, entity)}
    codes = [code for code in request.GET.getlist("item") if code in there][: queries.MOST_ITEMS]
    items = tuple(there[code] for code in codes) or tuple(there.values())[:1]
    last = request.GET.get("last", "")
    last = last if last in known else choices.period(request, known)
    first = request.GET.get("first", "")
    first = first if first in known else last
    first, last = min(first, last), max(first, last)
    by, over = request.GET.get("by", ""), request.GET.get("over", "")
    return queries.Asked(
        book, entity, items, first, last, by if by in BY else "zone", over if over in {"period", "year"} else "period"
    )

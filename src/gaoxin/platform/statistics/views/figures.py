"""Pages of approved figures: table, chart, download, snapshots."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from gaoxin.platform.access.middleware import PageRequest
from gaoxin.platform.frame.tables import Column, Table, file_answer
from gaoxin.platform.language import say, words
from gaoxin.platform.statistics import books, forms, totals
from gaoxin.platform.statistics import chart as charts
from gaoxin.platform.statistics.actions import fixing
from gaoxin.platform.statistics.permissions import FIX
from gaoxin.platform.statistics.queries import figures as queries
from gaoxin.platform.statistics.queries.places import root
from gaoxin.platform.statistics.sheet import unit_text

SNAPSHOTS = (
    Column("period", words("报告期", "Period"), lambda s: s.period, "period"),
    Column("created", words("固定时间", "Fixed"), lambda s: s.created, "created"),
    Column("user", words("固定人", "By"), lambda s: s.user.name if s.user else None),
    Column("counts", words("单位数", "Reporters"),
           lambda s: "，".join(f"{who} {number}" for who, number in sorted(s.counts.items()))),
    Column("sha256", "SHA-256", lambda s: s.sha256),
)  # fmt: skip


@require_GET
def index(request: PageRequest) -> HttpResponse:
    """Items × zones × periods over approved figures."""
    periods, kinds = queries.periods(request.reader), queries.books_of(request.reader)
    if not periods or not kinds:
        return render(request, "statistics/figures.html", {"empty": True, "may_fix": request.reader.may(FIX)})
    asked = _asked(request, periods, kinds)
    figures = queries.table(request.reader, asked)
    if (form := request.GET.get("format", "")) in {"xlsx", "csv"}:
        return _file(figures, form)
    context = {
        "figures": figures,
        "asked": asked,
        "chosen": {item.code for item in asked.items},
        "items": queries.numeric_items(asked.book, asked.entity),
        "kinds": [(f"{book}/{entity}", say(books.book(book).title)) for book, entity in kinds],
        "kind": f"{asked.book}/{asked.entity}",
        "periods": periods,
        "columns": [(item, unit_text(item.unit), period) for item, period in figures.columns()],
        "rows": _rows(figures),
        "may_fix": request.reader.may(FIX),
        "query": request.GET.urlencode(),
        "monthly": books.book(asked.book).frequency != "year",
    }
    return render(request, "statistics/figures.html", context)


@require_GET
def chart(request: PageRequest) -> HttpResponse:
    """The chart of the table at the same address."""
    periods, kinds = queries.periods(request.reader), queries.books_of(request.reader)
    drawn = charts.draw(queries.table(request.reader, _asked(request, periods, kinds))) if periods and kinds else None
    if drawn is None:
        return HttpResponse(status=204)
    return HttpResponse(drawn, content_type="image/svg+xml; charset=utf-8")


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
    if form.is_valid() and form.attempt(fixing.fix, request.reader, city, **form.cleaned_data):
        messages.success(request, words("已固定", "Fixed"))
        return redirect("statistics:snapshots")
    title = words("固定数据快照", "Fix a snapshot")
    return render(request, "statistics/form.html", {"form": form, "title": title}, status=422 if form.errors else 200)


def _asked(request: PageRequest, periods: list[str], kinds: list[tuple[str, str]]) -> queries.Asked:
    """What the address asks for; what it does not say, or says wrongly, is the first there is."""
    wanted = request.GET.get("kind", "").split("/")
    book, entity = next((kind for kind in kinds if list(kind) == wanted), kinds[0])
    known = {item.code: item for item in queries.numeric_items(book, entity)}
    codes = [code for code in request.GET.getlist("item") if code in known][: queries.MOST_ITEMS]
    items = tuple(known[code] for code in codes) or tuple(known.values())[:1]
    last = request.GET.get("last", "")
    last = last if last in periods else periods[0]
    first = request.GET.get("first", "")
    first = first if first in periods else last
    first, last = min(first, last), max(first, last)
    by, over = request.GET.get("by", ""), request.GET.get("over", "")
    return queries.Asked(
        book, entity, items, first, last, by if by in {"zone", "district", "city"} else "zone",
        over if over in {"period", "year"} else "period",
    )  # fmt: skip


def _rows(figures: queries.Figures) -> list[tuple[str, Any, list[totals.Total]]]:
    return [
        (code, name, [figures.cell(code, item.code, period) for item, period in figures.columns()])
        for code, name in figures.places
    ]


def _file(figures: queries.Figures, form: str) -> HttpResponse:
    headings = [str(words("单位", "Place"))]
    for item, period in figures.columns():
        unit = unit_text(item.unit)
        headings.append(f"{say(item.name)} {item.code} {period}" + (f"（{unit}）" if unit else ""))
    rows = (
        (say(name), *(total.value if total.value is not None else say(total.why) if total.why else None
                      for total in totals_of))
        for _, name, totals_of in _rows(figures)
    )  # fmt: skip
    return file_answer("figures", form, headings, rows, synthetic=figures.synthetic)

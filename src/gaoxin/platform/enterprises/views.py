"""Pages of the register of firms."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from gaoxin.industries import in_doubt, industry_name
from gaoxin.platform.access.middleware import PageRequest
from gaoxin.platform.audit.queries import history
from gaoxin.platform.enterprises import actions, forms, queries
from gaoxin.platform.enterprises.imports import FIELDS, PURPOSE, Plan, plan, values_of
from gaoxin.platform.enterprises.models import CertificateKind, Firm
from gaoxin.platform.enterprises.permissions import CHANGE, MERGE
from gaoxin.platform.frame.choices import Money
from gaoxin.platform.frame.forms import Form
from gaoxin.platform.frame.panels import panels_of
from gaoxin.platform.frame.tables import Column, Table, file_answer
from gaoxin.platform.language import say, words
from gaoxin.platform.organisations.queries import above
from gaoxin.platform.regions import region_name
from gaoxin.platform.uploads.actions import receive
from gaoxin.platform.uploads.queries import upload as sent
from gaoxin.platform.uploads.reading import tables
from gaoxin.problems import InputError

SHOWN_ROWS = 200

COLUMNS = (
    Column(
        "name", words("企业名称", "Name"), lambda f: f.organisation.label, "organisation__name",
        lambda f: f"/enterprises/{f.organisation.code}/",
    ),
    Column("code", words("统一社会信用代码", "Credit code"), lambda f: f.organisation.code, "organisation__code"),
    Column("zone", words("园区", "Zone"), lambda f: f.zone.label, "zone__path"),
    Column("industry", words("行业", "Industry"), lambda f: f.industry, "industry"),
    Column("region", words("行政区划", "Area"), lambda f: f.region, "region"),
    Column("founded", words("成立日期", "Founded"), lambda f: f.founded, "founded"),
    Column("status", words("状态", "Status"), lambda f: f.get_status_display(), "status"),
)  # fmt: skip


@require_GET
def index(request: PageRequest) -> HttpResponse:
    """The firms that the reader may see."""
    filters = forms.Filters(request.GET)
    asked = filters.cleaned_data if filters.is_valid() else {}
    records = queries.firms(
        request.reader, text=asked.get("q", ""), zone=asked.get("zone", ""), industry=asked.get("industry", ""),
        status=asked.get("status", ""),
    )  # fmt: skip
    table = Table(request, COLUMNS, records, name="firms", synthetic="organisation__synthetic")
    context = {"table": table, "filters": filters, "may_change": request.reader.may(CHANGE)}
    return table.download() or render(request, "enterprises/list.html", context)


@require_GET
def page(request: PageRequest, code: str) -> HttpResponse:
    """One firm: register, memberships, certificates, what every app has to say of it, and its history."""
    firm = queries.firm(request.reader, code)
    context = {
        "firm": firm,
        "above": above(request.reader, firm.organisation),
        "memberships": firm.memberships.select_related("zone"),
        "certificates": firm.certificates.all(),
        "duplicates": queries.likely_duplicates(request.reader, firm),
        "history": history(firm)[:50],
        "names": history(firm.organisation)[:20],
        "may_change": request.reader.may(CHANGE, firm.organisation) and not firm.merged_into_id,
        "may_merge": request.reader.may(MERGE, firm.organisation) and not firm.merged_into_id,
        "industry": industry_name(firm.industry),
        "industry_in_doubt": in_doubt(firm.industry),
        "region": region_name(firm.region) if firm.region else None,
        **panels_of(request.reader, firm.organisation, Money.chosen(request)),
    }
    return render(request, "enterprises/page.html", context)


@require_http_methods(["GET", "POST"])
def add(request: PageRequest) -> HttpResponse:
    """Enter a firm."""
    queries.zones_to_fill(request.reader)
    form = forms.Add(request.POST or None)
    if form.is_valid():
        asked = form.cleaned_data
        zone = form.seek("zone", queries.zone_to_fill, request.reader)
        firm = zone and form.attempt(
            actions.add, request.reader, zone, form.values(), credit_code=asked["credit_code"].upper(),
            since=asked["since"],
        )  # fmt: skip
        if firm:
            return _done(request, firm, words("已登记", "Entered"))
    return _form(request, None, form, words("登记企业", "Enter a firm"))


@require_http_methods(["GET", "POST"])
def change(request: PageRequest, code: str) -> HttpResponse:
    """Write other values."""
    firm = queries.firm_to_change(request.reader, code)
    now = values_of(firm)
    initial = {name: getattr(now, name) for name in now.__dataclass_fields__}
    form = forms.Change(request.POST or None, initial=initial)
    if form.is_valid() and form.attempt(
        actions.change, request.reader, firm, form.values(), reason=form.cleaned_data["reason"]
    ):
        return _done(request, firm, words("已保存", "Saved"))
    return _form(request, firm, form, words("修改登记", "Change the entry"))


@require_http_methods(["GET", "POST"])
def transfer(request: PageRequest, code: str) -> HttpResponse:
    """Make it a member of another zone."""
    firm = queries.firm_to_change(request.reader, code)
    form = forms.Transfer(request.POST or None)
    if form.is_valid():
        asked = form.cleaned_data
        zone = form.seek("zone", queries.zone_to_fill, request.reader)
        if zone and form.attempt(
            actions.transfer, request.reader, firm, zone, day=asked["day"], reason=asked["reason"]
        ):
            return _done(request, firm, words("已转园", "Transferred"))
    return _form(request, firm, form, words("转园", "Transfer"))


@require_http_methods(["GET", "POST"])
def add_certificate(request: PageRequest, code: str) -> HttpResponse:
    """Note a certificate."""
    firm = queries.firm_to_change(request.reader, code)
    form = forms.AddCertificate(request.POST or None)
    if form.is_valid():
        asked = {**form.cleaned_data, "kind": CertificateKind(form.cleaned_data["kind"])}
        if form.attempt(actions.add_certificate, request.reader, firm, **asked):
            return _done(request, firm, words("已登记", "Noted"))
    return _form(request, firm, form, words("登记证书", "Note a certificate"))


@require_http_methods(["GET", "POST"])
def merge(request: PageRequest, code: str) -> HttpResponse:
    """Merge another entry into this one."""
    firm = queries.firm_to_merge(request.reader, code)
    form = forms.Merge(request.POST or None, initial={"dropped": request.GET.get("dropped", "")})
    if form.is_valid():
        dropped = form.seek("dropped", queries.firm_to_merge, request.reader)
        if dropped and form.attempt(actions.merge, request.reader, firm, dropped, reason=form.cleaned_data["reason"]):
            return _done(request, firm, words("已合并", "Merged"))
    return _form(request, firm, form, words("合并重复登记", "Merge a duplicate"))


@require_http_methods(["GET", "POST"])
def upload(request: PageRequest) -> HttpResponse:
    """Send a file of firms."""
    places = queries.places_to_import(request.reader)
    form = forms.Upload(request.POST or None, request.FILES or None, places=places)
    if form.is_valid():
        place = next(p for p in places if p.code == form.cleaned_data["organisation"])
        file = form.attempt(receive, request.reader, CHANGE, place, form.cleaned_data["file"], purpose=PURPOSE)
        if file is not None:
            return redirect("enterprises:import", file.pk)
    context = {"form": form, "fields": FIELDS}
    return render(request, "enterprises/upload.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def importing(request: PageRequest, key: UUID) -> HttpResponse:
    """What the file would do, row by row; then do it."""
    file = sent(request.reader, CHANGE, key, purpose=PURPOSE)
    asked = {name: value for name, value in request.GET.items() if isinstance(value, str)}
    problems = []
    made: Plan | None = None
    mapping: forms.Mapping | None = None
    try:
        if request.method == "POST":
            counts = actions.import_firms(request.reader, file, asked).counts
            text = words(
                f"新增 {counts['add']} 家，修改 {counts['change']} 家",
                f"{counts['add']} added, {counts['change']} changed",
            )
            messages.success(request, text)
            return redirect("enterprises:list")
    except InputError as refused:
        problems = refused.problems
    try:
        found = tables(file)
        made = plan(request.reader, file.organisation, found, asked)
        mapping = forms.Mapping(made.layout, found)
    except InputError as refused:
        problems = problems or refused.problems
    if made is not None and asked.get("format") in {"xlsx", "csv"}:
        return _report(made, asked["format"])
    shown = sorted(made.rows, key=lambda row: row.does != "error")[:SHOWN_ROWS] if made else []
    context = {"file": file, "plan": made, "mapping": mapping, "problems": problems, "shown": shown, "does": DOES}
    return render(request, "enterprises/import.html", context, status=422 if problems else 200)


DOES = {
    "add": words("新增", "add"),
    "change": words("修改", "change"),
    "same": words("相同", "same"),
    "error": words("有误", "wrong"),
}


def _report(made: Plan, form: str) -> HttpResponse:
    headings = [
        str(words(*pair))
        for pair in (
            ("行", "Row"),
            ("处理", "What it does"),
            ("统一社会信用代码", "Credit code"),
            ("企业名称", "Name"),
            ("问题", "Problems"),
        )
    ]
    rows = (
        (row.number, str(DOES[row.does]), row.credit_code, row.values.name,
         "；".join(" → ".join(filter(None, (say(p.message), say(p.remedy)))) for p in row.problems))
        for row in made.rows
    )  # fmt: skip
    return file_answer("import-report", form, headings, rows)


def _form(request: PageRequest, firm: Firm | None, form: Form, title: Any) -> HttpResponse:
    context = {
        "firm": firm,
        "above": above(request.reader, firm.organisation) if firm else [],
        "form": form,
        "title": title,
    }
    return render(request, "enterprises/form.html", context, status=422 if form.errors else 200)


def _done(request: PageRequest, firm: Firm, said: Any) -> HttpResponse:
    messages.success(request, said)
    return redirect("enterprises:page", firm.organisation.code)

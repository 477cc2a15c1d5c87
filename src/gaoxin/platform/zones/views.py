"""Pages of the register of zones."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from gaoxin.platform.access.middleware import PageRequest
from gaoxin.platform.audit.queries import history
from gaoxin.platform.frame.choices import Money
from gaoxin.platform.frame.forms import Form
from gaoxin.platform.frame.panels import panels_of
from gaoxin.platform.frame.tables import Column, Table
from gaoxin.platform.language import words
from gaoxin.platform.organisations.models import Organisation
from gaoxin.platform.organisations.queries import above
from gaoxin.platform.regions import region_name
from gaoxin.platform.zones import actions, forms, queries
from gaoxin.platform.zones.boundaries import outline
from gaoxin.platform.zones.models import EventKind, Level
from gaoxin.platform.zones.permissions import CHANGE
from gaoxin.words import Text


def _entered(name: str) -> Any:
    return lambda o: getattr(queries.entry(o), name, None)


def _level(organisation: Organisation) -> Any:
    entry = queries.entry(organisation)
    return Level(entry.level if entry else Level.UNKNOWN).label


def _text(name: str) -> Any:
    def value(organisation: Organisation) -> Text:
        said = getattr(queries.entry(organisation), name, "")
        return Text(said, said)

    return value


COLUMNS = (
    Column("name", words("名称", "Name"), lambda o: o.label, "name", lambda o: f"/zones/{o.code}/"),
    Column("code", words("代码", "Code"), lambda o: o.code, "code"),
    Column("kind", words("类别", "Kind"), lambda o: o.get_kind_display(), "kind"),
    Column("level", words("级别", "Level"), _level, "zone__level"),
    Column("category", words("类型", "Class"), _text("category"), "zone__category"),
    Column("area", words("面积", "Area"), _entered("area"), "zone__area", numeric=True, unit=words("平方公里", "km²")),
    Column("industries", words("主导产业", "Leading industries"), _text("industries")),
)


@require_GET
def index(request: PageRequest) -> HttpResponse:
    """The zones and parks that the reader may see."""
    filters = forms.Filters(request.GET)
    asked = filters.cleaned_data if filters.is_valid() else {}
    records = queries.zones(
        request.reader, text=asked.get("q", ""), level=asked.get("level", ""), kind=asked.get("kind", "")
    )
    # A boundary may have fifty thousand points, which no list shows.
    table = Table(request, COLUMNS, records.defer("zone__boundary", "zone__drawn"), name="zones", synthetic="synthetic")
    return table.download() or render(request, "zones/list.html", {"table": table, "filters": filters})


@require_GET
def page(request: PageRequest, code: str) -> HttpResponse:
    """One zone: the register, its events and outline, what every app has to say of it, and its history."""
    organisation = queries.zone(request.reader, code)
    entry = queries.entry(organisation)
    context = {
        "organisation": organisation,
        "above": above(request.reader, organisation) if request.reader.may("organisations.view") else [],
        "zone": entry,
        "outline": outline(entry.drawn) if entry and entry.drawn else "",
        "events": entry.events.all() if entry else [],
        "history": history(entry)[:50] if entry else [],
        "may_change": request.reader.may(CHANGE, organisation),
        "region": region_name(entry.region) if entry and entry.region else None,
        **panels_of(request.reader, organisation, Money.chosen(request)),
    }
    return render(request, "zones/page.html", context)


@require_http_methods(["GET", "POST"])
def keep(request: PageRequest, code: str) -> HttpResponse:
    """Write the entry."""
    organisation = queries.zone_to_change(request.reader, code)
    entry = queries.entry(organisation)
    initial = (
        {name: getattr(entry, name) for name in ("level", "category", "region", "area", "industries")} if entry else {}
    )
    form = forms.Keep(request.POST or None, initial=initial)
    if form.is_valid():
        asked = {**form.cleaned_data, "level": Level(form.cleaned_data["level"])}
        if form.attempt(actions.keep, request.reader, organisation, **asked):
            return _done(request, organisation, words("已保存", "Saved"))
    return _form(request, organisation, form, words("维护登记", "Keep the register"))


@require_http_methods(["GET", "POST"])
def boundary(request: PageRequest, code: str) -> HttpResponse:
    """Take the boundary."""
    organisation = queries.zone_to_change(request.reader, code)
    entry = queries.entered(organisation)
    form = forms.Boundary(request.POST or None, request.FILES or None)
    if form.is_valid() and form.attempt(actions.set_boundary, request.reader, entry, **form.cleaned_data):
        return _done(request, organisation, words("边界已更新", "The boundary was taken"))
    return _form(request, organisation, form, words("上传边界", "Upload the boundary"))


@require_http_methods(["GET", "POST"])
def add_event(request: PageRequest, code: str) -> HttpResponse:
    """Note an event."""
    organisation = queries.zone_to_change(request.reader, code)
    entry = queries.entered(organisation)
    form = forms.AddEvent(request.POST or None)
    if form.is_valid():
        asked = {**form.cleaned_data, "kind": EventKind(form.cleaned_data["kind"])}
        if form.attempt(actions.add_event, request.reader, entry, **asked):
            return _done(request, organisation, words("已记录", "Noted"))
    return _form(request, organisation, form, words("记录事项", "Note an event"))


def _form(request: PageRequest, organisation: Organisation, form: Form, title: Any) -> HttpResponse:
    context = {"organisation": organisation, "above": above(request.reader, organisation), "form": form, "title": title}
    return render(request, "zones/form.html", context, status=422 if form.errors else 200)


def _done(request: PageRequest, organisation: Organisation, said: Any) -> HttpResponse:
    messages.success(request, said)
    return redirect("zones:page", organisation.code)

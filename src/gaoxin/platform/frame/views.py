"""Pages of the frame: the work list, the search, the choice of language, health."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET, require_POST
from django.views.i18n import set_language
from platformdirs import user_cache_path

from gaoxin.platform.access.middleware import PageRequest
from gaoxin.platform.app import Found, Todo, platform_apps
from gaoxin.platform.frame import choices


@require_GET
def home(request: PageRequest) -> HttpResponse:
    """The work list: what is the reader's to do today, from all apps, what is due first on top."""
    today = timezone.localdate()
    todo: list[Todo] = []
    for app in platform_apps():
        offered = app.offered("queries", "todo")
        if offered is not None:
            todo += offered(request.reader, today)
    todo.sort(key=lambda one: (one.due is None, one.due or today))
    return render(request, "frame/home.html", {"todo": todo, "today": today})


@require_GET
def search(request: PageRequest) -> HttpResponse:
    """Everything the reader may see whose name or code holds the text."""
    text = request.GET.get("q", "").strip()
    found: list[Found] = []
    if len(text) > 1:
        for app in platform_apps():
            offered = app.offered("queries", "found")
            if offered is not None:
                found += offered(request.reader, text)
    return render(request, "frame/search.html", {"text": text, "found": found})


@require_POST
def choose(request: PageRequest) -> HttpResponse:
    """Keep what was chosen in the top bar, and go back to the page."""
    choices.remember(request)
    return redirect(choices.back(request))


@login_not_required
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Choose the language of this browser."""
    return set_language(request)


@require_GET
@gzip_page
@cache_control(max_age=31_536_000, immutable=True, private=True)
def charts(request: HttpRequest, version: str) -> HttpResponse:  # noqa: ARG001  in the address, so that a new one is asked for
    """The chart library (Vega, Vega-Lite, vega-embed), from the installed wheel: nothing is loaded from elsewhere."""
    from gaoxin.reports.page import vega_bundle  # noqa: PLC0415  slow to load, and only needed here

    script = vega_bundle(user_cache_path("gaoxin", ensure_exists=False))
    return HttpResponse(script, content_type="text/javascript; charset=utf-8")


@login_not_required
@require_GET
def healthy(_: HttpRequest) -> JsonResponse:
    """Whether the process answers."""
    return JsonResponse({"status": "ok"})


@login_not_required
@require_GET
def ready(_: HttpRequest) -> JsonResponse:
    """Whether the site can work: the database answers and its tables are those of this version."""
    try:
        executor = MigrationExecutor(connection)
        behind = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except DatabaseError:
        return JsonResponse({"status": "database"}, status=503)
    if behind:
        return JsonResponse({"status": "migrations", "behind": behind}, status=503)
    return JsonResponse({"status": "ok"})

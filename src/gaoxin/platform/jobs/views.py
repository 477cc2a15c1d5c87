"""Pages of jobs: one's own, and how far one of them is."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from gaoxin.platform.access.middleware import PageRequest
from gaoxin.platform.frame.tables import Column, Table
from gaoxin.platform.jobs import queries
from gaoxin.platform.language import words

COLUMNS = (
    Column("title", words("任务", "Job"), lambda j: j.label, link=lambda j: f"/jobs/{j.pk}/"),
    Column("state", words("状态", "State"), lambda j: j.get_state_display(), "state"),
    Column("queued", words("提交时间", "Queued"), lambda j: j.queued, "queued"),
    Column("finished", words("结束时间", "Finished"), lambda j: j.finished, "finished"),
)


@require_GET
def index(request: PageRequest) -> HttpResponse:
    """The reader's jobs."""
    table = Table(request, COLUMNS, queries.own_jobs(request.reader), name="jobs")
    return table.download() or render(request, "jobs/list.html", {"table": table})


@require_GET
def page(request: PageRequest, key: UUID) -> HttpResponse:
    """One job; the part that changes is asked for again every second until it is over."""
    job = queries.own_job(request.reader, key)
    template = "jobs/progress.html" if request.htmx else "jobs/page.html"
    return render(request, template, {"job": job})

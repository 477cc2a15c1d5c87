"""What evaluations say on the page of a zone: its place in the latest published one, strengths and weaknesses."""

from __future__ import annotations

from gaoxin.platform.access.reader import Reader
from gaoxin.platform.access.roles import Kind
from gaoxin.platform.app import Panel
from gaoxin.platform.evaluations import results
from gaoxin.platform.evaluations.models import Standing, State
from gaoxin.platform.evaluations.permissions import VIEW
from gaoxin.platform.frame.choices import Money
from gaoxin.platform.organisations.models import Organisation
from gaoxin.problems import InputError
from gaoxin.runs.tracing import column_of


def panels(reader: Reader, organisation: Organisation, _: Money) -> list[Panel]:
    """The profile of a zone that the reader sees in detail; nothing where it was never in a published evaluation."""
    if organisation.kind != Kind.ZONE or not reader.may(VIEW, organisation):
        return []
    mine = Standing.objects.filter(organisation=organisation, evaluation__state=State.PUBLISHED)
    latest = mine.select_related("evaluation").order_by("-evaluation__period", "-evaluation__published").first()
    if latest is None or not latest.evaluation.computed:
        return []
    try:
        result = results.result_of(latest.evaluation)
    except InputError:  # its files are gone: what the database knows of it is still true
        result = None
    notes = [
        (note.strength, result.nodes[column_of(result, note.node)])
        for note in result.unit_notes
        if note.unit == latest.code
    ] if result else []  # fmt: skip
    robust = result.robustness if result else None
    content = {
        "standing": latest, "run": latest.evaluation, "notes": notes, "index": result.nodes[-1].code if result else "",
        "ranked": latest.evaluation.standings.exclude(rank=None).count(),
        "bottom_k": robust.bottom_k if robust else None,
    }  # fmt: skip
    return [Panel("evaluations/panel.html", 30, content)]

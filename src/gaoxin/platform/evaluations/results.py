"""The stored results of a run as pages show them. A folder never changes, so what was read is kept for a while."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db.models import F

from gaoxin.decisions import RankSample
from gaoxin.evaluation.diagnosis.attainment import Attainment, reach
from gaoxin.platform.evaluations.jobs import SAMPLE, read_sample
from gaoxin.platform.evaluations.models import Evaluation
from gaoxin.platform.evaluations.sources import INPUTS
from gaoxin.platform.evaluations.systems import system
from gaoxin.platform.frame.charts import quickly
from gaoxin.platform.language import language
from gaoxin.platform.statistics.models import Version
from gaoxin.reports import charts
from gaoxin.reports.charts import Chart
from gaoxin.reports.tables import Table, write_cell
from gaoxin.returns import read_returns
from gaoxin.returns.figures import Figures
from gaoxin.runs import store
from gaoxin.runs.manifest import read as read_manifest
from gaoxin.runs.pipeline import Run, request_of
from gaoxin.runs.result import RunResult
from gaoxin.runs.tracing import Origin, Trace, again, trace_result
from gaoxin.words import Language

_FOLDERS = re.compile(r"^(/[^/]+)+/")


@lru_cache(maxsize=16)
def _result(folder: Path) -> RunResult:
    return store.read(folder)


@lru_cache(maxsize=4)
def _figures(folder: Path, name: str) -> Figures:
    book = system(name).book
    assert book is not None  # noqa: S101  a run over returns
    return read_returns(request_of(read_manifest(folder), folder).paths, book)


@lru_cache(maxsize=3)
def _again(folder: Path) -> Run:
    return again(folder)


def result_of(run: Evaluation) -> RunResult:
    """What the run found."""
    return _result(run.path)


@lru_cache(maxsize=32)
def _charts(folder: Path, tongue: Language) -> dict[str, Chart]:
    result = _result(folder)
    return quickly(lambda: {"ranking": charts.ranking(result, tongue), "stacked": charts.stacked(result, tongue)})


@lru_cache(maxsize=256)
def _charts_of_zone(folder: Path, code: str, tongue: Language) -> dict[str, Chart]:
    result = _result(folder)
    row = row_of(result, code)
    return quickly(lambda: {"profile": charts.profile(result, row, tongue), "steps": charts.steps(result, row, tongue)})


def charts_of(run: Evaluation, code: str = "") -> dict[str, Chart]:
    """The charts of a run, or of one zone in it; put together once, which takes longer than the rest of their page."""
    return dict(_charts_of_zone(run.path, code, language()) if code else _charts(run.path, language()))


def sample_of(run: Evaluation) -> RankSample | None:
    """The ranks of its draws."""
    return read_sample(run.path / SAMPLE)


def evaluated(run: Evaluation) -> Run:
    """The run evaluated again, for questions that its results do not answer: seconds the first time."""
    return _again(run.path)


def row_of(result: RunResult, code: str) -> int:
    """The row of a zone."""
    return next(row for row, unit in enumerate(result.units) if unit.code == code)


@dataclass(frozen=True, slots=True)
class Source:
    """A figure behind a number, with the file and cell, and the version of the return that it comes from."""

    origin: Origin
    version: Version | None


def traced(run: Evaluation, code: str, node: str, *, returns: bool) -> tuple[Trace, list[Source]]:
    """How a number came about, down to the returns and who signed them.

    ``returns`` says whether the reader may see returns of the zone; without it the score is explained, and the figures
    of single firms are not shown.
    """
    figures = _figures(run.path, run.system) if returns else None
    trace = trace_result(result_of(run), system(run.system), figures, code, node)
    inside = f"{run.path / INPUTS}/"
    trace = replace(trace, origins=tuple(replace(o, place=_shown(o.place, inside)) for o in trace.origins))
    return trace, [Source(o, signed) for o, signed in zip(trace.origins, _signed(run, trace.origins), strict=True)]


def _signed(run: Evaluation, origins: Sequence[Origin]) -> list[Version | None]:
    """The version of the return that each figure was read from: the last that was approved when it was fixed."""
    held = {one["snapshot"] for one in run.inputs if one.get("snapshot")}
    if not held or not origins:
        return [None] * len(origins)
    book = system(run.system).book
    assert book is not None  # noqa: S101  a run over returns
    versions = (
        Version.objects.filter(
            approved__isnull=False,
            return_of__collection__snapshots__in=held,
            approved__lte=F("return_of__collection__snapshots__created"),
            return_of__organisation__code__in={origin.reporter.split("/")[0] for origin in origins},
        )
        .select_related("return_of__organisation", "return_of__collection", "submitted_by")
        .order_by("return_of__collection__code", "number")
        .defer("figures")
    )
    # Of several collections of a period the last by its code counts where both ask for an item, as in the snapshot.
    found: dict[tuple[str, str], list[Version]] = {}
    for version in versions.distinct():
        owed = version.return_of
        found.setdefault((owed.organisation.code, owed.collection.period), []).append(version)

    def of(origin: Origin) -> Version | None:
        form = book.items[origin.item].form if origin.item in book.items else ""
        for version in reversed(found.get((origin.reporter.split("/")[0], origin.period), [])):
            forms = version.return_of.collection.forms
            if not forms or form in forms:
                return version
        return None

    return [of(origin) for origin in origins]


def _shown(place: str, inside: str) -> str:
    """A place without the folders of the server."""
    return _FOLDERS.sub("", place.removeprefix(inside))


def attainment(run: Evaluation, code: str, rank: int) -> Attainment:
    """What it would take a zone to reach a rank."""
    done = evaluated(run)
    period = run.period if done.evaluation.periods is not None else None
    return reach(done.evaluation, code, float(rank), period=period)


def written(table: Table, links: dict[int, str] | None = None) -> dict[str, Any]:
    """A table of the reports as a template shows it; ``links`` gives for a column the address pattern of a cell, in
    which ``{code}`` is the code of the unit."""
    tongue = language()
    at_code = next((at for at, column in enumerate(table.columns) if column.key == "code"), None)
    rows = []
    for at, row in enumerate(table.rows):
        cells = []
        for column_at, (cell, column) in enumerate(zip(row, table.columns, strict=True)):
            note = table.notes.get((at, column_at))
            pattern = (links or {}).get(column_at, "")
            code = str(row[at_code]) if at_code is not None else ""
            cells.append(
                {
                    "text": write_cell(cell, column, tongue),
                    "numeric": column.numeric,
                    "link": pattern.format(code=code) if pattern and cell is not None else "",
                    "note": note.text.say(tongue) if note else "",
                }
            )
        rows.append(cells)
    heads = [{"title": column.header(tongue), "numeric": column.numeric} for column in table.columns]
    return {"title": table.title, "columns": heads, "rows": rows, "foot": table.foot}

"""A small synthetic city whose zones are those of the test world, evaluated once for all tests of a run of pytest."""

from __future__ import annotations

import atexit
import hashlib
import json
import os
import shutil
import tempfile
import time
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.utils import timezone
from openpyxl import load_workbook

from gaoxin.decisions import Result, propose, sample_of
from gaoxin.library import sample_city
from gaoxin.platform.adjustments.jobs import as_data
from gaoxin.platform.adjustments.models import Case, Proposing, Step
from gaoxin.platform.adjustments.models import State as CaseState
from gaoxin.platform.evaluations.jobs import SAMPLE, keep_sample, read_sample
from gaoxin.platform.evaluations.models import Evaluation, Standing, State
from gaoxin.platform.organisations.models import Organisation
from gaoxin.platform.statistics.models import Snapshot
from gaoxin.reports.folder import write_record
from gaoxin.rulebook import load_book
from gaoxin.runs import store
from gaoxin.runs.pipeline import Request, evaluate_request

ZONES = ("Z1", "Z5", "Z2", "Z3", "Z4")
"""In the order of the sample, whose second zone does not report in the last year."""
SYSTEM = "national-2021"
DRAWS = {"2024": 0, "2025": 30}


@lru_cache(maxsize=1)
def home() -> Path:
    """The folder with ``city`` (returns) and one folder for each evaluated year. Workers of one run share it."""
    shared = os.environ.get("PYTEST_XDIST_TESTRUNUID")
    folder = Path(tempfile.gettempdir()) / f"gaoxin-evaluated-{shared or uuid4().hex}"
    try:
        folder.mkdir()
    except FileExistsError:
        while not (folder / "ready").exists():
            time.sleep(0.2)
        return folder
    if not shared:
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
    make_city(folder / "city")
    for year, draws in DRAWS.items():
        (folder / year).mkdir()
        run = evaluate_request(
            Request((folder / "city",), system=SYSTEM, period=year, robustness=draws, seed=1, zones="any")
        )
        if draws:
            keep_sample(sample_of(run, replications=draws), folder / year / SAMPLE)
        write_record(run, folder / year)
    (folder / "ready").touch()
    return folder


def make_city(folder: Path) -> None:
    """Returns of three years, synthetic, with the codes of the test world."""
    sample_city(folder, zones=len(ZONES), firms=60, years=3)
    book = load_workbook(folder / "zones.xlsx")
    codes: list[str] = []
    for name in ("zones.xlsx", "experts.xlsx"):
        book = load_workbook(folder / name)
        for sheet in book:
            for row in sheet.iter_rows():
                for cell in row:
                    text = str(cell.value or "")
                    if len(text) == 8 and text.isdigit() and text.startswith("31"):
                        if text not in codes:
                            codes.append(text)
                        cell.value = ZONES[codes.index(text)]
        book.save(folder / name)
    for path in folder.glob("*.csv"):
        text = path.read_text(encoding="utf-8-sig")
        for code, zone in zip(codes, ZONES, strict=True):
            text = text.replace(f'"{code}"', f'"{zone}"')
        path.write_text(text, encoding="utf-8-sig")


def make_snapshots(media: Path) -> list[Snapshot]:
    """One snapshot for each year of the city below ``media``; what covers several years lies in the first."""
    made = []
    for year in ("2023", "2024", "2025"):
        folder = media / "snapshots" / year
        folder.mkdir(parents=True)
        for path in (home() / "city").iterdir():
            if year in path.name or (year == "2023" and path.suffix == ".xlsx"):
                shutil.copy(path, folder / path.name)
        contents = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}
        made.append(
            Snapshot.objects.create(
                organisation=Organisation.objects.get(code="CITY"), period=year, folder=f"snapshots/{year}",
                sha256="0" * 64, contents=contents, created=timezone.now(), synthetic=True,
            )
        )  # fmt: skip
    return made


def evaluation(year: str = "2025", state: State = State.PUBLISHED, **fields: object) -> Evaluation:
    """A run of the year in the database, as if it had been computed there."""
    folder = home() / year
    result = store.read(folder)
    held = Evaluation.objects.create(
        organisation=Organisation.objects.get(code="CITY"), title=f"{year} 年度评价", title_en=f"Evaluation {year}",
        period=year, system=SYSTEM, system_title="体系", system_title_en="System", state=state, folder=str(folder),
        manifest="0" * 64, synthetic=True, replications=DRAWS[year], **fields,
    )  # fmt: skip
    places = dict(Organisation.objects.values_list("code", "pk"))
    robust = result.robustness
    Standing.objects.bulk_create(
        Standing(
            evaluation=held, organisation_id=places.get(unit.code), code=unit.code, name=unit.name,
            rank=float(result.ranks[row, -1]), score=float(result.scores[row, -1]),
            low=float(robust.rank_low[row]) if robust else None, high=float(robust.rank_high[row]) if robust else None,
            bottom=float(robust.probability_bottom[row]) if robust else None,
        )
        for row, unit in enumerate(result.units)
    )  # fmt: skip
    return held


@lru_cache(maxsize=1)
def findings() -> str:
    """What the example rules say of both years, as JSON; nothing had happened in any zone."""
    book = load_book("example-city-decisions")
    quiet = {"period": "2025", "ev_major_accidents": "0", "ev_falsified": "false", "ev_plan_failed": "false"}
    results = [Result(store.read(home() / year), read_sample(home() / year / SAMPLE)) for year in DRAWS]
    return json.dumps(as_data(propose(book, results, [{"zone": zone, **quiet} for zone in ZONES])))


def case(zone: str, action: str = "rectify", state: CaseState = CaseState.NOTIFIED, **fields: Any) -> Case:
    """A case of the zone, with a finding of the rules in it."""
    organisation = Organisation.objects.get(code=zone)
    said = json.loads(findings())
    held = Proposing.objects.create(
        organisation=Organisation.objects.get(code="CITY"), period="2025", book="example-city-decisions",
        book_version="1", findings=said, synthetic=True, evaluations=[],
    )  # fmt: skip
    finding = next(one for one in said["proposals"] if one["action"] == action and one["leading"])
    made = Case.objects.create(
        organisation=organisation, proposing=held, period="2025", rule=finding["rule"], action=action, state=state,
        finding=finding, certainty=finding["certainty"]["true"], synthetic=True, **fields,
    )  # fmt: skip
    if state != CaseState.PROPOSED:
        Step.objects.create(
            case=made, name="notify", before=CaseState.PROPOSED, after=CaseState.NOTIFIED, signatory="甲",
            letter=b"PK", letter_sha256="0" * 64,
        )  # fmt: skip
    return made

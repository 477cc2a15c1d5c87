"""Who gets in at the pages and the API of statistics."""

from __future__ import annotations

import atexit
import datetime
import shutil
import tempfile
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.test import override_settings
from django.utils import timezone
from matrix import Row
from world import PLACES

from gaoxin.platform.access.roles import Role
from gaoxin.platform.organisations.models import Organisation
from gaoxin.platform.statistics import books, document
from gaoxin.platform.statistics.models import Collection, Import, Return, Snapshot, State, Version
from gaoxin.platform.statistics.snapshots import Written, write
from gaoxin.platform.uploads.models import Upload

SEE = {
    "city": (Role.ANALYST, Role.LEADER),
    "place": (Role.DISTRICT, Role.REPORTER, Role.REVIEWER, Role.PARK, Role.FIRM, Role.AUDITOR),
}
ENTER = {"place": (Role.REPORTER, Role.FIRM)}
JUDGE = {"city": (Role.ANALYST,), "place": (Role.REVIEWER,)}
COLLECT = {"city": (Role.ANALYST,)}
FIGURES = {
    "city": (Role.ANALYST, Role.LEADER, Role.BUREAU, Role.EXPERT),
    "place": (Role.DISTRICT, Role.REPORTER, Role.REVIEWER, Role.PARK, Role.AUDITOR),
}
FIGURES_PLACELESS = {"city": (*FIGURES["city"], *FIGURES["place"])}
SEE_PLACELESS = {"city": (*SEE["city"], *SEE["place"])}


def collection(_: str, __: Role) -> dict[str, Any]:
    """A collection of firms' returns, with one return submitted and one approved."""
    return {"code": _collection().code}


def held(organisation: str, role: Role) -> dict[str, Any]:
    """The return of the firm in the same half of the city, in the state in which the role has something to do."""
    made = _collection()
    wanted = Return.objects.get(collection=made, organisation__code=f"F{organisation[-1]}")
    state = {Role.REVIEWER: State.SUBMITTED, Role.ANALYST: State.REVIEWED}.get(role, State.DRAFT)
    Return.objects.filter(pk=wanted.pk).update(state=state)
    return {"collection": made.code, "code": f"F{organisation[-1]}"}


def imported(organisation: str, _: Role) -> dict[str, Any]:
    """An import of a file for the organisation."""
    at = Organisation.objects.get(code=organisation)
    upload = Upload.objects.create(
        organisation=at, purpose="returns", name="firms.csv", kind="csv", size=1, sha256="0" * 64, content=b"x"
    )
    made = Import.objects.create(organisation=at, collection=_collection(), upload=upload, report=[])
    return {"key": made.pk}


def _collection() -> Collection:
    made = Collection.objects.filter(code="firms-2025").first()
    if made is not None:
        return made
    today = timezone.localdate()
    book = "torch-enterprise-2022"
    made = Collection.objects.create(
        organisation=Organisation.objects.get(code="CITY"), code="firms-2025", name="企业年报",
        name_en="Annual returns of firms", book=book, book_version=books.book(book).version, entity="firm",
        forms=["GQ-003", "GQ-004"], period="2025", opens=today - datetime.timedelta(days=1),
        due=today + datetime.timedelta(days=30), synthetic=True,
    )  # fmt: skip
    for n in (1, 2):
        one = Return.objects.create(
            collection=made, organisation=Organisation.objects.get(code=f"F{n}"),
            zone=Organisation.objects.get(code=f"Z{n}"), due=made.due,
        )  # fmt: skip
        figures = {"qd01": "7", "project.1.qh51": "1.000"}
        one.latest = Version.objects.create(
            return_of=one, number=1, figures=figures, sha256=document.digest(figures), submitted=timezone.now(),
            signatory="甲",
        )  # fmt: skip
        one.submitted = timezone.now()
        one.save()
    return made


def fixed(organisation: str, _: Role) -> dict[str, Any]:
    """A figure of the zone in the same half of the city, from a snapshot."""
    made, written = _collection(), _written()
    held = Snapshot.objects.create(
        organisation=made.organisation, period="2025", folder=written.folder, sha256=written.sha256,
        contents=written.contents, counts=written.counts, created=timezone.now(), synthetic=True,
    )  # fmt: skip
    held.collections.set([made])
    return {"where": f"Z{2 if organisation.endswith('2') else 1}", "period": "2025"}


@lru_cache(maxsize=1)
def _written() -> Written:
    """The files of that snapshot, written once for all rows."""
    made = _collection()
    for one in made.returns.all():
        Return.objects.filter(pk=one.pk).update(approved=one.latest)
    folder = Path(tempfile.mkdtemp(prefix="gaoxin-snapshot-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with override_settings(MEDIA_ROOT=folder):
        written = write("2025", [made], timezone.now())
    return replace(written, folder=str(folder / written.folder))


def _open(role: Role) -> dict[str, Any]:
    today = str(timezone.localdate())
    return {"code": f"c-{PLACES[role][1]}", "name": "采集", "book": "zone-return-2021", "entity": "zone",
            "period": "2025", "opens": today, "due": today}  # fmt: skip


FIGURE_PAGES = ("figures",)
SEE_SNAPSHOTS = {"city": (Role.ANALYST, Role.LEADER)}
EVERY_REPORTER = {"city": (*ENTER["place"],)}
EVERY_JUDGE = {"city": (Role.REVIEWER,)}

ROWS = [
    Row("statistics:collections", **SEE_PLACELESS),
    Row("statistics:collections", query="?format=csv", **SEE_PLACELESS),
    *(Row("statistics:add", verb, **COLLECT) for verb in ("GET", "POST")),
    *(Row(f"statistics:{page}", arguments=collection, **SEE_PLACELESS) for page in ("collection", "returns")),
    *(Row(f"statistics:{page}", verb, arguments=collection, **COLLECT)
      for page in ("extend", "close") for verb in ("GET", "POST")),
    *(Row(f"statistics:{page}", "POST", arguments=collection, **COLLECT) for page in ("remind", "ask", "approve-all")),
    Row("statistics:forward-all", "POST", arguments=collection, **EVERY_JUDGE),
    *(Row("statistics:upload", verb, arguments=collection, **EVERY_REPORTER) for verb in ("GET", "POST")),
    Row("statistics:table", arguments=collection, **EVERY_REPORTER),
    Row("statistics:import", arguments=imported, **ENTER),
    Row("statistics:return", arguments=held, **SEE),
    Row("statistics:template", arguments=held, **SEE),
    Row("statistics:enter", arguments=held, **ENTER),
    *(Row(f"statistics:{page}", "POST", arguments=held, **ENTER) for page in ("save", "explain", "submit", "fill")),
    *(Row("statistics:review", verb, arguments=held, **JUDGE) for verb in ("GET", "POST")),
    Row("statistics:forward", "POST", arguments=held, place=(Role.REVIEWER,)),
    Row("statistics:approve", "POST", arguments=held, city=(Role.ANALYST,)),
    *(Row("statistics:correct", verb, arguments=held, **JUDGE) for verb in ("GET", "POST")),
    *(Row(f"statistics:{page}", **FIGURES_PLACELESS) for page in FIGURE_PAGES),
    Row("statistics:figure", arguments=fixed, query="?kind=torch-enterprise-2022/firm&item=qd01", **FIGURES),
    Row("statistics:snapshots", **SEE_SNAPSHOTS),
    *(Row("statistics:fix", verb, city=(Role.ANALYST,)) for verb in ("GET", "POST")),
]  # fmt: skip


def _extend(role: Role) -> dict[str, Any]:
    later = str(timezone.localdate() + datetime.timedelta(days=60))
    return {"place": PLACES[role][1], "due": later, "reason": "x"}


SHOWN = "?book=torch-enterprise-2022&item=qd01&first=2025&last=2025"
ROWS += [
    Row("api:collections", **SEE_PLACELESS),
    Row("api:collections", "POST", **COLLECT, data=_open),
    Row("api:collection", arguments=collection, **SEE_PLACELESS),
    Row("api:collection-extend", "POST", arguments=collection, data=_extend, **COLLECT),
    Row("api:collection-close", "POST", arguments=collection, data={"reason": "x"}, **COLLECT),
    *(Row(f"api:collection-{act}", "POST", arguments=collection, **COLLECT) for act in ("remind", "ask", "approve")),
    Row("api:collection-forward", "POST", arguments=collection, **EVERY_JUDGE),
    Row("api:collection-table", arguments=collection, **EVERY_REPORTER),
    Row("api:collection-returns", arguments=collection, **SEE_PLACELESS),
    Row("api:collection-import", "POST", arguments=collection, **EVERY_REPORTER),
    Row("api:import", arguments=imported, **ENTER),
    Row("api:return", arguments=held, **SEE),
    Row("api:return", "PATCH", arguments=held, data={"figures": {"qd01": "1"}}, **ENTER),
    *(
        Row(f"api:return-{part}", arguments=held, **SEE)
        for part in ("versions", "remarks", "changes", "touched", "template")
    ),
    Row("api:return-fill", "POST", arguments=held, **ENTER),
    Row("api:return-explain", "POST", arguments=held, data={"rule": "x", "text": "y"}, **ENTER),
    Row("api:return-submit", "POST", arguments=held, data={"signatory": "x"}, **ENTER),
    Row("api:return-forward", "POST", arguments=held, place=(Role.REVIEWER,)),
    Row("api:return-approve", "POST", arguments=held, city=(Role.ANALYST,)),
    Row("api:return-send-back", "POST", arguments=held, data={"text": "x"}, **JUDGE),
    Row("api:return-correct", "POST", arguments=held, data={"reason": "x"}, **JUDGE),
    Row("api:figures", query=SHOWN, **FIGURES_PLACELESS),
    Row("api:snapshots", **SEE_SNAPSHOTS),
    Row("api:snapshots", "POST", data={"period": "1999"}, city=(Role.ANALYST,)),
]

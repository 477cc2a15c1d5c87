"""Fill an empty site at scale: the rows that the actions would have written, some thousand at a time.

    python -m benchmarks.large_site.fill SITE ZONES FIRMS

Everything is synthetic and says so. Organisations, firms, accounts, collections, uploads, snapshots, expert scores and
the evaluation come from the platform's own actions and jobs. Only what an action writes return by return is written
here for a zone at once (`take`): versions, states, entries of the audit. `benchmarks.platform_pages` compares that in
its smoke mode with what the actions write. The files of the imports are kept as uploads, without the projects; what is
taken has them. Nobody explained a warning.

Three years of the enterprise return and the zone return are approved and fixed, and the next year is being collected.
Of twelve months there are snapshots alone, written by the platform's writer: tables are read from nothing else.
"""

from __future__ import annotations

import contextlib
import datetime
import io
import json
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from gaoxin.platform.site_folder import make_site, open_site, prepare
from gaoxin.samples import make_city
from gaoxin.samples.city import City

FIRM_BOOK, ZONE_BOOK, MONTHLY = "torch-enterprise-2022", "zone-return-2021", "benchmark-monthly"
SYSTEM = "national-2021"
ACCOUNTS = "benchmark.json"
"""In the folder of the site: who can sign in, and what there is to look at."""
PASSWORD = "only-for-benchmarks-2026"
NEXT = "2026"
MONTHS = [f"2025-{month:02d}" for month in range(1, 13)]
MONTHLY_ITEMS = {
    "mb_output": "flow", "mb_revenue": "flow", "mb_tax": "flow", "mb_rd": "flow", "mb_invest": "flow",
    "mb_assets": "stock",
}  # fmt: skip
UPLOADED = 10_000
EXPERTS = 3
ZONES_OF_A_DISTRICT = 13
TOGETHER = 2000


def main() -> None:
    site, zones, firms = Path(sys.argv[1]).resolve(), int(sys.argv[2]), int(sys.argv[3])
    make_site(site, HTTPS="no", SECOND_FACTOR="none")
    open_site(site)
    prepare(static=False)
    filling = Filling(make_city(zones=zones, firms=firms, problems=False))
    filling.run()
    (site / ACCOUNTS).write_text(json.dumps(filling.found, ensure_ascii=False, indent=1), encoding="utf-8")


class Filling:
    """The steps, in the order in which a city would take them; `found` is what the measurements need to know."""

    def __init__(self, city: City) -> None:
        from gaoxin.platform.access.reader import Reader

        self.city = city
        self.by = Reader.command("benchmarks")
        self.found: dict[str, Any] = {"password": PASSWORD, "seconds": {}}
        self.people: dict[str, Any] = {}
        self.zones: dict[str, Any] = {}
        self.reported: dict[tuple[str, str], list[tuple[pa.Table, pa.Table]]] = defaultdict(list)
        """Firms and projects by zone and period."""

    def run(self) -> None:
        with self.step("figures"):
            for chunk in self.city.chunks():
                if chunk.firms.num_rows:
                    zone = chunk.firms["zone"][0].as_py()
                    self.reported[zone, chunk.period].append((chunk.firms, chunk.projects))
        for name in ("organisations", "accounts", "firms", "returns", "months", "scores", "evaluation", "file"):
            with self.step(name):
                getattr(self, name)()
        self.count()

    @contextlib.contextmanager
    def step(self, name: str) -> Iterator[None]:
        began, cpu = time.perf_counter(), time.process_time()
        yield
        took = self.found["seconds"][name] = [time.perf_counter() - began, time.process_time() - cpu]
        print(f"    {name}: {took[0]:.1f} s, {took[1]:.1f} s of CPU", file=sys.stderr, flush=True)

    def organisations(self) -> None:
        from gaoxin.platform.access.roles import Kind
        from gaoxin.platform.organisations import actions
        from gaoxin.platform.zones.actions import keep
        from gaoxin.platform.zones.models import Level

        def add(parent: Any, kind: Any, code: str, name: str, name_en: str = "") -> Any:
            return actions.add(self.by, parent, kind=kind, code=code, name=name, name_en=name_en, synthetic=True)

        self.root = actions.found_city(self.by, code="CITY", name="基准测试市", name_en="Bench City", synthetic=True)
        self.bureau = add(self.root, Kind.BUREAU, "B01", "基准测试局", "Bench Bureau")
        count = max(2, -(-len(self.city.zones) // ZONES_OF_A_DISTRICT))
        self.districts = [
            add(self.root, Kind.DISTRICT, f"D{n:02}", f"基准测试第{n}区", f"Bench District {n}")
            for n in range(1, count + 1)
        ]
        for at, seed in enumerate(self.city.zones):
            zone = add(self.districts[at * count // len(self.city.zones)], Kind.ZONE, seed.code, seed.name)
            keep(self.by, zone, level=Level.UNKNOWN, category=self.city.profiles.classes[at], reason="合成")
            self.zones[seed.code] = zone

    def accounts(self) -> None:
        """A reporter and a reviewer for each zone, somebody for each district, people of the city.

        One password and one hash of it for all: making 450 of them is a minute of nothing but scrypt.
        """
        from django.contrib.auth.hashers import make_password

        from gaoxin.platform.access.roles import Role
        from gaoxin.platform.accounts import actions
        from gaoxin.platform.accounts.models import User

        hashed = make_password(PASSWORD)

        def person(username: str, role: Role, *places: Any) -> None:
            user = actions.add_user(
                self.by, places[0], username=username, name=f"合成{username}", password=PASSWORD, synthetic=True
            )
            for place in places:
                actions.grant(self.by, user, role, place)
            self.people[username] = user

        self.person = person
        self.hashed = patch.object(User, "set_password", lambda user, _: setattr(user, "password", hashed))
        with self.hashed:
            for name, role in (
                ("administrator", Role.ADMINISTRATOR), ("analyst", Role.ANALYST), ("approver", Role.ANALYST),
                ("leader", Role.LEADER), *((f"expert{n}", Role.EXPERT) for n in range(EXPERTS)),
            ):  # fmt: skip
                person(name, role, self.root)
            person("bureau", Role.BUREAU, self.bureau)
            person("administrator-of-districts", Role.ADMINISTRATOR, *self.districts)
            for district in self.districts:
                person(f"district-{district.code}", Role.DISTRICT, district)
            for code, zone in self.zones.items():
                person(f"reporter-{code}", Role.REPORTER, zone)
                person(f"reviewer-{code}", Role.REVIEWER, zone)
            sizes = np.cumsum(self.city.profiles.firms)
            enough = 1 + int(np.searchsorted(sizes, UPLOADED))
            person("reporter-of-many", Role.REPORTER, *list(self.zones.values())[:enough])
            self.uploading = list(self.zones)[:enough]
            largest = self.city.zones[int(np.argmax(self.city.profiles.firms))].code
            person("administrator-of-zone", Role.ADMINISTRATOR, self.zones[largest])
            self.largest = largest

    def firms(self) -> None:
        from gaoxin.platform.access.roles import Role
        from gaoxin.platform.enterprises.actions import add_many
        from gaoxin.platform.enterprises.checks import FirmValues
        from gaoxin.platform.regions import SAMPLE

        def values(row: Mapping[str, Any]) -> FirmValues:
            return FirmValues(row["firm_name"], industry=row["qb03_1"], region=SAMPLE, founded=row["qb04"])

        wanted = ["firm", "period", "firm_name", "qb03_1", "qb04", "qb11", "qb12", "qb13"]
        first = str(self.city.periods[0])
        for code, zone in self.zones.items():
            latest: dict[str, dict[str, Any]] = {}
            since: dict[str, datetime.date | None] = {}
            for period in map(str, self.city.periods):
                for table, _ in self.reported[code, period]:
                    for row in table.select(wanted).to_pylist():
                        latest[row["firm"]] = row
                        since.setdefault(row["firm"], None if period == first else datetime.date(int(period), 1, 1))
            made = add_many(
                self.by, zone,
                [(key, values(row), since[key]) for key, row in latest.items()],
                synthetic=True, reason="合成",
            )  # fmt: skip
            certificates(self.by, made, latest)
            self.found.setdefault("firms_of", {})[code] = [firm.organisation.code for firm in made[:20]]
            if code == self.largest:
                with self.hashed:
                    for n, firm in enumerate(made[:5]):
                        self.person(f"firm{n}", Role.FIRM, firm.organisation)

    def returns(self) -> None:
        from gaoxin.platform.access.reader import Origin, Reader
        from gaoxin.platform.jobs.worker import run_waiting
        from gaoxin.platform.statistics.actions import collecting

        zone_returns = self.city.zone_returns()
        for period in map(str, self.city.periods):
            zones, firms = (self.collection(book, entity, period) for book, entity in KINDS)
            for code, zone in self.zones.items():
                row = zone_returns.filter(
                    pc.and_(pc.equal(zone_returns["zone"], code), pc.equal(zone_returns["period"], period))
                )
                self.report(zones, zone, row, None)
                held = self.reported[code, period]
                if held:
                    tables, projects = zip(*held, strict=True)
                    self.report(firms, zone, pa.concat_tables(tables), pa.concat_tables(projects))
            with self.step(f"fixing {period}"):
                for one in (zones, firms):
                    collecting.close(Reader.of(self.people["analyst"], Origin("page")), one, reason="合成")
                run_waiting()
        self.collection(FIRM_BOOK, "firm", NEXT)
        self.found["collection"], self.found["closed"] = f"firm-{NEXT}", f"firm-{self.city.periods[-1]}"

    def collection(self, book: str, entity: str, period: str) -> Any:
        from django.utils import timezone

        from gaoxin.platform.statistics.actions.collecting import open_collection

        today = timezone.localdate()
        return open_collection(
            self.by, self.root, code=f"{entity}-{period}", name=f"{period} 年报（合成）", name_en=f"Returns {period}",
            book=book, entity=entity, period=period, opens=today - datetime.timedelta(days=30),
            due=today + datetime.timedelta(days=30), synthetic=True,
        )  # fmt: skip

    def report(self, collection: Any, zone: Any, table: pa.Table, projects: pa.Table | None) -> None:
        """All returns of a zone: the file is sent, and taken, reviewed and approved in bulk."""
        from gaoxin.platform.access.reader import Origin, Reader

        readers = [
            Reader.of(self.people[name], Origin("job"))
            for name in (f"reporter-{zone.code}", f"reviewer-{zone.code}", "approver")
        ]
        held, job = send(readers[0], collection, zone, table)
        take(readers, held, job, cells(table, projects, collection))

    def months(self) -> None:
        """Twelve monthly snapshots over all firms, by a small rulebook of the city's own."""
        from django.conf import settings

        from gaoxin.platform.access.roles import Kind
        from gaoxin.platform.organisations.models import Organisation
        from gaoxin.platform.statistics import snapshots
        from gaoxin.platform.statistics.actions import collecting, fixing
        from gaoxin.platform.statistics.snapshots import Reporter

        folder = Path(settings.DATA) / "books" / MONTHLY
        folder.mkdir(parents=True)
        (folder / "book.yaml").write_text(monthly_book(), encoding="utf-8")
        zone_of = {zone.path: zone.code for zone in self.zones.values()}
        depth = len(next(iter(zone_of)))
        firms = Organisation.objects.filter(kind=Kind.FIRM).order_by("code").values_list("code", "name", "path")
        reporters = [Reporter(*firm, zone_of[firm[2][:depth]], firm[2][:depth], ()) for firm in firms]
        rng = np.random.default_rng(1)
        for month in MONTHS:
            with patch.object(collecting, "_ask", lambda _: 0):
                self.collection(MONTHLY, "firm", month)
            figures = rng.integers(0, 1_000_000, (len(reporters), len(MONTHLY_ITEMS))).astype(str).tolist()
            cells = (dict(zip(MONTHLY_ITEMS, row, strict=True)) for row in figures)
            rows = zip(reporters, cells, strict=True)
            with (
                patch.object(snapshots, "approved", lambda _: {(MONTHLY, "firm"): reporters}),
                patch.object(snapshots, "_figures", lambda _, rows=rows: rows),
            ):
                fixing.fix(self.by, self.root, month)

    def scores(self) -> None:
        from gaoxin.platform.access.reader import Origin, Reader
        from gaoxin.platform.evaluations import actions

        period = str(self.city.periods[-1])
        asked = actions.open_round(
            self.by, self.root, title=f"{period} 专家评分（合成）", period=period, system=SYSTEM,
            due=datetime.date(2099, 12, 31),
        )  # fmt: skip
        indicators = actions.expert_indicators(SYSTEM)
        for n in range(EXPERTS):
            given = {
                (zone, node.no): 60 + (at * 7 + n * 3) % 37
                for zone in self.zones for at, node in enumerate(indicators, start=int(zone))
            }  # fmt: skip
            actions.score(Reader.of(self.people[f"expert{n}"], Origin("page")), asked, given, {})

    def evaluation(self) -> None:
        """One evaluation of the last year by the job, reviewed and published."""
        from gaoxin.platform.access.reader import Origin, Reader
        from gaoxin.platform.evaluations import actions, sources
        from gaoxin.platform.evaluations.models import Evaluation, State
        from gaoxin.platform.jobs.worker import run_waiting

        period = str(self.city.periods[-1])
        analyst, leader = (Reader.of(self.people[name], Origin("page")) for name in ("analyst", "leader"))
        inputs = sources.from_snapshots(analyst, period)
        asked = actions.create(analyst, self.root, inputs, period=period, system=SYSTEM, title=f"{period} 评价（合成）")
        run_waiting()
        asked = Evaluation.objects.select_related("job").get(pk=asked.pk)
        assert asked.state == State.DRAFT, asked.job and asked.job.message_en
        for name in ("review", "publish"):
            actions.step(leader, asked, name)
        self.found["evaluation"] = asked.pk

    def file(self) -> None:
        """The returns of the next year that are uploaded when it is measured: those of the last year, as they were."""
        from django.conf import settings

        period = str(self.city.periods[-1])
        tables = [pair for code in self.uploading for pair in self.reported[code, period]]
        firms = pa.concat_tables(table for table, _ in tables).slice(0, UPLOADED)
        projects = pa.concat_tables(table for _, table in tables)
        projects = projects.filter(pc.is_in(projects["firm"], firms["firm"]))
        for name, table in (("firms", firms), ("projects", projects)):
            again = table.set_column(
                table.column_names.index("period"), "period", pa.array([NEXT] * len(table), pa.string())
            )
            pyarrow.csv.write_csv(again, Path(settings.DATA) / f"{name}.csv")
        self.found["uploaded"] = firms.num_rows

    def count(self) -> None:
        """What there is now, and what the pages ask for."""
        from gaoxin.platform.audit.models import Entry
        from gaoxin.platform.enterprises.models import Firm
        from gaoxin.platform.statistics.models import Version

        self.found["rows"] = {
            "zones": len(self.zones), "firms": Firm.objects.count(), "returns": Version.objects.count(),
            "figures": FIGURES[0], "audit": Entry.objects.count(),
        }  # fmt: skip
        self.found["zone"] = self.largest
        self.found["people"] = list(self.people)
        self.found["zones"] = list(self.zones)
        self.found["districts"] = [district.code for district in self.districts]
        self.found["district"] = next(
            d.code for d in self.districts if self.zones[self.largest].path.startswith(d.path)
        )
        self.found["first"], self.found["period"] = (str(self.city.periods[at]) for at in (0, -1))


KINDS = ((ZONE_BOOK, "zone"), (FIRM_BOOK, "firm"))
FIGURES = [0]
"""Cells that were written, counted by `take`."""


def certificates(by: Any, firms: list[Any], rows: Mapping[str, Mapping[str, Any]]) -> None:
    """The certificates that the firms report, as an import of firms enters them."""
    from gaoxin.platform.audit.journal import action, record
    from gaoxin.platform.enterprises.models import Certificate, CertificateKind

    def one(firm: Any, row: Mapping[str, Any]) -> Any:
        issued = row["qb12"]
        expires = issued.replace(year=issued.year + 3, day=min(issued.day, 28))
        return Certificate(
            firm=firm, kind=CertificateKind.HNTE, issued=issued, number=row["qb13"] or "", expires=expires
        )

    @action
    def enter(reader: Any) -> None:
        there = [(firm, rows[firm.organisation.code]) for firm in firms]
        made = [one(firm, row) for firm, row in there if row["qb11"] and row["qb12"]]
        Certificate.objects.bulk_create(made, batch_size=500)
        for certificate in made:
            record(reader, "firms.add-certificate", certificate, organisation=certificate.firm.organisation)

    enter(by)


def send(reporter: Any, collection: Any, zone: Any, table: pa.Table) -> tuple[Any, Any]:
    """Send the file of a zone as its reporter does."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    from gaoxin.platform.statistics.actions.importing import send as send_file

    content = io.BytesIO()
    pyarrow.csv.write_csv(table, content)
    file = SimpleUploadedFile(f"{collection.code}-{zone.code}.csv", content.getvalue())
    return send_file(reporter, collection, zone, file, signatory="合成签署人")


def cells(table: pa.Table, projects: pa.Table | None, collection: Any) -> dict[str, dict[str, str]]:
    """The cells of each reporter as the platform keeps them."""
    from gaoxin.platform.statistics import books
    from gaoxin.platform.statistics.many import _texts
    from gaoxin.returns.columns import ARROW_TYPES

    book, entity = books.book(collection.book), collection.entity

    def rows(held: pa.Table, who: str) -> Iterator[list[tuple[str, str]]]:
        items = [i for i in book.items.values() if i.entity == who and i.code in held.column_names]
        types = [pa.decimal128(38, i.decimals or 0) if i.type == "decimal" else ARROW_TYPES[i.type] for i in items]
        columns = [_texts(pc.cast(held[i.code], kind)) for i, kind in zip(items, types, strict=True)]
        codes = [i.code for i in items]
        for row in zip(*columns, strict=True):
            yield [(code, text) for code, text in zip(codes, row, strict=True) if text]

    found = dict(zip(table[entity].to_pylist(), map(dict, rows(table, entity)), strict=True))
    counted: dict[str, int] = defaultdict(int)
    if projects is not None:
        for firm, row in zip(projects["firm"].to_pylist(), rows(projects, "project"), strict=True):
            counted[firm] += 1
            found[firm].update({f"project.{counted[firm]}.{code}": text for code, text in row})
    return found


def take(readers: list[Any], held: Any, job: Any, figures: Mapping[str, dict[str, str]]) -> None:
    """Take the file of an import, forward and approve its returns: what `finish` and `pass_on_all` write, at once."""
    from django.db.models import OuterRef, Subquery
    from django.utils import timezone

    from gaoxin.platform.audit.journal import action, record
    from gaoxin.platform.jobs.models import Job
    from gaoxin.platform.jobs.models import State as JobState
    from gaoxin.platform.statistics import document
    from gaoxin.platform.statistics.models import ImportState, Return, State, Version

    reporter, reviewer, approver = readers

    @action
    def write() -> None:
        now = timezone.now()
        # A zone's own return is in no zone's list when the zone reports to nobody but the city.
        owed = Return.objects.filter(collection=held.collection, organisation__path__startswith=held.organisation.path)
        returns = [r for r in owed.select_related("organisation") if r.organisation.code in figures]
        versions = []
        for one in returns:
            one.collection = held.collection
            given = figures[one.organisation.code]
            FIGURES[0] += len(given)
            versions.append(Version(
                return_of=one, number=1, figures=given, saved=now, submitted=now, submitted_by=reporter.user,
                signatory=held.signatory, reviewed=now, reviewed_by=reviewer.user, approved=now,
                approved_by=approver.user, sha256=document.digest(given),
            ))  # fmt: skip
        Version.objects.bulk_create(versions, batch_size=500)
        newest = Subquery(Version.objects.filter(return_of=OuterRef("pk")).values("pk")[:1])
        for start in range(0, len(returns), TOGETHER):
            keys = [one.pk for one in returns[start : start + TOGETHER]]
            Return.objects.filter(pk__in=keys).update(
                state=State.APPROVED, submitted=now, timely=timezone.localdate(now) <= held.collection.due,
                latest=newest, approved=newest,
            )  # fmt: skip
        held.taken = held.submitted = len(returns)
        held.state = ImportState.DONE
        held.save()
        Job.objects.filter(pk=job.pk).update(
            state=JobState.DONE, share=1.0, attempts=1, started=now, beat=now, finished=now,
            address=f"/statistics/imports/{held.pk}/",
        )  # fmt: skip

        def note(reader: Any, code: str, one: Any, **change: Any) -> None:
            record(reader, code, one, organisation=one.organisation, **change)

        for one, version in zip(returns, versions, strict=True):
            said = {"import": str(held.pk), "file": held.upload.sha256, "figures": version.sha256}
            note(reporter, "returns.save", one, before={}, after=said)
        for one, version in zip(returns, versions, strict=True):
            signed = {"version": 1, "sha256": version.sha256, "signatory": held.signatory}
            note(reporter, "returns.submit", one, after={"state": State.SUBMITTED.value, **signed})
        after = {"state": held.state, "taken": held.taken, "submitted": held.submitted}
        record(reporter, "returns.import", held, organisation=held.organisation, after=after)
        passed = (
            (reviewer, "forward", State.SUBMITTED, State.REVIEWED),
            (approver, "approve", State.REVIEWED, State.APPROVED),
        )
        for reader, verb, before, then in passed:
            for one in returns:
                after = {"state": then.value, "version": 1}
                note(reader, f"returns.{verb}", one, before={"state": before.value}, after=after)

    write()


def monthly_book() -> str:
    """A rulebook of six monthly figures, made up for the purpose."""
    items = "\n".join(
        f"  - {{code: {code}, entity: firm, name: {{zh: 月度指标{n}（合成）, en: Monthly figure {n} (synthetic)}}, "
        f"type: decimal, scale: 0, unit: 千元, kind: {kind}, form: MB-1, confidence: unknown}}"
        for n, (code, kind) in enumerate(MONTHLY_ITEMS.items(), start=1)
    )
    return f"""book: {MONTHLY}
version: "1"
title: {{zh: 月度指标（合成，仅用于测速）, en: "Monthly figures (synthetic, for timing only)"}}
frequency: month
extends: []
entities:
  zone: {{name: {{zh: 园区, en: zone}}}}
  firm: {{name: {{zh: 企业, en: enterprise}}, parent: zone}}
items:
{items}
"""


if __name__ == "__main__":
    main()

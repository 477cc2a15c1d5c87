"""Approved figures become files that the readers of returns read, and that cannot be altered unnoticed."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef
from django.http import Http404
from django.test import Client
from world import World

from gaoxin.platform.access.reader import Reader
from gaoxin.platform.access.roles import Kind
from gaoxin.platform.jobs.models import Job
from gaoxin.platform.jobs.worker import run_waiting
from gaoxin.platform.organisations.models import Organisation
from gaoxin.platform.organisations.tree import insert_below
from gaoxin.platform.statistics import books, snapshots
from gaoxin.platform.statistics.actions import collecting, fixing
from gaoxin.platform.statistics.models import Collection, Return, Snapshot, Version
from gaoxin.problems import InputError
from gaoxin.returns import read_returns

Collect = Callable[..., Collection]
Approve = Callable[..., Version]


def test_approved_figures_are_read_back_exactly_with_zone_and_projects(
    world: World, reader: Callable[[str], Reader], collect: Collect, approved: Approve
) -> None:
    firms = collect()
    approved(firms, "F1", {"qc05_0": "1234567.891", "qb11": "是", "qb04": "2001-02-03", "qd01": "12",
                           "project.1.xmmc": "一项研究", "project.1.qh51": "7.5", "project.3.qh51": "2"})  # fmt: skip
    snapshot = fixing.fix(reader("city_analyst"), world.organisation("CITY"), "2025")
    held = snapshots.latest(reader("city_leader"), "2025")
    assert held == snapshot
    assert held.counts == {"firm": 1, "project": 2}
    figures = read_returns(snapshots.verified(held), books.book("torch-enterprise-2022"), period="2025")
    assert [p for p in figures.problems if p.severity != "info"] == []
    (firm,) = figures.table("firm").to_pylist()
    assert (firm["firm"], firm["zone"], firm["qc05_0"], firm["qb11"]) == ("F1", "Z1", Decimal("1234567.891"), True)
    assert firm["qb04"].isoformat() == "2001-02-03"
    assert firm["qc06"] is None
    projects = {row["project"]: (row["firm"], row["qh51"]) for row in figures.table("project").to_pylist()}
    assert projects == {"F1/1": ("F1", Decimal("7.5")), "F1/3": ("F1", Decimal("2"))}
    assert figures.synthetic
    assert figures.names("firm") == {"F1": "第一企业"}


def test_returns_that_are_not_approved_are_not_in_it(
    world: World, reader: Callable[[str], Reader], collect: Collect, approved: Approve
) -> None:
    zones = collect("zones-2025", book="zone-return-2021", entity="zone")
    approved(zones, "Z1", {"gx_new_firms": "5"})
    waiting = Return.objects.get(collection=zones, organisation__code="Z2")
    waiting.latest = Version.objects.create(return_of=waiting, number=1, figures={"gx_new_firms": "9"})
    waiting.save()
    snapshot = fixing.fix(reader("city_analyst"), world.organisation("CITY"), "2025")
    figures = read_returns(snapshot.paths, books.book("zone-return-2021"), period="2025")
    assert figures.column("zone", "zone", "2025").to_pylist() == ["Z1"]


def test_a_file_that_was_altered_is_refused(
    world: World, reader: Callable[[str], Reader], collect: Collect, approved: Approve
) -> None:
    approved(collect(), "F1", {"qc05_0": "1"})
    snapshot = fixing.fix(reader("city_analyst"), world.organisation("CITY"), "2025")
    (path,) = snapshot.paths
    path.chmod(0o640)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(InputError) as refused:
        snapshots.verified(snapshot)
    assert [p.item for p in refused.value.problems] == [path.name]


def test_nothing_is_left_when_nothing_is_approved(
    world: World, reader: Callable[[str], Reader], collect: Collect, media: object
) -> None:
    collect()
    with pytest.raises(InputError):
        fixing.fix(reader("city_analyst"), world.organisation("CITY"), "2025")
    assert Snapshot.objects.count() == 0
    assert list((media / "snapshots").iterdir()) == []  # type: ignore[operator]


def test_what_a_killed_server_left_unfinished_is_removed_the_next_time_and_nothing_else(
    world: World, reader: Callable[[str], Reader], collect: Collect, approved: Approve, media: Path
) -> None:
    home = media / "snapshots"
    yesterday = time.time() - snapshots.ABANDONED - 60
    for name in (".2024-killed", ".2025-being-written", "2024-named"):
        (home / name).mkdir(parents=True)
        (home / name / "firm.parquet").touch()
        if name != ".2025-being-written":
            os.utime(home / name, (yesterday, yesterday))
    approved(collect(), "F1", {"qc05_0": "1"})
    snapshot = fixing.fix(reader("city_analyst"), world.organisation("CITY"), "2025")
    assert {path.name for path in home.iterdir()} == {".2025-being-written", "2024-named", snapshot.path.name}


def test_fixing_again_asks_why_and_keeps_the_former(
    world: World, reader: Callable[[str], Reader], collect: Collect, approved: Approve
) -> None:
    firms = collect()
    approved(firms, "F1", {"qc05_0": "1"})
    city = world.organisation("CITY")
    first = fixing.fix(reader("city_analyst"), city, "2025")
    approved(firms, "F1", {"qc05_0": "2"})
    with pytest.raises(InputError):
        fixing.fix(reader("city_analyst"), city, "2025")
    second = fixing.fix(reader("city_analyst"), city, "2025", reason="企业更正")
    assert second.sha256 != first.sha256
    assert snapshots.verified(first)
    assert snapshots.latest(reader("city_analyst"), "2025") == second


def test_who_may_not_read_snapshots_is_told_so_and_none_is_none(
    world: World, reader: Callable[[str], Reader], collect: Collect
) -> None:
    with pytest.raises(PermissionDenied):
        snapshots.latest(reader("zone_reporter"), "2025")
    with pytest.raises(Http404):
        snapshots.latest(reader("city_analyst"), "2025")


def test_the_series_has_the_newest_of_each_earlier_period(
    world: World, reader: Callable[[str], Reader], collect: Collect, approved: Approve
) -> None:
    city, analyst = world.organisation("CITY"), reader("city_analyst")
    for period in ("2024", "2025"):
        approved(collect(f"firms-{period}", period=period), "F1", {"qc05_0": "1"})
        fixing.fix(analyst, city, period)
    newest = fixing.fix(analyst, city, "2024", reason="again")
    assert [(s.period, s.pk) for s in snapshots.series(analyst, "2025")][1] == ("2024", newest.pk)
    assert [s.period for s in snapshots.series(analyst, "2024")] == ["2024"]


def test_more_returns_than_a_statement_takes_are_all_in_it(
    world: World, reader: Callable[[str], Reader], collect: Collect
) -> None:
    firms, many = collect(), 1200
    zone = world.organisation("Z1")
    insert_below(zone, [Organisation(code=f"N{n}", name=f"企业{n}", kind=Kind.FIRM) for n in range(many)])
    new = Organisation.objects.filter(code__startswith="N")
    Return.objects.bulk_create(Return(collection=firms, organisation=one, zone=zone, due=firms.due) for one in new)
    owed = Return.objects.filter(organisation__in=new)
    Version.objects.bulk_create(Version(return_of=one, number=1, figures={"qd01": "2"}) for one in owed)
    owed.update(approved=Version.objects.filter(return_of=OuterRef("pk")).values("pk"))
    snapshot = fixing.fix(reader("city_analyst"), world.organisation("CITY"), "2025")
    figures = read_returns(snapshot.paths, books.book("torch-enterprise-2022"), period="2025")
    assert figures.column("firm", "qd01", "2025").to_pylist() == [2] * many


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every collection counts as one that takes long to fix."""
    monkeypatch.setattr(fixing, "AT_ONCE", 0)


def test_a_large_collection_is_closed_at_once_and_fixed_by_a_job(
    world: World, reader: Callable[[str], Reader], signed_in: Callable[[str], Client], collect: Collect,
    approved: Approve, large: None,
) -> None:  # fmt: skip
    firms, zones = collect(), collect("zones-2025", book="zone-return-2021", entity="zone")
    approved(firms, "F1", {"qc05_0": "1"})
    page, address = signed_in("city_analyst"), "/statistics/returns/firms-2025/"
    assert page.post(f"{address}close/", {"reason": "年报结束"}).headers["Location"] == address
    assert Collection.objects.get(code="firms-2025").closed is not None
    job = Job.objects.get()
    assert not Snapshot.objects.exists()
    assert f'hx-get="/jobs/{job.pk}/"' in page.get(address).content.decode()
    assert "等待中" in signed_in("zone_reviewer").get(address).content.decode()
    collecting.close(reader("city_analyst"), zones, reason="年报结束")
    assert Job.objects.get() == job, "it waits, and will fix both"
    run_waiting()
    snapshot = Snapshot.objects.get()
    assert (snapshot.reason, snapshot.counts["firm"]) == ("年报结束", 1)
    assert snapshots.verified(snapshot)
    assert "/jobs/" not in page.get(address).content.decode()
    assert page.post("/statistics/figures/fix/", {"period": "2025", "reason": "更正"}).headers["Location"] == (
        f"/jobs/{Job.objects.exclude(pk=job.pk).get().pk}/"
    )


def test_a_job_that_could_not_fix_says_so_until_it_is_fixed(
    world: World, reader: Callable[[str], Reader], signed_in: Callable[[str], Client], collect: Collect,
    approved: Approve, large: None, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    firms, analyst = collect(), reader("city_analyst")
    approved(firms, "F1", {"qc05_0": "1"})
    collecting.close(analyst, firms, reason="年报结束")
    with monkeypatch.context() as full:
        full.setattr(snapshots, "write_norms", lambda *_: 1 / 0)
        run_waiting()
    assert not list((Path(settings.MEDIA_ROOT) / "snapshots").iterdir())
    page = signed_in("zone_reviewer")
    assert "系统出错" in page.get("/statistics/returns/firms-2025/").content.decode()
    fixing.fix(analyst, firms.organisation, "2025")
    assert "系统出错" not in page.get("/statistics/returns/firms-2025/").content.decode()


def test_what_is_approved_while_a_snapshot_is_written_is_not_in_it(
    world: World, reader: Callable[[str], Reader], collect: Collect, approved: Approve, monkeypatch: pytest.MonkeyPatch
) -> None:
    firms = collect()
    approved(firms, "F1", {"qc05_0": "1"})
    pinned = snapshots.approved

    def meanwhile(collections: Sequence[Collection]) -> object:
        held = pinned(collections)
        approved(firms, "F1", {"qc05_0": "2"})
        approved(firms, "F2", {"qc05_0": "3"})
        return held

    monkeypatch.setattr(snapshots, "approved", meanwhile)
    snapshot = fixing.fix(reader("city_analyst"), world.organisation("CITY"), "2025")
    figures = read_returns(snapshot.paths, books.book("torch-enterprise-2022"), period="2025")
    assert figures.column("firm", "qc05_0", "2025").to_pylist() == [Decimal(1)]

"""The demonstration is filled whole or not at all, on the days on which it happened, and over nothing that is there."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone
from world import World

from gaoxin.cli import demo, demonstration
from gaoxin.cli.demonstration import Filled, fill_site
from gaoxin.cli.serve import is_free
from gaoxin.platform.access.reader import Reader
from gaoxin.platform.accounts.models import User
from gaoxin.platform.demonstration import clock
from gaoxin.platform.demonstration.city import fill_city
from gaoxin.platform.demonstration.registers import ZONES
from gaoxin.platform.demonstration.story import BEGUN, YEAR, Story
from gaoxin.platform.organisations.models import Organisation
from gaoxin.platform.statistics import demonstration as returns
from gaoxin.problems import InputError
from gaoxin.samples import make_city

PASSWORD = "a password for the tests only"  # noqa: S105
TODAY = datetime.date(2026, 6, 1)


def test_the_clock_shows_another_day_and_goes_on(db: None) -> None:
    user = User(username="somebody")
    with clock.on(datetime.date(2024, 3, 5)):
        first, second = timezone.now(), timezone.now()
        assert timezone.localdate() == datetime.date(2024, 3, 5)
        assert User(username="new").date_joined > second
    assert first < second
    assert timezone.now().year > 2024
    assert user.date_joined <= timezone.now()


def test_the_clock_is_right_again_after_a_failure() -> None:
    with pytest.raises(ZeroDivisionError), clock.on(datetime.date(2024, 3, 5)):
        1 / 0  # noqa: B018
    assert timezone.localdate().year > 2024


def test_campaigns_are_a_year_apart_and_the_last_one_is_under_way() -> None:
    story = Story(make_city(zones=4, firms=20, years=3), TODAY, 0)
    assert story.day(2025, 0) == TODAY - datetime.timedelta(days=BEGUN)
    assert story.day(2025, 0) - story.day(2024, 0) == datetime.timedelta(days=YEAR)
    assert (story.years, story.evaluated, story.last) == ((2023, 2024), (2024,), 2025)
    assert story.zone not in {zone.code for zone in story.sample.late}


def test_the_zones_have_a_name_in_both_languages_that_says_sample() -> None:
    assert len({seed.code for seed, _ in ZONES}) == len({seed.name for seed, _ in ZONES}) == len(ZONES) == 22
    assert all(seed.name.startswith("示例") and name_en.startswith("Sample ") for seed, name_en in ZONES)


def test_nothing_is_filled_over_a_site_that_has_data(world: World) -> None:
    before = Organisation.objects.count()
    with pytest.raises(InputError, match="has data"):
        fill_city(Reader.command("tests"), password=PASSWORD, zones=4, firms=20)
    assert Organisation.objects.count() == before


def test_a_demonstration_that_fails_leaves_nothing(
    db: None, settings: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    call_command("flush", interactive=False, verbosity=0)
    (tmp_path / "snapshots" / "2023-begun").mkdir(parents=True)

    def fail(*_: object) -> None:
        assert Organisation.objects.exists(), "it fails half-way"
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(returns, "_report", fail)
    with pytest.raises(RuntimeError, match="the disk is full"):
        fill_city(Reader.command("tests"), password=PASSWORD, zones=4, firms=20, years=2)
    assert not Organisation.objects.exists()
    assert not User.objects.exists()
    assert not (tmp_path / "snapshots").exists()


def test_a_site_is_replaced_when_the_new_one_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (site / "old").touch()
    monkeypatch.setenv("DATABASE_URL", "postgres://somewhere/else")

    def fill(folder: Path, *, firms: int) -> Filled:
        assert "DATABASE_URL" not in demonstration.os.environ, "the demonstration has a database of its own"
        folder.mkdir()
        (folder / "new").touch()
        if firms < 0:
            raise KeyboardInterrupt
        return Filled([], "")

    monkeypatch.setattr(demonstration, "fill_folder", fill)
    monkeypatch.setattr("django.db.connections.close_all", lambda: None)
    with pytest.raises(KeyboardInterrupt):
        fill_site(site, firms=-1)
    assert [path.name for path in tmp_path.rglob("*")] == ["site", "old"]
    fill_site(site, firms=1)
    assert [path.name for path in tmp_path.rglob("*")] == ["site", "new"]


def test_a_site_that_is_there_is_kept_unless_somebody_wants_it_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert demo._fill_anew(tmp_path / "none", force=False, asked=False)
    assert not demo._fill_anew(tmp_path, force=False, asked=False)
    assert demo._fill_anew(tmp_path, force=True, asked=False)
    for answer in (True, False):
        monkeypatch.setattr("typer.confirm", lambda *_, default, answer=answer: answer)
        assert demo._fill_anew(tmp_path, force=False, asked=True) is answer


def test_a_taken_port_is_known_before_the_site_starts() -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:
        assert not is_free("127.0.0.1", server.getsockname()[1])
    assert is_free("127.0.0.1", 0)

"""Jobs: queued once, done once, taken up again when the worker was killed."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from world import World

from gaoxin.platform.access.reader import Reader
from gaoxin.platform.jobs.actions import enqueue
from gaoxin.platform.jobs.kinds import KINDS, Report, job
from gaoxin.platform.jobs.models import Job, State
from gaoxin.platform.jobs.worker import ATTEMPTS, SILENCE, run_waiting, take, work
from gaoxin.platform.organisations import actions
from gaoxin.platform.organisations.permissions import CHANGE
from gaoxin.words import Text

Readers = Callable[[str], Reader]


@pytest.fixture
def renaming(world: World) -> Iterator[list[str]]:
    """A kind of job that renames, and what it was called with."""
    called: list[str] = []

    @job("test.rename")
    def rename(reader: Reader, report: Report, *, code: str, name: str) -> str:
        called.append(name)
        report(0.5, Text("改名", "renaming"))
        if name == "broken":
            raise RuntimeError("secret detail")
        actions.rename(reader, world.organisation(code), name=name, name_en="", reason="job")
        return f"/organisations/{code}/"

    yield called
    del KINDS["test.rename"]


def queue(reader: Reader, world: World, name: str) -> Job:
    return enqueue(
        reader, CHANGE, world.organisation("Z1"), "test.rename", Text("更名", "Rename"), code="Z1", name=name
    )


def test_a_job_is_done_as_who_asked_for_it(renaming: list[str], world: World, reader: Readers) -> None:
    made = queue(reader("administrator"), world, "新名")
    assert run_waiting() == 1
    made.refresh_from_db()
    assert (made.state, made.address, made.percent) == (State.DONE, "/organisations/Z1/", 100)
    assert world.organisation("Z1").name == "新名"
    assert run_waiting() == 0


def test_who_may_not_do_it_may_not_queue_it(renaming: list[str], world: World, reader: Readers) -> None:
    with pytest.raises(PermissionDenied):
        queue(reader("zone_reporter"), world, "新名")


def test_who_lost_the_right_meanwhile_changes_nothing(renaming: list[str], world: World, reader: Readers) -> None:
    made = queue(reader("administrator"), world, "新名")
    made.user.assignments.update(until=timezone.localdate() - datetime.timedelta(days=1))
    run_waiting()
    made.refresh_from_db()
    assert made.state == State.FAILED
    assert world.organisation("Z1").name == "第一园区"


def test_what_is_refused_is_said_in_both_languages(renaming: list[str], world: World, reader: Readers) -> None:
    made = queue(reader("administrator"), world, " ")
    run_waiting()
    made.refresh_from_db()
    assert (made.state, made.said) == (State.FAILED, Text("请填写名称", "a name is needed"))


def test_a_defect_shows_a_number_and_no_detail(
    renaming: list[str], world: World, reader: Readers, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = queue(reader("administrator"), world, "broken")
    run_waiting()
    made.refresh_from_db()
    assert made.state == State.FAILED
    assert made.pk.hex[:16] in made.message
    assert "secret" not in made.message + made.message_en


def test_a_job_that_was_taken_is_not_taken_twice(renaming: list[str], world: World, reader: Readers) -> None:
    queue(reader("administrator"), world, "新名")
    assert take() is not None
    assert take() is None


def test_a_job_whose_worker_was_killed_is_taken_up_again(renaming: list[str], world: World, reader: Readers) -> None:
    queue(reader("administrator"), world, "新名")
    first = take()
    assert first is not None
    Job.objects.update(beat=timezone.now() - SILENCE - datetime.timedelta(seconds=1))
    assert run_waiting() == 1
    assert renaming == ["新名"]
    # The first worker was only slow: what it says in the end changes nothing any more.
    work(first)
    assert Job.objects.get().state == State.DONE


def test_a_job_that_kills_its_worker_is_given_up(renaming: list[str], world: World, reader: Readers) -> None:
    queue(reader("administrator"), world, "新名")
    for _ in range(ATTEMPTS):
        assert take() is not None
        Job.objects.update(beat=timezone.now() - SILENCE - datetime.timedelta(seconds=1))
    assert take() is None
    assert Job.objects.get().state == State.FAILED


def test_a_kind_that_is_not_known_is_not_queued(world: World, reader: Readers) -> None:
    with pytest.raises(KeyError, match="no job is called"):
        enqueue(reader("administrator"), CHANGE, world.organisation("Z1"), "no.such", Text("无", "none"))
    assert not Job.objects.exists()

"""The worker: takes the oldest job, does it as the person who asked for it, and takes up what others left behind."""

from __future__ import annotations

import datetime
import threading
import time
from collections.abc import Callable

import structlog
from django.core.exceptions import PermissionDenied
from django.db import close_old_connections, connection
from django.db.models import Q
from django.http import Http404
from django.utils import timezone

from gaoxin.platform.access.reader import Origin, Reader
from gaoxin.platform.jobs.kinds import known
from gaoxin.platform.jobs.models import Job, State
from gaoxin.platform.planning import look_at_tables
from gaoxin.problems import InputError
from gaoxin.words import Text

SILENCE = datetime.timedelta(seconds=90)
"""A running job whose worker was not heard of for so long was killed."""
BEAT = 15.0
"""Seconds between two signs of life."""
ATTEMPTS = 3
"""A job that was killed so often is given up: it may be what kills the worker."""
IDLE = 1.0
LOOK = 6 * 3600.0
"""Seconds between two looks at how the tables are filled, when nothing else is to do."""
REPORTS = 0.5
"""Progress is written at most this often, in seconds."""

_log = structlog.get_logger("gaoxin.jobs")


def take() -> Job | None:
    """The next job, now running here; None when there is nothing to do.

    One conditional update decides between workers, the same way on both databases.
    """
    silent = Q(state=State.RUNNING, beat__lt=timezone.now() - SILENCE)
    for job in Job.objects.filter(Q(state=State.WAITING) | silent).order_by("queued")[:5]:
        now = timezone.now()
        mine = Job.objects.filter(pk=job.pk, state=job.state, attempts=job.attempts)
        if job.attempts >= ATTEMPTS:
            text = Text("多次中断，已放弃", "interrupted too often, given up")
            mine.update(state=State.FAILED, message=text.zh, message_en=text.en, finished=now)
            continue
        if mine.update(state=State.RUNNING, attempts=job.attempts + 1, started=now, beat=now, share=0):
            job.refresh_from_db()
            return job
    return None


def work(job: Job) -> None:
    """Do one job that was taken; whatever happens is written to it."""
    log = _log.bind(job=str(job.pk), kind=job.kind)
    began = time.monotonic()
    reader = Reader.of(job.user, Origin("job", request=job.pk.hex[:16]))
    try:
        address = known(job.kind)(reader, _reporter(job), **job.arguments)
    except InputError as refused:
        said = "；".join(p.message.zh for p in refused.problems), "; ".join(p.message.en for p in refused.problems)
        _finish(job, State.FAILED, Text(*said))
        log.info("job refused", problems=len(refused.problems))
    except (PermissionDenied, Http404):
        _finish(job, State.FAILED, Text("没有权限，或对象已不在", "the permission or the object is gone"))
        log.info("job forbidden")
    except Exception:
        log.exception("job failed")
        number = job.pk.hex[:16]
        _finish(job, State.FAILED, Text(f"系统出错，编号 {number}", f"something went wrong, reference {number}"))
    else:
        _finish(job, State.DONE, Text("", ""), address)
        log.info("job done", milliseconds=round((time.monotonic() - began) * 1000))


def _reporter(job: Job) -> Callable[[float, Text], None]:
    last = 0.0

    def report(share: float, said: Text) -> None:
        # Inside the transaction of an action nobody would see it before the end; reports belong before the action.
        nonlocal last
        now = time.monotonic()
        if now - last < REPORTS:
            return
        last = now
        Job.objects.filter(pk=job.pk, state=State.RUNNING).update(
            share=min(max(share, 0.0), 1.0), message=said.zh, message_en=said.en, beat=timezone.now()
        )

    return report


def _finish(job: Job, state: State, said: Text, address: str = "") -> None:
    Job.objects.filter(pk=job.pk, state=State.RUNNING, attempts=job.attempts).update(
        state=state, share=1.0 if state is State.DONE else job.share, message=said.zh[:1000],
        message_en=said.en[:1000], address=address, finished=timezone.now(),
    )  # fmt: skip


def run_waiting() -> int:
    """Do all jobs that wait; returns how many. For tests and the demonstration."""
    done = 0
    while (job := take()) is not None:
        work(job)
        done += 1
    return done


def serve(stop: threading.Event) -> None:
    """Work until ``stop`` is set; a sign of life goes out beside long work."""
    _log.info("worker started")
    looked = time.monotonic()
    while not stop.is_set():
        close_old_connections()
        job = take()
        if job is None:
            if time.monotonic() - looked > LOOK:
                looked = time.monotonic()
                look_at_tables()
            stop.wait(IDLE)
            continue
        over = threading.Event()
        beating = threading.Thread(target=_beat, args=(job, over), daemon=True)
        beating.start()
        try:
            work(job)
        finally:
            over.set()
            beating.join()
    _log.info("worker stopped")


def _beat(job: Job, over: threading.Event) -> None:
    while not over.wait(BEAT):
        Job.objects.filter(pk=job.pk, state=State.RUNNING).update(beat=timezone.now())
    connection.close()

"""What is played by `kill_at_every_instant`: an act of the server, then the work of the worker.

``left`` says what must not be after a kill, ``again`` takes up what was left and says what is missing in the end.
"""

from __future__ import annotations

import datetime
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from evaluated import SYSTEM, make_snapshots

from gaoxin.platform.access.reader import Origin, Reader
from gaoxin.platform.access.roles import Kind
from gaoxin.platform.accounts.models import User
from gaoxin.platform.audit.chain import verify
from gaoxin.platform.evaluations import actions as evaluating
from gaoxin.platform.evaluations import jobs, sources
from gaoxin.platform.evaluations.models import Evaluation
from gaoxin.platform.evaluations.models import State as RunState
from gaoxin.platform.jobs.kinds import Report
from gaoxin.platform.jobs.models import Job
from gaoxin.platform.jobs.models import State as JobState
from gaoxin.platform.jobs.worker import SILENCE, run_waiting
from gaoxin.platform.organisations.actions import add
from gaoxin.platform.organisations.models import Organisation
from gaoxin.platform.statistics import snapshots
from gaoxin.platform.statistics.actions import collecting, fixing, importing, reviewing
from gaoxin.platform.statistics.models import Collection, Import, ImportState, Return, Snapshot, State, Version
from gaoxin.platform.uploads.models import Upload
from gaoxin.runs import store

Wrong = Iterator[str]
FIRMS = 4
BOOK = "torch-enterprise-2022"


def reader(name: str) -> Reader:
    return Reader.of(User.objects.get(username=name), Origin("page"))


def folders(kind: str) -> list[Path]:
    """Folders with a name; those that begin with a dot are nobody's."""
    home = Path(settings.MEDIA_ROOT) / kind
    return [path for path in home.iterdir() if not path.name.startswith(".")] if home.is_dir() else []


class Story:
    """A beginning, an act of the server and the work of the worker."""

    def begin(self) -> None:
        raise NotImplementedError

    def act(self) -> None:
        raise NotImplementedError

    def serve(self) -> None:
        run_waiting()

    def left(self) -> Wrong:
        """What a kill must never leave."""
        checked = verify()
        if not checked.whole:
            yield f"audit: {checked.faults}"
        yield from self.half()

    def half(self) -> Wrong:
        raise NotImplementedError

    def again(self) -> Wrong:
        """A worker takes up what was left; what was not accepted is sent once more. Then all is there, once."""
        late = timezone.now() - SILENCE - datetime.timedelta(seconds=1)
        Job.objects.filter(state=JobState.RUNNING).update(beat=late)
        self.serve()
        if not self.accepted():
            self.act()
            self.serve()
        if (left := Job.objects.exclude(state=JobState.DONE)).exists():
            yield f"jobs: {[(job.state, job.message_en) for job in left]}"
        yield from self.left()
        yield from self.missing()

    def accepted(self) -> bool:
        raise NotImplementedError

    def missing(self) -> Wrong:
        raise NotImplementedError


class upload(Story):  # noqa: N801  named as the word on the command line
    """A file with the returns of several firms, signed."""

    def begin(self) -> None:
        _firms(FIRMS)

    def act(self) -> None:
        rows = "".join(f"N{n},Z1,2025,{n}\n" for n in range(FIRMS))
        file = SimpleUploadedFile("firms.csv", f"firm,zone,period,qd01\n{rows}".encode())
        collection = Collection.objects.get()
        zone = Organisation.objects.get(code="Z1")
        importing.send(reader("zone_reporter"), collection, zone, file, signatory="王某")

    def half(self) -> Wrong:
        sent = Upload.objects.count(), Import.objects.count(), Job.objects.count()
        if len(set(sent)) > 1:
            yield f"upload, import and job: {sent}"
        taken = Version.objects.count(), Import.objects.filter(state=ImportState.DONE).count() * FIRMS
        if len(set(taken)) > 1:
            yield f"versions and what the import says: {taken}"

    def accepted(self) -> bool:
        return Import.objects.exists()

    def missing(self) -> Wrong:
        states = list(Return.objects.filter(organisation__code__startswith="N").values_list("state", flat=True))
        if states != [State.SUBMITTED] * FIRMS or Import.objects.get().taken != FIRMS:
            yield f"returns: {states}"


class approval(Story):  # noqa: N801
    """All returns approved at once, and the collection closed, which fixes them."""

    def begin(self) -> None:
        upload().begin()
        upload().act()
        run_waiting()
        reviewing.pass_on_all(reader("zone_reviewer"), Collection.objects.get(), "forward")

    def act(self) -> None:
        collection = Collection.objects.get()
        if not Return.objects.filter(state=State.APPROVED).exists():
            reviewing.pass_on_all(reader("city_analyst"), collection, "approve")
        collecting.close(reader("city_analyst"), collection, reason="年报结束")

    def half(self) -> Wrong:
        approved = Return.objects.filter(state=State.APPROVED).count()
        if approved not in {0, FIRMS}:
            yield f"approved: {approved}"
        closed = Collection.objects.get().closed is not None
        if closed != Snapshot.objects.exists():
            yield f"closed: {closed}, fixed: {Snapshot.objects.count()}"
        for one in Snapshot.objects.all():
            snapshots.verified(one)

    def accepted(self) -> bool:
        return Snapshot.objects.exists()

    def missing(self) -> Wrong:
        if [one.counts["firm"] for one in Snapshot.objects.all()] != [FIRMS]:
            yield f"snapshots: {Snapshot.objects.values_list('counts', flat=True)}"


class closing(Story):  # noqa: N801
    """A collection closed that is large enough for a job to fix it."""

    def begin(self) -> None:
        approval().begin()
        reviewing.pass_on_all(reader("city_analyst"), Collection.objects.get(), "approve")
        Job.objects.all().delete()

    def act(self) -> None:
        fixing.AT_ONCE = 0
        collecting.close(reader("city_analyst"), Collection.objects.get(), reason="年报结束")

    def half(self) -> Wrong:
        closed = Collection.objects.get().closed is not None
        if closed != Job.objects.exists():
            yield f"closed: {closed}, jobs: {Job.objects.count()}"
        for one in Snapshot.objects.all():
            snapshots.verified(one)

    def accepted(self) -> bool:
        return Job.objects.exists()

    def missing(self) -> Wrong:
        fixed = list(Snapshot.objects.all())
        if [one.counts["firm"] for one in fixed] != [FIRMS] or folders("snapshots") != [one.path for one in fixed]:
            yield f"snapshots: {fixed}, folders: {folders('snapshots')}"


class run(Story):  # noqa: N801
    """An evaluation over snapshots. What it computes was computed at the beginning: the work is where it is kept."""

    def begin(self) -> None:
        make_snapshots(Path(settings.MEDIA_ROOT))
        self.act()
        asked = Evaluation.objects.select_related("organisation").get()
        kept = self.kept()
        kept.mkdir()
        jobs._evaluate(asked, kept, lambda *_: None)
        asked.delete()
        Job.objects.all().delete()

    @staticmethod
    def kept() -> Path:
        return Path(settings.DATA) / "kept"

    def serve(self) -> None:
        def evaluate(_: Evaluation, folder: Path, __: Report) -> SimpleNamespace:
            shutil.copytree(self.kept(), folder, dirs_exist_ok=True)
            return SimpleNamespace(result=store.read(folder))

        jobs._evaluate = evaluate  # type: ignore[assignment]
        super().serve()

    def act(self) -> None:
        analyst = reader("city_analyst")
        inputs = sources.from_snapshots(analyst, "2025")
        city = Organisation.objects.get(code="CITY")
        evaluating.create(analyst, city, inputs, period="2025", system=SYSTEM, title="评价", replications=0)

    def half(self) -> Wrong:
        asked = Evaluation.objects.count(), Job.objects.count()
        if len(set(asked)) > 1:
            yield f"evaluation and job: {asked}"
        for one in Evaluation.objects.all():
            done = one.state != RunState.COMPUTING, one.computed, one.standings.exists()
            if len(set(done)) > 1:
                yield f"state, results and standings: {done}"

    def accepted(self) -> bool:
        return Evaluation.objects.exists()

    def missing(self) -> Wrong:
        one = Evaluation.objects.get()
        if one.state != RunState.DRAFT or [path.name for path in folders("evaluations")] != [one.path.name]:
            yield f"{one.state}, folders {folders('evaluations')}"


def _firms(number: int) -> None:
    by, today = Reader.command("tests"), timezone.localdate()
    for n in range(number):
        add(by, Organisation.objects.get(code="Z1"), kind=Kind.FIRM, code=f"N{n}", name=f"企业{n}", synthetic=True)
    Organisation.objects.filter(code__in=["F1", "F2"]).update(closed=today)
    collecting.open_collection(
        by, Organisation.objects.get(code="CITY"), code="firms-2025", name="企业年报", book=BOOK,
        entity="firm", period="2025", opens=today, due=today,
    )  # fmt: skip

"""A run from the request to the published ranking: computed in the background, killed, resumed, verified."""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import Client
from django.utils import timezone
from evaluated import SYSTEM, evaluation
from world import World

from gaoxin.platform.access.reader import Reader
from gaoxin.platform.audit.queries import history
from gaoxin.platform.evaluations import actions, jobs, queries, results, sources
from gaoxin.platform.evaluations.models import Evaluation, Round, State
from gaoxin.platform.jobs.models import Job
from gaoxin.platform.jobs.models import State as JobState
from gaoxin.platform.jobs.worker import SILENCE, run_waiting
from gaoxin.platform.statistics.models import Collection, Return, Snapshot, Version
from gaoxin.problems import InputError
from gaoxin.runs.manifest import verify
from gaoxin.runs.pipeline import evaluate_manifest

Readers = Callable[[str], Reader]
SignIn = Callable[[str], Client]


def asked(world: World, reader: Reader, period: str = "2025") -> Evaluation:
    inputs = sources.from_snapshots(reader, period)
    city = world.organisation("CITY")
    return actions.create(reader, city, inputs, period=period, system=SYSTEM, title="评价", replications=0)


def test_a_run_is_computed_and_its_bundle_verifies(
    world: World, reader: Readers, snapshots: list[Snapshot], media: Path, signed_in: SignIn, tmp_path: Path
) -> None:
    run = asked(world, reader("city_analyst"))
    page = signed_in("city_analyst").get(f"/evaluations/{run.pk}/")
    assert 'role="alert"' not in page.content.decode()
    assert "<progress" in page.content.decode()
    assert run_waiting() == 1
    run.refresh_from_db()
    assert run.job is not None
    assert (run.state, run.job.state, run.job.address) == (State.DRAFT, JobState.DONE, f"/evaluations/{run.pk}/")
    assert run.synthetic
    assert [one.rank for one in run.standings.all()] == sorted(one.rank or 0 for one in run.standings.all())
    assert {"Z1", "Z2"} <= {one.organisation.code for one in run.standings.all() if one.organisation}
    answer = signed_in("city_leader").get(f"/evaluations/{run.pk}/download/bundle/")
    bundle = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]
    bundle.extractall(tmp_path / "bundle")
    assert verify(tmp_path / "bundle", evaluate_manifest).identical
    (tmp_path / "bundle" / "inputs" / "2025" / "firms-2025.csv").write_text("x", encoding="utf-8")
    assert not verify(tmp_path / "bundle", evaluate_manifest).equal


def test_a_killed_worker_leaves_nothing_half_done_and_the_run_is_taken_up_again(
    world: World, reader: Readers, snapshots: list[Snapshot], media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = asked(world, reader("city_analyst"))

    class Killed(BaseException):
        pass

    def die(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(actions, "finish", die)  # after the folder was written, before anything says so
        with pytest.raises(Killed):
            run_waiting()
    run.refresh_from_db()
    assert (run.state, run.folder, run.standings.count()) == (State.COMPUTING, "", 0)
    assert len(list((media / "evaluations").iterdir())) == 1, "the folder that nobody knows"
    Job.objects.update(beat=timezone.now() - 2 * SILENCE)
    assert run_waiting() == 1
    run.refresh_from_db()
    assert run.state == State.DRAFT
    assert [path.name for path in (media / "evaluations").iterdir()] == [Path(run.folder).name]
    assert jobs.run(reader("city_analyst"), lambda *_: None, evaluation=run.pk) == f"/evaluations/{run.pk}/"


def test_an_altered_snapshot_fails_with_a_message_and_can_be_run_again(
    world: World, reader: Readers, snapshots: list[Snapshot], media: Path
) -> None:
    run = asked(world, reader("city_analyst"))
    firms = media / "snapshots" / "2025" / "firms-2025.csv"
    whole = firms.read_bytes()
    firms.write_bytes(whole + b"\n")
    run_waiting()
    run.refresh_from_db()
    assert run.job is not None
    assert (run.state, run.job.state) == (State.COMPUTING, JobState.FAILED)
    assert "firms-2025.csv" in run.job.message
    firms.write_bytes(whole)
    actions.run_again(reader("city_analyst"), run)
    run_waiting()
    run.refresh_from_db()
    assert run.state == State.DRAFT


def test_what_cannot_be_evaluated_is_refused(world: World, reader: Readers, snapshots: list[Snapshot]) -> None:
    analyst, city = reader("city_analyst"), world.organisation("CITY")
    with pytest.raises(InputError, match="no snapshot"):
        sources.from_snapshots(analyst, "2031")
    inputs = sources.from_snapshots(analyst, "2025")
    for wrong in ({"system": "nobody"}, {"title": " "}, {"replications": -1}, {"only_group": "甲"}):
        with pytest.raises(InputError):
            actions.create(analyst, city, inputs, **{"period": "2025", "system": SYSTEM, "title": "评价", **wrong})  # type: ignore[arg-type]
    assert Evaluation.objects.count() == 0


def test_two_people_review_and_publish_and_undoing_needs_a_reason(world: World, reader: Readers) -> None:
    analyst, leader = reader("city_analyst"), reader("city_leader")
    run = evaluation(state=State.DRAFT, created_by=analyst.user)
    with pytest.raises(InputError, match="does not review it"):
        actions.step(analyst, run, "review")
    actions.step(leader, run, "review")
    with pytest.raises(PermissionDenied):
        actions.step(analyst, run, "publish")
    with pytest.raises(InputError, match="not possible"):
        actions.step(leader, run, "retract", reason="x")
    actions.step(leader, run, "publish")
    with pytest.raises(InputError, match="reason"):
        actions.step(leader, run, "retract")
    after = actions.step(leader, run, "retract", reason="数据更正")
    assert (after.state, after.published_by) == (State.RETRACTED, leader.user)
    assert next((e.action, e.reason) for e in history(run)) == ("evaluations.retract", "数据更正")


def test_a_zone_sees_published_runs_its_own_details_and_no_names_of_others(
    world: World, reader: Readers, signed_in: SignIn
) -> None:
    draft, run = evaluation("2024", State.DRAFT), evaluation()
    zone, client = reader("zone_reporter"), signed_in("zone_reporter")
    assert list(queries.evaluations(zone)) == [run]
    assert [one.code for one in queries.standings(zone, run)] == ["Z1"]
    page = client.get(f"/evaluations/{run.pk}/").content.decode()
    own = run.standings.get(code="Z1")
    names = set(run.standings.exclude(code="Z1").values_list("name", flat=True))
    assert own.name in page
    assert not any(name in page for name in names)
    assert page.count("<li>") >= run.standings.count(), "the scores of all, without names"
    details = client.get(f"/evaluations/{run.pk}/zones/Z1/").content.decode()
    escaped = {name.encode("unicode_escape").decode().lower() for name in names}
    assert not any(name in details.lower() for name in names | escaped)
    for code in ("Z2", "nobody"):
        assert client.get(f"/evaluations/{run.pk}/zones/{code}/").status_code == 404
    assert client.get(f"/evaluations/{draft.pk}/").status_code == 404
    with pytest.raises(Http404):
        queries.standing(zone, draft.pk, "Z1")


def test_every_number_opens_its_derivation_in_three_clicks(world: World, signed_in: SignIn) -> None:
    run, client = evaluation(), signed_in("city_leader")
    page = client.get(f"/evaluations/{run.pk}/").content.decode()
    assert f'href="/evaluations/{run.pk}/zones/Z1/index/"' in page or f"/evaluations/{run.pk}/zones/Z1/" in page
    zone = client.get(f"/evaluations/{run.pk}/zones/Z1/").content.decode()
    result = results.result_of(run)
    at = [node.code for node in result.nodes[: result.raw.shape[1]]]
    assert all(f"/evaluations/{run.pk}/zones/Z1/{code}/" in zone for code in at)
    firm = next(node.code for node in result.nodes if node.source == "firm")
    derivation = client.get(f"/evaluations/{run.pk}/zones/Z1/{firm}/").content.decode()
    assert "firms-2025.csv" in derivation, "the file that the figure was read from"
    assert str(run.path.parent) not in derivation, "no folder of the server"
    shut = signed_in("bureau").get(f"/evaluations/{run.pk}/zones/Z1/{firm}/").content.decode()
    assert "firms-2025.csv" not in shut
    assert "9199" not in shut, "who may not see returns sees the score explained, and no firm"
    assert client.get(f"/evaluations/{run.pk}/zones/Z1/99.99/").status_code == 404


def test_a_number_leads_in_three_clicks_to_the_version_of_the_return_that_was_fixed(
    world: World, snapshots: list[Snapshot], signed_in: SignIn
) -> None:
    fixed = snapshots[-1]
    run = evaluation(inputs=[{"path": "", "name": "", "sha256": "", "snapshot": fixed.pk}])
    client = signed_in("city_leader")
    firm = next(node.code for node in results.result_of(run).nodes if node.source == "firm")
    page = client.get(f"/evaluations/{run.pk}/zones/Z1/{firm}/").content.decode()
    code = re.findall(r"<td>(\w{18})</td>", page)[0]
    owed = returned(world, code, fixed)
    total = client.get(f"/evaluations/{run.pk}/zones/Z1/index/").content.decode()
    indicator = f"/evaluations/{run.pk}/zones/Z1/{firm}/"
    assert f'href="{indicator}"' in total, "from the total, one click to the indicator"
    address = f"/statistics/returns/firms-2025/of/{code}/?version="
    page = client.get(indicator).content.decode()
    assert f'href="{address}1"' in page
    assert "签署甲" in page
    assert f'href="{address}2"' not in page, "approved after the snapshot was fixed"
    assert client.get(f"{address}1").status_code == 200
    shut = signed_in("bureau").get(indicator).content.decode()
    assert address not in shut
    assert owed.latest is not None


def returned(world: World, code: str, fixed: Snapshot) -> Return:
    """The return of the firm ``code`` in two approved versions, one before ``fixed`` and one after."""
    firm = world.organisation("F1")
    firm.code = code
    firm.save()
    collection = Collection.objects.create(
        organisation=world.organisation("CITY"), code="firms-2025", name="企业年报", book="torch-enterprise-2022",
        book_version="1", entity="firm", period="2025", opens=fixed.created, due=fixed.created,
    )  # fmt: skip
    fixed.collections.add(collection)
    owed = Return.objects.create(collection=collection, organisation=firm, due=fixed.created)
    for number, hours in ((1, -1), (2, 1)):
        at = fixed.created + datetime.timedelta(hours=hours)
        owed.latest = owed.approved = Version.objects.create(
            return_of=owed, number=number, submitted=at, approved=at, signatory=f"签署{'甲乙'[number - 1]}"
        )
    owed.save()
    return owed


def test_what_a_rank_would_take(world: World, signed_in: SignIn) -> None:
    run = evaluation()
    last = run.standings.last()
    assert last is not None
    page = (
        signed_in("city_leader").get(f"/evaluations/{run.pk}/zones/{last.code}/what-it-takes/?rank=1").content.decode()
    )
    assert "整体重算确认" in page or "做到最好也达不到" in page


@pytest.mark.parametrize("what", ["xlsx", "html"])
def test_reports_are_made_from_the_results(world: World, signed_in: SignIn, what: str) -> None:
    run = evaluation()
    answer = signed_in("city_leader").get(f"/evaluations/{run.pk}/download/{what}/")
    assert answer.status_code == 200
    assert answer.content[:2] == b"PK" if what == "xlsx" else b"Content-Security-Policy" in answer.content


def test_experts_score_and_the_next_run_reads_it(
    world: World, reader: Readers, signed_in: SignIn, tmp_path: Path
) -> None:
    import datetime

    analyst, expert = reader("city_analyst"), reader("expert")
    due = datetime.date(2026, 6, 30)
    made = actions.open_round(
        analyst, world.organisation("CITY"), title="2025 年专家评分", period="2025", system=SYSTEM, due=due
    )
    with pytest.raises(InputError, match="open one"):
        actions.open_round(analyst, made.organisation, title="again", period="2025", system=SYSTEM, due=due)
    assert [one.address for one in queries.todo(expert, due)] == [f"/evaluations/rounds/{made.pk}/"]
    client = signed_in("expert")
    page = client.get(f"/evaluations/rounds/{made.pk}/").content.decode()
    indicator = page.split('name="Z1:')[1].split('"')[0]
    address = f"/evaluations/rounds/{made.pk}/"
    wrong = client.post(address, {f"Z1:{indicator}": "101"})
    assert wrong.status_code == 422
    assert 'value="101"' in wrong.content.decode(), "nothing typed is lost"
    assert client.post(address, {f"Z1:{indicator}": "八十"}).status_code == 422
    assert client.post(address, {f"Z1:{indicator}": "87.5", "Z1:remark": "好"}).status_code == 302
    assert 'value="87.5"' in client.get(address).content.decode()
    assert 'value="87.5"' not in signed_in("city_analyst").get(address).content.decode(), "only one's own"
    path = sources.write_scores("2025", SYSTEM, tmp_path)
    assert path is not None
    assert f"expert,Z1,2025,{indicator},87.50,好" in path.read_text(encoding="utf-8-sig")
    actions.score(expert, made, {("Z1", indicator): None}, {})
    assert sources.write_scores("2025", SYSTEM, tmp_path) is None
    actions.close_round(analyst, made)
    with pytest.raises(InputError, match="no longer"):
        actions.score(expert, Round.objects.get(pk=made.pk), {("Z1", indicator): Decimal(1)}, {})

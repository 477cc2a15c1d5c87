"""From asking to approval and correction: who does what in which state, what is refused, what the audit keeps."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import Client
from django.utils import timezone
from evaluated import case, evaluation
from world import World

from gaoxin.platform.access.reader import Reader
from gaoxin.platform.access.roles import Role
from gaoxin.platform.audit.models import Entry
from gaoxin.platform.audit.queries import history
from gaoxin.platform.evaluations.models import State as RunState
from gaoxin.platform.statistics.actions import collecting, fixing, reporting, reviewing
from gaoxin.platform.statistics.models import Collection, Return, Snapshot, State, Version
from gaoxin.platform.statistics.queries.collections import progress_of
from gaoxin.platform.statistics.queries.returns import touched
from gaoxin.problems import InputError

Collect = Callable[..., Collection]
Readers = Callable[[str], Reader]


def of(collection: Collection, organisation: str) -> Return:
    return Return.objects.get(collection=collection, organisation__code=organisation)


def rules(refused: pytest.ExceptionInfo[InputError]) -> set[str]:
    return {p.rule for p in refused.value.problems}


def submitted(reader: Readers, held: Return, **figures: str) -> Return:
    reporting.save(reader("firm"), held, figures or {"qc05_0": "100"})
    return reporting.submit(reader("firm"), held, signatory="王某")


def test_opening_asks_every_organisation_of_the_kind_once_and_newcomers_later(world: World, reader: Readers) -> None:
    today = timezone.localdate()
    asked = {"name": "企业年报", "book": "torch-enterprise-2022", "entity": "firm", "period": "2025",
             "opens": today, "due": today}  # fmt: skip
    held = collecting.open_collection(reader("city_analyst"), world.organisation("CITY"), code="a", **asked)
    assert {(r.organisation.code, r.zone and r.zone.code) for r in held.returns.all()} == {("F1", "Z1"), ("F2", "Z2")}
    assert collecting.ask_newcomers(reader("city_analyst"), held) == 0
    with pytest.raises(InputError) as refused:
        collecting.open_collection(
            reader("city_analyst"), world.organisation("CITY"), code="a",
            **{**asked, "period": "2025-08", "entity": "person", "due": today - datetime.timedelta(1)},
        )  # fmt: skip
    assert rules(refused) == {"returns.code-taken", "returns.due", "returns.entity", "returns.period"}


def test_the_whole_way_to_approval_and_a_correction(world: World, reader: Readers, collect: Collect) -> None:
    held = of(collect(), "F1")
    held = submitted(reader, held)
    assert held.state == State.SUBMITTED
    held = reviewing.forward(reader("zone_reviewer"), held)
    held = reviewing.approve(reader("city_analyst"), held)
    assert (held.state, held.approved.figures, held.latest.number) == (State.APPROVED, {"qc05_0": "100.000"}, 1)
    with pytest.raises(InputError):
        reporting.save(reader("firm"), held, {"qc05_0": "5"})
    held = reviewing.correct(reader("zone_reviewer"), held, reason="漏报分公司")
    reporting.save(reader("firm"), held, {"qc05_0": "120"})
    held = of(held.collection, "F1")
    assert (held.approved.number, held.latest.number, held.latest.reason) == (1, 2, "漏报分公司")
    held = reporting.submit(reader("firm"), held, signatory="王某")
    held = reviewing.approve(reader("city_analyst"), reviewing.forward(reader("zone_reviewer"), held))
    assert held.approved.figures == {"qc05_0": "120.000"}
    assert held.versions.get(number=1).figures == {"qc05_0": "100.000"}
    actions = [entry.action for entry in history(held)]
    assert actions[-1] == "returns.save"
    assert actions[0] == "returns.approve"
    assert actions.count("returns.submit") == 2


def test_sent_back_with_remarks_on_cells_opens_a_version_with_the_same_figures(
    world: World, reader: Readers, collect: Collect
) -> None:
    held = submitted(reader, of(collect(), "F1"))
    with pytest.raises(InputError) as refused:
        reviewing.send_back(reader("zone_reviewer"), held, text=" ", remarks={"qc05_0": ""})
    assert rules(refused) == {"returns.remark"}
    with pytest.raises(InputError) as refused:
        reviewing.send_back(reader("zone_reviewer"), held, text="", remarks={"nothing": "?"})
    held = reviewing.send_back(reader("zone_reviewer"), held, text="", remarks={"qc05_0": "与税务数不符"})
    assert held.state == State.RETURNED
    assert (held.latest.number, held.latest.figures) == (2, {"qc05_0": "100.000"})
    (remark,) = held.remarks.all()
    assert (remark.cell, remark.text, remark.version.number) == ("qc05_0", "与税务数不符", 1)
    progress = progress_of(reader("city_analyst"), held.collection, held.due)
    assert (held.timely, progress.timely, progress.submitted) == (True, 0, 0)
    reporting.save(reader("firm"), held, {"qc05_0": "90"})
    assert held.versions.get(number=1).figures == {"qc05_0": "100.000"}


def test_errors_and_unexplained_warnings_keep_a_return_from_being_submitted(
    world: World, reader: Readers, collect: Collect, approved: Callable[..., Version]
) -> None:
    year = {"qc05_0": "1000", "qc24": "9000", "qc31": "4000", "qc33": "5000", "qd01": "200"}
    approved(collect("firms-2024", period="2024"), "F1", year)
    held = of(collect(), "F1")
    reporting.save(reader("firm"), held, {**year, "qc05_0": "1000000", "qj09": "1", "qj67": "2"})
    with pytest.raises(InputError) as refused:
        reporting.submit(reader("firm"), held, signatory="王某")
    assert ("rd_staff_management", "error") in {(p.rule, p.severity) for p in refused.value.problems}
    assert ("qc05_0", "warning") in {(p.item, p.severity) for p in refused.value.problems}
    reporting.save(reader("firm"), held, {"qj09": "2"})
    reload = of(held.collection, "F1")
    for problem in [p for p in reporting.found_in(reload) if p.severity == "warning"]:
        reporting.explain(reader("firm"), held, rule=problem.rule, cell=problem.item or "", text="合并报表")
    assert reporting.submit(reader("firm"), held, signatory="王某").state == State.SUBMITTED


def test_who_signs_is_asked_for_and_an_empty_return_is_refused(world: World, reader: Readers, collect: Collect) -> None:
    held = of(collect(), "F1")
    with pytest.raises(InputError) as refused:
        reporting.submit(reader("firm"), held, signatory=" ")
    assert rules(refused) == {"returns.signatory"}
    with pytest.raises(InputError) as refused:
        reporting.submit(reader("firm"), held, signatory="王某")
    assert rules(refused) == {"returns.empty"}


def test_a_cell_that_cannot_be_read_leaves_the_figure_and_the_other_cells_are_kept(
    world: World, reader: Readers, collect: Collect
) -> None:
    held = of(collect(), "F1")
    reporting.save(reader("firm"), held, {"qd01": "7"})
    saved = reporting.save(reader("firm"), held, {"qd01": "seven", "qd06": "3"})
    assert saved.version.figures == {"qd01": "7", "qd06": "3"}
    assert [p.item for p in saved.wrong] == ["qd01"]


def test_forms_that_were_not_asked_take_nothing(world: World, reader: Readers, collect: Collect) -> None:
    collection = collect()
    collection.forms = ["GQ-003"]
    collection.save()
    saved = reporting.save(reader("firm"), of(collection, "F1"), {"qc05_0": "1", "qd01": "1"})
    assert saved.version.figures == {"qd01": "1"}
    assert [p.rule for p in saved.wrong] == ["returns.cell"]


def test_nobody_reviews_what_they_submitted(world: World, reader: Readers, collect: Collect) -> None:
    held = submitted(reader, of(collect(), "F1"))
    Version.objects.filter(pk=held.latest_id).update(submitted_by=world.user(Role.REVIEWER))
    held.refresh_from_db()
    with pytest.raises(InputError) as refused:
        reviewing.forward(reader("zone_reviewer"), held)
    assert rules(refused) == {"returns.own"}
    with pytest.raises(InputError):
        reviewing.pass_on_all(reader("zone_reviewer"), held.collection, "forward")


def test_a_return_waits_for_who_may_review_it_and_had_no_hand_in_it(
    world: World, reader: Readers, collect: Collect, signed_in: Callable[[str], Client]
) -> None:
    collection = collect()
    page, home = f"/statistics/returns/{collection.code}/", "/"
    reviewer = signed_in("zone_reviewer")
    assert "全部转报" not in reviewer.get(page).content.decode(), "nothing waits"
    held = submitted(reader, of(collection, "F1"))
    assert "全部转报" in reviewer.get(page).content.decode()
    assert "待园区审核" in reviewer.get(home).content.decode()
    assert "转报市级" in reviewer.get(f"{page}of/F1/review/").content.decode()

    Version.objects.filter(pk=held.latest_id).update(submitted_by=world.user(Role.REVIEWER))
    assert "全部转报" not in reviewer.get(page).content.decode()
    assert "待园区审核" not in reviewer.get(home).content.decode()
    own = reviewer.get(f"{page}of/F1/review/").content.decode()
    assert "转报市级" not in own
    assert "由他人审核" in own
    assert "连同意见退回" in own, "one's own mistake may be taken back"


def test_many_are_passed_on_at_once_where_one_may_only(world: World, reader: Readers, collect: Collect) -> None:
    collection = collect()
    operator = Reader.command("tests")
    for code in ("F1", "F2"):
        reporting.save(operator, of(collection, code), {"qc05_0": "1"})
        reporting.submit(operator, of(collection, code), signatory="王某")
    assert reviewing.pass_on_all(reader("zone_reviewer"), collection, "forward") == 1
    assert {r.organisation.code: r.state for r in collection.returns.all()} == {"F1": "reviewed", "F2": "submitted"}
    assert reviewing.pass_on_all(reader("city_analyst"), collection, "approve") == 1
    assert of(collection, "F1").approved is not None


@pytest.mark.parametrize("state", [State.DRAFT, State.SUBMITTED, State.APPROVED, State.CORRECTING])
def test_what_cannot_be_done_in_a_state_is_refused(
    world: World, reader: Readers, collect: Collect, state: State
) -> None:
    held = submitted(reader, of(collect(), "F1"))
    Return.objects.filter(pk=held.pk).update(state=state)
    held.refresh_from_db()
    verbs = {
        "forward": lambda: reviewing.forward(reader("zone_reviewer"), held),
        "approve": lambda: reviewing.approve(reader("city_analyst"), held),
        "correct": lambda: reviewing.correct(reader("city_analyst"), held, reason="更正"),
        "submit": lambda: reporting.submit(reader("firm"), held, signatory="王某"),
    }
    allowed = {State.DRAFT: "submit", State.SUBMITTED: "forward", State.APPROVED: "correct",
               State.CORRECTING: "submit"}[state]  # fmt: skip
    for verb, act in verbs.items():
        if verb != allowed:
            with pytest.raises(InputError) as refused:
                act()
            assert rules(refused) == {"returns.state"}
    verbs[allowed]()


def test_a_collection_that_locks_is_unlocked_by_an_extension_with_a_reason(
    world: World, reader: Readers, collect: Collect
) -> None:
    today = timezone.localdate()
    collection, zone = collect(due=today - datetime.timedelta(days=1)), world.organisation("Z1")
    collection.locks = True
    collection.save()
    held = of(collection, "F1")
    with pytest.raises(InputError) as refused:
        reporting.save(reader("firm"), held, {"qd01": "1"})
    assert rules(refused) == {"returns.locked"}
    with pytest.raises(InputError) as refused:
        collecting.extend(reader("city_analyst"), collection, zone, due=today, reason="")
    assert rules(refused) == {"reason.missing"}
    assert collecting.extend(reader("city_analyst"), collection, zone, due=today, reason="水灾") == 1
    reporting.save(reader("firm"), held, {"qd01": "1"})
    entry = Entry.objects.filter(action="returns.extend").get()
    assert (entry.reason, entry.organisation.code) == ("水灾", "Z1")
    assert of(collection, "F2").due < today


def test_closing_fixes_what_is_approved_and_takes_no_more_but_corrections(
    world: World, reader: Readers, collect: Collect, approved: Callable[..., Version]
) -> None:
    collection = collect()
    approved(collection, "F1", {"qc05_0": "1"})
    collecting.close(reader("city_analyst"), collection, reason="年报结束")
    assert Snapshot.objects.get().counts["firm"] == 1
    with pytest.raises(InputError) as refused:
        reporting.save(Reader.command("tests"), of(collection, "F2"), {"qd01": "1"})
    assert rules(refused) == {"returns.closed"}
    held = reviewing.correct(reader("city_analyst"), of(collection, "F1"), reason="企业来函")
    assert reporting.save(reader("firm"), held, {"qc05_0": "2"}).version.number == 2


def test_a_correction_names_the_fixed_figures_the_runs_and_the_cases_it_touches(
    world: World, reader: Readers, collect: Collect, approved: Callable[..., Version],
    signed_in: Callable[[str], Client],
) -> None:  # fmt: skip
    collection = collect()
    approved(collection, "F1", {"qc05_0": "1"})
    approved(collection, "F2", {"qc05_0": "1"})
    fixed = fixing.fix(reader("city_analyst"), world.organisation("CITY"), "2025")
    on_it = [{"path": "", "name": "", "sha256": "", "snapshot": fixed.pk}]
    run = evaluation(inputs=on_it)
    draft = evaluation("2024", RunState.DRAFT, inputs=on_it)
    other = evaluation("2024")
    rests = case("Z1")
    rests.proposing.evaluations = [run.pk]
    rests.proposing.save()
    page = signed_in("zone_reviewer").get("/statistics/returns/firms-2025/of/F1/correct/").content.decode()
    assert fixed.sha256[:12] in page
    links = {f"/evaluations/{run.pk}/": True, f"/adjustments/{rests.pk}/": True, f"/evaluations/{other.pk}/": False}
    assert {link: f'href="{link}"' in page for link in links} == links
    assert f"/evaluations/{draft.pk}/" not in page, "a zone does not learn of drafts"
    city = signed_in("city_analyst").get("/statistics/returns/firms-2025/of/F1/correct/").content.decode()
    assert f"/evaluations/{draft.pk}/" in city
    held = reviewing.correct(reader("zone_reviewer"), of(collection, "F1"), reason="漏报")
    entry = Entry.objects.filter(action="returns.correct").get()
    assert fixed.sha256 in entry.after
    assert f"/evaluations/{run.pk}/" in entry.after
    reporting.save(reader("firm"), held, {"qc05_0": "2"})
    reporting.submit(reader("firm"), of(collection, "F1"), signatory="王某")
    reviewing.forward(reader("zone_reviewer"), of(collection, "F1"))
    reviewing.approve(reader("city_analyst"), of(collection, "F1"))
    assert not touched(reader("city_analyst"), of(collection, "F1")), "the new figures are in no snapshot yet"
    assert touched(reader("city_analyst"), of(collection, "F2"))


def test_reminders_go_once_to_each_person_who_owes(
    world: World, reader: Readers, collect: Collect, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    collection = collect()
    for role in (Role.REPORTER, Role.REVIEWER):
        user = world.user(role)
        user.email = f"{role.value}@example.org"
        user.save()
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        assert collecting.remind(reader("city_analyst"), collection) == 1
    (sent,) = mail.outbox
    assert sent.to == ["zone_reporter@example.org"]
    assert "还有 1 份报表待提交" in sent.body


def test_another_place_is_not_found_and_another_role_is_refused(
    world: World, reader: Readers, collect: Collect
) -> None:
    collection = collect()
    with pytest.raises(Http404):
        reporting.save(reader("firm"), of(collection, "F2"), {"qd01": "1"})
    with pytest.raises(PermissionDenied):
        reporting.save(reader("zone_reviewer"), of(collection, "F1"), {"qd01": "1"})
    held = submitted(reader, of(collection, "F1"))
    with pytest.raises(PermissionDenied):
        reviewing.approve(reader("zone_reviewer"), held)
    with pytest.raises(PermissionDenied):
        fixing.fix(reader("zone_reviewer"), world.organisation("CITY"), "2025")


def test_submitted_figures_cannot_be_changed_by_any_code(world: World, reader: Readers, collect: Collect) -> None:
    version = submitted(reader, of(collect(), "F1")).latest
    version.figures["qc05_0"] = "1.000"
    with pytest.raises(TypeError):
        version.save()

"""The way of a measure from its assignment to its end, with every way back."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils import timezone
from followed import assigned, organisation, registered, split
from world import World

from gaoxin.platform.access.reader import Reader
from gaoxin.platform.audit.queries import history
from gaoxin.platform.measures import queries
from gaoxin.platform.measures.actions import following
from gaoxin.platform.measures.models import Measure, Node, Part, Request
from gaoxin.problems import InputError

Readers = Callable[[str], Reader]
OFFICE, UNIT = "city_analyst", "bureau"
TO_ACTING: list[tuple[str, Any, dict[str, Any]]] = [
    (UNIT, following.sign, {}),
    (UNIT, following.begin, {"text": "先摸底，再选址"}),
]
TO_CLOSED = [
    *TO_ACTING,
    (UNIT, following.report, {"text": "目录已建立"}),
    (OFFICE, following.review, {"reason": "已核对目录"}),
    (OFFICE, following.close, {"reason": "完成"}),
]


def walk(reader: Readers, measure: Measure, steps: list[tuple[str, Any, dict[str, Any]]]) -> Measure:
    for username, act, arguments in steps:
        measure = act(reader(username), measure, **arguments)
    return measure


def rules(refused: pytest.ExceptionInfo[InputError]) -> list[str]:
    return [problem.rule for problem in refused.value.problems]


def day(days: int) -> datetime.date:
    return timezone.localdate() + datetime.timedelta(days=days)


def test_the_whole_way_is_stamped_at_each_node(world: World, reader: Readers) -> None:
    measure = walk(reader, assigned(reader(OFFICE)), TO_CLOSED)
    assert [stage.node for stage in measure.stages.all()] == list(Node)[:-1]
    assert all(stage.left for stage in measure.stages.all())
    assert [stage.organisation.code for stage in measure.stages.all()] == [
        "CITY",
        "CITY",
        "B1",
        "B1",
        "B1",
        "CITY",
        "CITY",
    ]
    acts = [entry.action for entry in history(measure)]
    assert [code for code in acts if code not in {"measures.units"}][::-1] == [
        "measures.found", "measures.split", "measures.assign", "measures.sign", "measures.begin", "measures.report",
        "measures.review", "measures.close",
    ]  # fmt: skip
    assert measure.node_due is None


@pytest.mark.parametrize(("at", "act", "arguments"), [
    (0, following.begin, {"text": "x"}), (0, following.report, {"text": "x"}), (1, following.sign, {}),
    (2, following.review, {"reason": "x"}), (2, following.close, {"reason": "x"}), (3, following.report, {"text": "x"}),
    (3, following.close, {"reason": "x"}), (5, following.extend, {"due": day(99), "reason": "x"}),
    (5, following.urge, {"reason": "x"}), (4, following.urge, {"reason": "x"}),
])  # fmt: skip
def test_no_node_is_skipped(at: int, act: Any, arguments: dict[str, Any], world: World, reader: Readers) -> None:
    measure = walk(reader, assigned(reader(OFFICE)), TO_CLOSED[:at])
    node = measure.node
    by = reader(UNIT if act in {following.sign, following.begin, following.report} else OFFICE)
    with pytest.raises(InputError) as refused:
        act(by, measure, **arguments)
    assert rules(refused) == ["measures.node"]
    measure.refresh_from_db()
    assert measure.node == node


def test_who_was_faster_counts(world: World, reader: Readers) -> None:
    measure = assigned(reader(OFFICE))
    stale = Measure.objects.get(pk=measure.pk)
    following.sign(reader(UNIT), measure)
    with pytest.raises(InputError) as refused:
        following.decline(reader(UNIT), stale, reason="不属于本局")
    assert rules(refused) == ["measures.node"]


def test_a_unit_acts_for_itself_only(world: World, reader: Readers) -> None:
    measure = assigned(reader(OFFICE), "B2", ["B1"])
    with pytest.raises(Http404):
        following.sign(reader(UNIT), measure)
    with pytest.raises(PermissionDenied):
        following.close(reader(UNIT), measure, reason="x")
    with pytest.raises(PermissionDenied):
        following.sign(reader(OFFICE), measure)


def test_a_unit_sees_what_it_has_a_part_in(world: World, reader: Readers) -> None:
    measure = assigned(reader(OFFICE), "B2", ["B1"])
    assert list(queries.seen(reader(UNIT))) == [measure]
    assert list(queries.seen(reader("district"))) == []
    assert queries.seen(reader(OFFICE)).count() == 5
    following.take_back(reader(OFFICE), measure, reason="调整")
    assert list(queries.seen(reader(UNIT))) == []


def test_a_declined_measure_is_the_offices_again(world: World, reader: Readers) -> None:
    measure = following.decline(reader(UNIT), assigned(reader(OFFICE)), reason="不属于本局职责")
    assert (measure.node, measure.lead, measure.due) == (Node.SPLIT, None, None)
    assert not measure.parts.exists()
    assert history(measure).filter(action="measures.decline").get().reason == "不属于本局职责"


def test_what_is_sent_back_is_acted_on_again(world: World, reader: Readers) -> None:
    measure = walk(reader, assigned(reader(OFFICE)), TO_CLOSED[:3])
    measure = following.send_back(reader(OFFICE), measure, reason="缺少佐证")
    assert measure.node == Node.ACTING
    assert measure.node_due == measure.due
    measure = walk(reader, measure, TO_CLOSED[2:])
    measure = following.reopen(reader(OFFICE), measure, reason="复查发现未完成")
    assert measure.node == Node.ACTING


def test_one_unit_leads_and_does_not_co_operate_with_itself(world: World, reader: Readers) -> None:
    measure = split(reader(OFFICE), registered(reader(OFFICE)))[0]
    lead = organisation("B1")
    for arguments, rule in (
        ({"lead": lead, "cooperating": [lead], "due": day(9)}, "measures.twice"),
        ({"lead": organisation("F1"), "cooperating": [], "due": day(9)}, "measures.unit"),
        ({"lead": lead, "cooperating": [], "due": day(-1)}, "measures.due-past"),
    ):
        with pytest.raises(InputError) as refused:
            following.assign(reader(OFFICE), measure, **arguments)  # type: ignore[arg-type]
        assert rules(refused) == [rule]


def test_a_clause_is_assigned_at_once(world: World, reader: Readers) -> None:
    notice = registered(reader(OFFICE))
    count = len(split(reader(OFFICE), notice))
    made = following.assign_clause(
        reader(OFFICE), notice.clauses.get(label="一"), lead=organisation("B1"), cooperating=[], due=day(30)
    )
    assert len(made) == count == 3
    assert {one.node for one in made} == {Node.ASSIGNED}


def test_more_time_is_asked_for_and_given(world: World, reader: Readers) -> None:
    measure = walk(reader, assigned(reader(OFFICE), days=10), TO_ACTING)
    with pytest.raises(InputError) as refused:
        following.ask_extension(reader(UNIT), measure, due=day(10), reason="等待批复")
    assert rules(refused) == ["measures.not-later"]
    asked = following.ask_extension(reader(UNIT), measure, due=day(40), reason="等待批复")
    with pytest.raises(InputError) as refused:
        following.ask_extension(reader(UNIT), measure, due=day(50), reason="等待批复")
    assert rules(refused) == ["measures.asked-already"]
    measure.refresh_from_db()
    assert measure.due == day(10)
    following.decide(reader(OFFICE), asked, granted=True, reason="同意")
    measure.refresh_from_db()
    assert measure.due == measure.node_due == measure.stages.get(left=None).due == day(40)
    with pytest.raises(InputError) as refused:
        following.decide(reader(OFFICE), asked, granted=False, reason="不同意")
    assert rules(refused) == ["measures.decided"]


def test_what_is_refused_changes_nothing_but_the_answer(world: World, reader: Readers) -> None:
    measure = assigned(reader(OFFICE), days=10)
    asked = following.ask_transfer(reader(UNIT), measure, to=organisation("B2"), reason="职责划转")
    following.decide(reader(OFFICE), asked, granted=False, reason="仍由原单位牵头")
    asked.refresh_from_db()
    measure.refresh_from_db()
    assert (asked.state, asked.answer) == (Request.State.REFUSED, "仍由原单位牵头")
    assert measure.lead == organisation("B1")


def test_a_transfer_begins_anew_with_the_other_unit(world: World, reader: Readers) -> None:
    measure = walk(reader, assigned(reader(OFFICE), "B1", ["B2", "D1"]), TO_ACTING)
    asked = following.ask_transfer(reader(UNIT), measure, to=organisation("B2"), reason="职责划转")
    following.decide(reader(OFFICE), asked, granted=True, reason="同意")
    measure.refresh_from_db()
    assert (measure.node, measure.lead) == (Node.ASSIGNED, organisation("B2"))
    assert {part.organisation.code: part.role for part in measure.parts.all()} == {
        "B2": Part.Role.LEAD, "D1": Part.Role.COOPERATING,
    }  # fmt: skip
    assert list(queries.seen(reader(UNIT))) == []


def test_a_measure_is_not_closed_over_an_open_request(world: World, reader: Readers) -> None:
    measure = walk(reader, assigned(reader(OFFICE)), TO_ACTING)
    following.ask_extension(reader(UNIT), measure, due=day(90), reason="等待批复")
    measure = walk(reader, measure, TO_CLOSED[2:4])
    with pytest.raises(InputError) as refused:
        following.close(reader(OFFICE), measure, reason="完成")
    assert rules(refused) == ["measures.asked"]


def test_urging_stands_on_the_work_list_of_the_unit(world: World, reader: Readers) -> None:
    measure = assigned(reader(OFFICE))
    following.urge(reader(OFFICE), measure, reason="请抓紧签收")
    following.urge(reader(OFFICE), measure, reason="再次催办")
    assert history(measure).filter(action="measures.urge").count() == 2
    titles = [str(one.title) for one in queries.todo(reader(UNIT), timezone.localdate())]
    assert titles == ["待签收的事项", "已催办"]
    assert queries.todo(reader("district"), timezone.localdate()) == []


def test_lateness_is_of_the_node_and_of_the_unit(world: World, reader: Readers) -> None:
    measure = assigned(reader(OFFICE), days=60)
    today = measure.node_due + datetime.timedelta(days=2)
    stage = measure.stages.get(left=None)
    assert (stage.organisation.code, stage.days_late(today)) == ("B1", 2)
    assert measure.late(today)
    assert not measure.late(today - datetime.timedelta(days=2))


@pytest.mark.parametrize("act", [
    following.take_back, following.decline, following.review, following.send_back, following.close, following.reopen,
    following.urge,
])  # fmt: skip
def test_acts_that_must_be_explained_are(act: Any, world: World, reader: Readers) -> None:
    measure = assigned(reader(OFFICE))
    with pytest.raises(InputError) as refused:
        act(reader(UNIT if act is following.decline else OFFICE), measure, reason=" ")
    assert rules(refused) == ["reason.missing"]


def test_what_is_due_first_is_on_top_and_what_is_closed_at_the_end(world: World, reader: Readers) -> None:
    walk(reader, assigned(reader(OFFICE)), TO_CLOSED)
    listed = [one.node_due for one in queries.measures(reader(OFFICE))]
    assert listed[-1] is None
    assert listed[:-1] == sorted(day for day in listed if day)

"""Measured and judged, fresh and stale, and the correction of a figure."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from followed import assigned, organisation
from hypothesis import given
from hypothesis import strategies as st
from world import World

from gaoxin.platform.access.reader import Reader
from gaoxin.platform.measures.actions import following, progress
from gaoxin.platform.measures.models import Figure, Measure, Request
from gaoxin.platform.measures.progress import DONE, FRESH, NEVER, STALE, freshness, measured
from gaoxin.problems import InputError

Readers = Callable[[str], Reader]
OFFICE, UNIT = "city_analyst", "bureau"


def rules(refused: pytest.ExceptionInfo[InputError]) -> list[str]:
    return [problem.rule for problem in refused.value.problems]


def figure(start: object, target: object, current: object, weight: object = 1, *, ended: bool = False) -> Figure:
    def exact(value: Any) -> Any:
        return None if value is None else Decimal(str(value))

    return Figure(start=exact(start), target=exact(target), current=exact(current), weight=exact(weight), ended=ended)


@pytest.mark.parametrize(
    ("figures", "rate", "known"),
    [
        ([], None, 0),
        ([figure(10, 20, 15)], "0.5", 1),
        ([figure(20, 10, 15)], "0.5", 1),  # a figure that shall fall
        ([figure(10, 20, 30)], "1", 1),
        ([figure(10, 20, 5)], "0", 1),
        ([figure(10, 10, 10)], "1", 1),
        ([figure(10, 10, 9)], "0", 1),
        ([figure(0, 1, 1, 3), figure(0, 1, 0, 1)], "0.75", 2),
        ([figure(0, 1, 1, 3), figure(0, 1, None, 7)], "1", 1),
        ([figure(0, 1, None)], None, 0),
        ([figure(0, 1, 1), figure(0, 1, 0, ended=True)], "1", 1),
    ],
)
def test_measured_is_the_weighted_share_of_what_is_known(figures: list[Figure], rate: str | None, known: int) -> None:
    found = measured(figures)
    assert found.rate == (None if rate is None else Decimal(rate))
    assert found.known == known


@given(st.lists(st.tuples(*[st.integers(-99, 99)] * 3, st.integers(1, 9)), min_size=1, max_size=6))
def test_measured_lies_between_nothing_and_all(rows: list[tuple[int, int, int, int]]) -> None:
    rate = measured([figure(*row) for row in rows]).rate
    assert rate is not None
    assert 0 <= rate <= 1


def test_what_is_missing_is_said_and_not_guessed() -> None:
    assert measured([figure(0, 10, 5), figure(0, 10, None)]).text.zh == "50.0%（1/2 项有数据）"


def with_figure(reader: Readers) -> tuple[Measure, Figure]:
    measure = assigned(reader(OFFICE))
    return measure, progress.add_figure(
        reader(OFFICE), measure, kind="indicator", name="中试平台数", unit="家",
        start=Decimal(8), target=Decimal(20),
    )  # fmt: skip


def test_the_newest_value_by_day_is_the_current_one(world: World, reader: Readers) -> None:
    _, made = with_figure(reader)
    for value, day in ((14, 30), (11, 60)):
        progress.set_value(
            reader(OFFICE), made, value=Decimal(value), as_of=timezone.localdate() - datetime.timedelta(days=day),
            source="统计",
        )  # fmt: skip
    made.refresh_from_db()
    assert made.current == 14
    assert measured([made]).rate == Decimal("0.5")


def test_another_value_for_a_day_goes_through_a_correction(world: World, reader: Readers) -> None:
    measure, made = with_figure(reader)
    today = timezone.localdate()
    progress.set_value(reader(OFFICE), made, value=Decimal(14), as_of=today, source="统计")
    with pytest.raises(InputError) as refused:
        progress.set_value(reader(OFFICE), made, value=Decimal(15), as_of=today, source="统计")
    assert rules(refused) == ["measures.value-there"]
    with pytest.raises(PermissionDenied):
        progress.set_value(reader(UNIT), made, value=Decimal(15), as_of=today, source="自报")
    asked = progress.propose_correction(reader(UNIT), made, value=Decimal(15), as_of=today, reason="漏计一家")
    made.refresh_from_db()
    assert made.current == 14
    following.decide(reader(OFFICE), asked, granted=True, reason="已核实")
    made.refresh_from_db()
    assert made.current == 15
    assert sorted((value.value, value.superseded) for value in made.values.all()) == [(14, True), (15, False)]
    assert measure.requests.get().state == Request.State.GRANTED


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"kind": "indicator", "start": None}, "measures.target"),
        ({"weight": Decimal(0)}, "measures.weight"),
        ({"name": " "}, "measures.name"),
    ],
)
def test_a_wrong_figure_is_refused(changed: dict[str, Any], rule: str, world: World, reader: Readers) -> None:
    asked = {"kind": "indicator", "name": "中试平台数", "start": Decimal(8), "target": Decimal(20), **changed}
    with pytest.raises(InputError) as refused:
        progress.add_figure(reader(OFFICE), assigned(reader(OFFICE)), **asked)
    assert rules(refused) == [rule]


def test_a_milestone_is_reached_or_not(world: World, reader: Readers) -> None:
    measure = assigned(reader(OFFICE))
    made = progress.add_figure(reader(OFFICE), measure, kind="milestone", name="目录发布", start=None, target=None)
    today = timezone.localdate()
    with pytest.raises(InputError) as refused:
        progress.set_value(reader(OFFICE), made, value=Decimal("0.5"), as_of=today, source="报告")
    assert rules(refused) == ["measures.milestone"]
    with pytest.raises(InputError) as refused:
        progress.set_value(
            reader(OFFICE), made, value=Decimal(1), as_of=today + datetime.timedelta(days=1), source="报告"
        )
    assert rules(refused) == ["measures.future"]
    progress.set_value(reader(OFFICE), made, value=Decimal(1), as_of=today, source="报告")
    made.refresh_from_db()
    assert measured([made]).rate == 1


def test_a_light_is_set_by_a_person_and_never_by_figures(world: World, reader: Readers) -> None:
    measure, made = with_figure(reader)
    progress.set_value(reader(OFFICE), made, value=Decimal(20), as_of=timezone.localdate(), source="统计")
    measure.refresh_from_db()
    assert measure.light == ""
    progress.judge(reader("city_leader"), measure, light="red", text="土地未落实")
    measure.refresh_from_db()
    made.refresh_from_db()
    assert (measure.light, measured([made]).rate) == ("red", 1)
    with pytest.raises(PermissionDenied):
        progress.judge(reader(UNIT), measure, light="green", text="顺利")
    with pytest.raises(InputError) as refused:
        progress.judge(reader(OFFICE), measure, light="green", text=" ")
    assert rules(refused) == ["measures.text"]


def test_freshness_is_its_own_status(world: World, reader: Readers) -> None:
    measure = assigned(reader(OFFICE))
    today = timezone.localdate()
    assert freshness(measure, [], today) == NEVER
    following.sign(reader(UNIT), measure)
    progress.note(reader(UNIT), measure, organisation("B1"), text="已召开会议")
    measure.refresh_from_db()
    days = measure.notice.fresh_days
    assert freshness(measure, [], today + datetime.timedelta(days=days)) == FRESH
    assert freshness(measure, [], today + datetime.timedelta(days=days + 1)) == STALE
    value = Figure(heard=today + datetime.timedelta(days=days))
    assert freshness(measure, [value], today + datetime.timedelta(days=days + 1)) == FRESH
    measure.node = "closed"
    assert freshness(measure, [], today + datetime.timedelta(days=999)) == DONE


def test_who_has_no_part_says_nothing(world: World, reader: Readers) -> None:
    measure = assigned(reader(OFFICE), "B2")
    measure.node = "acting"
    measure.save()
    with pytest.raises(InputError) as refused:
        progress.note(reader(UNIT), measure, organisation("B1"), text="x")
    assert rules(refused) == ["measures.not-a-unit"]


def test_links_are_codes_and_a_zone_must_be_there(world: World, reader: Readers) -> None:
    measure = assigned(reader(OFFICE))
    progress.link(reader(OFFICE), measure, kind="zone", code="Z1")
    progress.link(reader(OFFICE), measure, kind="incentive", code="rd_super_deduction")
    for kind, code, rule in (
        ("zone", "Z9", "measures.no-zone"),
        ("zone", "Z1", "measures.linked"),
        ("zone", " ", "measures.code"),
    ):
        with pytest.raises(InputError) as refused:
            progress.link(reader(OFFICE), measure, kind=kind, code=code)
        assert rules(refused) == [rule]

"""From a file to registered measures: what is read, what is left to a person, what is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from followed import TEXT, assigned, organisation, received, registered, split
from world import World

from gaoxin.platform.access.reader import Reader
from gaoxin.platform.audit.models import Entry
from gaoxin.platform.measures.actions import following, notices, progress
from gaoxin.platform.measures.models import Clause, Measure, Node, Notice
from gaoxin.problems import InputError

Readers = Callable[[str], Reader]


def rules(refused: pytest.ExceptionInfo[InputError]) -> list[str]:
    return [problem.rule for problem in refused.value.problems]


def test_what_is_read_keeps_the_characters_it_came_from(world: World, reader: Readers) -> None:
    notice = registered(reader("city_analyst"))
    assert notice.number == "示府规〔2025〕1号"
    assert [clause.label for clause in notice.clauses.all()] == ["一", "二", "四"]
    found = list(notice.measures.order_by("code"))
    assert len(found) == 5
    for measure in found:
        assert TEXT[measure.start : measure.end] == measure.text
        assert not measure.reworded
        assert measure.node == Node.REGISTERED
        assert measure.stages.get().due == measure.node_due is not None


def test_gaps_are_kept_with_the_notice(world: World, reader: Readers) -> None:
    said = [one["zh"] for one in received(reader("city_analyst")).findings]
    assert "缺 三" in said
    assert "四 只有标题，没有正文" in said


def test_units_that_are_sure_are_decided_and_others_wait_for_a_person(world: World, reader: Readers) -> None:
    notice = received(reader("city_analyst"))
    decided = {unit.name: [one.code for one in unit.organisations.all()] for unit in notice.names.filter(decided=True)}
    assert decided == {"第一局": ["B1"], "第二局": ["B2"]}
    with pytest.raises(InputError) as refused:
        notices.register(reader("city_analyst"), notice, title=notice.title)
    assert rules(refused) == ["measures.units-open"]
    assert "示例市星火协会" in refused.value.problems[0].message.zh
    assert not Measure.objects.exists()


def test_a_unit_means_organisations_or_is_outside_not_both_and_not_neither(world: World, reader: Readers) -> None:
    unit = received(reader("city_analyst")).names.filter(decided=False)[0]
    for organisations, outside in (([], False), ([organisation("B1")], True)):
        with pytest.raises(InputError) as refused:
            notices.decide_unit(reader("city_analyst"), unit, organisations=organisations, outside=outside)
        assert rules(refused) == ["measures.unit"]


@pytest.mark.parametrize(
    ("content", "code", "rule"),
    [("", "n1", "notice.file"), ("今天天气很好", "n1", "measures.no-clause"), (TEXT, "n 1", "measures.code")],
)
def test_a_file_that_is_no_notice_leaves_nothing(
    content: str, code: str, rule: str, world: World, reader: Readers
) -> None:
    entries = Entry.objects.count()
    with pytest.raises(InputError) as refused:
        received(reader("city_analyst"), code, content)
    assert rules(refused) == [rule]
    assert not Notice.objects.exists()
    assert Entry.objects.count() == entries


def test_only_the_office_prepares_notices(world: World, reader: Readers) -> None:
    with pytest.raises(PermissionDenied):
        received(reader("bureau"))


def test_splitting_takes_words_of_the_clause_and_nothing_else(world: World, reader: Readers) -> None:
    notice = registered(reader("city_analyst"))
    clause = notice.clauses.get(label="一")
    lines = "支持园区建设中试平台\n每年评估一次平台 <= 建立平台开放目录"
    made = notices.split(reader("city_analyst"), clause, lines=lines)
    assert [(one.text, one.origin, one.reworded) for one in made] == [
        ("支持园区建设中试平台", "支持园区建设中试平台", False),
        ("每年评估一次平台", "建立平台开放目录", True),
    ]
    assert {one.node for one in clause.measures.all()} == {Node.SPLIT}
    assert clause.measures.count() == 2
    with pytest.raises(InputError) as refused:
        notices.split(reader("city_analyst"), clause, lines="培育科技型中小企业")
    assert rules(refused) == ["measures.not-in-clause"]
    assert clause.measures.count() == 2


def test_what_was_with_a_unit_is_not_split_away(world: World, reader: Readers) -> None:
    by = reader("city_analyst")
    measure = assigned(by)
    following.take_back(by, measure, reason="重新分解")
    with pytest.raises(InputError) as refused:
        notices.split(by, Clause.objects.get(label="一"), lines="建立平台开放目录")
    assert rules(refused) == ["measures.split-lost"]
    assert Measure.objects.filter(pk=measure.pk).exists()


def test_a_registered_notice_is_not_prepared_again(world: World, reader: Readers) -> None:
    notice = registered(reader("city_analyst"))
    with pytest.raises(InputError) as refused:
        notices.register(reader("city_analyst"), notice, title="x")
    assert rules(refused) == ["measures.registered"]
    with pytest.raises(InputError):
        notices.decide_unit(reader("city_analyst"), notice.names.all()[0], organisations=[], outside=True)


def test_days_of_nodes_are_checked(world: World, reader: Readers) -> None:
    notice = received(reader("city_analyst"))
    notice.names.update(decided=True)
    with pytest.raises(InputError) as refused:
        notices.register(reader("city_analyst"), notice, title="x", days={"assigned": 0}, fresh_days=0)
    assert rules(refused) == ["measures.days", "measures.days"]


def test_figures_of_a_clause_stand_ready_for_who_sets_them(world: World, reader: Readers) -> None:
    clause = registered(reader("city_analyst")).clauses.get(label="一")
    assert clause.targets == [{"words": "到2027年中试平台达到20家", "value": "20", "unit": "家", "year": 2027}]
    measures = split(reader("city_analyst"), clause.notice)
    assert not progress.Figure.objects.filter(measure__in=measures).exists()


FIXTURES = sorted((Path(__file__).parents[2] / "notices" / "fixtures").glob("*.txt"))


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_notices_of_every_shape_come_in_with_their_characters(path: Path, world: World, reader: Readers) -> None:
    notice = received(reader("city_analyst"), "f1", path.read_text(encoding="utf-8"))
    clauses = list(notice.clauses.all())
    assert clauses
    for clause in clauses:
        for draft in clause.drafts:
            quoted = notice.source[draft["start"] : draft["end"]]
            assert "".join(quoted.split()) == "".join(draft["words"].split())
            assert clause.start <= draft["start"] < draft["end"] <= clause.end, clause.label
    named = {unit["name"] for clause in clauses for unit in clause.units}
    assert named == set(notice.names.values_list("name", flat=True))


def test_words_that_stand_twice_are_two_measures(world: World, reader: Readers) -> None:
    text = TEXT.replace("建立平台开放目录。", "建立平台开放目录。每年建立平台开放目录。")
    notice = received(reader("city_analyst"), text=text)
    notice.names.update(decided=True)
    notice = notices.register(reader("city_analyst"), notice, title="x")
    made = notices.split(
        reader("city_analyst"), notice.clauses.get(label="一"), lines="建立平台开放目录\n建立平台开放目录"
    )
    assert made[0].end <= made[1].start

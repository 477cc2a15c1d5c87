"""The notice of the demonstration: what it says it is, and how far its units have come."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

from django.utils import timezone
from evaluated import evaluation
from world import World

from gaoxin.notices import read_notice
from gaoxin.platform.access.reader import Reader
from gaoxin.platform.access.roles import Kind
from gaoxin.platform.accounts.models import Assignment
from gaoxin.platform.demonstration import clock
from gaoxin.platform.demonstration.story import Story
from gaoxin.platform.measures.demonstration import scenes, text_of, told_notice
from gaoxin.platform.measures.models import Figure, Link, Measure, Notice, Request
from gaoxin.platform.organisations import actions as organisations

CLAUSES = {
    "二(二)": 6, "二(三)": 10, "三(二)": 6, "三(三)": 5, "三(四)": 8, "三(五)": 8, "五(三)": 4, "六(一)": 3,
    "六(二)": 4,
}  # fmt: skip
"""How many units the notice names at each of its clauses with text."""


class SmallStory(Story):
    """In the small city of the tests."""

    zone = "Z1"  # type: ignore[assignment]


def test_the_notice_has_the_clauses_and_units_of_the_real_one_and_says_that_it_is_synthetic() -> None:
    text = text_of(told_notice(), datetime.date(2026, 1, 31))
    read = read_notice(text)
    assert {clause.label: len(clause.answerable) for clause in read.clauses() if clause.answerable} == CLAUSES
    assert "合成" in text.splitlines()[0]
    assert "配合" not in text
    own = [one["text"] for clause in told_notice()["clauses"] for one in clause.get("measures", ())]
    assert own == [action.words.plain for clause in read.clauses() for action in clause.actions]
    for words in told_notice()["clauses"]:
        for one in words.get("measures", ()):
            assert all("合成" in str(said[-1]) for said in one["happened"] if len(said) > 2), one["text"]


def test_the_measures_are_where_a_year_of_work_has_brought_them(world: World, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    by: Callable[..., Any] = organisations.add
    for code in ("B01", "B02"):
        by(
            Reader.command("tests"), world.organisation("CITY"), kind=Kind.BUREAU, code=code, name=f"示例局{code}",
            synthetic=True,
        )  # fmt: skip
    Assignment.objects.update(since=timezone.localdate() - datetime.timedelta(days=400))
    run = evaluation("2025")
    story = SmallStory(cast("Any", SimpleNamespace()), timezone.localdate(), 0)
    for scene in sorted(scenes(story), key=lambda one: one.day):
        with clock.on(scene.day):
            scene.play()
    assert Notice.objects.get().synthetic
    assert not Notice.objects.get().names.filter(decided=False).exists()
    nodes = Counter(Measure.objects.values_list("node", flat=True))
    assert set(nodes) == {"split", "assigned", "signed", "acting", "reported", "reviewed", "closed"}
    assert nodes["acting"] > nodes.total() / 2
    assert set(Measure.objects.values_list("light", flat=True)) == {"", "green", "yellow", "red"}
    assert any(one.late(story.today) for one in Measure.objects.all())
    assert {one.kind for one in Request.objects.all()} == {"extension", "transfer"}
    assert {one.kind for one in Link.objects.all()} == {"indicator", "item", "incentive", "zone"}
    followed = Figure.objects.get(origin="evaluation", code="1.3")
    assert followed.current is not None
    assert followed.values.get().evaluation == run
    stayed = Measure.objects.filter(node="closed")[0].stages.filter(node="acting").get()
    assert timezone.localdate(stayed.entered) == story.ago(300)

"""Scores of the experts and runs of the years that are over: published, reviewed, and one that is still a draft."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from typing import Any

from gaoxin.platform.demonstration.story import ANALYST, EXPERT, EXPERTS, LEADER, SECOND_ANALYST, Scene, Story
from gaoxin.platform.evaluations import actions
from gaoxin.platform.evaluations.models import Evaluation, Round, State
from gaoxin.platform.evaluations.sources import from_snapshots
from gaoxin.platform.evaluations.systems import expert_indicators
from gaoxin.platform.jobs.worker import run_waiting

SYSTEM = "national-2021"


def scenes(story: Story) -> Iterator[Scene]:
    """What happens after the returns of each year are fixed."""
    for year in story.evaluated:
        for after, play in (
            (120, _ask), (130, _score), (140, _close), (200, _evaluate), (205, _review), (215, _publish),
        ):  # fmt: skip
            yield Scene(story.day(year, after), partial(play, story, year))
    for latest in story.evaluated[-1:]:
        again = ("更正后重新计算", "computed again after a correction")
        trial = ("试算（不做模拟）", "trial without draws")
        yield Scene(story.ago(17), partial(_run, story, latest, ANALYST, *again, story.replications))
        yield Scene(story.ago(16), partial(_review, story, latest))
        yield Scene(story.ago(10), partial(_run, story, latest, SECOND_ANALYST, *trial, 0))
    yield Scene(story.ago(4), partial(_ask, story, story.last))
    yield Scene(story.ago(2), partial(_score, story, story.last))


def _ask(story: Story, year: int) -> None:
    actions.open_round(
        story.by(ANALYST), story.city, title=f"{year} 年度专家评分（合成）", period=str(year), system=SYSTEM,
        due=story.ago(-12) if year == story.last else story.day(year, 135),
    )  # fmt: skip


def _score(story: Story, year: int) -> None:
    """Everybody scores; of the last year, the expert of the accounts has not yet, and one more."""
    asked = Round.objects.get(period=str(year))
    numbers = {node.item: node.no for node in expert_indicators(SYSTEM)}
    rows = [row for row in story.sample.tables["expert"].to_pylist() if row["period"] == str(year)]
    names = sorted({row["expert"] for row in rows})
    for username, name in zip(EXPERTS, names, strict=True):
        if year == story.last and username in {EXPERT, EXPERTS[-1]}:
            continue
        said: list[dict[str, Any]] = [row for row in rows if row["expert"] == name]
        given: dict[tuple[str, str], Decimal | None] = {
            (row["zone"], numbers[row["indicator"]]): Decimal(str(row["score"])) for row in said
        }
        remarks = {row["zone"]: row["remark"] for row in said if row["remark"]}
        actions.score(story.by(username), asked, given, remarks)


def _close(story: Story, year: int) -> None:
    actions.close_round(story.by(ANALYST), Round.objects.get(period=str(year)))


def _evaluate(story: Story, year: int) -> None:
    _run(story, year, ANALYST, "园区综合评价", "evaluation of the zones", story.replications)


def _run(story: Story, year: int, username: str, title: str, title_en: str, replications: int) -> None:
    by = story.by(username)
    held = actions.create(
        by, story.city, from_snapshots(by, str(year)), period=str(year), system=SYSTEM, title=f"{year} 年度{title}",
        title_en=f"{year}: {title_en}", replications=replications,
    )  # fmt: skip
    run_waiting()
    held.refresh_from_db()
    if held.state != State.DRAFT:
        assert held.job is not None  # noqa: S101  people queue jobs
        raise RuntimeError(f"{held.title}: {held.job.message}")


def _review(story: Story, year: int) -> None:
    actions.step(story.by(SECOND_ANALYST), _in(State.DRAFT, year), "review")


def _publish(story: Story, year: int) -> None:
    actions.step(story.by(LEADER), _in(State.REVIEWED, year), "publish")


def _in(state: State, year: int) -> Evaluation:
    return Evaluation.objects.get(period=str(year), state=state)

"""What the rules of the example city propose for the years that are over, and how far people have come with it.

The rules, their thresholds and every event are fictitious; so is every statement, plan and decision.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from gaoxin.platform.access.roles import Kind
from gaoxin.platform.adjustments import actions
from gaoxin.platform.adjustments.models import Action, Case, Proposing
from gaoxin.platform.adjustments.procedure import STEPS
from gaoxin.platform.demonstration.story import ANALYST, LEADER, Scene, Story
from gaoxin.platform.jobs.worker import run_waiting
from gaoxin.platform.organisations.models import Organisation

BOOK = "example-city-decisions"
NOTHING = {"ev_major_accidents": "0", "ev_falsified": "否", "ev_plan_failed": "否"}
FALSE = "dx_falsified"
BURDENS = (Action.WARN, Action.RECTIFY, Action.WITHDRAW)
SIGNED = {"state": "示例园区负责人（合成）", "plan": "示例园区负责人（合成）", "progress": "示例园区负责人（合成）"}
WORDS = {
    "notify": "",
    "state": "本园区已核对有关数据和记录，情况说明附后，请予考虑。（合成陈述）",
    "decide": "经审核，陈述意见已予考虑，不改变依据规则得出的结论。（合成决定）",
    "plan": "一、六个月内补齐统计台账；二、对全部企业报表复核一遍；三、明确统计负责人。（合成方案）",
    "progress": "台账已补齐，已复核三分之二的企业报表，未发现新的差错。（合成进展）",
    "accept": "现场核查台账和报表，整改到位。（合成验收意见）",
}


def scenes(story: Story) -> Iterator[Scene]:
    """What happens after the evaluation of each year is published."""
    for year in story.evaluated:
        yield Scene(story.day(year, 260), partial(_note, story, year))
        yield Scene(story.day(year, 275), partial(_propose, story, year))
    for year in story.evaluated[:-1]:
        for after, name in (
            (280, "notify"), (290, "state"), (300, "decide"), (320, "plan"), (400, "progress"), (500, "accept"),
        ):  # fmt: skip
            yield Scene(story.day(year, after), partial(_all, story, year, name))
    for year in story.evaluated[-1:]:
        own, other = _false(story)
        for ago, name in ((100, "notify"), (92, "state"), (80, "decide"), (60, "plan"), (25, "progress")):
            yield Scene(story.ago(ago), partial(_found_false, story, year, name, other))
        for ago, name in ((95, "notify"), (88, "state"), (79, "decide")):
            yield Scene(story.ago(ago), partial(_commended, story, year, name))
        for ago, name in ((21, "notify"), (9, "state")):
            yield Scene(story.ago(ago), partial(_last_placed, story, year, name))
        yield Scene(story.ago(6), partial(_found_false, story, year, "notify", own))


def _false(story: Story) -> list[str]:
    """Zones in whose latest figures something false was found: that of the accounts, and the one next in size."""
    at = story.zones.index(story.zone)
    return list(story.zones[at : at + 2])


def _note(story: Story, year: int) -> None:
    """What was found in each zone."""
    false = _false(story) if year == story.evaluated[-1] else []
    for zone in Organisation.objects.filter(kind=Kind.ZONE).order_by("code"):
        for item, value in {**NOTHING, **({"ev_falsified": "是"} if zone.code in false else {})}.items():
            actions.note(
                story.by(ANALYST), zone, period=str(year), book=BOOK, item=item, value=value,
                document=f"{year} 年核查记录（合成）",
            )  # fmt: skip


def _propose(story: Story, year: int) -> None:
    job = actions.ask(story.by(ANALYST), story.city, period=str(year), book=BOOK)
    run_waiting()
    if not Proposing.objects.filter(period=str(year)).exists():
        job.refresh_from_db()
        raise RuntimeError(job.message)


def _take(story: Story, case: Case, name: str) -> None:
    zone = case.organisation.code
    by = {"decide": story.by(LEADER), **dict.fromkeys(SIGNED, story.reviewer(zone))}.get(name, story.by(ANALYST))
    signatory = SIGNED.get(name) or (by.user.name if by.user else "")
    actions.take(by, case, name, signatory=signatory, text=WORDS[name])


def _cases(year: int) -> list[Case]:
    return list(Case.objects.filter(period=str(year)).select_related("organisation").order_by("pk"))


def _all(story: Story, year: int, name: str) -> None:
    """In a year that is long over every case has gone its whole way."""
    for case in _cases(year):
        if case.state in STEPS[name].before:
            _take(story, case, name)


def _found_false(story: Story, year: int, name: str, zone: str) -> None:
    for case in _cases(year):
        if case.rule == FALSE and case.organisation.code == zone:
            _take(story, case, name)


def _last_placed(story: Story, year: int, name: str) -> None:
    """Zones whose place in the evaluation is why; the first of them."""
    for case in [case for case in _cases(year) if case.action in BURDENS and case.rule != FALSE][:1]:
        _take(story, case, name)


def _commended(story: Story, year: int, name: str) -> None:
    """The first commendation is decided, any other is still a proposal."""
    for case in [case for case in _cases(year) if case.action not in BURDENS][:1]:
        _take(story, case, name)

"""Every change of an evaluation: asked for, computed, reviewed, published, retracted; and what experts say."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from math import isnan
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from gaoxin.platform.access.reader import Reader, permit
from gaoxin.platform.access.roles import Kind
from gaoxin.platform.audit.journal import action, changing, record
from gaoxin.platform.evaluations.models import STEPS, Evaluation, Round, Score, Standing, State
from gaoxin.platform.evaluations.permissions import PUBLISH, REVIEW, RUN, SCORE
from gaoxin.platform.evaluations.sources import Input
from gaoxin.platform.evaluations.systems import check_system, expert_indicators
from gaoxin.platform.jobs.actions import enqueue
from gaoxin.platform.organisations.actions import need_reason
from gaoxin.platform.organisations.models import Organisation
from gaoxin.platform.refusals import refuse
from gaoxin.runs.manifest import NAME as MANIFEST
from gaoxin.runs.pipeline import Run
from gaoxin.words import Text

MOST_DRAWS = 20_000
KIND = "evaluations.run"
HIGHEST = Decimal(100)


@action
def create(
    reader: Reader,
    city: Organisation,
    inputs: Sequence[Input],
    *,
    period: str,
    system: str,
    title: str,
    title_en: str = "",
    replications: int = 1000,
    seed: int = 1,
    group_by: str = "",
    only_group: str = "",
    top: int | None = None,
    bottom: int | None = None,
) -> Evaluation:
    """Ask for a run over ``inputs`` and queue its work.

    ``group_by`` is a further column of the returns; with ``only_group`` one class is evaluated alone. ``top`` and
    ``bottom`` are the sizes of the groups whose probability is computed (default: a fifth of the zones).
    """
    permit(reader, RUN, city)
    if not title.strip():
        refuse("evaluations.title", "title", Text("请填写标题", "a title is needed"))
    if not 0 <= replications <= MOST_DRAWS:
        most = Text(f"模拟次数为 0 至 {MOST_DRAWS}", f"0 to {MOST_DRAWS} draws")
        refuse("evaluations.replications", "replications", most)
    if only_group and not group_by:
        refuse("evaluations.group", "group_by", Text("请写明按哪一列分类", "name the column of the classes"))
    check_system(system)
    if not inputs:
        refuse("evaluations.inputs", None, Text("没有可评价的报表", "there are no returns to evaluate"))
    asked = {"group_by": group_by, "only_group": only_group, "top": top, "bottom": bottom}
    evaluation = Evaluation.objects.create(
        organisation=city,
        title=title.strip(),
        title_en=title_en.strip(),
        period=period,
        system=system,
        config={key: value for key, value in asked.items() if value},
        replications=replications,
        seed=seed,
        inputs=[one.plain() for one in inputs],
        created_by=reader.user,
    )
    record(reader, "evaluations.create", evaluation, organisation=city)
    if reader.user is not None:
        _queue(reader, evaluation)
    return evaluation


@action
def run_again(reader: Reader, evaluation: Evaluation) -> Evaluation:
    """Queue the work once more, after it failed."""
    permit(reader, RUN, evaluation.organisation)
    job = evaluation.job
    if evaluation.state != State.COMPUTING or (job is not None and not job.over):
        refuse("evaluations.running", None, Text("计算正在进行或已完成", "it is being computed, or was"))
    with changing(reader, "evaluations.again", evaluation, organisation=evaluation.organisation):
        _queue(reader, evaluation)
    return evaluation


def _queue(reader: Reader, evaluation: Evaluation) -> None:
    said = Text(f"评价：{evaluation.title}", f"Evaluation: {evaluation.label.en}")
    evaluation.job = enqueue(reader, RUN, evaluation.organisation, KIND, said, evaluation=evaluation.pk)
    evaluation.save(update_fields=["job"])


@action
def finish(reader: Reader, evaluation: Evaluation, run: Run, folder: str) -> Evaluation:
    """Note the results of a run: its folder, and the standing of every zone."""
    permit(reader, RUN, evaluation.organisation)
    held = Evaluation.objects.select_for_update().get(pk=evaluation.pk)
    if held.state != State.COMPUTING:
        return held  # another worker was quicker, or it was given up meanwhile
    result = run.result
    with changing(reader, "evaluations.compute", held, organisation=held.organisation):
        held.folder = folder
        held.manifest = hashlib.sha256((Path(settings.MEDIA_ROOT) / folder / MANIFEST).read_bytes()).hexdigest()
        held.system_title, held.system_title_en = result.system_title.zh, result.system_title.en
        held.system_version = result.system_version
        held.synthetic = result.synthetic
        held.state = State.DRAFT
        held.save()
    places = dict(Organisation.objects.filter(code__in=[u.code for u in result.units]).values_list("code", "pk"))
    robust = result.robustness
    Standing.objects.bulk_create(
        Standing(
            evaluation=held,
            organisation_id=places.get(unit.code),
            code=unit.code,
            name=unit.name,
            rank=_known(result.ranks[row, -1]),
            score=_known(result.scores[row, -1]),
            low=_known(robust.rank_low[row]) if robust else None,
            high=_known(robust.rank_high[row]) if robust else None,
            bottom=_known(robust.probability_bottom[row]) if robust else None,
        )
        for row, unit in enumerate(result.units)
    )
    return held


def _known(value: float) -> float | None:
    return None if isnan(value) else float(value)


_NEEDS = {"review": REVIEW, "send-back": REVIEW, "publish": PUBLISH, "retract": PUBLISH, "discard": RUN}
RESTING: list[Callable[[Evaluation], Text | None]] = []
"""What other apps say rests on a published run: while one of them says something, it is not retracted."""
FOLLOWING: list[Callable[[Reader, Evaluation], None]] = []
"""What other apps do when a run was published or retracted, in the same transaction."""
NEED_REASON = frozenset({"send-back", "retract", "discard"})


@action
def step(reader: Reader, evaluation: Evaluation, name: str, *, reason: str = "") -> Evaluation:
    """Take one of `STEPS`. Who asked for a run does not review it; what undoes something needs a reason."""
    permit(reader, _NEEDS[name], evaluation.organisation)
    held = Evaluation.objects.select_for_update().get(pk=evaluation.pk)
    allowed, after = STEPS[name]
    if held.state not in allowed:
        now = State(held.state).label
        refuse(
            "evaluations.state", None, Text(f"当前状态（{now}）下不能这样做", f"not possible while it is {held.state}")
        )
    if name in NEED_REASON:
        need_reason(reason)
    for rests in RESTING if name == "retract" else ():
        if (said := rests(held)) is not None:
            refuse("evaluations.rests", None, said, Text("先办结或撤销这些事项", "finish or undo them first"))
    if name == "review" and reader.user is not None and reader.user.pk == held.created_by_id:
        refuse(
            "evaluations.own",
            None,
            Text("建立评价的人不能自己复核", "who asked for a run does not review it"),
            Text("请由另一人复核", "another person has to"),
        )
    with changing(reader, f"evaluations.{name}", held, organisation=held.organisation, reason=reason):
        held.state = after
        now_at = timezone.now()
        if name == "review":
            held.reviewed, held.reviewed_by = now_at, reader.user
        elif name == "send-back":
            held.reviewed, held.reviewed_by = None, None
        elif name == "publish":
            held.published, held.published_by = now_at, reader.user
        held.save()
    for follow in FOLLOWING if name in {"publish", "retract"} else ():
        follow(reader, held)
    return held


@action
def open_round(
    reader: Reader, city: Organisation, *, title: str, period: str, system: str, due: datetime.date
) -> Round:
    """Ask the experts for their scores."""
    permit(reader, RUN, city)
    check_system(system)
    if not expert_indicators(system):
        refuse(
            "evaluations.no-experts",
            "system",
            Text("该体系没有专家评分指标", "no indicator of it is scored by experts"),
        )
    if Round.objects.filter(period=period, system=system, closed=None).exists():
        refuse(
            "evaluations.round-open", "period", Text("同一期已有未关闭的评分", "there is an open one for the period")
        )
    asked = Round.objects.create(organisation=city, title=title.strip(), period=period, system=system, due=due)
    record(reader, "evaluations.ask", asked, organisation=city)
    return asked


@action
def close_round(reader: Reader, asked: Round) -> Round:
    """No more scores are taken."""
    permit(reader, RUN, asked.organisation)
    if asked.closed:
        refuse("evaluations.round-closed", None, Text("评分已关闭", "it is closed"))
    with changing(reader, "evaluations.close", asked, organisation=asked.organisation):
        asked.closed = timezone.now()
        asked.save(update_fields=["closed"])
    return asked


@action
def score(
    reader: Reader, asked: Round, given: Mapping[tuple[str, str], Decimal | None], remarks: Mapping[str, str]
) -> int:
    """Keep what an expert says.

    ``given`` maps (zone code, indicator) to 0–100, None takes a score back; ``remarks`` are by zone code. Returns how
    many scores the expert has given in this round.
    """
    permit(reader, SCORE, asked.organisation)
    if asked.closed:
        refuse("evaluations.round-closed", None, Text("评分已关闭", "scores are no longer taken"))
    if reader.user is None:
        refuse("evaluations.nobody", None, Text("评分须由专家本人进行", "only an expert can score"))
    indicators = {node.no for node in expert_indicators(asked.system)}
    zones = {zone.code: zone for zone in scored_zones(asked)}
    for (zone, indicator), value in given.items():
        if zone not in zones or indicator not in indicators:
            refuse("evaluations.score", None, Text(f"不评 {zone} {indicator}", f"{zone} {indicator} is not scored"))
        if value is not None and not 0 <= value <= HIGHEST:
            refuse("evaluations.scale", f"{zone}:{indicator}", Text("评分为 0 至 100", "a score is from 0 to 100"))
    mine = {
        (s.organisation.code, s.indicator): s
        for s in asked.scores.filter(expert=reader.user).select_related("organisation")
    }
    for key, value in given.items():
        former, remark = mine.get(key), remarks.get(key[0], "").strip()[:500]
        if value is None and former is not None:
            record(
                reader, "evaluations.unscore", former, organisation=former.organisation, before=_said(former), after={}
            )
            former.delete()
        elif value is not None and (former is None or (former.value, former.remark) != (value, remark)):
            now = former or Score(asked=asked, expert=reader.user, organisation=zones[key[0]], indicator=key[1])
            before = _said(former) if former else {}
            now.value, now.remark = value, remark
            now.save()
            record(reader, "evaluations.score", now, organisation=now.organisation, before=before, after=_said(now))
    return asked.scores.filter(expert=reader.user).count()


def _said(one: Score) -> dict[str, str]:
    return {"indicator": one.indicator, "value": str(one.value), "remark": one.remark}


def scored_zones(asked: Round) -> list[Organisation]:
    """The zones that experts score: all that are open."""
    below = Organisation.objects.filter(path__startswith=asked.organisation.path, kind=Kind.ZONE, closed=None)
    return list(below.order_by("path"))

"""The work of an evaluation: gather the files, evaluate, write the folder, then one action that says so.

Until that action the folder is nobody's: a worker that is killed leaves at most a folder that the next attempt removes.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import numpy as np
from django.conf import settings
from ruamel.yaml import YAML

from gaoxin.decisions import RankSample, sample_of
from gaoxin.engines.errors import EngineError
from gaoxin.evaluation.errors import EvaluationError
from gaoxin.platform.access.reader import Reader
from gaoxin.platform.evaluations import actions, queries, sources
from gaoxin.platform.evaluations.models import Evaluation, State
from gaoxin.platform.evaluations.sources import INPUTS, Input
from gaoxin.platform.jobs.kinds import Report, job
from gaoxin.platform.refusals import problem
from gaoxin.problems import InputError, Problem
from gaoxin.reports.folder import write_record
from gaoxin.rulebook.findings import BookError
from gaoxin.runs.pipeline import Request, Run, evaluate_request
from gaoxin.runs.zones import ANY
from gaoxin.words import Text

SAMPLE = "ranks.npz"
"""The ranks of every draw, for the certainty of decisions."""
_MONTE_CARLO = 0.45
"""Share of the work at which the draws begin, as a rule of thumb."""


@job(actions.KIND)
def run(reader: Reader, report: Report, *, evaluation: int) -> str:
    """Do the run ``evaluation``; nothing when it is done or was given up."""
    asked = queries.evaluation_to_run(reader, evaluation)
    address = f"/evaluations/{asked.pk}/"
    if asked.state != State.COMPUTING:
        return address
    home = Path(settings.MEDIA_ROOT) / "evaluations"
    for left in home.glob(f"*{_mark(asked)}*"):
        shutil.rmtree(left)  # of an attempt that was killed
    name = f"{_mark(asked)}{uuid4().hex[:8]}"
    unfinished = home / f".{name}"
    unfinished.mkdir(parents=True)
    try:
        report(0.02, Text("核对输入文件", "checking the files"))
        done = _evaluate(asked, unfinished, report)
        unfinished.rename(home / name)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    actions.finish(reader, asked, done, f"evaluations/{name}")
    return address


def _mark(asked: Evaluation) -> str:
    return f"e{asked.pk}-"


def _evaluate(asked: Evaluation, folder: Path, report: Report) -> Run:
    paths = sources.gather([Input(**one) for one in asked.inputs], folder / INPUTS)
    scored = sources.write_scores(asked.period, asked.system, folder / INPUTS)
    config = None
    if asked.config:
        config = folder / "config.yaml"
        YAML(typ="safe").dump(asked.config, config)
    request = Request(
        paths=(*paths, *([scored] if scored else [])),
        system=asked.system,
        period=asked.period,
        config=config,
        robustness=asked.replications,
        seed=asked.seed,
        zones=ANY,
    )
    try:
        done = evaluate_request(request, progress=_progress(report))
        if asked.replications:
            report(0.92, Text("保存模拟名次", "keeping the draws"))
            keep_sample(sample_of(done, replications=asked.replications, seed=asked.seed), folder / SAMPLE)
    except (EngineError, EvaluationError, BookError) as error:
        raise InputError(_said(error)) from error
    write_record(done, folder)
    return done


def _said(error: EngineError | EvaluationError | BookError) -> list[Problem]:
    if isinstance(error, BookError):
        return [problem("evaluations.book", "system", one.message, one.remedy) for one in error.findings]
    message = error.text if isinstance(error, EvaluationError) else error.message
    return [problem("evaluations.run", None, message)]


def _progress(report: Report) -> Callable[[Text, float | None], None]:
    """Steps without a share of their own move the bar a little; the draws fill most of it."""
    steps = 0

    def step(said: Text, share: float | None) -> None:
        nonlocal steps
        if share is None:
            steps += 1
            report(min(0.05 + 0.07 * steps, _MONTE_CARLO), said)
        else:
            report(_MONTE_CARLO + share * (0.9 - _MONTE_CARLO), said)

    return step


def keep_sample(sample: RankSample, path: Path) -> None:
    """Write the draws of a run."""
    np.savez_compressed(
        path,
        units=np.array(sample.units),
        ranks=sample.ranks,
        points=sample.points,
        factors=np.array([(factor.zh, factor.en) for factor in sample.factors]).reshape(-1, 2),
    )


def read_sample(path: Path) -> RankSample | None:
    """Read the draws of a run; None when none were made."""
    if not path.is_file():
        return None
    with np.load(path, allow_pickle=False) as held:
        factors = tuple(Text(str(zh), str(en)) for zh, en in held["factors"])
        return RankSample(tuple(map(str, held["units"])), held["ranks"], held["points"], factors)

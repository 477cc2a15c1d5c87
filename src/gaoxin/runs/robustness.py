"""How far the ranking of a run can be trusted, in the form that outputs show."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from gaoxin.evaluation.index import Evaluation
from gaoxin.evaluation.method import UncertaintySpec
from gaoxin.evaluation.robustness.sensitivity import sensitivity
from gaoxin.evaluation.robustness.uncertainty import uncertainty
from gaoxin.evaluation.structure import Floats
from gaoxin.rulebook.indicators import System
from gaoxin.runs.result import RobustnessResult, Sensitivity
from gaoxin.words import Text

SENSITIVITY_BASE = 256
"""Rows of the sampling matrices; × (factors + 2) evaluations."""
GROUP_SHARE = 5
"""The top and bottom groups are a fifth of the units by default, at least one."""


def robustness_of(
    evaluation: Evaluation,
    system: System,
    period: str | None,
    *,
    replications: int,
    seed: int,
    spec: UncertaintySpec | None,
    added: Floats | None,
    top: int | None,
    bottom: int | None,
    progress: Callable[[Text, float | None], None],
) -> RobustnessResult:
    """Monte Carlo over the uncertain choices, and which of them matter."""
    unconfirmed = [node.no for node in system.nodes if not node.weight_confirmed]
    done = uncertainty(
        evaluation,
        spec,
        replications=replications,
        seed=seed,
        unconfirmed=unconfirmed,
        period=period,
        added=added,
        progress=lambda share: progress(Text("稳健性模拟", "Monte Carlo"), share),
    )
    which = sensitivity(
        evaluation,
        spec,
        base=SENSITIVITY_BASE,
        seed=seed,
        unconfirmed=unconfirmed,
        period=period,
        added=added,
        progress=lambda share: progress(Text("敏感性分析", "sensitivity"), share),
    )
    units = len(done.units)
    few = max(1, round(units / GROUP_SHARE))
    best, last = min(top or few, units), min(bottom or few, units)
    low, median, high = done.rank_quantiles()
    return RobustnessResult(
        replications=replications,
        seed=seed,
        factors=tuple(factor.name for factor in done.factors),
        rank_low=low,
        rank_median=median,
        rank_high=high,
        top_k=best,
        probability_top=done.probability_top(best).share,
        bottom_k=last,
        probability_bottom=done.probability_bottom(last).share,
        dominance=np.asarray(done.dominance, dtype=np.float64),
        sensitivity=tuple(
            Sensitivity(one.factor.name, one.first, one.first_interval, one.total, one.total_interval)
            for one in which.factors
            if not np.isnan(one.total)
        ),
        failed=done.failed,
    )

"""Variance-based sensitivity: which of the uncertain choices is behind the uncertainty of a ranking.

The first-order index of a choice is the share of the variance of the target that would go away if the choice were
settled; the total index is the share that would stay if everything else were settled. A first order far below the
total says that the choice matters together with others.

Source: M. Saisana, A. Saltelli, S. Tarantola, Uncertainty and sensitivity analysis techniques as tools for the quality
assessment of composite indicators, *Journal of the Royal Statistical Society* A 168 (2005) 307–323; estimators and
their sources in ``sobol``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Literal

import numpy as np

from gaoxin.evaluation.errors import EvaluationError, listed
from gaoxin.evaluation.index import Evaluation
from gaoxin.evaluation.method import UncertaintySpec
from gaoxin.evaluation.robustness.replications import MEMORY, Failure, Replications
from gaoxin.evaluation.robustness.sampling import Factor, random_points
from gaoxin.evaluation.robustness.sobol import bootstrap, sampling_matrices, sobol_indices, sobol_points
from gaoxin.evaluation.structure import Floats, Ints
from gaoxin.words import Text

Target = Literal["mean_shift", "rank", "score"]


@dataclass(frozen=True, slots=True)
class FactorSensitivity:
    """Indices of one uncertain choice, each with a bootstrap interval; estimates may lie slightly outside [0, 1]."""

    factor: Factor
    first: float
    first_interval: tuple[float, float]
    total: float
    total_interval: tuple[float, float]


@dataclass(frozen=True, eq=False)
class SensitivityAnalysis:
    """What the variance of the target is made of. All indices are NaN when the target does not vary at all."""

    target: Text
    factors: tuple[FactorSensitivity, ...]
    mean: float
    variance: float
    """Of the target over the random halves A and B of the design."""
    base: int
    """Rows of the matrices A and B."""
    runs: int
    """Evaluations: base × (factors + 2)."""
    failed: int
    """Rows of the design that are left out because one of their evaluations gave no ranking."""
    failures: tuple[Failure, ...]
    """Evaluations without a ranking, by methods and reason."""
    level: float
    """Coverage that the intervals aim at."""
    seed: int
    sampling: str


def sensitivity(
    evaluation: Evaluation,
    spec: UncertaintySpec | None = None,
    *,
    target: Target = "mean_shift",
    unit: str | None = None,
    base: int = 512,
    sampling: Literal["sobol", "random"] = "sobol",
    resamples: int = 1000,
    level: float = 0.95,
    seed: int = 1,
    unconfirmed: Collection[str] = (),
    period: str | None = None,
    added: Floats | None = None,
    memory: int = MEMORY,
    progress: Callable[[float], None] | None = None,
) -> SensitivityAnalysis:
    """First-order and total sensitivity indices of every factor of ``spec``.

    Parameters
    ----------
    evaluation, spec, unconfirmed, period, added, memory, progress
        As in ``uncertainty``. All weights of one entry of noise are one factor; give several entries (by level or
        parent) to tell them apart.
    target, unit
        ``mean_shift``: mean absolute shift of the units from their rank in the evaluation; ``rank`` or ``score``: of
        one ``unit``. Scores of different normalisations have different scales, which then make up the variance: with
        such alternatives the rank is the better question.
    base
        Rows of each sampling matrix; base × (number of factors + 2) evaluations are made. Sobol' points fill the cube
        evenly only in powers of two, so their number is rounded up to one.
    sampling
        ``sobol``: scrambled Sobol' points; ``random``: independent ones.
    resamples, level
        Bootstrap samples and coverage of the intervals.
    seed
        Makes the design and the bootstrap.

    Raises
    ------
    EvaluationError
        As ``uncertainty``; and when fewer than two rows of the design give rankings.

    >>> from gaoxin.evaluation.index import evaluate
    >>> from gaoxin.evaluation.method import WeightNoise
    >>> from gaoxin.evaluation.structure import Hierarchy
    >>> tree = Hierarchy.build({"a": "P", "b": "P", "c": "I", "P": "I", "I": None})
    >>> done = evaluate([[5.0, 5.0, 1.0], [1.0, 1.0, 4.8], [2.0, 2.0, 2.0]], tree, units=["X", "Y", "Z"])
    >>> noise = (WeightNoise(levels=(1,), parents=("P",)), WeightNoise(levels=(1, 2), parents=("I",)))
    >>> spec = UncertaintySpec(weights=noise, dropped="none")
    >>> result = sensitivity(done, spec, target="rank", unit="X", base=64)
    >>> [found.total > 0.5 for found in result.factors]  # a and b agree, so their weights do not matter
    [False, True]
    """
    if base < 2 or not 0.0 < level < 1.0:
        raise EvaluationError(
            Text(
                f"样本行数 {base} 至少为 2，置信水平 {level:g} 应在 0 与 1 之间",
                f"base {base} must be at least 2, and level {level:g} between 0 and 1",
            )
        )
    model = Replications.build(evaluation, spec, unconfirmed=unconfirmed, period=period, added=added)
    measure, what = _measure(model, target, unit)
    factors, width = model.space.factors, model.space.width
    n = 1 << (base - 1).bit_length() if sampling == "sobol" else base
    runs = n * (len(factors) + 2)
    model = model.within(memory, runs, kept=8)
    points = (sobol_points if sampling == "sobol" else random_points)(n, 2 * width, seed)
    design = sampling_matrices(points, [factor.columns for factor in factors])
    y = np.full(runs, np.nan)

    def receive(rows: Ints, scores: Floats, ranks: Floats) -> None:
        y[rows] = measure(scores, ranks)

    failures = model.run(design, receive, progress)
    outputs = y.reshape(-1, n)
    complete = ~np.isnan(outputs).any(axis=0)
    if complete.sum() < 2:
        why = failures[0]
        raise EvaluationError(
            Text(
                f"设计中只有 {complete.sum()} 行全部得出排名（{why.methods.zh}：{why.reason.zh}）；请调整备选方法",
                f"only {complete.sum()} rows of the design give rankings throughout ({why.methods.en}: "
                f"{why.reason.en}); change the alternatives",
            )
        )
    a, b, ab = outputs[0, complete], outputs[1, complete], outputs[2:, complete]
    found = sobol_indices(a, b, ab)
    low, high = bootstrap(a, b, ab, resamples=resamples, seed=seed, level=level)
    random_half = np.concatenate([a, b])
    return SensitivityAnalysis(
        target=what,
        factors=tuple(
            FactorSensitivity(
                factor,
                float(found.first[i]),
                (float(low.first[i]), float(high.first[i])),
                float(found.total[i]),
                (float(low.total[i]), float(high.total[i])),
            )
            for i, factor in enumerate(factors)
        ),
        mean=float(random_half.mean()),
        variance=float(random_half.var(ddof=1)),
        base=n,
        runs=runs,
        failed=int(n - complete.sum()),
        failures=failures,
        level=level,
        seed=seed,
        sampling=sampling,
    )


def _measure(model: Replications, target: Target, unit: str | None) -> tuple[Callable[[Floats, Floats], Floats], Text]:
    """The target as a function of scores (t, u) and ranks (t, u), and its name."""
    if target == "mean_shift":
        ranked = ~np.isnan(model.nominal_ranks)
        nominal = model.nominal_ranks[ranked]
        name = Text("平均名次变动", "mean absolute shift in rank")
        return lambda _, ranks: np.abs(ranks[:, ranked] - nominal).mean(axis=1), name
    ranked_units = [code for code, r in zip(model.units, model.nominal_ranks, strict=True) if not np.isnan(r)]
    if unit not in ranked_units:
        have = listed(ranked_units)
        raise EvaluationError(
            Text(
                f"请指明一个有名次的单位（现为 {unit}）：{have.zh}",
                f"name one of the units with a rank, not {unit}: {have.en}",
            )
        )
    at = model.units.index(str(unit))
    if target == "rank":
        return lambda _, ranks: ranks[:, at], Text(f"{unit} 的名次", f"rank of {unit}")
    return lambda scores, _: scores[:, at], Text(f"{unit} 的得分", f"score of {unit}")

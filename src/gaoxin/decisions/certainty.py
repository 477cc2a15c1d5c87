"""How certain a finding is: in how many replications of the uncertain choices the rule still comes out the same.

A place at the bottom can be an accident of one weight or of one way to normalise. The Monte Carlo analysis of a run
draws those choices anew; each draw gives every zone a rank. The rule is evaluated on the ranks of every draw, so the
share of draws in which it is true is the probability that the zone belongs where the rule puts it, given what was
varied. What was not varied (errors in the returns that nobody has found) is not in it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from gaoxin.evaluation.robustness.uncertainty import uncertainty
from gaoxin.problems import InputError, Problem
from gaoxin.runs.pipeline import Run
from gaoxin.words import Text

Ranks = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class RankSample:
    """Ranks of u units in N draws of the uncertain choices of one run.

    ``points`` is the design, shape (N, w): two runs with the same design and factors made the same choices in the same
    row, so their draws belong together.
    """

    units: tuple[str, ...]
    ranks: Ranks
    """Shape (N, u), 1 is best, NaN where a unit has no rank."""
    points: NDArray[np.float64]
    factors: tuple[Text, ...]

    def column(self, unit: str) -> Ranks | None:
        """The ranks of one unit, shape (N,); None when it was never ranked."""
        if unit not in self.units:
            return None
        ranks = self.ranks[:, self.units.index(unit)]
        return None if np.isnan(ranks).all() else ranks

    def drawn_with(self, other: RankSample) -> bool:
        """Whether row i of both made the same choices."""
        return self.factors == other.factors and np.array_equal(self.points, other.points)


@dataclass(frozen=True, slots=True)
class Certainty:
    """The share of the draws in which a rule is true, false or undecided.

    ``error`` is the Monte Carlo standard error of ``true``. ``held`` are the periods whose ranks were held as they are
    because nothing was drawn for them; ``together`` says that the draws of several years made the same choices.
    """

    true: float
    false: float
    unknown: float
    error: float
    draws: int
    held: tuple[str, ...]
    together: bool
    factors: tuple[Text, ...]


def sample_of(run: Run, *, replications: int = 1000, seed: int = 1) -> RankSample:
    """Draw the ranks of ``run`` anew.

    ``run`` is a run with its evaluation (see :func:`gaoxin.runs.tracing.again` for one that lies in a folder); its own
    configuration says what is varied. Raises InputError when ``replications`` is below 2.
    """
    if replications < 2:
        message = Text("模拟次数至少为 2", "at least 2 replications are needed")
        raise InputError([Problem("decisions.replications", "error", message)])
    evaluation, result = run.evaluation, run.result
    period = result.period if evaluation.periods is not None else None
    added = None
    if result.adjustments:
        shift = result.scores[:, -1] - evaluation.index[evaluation.rows_of(period)]
        added = np.where(np.isnan(result.ranks[:, -1]), np.nan, shift)
    done = uncertainty(
        evaluation,
        run.config.robustness,
        replications=replications,
        seed=seed,
        unconfirmed=[node.no for node in run.system.nodes if not node.weight_confirmed],
        period=period,
        added=added,
    )
    ranks = done.ranks.astype(np.float64)
    ranks[:, np.isnan(done.nominal_ranks)] = np.nan
    names = tuple(factor.name for factor in done.factors)
    return RankSample(done.units, ranks, np.asarray(done.points[done.succeeded]), names)


def certainty_of(
    unit: str,
    needed: Sequence[str],
    samples: Mapping[str, RankSample],
    holds: Callable[[Mapping[str, float]], bool | None],
) -> Certainty | None:
    """Evaluate ``holds`` on every draw.

    Parameters
    ----------
    unit
        Whose ranks are drawn.
    needed
        The periods whose rank of the unit the rule looks at.
    samples
        Draws by period.
    holds
        The rule, given ranks of the unit for some periods; ranks of other periods stay as they are.

    Returns
    -------
    None when nothing was drawn for any of the periods.
    """
    columns: dict[str, Ranks] = {}
    for period in needed:
        column = samples[period].column(unit) if period in samples else None
        if column is not None:
            columns[period] = column
    if not columns:
        return None
    used = [samples[period] for period in columns]
    together = all(used[0].drawn_with(other) for other in used[1:])
    draws = min(len(column) for column in columns.values())
    # Without a common design the years are taken as independent: each is put into an order of its own.
    shuffle = np.random.default_rng(0)
    table = np.stack([c[:draws] if together else shuffle.permutation(c)[:draws] for c in columns.values()], axis=1)
    patterns, times = np.unique(table, axis=0, return_counts=True)
    count: dict[bool | None, int] = {True: 0, False: 0, None: 0}
    for pattern, n in zip(patterns.tolist(), times.tolist(), strict=True):
        count[holds(dict(zip(columns, pattern, strict=True)))] += n
    share = count[True] / draws
    return Certainty(
        true=share,
        false=count[False] / draws,
        unknown=count[None] / draws,
        error=sqrt(share * (1 - share) / draws),
        draws=draws,
        held=tuple(period for period in needed if period not in columns),
        together=together and len(columns) > 1,
        factors=used[0].factors,
    )

"""Monte Carlo uncertainty of a ranking: how far it depends on choices that could have been made otherwise.

Source: M. Saisana, A. Saltelli, S. Tarantola, Uncertainty and sensitivity analysis techniques as tools for the quality
assessment of composite indicators, *Journal of the Royal Statistical Society* A 168 (2005) 307–323; OECD/JRC,
*Handbook on Constructing Composite Indicators* (2008), step 8.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from gaoxin.evaluation.errors import EvaluationError
from gaoxin.evaluation.index import Evaluation
from gaoxin.evaluation.method import UncertaintySpec
from gaoxin.evaluation.rank import rank
from gaoxin.evaluation.robustness.pairwise import dominance
from gaoxin.evaluation.robustness.replications import MEMORY, Draw, Failure, Replications
from gaoxin.evaluation.robustness.sampling import Factor, random_points
from gaoxin.evaluation.structure import Floats, Ints
from gaoxin.words import Text

Ranks = NDArray[np.integer]


@dataclass(frozen=True, eq=False)
class Probability:
    """Shares of the replications, with their Monte Carlo standard error √(p(1 − p)/N), shape (u,) each.

    An event that was never (or always) seen in N replications has a standard error of 0, and still a probability of
    up to about 3/N (or down to 1 − 3/N).
    """

    share: Floats
    error: Floats


@dataclass(frozen=True, eq=False)
class Uncertainty:
    """The ranks of u units in N replications, the design behind them, and what follows from them.

    Ranks are by the rule ``min`` (1, 2, 2, 4). Units that the evaluation itself does not rank are NaN throughout.
    """

    model: Replications
    """What was evaluated, and what the points of the design mean."""
    seed: int
    points: Floats
    """The design, shape (replications, width), see ``FactorSpace``."""
    succeeded: Ints
    """Rows of the design that gave a ranking, ascending, shape (N,)."""
    ranks: Ranks
    """Shape (N, u), 0 for a unit without rank."""
    scores: Floats | None
    """Index in the N replications, shape (N, u), when it was asked for."""
    failures: tuple[Failure, ...]
    """Replications without a ranking, by methods and reason; they are in none of the statistics."""

    @property
    def units(self) -> tuple[str, ...]:
        """Codes of the u units."""
        return self.model.units

    @property
    def nominal_ranks(self) -> Floats:
        """Ranks of the evaluation itself by the rule ``min``, shape (u,)."""
        return self.model.nominal_ranks

    @property
    def factors(self) -> tuple[Factor, ...]:
        """The uncertain choices."""
        return self.model.space.factors

    @property
    def replications(self) -> int:
        """Number of replications that were run, the failed ones included."""
        return len(self.points)

    @property
    def failed(self) -> int:
        """Number of replications that gave no ranking."""
        return len(self.points) - len(self.succeeded)

    def draw(self, row: int) -> Draw:
        """Row ``row`` of the design in the terms of the plain chain, to be replayed there."""
        return self.model.draw(self.points[row])

    def rank_quantiles(self, shares: Collection[float] = (0.05, 0.5, 0.95)) -> Floats:
        """Quantiles of the rank of each unit, shape (shares, u), linear between neighbouring ranks."""
        at = np.asarray(list(shares), dtype=np.float64) * (len(self.ranks) - 1)
        low = np.floor(at).astype(np.int64)
        high = np.ceil(at).astype(np.int64)
        below, above = (self._sorted[:, place].T.astype(np.float64) for place in (low, high))
        quantiles = below + (at - low)[:, None] * (above - below)
        return self._known(quantiles)

    @cached_property
    def rank_mean(self) -> Floats:
        """Mean rank of each unit, shape (u,)."""
        return self._known(self.ranks.mean(axis=0))

    def probability_top(self, k: int) -> Probability:
        """How often each unit is among the best ``k``: fewer than k units rank before it."""
        return self._probability(self.ranks <= self._checked(k))

    def probability_bottom(self, k: int) -> Probability:
        """How often each unit is among the last ``k``: fewer than k units rank behind it."""
        return self._probability(self._from_below <= self._checked(k))

    @cached_property
    def dominance(self) -> Floats:
        """Share of replications in which the row unit ranks before the column unit, shape (u, u).

        Computed when first asked for: it takes longer than all else for thousands of units.
        """
        return dominance(self.ranks)

    @cached_property
    def mean_shift(self) -> Floats:
        """Mean absolute shift from the nominal rank over the units, in every replication, shape (N,)."""
        ranked = ~np.isnan(self.nominal_ranks)
        shifts: Floats = np.abs(self.ranks[:, ranked] - self.nominal_ranks[ranked]).mean(axis=1)
        return shifts

    @cached_property
    def _sorted(self) -> Ranks:
        by_unit = np.array(self.ranks.T, order="C")
        by_unit.sort(axis=1)
        return by_unit

    @cached_property
    def _from_below(self) -> Ranks:
        """Rank counted from the last unit, ties sharing the best such rank."""
        number = int((~np.isnan(self.nominal_ranks)).sum())
        below = (number + 1 - self.ranks).astype(self.ranks.dtype)
        tied = self.ranks.sum(axis=1, dtype=np.int64) != number * (number + 1) // 2
        some = np.where(self.ranks[tied] > 0, self.ranks[tied], np.nan)
        below[tied] = np.nan_to_num(rank(some, axis=1)).astype(self.ranks.dtype)
        return below

    def _known(self, values: Floats) -> Floats:
        return np.where(np.isnan(self.nominal_ranks), np.nan, values)

    def _probability(self, happened: NDArray[np.bool_]) -> Probability:
        share = self._known(happened.mean(axis=0))
        return Probability(share, np.sqrt(share * (1.0 - share) / len(self.ranks)))

    def _checked(self, k: int) -> int:
        if not 1 <= k <= len(self.units):
            raise EvaluationError(
                Text(
                    f"前（后）{k} 名没有意义：共有 {len(self.units)} 个单位",
                    f"the best or last {k} of {len(self.units)} units: k goes from 1 to the number of units",
                )
            )
        return k


def uncertainty(
    evaluation: Evaluation,
    spec: UncertaintySpec | None = None,
    *,
    replications: int = 1000,
    seed: int = 1,
    unconfirmed: Collection[str] = (),
    period: str | None = None,
    added: Floats | None = None,
    keep_scores: bool = False,
    memory: int = MEMORY,
    progress: Callable[[float], None] | None = None,
) -> Uncertainty:
    """Evaluate again and again with other choices, all drawn together, and rank each time.

    Parameters
    ----------
    evaluation
        The evaluation whose ranking is examined.
    spec
        What varies; by default what suits the method (``default_uncertainty``).
    replications, seed
        Size of the sample, and the seed that makes it; a larger sample with the same seed begins with the smaller one.
    unconfirmed
        Codes of the nodes whose weight no document confirms.
    period
        The period whose ranking is examined, when the evaluation has several.
    added
        Points added to the index of each unit of the period (bonus, deduction), shape (u,); NaN takes a unit out of
        the ranking (veto).
    keep_scores
        Keep the index of every replication too (8 bytes each; a rank takes 2).
    memory
        Bytes that may be used, the result included. Results do not depend on it.
    progress
        Called with the share that is done after every block.

    Raises
    ------
    EvaluationError
        Nothing is uncertain, the sample does not fit into the memory, or no replication gives a ranking.

    >>> from gaoxin.evaluation.index import evaluate
    >>> from gaoxin.evaluation.structure import Hierarchy
    >>> tree = Hierarchy.build({"a": "I", "b": "I", "I": None})
    >>> done = evaluate([[9.0, 9.0], [8.0, 1.0], [1.0, 7.5]], tree, units=["X", "Y", "Z"])
    >>> result = uncertainty(done, UncertaintySpec(dropped="none"), replications=500)
    >>> result.rank_quantiles().tolist()
    [[1.0, 2.0, 2.0], [1.0, 2.0, 3.0], [1.0, 3.0, 3.0]]
    >>> [factor.name.en for factor in result.factors]
    ['weights ±25%']
    """
    if replications < 1:
        raise EvaluationError(
            Text(f"模拟次数为 {replications}，至少需要 1 次", f"{replications} replications: at least 1 is needed")
        )
    model = Replications.build(evaluation, spec, unconfirmed=unconfirmed, period=period, added=added)
    u = len(model.rows)
    dtype = np.int16 if u < np.iinfo(np.int16).max else np.int32
    # the ranks and their copy for sorting, perhaps the scores
    kept = 2 * np.dtype(dtype).itemsize * u + 8 * u * keep_scores
    model = model.within(memory, replications, kept)
    points = random_points(replications, model.space.width, seed)
    ranks = np.zeros((replications, u), dtype=dtype)
    scores = np.full((replications, u), np.nan) if keep_scores else None
    succeeded = np.zeros(replications, dtype=np.bool_)

    def receive(block: Ints, found: Floats, ranked: Floats) -> None:
        succeeded[block] = True
        ranks[block] = np.nan_to_num(ranked)
        if scores is not None:
            scores[block] = found

    failures = model.run(points, receive, progress)
    if not succeeded.any():
        why = failures[0]
        raise EvaluationError(
            Text(
                f"没有一次模拟得出排名（{why.methods.zh}：{why.reason.zh}）；请调整备选方法",
                f"no replication gives a ranking ({why.methods.en}: {why.reason.en}); change the alternatives",
            )
        )
    good = np.flatnonzero(succeeded)
    if len(good) < replications:
        ranks, scores = ranks[good], None if scores is None else scores[good]
    return Uncertainty(model, seed, points, good, ranks, scores, failures)

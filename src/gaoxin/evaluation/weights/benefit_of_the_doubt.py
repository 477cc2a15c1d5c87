"""Benefit of the doubt (最有利权重法, BoD): every unit is weighted as favourably as its peers allow.

Unit i solves max Σ_j w_j·x_ij subject to Σ_j w_j·x_lj ≤ 1 for every unit l and w ≥ 0: data envelopment analysis with a
single dummy input. A score of 1 says that no unit does better under the weights that favour i most.

How it is solved. In terms of the shares p_j = w_j·x_ij / Σ w·x_i, bounds on shares are bounds on variables: the score
is 1/t of the program min t subject to Σ_j p_j·x_lj/x_ij ≤ t for every l, Σp = 1, which has k + 1 variables. Only a few
of its n rows bind, so rows are generated: HiGHS solves the programs of many units as one sparse block-diagonal program
with the rows found so far, one matrix product finds the peers that these solutions overlook, and units without any are
finished. Every peer of every unit is checked in the end, so the result is that of the full programs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from gaoxin.evaluation.children import DomainError
from gaoxin.evaluation.errors import EvaluationError
from gaoxin.evaluation.structure import Floats, Ints
from gaoxin.words import Text

UNITS_AT_ONCE = 64
"""Units whose programs are solved together: enough to pay for the call, few enough to keep the basis small."""

PEERS_AT_ONCE = 8
"""Rows added per unit and round."""

FEASIBILITY = 1e-9
"""How far a peer may exceed the unit's own bound, relatively, before its row is added."""

NEGLIGIBLE = 1e-9
"""Values below this share of their column's maximum count as 0: their weight would be of the size of the inverse."""


@dataclass(frozen=True, eq=False)
class BenefitOfTheDoubt:
    """Scores and the most favourable weights of n units on k children."""

    scores: Floats
    """Shape (n,), in [0, 1]; NaN for a unit without children."""
    weights: Floats
    """Shape (n, k): the score is Σ w·x over the children that are there. They do not sum to 1."""
    shares: Floats
    """Shape (n, k): part of each child in the score, w·x/Σw·x, rows sum to 1 (to 0 where the score is 0 or missing)."""


def benefit_of_the_doubt(
    x: ArrayLike,
    *,
    bounds: tuple[float, float] | None = None,
    bounds_on: Literal["share", "weight"] = "share",
) -> BenefitOfTheDoubt:
    """Benefit-of-the-doubt scores, optionally with bounds that keep weights from ignoring children.

    Parameters
    ----------
    x
        Values, shape (n, k), higher is better, ≥ 0, NaN is missing: a unit gets no credit for a missing child and does
        not limit others by it.
    bounds
        Lowest and highest part of every child, for example (0.05, 0.4); None leaves all freedom, so that a unit which
        leads in a single child has score 1. For a unit with m of k children both are multiplied by k/m (up to 1).
    bounds_on
        ``share``: of the part w·x in the score (Cherchye and others, whose shares do not depend on units of
        measurement); ``weight``: of w in the sum of the weights (the Handbook's example), for ``x`` on one scale.

    Returns
    -------
    BenefitOfTheDoubt. Weights of units with score 1 are often not unique; scores always are. A child of value 0 has no
    share in the score whatever its weight: where the bounds on shares demand one, the score is 0. Normalise to 1–100
    rather than 0–100.

    Raises
    ------
    EvaluationError for a negative value (with its cell) and for bounds that no weights can meet.

    Source: Melyn, Moesen (1991); Cherchye, Moesen, Rogge, Van Puyenbroeck (2007), An introduction to "benefit of the
    doubt" composite indicators, *Social Indicators Research* 82; OECD/JRC Handbook (2008), step 6, Table 19.

    >>> result = benefit_of_the_doubt([[4.0, 2.0], [2.0, 4.0], [2.0, 2.0]])
    >>> result.scores.round(6).tolist()
    [1.0, 1.0, 0.666667]
    """
    values = np.asarray(x, dtype=np.float64)
    if values.ndim != 2 or not values.size:
        raise EvaluationError(
            Text(
                f"最有利权重法需要形状为 (单位, k) 的矩阵，得到 {values.shape}",
                f"benefit of the doubt needs a matrix (units, k), not shape {values.shape}",
            )
        )
    if (values < 0).any() or np.isinf(values).any():
        unit, child = np.argwhere((values < 0) | np.isinf(values))[0].tolist()
        rule = Text("最有利权重法只适用于非负的有限数", "benefit of the doubt needs finite values ≥ 0")
        raise DomainError(rule, float(values[unit, child]), unit, child)
    low, high = _checked(bounds, values.shape[1])
    there = ~np.isnan(values)
    filled = np.where(there, values, 0.0)
    filled[filled < NEGLIGIBLE * filled.max(axis=0, initial=0.0)] = 0.0

    free = low == 0.0 and high == 1.0
    programs = _Programs(filled, there, low, high, by_share=bounds_on == "share" or free)
    weights = np.zeros(values.shape)
    solvable = np.flatnonzero(programs.solvable)
    for start in range(0, len(solvable), UNITS_AT_ONCE):
        units = solvable[start : start + UNITS_AT_ONCE]
        weights[units] = programs.solve(units)
    parts = weights * filled
    scores = parts.sum(axis=1)
    shares = parts / np.where(scores > 0, scores, 1.0)[:, None]
    return BenefitOfTheDoubt(np.where(there.any(axis=1), scores, np.nan), weights, shares)


def _checked(bounds: tuple[float, float] | None, k: int) -> tuple[float, float]:
    if bounds is None:
        return 0.0, 1.0
    low, high = bounds
    if not 0.0 <= low <= high <= 1.0 or low * k > 1.0 + 1e-12 or high * k < 1.0 - 1e-12:
        raise EvaluationError(
            Text(
                f"{k} 个下级的份额不可能都在 [{low:g}, {high:g}] 之内：下限至多 {1 / k:.4g}，上限至少 {1 / k:.4g}",
                f"the parts of {k} children cannot all lie within [{low:g}, {high:g}]: the lower bound is at most "
                f"{1 / k:.4g}, the upper one at least {1 / k:.4g}",
            )
        )
    return low, high


class _Programs:
    """The linear programs of all units: variables p (k parts), t, and for bounds on weights P = Σp."""

    def __init__(self, x: Floats, there: NDArray[np.bool_], low: float, high: float, *, by_share: bool) -> None:
        k = x.shape[1]
        self.x, self.by_share = x, by_share
        m = np.maximum(there.sum(axis=1), 1)
        usable = there if not by_share else there & (x > 0)
        self.low = np.where(there, np.minimum(low * k / m, 1.0 / m)[:, None], 0.0)
        self.high = np.where(usable, np.minimum(high * k / m, 1.0)[:, None], 0.0)
        self.solvable = (x > 0).any(axis=1) & (self.low <= self.high).all(axis=1)
        self.solvable &= self.high.sum(axis=1) >= 1.0 - 1e-9
        # what one unit of p_j is worth to the unit itself and to a peer: p = w·x_i (shares) or p = w
        self.per_part = np.divide(1.0, x, out=np.zeros(x.shape), where=x > 0) if by_share else np.ones(x.shape)

    def solve(self, units: Ints) -> Floats:
        """Weights w of the units, shape (len(units), k), scaled so that the best peer scores exactly 1."""
        weights = np.zeros((len(units), self.x.shape[1]))
        even = np.where(self.high[units] > 0, self.per_part[units], 0.0)
        rows = np.zeros((len(units), len(self.x)), dtype=np.bool_)
        self._add_worst(rows, np.arange(len(units)), even @ self.x.T)
        open_ = np.arange(len(units))
        while open_.size:
            parts, t = self._solve_block(units[open_], rows[open_])
            w = parts * self.per_part[units[open_]]
            peers = w @ self.x.T
            overlooked = np.where(rows[open_], 0.0, np.maximum(peers - t[:, None] * (1.0 + FEASIBILITY), 0.0))
            done = ~overlooked.any(axis=1)
            weights[open_[done]] = w[done] / peers[done].max(axis=1, keepdims=True)
            self._add_worst(rows, open_[~done], overlooked[~done])
            open_ = open_[~done]
        return weights

    @staticmethod
    def _add_worst(rows: NDArray[np.bool_], at: Ints, excess: Floats) -> None:
        """Add the rows of the peers with the largest excess to each program."""
        worst = np.argsort(-excess, axis=1)[:, :PEERS_AT_ONCE]
        program, place = np.nonzero(np.take_along_axis(excess, worst, axis=1) > 0)
        rows[at[program], worst[program, place]] = True

    def _solve_block(self, units: Ints, rows: NDArray[np.bool_]) -> tuple[Floats, Floats]:
        """Parts p, shape (len(units), k), and t, shape (len(units),), of the programs with the given rows."""
        b, k = len(units), self.x.shape[1]
        width = k + 1 if self.by_share else k + 2
        program, peer = np.nonzero(rows)
        worth = self.per_part[units[program]] * self.x[peer]
        limits = _rows(np.column_stack([worth, np.full(len(peer), -1.0)]), program, width, b)
        if self.by_share:  # Σp = 1, and the bounds are bounds of the variables
            equal = _rows(np.ones((b, k)), np.arange(b), width, b)
            right = np.ones(b)
            lower, upper = self.low[units], self.high[units]
        else:  # Σp·x_i = 1, Σp = P, low·P ≤ p ≤ high·P
            own = _rows(self.x[units], np.arange(b), width, b)
            ones = np.column_stack([np.ones((b, k)), np.zeros(b), np.full(b, -1.0)])
            equal = scipy.sparse.vstack([own, _rows(ones, np.arange(b), width, b)], format="csr")
            right = np.concatenate([np.ones(b), np.zeros(b)])
            each, sign = np.tile(np.eye(k), (b, 1)), np.zeros(b * k)
            at = np.repeat(np.arange(b), k)
            above = _rows(np.column_stack([each, sign, -self.high[units].ravel()]), at, width, b)
            below = _rows(np.column_stack([-each, sign, self.low[units].ravel()]), at, width, b)
            limits = scipy.sparse.vstack([limits, above, below], format="csr")
            lower, upper = np.zeros((b, k)), np.where(self.high[units] > 0, np.inf, 0.0)
        # t ≥ 1 is the unit's own row; P has no bound of its own
        lower = np.column_stack([lower, np.ones(b), np.zeros((b, width - k - 1))])
        upper = np.column_stack([upper, np.full((b, width - k), np.inf)])
        costs = np.zeros((b, width))
        costs[:, k] = 1.0
        result = scipy.optimize.linprog(
            costs.ravel(),
            A_ub=limits,
            b_ub=np.zeros(limits.shape[0]),
            A_eq=equal,
            b_eq=right,
            bounds=np.stack([lower.ravel(), upper.ravel()], axis=1),
            method="highs-ds",
            options={"presolve": False},  # nothing to remove here, and it takes longer than the solution
        )
        if result.status != 0:
            raise EvaluationError(
                Text(
                    f"最有利权重的线性规划未能求解：{result.message}",
                    f"a linear program of the benefit of the doubt was not solved: {result.message}",
                )
            )
        solution = result.x.reshape(b, width)
        return np.maximum(solution[:, :k], 0.0), solution[:, k]


def _rows(dense: Floats, program: Ints, width: int, programs: int) -> scipy.sparse.csr_array:
    """Dense rows over the first columns of their program as rows of the block-diagonal matrix."""
    count, filled = dense.shape
    columns = program[:, None] * width + np.arange(filled)
    return scipy.sparse.csr_array(
        (dense.ravel(), columns.ravel(), np.arange(count + 1) * filled), shape=(count, programs * width)
    )

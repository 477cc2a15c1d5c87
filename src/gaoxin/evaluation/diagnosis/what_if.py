"""What the index of one unit would be with other values, the scales, the weights and all other units held."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from gaoxin.evaluation.errors import EvaluationError
from gaoxin.evaluation.index import Evaluation
from gaoxin.evaluation.normalisation.scales import LinearScale
from gaoxin.evaluation.rank import rank
from gaoxin.evaluation.scoring import compares_units, score_tree
from gaoxin.evaluation.structure import Floats, Ints
from gaoxin.words import Text

Ceiling = Literal["observed", "scale"]

ROUNDS = 48
"""Halvings of an interval: to about 1e-14 of its length."""

CELLS = 4_000_000
"""Numbers of one batch of tables, where units are compared with each other."""


@dataclass(frozen=True, eq=False)
class WhatIf:
    """One unit of an evaluation whose normalised values may be changed.

    ``ceiling`` says how far an indicator can get better: to the best value that a unit has (``observed``: somebody has
    shown that it is possible), or to the end of the scale where it has one (``scale``: goalposts).
    """

    evaluation: Evaluation
    row: int
    ceiling: Ceiling = "observed"

    @classmethod
    def of(cls, evaluation: Evaluation, unit: str, period: object = None, *, ceiling: Ceiling = "observed") -> WhatIf:
        """The unit of that code; raises EvaluationError when it has no score."""
        row = evaluation.row_of(unit, period)
        if np.isnan(evaluation.index[row]):
            raise EvaluationError(Text(f"{unit} 没有得分和名次", f"{unit} has no score and no rank"))
        return cls(evaluation, row, ceiling)

    @cached_property
    def block(self) -> Ints:
        """Rows that are evaluated together with the unit."""
        return next(rows for rows in self.evaluation.blocks if self.row in rows)

    @cached_property
    def place(self) -> int:
        """Place of the unit in its block."""
        return int(np.flatnonzero(self.block == self.row)[0])

    @cached_property
    def rivals(self) -> Ints:
        """Places in the block of the units that are ranked with the unit: those of its period, itself included."""
        periods = self.evaluation.periods
        if periods is None:
            return np.arange(len(self.block))
        same = [periods[row] == periods[self.row] for row in self.block.tolist()]
        return np.flatnonzero(same)

    @cached_property
    def z(self) -> Floats:
        """The unit's normalised values, shape (n,)."""
        own: Floats = self.evaluation.normalised[self.row]
        return own

    @cached_property
    def highest(self) -> Floats:
        """Highest normalised value that each indicator may reach, shape (n,); NaN where the unit has no value."""
        others = self.evaluation.normalised[self.block]
        top = np.fmax.reduce(others, axis=0)
        if self.ceiling == "scale":
            kept = np.flatnonzero(self.evaluation.indicator_kept)
            for part in self.evaluation.scaling.parts:
                if isinstance(part.scale, LinearScale) and part.scale.clamp and self._serves(part.period):
                    top[kept[part.columns]] = part.scale.base + part.scale.gain
        return np.where(np.isnan(self.z), np.nan, np.maximum(top, self.z))

    @cached_property
    def counts(self) -> NDArray[np.bool_]:
        """Indicators with a weight on the whole way to the index, shape (n,)."""
        tree = self.evaluation.hierarchy
        weighted = self.evaluation.weights[self.row] > 0
        for node in range(tree.n_nodes - 2, -1, -1):
            weighted[node] &= weighted[tree.parents[node]]
        own: NDArray[np.bool_] = weighted[: tree.n_indicators]
        return own

    def index(self, candidates: Floats) -> tuple[Floats, Floats]:
        """Index of the unit and of its rivals for each candidate.

        Parameters
        ----------
        candidates
            Normalised values of the unit, shape (b, n).

        Returns
        -------
        The unit's scores (b,), and those of all rivals, the unit included, (b, rivals).
        """
        done, tree = self.evaluation, self.evaluation.hierarchy
        if not compares_units(tree, done.method):
            own = score_tree(candidates, tree, done.method, done.weights[self.row])[0][:, -1]
            all_scores = np.broadcast_to(
                done.index[self.block[self.rivals]], (len(candidates), len(self.rivals))
            ).copy()
            all_scores[:, self.rivals == self.place] = own[:, None]
            return own, all_scores
        table = done.normalised[self.block]
        found = np.empty((len(candidates), len(self.rivals)))
        step = max(1, CELLS // table.size)
        for start in range(0, len(candidates), step):
            batch = candidates[start : start + step]
            tables = np.broadcast_to(table, (len(batch), *table.shape)).copy()
            tables[:, self.place] = batch
            scores, _ = score_tree(tables, tree, done.method, done.weights[self.row])
            found[start : start + step] = scores[:, self.rivals, -1]
        return found[:, self.rivals == self.place][:, 0], found

    def ranks(self, candidates: Floats) -> Floats:
        """Rank of the unit for each candidate, shape (b,).

        Without tolerance for ties: what equals a rival here to the last digit still does so after the roundings of a
        full evaluation, which has one.
        """
        _, scores = self.index(candidates)
        ranks = rank(scores, axis=1, ties=self.evaluation.method.ties, tolerance=0.0)
        own: Floats = ranks[:, self.rivals == self.place][:, 0]
        return own

    def values(self, z: Floats) -> Floats:
        """The least change of the unit's treated values that gives at least the normalised values ``z``, shape (n,).

        Found by bisection on the fitted scales, between the unit's value and the best that is allowed, so that scales
        of any form serve; where ``z`` is not above the unit's own value nothing is changed.
        """
        done = self.evaluation
        own = done.treated[self.row].copy()
        better = z > self.z
        best = self._best_values()
        near, far = np.zeros(len(own)), np.ones(len(own))
        for _ in range(ROUNDS):
            middle = (near + far) / 2.0
            enough = self._apply(own + middle * (best - own)) >= z
            near, far = np.where(enough, near, middle), np.where(enough, middle, far)
        changed: Floats = np.where(better, own + far * (best - own), own)
        return changed

    def reported(self, treated: Floats) -> Floats:
        """Values before the treatment that go with treated ones, shape (n,): read off the units of the same period.

        Winsorising leaves what lies inside as it is; after a transformation it is interpolated between the units.
        """
        return self._read_off(treated, self.evaluation.treated, self.evaluation.imputed)

    def points(self, reported: Floats) -> Floats:
        """Normalised points of values before the treatment, on the fitted scales, shape (n,)."""
        return self._apply(self._read_off(reported, self.evaluation.imputed, self.evaluation.treated))

    def _read_off(self, values: Floats, known: Floats, wanted: Floats) -> Floats:
        done = self.evaluation
        rows = self.block[self.rivals]
        out = values.copy()
        for i in np.flatnonzero(done.indicator_kept).tolist():
            if done.changed[rows, i].all():  # the whole column was transformed
                order = np.argsort(known[rows, i], kind="stable")
                out[i] = np.interp(values[i], known[rows[order], i], wanted[rows[order], i])
        return out

    def _best_values(self) -> Floats:
        """Treated value at the ceiling of each indicator."""
        done = self.evaluation
        table = done.treated[self.block]
        up = done.hierarchy.directions > 0
        most: Floats = np.fmax.reduce(table, axis=0)
        least: Floats = np.fmin.reduce(table, axis=0)
        best = np.where(up, most, least)
        if self.ceiling == "scale":
            kept = np.flatnonzero(done.indicator_kept)
            for part in done.scaling.parts:
                if isinstance(part.scale, LinearScale) and part.scale.clamp and self._serves(part.period):
                    best[kept[part.columns]] = part.scale.origin + part.scale.span
        return best

    def _apply(self, treated: Floats) -> Floats:
        done = self.evaluation
        kept = done.indicator_kept
        z = np.full(len(treated), np.nan)
        periods = None if done.periods is None else [done.periods[self.row]]
        z[kept] = done.scaling.apply(treated[None, kept], periods)[0]
        return z

    def _serves(self, period: object) -> bool:
        return period is None or (self.evaluation.periods is not None and period == self.evaluation.periods[self.row])


@dataclass(frozen=True, slots=True)
class MarginalEffect:
    """What one indicator can do for the index and the rank of one unit, everything else held."""

    indicator: str
    room: float
    """Points between the unit's normalised value and the highest it may reach."""
    per_point: float
    """Gain of the index for one more normalised point (or for the room, where that is less than a point)."""
    next_rank: float
    """The next better rank that is taken by somebody; NaN for the first."""
    points_to_next_rank: float
    """Normalised points that lead to that rank; NaN where even the whole room does not."""
    best_rank: float
    """Rank with the indicator at the highest it may reach."""


def marginal_effects(
    evaluation: Evaluation, unit: str, period: object = None, *, ceiling: Ceiling = "observed"
) -> tuple[MarginalEffect, ...]:
    """Marginal effect of every indicator that a unit has, in the order of the indicators.

    The points to the next rank are found by bisection on the chain itself, so they are right for every aggregation
    that does not fall when an indicator rises.
    """
    case = WhatIf.of(evaluation, unit, period, ceiling=ceiling)
    places = np.flatnonzero(~np.isnan(case.z))
    room = (case.highest - case.z)[places]
    own, _ = case.index(case.z[None])
    ranks = evaluation.ranks[case.block[case.rivals], -1]
    before = ranks[ranks < evaluation.ranks[case.row, -1]]
    target = float(before.max()) if len(before) else float("nan")

    def moved(points: Floats) -> Floats:
        tables = np.repeat(case.z[None], len(places), axis=0)
        tables[np.arange(len(places)), places] += points
        return tables

    step = np.minimum(1.0, room)
    gain = (case.index(moved(step))[0] - own[0]) / np.where(step > 0, step, 1.0)
    at_best = case.ranks(moved(room))
    near, far = np.zeros(len(places)), room.copy()
    if not np.isnan(target):
        # A table of all units for each trial is dear, where units are compared: six digits will do there.
        for _ in range(20 if compares_units(evaluation.hierarchy, evaluation.method) else ROUNDS):
            middle = (near + far) / 2.0
            reached = case.ranks(moved(middle)) <= target
            near, far = np.where(reached, near, middle), np.where(reached, middle, far)
    return tuple(
        MarginalEffect(
            indicator=evaluation.indicators[place],
            room=float(room[i]),
            per_point=float(gain[i]),
            next_rank=target,
            points_to_next_rank=float(far[i]) if at_best[i] <= target else float("nan"),
            best_rank=float(at_best[i]),
        )
        for i, place in enumerate(places.tolist())
    )

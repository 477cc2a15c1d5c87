"""Why a score and a rank changed from one period to the next: data, weights, method, adding up exactly.

Four things can differ between two evaluations:

``figures``
    the indicator values themselves;
``scale``
    what was derived from all units' figures: the extremes (or means) of the normalisation and, where weights follow
    from data, the weights. A unit that stands still loses points when the best get better;
``weights``
    the weights of the system;
``method``
    everything else in the method.

Figures and scale together are the effect of the data. All 16 mixtures of old and new are evaluated; an effect is the
Shapley value, the mean over every order in which the four could have changed one after the other, or, on request,
what each adds in one given order. Either way the effects add up to the change, without a rest.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Literal, get_args

import numpy as np

from gaoxin.evaluation.diagnosis.contributions import contributions
from gaoxin.evaluation.diagnosis.shapley import coalitions, shapley_values, stepwise_values
from gaoxin.evaluation.errors import EvaluationError
from gaoxin.evaluation.index import Evaluation
from gaoxin.evaluation.structure import Floats, Ints
from gaoxin.words import Text

Factor = Literal["figures", "scale", "weights", "method"]
FACTORS: tuple[Factor, ...] = get_args(Factor)


@dataclass(frozen=True, eq=False)
class ChangeDecomposition:
    """Effects on the index of the units that have one in both; arrays over these u units."""

    units: tuple[str, ...]
    before: Floats
    after: Floats
    """Scores of the index, shape (u,)."""
    effects: dict[Factor, Floats]
    """Points by factor, shape (u,) each; their sum is ``after`` − ``before``."""
    by_indicator: dict[Factor, Floats]
    """The same points by indicator, shape (u, n) each: the change of its contribution. What contributions leave to the
    base (see ``contributions``) is missing from the sum over the indicators."""
    rank_before: Floats
    rank_after: Floats
    rank_effects: dict[Factor, Floats]
    """Places gained by factor, shape (u,) each; their sum is ``rank_before`` − ``rank_after``. The figures are those of
    all units; see :func:`gaoxin.evaluation.diagnosis.panel.rank_change` to tell a unit's own from the others'."""

    @property
    def data(self) -> Floats:
        """Effect of the data: figures and scale."""
        return self.effects["figures"] + self.effects["scale"]


def decompose_change(
    before: Evaluation,
    after: Evaluation,
    *,
    period_before: object = None,
    period_after: object = None,
    order: tuple[Factor, ...] | None = None,
) -> ChangeDecomposition:
    """Decompose the change of every unit's index between two evaluations, or two periods of one.

    Parameters
    ----------
    before, after
        Evaluations on the same nodes (put a node that only one system has into both, with weight 0 where it does not
        count). They may be the same object, with different periods.
    period_before, period_after
        Which period of each; may be left out where there is only one.
    order
        The order in which the factors changed, for example ``("method", "weights", "scale", "figures")``: each effect
        is then what its factor adds to those before it. Default: the mean over all 24 orders.

    Raises
    ------
    EvaluationError
        The systems differ in their nodes, or the evaluations have no unit in common.
    """
    if order is not None and sorted(order) != sorted(FACTORS):
        raise ValueError(f"order {order}: name each of {', '.join(FACTORS)} once")
    _same_nodes(before, after)
    sides = (before, after)
    rows = (before.rows_of(period_before), after.rows_of(period_after))
    places = [
        {side.units[row]: i for i, row in enumerate(own.tolist()) if not np.isnan(side.index[row])}
        for side, own in zip(sides, rows, strict=True)
    ]
    units = [unit for unit in places[0] if unit in places[1]]
    if not units:
        raise EvaluationError(Text("两期没有共同的有得分单位", "no unit has a score in both"))

    @cache
    def evaluated(data: int, weights: int, method: int) -> Evaluation:
        """The figures of one side under the weights and the method of either."""
        side = sides[data]
        if data == weights == method:
            return side
        return side.again(hierarchy=sides[weights].hierarchy, method=sides[method].method)

    def mixture(figures: int, scale: int, weights: int, method: int) -> tuple[Floats, Floats, Floats]:
        own = evaluated(figures, weights, method)
        if figures != scale:
            own = _on_scale_of(own, evaluated(scale, weights, method), rows[scale])
        at = rows[figures][[places[figures][unit] for unit in units]]
        return own.index[at], own.ranks[at, -1], contributions(own).values[at]

    table = [mixture(*(int(new) for new in members)) for members in coalitions(4)]
    scores, ranks, parts = (np.stack([one[k] for one in table]) for k in range(3))
    effects_of: Callable[[Floats], Floats] = (
        shapley_values if order is None else lambda v: stepwise_values(v, tuple(FACTORS.index(f) for f in order))
    )
    return ChangeDecomposition(
        units=tuple(units),
        before=scores[0],
        after=scores[-1],
        effects=_named(effects_of(scores)),
        by_indicator=_named(effects_of(parts)),
        rank_before=ranks[0],
        rank_after=ranks[-1],
        rank_effects=_named(-effects_of(ranks)),
    )


def _named(effects: Floats) -> dict[Factor, Floats]:
    return dict(zip(FACTORS, effects, strict=True))


def _on_scale_of(own: Evaluation, other: Evaluation, rows: Ints) -> Evaluation:
    """The figures of one evaluation with the scales, and the weights found from data, of ``rows`` of another."""
    cells = np.ix_(own.unit_kept, other.indicator_kept)
    period = other.periods[int(rows[0])] if other.periods is not None else None
    z = np.full(own.treated.shape, np.nan)
    z[cells] = other.scaling.apply(own.treated[cells], [period] * int(own.unit_kept.sum()))
    used = other.weights[rows[other.unit_kept[rows]]]
    if (used == used[:1]).all():
        return own.with_normalised(z, weights=used[0])
    raise EvaluationError(
        Text(
            "各单位权重各不相同（benefit_of_the_doubt），无法把一期的权重用于另一期",
            "every unit has weights of its own (benefit_of_the_doubt), which cannot be carried to another period",
        )
    )


def _same_nodes(before: Evaluation, after: Evaluation) -> None:
    old, new = before.hierarchy, after.hierarchy
    same = old.codes == new.codes and np.array_equal(old.parents, new.parents)
    if not (same and np.array_equal(old.directions, new.directions)):
        raise EvaluationError(
            Text(
                "两次评价的节点、上下级关系或指标方向不同；请用同一棵树，以权重 0 表示不计入的节点",
                "the two evaluations differ in nodes, parents or directions; use one tree for both, with weight 0 for "
                "what does not count",
            )
        )

"""The children of one parent: their values, their weights, and one rule for those that are missing.

Every aggregation takes ``x`` of shape (…, units, k), higher is better, NaN is missing, and ``w`` of shape (…, k),
not negative, of any scale. The leading axes (replications of a Monte Carlo analysis, for example) broadcast against
each other: ``x`` (units, k) with ``w`` (replications, k) gives (replications, units), without a copy of ``x`` for each
replication. A missing child is dropped and the weights of the others are rescaled; a child of weight 0 counts as no
child at all. A unit without any child left has no score (NaN).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gaoxin.evaluation.errors import EvaluationError
from gaoxin.evaluation.moments import row_blocks
from gaoxin.evaluation.structure import Floats
from gaoxin.words import Text

Flags = NDArray[np.bool_]

Outside = Literal["error", "missing"]
"""What a value outside the domain of a method does: an error that names the cell, or no score for the unit."""


class DomainError(EvaluationError):
    """A value for which the aggregation is not defined.

    ``unit`` and ``child`` are its positions from 0; ``child`` is None when it is the mean of the unit's children.
    """

    def __init__(self, rule: Text, value: float, unit: int, child: int | None = None) -> None:
        self.rule, self.value, self.unit, self.child = rule, value, unit, child
        place = Text(f"第 {unit + 1} 个单位", f"unit {unit + 1}")
        if child is not None:
            place = Text(f"{place.zh}的第 {child + 1} 个下级", f"child {child + 1} of {place.en}")
        super().__init__(self._said_of(place))

    def named(self, units: Sequence[str], children: Sequence[str]) -> EvaluationError:
        """The same error with the codes of the unit and the child."""
        unit = units[self.unit]
        if self.child is None:
            return EvaluationError(self._said_of(Text(unit, unit)))
        child = children[self.child]
        return EvaluationError(self._said_of(Text(f"{unit} 的 {child}", f"{child} of {unit}")))

    def _said_of(self, place: Text) -> Text:
        return Text(f"{place.zh}为 {self.value:g}：{self.rule.zh}", f"{place.en} is {self.value:g}: {self.rule.en}")


def values_and_weights(x: ArrayLike, w: ArrayLike) -> tuple[Floats, Floats]:
    """Both as float64; raises EvaluationError unless ``w`` has k finite numbers ≥ 0."""
    values, weights = np.asarray(x, dtype=np.float64), np.asarray(w, dtype=np.float64)
    if values.ndim < 2 or weights.ndim < 1 or values.shape[-1] != weights.shape[-1]:
        raise EvaluationError(
            Text(
                f"指标值的形状 {values.shape} 与权重的形状 {weights.shape} 不匹配：应为 (…, 单位, k) 与 (…, k)",
                f"values of shape {values.shape} and weights of shape {weights.shape} do not fit: "
                "(…, units, k) and (…, k) are needed",
            )
        )
    if not (np.isfinite(weights).all() and (weights >= 0).all()):
        child = int(np.argwhere(~(np.isfinite(weights) & (weights >= 0)))[0][-1])
        raise EvaluationError(
            Text(f"第 {child + 1} 个下级的权重不是非负数", f"the weight of child {child + 1} is not a number ≥ 0")
        )
    return values, weights


def any_missing(x: Floats) -> bool:
    """Whether there is a NaN; one pass without a copy (the minimum hands NaN on)."""
    return bool(x.size) and bool(np.isnan(np.min(x)))


def dot(x: Floats, w: Floats) -> Floats:
    """Σ_k w·x, shape (…, units).

    Deliberately not a BLAS product, which rounds differently by position and size: here equal rows get equal sums, and
    a replication gets the same sum whatever batch it is computed in.
    """
    out: Floats = np.einsum("...uk,...k->...u", x, w)
    return out


def ratio(numerator: Floats, denominator: Floats) -> Floats:
    """The quotient where the denominator is positive, NaN elsewhere."""
    shape = np.broadcast_shapes(numerator.shape, denominator.shape)
    out: Floats = np.divide(numerator, denominator, out=np.full(shape, np.nan), where=denominator > 0)
    return out


def average(x: Floats, w: Floats) -> Floats:
    """Weighted arithmetic mean Σwx/Σw over the children that are there, shape (…, units)."""
    if not any_missing(x):
        return ratio(dot(x, w), w.sum(axis=-1)[..., None])
    out = np.empty(score_shape(x, w))
    for rows in row_blocks(x.shape):
        block = x[..., rows, :]
        there = ~np.isnan(block)
        out[..., rows] = ratio(dot(np.where(there, block, 0.0), w), dot(there.astype(np.float64), w))
    return out


def score_shape(x: Floats, w: Floats) -> tuple[int, ...]:
    """Shape of the result: (…, units)."""
    return (*np.broadcast_shapes(x.shape[:-2], w.shape[:-1]), x.shape[-2])


def number_there(x: Floats, w: Floats) -> Floats:
    """Number of children with a value and a positive weight, shape (…, units) of float64."""
    counted = (w > 0).astype(np.float64)
    if not any_missing(x):
        return np.broadcast_to(counted.sum(axis=-1)[..., None], score_shape(x, w))
    return dot((~np.isnan(x)).astype(np.float64), counted)


def withhold(x: Floats, w: Floats, min_availability: float) -> Floats:
    """``x`` without the units of which less than the share ``min_availability`` of the children is there.

    Such a unit loses all of its children, so that it gets no score and nobody is compared with it. ``x`` itself is
    returned when that changes nothing.
    """
    if min_availability <= 0.0 or not any_missing(x):
        return x
    of = (w > 0).sum(axis=-1)[..., None]
    short = number_there(x, w) < min_availability * of * (1.0 - 1e-12)  # 3 of 4 is enough for 0.75, whatever its digits
    if not short.any():
        return x
    lead = short.shape[:-1]
    if (short == short.reshape(-1, short.shape[-1])[0]).all():  # the same units everywhere: no copy per replication
        lead, short = x.shape[:-2], short.reshape(-1, short.shape[-1])[0]
    out = np.array(np.broadcast_to(x, (*lead, *x.shape[-2:])))
    out[np.broadcast_to(short, out.shape[:-1])] = np.nan
    return out


def inside(x: Floats, w: Floats, bad: Flags, rule: Text, outside: Outside) -> tuple[Floats, Flags | None]:
    """Keep values outside the domain of a method out of its formula.

    Returns ``x`` with NaN in the cells ``bad`` and which scores they spoil, shape (…, units), or ``x`` itself and
    None when there are none. Cells of children without weight spoil nothing. Raises DomainError for the first
    spoilt cell when ``outside`` is ``error``.
    """
    if not bad.any():
        return x, None
    counted = (w > 0).astype(np.float64)
    spoilt = dot(bad.astype(np.float64), counted) > 0
    if outside == "error" and spoilt.any():
        *lead, unit = np.argwhere(spoilt)[0].tolist()
        at = (*lead, unit)
        cells = np.broadcast_to(bad, (*spoilt.shape, x.shape[-1]))[at]
        weighted = np.broadcast_to(counted, (*spoilt.shape[:-1], x.shape[-1]))[tuple(lead)]
        child = int(np.flatnonzero(cells & (weighted > 0))[0])
        raise DomainError(rule, float(np.broadcast_to(x, (*spoilt.shape, x.shape[-1]))[(*at, child)]), unit, child)
    return np.where(bad, np.nan, x), spoilt


def reciprocal_costs(x: ArrayLike, direction: ArrayLike) -> Floats:
    """``x`` with 1/x in the columns of direction −1, as some packages turn costs into benefits.

    Raises DomainError for the first value of such a column that is not positive.
    """
    values, costs = np.array(x, dtype=np.float64), np.asarray(direction) < 0
    bad = (values <= 0) & costs
    if bad.any():
        first = tuple(np.argwhere(bad)[0].tolist())
        rule = Text("成本型指标取倒数时必须为正数", "costs must be positive to be turned into benefits by 1/x")
        raise DomainError(rule, float(values[first]), first[-2], first[-1])
    np.divide(1.0, values, out=values, where=np.broadcast_to(costs, values.shape))
    return values

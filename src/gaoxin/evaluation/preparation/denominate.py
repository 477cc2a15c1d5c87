"""Denominating (消除规模影响): totals divided by the size of their unit, so that large and small units compare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gaoxin.evaluation.errors import listed
from gaoxin.evaluation.notes import Note
from gaoxin.evaluation.structure import Floats
from gaoxin.words import Text


@dataclass(frozen=True, eq=False)
class Denominated:
    """Values per unit of their denominator, and the values that were lost because it is missing or zero."""

    x: Floats
    """Shape (units, indicators)."""
    lost: NDArray[np.bool_]
    """Cells that had a value and have none now, shape (units, indicators)."""

    def notes(self, units: Sequence[str], indicators: Sequence[str]) -> tuple[Note, ...]:
        """One note for each indicator that lost values, naming the units."""
        notes = []
        for j in np.flatnonzero(self.lost.any(axis=0)).tolist():
            names = tuple(units[i] for i in np.flatnonzero(self.lost[:, j]).tolist())
            message = Text(
                f"{indicators[j]}：{listed(names).zh} 的分母缺失或为零，该值作缺失处理",
                f"{indicators[j]}: denominator of {listed(names).en} is missing or 0; the value counts as missing",
            )
            notes.append(Note("denominate", message, units=names, nodes=(indicators[j],)))
        return tuple(notes)


def denominate(
    x: Floats, denominators: Floats, denominator_of: Sequence[int | None], *, scale: ArrayLike = 1.0
) -> Denominated:
    """Divide indicators by denominators: x / denominator × scale.

    A value whose denominator is missing or zero becomes missing, and is recorded: a ratio to nothing is not known
    (COINr drops it without a message).

    Parameters
    ----------
    x
        Indicator values, shape (units, indicators), NaN missing.
    denominators
        Sizes of the units, shape (units, denominators), NaN missing.
    denominator_of
        For each indicator the column of ``denominators``, or None to leave it as it is.
    scale
        Factor after the division, one number or one per indicator: 10 000 for "per 10 000 inhabitants".
        It does not touch indicators without a denominator.

    >>> result = denominate(
    ...     np.array([[50.0, 3.0], [80.0, 4.0]]), np.array([[200.0], [0.0]]), [0, None], scale=100
    ... )
    >>> result.x.tolist(), result.lost.tolist()
    ([[25.0, 3.0], [nan, 4.0]], [[False, False], [True, False]])
    """
    n_indicators, n_denominators = x.shape[-1], denominators.shape[-1]
    if len(denominator_of) != n_indicators:
        raise ValueError(f"denominator_of has {len(denominator_of)} entries for {n_indicators} indicators")
    factors = np.broadcast_to(np.asarray(scale, dtype=np.float64), (n_indicators,))
    per_unit = x.copy()
    for j, k in enumerate(denominator_of):
        if k is None:
            continue
        if not 0 <= k < n_denominators:
            raise ValueError(f"indicator {j} names denominator {k}, but there are {n_denominators}")
        size = np.where(denominators[:, k] == 0.0, np.nan, denominators[:, k])
        per_unit[:, j] = x[:, j] / size * factors[j]
    return Denominated(per_unit, np.isnan(per_unit) & ~np.isnan(x))

"""Groups of units (分类评价): ranks inside a class of zones, a period or both, and how the classes compare."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from gaoxin.evaluation.rank import Ties, rank
from gaoxin.evaluation.structure import Floats, Ints


def rows_by(*labels: Sequence[Hashable | None]) -> dict[tuple[Hashable, ...], Ints]:
    """Rows that share the same labels, in the order in which a combination first appears.

    A row without one of the labels (None or empty text) belongs to no group.

    >>> {key: rows.tolist() for key, rows in rows_by(["A", "B", "A", None]).items()}
    {('A',): [0, 2], ('B',): [1]}
    """
    members: dict[tuple[Hashable, ...], list[int]] = {}
    for row, key in enumerate(zip(*labels, strict=True)):
        if None not in key and "" not in key:
            members.setdefault(key, []).append(row)
    return {key: np.array(rows, dtype=np.int64) for key, rows in members.items()}


def rank_within(scores: ArrayLike, *labels: Sequence[Hashable | None], ties: Ties = "min") -> Floats:
    """Rank along the first axis among the rows with the same labels; a row without a label has no rank (NaN).

    ``scores`` has shape (rows, …); see :func:`gaoxin.evaluation.rank.rank`.

    >>> rank_within([5.0, 7.0, 6.0], ["A", "A", "B"]).tolist()
    [2.0, 1.0, 1.0]
    """
    values = np.asarray(scores, dtype=np.float64)
    ranks = np.full(values.shape, np.nan)
    for rows in rows_by(*labels).values():
        ranks[rows] = rank(values[rows], ties=ties)
    return ranks


@dataclass(frozen=True, slots=True)
class GroupSummary:
    """The scores of one group."""

    group: Hashable
    n: int
    """Units with a score."""
    mean: float
    median: float
    sd: float
    """Standard deviation (n − 1); NaN below two units."""
    lowest: float
    highest: float
    best: str
    """Unit with the highest score (the first of several)."""


def summarise(scores: ArrayLike, groups: Sequence[Hashable | None], units: Sequence[str]) -> tuple[GroupSummary, ...]:
    """Mean, median, spread and best unit of every group, in the order of first appearance.

    ``scores`` has shape (units,); units without a score or a group are left out, and groups without any score.

    >>> found = summarise([5.0, 7.0, 6.0], ["A", "A", "B"], ["x", "y", "z"])
    >>> [(group.group, group.n, group.mean, group.best) for group in found]
    [('A', 2, 6.0, 'y'), ('B', 1, 6.0, 'z')]
    """
    values = np.asarray(scores, dtype=np.float64)
    found = []
    for (group,), rows in rows_by(groups).items():
        there = rows[~np.isnan(values[rows])]
        if len(there):
            v = values[there]
            found.append(
                GroupSummary(
                    group=group,
                    n=len(v),
                    mean=float(v.mean()),
                    median=float(np.median(v)),
                    sd=float(v.std(ddof=1)) if len(v) > 1 else float("nan"),
                    lowest=float(v.min()),
                    highest=float(v.max()),
                    best=units[int(there[v.argmax()])],
                )
            )
    return tuple(found)

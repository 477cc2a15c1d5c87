"""Strengths and weaknesses (优势与短板): where a unit stands out among its peers, node by node."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from gaoxin.evaluation.groups import rank_within, rows_by
from gaoxin.evaluation.rank import Ties
from gaoxin.evaluation.structure import Floats


@dataclass(frozen=True, slots=True)
class Standing:
    """One unit at one node among its peers."""

    row: int
    """Row of the unit."""
    node: str
    score: float
    """In normalised points."""
    peer_median: float
    distance: float
    """Score minus the median of the peers, in normalised points."""
    rank: float
    """Rank among the peers; 1 is best."""
    peers: int
    """How many peers have a score, the unit itself included."""


@dataclass(frozen=True, slots=True)
class Profile:
    """The best and the worst nodes of one unit, the most telling first."""

    row: int
    strengths: tuple[Standing, ...]
    weaknesses: tuple[Standing, ...]


def peer_medians(scores: ArrayLike, *labels: Sequence[Hashable | None]) -> Floats:
    """Median of the rows with the same labels, for every row and node: shape of ``scores`` (rows, nodes).

    Without labels all rows are peers. A row without a label has no peers (NaN).

    >>> peer_medians([[1.0], [3.0], [8.0]], ["A", "A", "B"]).ravel().tolist()
    [2.0, 2.0, 8.0]
    """
    values = np.asarray(scores, dtype=np.float64)
    out = np.full(values.shape, np.nan)
    for rows in rows_by(*(labels or ([0] * len(values),))).values():
        some = ~np.isnan(values[rows]).all(axis=0)
        out[np.ix_(rows, some)] = np.nanmedian(values[rows][:, some], axis=0)
    return out


def profiles(
    scores: ArrayLike,
    codes: Sequence[str],
    *labels: Sequence[Hashable | None],
    most: int = 5,
    by: Literal["distance", "rank"] = "distance",
    ties: Ties = "min",
) -> tuple[Profile, ...]:
    """The ``most`` strengths and weaknesses of every row among the rows with the same labels.

    A strength lies above the median of the peers, a weakness below it; a unit that is above in everything has no
    weakness. They are ordered by the distance to the median (a node on which everybody is close together is then
    rarely one) or by the rank, the distance deciding between equal ranks.

    Parameters
    ----------
    scores
        Shape (rows, nodes) on one scale, for example the normalised indicators ``evaluation.normalised``.
    codes
        Code of every node.
    labels
        What makes rows peers: the period, the group, both, or nothing (all are peers); see
        :func:`gaoxin.evaluation.groups.rows_by`.
    most
        Longest list on either side.
    by
        Order of the lists.
    ties
        Rule of the ranks.

    Returns
    -------
    One profile per row, in the order of the rows; empty lists where there is no score or no peer.

    >>> unit = profiles([[90.0, 20.0], [50.0, 50.0], [10.0, 60.0]], ["a", "b"])[0]
    >>> [(s.node, s.distance, s.rank) for s in unit.strengths], [(s.node, s.distance) for s in unit.weaknesses]
    ([('a', 40.0, 1.0)], [('b', -30.0)])
    """
    values = np.asarray(scores, dtype=np.float64)
    keys = labels or ([0] * len(values),)
    medians = peer_medians(values, *keys)
    ranks = rank_within(values, *keys, ties=ties)
    peers = np.zeros(values.shape, dtype=np.int64)
    for rows in rows_by(*keys).values():
        peers[rows] = np.sum(~np.isnan(values[rows]), axis=0)
    distances = values - medians

    found = []
    for row in range(len(values)):
        distance, place = distances[row], ranks[row]
        best_first = np.lexsort((-distance, place) if by == "rank" else (place, -distance))
        standings = [
            Standing(
                row=row,
                node=codes[node],
                score=float(values[row, node]),
                peer_median=float(medians[row, node]),
                distance=float(distance[node]),
                rank=float(place[node]),
                peers=int(peers[row, node]),
            )
            for node in best_first.tolist()
            if distance[node] != 0 and not np.isnan(distance[node])
        ]
        found.append(
            Profile(
                row=row,
                strengths=tuple([s for s in standings if s.distance > 0][:most]),
                weaknesses=tuple([s for s in reversed(standings) if s.distance < 0][:most]),
            )
        )
    return tuple(found)

"""What each child contributes to its parent's score: a line through the score for every unit.

For every method the score P of a unit is written as

    P = base + Σ m·x        over its children x,

with multipliers m that follow from the method. What a child contributes is m·x, and because the form is a line, it can
be handed down a tree of any depth by multiplying (``contributions``). Where m comes from:

``additive`` (arithmetic mean, weighted sum)
    m is the weight, rescaled over the children that are there; base is 0. Nothing to choose: this is the score.
``euler`` (geometric, harmonic, generalised mean; median, OWA; MPI, AMPI)
    A mean of twice the values is twice the mean, so by Euler's theorem P = Σ x·∂P/∂x exactly; m = ∂P/∂x. The same
    follows as the Aumann–Shapley value along the ray from 0. For a geometric mean the contributions are w·P: each
    child has its weight in the *size* of the score, while the gain from one more point is w·P/x, largest for the
    weakest child (see ``attainment``). MPI and AMPI are such means of the scaled children 100 + b·(x − mean); what
    belongs to the constant part of the scale is in the base.
``shapley`` (TOPSIS, VIKOR, grey)
    Scores that compare units with each other have no such line. The base is the score that the unit would have with
    the mean of its peers on every child, and a child contributes its Shapley value in going from there to the unit's
    own values; m is that over the child's distance from the mean.
``wins`` (Copeland)
    A child contributes its weight × (units beaten − units that beat) on that child alone; base is what majority
    adds to that: a unit that wins narrowly everywhere gets more than it has won.

Sources: Aumann, Shapley, *Values of Non-Atomic Games* (1974), homogeneous case; Shapley (1953); Castro, Gómez, Tejada,
Polynomial calculation of the Shapley value based on sampling, *Computers & OR* 36 (2009).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from gaoxin.evaluation.aggregate import aggregate
from gaoxin.evaluation.mazziotta_pareto import ampi_scale, mpi_scale
from gaoxin.evaluation.method import Aggregation
from gaoxin.evaluation.shapley import coalitions, shapley_values
from gaoxin.evaluation.structure import Floats, Ints

Flags = NDArray[np.bool_]

Kind = Literal["additive", "euler", "shapley", "wins"]

KIND_OF: dict[str, Kind] = {
    "arithmetic": "additive",
    "weighted_sum": "additive",
    "geometric": "euler",
    "harmonic": "euler",
    "generalised": "euler",
    "median": "euler",
    "owa": "euler",
    "mpi": "euler",
    "ampi": "euler",
    "topsis": "shapley",
    "vikor": "shapley",
    "grey": "shapley",
    "copeland": "wins",
}

EXACT_PLAYERS = 6
"""Up to so many children all coalitions are formed; beyond, orders of joining are sampled."""
CELLS = 20_000_000
"""Numbers that may be computed for the sampled orders of one unit; bounds the time on wide parents."""


@dataclass(frozen=True, eq=False)
class Attribution:
    """The line of one parent for u units and k children."""

    multipliers: Floats
    """Shape (u, k), 0 for missing children."""
    base: Floats
    """Shape (u,)."""
    kind: Kind


def attribute(x: Floats, w: Floats, scores: Floats, spec: Aggregation) -> Attribution:
    """The line through the scores of one parent.

    Parameters
    ----------
    x
        Values of the children, shape (u, k), NaN missing: all units that are compared with each other.
    w
        Weights as used, shape (k,), or (u, k) where each unit has its own.
    scores
        What ``aggregate`` made of them, shape (u,); a unit with NaN has a line of NaN.
    spec
        The aggregation.
    """
    x = np.where(np.isnan(scores)[:, None], np.nan, x)  # withheld units are not compared with the others either
    there = ~np.isnan(x) & (w > 0)
    share = np.where(there, w, 0.0)
    total = share.sum(axis=1, keepdims=True)
    share = np.divide(share, total, out=np.zeros_like(share), where=total > 0)
    filled = np.where(there, x, 1.0)
    kind = KIND_OF[spec.method]
    base = np.zeros(len(x))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        match spec.method:
            case "arithmetic":
                m = share
            case "weighted_sum":
                m = share * np.broadcast_to(w, x.shape).sum(axis=1, keepdims=True)
            case "geometric":
                m = share * scores[:, None] / filled
            case "harmonic":
                m = share * (scores[:, None] / filled) ** 2
            case "generalised":
                m = _power_mean(filled, share, scores, spec.power, there)
            case "median" | "owa":
                m = _by_position(x, w, share, spec)
            case "mpi" | "ampi":
                m, base = _penalised(x, share, there, spec)
            case "copeland":
                m, base = _wins(x, share, scores)
            case _:
                m, base = _against_peers(x, w, scores, spec, there)
    m = np.where(np.isnan(scores)[:, None], np.nan, np.where(there, m, 0.0))
    return Attribution(m, np.where(np.isnan(scores), np.nan, base), kind)


def _power_mean(x: Floats, share: Floats, scores: Floats, power: float, there: Flags) -> Floats:
    """∂P/∂x = w·(x/P)^(p − 1); at p = ±∞ the largest (smallest) child alone, several in proportion to their weights."""
    if power == 0.0:
        return share * scores[:, None] / x
    if np.isinf(power):
        extreme: Floats = np.where((x == scores[:, None]) & there, share, 0.0)
        extreme /= extreme.sum(axis=1, keepdims=True)
        return extreme
    ratio = np.where(scores[:, None] > 0, x / scores[:, None], 1.0)
    slope = share * ratio ** (power - 1.0)
    return np.where(np.isfinite(slope), slope, 0.0)  # a zero child under p < 1: infinite slope, contribution 0


def _by_position(x: Floats, w: Floats, share: Floats, spec: Aggregation) -> Floats:
    """Weights by position of a median or an OWA, read off the method itself.

    On children in a given order both are linear, so the best i of them at 1 and the rest at 0 give the sum of the
    first i weights by position. Children that tie share theirs in proportion to their weights.
    """
    rows, k = x.shape
    order = np.argsort(-x, axis=1, kind="stable")
    place = np.empty_like(order)
    np.put_along_axis(place, order, np.broadcast_to(np.arange(k), x.shape), axis=1)
    tops = np.where(np.isnan(x), np.nan, (place < np.arange(1, k + 1)[:, None, None]).astype(np.float64))
    each = np.broadcast_to(w, x.shape)
    sums = aggregate(tops[:, :, None, :], each, spec.model_copy(update={"min_availability": 0.0}))[:, :, 0].T
    m = np.take_along_axis(np.diff(sums, axis=1, prepend=0.0), place, axis=1)
    for row in range(rows):
        values, inverse = np.unique(x[row], return_inverse=True)
        if len(values) < k:
            mass, own = np.bincount(inverse, np.nan_to_num(m[row])), np.bincount(inverse, share[row])
            m[row] = np.where(own[inverse] > 0, share[row] * mass[inverse] / own[inverse], 0.0)
    return m


def _penalised(x: Floats, share: Floats, there: Flags, spec: Aggregation) -> tuple[Floats, Floats]:
    """M ∓ V/M on the scaled children s = a + b·x: ∂P/∂s by Euler, then b·∂P/∂s for x and a·∂P/∂s for the base."""
    b, a = np.ones(x.shape[1]), np.zeros(x.shape[1])
    if spec.norm != "none":
        scaled = mpi_scale(x, ddof=spec.ddof) if spec.method == "mpi" else ampi_scale(x)
        b, a = _scale(x, scaled)
    s = np.where(there, a + b * x, 0.0)
    mean = (share * s).sum(axis=1, keepdims=True)
    deviation = np.where(there, s - mean, 0.0)
    number = there.sum(axis=1, keepdims=True).astype(np.float64)
    factor = np.where(number > spec.ddof, number / np.maximum(number - spec.ddof, 1.0), 0.0)
    variance = factor * (share * deviation**2).sum(axis=1, keepdims=True)
    sign = -1.0 if spec.penalty == "positive" else 1.0
    slope = share * (1.0 + sign * (2.0 * factor * deviation / mean - variance / mean**2))
    return slope * b, (slope * a).sum(axis=1)


def _scale(x: Floats, scaled: Floats) -> tuple[Floats, Floats]:
    """Slope and constant of the scale of each child, read off its extremes; slope 0 where it is constant."""
    columns = np.arange(x.shape[1])
    high = np.argmax(np.where(np.isnan(x), -np.inf, x), axis=0)
    low = np.argmin(np.where(np.isnan(x), np.inf, x), axis=0)
    span = x[high, columns] - x[low, columns]
    slope = np.where(span > 0, (scaled[high, columns] - scaled[low, columns]) / span, 0.0)
    return slope, np.nan_to_num(scaled[high, columns] - slope * x[high, columns])


def _wins(x: Floats, share: Floats, scores: Floats) -> tuple[Floats, Floats]:
    """Multipliers of the net wins on each child, about the mean of the peers."""
    net = np.zeros_like(x)
    for child in range(x.shape[1]):
        values = np.sort(x[~np.isnan(x[:, child]), child])
        below = np.searchsorted(values, x[:, child], side="left")
        above = len(values) - np.searchsorted(values, x[:, child], side="right")
        net[:, child] = np.where(np.isnan(x[:, child]), 0.0, below - above)
    return _secant(x, share * net, scores)


def _secant(x: Floats, effects: Floats, scores: Floats) -> tuple[Floats, Floats]:
    """The line that gives each child its effect relative to the mean of the peers.

    A child at the mean has no distance to spread its effect over; its effect stays in the base.
    """
    there = ~np.isnan(x)
    count = np.maximum(there.sum(axis=0), 1)
    mean = np.where(there, x, 0.0).sum(axis=0) / count
    distance = np.where(there, x - mean, 0.0)
    enough = np.abs(distance) > 1e-9 * np.max(np.abs(distance), axis=0, initial=0.0)
    m = np.divide(effects, distance, out=np.zeros_like(effects), where=enough)
    return m, scores - (m * np.where(there, x, 0.0)).sum(axis=1)


def _against_peers(x: Floats, w: Floats, scores: Floats, spec: Aggregation, there: Flags) -> tuple[Floats, Floats]:
    """Shapley values of the children in going from the mean of the peers to the unit's own values."""
    mean = np.where(there, x, 0.0).sum(axis=0) / np.maximum(there.sum(axis=0), 1)
    effects = np.zeros_like(x)
    for row in np.flatnonzero(~np.isnan(scores)).tolist():
        players = np.flatnonzero(there[row] & (x[row] != mean))
        if len(players) == 0:
            continue
        if len(players) <= EXACT_PLAYERS:
            members = coalitions(len(players))
            effects[row, players] = shapley_values(_worth(x, w, spec, row, mean, players, members))
        else:
            effects[row, players] = _sampled(x, w, spec, row, mean, players)
    return _secant(x, effects, scores)


def _worth(x: Floats, w: Floats, spec: Aggregation, row: int, mean: Floats, players: Ints, members: Flags) -> Floats:
    """Score of the unit when only the members of each coalition have its own values, shape (coalitions,)."""
    tables = np.broadcast_to(x, (len(members), *x.shape)).copy()
    tables[:, row, players] = np.where(members, x[row, players], mean[players])
    worth: Floats = aggregate(tables, w, spec)[:, row]
    return worth


def _sampled(x: Floats, w: Floats, spec: Aggregation, row: int, mean: Floats, players: Ints) -> Floats:
    """Shapley values from sampled orders of joining, each with its reverse.

    The gains along any order add up to the whole effect, so the mean over orders does too, however few are drawn. The
    generator is seeded: the same data give the same contributions.
    """
    k = len(players)
    pairs = int(np.clip(CELLS // (2 * k * x.size), 1, 16))
    generator = np.random.default_rng(0)
    gains = np.zeros(k)
    for _ in range(pairs):
        order = generator.permutation(k)
        for joining in (order, order[::-1]):
            members = np.zeros((k + 1, k), dtype=np.bool_)
            for step, player in enumerate(joining):
                members[step + 1 :, player] = True
            worth = _worth(x, w, spec, row, mean, players, members)
            gains[joining] += np.diff(worth)
    return gains / (2 * pairs)

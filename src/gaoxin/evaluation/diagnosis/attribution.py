"""What each child contributes to its parent's score: a line through the score for every unit.

For every method the score P of a unit is written as

    P = constant + Σ m·x        over its children x,

with multipliers m that follow from the method. Because this is a line, it can be handed down a tree of any depth by
multiplying (``contributions``). Where m comes from:

``additive`` (arithmetic mean, weighted sum)
    m is the weight, rescaled over the children that are there. Nothing to choose: this is the score, and a child
    contributes m·x.
``euler`` (geometric, harmonic, generalised mean; median, OWA; MPI, AMPI)
    A mean of twice the values is twice the mean, so by Euler's theorem P = Σ x·∂P/∂x exactly; m = ∂P/∂x, and a child
    contributes m·x. The same follows as the Aumann–Shapley value along the ray from 0. For a geometric mean it is w·P:
    each child has its weight in the *size* of the score, while the gain from one more point is w·P/x, largest for the
    weakest child (see ``attainment``). MPI and AMPI are such means of children on a scale of their own, 100 + b·(x −
    mean); what a child contributes is counted from the mean.
``path`` (TOPSIS, VIKOR, grey)
    Scores that compare units with each other say nothing of a zero, so contributions are counted from the mean of the
    peers: with ideals, norms and extremes held, a child contributes its Aumann–Shapley value in going from a unit
    with the mean of the peers on every child to the unit's own values, m·(x − mean), m being the slope averaged along
    the straight way. (For the grey grade, a sum over the children, that is the child's term less the term of the mean.)
``wins`` (Copeland)
    A child contributes its weight × (units beaten − units that beat) on that child alone, again m·(x − mean). What
    majority adds to that is in the constant: a unit that wins narrowly everywhere gets more than it has won.

Source: Aumann, Shapley, *Values of Non-Atomic Games* (1974); Sundararajan, Taly, Yan, Axiomatic attribution for deep
networks, *ICML* (2017), for the average slope along a straight way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from gaoxin.evaluation.aggregation.aggregate import aggregate
from gaoxin.evaluation.aggregation.mazziotta_pareto import ampi_scale, mpi_scale
from gaoxin.evaluation.aggregation.vikor import vikor
from gaoxin.evaluation.method import Aggregation
from gaoxin.evaluation.moments import extremes
from gaoxin.evaluation.structure import Floats

Flags = NDArray[np.bool_]

Kind = Literal["additive", "euler", "path", "wins"]

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
    "topsis": "path",
    "vikor": "path",
    "grey": "path",
    "copeland": "wins",
}

NODES, WEIGHTS = np.polynomial.legendre.leggauss(32)
"""Gauss–Legendre quadrature of a slope that changes smoothly along the way (TOPSIS)."""
STEPS = 256
"""Points on the way where the slope jumps from child to child (the regret of VIKOR)."""


@dataclass(frozen=True, eq=False)
class Attribution:
    """The line of one parent for u units and k children."""

    multipliers: Floats
    """Shape (u, k), 0 for missing children."""
    constant: Floats
    """Shape (u,)."""
    kind: Kind
    from_mean: bool
    """Whether contributions are counted from the mean of the peers (else from 0)."""


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
    constant = np.zeros(len(x))
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
                m, constant = _penalised(x, share, there, spec)
            case "copeland":
                m, constant = _wins(x, share, scores)
            case "topsis":
                m, constant = _secant(x, _topsis(x, w, there, spec), scores)
            case "vikor":
                m, constant = _secant(x, _vikor(x, w, share, there, spec), scores)
            case "grey":
                m, constant = _secant(x, _grey(x, share, there, spec), scores)
    m = np.where(np.isnan(scores)[:, None], np.nan, np.where(there, m, 0.0))
    relative = kind in ("path", "wins") or (spec.method in ("mpi", "ampi") and spec.norm != "none")
    return Attribution(m, np.where(np.isnan(scores), np.nan, constant), kind, relative)


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
    k = x.shape[1]
    order = np.argsort(-x, axis=1, kind="stable")
    place = np.empty_like(order)
    np.put_along_axis(place, order, np.broadcast_to(np.arange(k), x.shape), axis=1)
    tops = np.where(np.isnan(x), np.nan, (place < np.arange(1, k + 1)[:, None, None]).astype(np.float64))
    each = np.broadcast_to(w, x.shape)
    sums = aggregate(tops[:, :, None, :], each, spec.model_copy(update={"min_availability": 0.0}))[:, :, 0].T
    m = np.take_along_axis(np.diff(sums, axis=1, prepend=0.0), place, axis=1)
    tied = (np.diff(np.sort(x, axis=1), axis=1) == 0).any(axis=1)
    for row in np.flatnonzero(tied).tolist():
        _, inverse = np.unique(x[row], return_inverse=True)
        mass, own = np.bincount(inverse, np.nan_to_num(m[row])), np.bincount(inverse, share[row])
        m[row] = np.where(own[inverse] > 0, share[row] * mass[inverse] / own[inverse], 0.0)
    return m


def _penalised(x: Floats, share: Floats, there: Flags, spec: Aggregation) -> tuple[Floats, Floats]:
    """M ∓ V/M on the scaled children s = a + b·x: ∂P/∂s by Euler, then b·∂P/∂s for x and a·∂P/∂s for the constant."""
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

    A child at the mean has no distance to spread its effect over; its effect stays in the constant.
    """
    there = ~np.isnan(x)
    _, distance = _from_mean(x, there)
    enough = np.abs(distance) > 1e-9 * np.max(np.abs(distance), axis=0, initial=0.0)
    m = np.divide(effects, distance, out=np.zeros_like(effects), where=enough)
    return m, scores - (m * np.where(there, x, 0.0)).sum(axis=1)


def _topsis(x: Floats, w: Floats, there: Flags, spec: Aggregation) -> Floats:
    """Closeness d⁻/(d⁺ + d⁻) along the way, norm and ideals held."""
    low, high = extremes(np.where(there, x, np.nan))
    if spec.norm == "none":
        length = np.ones(x.shape[1])
    elif spec.norm == "minmax":
        length = (high - low) ** 2
    else:
        length = (np.where(there, x, 0.0) ** 2).sum(axis=0)
    factor = np.where(there & (length > 0), w**2 / length, 0.0)
    mean, distance = _from_mean(x, there)
    slopes = np.zeros_like(x)
    for t, weight in zip((NODES + 1.0) / 2.0, WEIGHTS / 2.0, strict=True):
        at = mean + t * distance
        to_best, to_worst = at - high, at - low
        best = np.sqrt((factor * np.where(there, to_best, 0.0) ** 2).sum(axis=1, keepdims=True))
        worst = np.sqrt((factor * np.where(there, to_worst, 0.0) ** 2).sum(axis=1, keepdims=True))
        both = best + worst
        # ∂/∂x of worst/(best + worst); a unit at an ideal is at the end of its way, not on it
        slope = factor * (best / worst * to_worst - worst / best * to_best) / both**2
        slopes += weight * np.where(np.isfinite(slope) & there, slope, 0.0)
    return slopes * distance


def _vikor(x: Floats, w: Floats, share: Floats, there: Flags, spec: Aggregation) -> Floats:
    """1 − Q along the way, the extremes of children, S and R held: S is a sum; R is the child that is the largest."""
    low, high = extremes(x)
    span = high - low
    per_unit = np.where(there & (span > 0), share / np.where(span > 0, span, 1.0), 0.0)
    measures = vikor(x, w, v=spec.v)
    mean, distance = _from_mean(x, there)
    at_mean, slope = np.where(there, per_unit * (high - mean), -np.inf), per_unit * distance
    largest = np.zeros_like(x)
    for block in np.split((np.arange(STEPS) + 0.5) / STEPS, 16):
        child = (at_mean - block[:, None, None] * slope).argmax(axis=2)
        np.add.at(largest, (np.arange(len(x)), child), 1.0 / STEPS)
    effect = np.zeros_like(x)
    for part, weight, counts in ((measures.s, spec.v, 1.0), (measures.r, 1.0 - spec.v, largest)):
        width = np.nanmax(part) - np.nanmin(part)
        if width > 0:
            effect += weight * per_unit * distance * counts / width
    return effect


def _grey(x: Floats, share: Floats, there: Flags, spec: Aggregation) -> Floats:
    """Grey coefficient of each child less that of the mean, the extremes held."""
    low, high = extremes(np.where(there, x, np.nan))
    scale = np.ones(x.shape[1]) if spec.norm == "none" else np.where(high > low, 1.0 / (high - low), 0.0)
    mean, _ = _from_mean(x, there)
    deviation = np.where(there, (high - x) * scale, np.nan)
    nearest, farthest = np.nanmin(deviation), spec.rho * np.nanmax(deviation)
    if farthest == 0:
        return np.zeros_like(x)
    own = (nearest + farthest) / (deviation + farthest)
    of_mean = (nearest + farthest) / ((high - mean) * scale + farthest)
    return np.where(there, share * (own - of_mean), 0.0)


def _from_mean(x: Floats, there: Flags) -> tuple[Floats, Floats]:
    """Mean of the peers on each child, and the distance of every unit from it (0 where missing)."""
    mean = np.where(there, x, 0.0).sum(axis=0) / np.maximum(there.sum(axis=0), 1)
    return mean, np.where(there, x - mean, 0.0)

"""What would it take: the smallest improvements of a unit's indicators that reach a given rank.

The search holds the scales, the weights and the other units; what it finds is then put through the whole chain again,
because a unit that held the worst (or best) value of an indicator moves the scale of everybody by improving, a
treatment may answer, weights may follow the data. Where that makes a difference the improvements are made larger or
smaller until the rank is really reached; the rank in the answer is always that of a full evaluation.

Ranks are those of the index before bonus, deduction and veto.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import scipy
from numpy.typing import NDArray

from gaoxin.evaluation.diagnosis.contributions import contributions
from gaoxin.evaluation.diagnosis.what_if import ROUNDS, Ceiling, WhatIf
from gaoxin.evaluation.errors import EvaluationError, listed
from gaoxin.evaluation.index import Evaluation
from gaoxin.evaluation.scoring import compares_units
from gaoxin.evaluation.structure import Floats, Ints
from gaoxin.words import Text

STEPS = 200
"""Into how many steps the stepwise search divides the room of all indicators together."""
RERUNS = 24
"""Full evaluations that may be spent on making an answer fit the scales that it moves."""


@dataclass(frozen=True, slots=True)
class Improvement:
    """What one indicator has to become."""

    indicator: str
    before: float
    after: float
    """Indicator values (after denomination), as measured."""
    points_before: float
    points_after: float
    """Normalised, on the scales as they were."""
    cost: float
    """Points gained × cost of a point."""


@dataclass(frozen=True, slots=True)
class Attainment:
    """The way of one unit to a rank, or that there is none."""

    unit: str
    rank_before: float
    rank_wanted: float
    improvements: tuple[Improvement, ...]
    """Empty when the unit has the rank already, and when it cannot be attained."""
    cost: float
    """Sum of the costs; in normalised points when no costs were given. NaN when not attainable."""
    attainable: bool
    rank_held: float
    """Rank with the scales, weights and the other units held."""
    rank_reached: float
    """Rank in a full evaluation with the improved values; NaN when not attainable."""
    scales_moved: bool
    """The full evaluation asked for other improvements than the held scales did; those listed are the ones that reach
    the rank in the full evaluation."""
    smallest: bool
    """True when no cheaper way exists with the scales held (a linear program solved exactly, or a single indicator).
    Otherwise the way was found step by step, each step the best for its cost, and is close to the cheapest."""
    note: Text


def reach(
    evaluation: Evaluation,
    unit: str,
    wanted: float,
    *,
    period: object = None,
    costs: Mapping[str, float] | None = None,
    changeable: Sequence[str] | None = None,
    ceiling: Ceiling = "observed",
) -> Attainment:
    """The cheapest combined improvement of several indicators that reaches a rank.

    For chains of arithmetic means and weighted sums it solves

        min Σ cᵢ·Δᵢ   subject to   Σ mᵢ·Δᵢ ≥ gap,  0 ≤ Δᵢ ≤ roomᵢ

    (m the weights on the way to the index, Δ in normalised points), whose solution is to improve where m/c is largest
    first. Other chains are climbed in small steps, each where the gain for its cost is largest, and polished.

    Parameters
    ----------
    evaluation
        The evaluation as it is.
    unit, period
        Whose rank; the period may be left out when there is only one.
    wanted
        The rank to reach, 1 or more; a better one will do as well.
    costs
        Cost of one normalised point by indicator, > 0; 1 where none is given, so that points are counted.
    changeable
        Indicators that may be improved; default: all that the unit has and that count.
    ceiling
        How far an indicator can get better, see :class:`gaoxin.evaluation.diagnosis.what_if.WhatIf`.
    """
    case = WhatIf.of(evaluation, unit, period, ceiling=ceiling)
    places, price = _choices(case, costs, changeable)
    if (done := _already(case, unit, wanted)) is not None:
        return done
    top = case.z.copy()
    top[places] = case.highest[places]
    linear = contributions(evaluation).exact
    if case.ranks(top[None])[0] > wanted:
        z = top  # only a full evaluation, in which the scales move, may still find it enough
    elif linear:
        z = _cheapest_line(case, wanted, places, price)
    else:
        z = _climb(case, wanted, places, price)
    return _confirmed(case, unit, wanted, z, price, places, smallest=linear)


def reach_singly(
    evaluation: Evaluation,
    unit: str,
    wanted: float,
    *,
    period: object = None,
    costs: Mapping[str, float] | None = None,
    changeable: Sequence[str] | None = None,
    ceiling: Ceiling = "observed",
) -> tuple[Attainment, ...]:
    """For each indicator, the smallest improvement of it alone that reaches a rank; the cheapest first.

    Parameters as in :func:`reach`. Indicators with which alone the rank cannot be attained come last.
    """
    case = WhatIf.of(evaluation, unit, period, ceiling=ceiling)
    places, price = _choices(case, costs, changeable)
    if (done := _already(case, unit, wanted)) is not None:
        return (done,)
    tops = np.repeat(case.z[None], len(places), axis=0)
    each = np.arange(len(places))
    near, far = case.z[places].copy(), case.highest[places].copy()
    for _ in range(ROUNDS):
        middle = (near + far) / 2.0
        tops[each, places] = middle
        enough = case.ranks(tops) <= wanted
        near, far = np.where(enough, near, middle), np.where(enough, middle, far)
    found = []
    for i, place in enumerate(places.tolist()):
        z = case.z.copy()
        z[place] = far[i]  # where it is not enough: the highest, of which a full evaluation has the last word
        found.append(_confirmed(case, unit, wanted, z, price, places[[i]], smallest=True))
    return tuple(sorted(found, key=lambda one: (not one.attainable, one.cost)))


def _choices(case: WhatIf, costs: Mapping[str, float] | None, changeable: Sequence[str] | None) -> tuple[Ints, Floats]:
    """Places of the indicators that may be improved, and the cost of a point of every indicator (n,)."""
    codes = case.evaluation.indicators
    unknown = listed(sorted((set(costs or ()) | set(changeable or ())) - set(codes)))
    if unknown.en:
        raise EvaluationError(Text(f"没有这些指标：{unknown.zh}", f"there are no indicators {unknown.en}"))
    free = listed(code for code, cost in (costs or {}).items() if not 0 < cost < np.inf)
    if free.en:
        raise EvaluationError(
            Text(f"以下指标的成本须为正数：{free.zh}", f"the cost of a point must be a positive number: {free.en}")
        )
    price = np.array([(costs or {}).get(code, 1.0) for code in codes])
    may = np.array([changeable is None or code in changeable for code in codes])
    return np.flatnonzero(may & case.counts & (case.highest > case.z)), price


def _already(case: WhatIf, unit: str, wanted: float) -> Attainment | None:
    if not wanted >= 1:
        raise EvaluationError(Text(f"名次 {wanted:g} 不存在；最好为 1", f"there is no rank {wanted:g}; 1 is the best"))
    now = float(case.evaluation.ranks[case.row, -1])
    if now > wanted:
        return None
    note = Text(f"{unit} 已是第 {now:g} 名", f"{unit} is ranked {now:g} already")
    return Attainment(unit, now, wanted, (), 0.0, True, now, now, False, True, note)


def _cheapest_line(case: WhatIf, wanted: float, places: Ints, price: Floats) -> Floats:
    """The linear program in closed form (a fractional knapsack): the best gain for its cost first, up to its ceiling.

    How far along that order is found by bisection on the rank itself, so that ties count by the rule of the ranking.
    """
    tables = np.repeat(case.z[None], len(places) + 1, axis=0)
    tables[np.arange(len(places)), places] = case.highest[places]
    own, _ = case.index(tables)
    rise = (own[:-1] - own[-1]) / (case.highest - case.z)[places]
    order = places[np.argsort(-rise / price[places], kind="stable")]
    spent = np.concatenate([[0.0], np.cumsum((case.highest - case.z)[order])])

    def after(points: float) -> Floats:
        z = case.z.copy()
        z[order] += np.clip(points - spent[:-1], 0.0, np.diff(spent))
        return z

    return after(_least(lambda points: case.ranks(after(points)[None])[0] <= wanted, 0.0, float(spent[-1])))


def _climb(case: WhatIf, wanted: float, places: Ints, price: Floats) -> Floats:
    """Small steps, each where the lead over the unit to be overtaken grows most for its cost; then made tight.

    Where units are scored by themselves the result is polished by sequential quadratic programming.
    """
    z = case.z.copy()
    step = float((case.highest - case.z)[places].sum()) / STEPS
    before = z
    while case.ranks(z[None])[0] > wanted:
        room = case.highest[places] - z[places]
        length = np.minimum(step, room)
        tables = np.repeat(z[None], len(places) + 1, axis=0)
        tables[np.arange(len(places)), places] += length
        lead = _lead(case, tables, wanted)
        gain = np.where(length > 0, (lead[:-1] - lead[-1]) / (price[places] * np.where(length > 0, length, 1.0)), -1.0)
        best = int(gain.argmax())
        if gain[best] <= 0 and step < room.max():
            step *= 2.0  # on a plateau: ranks and pairwise wins change in jumps
            continue
        before, z = z, tables[best].copy() if gain[best] > 0 else np.where(_mask(z, places), case.highest, z)
    share = _least(lambda t: case.ranks((before + t * (z - before))[None])[0] <= wanted, 0.0, 1.0)
    z = before + share * (z - before)
    return (
        z
        if compares_units(case.evaluation.hierarchy, case.evaluation.method)
        else _polish(case, wanted, places, price, z)
    )


def _polish(case: WhatIf, wanted: float, places: Ints, price: Floats, z: Floats) -> Floats:
    """The cheapest values with the same lead, by SLSQP from ``z``; ``z`` itself when that finds nothing cheaper."""
    low, room, weight = case.z[places], (case.highest - case.z)[places], price[places]

    def full(share: Floats) -> Floats:
        values = case.z.copy()
        values[places] = low + np.clip(share, 0.0, 1.0) * room
        return values

    def lead(share: Floats) -> float:
        return float(_lead(case, full(share)[None], wanted)[0])

    def slope(share: Floats) -> Floats:
        near = np.clip(share, 0.0, 1.0 - 1e-6)
        tables = np.stack([full(near), *(full(near + 1e-6 * unit) for unit in np.eye(len(places)))])
        leads = _lead(case, tables, wanted)
        return np.asarray((leads[1:] - leads[0]) / 1e-6)

    start = (z[places] - low) / room
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of steps that leave the bounds; they are clipped above
        found = scipy.optimize.minimize(
            lambda share: float(weight @ (room * share)),
            start,
            jac=lambda _: weight * room,
            bounds=[(0.0, 1.0)] * len(places),
            constraints=[{"type": "ineq", "fun": lead, "jac": slope}],
            method="SLSQP",
            options={"maxiter": 200, "ftol": 1e-10},
        )
    better = full(np.asarray(found.x))
    top = np.where(_mask(z, places), case.highest, case.z)
    share = _least(lambda t: case.ranks((better + t * (top - better))[None])[0] <= wanted, 0.0, 1.0)
    better = better + share * (top - better)  # what the solver leaves open within its tolerance
    return better if weight @ (better - z)[places] < 0 else z


def _lead(case: WhatIf, candidates: Floats, wanted: float) -> Floats:
    """Score of the unit minus that of the rival it has to reach, shape (b,)."""
    own, scores = case.index(candidates)
    others = np.sort(scores[:, case.rivals != case.place], axis=1)
    others = others[:, ~np.isnan(others).all(axis=0)]
    return own - others[:, max(0, others.shape[1] - int(wanted))]


def _mask(z: Floats, places: Ints) -> NDArray[np.bool_]:
    mask = np.zeros(len(z), dtype=np.bool_)
    mask[places] = True
    return mask


def _least(enough: Callable[[float], bool], near: float, far: float, rounds: int = ROUNDS) -> float:
    """The least number between ``near`` and ``far`` that is enough; ``far`` is."""
    if enough(near):
        return near
    for _ in range(rounds):
        middle = (near + far) / 2.0
        if enough(middle):
            far = middle
        else:
            near = middle
    return far


def _confirmed(
    case: WhatIf, unit: str, wanted: float, z: Floats, price: Floats, places: Ints, *, smallest: bool
) -> Attainment:
    """Put the improvements through the whole chain, and stretch or shorten them until they reach the rank there.

    Along the way (0 … 1) the values go from the unit's own to those found with the scales held; from 1 to 2 the same
    indicators go on to their ceiling, from 2 to 3 the other changeable ones follow.
    """
    done = case.evaluation
    now, own = float(done.ranks[case.row, -1]), case.reported(done.treated[case.row])
    improved = z > case.z
    improved_or_more = improved | _mask(z, places)

    @cache
    def stop(number: int) -> Floats:
        if number == 0:
            return own
        up_to = {1: z, 2: np.where(improved, case.highest, z), 3: np.where(improved_or_more, case.highest, z)}[number]
        return np.where(improved_or_more, case.reported(case.values(up_to)), own)

    def at(way: float) -> Floats:
        last = int(np.ceil(way))
        return own if last == 0 else stop(last - 1) + (way - last + 1) * (stop(last) - stop(last - 1))

    def full(way: float) -> Evaluation:
        values = done.denominated.copy()
        moved = improved_or_more & (at(way) != own)
        values[case.row, moved] = at(way)[moved]
        return done.again(values)

    def enough(way: float) -> bool:
        return bool(full(way).ranks[case.row, -1] <= wanted)

    held = float(case.ranks(z[None])[0])
    way, first = 1.0, full(1.0)
    others = np.delete(case.block, case.place)
    moves = not (
        np.array_equal(first.normalised[others], done.normalised[others], equal_nan=True)
        and np.array_equal(first.weights[others], done.weights[others], equal_nan=True)
    )
    if first.ranks[case.row, -1] > wanted:
        ends = [end for end in (2, 3) if not np.array_equal(stop(end), stop(1), equal_nan=True)]
        reaching = next((end for end in ends if enough(float(end))), None)
        if reaching is None:
            best = float((full(float(ends[-1])) if ends else first).ranks[case.row, -1])
            return _not_attainable(case, unit, wanted, held, best, places)
        way = _least(enough, reaching - 1.0, float(reaching), RERUNS)
    elif moves:
        way = _least(enough, 0.0, 1.0, RERUNS)
    reached = full(way)
    values, points = at(way), case.points(at(way))
    improvements = tuple(
        Improvement(
            indicator=done.indicators[i],
            before=float(done.imputed[case.row, i]),
            after=float(values[i]),
            points_before=float(case.z[i]),
            points_after=float(points[i]),
            cost=float(price[i] * (points[i] - case.z[i])),
        )
        for i in np.flatnonzero(improved_or_more & (values != own)).tolist()
    )
    place = float(reached.ranks[case.row, -1])
    return Attainment(
        unit=unit,
        rank_before=now,
        rank_wanted=wanted,
        improvements=improvements,
        cost=sum(one.cost for one in improvements),
        attainable=True,
        rank_held=held,
        rank_reached=place,
        scales_moved=moves,
        smallest=smallest,
        note=Text(f"{unit} 由第 {now:g} 名升至第 {place:g} 名", f"{unit} rises from rank {now:g} to {place:g}"),
    )


def _not_attainable(case: WhatIf, unit: str, wanted: float, held: float, best: float, places: Ints) -> Attainment:
    now = float(case.evaluation.ranks[case.row, -1])
    which = listed(case.evaluation.indicators[place] for place in places.tolist())
    note = Text(
        f"{unit} 达不到第 {wanted:g} 名：{which.zh or '没有可改进的指标'} 做到最好也只是第 {best:g} 名",
        f"{unit} cannot attain rank {wanted:g}: the best of {which.en or 'nothing that could be improved'} makes rank "
        f"{best:g}",
    )
    return Attainment(unit, now, wanted, (), float("nan"), False, held, float("nan"), False, True, note)

"""Asking Z3: is there a reporter for which this holds? Within a limit, and always with the same answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import z3  # type: ignore[import-untyped]

from gaoxin.proofs.values import Term
from gaoxin.words import Text


@dataclass(frozen=True, slots=True)
class Effort:
    """How long one question may take: seconds, and steps of Z3, which are the same on every machine."""

    seconds: float = 30.0
    steps: int = 40_000_000


class Undecided(Exception):  # noqa: N818 - no error: the question stays open
    """A question that was not decided; ``why`` says what stood in the way."""

    def __init__(self, why: Text) -> None:
        self.why = why
        super().__init__(why.en)


_TRIAL_STEPS, _TRIAL_MILLISECONDS = 400_000, 2_000
"""For a plainer figure in an example, which is worth little work."""


def find(constraints: Iterable[Term], effort: Effort) -> z3.ModelRef | None:
    """Facts for which all of ``constraints`` hold; None where there are none.

    Raises Undecided when the limit is reached before either is known.
    """
    solver = _solver(effort)
    solver.add(*constraints)
    return _checked(solver, effort)


def plainer(constraints: Sequence[Term], figures: Iterable[Term], effort: Effort) -> z3.ModelRef | None:
    """As ``find``, with figures that are zero or round where they can be; ``figures`` are whole numbers of Z3."""
    solver = _solver(effort)
    solver.add(*constraints)
    model = _checked(solver, effort)
    if model is None:
        return None
    # It is no matter if one of these stays undecided: the figure keeps the value it has.
    solver.set("rlimit", _TRIAL_STEPS)
    solver.set("timeout", _TRIAL_MILLISECONDS)
    for figure in figures:
        value = model.eval(figure, model_completion=True).as_long()
        for candidate in _rounder(value):
            if candidate == value or solver.check(figure == candidate) == z3.sat:
                if candidate != value:
                    model = solver.model()
                value = candidate
                break
        solver.add(figure == value)
    return model


def _rounder(value: int) -> list[int]:
    """Numbers to try in the place of ``value``, the plainest first, itself last."""
    found = [0]
    for digits in (1, 2):
        unit = 10 ** max(len(str(abs(value))) - digits, 0)
        found += [(value // unit) * unit, -(-value // unit) * unit]
    return [*dict.fromkeys(found), value]


def exact(model: z3.ModelRef, term: Term) -> Fraction:
    """What the number ``term`` is in ``model``."""
    value = model.eval(term, model_completion=True)
    return Fraction(str(value))


def _solver(effort: Effort) -> z3.Solver:
    solver = z3.Solver()
    solver.set("random_seed", 0)
    # Some steps of nonlinear arithmetic are not counted: the clock is there for those.
    solver.set("rlimit", effort.steps)
    solver.set("timeout", int(effort.seconds * 1000))
    return solver


def _checked(solver: z3.Solver, effort: Effort) -> z3.ModelRef | None:
    answer = solver.check()
    if answer == z3.unsat:
        return None
    if answer == z3.sat:
        return solver.model()
    seconds = f"{effort.seconds:g}"
    zh, en = f"在 {seconds} 秒或规定步数内没有结论", f"not decided within {seconds} seconds or the steps allowed"
    raise Undecided(Text(zh, en))

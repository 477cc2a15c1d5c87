"""Benefit of the doubt for 178 units on 46 indicators, with and without bounds on the shares."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy.optimize import linprog

from benchmarks import cases
from benchmarks.timing import Contender, Row, Table, compare
from gaoxin.evaluation.structure import Floats
from gaoxin.evaluation.weights.benefit_of_the_doubt import benefit_of_the_doubt


def tables(smoke: bool) -> Iterator[Table]:
    x = cases.criteria(15 if smoke else 178, 5 if smoke else 46)
    low, high = (0.1, 0.6) if smoke else (0.005, 0.1)
    for bounds, words in ((None, "free weights"), ((low, high), f"shares between {low:g} and {high:g}")):
        np.testing.assert_allclose(benefit_of_the_doubt(x, bounds=bounds).scores, one_by_one(x, bounds), atol=1e-7)
        rows = compare(
            [
                Contender("gaoxin", lambda bounds=bounds: benefit_of_the_doubt(x, bounds=bounds)),
                Contender("SciPy HiGHS, one program per unit", lambda bounds=bounds: one_by_one(x, bounds)),
            ],
            rounds=1 if smoke else 7,
        )
        if bounds is None:
            rows.append(Row("dealib (R)", None, note="not run here; measured elsewhere: 25 s"))
        yield Table(f"Benefit of the doubt, {x.shape[0]} × {x.shape[1]}, {words}", rows)


def one_by_one(x: Floats, bounds: tuple[float, float] | None) -> Floats:
    """One linear program per unit: max Σwx_i subject to Σwx_l ≤ 1 for all l, and low ≤ w_j·x_ij / Σwx_i ≤ high."""
    n, k = x.shape
    scores = np.empty(n)
    for i, own in enumerate(x):
        limits, at_most = x, np.ones(n)
        if bounds is not None:
            low, high = bounds
            parts = np.diag(own)
            limits = np.concatenate([x, low * own[None, :] - parts, parts - high * own[None, :]])
            at_most = np.concatenate([at_most, np.zeros(2 * k)])
        solved = linprog(-own, A_ub=limits, b_ub=at_most, bounds=(0, None), method="highs")
        scores[i] = -solved.fun
    return scores

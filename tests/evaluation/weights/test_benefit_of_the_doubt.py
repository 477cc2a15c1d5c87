"""Benefit of the doubt: the Handbook's Table 19, one textbook linear program per unit as reference, bounds, gaps."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import scipy
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import linprog

from gaoxin.evaluation.children import DomainError
from gaoxin.evaluation.errors import EvaluationError
from gaoxin.evaluation.rank import rank
from gaoxin.evaluation.weights import benefit_of_the_doubt as module
from gaoxin.evaluation.weights.benefit_of_the_doubt import benefit_of_the_doubt

nan = float("nan")


def one_program(x, unit, low=0.0, high=1.0, on="share"):
    """The program of one unit as Cherchye et al. write it, in the weights themselves."""
    k = x.shape[1]
    share = np.diag(x[unit]) if on == "share" else np.eye(k)
    total = np.tile(x[unit] if on == "share" else np.ones(k), (k, 1))
    rows = np.vstack([x, low * total - share, share - high * total])
    right = np.concatenate([np.ones(len(x)), np.zeros(2 * k)])
    return -linprog(-x[unit], A_ub=rows, b_ub=right, method="highs").fun


@settings(max_examples=25)
@given(
    arrays(np.float64, st.tuples(st.integers(2, 9), st.just(3)), elements=st.integers(1, 30).map(float)),
    st.sampled_from([(0.0, 1.0), (0.2, 0.6), (0.1, 0.34), (0.0, 0.5)]),
    st.sampled_from(["share", "weight"]),
)
def test_scores_are_those_of_one_program_per_unit(x, bounds, on):
    result = benefit_of_the_doubt(x, bounds=bounds, bounds_on=on)
    expected = [one_program(x, unit, *bounds, on=on) for unit in range(len(x))]
    np.testing.assert_allclose(result.scores, expected, rtol=1e-7)
    # the weights are feasible, give the score, and keep the bounds
    assert (result.weights >= 0).all()
    assert (result.weights @ x.T <= 1 + 1e-9).all()
    np.testing.assert_allclose((result.weights * x).sum(axis=1), result.scores, rtol=1e-12)
    parts = result.shares if on == "share" else result.weights / result.weights.sum(axis=1, keepdims=True)
    assert (parts >= bounds[0] - 1e-7).all()
    assert (parts <= bounds[1] + 1e-7).all()
    np.testing.assert_allclose(result.shares.sum(axis=1), 1.0, rtol=1e-9)


@pytest.mark.parametrize("bounds", [None, (0.02, 0.2)])
def test_rows_that_are_generated_leave_no_peer_overlooked(bounds, monkeypatch):
    """More units than are solved together, few rows at a time: all scores as with every peer in the program."""
    monkeypatch.setattr(module, "UNITS_AT_ONCE", 16)
    monkeypatch.setattr(module, "PEERS_AT_ONCE", 1)
    x = np.random.default_rng(0).lognormal(0, 0.5, (50, 12))
    expected = [one_program(x, unit, *(bounds or (0.0, 1.0))) for unit in range(50)]
    np.testing.assert_allclose(benefit_of_the_doubt(x, bounds=bounds).scores, expected, rtol=1e-8)


def test_units_share_the_calls_of_the_solver(monkeypatch):
    """What makes it faster than one program per unit: most of such a small program is the call."""
    calls = []
    monkeypatch.setattr(
        scipy.optimize, "linprog", lambda *args, **options: calls.append(1) or linprog(*args, **options)
    )
    benefit_of_the_doubt(np.random.default_rng(0).lognormal(0, 0.5, (128, 10)), bounds=(0.02, 0.3))
    assert len(calls) <= 128 / 8


# The Handbook --------------------------------------------------------------------------------------------------------


def tai_minmax(tai, countries):
    names = ["Korea, Rep. of" if name == "Korea" else name for name in countries]
    x = tai.table("tableA2_raw").numbers(rows=names)
    return (x - x.min(axis=0)) / np.ptp(x, axis=0)


def test_handbook_table_19_scores(tai):
    """Each indicator 10–15 % of the total weight; printed with two decimals, from unrounded data."""
    table = tai.table("table19_bod")
    scores = benefit_of_the_doubt(tai_minmax(tai, table.rows), bounds=(0.10, 0.15), bounds_on="weight").scores
    printed = table.numbers(["ci"])[:, 0]
    np.testing.assert_allclose(scores, printed, atol=0.0071)
    assert np.abs(scores - printed).mean() < 0.0024


def test_handbook_table_23_ranks(tai):
    table = tai.table("table23_ranks_by_weighting")
    scores = benefit_of_the_doubt(tai_minmax(tai, table.rows), bounds=(0.10, 0.15), bounds_on="weight").scores
    assert rank(scores, tolerance=1e-7).tolist() == table.numbers(["BOD"])[:, 0].tolist()


# Meaning -------------------------------------------------------------------------------------------------------------


def test_with_all_freedom_the_leader_of_any_single_child_has_score_one():
    x = np.array([[10.0, 1.0, 1.0], [1.0, 10.0, 1.0], [1.0, 1.0, 10.0], [2.0, 2.0, 2.0]])
    scores = benefit_of_the_doubt(x).scores
    np.testing.assert_allclose(scores, [1.0, 1.0, 1.0, 0.5])


def test_without_freedom_the_shares_are_equal():
    x = np.array([[4.0, 6.0], [2.0, 8.0], [3.0, 3.0]])
    result = benefit_of_the_doubt(x, bounds=(0.5, 0.5))
    np.testing.assert_allclose(result.shares, 0.5)
    # score of unit i: 1 / max over peers of the mean ratio to the peer
    expected = [1.0 / max(np.mean(peer / own) for peer in x) for own in x]
    np.testing.assert_allclose(result.scores, expected)


@settings(max_examples=25)
@given(
    arrays(np.float64, (6, 3), elements=st.integers(1, 30).map(float)),
    arrays(np.float64, 3, elements=st.floats(0.01, 100.0)),
)
def test_units_of_measurement_do_not_matter(x, factors):
    for bounds in (None, (0.2, 0.6)):
        np.testing.assert_allclose(
            benefit_of_the_doubt(x * factors, bounds=bounds).scores,
            benefit_of_the_doubt(x, bounds=bounds).scores,
            rtol=1e-7,
        )


def test_tighter_bounds_never_raise_a_score():
    x = np.random.default_rng(1).uniform(1, 100, (20, 5))
    scores = [benefit_of_the_doubt(x, bounds=b).scores for b in (None, (0.05, 0.6), (0.1, 0.4), (0.15, 0.3))]
    for loose, tight in pairwise(scores):
        assert (tight <= loose + 1e-9).all()


# Zeros, gaps, bounds -------------------------------------------------------------------------------------------------


def test_a_zero_earns_nothing_and_cannot_have_a_share_that_the_bounds_demand():
    x = np.array([[5.0, 0.0], [4.0, 2.0], [0.0, 0.0]])
    free = benefit_of_the_doubt(x)
    np.testing.assert_allclose(free.scores, [1.0, 1.0, 0.0])
    assert free.shares[0].tolist() == [1.0, 0.0]
    bounded = benefit_of_the_doubt(x, bounds=(0.1, 0.9))
    np.testing.assert_allclose(bounded.scores, [0.0, 1.0, 0.0])
    np.testing.assert_allclose(bounded.scores[:2], [one_program(x, unit, 0.1, 0.9) for unit in (0, 1)], atol=1e-12)
    by_weight = benefit_of_the_doubt(x, bounds=(0.1, 0.9), bounds_on="weight")
    np.testing.assert_allclose(by_weight.scores[:2], [one_program(x, unit, 0.1, 0.9, on="weight") for unit in (0, 1)])


def test_a_missing_child_gives_no_credit_and_sets_no_limit():
    x = np.array([[5.0, nan, 3.0], [4.0, 9.0, 3.0], [3.0, 2.0, 3.5], [nan, nan, nan]])
    result = benefit_of_the_doubt(x)
    assert result.weights[0, 1] == 0.0
    assert np.isnan(result.scores[3])
    as_zero = np.nan_to_num(x[:3])
    np.testing.assert_allclose(result.scores[:3], [one_program(as_zero, unit) for unit in range(3)])


def test_bounds_of_a_unit_with_gaps_are_widened_in_proportion():
    """Shares of at most 0.4 of three children cannot add up to 1 over two: they become at most 0.6."""
    x = np.array([[5.0, nan, 3.0], [4.0, 9.0, 3.0], [3.0, 2.0, 3.5]])
    shares = benefit_of_the_doubt(x, bounds=(0.2, 0.4)).shares
    assert shares[0, 1] == 0.0
    assert (shares[0, [0, 2]] <= 0.6 + 1e-9).all()
    assert (shares[0, [0, 2]] >= 0.3 - 1e-9).all()
    assert (shares[1:] <= 0.4 + 1e-9).all()


@pytest.mark.parametrize("bounds", [(0.4, 0.9), (0.0, 0.3), (0.5, 0.2), (-0.1, 1.0), (0.0, 1.2)])
def test_bounds_that_no_weights_can_meet_are_refused(bounds):
    with pytest.raises(EvaluationError, match=r"lower bound is at most 0\.3333"):
        benefit_of_the_doubt(np.ones((2, 3)), bounds=bounds)


def test_negative_values_are_named():
    with pytest.raises(DomainError, match="child 2 of unit 1 is -2"):
        benefit_of_the_doubt([[1.0, -2.0], [1.0, 1.0]])
    with pytest.raises(EvaluationError, match="matrix"):
        benefit_of_the_doubt([1.0, 2.0])

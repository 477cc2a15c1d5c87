"""Weights by target importance, where COINr stops on its starting simplex or returns negative weights."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gaoxin.evaluation.aggregation.means import arithmetic, geometric
from gaoxin.evaluation.aggregation.outranking import copeland
from gaoxin.evaluation.errors import EvaluationError
from gaoxin.evaluation.weights.optimised import importance, optimised

nan = float("nan")


def scores_below(asem, parent_codes):
    columns = list(parent_codes)
    return asem.values("01_step_Aggregated", columns), columns


def shares_by_definition(x, w):
    y = x @ w
    r = np.array([np.corrcoef(column, y)[0, 1] for column in x.T])
    return r / r.sum()


def test_the_two_sub_indices_of_asem_reach_equal_importance(asem):
    """COINr's level 3 run ends near .39/.61 at its default tolerance."""
    x, codes = scores_below(asem, ["Conn", "Sust"])
    result = optimised(x, None, codes)
    assert result.weights.round(2).tolist() == [0.39, 0.61]
    np.testing.assert_allclose(shares_by_definition(x, result.weights), 0.5, atol=1e-10)
    assert result.converged
    assert result.reached


PILLARS = ["Physical", "ConEcFin", "Political", "Instit", "P2P", "Environ", "Social", "SusEcFin"]


def test_equal_importance_of_the_eight_pillars_would_take_negative_weights(asem):
    """The exact solution is unique up to scale and negative in three pillars: on the simplex it is only approached.

    COINr's default stops at shares of .008 to .198, its tight run at negative weights.
    """
    x, codes = scores_below(asem, PILLARS)
    covariance = np.cov(x, rowvar=False)
    exact = np.linalg.solve(covariance, np.sqrt(np.diag(covariance)))
    exact /= exact.sum()
    assert [code for code, w in zip(codes, exact, strict=True) if w < 0] == ["Physical", "Instit", "Social"]
    np.testing.assert_allclose(shares_by_definition(x, exact), 0.125, atol=1e-12)

    result = optimised(x, None, codes)
    assert (result.weights >= 0).all()
    assert result.weights.sum() == pytest.approx(1.0)
    np.testing.assert_allclose(result.importance, shares_by_definition(x, result.weights), atol=1e-12)
    assert result.converged
    assert not result.reached
    assert result.gap == pytest.approx(0.0201, abs=1e-4)
    before = np.abs(shares_by_definition(x, np.full(8, 0.125)) - 0.125).max()
    assert result.gap < before / 6


def test_no_other_weights_on_the_simplex_come_closer(asem):
    x, codes = scores_below(asem, PILLARS)
    result = optimised(x, None, codes)
    distance = ((result.importance - 0.125) ** 2).sum()
    rng = np.random.default_rng(0)
    for _ in range(300):
        other = rng.dirichlet(np.full(8, 0.3))
        mixed = result.weights + rng.random() * (other - result.weights)
        assert ((shares_by_definition(x, mixed) - 0.125) ** 2).sum() >= distance - 1e-12


@settings(max_examples=40)
@given(st.lists(st.floats(0.5, 5.0), min_size=8, max_size=8), st.permutations(range(8)))
def test_targets_that_some_weights_reach_are_reached_whatever_the_order_of_codes(asem_pillars, weights, order):
    """Unequal targets, keyed by code; COINr compares them with correlations in alphabetical order."""
    x, codes = asem_pillars
    w = np.array(weights) / sum(weights)
    goal = shares_by_definition(x, w)
    if (goal >= 0).all():
        targets = {codes[i]: float(goal[i]) for i in order}
        result = optimised(x, targets, codes)
        np.testing.assert_allclose(result.weights, w, atol=1e-7)
        assert result.reached


@pytest.fixture(scope="module")
def asem_pillars(asem):
    return scores_below(asem, PILLARS)


def test_a_double_target_drives_the_child_that_it_names(asem):
    """In COINr a double target for Physical gave Physical .127 and ConEcFin .184."""
    x, codes = scores_below(asem, ["Environ", "Social", "SusEcFin"])
    result = optimised(x, {"SusEcFin": 2.0, "Environ": 1.0, "Social": 1.0}, codes)
    np.testing.assert_allclose(result.importance, [0.25, 0.25, 0.5], atol=1e-9)


def test_the_importance_is_measured_on_the_score_that_is_really_formed(asem):
    x, codes = scores_below(asem, ["Conn", "Sust"])
    result = optimised(x, {"Conn": 0.6, "Sust": 0.4}, codes, score=lambda w: geometric(x, w))
    np.testing.assert_allclose(importance(x, geometric(x, result.weights)), [0.6, 0.4], atol=1e-4)
    assert result.converged
    assert result.reached
    linear = optimised(x, {"Conn": 0.6, "Sust": 0.4}, codes)
    assert np.abs(linear.weights - result.weights).max() > 0.001


def test_the_numerical_search_agrees_with_the_exact_solution(asem):
    x, codes = scores_below(asem, PILLARS)
    exact, searched = optimised(x, None, codes), optimised(x, None, codes, score=lambda w: arithmetic(x, w))
    np.testing.assert_allclose(searched.weights, exact.weights, atol=1e-5)
    assert searched.converged


def test_missing_children_are_taken_into_account(asem):
    x, codes = scores_below(asem, ["Environ", "Social", "SusEcFin"])
    x = x.copy()
    x[[3, 17], 0] = nan
    x[8, 2] = nan
    result = optimised(x, None, codes)
    np.testing.assert_allclose(importance(x, arithmetic(x, result.weights)), 1 / 3, atol=1e-3)
    assert result.reached


def test_a_search_that_cannot_settle_does_not_say_it_converged():
    """Scores that jump with the weights have no slope to follow; scores that never vary have no importance at all."""
    # and the steps of Copeland are level everywhere, in the optimum or not
    x, codes = np.random.default_rng(3).normal(size=(30, 3)), ["a", "b", "c"]
    jumping = optimised(
        x, {"a": 1.0, "b": 0.0, "c": 0.0}, codes, score=lambda w: w @ x.T + np.sin(1e7 * w[..., :1]) * x[:, 1]
    )
    constant = optimised(x, None, codes, score=lambda w: np.ones((*w.shape[:-1], 30)))
    stepwise = optimised(x, {"a": 0.5, "b": 0.3, "c": 0.2}, codes, score=lambda w: copeland(x, w))
    for result in (jumping, constant, stepwise):
        assert not result.converged
        assert not result.reached


def test_an_only_child_has_all_the_importance():
    result = optimised([[1.0], [2.0]], {"a": 3.0}, ["a"])
    assert (result.weights.tolist(), result.importance.tolist(), result.reached) == ([1.0], [1.0], True)


def test_importance_is_undefined_when_the_correlations_cancel_out():
    assert np.isnan(importance([[1.0, 3.0], [2.0, 2.0], [3.0, 1.0]], [1.0, 2.0, 3.0])).all()


@pytest.mark.parametrize(
    ("targets", "match"),
    [
        ({"a": 1.0}, "targets and children differ: b"),
        ({"a": 1.0, "b": 1.0, "z": 1.0}, "targets and children differ: z"),
        ({"a": -1.0, "b": 2.0}, "numbers ≥ 0"),
        ({"a": 0.0, "b": 0.0}, "not all 0"),
    ],
)
def test_targets_that_do_not_fit_are_refused(targets, match):
    with pytest.raises(EvaluationError, match=match):
        optimised([[1.0, 2.0], [2.0, 1.0]], targets, ["a", "b"])


def test_a_constant_child_cannot_be_given_importance():
    with pytest.raises(EvaluationError, match="b does not vary"):
        optimised([[1.0, 2.0], [2.0, 2.0]], None, ["a", "b"])

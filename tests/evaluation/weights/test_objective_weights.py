"""Entropy, CRITIC and standard-deviation weights against packages, textbook cases and their definitions."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gaoxin.evaluation.children import DomainError
from gaoxin.evaluation.errors import EvaluationError
from gaoxin.evaluation.weights.objective import critic, entropy, equal, standard_deviation

nan = float("nan")
TYPES = np.array([1, 1, -1, 1, -1])
few = settings(max_examples=40)
varied = arrays(np.float64, (7, 4), elements=st.integers(1, 1000).map(float)).filter(
    lambda x: (np.ptp(x, axis=0) > 0).all()
)


# Packages ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "direction", "tolerance"),
    [
        ("pymcdm", None, 1e-14),
        ("skcriteria", None, 1e-14),
        ("pyrepo-mcda", None, 1e-14),
        ("pyDecision", TYPES, 2e-8),
    ],
)
def test_entropy_of_every_package_is_reached_by_options(mcda20x5, column, direction, tolerance):
    x = mcda20x5.table("mcda_20x5_input", header=False).numbers()
    expected = mcda20x5.table("mcda_20x5_entropy").numbers([column])[:, 0]
    np.testing.assert_allclose(entropy(x, direction=direction), expected, rtol=0, atol=tolerance)


@pytest.mark.parametrize(
    ("column", "options", "tolerance"),
    [
        ("pymcdm", {"ddof": 1}, 1e-15),
        ("skcriteria all max", {"ddof": 0}, 1e-15),
        ("pyrepo-mcda", {}, 1e-15),
        ("skcriteria (min/max aware)", {"direction": TYPES, "ddof": 0}, 1e-15),
        ("pyDecision", {"direction": TYPES}, 1e-11),
    ],
)
def test_critic_of_every_package_is_reached_by_options(mcda20x5, column, options, tolerance):
    x = mcda20x5.table("mcda_20x5_input", header=False).numbers()
    expected = mcda20x5.table("mcda_20x5_critic").numbers([column])[:, 0]
    np.testing.assert_allclose(critic(x, **options), expected, rtol=0, atol=tolerance)


# Textbook cases ------------------------------------------------------------------------------------------------------


def test_entropy_case_of_xu():
    """Xu (2004), A note on the subjective and objective integrated approach …, *EJOR* 156(2), 530–532."""
    x = [[30, 30, 38, 29], [19, 54, 86, 29], [19, 15, 85, 28.9], [68, 70, 60, 29]]
    assert entropy(x).round(4).tolist() == [0.4630, 0.3992, 0.1378, 0.0000]


def test_critic_case_of_tus_and_adali():
    """Tuş, Aytaç Adalı (2019), time and attendance software, *Opsearch* 56(2), 528–538 (direction ignored)."""
    x = [[5000, 3, 3, 4, 3, 2], [680, 5, 3, 2, 2, 1], [2000, 3, 2, 3, 4, 3], [600, 4, 3, 1, 2, 2], [800, 2, 4, 3, 3, 4]]
    assert critic(x).round(3).tolist() == [0.157, 0.249, 0.168, 0.121, 0.154, 0.151]


# Definitions and laws ------------------------------------------------------------------------------------------------


@few
@given(varied)
def test_entropy_weights_are_those_of_the_definition(x):
    p = x / x.sum(axis=0)
    divergence = 1.0 + (p * np.log(p)).sum(axis=0) / np.log(len(x))
    np.testing.assert_allclose(entropy(x), divergence / divergence.sum(), atol=1e-9)


@few
@given(varied)
def test_critic_weights_are_those_of_the_definition(x):
    z = (x - x.min(axis=0)) / np.ptp(x, axis=0)
    information = z.std(axis=0, ddof=1) * (1.0 - np.corrcoef(z, rowvar=False)).sum(axis=0)
    if information.sum() > 1e-9:
        np.testing.assert_allclose(critic(x), information / information.sum(), atol=1e-9)


@few
@given(varied, st.permutations(range(4)), st.permutations(range(7)))
def test_children_and_units_may_come_in_any_order(x, columns, rows):
    for method in (entropy, standard_deviation):
        np.testing.assert_allclose(method(x[rows][:, columns]), method(x)[columns], atol=1e-12)


@few
@given(varied, st.floats(0.01, 100), st.floats(-50, 50))
def test_critic_does_not_depend_on_units_of_measurement(x, factor, shift):
    changed = x.copy()
    changed[:, 0] = changed[:, 0] * factor + shift
    r = np.corrcoef(x, rowvar=False)
    if (1.0 - r).sum() > 1e-6:
        np.testing.assert_allclose(critic(changed), critic(x), atol=1e-9)


def test_a_child_spread_more_unevenly_weighs_more():
    x = np.array([[10.0, 5.0], [11.0, 20.0], [12.0, 50.0]])
    for method in (entropy, standard_deviation):
        low, high = method(x)
        assert low < high


def test_entropy_keeps_its_digits_where_all_children_are_nearly_even():
    """1 − e is 1e-11 here; computed as a difference from 1 it would keep five digits."""
    d = np.array([[1.0, 2.0], [-1.0, -2.0], [0.0, 0.0]]) * 1e-5
    np.testing.assert_allclose(entropy(1.0 + d), [0.2, 0.8], rtol=1e-5)
    np.testing.assert_allclose(entropy(1e9 * (1.0 + d)), [0.2, 0.8], rtol=1e-5)


def test_a_zero_share_has_no_entropy():
    assert entropy([[0.0, 1.0], [2.0, 1.0], [2.0, 4.0]]).sum() == pytest.approx(1.0)
    expected = 1 - np.log(2) / np.log(3)
    other = 1 - (2 * (1 / 6) * np.log(6) + (4 / 6) * np.log(6 / 4)) / np.log(3)
    np.testing.assert_allclose(
        entropy([[0.0, 1.0], [2.0, 1.0], [2.0, 4.0]]), np.array([expected, other]) / (expected + other)
    )


def test_standard_deviation_weights_by_hand():
    np.testing.assert_allclose(standard_deviation([[0.0, 0.0], [2.0, 6.0]]), [0.25, 0.75])
    assert equal(5).tolist() == [0.2] * 5


def test_spearman_does_not_see_how_far_an_outlier_lies():
    x = np.random.default_rng(2).random((30, 4))
    x[0, 0] = 2.0
    far = x.copy()
    far[0, 0] = 1e4

    def of_the_others(values, coefficient):
        weights = critic(values, coefficient=coefficient)[1:]
        return weights / weights.sum()

    np.testing.assert_allclose(of_the_others(far, "spearman"), of_the_others(x, "spearman"))
    assert np.abs(of_the_others(far, "pearson") - of_the_others(x, "pearson")).max() > 0.001


# Constant columns, missing values, bad values ------------------------------------------------------------------------


@pytest.mark.parametrize("method", [entropy, critic, standard_deviation])
def test_a_constant_child_has_weight_zero_and_changes_nothing_for_the_others(method):
    """Of such a matrix pymcdm and scikit-criteria give NaN for every CRITIC weight."""
    x = np.random.default_rng(1).uniform(1, 9, (8, 3))
    for constant in (0.1, 0.0, 7.3e9):
        weights = method(np.insert(x, 1, constant, axis=1))
        assert weights[1] == 0.0
        np.testing.assert_allclose(np.delete(weights, 1), method(x), rtol=1e-12)


@pytest.mark.parametrize("method", [entropy, critic, standard_deviation])
def test_nothing_but_constants_is_an_error_that_says_what_to_do(method):
    with pytest.raises(EvaluationError, match=r"no child varies.*equal weights"):
        method(np.full((4, 3), 0.1))


@pytest.mark.parametrize("method", [entropy, critic, standard_deviation])
def test_an_only_child_has_weight_one_even_if_it_is_constant(method):
    assert method([[3.0], [3.0]]).tolist() == [1.0]


def test_missing_values_are_left_out_of_their_child_only():
    x = np.random.default_rng(1).uniform(1, 9, (8, 2))
    gap = x.copy()
    gap[3, 0] = nan
    short, full = np.delete(x[:, 0], 3), x[:, 1]
    spread = np.array([short.std(ddof=1), full.std(ddof=1)])
    np.testing.assert_allclose(standard_deviation(gap), spread / spread.sum())
    divergence = np.array(
        [1 + (p * np.log(p)).sum() / np.log(p.size) for p in (short / short.sum(), full / full.sum())]
    )
    np.testing.assert_allclose(entropy(gap), divergence / divergence.sum())


def test_critic_takes_correlations_pair_by_pair_when_values_are_missing():
    x = np.random.default_rng(3).normal(size=(12, 3))
    x[2, 0] = x[5, 1] = nan
    both = [~np.isnan(x[:, i]) & ~np.isnan(x[:, j]) for i, j in ((0, 1), (0, 2), (1, 2))]
    r01, r02, r12 = (
        np.corrcoef(x[rows, i], x[rows, j])[0, 1] for rows, (i, j) in zip(both, ((0, 1), (0, 2), (1, 2)), strict=True)
    )
    sd = np.nanstd(x, axis=0, ddof=1) / (np.nanmax(x, axis=0) - np.nanmin(x, axis=0))
    information = sd * [2 - r01 - r02, 2 - r01 - r12, 2 - r02 - r12]
    np.testing.assert_allclose(critic(x), information / information.sum())


def test_perfectly_correlated_children_are_an_error_of_critic_alone():
    x = np.array([[1.0, 2.0], [2.0, 4.0], [4.0, 8.0]])
    with pytest.raises(EvaluationError, match="perfectly correlated"):
        critic(x)
    np.testing.assert_allclose(standard_deviation(x), [1 / 3, 2 / 3])


def test_values_that_entropy_cannot_take_are_named():
    with pytest.raises(DomainError, match="child 2 of unit 3 is -1"):
        entropy([[1.0, 2.0], [1.0, 3.0], [2.0, -1.0]])
    with pytest.raises(DomainError, match="child 2 of unit 1 is 0: costs"):
        entropy([[1.0, 0.0], [1.0, 3.0]], direction=[1, -1])


def test_large_matrices_go_through_in_blocks():
    x = np.random.default_rng(0).lognormal(size=(20_011, 30))
    p = x / x.sum(axis=0)
    divergence = 1.0 + (p * np.log(p)).sum(axis=0) / np.log(len(x))
    np.testing.assert_allclose(entropy(x), divergence / divergence.sum(), rtol=1e-9)
    z = (x - x.min(axis=0)) / np.ptp(x, axis=0)
    information = z.std(axis=0) * (1.0 - np.corrcoef(z, rowvar=False)).sum(axis=0)
    np.testing.assert_allclose(critic(x), information / information.sum(), rtol=1e-9)


@pytest.mark.parametrize("method", [entropy, critic])
def test_no_copy_of_the_matrix_is_made(method):
    x = np.random.default_rng(0).lognormal(size=(100_000, 46))
    tracemalloc.start()
    method(x)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < x.nbytes / 4

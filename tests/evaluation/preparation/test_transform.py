import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats

from gaoxin.evaluation.preparation.transform import LAMBDAS, boxcox, boxcox_lambda, log_ct, log_ct_orig, log_ct_plus

TRANSFORMATIONS = [log_ct, log_ct_plus, log_ct_orig, lambda x: boxcox(x, 0.5), lambda x: boxcox(x, -1.0)]


@pytest.mark.parametrize(
    ("name", "transformation"),
    [
        ("04_log_CT", log_ct),
        ("04_log_CT_plus", log_ct_plus),
        ("04_log_CT_orig", log_ct_orig),
        ("04_log_CT_orig", lambda x: boxcox(x, 0.0, offset=1.0)),
        ("04_boxcox_0.5", lambda x: boxcox(x, 0.5, offset=1.0)),
    ],
)
def test_asem_agrees_with_coinr(asem, name, transformation):
    assert_allclose(transformation(asem.values("01_step_Imputed")), asem.values(name), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("transformation", TRANSFORMATIONS)
def test_a_constant_column_stays_and_missing_stays_missing(transformation):
    x = np.array([[3.0, 1.0], [3.0, np.nan], [3.0, 4.0]])
    assert_array_equal(transformation(x)[:, 0], 3.0)
    assert np.isnan(transformation(x)[:, 1]).tolist() == [False, True, False]


@pytest.mark.parametrize("transformation", TRANSFORMATIONS)
@settings(max_examples=40, deadline=None)
@given(arrays(np.float64, (7, 1), elements=st.integers(-50, 50).map(float)))
def test_no_two_units_change_places(transformation, x):
    before, after = x[:, 0], transformation(x)[:, 0]
    assert_array_equal(np.sign(np.subtract.outer(after, after)), np.sign(np.subtract.outer(before, before)))


@pytest.mark.parametrize("transformation", [log_ct, log_ct_plus])
@settings(max_examples=40, deadline=None)
@given(arrays(np.float64, (7, 1), elements=st.integers(-50, 50).map(float)), st.sampled_from([0.5, 8.0]))
def test_log_ct_depends_on_the_unit_of_measurement_only_by_a_constant(transformation, x, factor):
    assume(x.min() < x.max())
    shift = transformation(x * factor + 3.0) - transformation(x)
    assert_allclose(shift, shift[0, 0], atol=1e-9)


def test_log_ct_plus_mirrors_left_skewed_columns():
    right = np.array([[0.0], [1.0], [2.0], [3.0], [40.0]])
    assert_array_equal(log_ct_plus(right), log_ct(right))
    assert_allclose(log_ct_plus(-right), -log_ct(right))


def test_boxcox_takes_one_lambda_per_indicator():
    x = np.array([[0.0, 0.0], [8.0, 8.0]])
    assert_allclose(boxcox(x, [0.5, 1.0], offset=1.0), [[0.0, 0.0], [4.0, 8.0]])


@pytest.mark.parametrize("offset", [None, 1.0])
def test_fitted_lambdas_are_those_of_scipy(asem, offset):
    x = asem.values("01_step_Imputed")
    inside = 0
    for values in x.T:
        start = 0.01 * np.ptp(values) if offset is None else offset
        expected = stats.boxcox_normmax(values - values.min() + start, method="mle", brack=(-1.0, 1.0))
        if LAMBDAS[0] < expected < LAMBDAS[1]:
            inside += 1
            assert boxcox_lambda(values, offset=offset) == pytest.approx(expected, abs=1e-5)
    assert inside > 30


def test_the_fit_does_not_depend_on_the_unit_of_measurement(asem):
    for values in asem.values("01_step_Imputed", ["Flights", "NGOs", "CO2"]).T:
        fitted = boxcox_lambda(values)
        assert boxcox_lambda(values * 1e-6) == pytest.approx(fitted, abs=1e-6)
        small, large = (boxcox(v[:, None], fitted)[:, 0] for v in (values * 1e-6, values * 1e6))
        assert_allclose((small - small.min()) / np.ptp(small), (large - large.min()) / np.ptp(large), atol=1e-9)


def test_fitted_lambda_of_lognormal_data_is_near_zero_and_missing_is_ignored():
    values = np.exp(np.random.default_rng(0).normal(size=4000))
    found = boxcox_lambda(values, offset=values.min())
    assert abs(found) < 0.05
    assert boxcox_lambda(np.r_[values, np.nan], offset=values.min()) == found


def test_fitted_lambda_of_a_constant_or_empty_column_changes_nothing():
    assert boxcox_lambda(np.full(5, 2.0)) == boxcox_lambda(np.full(3, np.nan)) == 1.0

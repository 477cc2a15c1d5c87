import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose

from gaoxin.evaluation import moments
from gaoxin.evaluation.moments import (
    counts,
    extremes,
    means,
    means_and_deviations,
    medians,
    row_blocks,
    skewness_and_kurtosis,
)


def test_statistics_of_the_raw_data_agree_with_coinr(asem):
    x = asem.values("01_step_Raw")
    expected = asem.table("07_stats_raw").numbers(
        ["N.Avail", "Min", "Max", "Mean", "Median", "Std", "Skew", "Kurt"], asem.indicators
    )
    found = [counts(x), *extremes(x), means(x), medians(x), means_and_deviations(x)[1], *skewness_and_kurtosis(x)]
    assert_allclose(np.column_stack(found), expected, rtol=1e-12, atol=1e-12)


def test_skewness_and_kurtosis_of_complete_data_agree_with_coinr(asem):
    found = skewness_and_kurtosis(asem.values("01_step_Imputed"))
    expected = asem.table("04_skewkurt_screened").numbers(["skew", "kurt"], asem.indicators)
    assert_allclose(np.column_stack(found), expected, rtol=1e-12, atol=1e-12)


def test_skewness_needs_three_values_and_kurtosis_four():
    column = np.array([[1.0], [2.0], [4.0], [9.0]])
    defined = [~np.isnan(np.ravel(skewness_and_kurtosis(column[:n]))) for n in (2, 3, 4)]
    assert [flags.tolist() for flags in defined] == [[False, False], [True, False], [True, True]]


@pytest.mark.parametrize("value", [0.1, 1e300, -7.0])
def test_a_constant_column_has_its_value_as_mean_no_spread_and_no_shape(value):
    x = np.full((7, 1), value)
    mean, deviation = means_and_deviations(x)
    assert (mean[0], deviation[0]) == (value, 0.0)
    assert np.isnan(skewness_and_kurtosis(x)).all()


def test_a_column_without_values_gives_nan_without_warning():
    x = np.full((3, 1), np.nan)
    assert counts(x).tolist() == [0]
    found = [*extremes(x), means(x), medians(x), *means_and_deviations(x), *skewness_and_kurtosis(x)]
    assert np.isnan(found).all()


@pytest.mark.parametrize("scale", [1e-200, 1e200])
def test_shape_does_not_depend_on_the_unit_even_at_extreme_sizes(scale):
    x = np.array([[1.0], [2.0], [4.0], [9.0], [30.0]])
    assert_allclose(skewness_and_kurtosis(x * scale), skewness_and_kurtosis(x), rtol=1e-12)


def test_blocks_cover_every_row_once_and_do_not_change_the_result(monkeypatch):
    x = np.random.default_rng(3).normal(size=(4, 101, 3))
    whole = [means(x), *means_and_deviations(x), *skewness_and_kurtosis(x), counts(x)]
    monkeypatch.setattr(moments, "BLOCK", 100)
    blocks = list(row_blocks(x.shape))
    assert len(blocks) > 5
    assert np.concatenate([np.arange(101)[block] for block in blocks]).tolist() == list(range(101))
    assert_allclose([means(x), *means_and_deviations(x), *skewness_and_kurtosis(x), counts(x)], whole, rtol=1e-12)


@settings(max_examples=60, deadline=None)
@given(arrays(np.float64, (9, 2), elements=st.one_of(st.floats(-1e6, 1e6), st.just(np.nan))))
def test_every_statistic_is_that_of_the_values_there_are(x):
    for j in range(2):
        there = x[~np.isnan(x[:, j]), j]
        column = x[:, [j]]
        assert counts(column)[0] == there.size
        if there.size:
            assert_allclose(means(column)[0], there.mean(), rtol=1e-9, atol=1e-9)
            assert_allclose(medians(column)[0], np.median(there), rtol=1e-12, atol=1e-12)
        if there.size > 1:
            assert_allclose(means_and_deviations(column)[1][0], there.std(ddof=1), rtol=1e-6, atol=1e-9)

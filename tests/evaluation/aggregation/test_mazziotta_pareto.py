"""MPI and AMPI: scales, penalties, polarity."""

from __future__ import annotations

import statistics

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gaoxin.evaluation.aggregation.mazziotta_pareto import ampi_scale, mpi_scale, penalised_mean
from gaoxin.evaluation.children import DomainError

nan = float("nan")
matrix = arrays(np.float64, (5, 4), elements=st.integers(-(10**6), 10**6).map(lambda n: n / 100))
scaled = arrays(np.float64, (5, 4), elements=st.floats(70, 130))


def by_definition(row, *, sign, population):
    """M ∓ S·cv in plain Python, one unit."""
    mean = statistics.fmean(row)
    sd = statistics.pstdev(row) if population else statistics.stdev(row)
    return mean + sign * sd * sd / mean


@given(scaled)
def test_a_positive_index_loses_and_a_negative_index_gains_the_penalty(z):
    w = np.ones(4)
    for ddof, population in ((0, True), (1, False)):
        minus = [by_definition(row, sign=-1, population=population) for row in z.tolist()]
        plus = [by_definition(row, sign=1, population=population) for row in z.tolist()]
        np.testing.assert_allclose(penalised_mean(z, w, ddof=ddof), minus, rtol=1e-12)
        np.testing.assert_allclose(penalised_mean(z, w, polarity="negative", ddof=ddof), plus, rtol=1e-12)


@given(scaled)
def test_whole_weights_count_like_copies_of_the_child(z):
    """The weighted index of Mazziotta and Pareto (2022) takes the weighted mean and standard deviation."""
    copies = z[:, [0, 0, 0, 1, 2, 2, 3]]
    np.testing.assert_allclose(penalised_mean(z, [3.0, 1.0, 2.0, 1.0]), penalised_mean(copies, np.ones(7)), rtol=1e-12)


def test_of_two_units_with_the_same_mean_the_balanced_one_is_better():
    unbalanced, balanced = penalised_mean([[80.0, 120.0], [100.0, 100.0]], [1.0, 1.0])
    assert (unbalanced, balanced) == (96.0, 100.0)


@given(matrix)
def test_mpi_scale_has_mean_100_and_standard_deviation_10(x):
    for ddof in (0, 1):
        z = mpi_scale(x, ddof=ddof)
        varies = x.std(axis=0) > 1e-6 * np.abs(x).max()
        np.testing.assert_allclose(z.mean(axis=0), 100.0, rtol=1e-9)
        np.testing.assert_allclose(z[:, varies].std(axis=0, ddof=ddof), 10.0, rtol=1e-6)


@given(matrix, st.floats(0.1, 10), st.floats(-100, 100))
def test_ampi_scale_spans_60_points_around_its_reference_whatever_the_unit_of_measurement(x, factor, shift):
    z = ampi_scale(x)
    np.testing.assert_allclose(z.mean(axis=0), 100.0, rtol=1e-9)
    varies = np.ptp(x, axis=0) > 1e-6 * np.abs(x).max()
    np.testing.assert_allclose(np.ptp(z[:, varies], axis=0), 60.0, rtol=1e-9)
    np.testing.assert_allclose(ampi_scale(x * factor + shift)[:, varies], z[:, varies], atol=1e-4)


def test_fixed_reference_and_goalposts_make_years_comparable():
    first, second = np.array([[10.0], [20.0]]), np.array([[15.0], [25.0]])
    frame = {"reference": [15.0], "low": [10.0], "high": [20.0]}
    assert ampi_scale(first, **frame).ravel().tolist() == [70.0, 130.0]
    assert ampi_scale(second, **frame).ravel().tolist() == [100.0, 160.0]


@pytest.mark.parametrize("scale", [mpi_scale, ampi_scale])
def test_a_constant_child_is_100_for_everybody_and_a_missing_value_stays_missing(scale):
    z = scale([[5.0, 1.0], [5.0, nan], [5.0, 3.0]])
    np.testing.assert_array_equal(z[:, 0], 100.0)
    assert np.isnan(z[1, 1])
    assert z[0, 1] < 100.0 < z[2, 1]


def test_a_missing_child_is_dropped_from_mean_and_dispersion():
    assert penalised_mean([[90.0, 110.0, nan]], np.ones(3))[0] == pytest.approx(99.0)
    assert penalised_mean([[90.0, 110.0, nan]], np.ones(3), ddof=1)[0] == pytest.approx(98.0)
    assert penalised_mean([[90.0, nan, nan]], np.ones(3), ddof=1)[0] == 90.0


def test_without_a_positive_mean_there_is_no_coefficient_of_variation():
    z = [[1.0, 2.0], [-1.0, 0.5]]
    with pytest.raises(DomainError, match=r"unit 2 is -0\.25: that is the mean"):
        penalised_mean(z, [1.0, 1.0])
    np.testing.assert_allclose(penalised_mean(z, [1.0, 1.0], outside="missing"), [1.5 - 0.25 / 1.5, nan])

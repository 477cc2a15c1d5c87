"""TOPSIS against five packages and a textbook case."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from gaoxin.evaluation.aggregation.topsis import topsis
from gaoxin.evaluation.children import DomainError

WEIGHTS, TYPES = [0.3, 0.25, 0.2, 0.15, 0.1], [1, 1, -1, 1, -1]


@pytest.mark.parametrize(
    ("column", "options"),
    [
        ("pymcdm vector", {}),
        ("skcriteria vector, no inversion", {}),
        ("pyDecision", {}),
        ("pyrepo-mcda vector", {}),
        ("topsispy", {}),
        ("pymcdm default(minmax)", {"norm": "minmax"}),
        ("skcriteria InvertMinimize+vector", {"costs": "reciprocal"}),
    ],
)
def test_the_definition_of_every_package_is_reached_by_options(mcda20x5, column, options):
    x = mcda20x5.table("mcda_20x5_input", header=False).numbers()
    expected = mcda20x5.table("mcda_20x5_topsis").numbers([column])[:, 0]
    np.testing.assert_allclose(topsis(x, WEIGHTS, direction=TYPES, **options), expected, rtol=0, atol=1e-15)


def test_textbook_case_facility_location():
    """Papathanasiou, Ploskas (2018), *Multiple Criteria Decision Aid*, Springer, ch. 1: six sites, four criteria."""
    x = [[8, 7, 2, 1], [5, 3, 7, 5], [7, 5, 6, 4], [9, 9, 7, 3], [11, 10, 3, 7], [6, 9, 5, 4]]
    closeness = topsis(x, [0.4, 0.3, 0.1, 0.2])
    assert closeness.round(3).tolist() == [0.387, 0.327, 0.391, 0.615, 0.868, 0.493]


def test_a_cost_as_measured_equals_its_negative_as_a_benefit():
    x = np.array([[3.0, 7.0], [5.0, 2.0], [4.0, 4.0]])
    np.testing.assert_allclose(topsis(x, [1.0, 2.0], direction=[1, -1]), topsis(x * [1, -1], [1.0, 2.0]), rtol=1e-14)


def test_a_constant_child_decides_nothing_and_nothing_but_constants_is_a_tie():
    x = np.array([[1.0, 5.0], [2.0, 5.0], [4.0, 5.0]])
    for norm in ("vector", "minmax", "none"):
        np.testing.assert_allclose(topsis(x, [1.0, 1.0], norm=norm), [0.0, 1 / 3, 1.0], atol=1e-15)
        np.testing.assert_array_equal(topsis(x[:, 1:], [1.0], norm=norm), 0.5)
    np.testing.assert_array_equal(topsis(np.zeros((2, 1)), [1.0]), 0.5)


def test_a_missing_child_is_left_out_of_both_distances():
    x = np.array([[4.0, 1.0, 9.0], [2.0, np.nan, 3.0], [1.0, 3.0, 5.0]])
    scale = np.sqrt(np.nansum(x**2, axis=0))
    best, worst = np.nanmax(x, axis=0) / scale, np.nanmin(x, axis=0) / scale
    row = x[1] / scale
    apart, close = np.sqrt(np.nansum((row - best) ** 2)), np.sqrt(np.nansum((row - worst) ** 2))
    assert topsis(x, np.ones(3))[1] == pytest.approx(close / (apart + close))


def test_a_large_matrix_gives_the_same_as_the_formula_on_the_whole():
    rng = np.random.default_rng(0)
    x, w = rng.lognormal(size=(20_011, 30)), rng.random(30)  # several blocks, the last one partial
    v = x / np.sqrt((x * x).sum(axis=0)) * w
    apart = np.sqrt(((v - v.max(axis=0)) ** 2).sum(axis=1))
    close = np.sqrt(((v - v.min(axis=0)) ** 2).sum(axis=1))
    np.testing.assert_allclose(topsis(x, w), close / (apart + close), rtol=1e-12)


def test_a_cost_of_zero_has_no_reciprocal():
    with pytest.raises(DomainError, match="child 2 of unit 1 is 0"):
        topsis([[1.0, 0.0], [2.0, 1.0]], [1.0, 1.0], direction=[1, -1], costs="reciprocal")


def test_no_copy_of_the_matrix_is_made():
    x = np.random.default_rng(0).lognormal(size=(100_000, 46))
    tracemalloc.start()
    topsis(x, np.ones(46))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < x.nbytes / 4

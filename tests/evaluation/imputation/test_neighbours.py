import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose

from gaoxin.evaluation.imputation.impute import impute
from gaoxin.evaluation.imputation.neighbours import impute_knn
from gaoxin.evaluation.method import Imputation

NAN = np.nan


def test_distance_is_the_root_mean_square_in_standard_deviations_over_the_indicators_both_have():
    x = np.array([[4.0, NAN, 10.0], [3.0, 30.0, 20.0], [-9.0, -90.0, 30.0], [0.0, 0.0, NAN]])
    z = (x - np.nanmean(x, axis=0)) / np.nanstd(x, axis=0, ddof=1)
    squares = (z[:3, :2] - z[3, :2]) ** 2
    root_mean, root_sum = np.sqrt(np.nanmean(squares, axis=1)), np.sqrt(np.nansum(squares, axis=1))
    assert np.argsort(root_mean).tolist() == [1, 0, 2]
    assert np.argsort(root_sum)[0] == 0  # a sum would favour the unit that has less in common
    assert [impute_knn(x, k)[3, 2] for k in (1, 2, 3, 9)] == [20.0, 15.0, 20.0, 20.0]


def test_units_as_near_as_the_last_neighbour_all_count():
    x = np.array([[1.0, 10.0], [3.0, 30.0], [1.0, 70.0], [2.0, NAN]])
    for order in ([0, 1, 2, 3], [1, 2, 0, 3], [3, 2, 1, 0]):
        filled = impute_knn(x[order], 1)[order.index(3), 1]
        assert filled == pytest.approx(110 / 3)


def test_a_neighbour_without_the_value_is_passed_over():
    x = np.array([[1.0, NAN], [1.1, NAN], [5.0, 50.0], [1.0, NAN]])
    assert impute_knn(x, 1)[:, 1].tolist() == [50.0] * 4


def test_a_unit_that_shares_no_indicator_with_a_donor_stays_missing_and_is_named():
    x = np.array([[1.0, 2.0, NAN], [2.0, 3.0, NAN], [NAN, NAN, 7.0]])
    imputed = impute(x, Imputation(method="knn", neighbours=2))
    assert imputed.missing.tolist() == [[False, False, True], [False, False, True], [True, True, False]]
    assert {note.nodes for note in imputed.notes(["A", "B", "C"], ["x", "y", "z"])} == {("x",), ("y",), ("z",)}


def test_the_specification_says_how_many():
    x = np.array([[1.0, 1.0], [2.0, 2.0], [30.0, 30.0], [1.1, NAN]])
    assert impute(x, Imputation(method="knn", neighbours=1)).x[3, 1] == 1.0
    assert impute(x, Imputation(method="knn", neighbours=3)).x[3, 1] == 11.0
    with pytest.raises(ValueError, match="at least 1"):
        impute_knn(x, 0)


@settings(max_examples=60, deadline=None)
@given(
    arrays(np.float64, (8, 3), elements=st.one_of(st.integers(0, 4).map(float), st.just(NAN))),
    st.permutations(range(8)),
    st.integers(1, 4),
)
def test_the_order_of_units_does_not_matter_even_with_many_ties(x, order, k):
    order = np.array(order)
    assert_allclose(impute_knn(x[order], k), impute_knn(x, k)[order], rtol=1e-9)

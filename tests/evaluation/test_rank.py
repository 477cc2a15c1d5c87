import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import rankdata

from gaoxin.evaluation.rank import rank

NAN = float("nan")


@pytest.mark.parametrize(
    ("ties", "expected"),
    [("min", [2, 1, 2, 5, 4]), ("dense", [2, 1, 2, 4, 3]), ("average", [2.5, 1, 2.5, 5, 4])],
)
def test_ties_by_each_rule(ties, expected):
    assert rank([7.0, 9.0, 7.0, 1.0, 3.0], ties=ties).tolist() == expected


@pytest.mark.parametrize("ties", ["min", "dense", "average"])
def test_a_unit_without_score_has_no_rank_and_pushes_nobody_down(ties):
    np.testing.assert_array_equal(rank([NAN, 5.0, NAN, 6.0], ties=ties), [NAN, 2, NAN, 1])
    assert np.isnan(rank([NAN, NAN], ties=ties)).all()


def test_a_tie_just_before_the_units_without_score_is_averaged_over_the_tie_only():
    np.testing.assert_array_equal(rank([4.0, 4.0, NAN], ties="average"), [1.5, 1.5, NAN])


def test_scores_equal_up_to_rounding_tie_and_a_real_difference_does_not():
    tenth_thrice, three_tenths = 0.1 + 0.1 + 0.1, 0.3
    assert tenth_thrice != three_tenths
    assert rank([tenth_thrice, three_tenths]).tolist() == [1, 1]
    assert rank([100.0, 100.0 - 1e-9]).tolist() == [1, 2]


def test_the_tolerance_follows_the_scale_of_the_scores():
    assert rank([2e-15, 1e-15]).tolist() == [1, 2]


def test_lowest_can_be_best_and_infinite_scores_keep_their_place():
    assert rank([3.0, -np.inf, np.inf, np.inf], best="low").tolist() == [2, 1, 3, 3]


def test_every_slice_along_the_axis_is_ranked_by_itself():
    scores = np.array([[1.0, 30.0], [2.0, 20.0], [3.0, 10.0]])
    assert rank(scores).tolist() == [[3, 1], [2, 2], [1, 3]]
    np.testing.assert_array_equal(rank(scores.T, axis=1), rank(scores).T)


def test_no_units_no_ranks():
    assert rank(np.empty((0, 4))).shape == (0, 4)


@given(arrays(np.float64, st.tuples(st.integers(1, 4), st.integers(1, 9)), elements=st.integers(-4, 4).map(float)))
def test_agrees_with_scipy_on_whole_numbers(scores):
    for ties in ("min", "dense", "average"):
        np.testing.assert_array_equal(rank(scores, axis=1, ties=ties), rankdata(-scores, method=ties, axis=1))

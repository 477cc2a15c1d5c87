"""VIKOR: a published case, ties, missing values, the compromise solution."""

from __future__ import annotations

import numpy as np
import pytest

from gaoxin.evaluation.aggregation.vikor import Vikor, compromise, vikor
from gaoxin.evaluation.errors import EvaluationError

nan = float("nan")


def test_textbook_case_facility_location():
    """Papathanasiou, Ploskas (2018), *Multiple Criteria Decision Aid*, Springer, ch. 2: v = (k + 1)/(2k) = 0.625."""
    x = [[8, 7, 2, 1], [5, 3, 7, 5], [7, 5, 6, 4], [9, 9, 7, 3], [11, 10, 3, 7], [6, 9, 5, 4]]
    result = vikor(x, [0.4, 0.3, 0.1, 0.2], v=0.625)
    assert result.q.round(3).tolist() == [0.640, 1.000, 0.693, 0.271, 0.000, 0.694]
    assert result.scores.tolist() == (1.0 - result.q).tolist()


def test_mountain_climber():
    """The three-destination example of Opricovic and Tzeng (2004): risk 1, 2, 5 (a cost), altitude 3000, 3750, 4500.

    Worked by hand: relative distances (0, .25, 1) and (1, .5, 0), equal weights.
    """
    result = vikor([[-1.0, 3000.0], [-2.0, 3750.0], [-5.0, 4500.0]], [1.0, 1.0])
    np.testing.assert_allclose(result.s, [0.5, 0.375, 0.5])
    np.testing.assert_allclose(result.r, [0.5, 0.25, 0.5])
    np.testing.assert_allclose(result.q, [1.0, 0.0, 1.0])
    assert compromise(result).tolist() == [1]


def test_units_that_are_all_alike_tie():
    result = vikor([[0.1, 0.7], [0.7, 0.1]], [1.0, 1.0])
    np.testing.assert_array_equal(result.q, 0.0)
    np.testing.assert_array_equal(vikor(np.ones((3, 2)), [1.0, 1.0]).q, 0.0)
    assert compromise(result).tolist() == [0, 1]


def test_a_missing_child_leaves_its_weight_to_the_others():
    x = np.array([[4.0, 1.0, 9.0], [2.0, nan, 3.0], [1.0, 3.0, 6.0]])
    result = vikor(x, [1.0, 2.0, 1.0])
    # unit 2: relative distances 2/3 and 1 with weights 1/2 each
    assert result.s[1] == pytest.approx((2 / 3 + 1) / 2)
    assert result.r[1] == pytest.approx(1 / 2)


def test_v_moves_the_compromise_from_regret_to_utility():
    x = np.array([[10.0, 0.0, 10.0], [6.0, 5.0, 6.0], [0.0, 10.0, 0.0]])
    utility, regret = vikor(x, np.ones(3), v=1.0), vikor(x, np.ones(3), v=0.0)
    assert np.argmin(utility.q) == 0
    assert np.argmin(regret.q) == 1


def measures(q, s=None, r=None):
    q = np.array(q, dtype=np.float64)
    return Vikor(s=q if s is None else np.array(s), r=q if r is None else np.array(r), q=q)


def test_one_unit_alone_is_proposed_when_it_leads_clearly_and_stably():
    assert compromise(measures([0.6, 0.0, 1.0])).tolist() == [1]


def test_two_units_are_proposed_when_the_leader_is_best_by_neither_measure():
    assert compromise(measures([0.6, 0.0, 1.0], s=[0.1, 0.2, 0.3], r=[0.1, 0.2, 0.3])).tolist() == [1, 0]


def test_all_units_close_to_the_leader_are_proposed_when_it_does_not_lead_clearly():
    assert compromise(measures([0.2, 0.0, 1.0, 0.3, nan])).tolist() == [1, 0, 3]
    assert compromise(measures([0.2, nan])).tolist() == [0]


def test_the_compromise_is_for_one_evaluation_and_v_for_the_unit_interval():
    with pytest.raises(EvaluationError, match="one evaluation"):
        compromise(vikor(np.ones((2, 3, 2)), [1.0, 1.0]))
    with pytest.raises(EvaluationError, match="between 0 and 1"):
        vikor([[1.0]], [1.0], v=1.5)

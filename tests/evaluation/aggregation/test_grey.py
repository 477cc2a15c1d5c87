"""Grey relational grades against the definition written out cell by cell."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gaoxin.evaluation.aggregation.grey import grey_relational
from gaoxin.evaluation.errors import EvaluationError

nan = float("nan")


def by_definition(z, w, rho):
    """Deng's grade with the best values as reference series, cell by cell."""
    reference = [max(column) for column in zip(*z, strict=True)]
    deltas = [[best - value for best, value in zip(reference, row, strict=True)] for row in z]
    low, high = min(map(min, deltas)), max(map(max, deltas))
    grades = []
    for row in deltas:
        xi = [(low + rho * high) / (delta + rho * high) for delta in row]
        grades.append(sum(weight * value for weight, value in zip(w, xi, strict=True)) / sum(w))
    return grades


@given(arrays(np.float64, (4, 3), elements=st.integers(0, 50).map(float)), st.floats(0.05, 1.0))
def test_grades_are_those_of_the_definition(x, rho):
    w = [0.5, 0.2, 0.3]
    if (np.ptp(x, axis=0) > 0).all():
        np.testing.assert_allclose(
            grey_relational(x, w, rho=rho, norm="none"), by_definition(x.tolist(), w, rho), rtol=1e-12
        )
        z = (x - x.min(axis=0)) / np.ptp(x, axis=0)
        np.testing.assert_allclose(grey_relational(x, w, rho=rho), by_definition(z.tolist(), w, rho), rtol=1e-12)


def test_the_ideal_unit_has_grade_one_and_a_constant_child_coefficient_one():
    x = np.array([[9.0, 5.0], [1.0, 5.0]])
    np.testing.assert_allclose(grey_relational(x, [1.0, 1.0]), [1.0, (1 / 3 + 1) / 2])
    np.testing.assert_array_equal(grey_relational(np.ones((3, 2)), [1.0, 1.0]), 1.0)


def test_a_missing_child_leaves_its_weight_to_the_others():
    x = np.array([[4.0, 1.0], [2.0, nan], [0.0, 3.0]])
    assert grey_relational(x, [1.0, 3.0])[1] == pytest.approx(0.5 / (0.5 + 0.5))


def test_a_dropped_child_does_not_set_the_scale_of_the_others():
    x = np.array([[0.0, 0.0], [1.0, 100.0], [2.0, 300.0]])
    stacked = grey_relational(x, [[1.0, 0.0], [1.0, 1.0]], norm="none")
    np.testing.assert_allclose(stacked[0], grey_relational(x[:, :1], [1.0], norm="none"))
    np.testing.assert_allclose(stacked[1], grey_relational(x, [1.0, 1.0], norm="none"))


def test_the_distinguishing_coefficient_lies_in_the_unit_interval():
    for rho in (0.0, 1.1, nan):
        with pytest.raises(EvaluationError, match="rho"):
            grey_relational([[1.0]], [1.0], rho=rho)

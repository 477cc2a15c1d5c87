"""AHP: Saaty's published cases, the Handbook's matrix, several experts, judgements that cannot be used."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaoxin.evaluation.errors import EvaluationError
from gaoxin.evaluation.weights.ahp import ahp


def reciprocal(upper):
    """A reciprocal matrix from the rows of its upper triangle."""
    k = len(upper) + 1
    matrix = np.eye(k)
    for i, row in enumerate(upper):
        for j, value in enumerate(row, start=i + 1):
            matrix[i, j], matrix[j, i] = value, 1 / value
    return matrix


def test_handbook_table_20(tai):
    """Its weights are not published; eigenvector and λmax computed independently from the printed matrix."""
    cells = tai.table("table20_ahp_matrix").cells
    result = ahp([[float(Fraction(cell)) for cell in row[1:]] for row in cells])
    assert result.weights.round(3).tolist() == [0.229, 0.135, 0.059, 0.176, 0.039, 0.039, 0.252, 0.072]
    assert round(result.lambda_max, 3) == 8.211
    assert round(result.consistency_index, 3) == 0.030
    assert result.consistency_ratio == pytest.approx(result.consistency_index / 1.41)
    assert result.consistent


def test_wealth_of_seven_nations():
    """Saaty (1977), *J. Math. Psychology* 15: US, USSR, China, France, UK, Japan, West Germany; λmax 7.61."""
    judgements = reciprocal(
        [[4, 9, 6, 6, 5, 5], [7, 5, 5, 3, 4], [1 / 5, 1 / 5, 1 / 7, 1 / 5], [1, 1 / 3, 1 / 3], [1 / 3, 1 / 3], [2]]
    )
    result = ahp(judgements)
    assert result.weights.round(3).tolist() == [0.427, 0.230, 0.021, 0.052, 0.052, 0.123, 0.094]
    assert round(result.lambda_max, 2) == 7.61
    assert round(result.consistency_index, 2) == 0.10


def test_buying_a_house():
    """Saaty (1990), How to make a decision, *EJOR* 48: eight criteria; λmax 9.669, index .238, ratio .169."""
    judgements = reciprocal(
        [
            [5, 3, 7, 6, 6, 1 / 3, 1 / 4],
            [1 / 3, 5, 3, 3, 1 / 5, 1 / 7],
            [6, 3, 4, 6, 1 / 5],
            [1 / 3, 1 / 4, 1 / 7, 1 / 8],
            [1 / 2, 1 / 5, 1 / 6],
            [1 / 5, 1 / 6],
            [1 / 2],
        ]
    )
    result = ahp(judgements)
    assert result.weights.round(3).tolist() == [0.173, 0.054, 0.188, 0.018, 0.031, 0.036, 0.167, 0.333]
    assert round(result.lambda_max, 3) == 9.669
    assert (round(result.consistency_index, 3), round(result.consistency_ratio, 3)) == (0.238, 0.169)
    assert not result.consistent


@given(st.lists(st.floats(0.05, 20.0), min_size=1, max_size=9))
def test_consistent_judgements_give_back_the_weights_they_come_from(importances):
    w = np.array(importances)
    for method in ("eigenvector", "geometric_mean"):
        result = ahp(w[:, None] / w, method=method)
        np.testing.assert_allclose(result.weights, w / w.sum(), rtol=1e-8)
        assert result.consistency_index == pytest.approx(0.0, abs=1e-8)
        assert result.consistent


def test_for_three_elements_both_methods_agree_and_for_more_they_differ_when_judgements_conflict():
    three = reciprocal([[3, 1 / 2], [4]])
    np.testing.assert_allclose(ahp(three).weights, ahp(three, method="geometric_mean").weights, rtol=1e-10)
    four = reciprocal([[3, 1 / 2, 5], [4, 1 / 3], [7]])
    by_rows = np.prod(four, axis=1) ** 0.25
    np.testing.assert_allclose(ahp(four, method="geometric_mean").weights, by_rows / by_rows.sum())
    assert np.abs(ahp(four).weights - ahp(four, method="geometric_mean").weights).max() > 0.001


def test_experts_are_combined_by_the_geometric_mean_of_their_judgements():
    one, other = reciprocal([[4, 2], [1 / 2]]), reciprocal([[1, 8], [2]])
    result = ahp([one, other])
    np.testing.assert_allclose(result.judgements, reciprocal([[2, 4], [1]]))
    np.testing.assert_allclose(result.weights, ahp(reciprocal([[2, 4], [1]])).weights)
    assert result.expert_ratios.tolist() == pytest.approx([ahp(one).consistency_ratio, ahp(other).consistency_ratio])
    np.testing.assert_allclose(ahp([one]).weights, ahp(one).weights)


def test_reciprocals_typed_with_two_decimals_count_as_reciprocal():
    typed = ahp([[1, 3, 7], [0.33, 1, 2], [0.14, 0.5, 1]])
    np.testing.assert_allclose(typed.weights, ahp(reciprocal([[3, 7], [2]])).weights, rtol=0.01)


def test_one_or_two_elements_are_always_consistent():
    assert ahp([[1.0]]).weights.tolist() == [1.0]
    two = ahp([[1, 4], [1 / 4, 1]])
    assert two.weights.tolist() == pytest.approx([0.8, 0.2])
    assert (two.consistency_index, two.consistency_ratio) == (0.0, 0.0)


def test_beyond_saatys_table_there_is_no_ratio():
    rng = np.random.default_rng(1)
    w = rng.uniform(1, 9, 16)
    result = ahp(w[:, None] / w)
    assert np.isnan(result.consistency_ratio)
    assert result.consistent


@pytest.mark.parametrize(
    ("matrix", "match"),
    [
        ([[1, 2], [1, 1]], r"not reciprocal: \(a, b\) is 2 and \(b, a\) is 1; it should be 0.5"),
        ([[2, 1], [1, 1]], r"\(a, a\) of expert 1 is 2; the diagonal must be 1"),
        ([[1, -3], [-1 / 3, 1]], r"\(a, b\) of expert 1 is -3; it must be positive"),
        ([[1, 3, 1], [1 / 3, 1, 1]], "must be square"),
        ([[[1]], [[1, 2], [0.5, 1]]], "must be square"),
        ([[1]], "1 rows for 2 elements"),
    ],
)
def test_judgements_that_cannot_be_used_are_named(matrix, match):
    with pytest.raises(EvaluationError, match=match):
        ahp(matrix, names=["a", "b"])


def test_the_expert_whose_judgement_is_wrong_is_named():
    with pytest.raises(EvaluationError, match="expert 2") as error:
        ahp([[[1, 2], [0.5, 1]], [[1, 2], [2, 1]]])
    assert "专家 2" in error.value.text.zh

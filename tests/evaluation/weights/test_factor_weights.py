"""Weights from components and factors: COINr's eigenvectors, the Handbook's Tables 9 and 18."""

from __future__ import annotations

import numpy as np
import pytest

from gaoxin.evaluation.errors import EvaluationError
from gaoxin.evaluation.weights.factor import first_component, rotated_factors, varimax

nan = float("nan")


def tai_case(tai):
    """The 23 countries of the Handbook's case, raw indicators (correlations do not depend on the scale)."""
    table = tai.table("tableA2_raw")
    return table.numbers()[:23], [column for column in table.columns if column != table.key]


# First component -----------------------------------------------------------------------------------------------------


def test_asem_eigenvectors_are_those_of_coinr_up_to_sign(asem):
    x, tree = asem.values("02_norm_minmax_0_100"), asem.hierarchy
    table = asem.table("06_pca_weights_level1_bygroup")
    expected = dict(zip(table.text("iCode"), table.numbers(["Weight"])[:, 0], strict=True))
    turned = []
    for node in np.flatnonzero(tree.levels == 2):
        below = tree.children[node]
        theirs = np.array([expected[tree.codes[child]] for child in below])
        ours = first_component(x[:, below]).vector
        sign = np.sign(ours @ theirs)
        np.testing.assert_allclose(ours, sign * theirs, atol=1e-12)
        if (theirs < 0).all():
            turned.append(tree.codes[node])
            assert (ours > 0).all()
        assert ours.sum() > 0
    assert turned == ["Political", "Social"]  # as raw weights these two would turn the index upside down


def test_asem_eigenvector_of_all_indicators_is_that_of_coinr_up_to_sign(asem):
    table = asem.table("06_pca_weights_all49")
    expected = dict(zip(table.text("iCode"), table.numbers(["Weight"])[:, 0], strict=True))
    theirs = np.array([expected[code] for code in asem.indicators])
    component = first_component(asem.values("02_norm_minmax_0_100"))
    np.testing.assert_allclose(component.vector, np.sign(component.vector @ theirs) * theirs, atol=1e-12)
    np.testing.assert_array_equal(component.negative, np.flatnonzero(component.vector < 0))
    assert 0 < len(component.negative) < 49


def test_a_child_against_the_common_direction_has_weight_zero_and_is_reported():
    rng = np.random.default_rng(0)
    common = rng.normal(size=60)
    x = np.column_stack([common + rng.normal(size=60) * 0.3 for _ in range(3)] + [-common])
    component = first_component(x)
    assert component.negative.tolist() == [3]
    assert component.weights[3] == 0.0
    kept = component.vector[:3]
    np.testing.assert_allclose(component.weights[:3], kept / kept.sum())
    assert component.explained == pytest.approx(np.linalg.eigvalsh(np.corrcoef(x, rowvar=False)).max() / 4)


@pytest.mark.parametrize("method", [lambda x: first_component(x).weights, lambda x: rotated_factors(x).weights])
def test_a_constant_child_has_weight_zero(method):
    x = np.random.default_rng(3).normal(size=(20, 3))
    weights = method(np.insert(x, 1, 7.0, axis=1))
    assert weights[1] == 0.0
    np.testing.assert_allclose(np.delete(weights, 1), method(x), rtol=1e-9)


@pytest.mark.parametrize("method", [lambda x: first_component(x).weights, lambda x: rotated_factors(x).weights])
def test_what_cannot_be_weighted_and_what_need_not(method):
    assert method([[3.0], [3.0]]).tolist() == [1.0]
    assert method([[3.0, 1.0], [3.0, 2.0]]).tolist() == [0.0, 1.0]
    with pytest.raises(EvaluationError, match="no child varies"):
        method(np.ones((4, 2)))
    with pytest.raises(EvaluationError, match="only 1 units have all children"):
        method([[1.0, nan], [2.0, 3.0], [nan, 1.0]])


# Rotated factors -----------------------------------------------------------------------------------------------------


def test_handbook_table_9_varimax_loadings(tai):
    x, indicators = tai_case(tai)
    result = rotated_factors(x)
    printed = np.abs(tai.table("table09_varimax_loadings").numbers(["f1", "f4", "f2", "f3"], indicators))
    assert result.loadings.shape == (8, 4)
    np.testing.assert_allclose(np.abs(result.loadings), printed, atol=0.013)  # printed from unrounded logs
    np.testing.assert_allclose(result.explained, [2.63, 1.78, 1.39, 1.18], atol=0.005)


def test_handbook_table_18_factor_weights(tai):
    x, indicators = tai_case(tai)
    printed = tai.table("table18_factor_weights").numbers(["pc"], indicators)[:, 0]
    weights = rotated_factors(x).weights
    np.testing.assert_allclose(weights, printed, atol=0.0052)
    assert weights.sum() == pytest.approx(1.0)


def test_the_number_of_factors_can_be_chosen(tai):
    x, _ = tai_case(tai)
    assert rotated_factors(x, factors=2).loadings.shape == (8, 2)
    for factors in (0, 9):
        with pytest.raises(EvaluationError, match="between 1 and 8"):
            rotated_factors(x, factors=factors)


def test_more_factors_are_kept_until_they_explain_sixty_percent():
    x = np.linalg.qr(np.random.default_rng(5).normal(size=(40, 12)) - 0.0)[0]
    x = x - x.mean(axis=0)
    result = rotated_factors(x)
    assert result.explained.sum() / 12 > 0.6
    assert rotated_factors(x, factors=result.loadings.shape[1] - 1).explained.sum() / 12 <= 0.6


def test_varimax_keeps_communalities_and_reaches_a_maximum():
    loadings = np.random.default_rng(4).normal(size=(9, 3))
    rotated = varimax(loadings)
    length = np.sqrt((loadings**2).sum(axis=1, keepdims=True))
    np.testing.assert_allclose((rotated**2).sum(axis=1), length[:, 0] ** 2, rtol=1e-12)
    # the product of two loadings matrices is unchanged: a rotation, not some other matrix
    np.testing.assert_allclose(rotated @ rotated.T, loadings @ loadings.T, atol=1e-12)

    def criterion(matrix):
        return ((matrix / length) ** 2).var(axis=0).sum()

    rng = np.random.default_rng(6)
    for _ in range(200):
        turn, _ = np.linalg.qr(np.eye(3) + 0.3 * rng.normal(size=(3, 3)))
        assert criterion(rotated @ turn) <= criterion(rotated) + 1e-12


def test_varimax_finds_a_simple_structure_again():
    simple = np.array([[0.9, 0.0], [0.8, 0.0], [0.0, 0.7], [0.0, 0.6]])
    angle = 0.6
    turned = simple @ [[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]
    for kaiser in (True, False):
        found = np.abs(varimax(turned, kaiser=kaiser))
        np.testing.assert_allclose(found if found[0, 0] > 0.5 else found[:, ::-1], simple, atol=1e-10)

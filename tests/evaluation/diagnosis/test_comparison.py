import numpy as np
import pytest

from gaoxin.evaluation.diagnosis.comparison import compare, without_each
from gaoxin.evaluation.errors import EvaluationError
from gaoxin.evaluation.index import evaluate
from gaoxin.evaluation.method import Aggregation, Method, Normalisation, Weighting
from gaoxin.evaluation.structure import Hierarchy


@pytest.fixture(scope="module")
def arithmetic(asem):
    return evaluate(asem.values("01_step_Treated"), asem.hierarchy, units=asem.units)


@pytest.fixture(scope="module")
def geometric(asem):
    method = Method(normalisation=Normalisation(low=1, high=100), aggregation=(Aggregation(method="geometric"),))
    return evaluate(asem.values("01_step_Treated"), asem.hierarchy, method, units=asem.units)


def test_asem_arithmetic_against_geometric(asem, arithmetic, geometric):
    found = compare(arithmetic, geometric)
    expected = asem.table("07_compare_am_gm")
    order = [found.units.index(unit) for unit in expected.rows]
    np.testing.assert_array_equal(found.first[order, -1], expected.numbers(["coin.1"])[:, 0])
    np.testing.assert_array_equal(found.second[order, -1], expected.numbers(["coin.2"])[:, 0])
    np.testing.assert_array_equal(found.gained[order, -1], expected.numbers(["Diff"])[:, 0])
    rank_correlations = asem.table("07_compare_corr_am_gm")
    for code, r in zip(rank_correlations.text("iCode"), rank_correlations.text("Correlation"), strict=True):
        assert found.correlation[found.nodes.index(code)] == pytest.approx(float(r), rel=1e-12)


def test_asem_without_each_pillar(asem, arithmetic):
    found = without_each(arithmetic, level=2)
    expected = asem.table("07_remove_elements_level2_ranks")
    np.testing.assert_array_equal(found.ranks, expected.numbers(found.nodes, asem.units))
    np.testing.assert_array_equal(found.nominal, expected.numbers(["Nominal"], asem.units)[:, 0])
    shift = dict(zip(found.nodes, found.mean_shift.round(2).tolist(), strict=True))
    assert (shift["Social"], shift["Environ"], shift["Political"]) == (3.96, 3.10, 2.90)
    assert len(found.nodes) == 8


def test_without_an_indicator_is_the_index_of_the_others():
    rng = np.random.default_rng(0)
    x, units = rng.random((8, 3)), list("ABCDEFGH")
    tree = Hierarchy.build({"a": "I", "b": "I", "c": "I", "I": None}, weights={"a": 2})
    for method in (Method(), Method(weighting=Weighting(method="critic"))):
        found = without_each(evaluate(x, tree, method, units=units))
        assert found.nodes == ("a", "b", "c")
        smaller = Hierarchy.build({"b": "I", "c": "I", "I": None})
        rest = evaluate(x[:, 1:], smaller, method, units=units)
        np.testing.assert_array_equal(found.ranks[:, 0], rest.ranks[:, -1])


def test_without_an_only_child_its_parent_goes_too():
    tree = Hierarchy.build({"a": "P", "b": "I", "P": "I", "I": None})
    done = evaluate([[1.0, 2.0], [2.0, 1.0], [4.0, 0.0]], tree, units=list("XYZ"))
    assert without_each(done, ["a"]).ranks[:, 0].tolist() == [1, 2, 3]


def test_what_only_one_version_has_is_left_out(arithmetic):
    tree = Hierarchy.build({"LPI": "Index", "new": "Index", "Index": None})
    other = evaluate([[1.0, 2.0], [3.0, 4.0]], tree, units=["CHE", "XXX"])
    found = compare(arithmetic, other)
    assert found.units == ("CHE",)
    assert found.nodes == ("LPI", "Index")
    assert np.isnan(found.correlation).all()
    with pytest.raises(EvaluationError, match="in common"):
        compare(arithmetic, evaluate([[1.0, 2.0]], tree, units=["YYY"]))


def test_rows_are_matched_by_period():
    tree = Hierarchy.build({"a": "I", "b": "I", "I": None})
    x, periods = [[1.0, 2.0], [3.0, 4.0], [5.0, 1.0], [0.0, 9.0]], ["2024", "2024", "2025", "2025"]
    first = evaluate(x, tree, units=list("XYXY"), periods=periods)
    second = evaluate(x[::-1], tree, units=list("YXYX"), periods=periods[::-1])
    found = compare(first, second)
    np.testing.assert_array_equal(found.gained, 0)
    assert found.periods == tuple(periods)


def test_the_index_itself_cannot_be_left_out(arithmetic):
    with pytest.raises(EvaluationError, match="Index"):
        without_each(arithmetic, ["Index"])
    with pytest.raises(EvaluationError, match="no node has that level"):
        without_each(arithmetic, level=7)

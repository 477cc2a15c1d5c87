"""The dispatcher against COINr's ASEM example on every level, and the rule for missing children."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gaoxin.evaluation.aggregation.aggregate import aggregate
from gaoxin.evaluation.aggregation.grey import grey_relational
from gaoxin.evaluation.aggregation.mazziotta_pareto import ampi_scale, mpi_scale, penalised_mean
from gaoxin.evaluation.aggregation.means import generalised, owa, weighted_sum
from gaoxin.evaluation.aggregation.outranking import copeland
from gaoxin.evaluation.aggregation.topsis import topsis
from gaoxin.evaluation.aggregation.vikor import vikor
from gaoxin.evaluation.errors import EvaluationError
from gaoxin.evaluation.method import Aggregation

nan = float("nan")
ARITHMETIC, COPELAND = Aggregation(), Aggregation(method="copeland")
METHODS = {
    "arithmetic": ARITHMETIC,
    "geometric": Aggregation(method="geometric"),
    "harmonic": Aggregation(method="harmonic"),
    "generalised": Aggregation(method="generalised", power=2.0),
    "median": Aggregation(method="median"),
    "owa": Aggregation(method="owa", order_weights=(0.5, 0.3, 0.2)),
    "mpi": Aggregation(method="mpi"),
    "ampi": Aggregation(method="ampi"),
    "topsis": Aggregation(method="topsis"),
    "vikor": Aggregation(method="vikor"),
    "grey": Aggregation(method="grey"),
    "copeland": COPELAND,
    "weighted_sum": Aggregation(method="weighted_sum"),
}
each_method = pytest.mark.parametrize("spec", METHODS.values(), ids=METHODS.keys())


def up_the_tree(tree, leaves, by_level):
    """Scores of all nodes, one level after the other."""
    scores = np.column_stack([leaves, np.empty((len(leaves), tree.n_nodes - tree.n_indicators))])
    for node in range(tree.n_indicators, tree.n_nodes):
        below = tree.children[node]
        spec = by_level[min(tree.levels[node] - 2, len(by_level) - 1)]
        scores[:, node] = aggregate(scores[:, below], tree.weights[below], spec)
    return scores


@pytest.mark.parametrize(
    ("table", "by_level"),
    [
        ("03_agg_amean", [ARITHMETIC]),
        ("03_agg_gmean", [Aggregation(method="geometric")]),
        ("03_agg_hmean", [Aggregation(method="harmonic")]),
        ("03_agg_copeland_all_levels", [COPELAND]),
        ("03_agg_am_am_copeland", [ARITHMETIC, ARITHMETIC, COPELAND]),
        ("03_agg_copeland_am_am", [COPELAND, ARITHMETIC]),
        *(
            (f"03_agg_genmean_p{p:g}", [Aggregation(method="generalised", power=p)])
            for p in (-2.0, -1.0, 0.5, 1.0, 2.0, 3.0)
        ),
    ],
)
def test_asem_scores_of_all_levels_are_those_of_coinr(asem, table, by_level):
    tree = asem.hierarchy
    expected = asem.values(table, tree.codes)
    scores = up_the_tree(tree, asem.values("02_norm_minmax_1_100"), by_level)
    np.testing.assert_allclose(scores, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("table", ["03_agg_amean_unequal", "03_agg_hmean_unequal"])
def test_asem_scores_with_unequal_weights_are_those_of_coinr(asem, table):
    given_weights = asem.table("03_weights_unequal")
    weight_of = dict(zip(given_weights.text("iCode"), given_weights.numbers(["Weight"])[:, 0], strict=True))
    tree = asem.hierarchy.with_weights(np.array([weight_of[code] for code in asem.hierarchy.codes]))
    spec = Aggregation(method="arithmetic" if "amean" in table else "harmonic")
    scores = up_the_tree(tree, asem.values("02_norm_minmax_1_100"), [spec])
    np.testing.assert_allclose(scores, asem.values(table, tree.codes), rtol=1e-12)


@pytest.mark.parametrize(("table", "method"), [("03m_agg_amean", "arithmetic"), ("03m_agg_hmean", "harmonic")])
def test_asem_scores_with_missing_values_are_those_of_coinr(asem, table, method):
    tree = asem.hierarchy
    scores = up_the_tree(tree, asem.values("03m_input_with_missing"), [Aggregation(method=method)])
    np.testing.assert_allclose(scores, asem.values(table, tree.codes), rtol=1e-12)


def test_the_dispatcher_hands_every_option_to_its_method():
    rng = np.random.default_rng(5)
    x, w = rng.uniform(1, 100, (12, 5)), rng.uniform(0.5, 2, 5)
    mpi, ampi = mpi_scale(x, ddof=1), ampi_scale(x)
    for spec, expected in [
        (Aggregation(method="generalised", power=-3.0), generalised(x, w, -3.0)),
        (Aggregation(method="owa", order_weights=(0.1, 0.9)), owa(x, w, (0.1, 0.9))),
        (Aggregation(method="weighted_sum"), weighted_sum(x, w)),
        (Aggregation(method="mpi", ddof=1, penalty="negative"), penalised_mean(mpi, w, polarity="negative", ddof=1)),
        (Aggregation(method="mpi", norm="none"), penalised_mean(x, w)),
        (Aggregation(method="ampi"), penalised_mean(ampi, w)),
        (Aggregation(method="ampi", penalty="negative"), penalised_mean(ampi, w, polarity="negative")),
        (Aggregation(method="topsis"), topsis(x, w, norm="vector")),
        (Aggregation(method="topsis", norm="minmax"), topsis(x, w, norm="minmax")),
        (Aggregation(method="topsis", norm="none"), topsis(x, w, norm="none")),
        (Aggregation(method="vikor", v=0.8), 1.0 - vikor(x, w, v=0.8).q),
        (Aggregation(method="grey", rho=0.2), grey_relational(x, w, rho=0.2)),
        (Aggregation(method="grey", norm="none"), grey_relational(x, w, norm="none")),
        (Aggregation(method="copeland"), copeland(x, w)),
    ]:
        np.testing.assert_array_equal(aggregate(x, w, spec), expected, err_msg=repr(spec))


@each_method
def test_high_is_good_in_every_method(spec):
    x = np.array([[90.0, 80.0, 95.0], [50.0, 60.0, 55.0], [10.0, 20.0, 5.0]])
    best, middle, worst = aggregate(x, [1.0, 2.0, 1.0], spec)
    assert best > middle > worst


@each_method
def test_every_method_takes_stacks_of_weights_and_of_children(spec):
    rng = np.random.default_rng(11)
    x, w = rng.uniform(1, 100, (4, 9, 5)), rng.uniform(0.0, 2, (4, 5))
    x[:, 2, 3], w[1, 2] = nan, 0.0
    np.testing.assert_allclose(aggregate(x[0], w, spec), [aggregate(x[0], one, spec) for one in w], rtol=1e-12)
    np.testing.assert_allclose(aggregate(x, w[0], spec), [aggregate(one, w[0], spec) for one in x], rtol=1e-12)
    both = [aggregate(one_x, one_w, spec) for one_x, one_w in zip(x, w, strict=True)]
    np.testing.assert_allclose(aggregate(x, w, spec), both, rtol=1e-12)
    crossed = [[aggregate(one_x, one_w, spec) for one_w in w] for one_x in x]
    np.testing.assert_allclose(aggregate(x[:, None], w, spec), crossed, rtol=1e-12)


@each_method
@settings(max_examples=30)
@given(data=st.data())
def test_units_may_come_in_any_order(spec, data):
    x = data.draw(arrays(np.float64, (5, 3), elements=st.integers(1, 9).map(float) | st.just(nan)))
    order = np.array(data.draw(st.permutations(range(5))))
    w = np.array([0.5, 0.3, 0.2])
    there = ~np.isnan(x).all(axis=1)
    if there.any():
        np.testing.assert_allclose(aggregate(x[order], w, spec), aggregate(x, w, spec)[order], rtol=1e-9, atol=1e-9)


@each_method
def test_a_child_of_weight_zero_changes_nothing(spec):
    rng = np.random.default_rng(3)
    x = rng.uniform(1, 100, (8, 4))
    x[1, 3] = nan
    np.testing.assert_allclose(
        aggregate(x, [1.0, 2.0, 1.0, 0.0], spec), aggregate(x[:, :3], [1.0, 2.0, 1.0], spec), rtol=1e-12
    )


@each_method
def test_a_unit_without_children_has_no_score_and_moves_nobody(spec):
    rng = np.random.default_rng(4)
    x = rng.uniform(1, 100, (7, 4))
    with_empty = np.vstack([x[:3], np.full(4, nan), x[3:]])
    scores = aggregate(with_empty, np.ones(4), spec)
    assert np.isnan(scores[3])
    np.testing.assert_allclose(np.delete(scores, 3), aggregate(x, np.ones(4), spec), rtol=1e-12)


@each_method
def test_below_the_minimum_availability_there_is_no_score_and_no_influence_on_others(spec):
    rng = np.random.default_rng(6)
    x = rng.uniform(1, 100, (7, 4))
    x[2, :2], x[5, 0], x[2, 2:] = nan, nan, 200.0  # unit 2 holds the best values of two children
    w = np.array([1.0, 2.0, 3.0, 4.0])
    strict = spec.model_copy(update={"min_availability": 0.75})
    scores = aggregate(x, w, strict)
    assert np.isnan(scores[2])
    np.testing.assert_allclose(np.delete(scores, 2), aggregate(np.delete(x, 2, axis=0), w, spec), rtol=1e-12)
    assert not np.isnan(aggregate(x, w, spec)).any()


def test_availability_counts_children_with_weight_only():
    x = np.array([[1.0, nan, nan], [1.0, 2.0, 3.0]])
    spec = Aggregation(min_availability=0.5)
    np.testing.assert_array_equal(aggregate(x, [1.0, 1.0, 1.0], spec), [nan, 2.0])
    np.testing.assert_array_equal(aggregate(x, [1.0, 1.0, 0.0], spec), [1.0, 1.5])
    replications = np.array([[1.0, 1.0, 1.0], [1.0, 1.0, 0.0], [1.0, 0.0, 0.0]])
    np.testing.assert_array_equal(aggregate(x, replications, spec), [[nan, 2.0], [1.0, 1.5], [1.0, 1.0]])


def test_an_unsuitable_value_is_named_by_unit_and_child():
    with pytest.raises(EvaluationError, match="b of Zone 2 is 0") as error:
        aggregate(
            [[1.0, 2.0], [3.0, 0.0]],
            [1.0, 1.0],
            Aggregation(method="geometric"),
            units=["Zone 1", "Zone 2"],
            children=["a", "b"],
        )
    assert "1–100" in error.value.text.zh


def test_a_replication_that_breaks_can_be_told_from_one_that_does_not():
    scores = aggregate(
        [[1.0, 2.0], [3.0, 0.0]], [[1.0, 1.0], [1.0, 0.0]], Aggregation(method="geometric"), outside="missing"
    )
    np.testing.assert_allclose(scores, [[2.0**0.5, nan], [1.0, 3.0]])


def test_infinite_values_are_refused_by_name():
    with pytest.raises(EvaluationError, match="b of Z is inf"):
        aggregate([[1.0, float("inf")]], [1.0, 1.0], ARITHMETIC, units=["Z"], children=["a", "b"])


def test_a_norm_that_the_method_does_not_have_is_refused():
    with pytest.raises(EvaluationError, match="no norm minmax"):
        aggregate([[1.0, 2.0]], [1.0, 1.0], Aggregation(method="mpi", norm="minmax"))

"""Outranking, Copeland, Borda and Kemeny: the Handbook's voting tables, COINr's example, ties and missing values."""

from __future__ import annotations

import time
from fractions import Fraction
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gaoxin.evaluation.aggregation.outranking import copeland, kemeny_score, outranking
from gaoxin.evaluation.errors import EvaluationError

nan = float("nan")


def profile(folder, name):
    """Options, one column of places per line of the profile (more is better), and how many indicators say so."""
    table = folder.table(name)
    counts = table.numbers(["n_indicators"])[:, 0]
    orders = [cells[1:] for cells in table.cells]
    options = sorted(orders[0])
    places = np.array([[-order.index(option) for order in orders] for option in options], dtype=np.float64)
    return options, places, counts


# The Handbook's voting tables ----------------------------------------------------------------------------------------


def test_handbook_tables_25_to_27(tai):
    options, x, counts = profile(tai, "table25_voting_profile")
    matrix = outranking(x, counts) * counts.sum()
    assert options == ["a", "b", "c", "d"]
    np.testing.assert_allclose(matrix, [[0, 8, 8, 8], [13, 0, 10, 21], [13, 11, 0, 14], [13, 0, 7, 0]], atol=1e-12)
    np.testing.assert_allclose(matrix.sum(axis=1), [24, 44, 38, 20], atol=1e-12)  # Borda
    assert copeland(x, counts).tolist() == [-3, 1, 3, -1]  # Condorcet order c > b > d > a


def test_handbook_tables_28_to_30(tai):
    options, x, counts = profile(tai, "table28_condorcet_profile")
    matrix = outranking(x, counts) * counts.sum()
    np.testing.assert_allclose(matrix, [[0, 33, 25], [27, 0, 42], [35, 18, 0]], atol=1e-12)
    np.testing.assert_allclose(matrix.sum(axis=1), [58, 69, 53], atol=1e-12)
    orders = list(permutations(range(3)))
    scores = dict(
        zip(("".join(options[i] for i in order) for order in orders), kemeny_score(matrix, orders), strict=True)
    )
    printed = {"abc": 100, "bca": 104, "cab": 86, "bac": 94, "cba": 80, "acb": 76}
    assert {order: round(score, 9) for order, score in scores.items()} == printed
    assert copeland(x, counts).tolist() == [0, 0, 0]  # a beats b, b beats c, c beats a


def test_handbook_tables_31_to_33_borda_depends_on_an_irrelevant_option(tai):
    _, x, counts = profile(tai, "table31_fishburn_profile")
    with_d = outranking(x, counts).sum(axis=1) * counts.sum()
    without_d = outranking(x[:3], counts).sum(axis=1) * counts.sum()
    np.testing.assert_allclose(with_d, [13, 12, 11, 6], atol=1e-12)
    np.testing.assert_allclose(without_d, [6, 7, 8], atol=1e-12)


def test_handbook_tables_35_to_37(tai):
    countries = tai.table("table36_outranking").rows
    x = tai.table("table35_five_countries").numbers(rows=countries)
    matrix = outranking(x, np.ones(8))
    np.testing.assert_array_equal(matrix, tai.table("table36_outranking").numbers(countries))
    orders = np.array(list(permutations(range(5))))
    scores = kemeny_score(matrix, orders)
    best = np.argsort(-scores, kind="stable")[:6]
    printed = tai.table("table37_kemeny_scores")
    expected = {tuple(cells[:5]): float(cells[5]) for cells in printed.cells}
    assert {tuple(countries[i] for i in orders[at]): scores[at] for at in best} == expected


# COINr's example -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("table", "below"), [("03_outrank_all49", None), ("03_outrank_Environ", "Environ")])
def test_asem_outranking_matrix_is_that_of_coinr(asem, table, below):
    x = asem.values("02_norm_minmax_1_100")
    if below is not None:
        x = x[:, asem.hierarchy.children[asem.hierarchy.position(below)]]
    expected = asem.table(table).numbers(asem.units, asem.units)
    np.testing.assert_allclose(outranking(x, np.ones(x.shape[1])), expected, atol=1e-15)


COINR_TO_EXACT = {
    "AUT": (30, 31),
    "BEL": (38, 39),
    "CZE": (18, 19),
    "DEU": (24, 26),
    "ESP": (0, 1),
    "HUN": (10, 11),
    "LTU": (17, 18),
    "MLT": (29, 30),
    "NLD": (44, 45),
    "POL": (2, 3),
}


def exact_copeland(x, weights):
    """Wins minus losses with weights as fractions."""
    units, k = x.shape
    balance = [
        [sum(weights[j] * int(np.sign(x[a, j] - x[b, j])) for j in range(k)) for b in range(units)]
        for a in range(units)
    ]
    return [sum((value > 0) - (value < 0) for value in row) for row in balance]


def test_exact_ties_are_found_where_coinr_loses_them_to_rounding(asem):
    """Ten of COINr's 51 scores are wrong: its tie test compares a rounded share with 0.5."""
    x = asem.values("02_norm_minmax_1_100")
    scores = dict(zip(asem.units, copeland(x, np.ones(49)), strict=True))
    printed = dict(
        zip(asem.units, asem.table("03_copeland_all49").numbers(["copeland"], asem.units)[:, 0], strict=True)
    )
    differ = {unit: (printed[unit], scores[unit]) for unit in asem.units if printed[unit] != scores[unit]}
    assert differ == COINR_TO_EXACT
    assert list(scores.values()) == exact_copeland(x, [1] * 49)
    # no tie is lost when the equal weights are written as fractions of 1 that binary numbers do not hold
    np.testing.assert_array_equal(copeland(x, np.full(49, 1 / 49)), list(scores.values()))


def test_weights_that_are_equal_as_decimals_tie():
    """0.1 + 0.2 on one side, 0.3 on the other: 5e-17 apart in binary, equal on paper."""
    x = np.array([[1.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    assert copeland(x, [0.1, 0.2, 0.3]).tolist() == [0.0, 0.0]
    assert copeland(x, [0.1, 0.2, 0.3 + 1e-9]).tolist() == [-1.0, 1.0]


@given(
    arrays(np.float64, st.tuples(st.integers(1, 6), st.just(5)), elements=st.integers(0, 3).map(float)),
    st.lists(st.integers(1, 12), min_size=5, max_size=5),
)
def test_copeland_decides_as_fractions_do(x, twelfths):
    weights = [Fraction(n, 12) for n in twelfths]
    assert copeland(x, [float(w) for w in weights]).tolist() == exact_copeland(x, weights)


# Missing values ------------------------------------------------------------------------------------------------------

with_gaps = arrays(np.float64, (6, 4), elements=st.integers(0, 4).map(float) | st.just(nan))


@given(with_gaps, st.permutations(range(6)))
def test_the_order_of_the_rows_changes_nothing_whatever_is_missing(x, order):
    """COINr fills the lower triangle as 1 − upper, so that its result depends on the order."""
    order, w = np.array(order), np.array([1.0, 2.0, 3.0, 4.0])
    np.testing.assert_array_equal(copeland(x[order], w), copeland(x, w)[order])
    np.testing.assert_allclose(outranking(x[order], w), outranking(x, w)[np.ix_(order, order)], atol=1e-15)


@given(with_gaps)
def test_two_shares_of_a_pair_add_up_to_one(x):
    matrix = outranking(x, [1.0, 2.0, 3.0, 4.0])
    pairs = (matrix + matrix.T)[~np.eye(6, dtype=bool)]
    np.testing.assert_allclose(pairs[~np.isnan(pairs)], 1.0, atol=1e-15)
    alone = np.isnan(matrix)
    there = ~np.isnan(x)
    np.testing.assert_array_equal(alone, ~np.eye(6, dtype=bool) & ~((there.astype(int) @ there.T.astype(int)) > 0))


def test_only_children_that_both_units_have_are_compared():
    x = np.array([[3.0, nan, 1.0], [2.0, 9.0, nan], [nan, 1.0, 5.0]])
    np.testing.assert_allclose(outranking(x, np.ones(3)), [[0, 1, 0], [0, 0, 1], [1, 0, 0]])
    assert copeland(x, np.ones(3)).tolist() == [0.0, 0.0, 0.0]


def test_asem_copeland_with_missing_values_does_not_depend_on_the_order_of_countries(asem):
    x = asem.values("03m_input_with_missing")
    scores = copeland(x, np.ones(49))
    np.testing.assert_array_equal(copeland(x[::-1], np.ones(49)), scores[::-1])
    assert scores.sum() == 0


def test_a_unit_without_children_has_no_score_and_is_not_beaten():
    assert copeland([[1.0, 2.0], [nan, nan], [0.0, 1.0]], [1.0, 1.0]).tolist()[::2] == [1.0, -1.0]
    assert np.isnan(copeland([[1.0, 2.0], [nan, nan], [0.0, 1.0]], [1.0, 1.0])[1])


# Size ----------------------------------------------------------------------------------------------------------------


def test_blocks_give_what_the_definition_gives():
    rng = np.random.default_rng(8)
    x, w = rng.normal(size=(130, 46)), rng.uniform(1, 2, (3, 46))
    difference = np.sign(x[:, None, :] - x[None, :, :])
    expected = np.sign(np.einsum("ijk,rk->rij", difference, w)).sum(axis=-1)
    np.testing.assert_array_equal(copeland(x, w), expected)


def test_copeland_of_178_units_and_46_indicators_is_fast():
    """COINr needs 21 s; the goal is 0.05 s (best of five, so that a busy machine does not decide)."""
    x, w = np.random.default_rng(0).random((178, 46)), np.ones(46)
    times = []
    for _ in range(5):
        start = time.perf_counter()
        copeland(x, w)
        times.append(time.perf_counter() - start)
    assert min(times) < 0.05


def test_matrix_of_a_stack_is_refused():
    with pytest.raises(EvaluationError, match="one evaluation"):
        outranking(np.ones((2, 3, 4)), np.ones(4))

"""Means of children against COINr's ASEM example, the Handbook and the laws that means obey."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gaoxin.evaluation.aggregation.means import arithmetic, generalised, geometric, harmonic, median, owa, weighted_sum
from gaoxin.evaluation.children import DomainError
from gaoxin.evaluation.errors import EvaluationError
from gaoxin.evaluation.rank import rank

nan = float("nan")
MEANS = {
    "arithmetic": arithmetic,
    "geometric": geometric,
    "harmonic": harmonic,
    "power 2": lambda x, w: generalised(x, w, 2.0),
    "power -2": lambda x, w: generalised(x, w, -2.0),
    "power 0.5": lambda x, w: generalised(x, w, 0.5),
    "median": median,
    "owa": lambda x, w: owa(x, w, (0.5, 0.3, 0.2)),
}
each_mean = pytest.mark.parametrize("mean", MEANS.values(), ids=MEANS.keys())

few = settings(max_examples=40)  # each example goes through every mean
positive = st.floats(0.01, 1000.0)
weight = st.floats(0.05, 20.0)


@st.composite
def children(draw, values=positive, most_units=6):
    units, k = draw(st.integers(1, most_units)), draw(st.integers(1, 6))
    return draw(arrays(np.float64, (units, k), elements=values)), draw(arrays(np.float64, k, elements=weight))


@st.composite
def children_with_gaps(draw):
    x, w = draw(children())
    gaps = draw(arrays(np.bool_, x.shape))
    return np.where(gaps, np.nan, x), w


# Laws ----------------------------------------------------------------------------------------------------------------


@given(children())
def test_harmonic_never_exceeds_geometric_and_geometric_never_exceeds_arithmetic(case):
    x, w = case
    slack = 1e-9 * x.max()
    assert (harmonic(x, w) <= geometric(x, w) + slack).all()
    assert (geometric(x, w) <= arithmetic(x, w) + slack).all()


@given(children(), st.floats(-6, 6), st.floats(-6, 6))
def test_generalised_mean_grows_with_its_exponent(case, p, q):
    x, w = case
    low, high = sorted((p, q))
    assert (generalised(x, w, low) <= generalised(x, w, high) * (1 + 1e-9)).all()


@few
@given(case=children())
def test_a_mean_lies_between_its_smallest_and_largest_child(case):
    x, w = case
    for mean in MEANS.values():
        score = mean(x, w)
        assert (score >= x.min(axis=1) * (1 - 1e-9)).all()
        assert (score <= x.max(axis=1) * (1 + 1e-9)).all()


@few
@given(case=children(), data=st.data())
def test_a_mean_does_not_fall_when_a_child_rises(case, data):
    x, w = case
    unit, child = data.draw(st.integers(0, x.shape[0] - 1)), data.draw(st.integers(0, x.shape[1] - 1))
    better = x.copy()
    better[unit, child] += data.draw(st.floats(0.0, 100.0))
    for mean in MEANS.values():
        assert mean(better, w)[unit] >= mean(x, w)[unit] * (1 - 1e-9)


@few
@given(case=children_with_gaps(), factor=st.floats(0.001, 1000.0))
def test_only_the_ratios_of_weights_count(case, factor):
    x, w = case
    for mean in MEANS.values():
        np.testing.assert_allclose(mean(x, w * factor), mean(x, w), rtol=1e-9)


@few
@given(case=children_with_gaps(), data=st.data())
def test_children_and_units_may_come_in_any_order(case, data):
    x, w = case
    units = np.array(data.draw(st.permutations(range(x.shape[0]))))
    order = np.array(data.draw(st.permutations(range(x.shape[1]))))
    for mean in MEANS.values():
        np.testing.assert_allclose(mean(x[units][:, order], w[order]), mean(x, w)[units], rtol=1e-9)


@few
@given(case=children())
def test_equal_children_give_their_common_value(case):
    x, w = case
    same = np.repeat(x[:, :1], x.shape[1], axis=1)
    for mean in MEANS.values():
        np.testing.assert_allclose(mean(same, w), x[:, 0], rtol=1e-12)


# Missing children ----------------------------------------------------------------------------------------------------


@few
@given(case=children_with_gaps())
def test_a_missing_child_is_dropped_and_the_other_weights_rescaled_in_every_mean(case):
    x, w = case
    for mean in MEANS.values():
        score = mean(x, w)
        for unit, row in enumerate(x):
            there = ~np.isnan(row)
            if there.any():
                assert score[unit] == pytest.approx(mean(row[None, there], w[there])[0], rel=1e-9)
            else:
                assert np.isnan(score[unit])


@each_mean
def test_a_child_of_weight_zero_counts_as_no_child(mean):
    x = np.array([[3.0, 5.0, 11.0], [2.0, 7.0, 13.0]])
    np.testing.assert_allclose(mean(x, np.array([1.0, 2.0, 0.0])), mean(x[:, :2], np.array([1.0, 2.0])), rtol=1e-12)
    assert np.isnan(mean(x, np.zeros(3))).all()


def test_generalised_mean_keeps_units_with_a_missing_child(asem):
    """COINr's a_genmean gives NA for 20 of 51 units here; its arithmetic and harmonic means do not."""
    x = asem.values("03m_input_with_missing")
    w = np.ones(x.shape[1])
    assert np.isnan(x).any(axis=1).sum() == 20
    assert not np.isnan(generalised(x, w, 2.0)).any()
    np.testing.assert_allclose(generalised(x, w, 1.0 + 1e-9), arithmetic(x, w), rtol=1e-8)


# Stacks --------------------------------------------------------------------------------------------------------------


@few
@given(case=children_with_gaps(), data=st.data())
def test_a_stack_gives_what_its_layers_give(case, data):
    x, w = case
    many_w = np.stack([w, w[::-1], np.arange(1.0, w.size + 1)])
    many_x = np.stack([x, np.flip(x, axis=0), np.flip(x, axis=1)])
    for mean in MEANS.values():
        for x_at, w_at, expected in (
            (x, many_w, [mean(x, one) for one in many_w]),
            (many_x, w, [mean(one, w) for one in many_x]),
            (many_x, many_w, [mean(a, b) for a, b in zip(many_x, many_w, strict=True)]),
            (x, many_w[:, None], [[mean(x, one)] for one in many_w]),
        ):
            np.testing.assert_allclose(mean(x_at, w_at), np.array(expected), rtol=1e-12)


@pytest.mark.parametrize("k", [3, 8, 46, 49])
def test_equal_units_get_equal_scores_to_the_last_bit_whatever_their_place_or_batch(k):
    rng = np.random.default_rng(k)
    x, w = rng.uniform(1, 100, (57, k)), rng.uniform(0, 1, (40, k))
    x[:] = x[0]
    for mean in (arithmetic, geometric, harmonic):
        scores = mean(x, w)
        assert (scores == scores[:, :1]).all()
        assert (scores[17] == mean(x, w[17])).all()


# Values that a mean cannot take --------------------------------------------------------------------------------------


@pytest.mark.parametrize("mean", [geometric, harmonic, MEANS["power -2"]])
@pytest.mark.parametrize("value", [0.0, -3.0])
def test_zero_and_negative_values_are_an_error_that_names_the_cell(mean, value):
    x = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, value]])
    with pytest.raises(DomainError, match="child 3 of unit 2") as error:
        mean(x, np.ones(3))
    assert (error.value.unit, error.value.child, error.value.value) == (1, 2, value)
    assert error.value.named(["甲区", "乙区"], ["a", "b", "c"]).text.zh.startswith("乙区 的 c")


def test_in_a_stack_the_cell_is_named_whose_replication_breaks():
    x = np.array([[0.0, 2.0, 3.0], [4.0, 5.0, -7.0]])
    with pytest.raises(DomainError, match="child 3 of unit 2 is -7"):
        geometric(x, [[0.0, 1.0, 0.0], [0.0, 1.0, 1.0]])  # the zero of unit 1 has no weight anywhere


def test_a_power_above_zero_takes_zeros_but_no_negative_values():
    assert generalised([[0.0, 8.0]], [1.0, 1.0], 3.0)[0] == pytest.approx((8.0**3 / 2) ** (1 / 3))
    with pytest.raises(DomainError, match="child 1 of unit 1"):
        generalised([[-1.0, 8.0]], [1.0, 1.0], 2.0)
    assert generalised([[-1.0, 8.0]], [1.0, 1.0], 1.0)[0] == 3.5


def test_values_outside_the_domain_can_leave_only_the_units_concerned_without_score():
    x = np.array([[1.0, 4.0], [0.0, 4.0]])
    w = np.array([[1.0, 1.0], [0.0, 1.0]])  # the second replication dropped the child with the zero
    np.testing.assert_allclose(geometric(x, w, outside="missing"), [[2.0, nan], [4.0, 4.0]])
    np.testing.assert_allclose(geometric(x, w[1]), [4.0, 4.0])


def test_extreme_exponents_reach_the_smallest_and_largest_child_without_overflow():
    x, w = [[1e200, 2e200, 3e200], [3.0, 2.0, nan]], [1.0, 1.0, 1.0]
    np.testing.assert_allclose(generalised(x, w, 300.0), [3e200, 3.0], rtol=0.01)
    np.testing.assert_array_equal(generalised(x, w, np.inf), [3e200, 3.0])
    np.testing.assert_array_equal(generalised(x, w, -np.inf), [1e200, 2.0])
    np.testing.assert_array_equal(generalised(x, [1.0, 1.0, 0.0], np.inf), [2e200, 3.0])


@pytest.mark.parametrize(
    ("x", "w", "match"),
    [
        ([[1.0, 2.0]], [1.0], "do not fit"),
        ([1.0, 2.0], [1.0, 1.0], "do not fit"),
        ([[1.0, 2.0]], [1.0, -1.0], "weight of child 2"),
        ([[1.0, 2.0]], [nan, 1.0], "weight of child 1"),
    ],
)
def test_weights_that_make_no_sense_are_refused(x, w, match):
    with pytest.raises(EvaluationError, match=match):
        arithmetic(x, w)


# Each mean by itself -------------------------------------------------------------------------------------------------


def test_handbook_table_38_geometric_ranks_from_the_raw_indicators(tai):
    """Equal weights on the raw data of Table A.2 reproduce all 23 printed ranks of GME."""
    printed = tai.table("table38_ranks_by_aggregation")
    countries = ["Korea, Rep. of" if row == "Korea" else row for row in printed.rows]
    x = tai.table("tableA2_raw").numbers(rows=countries)
    assert rank(geometric(x, np.ones(8))).tolist() == printed.numbers(["GME"])[:, 0].tolist()


def goalposts(tai, rows):
    """UNDP's normalisation of the Handbook's 23 countries: goalposts, capped at 1."""
    posts = tai.table("undp_goalposts").numbers()
    countries = ["Korea, Rep. of" if row == "Korea" else row for row in rows]
    x = tai.table("tableA2_raw").numbers(tai.table("undp_goalposts").rows, countries)
    return np.minimum((x - posts[:, 0]) / (posts[:, 1] - posts[:, 0]), 1.0)


def test_handbook_table_38_linear_ranks(tai):
    printed = tai.table("table38_ranks_by_aggregation")
    scores = arithmetic(goalposts(tai, printed.rows), np.ones(8))
    assert rank(scores).tolist() == printed.numbers(["LIN"])[:, 0].tolist()


@pytest.mark.parametrize(
    ("column", "largest_shift", "shifted"), [("EW", 0, 0), ("BAP", 0, 0), ("FA", 1, 4), ("AHP", 2, 3)]
)
def test_handbook_table_23_ranks_by_weighting(tai, column, largest_shift, shifted):
    """FA and AHP shift a few ranks because their weights (Table 22) are printed with two decimals only."""
    printed = tai.table("table23_ranks_by_weighting")
    z = goalposts(tai, printed.rows)
    indicators = tai.table("undp_goalposts").rows
    weights = tai.table("table22_weights").numbers(indicators, [column])[0]
    shift = np.abs(rank(arithmetic(z, weights)) - printed.numbers([column])[:, 0])
    assert (shift.max(), np.count_nonzero(shift)) == (largest_shift, shifted)


def test_weighted_sum_does_not_rescale_weights_but_shares_out_the_weight_of_a_missing_child():
    x = np.array([[80.0, 60.0, 90.0], [80.0, nan, 90.0]])
    w = np.array([0.2, 0.15, 0.3])
    assert weighted_sum(x, w).tolist() == pytest.approx([16.0 + 9.0 + 27.0, (16.0 + 27.0) * 0.65 / 0.5])
    assert np.isnan(weighted_sum(x, np.zeros(3))).all()


@given(arrays(np.float64, st.tuples(st.integers(1, 4), st.integers(1, 9)), elements=positive))
def test_equal_weights_give_the_ordinary_median(x):
    np.testing.assert_allclose(median(x, np.full(x.shape[1], 1 / 3)), np.median(x, axis=1), rtol=1e-12)


def test_whole_weights_of_the_median_count_like_copies_of_the_child():
    x = np.array([[7.0, 1.0, 5.0, 3.0]])
    assert median(x, [1.0, 3.0, 2.0, 2.0])[0] == np.median([7.0, 1, 1, 1, 5, 5, 3, 3])


def test_owa_with_equal_children_is_yagers_operator():
    """Yager (1988), the example of section II: W = (.4 .3 .2 .1), F(.7, 1, .3, .6) = .76."""
    assert owa([[0.7, 1.0, 0.3, 0.6]], np.ones(4), (0.4, 0.3, 0.2, 0.1))[0] == pytest.approx(0.76)


def test_owa_spans_maximum_mean_and_minimum():
    x, w = np.array([[2.0, 9.0, 4.0]]), np.ones(3)
    assert owa(x, w, (1.0, 0.0, 0.0))[0] == 9.0
    assert owa(x, w, (0.0, 0.0, 1.0))[0] == 2.0
    assert owa(x, [1.0, 2.0, 3.0], (1.0, 1.0, 1.0))[0] == pytest.approx(arithmetic(x, [1.0, 2.0, 3.0])[0])


def test_owa_of_whole_weights_is_that_of_copies_of_the_children():
    """Torra (1997): a child of weight 2 acts as two children, whatever the order weights."""
    order = (0.1, 0.2, 0.3, 0.4)
    copies = owa([[5.0, 5.0, 8.0, 1.0]], np.ones(4), order)
    assert owa([[5.0, 8.0, 1.0]], [2.0, 1.0, 1.0], order)[0] == pytest.approx(copies[0])


@pytest.mark.parametrize("order", [(), (0.0, 0.0), (0.5, -0.5), (nan, 1.0)])
def test_owa_refuses_order_weights_that_make_no_sense(order):
    with pytest.raises(EvaluationError, match="order weights"):
        owa([[1.0, 2.0]], [1.0, 1.0], order)

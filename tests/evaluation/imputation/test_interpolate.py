import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal

from gaoxin.evaluation.errors import EvaluationError
from gaoxin.evaluation.imputation.impute import impute
from gaoxin.evaluation.imputation.interpolate import impute_last, impute_linear
from gaoxin.evaluation.method import Imputation

NAN = np.nan
PANEL = ["LPI", "Flights", "Goods"]


def keyed(table):
    rows = zip(table.text("uCode"), table.text("Time"), table.numbers(PANEL), strict=True)
    return {(unit, year): values for unit, year, values in rows}


@pytest.mark.parametrize(
    ("name", "spec", "missing"),
    [
        ("05_panel_latest", Imputation(method="last"), 21),
        ("05_panel_latest", Imputation(method="last", max_gap=1), 21),
        ("05_panel_linear", Imputation(method="linear", extrapolate=True), 0),
        ("05_panel_constant", Imputation(method="last", extrapolate=True), 0),
    ],
)
def test_panel_rules_agree_with_coinr(asem, name, spec, missing):
    panel = keyed(asem.table("05_panel_input"))
    units, years = zip(*panel, strict=True)
    imputed = impute(np.array(list(panel.values())), spec, series=units, times=[int(year) for year in years])
    expected = keyed(asem.table(name))
    assert_allclose(imputed.x, [expected[key] for key in panel], rtol=1e-12)
    assert imputed.missing.sum() == missing
    assert imputed.filled.sum() == 153 - missing


def column(*values):
    return np.array(values, dtype=float)[:, None]


def test_linear_fills_only_between_values_unless_told_to_extrapolate():
    x = column(NAN, 2.0, NAN, 6.0, NAN)
    inside = impute_linear(x, ["a"] * 5, range(5))
    assert_array_equal(inside.ravel(), [NAN, 2.0, 4.0, 6.0, NAN])
    beyond = impute_linear(x, ["a"] * 5, range(5), extrapolate=True)
    assert_array_equal(beyond.ravel(), [2.0, 2.0, 4.0, 6.0, 6.0])


def test_linear_is_a_line_in_time_not_in_rows():
    assert impute_linear(column(0.0, NAN, 10.0), ["a"] * 3, [2010, 2011, 2020]).ravel().tolist() == [0.0, 1.0, 10.0]


def test_a_gap_longer_than_allowed_stays_missing_as_a_whole():
    x = column(1.0, NAN, 3.0, NAN, NAN, 6.0)
    assert_array_equal(impute_linear(x, ["a"] * 6, range(6), max_gap=1).ravel(), [1.0, 2.0, 3.0, NAN, NAN, 6.0])
    assert_array_equal(impute_linear(x, ["a"] * 6, range(6), max_gap=2).ravel(), [1, 2, 3, 4, 5, 6])


def test_held_ends_reach_no_farther_than_allowed():
    x = column(NAN, NAN, 2.0, NAN, NAN)
    once = [NAN, 2.0, 2.0, 2.0, NAN]
    assert_array_equal(impute_linear(x, ["a"] * 5, range(5), max_gap=1, extrapolate=True).ravel(), once)
    assert_array_equal(impute_last(x, ["a"] * 5, range(5), max_gap=1, extrapolate=True).ravel(), once)


def test_last_counts_periods_and_looks_back_only():
    x = column(NAN, 2.0, NAN, NAN, 5.0)
    assert_array_equal(impute_last(x, ["a"] * 5, range(5)).ravel(), [NAN, 2.0, 2.0, 2.0, 5.0])
    assert_array_equal(impute_last(x, ["a"] * 5, range(5), max_gap=1).ravel(), [NAN, 2.0, 2.0, NAN, 5.0])
    assert_array_equal(impute_last(x, ["a"] * 5, [0, 1, 5, 6, 7], max_gap=2).ravel(), [NAN, 2.0, NAN, NAN, 5.0])


def test_units_do_not_fill_each_other():
    x = column(1.0, NAN, NAN, 9.0)
    assert_array_equal(impute_last(x, ["a", "a", "b", "b"], [1, 2, 1, 2]).ravel(), [1.0, 1.0, NAN, 9.0])
    assert_array_equal(impute_linear(x, ["a", "b", "a", "b"], [1, 1, 2, 2]).ravel(), [1.0, NAN, NAN, 9.0])


def test_one_unit_twice_in_a_period_is_an_error_that_names_it():
    with pytest.raises(EvaluationError, match="zone A 2021"):
        impute_last(column(1.0, 2.0), ["zone A", "zone A"], [2021, 2021])


def test_lengths_must_agree():
    with pytest.raises(ValueError, match="rows"):
        impute_last(column(1.0, 2.0), ["a"], [2021, 2022])


@settings(max_examples=60, deadline=None)
@given(
    arrays(np.float64, (12, 2), elements=st.one_of(st.integers(-9, 9).map(float), st.just(NAN))),
    st.permutations(range(12)),
    st.sampled_from([impute_linear, impute_last]),
    st.sampled_from([None, 1, 2]),
    st.booleans(),
)
def test_the_order_of_rows_does_not_matter(x, order, rule, max_gap, extrapolate):
    order = np.array(order)
    series, times = np.repeat(["a", "b", "c"], 4), np.tile(np.arange(4), 3)
    whole = rule(x, series.tolist(), times, max_gap=max_gap, extrapolate=extrapolate)
    shuffled = rule(x[order], series[order].tolist(), times[order], max_gap=max_gap, extrapolate=extrapolate)
    assert_array_equal(shuffled, whole[order])

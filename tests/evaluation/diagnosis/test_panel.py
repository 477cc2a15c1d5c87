import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gaoxin.evaluation.diagnosis.panel import growth_rates, period_numbers, rank_change, trajectories
from gaoxin.evaluation.errors import EvaluationError

NAN = float("nan")


def test_consecutive_periods_differ_by_one_in_every_frequency():
    assert np.diff(period_numbers(["2024", "2025"])).tolist() == [1]
    assert np.diff(period_numbers(["2024-Q4", "2025-Q1"])).tolist() == [1]
    assert np.diff(period_numbers(["2024-12", "2025-01"])).tolist() == [1]


@pytest.mark.parametrize(
    ("periods", "message"),
    [
        (["last year"], "last year is not understood"),
        (["2024-13"], "2024-13"),
        (["2024", "2024-Q1"], "cannot be mixed: 2024, 2024-Q1"),
    ],
)
def test_periods_that_cannot_be_ordered_are_named(periods, message):
    with pytest.raises(EvaluationError, match=message):
        period_numbers(periods)


def test_periods_are_ordered_by_time_and_not_by_appearance():
    path = trajectories([3.0, 1.0, 2.0], ["A", "A", "B"], ["2025", "2024", "2024"])
    assert path.periods == ("2024", "2025")
    np.testing.assert_array_equal(path.values, [[1, 3], [2, NAN]])
    np.testing.assert_array_equal(path.at("2025"), [3, NAN])
    with pytest.raises(EvaluationError, match="no period 2023, only 2024, 2025"):
        path.at("2023")


def test_asem_growth_of_belgium(asem):
    panel, expected = asem.table("00_iData_panel"), asem.table("09_trends_CAGR_BEL")
    places = [i for i, unit in enumerate(panel.text("uCode")) if unit == "BEL"]
    for code, rate in zip(expected.text("Trends.iCode"), expected.text("Trends.CAGR"), strict=True):
        values = [float(panel.text(code)[i]) for i in places]
        path = trajectories(values, ["BEL"] * 5, [panel.text("Time")[i] for i in places])
        assert growth_rates(path)[0] == pytest.approx(float(rate), rel=1e-12)


def test_growth_skips_missing_ends_and_has_no_rate_across_zero():
    path = trajectories(
        [NAN, 4.0, 16.0, -1.0, 1.0, 5.0], list("AAABBC"), ["2020", "2021", "2023", "2020", "2021", "2020"]
    )
    np.testing.assert_allclose(growth_rates(path), [1.0, NAN, NAN])


def test_a_unit_can_lose_places_by_getting_better_too_slowly():
    got = rank_change(["A", "B", "C"], [50.0, 40.0, 30.0], [51.0, 60.0, 70.0])
    assert got.change.tolist() == [-2, 0, 2]
    assert got.own[0] == 0
    assert got.others[0] == -2


def test_a_unit_that_nobody_overtakes_owes_its_places_to_itself():
    got = rank_change(["A", "B", "C"], [10.0, 40.0, 30.0], [50.0, 40.0, 30.0])
    assert (got.change[0], got.own[0], got.others[0], got.entry[0]) == (2, 2, 0, 0)
    assert (got.change[1], got.own[1], got.others[1]) == (-1, 0, -1)


def test_places_lost_to_a_new_unit_are_neither_own_nor_others():
    got = rank_change(["A", "B", "N"], [50.0, 40.0, NAN], [50.0, 40.0, 90.0])
    np.testing.assert_array_equal(got.entry, [-1, -1, NAN])
    np.testing.assert_array_equal(got.own + got.others, [0, 0, NAN])
    np.testing.assert_array_equal(got.before, [1, 2, NAN])


scores = st.integers(1, 8).flatmap(
    lambda n: arrays(np.float64, (2, n), elements=st.one_of(st.integers(0, 9).map(float), st.just(NAN)))
)


@given(scores, st.sampled_from(["min", "dense", "average"]))
def test_effects_add_up_to_the_change(s, ties):
    got = rank_change([str(i) for i in range(s.shape[1])], s[0], s[1], ties=ties)
    np.testing.assert_allclose(got.own + got.others + got.entry, got.change)
    np.testing.assert_array_equal(np.isnan(got.own), np.isnan(s).any(axis=0))


@given(scores)
def test_an_unchanged_own_score_has_no_own_effect(s):
    s[1, 0] = s[0, 0]
    got = rank_change([str(i) for i in range(s.shape[1])], s[0], s[1])
    assert got.own[0] == 0 or np.isnan(s[0, 0])

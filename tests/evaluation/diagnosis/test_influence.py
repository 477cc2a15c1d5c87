import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaoxin.evaluation.diagnosis.influence import ratio_influence, sums_influence

NAN = float("nan")


def by_loop(n, d, unit, i):
    """The ratio of i's unit summed again without i."""
    others = (unit == unit[i]) & (np.arange(len(unit)) != i)
    return n[others].sum() / d[others].sum() if others.any() else NAN


def test_agrees_with_summing_again_for_every_member():
    rng = np.random.default_rng(1)
    n, d = rng.lognormal(3, 2, 400), rng.lognormal(5, 2, 400)
    unit = rng.integers(0, 7, 400)
    got = ratio_influence(n, d, unit)
    again = np.array([by_loop(n, d, unit, i) for i in range(400)])
    np.testing.assert_allclose(got.without, again, rtol=1e-10)
    whole = np.array([n[unit == u].sum() / d[unit == u].sum() for u in range(7)])
    np.testing.assert_allclose(got.value, whole, rtol=1e-13)
    np.testing.assert_allclose(got.effect, whole[unit] - again, rtol=1e-8, atol=1e-12)
    np.testing.assert_allclose(got.rate, got.effect / whole[unit], rtol=1e-12)


def test_a_tiny_member_keeps_its_effect_where_subtracting_two_ratios_loses_it():
    n, d = np.array([3e9, 1e-7]), np.array([1e10, 1e-7])
    exact = 1e-7 * (1e10 - 3e9) / (1e10 * 1e10)
    assert ratio_influence(n, d, np.array([0, 0])).effect[1] == pytest.approx(exact, rel=1e-6, abs=0)
    assert n.sum() / d.sum() - n[0] / d[0] == 0


def test_the_only_member_and_the_only_denominator_have_no_value_without_them():
    got = ratio_influence([1.0, 2.0, 5.0], [4.0, 0.1 + 0.2, 0.0], np.array([0, 1, 1]))
    assert np.isnan(got.effect[[0, 1]]).all()
    assert np.isnan(got.without[[0, 1]]).all()
    assert got.effect[2] == pytest.approx(5 / 0.3)


def test_an_unknown_figure_is_in_neither_sum_and_has_no_effect():
    got = ratio_influence([1.0, NAN, 3.0], [2.0, 100.0, 2.0], np.array([0, 0, 0]))
    assert got.value.tolist() == [1.0]
    np.testing.assert_allclose(got.effect, [-0.5, NAN, 0.5])


def test_a_unit_without_denominator_or_members_has_no_value():
    got = ratio_influence([1.0, 1.0], [0.0, 2.0], np.array([0, 1]), n_units=3)
    np.testing.assert_array_equal(got.value, [NAN, 0.5, NAN])
    assert np.isnan(got.effect[0])


def test_rate_has_no_value_when_the_indicator_is_zero():
    got = ratio_influence([1.0, -1.0], [1.0, 1.0], np.array([0, 0]))
    assert np.isnan(got.rate).all()
    assert got.effect.tolist() == [1.0, -1.0]


def test_sums_influence_agrees_with_the_closed_form_of_a_ratio():
    rng = np.random.default_rng(2)
    n, d, unit = rng.random(50), rng.random(50) + 0.1, rng.integers(0, 4, 50)
    ratio = ratio_influence(n, d, unit, factor=100)
    sums = sums_influence(lambda s: 100 * s[0] / s[1], np.stack([n, d]), unit)
    for name in ("value", "without", "effect", "rate"):
        np.testing.assert_allclose(getattr(sums, name), getattr(ratio, name), rtol=1e-9, atol=1e-11)


def test_sums_influence_of_growth_agrees_with_a_loop():
    rng = np.random.default_rng(3)
    x, unit = rng.random((4, 60)) + 0.5, rng.integers(0, 3, 60)

    def growth(s):
        return (s[0] / s[1]) / (s[2] / s[3]) - 1

    got = sums_influence(growth, x, unit)
    for i in range(60):
        others = (unit == unit[i]) & (np.arange(60) != i)
        assert got.without[i] == pytest.approx(growth(x[:, others].sum(axis=1)), rel=1e-10)


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(1, 10**6)), min_size=2, max_size=20))
def test_effects_weighted_by_what_is_left_cancel(pairs):
    """Σ effectᵢ·(D − dᵢ) = Σ (nᵢ − dᵢ·N/D) = 0 for every unit."""
    n, d = np.array(pairs, dtype=float).T
    got = ratio_influence(n, d, np.zeros(len(n), dtype=np.int64))
    assert np.sum(got.effect * (d.sum() - d)) == pytest.approx(0, abs=1e-7 * (1 + n.sum()))

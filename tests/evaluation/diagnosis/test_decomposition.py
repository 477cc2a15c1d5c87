import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gaoxin.evaluation.diagnosis.decomposition import FACTORS, decompose_change
from gaoxin.evaluation.errors import EvaluationError
from gaoxin.evaluation.index import evaluate
from gaoxin.evaluation.method import Aggregation, Method, Normalisation, Screening, Weighting
from gaoxin.evaluation.structure import Hierarchy

NAN = float("nan")
UNITS = list("ABCDEFGH")


def tree(**weights):
    return Hierarchy.build(
        {"a": "P", "b": "P", "c": "Q", "d": "Q", "P": "I", "Q": "I", "I": None}, weights=weights, directions={"d": -1}
    )


def table(seed):
    return np.random.default_rng(seed).uniform(1, 9, (8, 4))


FIXED = Normalisation(method="goalposts", goalposts=dict.fromkeys("abcd", (0.0, 10.0)))
METHODS = [
    Method(),
    Method(normalisation=Normalisation(low=1, high=100), aggregation=(Aggregation(method="geometric"),)),
    Method(normalisation=FIXED, aggregation=(Aggregation(method="weighted_sum"),)),
    Method(weighting=Weighting(method="critic")),
    Method(aggregation=(Aggregation(), Aggregation(method="topsis"))),
]


def assert_adds_up(found):
    change = found.after - found.before
    np.testing.assert_allclose(sum(found.effects.values()), change, atol=1e-12 * np.abs(found.after).max())
    np.testing.assert_allclose(sum(found.rank_effects.values()), found.rank_before - found.rank_after, atol=1e-12)


@given(
    seed=st.integers(0, 1000),
    old=st.sampled_from(METHODS),
    new=st.sampled_from(METHODS),
    order=st.one_of(st.none(), st.permutations(FACTORS).map(tuple)),
)
@settings(max_examples=25, deadline=None)
def test_effects_add_up_to_the_change_of_score_and_rank(seed, old, new, order):
    before = evaluate(table(seed), tree(a=2), old, units=UNITS)
    after = evaluate(table(seed + 1)[::-1], tree(b=3, P=2), new, units=UNITS[::-1])
    found = decompose_change(before, after, order=order)
    assert_adds_up(found)
    np.testing.assert_array_equal(found.before, before.index)
    np.testing.assert_array_equal(found.after, after.index[::-1])
    np.testing.assert_array_equal(found.rank_after, after.ranks[::-1, -1])


def test_what_did_not_change_has_no_effect():
    before = evaluate(table(1), tree(), Method(normalisation=FIXED), units=UNITS)
    after = evaluate(table(2), tree(), Method(normalisation=FIXED), units=UNITS)
    found = decompose_change(before, after)
    for factor in ("scale", "weights", "method"):
        assert not found.effects[factor].any()
        assert not found.rank_effects[factor].any()
    np.testing.assert_allclose(found.data, found.after - found.before)


def test_a_unit_that_stands_still_loses_to_the_scale_when_the_best_get_better():
    x = table(3)
    x[0] = [5.0, 5.0, 5.0, 5.0]
    better = x.copy()
    better[1, :3] = 12.0
    found = decompose_change(evaluate(x, tree(), units=UNITS), evaluate(better, tree(), units=UNITS))
    assert found.effects["figures"][0] == 0
    assert found.effects["scale"][0] < 0
    assert found.effects["scale"][0] == pytest.approx(found.after[0] - found.before[0])


def test_weights_alone():
    x = table(4)
    before, after = (evaluate(x, t, units=UNITS) for t in (tree(), tree(a=3, Q=2)))
    found = decompose_change(before, after)
    np.testing.assert_allclose(found.effects["weights"], after.index - before.index, atol=1e-12)
    expected = before.normalised * (after.hierarchy.effective_weights - before.hierarchy.effective_weights)[:4]
    np.testing.assert_allclose(found.by_indicator["weights"], expected, atol=1e-12)


def test_effects_by_indicator_add_up_where_the_index_is_additive():
    before = evaluate(table(5), tree(), units=UNITS)
    after = evaluate(table(6), tree(c=2), Method(normalisation=Normalisation(method="zscore")), units=UNITS)
    found = decompose_change(before, after)
    for factor in FACTORS:
        np.testing.assert_allclose(found.by_indicator[factor].sum(axis=1), found.effects[factor], atol=1e-10)
    moved = table(5)
    moved[0, 2] += 0.1
    small = decompose_change(
        evaluate(table(5), tree(), Method(normalisation=FIXED), units=UNITS),
        evaluate(moved, tree(), Method(normalisation=FIXED), units=UNITS),
    )
    assert small.by_indicator["figures"][0] == pytest.approx([0, 0, 0.25, 0])


@pytest.mark.parametrize("scope", ["period", "all", "base"])
def test_two_periods_of_one_evaluation(scope):
    spec = Normalisation(scope=scope, base_period=2024 if scope == "base" else None, clamp=False)
    done = evaluate(
        np.vstack([table(7), table(8)]),
        tree(),
        Method(normalisation=spec),
        units=UNITS * 2,
        periods=[2024] * 8 + [2025] * 8,
    )
    found = decompose_change(done, done, period_before="2024", period_after="2025")
    assert_adds_up(found)
    np.testing.assert_array_equal(found.before, done.index[:8])
    np.testing.assert_array_equal(found.after, done.index[8:])
    assert found.effects["scale"].any() == (scope == "period")


def test_only_units_of_both_periods_are_decomposed():
    x = table(9)
    x[2] = NAN
    before = evaluate(x, tree(), Method(screening=Screening(unit_availability=0.5)), units=UNITS)
    after = evaluate(table(10)[:6], tree(), units=[*UNITS[1:6], "Z"])
    found = decompose_change(before, after)
    assert found.units == ("B", "D", "E", "F")
    assert_adds_up(found)


def test_an_indicator_that_came_later_is_in_both_trees_with_weight_zero():
    before = evaluate(table(11), tree(d=0), units=UNITS)
    after = evaluate(table(12), tree(), units=UNITS)
    found = decompose_change(before, after)
    assert_adds_up(found)
    assert found.by_indicator["weights"][:, 3].any()


def test_what_cannot_be_decomposed_is_said():
    before = evaluate(table(1), tree(), units=UNITS)
    other = Hierarchy.build({"a": "P", "b": "P", "c": "P", "d": "Q", "P": "I", "Q": "I", "I": None})
    with pytest.raises(EvaluationError, match="use one tree"):
        decompose_change(before, evaluate(table(1), other, units=UNITS))
    with pytest.raises(EvaluationError, match="no unit"):
        decompose_change(before, evaluate(table(1), tree(), units=list("STUVWXYZ")))
    own = Method(weighting=Weighting(method="benefit_of_the_doubt"), normalisation=Normalisation(low=1))
    with pytest.raises(EvaluationError, match="weights of its own"):
        decompose_change(evaluate(table(1), tree(), own, units=UNITS), evaluate(table(2), tree(), own, units=UNITS))
    with pytest.raises(ValueError, match="once"):
        decompose_change(before, before, order=("figures", "scale"))

"""From a specification to weights: every method is reached, and what there is to say is said; combined weights."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaoxin.evaluation.aggregation.aggregate import aggregate
from gaoxin.evaluation.errors import EvaluationError
from gaoxin.evaluation.method import Aggregation, Weighting
from gaoxin.evaluation.weights.ahp import ahp
from gaoxin.evaluation.weights.combined import combined
from gaoxin.evaluation.weights.derive import derive
from gaoxin.evaluation.weights.factor import first_component, rotated_factors
from gaoxin.evaluation.weights.objective import critic, entropy, standard_deviation
from gaoxin.evaluation.weights.optimised import importance, optimised

CODES = ["a", "b", "c"]
GIVEN = np.array([3.0, 2.0, 1.0])
JUDGEMENTS = [[1.0, 3.0, 5.0], [1 / 3, 1.0, 2.0], [1 / 5, 1 / 2, 1.0]]
shares = st.lists(st.floats(0.01, 10.0), min_size=4, max_size=4)


@pytest.fixture
def x():
    common = np.random.default_rng(1).uniform(20, 80, (30, 1))
    return common + np.random.default_rng(2).uniform(0, 20, (30, 3))


def derived(x, method, **options):
    aggregation = options.pop("aggregation", Aggregation())
    given_weights = options.pop("given", GIVEN)
    spec = Weighting(method=method, **options)
    return derive(x, spec, parent="P", codes=CODES, given=given_weights, aggregation=aggregation)


def test_every_method_of_the_specification_is_reached(x):
    targets = {"a": 1.0, "b": 2.0, "c": 1.0}
    for found, expected in [
        (derived(x, "given"), GIVEN),
        (derived(x, "equal"), np.full(3, 1 / 3)),
        (derived(x, "entropy"), entropy(x)),
        (derived(x, "critic"), critic(x)),
        (derived(x, "standard_deviation"), standard_deviation(x)),
        (derived(x, "pca"), first_component(x).weights),
        (derived(x, "factor"), rotated_factors(x).weights),
        (derived(x, "ahp", matrices={"P": [JUDGEMENTS]}), ahp(JUDGEMENTS).weights),
        (derived(x, "optimised", targets=targets), optimised(x, targets, CODES).weights),
        (derived(x, "combined", objective="critic", alpha=0.3), combined(GIVEN, critic(x), alpha=0.3)),
        (derived(x, "combined", objective="pca"), combined(GIVEN, first_component(x).weights)),
        (derived(x, "combined"), combined(GIVEN, entropy(x))),
    ]:
        np.testing.assert_array_equal(found.weights, expected)


def test_a_child_that_was_dropped_stays_dropped_and_is_not_looked_at(x):
    x[:, 1] = -1.0  # neither entropy nor correlations could take it
    for method in ("equal", "entropy", "critic", "standard_deviation", "pca", "factor", "optimised", "combined"):
        weights = derived(x, method, given=[3.0, 0.0, 1.0]).weights
        assert weights[1] == 0.0
        assert weights.sum() == pytest.approx(1.0)
    assert derived(x, "entropy", given=[0.0, 0.0, 0.0]).weights.tolist() == [0.0, 0.0, 0.0]


def test_targets_of_other_parents_are_not_mixed_up(x):
    everywhere = {"a": 1.0, "b": 2.0, "c": 1.0, "elsewhere": 5.0}
    np.testing.assert_array_equal(
        derived(x, "optimised", targets=everywhere).weights,
        derived(x, "optimised", targets={"a": 1.0, "b": 2.0, "c": 1.0}).weights,
    )
    equal = derived(x, "optimised", targets={"elsewhere": 5.0}).weights
    np.testing.assert_array_equal(equal, optimised(x, None, CODES).weights)
    with pytest.raises(EvaluationError, match="differ: c"):
        derived(x, "optimised", targets={"a": 1.0, "b": 2.0})


def test_importance_is_that_in_the_parent_as_it_is_aggregated(x):
    spec = Aggregation(method="geometric")
    goal = importance(x, aggregate(x, [0.7, 0.2, 0.1], spec))
    result = derived(x, "optimised", targets=dict(zip(CODES, goal.tolist(), strict=True)), aggregation=spec)
    np.testing.assert_allclose(importance(x, aggregate(x, result.weights, spec)), goal, atol=1e-4)
    np.testing.assert_allclose(result.weights, [0.7, 0.2, 0.1], atol=0.02)


# Notes ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["entropy", "critic", "standard_deviation", "pca", "factor", "combined"])
def test_a_silent_child_is_reported(x, method):
    x[:, 2] = 5.0
    note = derived(x, method).notes[0]
    assert note.en == "P: c does not vary between the units and has weight 0"
    assert note.zh.startswith("P：c")


def test_a_child_against_the_first_component_is_reported(x):
    x[:, 1] = 100.0 - x[:, 1]
    result = derived(x, "pca")
    assert result.weights[1] == 0.0
    assert [note.en for note in result.notes] == [
        "P: b runs against the first principal component and has weight 0; check its direction"
    ]


def test_inconsistent_judgements_are_reported(x):
    contradictory = [[1.0, 5.0, 1 / 5], [1 / 5, 1.0, 5.0], [5.0, 1 / 5, 1.0]]
    note = derived(x, "ahp", matrices={"P": [contradictory]}).notes[0]
    assert note.en == "P: the judgements have a consistency ratio of 2.759, above 0.1; revise them"  # λmax 6.2
    assert derived(x, "ahp", matrices={"P": [JUDGEMENTS]}).notes == ()


def test_targets_that_are_out_of_reach_are_reported(x):
    note = derived(x, "optimised", targets={"a": 1.0, "b": 0.0, "c": 0.0}).notes[0]
    assert note.en.startswith("P: no weights ≥ 0 reach the target importance; a has ")
    assert note.en.endswith("instead of 100.0%")
    assert derived(x, "optimised").notes == ()


def test_a_search_without_a_slope_to_follow_is_reported(x):
    steps = Aggregation(method="copeland")  # flat between jumps
    result = derived(x, "optimised", targets={"a": 0.5, "b": 0.3, "c": 0.2}, aggregation=steps)
    assert "did not converge" in result.notes[0].en


# Errors --------------------------------------------------------------------------------------------------------------


def test_a_parent_without_judgements_is_an_error_but_an_only_child_needs_none(x):
    with pytest.raises(EvaluationError, match="P has no comparison matrix"):
        derived(x, "ahp", matrices={"Q": [JUDGEMENTS]})
    alone = derive(x[:, :1], Weighting(method="ahp"), parent="P", codes=["a"], given=[2.0])
    assert alone.weights.tolist() == [1.0]


def test_benefit_of_the_doubt_has_no_common_weights(x):
    with pytest.raises(EvaluationError, match="no weights that are common"):
        derived(x, "benefit_of_the_doubt")


def test_a_value_that_the_method_cannot_take_is_named(x):
    x[4, 2] = -3.0
    units = [f"zone {i}" for i in range(30)]
    with pytest.raises(EvaluationError, match="c of zone 4 is -3"):
        derive(x, Weighting(method="entropy"), parent="P", codes=CODES, given=[1.0, 0.0, 1.0], units=units)


# Combined ------------------------------------------------------------------------------------------------------------


@given(shares, shares, st.floats(0, 1))
def test_combined_weights_lie_between_their_two_sides(subjective, objective, alpha):
    s, o = np.array(subjective) / sum(subjective), np.array(objective) / sum(objective)
    w = combined(s, o, alpha=alpha)
    assert w.sum() == pytest.approx(1.0)
    expected = np.exp(alpha * np.log(s) + (1 - alpha) * np.log(o))
    np.testing.assert_allclose(w, expected / expected.sum(), rtol=1e-9)
    np.testing.assert_allclose(combined(s, o, alpha=1.0), s, rtol=1e-9)
    np.testing.assert_allclose(combined(s, o, alpha=0.0), o, rtol=1e-9)
    np.testing.assert_allclose(combined(s * 7.0, o, alpha=alpha), w, rtol=1e-9)


def test_a_weight_of_zero_on_a_side_that_counts_is_zero_in_the_end():
    assert combined([0.5, 0.5], [0.0, 1.0]).tolist() == [0.0, 1.0]
    assert combined([0.5, 0.5], [0.0, 1.0], alpha=1.0).tolist() == [0.5, 0.5]
    with pytest.raises(EvaluationError, match="both a subjective and an objective"):
        combined([1.0, 0.0], [0.0, 1.0])


@pytest.mark.parametrize(
    ("subjective", "objective", "alpha", "match"),
    [
        ([1.0], [1.0, 2.0], 0.5, "as many of the one"),
        ([1.0, -1.0], [1.0, 2.0], 0.5, "numbers ≥ 0"),
        ([1.0, 1.0], [1.0, 2.0], 1.5, "between 0 and 1"),
    ],
)
def test_sides_that_do_not_fit_are_refused(subjective, objective, alpha, match):
    with pytest.raises(EvaluationError, match=match):
        combined(subjective, objective, alpha=alpha)

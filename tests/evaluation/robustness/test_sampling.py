from typing import get_args, get_type_hints

import numpy as np
import pytest
from pydantic import ValidationError

from gaoxin.evaluation import method_names
from gaoxin.evaluation.errors import EvaluationError
from gaoxin.evaluation.method import (
    Aggregation,
    Imputation,
    Method,
    Normalisation,
    Treatment,
    UncertaintySpec,
    Weighting,
    WeightNoise,
)
from gaoxin.evaluation.robustness.sampling import FactorSpace, default_uncertainty, random_points
from gaoxin.evaluation.structure import Hierarchy, StructureError

NOTHING = UncertaintySpec(weights=(), unconfirmed=None, dropped="none")
ZSCORE = Normalisation(method="zscore")
GEOMETRIC = (Aggregation(method="geometric"),)


@pytest.fixture
def tree():
    """Two dimensions P (a, b, c) and Q (d, e) below the index I."""
    return Hierarchy.build(
        {"a": "P", "b": "P", "c": "P", "d": "Q", "e": "Q", "P": "I", "Q": "I", "I": None},
        weights={"a": 1.0, "b": 2.0, "c": 1.0, "P": 0.6, "Q": 0.4},
    )


def space(tree, spec, unconfirmed=(), method=None):
    return FactorSpace.build(spec, tree, method or Method(), unconfirmed)


def varying(spec, **changes):
    return spec.model_copy(update=changes)


def test_discrete_alternatives_have_equal_parts_of_the_unit_interval_not_of_the_sample(tree):
    two = space(tree, varying(NOTHING, normalisation=(ZSCORE,)))
    draws = np.array([[0.1], [0.2], [0.3], [0.45], [0.5], [1.0]])
    assert two.choices(draws)[:, 2].tolist() == [0, 0, 0, 0, 1, 1]
    assert two.choices(draws)[:, [0, 1, 3, 4]].max() == 0


def test_the_own_choice_of_the_method_is_the_first_alternative_and_is_not_doubled(tree):
    spec = varying(NOTHING, normalisation=(Normalisation(), ZSCORE, ZSCORE), aggregation=(GEOMETRIC,))
    built = space(tree, spec)
    assert [f.code for f in built.factors] == ["normalisation", "aggregation"]
    assert [a.en for a in built.factors[0].alternatives] == ["min-max 0–100", "z-scores"]
    chosen = built.method_of(built.choices(np.array([[0.9, 0.9]]))[0])
    assert chosen.normalisation == ZSCORE
    assert chosen.aggregation == GEOMETRIC
    assert built.words_of(built.choices(np.array([[0.9, 0.1]]))[0]).en == "z-scores, arithmetic mean"


def test_uniform_noise_stays_in_its_range_and_on_its_levels(tree):
    built = space(tree, varying(NOTHING, weights=(WeightNoise(share=0.25, levels=(2,)),)))
    weights = built.weights(random_points(500, built.width, 1), tree.weights)
    moved = weights / tree.weights
    np.testing.assert_array_equal(moved[:, [0, 1, 2, 3, 4, 7]], 1.0)
    assert moved[:, 5:7].min() >= 0.75
    assert moved[:, 5:7].max() <= 1.25
    assert np.ptp(moved[:, 5:7], axis=0).min() > 0.45


def test_noise_can_be_limited_to_the_children_of_some_parents(tree):
    built = space(tree, varying(NOTHING, weights=(WeightNoise(parents=("Q",)), WeightNoise(parents=("P",)))))
    assert [(f.code, f.width) for f in built.factors] == [("weights", 2), ("weights.2", 3)]
    moved = built.weights(np.array([[1.0, 1.0, 0.0, 0.0, 0.0]]), tree.weights)[0] / tree.weights
    np.testing.assert_allclose(moved, [0.75, 0.75, 0.75, 1.25, 1.25, 1.0, 1.0, 1.0])


def test_dirichlet_noise_has_the_stated_mean_and_standard_deviation_and_keeps_the_sum(tree):
    noise = WeightNoise(kind="dirichlet", concentration=50.0, parents=("P",))
    built = space(tree, varying(NOTHING, weights=(noise,)))
    weights = built.weights(random_points(20_000, built.width, 3), tree.weights)
    np.testing.assert_allclose(weights[:, :3].sum(axis=1), 4.0)
    shares, nominal = weights[:, :3] / 4.0, np.array([0.25, 0.5, 0.25])
    np.testing.assert_allclose(shares.mean(axis=0), nominal, atol=0.002)
    np.testing.assert_allclose(shares.std(axis=0), np.sqrt(nominal * (1 - nominal) / 51.0), rtol=0.02)
    np.testing.assert_array_equal(weights[:, 3:], np.broadcast_to(tree.weights[3:], (20_000, 5)))


def test_dirichlet_noise_leaves_weights_of_zero_at_zero(tree):
    built = space(tree, varying(NOTHING, weights=(WeightNoise(kind="dirichlet", levels=(1,)),)))
    weights = built.weights(random_points(50, built.width, 3), np.array([0.0, 2.0, 1.0, 0.0, 0.0, 0.6, 0.4, 1.0]))
    assert weights[:, [0, 3, 4]].max() == 0.0
    assert 0.0 < weights[:, 1].min() < weights[:, 1].max() < 3.0


def test_only_unconfirmed_weights_vary_over_their_range(tree):
    built = space(tree, varying(NOTHING, unconfirmed=(0.5, 1.5)), unconfirmed=["b", "Q"])
    moved = built.weights(random_points(400, built.width, 1), tree.weights) / tree.weights
    confirmed = [0, 2, 3, 4, 5, 7]
    np.testing.assert_array_equal(moved[:, confirmed], 1.0)
    for node in (1, 6):
        assert 0.5 <= moved[:, node].min() < 0.52
        assert 1.48 < moved[:, node].max() <= 1.5


def test_an_unconfirmed_weight_keeps_to_its_range_when_the_others_have_noise(tree):
    built = space(tree, UncertaintySpec(dropped="none"), unconfirmed=["b"])
    moved = built.weights(np.array([[0.0] * 6 + [1.0]]), tree.weights)[0] / tree.weights
    np.testing.assert_allclose(moved, [0.75, 1.5, 0.75, 0.75, 0.75, 0.75, 0.75, 1.0])


def test_a_dropped_indicator_gives_its_weight_to_its_siblings(tree):
    built = space(tree, varying(NOTHING, dropped="one"))
    u = (np.arange(6)[:, None] + 0.5) / 6.0  # none, a, b, c, d, e
    weights = built.weights(u, tree.weights)
    np.testing.assert_array_equal(weights[0], tree.weights)
    np.testing.assert_allclose(weights[2], [2.0, 0.0, 2.0, 1.0, 1.0, 0.6, 0.4, 1.0])
    np.testing.assert_array_equal(built.dropped(u)[:, :5], np.eye(6, 5, k=-1, dtype=bool))


def test_a_parent_without_any_child_left_is_dropped_too(tree):
    built = space(tree, varying(NOTHING, dropped="random", drop_share=0.5))
    weights = built.weights(np.array([[0.9, 0.9, 0.9, 0.1, 0.1], [0.1] * 5]), tree.weights)
    np.testing.assert_allclose(weights[0], [1.0, 2.0, 1.0, 0.0, 0.0, 1.0, 0.0, 1.0])
    assert weights[1, :7].tolist() == [0.0] * 7


def test_indicators_are_dropped_as_often_as_stated(tree):
    built = space(tree, varying(NOTHING, dropped="random", drop_share=0.2))
    assert built.dropped(random_points(4000, 5, 1))[:, :5].mean() == pytest.approx(0.2, abs=0.01)


def test_a_longer_sample_begins_with_the_shorter_one():
    np.testing.assert_array_equal(random_points(100, 7, 5)[:40], random_points(40, 7, 5))


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (NOTHING, "nothing is uncertain"),
        (varying(NOTHING, unconfirmed=(0.5, 1.5)), "nothing is uncertain"),
        (varying(NOTHING, weights=(WeightNoise(levels=(7,)),)), "levels 1 to 2 have weights"),
        (varying(NOTHING, weights=(WeightNoise(levels=(1,)), WeightNoise(parents=("P",)))), "a is moved by two"),
    ],
)
def test_a_specification_that_cannot_be_meant_is_refused(tree, spec, message):
    with pytest.raises(EvaluationError, match=message):
        space(tree, spec)


def test_codes_that_are_not_in_the_system_are_named(tree):
    with pytest.raises(StructureError, match="Z9"):
        space(tree, UncertaintySpec(), unconfirmed=["Z9"])
    with pytest.raises(StructureError, match="Z9"):
        space(tree, UncertaintySpec(weights=(WeightNoise(parents=("Z9",)),)))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("weights", [{"share": -0.1}]),
        ("weights", [{"share": 1.5}]),
        ("weights", [{"kind": "dirichlet", "concentration": 0}]),
        ("weights", [{"levels": [0]}]),
        ("unconfirmed", [1.5, 0.5]),
        ("unconfirmed", [-1, 1]),
        ("drop_share", 1.0),
        ("aggregation", [[]]),
        ("noise", 3),
    ],
)
def test_values_that_make_no_sense_name_their_field(field, value):
    with pytest.raises(ValidationError, match=field):
        UncertaintySpec.model_validate({field: value})


def test_the_default_offers_no_alternative_that_breaks_the_method():
    assert default_uncertainty(Method()).normalisation[0].method == "zscore"
    assert default_uncertainty(Method(aggregation=GEOMETRIC)).normalisation == ()
    assert default_uncertainty(Method(normalisation_of={"a": Normalisation(method="none")})).normalisation == ()
    assert default_uncertainty(Method(treatment=Treatment(method="boxcox"))).treatment == (Treatment(),)
    fixed = default_uncertainty(Method(normalisation=Normalisation(scope="base", base_period=2020))).normalisation[0]
    assert (fixed.method, fixed.scope, fixed.base_period) == ("zscore", "base", 2020)


@pytest.mark.parametrize(
    ("spec", "names"),
    [
        (Imputation, method_names.IMPUTATIONS),
        (Treatment, method_names.TREATMENTS),
        (Normalisation, method_names.NORMALISATIONS),
        (Weighting, method_names.WEIGHTINGS),
        (Aggregation, method_names.AGGREGATIONS),
    ],
)
def test_every_method_has_a_name_in_both_languages(spec, names):
    assert set(get_args(get_type_hints(spec)["method"])) == set(names)
    assert all(name.zh and name.en for name in names.values())

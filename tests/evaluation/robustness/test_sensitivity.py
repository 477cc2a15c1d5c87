import numpy as np
import pytest

from gaoxin.evaluation.errors import EvaluationError
from gaoxin.evaluation.index import evaluate
from gaoxin.evaluation.method import (
    Aggregation,
    Imputation,
    Method,
    Normalisation,
    Treatment,
    UncertaintySpec,
    WeightNoise,
)
from gaoxin.evaluation.rank import rank
from gaoxin.evaluation.robustness.replications import Replications
from gaoxin.evaluation.robustness.sampling import random_points
from gaoxin.evaluation.robustness.sensitivity import sensitivity
from gaoxin.evaluation.robustness.sobol import sampling_matrices, sobol_indices
from gaoxin.evaluation.structure import Hierarchy

NAN = float("nan")
GEOMETRIC = (Aggregation(method="geometric"),)
ZSCORE = Normalisation(method="zscore", mean=10.0, sd=2.0)
METHODS = UncertaintySpec(
    treatment=(Treatment(method="winsorise"),), normalisation=(ZSCORE,), aggregation=(GEOMETRIC,), dropped="one"
)


@pytest.fixture(scope="module")
def connectivity(asem):
    method = Method(imputation=Imputation(method="group_mean"), normalisation=Normalisation(low=1.0))
    return evaluate(
        asem.values("01_step_Denominated"),
        asem.hierarchy,
        method,
        units=asem.units,
        groups=asem.attribute("EurAsia_group"),
    )


def two_sided():
    """X leads on a, Y on b, both by the same distance; a, b are twins of c, d, whose weights move nothing."""
    tree = Hierarchy.build({"a": "I", "b": "I", "P": "I", "c": "P", "d": "P", "I": None})
    return evaluate([[9.0, 1, 5, 5], [1, 9.0, 5, 5], [3, 3, 9.0, 9.0], [4, 2, 1, 1]], tree, units=list("XYZW"))


def test_the_target_is_computed_as_the_plain_chain_would(connectivity):
    analysis = sensitivity(connectivity, METHODS, base=8, sampling="random", seed=3)
    model = Replications.build(connectivity, METHODS)
    columns = [factor.columns for factor in model.space.factors]
    design = sampling_matrices(random_points(8, 2 * model.space.width, seed=3), columns)
    tree, nominal = connectivity.hierarchy, rank(connectivity.index)
    y = np.empty(len(design))
    for row, point in enumerate(design):
        draw = model.draw(point)
        again = connectivity.again(method=draw.method, hierarchy=tree.with_weights(draw.weights))
        y[row] = np.abs(rank(again.index) - nominal).mean()
    y = y.reshape(-1, 8)
    expected = sobol_indices(y[0], y[1], y[2:])
    np.testing.assert_allclose([f.first for f in analysis.factors], expected.first, rtol=1e-9)
    np.testing.assert_allclose([f.total for f in analysis.factors], expected.total, rtol=1e-9)
    assert analysis.mean == pytest.approx(y[:2].mean())
    assert analysis.runs == len(design) == 8 * 7
    assert [f.factor.code for f in analysis.factors] == [
        "treatment",
        "normalisation",
        "aggregation",
        "weights",
        "dropped",
    ]


def test_a_choice_without_effect_has_index_zero_and_the_only_one_with_effect_has_one():
    noise = (WeightNoise(parents=("P",)), WeightNoise(parents=("I",)))
    analysis = sensitivity(two_sided(), UncertaintySpec(weights=noise, dropped="none"), target="score", unit="X")
    silent, decisive = analysis.factors
    assert silent.first == silent.total == 0.0
    assert silent.total_interval == (0.0, 0.0)
    assert decisive.total == pytest.approx(1.0, abs=0.02)
    assert decisive.first == pytest.approx(1.0, abs=0.02)
    assert decisive.first_interval[0] < decisive.first < decisive.first_interval[1]


def test_a_linear_score_has_the_indices_that_can_be_computed_by_hand():
    """The plain sum 9·w_a + 1·w_b of independent weights: variances in the proportion 81 to 1, no interaction."""
    tree = Hierarchy.build({"a": "P", "b": "Q", "P": "I", "Q": "I", "I": None})
    sums = (Aggregation(method="weighted_sum"),)
    method = Method(aggregation=sums, normalisation=Normalisation(method="none"))
    evaluation = evaluate([[9.0, 1.0], [1.0, 2.0]], tree, method, units=["X", "Y"])
    noise = (WeightNoise(parents=("P",)), WeightNoise(parents=("Q",)))
    analysis = sensitivity(
        evaluation, UncertaintySpec(weights=noise, dropped="none"), target="score", unit="X", base=1024
    )
    assert analysis.target.en == "score of X"
    np.testing.assert_allclose([f.first for f in analysis.factors], [81 / 82, 1 / 82], atol=0.003)
    np.testing.assert_allclose([f.total for f in analysis.factors], [81 / 82, 1 / 82], atol=0.003)
    assert analysis.variance == pytest.approx(82 * 0.5**2 / 12, rel=0.01)


def test_rank_of_a_unit_as_target():
    noise = (WeightNoise(parents=("I",)),)
    analysis = sensitivity(two_sided(), UncertaintySpec(weights=noise), target="rank", unit="X", base=256)
    assert analysis.target.zh == "X 的名次"
    assert 1.0 < analysis.mean < 3.0
    assert [f.factor.code for f in analysis.factors] == ["weights", "dropped"]


def test_sobol_points_are_a_power_of_two_and_random_ones_as_many_as_asked():
    spec = UncertaintySpec(dropped="none")
    even = sensitivity(two_sided(), spec, base=100)
    assert (even.base, even.runs) == (128, 128 * 3)
    assert sensitivity(two_sided(), spec, base=100, sampling="random").base == 100


def test_the_same_seed_gives_the_same_indices(connectivity):
    one, two = (sensitivity(connectivity, METHODS, base=64, seed=5, memory=m * 2**20) for m in (512, 8))
    assert one.factors == two.factors
    assert sensitivity(connectivity, METHODS, base=64, seed=6).factors != one.factors


def test_more_rows_narrow_the_intervals(connectivity):
    few, many = (sensitivity(connectivity, METHODS, base=base) for base in (64, 1024))
    widths = [[f.total_interval[1] - f.total_interval[0] for f in analysis.factors] for analysis in (few, many)]
    assert (np.array(widths[1]) < np.array(widths[0])).all()


def test_rows_with_an_evaluation_that_fails_are_left_out_and_counted():
    evaluation = two_sided().again(method=Method())  # min-max 0–100: no geometric mean
    spec = UncertaintySpec(aggregation=(GEOMETRIC,), dropped="none")
    with pytest.raises(EvaluationError, match=r"only \d rows of the design"):
        sensitivity(evaluation, spec, base=2, sampling="random", seed=1)
    lost = sensitivity(evaluation, spec, base=64)
    assert lost.failed == 48  # a row stays when A and B both draw the arithmetic mean: an even quarter
    assert lost.failures[0].count == 64 * 4 // 2
    assert lost.failures[0].methods.en == "geometric mean"


def test_a_target_that_does_not_vary_has_no_indices():
    tree = Hierarchy.build({"a": "I", "b": "I", "I": None})
    same = evaluate([[9.0, 9.0], [5.0, 5.0], [1.0, 1.0]], tree, units=["X", "Y", "Z"])
    analysis = sensitivity(same, UncertaintySpec(dropped="none"), base=16)
    assert analysis.variance == 0.0
    assert np.isnan(analysis.factors[0].first)
    assert np.isnan(analysis.factors[0].total_interval).all()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"base": 1}, "base 1 must be at least 2"),
        ({"level": 1.0}, "between 0 and 1"),
        ({"resamples": 0}, "bootstrap"),
        ({"target": "rank"}, "name one of the units"),
        ({"target": "score", "unit": "Atlantis"}, "not Atlantis: X, Y"),
        ({"base": 2**22}, "do not fit into 512 MB"),
        ({"spec": UncertaintySpec(weights=(), dropped="none")}, "nothing is uncertain"),
    ],
)
def test_hostile_options_get_an_answer(options, message):
    with pytest.raises(EvaluationError, match=message):
        sensitivity(two_sided(), **options)

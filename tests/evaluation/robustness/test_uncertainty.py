import tracemalloc

import numpy as np
import pytest

from gaoxin.evaluation.errors import EvaluationError
from gaoxin.evaluation.index import evaluate
from gaoxin.evaluation.method import (
    Aggregation,
    Imputation,
    Method,
    Normalisation,
    Screening,
    Treatment,
    UncertaintySpec,
    Weighting,
)
from gaoxin.evaluation.rank import rank
from gaoxin.evaluation.robustness import replications
from gaoxin.evaluation.robustness.uncertainty import uncertainty
from gaoxin.evaluation.structure import Hierarchy

NAN = float("nan")
POSITIVE = Normalisation(low=1.0)
ZSCORE = Normalisation(method="zscore", mean=10.0, sd=2.0)
GEOMETRIC = Aggregation(method="geometric")
WEIGHTS_ONLY = UncertaintySpec(dropped="none")


@pytest.fixture(scope="module")
def connectivity(asem):
    """The ASEM index as COINr builds it, min-max 1–100."""
    method = Method(
        imputation=Imputation(method="group_mean"),
        treatment=Treatment(method="winsorise_then_log"),
        normalisation=POSITIVE,
    )
    return evaluate(
        asem.values("01_step_Denominated"),
        asem.hierarchy,
        method,
        units=asem.units,
        groups=asem.attribute("EurAsia_group"),
    )


def small(values, weights=None, method=None, **more):
    """An index I of dimensions P (a, b) and Q (c, d)."""
    tree = Hierarchy.build(
        {"a": "P", "b": "P", "c": "Q", "d": "Q", "P": "I", "Q": "I", "I": None}, weights=weights or {}
    )
    x = np.asarray(values, dtype=float)
    return evaluate(x, tree, method, units=more.pop("units", [f"u{i}" for i in range(len(x))]), **more)


def random_index(units=12, seed=0, missing=0.0, **more):
    rng = np.random.default_rng(seed)
    x = rng.lognormal(size=(units, 4))
    x[rng.random(x.shape) < missing] = np.nan
    return small(x, **more)


def replayed(evaluation, result, row):
    draw = result.draw(row)
    again = evaluation.again(method=draw.method, hierarchy=evaluation.hierarchy.with_weights(draw.weights))
    return again.index[result.model.rows]


def assert_same_as_the_plain_chain(evaluation, result, rows):
    for row in rows:
        at = np.flatnonzero(result.succeeded == row)[0]
        plain = replayed(evaluation, result, row)
        plain[np.isnan(result.nominal_ranks)] = np.nan
        np.testing.assert_allclose(result.scores[at], plain, rtol=1e-10, atol=0)
        np.testing.assert_array_equal(result.ranks[at], np.nan_to_num(rank(plain)))


EVERYTHING = UncertaintySpec(
    imputation=(Imputation(method="mean"), Imputation(method="knn")),
    treatment=(Treatment(), Treatment(method="winsorise", max_points=2)),
    normalisation=(ZSCORE,),
    aggregation=((GEOMETRIC,), (Aggregation(method="harmonic"), GEOMETRIC, Aggregation())),
    dropped="one",
)


def test_every_choice_at_once_gives_what_the_plain_chain_gives(connectivity):
    result = uncertainty(connectivity, EVERYTHING, replications=400, keep_scores=True, unconfirmed=["Goods", "P2P"])
    codes = {factor.code for factor in result.factors}
    assert codes == {"imputation", "treatment", "normalisation", "aggregation", "weights", "unconfirmed", "dropped"}
    assert len(result.model._prepared) == 3 * 3 * 2  # the data do not depend on the aggregation
    assert_same_as_the_plain_chain(connectivity, result, result.succeeded[:25].tolist())


def test_the_design_of_the_reference_software_gives_its_scores(connectivity, asem):
    folder = type(asem)(asem.path.parent / "asem_uncertainty")
    design, scores = folder.table("design"), folder.table("scores")
    tree = connectivity.hierarchy
    varied = [column for column in design.columns if column in tree.codes]
    weights = np.ones((len(design.rows), tree.n_nodes))
    weights[:, [tree.codes.index(code) for code in varied]] = design.numbers(varied)
    expected = scores.numbers(list(design.rows), asem.units).T
    np.testing.assert_allclose(scores.numbers(["Nominal"], asem.units)[:, 0], connectivity.index, rtol=1e-12)

    spec = UncertaintySpec(normalisation=(ZSCORE,), aggregation=((GEOMETRIC,),))
    model = replications.Replications.build(connectivity, spec)
    choices = np.zeros((len(weights), 5), dtype=int)
    choices[:, 2] = [name == "n_zscore" for name in design.text("normalisation")]
    choices[:, 4] = [name == "a_gmean" for name in design.text("aggregation")]
    for choice in np.unique(choices, axis=0):
        mine = (choices == choice).all(axis=1)
        z, method = model.prepared(choice).normalised, model.space.method_of(choice)
        found, failed = replications.index_scores(z, tree, method, weights[mine])
        assert not failed
        np.testing.assert_allclose(found, expected[mine], rtol=1e-12)


@pytest.mark.parametrize(
    "method", ["arithmetic", "weighted_sum", "median", "mpi", "topsis", "vikor", "grey", "copeland", "owa"]
)
def test_every_aggregation_gives_what_the_plain_chain_gives(method):
    spec = Aggregation(method=method, order_weights=(3.0, 2.0, 1.0))
    evaluation = random_index(missing=0.1, method=Method(aggregation=(spec, Aggregation()), normalisation=POSITIVE))
    result = uncertainty(evaluation, UncertaintySpec(dropped="one"), replications=30, keep_scores=True)
    assert len(result.succeeded) > 10
    assert_same_as_the_plain_chain(evaluation, result, result.succeeded.tolist())


DERIVED = (Weighting(method="entropy"), Weighting(method="critic"), Weighting(method="equal"))


@pytest.mark.parametrize("spec", [UncertaintySpec(weighting=DERIVED), UncertaintySpec(weighting=DERIVED, weights=())])
def test_weights_that_follow_from_the_data_are_found_again_in_every_combination(spec):
    evaluation = random_index(weights={"a": 5.0}, method=Method(normalisation=POSITIVE))
    spec = spec.model_copy(update={"normalisation": (ZSCORE,), "aggregation": ((GEOMETRIC,),), "dropped": "none"})
    result = uncertainty(evaluation, spec, replications=60, keep_scores=True)
    assert_same_as_the_plain_chain(evaluation, result, result.succeeded.tolist())
    if not spec.weights:
        space = result.model.space
        for row, choice in enumerate(space.choices(result.points[result.succeeded])):
            again = evaluation.again(method=space.method_of(choice))
            np.testing.assert_allclose(result.scores[row], again.index, rtol=1e-10)


def test_weights_of_each_unit_by_itself_leave_nothing_to_vary():
    doubt = Method(weighting=Weighting(method="benefit_of_the_doubt"), normalisation=POSITIVE)
    with pytest.raises(EvaluationError, match="no common weights to vary"):
        uncertainty(random_index(method=doubt), WEIGHTS_ONLY, replications=5)


def test_availability_thresholds_hold_in_every_replication():
    method = Method(
        screening=Screening(unit_availability=0.6, indicator_availability=0.5),
        aggregation=(Aggregation(min_availability=0.6), Aggregation()),
    )
    evaluation = random_index(units=20, missing=0.25, method=method)
    assert not evaluation.unit_kept.all()
    spec = UncertaintySpec(treatment=(Treatment(method="winsorise"),), normalisation=(ZSCORE,), dropped="none")
    result = uncertainty(evaluation, spec, replications=40, keep_scores=True)
    assert result.failed == 0
    unranked = np.isnan(evaluation.index)
    assert 0 < unranked.sum() < 20
    for figure in (result.rank_mean, result.rank_quantiles()[1], result.probability_top(3).share):
        np.testing.assert_array_equal(np.isnan(figure), unranked)
    assert_same_as_the_plain_chain(evaluation, result, range(40))


@pytest.mark.parametrize("aggregation", ["arithmetic", "topsis"])
@pytest.mark.parametrize("scope", ["period", "all"])
def test_one_period_of_a_panel(aggregation, scope):
    rng = np.random.default_rng(1)
    evaluation = small(
        rng.lognormal(size=(18, 4)),
        units=[f"u{i % 6}" for i in range(18)],
        periods=[str(2023 + i // 6) for i in range(18)],
        method=Method(
            normalisation=Normalisation(scope=scope), aggregation=(Aggregation(method=aggregation), Aggregation())
        ),
    )
    result = uncertainty(evaluation, WEIGHTS_ONLY, period="2024", replications=20, keep_scores=True)
    assert result.units == tuple(f"u{i}" for i in range(6))
    np.testing.assert_array_equal(result.nominal_ranks, rank(evaluation.index[6:12]))
    assert_same_as_the_plain_chain(evaluation, result, range(20))


def test_the_same_seed_gives_the_same_bits_whatever_the_block_size_and_the_memory(connectivity, monkeypatch):
    spec = UncertaintySpec(normalisation=(ZSCORE,), aggregation=((GEOMETRIC,),))
    whole = uncertainty(connectivity, spec, replications=300, seed=7, keep_scores=True)
    monkeypatch.setattr(replications, "BLOCK", 51 * 17)
    for memory in (512 * 2**20, 3 * 2**20):
        parts = uncertainty(connectivity, spec, replications=300, seed=7, keep_scores=True, memory=memory)
        np.testing.assert_array_equal(parts.points, whole.points)
        np.testing.assert_array_equal(parts.scores, whole.scores)
        np.testing.assert_array_equal(parts.ranks, whole.ranks)
    other = uncertainty(connectivity, spec, replications=300, seed=8)
    assert not np.array_equal(other.ranks, whole.ranks)


def test_more_replications_begin_with_the_same_ones(connectivity):
    short, long = (uncertainty(connectivity, WEIGHTS_ONLY, replications=n) for n in (50, 80))
    np.testing.assert_array_equal(long.ranks[:50], short.ranks)


def test_without_a_specification_the_default_for_the_method_is_used(connectivity):
    result = uncertainty(connectivity, replications=20)
    assert [factor.code for factor in result.factors] == ["treatment", "normalisation", "weights", "dropped"]
    assert result.factors[2].name.zh == "权重 ±25%"


def test_quantiles_and_means_are_those_of_the_ranks(connectivity):
    result = uncertainty(connectivity, WEIGHTS_ONLY, replications=333)
    np.testing.assert_allclose(
        result.rank_quantiles((0.05, 0.5, 0.95, 1.0)), np.quantile(result.ranks, (0.05, 0.5, 0.95, 1.0), axis=0)
    )
    np.testing.assert_allclose(result.rank_mean, result.ranks.mean(axis=0))
    np.testing.assert_allclose(result.mean_shift, np.abs(result.ranks - result.nominal_ranks).mean(axis=1))


@pytest.mark.parametrize("k", [1, 5, 51])
def test_without_ties_the_probabilities_of_the_best_and_of_the_last_k_add_up_to_k(connectivity, k):
    result = uncertainty(connectivity, WEIGHTS_ONLY, replications=200)
    for probability in (result.probability_top(k), result.probability_bottom(k)):
        assert probability.share.sum() == pytest.approx(k)
        np.testing.assert_allclose(probability.error, np.sqrt(probability.share * (1 - probability.share) / 200))
    np.testing.assert_array_equal(result.probability_bottom(k).share > 0, (result.ranks > 51 - k).any(axis=0))


def test_units_that_tie_at_the_end_are_all_last():
    result = uncertainty(small([[9, 9, 9, 9], [1, 1, 1, 1], [1, 1, 1, 1]]), WEIGHTS_ONLY, replications=10)
    assert result.ranks.tolist() == [[1, 2, 2]] * 10
    assert result.probability_bottom(1).share.tolist() == [0, 1, 1]
    assert result.probability_bottom(2).share.tolist() == [0, 1, 1]
    assert result.probability_bottom(3).share.tolist() == [1, 1, 1]
    assert result.dominance.tolist() == [[0, 1, 1], [0, 0, 0], [0, 0, 0]]


def test_a_unit_that_is_better_in_everything_always_leads():
    result = uncertainty(
        small([[9, 9, 9, 9], [8, 1, 7, 3], [2, 5, 4, 8]]), UncertaintySpec(dropped="random"), replications=300
    )
    assert result.probability_top(1).share[0] == 1.0
    assert result.dominance[0].tolist() == [0, 1, 1]
    assert result.dominance[1, 2] + result.dominance[2, 1] == pytest.approx(1.0)


def test_only_unconfirmed_weights_decide_when_only_they_vary():
    """X leads on P, Y on Q; Q's weight 1 is unconfirmed in [0.5, 1.5], so each leads about half the time."""
    evaluation = small([[9, 9, 1, 1], [1, 1, 9, 9], [1, 1, 1, 1]])
    spec = UncertaintySpec(weights=(), unconfirmed=(0.5, 1.5), dropped="none")
    result = uncertainty(evaluation, spec, unconfirmed=["Q"], replications=2000)
    top = result.probability_top(1)
    np.testing.assert_allclose(top.share, [0.5, 0.5, 0.0], atol=4 * top.error.max())
    weights = result.model.space.weights(result.points, evaluation.hierarchy.weights)
    np.testing.assert_array_equal(weights[:, :5], 1.0)


def test_replications_that_give_no_ranking_are_counted_and_said():
    """A min-max of 0 to 100 holds a zero in every indicator: no geometric mean."""
    evaluation = random_index()
    result = uncertainty(evaluation, UncertaintySpec(aggregation=((GEOMETRIC,),), dropped="none"), replications=200)
    choice = result.model.space.choices(result.points)[:, 4]
    assert result.failed == (choice == 1).sum() > 0
    np.testing.assert_array_equal(result.succeeded, np.flatnonzero(choice == 0))
    assert len(result.ranks) == 200 - result.failed
    (failure,) = result.failures
    assert failure.count == result.failed
    assert failure.methods.en == "geometric mean"
    assert "positive" in failure.reason.en
    assert "正数" in failure.reason.zh


def test_a_replication_in_which_a_ranked_unit_loses_its_score_has_failed():
    evaluation = small([[9, 1, 3, 4], [NAN, NAN, 2, NAN], [1, 2, 2, 2]])
    result = uncertainty(evaluation, UncertaintySpec(weights=(), dropped="one"), replications=200)
    assert result.failed == (np.floor(result.points[:, 0] * 5) == 3).sum() > 0
    assert "without a score" in result.failures[0].reason.en


def test_when_nothing_gives_a_ranking_that_is_an_error(connectivity):
    evaluation = random_index(method=Method(aggregation=(GEOMETRIC,), normalisation=POSITIVE))
    broken = evaluation.again(method=Method())
    spec = UncertaintySpec(aggregation=((GEOMETRIC,),), weights=(), dropped="none")
    seed = next(s for s in range(50) if np.random.default_rng(s).random((1, 1))[0, 0] >= 0.5)
    with pytest.raises(EvaluationError, match=r"no replication gives a ranking \(geometric mean: P: "):
        uncertainty(broken, spec, replications=1, seed=seed)


def test_alternative_methods_that_cannot_be_run_fail_with_their_reason():
    targets = Normalisation(method="distance_to_target")
    evaluation = random_index()
    result = uncertainty(evaluation, UncertaintySpec(normalisation=(targets,)), replications=50)
    assert 0 < result.failed < 50
    assert "target" in result.failures[0].reason.en


def test_options_that_are_not_possible_are_an_error_and_not_a_failure():
    without_weights = UncertaintySpec(aggregation=((Aggregation(method="owa"),),))
    with pytest.raises(EvaluationError, match="order weights"):
        uncertainty(random_index(), without_weights, replications=20)


def test_points_added_after_the_index_count_in_every_replication():
    evaluation = small([[9, 9, 9, 9], [5, 5, 5, 5], [1, 1, 1, 1]])
    result = uncertainty(evaluation, WEIGHTS_ONLY, replications=20, added=np.array([0.0, 80.0, NAN]), keep_scores=True)
    np.testing.assert_array_equal(result.nominal_ranks, [2, 1, NAN])
    assert result.ranks.tolist() == [[2, 1, 0]] * 20
    np.testing.assert_allclose(result.scores[0], [100, 130, NAN])
    np.testing.assert_array_equal(result.probability_bottom(1).share, [1, 0, NAN])


def test_progress_goes_up_to_one(connectivity):
    told = []
    uncertainty(connectivity, EVERYTHING, replications=100, progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert len(told) > 5
    broken = UncertaintySpec(normalisation=(Normalisation(method="distance_to_target"),))  # without any target
    uncertainty(connectivity, broken, replications=100, progress=told.append)
    assert told[-1] == 1.0


def test_memory_stays_within_its_bound():
    rng = np.random.default_rng(0)
    tree = Hierarchy.build({f"i{i}": f"p{i % 4}" for i in range(24)} | {f"p{g}": "I" for g in range(4)} | {"I": None})
    evaluation = evaluate(rng.lognormal(size=(200, 24)), tree, units=[str(i) for i in range(200)])
    unbounded, bound = 8 * 2000 * 200, 3 * 2**20
    assert bound < unbounded  # the scores of all replications alone would not fit
    spec = UncertaintySpec(aggregation=((Aggregation(method="median"),),), dropped="none")
    uncertainty(evaluation, spec, replications=10)
    tracemalloc.start()
    try:
        result = uncertainty(evaluation, spec, replications=2000, memory=bound)
        result.rank_quantiles()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < bound


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"replications": 0}, "at least 1"),
        ({"replications": -5}, "at least 1"),
        ({"replications": 10_000_000}, r"do not fit into 512 MB, which hold \d+"),
        ({"spec": UncertaintySpec(weights=(), dropped="none")}, "nothing is uncertain"),
        ({"period": "1999"}, "period"),
        ({"added": np.zeros(3)}, "3 points"),
    ],
)
def test_hostile_options_get_an_answer(connectivity, options, message):
    with pytest.raises(EvaluationError, match=message):
        uncertainty(connectivity, **{"spec": WEIGHTS_ONLY, **options})


@pytest.mark.parametrize("k", [0, 52])
def test_a_group_larger_than_all_units_is_refused(connectivity, k):
    result = uncertainty(connectivity, WEIGHTS_ONLY, replications=5)
    with pytest.raises(EvaluationError, match="51 units"):
        result.probability_bottom(k)

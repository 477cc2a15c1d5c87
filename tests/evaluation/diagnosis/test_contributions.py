import numpy as np
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from gaoxin.evaluation.diagnosis.contributions import contributions
from gaoxin.evaluation.errors import EvaluationError
from gaoxin.evaluation.index import evaluate
from gaoxin.evaluation.method import Aggregation, Imputation, Method, Normalisation, Screening
from gaoxin.evaluation.structure import Hierarchy

NAN = float("nan")
METHODS = ("arithmetic", "geometric", "harmonic", "median", "mpi", "ampi", "topsis", "vikor", "grey", "copeland")
TREE = Hierarchy.build(
    {"a": "P", "b": "P", "c": "P", "d": "Q", "e": "Q", "P": "I", "Q": "I", "f": "I", "I": None},
    weights={"a": 2, "P": 3, "e": 0.5},
)


def table(seed, missing=0.15):
    rng = np.random.default_rng(seed)
    x = rng.lognormal(2, 1, (12, 6)).round(1)
    x[rng.random(x.shape) < missing] = NAN
    x[0] = 5.0
    return x, [f"U{i}" for i in range(12)]


def assert_adds_up(found):
    scored = ~np.isnan(found.score)
    total = found.values.sum(axis=1) + found.base
    size = np.maximum(np.abs(found.score[scored]), np.nanmax(np.abs(found.score)))
    assert (np.abs(total - found.score)[scored] <= 1e-12 * size).all()
    assert np.isnan(found.values[~scored]).all()


@given(
    seed=st.integers(0, 10_000),
    methods=st.lists(st.sampled_from(METHODS), min_size=2, max_size=2),
    availability=st.sampled_from([0.0, 0.7]),
)
@settings(max_examples=60, deadline=None)
def test_contributions_add_up_exactly_for_every_chain(seed, methods, availability):
    x, units = table(seed)
    aggregation = tuple(Aggregation(method=m, min_availability=availability) for m in methods)
    method = Method(normalisation=Normalisation(low=20, high=100), aggregation=aggregation)
    try:
        done = evaluate(x, TREE, method, units=units)
    except EvaluationError:  # TOPSIS, VIKOR and Copeland give scores of 0 and less, which some means refuse
        reject()
    found = contributions(done)
    np.testing.assert_array_equal(found.score, done.index)
    assert_adds_up(found)
    assert (found.values[np.isnan(x) & ~np.isnan(done.index)[:, None]] == 0).all()


def test_asem_arithmetic_contributions_are_effective_weight_times_value(asem):
    done = evaluate(asem.values("01_step_Treated"), asem.hierarchy, units=asem.units)
    found = contributions(done)
    np.testing.assert_allclose(found.values, done.normalised * asem.hierarchy.effective_weights[:49], rtol=1e-12)
    assert found.exact
    assert set(found.kinds.values()) == {"additive"}
    assert not found.base.any()
    assert (np.abs(found.values.sum(axis=1) - done.index) <= 1e-12 * done.index).all()


def test_contributions_by_node_are_those_of_the_indicators_below():
    x, units = table(1, missing=0)
    done = evaluate(x, TREE, units=units)
    nodes = contributions(done).by_node(TREE)
    np.testing.assert_allclose(nodes[:, -1], done.index)
    for code in ("P", "Q", "f"):
        node = TREE.position(code)
        np.testing.assert_allclose(nodes[:, node], TREE.local_weights[node] * done.scores[:, node])


def test_contributions_to_a_dimension():
    x, units = table(2, missing=0)
    done = evaluate(x, TREE, Method(aggregation=(Aggregation(), Aggregation(method="topsis"))), units=units)
    found = contributions(done, "P")
    assert_adds_up(found)
    assert found.exact
    assert not found.values[:, 3:].any()
    assert not contributions(done).exact
    assert contributions(done).kinds == {"I": "path", "P": "additive", "Q": "additive"}


def test_a_screened_unit_and_indicator_contribute_nothing():
    x, units = table(3, missing=0)
    x[1, 1:] = NAN
    x[2:, 4] = NAN
    method = Method(
        screening=Screening(unit_availability=0.5, indicator_availability=0.5), imputation=Imputation(method="mean")
    )
    done = evaluate(x, TREE, method, units=units)
    found = contributions(done)
    assert_adds_up(found)
    assert np.isnan(found.values[1]).all()
    assert (found.values[done.unit_kept, 4] == 0).all()


def test_every_period_has_its_own_peers():
    x, units = table(4, missing=0)
    method = Method(aggregation=(Aggregation(method="topsis"), Aggregation(method="copeland")))
    both = evaluate(np.vstack([x, x * 2]), TREE, method, units=units * 2, periods=["2024"] * 12 + ["2025"] * 12)
    found = contributions(both)
    assert_adds_up(found)
    alone = contributions(evaluate(x, TREE, method, units=units))
    np.testing.assert_allclose(found.values[:12], alone.values, atol=1e-12)
    np.testing.assert_allclose(found.values[12:], alone.values, atol=1e-9)


@pytest.mark.parametrize("method", ["geometric", "harmonic"])
def test_means_of_means_hand_down_their_slopes(method):
    x, units = table(5, missing=0)
    chain = Method(normalisation=Normalisation(method="none"), aggregation=(Aggregation(method=method),))
    done = evaluate(x, TREE, chain, units=units)
    slope = contributions(done).values / done.normalised
    step = 1e-6 * x
    for j in range(6):
        moved, back = x.copy(), x.copy()
        moved[:, j] += step[:, j]
        back[:, j] -= step[:, j]
        up = evaluate(moved, TREE, chain, units=units).index
        down = evaluate(back, TREE, chain, units=units).index
        np.testing.assert_allclose(slope[:, j], (up - down) / (2 * step[:, j]), rtol=1e-5)


def test_shares_in_the_differences_between_the_units():
    x, units = table(7, missing=0)
    done = evaluate(x, TREE, units=units)
    found = contributions(done)
    shares = found.variance_shares()
    assert shares.sum() == pytest.approx(1)
    for j in range(6):
        assert shares[j] == pytest.approx(np.cov(found.values[:, j], done.index)[0, 1] / done.index.var(ddof=1))
    same = evaluate(np.ones((3, 6)), TREE, units=list("XYZ"))
    assert np.isnan(contributions(same).variance_shares()).all()


def test_a_constant_indicator_has_no_share_in_the_differences():
    x, units = table(8, missing=0)
    x[:, 5] = 3.0
    done = evaluate(x, TREE, units=units)
    found = contributions(done)
    assert found.variance_shares()[5] == pytest.approx(0, abs=1e-12)
    assert found.values[:, 5] == pytest.approx(50 * TREE.effective_weights[5])


FLAT = Hierarchy.build({**dict.fromkeys("abcdef", "I"), "I": None})


@pytest.mark.parametrize("method", ["topsis", "vikor", "grey", "mpi"])
def test_where_units_are_compared_contributions_start_from_the_mean_of_the_peers(method):
    x, units = table(9, missing=0)
    done = evaluate(x, FLAT, Method(aggregation=(Aggregation(method=method),)), units=units)
    found = contributions(done)
    above = done.normalised > done.normalised.mean(axis=0)
    assert (found.values[above] >= -1e-12).all()
    assert (found.values[~above] <= 1e-12).all()
    if method == "mpi":
        assert found.base == pytest.approx(100 * np.ones(12), rel=0.05)
    else:
        assert np.ptp(found.base) < 0.01 * np.ptp(done.index)


def test_copeland_contributions_are_the_net_wins_on_each_indicator():
    x, units = table(9, missing=0)
    done = evaluate(x, FLAT, Method(aggregation=(Aggregation(method="copeland"),)), units=units)
    wins = np.sign(x[:, None, :] - x[None, :, :]).sum(axis=1)
    np.testing.assert_allclose(contributions(done).values, wins / 6, atol=1e-9)


def test_pillars_under_topsis_are_counted_from_the_mean_and_their_sum_is_that_of_the_pillar():
    x, units = table(10, missing=0)
    done = evaluate(x, TREE, Method(aggregation=(Aggregation(), Aggregation(method="topsis"))), units=units)
    found = contributions(done)
    mean = done.normalised.mean(axis=0)
    for code in "PQ":
        node = TREE.position(code)
        below = TREE.indicators_below[node]
        score = done.scores[:, node]
        own = (done.normalised - mean)[:, below] * TREE.local_weights[below]
        pillar = found.values[:, below].sum(axis=1)
        assert (np.sign(pillar) == np.sign(np.round(score - score.mean(), 12))).all()
        np.testing.assert_allclose(found.values[:, below] / pillar[:, None], own / own.sum(axis=1, keepdims=True))

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gaoxin.evaluation.aggregation.aggregate import aggregate
from gaoxin.evaluation.diagnosis.attribution import KIND_OF, attribute
from gaoxin.evaluation.method import Aggregation

NAN = float("nan")
SPECS = [
    *(Aggregation(method=m) for m in ("arithmetic", "weighted_sum", "geometric", "harmonic", "median")),
    *(Aggregation(method="generalised", power=p) for p in (-2.0, 0.0, 0.5, 1.0, 3.0, float("inf"), float("-inf"))),
    Aggregation(method="owa", order_weights=(4, 3, 2, 1)),
    *(Aggregation(method=m, norm=n, ddof=d, penalty=p) for m, n, d, p in [
        ("mpi", "own", 0, "positive"), ("mpi", "none", 1, "negative"), ("ampi", "own", 0, "positive"),
    ]),
    *(Aggregation(method=m) for m in ("topsis", "vikor", "grey", "copeland")),
]  # fmt: skip


def name(spec):
    return f"{spec.method}-{spec.power:g}-{spec.norm}" if isinstance(spec, Aggregation) else str(spec)


def line(x, w, spec):
    x, w = np.asarray(x, dtype=float), np.asarray(w, dtype=float)
    scores = aggregate(x, w, spec)
    return attribute(x, w, scores, spec), scores


def data(seed, missing):
    rng = np.random.default_rng(seed)
    x = rng.uniform(1, 100, (12, 5)).round(rng.integers(0, 3))
    x[rng.random(x.shape) < missing] = NAN
    x[0] = 50.0
    w = rng.integers(0, 4, 5).astype(float)
    w[0] = 1.0
    return x, w


def test_every_method_has_a_rule():
    assert set(KIND_OF) == set(Aggregation.model_fields["method"].annotation.__args__)


@pytest.mark.parametrize("spec", SPECS, ids=name)
@given(seed=st.integers(0, 1000), missing=st.sampled_from([0.0, 0.2]))
@settings(max_examples=15, deadline=None)
def test_the_line_goes_through_the_score(spec, seed, missing):
    x, w = data(seed, missing)
    found, scores = line(x, w, spec)
    total = found.constant + np.where(np.isnan(x), 0.0, found.multipliers * np.nan_to_num(x)).sum(axis=1)
    np.testing.assert_allclose(total, scores, rtol=1e-12, atol=1e-12 * np.nanmax(np.abs(scores)))
    assert (found.multipliers[np.isnan(x) & ~np.isnan(scores)[:, None]] == 0).all()
    assert (found.multipliers[:, w == 0][~np.isnan(scores)] == 0).all()


@pytest.mark.parametrize("spec", [s for s in SPECS if KIND_OF[s.method] == "euler" and s.norm == "none"] + [
    Aggregation(method=m) for m in ("geometric", "harmonic", "median")] + [
    Aggregation(method="generalised", power=p) for p in (-2.0, 0.5, 3.0)] + [
    Aggregation(method="owa", order_weights=(4, 3, 2, 1))], ids=name)  # fmt: skip
def test_the_multiplier_of_a_mean_is_its_slope(spec):
    x, w = np.array([[10.0, 30.0, 25.0, 60.0]]), np.array([2.0, 1.0, 1.0, 3.0])
    found, _ = line(x, w, spec)
    for child in range(4):
        step = np.zeros(4)
        step[child] = 1e-5
        slope = (aggregate(x + step, w, spec) - aggregate(x - step, w, spec)) / 2e-5
        assert found.multipliers[0, child] == pytest.approx(slope[0], abs=1e-7)


def test_arithmetic_contributions_are_weight_times_value():
    found, _ = line([[10.0, 30.0], [20.0, NAN]], [1.0, 3.0], Aggregation())
    assert found.multipliers.tolist() == [[0.25, 0.75], [1.0, 0.0]]
    assert found.kind == "additive"


def test_geometric_contributions_are_the_weights_of_the_score():
    found, scores = line([[4.0, 9.0]], [1.0, 1.0], Aggregation(method="geometric"))
    assert (found.multipliers * [[4.0, 9.0]])[0] == pytest.approx([scores[0] / 2, scores[0] / 2])


def test_children_that_tie_share_their_position_by_weight():
    found, _ = line([[5.0, 5.0, 5.0]], [1.0, 2.0, 1.0], Aggregation(method="owa", order_weights=(1.0, 0.0)))
    assert found.multipliers[0] == pytest.approx([0.25, 0.5, 0.25])
    found, _ = line([[5.0, 5.0, 1.0]], [1.0, 1.0, 1.0], Aggregation(method="generalised", power=float("inf")))
    assert found.multipliers[0] == pytest.approx([0.5, 0.5, 0])


def test_a_zero_child_contributes_nothing_to_a_power_mean_below_one():
    found, scores = line([[0.0, 4.0]], [1.0, 1.0], Aggregation(method="generalised", power=0.5))
    assert scores[0] == 1
    assert found.multipliers[0].tolist() == [0, 0.25]


@pytest.mark.parametrize("method", ["topsis", "vikor", "grey", "copeland"])
def test_a_unit_like_its_peers_has_no_contribution_and_a_better_child_has_a_positive_one(method):
    x = np.array(
        [[1.0, 9.0, 5.0], [9.0, 1.0, 5.0], [5.0, 5.0, 5.0], [9.0, 5.0, 1.0], [0.0] * 3, [10.0] * 3, [1.0, 5.0, 9.0]]
    )
    found, _ = line(x, [1.0, 1.0, 1.0], Aggregation(method=method))
    parts = found.multipliers * (x - x.mean(axis=0))
    assert parts[2].tolist() == [0, 0, 0]
    assert parts[3, 0] > 0 > parts[3, 2]
    assert parts[3, 1] == 0


def test_topsis_contributions_start_from_the_closeness_of_the_mean():
    x, w = data(3, 0.0)
    spec = Aggregation(method="topsis")
    found, scores = line(x, w, spec)
    mean = x.mean(axis=0)
    v = w / np.sqrt((x**2).sum(axis=0))
    to_best = np.linalg.norm(v * (mean - x.max(axis=0)))
    to_worst = np.linalg.norm(v * (mean - x.min(axis=0)))
    start = to_worst / (to_best + to_worst)
    effects = found.multipliers * (x - mean)
    np.testing.assert_allclose(effects.sum(axis=1), scores - start, atol=1e-4)


@pytest.mark.parametrize("method", ["vikor", "grey"])
def test_contributions_against_the_mean_are_those_of_a_unit_at_the_mean_added_to_the_others(method):
    """With one unit at the mean, inside the extremes, the others' extremes are those of the full set."""
    x, w = data(6, 0.0)
    x[0] = x[1:].mean(axis=0)
    spec = Aggregation(method=method)
    found, scores = line(x, w, spec)
    effects = found.multipliers * (x - x.mean(axis=0))
    np.testing.assert_allclose(effects.sum(axis=1), scores - scores[0], atol=2e-3 if method == "vikor" else 1e-12)


def test_grey_contributions_are_the_terms_of_the_grade():
    x = np.array([[0.0, 10.0], [1.0, 0.0], [0.5, 5.0]])
    found, scores = line(x, [3.0, 1.0], Aggregation(method="grey"))
    assert scores == pytest.approx([0.75 / 3 + 0.25, 0.75 + 0.25 / 3, 0.5])
    effects = found.multipliers * (x - 0.5 * np.array([1, 10]))
    assert effects[0] == pytest.approx([0.75 * (1 / 3 - 1 / 2), 0.25 * (1 - 1 / 2)])


def test_copeland_contributions_are_the_net_wins_on_each_child():
    x = np.array([[1.0, 9.0], [2.0, 5.0], [3.0, 1.0]])
    found, scores = line(x, [2.0, 1.0], Aggregation(method="copeland"))
    parts = found.multipliers * (x - x.mean(axis=0))
    assert parts == pytest.approx(np.array([[-4 / 3, 2 / 3], [0, 0], [4 / 3, -2 / 3]]))
    assert scores.tolist() == [-2, 0, 2]


def test_a_unit_without_score_has_no_line():
    x = np.array([[1.0, NAN, NAN], [2.0, 3.0, 4.0], [5.0, 1.0, 2.0]])
    for method in ("arithmetic", "topsis", "mpi"):
        found, scores = line(x, [1.0, 1.0, 1.0], Aggregation(method=method, min_availability=0.5))
        assert np.isnan(scores[0])
        assert np.isnan(found.multipliers[0]).all()
        assert np.isnan(found.constant[0])
        assert not np.isnan(found.multipliers[1:]).any()


def test_weights_of_its_own_for_each_unit():
    x, w = np.array([[10.0, 20.0], [10.0, 20.0]]), np.array([[1.0, 0.0], [1.0, 1.0]])
    found = attribute(x, w, np.array([10.0, 15.0]), Aggregation())
    assert found.multipliers.tolist() == [[1, 0], [0.5, 0.5]]

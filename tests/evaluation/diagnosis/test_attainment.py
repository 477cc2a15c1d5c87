import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from gaoxin.evaluation.diagnosis.attainment import reach, reach_singly
from gaoxin.evaluation.diagnosis.what_if import WhatIf, marginal_effects
from gaoxin.evaluation.errors import EvaluationError
from gaoxin.evaluation.index import evaluate
from gaoxin.evaluation.method import Aggregation, Method, Normalisation, Treatment
from gaoxin.evaluation.structure import Hierarchy

NAN = float("nan")
TREE = Hierarchy.build(
    {"a": "P", "b": "P", "c": "Q", "d": "Q", "P": "I", "Q": "I", "I": None},
    weights={"a": 3, "P": 2, "d": 0.5},
    directions={"b": -1},
)
UNITS = [f"U{i}" for i in range(10)]
FIXED = Normalisation(method="goalposts", goalposts=dict.fromkeys("abcd", (0.0, 100.0)))
PERIOD = Normalisation()


def table(seed=0):
    return np.random.default_rng(seed).uniform(5, 95, (10, 4))


def at_rank(done, place):
    return done.units[int(np.flatnonzero(done.ranks[:, -1] == place)[0])]


def improved(done, found):
    """The full chain with the improvements typed into the data."""
    values = done.denominated.copy()
    row = done.row_of(found.unit)
    for one in found.improvements:
        j = done.indicators.index(one.indicator)
        assert one.before == values[row, j]
        assert (one.after - one.before) * done.hierarchy.directions[j] > 0
        values[row, j] = one.after
    return done.again(values).ranks[row, -1]


CHAINS = {
    "arithmetic": Method(normalisation=FIXED),
    "minmax": Method(normalisation=PERIOD),
    "weighted sum": Method(normalisation=FIXED, aggregation=(Aggregation(method="weighted_sum"),)),
    "geometric": Method(normalisation=FIXED, aggregation=(Aggregation(method="geometric"),)),
    "zscore": Method(normalisation=Normalisation(method="zscore")),
    "ranks": Method(normalisation=Normalisation(method="rank")),
    "topsis": Method(normalisation=FIXED, aggregation=(Aggregation(), Aggregation(method="topsis"))),
    "copeland": Method(normalisation=PERIOD, aggregation=(Aggregation(method="copeland"),)),
    "winsorised": Method(treatment=Treatment(method="winsorise")),
    "logs": Method(treatment_of={"a": Treatment(method="log_ct")}),
}


@pytest.mark.parametrize("name", CHAINS)
@given(seed=st.integers(0, 10_000), wanted=st.integers(1, 4))
@settings(max_examples=3, deadline=None)
def test_the_improvements_reach_the_rank_in_a_full_evaluation(name, seed, wanted):
    done = evaluate(table(seed), TREE, CHAINS[name], units=UNITS)
    unit = at_rank(done, 6) if (done.ranks[:, -1] == 6).any() else done.units[int(done.index.argmin())]
    for found in (reach(done, unit, wanted), *reach_singly(done, unit, wanted)):
        if found.attainable:
            assert found.rank_reached <= wanted
            assert improved(done, found) == found.rank_reached
            assert found.cost == pytest.approx(sum(i.points_after - i.points_before for i in found.improvements))
        else:
            assert found.improvements == ()
            assert found.note.zh


def gap_as_linear_program(done, unit, wanted, costs):
    """Min cost·Δ, weights·Δ ≥ gap, 0 ≤ Δ ≤ room, by a solver that knows nothing of the order of the indicators."""
    row = done.row_of(unit)
    weights = done.hierarchy.effective_weights[:4]
    gap = np.sort(np.delete(done.index, row))[-wanted] - done.index[row]
    room = done.normalised.max(axis=0) - done.normalised[row]
    return linprog(costs, A_ub=[-weights], b_ub=[-gap], bounds=list(zip([0] * 4, room, strict=True)))


@given(seed=st.integers(0, 10_000), wanted=st.integers(1, 5))
@settings(max_examples=20, deadline=None)
def test_the_combined_way_is_the_optimum_of_the_linear_program(seed, wanted):
    rng = np.random.default_rng(seed)
    done = evaluate(table(seed), TREE, CHAINS["arithmetic"], units=UNITS)
    unit, costs = at_rank(done, 7), rng.uniform(0.5, 4, 4)
    found = reach(done, unit, wanted, costs=dict(zip("abcd", costs, strict=True)))
    solved = gap_as_linear_program(done, unit, wanted, costs)
    assert found.attainable == (solved.status == 0)
    assert found.smallest
    assert not found.scales_moved
    if found.attainable:
        assert found.cost == pytest.approx(solved.fun, rel=1e-7)


@pytest.mark.parametrize("name", ["arithmetic", "geometric", "weighted sum"])
def test_a_little_less_is_not_enough(name):
    done = evaluate(table(3), TREE, CHAINS[name], units=UNITS)
    unit = at_rank(done, 5)
    row = done.row_of(unit)
    for found in (reach(done, unit, 3), *reach_singly(done, unit, 3)):
        if found.attainable:
            values = done.denominated.copy()
            for one in found.improvements:
                j = done.indicators.index(one.indicator)
                values[row, j] = one.before + (one.after - one.before) * (1 - 1e-6)
            assert done.again(values).ranks[row, -1] > 3


def test_a_geometric_chain_costs_what_the_best_of_a_fine_grid_costs():
    tree = Hierarchy.build({"a": "I", "b": "I", "I": None}, weights={"a": 2})
    x = [[20.0, 30.0], [60.0, 50.0], [99.0, 99.0]]
    method = Method(
        normalisation=Normalisation(method="goalposts", goalposts=dict.fromkeys("ab", (0.0, 100.0))),
        aggregation=(Aggregation(method="geometric"),),
    )
    done = evaluate(x, tree, method, units=["X", "Y", "Z"])
    found = reach(done, "X", 2)
    grid = np.linspace(20, 99, 200_001)
    other = np.maximum((done.index[1] ** 3 / grid**2), 30)
    best = np.min((grid - 20 + other - 30)[other <= 99])
    assert found.cost == pytest.approx(best, rel=1e-5)
    assert found.cost >= best * (1 - 1e-9)
    assert not found.smallest


def test_single_indicators_come_cheapest_first_and_the_impossible_last():
    done = evaluate(table(0), TREE, CHAINS["arithmetic"], units=UNITS)
    found = reach_singly(done, at_rank(done, 6), 3)
    attainable = [one.attainable for one in found]
    assert attainable == sorted(attainable, reverse=True)
    assert 0 < sum(attainable) < len(found)
    costs = [one.cost for one in found if one.attainable]
    assert costs == sorted(costs)
    assert reach(done, at_rank(done, 6), 3).cost <= costs[0] * (1 + 1e-12)
    assert "cannot attain rank 3: the best of" in found[-1].note.en


def test_a_unit_that_was_the_worst_moves_the_scale_and_still_arrives():
    """Min-max: when the worst improves, the minimum rises and everybody's points change."""
    x = np.array([[0.0, 50.0], [40.0, 40.0], [50.0, 45.0], [100.0, 0.0], [60.0, 100.0]])
    tree = Hierarchy.build({"a": "I", "b": "I", "I": None})
    done = evaluate(x, tree, units=list("VWXYZ"))
    assert done.ranks[0, -1] == 5
    found = reach_singly(done, "V", 3, changeable=["a"])[0]
    assert found.scales_moved
    assert improved(done, found) == 3
    values = x.copy()
    values[0, 0] = found.improvements[0].after - 1e-4
    assert evaluate(values, tree, units=list("VWXYZ")).ranks[0, -1] > 3
    held = WhatIf.of(done, "V")
    points = done.normalised[0].copy()
    points[0] = found.improvements[0].points_after
    assert found.rank_held == 3
    assert held.ranks(points[None])[0] in (2, 3, 4)


def test_better_than_anybody_is_allowed_only_up_to_the_end_of_the_scale():
    tree = Hierarchy.build({"a": "I", "b": "I", "I": None})
    method = Method(normalisation=Normalisation(method="goalposts", goalposts=dict.fromkeys("ab", (0.0, 100.0))))
    done = evaluate([[10.0, 10.0], [60.0, 60.0], [70.0, 20.0]], tree, method, units=list("XYZ"))
    assert not reach(done, "X", 1, changeable=["a"]).attainable
    assert not reach(done, "X", 1, changeable=["a"], ceiling="scale").attainable
    assert reach(done, "X", 2, changeable=["a"], ceiling="scale").improvements[0].after == pytest.approx(80)
    assert not reach(done, "X", 2, changeable=["a"]).attainable


def test_costs_and_choices_steer_the_way():
    done = evaluate(table(5), TREE, CHAINS["arithmetic"], units=UNITS)
    unit = at_rank(done, 5)
    cheap = reach(done, unit, 4)
    dear = cheap.improvements[0].indicator
    other = reach(done, unit, 4, costs={dear: 1000.0})
    assert other.improvements[0].indicator != dear
    assert {one.indicator for one in reach(done, unit, 4, changeable=["c", "d"]).improvements} <= {"c", "d"}


def test_the_rank_one_has_needs_nothing():
    done = evaluate(table(), TREE, units=UNITS)
    found = reach(done, at_rank(done, 2), 3)
    assert found.attainable
    assert (found.improvements, found.cost, found.rank_reached) == ((), 0, 2)
    assert reach_singly(done, at_rank(done, 2), 3) == (found,)


def test_an_indicator_without_weight_is_left_alone():
    done = evaluate(table(5), TREE, CHAINS["arithmetic"], units=UNITS, weights=[1, 0, 1, 1, 1, 0, 1])
    unit = at_rank(done, 7)
    assert {i.indicator for one in reach_singly(done, unit, 6) for i in one.improvements} == {"a"}
    assert [effect.indicator for effect in marginal_effects(done, unit) if effect.per_point > 0] == ["a"]
    nothing = reach(done, unit, 6, changeable=["b", "c"])
    assert not nothing.attainable
    assert "nothing that could be improved" in nothing.note.en


def test_a_rank_that_only_a_moving_scale_gives_is_found():
    """V at its best in b has 50 points and W 51; but when V leaves the minimum of b, W falls to 46.5."""
    x = np.array([[0.0, 0.0], [92.0, 10.0], [10.0, 9.0], [100.0, 100.0]])
    tree = Hierarchy.build({"a": "I", "b": "I", "I": None})
    done = evaluate(x, tree, units=list("VWXY"))
    assert done.index.tolist() == [0, 51, 9.5, 100]
    found = reach_singly(done, "V", 2, changeable=["b"])[0]
    assert found.attainable
    assert found.scales_moved
    assert (found.rank_held, found.rank_reached) == (3, 2)
    assert improved(done, found) == 2
    assert found.improvements[0].after < 100


def test_a_missing_value_cannot_be_improved():
    x = table(2)
    x[4, 0] = NAN
    done = evaluate(x, TREE, CHAINS["arithmetic"], units=UNITS)
    for found in reach_singly(done, "U4", 1):
        assert all(one.indicator != "a" for one in found.improvements)
    assert [effect.indicator for effect in marginal_effects(done, "U4")] == ["b", "c", "d"]


def test_a_panel_is_asked_for_one_period():
    x = np.vstack([table(1), table(2)])
    periods = ["2024"] * 10 + ["2025"] * 10
    for scope in ("period", "all"):
        done = evaluate(x, TREE, Method(normalisation=Normalisation(scope=scope)), units=UNITS * 2, periods=periods)
        last = next(done.units[i] for i in done.rows_of("2025") if done.ranks[i, -1] == 8)
        found = reach(done, last, 5, period="2025")
        row = done.row_of(last, "2025")
        values = x.copy()
        for one in found.improvements:
            values[row, done.indicators.index(one.indicator)] = one.after
        assert done.again(values).ranks[row, -1] == found.rank_reached == 5


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"unit": "Nowhere", "wanted": 1}, "no unit Nowhere"),
        ({"unit": "U1", "wanted": 0}, "no rank 0"),
        ({"unit": "U1", "wanted": 1, "costs": {"z": 1.0}}, "no indicators z"),
        ({"unit": "U1", "wanted": 1, "changeable": ["I"]}, "no indicators I"),
        ({"unit": "U1", "wanted": 1, "costs": {"a": 0.0}}, "positive number: a"),
    ],
)
def test_questions_that_make_no_sense(arguments, message):
    done = evaluate(table(), TREE, units=UNITS)
    with pytest.raises(EvaluationError, match=message):
        reach(done, **arguments)


def test_a_unit_without_a_rank_has_no_way():
    x = table()
    x[3] = NAN
    done = evaluate(x, TREE, units=UNITS)
    with pytest.raises(EvaluationError, match="U3 has no score"):
        reach(done, "U3", 1)


@pytest.mark.parametrize("name", ["arithmetic", "geometric", "zscore", "topsis"])
def test_marginal_effects_agree_with_full_evaluations(name):
    done = evaluate(table(4), TREE, CHAINS[name], units=UNITS)
    unit = at_rank(done, 6)
    row = done.row_of(unit)
    case = WhatIf.of(done, unit)
    effects = marginal_effects(done, unit)
    assert [effect.indicator for effect in effects] == list("abcd")
    for j, effect in enumerate(effects):
        assert effect.next_rank == 5
        if effect.room == 0:
            assert (effect.per_point, effect.best_rank) == (0, 6)
            continue
        z = done.normalised[row].copy()
        z[j] += min(1.0, effect.room)
        values = done.denominated.copy()
        values[row] = case.values(z)
        gain = (done.again(values).index[row] - done.index[row]) / min(1.0, effect.room)
        if name != "zscore":  # there the full evaluation moves the scale
            assert effect.per_point == pytest.approx(gain, rel=1e-6)
            z[j] = done.normalised[row, j] + effect.room
            values[row] = case.values(z)
            assert effect.best_rank == done.again(values).ranks[row, -1]
            if not np.isnan(effect.points_to_next_rank):
                z[j] = done.normalised[row, j] + effect.points_to_next_rank
                values[row] = case.values(z)
                assert done.again(values).ranks[row, -1] <= 5
    if name == "arithmetic":
        weights = np.where([e.room > 0 for e in effects], TREE.effective_weights[:4], 0)
        assert [e.per_point for e in effects] == pytest.approx(weights)
        gap = np.sort(done.index)[-5] - done.index[row]
        for effect, weight in zip(effects, TREE.effective_weights[:4], strict=True):
            needed = gap / weight
            assert effect.points_to_next_rank == pytest.approx(needed if needed <= effect.room else NAN, nan_ok=True)


def test_the_first_has_nobody_before_it():
    done = evaluate(table(4), TREE, units=UNITS)
    for effect in marginal_effects(done, at_rank(done, 1)):
        assert np.isnan(effect.next_rank)
        assert np.isnan(effect.points_to_next_rank)
        assert effect.best_rank == 1

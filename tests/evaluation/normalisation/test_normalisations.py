import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal

from gaoxin.evaluation.normalisation.normalisations import (
    above_or_below_mean,
    borda,
    categorical,
    difference_to_reference,
    distance_to_best,
    distance_to_reference,
    distance_to_target,
    efficacy,
    fraction_of_maximum,
    goalposts,
    logistic,
    minmax,
    percentile_rank,
    rank_score,
    ratio_to_reference,
    zscore,
)

NAN = np.nan
UNIT = {"low": 0.0, "high": 1.0}


class TestCoinr:
    """COINr's files on the treated ASEM data, and where its treatment of direction −1 is wrong."""

    @pytest.fixture
    def x(self, asem):
        return asem.values("01_step_Treated")

    @pytest.mark.parametrize(
        ("name", "method"),
        [
            ("02_norm_minmax_0_100", minmax),
            ("02_norm_minmax_1_100", lambda x, d: minmax(x, d, low=1.0)),
            ("02_norm_dist2max", lambda x, d: distance_to_best(x, d, **UNIT)),
            ("02_norm_zscore_0_1", zscore),
            ("02_norm_zscore_10_2", lambda x, d: zscore(x, d, mean=10.0, sd=2.0)),
            ("02_norm_rank", rank_score),
            ("02_norm_borda", borda),
        ],
    )
    def test_agrees(self, asem, x, name, method):
        assert_allclose(method(x, asem.directions), asem.values(name), rtol=1e-12, atol=1e-12)

    def test_one_direction_reversed(self, asem, x):
        direction = asem.directions.copy()
        direction[asem.indicators.index("Goods")] = -1
        expected = asem.values("02_norm_minmax_goods_reversed")
        assert_allclose(minmax(x, direction), expected, rtol=1e-12, atol=1e-12)

    @pytest.mark.parametrize(("name", "clamp"), [("02_norm_dist2targ_raw", False), ("02_norm_dist2targ_raw_cap", True)])
    def test_distance_to_target(self, asem, name, clamp):
        raw = asem.values("01_step_Raw")
        targets = [float(asem.metadata[code]["Target"]) for code in asem.indicators]
        found = distance_to_target(raw, asem.directions, targets, clamp=clamp, **UNIT)
        assert_allclose(found, asem.values(name), rtol=1e-12, atol=1e-12)

    def test_distance_to_reference_agrees_except_where_coinr_divides_zero_by_zero(self, asem, x):
        found = distance_to_reference(x, asem.directions, x[asem.units.index("AUS")], **UNIT)
        expected = asem.values("02_norm_dist2ref_1_cap")
        undefined = np.isnan(expected)
        assert undefined.sum() == 24
        assert_allclose(found[~undefined], expected[~undefined], rtol=1e-12, atol=1e-12)
        assert (found[undefined] == 1.0).all()

    @pytest.mark.parametrize(
        ("name", "posts", "clamp"),
        [
            ("02_norm_goalposts_0_10", (0.0, 10.0), True),
            ("02_norm_goalposts_0_10_notrunc", (0.0, 10.0), False),
            ("02_norm_scaled_0_50", (0.0, 50.0), False),
        ],
    )
    def test_goalposts_turn_with_the_direction_which_coinr_does_not(self, asem, x, name, posts, clamp):
        expected, down = asem.values(name), asem.directions == -1
        found = goalposts(x, asem.directions, posts, clamp=clamp)
        assert_allclose(found[:, ~down], expected[:, ~down], rtol=1e-12, atol=1e-12)
        upwards = goalposts(x, np.abs(asem.directions), posts, clamp=clamp)
        assert_allclose(found[:, down], 100.0 - upwards[:, down], rtol=1e-12, atol=1e-9)
        # COINr: values × direction against goalposts that stay where they are, hence 0 or less for all of them.
        coinr = goalposts(x * asem.directions, np.abs(asem.directions), posts, clamp=clamp)
        assert_allclose(coinr, expected, rtol=1e-12, atol=1e-12)
        assert (expected[:, down] <= 0.0).all()
        assert (found[:, down] > 0.0).any(axis=0).sum() > 5

    def test_the_fraction_of_the_maximum_turns_with_the_direction_which_coinrs_does_not(self, asem, x):
        expected, down = asem.values("02_norm_fracmax"), asem.directions == -1
        found = fraction_of_maximum(x, asem.directions, clamp=False, **UNIT)
        assert_allclose(found[:, ~down], expected[:, ~down], rtol=1e-12, atol=1e-12)
        assert np.isfinite(found).all()
        assert (found[x.argmin(axis=0)[down], np.flatnonzero(down)] == 1.0).all()
        assert_allclose(found[:, down].min(axis=0), (x.min(axis=0) / x.max(axis=0))[down], rtol=1e-9, atol=1e-12)
        assert (~np.isfinite(expected[:, down])).any(axis=0).sum() == 3
        finite = np.isfinite(expected).all(axis=0) & down
        assert (expected[x.argmax(axis=0)[finite], np.flatnonzero(finite)] == expected[:, finite].max(axis=0)).all()


class TestHandbook:
    """OECD/JRC Handbook (2008): Table 15, schooling in twelve ways; and the technology achievement index."""

    @pytest.fixture
    def table(self, tai):
        return tai.table("table15_normalisation_schooling")

    @pytest.mark.parametrize(
        ("column", "method", "tolerance"),
        [
            ("rank", lambda x: rank_score(x, [1]), 0),
            ("z_score", lambda x: zscore(x, [1]), 0.005),
            ("min_max", lambda x: minmax(x, [1], **UNIT), 0.005),
            ("ratio_to_mean", lambda x: ratio_to_reference(x, x.mean()), 0.005),
            ("ratio_to_best", lambda x: fraction_of_maximum(x, [1], **UNIT), 0.005),
            ("ratio_to_worst", lambda x: ratio_to_reference(x, x.min()), 0.005),
            ("diff_to_mean", lambda x: difference_to_reference(x, x.mean()), 0.005),
            ("diff_to_worst", lambda x: difference_to_reference(x, x.min()), 0.005),
            ("above_below_mean", above_or_below_mean, 0),
            ("percentile", lambda x: percentile_rank(x, [1], definition="rank_over_n"), 0.05),
            ("categorical", lambda x: categorical(x, [1]), 0),
        ],
    )
    def test_schooling(self, table, column, method, tolerance):
        x = table.numbers(["schooling"])
        printed = table.numbers([column])
        assert_allclose(method(x), printed, rtol=0, atol=tolerance + 1e-9)

    def test_the_ratio_to_the_best_is_also_a_ratio_to_a_reference(self, table):
        x = table.numbers(["schooling"])
        assert_allclose(ratio_to_reference(x, x.max()), fraction_of_maximum(x, [1], **UNIT), rtol=1e-15)

    def test_the_z_score_with_n_would_not_give_the_printed_figures(self, table):
        x = table.numbers(["schooling"])
        population = (x - x.mean()) / x.std()
        assert np.abs(population - table.numbers(["z_score"])).max() > 0.03

    @pytest.fixture
    def index(self, tai):
        raw, posts = tai.table("tableA2_raw"), tai.table("undp_goalposts")
        names = posts.text("indicator")
        scores = goalposts(raw.numbers(names), np.ones(8), posts.numbers(["min", "max"]), **UNIT)
        return dict(zip(raw.text("country"), scores.mean(axis=1), strict=True))

    def test_goalposts_give_the_published_technology_achievement_index(self, index, tai):
        published = tai.table("undp_scores_2dec")
        for country, score in zip(published.text("country"), published.numbers(["tai"])[:, 0], strict=True):
            assert index[{"Korea": "Korea, Rep. of"}.get(country, country)] == pytest.approx(score, abs=0.0055)

    def test_goalposts_give_the_ranks_of_table_23(self, index, tai):
        table = tai.table("table23_ranks_by_weighting")
        countries = table.text("country")
        scores = np.array([index[{"Korea": "Korea, Rep. of"}.get(country, country)] for country in countries])
        ranks = 1 + (scores[:, None] < scores[None, :]).sum(axis=1)
        assert_array_equal(ranks, table.numbers(["EW"])[:, 0])

    def test_without_the_clamp_telephones_and_electricity_of_some_countries_exceed_one(self, tai):
        raw, posts = tai.table("tableA2_raw"), tai.table("undp_goalposts")
        names = posts.text("indicator")
        scores = goalposts(raw.numbers(names), np.ones(8), posts.numbers(["min", "max"]), clamp=False, **UNIT)
        assert (scores > 1.0).sum() == 23
        assert {names[j] for j in np.flatnonzero((scores > 1.0).any(axis=0))} == {"telephones", "electricity"}


class TestHumanDevelopment:
    def test_clamped_goalposts_give_the_index_of_all_countries_within_the_rounding_of_the_inputs(self, hdi):
        table = hdi.table("hdi_2021")
        life, expected, mean, income, index = table.numbers(
            ["life_expectancy", "expected_schooling", "mean_schooling", "gni_per_capita", "hdi"]
        ).T
        x = np.column_stack([life, expected, mean, np.log(income)])
        posts = [(20.0, 85.0), (0.0, 18.0), (0.0, 15.0), (np.log(100.0), np.log(75000.0))]
        scores = goalposts(x, np.ones(4), posts, **UNIT)
        found = np.cbrt(scores[:, 0] * scores[:, 1:3].mean(axis=1) * scores[:, 3])
        assert np.abs(found - index).max() < 0.0015


def test_efficacy_coefficient_by_hand():
    # A satisfactory value of 8 % and an unallowed value of 2 %; a rate of accidents of 1 and 5 per 1000.
    x = np.array([[2.0, 5.0], [5.0, 3.0], [8.0, 1.0], [9.5, 0.5], [0.5, 9.0]])
    given = {"unallowed": [2.0, 5.0], "satisfactory": [8.0, 1.0]}
    clamped = [[60.0, 60.0], [80.0, 80.0], [100.0, 100.0], [100.0, 100.0], [60.0, 60.0]]
    assert efficacy(x, [1, -1], **given).tolist() == clamped
    assert efficacy(x, [1, -1], clamp=False, **given)[3:].tolist() == [[110.0, 105.0], [50.0, 20.0]]
    assert efficacy(x, [1, -1], c=50.0, d=50.0, **given)[1].tolist() == [75.0, 75.0]


def test_logistic_is_bounded_and_centred():
    x = np.array([[-1e9], [1.0], [2.0], [3.0], [1e9]])
    scores = logistic(x, [1])
    assert (scores > 0).all()
    assert (scores < 100).all()
    z = (x - x.mean()) / x.std(ddof=1)
    assert_allclose(logistic(x, [-1], low=1.0, high=2.0), 1.0 + 1.0 / (1.0 + np.exp(z)), rtol=1e-12)


class TestTies:
    x = np.array([[5.0], [7.0], [7.0], [9.0], [NAN]])

    @pytest.mark.parametrize(
        ("ties", "expected"),
        [("min", [1, 2, 2, 4]), ("max", [1, 3, 3, 4]), ("average", [1, 2.5, 2.5, 4]), ("dense", [1, 2, 2, 3])],
    )
    def test_rank(self, ties, expected):
        assert_array_equal(rank_score(self.x, [1], ties=ties).ravel(), [*expected, NAN])
        assert_array_equal(borda(self.x, [1], ties=ties).ravel(), [*(np.array(expected) - 1.0), NAN])

    def test_lower_is_better(self):
        assert_array_equal(rank_score(self.x, [-1]).ravel(), [4, 2, 2, 1, NAN])

    def test_both_definitions_of_the_percentile(self):
        assert_allclose(percentile_rank(self.x, [1], **UNIT).ravel(), [0, 1 / 3, 1 / 3, 1, NAN])
        share = percentile_rank(self.x, [1], definition="rank_over_n", **UNIT)
        assert_allclose(share.ravel(), [0.25, 0.5, 0.5, 1, NAN])

    def test_the_best_has_the_full_percentile_with_dense_ties_too(self):
        for definition in ("inclusive", "rank_over_n"):
            assert percentile_rank(self.x, [1], ties="dense", definition=definition)[3, 0] == 100.0

    def test_a_single_unit_is_in_the_middle(self):
        assert percentile_rank(np.array([[3.0], [NAN]]), [1])[0, 0] == 50.0


class TestConstant:
    x = np.array([[3.0, 3.0], [3.0, 3.0], [3.0, NAN]])

    @pytest.mark.parametrize(
        ("method", "score"),
        [
            (minmax, 50.0),
            (distance_to_best, 50.0),
            (logistic, 50.0),
            (efficacy, 80.0),
            (zscore, 0.0),
            (fraction_of_maximum, 100.0),
            (rank_score, 1.0),
            (lambda x, d: distance_to_reference(x, d, x[0]), 100.0),
            (lambda x, d: distance_to_target(x, d, [3.0, 3.0]), 100.0),
        ],
    )
    def test_every_unit_has_the_same_stated_score(self, method, score):
        assert_array_equal(method(self.x, [1, -1]), [[score, score], [score, score], [score, NAN]])

    def test_zeros_are_all_at_their_maximum(self):
        assert fraction_of_maximum(np.zeros((2, 1)), [1]).tolist() == [[100.0], [100.0]]

    def test_a_year_that_moves_away_from_a_constant_base_goes_to_the_ends(self):
        base, later = np.full((3, 2), 3.0), np.array([[2.0, 2.0], [3.0, 3.0], [4.0, 4.0]])
        assert minmax(later, [1, -1], over=base).tolist() == [[0, 100], [50, 50], [100, 0]]
        assert logistic(later, [1, -1], over=base).tolist() == [[0, 100], [50, 50], [100, 0]]
        assert_array_equal(zscore(later, [1, -1], over=base), [[NAN, NAN], [0, 0], [NAN, NAN]])

    def test_a_target_worse_than_everybody_is_reached_by_all(self):
        x = np.array([[5.0, 5.0], [7.0, 7.0]])
        assert distance_to_target(x, [1, -1], [4.0, 9.0]).tolist() == [[100.0, 100.0], [100.0, 100.0]]


METHODS = {
    "minmax": minmax,
    "goalposts": lambda x, d, **o: goalposts(x, d, (-4.0, 4.0)),
    "efficacy": efficacy,
    "zscore": zscore,
    "logistic": logistic,
    "distance_to_best": distance_to_best,
    "distance_to_reference": lambda x, d, **o: distance_to_reference(x, d, [3.0, -3.0], **o),
    "distance_to_target": lambda x, d, **o: distance_to_target(x, d, [3.0, -3.0], **o),
    "fraction_of_maximum": lambda x, d, **o: fraction_of_maximum(np.abs(x), d, **o),
    "rank": rank_score,
    "rank_dense": lambda x, d, **o: rank_score(x, d, ties="dense", **o),
    "borda": borda,
    "percentile_rank": percentile_rank,
    "percentile_average": lambda x, d, **o: percentile_rank(x, d, ties="average", definition="rank_over_n", **o),
}
EVERY_METHOD = pytest.mark.parametrize("method", METHODS.values(), ids=METHODS.keys())
RELATIVE = pytest.mark.parametrize(
    "method", [METHODS[name] for name in ("minmax", "efficacy", "zscore", "logistic", "distance_to_best")]
)
matrices = arrays(np.float64, (7, 2), elements=st.one_of(st.integers(-8, 8).map(float), st.just(NAN)))
DIRECTION = np.array([1, -1])
quick = settings(max_examples=25, deadline=None)


class TestLaws:
    @EVERY_METHOD
    @quick
    @given(x=matrices)
    def test_a_better_value_never_has_a_lower_score(self, method, x):
        scores = method(x, DIRECTION)
        values = np.abs(x) if method is METHODS["fraction_of_maximum"] else x
        for j in range(2):
            there = ~np.isnan(x[:, j])
            order = np.argsort(values[there, j] * DIRECTION[j], kind="stable")
            assert (np.diff(scores[there, j][order]) >= 0).all()

    @EVERY_METHOD
    @quick
    @given(x=matrices)
    def test_missing_stays_missing_and_does_not_change_the_others(self, method, x):
        scores = method(x, DIRECTION)
        assert_array_equal(np.isnan(scores), np.isnan(x))
        for j in range(2):
            there = ~np.isnan(x[:, j])
            if there.any():
                assert_allclose(method(x[there], DIRECTION)[:, j], scores[there, j], rtol=1e-12, atol=1e-12)

    @EVERY_METHOD
    @quick
    @given(x=matrices, order=st.permutations(range(7)))
    def test_the_order_of_units_does_not_matter(self, method, x, order):
        order = np.array(order)
        assert_allclose(method(x[order], DIRECTION), method(x, DIRECTION)[order], rtol=1e-12, atol=1e-12)

    @EVERY_METHOD
    @pytest.mark.parametrize("columns", [slice(0, 1), slice(0, 2)])
    def test_the_input_is_not_changed(self, method, columns):
        # One column is a special case: turning it on its side needs no copy.
        x = np.ascontiguousarray(np.array([[3.0, 1.0], [1.0, 2.0], [2.0, 9.0]])[:, columns])
        before = x.copy()
        method(x, -np.abs(DIRECTION[columns]))
        assert_array_equal(x, before)

    @RELATIVE
    @quick
    @given(x=matrices, factor=st.sampled_from([0.25, 3.0, 1024.0]), shift=st.integers(-100, 100))
    def test_the_unit_of_measurement_does_not_matter(self, method, x, factor, shift):
        assert_allclose(method(x * factor + shift, DIRECTION), method(x, DIRECTION), rtol=1e-9, atol=1e-9)

    @RELATIVE
    @quick
    @given(x=matrices)
    def test_turning_values_and_direction_together_changes_nothing(self, method, x):
        assert_allclose(method(-x, -DIRECTION), method(x, DIRECTION), rtol=1e-12, atol=1e-12)

    @quick
    @given(x=matrices)
    def test_minmax_reaches_exactly_the_ends(self, x):
        for j in range(2):
            there = x[~np.isnan(x[:, j])][:, [j]]
            assume(there.size and there.min() < there.max())
            scores = minmax(there, [DIRECTION[j]], low=1.0, high=100.0)
            assert (scores.min(), scores.max()) == (1.0, 100.0)

    @EVERY_METHOD
    def test_a_stack_gives_the_same_as_one_by_one(self, method):
        stack = np.random.default_rng(0).normal(size=(4, 9, 2))
        stack[np.random.default_rng(1).random(stack.shape) < 0.2] = NAN
        stack[2, :, 1] = 5.0
        assert_allclose(method(stack, DIRECTION), [method(x, DIRECTION) for x in stack], rtol=1e-12, atol=1e-12)

    @pytest.mark.parametrize("name", [name for name in METHODS if name != "goalposts"])
    def test_fitted_over_other_data_the_scale_is_that_of_those_data(self, name):
        method = METHODS[name]
        rng = np.random.default_rng(6)
        base, later = np.abs(rng.normal(size=(30, 2))), np.abs(rng.normal(size=(9, 2)))
        own = method(base, DIRECTION)
        again = method(np.concatenate([base[:5], later]), DIRECTION, over=base)
        assert_allclose(again[:5], own[:5], rtol=1e-12, atol=1e-12)
        # a value between two of the base has a score between theirs
        for j in range(2):
            joint = np.concatenate([base[:, j], later[:, j]]) * DIRECTION[j]
            scores = np.concatenate([own[:, j], again[5:, j]])[np.argsort(joint)]
            assert (np.diff(scores) >= -1e-12).all()


def test_clamped_or_not_beyond_the_base():
    base, later = np.array([[0.0], [10.0]]), np.array([[-5.0], [15.0]])
    assert minmax(later, [1], over=base).ravel().tolist() == [0.0, 100.0]
    assert minmax(later, [1], over=base, clamp=False).ravel().tolist() == [-50.0, 150.0]
    assert percentile_rank(later, [1], over=base).ravel().tolist() == [0.0, 100.0]
    assert percentile_rank(later, [1], over=base, clamp=False).ravel().tolist() == [0.0, 200.0]


@pytest.mark.parametrize("direction", [[0], [2], [[1]], [NAN]])
def test_directions_are_plus_or_minus_one(direction):
    with pytest.raises(ValueError, match="direction"):
        minmax(np.ones((2, 1)), direction)


def test_goalposts_must_go_upwards():
    with pytest.raises(ValueError, match="below"):
        goalposts(np.ones((2, 1)), [1], (1.0, 1.0))


def test_classes_and_scores_must_fit():
    with pytest.raises(ValueError, match="2 breaks make 3 classes"):
        categorical(np.ones((2, 1)), [1], breaks=(1, 2), scores=(0, 1))
    assert np.isnan(categorical(np.array([[1.0], [NAN]]), [1])[1, 0])

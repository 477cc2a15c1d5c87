import tracemalloc

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from pydantic import ValidationError

from gaoxin.evaluation.errors import EvaluationError
from gaoxin.evaluation.method import Normalisation, Screening, Treatment
from gaoxin.evaluation.normalisation import normalisations as methods
from gaoxin.evaluation.normalisation.normalise import fit, normalise
from gaoxin.evaluation.preparation.screen import screen
from gaoxin.evaluation.preparation.treat import treat

NAN = np.nan
CODES = ("1.1", "1.2")
DIRECTION = np.array([1, -1])


@pytest.fixture(scope="module")
def panel(asem):
    """Five years of ASEM: labels, values, screened as in COINr's example."""
    table = asem.table("00_iData_panel")
    x = table.numbers(asem.indicators)
    kept = screen(x, Screening(unit_availability=0.9)).unit_kept
    units, years = (np.array(table.text(column))[kept] for column in ("uCode", "Time"))
    return units.tolist(), years.tolist(), x[kept]


class TestPanel:
    def test_treated_by_year_and_normalised_over_all_years_agrees_with_coinr(self, asem, panel):
        units, years, x = panel
        treated = treat(x, Treatment(method="winsorise_then_log"), periods=years)
        scores = normalise(treated.x, asem.directions, Normalisation(scope="all"), periods=years).x
        table = asem.table("09_purse_aggregated")
        place = {key: row for row, key in enumerate(zip(table.text("uCode"), table.text("Time"), strict=True))}
        expected = table.numbers(asem.indicators)[[place[key] for key in zip(units, years, strict=True)]]
        assert len(place) == len(units) == 230
        assert_allclose(scores, expected, rtol=1e-12, atol=1e-12)
        assert np.isnan(scores).sum() == 125

    def test_each_period_by_itself(self, asem, panel):
        _, years, x = panel
        done = normalise(x, asem.directions, Normalisation(), periods=years)
        for year in set(years):
            rows = np.array(years) == year
            assert_array_equal(done.x[rows], normalise(x[rows], asem.directions, Normalisation()).x)
        assert len(done.scaling.parts) == 5

    def test_a_base_period_makes_years_compare(self, asem, panel):
        _, years, x = panel
        spec = Normalisation(scope="base", base_period=2018, clamp=False)
        done = normalise(x, asem.directions, spec, periods=years)
        base = np.array(years) == "2018"
        assert_array_equal(done.x, methods.minmax(x, asem.directions, clamp=False, over=x[base]))
        assert np.nanmax(done.x[~base]) > 100.0
        clamped = normalise(x, asem.directions, spec.model_copy(update={"clamp": True}), periods=years)
        assert_array_equal(clamped.x, np.clip(done.x, 0.0, 100.0))
        assert_array_equal(clamped.clamped, ((done.x < 0) | (done.x > 100)).sum(axis=0))
        assert clamped.clamped.sum() > 0

    def test_scales_are_fitted_once_and_applied_to_a_later_year(self, asem, panel):
        _, years, x = panel
        before = np.array(years) != "2022"
        spec = Normalisation(scope="base", base_period=2018)
        scaling = fit(x[before], asem.directions, spec, periods=np.array(years)[before].tolist())
        whole = normalise(x, asem.directions, spec, periods=years).x
        assert_array_equal(scaling.apply(x[~before]), whole[~before])

    def test_the_reference_unit_is_that_of_the_period_or_of_the_base(self):
        x = np.array([[0.0], [10.0], [0.0], [40.0]])
        units, years = ["A", "B", "A", "B"], [2021, 2021, 2022, 2022]
        spec = Normalisation(method="distance_to_reference", reference_unit="B", clamp=False)
        by_year = normalise(x, [1], spec, units=units, periods=years).x
        assert by_year.ravel().tolist() == [0, 100, 0, 100]
        for scope in ("base", "all"):
            fixed = spec.model_copy(update={"scope": scope, "base_period": 2021})
            assert normalise(x, [1], fixed, units=units, periods=years).x.ravel().tolist() == [0, 100, 0, 400]


X = np.array([[1.0, 9.0], [4.0, 6.0], [4.0, NAN], [8.0, 2.0]])
POSTS = {"1.1": (0.0, 10.0), "1.2": (1.0, 11.0)}
PAIRS = np.array(list(POSTS.values()))


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        (Normalisation(), methods.minmax(X, DIRECTION)),
        (Normalisation(low=1.0, high=5.0), methods.minmax(X, DIRECTION, low=1.0, high=5.0)),
        (Normalisation(method="goalposts", goalposts=POSTS), methods.goalposts(X, DIRECTION, PAIRS)),
        (
            Normalisation(method="goalposts", goalposts=POSTS, low=1.0, clamp=False),
            methods.goalposts(X, DIRECTION, PAIRS, low=1.0, clamp=False),
        ),
        (Normalisation(method="zscore", mean=100.0, sd=10.0), methods.zscore(X, DIRECTION, mean=100.0, sd=10.0)),
        (Normalisation(method="rank"), methods.rank_score(X, DIRECTION)),
        (Normalisation(method="rank", ties="average"), methods.rank_score(X, DIRECTION, ties="average")),
        (Normalisation(method="borda", ties="max"), methods.borda(X, DIRECTION, ties="max")),
        (Normalisation(method="percentile_rank"), methods.percentile_rank(X, DIRECTION)),
        (
            Normalisation(method="percentile_rank", percentile="rank_over_n", ties="dense", low=1.0, high=2.0),
            methods.percentile_rank(X, DIRECTION, definition="rank_over_n", ties="dense", low=1.0, high=2.0),
        ),
        (Normalisation(method="distance_to_best"), methods.distance_to_best(X, DIRECTION)),
        (
            Normalisation(method="distance_to_reference", reference_unit="B"),
            methods.distance_to_reference(X, DIRECTION, X[1]),
        ),
        (
            Normalisation(method="distance_to_target", targets={"1.1": 6.0, "1.2": 3.0}),
            methods.distance_to_target(X, DIRECTION, [6.0, 3.0]),
        ),
        (Normalisation(method="fraction_of_maximum", high=1.0), methods.fraction_of_maximum(X, DIRECTION, high=1.0)),
        (Normalisation(method="efficacy"), methods.efficacy(X, DIRECTION)),
        (
            Normalisation(method="efficacy", efficacy_base=50.0, efficacy_span=50.0, goalposts={"1.2": (1.0, 11.0)}),
            methods.efficacy(X, DIRECTION, unallowed=[1.0, 11.0], satisfactory=[8.0, 1.0], c=50.0, d=50.0),
        ),
        (Normalisation(method="logistic", high=1.0), methods.logistic(X, DIRECTION, high=1.0)),
        (Normalisation(method="none"), X * DIRECTION),
    ],
    ids=lambda value: value.method if isinstance(value, Normalisation) else "",
)
def test_each_method_is_chosen_with_its_options(spec, expected):
    done = normalise(X, DIRECTION, spec, indicators=CODES, units=list("ABCD"))
    assert_array_equal(done.x, expected)
    assert not done.undefined.any()


def test_indicators_can_have_their_own_normalisation_and_scope():
    x = np.concatenate([X, X + 1.0])
    periods = [2021] * 4 + [2022] * 4
    done = normalise(
        x,
        DIRECTION,
        Normalisation(scope="base", base_period=2021, clamp=False),
        overrides={"1.2": Normalisation(method="zscore")},
        indicators=CODES,
        periods=periods,
    )
    assert_array_equal(done.x[:, [0]], methods.minmax(x[:, [0]], [1], clamp=False, over=X[:, [0]]))
    assert_allclose(done.x[4:, [1]], methods.zscore(X[:, [1]] + 1.0, [-1]))
    assert_array_equal(fit(x, DIRECTION, Normalisation(scope="all")).apply(x), methods.minmax(x, DIRECTION))


def test_a_stack_of_matrices_is_fitted_and_scaled_one_by_one():
    stack = np.random.default_rng(0).normal(size=(6, 10, 2))
    overrides = {"1.2": Normalisation(method="rank")}
    done = normalise(stack, DIRECTION, Normalisation(), overrides=overrides, indicators=CODES)
    one_by_one = [normalise(x, DIRECTION, Normalisation(), overrides=overrides, indicators=CODES).x for x in stack]
    assert_array_equal(done.x, one_by_one)


class TestNotes:
    def said(self, x, spec, **options):
        done = normalise(np.asarray(x, dtype=float), DIRECTION, spec, indicators=CODES, **options)
        return [(note.nodes, note.message.en) for note in done.notes(CODES)]

    def test_a_constant_indicator_is_reported_with_what_its_units_get(self):
        x = [[1.0, 5.0], [2.0, 5.0]]
        middle = "1.2: all values are equal; every unit has the middle of the scale"
        assert self.said(x, Normalisation()) == [(("1.2",), middle)]
        assert "mean score" in self.said(x, Normalisation(method="zscore"))[0][1]
        assert "tie" in self.said(x, Normalisation(method="rank"))[0][1]
        assert "(2021)" in self.said(x, Normalisation(), periods=[2021, 2021])[0][1]
        assert self.said([[1.0, 4.0], [2.0, 5.0]], Normalisation()) == []

    def test_a_target_that_everybody_has_reached_is_reported(self):
        spec = Normalisation(method="distance_to_target", targets={"1.1": 0.5, "1.2": 1.0})
        ((nodes, words),) = self.said([[1.0, 5.0], [2.0, 4.0]], spec)
        assert nodes == ("1.1",)
        assert "full score" in words

    def test_clamped_values_are_counted(self):
        spec = Normalisation(method="goalposts", goalposts={"1.1": (0.0, 1.5), "1.2": (0.0, 9.0)})
        said = self.said([[1.0, 5.0], [2.0, 4.0], [-1.0, 9.0]], spec)
        assert said == [(("1.1",), "1.1: 2 values outside the scale, set to its end")]
        assert self.said([[2.0, 5.0]], spec.model_copy(update={"clamp": False})) == []
        by_year = self.said([[1.0, 5.0], [2.0, 4.0], [-1.0, 9.0]], spec, periods=[1, 2, 2])
        assert by_year == said

    def test_values_without_a_score_are_counted(self):
        spec = Normalisation(method="zscore", scope="base", base_period=1)
        said = self.said([[1.0, 5.0], [1.0, 6.0], [2.0, 7.0]], spec, periods=[1, 1, 2])
        assert (("1.1",), "1.1: 1 values have no score and count as missing") in said

    def test_goalposts_of_a_code_that_is_no_indicator_are_reported(self):
        spec = Normalisation(method="efficacy", goalposts={"1.l": (0.0, 1.0)})
        ((nodes, words),) = self.said([[1.0, 5.0], [2.0, 4.0]], spec)
        assert nodes == ("1.l",)
        assert "1.l" in words


class TestErrors:
    @pytest.mark.parametrize(
        ("spec", "words"),
        [
            (Normalisation(method="goalposts", goalposts={"1.1": (0.0, 1.0)}), r"no goalposts for 1\.2"),
            (Normalisation(method="goalposts", goalposts={"1.1": (0, 1), "1.2": (9, 1)}), r"1\.2 do not go upwards"),
            (Normalisation(method="efficacy", goalposts={"1.2": (9, 9)}), r"1\.2 do not go upwards"),
            (Normalisation(method="goalposts", goalposts={"1.1": (0, 1), "1.2": (NAN, 1)}), r"1\.2 do not go upwards"),
            (Normalisation(method="distance_to_target", targets={"1.2": 0.0}), r"no target for 1\.1"),
            (Normalisation(method="distance_to_reference"), "None has 0 rows"),
            (Normalisation(method="distance_to_reference", reference_unit="Z"), "Z has 0 rows"),
            (Normalisation(method="distance_to_reference", reference_unit="C"), r"C has no value of 1\.2"),
            (Normalisation(scope="base", base_period=2019), r"2019 is not among .*\(none\)"),
        ],
    )
    def test_what_is_lacking_is_named_in_both_languages(self, spec, words):
        with pytest.raises(EvaluationError, match=words) as caught:
            normalise(X, DIRECTION, spec, indicators=CODES, units=list("ABCD"))
        assert caught.value.text.zh

    def test_a_base_period_without_data_names_the_periods_there_are(self):
        with pytest.raises(EvaluationError, match=r"2019 is not among .*2021, 2022"):
            normalise(X, DIRECTION, Normalisation(scope="base", base_period=2019), periods=[2021, 2021, 2022, 2022])

    def test_a_reference_needs_one_row_in_the_base_period(self):
        spec = Normalisation(method="distance_to_reference", reference_unit="A", scope="base", base_period=2022)
        with pytest.raises(EvaluationError, match="A has 0 rows in 2022"):
            normalise(X, DIRECTION, spec, units=list("ABCD"), periods=[2021, 2021, 2022, 2022])

    def test_a_fraction_of_negative_values_is_refused_by_name(self, asem):
        x = asem.values("01_step_Treated")
        with pytest.raises(EvaluationError, match="choose another") as caught:
            normalise(x, asem.directions, Normalisation(method="fraction_of_maximum"), indicators=asem.indicators)
        for j, code in enumerate(asem.indicators):
            assert (code in caught.value.text.zh) == (x[:, j].min() < 0)

    def test_a_normalisation_for_an_unknown_indicator_is_refused(self):
        with pytest.raises(EvaluationError, match=r"9\.9"):
            normalise(X, DIRECTION, Normalisation(), overrides={"9.9": Normalisation()}, indicators=CODES)

    def test_a_scale_goes_upwards(self):
        with pytest.raises(ValidationError, match=r"low 100\.0 is not below high 0\.0"):
            Normalisation(low=100.0, high=0.0)

    def test_scales_by_period_need_the_periods_of_the_rows(self):
        scaling = fit(X, DIRECTION, Normalisation(), periods=[1, 1, 2, 2])
        with pytest.raises(ValueError, match="period of each row"):
            scaling.apply(X)


@pytest.mark.parametrize("method", ["minmax", "zscore", "logistic", "efficacy", "fraction_of_maximum", "none"])
def test_a_large_matrix_is_normalised_without_copies_beside_the_result(method):
    x = np.random.default_rng(0).random((200_000, 8))
    direction = np.array([1, -1] * 4)
    tracemalloc.start()
    try:
        done = normalise(x, direction, Normalisation(method=method))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert done.x.shape == x.shape
    assert peak < 1.8 * x.nbytes

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal

from gaoxin.evaluation.errors import EvaluationError
from gaoxin.evaluation.method import Treatment
from gaoxin.evaluation.moments import skewness_and_kurtosis
from gaoxin.evaluation.preparation.transform import log_ct_plus
from gaoxin.evaluation.preparation.treat import HOW, Shape, passes, treat, winsorise

NAN = np.nan
COINR = {"method": "winsorise_then_log"}


@pytest.mark.parametrize(
    ("name", "spec"),
    [
        ("01_step_Treated", Treatment(**COINR)),
        ("01_step_Treated", Treatment(**COINR, max_points=None)),
        ("01_step_Treated", Treatment(method="winsorise")),
        ("04_treat_winmax1", Treatment(**COINR, max_points=1)),
        ("04_treat_winmax3", Treatment(**COINR, max_points=3)),
        ("04_qtreat_3_1.5_3", Treatment(**COINR, max_points=3, skewness=1.5, kurtosis=3.0)),
    ],
)
def test_asem_agrees_with_coinr(asem, name, spec):
    treated = treat(asem.values("01_step_Imputed"), spec)
    assert_allclose(treated.x, asem.values(name), rtol=1e-12, atol=1e-12)


def test_the_points_on_record_are_those_of_coinr(asem):
    treated = treat(asem.values("01_step_Imputed"), Treatment(**COINR))
    words = {"winhi": "winsorised high", "winlo": "winsorised low"}
    table = asem.table("01_treat_points")
    expected = {
        (unit, code): words[word]
        for code in asem.indicators
        for unit, word in zip(asem.units, table.text(code, asem.units), strict=True)
        if word
    }
    points = list(treated.points())
    assert {(asem.units[point.unit], asem.indicators[point.indicator]): point.how for point in points} == expected
    assert len(points) == 35
    for point in points:
        assert treated.before[point.unit, point.indicator] == point.before
        assert treated.x[point.unit, point.indicator] == point.after
        assert point.before != point.after


@pytest.mark.parametrize(
    ("name", "points"),
    [
        ("01_treat_details", 5),
        ("04_treat_winmax1_details", 1),
        ("04_treat_winmax2_details", 2),
        ("04_treat_winmax3_details", 3),
    ],
)
def test_the_tests_before_between_and_after_are_those_of_coinr(asem, name, points):
    treated = treat(asem.values("01_step_Imputed"), Treatment(**COINR, max_points=points))
    table = asem.table(name)
    rows = {
        record["iCode"]: record for cells in table.cells if (record := dict(zip(table.columns, cells, strict=True)))
    }
    for column in treated.columns:
        row = rows[asem.indicators[column.indicator]]
        stages = [("0", column.before)]
        if row["winsorise.nwin"]:
            assert column.points == int(row["winsorise.nwin"])
            stages.append(("1", column.winsorised))
        else:
            assert column.points == 0
        if row.get("check_SkewKurt2.Skew"):
            assert column.transformation == "log_ct_plus"
            stages.append(("2", column.after))
        else:
            assert column.transformation is None
        for number, shape in stages:
            expected = [float(row[f"check_SkewKurt{number}.{word}"]) for word in ("Skew", "Kurt")]
            assert_allclose([shape.skewness, shape.kurtosis], expected, rtol=1e-12, atol=1e-12)
        assert column.passed is (row[f"check_SkewKurt{stages[-1][0]}.Pass"] == "TRUE")


def test_a_column_that_fails_after_everything_is_reported(asem):
    treated = treat(asem.values("01_step_Imputed"), Treatment(**COINR, max_points=1))
    failed = [asem.indicators[column.indicator] for column in treated.columns if column.passed is False]
    assert failed == ["ForPort", "CultServ"]
    notes = {note.nodes[0]: note.message for note in treated.notes(asem.units, asem.indicators)}
    assert "still fails the test" in notes["ForPort"].en
    assert "仍未通过检验" in notes["CultServ"].zh
    assert notes["Flights"].en == "Flights: values winsorised: 1 (MLT)"
    assert "LPI" not in notes


def test_none_changes_and_tests_nothing(asem):
    x = asem.values("01_step_Imputed")
    treated = treat(x, Treatment())
    assert_array_equal(treated.x, x)
    assert (treated.columns, list(treated.points()), treated.notes(asem.units, asem.indicators)) == ((), [], ())


def test_a_column_passes_when_either_bound_holds_strictly():
    spec = Treatment(skewness=2.0, kurtosis=3.5)
    assert passes(Shape(1.99, 9.0), spec) is True
    assert passes(Shape(-9.0, 3.49), spec) is True
    assert passes(Shape(2.0, 3.5), spec) is False
    assert passes(Shape(NAN, NAN), spec) is None
    assert passes(Shape(1.0, NAN), spec) is True
    assert passes(Shape(2.5, NAN), spec) is None


OUTLIER = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 500.0])


def test_winsorising_works_at_both_ends():
    high, how = winsorise(OUTLIER)
    assert (high[-1], how.tolist()) == (7.0, [0, 0, 0, 0, 0, 0, 0, 1])
    low, how = winsorise(-OUTLIER)
    assert (low[-1], how.tolist()) == (-7.0, [0, 0, 0, 0, 0, 0, 0, 2])


def test_tied_values_move_together_even_beyond_the_limit():
    values = np.r_[np.arange(40.0), 900.0, 1000.0, 1000.0]
    moved, how = winsorise(values, max_points=1)
    assert moved[-3:].tolist() == [900.0, 900.0, 900.0]
    assert np.count_nonzero(how) == 2


def test_winsorising_stops_as_soon_as_the_column_passes_and_at_the_limit():
    values = np.r_[np.arange(40.0), 300.0, 600.0, 900.0]
    for limit in (0, 1, 2):
        moved, how = winsorise(values, max_points=limit)
        assert np.count_nonzero(how) == limit
        assert passes(Shape(*(float(v[0]) for v in skewness_and_kurtosis(moved[:, None]))), Treatment()) is False
    moved, how = winsorise(values)
    assert np.count_nonzero(how) == 3
    assert_array_equal(winsorise(values, max_points=None)[0], moved)


def test_two_different_values_are_never_made_one():
    values = np.r_[np.zeros(30), 1.0]
    moved, how = winsorise(values, max_points=None)
    assert_array_equal(moved, values)
    assert not how.any()
    (column,) = treat(values[:, None], Treatment(method="winsorise")).columns
    assert (column.points, column.passed) == (0, False)


def test_the_log_starts_from_the_untreated_values_and_changes_every_cell_on_record():
    x = np.r_[np.exp(np.arange(20.0)), NAN][:, None]
    treated = treat(x, Treatment(**COINR, max_points=1))
    assert_array_equal(treated.x, log_ct_plus(x))
    (column,) = treated.columns
    assert (column.transformation, column.points) == ("log_ct_plus", 1)
    points = list(treated.points())
    assert len(points) == 20
    assert {point.how for point in points} == {"transformed"}
    assert treated.changed[:, 0].tolist() == [True] * 20 + [False]


def test_the_log_of_a_left_skewed_column_is_mirrored_and_helps():
    x = -np.exp(np.arange(20.0))[:, None]
    treated = treat(x, Treatment(**COINR, max_points=1))
    (column,) = treated.columns
    assert column.passed is True
    assert abs(column.after.skewness) < abs(column.before.skewness)
    assert (np.diff(treated.x[:, 0]) < 0).all()


@pytest.mark.parametrize("method", ["log_ct", "log_ct_plus", "log_ct_orig", "boxcox"])
def test_a_transformation_is_for_columns_that_fail(method):
    x = np.column_stack([np.exp(np.arange(20.0)), np.arange(20.0)])
    treated = treat(x, Treatment(method=method))
    assert treated.changed.any(axis=0).tolist() == [True, False]
    assert [column.transformation for column in treated.columns] == [method, None]
    assert (treated.columns[0].boxcox_lambda is not None) == (method == "boxcox")


def test_a_given_lambda_is_used():
    x = np.exp(np.arange(20.0))[:, None]
    given, fitted = (treat(x, Treatment(method="boxcox", boxcox_lambda=k)) for k in (0.25, None))
    assert given.columns[0].boxcox_lambda == 0.25
    assert_allclose(given.x[:, 0], ((x[:, 0] - x.min() + 0.01 * np.ptp(x)) ** 0.25 - 1.0) / 0.25)
    assert abs(fitted.columns[0].after.skewness) < abs(given.columns[0].after.skewness)
    assert "λ = 0.25" in given.notes([""] * 20, ["a"])[0].message.zh


def test_an_indicator_can_have_its_own_treatment_and_a_transformation_asked_for_by_name_is_done():
    x = np.column_stack([OUTLIER, OUTLIER, np.arange(8.0)])
    overrides = {"b": Treatment(), "c": Treatment(method="log_ct")}
    treated = treat(x, Treatment(method="winsorise"), overrides=overrides, indicators=["a", "b", "c"])
    assert treated.changed.any(axis=0).tolist() == [True, False, True]
    assert [(column.indicator, column.transformation) for column in treated.columns] == [(0, None), (2, "log_ct")]


def test_a_treatment_for_an_unknown_indicator_is_an_error_that_names_it():
    with pytest.raises(EvaluationError, match=r"9\.9") as caught:
        treat(np.ones((4, 1)), Treatment(), overrides={"9.9": Treatment()}, indicators=["1.1"])
    assert "9.9" in caught.value.text.zh


@pytest.mark.parametrize("values", [[3.0, 3.0, 3.0, 3.0, 3.0], [1.0, 2.0, 900.0], [NAN, NAN, NAN], [1.0]])
@pytest.mark.parametrize("method", ["winsorise", "winsorise_then_log", "log_ct", "boxcox"])
def test_what_cannot_be_tested_is_left_alone_and_said(values, method):
    x = np.array(values)[:, None]
    spec = Treatment(method=method, skewness=0.5)
    treated = treat(x, spec)
    assert_array_equal(treated.x, x)
    assert treated.columns[0].passed is None
    (note,) = treated.notes([""] * len(values), ["a"])
    assert "cannot be tested" in note.message.en


@pytest.mark.parametrize("method", ["log_ct", "log_ct_orig", "boxcox"])
def test_a_constant_is_not_transformed_even_by_name(method):
    treated = treat(np.full((5, 1), 2.0), Treatment(), overrides={"a": Treatment(method=method)}, indicators=["a"])
    assert_array_equal(treated.x, 2.0)
    assert treated.columns[0].transformation is None


def test_every_period_is_treated_by_itself():
    x = np.r_[OUTLIER, np.arange(8.0)][:, None]
    years = [2021] * 8 + [2022] * 8
    treated = treat(x, Treatment(method="winsorise"), periods=years)
    assert_array_equal(treated.x[:8], treat(x[:8], Treatment(method="winsorise")).x)
    assert_array_equal(treated.x[8:], x[8:])
    assert [(column.period, column.points) for column in treated.columns] == [(2021, 1), (2022, 0)]
    (note,) = treated.notes([f"zone {i}" for i in range(16)], ["1.1"])
    assert (note.units, note.message.en) == (("zone 7",), "1.1 2021: values winsorised: 1 (zone 7)")


@settings(max_examples=80, deadline=None)
@given(
    arrays(np.float64, (12, 2), elements=st.one_of(st.integers(-5, 5).map(lambda v: float(v) ** 5), st.just(NAN))),
    st.sampled_from(["winsorise", "winsorise_then_log", "log_ct", "log_ct_plus", "log_ct_orig", "boxcox"]),
    st.sampled_from([0, 1, 3, None]),
)
def test_treatment_keeps_the_order_and_the_record_is_complete(x, method, max_points):
    before = x.copy()
    treated = treat(x, Treatment(method=method, max_points=max_points, skewness=0.5, kurtosis=0.5))
    assert_array_equal(x, before)
    assert_array_equal(np.isnan(treated.x), np.isnan(x))
    unchanged = ~treated.changed
    assert_array_equal(treated.x[unchanged], x[unchanged])
    for column in treated.columns:
        old, new = x[:, column.indicator], treated.x[:, column.indicator]
        order = np.argsort(old, kind="stable")
        steps = np.diff(new[order][: np.count_nonzero(~np.isnan(old))])
        assert (steps >= 0).all()
        if column.transformation is None and (treated.how[:, column.indicator] > 0).any():
            assert HOW[treated.how[:, column.indicator].max() - 1] != "transformed"
            assert new[~np.isnan(new)].min() < new[~np.isnan(new)].max()

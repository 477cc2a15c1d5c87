import numpy as np
import pytest
from numpy.testing import assert_allclose

from gaoxin.evaluation.errors import EvaluationError
from gaoxin.evaluation.method import Screening
from gaoxin.evaluation.preparation.screen import screen

NAN = np.nan


def removed(screened, units):
    return [unit for unit, kept in zip(units, screened.unit_kept, strict=True) if not kept]


def test_shares_agree_with_coinr(asem):
    screened = screen(asem.values("01_step_Raw"), Screening())
    expected = asem.table("07_data_avail_summary").numbers(["Dat_Avail", "Non_Zero"], asem.units)
    assert_allclose(np.column_stack([screened.unit_availability, screened.unit_nonzero]), expected, rtol=1e-12)
    by_indicator = asem.table("07_stats_raw").numbers(["Frc.Avail"], asem.indicators)[:, 0]
    assert_allclose(screened.indicator_availability, by_indicator, rtol=1e-12)


@pytest.mark.parametrize(
    ("name", "spec"),
    [
        ("07_screen_raw_byNA_0.9", Screening(unit_availability=0.9)),
        ("07_screen_raw_both_0.8", Screening(unit_availability=0.8, unit_nonzero=0.8)),
    ],
)
def test_the_same_units_are_removed_as_by_coinr(asem, name, spec):
    screened = screen(asem.values("01_step_Raw"), spec)
    expected = asem.table(name).text("Included", asem.units)
    assert screened.unit_kept.tolist() == [word == "TRUE" for word in expected]


def test_five_countries_have_less_than_ninety_per_cent_of_the_data(asem):
    x = asem.values("01_step_Raw")
    screened = screen(x, Screening(unit_availability=0.9))
    assert removed(screened, asem.units) == asem.table("07_screen_removed").text("uCode")
    assert screened.select(x).shape == (46, 49)


def test_imputed_data_pass(asem):
    assert screen(asem.values("01_step_Imputed"), Screening(unit_availability=0.9)).unit_kept.all()


@pytest.mark.parametrize("n", range(1, 60))
def test_exactly_at_the_threshold_passes_for_every_share(n):
    for there in range(1, n + 1):
        row = np.where(np.arange(n) < there, 1.0, NAN)[None, :]
        threshold = float(f"{there / n:.17g}")
        assert screen(row, Screening(unit_availability=threshold)).unit_kept.all()


def test_nine_of_ten_is_ninety_per_cent():
    row = np.r_[NAN, np.ones(9)][None, :]
    assert screen(row, Screening(unit_availability=0.9)).unit_kept.all()
    with pytest.raises(EvaluationError):
        screen(row, Screening(unit_availability=0.9000001))


def test_indicators_are_judged_first_so_no_unit_leaves_for_one_that_is_not_used():
    x = np.array([[1.0, 2.0, NAN], [3.0, 4.0, NAN], [5.0, NAN, 6.0]])
    screened = screen(x, Screening(unit_availability=1.0, indicator_availability=0.5))
    assert screened.indicator_kept.tolist() == [True, True, False]
    assert screened.unit_availability.tolist() == [1.0, 1.0, 0.5]
    assert screened.unit_kept.tolist() == [True, True, False]
    assert screened.select(x).tolist() == [[1.0, 2.0], [3.0, 4.0]]


def test_notes_name_who_was_removed_with_figure_and_threshold():
    x = np.array([[1.0, 2.0, NAN], [0.0, 0.0, NAN], [5.0, NAN, 6.0]])
    screened = screen(x, Screening(unit_availability=0.6, indicator_availability=0.5, unit_nonzero=0.5))
    notes = screened.notes(["甲区", "乙区", "丙区"], ["1.1", "1.2", "1.3"])
    assert [(note.units, note.nodes) for note in notes] == [((), ("1.3",)), (("乙区",), ()), (("丙区",), ())]
    assert "1.3" in notes[0].message.zh
    assert "33.3%" in notes[0].message.en
    assert "0.0% of its values are not zero, below 50.0%" in notes[1].message.en
    assert "50.0%，低于 60.0%" in notes[2].message.zh


def test_a_unit_without_any_value_has_no_nonzero_share():
    x = np.array([[1.0], [NAN]])
    assert screen(x, Screening()).unit_kept.all()
    assert screen(x, Screening(unit_nonzero=0.1)).unit_kept.tolist() == [True, False]


@pytest.mark.parametrize(
    ("x", "spec", "words"),
    [
        ([[1.0, NAN], [NAN, NAN]], Screening(indicator_availability=0.9), "no indicator"),
        ([[1.0, NAN], [NAN, 1.0]], Screening(unit_availability=0.9), "no unit"),
        (np.empty((0, 3)), Screening(), "no units"),
        ([[1.0, np.inf]], Screening(), "A/y"),
    ],
)
def test_nothing_left_and_infinite_values_are_errors_in_both_languages(x, spec, words):
    with pytest.raises(EvaluationError, match=words) as caught:
        screen(np.asarray(x), spec, units=["A", "B"], indicators=["x", "y"])
    assert caught.value.text.zh

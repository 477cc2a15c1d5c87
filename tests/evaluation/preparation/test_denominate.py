import numpy as np
import pytest
from numpy.testing import assert_allclose

from gaoxin.evaluation.preparation.denominate import denominate

DENOMINATORS = ("Area", "Energy", "GDP", "Population")


def denominated_asem(asem):
    named = [asem.metadata[code]["Denominator"] for code in asem.indicators]
    columns = [DENOMINATORS.index(name) if name else None for name in named]
    return denominate(asem.values("01_step_Raw"), asem.values("00_iData", DENOMINATORS), columns)


def test_asem_agrees_with_coinr(asem):
    assert_allclose(denominated_asem(asem).x, asem.values("01_step_Denominated"), rtol=1e-12)


def test_a_value_without_denominator_is_lost_and_the_note_names_unit_and_indicator(asem):
    result = denominated_asem(asem)
    lost = [(asem.units[i], asem.indicators[j]) for i, j in np.argwhere(result.lost)]
    assert lost == [("LAO", "Elec"), ("LAO", "Gas")]
    notes = result.notes(asem.units, asem.indicators)
    assert [(note.step, note.units, note.nodes) for note in notes] == [
        ("denominate", ("LAO",), ("Elec",)),
        ("denominate", ("LAO",), ("Gas",)),
    ]
    assert "LAO" in notes[0].message.zh
    assert "Elec" in notes[0].message.en


def test_a_zero_denominator_makes_the_value_missing_not_infinite():
    result = denominate(np.array([[0.0], [5.0]]), np.zeros((2, 1)), [0])
    assert np.isnan(result.x).all()
    assert result.lost.all()


def test_what_was_missing_before_is_not_lost():
    result = denominate(np.array([[np.nan]]), np.array([[2.0]]), [0])
    assert not result.lost.any()


def test_scale_applies_to_ratios_only_and_the_input_is_not_changed():
    x = np.array([[6.0, 6.0]])
    result = denominate(x, np.array([[3.0]]), [0, None], scale=[100.0, 100.0])
    assert result.x.tolist() == [[200.0, 6.0]]
    assert x.tolist() == [[6.0, 6.0]]


@pytest.mark.parametrize("columns", [[0], [0, 1]])
def test_columns_that_do_not_exist_are_refused(columns):
    with pytest.raises(ValueError, match="denominator"):
        denominate(np.ones((1, 2)), np.ones((1, 1)), columns)

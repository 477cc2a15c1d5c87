import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal

from gaoxin.evaluation.errors import EvaluationError
from gaoxin.evaluation.imputation.impute import (
    impute,
    impute_group_mean,
    impute_group_median,
    impute_mean,
    impute_median,
    impute_unit_mean,
    impute_zero,
)
from gaoxin.evaluation.method import Imputation
from gaoxin.words import Text

NAN = np.nan


@pytest.mark.parametrize(
    ("name", "method", "group"),
    [
        ("05_impute_mean", "mean", None),
        ("05_impute_median", "median", None),
        ("01_step_Imputed", "group_mean", "EurAsia_group"),
        ("05_impute_mean_grp_GDP", "group_mean", "GDP_group"),
    ],
)
def test_columns_agree_with_coinr(asem, name, method, group):
    groups = asem.attribute(group) if group else None
    imputed = impute(asem.values("01_step_Denominated"), Imputation(method=method), groups=groups)
    assert_allclose(imputed.x, asem.values(name), rtol=1e-12, atol=1e-12)
    assert (imputed.filled.sum(), imputed.missing.sum()) == (65, 0)


@pytest.mark.parametrize(
    ("name", "inside_pillars"), [("05_impute_row_mean", False), ("05_impute_row_mean_pillar", True)]
)
def test_rows_agree_with_coinr(asem, name, inside_pillars):
    branches = asem.hierarchy.parents[:49] if inside_pillars else None
    imputed = impute(
        asem.values("01_step_Denominated"), Imputation(method="unit_mean"), direction=asem.directions, branches=branches
    )
    assert_allclose(imputed.x, asem.values(name), rtol=1e-12, atol=1e-12)


def test_nothing_is_filled_by_default():
    x = np.array([[1.0, NAN]])
    imputed = impute(x, Imputation())
    assert_array_equal(imputed.x, x)
    assert imputed.missing.tolist() == [[False, True]]
    (note,) = imputed.notes(["A"], ["x", "y"])
    assert note.message == Text("y：不填补 1 个缺失值（A）", "y: 1 missing, left empty for A")


def test_zero():
    assert impute_zero(np.array([[1.0, NAN]])).tolist() == [[1.0, 0.0]]
    assert impute(np.array([[1.0, NAN]]), Imputation(method="zero")).filled.tolist() == [[False, True]]


def test_group_median():
    x = np.array([[1.0], [2.0], [9.0], [NAN], [50.0], [NAN]])
    assert impute_group_median(x, ["a", "a", "a", "a", "b", "b"]).ravel().tolist() == [1, 2, 9, 2, 50, 50]
    imputed = impute(x, Imputation(method="group_median"), groups=["a", "a", "a", "a", "b", "b"])
    assert imputed.x.ravel().tolist() == [1, 2, 9, 2, 50, 50]


def test_a_group_without_value_and_a_unit_without_group_stay_missing_and_are_named():
    x = np.array([[1.0], [NAN], [NAN], [3.0], [4.0], [NAN]])
    imputed = impute(x, Imputation(method="group_mean"), groups=["east", "west", None, "east", None, ""])
    assert imputed.missing.ravel().tolist() == [False, True, True, False, False, True]
    (note,) = imputed.notes(list("甲乙丙丁戊己"), ["1.1"])
    assert (note.step, note.units, note.nodes) == ("impute", ("乙", "丙", "己"), ("1.1",))
    assert "无法填补" in note.message.zh
    assert "could not be filled" in note.message.en


def test_notes_name_what_was_filled():
    imputed = impute(np.array([[1.0], [NAN], [3.0]]), Imputation(method="mean"))
    (note,) = imputed.notes(["A", "B", "C"], ["x"])
    assert note.units == ("B",)
    assert note.message.en == "x: 1 missing, filled for B"


@pytest.mark.parametrize("method", ["mean", "median", "em", "knn", "unit_mean"])
def test_a_column_without_values_stays_missing(method):
    x = np.array([[1.0, NAN], [2.0, NAN], [NAN, NAN]])
    imputed = impute(x, Imputation(method=method), direction=np.array([1, 1]))
    assert imputed.missing[:, 1].all()
    assert not np.isinf(imputed.x).any()


def test_unit_mean_reads_directions():
    x = np.array([[0.0, 0.0], [10.0, 10.0], [10.0, NAN]])
    assert impute_unit_mean(x, [1, 1])[2, 1] == 10.0
    assert impute_unit_mean(x, [1, -1])[2, 1] == 0.0


def test_unit_mean_stays_inside_the_branch():
    x = np.array([[0.0, 0.0, 0.0, 0.0], [8.0, 8.0, 8.0, 8.0], [8.0, NAN, 0.0, NAN]])
    assert impute_unit_mean(x, [1, 1, 1, 1], branches=[7, 7, 9, 9])[2].tolist() == [8.0, 8.0, 0.0, 0.0]
    alone = np.array([[0.0, 0.0], [8.0, 8.0], [8.0, NAN]])
    assert np.isnan(impute_unit_mean(alone, [1, 1], branches=[7, 9])[2, 1])


def test_unit_mean_fills_a_constant_column_with_its_value():
    assert impute_unit_mean(np.array([[5.0, 1.0], [5.0, 2.0], [NAN, 1.5]]), [1, 1])[2, 0] == 5.0


@pytest.mark.parametrize("method", ["mean", "median", "group_mean", "unit_mean", "em", "knn"])
def test_periods_do_not_look_at_each_other(method):
    rng = np.random.default_rng(4)
    x = rng.normal(size=(24, 3))
    x[rng.random(x.shape) < 0.2] = NAN
    times = np.repeat([2021, 2022], 12)
    groups = ["a", "b"] * 12
    options = {"direction": np.array([1, -1, 1]), "groups": groups}
    both = impute(x, Imputation(method=method), times=times, **options)
    for year in (2021, 2022):
        rows = times == year
        options["groups"] = groups[:12]
        assert_array_equal(both.x[rows], impute(x[rows], Imputation(method=method), **options).x)
    changed = x.copy()
    changed[times == 2022] *= 100.0
    options["groups"] = groups
    again = impute(changed, Imputation(method=method), times=times, **options)
    assert_array_equal(again.x[times == 2021], both.x[times == 2021])


@pytest.mark.parametrize(
    ("method", "words"),
    [("group_mean", "group_by"), ("group_median", "group_by"), ("linear", "periods"), ("last", "periods")],
)
def test_a_rule_without_what_it_needs_says_so(method, words):
    with pytest.raises(EvaluationError, match=words) as caught:
        impute(np.array([[1.0], [NAN]]), Imputation(method=method))
    assert method in caught.value.text.zh


def test_wrong_shapes_are_refused():
    with pytest.raises(ValueError, match="2 groups for 1 units"):
        impute_group_mean(np.array([[1.0]]), ["a", "b"])
    with pytest.raises(ValueError, match="direction"):
        impute(np.array([[1.0]]), Imputation(method="unit_mean"))


@pytest.mark.parametrize(
    "rule",
    [
        impute_mean,
        impute_median,
        impute_zero,
        lambda x: impute_group_mean(x, ["a", "b"] * 4),
        lambda x: impute_unit_mean(x, [1, -1, 1]),
    ],
)
def test_a_stack_gives_the_same_as_one_by_one(rule):
    stack = np.random.default_rng(0).normal(size=(5, 8, 3))
    stack[np.random.default_rng(1).random(stack.shape) < 0.2] = NAN
    assert_array_equal(rule(stack), [rule(x) for x in stack])


cells = st.one_of(st.floats(-1e3, 1e3), st.just(NAN))


@settings(max_examples=80, deadline=None)
@given(
    arrays(np.float64, (6, 3), elements=cells),
    st.sampled_from(["mean", "median", "group_mean", "group_median", "unit_mean", "zero", "em", "knn"]),
)
def test_reported_values_never_change_and_every_cell_is_accounted_for(x, method):
    before = x.copy()
    imputed = impute(
        x, Imputation(method=method), direction=np.array([1, -1, 1]), groups=["a", "a", "b", "b", "b", None]
    )
    assert_array_equal(x, before)
    there = ~np.isnan(x)
    assert_array_equal(imputed.x[there], x[there])
    assert_array_equal(imputed.filled | imputed.missing, ~there)
    assert not (imputed.filled & imputed.missing).any()
    assert_array_equal(np.isnan(imputed.x), imputed.missing)

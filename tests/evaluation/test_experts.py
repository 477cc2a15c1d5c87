import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import trim_mean

from gaoxin.evaluation.errors import EvaluationError
from gaoxin.evaluation.experts import combine_experts, leniency

NAN = float("nan")
EXPERTS = ["E1", "E2", "E3", "E4", "E5"]


def panel(scores, **options):
    scores = np.asarray(scores, dtype=float)
    return combine_experts(
        scores, experts=EXPERTS[: len(scores)], units=[f"U{i}" for i in range(scores.shape[1])], **options
    )


def test_highest_and_lowest_are_dropped():
    result = panel([[1.0], [7.0], [8.0], [9.0], [10.0]])
    assert result.score.tolist() == [8.0]
    assert (result.count.tolist(), result.dropped.tolist()) == ([5], [2])
    assert (result.lowest.tolist(), result.highest.tolist()) == ([1.0], [10.0])
    assert result.spread == pytest.approx([np.std([1, 7, 8, 9, 10], ddof=1)])


def test_nothing_is_dropped_where_too_few_scored():
    result = panel([[4.0, 4.0, NAN], [6.0, NAN, NAN], [NAN, NAN, NAN]])
    np.testing.assert_array_equal(result.score, [5.0, 4.0, NAN])
    assert result.dropped.tolist() == [0, 0, 0]
    assert result.count.tolist() == [2, 1, 0]
    np.testing.assert_array_equal(np.isnan(result.spread), [False, True, True])
    np.testing.assert_array_equal(np.isnan(result.lowest), [False, False, True])


def test_a_severe_expert_is_seen_as_severe():
    truth = np.array([60.0, 70.0, 80.0, 90.0])
    result = panel([truth + 3, truth, truth - 3])
    assert result.leniency == pytest.approx([3, 0, -3])
    assert result.agreement == pytest.approx([1, 1, 1])


def test_an_expert_who_was_handed_the_weak_units_is_not_severe():
    truth = np.array([30.0, 40.0, 80.0, 90.0])
    scores = np.array([truth, truth + 5, truth])
    scores[0, 2:] = NAN  # only the weak units
    scores[2, :1] = NAN
    found = leniency(scores)
    assert found[0] == pytest.approx(found[2])
    assert found[1] - found[0] == pytest.approx(5)
    assert found.sum() == pytest.approx(0)


def test_levelled_scores_do_not_depend_on_who_scored_whom():
    truth = np.array([30.0, 40.0, 80.0, 90.0])
    scores = np.array([truth - 6, truth + 6, truth])
    scores[0, 0] = scores[1, 3] = NAN
    levelled = panel(scores, drop=0, level_leniency=True).score
    assert np.diff(levelled) == pytest.approx(np.diff(truth))
    assert np.diff(panel(scores, drop=0).score) != pytest.approx(np.diff(truth))


def test_an_expert_without_scores_has_no_leniency():
    result = panel([[5.0, 6.0, 7.0], [NAN, NAN, NAN]])
    assert np.isnan(result.leniency[1])
    assert result.leniency[0] == pytest.approx(0)
    assert np.isnan(result.agreement).all()


def test_an_expert_who_marks_against_the_others_is_seen():
    result = panel([[1.0, 2.0, 3.0], [1.0, 2.0, 3.0], [3.0, 2.0, 1.0]])
    assert result.agreement[2] == pytest.approx(-1)


def test_a_score_outside_the_scale_names_expert_and_unit():
    with pytest.raises(EvaluationError, match="E2→U1 = 101"):
        panel([[5.0, 6.0], [7.0, 101.0]], scale=(0, 100))
    with pytest.raises(EvaluationError, match="E1→U1 = inf"):
        panel([[5.0, np.inf]])


def test_shape_and_drop_are_checked():
    with pytest.raises(EvaluationError, match="one row per expert"):
        combine_experts([[1.0, 2.0]], experts=["A", "B"], units=["x"])
    with pytest.raises(EvaluationError, match="drop is -1"):
        panel([[1.0]], drop=-1)


@given(arrays(np.float64, st.tuples(st.integers(3, 5), st.integers(1, 4)), elements=st.floats(0, 100, width=16)))
def test_agrees_with_scipys_trimmed_mean_and_leniency_with_plain_means(scores):
    result = panel(scores)
    assert result.score == pytest.approx(trim_mean(scores, 1 / len(scores) + 1e-9, axis=0), abs=1e-9)
    assert result.leniency == pytest.approx(scores.mean(axis=1) - scores.mean(), abs=1e-9)

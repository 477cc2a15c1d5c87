import numpy as np
import pytest

from gaoxin.evaluation.groups import rank_within, rows_by, summarise

NAN = float("nan")


def test_rows_by_two_labels():
    found = rows_by(["A", "A", "B", "A"], [2020, 2021, 2020, 2020])
    expected = {("A", 2020): [0, 3], ("A", 2021): [1], ("B", 2020): [2]}
    assert {key: rows.tolist() for key, rows in found.items()} == expected


def test_labels_must_be_as_many_as_rows():
    with pytest.raises(ValueError, match="shorter"):
        rows_by(["A", "B"], [2020])


def test_a_unit_without_group_has_no_rank_in_a_group():
    np.testing.assert_array_equal(rank_within([1.0, 9.0, 5.0, 3.0], ["A", None, "A", ""]), [2, NAN, 1, NAN])


def test_every_node_is_ranked_inside_the_group():
    scores = np.array([[1.0, 4.0], [2.0, NAN], [3.0, 5.0]])
    np.testing.assert_array_equal(rank_within(scores, ["A", "A", "A"]), [[3, 2], [2, NAN], [1, 1]])


def test_ties_follow_the_rule():
    assert rank_within([5.0, 5.0, 1.0], ["A"] * 3, ties="average").tolist() == [1.5, 1.5, 3]


def test_summary_leaves_out_what_has_no_score_or_no_group():
    found = summarise([1.0, 3.0, NAN, 9.0, NAN], ["A", "A", "A", None, "B"], list("vwxyz"))
    assert [(s.group, s.n, s.mean, s.median, s.lowest, s.highest, s.best) for s in found] == [("A", 2, 2, 2, 1, 3, "w")]
    assert found[0].sd == pytest.approx(np.sqrt(2))

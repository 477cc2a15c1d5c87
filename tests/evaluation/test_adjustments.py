import numpy as np
import pytest

from gaoxin.evaluation.adjustments import AdjustmentItem, AdjustmentRules, adjust
from gaoxin.evaluation.errors import EvaluationError

UNITS = ["A", "B", "C", "D", "E"]
INDEX = [90.0, 80.0, 70.0, 60.0, 50.0]


def bonus(unit, points):
    return AdjustmentItem(unit, "bonus", "reason", points)


def deduction(unit, points):
    return AdjustmentItem(unit, "deduction", "reason", points)


def veto(unit, effect, limit=None):
    return AdjustmentItem(unit, "veto", "reason", effect=effect, limit=limit)


def test_items_of_a_unit_add_up_and_all_of_them_are_kept():
    items = [bonus("E", 10), bonus("E", 12), deduction("A", 5), deduction("A", 0.3)]
    done = adjust(INDEX, items, units=UNITS)
    assert done.after.tolist() == pytest.approx([84.7, 80, 70, 60, 72])
    assert done.bonus.tolist() == [0, 0, 0, 0, 22]
    assert done.deduction.tolist() == pytest.approx([5.3, 0, 0, 0, 0])
    assert done.rank.tolist() == [1, 2, 4, 5, 3]
    assert done.rank_before.tolist() == [1, 2, 3, 4, 5]
    assert done.items == tuple(items)
    assert done.before.tolist() == INDEX
    assert done.notes == ()


def test_sums_are_capped_and_the_cap_is_said():
    done = adjust(
        INDEX,
        [bonus("E", 10), bonus("E", 12), deduction("A", 50)],
        units=UNITS,
        rules=AdjustmentRules(most_bonus=15, most_deduction=20),
    )
    assert done.after.tolist() == [70, 80, 70, 60, 65]
    assert [note.en for note in done.notes] == [
        "E: bonus of 22 in all, capped at 15",
        "A: deduction of 50 in all, capped at 20",
    ]


def test_the_score_stays_within_its_bounds():
    rules = AdjustmentRules(lowest_score=0, highest_score=100)
    done = adjust([99.0, 1.0, np.nan], [bonus("A", 5), deduction("B", 5)], units=UNITS[:3], rules=rules)
    np.testing.assert_array_equal(done.after, [100, 0, np.nan])
    assert [note.en for note in done.notes] == ["A: score 104 held at 100", "B: score -4 held at 0"]


def test_a_veto_can_leave_a_unit_out_and_the_others_move_up():
    done = adjust(INDEX, [veto("B", "exclude")], units=UNITS)
    np.testing.assert_array_equal(done.rank, [1, np.nan, 2, 3, 4])
    assert done.after[1] == 80
    assert done.vetoed.tolist() == [False, True, False, False, False]


def test_a_veto_can_rank_after_all_others():
    done = adjust(INDEX, [veto("A", "last"), veto("C", "last")], units=UNITS)
    assert done.rank.tolist() == [4, 1, 5, 2, 3]
    assert "A: ranked 4 instead of 1 because of a veto" in [note.en for note in done.notes]


def test_a_veto_can_hold_the_score():
    done = adjust(INDEX, [veto("A", "cap_score", 65), veto("E", "cap_score", 65)], units=UNITS)
    assert done.after.tolist() == [65, 80, 70, 60, 50]
    assert done.rank.tolist() == [3, 1, 2, 4, 5]
    assert [note.en for note in done.notes] == ["A: score 90 held at 65"]


def test_a_veto_can_keep_a_unit_out_of_the_top_group_without_touching_its_score():
    done = adjust(INDEX, [veto("A", "cap_rank", 3)], units=UNITS)
    assert done.rank.tolist() == [3, 1, 2, 4, 5]
    assert done.after.tolist() == INDEX


def test_a_rank_limit_that_does_not_bind_changes_nothing():
    done = adjust(INDEX, [veto("D", "cap_rank", 2)], units=UNITS)
    assert done.rank.tolist() == [1, 2, 3, 4, 5]
    assert done.notes == ()


def test_several_units_out_of_the_top_group_keep_their_order():
    done = adjust(INDEX, [veto("A", "cap_rank", 4), veto("B", "cap_rank", 4)], units=UNITS)
    assert done.rank.tolist() == [4, 5, 1, 2, 3]


def test_a_rank_limit_holds_although_nobody_is_left_for_the_places_above():
    done = adjust(INDEX[:2], [veto("A", "cap_rank", 10)], units=UNITS[:2])
    assert done.rank.tolist() == [10, 1]


@pytest.mark.parametrize(
    ("ties", "expected"), [("min", [2, 1, 2, 4]), ("dense", [2, 1, 2, 3]), ("average", [2.5, 1, 2.5, 4])]
)
def test_ties_follow_the_rule_and_a_deduction_can_make_one(ties, expected):
    done = adjust([90.0, 80.0, 70.0, 60.0], [deduction("A", 20)], units=UNITS[:4], ties=ties)
    assert done.rank.tolist() == expected


def test_the_strictest_of_several_vetoes_holds():
    done = adjust(INDEX, [veto("A", "cap_rank", 2), veto("A", "cap_rank", 4), veto("A", "cap_score", 85)], units=UNITS)
    assert done.rank.tolist() == [4, 1, 2, 3, 5]
    assert done.after[0] == 85


@pytest.mark.parametrize(
    ("item", "message"),
    [
        (bonus("X", 1), r"adjustment 1 \(X\): this unit is not evaluated"),
        (AdjustmentItem("A", "bonus", " ", 1), "no reason"),
        (deduction("A", -3), "positive number"),
        (bonus("A", float("nan")), "points are nan"),
        (veto("A", "cap_score"), "needs a limit"),
        (veto("A", "cap_rank", 0), "1 or more"),
    ],
)
def test_an_item_that_cannot_be_applied_says_which_and_why(item, message):
    with pytest.raises(EvaluationError, match=message):
        adjust(INDEX, [item], units=UNITS)


def test_units_must_fit_and_be_unique():
    with pytest.raises(EvaluationError, match="A; adjust each period"):
        adjust([1.0, 2.0], [], units=["A", "A"])
    with pytest.raises(EvaluationError, match="shape"):
        adjust([1.0, 2.0], [], units=["A"])

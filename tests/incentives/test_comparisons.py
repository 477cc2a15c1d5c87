"""Value, threshold and distance of what a condition compares, and the numerator that a ratio needs."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from gaoxin.incentives.comparisons import Comparison, Group, leaves
from gaoxin.incentives.wording import comparison_words
from gaoxin.rulebook import Book
from incentives.small_book import BOOK, answer, small_book


def ratio(book: Book, condition: str, **changes: object) -> Comparison:
    found = next(one for one in answer(book, **changes).conditions if one.code == condition)
    (comparison,) = leaves(found.tests)
    return comparison


def test_a_ratio_below_its_threshold_says_how_much_numerator_is_missing(book: Book) -> None:
    # 3.7 % of 120 million where 4 % are needed: 360 000 more
    one = ratio(book, "c_ratio", rd_staff_cost="4440000", rd_material="0")
    assert (one.op, one.holds) == (">=", False)
    assert one.ratio is not None
    assert (one.ratio.value, one.ratio.limit) == (Fraction(37, 1000), Fraction(4, 100))
    assert (one.ratio.needed, one.ratio.short_by) == (4800000, 360000)
    assert one.ratio.numerator.name.en == "R&D"


def test_a_ratio_at_its_threshold_holds(book: Book) -> None:
    one = ratio(book, "c_ratio", rd_staff_cost="4800000", rd_material="0")
    assert one.holds is True
    assert one.ratio is not None
    assert (one.margin, one.ratio.short_by) == (0, 0)


def test_the_band_is_that_of_the_firm(book: Book) -> None:
    one = ratio(book, "c_ratio", sales="50000000", rd_staff_cost="2499999.99", rd_material="0")
    assert one.ratio is not None
    assert (one.ratio.limit, one.ratio.short_by) == (Fraction(1, 20), Fraction(1, 100))


def test_a_share_written_as_a_product_is_a_ratio_too(book: Book) -> None:
    one = ratio(book, "c_researchers", researchers="10", staff="101")
    assert one.ratio is not None
    assert (one.ratio.value, one.ratio.limit) == (Fraction(10, 101), Fraction(1, 10))
    assert (one.ratio.needed, one.ratio.short_by) == (11, 1)


def test_an_unknown_numerator_leaves_the_needed_one(book: Book) -> None:
    one = ratio(book, "c_researchers", researchers="", staff="101")
    assert one.holds is None
    assert one.ratio is not None
    assert (one.ratio.value, one.ratio.needed, one.ratio.short_by) == (None, 11, None)


def test_without_sales_there_is_no_ratio_and_no_numerator(book: Book) -> None:
    one = ratio(book, "c_ratio", sales="0")
    assert one.holds is None
    assert one.ratio is not None
    assert (one.ratio.value, one.ratio.needed) == (None, 0)


def test_alternatives_are_a_group(book: Book) -> None:
    found = next(one for one in answer(book, listed=False).conditions if one.code == "c_status")
    (group,) = found.tests
    assert isinstance(group, Group)
    assert (group.need, group.holds) == ("any", False)
    first, second = group.parts
    assert isinstance(first, Comparison)
    assert (first.value.code, first.op, first.threshold.value, first.holds) == ("listed", "is", True, False)
    assert isinstance(second, Group)
    assert second.need == "all"
    assert [(one.value.code, one.threshold.value, one.holds) for one in leaves(second.parts)] == [
        ("certified", True, False),
        ("banned", False, True),
    ]


def test_a_choice_that_hangs_on_an_unknown_figure_asks_for_it_and_for_what_is_asked_in_any_case(tmp_path: Path) -> None:
    share = "researchers >= staff * param(researcher_share)"
    choice = f"\"CASE WHEN sector = 'B' AND {share.replace('>=', '<')} THEN NULL ELSE {share} END\""
    chosen = small_book(tmp_path, BOOK.replace("expr: sector = 'A'", f"expr: {choice}"))
    found = next(one for one in answer(chosen, sector="", researchers="4").conditions if one.code == "c_sector")
    asked, wanted = leaves(found.tests)
    assert (asked.value.code, asked.holds) == ("sector", None)
    assert str(comparison_words(asked).en) == "sector: not reported yet, and it decides"
    assert (wanted.value.code, wanted.op, wanted.holds) == ("researchers", ">=", False)


def test_dates_and_codes_are_compared_as_they_are(book: Book) -> None:
    assert ratio(book, "c_sector", sector="B").value.value == "B"
    date = ratio(book, "c_age", founded="2024-01-01")
    assert (date.op, date.holds, date.margin) == ("<=", False, None)


@pytest.mark.parametrize("staff", ["99", "100", "101"])
def test_what_holds_agrees_with_the_condition(book: Book, staff: str) -> None:
    found = next(one for one in answer(book, staff=staff).conditions if one.code == "c_researchers")
    assert found.met == all(one.holds for one in leaves(found.tests))

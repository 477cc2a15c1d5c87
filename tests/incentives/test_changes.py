"""What would have to change: smallest, tried out, and enough or not."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gaoxin.incentives.answers import entitlements
from gaoxin.incentives.changes import easily_said
from gaoxin.incentives.wording import brief, change_words
from gaoxin.rulebook import Book, load_book
from gaoxin.rulebook.facts import read_facts
from incentives.small_book import AS_OF, answer


def test_the_missing_numerator_is_a_change_of_a_reported_figure(book: Book) -> None:
    found = answer(book, rd_staff_cost="3440000", rd_material="1000000")
    (change,) = found.changes
    assert (change.code, change.now, change.then, change.by) == ("rd_material", 1000000, 1360000, 360000)
    assert change.like == ("rd_staff_cost",)
    assert change.enough
    assert found.changes_suffice is True


def test_persons_change_by_whole_persons(book: Book) -> None:
    (change,) = answer(book, researchers="7", staff="75").changes
    assert (change.then, change.by) == (8, 1)


def test_one_fen_is_enough_where_one_fen_is_missing(book: Book) -> None:
    (change,) = answer(book, sales="50000000", rd_staff_cost="2499999.99", rd_material="0").changes
    assert change.by == Fraction(1, 100)


def test_several_failures_need_several_changes(book: Book) -> None:
    found = answer(book, sector="B", researchers="5")
    assert [(change.code, change.then, change.enough) for change in found.changes] == [("researchers", 10, False)]
    assert found.changes_suffice is False
    both = answer(book, researchers="5", rd_staff_cost="0", rd_material="0")
    assert [change.code for change in both.changes] == ["rd_material", "researchers"]
    assert both.changes_suffice is True


def test_what_no_figure_of_the_year_can_change_is_not_proposed(book: Book) -> None:
    found = answer(book, founded="2024-01-01")
    assert found.changes == ()
    assert found.changes_suffice is False


def test_what_a_firm_is_or_holds_is_not_met_and_no_change_is_proposed(book: Book) -> None:
    found = answer(book, listed=False, banned=True, sector="B")
    assert found.changes == ()
    assert brief(found).en.startswith("not met: ")
    assert "yes" not in brief(found).en


def test_to_have_any_of_something_is_no_remedy() -> None:
    shipped = load_book("incentives-cn")
    rows = read_facts(shipped, {"firm": {"tech_transfer_income": 0}}, "2024")
    (found,) = entitlements(shipped, rows, "1", "2024", as_of=AS_OF, benefits=["tech_transfer_cit"])
    assert found.state == "not_entitled"
    assert found.changes == ()


@pytest.mark.parametrize(
    ("income", "about", "said"),
    [
        ("3000000.01", -1, "1 yuan less"),
        ("4239876.54", -1_240_000, "1,240,000 yuan less"),
        ("3000150", -150, "150 yuan less"),
    ],
)
def test_amounts_are_said_in_three_digits_that_are_enough(income: str, about: int, said: str) -> None:
    shipped = load_book("incentives-cn")
    firm = {"taxable_income": income, "staff_average": 20, "assets_average": 1, "restricted_industry": False}
    rows = read_facts(shipped, {"firm": firm}, "2024")
    (found,) = entitlements(shipped, rows, "1", "2024", as_of=AS_OF, benefits=["small_low_profit"])
    (change,) = found.changes
    assert change.then == 3_000_000
    assert change.about == about
    shown = f"{Decimal(income):,}".removesuffix(".00")
    assert change_words(change).en.startswith(f"taxable income {shown} yuan, needs ≤ 3,000,000 yuan: {said}; ")


def test_what_is_said_is_at_least_what_is_needed() -> None:
    assert [int(easily_said(Fraction(size))) for size in ("-1234567", "999.5", "0.01")] == [-1240000, 1000, 1]


def test_an_entitled_firm_has_nothing_to_change(book: Book) -> None:
    assert answer(book).changes == ()


@settings(max_examples=60)
@given(
    sales=st.integers(1, 4 * 10**10),
    rd=st.integers(0, 10**9),
    staff=st.integers(1, 2000),
    researchers=st.integers(0, 200),
)
def test_the_change_proposed_is_just_enough(book: Book, sales: int, rd: int, staff: int, researchers: int) -> None:
    figures: dict[str, object] = {
        "sales": str(Decimal(sales) / 100),
        "rd_staff_cost": str(Decimal(rd) / 100),
        "rd_material": "0",
        "staff": str(staff),
        "researchers": str(researchers),
    }
    for change in answer(book, **figures).changes:
        assert isinstance(change.then, Fraction)
        step = Fraction(1, 10 ** (change.type.scale or 0))
        condition = "c_researchers" if change.code in {"researchers", "staff"} else "c_ratio"
        just = {**figures, change.code: _text(change.then)}
        assert _met(book, condition, just) is True
        said = change.now + change.about
        assert said >= 0
        assert _met(book, condition, {**figures, change.code: _text(said)}) is True
        before = change.then - step if change.then > Fraction(str(figures[change.code])) else change.then + step
        assert _met(book, condition, {**figures, change.code: _text(before)}) is False


def _text(value: Fraction) -> str:
    return str(Decimal(value.numerator) / value.denominator)


def _met(book: Book, condition: str, figures: dict[str, object]) -> bool | None:
    return next(one.met for one in answer(book, **figures).conditions if one.code == condition)


def test_a_firm_in_an_excluded_industry_learns_how_much_revenue_is_too_much() -> None:
    shipped = load_book("incentives-cn")
    costs = "rd_personnel rd_input rd_depreciation rd_amortisation rd_design rd_other rd_commissioned_domestic"
    rest = "rd_commissioned_overseas rd_from_non_taxable rd_special_income rd_capitalised rd_intangible_amortisation"
    facts = {
        **dict.fromkeys(f"{costs} {rest} non_taxable_income investment_income".split(), 0),
        **{"rd_personnel": 500000, "total_revenue": 1000000, "excluded_industry_revenue": "500000.01"},
        **{"collection_method": "audited", "resident": True, "ic_machine_tool_listed": False},
    }
    rows = read_facts(shipped, {"firm": facts}, "2024")
    (found,) = entitlements(shipped, rows, "1", "2024", as_of=AS_OF, benefits=["rd_super_deduction"])
    (change,) = found.changes
    assert (change.code, change.by, change.enough) == ("excluded_industry_revenue", Fraction(-1, 100), True)

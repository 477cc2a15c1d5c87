"""Incentives of innovative firms: what must hold for every firm, beside the worked cases in the book."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gaoxin.rulebook import Book, load_book
from gaoxin.rulebook.evaluate import At, Evaluator
from gaoxin.rulebook.facts import read_facts
from gaoxin.rulebook.periods import period_ordinal

YUAN = st.integers(0, 50_000_000)
few = settings(max_examples=60, deadline=None)


@cache
def book() -> Book:
    return load_book("incentives-cn")


def evaluated(facts: dict[str, object], *codes: str, period: str = "2024") -> list[object]:
    evaluator = Evaluator(book(), read_facts(book(), {"firm": facts}, period))
    at = At("firm", "1", period_ordinal(period, "year"))
    return [evaluator.figure(code, at).value for code in codes]


def numbers(facts: dict[str, object], *codes: str, period: str = "2024") -> list[Fraction]:
    values = evaluated(facts, *codes, period=period)
    assert all(isinstance(value, Fraction) for value in values), dict(zip(codes, values, strict=True))
    return values  # type: ignore[return-value]


TRANSFER = {"resident": True, "tt_separate_accounts": True, "hnte": True, "si_kind": "none"}


@few
@given(YUAN, YUAN, YUAN)
def test_relief_of_transfer_income_never_makes_more_income_less_worth(income: int, more: int, other: int) -> None:
    facts = {**TRANSFER, "tech_transfer_income": income, "taxable_income": other}
    richer = {**TRANSFER, "tech_transfer_income": income + more, "taxable_income": other}
    (tax,), (higher,) = numbers(facts, "tt_tax"), numbers(richer, "tt_tax")
    assert 0 <= tax <= higher
    assert higher - tax <= more * Fraction("0.125")


@few
@given(YUAN, YUAN)
def test_a_high_tech_enterprise_pays_25_per_cent_on_what_is_halved_and_15_on_the_rest(transfer: int, rest: int) -> None:
    half = max(transfer - 5_000_000, 0) / Fraction(2)
    facts = {**TRANSFER, "tech_transfer_income": transfer, "taxable_income": str(Decimal(int(2 * (half + rest))) / 2)}
    tax, saved = numbers(facts, "cit_hnte_tax", "hnte_reduced_rate_amount")
    assert tax == half * Fraction("0.25") + rest * Fraction("0.15")
    assert saved == rest * Fraction("0.10")


@few
@given(YUAN, st.integers(0, 7_000_000), st.integers(0, 7_000_000))
def test_the_software_refund_leaves_three_per_cent_of_sales_or_all_that_is_payable(
    sales: int, input_tax: int, more_input: int
) -> None:
    facts = {
        "vat_small_scale": False,
        "sw_sales": sales,
        "sw_embedded_combined": 0,
        "sw_input_tax": input_tax,
        "sw_input_shared": 0,
        "sw_test_report": True,
        "sw_certificate": True,
    }
    payable, refund = numbers(facts, "sw_payable", "software_vat_refund_amount")
    assert payable - refund == min(payable, sales * Fraction("0.03"))
    (less,) = numbers({**facts, "sw_input_tax": input_tax + more_input}, "software_vat_refund_amount")
    assert 0 <= less <= refund


@few
@given(st.fixed_dictionaries({}, optional={
    "ip_class_1": st.integers(0, 3), "ip_class_2": st.integers(0, 8), "hn_ip_own_development": st.booleans(),
    "hn_conversions": st.integers(0, 20), "hn_score_advancement": st.integers(0, 8), "hn_score_core": st.integers(0, 8),
    "hn_score_management": st.integers(0, 20), "sales_revenue": YUAN, "hn_sales_first": YUAN, "hn_sales_second": YUAN,
    "hn_net_assets": YUAN, "hn_net_assets_first": YUAN, "hn_net_assets_second": YUAN,
}))  # fmt: skip
def test_what_is_not_known_of_a_score_lies_between_its_bounds(facts: dict[str, object]) -> None:
    low, high = numbers(facts, "hn_score_low", "hn_score_high")
    assert 0 <= low <= high <= 100
    (passed,) = evaluated(facts, "hn_cond_score")
    assert passed is (True if low > 70 else False if high <= 70 else None)


@few
@given(
    st.sampled_from(["software", "ic_design", "ic_production"]), st.booleans(), st.integers(2015, 2030), st.booleans()
)
def test_fifteen_per_cent_is_never_halved(kind: str, hnte: bool, profit_year: int, key: bool) -> None:
    conditions = ("sf_ip", "si_other_conditions", "si_old_policy", "ic_listed")
    facts: dict[str, object] = {
        **dict.fromkeys(conditions, True),
        **{"hnte": hnte, "si_kind": kind, "si_key_listed": key, "ats_recognised": False},
        **{"first_profit_year": profit_year},
        **{"si_staff": 100, "si_staff_bachelor": 90, "si_staff_rd": 80, "si_rd_expenses": 90, "si_rd_domestic": 90},
        **{"sales_revenue": 100, "total_revenue": 20_000_000, "sf_embedded": False, "sf_revenue": 20_000_000},
        **{"sf_own_revenue": 20_000_000, "ic_design_revenue": 20_000_000, "ic_design_own_revenue": 20_000_000},
        **{"ic_design_ip": 9, "ic_node": 65, "ic_operating_term": 20, "taxable_income": 100, "tech_transfer_income": 0},
    }  # fmt: skip
    (rate,) = numbers(facts, "cit_lowest_rate")
    assert rate in {Fraction(part, 1000) for part in (0, 100, 125, 150, 250)}
    assert rate <= Fraction("0.15") or not hnte


@few
@given(st.lists(st.integers(-2, 2), min_size=1, max_size=13))
def test_the_profitable_year_is_the_first_with_income_above_zero(incomes: list[int]) -> None:
    first = 2025 - len(incomes)
    rows = [
        {"period": str(year), "registered_on": f"{first}-06-30", "taxable_income": income}
        for year, income in enumerate(incomes, first)
    ]
    evaluator = Evaluator(book(), read_facts(book(), {"firm": rows}, "2024"))
    found = evaluator.figure("profit_year_one", At("firm", "1", 2024)).value
    profitable = next((year for year, income in enumerate(incomes, first) if income > 0), None)
    assert found == (profitable if len(incomes) <= 10 else None)


@pytest.mark.parametrize("number", ["国科发火〔2016〕194号", "国科发火〔2023〕209号"])
def test_numbers_that_others_miscite_are_not_in_the_book(number: str) -> None:
    assert number not in {document.number for document in book().documents.values()}
    sources = {book().benefits[code].source for code in ("hnte_recognition", "hnte_reduced_rate")}
    cited = {book().documents[source.document].number for source in sources if source is not None}
    assert "国科发火〔2016〕32号" in cited


def test_nothing_rests_on_a_vat_relief_after_2025() -> None:
    for code in ("tech_transfer_vat", "software_vat_refund"):
        assert max(span.to for span in book().benefits[code].valid if span.to).year == 2025
        (gap,) = book().benefits[code].unknown
        assert str(gap.from_) == "2026-01-01"
        assert gap.to is None
        assert "2026" in gap.settled_by.en

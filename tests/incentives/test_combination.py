"""The lowest lawful tax of one year: what is chosen, what is refused and why, and what is not known."""

from __future__ import annotations

from fractions import Fraction

import pytest

from gaoxin.incentives.combination.regimes import regimes_of
from gaoxin.problems import InputError
from incentives.firms import RD, SOFTWARE, combined, lowest, shipped
from incentives.small_book import BOOK, small_book


def test_below_three_million_the_relief_for_small_firms_beats_fifteen_per_cent() -> None:
    assert lowest(hnte=True, taxable_income="3000000") == ("small_low_profit", "150000.00")


def test_one_fen_above_it_is_fifteen_per_cent_of_everything() -> None:
    assert lowest(hnte=True, taxable_income="3000000.01") == ("hnte_reduced_rate", "450000.00")
    assert lowest(taxable_income="3000000.01") == (None, "750000.00")


def test_in_its_half_rate_years_a_software_firm_pays_half_of_25_and_never_half_of_15() -> None:
    found = combined(2023, **SOFTWARE, hnte=True, first_profit_year=2021, taxable_income="10000000")
    assert [(one.regime, int(one.tax)) for one in found.filings] == [
        ("software_holiday", 1_250_000), ("hnte_reduced_rate", 1_500_000), (None, 2_500_000),
    ]  # fmt: skip
    (pair,) = [one for one in found.refused if len(one.benefits) == 2]
    assert set(pair.benefits) == {"hnte_reduced_rate", "software_holiday"}
    assert pair.why == "excluded"
    assert pair.citation is not None
    assert pair.citation.number == "国税函〔2010〕157号"


def test_no_lawful_filing_ever_has_two_regimes() -> None:
    regimes = regimes_of(shipped())
    for position, one in enumerate(regimes.regimes):
        for other in regimes.regimes[position + 1 :]:
            assert regimes.conflict(one, other) is not None, (one, other)


def test_those_that_one_firm_can_have_at_once_exclude_each_other_by_a_clause() -> None:
    # The others differ in the kind of enterprise, of which a firm has one.
    regimes = regimes_of(shipped())
    silent = {frozenset(one.benefits) for one in regimes.conflicts if not one.said}
    kinds = {"software_holiday", "ic_design_holiday", "ic_supply_holiday", "ic_production_holiday", "si_key_holiday"}
    assert all(pair <= kinds | {"si_old_cohort_holiday"} for pair in silent)


def test_halved_transfer_income_stays_at_half_of_25_beside_fifteen_per_cent() -> None:
    # 7 million from transfers: 5 exempt, of the other 2 half is in the income of 10 million.
    found = combined(hnte=True, taxable_income="10000000", tech_transfer_income="7000000")
    assert found.best is not None
    assert (found.best.claimed, found.best.tax) == (("tech_transfer_cit",), 9_000_000 * Fraction(15, 100) + 250_000)


def test_halved_income_of_a_small_firm_stays_at_half_of_25_and_is_unknown_where_there_were_two_brackets() -> None:
    # 6 million from transfers: half of the last one stays in the income of 2 million.
    figures = {"taxable_income": "2000000", "tech_transfer_income": "6000000"}
    best = combined(**figures).best
    assert best is not None
    assert (best.regime, best.tax) == ("small_low_profit", 1_500_000 * Fraction(5, 100) + 500_000 * Fraction(25, 100))
    before = combined(2022, **figures)
    assert "small_low_profit" in before.undecided
    (open_,) = [one for one in before.refused if one.benefits == ("small_low_profit",)]
    assert open_.why == "unknown"
    assert "two brackets" in open_.open[0].en


def test_a_key_enterprise_with_large_transfer_income_does_better_without_the_halving() -> None:
    # At 10 %, 12.5 % on all above 5 million costs more than 10 % on everything once there are more than 25 million.
    figures = {**SOFTWARE, "si_key_listed": True, "first_profit_year": 2015}
    below = combined(**figures, tech_transfer_income="24000000", taxable_income="12000000").best
    above = combined(**figures, tech_transfer_income="26000000", taxable_income="13000000").best
    assert below is not None
    assert above is not None
    assert (below.regime, below.left, below.tax) == ("si_key_holiday", (), 2_625_000)
    assert (above.regime, above.left, above.tax) == ("si_key_holiday", ("tech_transfer_cit",), 2_850_000)


def test_the_income_of_a_halved_project_stays_at_half_of_25_beside_fifteen_per_cent() -> None:
    # A project in its half-rate years brings 4 million, of which 2 are in the income of 12 million.
    project = {
        "si_kind": "ic_project", "ic_listed": True, "ic_node": 130, "ic_operating_term": 10,
        "ic_project_first_revenue": 2022, "ic_project_income": "4000000",
    }  # fmt: skip
    found = combined(hnte=True, taxable_income="12000000", **project)
    assert found.best is not None
    assert (found.best.regime, found.best.tax) == ("hnte_reduced_rate", 10_000_000 * Fraction(15, 100) + 500_000)


def test_a_deduction_that_was_not_claimed_is_claimed() -> None:
    found = combined(**RD, rd_claimed=0, taxable_income="3400000")
    assert found.best is not None
    assert (found.best.regime, found.best.claimed) == ("small_low_profit", ("rd_super_deduction",))
    assert (found.best.income, found.best.tax) == (2_900_000, 145_000)
    assert found.unclaimed == (("rd_super_deduction", 500_000),)


def test_without_a_word_on_the_claim_the_income_is_taken_as_after_it() -> None:
    found = combined(**RD, taxable_income="2900000")
    assert found.best is not None
    assert (found.best.income, found.best.claimed) == (2_900_000, ("rd_super_deduction",))
    left = [one for one in found.filings if one.left == ("rd_super_deduction",)]
    assert {one.income for one in left} == {3_400_000}
    assert {one.regime for one in left} == {None}  # above three million: not small any more


def test_what_was_claimed_without_being_due_is_added_back() -> None:
    found = combined(**{**RD, "collection_method": "deemed"}, rd_claimed="500000", taxable_income="1000000")
    assert found.overclaimed == ("rd_super_deduction",)
    assert found.best is not None
    assert found.best.income == 1_500_000


def test_without_the_income_nothing_is_computed_and_the_figure_is_named() -> None:
    found = combined()
    assert (found.best, found.filings, found.statutory) == (None, (), None)
    assert [one.code for one in found.missing] == ["taxable_income"]


def test_a_regime_that_is_not_known_is_shown_with_the_tax_it_would_give() -> None:
    found = combined(hnte="", taxable_income="10000000")
    (one,) = [one for one in found.refused if one.benefits == ("hnte_reduced_rate",)]
    assert (one.why, one.tax) == ("unknown", 1_500_000)
    assert {missing.code for missing in one.missing} == {"hnte", "hn_certificate_date"}
    assert "hnte_reduced_rate" in found.undecided


def test_the_tax_of_what_is_not_known_is_the_lowest_of_all_choices_of_deductions() -> None:
    figures = {**SOFTWARE, "si_key_listed": "", "first_profit_year": 2015}
    found = combined(**figures, tech_transfer_income="26000000", taxable_income="13000000")
    (one,) = [one for one in found.refused if one.benefits == ("si_key_holiday",)]
    assert (one.why, one.tax) == ("unknown", 2_850_000)  # without the relief of transfers; with it 2 875 000
    assert "si_key_holiday" in found.undecided


def test_what_is_not_known_and_could_not_lower_the_tax_is_no_doubt() -> None:
    assert "hnte_reduced_rate" not in combined(hnte="", taxable_income="1000000").undecided


@pytest.mark.parametrize("year", [2020, 2021, 2022, 2023, 2027])
@pytest.mark.parametrize("hnte", [False, True])
def test_more_income_never_costs_more_than_a_quarter_of_it_except_at_the_one_cliff(year: int, hnte: bool) -> None:
    cap = 300_000_000
    incomes = sorted({0, *range(0, 450_000_000, 37_000_000), 100_000_000, 100_000_001, cap, cap + 1})
    taxes: list[Fraction] = []
    for income in incomes:
        best = combined(year, hnte=hnte, taxable_income=f"{income / 100:.2f}").best
        assert best is not None
        taxes.append(best.tax)
    assert taxes[0] == 0
    assert taxes == sorted(taxes)
    for before, after, low, high in zip(incomes, incomes[1:], taxes, taxes[1:], strict=False):
        step = Fraction(after - before, 100)
        assert (high - low > step / 4 + Fraction(1, 100)) == (before <= cap < after), (before, after)


def test_a_loss_is_taxed_with_nothing() -> None:
    assert lowest(hnte=True, taxable_income="-5000000") == (None, "0.00")


def test_a_book_without_such_benefits_is_refused(tmp_path) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(InputError, match="no benefit of small reduces"):
        regimes_of(small_book(tmp_path, BOOK))

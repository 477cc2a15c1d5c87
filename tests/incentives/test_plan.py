"""Several years together: losses, holidays, what is left on purpose, and what cannot be known."""

from __future__ import annotations

from fractions import Fraction

import pytest

from gaoxin.incentives.combination.plan import MOST_PLANS, Plan, plan
from gaoxin.problems import InputError
from gaoxin.rulebook.facts import read_facts
from incentives.firms import AS_OF, NO_LOSSES, RD, SMALL, SOFTWARE, shipped


def planned(years: dict[int, dict[str, object]], before: range = range(0), **at_start: object) -> Plan:
    """The plan for the small firm with these figures year by year; ``before`` are earlier years without any status."""
    first = min(years)
    rows = [{**SMALL, "period": str(year), **figures} for year, figures in years.items()]
    rows[0] |= NO_LOSSES | at_start
    projects = [
        {"project": f"p{year}", "period": str(year), **dict.fromkeys(PROJECT, 0), "pj_personnel": 500_000}
        for year in years
    ]
    rows += [{"period": str(year), "hnte": False, "tsme": False, "si_kind": "none"} for year in before]
    facts = read_facts(shipped(), {"firm": rows, "project": projects}, str(first))
    return plan(shipped(), facts, "1", [str(year) for year in sorted(years)], as_of=AS_OF)


PROJECT = ("pj_input", "pj_depreciation", "pj_amortisation", "pj_design", "pj_other")


def used(found: Plan) -> list[list[tuple[int, int]]]:
    assert found.best is not None
    return [[(use.origin, int(use.amount)) for use in year.used] for year in found.best.years]


def test_the_loss_that_expires_first_is_used_first() -> None:
    found = planned({2023: {"income_before_losses": 500_000}}, loss_5=300_000, loss_2=900_000)
    assert used(found) == [[(2018, 300_000), (2021, 200_000)]]


def test_an_extended_old_loss_waits_for_a_younger_one_that_expires_sooner() -> None:
    # The loss of 2017 was extended by the status of 2018 and lasts until 2027; that of 2019 was not and ends with 2024.
    status = {2018: True, 2019: False, 2020: False, 2021: False, 2022: False, 2023: False}
    earlier = [{"period": str(year), "hnte": hnte, "tsme": False, "si_kind": "none"} for year, hnte in status.items()]
    here = {**SMALL, **NO_LOSSES, "period": "2024", "loss_7": 100_000, "loss_5": 100_000}
    rows = read_facts(shipped(), {"firm": [*earlier, {**here, "income_before_losses": 150_000}]}, "2024")
    assert used(plan(shipped(), rows, "1", ["2024"], as_of=AS_OF)) == [[(2019, 100_000), (2017, 50_000)]]


def test_a_loss_expires_after_five_years_and_after_ten_with_the_status() -> None:
    def expired(**status: object) -> list[list[int]]:
        years = {year: {"income_before_losses": 0, **status} for year in (2023, 2024)}
        found = planned(years, range(2019, 2023), loss_5=300_000)
        assert found.best is not None
        return [[one.origin for one in year.expired] for year in found.best.years]

    assert expired(hnte=False) == [[2018], []]
    assert expired(hnte=True) == [[], []]


def test_the_loss_of_one_year_brings_the_next_under_the_cap() -> None:
    found = planned({2023: {"income_before_losses": -200_000}, 2024: {"income_before_losses": 3_200_000}})
    assert found.best is not None
    year = found.best.years[1]
    assert (year.filing.income, year.filing.regime, year.filing.tax) == (3_000_000, "small_low_profit", 150_000)
    assert used(found) == [[], [(2023, 200_000)]]


def test_a_deduction_is_left_where_that_begins_a_holiday_in_time() -> None:
    """A software firm that meets only the conditions of the old policy must have its first profit by 2019."""
    figures = {**RD, **SOFTWARE, "si_old_policy": True, "si_other_conditions": False, "registered_on": "2019-01-02"}
    years = {year: {**figures, "income_before_losses": 10_000_000} for year in (2020, 2021)}
    years[2019] = {**figures, "income_before_losses": 0}
    found = planned(dict(sorted(years.items())))
    assert found.best is not None
    first, second, third = found.best.years
    assert first.filing.left == ("rd_super_deduction",)
    assert (first.income, first.filing.regime, first.filing.tax) == (375_000, "si_old_cohort_holiday", 0)
    assert (second.filing.tax, third.filing.tax) == (0, 1_250_000)
    assert found.everything is not None
    assert found.everything.total == 5_000_000


def test_every_plan_is_there_and_none_is_below_the_best() -> None:
    years = {year: {**RD, "income_before_losses": 4_000_000} for year in (2022, 2023, 2024)}
    found = planned({year: {**figures, "hnte": True} for year, figures in years.items()})
    assert len(found.plans) == 2**3
    assert found.best is found.plans[0]
    assert [one.total for one in found.plans] == sorted(one.total for one in found.plans)
    assert found.best == found.everything


def test_without_the_losses_or_the_income_there_is_no_plan_and_they_are_named() -> None:
    years = {2023: {"income_before_losses": 1}, 2024: {}}
    assert [(one.code, one.period) for one in planned(years).missing] == [("income_before_losses", "2024")]
    no_losses = planned({2023: {"income_before_losses": 1}}, loss_3="")
    assert (no_losses.best, [one.code for one in no_losses.missing]) == (None, ["loss_3"])


def test_a_status_that_is_not_known_counts_only_where_a_loss_hangs_on_it() -> None:
    years = {year: {"income_before_losses": 0, "hnte": "", "hn_certificate_date": ""} for year in (2023, 2024)}
    assert planned(years).best is not None
    found = planned(years, loss_5=300_000)
    assert found.best is None
    assert {one.code for one in found.missing} >= {"hnte"}


@pytest.mark.parametrize("years", [["2023", "2025"], ["2024", "2023"], [], ["2023-Q1"]])
def test_years_must_follow_each_other(years: list[str]) -> None:
    rows = read_facts(shipped(), {"firm": {**SMALL, **NO_LOSSES}}, "2023")
    with pytest.raises(InputError, match="years"):
        plan(shipped(), rows, "1", years, as_of=AS_OF)


def test_too_many_ways_are_refused_before_any_is_computed() -> None:
    years = {year: {**RD, "income_before_losses": 1, "tech_transfer_income": 1} for year in range(2019, 2027)}
    with pytest.raises(InputError, match=f"more than {MOST_PLANS}"):
        planned(years)


def test_a_change_between_holidays_is_said_to_be_in_doubt() -> None:
    figures = {**SOFTWARE, "first_profit_year": 2019, "income_before_losses": 10_000_000}
    found = planned({2023: figures | {"si_old_policy": True}, 2024: figures | {"si_key_listed": True}})
    assert found.best is not None
    assert [year.filing.regime for year in found.best.years] == ["software_holiday", "si_key_holiday"]
    assert ["not said" in doubt.en for doubt in found.doubts] == [True]


@pytest.mark.parametrize("incomes", [(500_000, 3_100_000), (-200_000, 6_000_000), (2_900_000, 2_900_000)])
def test_a_larger_loss_of_earlier_years_never_costs_more(incomes: tuple[int, int]) -> None:
    years = {2023 + number: {"income_before_losses": income} for number, income in enumerate(incomes)}
    totals = []
    for loss in (0, 100_000, 1_000_000, 3_000_000, 9_000_000):
        best = planned(years, loss_1=loss).best
        assert best is not None
        totals.append(best.total)
    assert totals == sorted(totals, reverse=True)
    assert totals[-1] == 0


def test_the_total_is_the_sum_of_exact_taxes() -> None:
    found = planned({2023: {"income_before_losses": "1000000.01"}, 2024: {"income_before_losses": "0.1"}})
    assert found.best is not None
    assert [year.filing.tax for year in found.best.years] == [Fraction(50_000), Fraction(1, 100)]
    assert found.best.total == Fraction(5_000_001, 100)

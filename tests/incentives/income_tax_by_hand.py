"""The income tax of a firm under every regime, and the lowest over several years, in plain Python from the documents.

Nothing of the book, the evaluator or the engine is used. Money is in fen, taxes are exact fractions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import permutations, product
from typing import TypeAlias

Firm: TypeAlias = Mapping[str, int | bool | str]
Losses: TypeAlias = dict[int, int]

LIMIT = 5_000_000_00
"""Transfer income up to which it is exempt."""


def half_up(value: Fraction) -> int:
    return int((2 * value.numerator + value.denominator) // (2 * value.denominator))


def entitled(firm: Firm, year: int, income: int) -> dict[str, bool]:
    """Which regimes the firm is entitled to with this taxable income."""
    number = year - int(firm["first_profit_year"]) + 1
    profitable = income > 0
    staff, rd, total = int(firm["si_staff"]), int(firm["si_rd_expenses"]), int(firm["total_revenue"])
    revenue, own = int(firm["sf_revenue"]), int(firm["sf_own_revenue"])
    software = (
        firm["si_kind"] == "software"
        and staff > 0
        and 100 * int(firm["si_staff_bachelor"]) >= 40 * staff
        and 100 * int(firm["si_staff_rd"]) >= 25 * staff
        and rd > 0
        and 100 * rd >= 7 * int(firm["sales_revenue"])
        and 100 * int(firm["si_rd_domestic"]) >= 60 * rd
        and revenue > 0
        and 100 * revenue >= (45 if firm["sf_embedded"] else 55) * total
        and 100 * own >= (40 if firm["sf_embedded"] else 45) * total
        and bool(firm["sf_ip"])
        and bool(firm["si_other_conditions"])
    )
    design = (
        firm["si_kind"] == "ic_design"
        and staff >= 20_00
        and 100 * int(firm["si_staff_bachelor"]) >= 50 * staff
        and 100 * int(firm["si_staff_rd"]) >= 40 * staff
        and 100 * rd >= 6 * int(firm["sales_revenue"])
        and 100 * int(firm["ic_design_revenue"]) >= 60 * total
        and 100 * int(firm["ic_design_own_revenue"]) >= 50 * total
        and total >= 15_000_000_00
        and int(firm["ic_design_ip"]) >= 8
        and bool(firm["si_other_conditions"])
    )
    either = firm["si_kind"] in {"software", "ic_design"}
    _, years = production(firm)
    return {
        "small_low_profit": not firm["restricted_industry"]
        and income <= 3_000_000_00
        and int(firm["staff_average"]) <= 300_00
        and int(firm["assets_average"]) <= 50_000_000_00,
        "hnte_reduced_rate": bool(firm["hnte"]),
        "ats_reduced_rate": bool(firm["ats_recognised"])
        and bool(firm["ats_corporate"])
        and firm["ats_scope"] == "outsourcing"
        and 2 * int(firm["ats_staff_college"]) >= int(firm["staff_total"])
        and int(firm["ats_revenue"]) > 0
        and 2 * int(firm["ats_revenue"]) >= total
        and 100 * int(firm["ats_offshore_revenue"]) >= 35 * total,
        "software_holiday": software and 1 <= number <= 5 and profitable,
        "ic_design_holiday": design and 1 <= number <= 5 and profitable,
        "si_key_holiday": either and bool(firm["si_key_listed"]) and number >= 1 and profitable,
        "si_old_cohort_holiday": either
        and bool(firm["si_old_policy"])
        and int(firm["first_profit_year"]) <= 2019
        and 1 <= number <= 5
        and year <= 2023
        and profitable,
        "ic_production_holiday": firm["si_kind"] == "ic_production"
        and bool(firm["ic_listed"])
        and int(firm["ic_node"]) <= 130_00
        and int(firm["ic_operating_term"]) >= 10_00
        and 1 <= number <= years
        and profitable,
    }


def production(firm: Firm) -> tuple[int, int]:
    """Exempt years and years of the holiday of IC production."""
    node, term = int(firm["ic_node"]), int(firm["ic_operating_term"])
    if term >= 15_00 and node <= 28_00:
        return 10, 10
    if term >= 15_00 and node <= 65_00:
        return 5, 10
    return (2, 5) if term >= 10_00 and node <= 130_00 else (0, 0)


def transfer(firm: Firm) -> tuple[int, Fraction]:
    """What transfer income takes off the income, and what halving leaves in it."""
    income = int(firm["tech_transfer_income"])
    if not (firm["resident"] and firm["tt_separate_accounts"] and income > 0):
        return 0, Fraction(0)
    excess = max(income - LIMIT, 0)
    return half_up(min(income, LIMIT) + Fraction(excess, 2)), Fraction(excess, 2)


def taxes(firm: Firm, year: int, income: int, halved: Fraction) -> dict[str, int]:
    """The tax at the statutory rate (``""``) and under every regime the firm is entitled to, in fen, where known."""
    base, quarter = Fraction(max(income, 0)), Fraction(1, 4)
    halved = min(halved, base)

    def at(rate: Fraction) -> Fraction:
        return base * rate + (0 if rate == 0 else halved * (quarter - rate))

    number = year - int(firm["first_profit_year"]) + 1
    first, second = {2020: (5, 10), 2021: (Fraction(5, 2), 10), 2022: (Fraction(5, 2), 5)}.get(year, (5, 5))
    low = min(base, Fraction(1_000_000_00))
    two_and_three = Fraction(0) if number <= 2 else quarter / 2
    exempt, _ = production(firm)
    rates = {
        "small_low_profit": (low * first + (base - low) * second) / 100 + halved * (quarter - Fraction(5, 100)),
        "hnte_reduced_rate": base * Fraction(15, 100) + halved * Fraction(10, 100),
        "ats_reduced_rate": base * Fraction(15, 100) + halved * Fraction(10, 100),
        "software_holiday": at(two_and_three),
        "ic_design_holiday": at(two_and_three),
        "si_old_cohort_holiday": at(two_and_three),
        "si_key_holiday": at(Fraction(0) if number <= 5 else Fraction(1, 10)),
        "ic_production_holiday": at(Fraction(0) if number <= exempt else quarter / 2),
    }
    due = entitled(firm, year, income)
    if year <= 2022 and halved:  # which of the two brackets halved income fills is not known
        due["small_low_profit"] = False
    return {"": half_up(base * quarter), **{code: half_up(rates[code]) for code in rates if due[code]}}


def lowest(firm: Firm, year: int, income: int) -> int:
    """The lowest tax of one year; ``income`` is after the relief of transfer income, which may be left."""
    off, halved = transfer(firm)
    ways = [taxes(firm, year, income, halved)]
    if off:
        ways.append(taxes(firm, year, income + off, Fraction(0)))
    return min(min(way.values()) for way in ways)


def lowest_of_years(
    firms: list[Firm], first: int, losses: Losses, extends: Mapping[int, bool], *, every_order: bool
) -> int:
    """The lowest total over all years: every way to claim or leave relief of transfers and super-deduction.

    ``income`` of each firm-year is before losses and after both. With ``every_order`` losses are used in every order
    there is, else in that of their expiry. The profitable year is the first with income, as it comes out.
    """
    return min(_ways(firms, first, losses, extends, every_order, None))


def _ways(
    firms: list[Firm], year: int, losses: Losses, extends: Mapping[int, bool], every_order: bool, profit: int | None
) -> Iterator[int]:
    if not firms:
        yield 0
        return
    firm, *rest = firms
    off, halved = transfer(firm)
    deduction = int(firm["deduction"])
    options = product((True, False) if off else (True,), (True, False) if deduction else (True,))
    for claim_transfer, claim_deduction in options:
        income = int(firm["income"]) + (0 if claim_transfer else off) + (0 if claim_deduction else deduction)
        for left, taxable in _offset(losses, income, year, extends, every_order):
            began = profit or (year if taxable > 0 else None)
            number = int(firm["first_profit_year"]) or began or year + 1
            here = taxes(
                {**firm, "first_profit_year": number}, year, taxable, halved if claim_transfer else Fraction(0)
            )
            tax = min(here.values())
            for later in _ways(rest, year + 1, left, extends, every_order, began):
                yield tax + later


def _offset(
    losses: Losses, income: int, year: int, extends: Mapping[int, bool], every_order: bool
) -> Iterator[tuple[Losses, int]]:
    """The losses left after the year and the income taxed, for each order in which losses may be used."""

    def last(origin: int, now: int) -> int:
        longer = any(extends.get(one, False) for one in range(origin + 1, min(now, origin + 5) + 1))
        return origin + (10 if longer else 5)

    usable = [origin for origin in losses if last(origin, year) >= year]
    orders = permutations(usable) if every_order else [tuple(sorted(usable, key=lambda o: (last(o, year), o)))]
    seen: set[tuple[tuple[int, int], ...]] = set()
    for order in orders:
        left, rest = dict(losses), max(income, 0)
        for origin in order:
            used = min(rest, left[origin])
            left[origin], rest = left[origin] - used, rest - used
        if income < 0:
            left[year] = -income
        kept = {origin: amount for origin, amount in left.items() if amount and last(origin, year) > year}
        if tuple(kept.items()) not in seen:
            seen.add(tuple(kept.items()))
            yield kept, rest if income > 0 else income

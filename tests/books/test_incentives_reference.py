"""R&D super-deduction and small low-profit enterprises for 100 000 random firm-years, against plain Python.

The reference below is written from the documents, in whole fen, and uses nothing of the book or the engine. The figures
are drawn so that thresholds are hit exactly, missed by a fen, and missing now and then.
"""

from __future__ import annotations

import random
from decimal import Decimal

import pyarrow as pa
import pytest

from books.in_fen import Firm, Missing, all_of, amount, column, half_up, need, one_of, text, truth
from gaoxin.engines.duckdb import run
from gaoxin.rulebook import load_book

FIRMS, YEARS = 7700, range(2015, 2029)
CODES = (
    "rd_super_deduction", "rd_super_deduction_amount", "rd_equipment_2022", "rd_equipment_2022_amount",
    "small_low_profit", "small_low_profit_amount", "cit_small_or_standard", "six_taxes_half", "six_taxes_half_amount",
    "vat_small_scale_relief", "vat_small_scale_relief_amount",
)  # fmt: skip
CLASSES = ("personnel", "input", "depreciation", "amortisation", "design")
SIX = (
    "resource_tax", "urban_construction_tax", "property_tax", "land_use_tax", "stamp_tax", "farmland_tax",
    "education_surcharge", "local_education_surcharge",
)  # fmt: skip


def rd_base(firm: Firm, projects: list[Firm], year: int) -> int:
    """The base in fen."""
    try:
        core = sum(need(firm, f"rd_{one}") for one in CLASSES)
    except Missing:
        core = sum(need(project, f"pj_{one}") for project in projects for one in CLASSES)
    if year <= 2020:
        other = 0
        for project in projects:
            own = sum(need(project, f"pj_{one}") for one in CLASSES)
            other += min(need(project, "pj_other"), half_up(own, 9))
    else:
        spent = firm["rd_other"]
        spent = sum(need(project, "pj_other") for project in projects) if spent is None else int(spent)
        other = min(spent, half_up(core, 9))
    own = 100 * (core + other)
    home = abroad = 0
    spent = need(firm, "rd_commissioned_domestic")
    if spent and need(firm, "rd_domestic_registered"):
        home = 80 * spent
    if year >= 2018:
        spent = need(firm, "rd_commissioned_overseas")
        if spent and need(firm, "rd_overseas_registered"):
            abroad = min(80 * spent, 100 * half_up(2 * (own + home), 300))
    taken = sum(need(firm, name) for name in ("rd_from_non_taxable", "rd_capitalised", "rd_special_income"))
    return max(own + home + abroad - 100 * taken + 100 * need(firm, "rd_intangible_amortisation"), 0)


def rd_amount(firm: Firm, projects: list[Firm], year: int) -> int:
    # The base comes in hundredths of a fen, the rate in per cent.
    base = rd_base(firm, projects, year)
    if year == 2016:
        rate = 50
    elif year == 2017:
        rate = 75 if need(firm, "tsme") else 50
    elif year <= 2020:
        rate = 75
    elif year <= 2022:
        rate = 100 if 2 * need(firm, "manufacturing_revenue") >= need(firm, "total_revenue") else 75
        if year == 2022 and rate == 75 and need(firm, "tsme"):
            rate = 100
        if year == 2022 and rate == 75:
            return half_up(75 * base + 25 * q4(firm, base), 10_000)
    else:
        rate = 120 if year <= 2027 and need(firm, "ic_machine_tool_listed") else 100
    return half_up(rate * base, 10_000)


def q4(firm: Firm, base: int) -> int:
    actual, months, after = firm["rd_q4_base"], firm["operating_months"], firm["operating_months_q4"]
    shares = [] if actual is None else [100 * int(actual)]
    if months and after is not None:
        shares.append(100 * half_up(base * int(after), 100 * int(months)))
    if not shares:
        raise Missing("rd_q4_base")
    return max(shares)


def reference(firm: Firm, projects: list[Firm], year: int) -> dict[str, bool | int | None]:
    super_deduction = None
    if year >= 2016:
        super_deduction = all_of(
            truth(lambda: text(firm, "collection_method") == "audited"),
            truth(lambda: need(firm, "resident")),
            truth(
                lambda: (
                    2 * need(firm, "excluded_industry_revenue")
                    <= need(firm, "total_revenue") - need(firm, "non_taxable_income") - need(firm, "investment_income")
                )
            ),
            truth(lambda: rd_base(firm, projects, year) > 0),
        )
    equipment = False
    if year == 2022:
        equipment = all_of(truth(lambda: need(firm, "hnte")), truth(lambda: need(firm, "rd_equipment_q4") > 0))
    small = None
    if 2016 <= year <= 2027:
        cap = {2016: 300_000, 2017: 500_000, 2018: 1_000_000}.get(year, 3_000_000)
        small = all_of(
            truth(lambda: not need(firm, "restricted_industry")),
            truth(lambda: need(firm, "taxable_income") <= 100 * cap),
            truth(lambda: need(firm, "staff_average") <= 100 * staff_cap(firm, year)),
            truth(lambda: need(firm, "assets_average") <= 100 * assets_cap(firm, year)),
        )
    six = vat = None
    if year >= 2023 and year <= 2027:
        six = one_of(truth(lambda: need(firm, "vat_small_scale")), small, truth(lambda: need(firm, "sole_trader")))
        vat = truth(lambda: need(firm, "vat_small_scale"))
    due = None
    if small is not None:
        due = amount(True, lambda: small_tax(firm, year) if small else standard_tax(firm))
    return {
        "rd_super_deduction": super_deduction,
        "rd_super_deduction_amount": amount(super_deduction, lambda: rd_amount(firm, projects, year)),
        "rd_equipment_2022": equipment,
        "rd_equipment_2022_amount": amount(equipment, lambda: need(firm, "rd_equipment_q4")),
        "small_low_profit": small,
        "small_low_profit_amount": amount(small, lambda: saved(firm, year)),
        "cit_small_or_standard": due,
        "six_taxes_half": six,
        "six_taxes_half_amount": amount(six, lambda: half_up(sum(need(firm, tax) for tax in SIX), 2)),
        "vat_small_scale_relief": vat,
        "vat_small_scale_relief_amount": amount(
            vat,
            lambda: half_up(3 * need(firm, "vat_sales_within_limit") + 2 * need(firm, "vat_sales_above_limit"), 100),
        ),
    }


def staff_cap(firm: Firm, year: int) -> int:
    if year >= 2019:
        return 300
    return 100 if need(firm, "industrial_enterprise") else 80


def assets_cap(firm: Firm, year: int) -> int:
    if year >= 2019:
        return 50_000_000
    return 30_000_000 if need(firm, "industrial_enterprise") else 10_000_000


def permille_tax(firm: Firm, year: int) -> int:
    """Tax as a small low-profit enterprise, in thousandths of a fen."""
    income = max(need(firm, "taxable_income"), 0)
    if year <= 2018:
        return 100 * income
    low, high = {2019: (50, 100), 2020: (50, 100), 2021: (25, 100), 2022: (25, 50)}.get(year, (50, 50))
    first = min(income, 100_000_000)
    return low * first + high * (income - first)


def small_tax(firm: Firm, year: int) -> int:
    return half_up(permille_tax(firm, year), 1000)


def standard_tax(firm: Firm) -> int:
    return half_up(25 * max(need(firm, "taxable_income"), 0), 100)


def saved(firm: Firm, year: int) -> int:
    return half_up(250 * max(need(firm, "taxable_income"), 0) - permille_tax(firm, year), 1000)


def drawn(rng: random.Random) -> Firm:
    """A firm; about one figure in a hundred is missing."""

    def money(*special: int, most: int = 5_000_000_00) -> int:
        chance = rng.random()
        if special and chance < 0.25:
            return rng.choice(special) + rng.choice((-1, 0, 1))
        return 0 if chance < 0.35 else rng.randrange(most)

    revenue = money(most=90_000_000_00)
    non_taxable, investment = money(most=1000_00), money(most=1000_00)
    half = (revenue - non_taxable - investment) // 2
    figures: Firm = {f"rd_{one}": money() for one in (*CLASSES, "other")}
    figures |= {
        "rd_commissioned_domestic": money(), "rd_domestic_registered": rng.random() < 0.8,
        "rd_commissioned_overseas": money(), "rd_overseas_registered": rng.random() < 0.8,
        "rd_from_non_taxable": money(most=10_000_00), "rd_special_income": money(most=10_000_00),
        "rd_capitalised": money(most=10_000_00), "rd_intangible_amortisation": money(),
        "collection_method": rng.choice(("audited", "audited", "audited", "deemed")), "resident": rng.random() < 0.95,
        "total_revenue": revenue, "non_taxable_income": non_taxable, "investment_income": investment,
        "excluded_industry_revenue": max(0, rng.choice((half, half, half + 1, half - 1, 0, revenue // 3))),
        "manufacturing_revenue": max(0, rng.choice((revenue // 2, revenue // 2 + 1, revenue // 2 - 1, revenue, 0))),
        "ic_machine_tool_listed": rng.random() < 0.2, "tsme": rng.random() < 0.4, "hnte": rng.random() < 0.4,
        "rd_q4_base": money(), "operating_months": rng.randrange(13), "operating_months_q4": rng.randrange(4),
        "rd_equipment_q4": money(),
        "taxable_income": rng.choice((-1, 1, 1, 1, 1))
        * money(300_000_00, 500_000_00, 1_000_000_00, 3_000_000_00, most=4_000_000_00),
        "restricted_industry": rng.random() < 0.1,
        "staff_average": money(80_00, 100_00, 300_00, most=400_00),
        "assets_average": money(10_000_000_00, 30_000_000_00, 50_000_000_00, most=60_000_000_00),
        "industrial_enterprise": rng.random() < 0.5, "sole_trader": rng.random() < 0.05,
        "vat_small_scale": rng.random() < 0.4, "vat_sales_within_limit": money(), "vat_sales_above_limit": money(),
    }  # fmt: skip
    figures |= {tax: money(most=1000_00) for tax in SIX}
    return {name: None if rng.random() < 0.012 else value for name, value in figures.items()}


def drawn_project(rng: random.Random) -> Firm:
    figures: Firm = {f"pj_{one}": rng.randrange(500_000_00) for one in CLASSES}
    figures["pj_other"] = rng.randrange(300_000_00)
    return {name: None if rng.random() < 0.003 else value for name, value in figures.items()}


@pytest.fixture(scope="module")
def population() -> dict[tuple[str, str], tuple[Firm, list[Firm]]]:
    rng = random.Random(20251123)  # noqa: S311 - figures for a test
    # Drawing takes longer than computing: every second year has the same firms.
    drafts = [
        [(drawn(rng), [drawn_project(rng) for _ in range(rng.choice((0, 1, 1, 2, 3)))]) for _ in range(FIRMS)]
        for _ in range(2)
    ]
    return {(str(year), f"f{number:05d}"): drafts[year % 2][number] for year in YEARS for number in range(FIRMS)}


def test_the_book_gives_what_plain_python_gives(population: dict[tuple[str, str], tuple[Firm, list[Firm]]]) -> None:
    assert len(population) >= 100_000
    keys, firms = list(population), [firm for firm, _ in population.values()]
    months = {"operating_months", "operating_months_q4"}
    columns = {
        name: pa.array([firm[name] for firm in firms]) if name in months else column([firm[name] for firm in firms])
        for name in firms[0]
    }
    table = pa.table({"firm": [firm for _, firm in keys], "period": [year for year, _ in keys], **columns})
    below = [(year, firm, project) for (year, firm), (_, projects) in population.items() for project in projects]
    projects = pa.table(
        {
            "project": [str(number) for number in range(len(below))],
            "firm": [firm for _, firm, _ in below],
            "period": [year for year, _, _ in below],
            **{name: column([project[name] for _, _, project in below]) for name in below[0][2]},
        }
    )
    plan = load_book("incentives-cn").compile(CODES, periods=[str(year) for year in YEARS])
    with run(plan, {"firm": table, "project": projects}) as outcome:
        computed = outcome.values("firm")
    found = {code: computed[code].to_pylist() for code in CODES}
    seen = dict.fromkeys((True, False, None), 0)
    for row, (year, firm) in enumerate(zip(computed["period"].to_pylist(), computed["firm"].to_pylist(), strict=True)):
        expected = reference(*population[year, firm], int(year))
        for code in CODES:
            value = found[code][row]
            got = int(value.scaleb(2)) if isinstance(value, Decimal) else value
            assert got == expected[code], (year, firm, code, population[year, firm])
        for code in ("rd_super_deduction", "small_low_profit"):
            seen[found[code][row]] += 1
    # Every kind of answer must have come up often enough for the comparison to say something.
    assert min(seen.values()) > 5_000

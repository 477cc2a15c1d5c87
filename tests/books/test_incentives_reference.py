"""R&D super-deduction and small low-profit enterprises for 100 000 random firms, against plain Python.

The reference below is written from the documents, in whole fen, and uses nothing of the book or the engine. The figures
are drawn so that thresholds are hit exactly, missed by a fen, and missing now and then; no two firms are alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from books.in_fen import Firm, Missing, all_of, amount, half_up, in_fen, in_yuan, need, one_of, text, truth
from gaoxin.engines.duckdb import run
from gaoxin.rulebook import Book, load_book
from gaoxin.rulebook.evaluate import At, Evaluator, Row, Rows, rounded
from gaoxin.rulebook.plan import Plan

FIRMS, YEARS = 7200, range(2015, 2029)
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
        if firm["rd_other"] and not sum(need(one, f"pj_{name}") for one in projects for name in (*CLASSES, "other")):
            raise Missing("projects")
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
    return min(max(shares), base)


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


def halved_twice(firm: Firm) -> int:
    """Twice the halved transfer income that taxable income contains, where the firm surely has any."""
    due = all_of(
        truth(lambda: need(firm, "resident")),
        truth(lambda: need(firm, "tt_separate_accounts")),
        truth(lambda: need(firm, "tech_transfer_income") > 0),
    )
    if not due:
        return 0
    return min(max(need(firm, "tech_transfer_income") - 5_000_000_00, 0), 2 * max(need(firm, "taxable_income"), 0))


def permille_tax(firm: Firm, year: int) -> int:
    """Tax as a small low-profit enterprise, in thousandths of a fen; halved income is taxed at 25 %."""
    income, halved = max(need(firm, "taxable_income"), 0), halved_twice(firm)
    if year <= 2018:
        return 100 * income + 75 * halved
    if year <= 2022 and halved:
        raise Missing("which bracket it fills")
    low, high = {2019: (50, 100), 2020: (50, 100), 2021: (25, 100), 2022: (25, 50)}.get(year, (50, 50))
    first = min(income, 100_000_000)
    return low * first + high * (income - first) + 100 * halved


def small_tax(firm: Firm, year: int) -> int:
    return half_up(permille_tax(firm, year), 1000)


def standard_tax(firm: Firm) -> int:
    return half_up(25 * max(need(firm, "taxable_income"), 0), 100)


def saved(firm: Firm, year: int) -> int:
    return half_up(250 * max(need(firm, "taxable_income"), 0) - permille_tax(firm, year), 1000)


@dataclass(frozen=True)
class Reported:
    """Figures of one year: a column for each, in fen, and where it is blank; projects with the number of their firm."""

    year: int
    firms: dict[str, tuple[Any, Any]]
    owner: Any
    projects: dict[str, tuple[Any, Any]]

    def each(self) -> Iterator[tuple[Firm, list[Firm]]]:
        """Firm by firm with its projects."""
        below: list[list[Firm]] = [[] for _ in range(FIRMS)]
        for owner, project in zip(self.owner.tolist(), _by_row(self.projects), strict=True):
            below[owner].append(project)
        yield from zip(_by_row(self.firms), below, strict=True)

    def tables(self) -> dict[str, pa.Table]:
        """As the engine takes them."""
        keys = pa.array([f"f{number}" for number in range(FIRMS)])
        year = {"firm": pa.nulls(FIRMS, pa.string()).fill_null(str(self.year))}
        year["project"] = pa.nulls(len(self.owner), pa.string()).fill_null(str(self.year))
        projects = pa.array([f"p{number}" for number in range(len(self.owner))])
        return {
            "firm": pa.table({"firm": keys, "period": year["firm"], **_columns(self.firms)}),
            "project": pa.table(
                {
                    "project": projects,
                    "firm": keys.take(pa.array(self.owner)),
                    "period": year["project"],
                    **_columns(self.projects),
                }
            ),
        }


MONTHS = ("operating_months", "operating_months_q4")


def _by_row(columns: dict[str, tuple[Any, Any]]) -> Iterator[Firm]:
    lists = [np.where(blank, None, values).tolist() for values, blank in columns.values()]
    for row in zip(*lists, strict=True):
        yield dict(zip(columns, row, strict=True))


def _columns(columns: dict[str, tuple[Any, Any]]) -> dict[str, pa.Array]:
    arrays = {name: pa.array(values, mask=blank) for name, (values, blank) in columns.items()}
    return {
        name: in_yuan(array) if pa.types.is_integer(array.type) and name not in MONTHS else array
        for name, array in arrays.items()
    }


@cache
def reported(year: int) -> Reported:
    """Random firms of a year; about one figure in a hundred is missing."""
    rng = np.random.default_rng(20_251_123 + year)

    def money(*special: int, most: int = 5_000_000_00) -> Any:
        chance, values = rng.random(FIRMS), rng.integers(0, most, FIRMS)
        near = rng.choice(special or (0,), FIRMS) + rng.integers(-1, 2, FIRMS)
        return np.where(chance < (0.25 if special else 0), near, np.where(chance < 0.35, 0, values))

    def often(share: float) -> Any:
        return rng.random(FIRMS) < share

    def one(*values: Any) -> Any:
        return np.choose(rng.integers(0, len(values), FIRMS), values)

    revenue = money(most=90_000_000_00)
    non_taxable, investment = money(most=1000_00), money(most=1000_00)
    half = (revenue - non_taxable - investment) // 2
    figures: dict[str, Any] = {f"rd_{name}": money() for name in (*CLASSES, "other")}
    figures |= {
        "rd_commissioned_domestic": money(), "rd_domestic_registered": often(0.8),
        "rd_commissioned_overseas": money(), "rd_overseas_registered": often(0.8),
        "rd_from_non_taxable": money(most=10_000_00), "rd_special_income": money(most=10_000_00),
        "rd_capitalised": money(most=10_000_00), "rd_intangible_amortisation": money(),
        "collection_method": np.where(often(0.75), "audited", "deemed").astype(object), "resident": often(0.95),
        "total_revenue": revenue, "non_taxable_income": non_taxable, "investment_income": investment,
        "excluded_industry_revenue": np.maximum(0, one(half, half, half + 1, half - 1, 0 * half, revenue // 3)),
        "manufacturing_revenue": np.maximum(
            0, one(revenue // 2, revenue // 2 + 1, revenue // 2 - 1, revenue, 0 * revenue)
        ),
        "ic_machine_tool_listed": often(0.2), "tsme": often(0.4), "hnte": often(0.4),
        "rd_q4_base": money(), "operating_months": rng.integers(0, 13, FIRMS),
        "operating_months_q4": rng.integers(0, 4, FIRMS), "rd_equipment_q4": money(),
        "taxable_income": np.where(often(0.2), -1, 1)
        * money(300_000_00, 500_000_00, 1_000_000_00, 3_000_000_00, most=4_000_000_00),
        "tech_transfer_income": np.where(often(0.1), -1, often(0.5)) * money(5_000_000_00, most=15_000_000_00),
        "tt_separate_accounts": often(0.9), "restricted_industry": often(0.1),
        "staff_average": money(80_00, 100_00, 300_00, most=400_00),
        "assets_average": money(10_000_000_00, 30_000_000_00, 50_000_000_00, most=60_000_000_00),
        "industrial_enterprise": often(0.5), "sole_trader": often(0.05),
        "vat_small_scale": often(0.4), "vat_sales_within_limit": money(), "vat_sales_above_limit": money(),
    }  # fmt: skip
    figures |= {tax: money(most=1000_00) for tax in SIX}
    owner = np.repeat(np.arange(FIRMS), rng.choice((0, 1, 1, 2, 3), FIRMS))
    projects = {f"pj_{name}": rng.integers(0, 500_000_00, len(owner)) for name in CLASSES}
    projects["pj_other"] = rng.integers(0, 300_000_00, len(owner))
    return Reported(
        year,
        {name: (values, rng.random(FIRMS) < 0.012) for name, values in figures.items()},
        owner,
        {name: (values, rng.random(len(owner)) < 0.003) for name, values in projects.items()},
    )


@cache
def book() -> Book:
    return load_book("incentives-cn")


@cache
def plan(year: int) -> Plan:
    return book().compile(CODES, periods=[str(year)])


def computed(year: int, tables: dict[str, pa.Table]) -> dict[str, list[Any]]:
    """What the engine finds, money in fen, by firm."""
    with run(plan(year), tables) as outcome:
        found = outcome.values("firm").combine_chunks().sort_by("firm")
    return {name: in_fen(found[name]).to_pylist() for name in ("firm", *CODES)}


@pytest.mark.parametrize("year", YEARS)
def test_the_book_gives_what_plain_python_gives(year: int) -> None:
    assert FIRMS * len(YEARS) >= 100_000
    found = computed(year, reported(year).tables())
    expected = {f"f{number}": reference(*one, year) for number, one in enumerate(reported(year).each())}
    for row, firm in enumerate(found["firm"]):
        assert {code: found[code][row] for code in CODES} == expected[firm], (year, firm)
    # Every kind of answer must have come up often enough for the comparison to say something.
    for code in ("rd_super_deduction", "small_low_profit"):
        seen = {answer: found[code].count(answer) for answer in (True, False, None)}
        known = year >= 2016 and (code != "small_low_profit" or year <= 2027)
        assert min(seen.values()) > 40 if known else seen[None] == FIRMS, (code, seen)


@pytest.mark.parametrize("year", [2020, 2022, 2024])
def test_one_firm_alone_gets_what_plain_python_gives(year: int) -> None:
    for number, (firm, projects) in enumerate(reported(year).each()):
        if number == 40:
            break
        returns = {"firm": {("1", year): Row(None, _as_reported(firm))}}
        returns["project"] = {(str(n), year): Row("1", _as_reported(one)) for n, one in enumerate(projects)}
        evaluator = Evaluator(book(), Rows(returns, dict.fromkeys(returns, frozenset({year}))))
        for code, expected in reference(firm, projects, year).items():
            value = evaluator.figure(code, At("firm", "1", year)).value
            if isinstance(value, Fraction):
                value = rounded(value, 2, "half_up") * 100
            assert value == expected, (year, number, code)


def _as_reported(firm: Firm) -> dict[str, Any]:
    return {
        name: value
        if value is None or isinstance(value, (bool, str))
        else Fraction(value, 1 if name in MONTHS else 100)
        for name, value in firm.items()
    }


def test_neither_the_order_of_rows_nor_who_stands_beside_a_firm_matters() -> None:
    whole, rng = reported(2022).tables(), np.random.default_rng(7)
    expected = computed(2022, whole)
    shuffled = {entity: table.take(pa.array(rng.permutation(table.num_rows))) for entity, table in whole.items()}
    assert computed(2022, shuffled) == expected
    part = {f"f{number}": share for number, share in enumerate(rng.integers(0, 3, FIRMS).tolist())}
    found: dict[str, dict[str, Any]] = {}
    for share in range(3):
        firms = pa.array([firm for firm, where in part.items() if where == share])
        tables = {entity: table.filter(pc.is_in(table["firm"], firms)) for entity, table in whole.items()}
        there = computed(2022, tables)
        found |= {firm: {code: there[code][row] for code in CODES} for row, firm in enumerate(there["firm"])}
    assert found == {firm: {code: expected[code][row] for code in CODES} for row, firm in enumerate(expected["firm"])}

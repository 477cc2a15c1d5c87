"""Every regime for random firms, and the lowest tax of one and of several years, against plain Python."""

from __future__ import annotations

import datetime
import random
from decimal import Decimal
from fractions import Fraction

import pyarrow as pa
import pytest

from gaoxin.engines.duckdb import run
from gaoxin.incentives.combination.plan import plan
from gaoxin.incentives.combination.year import combine
from gaoxin.rulebook.evaluate import Row, Rows
from incentives.firms import AS_OF, shipped
from incentives.income_tax_by_hand import LIMIT, Firm, Losses, entitled, lowest, lowest_of_years, taxes, transfer

YEARS = range(2020, 2027)
FIRMS = 2500
REGIMES = (
    "small_low_profit", "hnte_reduced_rate", "ats_reduced_rate", "software_holiday", "ic_design_holiday",
    "si_key_holiday", "si_old_cohort_holiday", "ic_production_holiday",
)  # fmt: skip
WHOLE = {"ic_design_ip", "first_profit_year"}


def drawn(rng: random.Random) -> dict[str, int | bool | str]:
    """A firm with figures at, just below and just above the thresholds more often than not; nothing is missing."""

    def near(value: int) -> int:
        return max(value + rng.choice((-1, 0, 0, 0, 1, rng.randrange(value // 2 + 1))), 0)

    staff, total = rng.choice((20_00, 19_99, 50_00, 400_00)), rng.choice((15_000_000_00, 14_999_999_99, 80_000_000_00))
    rd = near(total * 7 // 100)
    transferred = rng.choice((0, 0, 0, 2_000_000_00, near(5_000_000_00), rng.randrange(90_000_000_00)))
    income = rng.choice((0, 1_000_000_00, near(3_000_000_00), near(3_000_000_00), rng.randrange(90_000_000_00)))
    return {
        "taxable_income": rng.choice((-1, 1, 1, 1, 1)) * income + rng.choice((0, 1)) * max(transferred - LIMIT, 0) // 2,
        "tech_transfer_income": transferred,
        "resident": rng.random() < 0.9, "tt_separate_accounts": rng.random() < 0.8,
        "restricted_industry": rng.random() < 0.1, "staff_average": near(300_00), "assets_average": near(50_000_000_00),
        "hnte": rng.random() < 0.5,
        "ats_recognised": rng.random() < 0.7, "ats_corporate": rng.random() < 0.9, "ats_scope": "outsourcing",
        "staff_total": staff, "ats_staff_college": near(staff // 2), "ats_revenue": near(total // 2),
        "ats_offshore_revenue": near(total * 35 // 100),
        "si_kind": rng.choice(("none", "software", "software", "ic_design", "ic_design", "ic_production")),
        "si_staff": staff, "si_staff_bachelor": near(staff // 2), "si_staff_rd": near(staff * 2 // 5),
        "si_rd_expenses": rd, "si_rd_domestic": near(rd * 6 // 10), "sales_revenue": total, "total_revenue": total,
        "sf_embedded": rng.random() < 0.3, "sf_revenue": near(total * 55 // 100),
        "sf_own_revenue": near(total * 45 // 100), "sf_ip": rng.random() < 0.9,
        "si_other_conditions": rng.random() < 0.9,
        "ic_design_revenue": near(total * 6 // 10), "ic_design_own_revenue": near(total // 2),
        "ic_design_ip": rng.choice((7, 8, 20)), "si_key_listed": rng.random() < 0.5,
        "si_old_policy": rng.random() < 0.4,
        "ic_listed": rng.random() < 0.9, "ic_node": rng.choice((28_00, 28_01, 65_00, 65_01, 130_00, 130_01)),
        "ic_operating_term": rng.choice((9_99, 10_00, 14_99, 15_00)), "first_profit_year": rng.randrange(2014, 2027),
    }  # fmt: skip


def column(name: str, values: list[int | bool | str]) -> pa.Array:
    if name in WHOLE or isinstance(values[0], (bool, str)):
        return pa.array(values)
    return pa.array([Decimal(value).scaleb(-2) for value in values], pa.decimal128(20, 2))


def figures(firm: Firm) -> dict[str, Fraction | bool | str]:
    """The firm as the evaluator reads it."""
    return {
        name: value if isinstance(value, (bool, str)) else Fraction(value, 1 if name in WHOLE else 100)
        for name, value in firm.items()
    }


@pytest.fixture(scope="module")
def firms() -> list[Firm]:
    rng = random.Random(20251124)  # noqa: S311 - figures for a test
    return [drawn(rng) for _ in range(FIRMS)]


def test_every_regime_is_what_plain_python_says(firms: list[Firm]) -> None:
    codes = [*REGIMES, *(f"{code}_amount" for code in REGIMES), "cit_at_standard_rate"]
    keys = [(f"f{number}", str(year)) for year in YEARS for number in range(FIRMS)]
    columns = {name: column(name, [firm[name] for firm in firms] * len(YEARS)) for name in firms[0]}
    table = pa.table({"firm": [key for key, _ in keys], "period": [year for _, year in keys], **columns})
    plan_ = shipped().compile(codes, periods=[str(year) for year in YEARS])
    with run(plan_, {"firm": table}) as outcome:
        computed = outcome.values("firm")
    found = {code: computed[code].to_pylist() for code in codes}
    seen = dict.fromkeys(REGIMES, 0)
    for row, (key, period) in enumerate(zip(computed["firm"].to_pylist(), computed["period"].to_pylist(), strict=True)):
        firm, year = firms[int(key[1:])], int(period)
        income, (_, halved) = int(firm["taxable_income"]), transfer(firm)
        due, tax = entitled(firm, year, income), taxes(firm, year, income, halved)
        standard = int(found["cit_at_standard_rate"][row].scaleb(2))
        assert standard == tax[""]
        for code in REGIMES:
            assert found[code][row] == due[code], (firm, year, code)
            if due[code] and code not in tax:
                assert found[f"{code}_amount"][row] is None, (firm, year, code)
            elif due[code]:
                seen[code] += 1
                saved = int(found[f"{code}_amount"][row].scaleb(2))
                # Both the tax and what is saved are shown in whole fen, each rounded by itself.
                assert abs(standard - saved - tax[code]) <= 1, (firm, year, code)
    assert min(seen.values()) > 100, seen


def test_the_lowest_tax_of_a_year_is_the_lowest_of_all_ways(firms: list[Firm]) -> None:
    book, chosen, left = shipped(), set(), 0
    for number, firm in enumerate(firms[:150]):
        year = YEARS[number % len(YEARS)]
        rows = Rows({"firm": {("f", year): Row(None, figures(firm))}}, {"firm": frozenset({year})})
        best = combine(book, rows, "f", str(year), as_of=AS_OF).best
        assert best is not None
        assert best.tax * 100 == lowest(firm, year, int(firm["taxable_income"])), (firm, year)
        assert best.tax >= 0
        chosen.add(best.regime)
        left += bool(best.left)
    often = {"small_low_profit", "hnte_reduced_rate", "software_holiday", "si_key_holiday", "ic_production_holiday"}
    assert chosen >= {None, *often}
    assert left > 1


def test_where_nothing_is_said_to_be_undecided_the_missing_figures_cannot_change_the_lowest_tax(
    firms: list[Firm],
) -> None:
    rng = random.Random(20251127)  # noqa: S311 - figures for a test
    book, decided = shipped(), 0
    for number, firm in enumerate(firms[250:370]):
        year = YEARS[number % len(YEARS)]
        known = dict(firm)
        for name in rng.sample([name for name in firm if name != "taxable_income"], rng.choice((1, 1, 2, 5))):
            del known[name]
        rows = Rows({"firm": {("f", year): Row(None, figures(known))}}, {"firm": frozenset({year})})
        found = combine(book, rows, "f", str(year), as_of=AS_OF)
        assert found.best is not None
        assert 0 <= found.best.tax == min(one.tax for one in found.filings)
        if found.undecided in {(), ("rd_super_deduction",)}:  # of which the firm has nothing
            decided += 1
            assert found.best.tax * 100 == lowest(firm, year, int(firm["taxable_income"])), (firm, known, year)
    assert decided > 30


def history(rng: random.Random, years: int, *, steady: bool) -> tuple[list[Firm], Losses, dict[int, bool]]:
    """A firm over several years, the open losses at the start, and when it had a status that extends losses."""
    one = drawn(rng) | {"first_profit_year": rng.choice((0, 0, 2014, 2021))}
    status = rng.random() < 0.5
    firms: list[Firm] = []
    extends = {2019: status if steady else rng.random() < 0.3}
    for year in range(2020, 2020 + years):
        hnte = status if steady else rng.random() < 0.3
        tsme = False if steady else rng.random() < 0.2
        ic = one["si_kind"] == "ic_production" and one["ic_listed"] and int(one["ic_node"]) <= 130_00
        extends[year] = bool(hnte or tsme or ic)
        firms.append(
            one | {
                "hnte": hnte, "tsme": tsme,
                "income": rng.choice((-1, -1, 1, 1, 1))
                * rng.choice((300_000_00, 2_900_000_00, 3_100_000_00, 9_000_000_00)),
                "tech_transfer_income": rng.choice((0, 0, 0, 0, 8_000_000_00, 40_000_000_00)),
                "deduction": rng.choice((0, 0, 700_000_00)),
            }
        )  # fmt: skip
    # The loss of 2014 expired with 2019 unless the status of that year had extended it.
    origins = rng.sample(range(2014 if extends[2019] else 2015, 2020), 2)
    return firms, {year: rng.choice((400_000_00, 2_000_000_00)) for year in sorted(origins)}, extends


def as_rows(firms: list[Firm], losses: Losses, extends: dict[int, bool]) -> Rows:
    returns: dict[tuple[str, int], Row] = {}
    off = {"rd_input": 0, "rd_depreciation": 0, "rd_amortisation": 0, "rd_design": 0, "rd_other": 0}
    rd = {
        "collection_method": "audited", "excluded_industry_revenue": 0, "non_taxable_income": 0, "investment_income": 0,
        "rd_commissioned_domestic": 0, "rd_commissioned_overseas": 0, "rd_from_non_taxable": 0, "rd_capitalised": 0,
        "rd_special_income": 0, "rd_intangible_amortisation": 0, "ic_machine_tool_listed": False, **off,
    }  # fmt: skip
    for year, firm in enumerate(firms, 2020):
        given = {name: value for name, value in firm.items() if name not in {"taxable_income", "income", "deduction"}}
        if not given["first_profit_year"]:
            del given["first_profit_year"]
        figure = figures(given | rd | {"income_before_losses": firm["income"]})
        # From 2021 other costs are capped over all projects; R&D of this size is deducted at 75 or at 100 per cent.
        rate = Fraction(3, 4) if year < 2022 else Fraction(1)
        figure["manufacturing_revenue"] = Fraction(0) if year == 2021 else Fraction(10**12)
        figure["rd_personnel"] = Fraction(int(firm["deduction"]), 100) / rate
        figure["registered_on"] = datetime.date(2020, 1, 1)
        if year == 2020:
            figure |= {f"loss_{age}": Fraction(losses.get(year - age, 0), 100) for age in range(1, 11)}
        returns["f", year] = Row(None, figure)
    for year in range(2009, 2020):
        status = Fraction(0) if year not in extends else extends[year]
        returns["f", year] = Row(None, {"hnte": bool(status), "tsme": False, "si_kind": "none"})
    projects = {
        (f"p{year}", year): Row(
            "f",
            {name.replace("rd_", "pj_"): value for name, value in returns["f", year].figures.items() if name in off}
            | {"pj_personnel": returns["f", year].figures["rd_personnel"]},
        )
        for year in range(2020, 2020 + len(firms))
    }
    present = frozenset(year for _, year in returns)
    return Rows({"firm": returns, "project": projects}, {"firm": present, "project": frozenset(y for _, y in projects)})


@pytest.mark.parametrize("steady", [True, False], ids=["every order of losses", "order of expiry"])
def test_the_best_plan_is_the_best_of_all_ways_there_are(steady: bool) -> None:
    """With the same status every year, no order in which losses could be used leaves less tax."""
    rng = random.Random(20251125 + steady)  # noqa: S311 - figures for a test
    book, carried = shipped(), 0
    for _ in range(30):
        firms, losses, extends = history(rng, rng.choice((2, 3, 3)), steady=steady)
        years = [str(year) for year in range(2020, 2020 + len(firms))]
        found = plan(book, as_rows(firms, losses, extends), "f", years, as_of=AS_OF)
        assert found.best is not None, (found.missing, found.open)
        expected = lowest_of_years(firms, 2020, losses, extends, every_order=steady)
        assert found.best.total * 100 == expected, (firms, losses, extends)
        carried += any(year.used for year in found.best.years)
    assert carried > 10

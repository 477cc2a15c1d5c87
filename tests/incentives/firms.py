"""Firms as plain figures for tests of the book that ships, with everything that has nothing to do with them at zero."""

from __future__ import annotations

import datetime
from functools import cache

from gaoxin.incentives.combination.year import Combination, combine
from gaoxin.rulebook import Book, load_book
from gaoxin.rulebook.facts import read_facts

AS_OF = datetime.date(2025, 3, 1)

SMALL: dict[str, object] = {
    "resident": True, "restricted_industry": False, "hnte": False, "tsme": False, "si_kind": "none",
    "ats_recognised": False, "staff_average": 60, "assets_average": "8000000", "tech_transfer_income": 0,
    "tt_separate_accounts": True, "collection_method": "audited",
}  # fmt: skip
"""A small firm without any status."""

RD: dict[str, object] = {
    "excluded_industry_revenue": 0, "total_revenue": "5000000", "non_taxable_income": 0, "investment_income": 0,
    "manufacturing_revenue": "5000000", "ic_machine_tool_listed": False, "rd_personnel": "500000", "rd_input": 0,
    "rd_depreciation": 0, "rd_amortisation": 0, "rd_design": 0, "rd_other": 0, "rd_commissioned_domestic": 0,
    "rd_commissioned_overseas": 0, "rd_from_non_taxable": 0, "rd_capitalised": 0, "rd_special_income": 0,
    "rd_intangible_amortisation": 0,
}  # fmt: skip
"""R&D of 500 000 yuan, all of it super-deductible."""

SOFTWARE: dict[str, object] = {
    "si_kind": "software", "si_staff": 100, "si_staff_bachelor": 60, "si_staff_rd": 40, "si_rd_expenses": "9000000",
    "si_rd_domestic": "9000000", "sales_revenue": "100000000", "total_revenue": "100000000", "sf_embedded": False,
    "sf_revenue": "90000000", "sf_own_revenue": "80000000", "sf_ip": True, "si_other_conditions": True,
    "si_key_listed": False, "si_old_policy": False,
}  # fmt: skip
"""A software enterprise that meets every condition; the year depends on ``first_profit_year``."""

NO_LOSSES: dict[str, object] = {f"loss_{age}": 0 for age in range(1, 11)}


@cache
def shipped() -> Book:
    """The book of incentives that ships."""
    return load_book("incentives-cn")


def combined(year: int = 2024, **figures: object) -> Combination:
    """The combinations of the small firm with other figures."""
    rows = read_facts(shipped(), {"firm": {**SMALL, **figures}}, str(year))
    return combine(shipped(), rows, "1", str(year), as_of=AS_OF)


def lowest(year: int = 2024, **figures: object) -> tuple[str | None, str]:
    """Regime and tax of the best combination."""
    best = combined(year, **figures).best
    assert best is not None
    return best.regime, f"{float(best.tax):.2f}"

"""Combinations and plans as plain data for programs: exact numbers as text, every text in both languages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gaoxin.incentives.combination.losses import Use
from gaoxin.incentives.combination.plan import Plan, YearsPlan
from gaoxin.incentives.combination.wording import cautions, refusal_words
from gaoxin.incentives.combination.year import Combination, Filing
from gaoxin.incentives.data import both, source_data
from gaoxin.rulebook.formula import decimal_text


def combination_data(found: Combination) -> dict[str, Any]:
    """All lawful filings, the lowest tax first, and what was refused and why."""
    return {
        "tax": found.regimes.tax,
        "best": None if found.best is None else _filing(found, found.best),
        "filings": [_filing(found, filing) for filing in found.filings],
        "refused": [
            {
                "benefits": list(one.benefits),
                "why": one.why,
                "text": both(refusal_words(found, one)),
                "tax_if_entitled": None if one.tax is None else decimal_text(one.tax, 2),
                "missing": [missing.code for missing in one.missing],
                "source": source_data(one.citation),
            }
            for one in found.refused
        ],
        "undecided": list(found.undecided),
        "overclaimed": list(found.overclaimed),
        "unclaimed": {code: decimal_text(more, 2) for code, more in found.unclaimed},
        "cautions": [both(text) for text in cautions(found)],
        "missing": [one.code for one in found.missing],
        "confidence": found.confidence,
    }


def plan_data(found: Plan) -> dict[str, Any]:
    """The best plan year by year, and the totals of all of them."""
    return {
        "periods": list(found.periods),
        "best": None if found.best is None else _years(found, found.best),
        "plans": [
            {
                "total": decimal_text(one.total, 2),
                "left": {year.period: list(year.filing.left) for year in one.years if year.filing.left},
            }
            for one in found.plans
        ],
        "missing": [{"item": one.code, "period": one.period, "name": both(one.name)} for one in found.missing],
        "open": [both(text) for text in found.open],
        "undecided": [{"period": period, "benefit": code} for period, code in found.undecided],
        "doubts": [both(text) for text in found.doubts],
        "confidence": found.confidence,
    }


def _filing(found: Combination | Plan, filing: Filing) -> dict[str, Any]:
    return {
        "regime": filing.regime,
        "name": both(found.name(filing.regime)),
        "claimed": list(filing.claimed),
        "left": list(filing.left),
        "taxable_income": decimal_text(filing.income, 2),
        "tax": decimal_text(filing.tax, 2),
    }


def _years(found: Plan, plan: YearsPlan) -> dict[str, Any]:
    return {
        "total": decimal_text(plan.total, 2),
        "years": [
            {
                "period": year.period,
                "income_before_losses": decimal_text(year.income, 2),
                "losses_used": _uses(year.used),
                "losses_expired": _uses(year.expired),
                "losses_open": _uses(year.open),
                "filing": _filing(found, year.filing),
            }
            for year in plan.years
        ],
    }


def _uses(uses: Iterable[Use]) -> list[dict[str, Any]]:
    return [{"year": use.origin, "amount": decimal_text(use.amount, 2)} for use in uses]

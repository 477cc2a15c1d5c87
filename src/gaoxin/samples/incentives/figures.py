"""Invented figures of a block of firms: accounts, staff, research, qualifications, what they have claimed.

Every figure is drawn so that the accounts of one firm fit together (staff, revenue, cost, income) and that firms lie on
both sides of the thresholds of the rules. Items that nobody has described here get a draw by their type, so that a book
with more instruments still gets figures for all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from gaoxin.rulebook.entries import Item
from gaoxin.samples.draw import Draw, Flags, Floats
from gaoxin.samples.industries import INDUSTRIES, WEIGHTS, column

Column: TypeAlias = NDArray[Any]

STAFF = ("staff_open", "staff_q1", "staff_q2", "staff_q3", "staff_q4")
ASSETS = ("assets_open", "assets_q1", "assets_q2", "assets_q3", "assets_q4")
SIX_TAXES = {
    "urban_construction_tax": 0.0012, "property_tax": 0.0006, "land_use_tax": 0.0003, "stamp_tax": 0.0004,
    "education_surcharge": 0.0005, "local_education_surcharge": 0.0003, "resource_tax": 0.0, "farmland_tax": 0.0,
}  # fmt: skip
SOFTWARE_CODES = ("6510", "6511", "6512", "6513", "6519")


def draw_figures(items: Mapping[str, Item], n: int, year: int, draw: Draw) -> dict[str, Column]:
    """Figures of ``n`` firms for ``items``, shape (n,) each.

    Numbers are float64 in the unit of the item (yuan, persons), flags bool, dates datetime64[D], codes and texts
    objects of str. A number that is not there is NaN, a date NaT, a code None; flags are never missing here.
    """
    found = _accounts(n, draw)
    found |= _taxes(found, n, draw)
    found |= _research(found, n, draw)
    found |= _high_tech(found, n, year, draw)
    found |= _software(found, n, year, draw)
    found |= _transfer(found, n, draw)
    found |= _technology_sme(found, n, draw)
    found |= _service(found, n, draw)
    found |= _losses(found, n, draw)
    found |= _claims(found, n, draw)
    return {code: found[code] if code in found else _any(item, found, n, year, draw) for code, item in items.items()}


def _accounts(n: int, draw: Draw) -> dict[str, Column]:
    industry = draw.rng.choice(len(INDUSTRIES), n, p=WEIGHTS)

    def of(name: str) -> Floats:
        return column(name)[industry]

    counts = np.array([len(one.codes) for one in INDUSTRIES])
    flat = np.array([code for one in INDUSTRIES for code in one.codes], dtype=object)
    codes = flat[np.cumsum(np.concatenate([[0], counts[:-1]]))[industry] + draw.rng.integers(0, counts[industry])]
    staff = np.floor(np.clip(34.0 * np.exp(1.35 * draw.rng.standard_normal(n)), 1.0, 60_000.0))
    revenue = _fen(staff * of("revenue_per_head") * 1000.0 * np.exp(draw.normal(0.0, 0.45, n)))
    income = _fen(revenue * (draw.normal(0.055, 0.06, n)))
    assets = _fen(revenue * draw.between(0.5, 1.9, n))
    around = {name: np.floor(staff * draw.between(0.9, 1.1, n) + 0.5) for name in STAFF}
    owned = {name: _fen(assets * draw.between(0.9, 1.1, n)) for name in ASSETS}
    return {
        **around,
        **owned,
        "industry": codes,
        "staff_total": staff,
        "staff_average": _sometimes(staff, 0.5, n, draw),
        "assets_average": _sometimes(assets, 0.5, n, draw),
        "total_revenue": revenue,
        "sales_revenue": _fen(revenue * draw.between(0.93, 1.0, n)),
        "main_revenue": _fen(revenue * draw.between(0.85, 0.98, n)),
        "investment_income": _fen(revenue * np.where(draw.chance(0.2, n), draw.between(-0.005, 0.03, n), 0.0)),
        "non_taxable_income": _fen(revenue * np.where(draw.chance(0.1, n), draw.between(0.0, 0.01, n), 0.0)),
        "taxable_income": income,
        "collection_method": np.where(draw.chance(0.93, n), "audited", "deemed").astype(object),
        "resident": draw.chance(0.99, n),
        "restricted_industry": draw.chance(0.01, n),
        "industrial_enterprise": of("industrial") > 0,
        "operating_months": np.full(n, 12.0),
        "excluded_industry_revenue": _fen(revenue * np.where(draw.chance(0.08, n), draw.between(0.1, 1.0, n), 0.0)),
        "manufacturing_revenue": _fen(np.where(of("industrial") > 0, revenue * draw.between(0.6, 1.0, n), 0.0)),
        "_innovative": of("innovative"),
        "_intensity": of("intensity"),
    }


def _taxes(found: Mapping[str, Column], n: int, draw: Draw) -> dict[str, Column]:
    revenue = found["total_revenue"]
    small = draw.chance(np.where(revenue < 5_000_000, 0.8, 0.02), n)
    within = np.where(draw.chance(0.5, n), np.minimum(revenue, 1_200_000.0), 0.0)
    return {
        "vat_small_scale": small,
        "sole_trader": draw.chance(0.005, n),
        "vat_sales_within_limit": _fen(np.where(small, within, 0.0)),
        "vat_sales_above_limit": _fen(np.where(small, revenue - within, 0.0)),
        **{name: _fen(revenue * share * draw.between(0.5, 1.5, n)) for name, share in SIX_TAXES.items()},
    }


def _research(found: Mapping[str, Column], n: int, draw: Draw) -> dict[str, Column]:
    revenue = found["sales_revenue"]
    active = draw.chance(np.minimum(0.25 + found["_innovative"], 0.9), n)
    spending = np.where(active, revenue * found["_intensity"] * np.exp(draw.normal(0.0, 0.5, n)), 0.0)
    shares = draw.rng.dirichlet([9.0, 5.0, 1.5, 0.6, 0.7, 2.2], n)
    names = ("rd_personnel", "rd_input", "rd_depreciation", "rd_amortisation", "rd_design", "rd_other")
    classes = {name: _fen(spending * shares[:, at]) for at, name in enumerate(names)}
    inside = sum(classes.values(), np.zeros(n))
    abroad = np.where(draw.chance(0.06, n), draw.between(0.0, 0.3, n), 0.0)
    hired = np.where(draw.chance(0.25, n), draw.between(0.0, 0.3, n), 0.0)
    return {
        **classes,
        "rd_commissioned_domestic": _fen(inside * hired),
        "rd_domestic_registered": draw.chance(0.85, n),
        "rd_commissioned_overseas": _fen(inside * abroad),
        "rd_overseas_registered": draw.chance(0.8, n),
        "rd_commissioned_overseas_individuals": _fen(np.where(draw.chance(0.01, n), inside * 0.02, 0.0)),
        "rd_from_non_taxable": _fen(np.where(draw.chance(0.05, n), inside * 0.05, 0.0)),
        "rd_special_income": _fen(np.where(draw.chance(0.08, n), inside * draw.between(0.0, 0.1, n), 0.0)),
        "rd_capitalised": _fen(np.where(draw.chance(0.12, n), inside * draw.between(0.0, 0.5, n), 0.0)),
        "rd_intangible_amortisation": _fen(np.where(draw.chance(0.12, n), inside * draw.between(0.0, 0.1, n), 0.0)),
        "rd_h1_spend": _fen(inside * 0.45),
        "rd_h1_booked": _fen(inside * 0.45 * draw.between(0.8, 1.0, n)),
        "rd_q4_base": _fen(inside * 0.3),
        "operating_months_q4": np.full(n, 3.0),
        "rd_equipment_q4": _fen(np.where(draw.chance(0.1, n), inside * 0.2, 0.0)),
        "_research": inside,
        "_active": active,
    }


def _high_tech(found: Mapping[str, Column], n: int, year: int, draw: Draw) -> dict[str, Column]:
    revenue, staff, inside = found["sales_revenue"], found["staff_total"], found["_research"]
    certified = found["_active"] & draw.chance(0.6, n)
    technical = np.where(found["_active"], draw.between(0.06, 0.45, n), draw.between(0.0, 0.08, n))
    since = year - draw.rng.integers(0, 4, n)
    days = (since - 1970).astype("datetime64[Y]").astype("datetime64[D]") + draw.rng.integers(200, 360, n)
    age = np.floor(366 + draw.rng.gamma(2.0, 1500.0, n))
    assets = found["assets_q4"]
    before, earlier = (_fen(revenue / np.exp(draw.normal(0.06 * k, 0.12, n))) for k in (1, 2))
    spent_before, spent_earlier = (inside * draw.between(0.6, 1.1, n) for _ in range(2))
    patents = np.where(found["_active"], draw.rng.poisson(2.5, n), 0).astype(np.float64)
    three = _fen(inside + spent_before + spent_earlier)
    products = draw.between(0.35, 0.98, n)
    parts = {
        "hn_score_advancement": 8, "hn_score_core": 8, "hn_score_count": 8, "hn_score_acquisition": 6,
        "hn_score_standards": 2, "hn_score_conversion": 30, "hn_score_management": 20, "hn_score_growth": 20,
    }  # fmt: skip
    scores = {
        name: _sometimes(np.floor(most * np.sqrt(draw.rng.random(n)) + 0.5), 0.35, n, draw)
        for name, most in parts.items()
    }
    return {
        "hnte": certified,
        "tsme": found["_active"] & draw.chance(0.35, n),
        "technical_staff": np.floor(staff * technical),
        "hn_certificate_date": np.where(certified, days, np.datetime64("NaT")),
        "hn_days_registered": age,
        "registered_on": np.datetime64(f"{year}-06-30") - age.astype(np.int64),
        "hn_core_ip": (patents > 0) & draw.chance(0.95, n),
        "hn_in_field": found["_active"] & draw.chance(0.95, n),
        "hn_product_revenue": _fen(revenue * products * 0.85),
        "hn_technical_revenue": _fen(revenue * products * 0.15),
        "hn_major_accident": draw.chance(0.004, n),
        "hn_rd_internal": _fen(inside * 0.85),
        "hn_rd_other": _fen(inside * 0.15),
        "hn_rd_outside_domestic": found["rd_commissioned_domestic"],
        "hn_rd_outside_overseas": found["rd_commissioned_overseas"],
        "hn_rd_three_years": three,
        "hn_rd_domestic_three_years": _fen(three * np.where(draw.chance(0.95, n), 0.97, 0.55)),
        "hn_sales_first": earlier,
        "hn_sales_second": before,
        "hn_net_assets": _fen(assets * draw.between(-0.05, 0.7, n)),
        "hn_net_assets_first": _fen(assets * draw.between(-0.05, 0.6, n)),
        "hn_net_assets_second": _fen(assets * draw.between(-0.05, 0.65, n)),
        "hn_score": _sometimes(np.floor(np.clip(draw.normal(74, 9, n), 0, 100)), 0.6, n, draw),
        "hn_ip_own_development": patents > 0,
        "hn_conversions": np.where(found["_active"], draw.rng.poisson(9.0, n), 0).astype(np.float64),
        "ip_class_1": np.floor(patents * 0.3),
        "ip_class_2": patents,
        **scores,
    }


def _software(found: Mapping[str, Column], n: int, year: int, draw: Draw) -> dict[str, Column]:
    revenue, staff, inside = found["total_revenue"], found["staff_total"], found["_research"]
    software = np.isin(found["industry"].astype(str), SOFTWARE_CODES) & draw.chance(0.8, n)
    design = ~software & draw.chance(0.01, n)
    making = ~software & ~design & draw.chance(0.002, n)
    kind = np.select([software, design, making], ["software", "ic_design", "ic_production"], "none").astype(object)
    engaged = kind != "none"

    def money(share: Floats, where: Flags) -> Floats:
        return _fen(np.where(where, revenue * share, 0.0))

    return {
        "si_kind": kind,
        "first_profit_year": np.where(engaged, year - draw.rng.integers(-1, 9, n), np.nan),
        "si_key_listed": engaged & draw.chance(0.04, n),
        "si_old_policy": engaged & draw.chance(0.3, n),
        "si_staff": staff,
        "si_staff_bachelor": np.floor(staff * draw.between(0.3, 0.9, n)),
        "si_staff_rd": np.floor(staff * draw.between(0.15, 0.6, n)),
        "si_rd_expenses": _fen(np.where(engaged, np.maximum(inside, revenue * draw.between(0.03, 0.2, n)), inside)),
        "si_rd_domestic": _fen(np.where(engaged, inside * draw.between(0.5, 1.0, n), inside)),
        "si_other_conditions": engaged & draw.chance(0.9, n),
        "sf_embedded": software & draw.chance(0.15, n),
        "sf_revenue": money(draw.between(0.4, 1.0, n), software),
        "sf_own_revenue": money(draw.between(0.3, 0.9, n), software),
        "sf_ip": software & draw.chance(0.9, n),
        "ic_design_revenue": money(draw.between(0.5, 1.0, n), design),
        "ic_design_own_revenue": money(draw.between(0.4, 0.9, n), design),
        "ic_design_ip": np.where(design, draw.rng.poisson(8.0, n), 0).astype(np.float64),
        "ic_listed": making & draw.chance(0.6, n),
        "ic_machine_tool_listed": (making | design) & draw.chance(0.3, n),
        "ic_node": np.where(making, draw.pick(np.array([28.0, 40.0, 65.0, 130.0, 180.0]), n), np.nan),
        "ic_operating_term": np.where(making, 15.0, np.nan),
        "ic_project_first_revenue": np.where(making, year - draw.rng.integers(0, 9, n), np.nan),
        "ic_project_income": np.where(making, found["taxable_income"], 0.0),
        "sw_sales": money(draw.between(0.3, 0.9, n), software),
        "sw_embedded_combined": money(draw.between(0.0, 0.3, n), software & draw.chance(0.2, n)),
        "sw_hardware_own_price": np.full(n, np.nan),
        "sw_hardware_market_price": np.full(n, np.nan),
        "sw_hardware_cost": money(draw.between(0.0, 0.2, n), software),
        "sw_separate_costs": draw.chance(0.9, n),
        "sw_output_tax": money(draw.between(0.04, 0.12, n), software),
        "sw_input_tax": money(draw.between(0.0, 0.04, n), software),
        "sw_input_shared": money(draw.between(0.0, 0.01, n), software),
        "sw_share_method": np.where(draw.chance(0.7, n), "revenue", "cost").astype(object),
        "sw_vat_all_sales": revenue,
        "sw_vat_cost": money(draw.between(0.1, 0.3, n), software),
        "sw_vat_all_cost": _fen(revenue * draw.between(0.4, 0.9, n)),
        "sw_test_report": software & draw.chance(0.8, n),
        "sw_certificate": software & draw.chance(0.85, n),
        "sw_refund_to_rd": draw.chance(0.7, n),
    }


def _transfer(found: Mapping[str, Column], n: int, draw: Draw) -> dict[str, Column]:
    sells = found["_active"] & draw.chance(0.07, n)
    income = np.where(sells, found["total_revenue"] * draw.between(0.005, 0.12, n), 0.0)
    return {
        "tech_transfer_income": _fen(income),
        "tt_separate_accounts": draw.chance(0.85, n),
        "tt_vat_sales": _fen(income * 1.6),
        "tt_vat_service_sales": _fen(income * 0.2),
        "tt_vat_same_invoice": draw.chance(0.8, n),
        "tt_vat_recognised": draw.chance(0.8, n),
    }


def _technology_sme(found: Mapping[str, Column], n: int, draw: Draw) -> dict[str, Column]:
    revenue = found["sales_revenue"]
    return {
        "ts_staff": found["staff_total"],
        "ts_assets": found["assets_q4"],
        "ts_no_bar": draw.chance(0.97, n),
        "ts_rd_expenses": _fen(found["_research"]),
        "ts_cost_expenses": _fen(revenue * draw.between(0.75, 1.0, n)),
        "ts_national_award": draw.chance(0.001, n),
        "ts_rd_body": draw.chance(0.02, n),
        "ts_led_standard": draw.chance(0.01, n),
        "ts_risk_record": draw.chance(0.03, n),
        "ts_first_application": draw.chance(0.3, n),
    }


def _service(found: Mapping[str, Column], n: int, draw: Draw) -> dict[str, Column]:
    revenue = found["total_revenue"]
    serves = draw.chance(0.01, n)
    return {
        "ats_recognised": serves,
        "ats_corporate": draw.chance(0.99, n),
        "ats_scope": np.where(serves, "outsourcing", "none").astype(object),
        "ats_staff_college": np.floor(found["staff_total"] * draw.between(0.2, 0.9, n)),
        "ats_revenue": _fen(np.where(serves, revenue * draw.between(0.4, 0.9, n), 0.0)),
        "ats_offshore_revenue": _fen(np.where(serves, revenue * draw.between(0.2, 0.6, n), 0.0)),
        "education_expense": _fen(found["staff_total"] * draw.between(500.0, 4000.0, n)),
        "payroll": _fen(found["staff_total"] * draw.between(90_000.0, 220_000.0, n)),
    }


def _losses(found: Mapping[str, Column], n: int, draw: Draw) -> dict[str, Column]:
    losing = draw.chance(0.2, n)
    return {
        f"loss_{years}": _fen(
            np.where(losing & draw.chance(0.3, n), found["total_revenue"] * draw.between(0.0, 0.05, n), 0.0)
        )
        for years in range(1, 11)
    }


def _claims(found: Mapping[str, Column], n: int, draw: Draw) -> dict[str, Column]:
    """What the firms say they have claimed: most of what they might, some of them nothing."""
    income = np.maximum(found["taxable_income"], 0.0)

    def some(amount: Floats, share: float) -> Floats:
        return _fen(np.where(draw.chance(share, n), amount, 0.0))

    return {
        "rd_claimed": some(found["_research"], 0.75),
        "hnte_claimed": some(np.where(found["hnte"], income * 0.10, 0.0), 0.9),
        "small_claimed": some(np.where(income <= 3_000_000, income * 0.20, 0.0), 0.85),
        "ats_claimed": some(np.where(found["ats_recognised"], income * 0.10, 0.0), 0.8),
        "si_claimed": some(np.where(found["si_kind"] != "none", income * 0.125, 0.0), 0.5),
        "sw_refund_claimed": some(found["sw_output_tax"] * 0.5, 0.7),
        "tt_claimed": some(found["tech_transfer_income"], 0.6),
        "tt_vat_claimed": some(found["tt_vat_sales"], 0.6),
    }


def _any(item: Item, found: Mapping[str, Column], n: int, year: int, draw: Draw) -> Column:
    """A draw for an item that is not described above, by its type and unit."""
    match item.type:
        case "flag":
            return draw.chance(0.4, n)
        case "date":
            return np.datetime64(f"{year}-12-31") - draw.rng.integers(0, 365 * 6, n)
        case "code" if item.values:
            return draw.pick(np.array(item.values, dtype=object), n)
        case "code" | "text":
            return np.full(n, None, dtype=object)
        case "integer":
            return draw.rng.poisson(4.0, n).astype(np.float64)
    if item.unit == "元":
        return _fen(np.where(draw.chance(0.3, n), found["total_revenue"] * draw.between(0.0, 0.05, n), 0.0))
    return np.floor(draw.between(0.0, 20.0, n))


def _fen(yuan: Floats) -> Floats:
    return np.round(yuan * 100.0) / 100.0


def _sometimes(values: Floats, share: float, n: int, draw: Draw) -> Floats:
    """``values`` for that share of the firms, missing for the others."""
    return np.where(draw.chance(share, n), values, np.nan)

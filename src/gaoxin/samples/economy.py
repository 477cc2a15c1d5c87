"""Form GQ-002 of the sample: the economic profile, in whole 千元. Revenue, profit and balance sheet add up."""

from __future__ import annotations

import numpy as np

from gaoxin.samples.draw import Draw, Floats, Ints, part, parts
from gaoxin.samples.firms import Firms, Year

LARGE_INDUSTRY = 20_000
"""Industrial output (千元) from which energy use is reported."""


def fill_economy(
    firms: Firms, year: Year, research: dict[str, Ints], draw: Draw
) -> tuple[dict[str, Ints], dict[str, Floats]]:
    """Items qc… of every firm of the block in one year.

    Returns
    -------
    Whole items, and those that may be blank (NaN): energy is asked of larger industrial firms only.
    """
    n, revenue, staff = firms.n, year.revenue, year.staff
    certified = firms.certified_in(year.number)
    industrial = firms.industrial

    technology = part(revenue, firms.of("technology") * draw.between(0.8, 1.15, n))
    goods = part(revenue - technology, firms.of("trade") * draw.between(0.8, 1.08, n))
    other = part(revenue - technology - goods, draw.between(0.0, 0.015, n))
    products = revenue - technology - goods - other
    by_kind = parts(technology, np.column_stack([np.full(n, s) for s in (0.55, 0.04, 0.21, 0.20)]))
    high_tech = part(products, np.where(certified, draw.between(0.70, 0.97, n), draw.between(0.0, 0.4, n)))
    # A high-tech enterprise has at least 60 % of its revenue from high technology.
    high_tech = np.where(
        certified,
        np.minimum(np.maximum(high_tech, np.ceil(0.62 * revenue).astype(np.int64) - technology), products),
        high_tech,
    )
    output = np.where(industrial, np.round(products * draw.between(0.96, 1.04, n)).astype(np.int64), 0)

    exports = np.where(firms.exporting, part(revenue, draw.between(0.02, 0.40, n)), 0)
    services_abroad = np.where(industrial, part(exports, 0.01), part(exports, draw.between(0.2, 0.8, n)))
    imports = np.where(firms.exporting | draw.chance(0.08, n), part(revenue, draw.between(0.01, 0.15, n)), 0)

    payroll = np.round(staff * firms.wage * 1.05**year.position * draw.between(0.97, 1.03, n)).astype(np.int64)
    depreciation = part(revenue, firms.of("depreciation") * draw.between(0.8, 1.2, n))
    sales_tax = part(revenue, draw.between(0.004, 0.009, n))
    vat = part(revenue, np.where(firms.of("trade") > 0.5, 0.006, 0.024) * draw.between(0.7, 1.3, n))
    selling = part(revenue, draw.between(0.02, 0.06, n))
    administration = part(revenue, draw.between(0.03, 0.07, n))
    rd = part(research["qj20"], draw.between(0.88, 1.0, n))
    finance = part(revenue, draw.between(0.0, 0.01, n))
    impairment = np.where(draw.chance(0.15, n), part(revenue, draw.between(0.0, 0.006, n)), 0)
    credit_loss = np.where(draw.chance(0.2, n), part(revenue, draw.between(0.0, 0.006, n)), 0)
    fair_value = np.where(draw.chance(0.03, n), np.round(revenue * draw.normal(0.0, 0.004, n)).astype(np.int64), 0)
    investments = np.where(draw.chance(0.08, n), part(revenue, draw.between(0.0, 0.015, n)), 0)
    hedging = np.zeros(n, dtype=np.int64)
    disposals = np.where(draw.chance(0.05, n), np.round(revenue * draw.normal(0.0, 0.002, n)).astype(np.int64), 0)
    grants = part(revenue, np.where(firms.researching, draw.between(0.0, 0.012, n), draw.between(0.0, 0.002, n)))

    gains = fair_value + investments + hedging + disposals + grants
    overhead = sales_tax + selling + administration + rd + finance + impairment + credit_loss
    profit = np.round(revenue * (firms.margin + draw.normal(0.0, 0.012, n))).astype(np.int64)
    # Whatever the margin aimed at, a tenth of revenue goes into operating cost at least.
    profit = np.minimum(profit, revenue - overhead + gains - part(revenue, 0.1))
    # A profit of almost nothing would look like a slip of the unit against any other year.
    least = part(revenue, 0.006) + 1
    profit = np.where(np.abs(profit) < least, np.where(profit < 0, -least, least), profit)
    cost = revenue - overhead + gains - profit
    other_income = part(revenue, draw.between(0.0, 0.003, n))
    other_loss = part(revenue, draw.between(0.0, 0.002, n))
    total_profit = profit + other_income - other_loss
    taxable = np.maximum(total_profit, 0)
    rate = np.where(certified, 0.15, 0.25)
    income_tax = part(taxable, rate * draw.between(0.6, 1.0, n))
    net_profit = total_profit - income_tax

    vat_paid, income_tax_paid = part(vat, draw.between(0.85, 1.0, n)), part(income_tax, draw.between(0.8, 1.0, n))
    vat_relief = np.where(draw.chance(0.2, n), part(vat, draw.between(0.0, 0.3, n)), 0)
    hnte_relief = np.where(certified, part(taxable, 0.10), 0)
    rd_relief = part(np.minimum(research["qj20"], taxable), 0.15)
    transfer_relief = np.where(draw.chance(0.01, n), part(taxable, 0.02), 0)
    income_relief = hnte_relief + rd_relief + transfer_relief

    assets = part(revenue, 1.0) + part(revenue, draw.between(0.0, 0.9, n)) + 100
    current = part(assets, draw.between(0.5, 0.78, n))
    fixed = part(assets - current, np.where(industrial, 0.6, 0.3) * draw.between(0.7, 1.2, n))
    intangible = part(assets - current - fixed, draw.between(0.05, 0.3, n))
    development = np.where(draw.chance(0.1, n), part(assets - current - fixed - intangible, 0.2), 0)
    debts = part(assets, draw.between(0.25, 0.70, n))
    short_debts = part(debts, draw.between(0.6, 0.95, n))
    equity = assets - debts
    listed = (firms.serial % 97 == 0) & (revenue > 200_000)
    venture = draw.chance(np.where(firms.researching, 0.035, 0.003), n)
    venture_amount = np.where(venture, draw.rng.integers(1_000, 60_000, n), 0)
    added_value = sales_tax - fair_value - investments + profit + vat + payroll + depreciation
    added_value = np.maximum(added_value, part(revenue, 0.05))
    energy = np.round(added_value / 10 * firms.of("energy") * np.exp(draw.normal(0.0, 0.35, n)), 1)
    energy = np.minimum(energy, np.floor(0.08 * np.minimum(output, revenue)))
    energy = np.where(industrial & (output >= LARGE_INDUSTRY), np.maximum(energy, 1.0), np.nan)

    whole = {
        "qc02": output,
        "qc05_0": revenue,
        "qc55": revenue - other,
        "qc06": technology,
        "qc06_1": by_kind[:, 1],
        "qc06_2": by_kind[:, 2],
        "qc06_3": by_kind[:, 0],
        "qc06_4": by_kind[:, 3],
        "qc07": products,
        "qc09": high_tech,
        "qc10": goods,
        "qc49": other,
        "qc52": exports + imports,
        "qc11": exports,
        "qc38": np.minimum(part(exports - services_abroad, 0.6), high_tech),
        "qc11_1": services_abroad,
        "qc220": cost,
        "qc221": sales_tax,
        "qc222": selling,
        "qc223": administration,
        "qc236": rd,
        "qc224": finance,
        "qc228": impairment,
        "qc235": credit_loss,
        "qc229": fair_value,
        "qc225": investments,
        "qc239": hedging,
        "qc233": disposals,
        "qc232": grants,
        "qc120": profit,
        "qc227": other_income,
        "qc230": other_loss,
        "qc234": total_profit,
        "qc12": net_profit,
        "qc231": income_tax,
        "qc13": vat_paid + income_tax_paid + sales_tax,
        "qc14": vat_paid,
        "qc16": income_tax_paid,
        "qc17": vat_relief + income_relief,
        "qc18": vat_relief,
        "qc20": income_relief,
        "qc20_1": hnte_relief,
        "qc20_2": rd_relief,
        "qc20_3": transfer_relief,
        "qc62": vat,
        "qc51": payroll,
        "qc24": assets,
        "qc25": current,
        "qc27_1": assets - current,
        "qc238": development,
        "qc29": fixed,
        "qc30": intangible,
        "qc65": depreciation * np.minimum(year.number - firms.founded + 1, 8),
        "qc61": depreciation,
        "qc237": short_debts,
        "qc31": debts,
        "qc32": part(debts, draw.between(0.0, 0.4, n)),
        "qc33": equity,
        "qc34": part(np.maximum(equity, 0), draw.between(0.3, 0.8, n)),
        "qc63": np.where(listed, part(equity, 0.3), 0),
        "qc50": np.zeros(n, dtype=np.int64),
        "qc39": np.where(draw.chance(0.01, n), part(revenue, 0.02), 0),
        "qc40": part(revenue, np.where(industrial, 0.05, 0.015) * draw.between(0.2, 1.8, n)),
        "qc226": venture_amount,
    }
    return whole, {"qc41": energy}

"""Form GQ-005 of the sample: research and development. The audit identities of the form hold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaoxin.samples.draw import Draw, Ints, part, parts
from gaoxin.samples.firms import Firms, Year

APPLICATIONS_PER_THOUSAND = 0.00021
"""Invention applications for each 千元 of R&D expense, for a firm of average inventiveness."""

RESEARCH_MONEY = (
    "qj20", "qj23_1", "qj23_2", "qj23_3", "qj23_4", "qj23_6", "qj23_7", "qj33", "qj33_1", "qj33_2", "qj33_4", "qj33_3",
    "qj23_5", "qj250", "qj251", "qj256", "qj252", "qj253", "qj254", "qj255", "qi14_1", "qi24", "qj70", "qj71", "qj72",
    "qj80", "qj80_4", "qj80_5", "qj58", "qj62", "qj59", "qj61",
)  # fmt: skip
"""Items of the form that are amounts in 千元."""


@dataclass(eq=False)
class Stocks:
    """What firms have piled up over the years, shape (n,) each; carried from year to year."""

    inventions: Ints
    patents: Ints
    abroad: Ints
    trademarks: Ints
    trademarks_abroad: Ints
    software: Ints
    standards: Ints
    world_standards: Ints

    @classmethod
    def at_start(cls, firms: Firms, staff: Ints, draw: Draw) -> Stocks:
        """What firms own before the first year."""
        n = firms.n
        size = np.sqrt(staff)
        inventions = draw.count(0.35 * size * firms.inventive)
        software = np.where(firms.industrial, 0.2, 1.4) * size * firms.inventive
        return cls(
            inventions=inventions,
            patents=inventions + draw.count(0.7 * size * firms.inventive),
            abroad=part(inventions, np.where(draw.chance(0.05, n), 0.15, 0.0)),
            trademarks=draw.count(0.18 * size),
            trademarks_abroad=np.zeros(n, dtype=np.int64),
            software=draw.count(software),
            standards=draw.count(0.03 * size * firms.inventive),
            world_standards=draw.count(0.0012 * size * firms.inventive),
        )


def least_expense(revenue: Ints, certified: Ints) -> Ints:
    """The R&D expense below which a high-tech enterprise is flagged: 5 %, 4 % or 3 % of revenue, and a little more."""
    share = np.where(revenue <= 50_000, 0.05, np.where(revenue <= 200_000, 0.04, 0.03))
    return np.where(certified, np.ceil(revenue * share * 1.02), 0).astype(np.int64) + certified


def fill_research(firms: Firms, year: Year, people: dict[str, Ints], stocks: Stocks, draw: Draw) -> dict[str, Ints]:
    """Items qj… and qi… of every firm of the block in one year; ``stocks`` moves on to the end of the year."""
    n, staff, revenue = firms.n, year.staff, year.revenue
    certified = firms.certified_in(year.number)
    active = firms.researching

    researchers = np.maximum(
        np.ceil(staff * firms.research_staff).astype(np.int64), np.ceil(0.11 * staff).astype(np.int64) * certified
    )
    researchers = np.where(active, np.minimum(np.maximum(researchers, 1), staff), 0)
    wanted = np.round(revenue * firms.intensity * np.exp(draw.normal(0.0, 0.08, n))).astype(np.int64)
    wanted = np.maximum(wanted, least_expense(revenue, certified.astype(np.int64)))
    # Not more for each researcher than such people and their equipment cost.
    wanted = np.where(active, np.maximum(np.minimum(wanted, researchers * 2500), 40), 0)
    wanted = np.maximum(wanted, np.where(active, least_expense(revenue, certified.astype(np.int64)), 0))

    personnel = np.where(firms.industrial, 0.46, 0.70)
    shares = np.column_stack(
        [
            personnel,
            np.where(firms.industrial, 0.34, 0.10) * draw.between(0.7, 1.3, n),
            0.05 * draw.between(0.5, 1.5, n),
            0.015 * draw.between(0.2, 1.8, n),
            0.015 * draw.between(0.0, 2.0, n),
            0.020 * draw.between(0.0, 2.0, n),
            np.where(draw.chance(0.35, n), 0.10, 0.0) * draw.between(0.3, 1.7, n),
            0.04 * draw.between(0.5, 1.5, n),
        ]
    )
    spent = parts(wanted, shares)
    outside = parts(spent[:, 6], np.column_stack([draw.between(0.05, 1.0, n) for _ in range(3)] + [np.full(n, 0.04)]))
    assets = np.where(draw.chance(0.45, n), part(wanted, draw.between(0.0, 0.10, n)), 0)
    instruments = part(assets, draw.between(0.6, 1.0, n))
    units = np.where((instruments > 0) | (active & draw.chance(0.4, n)), 1 + draw.count(np.full(n, 0.1)), 0)
    inside = np.where(units > 0, part(researchers, draw.between(0.4, 0.9, n)), 0)
    funding = parts(
        wanted,
        np.column_stack(
            [
                np.full(n, 0.92),
                np.where(draw.chance(0.3, n), 0.05, 0.0),
                np.where(draw.chance(0.1, n), 0.03, 0.0),
                np.where(draw.chance(0.02, n), 0.05, 0.0),
                np.where(draw.chance(0.1, n), 0.01, 0.0),
            ]
        ),
    )

    inventions_sought = draw.count(APPLICATIONS_PER_THOUSAND * wanted * firms.inventive)
    others_sought = draw.count(0.00018 * wanted * firms.inventive)
    abroad_sought = part(inventions_sought, np.where(draw.chance(0.06, n), 0.25, 0.0))
    granted = draw.count(0.55 * APPLICATIONS_PER_THOUSAND * wanted * firms.inventive)
    granted_others = draw.count(0.00015 * wanted * firms.inventive)
    granted_abroad = part(granted, np.where(draw.chance(0.04, n), 0.2, 0.0))
    lapsed = part(stocks.inventions, 0.06)
    stocks.inventions = stocks.inventions - lapsed + granted
    stocks.patents = np.maximum(
        stocks.patents - part(stocks.patents, 0.09) + granted + granted_others, stocks.inventions
    )
    stocks.abroad = np.minimum(stocks.abroad + granted_abroad, stocks.inventions)

    new_marks = draw.count(0.02 * np.sqrt(staff))
    new_marks_abroad = part(new_marks, np.where(draw.chance(0.05, n), 0.4, 0.0))
    stocks.trademarks = stocks.trademarks + new_marks
    stocks.trademarks_abroad = stocks.trademarks_abroad + new_marks_abroad
    new_software = draw.count(np.where(firms.industrial, 0.03, 0.25) * np.sqrt(staff) * firms.inventive)
    stocks.software = stocks.software + new_software
    new_standards = draw.count(0.006 * np.sqrt(staff) * firms.inventive)
    stocks.standards = stocks.standards + new_standards
    new_world = draw.count(0.0004 * np.sqrt(staff) * firms.inventive)
    stocks.world_standards = stocks.world_standards + new_world

    new_products = np.where(active & firms.industrial, part(revenue, draw.between(0.1, 0.45, n)), 0)
    contracts = draw.count(np.where(firms.industrial, 0.15, 1.2) * firms.inventive)
    contract_value = np.where(contracts > 0, part(revenue, draw.between(0.01, 0.12, n)) + 1, 0)
    brought_in = part(contracts, draw.between(0.0, 0.5, n))
    value_in = np.where(brought_in > 0, part(contract_value, draw.between(0.0, 0.4, n)), 0)
    zero = np.zeros(n, dtype=np.int64)

    return {
        "qj09": researchers,
        "qj67": part(researchers, draw.between(0.02, 0.12, n)),
        "qj09_1": part(researchers, draw.between(0.78, 1.0, n)),
        "qj09_2": np.minimum(part(researchers, draw.between(0.5, 0.95, n)), people["qd08"] + people["qd18"]),
        "qj09_3": part(researchers, draw.between(0.0, 0.08, n)),
        "qj20": wanted,
        "qj23_1": spent[:, 0],
        "qj23_2": spent[:, 1],
        "qj23_3": spent[:, 2],
        "qj23_4": spent[:, 3],
        "qj23_6": spent[:, 4],
        "qj23_7": spent[:, 5],
        "qj33": spent[:, 6],
        "qj33_1": outside[:, 0],
        "qj33_2": outside[:, 1],
        "qj33_4": outside[:, 2],
        "qj33_3": outside[:, 3],
        "qj23_5": spent[:, 7],
        "qj250": assets,
        "qj251": instruments,
        "qj256": funding[:, 0],
        "qj252": funding[:, 1],
        "qj253": funding[:, 2],
        "qj254": funding[:, 3],
        "qj255": funding[:, 4],
        "qi01": units,
        "qi07_0": inside,
        "qi07_1": part(inside, draw.between(0.0, 0.08, n)),
        "qi07_2": part(inside, draw.between(0.0, 0.30, n)),
        "qi14_1": np.where(units > 0, part(wanted, draw.between(0.3, 0.9, n)), 0),
        "qj55": inventions_sought + others_sought,
        "qj56": inventions_sought,
        "qj56_1": inventions_sought - abroad_sought,
        "qj55_1": abroad_sought,
        "qj55_2": part(abroad_sought, 0.6),
        "qj74": granted + granted_others,
        "qj57": granted,
        "qj57_1": granted - granted_abroad,
        "qj75": granted_abroad,
        "qj83": stocks.patents,
        "qj83_1": stocks.abroad,
        "qj82": stocks.abroad,
        "qj73": stocks.inventions,
        "qj73_1": stocks.abroad,
        "qi23": np.where(draw.chance(0.03, n), part(stocks.patents, 0.1), 0),
        "qi24": np.where(draw.chance(0.03, n), part(revenue, 0.004), 0),
        "qj70": part(new_products, 0.98),
        "qj71": new_products,
        "qj72": np.where(firms.exporting, part(new_products, draw.between(0.0, 0.25, n)), 0),
        "qi25": draw.count(0.02 * researchers),
        "qj79": stocks.trademarks,
        "qj77": new_marks,
        "qj79_1": stocks.trademarks_abroad,
        "qj79_2": new_marks_abroad,
        "qj85": stocks.software,
        "qj85_1": new_software,
        "qj86": np.where(draw.chance(0.01, n) & active, 1, 0),
        "qj86_1": zero,
        "qj87": zero,
        "qj87_1": zero,
        "qj101": zero,
        "qj101_1": zero,
        "qj100": zero,
        "qj100_1": zero,
        "qj98": stocks.world_standards,
        "qj98_1": new_world,
        "qi27": stocks.standards,
        "qi27_1": new_standards,
        "qj80_1": contracts,
        "qj80_2": brought_in,
        "qj80_3": contracts - brought_in,
        "qj80": contract_value,
        "qj80_4": value_in,
        "qj80_5": contract_value - value_in,
        "qj58": np.where(firms.industrial & draw.chance(0.3, n), part(revenue, draw.between(0.0, 0.02, n)), 0),
        "qj62": np.where(draw.chance(0.04, n), part(revenue, draw.between(0.0, 0.01, n)), 0),
        "qj59": np.where(draw.chance(0.03, n), part(revenue, draw.between(0.0, 0.01, n)), 0),
        "qj61": np.where(draw.chance(0.02, n), part(revenue, draw.between(0.0, 0.006, n)), 0),
        "qj99": np.where(firms.exporting & draw.chance(0.08, n), 1, 0),
        "qj90": np.where(active & draw.chance(0.008, n), 1, 0),
        "qj92": np.where(firms.exporting & draw.chance(0.01, n), 1, 0),
        "qj102": np.where(firms.exporting & draw.chance(0.01, n), 1, 0),
    }

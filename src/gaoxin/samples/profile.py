"""Form GQ-001 of the sample: the profile of the firm. Where a code list is not known, one code stands for all."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gaoxin.samples.draw import Flags, Ints
from gaoxin.samples.firms import HNTE_YEARS, Firms, Year, firm_names, industry_codes
from gaoxin.samples.industries import INDUSTRIES

LISTED_AMONG = 11
"""One in so many of the larger firms is listed, or will be."""


def fill_profile(firms: Firms, year: Year, economy: dict[str, Ints]) -> dict[str, pa.Array]:
    """Items qb… of every firm of the block in one year."""
    n = firms.n
    text = pa.string()
    certified = firms.certified_in(year.number)
    renewed = firms.certified + (year.number - firms.certified) // HNTE_YEARS * HNTE_YEARS
    listed_since = np.where(
        (firms.serial % LISTED_AMONG == 0) & (year.revenue > 60_000), firms.founded + 3 + firms.serial % 25, 0
    )
    listed = (listed_since > 0) & (listed_since <= year.number)
    venture = economy["qc226"] > 0
    group = firms.serial % 23 == 0
    foreign = np.isin(firms.holder, (4, 5))

    def same(value: str) -> pa.Array:
        return pa.array([value], text).take(pa.array(np.zeros(n, dtype=np.int64)))

    def where(condition: Flags, value: pa.Array | pa.Scalar) -> pa.Array:
        return pc.if_else(pa.array(condition), value, pa.scalar(None, value.type))

    def day(years: Ints, spread: int) -> pa.Array:
        """A day of each year that depends on the firm, not on the draw."""
        start = (years - 1970).astype("datetime64[Y]").astype("datetime64[D]")
        return pa.array(start + (firms.serial * spread) % 360)

    business = np.array(["、".join(industry.products) for industry in INDUSTRIES])[firms.industry]
    serials = pc.utf8_lpad(pa.array(firms.serial).cast(text), 8, padding="0")
    return {
        "name": firm_names(firms.serial),
        "qb08": day(firms.founded, 11),
        "qb101": same("90"),
        "qb03_0": pa.array(business, text),
        "qb03_1": industry_codes(firms),
        "qb20_1": same("1"),
        "qb20": same("1"),
        "qb04": day(firms.founded, 7),
        "qb04_0": pa.array(np.maximum(economy["qc34"] // 10, 10)),
        "qb06": pa.array(np.where(foreign, "300", "170"), text),
        "qb06_1": pa.array(np.where(foreign, "999", "156"), text),
        "qb06_2": pa.nulls(n, pa.float64()),
        "qb18": pa.array(firms.holder.astype(str), text),
        "qb09": pa.array(np.where(group, "2", "0"), text),
        "qb10": where(group, pc.binary_join_element_wise("示例集团", serials, "（合成）", "")),
        "qb11": pa.array(certified),
        "qb13": where(certified, pc.binary_join_element_wise("SYN", serials, "")),
        "qb12": where(certified, day(renewed, 13)),
        "qb14": same("0"),
        "qb14_1": pa.nulls(n, pa.date32()),
        "qb14_2": pa.nulls(n, pa.date32()),
        "qb15": pa.array(np.where(listed, "1", "0"), text),
        "qb15_1": where(listed, pc.binary_join_element_wise("SYN", serials, "")),
        "qb15_2": where(listed, day(listed_since, 17)),
        "qb15_5": pa.array(np.where(listed, economy["qc24"] // 5, 0)),
        "qb16": same("1"),
        "qb16_1": same("1"),
        "qb15_3": where(listed, pa.scalar("1")),
        "qc226_1": pa.array(venture),
        "qc226_2": where(venture, pa.scalar("1")),
    }

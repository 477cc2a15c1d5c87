"""What the zones of the sample report themselves, and what five experts say of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from gaoxin.samples.draw import Draw
from gaoxin.samples.seeds import SeedZone, ZoneProfiles

EXPERTS = 5
SCORED = ("gx_climate_score", "gx_policy_score", "gx_ecology_score", "gx_compliance_score", "gx_statistics_score")
"""Items scored by experts, of the book zone-return-2021."""

_REMARKS = ("氛围活跃（合成评语）", "政策配套较全（合成评语）", "统计基础有待加强（合成评语）")


def zone_returns(zones: Sequence[SeedZone], profiles: ZoneProfiles, periods: Sequence[int], seed: int) -> pa.Table:
    """The returns of the zones, one row for each zone and year; items of the book zone-return-2021."""
    n = len(zones)
    draw = Draw(seed, 0, 1)
    size = profiles.firms / 364.0
    level = np.exp(0.25 * profiles.quality + draw.normal(0.0, 0.15, n))
    institutions = 8 * np.sqrt(size) * level
    green = np.clip(draw.normal(31.0, 5.0, n), 12.0, 55.0)
    schools = 2 + draw.count(9 * np.sqrt(size))
    wage_to_price = np.clip(draw.normal(0.42, 0.12, n), 0.12, 1.2)
    fiscal = 9.0 * size * np.exp(draw.normal(0.0, 0.35, n))
    gdp_share = np.clip(1.6 * size * np.exp(draw.normal(0.0, 0.3, n)), 0.1, 45.0)
    tables = []
    for position, year in enumerate(periods):
        moved = 1.05**position
        counts = {
            "gx_rd_institutions": draw.count(institutions * moved),
            "gx_startup_services": draw.count(0.35 * institutions * moved),
            "gx_new_firms": draw.count(420 * size * level),
            "gx_tech_smes": draw.count(60 * size * level * moved),
            "gx_new_incubatees": draw.count(45 * size * level),
            "gx_hospitals_schools": schools,
            "gx_gazelles": draw.count(6 * size * level),
            "gx_national_rd_firms": draw.count(1.2 * size * level),
        }
        ratios = {
            "gx_co2_growth": np.round(draw.normal(-0.5, 2.0, n), 2),
            "gx_green_ratio": np.round(green + 0.3 * position, 2),
            "gx_wage_house_price": np.round(wage_to_price * (1 + 0.02 * position), 4),
            "gx_fiscal_resources": np.round(fiscal * 1.06**position, 2),
            "gx_gdp_share": np.round(gdp_share * (1 + 0.01 * position), 3),
        }
        tables.append(
            pa.table(
                {
                    "zone": [zone.code for zone in zones],
                    "zone_name": [zone.name for zone in zones],
                    "period": [str(year)] * n,
                    "class": list(profiles.classes),
                    **counts,
                    **ratios,
                    "synthetic": [True] * n,
                }
            )
        )
    return pa.concat_tables(tables)


def expert_scores(zones: Sequence[SeedZone], profiles: ZoneProfiles, periods: Sequence[int], seed: int) -> pa.Table:
    """Scores of the experts, one row for each expert, zone, year and item; an expert leaves a few zones out."""
    n = len(zones)
    draw = Draw(seed, 0, 2)
    severity = draw.normal(0.0, 2.0, EXPERTS)
    taste = draw.normal(0.0, 3.0, n * len(SCORED)).reshape(n, len(SCORED))
    rows: list[dict[str, object]] = []
    for position, year in enumerate(periods):
        for e in range(EXPERTS):
            noise = draw.normal(0.0, 2.5, n * len(SCORED)).reshape(n, len(SCORED))
            base = 78.0 + 4.0 * profiles.quality[:, None] + taste + severity[e] + noise + 0.5 * position
            scores = np.round(2 * np.clip(base, 40.0, 99.5)) / 2
            left_out = draw.chance(0.01, n)
            remark = draw.rng.integers(0, 40, (n, len(SCORED)))
            for z, zone in enumerate(zones):
                if left_out[z]:
                    continue
                for k, item in enumerate(SCORED):
                    said = _REMARKS[remark[z, k]] if remark[z, k] < len(_REMARKS) else None
                    rows.append(
                        {
                            "expert": f"示例专家{e + 1:02d}",
                            "zone": zone.code,
                            "period": str(year),
                            "indicator": item,
                            "score": float(scores[z, k]),
                            "remark": said,
                            "synthetic": True,
                        }
                    )
    kinds = {"score": pa.float64(), "synthetic": pa.bool_()}
    names = ("expert", "zone", "period", "indicator", "score", "remark", "synthetic")
    return pa.Table.from_pylist(rows, pa.schema([(name, kinds.get(name, pa.string())) for name in names]))

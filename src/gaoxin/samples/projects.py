"""R&D projects of the sample (form GQ-004 as far as it is known), most of which qualify under the project rule."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gaoxin.samples.draw import Draw, Ints
from gaoxin.samples.firms import Firms, Year
from gaoxin.samples.industries import INDUSTRIES

MOST = 6
"""Projects of one firm in a year."""

_AIMS = ("关键技术研发", "新型结构研究", "核心算法研究", "可靠性研究", "测试方法研究", "样机研制")
_NOT_RESEARCH = ("生产线技术改造", "产业化示范", "技术推广应用")
"""Words that the project rule excludes."""

_OBJECTIVES = ((2019, ("1", "4", "7", "8", "9", "12", "13")), (2018, ("11", "21", "22", "31")), (0, ("1", "2", "3")))
"""Objective codes (qh21) that count, by the first year for which they do; what they mean is not known."""

PROJECT_COLUMNS = ("project", "firm", "period", "xmmc", "qh21", "qh31", "qh32", "qh36", "qh40", "qh51", "synthetic")


def fill_projects(firms: Firms, year: Year, codes: pa.StringArray, research: dict[str, Ints], draw: Draw) -> pa.Table:
    """The projects of the firms that report in ``year``, one row each."""
    has = year.active & (research["qj09"] > 0)
    owner = np.flatnonzero(has)
    size = np.log2(np.maximum(research["qj09"][owner], 1))
    count = np.clip(1 + draw.count(0.45 * size), 1, MOST)
    row = np.repeat(owner, count)
    number = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count) + 1
    n = len(row)

    share = draw.between(0.5, 1.5, n)
    share /= np.repeat(np.add.reduceat(share, np.cumsum(count) - count), count) if n else 1.0
    inside = research["qj20"] - research["qj33"]
    cost = np.floor(inside[row] * share).astype(np.int64)
    worked = np.floor(research["qj09"][row] * share * 12 * draw.between(0.60, 0.92, n)).astype(np.int64)

    words = np.array([product for industry in INDUSTRIES for product in industry.products])
    starts = np.cumsum([0, *(len(industry.products) for industry in INDUSTRIES)])
    industry = firms.industry[row]
    width = np.diff(starts)[industry]
    product = words[starts[industry] + draw.rng.integers(0, width)] if n else words[:0]
    aims = np.array(_AIMS + _NOT_RESEARCH)
    aim = aims[
        np.where(draw.chance(0.06, n), len(_AIMS) + draw.rng.integers(0, 3, n), draw.rng.integers(0, len(_AIMS), n))
    ]

    objectives = np.array(next(codes_ for first, codes_ in _OBJECTIVES if year.number >= first))
    firm = codes.take(pa.array(row))
    digits = pc.utf8_lpad(pa.array(number).cast(pa.string()), 2, padding="0")
    text = pa.string()
    return pa.table(
        {
            "project": pc.binary_join_element_wise(firm, str(year.number), digits, "-"),
            "firm": firm,
            "period": pa.array([str(year.number)], text).take(pa.array(np.zeros(n, dtype=np.int64))),
            "xmmc": pc.binary_join_element_wise("合成项目", pa.array(product, text), pa.array(aim, text), ""),
            "qh21": pa.array(np.where(draw.chance(0.03, n), "99", draw.pick(objectives, n)), text),
            "qh31": pa.array(np.where(draw.chance(0.02, n), "30", "10"), text),
            "qh32": pa.array(draw.pick(np.array(["1", "2", "3", "4"]), n), text),
            "qh36": pa.array(np.where(draw.chance(0.02, n), "4", "1"), text),
            "qh40": pa.array(worked),
            "qh51": pa.array(cost),
            "synthetic": pa.array(np.ones(n, dtype=bool)),
        }
    )

"""Zones of the sample: real codes and names as seed facts, every figure about them invented."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gaoxin.registers import load_register
from gaoxin.samples.draw import Draw, Floats, Ints
from gaoxin.samples.industries import WEIGHTS

CLASSES = ("示例甲类", "示例乙类", "示例丙类")
"""Classes for grouped evaluation; which real class a zone belongs to is not known, and these say nothing about it."""

_SHANGHAI_CATEGORIES = ("103", "202", "101", "201", "299")
_LEFT_OUT = {
    "31103001",  # 张江 as a whole: its parks stand for themselves
    "31202004",  # 闸北园: the district was merged into 静安 in 2015
    "31299020",  # 朱泾 stands twice in the register
}


@dataclass(frozen=True, slots=True)
class SeedZone:
    """Code and name of a zone."""

    code: str
    name: str


def shipped_zones() -> tuple[SeedZone, ...]:
    """Zones of Shanghai first (high-tech, then other zones), then the national high-tech zones elsewhere.

    >>> [zone.name for zone in shipped_zones()[:3]]
    ['上海紫竹高新技术产业开发区', '上海未来岛高新技术产业园区', '张江高新区徐汇园']
    """
    shanghai = load_register("zones-shanghai-2018").rows
    ordered = [row for category in _SHANGHAI_CATEGORIES for row in shanghai if row["category_code"] == category]
    ordered += [row for row in load_register("zones-national-2018").rows if row["province_code"] != "31"]
    return tuple(SeedZone(row["code8"], row["name"]) for row in ordered if row["code8"] not in _LEFT_OUT)


@dataclass(frozen=True, eq=False)
class ZoneProfiles:
    """What makes the invented zones differ; every array has one row for each zone.

    ``firms`` is the number of firms in the last year, ``mix`` the shares of the industries, ``quality`` a general level
    around 0 that moves expert scores and institutions, the others shift the firms of the zone.
    """

    firms: Ints
    mix: Floats
    quality: Floats
    growth: Floats
    innovation: Floats
    margin: Floats
    education: Floats
    classes: tuple[str, ...]


def profiles(zones: Sequence[SeedZone], firms: int, seed: int) -> ZoneProfiles:
    """Draw what the zones are like; ``firms`` are shared out so that each zone has some."""
    n = len(zones)
    draw = Draw(seed, 0)
    quality = draw.normal(0.0, 1.0, n)
    weights = np.exp(draw.normal(0.0, 0.55, n) + 0.25 * quality)
    counts = np.maximum(np.floor(firms * weights / weights.sum()), 1).astype(np.int64)
    counts[np.argmax(counts)] += firms - counts.sum()
    order = np.argsort(-quality, kind="stable")
    classes = np.empty(n, dtype=object)
    for i, rows in enumerate(np.array_split(order, len(CLASSES))):
        classes[rows] = CLASSES[i]
    return ZoneProfiles(
        firms=counts,
        mix=draw.rng.dirichlet(WEIGHTS * 80, n),
        quality=quality,
        growth=draw.normal(0.0, 0.012, n),
        innovation=np.exp(draw.normal(0.0, 0.12, n) + 0.06 * quality),
        margin=draw.normal(0.0, 0.010, n),
        education=np.exp(draw.normal(0.0, 0.08, n) + 0.04 * quality),
        classes=tuple(classes.tolist()),
    )

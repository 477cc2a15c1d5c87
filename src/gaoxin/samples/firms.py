"""The firms of the sample: who they are, when they enter and leave, how they grow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gaoxin.credit_codes import check_characters
from gaoxin.samples.draw import Draw, Flags, Floats, Ints
from gaoxin.samples.industries import INDUSTRIES, column
from gaoxin.samples.seeds import ZoneProfiles

BLOCK_FIRMS = 8192
"""Firms made at a time; memory does not depend on the size of the city."""

ENTRY = 0.05
EXIT = 0.03
"""Share of the firms of a year that are new, and that will be gone in the next."""

HNTE_YEARS = 3
"""A certificate of a high-tech enterprise is valid for three years and then renewed."""


@dataclass(frozen=True, eq=False)
class Firms:
    """What does not change about the firms of a block, shape (n,) each.

    ``serial`` numbers the firms of the city from 1; ``zone`` and ``industry`` are positions; ``enters`` and ``leaves``
    are the first and last year in which the firm reports, as positions in the years; ``certified`` is the year of the
    first certificate (0: never).
    """

    serial: Ints
    zone: Ints
    industry: Ints
    code_in_industry: Ints
    enters: Ints
    leaves: Ints
    founded: Ints
    certified: Ints
    holder: Ints
    researching: Flags
    exporting: Flags
    revenue_per_head: Floats
    wage: Floats
    margin: Floats
    intensity: Floats
    research_staff: Floats
    inventive: Floats
    education: Floats
    profiles: ZoneProfiles

    @property
    def n(self) -> int:
        """Number of firms."""
        return len(self.serial)

    def of(self, name: str) -> Floats:
        """A property of the industry of each firm."""
        return column(name)[self.industry]

    @property
    def industrial(self) -> Flags:
        """Mining, manufacturing, utilities."""
        return self.of("industrial") > 0

    def certified_in(self, year: int) -> Flags:
        """Firms that are high-tech enterprises in ``year``."""
        return (self.certified > 0) & (self.certified <= year)


@dataclass(frozen=True, eq=False)
class Year:
    """Size of the firms in one year, shape (n,): staff now and a year earlier, revenue in 千元."""

    number: int
    position: int
    staff: Ints
    staff_before: Ints
    revenue: Ints
    active: Flags


def blocks(profiles: ZoneProfiles) -> Iterator[tuple[int, int, int, int]]:
    """Cut the city into blocks: (number of the block, zone, first serial, firms in the last year)."""
    block, serial = 0, 1
    for zone, firms in enumerate(profiles.firms.tolist()):
        for start in range(0, firms, BLOCK_FIRMS):
            size = min(BLOCK_FIRMS, firms - start)
            block += 1
            yield block, zone, serial, size
            serial += pool_size(size)


def pool_size(firms: int) -> int:
    """Firms of a block including those that leave before the last year; room for four of them for each hundred."""
    return firms + int(np.ceil(firms * EXIT * 2))


def found(profiles: ZoneProfiles, zone: int, serial: int, size: int, years: int, first_year: int, draw: Draw) -> Firms:
    """Invent the firms of a block: ``size`` of them report in the last year, the others left before."""
    n = pool_size(size)
    industry = draw.rng.choice(len(INDUSTRIES), n, p=profiles.mix[zone])
    code_counts = np.array([len(one.codes) for one in INDUSTRIES])
    enters = np.zeros(n, dtype=np.int64)
    leaves = np.full(n, years - 1, dtype=np.int64)
    if years > 1:
        new = draw.chance(ENTRY * (years - 1), n)
        enters[new] = draw.rng.integers(1, years, int(new.sum()))
        gone = np.arange(n) >= size
        leaves[gone] = draw.rng.integers(0, years - 1, int(gone.sum()))
        enters[gone] = 0
    else:
        leaves[size:] = -1
    age = np.floor(2 + draw.rng.gamma(2.0, 4.5, n)).astype(np.int64)
    founded = first_year + np.where(enters > 0, enters, -age)

    def of(name: str) -> Floats:
        return column(name)[industry]

    certifiable = draw.chance(np.minimum(of("innovative") * profiles.innovation[zone], 0.85), n)
    since = np.maximum(founded + 1, first_year - draw.rng.integers(-years + 1, 12, n))
    certified = np.where(certifiable, since, 0)
    researching = certifiable | draw.chance(0.45 * of("innovative") + 0.04, n)
    wage = of("wage") * np.exp(draw.normal(0.0, 0.22, n))
    # No firm lives on less than what it pays its staff.
    per_head = np.maximum(of("revenue_per_head") * np.exp(draw.normal(0.0, 0.42, n)), 1.9 * wage)
    intensity = np.where(
        certifiable,
        of("intensity") * np.exp(draw.normal(0.0, 0.30, n)) * profiles.innovation[zone],
        0.016 * np.exp(draw.normal(0.0, 0.5, n)),
    )
    return Firms(
        serial=np.arange(serial, serial + n, dtype=np.int64),
        zone=np.full(n, zone, dtype=np.int64),
        industry=industry.astype(np.int64),
        code_in_industry=draw.rng.integers(0, code_counts[industry]).astype(np.int64),
        enters=enters,
        leaves=leaves,
        founded=founded,
        certified=certified,
        holder=np.array([1, 2, 3, 4, 5, 9])[draw.rng.choice(6, n, p=[0.07, 0.02, 0.78, 0.05, 0.07, 0.01])],
        researching=researching,
        exporting=draw.chance(of("exporters"), n),
        revenue_per_head=per_head,
        wage=wage,
        margin=draw.normal(0.056, 0.045, n) + profiles.margin[zone],
        intensity=intensity,
        research_staff=np.where(certifiable, draw.between(0.13, 0.28, n), draw.between(0.04, 0.12, n)),
        inventive=np.where(researching, draw.rng.gamma(0.6, 1.0 / 0.6, n), 0.0),
        education=draw.between(0.75, 1.25, n) * profiles.education[zone],
        profiles=profiles,
    )


def grow(firms: Firms, years: int, first_year: int, draw: Draw) -> Iterator[Year]:
    """Walk the firms through the years: staff and revenue per head grow at rates of their own."""
    n, zone = firms.n, firms.zone
    growth = firms.profiles.growth[zone]
    # No firm is a large part of its zone.
    largest = np.minimum(12_000.0, 9.0 * firms.profiles.firms[zone] + 30.0)
    size = np.clip(38.0 * np.exp(1.2 * draw.rng.standard_normal(n)), 4.0, largest)
    size = np.where(firms.enters > 0, np.maximum(size * 0.5, 4.0), size)
    per_head = firms.revenue_per_head
    before = np.maximum(draw.whole(size * np.exp(draw.normal(-0.03, 0.08, n))), 3)
    for position in range(years):
        if position:
            size = size * np.exp(np.clip(draw.normal(0.03, 0.09, n) + growth, -0.35, 0.45))
            per_head = per_head * np.exp(draw.normal(0.05, 0.06, n) + growth)
        staff = np.maximum(draw.whole(size), 3)
        revenue = np.maximum(np.round(staff * per_head), 60).astype(np.int64)
        active = (firms.enters <= position) & (position <= firms.leaves)
        started = firms.enters == position if position else np.zeros(n, dtype=bool)
        yield Year(first_year + position, position, staff, np.where(started, 0, before), revenue, active)
        before = staff


def credit_codes(serial: Ints) -> pa.StringArray:
    """Codes that pass the check and belong to nobody: 91, the region 990000, a number.

    The region of a real code is the division of its registration authority (GB/T 2260), and there is no province 99.
    The nine characters of the organisation code carry their own check character (GB 11714).
    """
    n = len(serial)
    codes = np.empty((n, 18), dtype=np.uint8)
    codes[:, :8] = np.frombuffer(b"91990000", dtype=np.uint8)
    digits = (serial[:, None] // 10 ** np.arange(7, -1, -1)) % 10
    codes[:, 8:16] = digits + ord("0")
    check = (11 - digits @ np.array([3, 7, 9, 10, 5, 8, 4, 2]) % 11) % 11
    codes[:, 16] = np.where(check == 10, ord("X"), check + ord("0"))
    codes[:, 17] = check_characters(codes[:, :17])
    return pa.Array.from_buffers(
        pa.string(), n, [None, pa.py_buffer((18 * np.arange(n + 1)).astype(np.int32)), pa.py_buffer(codes)]
    )


def firm_names(serial: Ints) -> pa.StringArray:
    """Names that cannot be mistaken for those of real firms."""
    numbers = pc.utf8_lpad(pa.array(serial).cast(pa.string()), 6, padding="0")
    return pc.binary_join_element_wise("示例企业", numbers, "（合成）", "")


def industry_codes(firms: Firms) -> pa.StringArray:
    """The four digits of each firm's industry."""
    flat = [code for industry in INDUSTRIES for code in industry.codes]
    starts = np.cumsum([0, *(len(industry.codes) for industry in INDUSTRIES)])[:-1]
    return pa.array(flat).take(pa.array(starts[firms.industry] + firms.code_in_industry))

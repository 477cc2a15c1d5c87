"""Synthetic firms as Arrow tables, block by block: codes that belong to nobody, zones, figures, blanks and faults."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from gaoxin.rulebook.entries import Item
from gaoxin.samples.draw import Draw, Flags, Floats
from gaoxin.samples.firms import credit_codes, firm_names
from gaoxin.samples.incentives.figures import Column, draw_figures
from gaoxin.samples.seeds import shipped_zones

BLOCK = 65_536
"""Firms made at a time; memory does not depend on how many there are."""

MOST_FIRMS = 90_000_000
"""The number in the code of a firm has eight digits."""

BLANK = 0.002
"""Share of the cells that are left blank."""

FAULT = 0.002
"""Share of the firms with a fault of which ``plant`` knows the kinds."""

ZONES = 22

_NOTE = "合成数据，并非真实企业的数据 · synthetic data: no figure is that of a real firm"
_PRECISION = 18


def schema(items: Mapping[str, Item]) -> pa.Schema:
    """The columns of a file of firms; its metadata say that it is synthetic."""
    fields = [pa.field(name, pa.string()) for name in ("firm", "firm_name", "zone", "period")]
    fields += [pa.field(code, _type(item)) for code, item in items.items()]
    return pa.schema(fields, metadata={"synthetic": "true", "note": _NOTE})


def firm_blocks(
    items: Mapping[str, Item], firms: int, year: int, *, seed: int, faults: bool = True, start: int = 0
) -> Iterator[pa.Table]:
    """Synthetic firms with figures for ``items`` in ``year``; the same arguments give the same firms.

    Parameters
    ----------
    items
        The items of a book that firms report, by code.
    firms
        How many, at most ``MOST_FIRMS``.
    year
        The period of all figures.
    seed
        Of the draws.
    start
        The number of the firm before the first.
    faults
        Whether cells are left blank and faults are planted, as in what offices receive.
    """
    zones = np.array([zone.name for zone in shipped_zones()[:ZONES]], dtype=object)
    weights = Draw(seed, 2).rng.dirichlet(np.full(len(zones), 3.0))
    columns = schema(items)
    for block, done in enumerate(range(0, firms, BLOCK)):
        n = min(BLOCK, firms - done)
        draw = Draw(seed, 3, block)
        figures = draw_figures(items, n, year, draw)
        blank = {code: draw.chance(BLANK if faults else 0.0, n) for code in items}
        if faults:
            plant(figures, n, draw)
        serial = start + done + np.arange(1, n + 1, dtype=np.int64)
        who: dict[str, Any] = {
            "firm": credit_codes(serial),
            "firm_name": firm_names(serial),
            "zone": pa.array(draw.pick(zones, n, weights).tolist(), pa.string()),
            "period": pa.array([str(year)] * n, pa.string()),
        }
        arrays = [_array(item, figures[code], blank[code]) for code, item in items.items()]
        yield pa.table([*who.values(), *arrays], schema=columns)


def plant(figures: dict[str, Column], n: int, draw: Draw) -> None:
    """Put mistakes of reporters into some rows: a sign, a unit, an industry code, two figures that contradict."""
    chosen = np.flatnonzero(draw.chance(FAULT, n))
    kind = draw.rng.integers(0, 4, len(chosen))
    if "total_revenue" in figures:
        figures["total_revenue"][chosen[kind == 0]] *= -1.0
    if "staff_total" in figures and "technical_staff" in figures:
        rows = chosen[kind == 1]
        figures["technical_staff"][rows] = figures["staff_total"][rows] + 10.0
    if "industry" in figures:
        figures["industry"][chosen[kind == 2]] = "9999"
    if "assets_q4" in figures:
        figures["assets_q4"][chosen[kind == 3]] = np.round(figures["assets_q4"][chosen[kind == 3]] / 10_000.0, 2)


def _type(item: Item) -> pa.DataType:
    match item.type:
        case "decimal":
            return pa.decimal128(_PRECISION, item.decimals or 0)
        case "integer":
            return pa.int32()
        case "flag":
            return pa.bool_()
        case "date":
            return pa.date32()
        case _:
            return pa.string()


def _array(item: Item, values: Column, blank: Flags) -> pa.Array:
    match item.type:
        case "decimal":
            return _decimals(values, blank | np.isnan(values), item.decimals or 0)
        case "integer":
            missing = blank | np.isnan(values)
            return pa.array(np.where(missing, 0, values).astype(np.int32), mask=missing)
        case "flag":
            return pa.array(values, mask=blank)
        case "date":
            return pa.array(values.astype("datetime64[D]"), mask=blank | np.isnat(values))
        case _:
            return pa.array(values.tolist(), pa.string(), mask=blank)


def _decimals(values: Floats, missing: Flags, scale: int) -> pa.Array:
    """Decimals from floats that lie nearest to them: 128 bits each, the upper ones all sign."""
    scaled = np.round(np.where(missing, 0.0, values) * 10.0**scale).astype(np.int64)
    words = np.empty((len(scaled), 2), dtype=np.int64)
    words[:, 0], words[:, 1] = scaled, scaled >> 63
    known = np.packbits(~missing, bitorder="little")
    buffers = [pa.py_buffer(known), pa.py_buffer(words)]
    return pa.Array.from_buffers(pa.decimal128(_PRECISION, scale), len(scaled), buffers, int(missing.sum()))

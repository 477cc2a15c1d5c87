"""What is usual among peers: per head, within the industry, from the figures that were fixed last.

It is worked out once, when a snapshot is written, and lies in it; a single return is compared with it without reading
anybody's figures.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from gaoxin.platform.statistics.document import Figures
from gaoxin.returns.plausibility import LEAST_SPREAD, Floats, logarithms
from gaoxin.returns.quality import FAR, HEADCOUNT, INDUSTRY, JUMPY, TIMES
from gaoxin.rulebook.book import Book
from gaoxin.rulebook.entries import Item

LEAST = 10
"""Figures that a median is taken of, at least: fewer would tell of single firms."""
ALL = ""
"""The group of all industries together, for those that have too few of their own."""
_SCHEMA = pa.schema([("group", pa.string()), ("item", pa.string()), ("median", pa.float64()), ("spread", pa.float64())])


@dataclass(frozen=True, slots=True)
class Norm:
    """Median and median absolute deviation of the natural logarithms of one figure per head."""

    median: float
    spread: float


Norms = Mapping[str, Norm]
"""By item."""


def name(entity: str, book: str) -> str:
    """The file of a snapshot that holds what is usual."""
    return f"_usual-{entity}-{book}.parquet"


def write_norms(returns: Path, book: Book, entity: str, target: Path) -> bool:
    """Work out what is usual in the file ``returns`` of a snapshot; False where firms are not comparable per head."""
    items = _items(book, entity)
    if not items or not returns.is_file():
        return False
    file = pq.ParquetFile(returns)
    about = file.read([HEADCOUNT, INDUSTRY])
    head = _floats(about[HEADCOUNT])
    divisions = pc.fill_null(pc.utf8_slice_codeunits(about[INDUSTRY], 0, 2), ALL).combine_chunks().dictionary_encode()
    groups, names = divisions.indices.to_numpy(), divisions.dictionary.to_pylist()
    rows: dict[str, list[object]] = {name: [] for name in _SCHEMA.names}
    for item in items:
        value = logarithms(per_head(item, _floats(file.read([item.code])[item.code]), head))
        known = np.isfinite(value)
        if np.count_nonzero(known) < LEAST:
            continue
        whole = _norm(value[known])
        found = {ALL: whole}
        for at, name in enumerate(names):
            mine = known & (groups == at)
            if name and np.count_nonzero(mine) >= LEAST:
                found[name] = _norm(value[mine])
        if _jumps(value, groups, names, found):
            continue
        for name, norm in found.items():
            for column, text in zip(rows.values(), (name, item.code, norm.median, norm.spread), strict=True):
                column.append(text)
    pq.write_table(pa.table(rows, schema=_SCHEMA), target, compression="zstd")
    return True


def per_head(item: Item, value: Floats, head: Floats) -> Floats:
    """The figure per head; the headcount as it is."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return value if item.code == HEADCOUNT else np.where(head > 0, value / head, np.nan)


def usual(path: Path, figures: Figures) -> Norms:
    """What is usual for a firm with ``figures``: of its industry where that has enough, of all otherwise."""
    return _norms(path, figures.get(INDUSTRY, "")[:2]) if path.is_file() else {}


@lru_cache(maxsize=256)
def _norms(path: Path, group: str) -> Norms:
    rows = pq.read_table(path, filters=[("group", "in", [ALL, group])]).to_pylist()
    # The rows of the industry come after those of all, and take their place.
    rows.sort(key=lambda row: row["group"] == group)
    return {row["item"]: Norm(row["median"], row["spread"]) for row in rows}


def _items(book: Book, entity: str) -> list[Item]:
    items = [item for item in book.items.values() if item.entity == entity]
    if not {HEADCOUNT, INDUSTRY} <= {item.code for item in items}:
        return []
    return [item for item in items if item.decimals is not None]


def _norm(values: Floats) -> Norm:
    median = float(np.median(values))
    return Norm(median, max(float(np.median(np.abs(values - median))), 0.6745 * LEAST_SPREAD))


def _jumps(value: Floats, groups: np.ndarray, names: list[str], found: Mapping[str, Norm]) -> bool:
    """Whether being far off is the nature of the item, as `gaoxin.returns.quality` has it."""
    norms = [found.get(name, found[ALL]) for name in names]
    distance = value - np.array([norm.median for norm in norms])[groups]
    far = (np.abs(distance) > np.log(TIMES)) & (
        0.6745 * np.abs(distance) > FAR * np.array([norm.spread for norm in norms])[groups]
    )
    return bool(np.count_nonzero(far) > max(3.0, JUMPY * np.count_nonzero(np.isfinite(value))))


def _floats(column: pa.ChunkedArray) -> Floats:
    values: Floats = pc.cast(column, pa.float64()).to_numpy()
    return values

"""Writing synthetic firms to a Parquet or CSV file, block by block, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from gaoxin.rulebook.entries import Item
from gaoxin.samples.city import SEED
from gaoxin.samples.incentives.firms import firm_blocks, schema


def write_firms(
    items: Mapping[str, Item],
    path: Path,
    *,
    firms: int,
    year: int,
    seed: int = SEED,
    faults: bool = True,
    start: int = 0,
    progress: Callable[[float], None] = lambda _: None,
) -> None:
    """Write synthetic firms to ``path``, a ``.csv`` or else Parquet; they replace what is there only when complete.

    ``start`` is the number of the firm before the first, for several files of different firms.
    Parquet says in its metadata that it is synthetic, CSV in a column ``synthetic``; the names of the firms say so too.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as folder:
        written, made = Path(folder) / path.name, 0
        as_text = path.suffix.lower() == ".csv"
        columns = _with_label(schema(items)) if as_text else schema(items)
        writer = (
            pyarrow.csv.CSVWriter(written, columns)
            if as_text
            else pq.ParquetWriter(written, columns, compression="zstd", store_decimal_as_integer=True)
        )
        with writer:
            for block in firm_blocks(items, firms, year, seed=seed, faults=faults, start=start):
                label = pa.array(["true"] * block.num_rows, pa.string())
                writer.write_table(block.append_column("synthetic", label) if as_text else block)
                made += block.num_rows
                progress(made / firms)
        written.replace(path)


def _with_label(columns: pa.Schema) -> pa.Schema:
    return columns.append(pa.field("synthetic", pa.string()))

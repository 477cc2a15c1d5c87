"""All figures of a run as one Parquet table, for further work with any tool. (The run itself, as JSON, is written and
read by :mod:`gaoxin.runs.store`.)"""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from gaoxin.reports.outline import n_indicators
from gaoxin.reports.terms import SYNTHETIC
from gaoxin.runs.result import Flags, Floats, RunResult
from gaoxin.writing import write_whole


def table(result: RunResult) -> pa.Table:
    """Return one row per unit and node, in the order of the result: u × m rows.

    Figures keep every bit; NaN becomes null. Columns of indicators (``raw``, ``normalised``, ``contribution``,
    ``coverage``, ``imputed``, ``treated``) are null for aggregates; those of the robustness analysis (``rank_low``,
    ``rank_median``, ``rank_high``, ``probability_top``, ``probability_bottom``) are null except for the index. What the
    run was, and whether its data are synthetic, stands in the metadata of the schema.
    """
    u, m, n = len(result.units), len(result.nodes), n_indicators(result)

    def of_unit(values: list[str | None]) -> pa.Array:
        return pa.array([value for value in values for _ in range(m)], pa.string())

    def of_node(values: list[str | None]) -> pa.Array:
        return pa.array(values * u, pa.string())

    def figures(values: Floats) -> pa.Array:
        return pa.array(values.ravel(), pa.float64(), from_pandas=True)

    def of_indicators(values: Floats) -> pa.Array:
        return figures(np.hstack([values, np.full((u, m - n), np.nan)]))

    def flags(values: Flags) -> pa.Array:
        beyond = np.tile(np.arange(m) >= n, u)
        return pa.array(np.hstack([values, np.zeros((u, m - n), dtype=np.bool_)]).ravel(), pa.bool_(), mask=beyond)

    def of_index(values: Floats | None) -> pa.Array:
        whole = np.full((u, m), np.nan)
        if values is not None:
            whole[:, -1] = values
        return figures(whole)

    robust = result.robustness
    columns = {
        "unit": of_unit([unit.code for unit in result.units]),
        "unit_name": of_unit([unit.name for unit in result.units]),
        "group": of_unit([unit.group for unit in result.units]),
        "period": pa.array([result.period] * (u * m), pa.string()),
        "node": of_node([node.code for node in result.nodes]),
        "node_zh": of_node([node.name.zh for node in result.nodes]),
        "node_en": of_node([node.name.en for node in result.nodes]),
        "parent": of_node([node.parent for node in result.nodes]),
        "level": pa.array([node.level for node in result.nodes] * u, pa.int16()),
        "weight": pa.array([node.weight for node in result.nodes] * u, pa.float64(), from_pandas=True),
        "effective_weight": pa.array([node.effective_weight for node in result.nodes] * u, pa.float64()),
        "weight_confirmed": pa.array([node.weight_confirmed for node in result.nodes] * u, pa.bool_()),
        "raw_unit": of_node([node.unit for node in result.nodes]),
        "raw": of_indicators(result.raw),
        "coverage": of_indicators(result.coverage),
        "imputed": flags(result.imputed),
        "treated": flags(result.treated),
        "normalised": of_indicators(result.normalised),
        "contribution": of_indicators(result.contributions),
        "score": figures(result.scores),
        "rank": figures(result.ranks),
        "group_rank": of_index(result.group_ranks),
        "rank_low": of_index(robust.rank_low if robust else None),
        "rank_median": of_index(robust.rank_median if robust else None),
        "rank_high": of_index(robust.rank_high if robust else None),
        "probability_top": of_index(robust.probability_top if robust else None),
        "probability_bottom": of_index(robust.probability_bottom if robust else None),
    }
    about = {
        "title": {"zh": result.title.zh, "en": result.title.en},
        "system": result.system,
        "system_version": result.system_version,
        "period": result.period,
        "synthetic": result.synthetic,
        "note": {"zh": SYNTHETIC.zh, "en": SYNTHETIC.en} if result.synthetic else None,
        "unconfirmed_weights": result.n_unconfirmed_weights,
        "contributions_exact": result.contributions_exact,
        "replications": {"counted": robust.replications, "failed": robust.failed} if robust else None,
        "created": result.created,
        "versions": result.versions,
    }
    return pa.table(columns).replace_schema_metadata({"gaoxin": json.dumps(about, ensure_ascii=False)})


def render(result: RunResult) -> bytes:
    """Return :func:`table` as a Parquet file."""
    buffer = io.BytesIO()
    pq.write_table(table(result), buffer, compression="zstd")
    return buffer.getvalue()


def write(result: RunResult, path: Path) -> None:
    """Write :func:`table` as a Parquet file to ``path``."""
    write_whole(path, render(result))

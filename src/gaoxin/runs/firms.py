"""What each firm does to its zone's indicators: the indicator with and without the firm, for all firms at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gaoxin.engines.influence import leave_one_out
from gaoxin.evaluation.structure import Floats
from gaoxin.problems import InputError, Problem
from gaoxin.runs.pipeline import Run
from gaoxin.runs.tracing import column_of, row_of
from gaoxin.runs.values import plan_of, sources_of
from gaoxin.words import Text


@dataclass(frozen=True, slots=True)
class FirmEffect:
    """One firm in one indicator: the zone's value, what it would be without the firm, and the difference.

    ``helps`` says whether the firm moves the indicator in the wanted direction; None when it does not move it.
    """

    firm: str
    name: str
    value: float
    without: float
    effect: float
    helps: bool | None


def firm_effects(run: Run, unit: str, node: str) -> tuple[FirmEffect, ...]:
    """Effect of every firm of a zone on one indicator, the most helpful first.

    Raises InputError when the indicator is not computed from firms' returns.
    """
    result = run.result
    row, column = row_of(result, unit), column_of(result, node)
    chosen = result.nodes[column]
    if chosen.source != "firm" or run.figures is None:
        problem = Problem(
            "firms.not-from-firms",
            "error",
            Text(f"{chosen.code} 不由企业报表计算", f"{chosen.code} is not computed from firms' returns"),
        )
        raise InputError([problem])
    plan = plan_of(run.system, [result.period])
    table = leave_one_out(plan, sources_of(run.figures), [run.system.node(chosen.code).figure])
    zone = result.units[row].code
    mine = table.filter(pc.equal(table[run.system.entity], zone))
    firms = mine["firm"].to_pylist()
    names = run.figures.names("firm", firms)
    value, without, effect = (_floats(mine[name]) for name in ("value", "value_without", "effect"))
    order = np.lexsort((np.array(firms), -effect * chosen.direction))
    return tuple(
        FirmEffect(
            firm=firms[i],
            name=names.get(firms[i], firms[i]),
            value=float(value[i]),
            without=float(without[i]),
            effect=float(effect[i]),
            helps=None if effect[i] == 0 or np.isnan(effect[i]) else bool(effect[i] * chosen.direction > 0),
        )
        for i in order.tolist()
    )


def _floats(column: pa.ChunkedArray) -> Floats:
    values: Floats = pc.cast(column, pa.float64()).to_numpy()
    return values

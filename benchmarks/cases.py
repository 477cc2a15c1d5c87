"""The cases that are timed: the ASEM reference index, synthetic evaluations of any size, numbers of firms."""

from __future__ import annotations

import csv
import gzip
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from gaoxin.evaluation.index import Evaluation, evaluate
from gaoxin.evaluation.method import (
    Aggregation,
    Imputation,
    Method,
    Normalisation,
    Treatment,
    UncertaintySpec,
    WeightNoise,
)
from gaoxin.evaluation.structure import Floats, Hierarchy

ASEM = Path(__file__).parent.parent / "tests" / "data" / "asem"

METHOD = Method(
    imputation=Imputation(method="group_mean"),
    treatment=Treatment(method="winsorise_then_log"),
    normalisation=Normalisation(low=1.0),
)
ZSCORE = Normalisation(method="zscore", mean=10.0, sd=2.0)
GEOMETRIC = Aggregation(method="geometric")

DESIGN = UncertaintySpec(
    weights=(WeightNoise(share=0.25, levels=(2, 3)),),
    normalisation=(ZSCORE,),
    aggregation=((GEOMETRIC,),),
    dropped="none",
)
"""Two normalisations × weights ±25 % on levels 2 and 3 × two means."""


least_firms: int = 0
most_firms: int | None = None
"""Cases of fewer or more firms are left out (``--least``, ``--most``)."""


def firms_up_to(sizes: Iterable[int]) -> list[int]:
    """The sizes that are to be run."""
    return [size for size in sizes if size >= least_firms and (most_firms is None or size <= most_firms)]


@contextmanager
def folder(name: str) -> Iterator[Path]:
    """Where the data of a case are: in ``GAOXIN_BENCHMARK_DATA`` they stay for the next run, else they are temporary.

    Whoever writes into it moves a file to its name when it is complete, and writes none that is there.
    """
    kept = os.environ.get("GAOXIN_BENCHMARK_DATA")
    if kept:
        path = Path(kept) / name
        path.mkdir(parents=True, exist_ok=True)
        yield path
    else:
        with tempfile.TemporaryDirectory() as temporary:
            yield Path(temporary)


def asem() -> Evaluation:
    """COINr's ASEM example, 51 units × 49 indicators in 8 pillars and 2 sub-indices, min-max 1–100."""
    meta = {row["iCode"]: row for row in _rows("00_iMeta")}
    nodes = {code: row for code, row in meta.items() if row["Type"] in {"Indicator", "Aggregate"}}
    indicators = [code for code, row in nodes.items() if row["Type"] == "Indicator"]
    tree = Hierarchy.build(
        {code: row["Parent"] or None for code, row in nodes.items()},
        weights={code: float(row["Weight"]) for code, row in nodes.items()},
        directions={code: int(nodes[code]["Direction"]) for code in indicators},
        indicators=indicators,
    )
    table = {row["uCode"]: row for row in _rows("01_step_Denominated")}
    group = {row["uCode"]: row["EurAsia_group"] for row in _rows("00_iData")}
    units = sorted(table)
    x = [[float(table[unit][code] or "nan") for code in indicators] for unit in units]
    return evaluate(x, tree, METHOD, units=units, groups=[group[unit] for unit in units])


def synthetic(units: int, indicators: int = 46) -> Evaluation:
    """Synthetic data: 8 pillars, 2 sub-indices; a third log-normal, a quarter lower-is-better, 3 % missing."""
    rng = np.random.default_rng(46)
    x = rng.normal(50.0, 10.0, (units, indicators))
    x[:, ::3] = rng.lognormal(size=x[:, ::3].shape)
    x[rng.random(x.shape) < 0.03] = np.nan
    names = [f"i{k}" for k in range(indicators)]
    parents: dict[str, str | None] = {name: f"p{k % 8}" for k, name in enumerate(names)}
    parents |= {f"p{k}": f"s{k % 2}" for k in range(8)} | {"s0": "I", "s1": "I", "I": None}
    tree = Hierarchy.build(parents, directions={name: -1 if k % 4 == 3 else 1 for k, name in enumerate(names)})
    groups = [f"g{k % 3}" for k in range(units)]
    return evaluate(x, tree, METHOD, units=[str(k) for k in range(units)], groups=groups)


def criteria(units: int, indicators: int = 46) -> Floats:
    """A positive matrix (units, indicators) for the methods that take one."""
    return np.random.default_rng(46).uniform(1.0, 100.0, (units, indicators))


def _rows(name: str) -> list[dict[str, str]]:
    with gzip.open(ASEM / f"{name}.csv.gz", "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))

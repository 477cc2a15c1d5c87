"""COINr, where ``Rscript`` and the package are installed: its times, and what it found."""

from __future__ import annotations

import csv
import functools
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gaoxin.evaluation.structure import Floats

SCRIPT = Path(__file__).with_name("coinr.R")


@functools.cache
def available() -> bool:
    if shutil.which("Rscript") is None:
        return False
    return subprocess.run(["Rscript", "-e", "library(COINr)"], capture_output=True, check=False).returncode == 0


def run(*task: object, folder: Path) -> float:
    """Run a task of ``coinr.R``; returns the seconds that COINr itself took."""
    done = subprocess.run(
        ["Rscript", str(SCRIPT), *(str(word) for word in task), str(folder)], capture_output=True, text=True, check=True
    )
    return float(next(line for line in done.stdout.splitlines() if line.startswith("seconds")).split()[1])


@dataclass(frozen=True)
class Replayable:
    """A design as COINr drew it, and the index it computed."""

    codes: list[str]
    zscore: Floats
    geometric: Floats
    """Which replications drew them, shape (replications,)."""
    weights: Floats
    """Shape (replications, codes)."""
    units: list[str]
    scores: Floats
    """Shape (replications, units)."""


def replayable(folder: Path) -> Replayable:
    design = _rows(folder / "design.csv")
    scores = _rows(folder / "scores.csv")
    replications = [name for name in scores[0] if name.startswith("r_")]
    codes = (folder / "codes.csv").read_text(encoding="utf-8").split()
    return Replayable(
        codes=codes,
        zscore=np.array([row["normalisation"] == "n_zscore" for row in design]),
        geometric=np.array([row["aggregation"] == "a_gmean" for row in design]),
        weights=np.array([[float(row[f"X{k + 1}"]) for k in range(len(codes))] for row in design]),
        units=[row["uCode"] for row in scores],
        scores=np.array([[float(row[name]) for row in scores] for name in replications]),
    )


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))

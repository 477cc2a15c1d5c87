"""Copeland scores of 178 units on 46 indicators."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np

from benchmarks import cases, coinr
from benchmarks.timing import Contender, Row, Table, compare, row
from gaoxin.evaluation.aggregation.outranking import copeland
from gaoxin.evaluation.structure import Floats


def tables(smoke: bool) -> Iterator[Table]:
    x = cases.criteria(12 if smoke else 178, 6 if smoke else 46).round()  # whole numbers, so that there are ties
    w = np.ones(x.shape[1])
    np.testing.assert_array_equal(copeland(x, w), exactly(x))
    np.testing.assert_array_equal(copeland(x, w), written_in_numpy(x))
    rows = compare(
        [
            Contender("gaoxin", lambda: copeland(x, w)),
            Contender("NumPy, all comparisons in one array", lambda: written_in_numpy(x)),
            Contender("Python, pair by pair", lambda: exactly(x), rounds=1),
        ],
        rounds=1 if smoke else 15,
    )
    if coinr.available():
        rows.append(reference_software(x))
    else:
        rows.append(Row("COINr 1.1.14", None, note="not installed here; measured elsewhere: 21 s"))
    yield Table(f"Copeland scores, {x.shape[0]} × {x.shape[1]}", rows, "Equal weights, with ties.")


def reference_software(x: Floats) -> Row:
    with tempfile.TemporaryDirectory() as folder:
        np.savetxt(Path(folder) / "input.csv", x, delimiter=",")
        seconds = coinr.run("copeland", folder=Path(folder))
        with (Path(folder) / "copeland.csv").open(encoding="utf-8", newline="") as file:
            theirs = np.array([float(line["copeland"]) for line in csv.DictReader(file)])
    wrong = int((theirs != exactly(x)).sum())
    return row("COINr, data frame", [seconds], note=f"{wrong} of {len(x)} scores differ from the exact ones (ties)")


def written_in_numpy(x: Floats) -> Floats:
    balance = np.sign(x[:, None, :] - x[None, :, :]).sum(axis=2)
    return (balance > 0).sum(axis=1) - (balance < 0).sum(axis=1).astype(float)


def exactly(x: Floats) -> Floats:
    """By the definition, with fractions."""
    units, share = [list(map(Fraction, line)) for line in x.tolist()], Fraction(1, x.shape[1])
    scores = [Fraction(0)] * len(units)
    for i, a in enumerate(units):
        for j, b in enumerate(units[:i]):
            balance = sum(((p > q) - (p < q)) * share for p, q in zip(a, b, strict=True))
            outcome = (balance > 0) - (balance < 0)
            scores[i] += outcome
            scores[j] -= outcome
    return np.array([float(score) for score in scores])

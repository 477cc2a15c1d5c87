"""Variance-based sensitivity of the ASEM index: first order, total, bootstrap intervals."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks import cases, coinr
from benchmarks.timing import Contender, Row, Table, compare, row
from gaoxin.evaluation.rank import rank
from gaoxin.evaluation.robustness.replications import Replications
from gaoxin.evaluation.robustness.sampling import random_points
from gaoxin.evaluation.robustness.sensitivity import sensitivity
from gaoxin.evaluation.robustness.sobol import sampling_matrices, sobol_indices


def tables(smoke: bool) -> Iterator[Table]:
    asem = cases.asem()
    base = 4 if smoke else 500
    model = Replications.build(asem, cases.DESIGN)
    columns = [factor.columns for factor in model.space.factors]
    nominal = rank(asem.index)

    def chain_by_chain(n: int) -> tuple[float, ...]:
        design = sampling_matrices(random_points(n, 2 * model.space.width, seed=1), columns)
        y = []
        for point in design:
            draw = model.draw(point)
            tree = asem.hierarchy.with_weights(draw.weights)
            y.append(np.abs(rank(asem.again(method=draw.method, hierarchy=tree).index) - nominal).mean())
        outputs = np.array(y).reshape(-1, n)
        return tuple(sobol_indices(outputs[0], outputs[1], outputs[2:]).total)

    def analysed(n: int) -> tuple[float, ...]:
        return tuple(found.total for found in sensitivity(asem, cases.DESIGN, base=n, sampling="random").factors)

    np.testing.assert_allclose(analysed(4), chain_by_chain(4), rtol=1e-9)
    rows = compare(
        [
            Contender("gaoxin", lambda: analysed(base)),
            Contender("gaoxin, chain run once per evaluation", lambda: chain_by_chain(base), rounds=1),
        ],
        rounds=1 if smoke else 9,
    )
    if coinr.available():
        with tempfile.TemporaryDirectory() as folder:
            rows.append(row("COINr", [coinr.run("sensitivity", base, folder=Path(folder))], note="100 resamples"))
    else:
        rows.append(Row("COINr 1.1.14", None, note="not installed here; measured elsewhere: 278 s for 2,500 runs"))
    yield Table(
        f"Variance-based sensitivity, 51 × 49, {5 * base:,} evaluations",
        rows,
        "The factors of the uncertainty analysis; target: mean shift in rank; 1,000 bootstrap samples.",
    )

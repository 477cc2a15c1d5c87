"""Uncertainty analysis: replications over normalisation × weights × aggregation, with ranks and quantiles."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks import cases, coinr
from benchmarks.timing import Contender, Row, Table, compare, row
from gaoxin.evaluation.index import Evaluation
from gaoxin.evaluation.method import UncertaintySpec
from gaoxin.evaluation.rank import rank
from gaoxin.evaluation.robustness.replications import Replications, index_scores
from gaoxin.evaluation.robustness.uncertainty import Uncertainty, uncertainty
from gaoxin.evaluation.structure import Floats, Ints

QUANTILES = (0.05, 0.5, 0.95)


def tables(smoke: bool) -> Iterator[Table]:
    n = 30 if smoke else 1000
    yield reference_index(cases.asem(), n, rounds=1 if smoke else 11)
    yield scale(cases.synthetic(20 if smoke else 178), 50 if smoke else 10_000, rounds=1 if smoke else 5)
    yield scale(cases.synthetic(40 if smoke else 3000), 20 if smoke else 1000, rounds=1 if smoke else 3)


def reference_index(asem: Evaluation, n: int, rounds: int) -> Table:
    drawn = uncertainty(asem, cases.DESIGN, replications=n, keep_scores=True)
    model, weights = drawn.model, drawn.model.space.weights(drawn.points, asem.hierarchy.weights)
    choices = model.space.choices(drawn.points)[:, [2, 4]]
    np.testing.assert_allclose(written_for_it(asem, choices, weights)[0], drawn.scores, rtol=1e-10)
    few = range(min(n, 40))
    np.testing.assert_allclose(one_by_one(drawn, few), drawn.scores[list(few)], rtol=1e-10)

    rows = compare(
        [
            Contender("gaoxin", lambda: uncertainty(asem, cases.DESIGN, replications=n).rank_quantiles(QUANTILES)),
            Contender("NumPy, written for this design", lambda: written_for_it(asem, choices, weights)),
            Contender("gaoxin, chain run once per replication", lambda: one_by_one(drawn, range(n)), rounds=1),
        ],
        rounds,
    )
    with tempfile.TemporaryDirectory() as folder:
        rows.append(reference_software(model, n, Path(folder)))
    title = f"Uncertainty analysis, 51 × 49, {n:,} replications"
    return Table(title, rows, "ASEM index: 2 normalisations × weights ±25 % on levels 2–3 × 2 means; ranks, quantiles.")


def reference_software(model: Replications, n: int, folder: Path) -> Row:
    if not coinr.available():
        return Row("COINr 1.1.14", None, note="not installed here; measured elsewhere: 105 s for 1,000 replications")
    seconds = coinr.run("uncertainty", n, folder=folder)
    theirs = coinr.replayable(folder)
    tree = model.evaluation.hierarchy
    order = [theirs.codes.index(code) for code in tree.codes]
    units = [theirs.units.index(unit) for unit in model.units]
    ours = np.empty((n, len(units)))
    for z in (0, 1):
        for g in (0, 1):
            mine = np.flatnonzero((theirs.zscore == z) & (theirs.geometric == g))
            choice = np.array([0, 0, z, 0, g])
            prepared = model.prepared(choice)
            assert not isinstance(prepared, Exception)
            method = model.space.method_of(choice)
            ours[mine], failed = index_scores(prepared.normalised, tree, method, theirs.weights[np.ix_(mine, order)])
            assert not failed
    difference = np.abs(ours / theirs.scores[:, units] - 1.0).max()
    assert difference < 1e-10, f"scores differ from COINr's by {difference:.2g}"
    return row("COINr", [seconds], note=f"same design replayed: scores agree to {difference:.0e}")


def one_by_one(drawn: Uncertainty, rows: range) -> Floats:
    """What a straightforward implementation does: the whole chain for every replication."""
    evaluation = drawn.model.evaluation
    scores = []
    for place in rows:
        draw = drawn.draw(place)
        tree = evaluation.hierarchy.with_weights(draw.weights)
        scores.append(evaluation.again(method=draw.method, hierarchy=tree).index)
    return np.array(scores)


def written_for_it(evaluation: Evaluation, choices: Ints, weights: Floats) -> tuple[Floats, Floats]:
    """A hand-written analysis of this one design on the treated data: no missing data, no ties, no other method."""
    tree = evaluation.hierarchy
    x = evaluation.treated * tree.directions
    low, high = x.min(axis=0), x.max(axis=0)
    normalised = (1 + 99 * (x - low) / (high - low), 10 + 2 * (x - x.mean(axis=0)) / x.std(axis=0, ddof=1))
    n = tree.n_indicators
    scores = np.empty((len(choices), len(x)))
    for z in (0, 1):
        for g in (0, 1):
            mine = np.flatnonzero((choices == [z, g]).all(axis=1))
            values = np.log(normalised[z]) if g else normalised[z]
            nodes = np.empty((tree.n_nodes - n, len(mine), len(x)))
            for node in range(n, tree.n_nodes):
                below = tree.children[node]
                w = weights[np.ix_(mine, below)]
                w = w / w.sum(axis=1, keepdims=True)
                if below[0] < n:
                    nodes[node - n] = w @ values[:, below].T
                else:
                    nodes[node - n] = np.einsum("tk,ktu->tu", w, nodes[below - n])
            scores[mine] = np.exp(nodes[-1]) if g else nodes[-1]
    ranks = np.empty(scores.shape, dtype=np.int64)
    np.put_along_axis(ranks, np.argsort(-scores, axis=1), np.arange(1, len(x) + 1)[None, :], axis=1)
    return scores, np.quantile(ranks, QUANTILES, axis=0)


def scale(evaluation: Evaluation, n: int, rounds: int) -> Table:
    everything = UncertaintySpec(normalisation=(cases.ZSCORE,))
    drawn = uncertainty(evaluation, cases.DESIGN, replications=n, keep_scores=True)
    some = range(0, len(drawn.ranks), max(1, len(drawn.ranks) // 5))
    np.testing.assert_allclose(
        one_by_one(drawn, drawn.succeeded[list(some)].tolist()), drawn.scores[list(some)], rtol=1e-10
    )
    np.testing.assert_array_equal(rank(drawn.scores, axis=1), drawn.ranks)
    u, k = evaluation.raw.shape

    def analysed(spec: UncertaintySpec) -> Uncertainty:
        return uncertainty(evaluation, spec, replications=n)

    rows = compare(
        [
            Contender("gaoxin", lambda: analysed(cases.DESIGN).rank_quantiles(QUANTILES)),
            Contender("… with the dominance of every pair", lambda: analysed(cases.DESIGN).dominance),
            Contender(
                "… weights of all levels, one indicator left out",
                lambda: analysed(everything).rank_quantiles(QUANTILES),
            ),
        ],
        rounds,
    )
    elsewhere = {178: "142 s for 1,000 replications", 3000: "54 s for 50 replications"}
    rows.append(Row("COINr 1.1.14", None, note=f"not run here; measured elsewhere: {elsewhere.get(u, 'nothing')}"))
    return Table(f"Uncertainty analysis, {u:,} × {k}, {n:,} replications", rows, "The same design on synthetic data.")

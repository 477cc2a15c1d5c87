"""TOPSIS, entropy and CRITIC weights on a million units, each contender in a process of its own."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from benchmarks import cases
from benchmarks.timing import Row, Table, in_own_process, row
from gaoxin.evaluation.structure import Floats

CONTENDERS = ("gaoxin", "numpy", "pymcdm", "skcriteria")
METHODS = ("topsis", "entropy", "critic")
NAMES = {"numpy": "plain NumPy", "pymcdm": "pymcdm", "skcriteria": "scikit-criteria"}
ROUNDS = 2
REPEATS = {"gaoxin": 3, "numpy": 3, "pymcdm": 1, "skcriteria": 1}
"""Processes of each contender, in turn, and calls in each."""


def tables(smoke: bool) -> Iterator[Table]:
    units = 50 if smoke else 1_000_000
    there = [name for name in CONTENDERS if name in {"gaoxin", "numpy"} or importlib.util.find_spec(name)]
    for method in METHODS:
        for peer in there[1:]:
            np.testing.assert_allclose(work(peer, method, 50)(), work("gaoxin", method, 50)(), rtol=1e-9, atol=1e-12)
        if smoke:  # a process costs seconds of imports: one shows that it works
            if method == "topsis":
                in_own_process(__name__, "work", "gaoxin", method, units)
            continue
        times: dict[str, list[float]] = {name: [] for name in there}
        peaks: dict[str, list[float]] = {name: [] for name in there}
        for _ in range(ROUNDS):
            for name in there:
                took, peak = in_own_process(__name__, "work", name, method, units, repeats=REPEATS[name])
                times[name] += took
                peaks[name].append(peak)
        rows = [row(NAMES.get(name, name), times[name], peak_mb=min(peaks[name])) for name in there]
        rows += [Row(NAMES[name], None, note="not installed here") for name in CONTENDERS if name not in there]
        title = {"topsis": "TOPSIS", "entropy": "Entropy weights", "critic": "CRITIC weights"}[method]
        yield Table(f"{title}, {units:,} × 46", rows, f"The data alone are {units * 46 * 8 / 2**20:,.0f} MB.")


def work(contender: str, method: str, units: int) -> Callable[[], Floats]:
    """The data, and the method as one call on them; all criteria are benefits."""
    x = cases.criteria(units)
    w = np.full(x.shape[1], 1.0 / x.shape[1])
    ones = np.ones(x.shape[1])
    if contender == "numpy":
        return {
            "topsis": lambda: plain_topsis(x, w),
            "entropy": lambda: plain_entropy(x),
            "critic": lambda: plain_critic(x),
        }[method]
    if contender == "pymcdm":
        from pymcdm.methods import TOPSIS
        from pymcdm.normalizations import vector_normalization
        from pymcdm.weights import critic_weights, entropy_weights

        return {
            "topsis": lambda: TOPSIS(vector_normalization)(x, w, ones),
            "entropy": lambda: entropy_weights(x),
            "critic": lambda: critic_weights(x),
        }[method]
    if contender == "skcriteria":
        import skcriteria
        from skcriteria.agg import topsis as aggregation
        from skcriteria.preprocessing.scalers import VectorScaler
        from skcriteria.preprocessing.weighters import CRITIC, EntropyWeighter

        def weighed(weighter: Any) -> Floats:
            return weighter.transform(skcriteria.mkdm(x, objectives=[max] * x.shape[1], weights=w)).weights.to_numpy()

        def scored() -> Floats:
            table = skcriteria.mkdm(x, objectives=[max] * x.shape[1], weights=w)
            return aggregation.TOPSIS().evaluate(VectorScaler(target="matrix").transform(table)).e_.similarity

        return {
            "topsis": scored,
            "entropy": lambda: weighed(EntropyWeighter()),
            "critic": lambda: weighed(CRITIC()),
        }[method]
    from gaoxin.evaluation.aggregation.topsis import topsis
    from gaoxin.evaluation.weights.objective import critic, entropy

    return {"topsis": lambda: topsis(x, w), "entropy": lambda: entropy(x), "critic": lambda: critic(x)}[method]


def plain_topsis(x: Floats, w: Floats) -> Floats:
    v = x * (w / np.sqrt(np.einsum("ij,ij->j", x, x)))
    to_best, to_worst = v - v.max(axis=0), v
    to_worst -= v.min(axis=0)
    best = np.sqrt(np.einsum("ij,ij->i", to_best, to_best))
    worst = np.sqrt(np.einsum("ij,ij->i", to_worst, to_worst))
    return worst / (best + worst)


def plain_entropy(x: Floats) -> Floats:
    p = x / x.sum(axis=0)
    divergence = 1.0 + np.einsum("ij,ij->j", p, np.log(p)) / np.log(len(x))
    return divergence / divergence.sum()


def plain_critic(x: Floats) -> Floats:
    z = x - x.min(axis=0)
    z /= z.max(axis=0)
    z -= z.mean(axis=0)
    product = z.T @ z
    sd = np.sqrt(np.diag(product) / (len(x) - 1))
    r = product / np.sqrt(np.outer(np.diag(product), np.diag(product)))
    information = sd * (1.0 - r).sum(axis=1)
    return information / information.sum()

"""Correlations within and across the levels of a system, and what they say about its indicators."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import scipy
from numpy.typing import ArrayLike

from gaoxin.evaluation.structure import Floats, Hierarchy, Ints
from gaoxin.words import Text

Coefficient = Literal["pearson", "spearman", "kendall"]


@dataclass(frozen=True, eq=False)
class Correlation:
    """Coefficients of the columns of x with the columns of y, each pair over the units that have both."""

    r: Floats
    """Shape (columns of x, columns of y); NaN where a column is constant or fewer than 2 units have both."""
    p: Floats
    """Two-sided p-value of "no correlation", same shape; NaN below 3 units."""
    n: Ints
    """Number of units that have both, same shape."""


def correlate(x: ArrayLike, y: ArrayLike | None = None, *, coefficient: Coefficient = "pearson") -> Correlation:
    """Pearson's r, Spearman's ρ or Kendall's τ-b of every column of ``x`` with every column of ``y``.

    Parameters
    ----------
    x, y
        Shape (units, a) and (units, b), NaN is missing and left out pair by pair; ``y`` defaults to ``x``.
    coefficient
        ``spearman`` is Pearson's r of average ranks, ``kendall`` is τ-b (ties in the denominator), both ranked or
        counted over the units of the pair.

    Returns
    -------
    Correlation. p-values: Student's t with n − 2 degrees of freedom for r and ρ (exact for r of normal data, the usual
    approximation for ρ); for τ the exact distribution without ties up to n = 33, else the normal approximation with
    the variance corrected for ties (``scipy.stats.kendalltau``).

    >>> correlate([[1.0, 2.0], [2.0, 4.0], [3.0, 5.0]], coefficient="spearman").r.tolist()
    [[1.0, 1.0], [1.0, 1.0]]
    """
    x = np.asarray(x, dtype=np.float64)
    other = x if y is None else np.asarray(y, dtype=np.float64)
    if coefficient == "kendall":
        return _kendall(x, other)
    complete = not (np.isnan(x).any() or np.isnan(other).any())
    if coefficient == "spearman":
        if not complete:
            return _spearman_by_pair(x, other)
        x, other = _ranked(x), _ranked(other)
    r, n = _pearson(x, other)
    return Correlation(r, _p_value(r, n), n)


def with_parent(scores: ArrayLike, tree: Hierarchy, *, coefficient: Coefficient = "pearson") -> Correlation:
    """Correlation of every node with its parent: arrays of length m − 1, every node but the index.

    ``scores`` has shape (units, m), as in ``Evaluation.scores``.
    """
    scores = np.asarray(scores, dtype=np.float64)
    r, p, n = np.full(tree.n_nodes - 1, np.nan), np.full(tree.n_nodes - 1, np.nan), np.zeros(tree.n_nodes - 1, np.int64)
    for node in range(tree.n_indicators, tree.n_nodes):
        below = tree.children[node]
        one = correlate(scores[:, below], scores[:, [node]], coefficient=coefficient)
        r[below], p[below], n[below] = one.r[:, 0], one.p[:, 0], one.n[:, 0]
    return Correlation(r, p, n)


@dataclass(frozen=True, slots=True)
class CorrelationNote:
    """A pair of nodes, or a node and its parent, whose correlation an analyst should look at."""

    kind: Literal["redundant", "negative", "silent", "against_parent"]
    nodes: tuple[str, str]
    """Two siblings (``redundant``, ``negative``) or a node and its parent (``silent``, ``against_parent``)."""
    value: float
    message: Text


def correlation_notes(
    scores: ArrayLike,
    tree: Hierarchy,
    *,
    redundant: float = 0.9,
    negative: float = -0.4,
    silent: float = 0.1,
    coefficient: Coefficient = "pearson",
) -> tuple[CorrelationNote, ...]:
    """Redundant, conflicting and silent nodes, on every level, siblings compared with siblings.

    Two siblings above ``redundant`` count the same thing twice; two below ``negative`` cancel out, so that their mean
    tells little about either; a node whose correlation with its parent is within ± ``silent`` has a weight but no say
    in the parent's ranking; one that runs against its parent lowers those it praises. The thresholds .9 and −.4 are
    those of the JRC's practice (COIN Tool user guide, 2019). ``scores`` has shape (units, m), as in
    ``Evaluation.scores``.
    """
    scores = np.asarray(scores, dtype=np.float64)
    found: list[CorrelationNote] = []
    for node in range(tree.n_indicators, tree.n_nodes):
        below = tree.children[node]
        parent = tree.codes[node]
        siblings = correlate(scores[:, below], coefficient=coefficient).r
        for i in range(len(below)):
            for j in range(i + 1, len(below)):
                r, a, b = float(siblings[i, j]), tree.codes[below[i]], tree.codes[below[j]]
                if r > redundant:
                    text = Text(
                        f"{a} 与 {b} 几乎重复（r = {r:.3f}），同一内容在 {parent} 中计了两次",
                        f"{a} and {b} are nearly the same (r = {r:.3f}) and count twice in {parent}",
                    )
                    found.append(CorrelationNote("redundant", (a, b), r, text))
                elif r < negative:
                    text = Text(
                        f"{a} 与 {b} 此消彼长（r = {r:.3f}），在 {parent} 中相互抵消",
                        f"{a} and {b} run against each other (r = {r:.3f}) and cancel out in {parent}",
                    )
                    found.append(CorrelationNote("negative", (a, b), r, text))
        to_parent = correlate(scores[:, below], scores[:, [node]], coefficient=coefficient).r[:, 0]
        for child, value in zip(below, to_parent, strict=True):
            code, r = tree.codes[child], float(value)
            if len(below) == 1:
                continue  # an only child is its parent
            if r < -silent:
                text = Text(
                    f"{code} 与其上级 {parent} 反向（r = {r:.3f}）",
                    f"{code} runs against its parent {parent} (r = {r:.3f})",
                )
                found.append(CorrelationNote("against_parent", (code, parent), r, text))
            elif abs(r) <= silent:
                text = Text(
                    f"{code} 对 {parent} 几乎没有影响（r = {r:.3f}）",
                    f"{code} has hardly any say in {parent} (r = {r:.3f})",
                )
                found.append(CorrelationNote("silent", (code, parent), r, text))
    return tuple(found)


def size_correlations(
    x: ArrayLike, sizes: ArrayLike, *, indicators: Sequence[str], names: Sequence[str], threshold: float = 0.7
) -> tuple[tuple[str, str, float], ...]:
    """Indicators that mostly measure size: (indicator, denominator, r) with \\|r\\| above the threshold.

    Such an indicator may want a denominator (population, area, revenue). Parameters: ``x`` (units, n) raw indicators,
    ``sizes`` (units, d) possible denominators, pairwise complete Pearson's r.
    """
    r = correlate(x, sizes).r
    return tuple((indicators[i], names[j], float(r[i, j])) for i, j in np.argwhere(np.abs(r) > threshold).tolist())


def _pearson(x: Floats, y: Floats) -> tuple[Floats, Ints]:
    """Pairwise complete r by matrix products; columns are centred first, so that the products lose no digits."""
    has_x, has_y = ~np.isnan(x), ~np.isnan(y)
    mx, my = has_x.astype(np.float64), has_y.astype(np.float64)
    x0, y0 = _centred(x, has_x), _centred(y, has_y)
    n = mx.T @ my
    with np.errstate(divide="ignore", invalid="ignore"):
        sum_x, sum_y = x0.T @ my, mx.T @ y0
        sxy = x0.T @ y0 - sum_x * sum_y / n
        square_x, square_y = (x0**2).T @ my, mx.T @ (y0**2)
        sxx, syy = square_x - sum_x**2 / n, square_y - sum_y**2 / n
        r = sxy / np.sqrt(sxx * syy)
    # What is left of the squares of a constant is rounding.
    varies = (n > 1) & (sxx > 1e-14 * square_x) & (syy > 1e-14 * square_y)
    return np.where(varies, np.clip(r, -1.0, 1.0), np.nan), n.astype(np.int64)


def _centred(x: Floats, there: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> Floats:
    filled = np.where(there, x, 0.0)
    centred = np.where(there, x - filled.sum(axis=0) / np.maximum(there.sum(axis=0), 1), 0.0)
    size = np.max(np.abs(filled), axis=0, initial=0.0)
    # A constant column minus its mean is rounding, not variation.
    constant = np.max(np.abs(centred), axis=0, initial=0.0) <= 1e-14 * size
    return np.where(constant, 0.0, centred)


def _ranked(x: Floats) -> Floats:
    ranks: Floats = scipy.stats.rankdata(x, axis=0)
    return ranks


def _spearman_by_pair(x: Floats, y: Floats) -> Correlation:
    r, n = np.full((x.shape[1], y.shape[1]), np.nan), np.zeros((x.shape[1], y.shape[1]), dtype=np.int64)
    for i in range(x.shape[1]):
        for j in range(y.shape[1]):
            both = ~np.isnan(x[:, i]) & ~np.isnan(y[:, j])
            if both.sum() > 1:
                ranks = _ranked(np.stack([x[both, i], y[both, j]], axis=1))
                one, _ = _pearson(ranks[:, :1], ranks[:, 1:])
                r[i, j] = one[0, 0]
            n[i, j] = both.sum()
    return Correlation(r, _p_value(r, n), n)


def _kendall(x: Floats, y: Floats) -> Correlation:
    shape = (x.shape[1], y.shape[1])
    r, p, n = np.full(shape, np.nan), np.full(shape, np.nan), np.zeros(shape, dtype=np.int64)
    for i in range(shape[0]):
        for j in range(shape[1]):
            both = ~np.isnan(x[:, i]) & ~np.isnan(y[:, j])
            n[i, j] = both.sum()
            if n[i, j] > 1:
                result = scipy.stats.kendalltau(x[both, i], y[both, j])
                r[i, j], p[i, j] = result.statistic, result.pvalue if n[i, j] > 2 else np.nan
    return Correlation(r, p, n)


def _p_value(r: Floats, n: Ints) -> Floats:
    """Two-sided p of r by Student's t with n − 2 degrees of freedom, as the tail of the beta distribution."""
    freedom = np.maximum(n - 2, 1) / 2.0
    # P(|T| > t) = I(1 − r²; (n − 2)/2, 1/2) for t² = r²(n − 2)/(1 − r²): no division where r is ±1.
    p: Floats = scipy.special.betainc(freedom, 0.5, (1.0 - r) * (1.0 + r))
    return np.where(n > 2, p, np.nan)

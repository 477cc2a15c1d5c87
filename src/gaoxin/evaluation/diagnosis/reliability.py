"""Do the indicators measure one thing? Cronbach's alpha and principal components."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from gaoxin.evaluation.diagnosis.correlation import correlate
from gaoxin.evaluation.errors import EvaluationError
from gaoxin.evaluation.structure import Floats, Hierarchy
from gaoxin.words import Text


def cronbach(x: ArrayLike, *, standardised: bool = False) -> float:
    """Cronbach's alpha of k indicators: how far they agree, 1 when they are the same up to a constant.

        α = k/(k − 1) · (1 − Σ sⱼⱼ / Σ sᵢⱼ)

    with the covariances s, over the units that have both indicators of the pair; with ``standardised`` the correlations
    take their place, which gives k·r̄/(1 + (k − 1)·r̄). Raw alpha is the default, as on normalised indicators it is the
    reliability of the sum that is really formed; the OECD/JRC Handbook prints the standardised one.

    ``x`` has shape (units, k). Alpha is negative when indicators run against each other, NaN for fewer than two
    indicators, and the standardised one is NaN when an indicator is constant.

    Source: Cronbach, Psychometrika 16 (1951); OECD/JRC Handbook (2008), p. 72.

    >>> cronbach([[1.0, 2.0], [2.0, 3.0], [3.0, 4.0]])
    1.0
    """
    c = _covariance(np.asarray(x, dtype=np.float64), standardised=standardised)
    k = len(c)
    if k < 2:
        return float("nan")
    total = float(c.sum())
    return float(k / (k - 1) * (1.0 - np.trace(c) / total)) if total != 0 else float("nan")


@dataclass(frozen=True, eq=False)
class ItemAnalysis:
    """Each indicator against the rest of its set, arrays of length k."""

    alpha: float
    alpha_if_deleted: Floats
    """Above ``alpha``: the set agrees better without the indicator."""
    corr_with_total: Floats
    """Correlation of the indicator with the sum of the others."""


def item_analysis(x: ArrayLike, *, standardised: bool = True) -> ItemAnalysis:
    """Alpha with each indicator left out, and the correlation of each with the sum of the others.

    Parameters as in :func:`cronbach`; both follow from the covariance (or correlation) matrix. Handbook, Table 11.
    """
    x = np.asarray(x, dtype=np.float64)
    c = _covariance(x, standardised=standardised)
    k = len(c)
    total, own, row = c.sum(), np.diag(c), c.sum(axis=1)
    rest_total = total - 2 * row + own
    with np.errstate(divide="ignore", invalid="ignore"):
        alpha = (k - 1) / (k - 2) * (1 - (own.sum() - own) / rest_total) if k > 2 else np.full(k, np.nan)
        r = (row - own) / np.sqrt(own * rest_total)
    return ItemAnalysis(cronbach(x, standardised=standardised), alpha, r)


def alpha_by_node(
    scores: ArrayLike,
    tree: Hierarchy,
    *,
    of: Literal["indicators", "children"] = "indicators",
    standardised: bool = False,
) -> dict[str, float]:
    """Alpha of every aggregate: of all indicators below it, or of its children's scores.

    ``scores`` has shape (units, m), as in ``Evaluation.scores``; the other options are those of :func:`cronbach`.
    """
    scores = np.asarray(scores, dtype=np.float64)
    below = tree.indicators_below if of == "indicators" else tree.children
    return {
        tree.codes[node]: cronbach(scores[:, below[node]], standardised=standardised)
        for node in range(tree.n_indicators, tree.n_nodes)
    }


@dataclass(frozen=True, eq=False)
class PrincipalComponents:
    """Principal components of k indicators, the largest first."""

    eigenvalues: Floats
    """Shape (k,); of a correlation matrix they sum to k."""
    explained: Floats
    """Share of the total variance, shape (k,)."""
    vectors: Floats
    """Unit eigenvectors in columns, shape (k, k); in each the entry of largest size is positive."""
    loadings: Floats
    """Eigenvector × √eigenvalue: correlation of indicator (row) and component (column), shape (k, k)."""
    scores: Floats
    """Components of the units with all k indicators, shape (units, k), NaN for the others."""

    @property
    def n_above_one(self) -> int:
        """Components with an eigenvalue above 1 (Kaiser's rule, for correlations)."""
        return int(np.sum(self.eigenvalues > 1.0))


def principal_components(
    x: ArrayLike, *, of: Literal["correlation", "covariance"] = "correlation"
) -> PrincipalComponents:
    """Principal components of the correlation or covariance matrix over the units with all indicators.

    ``x`` has shape (units, k), at least 2 complete units and, for correlations, no constant column.
    The sign of an eigenvector is arbitrary; here the entry of largest absolute value is positive, so that results do
    not change from one machine to the next.

    >>> pca = principal_components([[1.0, 2.0], [2.0, 4.1], [3.0, 5.9]])
    >>> pca.explained.round(3).tolist()
    [1.0, 0.0]
    """
    x = np.asarray(x, dtype=np.float64)
    complete = ~np.isnan(x).any(axis=1)
    z = x[complete]
    if len(z) < 2:
        raise EvaluationError(
            Text(
                f"各指标都有数据的单位只有 {len(z)} 个，主成分分析至少要 2 个；请先填补缺失值",
                f"only {len(z)} units have all indicators, principal components need 2; impute first",
            )
        )
    z = z - z.mean(axis=0)
    if of == "correlation":
        sd = z.std(axis=0, ddof=1)
        constant = np.flatnonzero(sd <= 1e-14 * np.max(np.abs(x[complete]), axis=0))
        if len(constant):
            raise EvaluationError(
                Text(
                    f"第 {', '.join(str(i + 1) for i in constant)} 列为常数，没有相关系数；请先去掉",
                    f"column {', '.join(str(i + 1) for i in constant)} is constant and has no correlation; drop it",
                )
            )
        z = z / sd
    # Singular values of the data instead of eigenvalues of their products: no digits are lost to squaring, and with
    # fewer units than indicators the components beyond the rank come out as exact zeros below.
    _, singular, transposed = np.linalg.svd(z, full_matrices=True)
    k = x.shape[1]
    eigenvalues = np.zeros(k)
    eigenvalues[: len(singular)] = singular**2 / (len(z) - 1)
    vectors = transposed.T
    vectors = vectors * np.where(vectors[np.abs(vectors).argmax(axis=0), np.arange(k)] < 0, -1.0, 1.0)
    scores = np.full(x.shape, np.nan)
    scores[complete] = z @ vectors
    return PrincipalComponents(
        eigenvalues, eigenvalues / eigenvalues.sum(), vectors, vectors * np.sqrt(eigenvalues), scores
    )


def _covariance(x: Floats, *, standardised: bool) -> Floats:
    """Pairwise complete covariances (n − 1), or correlations."""
    if standardised:
        return correlate(x).r
    there = ~np.isnan(x)
    if there.all():
        return np.atleast_2d(np.cov(x, rowvar=False))
    m = there.astype(np.float64)
    x0 = np.where(there, x - np.where(there, x, 0.0).sum(axis=0) / np.maximum(there.sum(axis=0), 1), 0.0)
    n = m.T @ m
    with np.errstate(divide="ignore", invalid="ignore"):
        covariance = (x0.T @ x0 - (x0.T @ m) * (m.T @ x0) / n) / (n - 1)
    return np.where(n > 1, covariance, np.nan)

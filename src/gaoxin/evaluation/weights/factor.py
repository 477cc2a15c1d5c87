"""Weights from principal components and rotated factors (主成分法、因子分析法)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from gaoxin.evaluation.diagnosis.reliability import principal_components
from gaoxin.evaluation.errors import EvaluationError
from gaoxin.evaluation.moments import extremes
from gaoxin.evaluation.structure import Floats, Ints
from gaoxin.evaluation.weights.objective import ALL_CONSTANT
from gaoxin.words import Text


@dataclass(frozen=True, eq=False)
class ComponentWeights:
    """Weights from the first principal component of k children."""

    weights: Floats
    """Shape (k,), sum 1."""
    vector: Floats
    """The first eigenvector of the correlation matrix, unit length, shape (k,); 0 for a constant child."""
    explained: float
    """Share of the variance of the (standardised) children that the component explains."""
    negative: Ints
    """Positions of the children with a negative entry, whose weight is 0."""


def first_component(x: ArrayLike) -> ComponentWeights:
    """Weights in proportion to the first eigenvector of the correlation matrix.

    The sign of an eigenvector is arbitrary: here its entries sum to a positive number (should they sum to 0, the
    largest one is positive). An entry that is negative all the same says that the child runs against what the others
    have in common; a negative weight would reward being worse, so it becomes 0 and is reported in ``negative``.
    COINr returns the raw eigenvector, whose sign can flip the whole index (two of eight groups of its own example).

    Parameters
    ----------
    x
        Shape (units, k), NaN is missing; units with all children are used. A child that is constant over the units has
        weight 0.

    Source: Hotelling (1933); OECD/JRC Handbook (2008), step 4 and 6.

    >>> first_component([[1.0, 2.0, 9.0], [2.0, 4.0, 5.0], [3.0, 6.0, 1.0]]).weights.round(3).tolist()
    [0.5, 0.5, 0.0]
    """
    values, varying = _varying(x)
    vector, explained = np.zeros(values.shape[1]), 1.0
    if len(varying) == 1:
        vector[varying] = 1.0
    else:
        components = principal_components(values[:, varying])
        first = components.vectors[:, 0]
        total = first.sum()
        vector[varying] = first if abs(total) <= 1e-12 or total > 0 else -first
        explained = float(components.explained[0])
    weights = np.maximum(vector, 0.0)
    return ComponentWeights(weights / weights.sum(), vector, explained, np.flatnonzero(vector < 0))


@dataclass(frozen=True, eq=False)
class FactorWeights:
    """Weights from f rotated factors of k children."""

    weights: Floats
    """Shape (k,), sum 1."""
    loadings: Floats
    """Rotated loadings, shape (k, f), the factor that explains most first."""
    explained: Floats
    """Variance each rotated factor explains (sum of its squared loadings), shape (f,)."""
    factor: Ints
    """The factor each child is assigned to, shape (k,)."""


def rotated_factors(x: ArrayLike, *, factors: int | None = None) -> FactorWeights:
    """Weights from varimax-rotated principal components, as the OECD/JRC Handbook does it.

    Each child belongs to the factor on which its loading is largest. It weighs its squared loading as a share of the
    factor's explained variance, times the factor's share of all explained variance; the weights are rescaled to sum 1.

    Parameters
    ----------
    x
        Shape (units, k), NaN is missing; units with all children are used. A child that is constant over the units has
        weight 0.
    factors
        Number of factors. By default the components that explain more than 10 % of the variance each, and more until
        they explain 60 % together. The Handbook also asks for eigenvalues above one, but keeps four factors of the
        technology achievement index whose third and fourth are 0.99 and 0.89; the default follows the example.

    Source: Nicoletti, Scarpetta, Boylaud (2000); OECD/JRC Handbook (2008), step 6, Tables 17 and 18.

    >>> x = [[1.0, 1.1, 5.0], [2.0, 2.1, 3.0], [3.0, 2.9, 4.5], [4.0, 4.2, 4.0]]
    >>> rotated_factors(x, factors=2).factor.tolist()
    [0, 0, 1]
    """
    values, varying = _varying(x)
    k = len(varying)
    loadings = np.ones((1, 1))
    if k > 1:
        components = principal_components(values[:, varying])
        kept = _number_of_factors(components.explained) if factors is None else factors
        if not 1 <= kept <= k:
            raise EvaluationError(Text(f"因子数 {kept} 不在 1–{k} 之间", f"{kept} factors are not between 1 and {k}"))
        loadings = varimax(components.loadings[:, :kept])
    explained = (loadings**2).sum(axis=0)
    order = np.argsort(-explained, kind="stable")
    loadings, explained = loadings[:, order], explained[order]
    loadings = loadings * np.where(loadings.sum(axis=0) < 0, -1.0, 1.0)
    at = np.argmax(loadings**2, axis=1)
    # squared loading / factor variance × factor variance / total: the factor's own variance cancels out
    share = (loadings**2)[np.arange(k), at] / explained.sum()

    weights, all_loadings = np.zeros(values.shape[1]), np.zeros((values.shape[1], loadings.shape[1]))
    weights[varying], all_loadings[varying] = share / share.sum(), loadings
    factor = np.full(values.shape[1], -1)
    factor[varying] = at
    return FactorWeights(weights, all_loadings, explained, factor)


def varimax(loadings: ArrayLike, *, kaiser: bool = True, max_sweeps: int = 1000) -> Floats:
    """Rotate loadings so that each factor has a few large and many small ones.

    Maximises the variance of the squared loadings within factors by turning pairs of factors in their plane until
    nothing moves.

    Parameters
    ----------
    loadings
        Shape (k, f).
    kaiser
        Rotate the rows scaled to unit length (Kaiser normalisation), so that children with a small communality count
        as much as the others; this is what "varimax normalised" means in the Handbook's Table 9.
    max_sweeps
        Bound on the passes over all pairs; an EvaluationError when they do not settle.

    Returns
    -------
    Rotated loadings, shape (k, f); communalities (row sums of squares) stay as they are.

    Source: Kaiser (1958), The varimax criterion for analytic rotation in factor analysis, *Psychometrika* 23.
    """
    rotated = np.array(loadings, dtype=np.float64)
    k, f = rotated.shape
    length = np.sqrt((rotated**2).sum(axis=1)) if kaiser else np.ones(k)
    length = np.where(length > 0, length, 1.0)
    rotated /= length[:, None]
    for _ in range(max_sweeps):
        largest = 0.0
        for a in range(f - 1):
            for b in range(a + 1, f):
                u = rotated[:, a] ** 2 - rotated[:, b] ** 2
                v = 2.0 * rotated[:, a] * rotated[:, b]
                across = 2.0 * (u * v).sum() - 2.0 * u.sum() * v.sum() / k
                along = (u**2 - v**2).sum() - (u.sum() ** 2 - v.sum() ** 2) / k
                angle = np.arctan2(across, along) / 4.0
                largest = max(largest, abs(angle))
                turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
                rotated[:, [a, b]] = rotated[:, [a, b]] @ turn
        if largest < 1e-12:
            return np.asarray(rotated * length[:, None])
    raise EvaluationError(
        Text("方差最大化旋转未收敛，请减少因子数", "the varimax rotation does not settle; use fewer factors")
    )


def _number_of_factors(explained: Floats) -> int:
    cumulative = np.cumsum(explained)
    return max(int(np.count_nonzero(explained > 0.1)), int(np.argmax(cumulative > 0.6)) + 1)


def _varying(x: ArrayLike) -> tuple[Floats, Ints]:
    """The values, and the positions of the children that vary over the complete units."""
    values = np.asarray(x, dtype=np.float64)
    if values.shape[1] == 1:
        return values, np.array([0])
    complete = values[~np.isnan(values).any(axis=1)]
    if len(complete) < 2:
        raise EvaluationError(
            Text(
                f"各下级都有数据的单位只有 {len(complete)} 个，无法计算主成分；请先填补缺失值",
                f"only {len(complete)} units have all children, principal components need 2; impute first",
            )
        )
    low, high = extremes(complete)
    varying = np.flatnonzero(low < high)
    if not varying.size:
        raise EvaluationError(ALL_CONSTANT)
    return values, varying

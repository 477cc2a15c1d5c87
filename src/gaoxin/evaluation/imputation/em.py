"""Imputation by a multivariate normal model, fitted with the EM algorithm (期望最大化)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaoxin.evaluation.moments import means_and_deviations
from gaoxin.evaluation.structure import Floats


@dataclass(frozen=True, eq=False)
class EmFit:
    """Filled values and how the iteration ended."""

    x: Floats
    """Shape (units, indicators)."""
    iterations: int
    converged: bool
    """Whether no filled value moved by more than ``tolerance`` standard deviations in the last iteration."""


def impute_em(x: Floats, *, ridge: float | None = None, tolerance: float = 1e-6, max_iterations: int = 1000) -> EmFit:
    """Fill each missing value with its expectation given the unit's other values, under a multivariate normal model.

    Mean μ and covariance Σ of the standardised columns are the mode of the observed-data likelihood times an inverse
    Wishart prior with scale ν·I: in each iteration, with S the expected matrix of cross products about the mean,
    Σ = (S + ν·I)/(u + ν). The prior acts like ν more units in which the indicators are uncorrelated; it keeps Σ regular
    when there are as many indicators as units or when some are collinear, where plain EM (ν = 0) breaks down.

    Parameters
    ----------
    x
        Shape (units, indicators). A column without values stays missing. A unit without values gets the means.
    ridge
        ν ≥ 0; None: the number of indicators. With 0 the columns must not be collinear. The default was measured:
        with 5 % of the values of a complete matrix hidden, the root mean square error in standard deviations is
        0.75–0.77 on the ASEM data (51 × 49) and 0.64 on 178 × 46 with six factors; with ν = 1 it is 1.16 and 0.70,
        with the column mean 1.01 and 1.02.
    tolerance
        In standard deviations of the column.
    max_iterations
        When to give up; ``converged`` is then False.

    Source: A. P. Dempster, N. M. Laird, D. B. Rubin (1977), *J. R. Statist. Soc. B* 39(1); R. J. A. Little,
    D. B. Rubin, *Statistical Analysis with Missing Data*, ch. 11; ridge prior: J. L. Schafer (1997), *Analysis of
    Incomplete Multivariate Data*, 5.2.3.

    >>> fit = impute_em(np.array([[1.0, 2.0], [2.0, 4.0], [3.0, 6.0], [4.0, np.nan]]), ridge=1e-9)
    >>> fit.converged, fit.x[3].round(3).tolist()
    (True, [4.0, 8.0])
    """
    mean, deviation = means_and_deviations(x)
    usable = ~np.isnan(mean)
    unit = np.where(deviation[usable] > 0, deviation[usable], 1.0)  # NaN (one value) and 0 (constant): no scale
    z = (x[:, usable] - mean[usable]) / unit
    units, n = z.shape
    hidden = np.isnan(z)
    z[hidden] = 0.0
    if not hidden.any():
        return EmFit(x.copy(), 0, True)

    prior = float(n) if ridge is None else ridge
    patterns, pattern_of = np.unique(hidden, axis=0, return_inverse=True)
    members = [
        (np.flatnonzero(pattern), np.flatnonzero(~pattern), np.flatnonzero(pattern_of == place))
        for place, pattern in enumerate(patterns)
        if pattern.any()
    ]
    mu, sigma = np.zeros(n), np.eye(n)
    converged, iteration = False, 0
    while not converged and iteration < max_iterations:
        iteration += 1
        precision = np.linalg.inv(sigma)
        uncertain = np.zeros((n, n))
        moved = 0.0
        for lost, seen, rows in members:
            # Of a normal vector with precision K: E[lost | seen] = μ − K_ll⁻¹ K_ls (seen − μ), Var = K_ll⁻¹.
            spread = np.linalg.inv(precision[np.ix_(lost, lost)])
            weights = spread @ precision[np.ix_(lost, seen)]
            expected = mu[lost] - (z[np.ix_(rows, seen)] - mu[seen]) @ weights.T
            moved = max(moved, float(np.abs(expected - z[np.ix_(rows, lost)]).max()))
            z[np.ix_(rows, lost)] = expected
            uncertain[np.ix_(lost, lost)] += len(rows) * spread
        converged = iteration > 1 and moved <= tolerance  # the first step starts from Σ = I, where nothing moves
        mu = z.mean(axis=0)
        about = z - mu
        sigma = (about.T @ about + uncertain + prior * np.eye(n)) / (units + prior)

    filled = x.copy()
    filled[:, usable] = np.where(hidden, mean[usable] + z * unit, x[:, usable])
    return EmFit(filled, iteration, converged)

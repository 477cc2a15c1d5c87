"""The Mazziotta–Pareto index (MPI) and its adjusted form (AMPI): a mean with a penalty for unbalanced children.

Both are M ∓ S²/M of the children's mean M and standard deviation S (S²/M is S times the coefficient of variation).
They differ in the scale the children are brought to first: the MPI standardises them to mean 100 and standard
deviation 10 over the units of one year, the AMPI maps them to 70–130 around a reference that can be held fixed, so
that years compare.

On the words. The sign follows from what the index means, not from the sign in the formula: of a *positive* index
(development: more is better) the penalty is subtracted, of a *negative* one (poverty: more is worse) it is added.
Mazziotta and Pareto write the first as MPI⁻ (negative penalty). In the R package Compind ``ci_mpi`` wants "POS" for a
positive index but ``ci_ampi`` wants "NEG".
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from gaoxin.evaluation.children import DomainError, Outside, average, number_there, ratio, values_and_weights
from gaoxin.evaluation.moments import extremes, means
from gaoxin.evaluation.structure import Floats
from gaoxin.words import Text

Polarity = Literal["positive", "negative"]

POSITIVE_MEAN = Text(
    "下级的均值不为正，变异系数没有意义，请先将下级变换到均值 100、标准差 10（MPI）或 70–130（AMPI）",
    "that is the mean of its children, and without a positive mean their coefficient of variation means nothing; bring "
    "them to mean 100 and standard deviation 10 (MPI) or to 70–130 (AMPI) first",
)


def mpi_scale(x: ArrayLike, *, ddof: int = 0) -> Floats:
    """Standardise children to mean 100 and standard deviation 10 over the units: 100 + 10·(x − mean)/sd.

    ``x`` has shape (…, units, k); a constant child is 100 for everybody. ``ddof`` 0 divides by n as Mazziotta and
    Pareto do, 1 by n − 1 as Compind does.

    >>> mpi_scale([[1.0], [3.0]]).ravel().tolist()
    [90.0, 110.0]
    """
    values = np.asarray(x, dtype=np.float64)
    deviation = values - means(values)[..., None, :]
    there = np.count_nonzero(~np.isnan(values), axis=-2)
    variance = ratio(np.nansum(deviation**2, axis=-2), np.asarray(there - ddof, dtype=np.float64))
    deviation /= np.sqrt(np.where(variance > 0, variance, np.inf))[..., None, :]
    deviation *= 10.0
    deviation += 100.0
    return deviation


def ampi_scale(
    x: ArrayLike,
    *,
    reference: ArrayLike | None = None,
    low: ArrayLike | None = None,
    high: ArrayLike | None = None,
) -> Floats:
    """Map children to about 70–130 around a reference value that becomes 100.

    With Δ = (high − low)/2 the goalposts are reference ∓ Δ, and the value is 70 + 60·(x − (reference − Δ))/(2Δ).
    Values may lie outside 70–130 when the reference is not in the middle. A child with low = high is 100 for everybody.

    Parameters
    ----------
    x
        Shape (…, units, k).
    reference
        Per child, shape (…, k): what counts as 100, by default the mean of the units. Hold it fixed (for example at
        the national value of the base year) to compare years.
    low, high
        Extremes per child over all years that are compared, shape (…, k); by default those of ``x``.

    >>> ampi_scale([[0.0], [5.0], [10.0]]).ravel().tolist()
    [70.0, 100.0, 130.0]
    """
    values = np.asarray(x, dtype=np.float64)
    observed_low, observed_high = extremes(values)
    bottom = observed_low if low is None else np.asarray(low, dtype=np.float64)
    top = observed_high if high is None else np.asarray(high, dtype=np.float64)
    middle = means(values) if reference is None else np.asarray(reference, dtype=np.float64)
    span = np.asarray(top - bottom, dtype=np.float64)
    out = values - middle[..., None, :]
    out /= np.where(span > 0, span, np.inf)[..., None, :]
    out *= 60.0
    out += 100.0
    return out


def penalised_mean(
    x: ArrayLike, w: ArrayLike, *, polarity: Polarity = "positive", ddof: int = 0, outside: Outside = "error"
) -> Floats:
    """M − S²/M of a positive index, M + S²/M of a negative one.

    Parameters
    ----------
    x, w
        Children on the scale of ``mpi_scale`` or ``ampi_scale``, shape (…, units, k), and their weights, shape
        (…, k). M = Σwx/Σw and S² = Σw(x − M)²/Σw over the children that are there.
    polarity
        Whether the index is positive (more is better) or negative.
    ddof
        0: S divides by the number m of children, as Mazziotta and Pareto define it; 1: by m − 1, as Compind's
        ``ci_mpi`` does (S² times m/(m − 1); a single child has no dispersion).
    outside
        What a unit whose children have no positive mean gets: an ``error``, or no score (``missing``).

    Returns
    -------
    Scores of shape (…, units).

    Source: Mazziotta, Pareto (2016), On a generalized non-compensatory composite index for measuring socio-economic
    phenomena, *Social Indicators Research* 127; weighted form: Mazziotta, Pareto (2022), Weighting in composite indices
    construction: the case of the Mazziotta-Pareto Index, *RIEDS* 76(4).

    >>> penalised_mean([[90.0, 110.0], [100.0, 100.0]], [1.0, 1.0]).tolist()
    [99.0, 100.0]
    """
    values, weights = values_and_weights(x, w)
    mean = average(values, weights)
    # shifted by each unit's own mean: no cancellation, and no array of the size (replications, units, k)
    centre = means(np.swapaxes(values, -1, -2))
    shifted = values - centre[..., None]
    variance = np.maximum(average(shifted**2, weights) - average(shifted, weights) ** 2, 0.0)
    if ddof:
        m = number_there(values, weights)
        variance *= np.where(m > ddof, m / np.where(m > ddof, m - ddof, 1.0), 0.0)
    undefined = mean <= 0
    if outside == "error" and undefined.any():
        first = tuple(np.argwhere(undefined)[0].tolist())
        raise DomainError(POSITIVE_MEAN, float(mean[first]), unit=first[-1])
    penalty = variance / np.where(undefined, np.nan, mean)
    return mean - penalty if polarity == "positive" else mean + penalty

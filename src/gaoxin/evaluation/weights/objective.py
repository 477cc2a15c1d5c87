"""Objective weights (客观赋权): what the spread and the correlations of the data say about the children.

Whether an indicator that varies much between units is therefore important is a matter of opinion; the methods answer
how much it *decides*. A child that is constant over the units decides nothing and has weight 0 in all of them; when
all are constant there is nothing to say, and that is an error.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from gaoxin.evaluation.children import DomainError, any_missing, reciprocal_costs
from gaoxin.evaluation.diagnosis.correlation import correlate
from gaoxin.evaluation.errors import EvaluationError
from gaoxin.evaluation.moments import counts, extremes, means, means_and_deviations, row_blocks
from gaoxin.evaluation.structure import Floats
from gaoxin.words import Text

ALL_CONSTANT = Text(
    "所有下级在各单位之间都没有差异，无法由数据确定权重，请改用给定权重或等权",
    "no child varies between the units, so the data say nothing about weights; use given or equal weights",
)


def equal(k: int) -> Floats:
    """Equal weights (等权) 1/k.

    >>> equal(4).tolist()
    [0.25, 0.25, 0.25, 0.25]
    """
    return np.full(k, 1.0 / k)


def standard_deviation(x: ArrayLike, *, ddof: int = 1) -> Floats:
    """Weights in proportion to the standard deviation of the children (标准差法).

    Standard deviations depend on the scale, so ``x`` should be normalised to one range first (after a z-score all
    weights are equal). ``ddof`` matters only when children have different numbers of missing values.

    >>> standard_deviation([[0.0, 0.0, 5.0], [1.0, 3.0, 5.0]]).tolist()
    [0.25, 0.75, 0.0]
    """
    values = _values(x)
    if values.shape[1] == 1:
        return np.ones(1)
    return _shares(_deviations(values, ddof))


def entropy(x: ArrayLike, *, direction: ArrayLike | None = None) -> Floats:
    """Entropy weights (熵权法): the more unevenly a child is spread over the units, the more it weighs.

    With shares p = x/Σx over the n units and entropy e = −Σ p·ln p / ln n, weights are in proportion to 1 − e. A zero
    contributes nothing (p·ln p → 0); a negative value has no share and is an error that names the cell. Shares change
    when a constant is added, so it matters whether ``x`` is raw or normalised; in an evaluation it is normalised.

    Parameters
    ----------
    x
        Shape (units, k), ≥ 0, NaN is missing and left out, with n the number of values of the child.
    direction
        Only for costs as measured: values of children with −1 are replaced by 1/x first, as pyDecision does. pymcdm,
        scikit-criteria and pyrepo-mcda ignore the direction, which is the default here: normalised values already
        have one.

    Source: Shannon (1948); Zeleny (1982), *Multiple Criteria Decision Making*; Hwang, Yoon (1981), ch. 3.

    >>> entropy([[1.0, 2.0], [1.0, 0.0], [1.0, 1.0]]).tolist()
    [0.0, 1.0]
    """
    values = _values(x) if direction is None else reciprocal_costs(_values(x), direction)
    if values.shape[1] == 1:
        return np.ones(1)
    low, high = extremes(values)
    if (low < 0).any():
        unit, child = np.argwhere(values < 0)[0].tolist()
        rule = Text("熵权法不适用于负数，请先作极差标准化", "entropy needs values ≥ 0; normalise by min-max first")
        raise DomainError(rule, float(values[unit, child]), unit, child)
    missing = any_missing(values)
    n = counts(values) if missing else np.full(values.shape[1], len(values))
    mean = means(values) if missing else values.mean(axis=0)
    varies = low < high
    # 1 − e = Σ u·ln u / (n·ln n) with u = x/mean: of the same size as the result, where 1 − e itself would cancel
    scale = np.where(varies, 1.0 / np.where(varies, mean, 1.0), 0.0)
    spread = np.zeros(values.shape[1])
    tiny = np.finfo(np.float64).tiny
    for rows in row_blocks(values.shape):
        u = values[rows] * scale
        if missing:
            u[np.isnan(u)] = 0.0
        logs = np.maximum(u, tiny)
        np.log(logs, out=logs)  # in place: fresh memory for every block would cost more than the logarithms
        logs *= u
        spread += logs.sum(axis=0)
    divergence = np.where(varies, spread / (n * np.log(np.maximum(n, 2))), 0.0)
    return _shares(np.maximum(divergence, 0.0))


def critic(
    x: ArrayLike,
    *,
    direction: ArrayLike | None = None,
    coefficient: Literal["pearson", "spearman"] = "pearson",
    scale: Literal["minmax", "none"] = "minmax",
    ddof: int = 1,
) -> Floats:
    """CRITIC weights: contrast times conflict, C = σ · Σ_m (1 − r_m).

    σ is the standard deviation of the child after min-max scaling, r_m its correlation with child m. A child weighs
    more when it varies more and says what the others do not. A constant child has weight 0 and does not count in the
    conflict of the others.

    Parameters
    ----------
    x
        Shape (units, k), NaN is missing: left out of σ, and of correlations pair by pair.
    direction
        Only for values as measured: −1 turns the sign of a child's correlations. Diakoulaki's normalisation has it
        (so have scikit-criteria and pyDecision); pymcdm and pyrepo-mcda ignore it. Normalised values need none.
    coefficient
        ``pearson`` is that of the source; ``spearman`` is robust against outliers.
    scale
        ``minmax``: as in the source, so that weights do not depend on the normalisation; ``none``: σ of ``x`` as it is.
    ddof
        Of σ; it cancels unless children have different numbers of missing values (pymcdm 1, scikit-criteria 0).

    Source: Diakoulaki, Mavrotas, Papayannakis (1995), Determining objective weights in multiple criteria problems: the
    CRITIC method, *Computers & Operations Research* 22(7).

    >>> critic([[1.0, 3.0, 1.0], [2.0, 1.0, 2.0], [3.0, 2.0, 3.0]]).round(3).tolist()
    [0.25, 0.5, 0.25]
    """
    values = _values(x)
    if values.shape[1] == 1:
        return np.ones(1)
    low, high = extremes(values)
    if any_missing(values) or coefficient == "spearman":
        r, deviation = correlate(values, coefficient=coefficient).r, _deviations(values, ddof)
    else:
        r, deviation = _correlations_and_deviations(values, ddof)
        deviation[low == high] = 0.0
    if scale == "minmax":
        deviation = deviation / np.where(deviation > 0, high - low, 1.0)
    if direction is not None:
        r = r * np.outer(np.sign(direction), np.sign(direction))
    varies = deviation > 0
    conflict = np.where(varies & varies[:, None] & ~np.isnan(r), np.maximum(1.0 - r, 0.0), 0.0)
    np.fill_diagonal(conflict, 0.0)
    information = deviation * conflict.sum(axis=1)
    if varies.any() and information.sum() <= 1e-12 * deviation.sum():
        if np.count_nonzero(varies) == 1:
            return varies.astype(np.float64)
        raise EvaluationError(
            Text(
                "各下级完全相关，CRITIC 法无法区分，请改用标准差法或等权",
                "all children are perfectly correlated, so CRITIC cannot tell them apart; use standard deviations or "
                "equal weights",
            )
        )
    return _shares(information)


def _values(x: ArrayLike) -> Floats:
    values = np.asarray(x, dtype=np.float64)
    if values.ndim != 2 or not values.size:
        raise EvaluationError(
            Text(
                f"权重由形状为 (单位, k) 的矩阵计算，得到的形状是 {values.shape}",
                f"weights are computed from a matrix (units, k), not from shape {values.shape}",
            )
        )
    return values


def _shares(information: Floats) -> Floats:
    total = information.sum()
    if not total > 0:
        raise EvaluationError(ALL_CONSTANT)
    return np.asarray(information / total)


def _deviations(x: Floats, ddof: int) -> Floats:
    """Standard deviations; 0 for a child with fewer than two values, which cannot be seen to vary."""
    _, deviation = means_and_deviations(x)
    n = counts(x)
    factor = np.sqrt(np.maximum(n - 1.0, 0.0) / np.maximum(n - ddof, 1.0))
    return np.where(n > 1, np.nan_to_num(deviation) * factor, 0.0)


def _correlations_and_deviations(x: Floats, ddof: int) -> tuple[Floats, Floats]:
    """Pearson correlations and standard deviations of complete columns, without a centred copy of ``x``."""
    mean = x.mean(axis=0)
    products = np.zeros((x.shape[1], x.shape[1]))
    for rows in row_blocks(x.shape):
        centred = x[rows] - mean
        products += centred.T @ centred
    length = np.sqrt(np.diag(products))
    r = products / np.where(length > 0, length, 1.0) / np.where(length > 0, length, 1.0)[:, None]
    return r, length / np.sqrt(max(len(x) - ddof, 1))

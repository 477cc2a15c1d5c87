"""Analytic hierarchy process (层次分析法, AHP): weights from pairwise judgements, and how consistent these are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from gaoxin.evaluation.errors import EvaluationError
from gaoxin.evaluation.structure import Floats
from gaoxin.words import Text

RANDOM_INDEX = (0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59)
"""Mean consistency index of random reciprocal matrices of 1 to 15 elements, as printed by Saaty (1980). Later
simulations (Saaty's own and others') differ by a few hundredths; these are the ones textbooks and offices use."""

ACCEPTABLE_RATIO = 0.1
"""Saaty's rule: judgements with a consistency ratio above this should be revised."""


@dataclass(frozen=True, eq=False)
class Ahp:
    """Weights from the judgements of e experts on k elements."""

    weights: Floats
    """Shape (k,), sum 1."""
    judgements: Floats
    """The matrix the weights come from: the experts' geometric mean, shape (k, k)."""
    lambda_max: float
    """Principal eigenvalue of that matrix; k when it is perfectly consistent, more otherwise."""
    consistency_index: float
    """(λmax − k)/(k − 1)."""
    consistency_ratio: float
    """Consistency index ÷ random index; 0 for k ≤ 2, NaN for more than 15 elements, for which Saaty gives none."""
    expert_ratios: Floats
    """Consistency ratio of each expert's own matrix, shape (e,)."""

    @property
    def consistent(self) -> bool:
        """Whether the consistency ratio is at most 0.1 (for more than 15 elements: the index)."""
        ratio = self.consistency_index if np.isnan(self.consistency_ratio) else self.consistency_ratio
        return ratio <= ACCEPTABLE_RATIO


def ahp(
    matrices: ArrayLike | Sequence[ArrayLike],
    *,
    method: Literal["eigenvector", "geometric_mean"] = "eigenvector",
    names: Sequence[str] | None = None,
    tolerance: float = 0.05,
) -> Ahp:
    """Weights from one or several pairwise comparison matrices.

    Entry a_ij says how many times as important i is as j (Saaty's scale: 1 equal … 9 extreme, and their reciprocals).
    Several experts are combined entry by entry with the geometric mean, the only mean that keeps a_ij·a_ji = 1
    (Aczél and Saaty 1983); their own consistency is reported, too.

    Parameters
    ----------
    matrices
        Shape (k, k), or (e, k, k) for e experts; all entries positive, 1 on the diagonal, a_ij·a_ji = 1.
    method
        ``eigenvector``: the principal eigenvector, Saaty's own; ``geometric_mean``: the normalised geometric means of
        the rows (logarithmic least squares, Crawford and Williams 1985). They agree for consistent judgements and for
        k ≤ 3. The consistency index is always that of the eigenvalue.
    names
        Codes of the elements, for the messages.
    tolerance
        How far a_ij·a_ji may be from 1: reciprocals are typed with two decimals (0.13 for 1/8), while a
        neighbouring grade of the scale moves the product by 0.1 at least. The pair is then made exactly reciprocal by
        √(a_ij/a_ji).

    Returns
    -------
    Ahp.

    Raises
    ------
    EvaluationError that names expert, row and column, for a matrix that is not square, positive and reciprocal.

    Source: Saaty (1977), A scaling method for priorities in hierarchical structures, *J. Math. Psychology* 15; Saaty
    (1980), *The Analytic Hierarchy Process*, McGraw-Hill.

    >>> result = ahp([[1, 2, 4], [1 / 2, 1, 2], [1 / 4, 1 / 2, 1]])
    >>> result.weights.round(4).tolist(), result.consistency_index < 1e-12
    ([0.5714, 0.2857, 0.1429], True)
    """
    stack = _reciprocal(matrices, names, tolerance)
    joint = np.exp(np.log(stack).mean(axis=0))
    k = len(joint)
    lambda_max, weights = _principal(joint)
    if method == "geometric_mean":
        weights = np.exp(np.log(joint).mean(axis=1))
        weights = weights / weights.sum()
    index, ratio = _consistency(lambda_max, k)
    expert_ratios = np.array([_consistency(_principal(one)[0], k)[1] for one in stack])
    return Ahp(weights, joint, lambda_max, index, ratio, expert_ratios)


def _reciprocal(matrices: ArrayLike | Sequence[ArrayLike], names: Sequence[str] | None, tolerance: float) -> Floats:
    """The matrices as exactly reciprocal stack (e, k, k)."""
    try:
        stack = np.asarray(matrices, dtype=np.float64)
    except ValueError:
        stack = np.empty(0)
    if stack.ndim == 2:
        stack = stack[None]
    if stack.ndim != 3 or stack.shape[1] != stack.shape[2] or not stack.size:
        raise EvaluationError(
            Text(
                "判断矩阵应为方阵，各专家的阶数应相同",
                "a comparison matrix must be square, and of the same size for every expert",
            )
        )
    k = stack.shape[1]
    if names is not None and len(names) != k:
        raise EvaluationError(
            Text(f"判断矩阵为 {k} 阶，而要素有 {len(names)} 个", f"the matrix has {k} rows for {len(names)} elements")
        )
    label = [str(i + 1) for i in range(k)] if names is None else list(names)
    for expert, i, j in np.argwhere(~(np.isfinite(stack) & (stack > 0))).tolist():
        raise EvaluationError(
            Text(
                f"专家 {expert + 1} 的判断（{label[i]}, {label[j]}）为 {stack[expert, i, j]:g}，应为正数",
                f"judgement ({label[i]}, {label[j]}) of expert {expert + 1} is {stack[expert, i, j]:g}; it must be "
                "positive",
            )
        )
    products = stack * stack.transpose(0, 2, 1)
    for expert, i, j in np.argwhere(np.abs(products - 1.0) > tolerance).tolist():
        here, back = stack[expert, i, j], stack[expert, j, i]
        raise EvaluationError(
            Text(
                f"专家 {expert + 1} 的判断不互反：（{label[i]}, {label[j]}）= {here:g}，（{label[j]}, {label[i]}）= "
                f"{back:g}，后者应为 {1 / here:g}",
                f"the judgements of expert {expert + 1} are not reciprocal: ({label[i]}, {label[j]}) is {here:g} and "
                f"({label[j]}, {label[i]}) is {back:g}; it should be {1 / here:g}",
            )
            if i != j
            else Text(
                f"专家 {expert + 1} 的判断（{label[i]}, {label[i]}）为 {here:g}，对角线应为 1",
                f"judgement ({label[i]}, {label[i]}) of expert {expert + 1} is {here:g}; the diagonal must be 1",
            )
        )
    return np.sqrt(stack / stack.transpose(0, 2, 1))


def _principal(matrix: Floats) -> tuple[float, Floats]:
    """Largest eigenvalue and its eigenvector, sum 1 (both positive by Perron and Frobenius)."""
    values, vectors = np.linalg.eig(matrix)
    at = int(np.argmax(values.real))
    vector = np.abs(vectors[:, at].real)
    return max(float(values[at].real), float(len(matrix))), vector / vector.sum()


def _consistency(lambda_max: float, k: int) -> tuple[float, float]:
    """Consistency index and ratio."""
    if k <= 2:
        return 0.0, 0.0
    index = (lambda_max - k) / (k - 1)
    return index, index / RANDOM_INDEX[k - 1] if k <= len(RANDOM_INDEX) else float("nan")

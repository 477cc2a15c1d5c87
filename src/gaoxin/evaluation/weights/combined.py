"""Subjective and objective weights in one (主客观组合赋权)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from gaoxin.evaluation.errors import EvaluationError
from gaoxin.evaluation.structure import Floats
from gaoxin.words import Text


def combined(subjective: ArrayLike, objective: ArrayLike, *, alpha: float = 0.5) -> Floats:
    """Multiplicative combination w ∝ s^α · o^(1 − α) (乘法合成归一), the minimum relative entropy between the two.

    Parameters
    ----------
    subjective, objective
        Weights ≥ 0, shape (k,), of any scale.
    alpha
        1: the subjective weights alone, 0: the objective ones, 0.5: both count alike, so that no convex mixture has to
        be agreed on.

    Returns
    -------
    Weights of shape (k,), sum 1. A child that has weight 0 on a side that counts has weight 0.

    Raises
    ------
    EvaluationError when no child has weight on both sides.

    Source: principle of minimum relative information (最小相对信息熵原理), usual for AHP with entropy weights; the
    plain product s·o of Hwang and Yoon (1981), ch. 3, is the square of α = 0.5 before rescaling.

    >>> combined([0.8, 0.2], [0.2, 0.8]).tolist()
    [0.5, 0.5]
    """
    s, o = (np.asarray(side, dtype=np.float64) for side in (subjective, objective))
    if not 0.0 <= alpha <= 1.0:
        raise EvaluationError(Text(f"alpha = {alpha:g} 不在 0–1 之间", f"alpha is {alpha:g}, not between 0 and 1"))
    if s.shape != o.shape or s.ndim != 1 or not all(np.isfinite(one).all() and (one >= 0).all() for one in (s, o)):
        raise EvaluationError(
            Text(
                "主观权重与客观权重应为个数相同的非负数",
                "subjective and objective weights must be numbers ≥ 0, as many of the one as of the other",
            )
        )
    product = s**alpha * o ** (1.0 - alpha)  # 0 to the power 0 is 1: the side that does not count decides nothing
    if not product.any():
        raise EvaluationError(
            Text(
                "没有任何下级在主观和客观两方面都有权重，无法组合",
                "no child has both a subjective and an objective weight, so they cannot be combined",
            )
        )
    return np.asarray(product / product.sum())

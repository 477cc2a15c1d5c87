"""Children into their parent, by the method that a specification names (合成)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from gaoxin.evaluation.aggregation.grey import grey_relational
from gaoxin.evaluation.aggregation.mazziotta_pareto import ampi_scale, mpi_scale, penalised_mean
from gaoxin.evaluation.aggregation.means import arithmetic, generalised, geometric, harmonic, median, owa, weighted_sum
from gaoxin.evaluation.aggregation.outranking import copeland
from gaoxin.evaluation.aggregation.topsis import topsis
from gaoxin.evaluation.aggregation.vikor import vikor
from gaoxin.evaluation.children import DomainError, Outside, values_and_weights, withhold
from gaoxin.evaluation.errors import EvaluationError
from gaoxin.evaluation.method import Aggregation
from gaoxin.evaluation.structure import Floats
from gaoxin.words import Text


def aggregate(
    x: ArrayLike,
    w: ArrayLike,
    spec: Aggregation,
    *,
    outside: Outside = "error",
    units: Sequence[str] | None = None,
    children: Sequence[str] | None = None,
) -> Floats:
    """Scores of a parent from its children; high is good whatever the method.

    Parameters
    ----------
    x
        Values of the children, shape (…, units, k), higher is better, NaN is missing.
    w
        Weights, shape (…, k), ≥ 0, of any scale; 0 drops a child. The leading axes broadcast (see ``children``).
    spec
        The method and its options. A unit of which less than ``min_availability`` of the children (with weight) is
        there gets no score and is not compared with others.
    outside
        What a value outside the domain of the method does (a zero in a geometric mean): ``error``, or ``missing``:
        the unit gets no score.
    units, children
        Their codes, for the messages.

    Returns
    -------
    Scores of shape (…, units). TOPSIS, VIKOR (as 1 − Q), the grey grade and Copeland compare the units given in ``x``
    with each other, so their scores depend on who is among them.

    Raises
    ------
    EvaluationError, with unit and child, when a value does not suit the method; and for options that are not possible.

    >>> aggregate([[10.0, 40.0], [30.0, 30.0]], [1.0, 1.0], Aggregation(method="geometric")).round(12).tolist()
    [20.0, 30.0]
    """
    values, weights = values_and_weights(x, w)
    try:
        _refuse_infinite(values)
        return _by_method(withhold(values, weights, spec.min_availability), weights, spec, outside)
    except DomainError as error:
        if units is None or children is None:
            raise
        raise error.named(units, children) from None


def _refuse_infinite(x: Floats) -> None:
    infinite = np.isinf(x)
    if infinite.any():
        first = tuple(np.argwhere(infinite)[0].tolist())
        rule = Text("无穷大不能参与合成，请检查标准化", "infinity cannot be aggregated; check the normalisation")
        raise DomainError(rule, float(x[first]), first[-2], first[-1])


def _by_method(x: Floats, w: Floats, spec: Aggregation, outside: Outside) -> Floats:
    if spec.norm == "minmax" and spec.method in {"mpi", "ampi"}:
        raise EvaluationError(
            Text(
                f"{spec.method} 不支持 norm: minmax，请用 own 或 none",
                f"{spec.method} has no norm minmax; use own or none",
            )
        )
    match spec.method:
        case "arithmetic":
            return arithmetic(x, w)
        case "geometric":
            return geometric(x, w, outside=outside)
        case "harmonic":
            return harmonic(x, w, outside=outside)
        case "generalised":
            return generalised(x, w, spec.power, outside=outside)
        case "median":
            return median(x, w)
        case "owa":
            return owa(x, w, spec.order_weights)
        case "mpi":
            scaled = mpi_scale(x, ddof=spec.ddof) if spec.norm == "own" else x
            return penalised_mean(scaled, w, polarity=spec.penalty, ddof=spec.ddof, outside=outside)
        case "ampi":
            scaled = ampi_scale(x) if spec.norm == "own" else x
            return penalised_mean(scaled, w, polarity=spec.penalty, ddof=spec.ddof, outside=outside)
        case "topsis":
            return topsis(x, w, norm="vector" if spec.norm == "own" else spec.norm)
        case "vikor":
            return vikor(x, w, v=spec.v).scores
        case "grey":
            return grey_relational(x, w, rho=spec.rho, norm="none" if spec.norm == "none" else "minmax")
        case "copeland":
            return copeland(x, w)
        case "weighted_sum":
            return weighted_sum(x, w)

"""From a specification to the weights of the children of one parent, and what there is to say about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from gaoxin.evaluation.aggregation.aggregate import aggregate
from gaoxin.evaluation.children import DomainError
from gaoxin.evaluation.errors import EvaluationError, listed
from gaoxin.evaluation.method import Aggregation, Weighting
from gaoxin.evaluation.structure import Floats
from gaoxin.evaluation.weights import objective
from gaoxin.evaluation.weights.ahp import ACCEPTABLE_RATIO, ahp
from gaoxin.evaluation.weights.combined import combined
from gaoxin.evaluation.weights.factor import first_component, rotated_factors
from gaoxin.evaluation.weights.optimised import optimised
from gaoxin.words import Text

ARITHMETIC = Aggregation()


@dataclass(frozen=True, eq=False)
class DerivedWeights:
    """Weights of the children of one parent, and notes for the record."""

    weights: Floats
    """Shape (k,), ≥ 0; sum 1 except for given weights, which stay as given."""
    notes: tuple[Text, ...] = ()


def derive(
    x: ArrayLike,
    spec: Weighting,
    *,
    parent: str,
    codes: Sequence[str],
    given: ArrayLike,
    aggregation: Aggregation = ARITHMETIC,
    units: Sequence[str] | None = None,
) -> DerivedWeights:
    """Weights by the method that a specification names.

    Parameters
    ----------
    x
        Values of the children, shape (units, k), higher is better, NaN is missing.
    spec
        The method and its options.
    parent, codes
        Code of the parent and of its children, in the order of the columns; ``spec.matrices`` is keyed by the one,
        ``spec.targets`` by the others.
    given
        The weights of the system, shape (k,): the result of ``given``, the subjective half of ``combined``. A child
        with given weight 0 was dropped and stays so: the methods see only the others.
    aggregation
        How the parent is made, for ``optimised``: importance is measured on the score that is really formed.
    units
        Codes of the units, for the messages.

    Raises
    ------
    EvaluationError, also for ``benefit_of_the_doubt``, which has no common weights: its scores and the weights of
    every unit come from ``benefit_of_the_doubt.benefit_of_the_doubt``.

    >>> spec = Weighting(method="entropy")
    >>> derive([[1.0, 2.0], [1.0, 0.0]], spec, parent="I", codes=["a", "b"], given=[1.0, 1.0]).notes[0].en
    'I: a does not vary between the units and has weight 0'
    """
    values, weights = np.asarray(x, dtype=np.float64), np.asarray(given, dtype=np.float64)
    if spec.method == "given":
        return DerivedWeights(weights)
    used = np.flatnonzero(weights > 0).tolist()
    if not used:
        return DerivedWeights(weights)
    names = [codes[i] for i in used]
    seen = values if len(used) == weights.size else values[:, used]
    try:
        found = _by_method(seen, spec, parent, names, weights[used], aggregation)
    except DomainError as error:
        raise error if units is None else error.named(units, names) from None
    out = np.zeros(weights.size)
    out[used] = found.weights
    notes = tuple(Text(f"{parent}：{note.zh}", f"{parent}: {note.en}") for note in found.notes)
    return DerivedWeights(out, notes)


def _by_method(
    x: Floats, spec: Weighting, parent: str, codes: list[str], given: Floats, aggregation: Aggregation
) -> DerivedWeights:
    match spec.method:
        case "equal":
            return DerivedWeights(objective.equal(len(codes)))
        case "entropy" | "critic" | "standard_deviation" | "pca":
            return _objective(x, spec.method, codes)
        case "factor":
            weights = rotated_factors(x).weights
            return DerivedWeights(weights, _silent(weights, codes))
        case "combined":
            data = _objective(x, spec.objective, codes)
            return DerivedWeights(combined(given, data.weights, alpha=spec.alpha), data.notes)
        case "ahp":
            return _ahp(spec, parent, codes)
        case "optimised":
            return _optimised(x, spec, codes, aggregation)
        case _:
            raise EvaluationError(
                Text(
                    f"{parent}：{spec.method} 没有各单位共用的权重",
                    f"{parent}: {spec.method} has no weights that are common to the units",
                )
            )


def _objective(x: Floats, method: str, codes: list[str]) -> DerivedWeights:
    if method == "pca":
        component = first_component(x)
        notes = _silent(np.abs(component.vector), codes)
        if component.negative.size:
            names = listed(codes[i] for i in component.negative)
            notes += (
                Text(
                    f"{names.zh} 与第一主成分方向相反，权重记为 0，请核对其方向",
                    f"{names.en} runs against the first principal component and has weight 0; check its direction",
                ),
            )
        return DerivedWeights(component.weights, notes)
    if method == "entropy":
        weights = objective.entropy(x)
    elif method == "critic":
        weights = objective.critic(x)
    else:
        weights = objective.standard_deviation(x)
    return DerivedWeights(weights, _silent(weights, codes))


def _silent(weights: Floats, codes: list[str]) -> tuple[Text, ...]:
    names = listed(code for code, weight in zip(codes, weights, strict=True) if weight == 0)
    if not names.en:
        return ()
    return (
        Text(
            f"{names.zh} 在各单位之间没有差异，权重为 0", f"{names.en} does not vary between the units and has weight 0"
        ),
    )


def _ahp(spec: Weighting, parent: str, codes: list[str]) -> DerivedWeights:
    if len(codes) == 1:
        return DerivedWeights(np.ones(1))
    if parent not in spec.matrices:
        raise EvaluationError(
            Text(
                f"{parent} 没有判断矩阵，请在 weighting.matrices 中给出其 {len(codes)} 个下级的两两比较",
                f"{parent} has no comparison matrix; give the pairwise judgements of its {len(codes)} children under "
                "weighting.matrices",
            )
        )
    result = ahp(spec.matrices[parent], names=codes)
    if result.consistent:
        return DerivedWeights(result.weights)
    name, value = Text("一致性比率 CR", "consistency ratio"), result.consistency_ratio
    if np.isnan(value):  # no random index for so many elements
        name, value = Text("一致性指标 CI", "consistency index"), result.consistency_index
    note = Text(
        f"判断矩阵的{name.zh} = {value:.3f}，超过 {ACCEPTABLE_RATIO:g}，应请专家修订",
        f"the judgements have a {name.en} of {value:.3f}, above {ACCEPTABLE_RATIO:g}; revise them",
    )
    return DerivedWeights(result.weights, (note,))


def _optimised(x: Floats, spec: Weighting, codes: list[str], aggregation: Aggregation) -> DerivedWeights:
    targets = {code: target for code, target in spec.targets.items() if code in codes} or None
    linear = aggregation.method in {"arithmetic", "weighted_sum"} and aggregation.min_availability == 0.0
    result = optimised(x, targets, codes, score=None if linear else lambda w: aggregate(x, w, aggregation))
    if result.reached:
        return DerivedWeights(result.weights)
    if not result.converged:
        note = Text(
            "按目标重要性求权重没有收敛，请改用其他目标、合成方法或给定权重",
            "the search for the target importance did not converge; choose other targets, another aggregation or given "
            "weights",
        )
    else:
        at = int(np.argmax(np.abs(result.importance - result.target)))
        wanted, got = f"{result.target[at]:.1%}", f"{result.importance[at]:.1%}"
        note = Text(
            f"非负权重达不到目标重要性，最大偏差在 {codes[at]}：目标 {wanted}，实际 {got}",
            f"no weights ≥ 0 reach the target importance; {codes[at]} has {got} instead of {wanted}",
        )
    return DerivedWeights(result.weights, (note,))

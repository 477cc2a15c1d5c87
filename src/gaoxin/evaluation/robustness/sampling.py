"""The uncertain choices of an evaluation (factors), and how a point of the unit cube becomes one replication.

Uncertainty and sensitivity analysis draw points from the unit cube; everything else follows from the point. So one
design can be replayed replication by replication through the plain chain, and a factor of several numbers (the
weights of a level) moves as one group.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv

from gaoxin.evaluation.errors import EvaluationError
from gaoxin.evaluation.method import (
    Aggregation,
    Imputation,
    Method,
    Normalisation,
    Treatment,
    UncertaintySpec,
    Weighting,
    WeightNoise,
)
from gaoxin.evaluation.method_names import name_of
from gaoxin.evaluation.structure import Floats, Hierarchy, Ints
from gaoxin.words import Text

Flags = NDArray[np.bool_]
Alternative = Imputation | Treatment | Normalisation | Weighting | tuple[Aggregation, ...]


@dataclass(frozen=True, slots=True)
class Factor:
    """One uncertain choice: a block of columns of the unit cube that is drawn together."""

    code: str
    name: Text
    start: int
    width: int
    alternatives: tuple[Text, ...] = ()
    """What is chosen between, the method's own choice first; empty when the factor is continuous."""

    @property
    def columns(self) -> slice:
        """The factor's columns of the design."""
        return slice(self.start, self.start + self.width)


STEPS = ("imputation", "treatment", "normalisation", "weighting", "aggregation")
"""The steps that can have alternatives, in the order of the chain."""

STEP_NAMES = {
    "imputation": Text("缺失值处理", "imputation"),
    "treatment": Text("异常值处理", "outlier treatment"),
    "normalisation": Text("标准化", "normalisation"),
    "weighting": Text("赋权方法", "source of the weights"),
    "aggregation": Text("合成方法", "aggregation"),
}


@dataclass(frozen=True, eq=False)
class FactorSpace:
    """What a specification means for one hierarchy and method: the factors, and the meaning of each point.

    Points have shape (t, width), each coordinate uniform on [0, 1]. A discrete factor of k alternatives takes
    alternative ⌊k·u⌋, so each has the same share of the interval whatever the sample.
    """

    spec: UncertaintySpec
    hierarchy: Hierarchy
    method: Method
    unconfirmed: Flags
    """Which weights no document confirms, shape (m,)."""
    noises: tuple[tuple[WeightNoise, Ints], ...]
    """Each kind of noise with the nodes it moves."""
    factors: tuple[Factor, ...]

    @classmethod
    def build(
        cls, spec: UncertaintySpec, hierarchy: Hierarchy, method: Method, unconfirmed: Collection[str] = ()
    ) -> FactorSpace:
        """Find the factors of ``spec`` in the tree; raises EvaluationError when there is nothing to vary.

        ``unconfirmed`` are the codes of the nodes whose weight no document confirms.

        >>> tree = Hierarchy.build({"a": "I", "b": "I", "I": None})
        >>> space = FactorSpace.build(UncertaintySpec(), tree, Method(), unconfirmed=["b"])
        >>> [(factor.code, factor.width) for factor in space.factors]
        [('weights', 1), ('unconfirmed', 1), ('dropped', 1)]
        >>> space.weights(np.array([[0.0, 0.5, 0.0]]), tree.weights).tolist()
        [[0.75, 1.0, 1.0]]
        """
        flags = np.zeros(hierarchy.n_nodes, dtype=np.bool_)
        for code in unconfirmed:
            flags[hierarchy.position(code)] = True
        flags[-1] = False  # the root has no weight
        noises = _noises(spec, hierarchy, flags)
        space = cls(spec, hierarchy, method, flags, noises, ())
        factors: list[Factor] = []
        for code, name, width, alternatives in space._blocks():
            start = factors[-1].start + factors[-1].width if factors else 0
            factors.append(Factor(code, name, start, width, alternatives))
        if not factors:
            raise EvaluationError(
                Text(
                    "没有任何不确定因素：请至少给出一项权重扰动、备选方法、未确认权重或剔除指标",
                    "nothing is uncertain: give at least one of weight noise, alternative methods, unconfirmed weights "
                    "or dropped indicators",
                )
            )
        return cls(spec, hierarchy, method, flags, noises, tuple(factors))

    @property
    def width(self) -> int:
        """Number of coordinates of a point."""
        return self.factors[-1].start + self.factors[-1].width

    def factor(self, code: str) -> Factor | None:
        """The factor of that code, when it is uncertain."""
        return next((factor for factor in self.factors if factor.code == code), None)

    @property
    def _noise_codes(self) -> tuple[str, ...]:
        return ("weights", *(f"weights.{k}" for k in range(2, len(self.noises) + 1)))[: len(self.noises)]

    @cached_property
    def alternatives(self) -> dict[str, tuple[Alternative, ...]]:
        """Per step: the method's own choice, then the alternatives of the specification that differ from it."""
        return {step: _distinct(getattr(self.method, step), getattr(self.spec, step)) for step in STEPS}

    def choices(self, points: Floats) -> Ints:
        """Which alternative of each of ``STEPS`` the points take, shape (t, 5); 0 is the method's own."""
        chosen = np.zeros((len(points), len(STEPS)), dtype=np.int64)
        for column, step in enumerate(STEPS):
            if (factor := self.factor(step)) is not None:
                chosen[:, column] = _pick(points[:, factor.start], len(factor.alternatives))
        return chosen

    def method_of(self, choice: Ints) -> Method:
        """The method with the chosen alternatives, one entry of ``choices``."""
        return self.method.model_copy(
            update={step: self.alternatives[step][k] for step, k in zip(STEPS, choice.tolist(), strict=True)}
        )

    def dropped(self, points: Floats) -> Flags | None:
        """Which nodes are left out, shape (t, m): indicators as drawn, parents when nothing is left below them."""
        factor, n = self.factor("dropped"), self.hierarchy.n_indicators
        if factor is None:
            return None
        out = np.zeros((len(points), self.hierarchy.n_nodes), dtype=np.bool_)
        if self.spec.dropped == "one":
            which = _pick(points[:, factor.start], n + 1) - 1
            rows = np.flatnonzero(which >= 0)
            out[rows, which[rows]] = True
        else:
            out[:, :n] = points[:, factor.columns] < self.spec.drop_share
        for node in range(n, self.hierarchy.n_nodes):
            out[:, node] = out[:, self.hierarchy.children[node]].all(axis=1)
        return out

    def weights(self, points: Floats, base: Floats) -> Floats:
        """Weights of every node in every replication, shape (t, m), around ``base`` (m,); 0 for what is dropped."""
        out = np.repeat(np.asarray(base, dtype=np.float64)[None, :], len(points), axis=0)
        blocks = [points[:, factor.columns] for factor in self.factors if factor.code in self._noise_codes]
        for u, (noise, nodes) in zip(blocks, self.noises, strict=True):
            if noise.kind == "uniform":
                out[:, nodes] *= 1.0 + noise.share * (2.0 * u - 1.0)
            else:
                self._draw_shares(out, u, nodes, noise.concentration)
        if (factor := self.factor("unconfirmed")) is not None and self.spec.unconfirmed is not None:
            low, high = self.spec.unconfirmed
            out[:, self.unconfirmed] *= low + (high - low) * points[:, factor.columns]
        if (dropped := self.dropped(points)) is not None:
            self._leave_out(out, dropped)
        return out

    def _leave_out(self, weights: Floats, dropped: Flags) -> None:
        """Weight of what is dropped to its siblings in proportion, so that the parent's sum stays."""
        for node in range(self.hierarchy.n_indicators, self.hierarchy.n_nodes):
            below = self.hierarchy.children[node]
            touched = dropped[:, below].any(axis=1)
            if not touched.any():
                continue
            before = weights[np.ix_(touched, below)]
            after = np.where(dropped[np.ix_(touched, below)], 0.0, before)
            left = after.sum(axis=1, keepdims=True)
            weights[np.ix_(touched, below)] = np.divide(
                after * before.sum(axis=1, keepdims=True), left, out=np.zeros_like(after), where=left > 0
            )

    def words_of(self, choice: Ints) -> Text:
        """The chosen alternatives of the uncertain steps in words, for one entry of ``choices``."""
        names = [
            factor.alternatives[choice[column]]
            for column, step in enumerate(STEPS)
            if (factor := self.factor(step)) is not None
        ]
        if not names:
            return Text("原方法", "the method as it is")
        return Text("、".join(name.zh for name in names), ", ".join(name.en for name in names))

    def _draw_shares(self, out: Floats, u: Floats, nodes: Ints, concentration: float) -> None:
        """Dirichlet shares as rescaled gamma variates, so that each follows from its own coordinate."""
        parents = self.hierarchy.parents[nodes]
        for parent in np.unique(parents):
            among = parents == parent
            below = nodes[among]
            nominal = out[0, below]
            some = nominal > 0
            if not some.any():
                continue
            gammas = np.zeros((len(u), len(below)))
            gammas[:, some] = gammaincinv(concentration * nominal[some] / nominal.sum(), u[:, among][:, some])
            out[:, below] = gammas * (nominal.sum() / gammas.sum(axis=1, keepdims=True))

    def _blocks(self) -> list[tuple[str, Text, int, tuple[Text, ...]]]:
        """Code, name, width and alternatives of every factor that really varies, in the order of the chain."""
        blocks: list[tuple[str, Text, int, tuple[Text, ...]]] = []
        for step in STEPS:
            if len(self.alternatives[step]) > 1:
                names = tuple(name_of(alternative) for alternative in self.alternatives[step])
                kinds = Text("、".join(name.zh for name in names), ", ".join(name.en for name in names))
                step_name = STEP_NAMES[step]
                blocks.append((step, Text(f"{step_name.zh}（{kinds.zh}）", f"{step_name.en} ({kinds.en})"), 1, names))
        for code, (noise, nodes) in zip(self._noise_codes, self.noises, strict=True):
            blocks.append((code, _noise_name(noise), len(nodes), ()))
        count = int(self.unconfirmed.sum())
        if self.spec.unconfirmed is not None and count:
            low, high = self.spec.unconfirmed
            name = Text(
                f"{count} 项未确认权重（{low:g}–{high:g} 倍）", f"{count} unconfirmed weights (×{low:g}–{high:g})"
            )
            blocks.append(("unconfirmed", name, count, ()))
        n = self.hierarchy.n_indicators
        if self.spec.dropped == "one" and n > 1:
            name = Text("剔除一项指标或不剔除", "one indicator left out, or none")
            codes = (Text("不剔除", "none"), *(Text(code, code) for code in self.hierarchy.codes[:n]))
            blocks.append(("dropped", name, 1, codes))
        elif self.spec.dropped == "random":
            share = f"{self.spec.drop_share:g}"
            name = Text(f"每项指标以概率 {share} 剔除", f"each indicator left out with probability {share}")
            blocks.append(("dropped", name, n, ()))
        return blocks


def random_points(n: int, width: int, seed: int) -> Floats:
    """Independent uniform points, shape (n, width); a longer sample with the same seed begins with the shorter one."""
    return np.random.default_rng(seed).random((n, width))


def default_uncertainty(method: Method) -> UncertaintySpec:
    """A specification for an office that has none of its own: the defaults, and what the method itself leaves open.

    Besides weights, unconfirmed weights and single indicators it varies whether outliers are treated, and, where
    every aggregation works on any real number and no indicator has a normalisation of its own, min-max against
    z-scores: the two normalisations most handbooks compare. Alternatives that could break (a geometric mean of
    z-scores) are left out.

    >>> [n.method for n in default_uncertainty(Method()).normalisation]
    ['zscore']
    """
    treatment = Treatment() if method.treatment.method != "none" else Treatment(method="winsorise")
    aggregations = (*method.aggregation, *method.aggregation_of.values())
    linear = all(aggregation.method in {"arithmetic", "weighted_sum"} for aggregation in aggregations)
    scale_free = linear and not method.normalisation_of
    normalisation: tuple[Normalisation, ...] = ()
    if scale_free and method.normalisation.method == "minmax":
        normalisation = (method.normalisation.model_copy(update={"method": "zscore"}),)
    return UncertaintySpec(treatment=(treatment,), normalisation=normalisation)


def _noises(spec: UncertaintySpec, hierarchy: Hierarchy, unconfirmed: Flags) -> tuple[tuple[WeightNoise, Ints], ...]:
    taken = np.zeros(hierarchy.n_nodes, dtype=np.bool_)
    noises: list[tuple[WeightNoise, Ints]] = []
    for noise in spec.weights:
        chosen = np.ones(hierarchy.n_nodes, dtype=np.bool_)
        chosen[-1] = False  # the root has no weight
        if noise.levels:
            chosen &= np.isin(hierarchy.levels, noise.levels)
        if noise.parents:
            chosen &= np.isin(hierarchy.parents, [hierarchy.position(code) for code in noise.parents])
        if not chosen.any():
            top = int(hierarchy.levels.max()) - 1
            raise EvaluationError(
                Text(
                    f"权重扰动没有对应的节点（层 {list(noise.levels)}，上级 {list(noise.parents)}）：可选层为 1–{top}",
                    f"weight noise finds no node (levels {list(noise.levels)}, parents {list(noise.parents)}): "
                    f"levels 1 to {top} have weights",
                )
            )
        if (twice := chosen & taken).any():
            code = hierarchy.codes[int(np.flatnonzero(twice)[0])]
            raise EvaluationError(
                Text(f"{code} 的权重被两项扰动同时改变", f"the weight of {code} is moved by two entries of noise")
            )
        taken |= chosen
        if spec.unconfirmed is not None and noise.kind == "uniform":
            chosen &= ~unconfirmed  # they have their own range
        if chosen.any():
            noises.append((noise, np.flatnonzero(chosen)))
    return tuple(noises)


def _noise_name(noise: WeightNoise) -> Text:
    size = f"±{noise.share * 100:g}%" if noise.kind == "uniform" else f"Dirichlet {noise.concentration:g}"
    zh = "、".join([*(f"第 {level} 层" for level in noise.levels), *noise.parents])
    en = ", ".join([*(f"level {level}" for level in noise.levels), *noise.parents])
    return Text(f"权重 {size}（{zh}）", f"weights {size} ({en})") if zh else Text(f"权重 {size}", f"weights {size}")


def _pick(u: Floats, count: int) -> Ints:
    """Alternative ⌊count·u⌋; u = 1 belongs to the last."""
    return np.minimum((u * count).astype(np.int64), count - 1)


def _distinct(own: Alternative, others: tuple[Alternative, ...]) -> tuple[Alternative, ...]:
    kept = [own]
    for other in others:
        if other not in kept:
            kept.append(other)
    return tuple(kept)

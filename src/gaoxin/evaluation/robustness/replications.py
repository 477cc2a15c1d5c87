"""Many replications of one index at once: the same chain, computed only from the first step that differs.

Imputation, treatment, normalisation and the source of the weights are run once for each combination that occurs; the
replications of a combination differ in weights and dropped indicators alone and go through the aggregation together,
block by block. Every aggregation takes a stack of weights, so there is no second formula here that could differ from
the plain chain, and a replication gets the same numbers whatever block it is computed in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gaoxin.evaluation.aggregation.aggregate import aggregate
from gaoxin.evaluation.children import DomainError
from gaoxin.evaluation.errors import EvaluationError
from gaoxin.evaluation.index import Evaluation
from gaoxin.evaluation.method import Aggregation, Imputation, Method, Screening, Treatment, UncertaintySpec, Weighting
from gaoxin.evaluation.rank import rank
from gaoxin.evaluation.robustness.sampling import FactorSpace, default_uncertainty
from gaoxin.evaluation.scoring import aggregation_of, compares_units
from gaoxin.evaluation.structure import Floats, Hierarchy, Ints
from gaoxin.words import Text

Flags = NDArray[np.bool_]

MEMORY = 512 * 2**20
"""Bytes that an analysis may use unless told otherwise."""

BLOCK = 2**17
"""Scores of one node in one block (1 MiB) at most: larger blocks leave the cache and are slower."""

TEMPORARIES = 12
"""Arrays of the size of a stack of children that a block may need at once (aggregations that sort need the most)."""

DATA_FREE = frozenset({"given", "equal", "ahp"})
"""Sources of weights that do not look at the data."""

UNSCORED = Text("有单位没有得分", "a unit is left without a score")


@dataclass(frozen=True, slots=True)
class Failure:
    """Replications with the same methods that gave no ranking for the same reason."""

    count: int
    methods: Text
    reason: Text


@dataclass(frozen=True, eq=False)
class Draw:
    """One replication in the terms of the plain chain.

    ``evaluation.again(method=draw.method, hierarchy=evaluation.hierarchy.with_weights(draw.weights))`` replays it.
    """

    method: Method
    weights: Floats
    """Weight of every node, shape (m,), 0 for what is left out."""
    dropped: tuple[str, ...]
    """Codes of the indicators that are left out of the aggregation."""


@dataclass(frozen=True, eq=False)
class Prepared:
    """What enters the aggregation in one combination of methods: b rows that are evaluated together."""

    normalised: Floats
    """Shape (b, n)."""
    weights: Floats
    """Weight of every node inside its parent, shape (m,)."""
    within: Ints
    """Which of the b rows are units of the analysis, and which units they are; both of one length."""
    places: Ints


@dataclass(frozen=True, eq=False)
class Replications:
    """The index of an evaluation in one period under other choices; its u units are the rows of that period."""

    evaluation: Evaluation
    space: FactorSpace
    period: str | None = None
    added: Floats | None = None
    """Points added to the index of each unit (bonus, deduction), shape (u,); NaN takes a unit out of the ranking."""
    memory: int = MEMORY
    _prepared: dict[tuple[int, ...], Prepared | EvaluationError] = field(default_factory=dict)
    _treated: dict[tuple[int, ...], Floats] = field(default_factory=dict)

    @classmethod
    def build(
        cls,
        evaluation: Evaluation,
        spec: UncertaintySpec | None,
        *,
        unconfirmed: Collection[str] = (),
        period: str | None = None,
        added: ArrayLike | None = None,
    ) -> Replications:
        """The factors of ``spec`` (default: those that suit the method) around an evaluation.

        ``unconfirmed`` are the codes of the nodes whose weight no document confirms. Raises EvaluationError when
        nothing is uncertain or the points added do not fit the units.
        """
        spec = default_uncertainty(evaluation.method) if spec is None else spec
        space = FactorSpace.build(spec, evaluation.hierarchy, evaluation.method, unconfirmed)
        points, units = None if added is None else np.asarray(added, dtype=np.float64), len(evaluation.rows_of(period))
        if points is not None and points.shape != (units,):
            raise EvaluationError(
                Text(
                    f"加减分有 {points.size} 个，单位有 {units} 个",
                    f"{points.size} points are added to {units} units",
                )
            )
        return cls(evaluation, space, period, points)

    def within(self, memory: int, replications: int, kept: int) -> Replications:
        """The same with what is left of ``memory`` bytes for working, next to the design and ``kept`` bytes for each.

        Raises EvaluationError when an eighth is not left.
        """
        each = 8 * (self.space.width + 12) + kept  # a row of the design, its choices, what is kept
        left = memory - each * replications
        if left < memory // 8:
            most = (memory - memory // 8) // each
            raise EvaluationError(
                Text(
                    f"{replications} 次模拟的结果超出内存限额 {memory / 2**20:.0f} MB，至多可做 {most} 次；"
                    "请减少次数或提高限额",
                    f"{replications} replications do not fit into {memory / 2**20:.0f} MB, which hold {most}; run "
                    "fewer or allow more memory",
                )
            )
        return replace(self, memory=left)

    @cached_property
    def rows(self) -> Ints:
        """Rows of the evaluation that are the units, shape (u,)."""
        return self.evaluation.rows_of(self.period)

    @cached_property
    def units(self) -> tuple[str, ...]:
        """Codes of the units, length u."""
        return tuple(self.evaluation.units[row] for row in self.rows.tolist())

    @cached_property
    def nominal_scores(self) -> Floats:
        """Index of the evaluation itself, with the points added, shape (u,); NaN for units that are not ranked."""
        scores = self.evaluation.index[self.rows]
        return scores if self.added is None else scores + self.added

    @cached_property
    def nominal_ranks(self) -> Floats:
        """Ranks of ``nominal_scores`` by the rule ``min``, shape (u,)."""
        return rank(self.nominal_scores)

    def run(
        self,
        points: Floats,
        receive: Callable[[Ints, Floats, Floats], None],
        progress: Callable[[float], None] | None = None,
    ) -> tuple[Failure, ...]:
        """Evaluate every point of a design, shape (replications, width).

        Replications that gave a ranking are handed to ``receive`` in blocks: their rows in the design (t,), scores
        (t, u) and ranks (t, u), NaN for units that the evaluation does not rank. A replication fails when an
        aggregation is not defined for its data, or when a unit that the evaluation ranks gets no score; failures are
        returned by methods and reason. ``progress`` is told the share that is done.
        """
        failures: Counter[tuple[Text, Text]] = Counter()
        done = 0
        combinations, which = np.unique(self.space.choices(points), axis=0, return_inverse=True)
        for k, choice in enumerate(combinations):
            mine = np.flatnonzero(which.ravel() == k)
            methods, method = self.space.words_of(choice), self.space.method_of(choice)
            prepared = self.prepared(choice)
            length = (
                len(mine) if isinstance(prepared, EvaluationError) else self._block_length(len(prepared.normalised))
            )
            for start in range(0, len(mine), length):
                block = mine[start : start + length]
                if isinstance(prepared, EvaluationError):
                    failures[methods, prepared.text] += len(block)
                else:
                    scores, failed = self._scores(prepared, method, self.space.weights(points[block], prepared.weights))
                    good = np.ones(len(block), dtype=np.bool_)
                    for reason, where in failed:
                        failures[methods, reason] += int((where & good).sum())
                        good &= ~where
                    if good.any():
                        scores = scores if good.all() else scores[good]
                        receive(block[good], scores, rank(scores, axis=1))
                done += len(block)
                if progress is not None:
                    progress(done / len(points))
        return tuple(Failure(count, *why) for why, count in failures.most_common() if count)

    def draw(self, point: Floats) -> Draw:
        """One point of a design in the terms of the plain chain; raises EvaluationError when its methods give none."""
        points = point[None, :]
        choice = self.space.choices(points)[0]
        prepared = self.prepared(choice)
        if isinstance(prepared, EvaluationError):
            raise prepared
        dropped = self.space.dropped(points)
        tree = self.evaluation.hierarchy
        left_out = [] if dropped is None else np.flatnonzero(dropped[0, : tree.n_indicators]).tolist()
        return Draw(
            method=self.space.method_of(choice).model_copy(update={"weighting": Weighting()}),
            weights=self.space.weights(points, prepared.weights)[0],
            dropped=tuple(tree.codes[child] for child in left_out),
        )

    def prepared(self, choice: Ints) -> Prepared | EvaluationError:
        """The chain up to the aggregation for one entry of ``FactorSpace.choices``, or why there is none."""
        method = self.space.method_of(choice)
        steps = tuple(choice.tolist())
        # Only the aggregation differs: the data are the same, unless the weights follow from the scores on the way.
        key = steps if method.weighting.method not in DATA_FREE else (*steps[:-1], self._compares(method))
        if key not in self._prepared:
            try:
                self._prepared[key] = self._prepare(method, steps[:2])
            except EvaluationError as error:
                self._prepared[key] = error
        return self._prepared[key]

    def _compares(self, method: Method) -> bool:
        return compares_units(self.evaluation.hierarchy, method)

    def _prepare(self, method: Method, upstream: tuple[int, ...]) -> Prepared:
        evaluated = self._evaluated(method, upstream)
        kept = np.flatnonzero(evaluated.unit_kept[self.rows])
        own = self.rows[kept]
        block = next((block for block in evaluated.blocks if np.isin(own, block).any()), own)
        compared = block if self._compares(method) else own
        weights = evaluated.weights[compared]
        if not len(compared):
            raise EvaluationError(UNSCORED)
        if not (weights == weights[0]).all():
            raise EvaluationError(
                Text(
                    "各单位权重各不相同（最有利权重），无法作权重扰动的稳健性分析；请改用共同的权重",
                    "every unit has weights of its own (benefit of the doubt), so there are no common weights to vary; "
                    "use common weights",
                )
            )
        return Prepared(evaluated.normalised[compared], weights[0], np.searchsorted(compared, own), kept)

    def _evaluated(self, method: Method, upstream: tuple[int, ...]) -> Evaluation:
        """The plain chain, from the treated data on when imputation and treatment have been run before."""
        if method.weighting.method in DATA_FREE:  # the scores are not wanted, so take an aggregation that never fails
            method = method.model_copy(update={"aggregation": (Aggregation(),), "aggregation_of": {}})
        if method == self.evaluation.method:
            return self.evaluation
        if not (self.evaluation.unit_kept.all() and self.evaluation.indicator_kept.all()):
            return self.evaluation.again(method=method)
        if upstream == (0, 0):
            self._treated[upstream] = self.evaluation.treated
        if upstream in self._treated:
            done = {"screening": Screening(), "imputation": Imputation(), "treatment": Treatment(), "treatment_of": {}}
            return self.evaluation.again(self._treated[upstream], method=method.model_copy(update=done))
        evaluated = self.evaluation.again(method=method)
        self._treated[upstream] = evaluated.treated
        return evaluated

    def _scores(self, prepared: Prepared, method: Method, weights: Floats) -> tuple[Floats, list[tuple[Text, Flags]]]:
        """Index of the units, shape (t, u), and in which replications it failed for which reason."""
        found, failed = index_scores(prepared.normalised, self.evaluation.hierarchy, method, weights)
        scores = np.full((len(weights), len(self.rows)), np.nan)
        scores[:, prepared.places] = found[:, prepared.within]
        if self.added is not None:
            scores += self.added
        ranked = ~np.isnan(self.nominal_scores)
        scores[:, ~ranked] = np.nan
        return scores, [*failed, (UNSCORED, np.isnan(scores[:, ranked]).any(axis=1))]

    def _block_length(self, compared: int) -> int:
        """How many replications fit into the memory at once, at least 1."""
        tree = self.evaluation.hierarchy
        widest = max(len(below) for below in tree.children)
        aggregates = tree.n_nodes - tree.n_indicators
        per_replication = 8 * (compared * (aggregates + TEMPORARIES * widest) + 4 * tree.n_nodes)
        return int(max(1, min(self.memory // per_replication, BLOCK // compared)))


def index_scores(
    z: Floats, tree: Hierarchy, method: Method, weights: Floats
) -> tuple[Floats, list[tuple[Text, Flags]]]:
    """Index of b rows in t replications that differ in their weights.

    Parameters
    ----------
    z
        Normalised indicators of rows that are evaluated together, shape (b, n), NaN missing.
    tree, method
        The system; of the method only the aggregation counts here.
    weights
        Weight of every node inside its parent in every replication, shape (t, m); 0 drops a node.

    Returns
    -------
    Scores, shape (t, b); and for every aggregate that met a value outside the domain of its aggregation, where the
    plain chain stops with an error, the reason and the replications (t,).
    """
    t = len(weights)
    failed: list[tuple[Text, Flags]] = []
    scores: list[Floats] = list(z.T)  # (b,) where all replications agree, else (t, b)
    for node in range(tree.n_indicators, tree.n_nodes):
        below = tree.children[node]
        spec = aggregation_of(tree, method, node)
        w = weights[:, below]
        if all(scores[child].ndim == 1 for child in below):
            x = np.stack([scores[child] for child in below], axis=-1)
            w = w[0] if (w == w[0]).all() else w
        else:
            x = np.empty((t, len(z), len(below)))
            for k, child in enumerate(below):
                x[:, :, k] = scores[child]
        try:
            score = aggregate(x, w, spec)
        except DomainError as error:
            score = aggregate(x, w, spec, outside="missing")
            there = aggregate(x, w, Aggregation(min_availability=spec.min_availability))
            where = (np.isnan(score) & ~np.isnan(there)).any(axis=-1)
            code, rule = tree.codes[node], error.rule
            failed.append((Text(f"{code}：{rule.zh}", f"{code}: {rule.en}"), np.broadcast_to(where, (t,))))
        scores.append(score)
    return np.broadcast_to(scores[-1], (t, len(z))), failed

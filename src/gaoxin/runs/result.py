"""The result of one evaluation run: everything the outputs show, as plain data.

The command line, the reports, the files and the manifest all read this one object; none of them computes anything
that is not in it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BeforeValidator, ConfigDict, PlainSerializer, PlainValidator

from gaoxin.problems import Problem
from gaoxin.words import Text


def _numbers(value: Any) -> NDArray[np.float64]:
    """Read nested lists, with null for NaN."""
    return np.array(value, dtype=np.float64)  # NumPy reads None as NaN here


def _lists(value: NDArray[np.float64]) -> Any:
    known = value.astype(object)
    known[np.isnan(value)] = None
    return known.tolist()


def _flags(value: Any) -> NDArray[np.bool_]:
    return np.array(value, dtype=np.bool_)


def _number(value: Any) -> Any:
    return np.nan if value is None else value


def _null(value: float) -> float | None:
    return None if np.isnan(value) else value


Number = Annotated[float, BeforeValidator(_number), PlainSerializer(_null)]
"""A figure that may be unknown: NaN here, null in the file."""
Floats = Annotated[NDArray[np.float64], PlainValidator(_numbers), PlainSerializer(_lists)]
Flags = Annotated[NDArray[np.bool_], PlainValidator(_flags), PlainSerializer(lambda value: value.tolist())]


@dataclass(frozen=True, slots=True)
class Citation:
    """Clause behind an entry: document, its number, article, and how far it is confirmed."""

    title: str
    number: str = ""
    article: str = ""
    confidence: str = "unknown"
    url: str = ""


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit that is evaluated (zone, country, university …)."""

    code: str
    name: str
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Node:
    """An indicator, dimension or index of the system as used in the run."""

    code: str
    name: Text
    parent: str | None
    level: int
    weight: float
    effective_weight: float
    weight_confirmed: bool
    maximum: float | None
    """Highest attainable score of the node, when the method has one."""
    unit: str = ""
    direction: int = 1
    source: str = ""
    """``firm``, ``zone``, ``expert`` or ``given``; empty for aggregates."""
    formula: str = ""
    citation: Citation | None = None


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A bonus, a deduction or a veto, with the reason that was given."""

    unit: str
    kind: str
    points: Number
    reason: str


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """Variance-based sensitivity of one uncertain choice: first order and total, each with a 95% interval."""

    factor: Text
    first: Number
    first_interval: tuple[Number, Number]
    total: Number
    total_interval: tuple[Number, Number]


@dataclass(frozen=True, eq=False)
class RobustnessResult:
    """How far the ranking can be trusted: u units over ``replications`` samples of the uncertain choices."""

    __pydantic_config__ = ConfigDict(arbitrary_types_allowed=True)

    replications: int
    seed: int
    factors: tuple[Text, ...]
    """What was varied, in words."""
    rank_low: Floats
    rank_median: Floats
    rank_high: Floats
    """5%, 50% and 95% quantile of the rank of each unit, shape (u,)."""
    top_k: int
    probability_top: Floats
    bottom_k: int
    probability_bottom: Floats
    """Share of replications in which the unit is among the best / worst k, shape (u,)."""
    dominance: Floats
    """Share of replications in which the row unit ranks before the column unit, shape (u, u)."""
    sensitivity: tuple[Sensitivity, ...] = ()
    failed: int = 0
    """Replications that gave no ranking and are not counted; said in every output."""


@dataclass(frozen=True, slots=True)
class PreviousStanding:
    """Where a unit stood in an earlier period of the same run."""

    period: str
    unit: str
    score: Number
    rank: Number


@dataclass(frozen=True, slots=True)
class UnitNote:
    """A strength or weakness of a unit against its peers."""

    unit: str
    node: str
    strength: bool
    value: Number
    peer_median: Number
    rank: Number


@dataclass(frozen=True, slots=True)
class IndicatorNote:
    """Something an analyst should know of an indicator: redundant, silent, constant, badly covered."""

    node: str
    kind: str
    message: Text


@dataclass(frozen=True, eq=False)
class RunResult:
    """One period of one system over u units, n indicators and m nodes (indicators first, index last)."""

    __pydantic_config__ = ConfigDict(arbitrary_types_allowed=True)

    title: Text
    system: str
    system_title: Text
    system_version: str
    citation: Citation | None
    period: str
    synthetic: bool
    """True when any input says that it is synthetic; every output repeats it."""
    units: tuple[Unit, ...]
    nodes: tuple[Node, ...]
    raw: Floats
    """Indicator values before any step, shape (u, n), NaN where unknown."""
    coverage: Floats
    """Share of reporters behind each raw value, shape (u, n), NaN where the source is not an aggregate."""
    imputed: Flags
    treated: Flags
    """Cells that were filled or changed, shape (u, n)."""
    normalised: Floats
    """Shape (u, n)."""
    scores: Floats
    """Shape (u, m); the last column is the index after adjustments."""
    ranks: Floats
    """Shape (u, m); 1 is best, ties by the method's rule, NaN where there is no score."""
    group_ranks: Floats | None
    """Rank of the index inside the unit's group, shape (u,)."""
    contributions: Floats
    """Shape (u, n); each row adds up to the index before adjustments where the method is additive."""
    contributions_exact: bool
    adjustments: tuple[Adjustment, ...]
    previous: tuple[PreviousStanding, ...]
    correlation: Floats
    """Pearson correlation of the normalised indicators, shape (n, n)."""
    alpha: dict[str, Number]
    """Cronbach's alpha per aggregate node; NaN where the units are too few or too alike for one."""
    unit_notes: tuple[UnitNote, ...]
    indicator_notes: tuple[IndicatorNote, ...]
    robustness: RobustnessResult | None
    problems: tuple[Problem, ...]
    """Findings of the checks on the returns."""
    method: tuple[tuple[Text, Text], ...]
    """The method in words: (step, what was done)."""
    sources: tuple[tuple[str, str], ...]
    """Input files and their SHA-256."""
    versions: dict[str, str] = field(default_factory=dict)
    created: str = ""
    """ISO time of the run, UTC."""
    contributions_base: Floats | None = None
    """Points of the index that belong to no indicator, shape (u,); where the method compares units with each other the
    contributions and this base together are the index."""
    absent: tuple[Unit, ...] = ()
    """Units that reported in an earlier period and not in this one; they have no rank."""

    @property
    def n_unconfirmed_weights(self) -> int:
        """How many of the weights used are not confirmed by an official document."""
        return sum(not node.weight_confirmed for node in self.nodes if node.parent is not None)

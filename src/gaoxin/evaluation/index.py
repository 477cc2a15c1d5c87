"""The whole chain: from indicator values to scores and ranks, every intermediate array kept.

    raw → denominate → screen → impute → treat → normalise → weigh and aggregate, level by level → rank

One table holds one period or several (a row is then a unit in a period). Imputation and treatment look at the units of
the same period (interpolation: at the periods of the same unit); the scope of the normalisation says whether each
period has its own scale (then ranks compare from year to year, scores do not), or all share one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gaoxin.evaluation import inputs, remarks
from gaoxin.evaluation.diagnosis.panel import period_numbers
from gaoxin.evaluation.errors import EvaluationError, listed
from gaoxin.evaluation.groups import rank_within, rows_by
from gaoxin.evaluation.imputation.impute import impute
from gaoxin.evaluation.method import Method
from gaoxin.evaluation.normalisation.normalise import Scaling, normalise
from gaoxin.evaluation.notes import Note
from gaoxin.evaluation.preparation.denominate import denominate
from gaoxin.evaluation.preparation.screen import screen
from gaoxin.evaluation.preparation.treat import Treated, treat
from gaoxin.evaluation.scoring import blocks, score_rows, score_tree
from gaoxin.evaluation.structure import Floats, Hierarchy, Ints
from gaoxin.words import Text

Flags = NDArray[np.bool_]
T = TypeVar("T", np.float64, np.bool_)


@dataclass(frozen=True, eq=False)
class Evaluation:
    """An evaluated index over u rows (unit, or unit × period), n indicators and m nodes (indicators first, index last).

    All arrays keep all u rows and all n or m columns: what was screened out is NaN from there on.
    """

    hierarchy: Hierarchy
    method: Method
    units: tuple[str, ...]
    """Code of the unit of every row, length u."""
    groups: tuple[str | None, ...] | None
    """Group (for example zone class) of every row, length u."""
    periods: tuple[str, ...] | None
    """Period of every row, length u; None when no periods were given."""
    raw: Floats
    """Values as given, shape (u, n)."""
    denominated: Floats
    """Raw values divided by their denominators, shape (u, n)."""
    unit_kept: Flags
    """Rows with enough data, shape (u,)."""
    indicator_kept: Flags
    """Indicators with enough data, shape (n,)."""
    imputed: Floats
    """Denominated values of what was kept, missing ones filled, shape (u, n)."""
    filled: Flags
    """Cells that the imputation filled, shape (u, n)."""
    treated: Floats
    """Imputed values, outliers treated, shape (u, n)."""
    changed: Flags
    """Cells that the treatment changed, shape (u, n)."""
    treatment: Treated
    """Record of the treatment; its rows and columns are those that were kept."""
    normalised: Floats
    """Shape (u, n)."""
    scaling: Scaling
    """The fitted scales; its columns are the indicators that were kept."""
    weights: Floats
    """Weight of every node inside its parent as used for the row, shape (u, m), the root's 1. Rows differ when weights
    follow from the data of a period or unit (benefit of the doubt). Before the rescaling for missing children."""
    scores: Floats
    """Score of every node, shape (u, m): the first n columns are the normalised indicators, the last is the index."""
    ranks: Floats
    """Rank of every node among the rows of the same period, shape (u, m)."""
    group_ranks: Floats | None
    """Rank of every node among the rows of the same period and group, shape (u, m)."""
    notes: tuple[Note, ...]

    @property
    def index(self) -> Floats:
        """Score of the index, shape (u,)."""
        return self.scores[:, -1]

    @property
    def indicators(self) -> tuple[str, ...]:
        """Codes of the n indicators."""
        return self.hierarchy.codes[: self.hierarchy.n_indicators]

    @cached_property
    def blocks(self) -> tuple[Ints, ...]:
        """Rows that are evaluated together: those of each period when it has a scale of its own, else all of them."""
        return blocks(self.method, self.periods, self.unit_kept)

    def rows_of(self, period: object = None) -> Ints:
        """Rows of one period (default: of the only one), screened-out ones included."""
        labels = self.periods or ("",) * len(self.units)
        wanted = labels[0] if period is None and len(set(labels)) == 1 else str(period)
        rows = np.flatnonzero(np.array(labels) == wanted)
        if len(rows) == 0:
            have = listed(dict.fromkeys(self.periods or ()))
            raise EvaluationError(
                Text(
                    f"须指明期别：{have.zh or '数据没有分期'}",
                    f"name one of the periods: {have.en or 'there are none, leave it out'}",
                )
            )
        return rows

    def row_of(self, unit: str, period: object = None) -> int:
        """The row of a unit in a period (default: the only one)."""
        for row in self.rows_of(period).tolist():
            if self.units[row] == unit:
                return int(row)
        raise EvaluationError(Text(f"没有单位 {unit}", f"there is no unit {unit}"))

    def normalise(self, treated: Floats) -> Floats:
        """Normalise other values of the same rows with the scales of this evaluation, shape (u, n)."""
        z = np.full(treated.shape, np.nan)
        cells = np.ix_(self.unit_kept, self.indicator_kept)
        periods = (
            None if self.periods is None else [p for p, kept in zip(self.periods, self.unit_kept, strict=True) if kept]
        )
        z[cells] = self.scaling.apply(treated[cells], periods)
        return z

    def again(
        self, values: Floats | None = None, *, hierarchy: Hierarchy | None = None, method: Method | None = None
    ) -> Evaluation:
        """The whole chain once more, with other (denominated) values, weights or method; the units stay the same."""
        return evaluate(
            self.denominated if values is None else values,
            hierarchy or self.hierarchy,
            method or self.method,
            units=self.units,
            groups=self.groups,
            periods=self.periods,
        )

    def with_normalised(self, z: Floats, *, weights: Floats | None = None) -> Evaluation:
        """The same with other normalised values, shape (u, n), aggregated and ranked again.

        ``weights`` (m,) or (u, m) are used as they are; by default they come from the method as before. The steps
        before the aggregation keep what they had.
        """
        if weights is None:
            scores, used, _ = score_rows(
                z,
                self.hierarchy,
                self.method,
                self.periods,
                inputs.row_names(self.units, self.periods),
                self.unit_kept,
                self.indicator_kept,
            )
        else:
            scores, used = np.full((2, len(z), self.hierarchy.n_nodes), np.nan)
            for block in self.blocks:
                own = weights if weights.ndim == 1 else weights[block]
                scores[block], used[block] = score_tree(z[block], self.hierarchy, self.method, own)
        return replace(
            self,
            normalised=z,
            scores=scores,
            weights=used,
            ranks=_ranks(scores, self.method, self.periods),
            group_ranks=None if self.groups is None else _ranks(scores, self.method, self.periods, self.groups),
        )

    def with_weights(self, weights: ArrayLike) -> Evaluation:
        """The same with other weights of the m nodes, from the aggregation on."""
        tree = self.hierarchy.with_weights(np.asarray(weights, dtype=np.float64))
        return replace(self, hierarchy=tree).with_normalised(self.normalised)


def evaluate(
    x: ArrayLike,
    hierarchy: Hierarchy,
    method: Method | None = None,
    *,
    units: Sequence[str],
    groups: Sequence[str | None] | None = None,
    periods: Sequence[object] | None = None,
    weights: ArrayLike | None = None,
    denominators: ArrayLike | None = None,
    denominator_of: Sequence[int | None] | None = None,
    denominator_scale: ArrayLike = 1.0,
) -> Evaluation:
    """Evaluate an index.

    Parameters
    ----------
    x
        Indicator values, shape (u, n), columns in the order of the hierarchy, NaN missing.
    hierarchy
        The tree, with weights and directions.
    method
        What is done in each step; by default min-max 0–100 and weighted arithmetic means of what is there.
    units
        Code of the unit of every row. Without periods they are unique; with periods, unique in each.
    groups
        Group of every row: for the ranks inside groups and for group means.
    periods
        Period of every row: 2025, 2025-Q3 or 2025-08.
    weights
        Weights of all m nodes in place of those of the hierarchy.
    denominators, denominator_of, denominator_scale
        Sizes of the units, shape (u, d), and for each indicator the column to divide by, or None; see
        :func:`gaoxin.evaluation.preparation.denominate.denominate`.

    Returns
    -------
    Evaluation, with notes on everything that was decided or is odd.

    Raises
    ------
    EvaluationError
        Something does not fit or gives no result; the message names the unit and the indicator, and says what to do.

    >>> tree = Hierarchy.build({"a": "I", "b": "I", "I": None}, weights={"a": 3.0}, directions={"b": -1})
    >>> done = evaluate([[1.0, 9.0], [5.0, 5.0], [3.0, 7.0]], tree, units=["X", "Y", "Z"])
    >>> done.index.tolist(), done.ranks[:, -1].tolist()
    ([0.0, 100.0, 50.0], [3.0, 1.0, 2.0])
    """
    method = method or Method()
    raw = np.array(x, dtype=np.float64)
    times = None if periods is None else tuple(str(period) for period in periods)
    if weights is not None:
        hierarchy = hierarchy.with_weights(np.asarray(weights, dtype=np.float64))
    inputs.check(raw, hierarchy, method, units, groups, times)
    codes = hierarchy.codes[: hierarchy.n_indicators]
    names = inputs.row_names(units, times)
    notes: list[Note] = []

    values = raw
    if (denominators is None) != (denominator_of is None):
        raise EvaluationError(
            Text(
                "denominators 与 denominator_of 须同时给出：分母的数值，以及各指标用哪一列",
                "denominators and denominator_of go together: the sizes, and which one divides each indicator",
            )
        )
    if denominators is not None and denominator_of is not None:
        denominated = denominate(raw, np.asarray(denominators, np.float64), denominator_of, scale=denominator_scale)
        values = denominated.x
        notes += denominated.notes(names, codes)

    screened = screen(values, method.screening, units=names, indicators=codes)
    notes += screened.notes(names, codes)
    rows, columns = np.flatnonzero(screened.unit_kept).tolist(), np.flatnonzero(screened.indicator_kept).tolist()
    cells = np.ix_(rows, columns)
    kept_names, kept_codes = [names[i] for i in rows], [codes[j] for j in columns]
    kept_times = None if times is None else [times[i] for i in rows]
    kept_groups = None if groups is None else [groups[i] for i in rows]

    imputed = impute(
        values[cells],
        method.imputation,
        direction=hierarchy.directions[columns],
        groups=kept_groups,
        branches=hierarchy.parents[columns],
        series=None if times is None else [units[i] for i in rows],
        times=_numbers(kept_times, method),
    )
    notes += imputed.notes(kept_names, kept_codes)

    treated = treat(
        imputed.x,
        method.treatment,
        overrides={code: spec for code, spec in method.treatment_of.items() if code in kept_codes},
        indicators=kept_codes,
        periods=kept_times,
    )
    notes += treated.notes(kept_names, kept_codes)
    notes += remarks.untreated(treated.x, method, kept_codes, kept_times)
    notes += remarks.transformed_by_period(treated, method, kept_codes)

    normalised = normalise(
        treated.x,
        hierarchy.directions[columns],
        method.normalisation,
        overrides={code: spec for code, spec in method.normalisation_of.items() if code in kept_codes},
        indicators=kept_codes,
        units=[units[i] for i in rows],
        periods=kept_times,
    )
    notes += normalised.notes(kept_codes)

    z = _spread(normalised.x, raw.shape, cells)
    scores, used, said = score_rows(z, hierarchy, method, times, names, screened.unit_kept, screened.indicator_kept)
    notes += said
    notes += remarks.unscored(scores, screened.unit_kept, hierarchy, names)
    return Evaluation(
        hierarchy=hierarchy,
        method=method,
        units=tuple(units),
        groups=None if groups is None else tuple(groups),
        periods=times,
        raw=raw,
        denominated=values,
        unit_kept=screened.unit_kept,
        indicator_kept=screened.indicator_kept,
        imputed=_spread(imputed.x, raw.shape, cells),
        filled=_spread(imputed.filled, raw.shape, cells),
        treated=_spread(treated.x, raw.shape, cells),
        changed=_spread(treated.changed, raw.shape, cells),
        treatment=treated,
        normalised=z,
        scaling=normalised.scaling,
        weights=used,
        scores=scores,
        ranks=_ranks(scores, method, times),
        group_ranks=None if groups is None else _ranks(scores, method, times, groups),
        notes=tuple(notes),
    )


def evaluate_by_group(
    x: ArrayLike,
    hierarchy: Hierarchy,
    method: Method | None = None,
    *,
    units: Sequence[str],
    groups: Sequence[str | None],
    periods: Sequence[object] | None = None,
) -> dict[str, Evaluation]:
    """Evaluate every group of units by itself (分类评价): with extremes, weights and ranks of its own.

    Parameters as in :func:`evaluate`; rows without a group are evaluated nowhere. Scores of different groups do not
    compare. Where they should, evaluate all units together and read ``Evaluation.group_ranks``.

    >>> tree = Hierarchy.build({"a": "I", "I": None})
    >>> done = evaluate_by_group([[1.0], [3.0], [5.0], [9.0]], tree, units=list("WXYZ"), groups=["A", "A", "B", "B"])
    >>> {group: found.index.tolist() for group, found in done.items()}
    {'A': [0.0, 100.0], 'B': [0.0, 100.0]}
    """
    values = np.asarray(x, dtype=np.float64)
    found = {}
    for (group,), rows in rows_by(groups).items():
        places = rows.tolist()
        found[str(group)] = evaluate(
            values[rows],
            hierarchy,
            method,
            units=[units[i] for i in places],
            groups=[groups[i] for i in places],
            periods=None if periods is None else [periods[i] for i in places],
        )
    return found


def _numbers(times: Sequence[str] | None, method: Method) -> Ints | None:
    """Periods as numbers; where nothing is interpolated any label will do."""
    if times is None:
        return None
    if method.imputation.method in ("linear", "last"):
        return period_numbers(times)
    return np.unique(np.array(times), return_inverse=True)[1].astype(np.int64)


def _ranks(scores: Floats, method: Method, *labels: Sequence[str | None] | None) -> Floats:
    given = [of for of in labels if of is not None] or [["one"] * len(scores)]
    return rank_within(scores, *given, ties=method.ties)


def _spread(part: NDArray[T], shape: tuple[int, ...], cells: tuple[Ints, ...]) -> NDArray[T]:
    """The kept rows and columns in a table of all rows and columns; what was left out is missing (or unmarked)."""
    whole = np.zeros(shape, dtype=part.dtype) if part.dtype == np.bool_ else np.full(shape, np.nan, dtype=part.dtype)
    whole[cells] = part
    return whole

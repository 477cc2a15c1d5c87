"""Outlier treatment (异常值处理): the few values that would set the scale for everybody else are brought in.

A column needs treatment when it is both skewed and heavy-tailed: it passes when |G1| < ``skewness`` **or**
G2 < ``kurtosis`` (see ``moments``). The bounds 2 and 3.5 and the order of the remedies (few points: winsorise them;
many: take logs) are those of the JRC and of COINr. Every value that was changed is on record, and so is every column
that fails even after its treatment: that is said, never passed over.

The default of a method is ``none``: changing reported values is for the office to decide.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from gaoxin.evaluation.errors import EvaluationError, listed
from gaoxin.evaluation.method import Treatment
from gaoxin.evaluation.moments import extremes, skewness_and_kurtosis
from gaoxin.evaluation.notes import Note, codes_or_numbers
from gaoxin.evaluation.preparation.transform import boxcox, boxcox_lambda, log_ct, log_ct_orig, log_ct_plus
from gaoxin.evaluation.structure import Floats
from gaoxin.words import Text

How = Literal["winsorised high", "winsorised low", "transformed"]
Transformation = Literal["log_ct", "log_ct_plus", "log_ct_orig", "boxcox"]
LOGS = {"log_ct": log_ct, "log_ct_plus": log_ct_plus, "log_ct_orig": log_ct_orig}
HOW: tuple[How, ...] = ("winsorised high", "winsorised low", "transformed")


@dataclass(frozen=True, slots=True)
class TreatedPoint:
    """One value that was changed."""

    unit: int
    indicator: int
    before: float
    after: float
    how: How


@dataclass(frozen=True, slots=True)
class Shape:
    """Adjusted skewness G1 and excess kurtosis G2 of a column, NaN where they are not defined."""

    skewness: float
    kurtosis: float


@dataclass(frozen=True, slots=True)
class TreatedColumn:
    """What was done to one indicator (in one period) and how it came out."""

    indicator: int
    period: object
    """Label of the period; None when the data are not divided into periods."""
    before: Shape
    points: int
    """Values that winsorising moved before it stopped, also when a logarithm then took its place."""
    winsorised: Shape
    """After winsorising; the same as ``before`` where no value was moved."""
    transformation: Transformation | None
    """The transformation of the whole column that was used, if any; it starts from the untreated values."""
    boxcox_lambda: float | None
    after: Shape
    passed: bool | None
    """Whether the result passes the test; None when it cannot be tested (constant, or fewer than 4 values)."""


@dataclass(frozen=True, eq=False)
class Treated:
    """Treated values and the full record of the treatment."""

    x: Floats
    """Shape (units, indicators)."""
    before: Floats
    """The values that were treated, shape (units, indicators)."""
    how: NDArray[np.int8]
    """Per cell 0 (unchanged) or 1 + the place in ``HOW``, shape (units, indicators)."""
    periods: tuple[object, ...] | None
    """Label of the period of each row."""
    columns: tuple[TreatedColumn, ...]
    """One per indicator (and period), in their order; empty for ``none``."""

    @property
    def changed(self) -> NDArray[np.bool_]:
        """Cells that were changed, shape (units, indicators)."""
        return np.not_equal(self.how, 0)

    def points(self) -> Iterator[TreatedPoint]:
        """Every value that was changed, indicator by indicator."""
        for j, i in np.argwhere(self.how.T != 0).tolist():
            yield TreatedPoint(i, j, float(self.before[i, j]), float(self.x[i, j]), HOW[self.how[i, j] - 1])

    def notes(self, units: Sequence[str], indicators: Sequence[str]) -> tuple[Note, ...]:
        """One note for each indicator (and period) that was treated, still fails, or could not be tested."""
        return tuple(
            note for column in self.columns if (note := self._note(column, units, indicators[column.indicator]))
        )

    def _note(self, column: TreatedColumn, units: Sequence[str], indicator: str) -> Note | None:
        zh: list[str] = []
        en: list[str] = []
        names: tuple[str, ...] = ()
        if column.transformation:
            fitted = "" if column.boxcox_lambda is None else f" (λ = {column.boxcox_lambda:.4g})"
            zh.append(f"整列作 {column.transformation}{fitted} 变换")
            en.append(f"the whole column is transformed by {column.transformation}{fitted}")
        elif column.points:
            moved = np.flatnonzero(self.how[:, column.indicator]).tolist()
            names = tuple(units[i] for i in moved if self.periods is None or self.periods[i] == column.period)
            zh.append(f"缩尾 {column.points} 个值（{listed(names).zh}）")
            en.append(f"values winsorised: {column.points} ({listed(names).en})")
        if column.passed is False:
            g1, g2 = column.after.skewness, column.after.kurtosis
            zh.append(f"仍未通过检验（偏度 {g1:.2f}，峰度 {g2:.2f}），请检查数据")
            en.append(f"it still fails the test (skewness {g1:.2f}, kurtosis {g2:.2f}): look at its data")
        elif column.passed is None:
            zh.append("取值全同或不足 4 个，无法检验")
            en.append("it is constant or has fewer than 4 values and cannot be tested")
        if not zh:
            return None
        what = indicator if column.period is None else f"{indicator} {column.period}"
        message = Text(f"{what}：{'；'.join(zh)}", f"{what}: {'; '.join(en)}")
        return Note("treat", message, units=names, nodes=(indicator,))


def passes(shape: Shape, spec: Treatment) -> bool | None:
    """Whether a column is fit for use: |G1| < ``skewness`` or G2 < ``kurtosis``; None when that cannot be said.

    >>> passes(Shape(2.4, 3.0), Treatment()), passes(Shape(2.4, 6.0), Treatment())
    (True, False)
    """
    if abs(shape.skewness) < spec.skewness or shape.kurtosis < spec.kurtosis:
        return True
    return None if np.isnan(shape.skewness) or np.isnan(shape.kurtosis) else False


def winsorise(
    values: Floats, *, max_points: int | None = 5, skewness: float = 2.0, kurtosis: float = 3.5
) -> tuple[Floats, NDArray[np.int8]]:
    """Bring in the outermost values of one column until it passes, at most ``max_points`` of them (缩尾处理).

    In each step the values tied at the end of the longer tail (the maximum when G1 ≥ 0, else the minimum) are set to
    the next value inwards. It stops when |G1| < ``skewness`` or G2 < ``kurtosis``, when ``max_points`` values have been
    moved, or when only two different values are left: one more step would make the column constant (COINr stops with an
    error there). Tied values are moved together, so that equal units stay equal; ties can therefore exceed
    ``max_points``.

    Parameters
    ----------
    values
        Shape (units,), NaN missing.
    max_points
        None: no limit.
    skewness, kurtosis
        Bounds of the test.

    Returns
    -------
    The new values, and per unit 0 (unchanged), 1 (brought down from the top) or 2 (brought up from the bottom).

    Source: ``winsorise`` of COINr 1.1 (W. Becker et al., European Commission, Joint Research Centre).

    >>> moved, how = winsorise(np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 90.0]))
    >>> moved.tolist(), how.tolist()
    ([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 7.0], [0, 0, 0, 0, 0, 0, 0, 1])
    """
    spec = Treatment(method="winsorise", max_points=max_points, skewness=skewness, kurtosis=kurtosis)
    limit = len(values) if max_points is None else max_points
    moved, how = values.copy(), np.zeros(len(values), dtype=np.int8)
    shape = _shape(moved)
    while passes(shape, spec) is False and np.count_nonzero(how) < limit:
        low, high = np.fmin.reduce(moved), np.fmax.reduce(moved)
        end, other, place = (high, low, 1) if shape.skewness >= 0 else (low, high, 2)
        outermost = moved == end
        inner = moved[(moved != end) & ~np.isnan(moved)]
        inwards = inner.max() if place == 1 else inner.min()
        if inwards == other:
            break
        moved[outermost], how[outermost] = inwards, place
        shape = _shape(moved)
    return moved, how


def treat(
    x: Floats,
    spec: Treatment,
    *,
    overrides: Mapping[str, Treatment] | None = None,
    indicators: Sequence[str] | None = None,
    periods: Sequence[object] | None = None,
) -> Treated:
    """Treat the columns that fail the test, by the method of ``spec``.

    - ``winsorise``: see there; what still fails is kept winsorised, and reported.
    - ``winsorise_then_log``: the same; a column that still fails is replaced by the log of its *untreated* values,
      ``log_ct_plus``. For a right-skewed column that is COINr's ``log_CT``; for a left-skewed one the log is mirrored,
      where COINr's would lengthen the tail.
    - ``log_ct``, ``log_ct_plus``, ``log_ct_orig``, ``boxcox`` (see ``transform``): the transformation of the whole
      column; λ of Box–Cox is fitted unless it is given.
    - ``none``: nothing is tested and nothing is changed.

    An indicator named in ``overrides`` has its own specification, and a transformation named there is done without a
    test: an office that asks for one indicator in logs gets it. A column that cannot be tested (constant, or fewer than
    4 values) is otherwise left alone and reported.

    Parameters
    ----------
    x
        Values as measured (before directions), shape (rows, indicators), NaN missing; missing values stay missing.
    spec
        Method, bounds and limits for every indicator without its own.
    overrides
        Specification by code of the indicator.
    indicators
        Codes of the columns; needed with ``overrides``.
    periods
        Label of the period of each row: every period is treated by itself.

    >>> done = treat(np.array([[1.0], [2.0], [3.0], [4.0], [5.0], [90.0]]), Treatment(method="winsorise"))
    >>> [(point.unit, point.before, point.after, point.how) for point in done.points()]
    [(5, 90.0, 5.0, 'winsorised high')]
    """
    overrides = overrides or {}
    if unknown := sorted(set(overrides) - set(indicators or ())):
        names = listed(unknown)
        raise EvaluationError(
            Text(
                f"异常值处理中单独规定的指标不存在：{names.zh}，请核对代码",
                f"a treatment is given for indicators that do not exist: {names.en}; check the codes",
            )
        )
    codes = codes_or_numbers(indicators, x.shape[1])
    treated, how = x.copy(), np.zeros(x.shape, dtype=np.int8)
    columns = []
    for period in [None] if periods is None else dict.fromkeys(periods):
        rows = np.arange(len(x)) if periods is None else np.flatnonzero([label == period for label in periods])
        for j, code in enumerate(codes):
            own = overrides.get(code, spec)
            if own.method != "none":
                done = _treat_column(x[rows, j], own, indicator=j, period=period, always=code in overrides)
                treated[rows, j], how[rows, j], column = done
                columns.append(column)
    return Treated(treated, x, how, None if periods is None else tuple(periods), tuple(columns))


def _treat_column(
    values: Floats, spec: Treatment, *, indicator: int, period: object, always: bool
) -> tuple[Floats, NDArray[np.int8], TreatedColumn]:
    before = winsorised = _shape(values)
    fails = passes(before, spec) is False
    new, how, points = values, np.zeros(len(values), dtype=np.int8), 0
    transformation: Transformation | None = None
    if spec.method in ("log_ct", "log_ct_plus", "log_ct_orig", "boxcox"):
        low, high = extremes(values[:, None])
        if (fails or always) and low[0] < high[0]:
            transformation = spec.method
    elif fails:
        new, how = winsorise(values, max_points=spec.max_points, skewness=spec.skewness, kurtosis=spec.kurtosis)
        points, winsorised = int(np.count_nonzero(how)), _shape(new)
        if spec.method == "winsorise_then_log" and passes(winsorised, spec) is False:
            transformation = "log_ct_plus"

    fitted: float | None = None
    if transformation is not None:
        if transformation == "boxcox":
            fitted = boxcox_lambda(values) if spec.boxcox_lambda is None else spec.boxcox_lambda
            new = boxcox(values[:, None], fitted)[:, 0]
        else:
            new = LOGS[transformation](values[:, None])[:, 0]
        how = np.where(np.isnan(values), 0, 1 + HOW.index("transformed")).astype(np.int8)
    after = winsorised if transformation is None else _shape(new)
    return (
        new,
        how,
        TreatedColumn(
            indicator=indicator,
            period=period,
            before=before,
            points=points,
            winsorised=winsorised,
            transformation=transformation,
            boxcox_lambda=fitted,
            after=after,
            passed=passes(after, spec),
        ),
    )


def _shape(values: Floats) -> Shape:
    skewness, kurtosis = skewness_and_kurtosis(values[:, None])
    return Shape(float(skewness[0]), float(kurtosis[0]))

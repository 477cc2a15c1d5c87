"""Normalisation (无量纲化): indicators in different units brought to one scale on which more is always better.

The methods are in ``normalisations``, with formulas and sources. Here one is chosen by specification, per indicator and
per period: the scale is fitted on the data that the scope names, and applied. The default is min-max on 0 … 100, what
most offices and readers expect: it keeps the distances between units, and the best unit of each indicator has 100.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from gaoxin.evaluation.errors import EvaluationError, listed
from gaoxin.evaluation.method import Normalisation
from gaoxin.evaluation.moments import counts, extremes
from gaoxin.evaluation.normalisation import scales
from gaoxin.evaluation.normalisation.normalisations import as_direction
from gaoxin.evaluation.normalisation.scales import LinearScale, Scale
from gaoxin.evaluation.notes import Note, codes_or_numbers
from gaoxin.evaluation.structure import Floats, Ints
from gaoxin.words import Text

ALL_EQUAL = Text("取值全同，各单位名次并列", "all values are equal; all units tie")
MIDDLE = Text("取值全同，各单位均得中间分", "all values are equal; every unit has the middle of the scale")
REACHED = Text(
    "参照值不优于最差值，达到者均得满分", "reference no better than the worst value; full score for all who reach it"
)
WITHOUT_SPAN = {
    "minmax": MIDDLE,
    "distance_to_best": MIDDLE,
    "efficacy": MIDDLE,
    "logistic": MIDDLE,
    "zscore": Text("取值全同，各单位均得均值分", "all values are equal; every unit has the mean score"),
    "distance_to_reference": REACHED,
    "distance_to_target": REACHED,
    "fraction_of_maximum": Text("取值全为零，各单位均得满分", "all values are 0; every unit has the full score"),
}
"""What the scores of an indicator are where there is nothing to measure with; for ranks it is ``ALL_EQUAL``."""


@dataclass(frozen=True, eq=False)
class Part:
    """The scale of some indicators, in one period or in all."""

    columns: Ints
    """Places of the indicators."""
    period: object
    """The period it serves; None: every row."""
    spec: Normalisation
    scale: Scale


@dataclass(frozen=True, eq=False)
class Scaling:
    """Fitted scales for all indicators; every indicator (in every period it has) is in exactly one part."""

    parts: tuple[Part, ...]

    def apply(self, x: Floats, periods: Sequence[object] | None = None) -> Floats:
        """Scores of ``x``, shape (…, units, indicators).

        ``periods``: label of the period of each row, when the scales were fitted by period; then ``x`` has two axes.
        """
        if len(self.parts) == 1 and self.parts[0].period is None:  # one scale for everything: no copies of columns
            return self.parts[0].scale.apply(x)
        scores = np.full(x.shape, np.nan)
        for part in self.parts:
            if part.period is None:
                scores[..., part.columns] = part.scale.apply(x[..., part.columns])
            else:
                cells = np.ix_(_rows(periods, part.period), part.columns)
                scores[cells] = part.scale.apply(x[cells])
        return scores


@dataclass(frozen=True, eq=False)
class Normalised:
    """Scores, the scales they come from, and what was odd."""

    x: Floats
    """Scores, shape (…, units, indicators)."""
    scaling: Scaling
    clamped: Ints
    """Number of values of each indicator that lay outside the scale and were set to its end."""
    undefined: Ints
    """Number of values of each indicator for which the method has no score (they are missing now)."""

    def notes(self, indicators: Sequence[str]) -> tuple[Note, ...]:
        """What a reader of the scores should know."""
        notes = [note for part in self.scaling.parts for note in _part_notes(part, indicators)]
        for found, zh, en in (
            (self.clamped, "个值超出评分区间，按区间端点计", "values outside the scale, set to its end"),
            (self.undefined, "个值无法计分，作缺失处理", "values have no score and count as missing"),
        ):
            for j in np.flatnonzero(found).tolist():
                message = Text(f"{indicators[j]}：{found[j]} {zh}", f"{indicators[j]}: {found[j]} {en}")
                notes.append(Note("normalise", message, nodes=(indicators[j],)))
        return tuple(notes)


def normalise(
    x: Floats,
    direction: ArrayLike,
    spec: Normalisation,
    *,
    overrides: Mapping[str, Normalisation] | None = None,
    indicators: Sequence[str] | None = None,
    units: Sequence[str] | None = None,
    periods: Sequence[object] | None = None,
) -> Normalised:
    """Fit scales as ``fit`` does and apply them to the same data.

    >>> done = normalise(np.array([[1.0, 8.0], [2.0, 8.0], [5.0, 8.0]]), [1, -1], Normalisation())
    >>> done.x.tolist()
    [[0.0, 50.0], [25.0, 50.0], [100.0, 50.0]]
    >>> [note.message.en for note in done.notes(["growth", "accidents"])]
    ['accidents: all values are equal; every unit has the middle of the scale']
    """
    scaling = fit(x, direction, spec, overrides=overrides, indicators=indicators, units=units, periods=periods)
    scores = scaling.apply(x, periods)
    clamped = np.zeros(x.shape[-1], dtype=np.int64)
    for part in scaling.parts:
        if isinstance(part.scale, LinearScale) and part.scale.clamp and not _fits_its_own_data(part.spec):
            there = x if part.period is None else x[_rows(periods, part.period)]
            beyond = part.scale.beyond(_columns(there, part.columns))
            clamped[part.columns] += beyond.reshape(-1, len(part.columns)).sum(axis=0)
    undefined = (counts(x) - counts(scores)).reshape(-1, x.shape[-1]).sum(axis=0)
    return Normalised(scores, scaling, clamped, undefined)


def fit(
    x: Floats,
    direction: ArrayLike,
    spec: Normalisation,
    *,
    overrides: Mapping[str, Normalisation] | None = None,
    indicators: Sequence[str] | None = None,
    units: Sequence[str] | None = None,
    periods: Sequence[object] | None = None,
) -> Scaling:
    """Fit the scales of all indicators; ``Scaling.apply`` turns values into scores, also values of other years.

    Parameters
    ----------
    x
        Values as measured, NaN missing, shape (…, units, indicators); with ``periods`` (rows, indicators), a row being
        a unit in a period.
    direction
        ±1 per indicator.
    spec
        Method and options. Its scope says which rows a scale is fitted on: those of the same period, all, or those of
        the base period. For ``distance_to_reference`` with scope ``all`` the reference is the unit in the base period.
    overrides
        Specification by code of the indicator.
    indicators
        Codes of the columns; needed with overrides, goalposts and targets.
    units
        Code of the unit of each row; needed with a reference unit.
    periods
        Label of the period of each row; None: there is only one.

    Raises
    ------
    EvaluationError
        When goalposts, a target, the reference unit or the base period is lacking or makes no sense: the message names
        the indicators and says what to do.
    """
    up = as_direction(direction)
    codes = codes_or_numbers(indicators, x.shape[-1])
    overrides = overrides or {}
    if unknown := sorted(set(overrides) - set(codes)):
        names = listed(unknown)
        raise EvaluationError(
            Text(
                f"标准化中单独规定的指标不存在：{names.zh}，请核对代码",
                f"a normalisation is given for indicators that do not exist: {names.en}; check the codes",
            )
        )
    others = [j for j, code in enumerate(codes) if code not in overrides]
    groups = [(others, spec)] if others else []
    groups += [([j], overrides[code]) for j, code in enumerate(codes) if code in overrides]
    parts = []
    for places, own in groups:
        columns = np.array(places, dtype=np.int64)
        names_of = [codes[j] for j in places]
        values = _columns(x, columns)
        for period in [None] if periods is None or own.scope != "period" else dict.fromkeys(periods):
            rows = _fitted_rows(own, period, periods)
            scale = _scale(
                values if rows is None else values[rows],
                up[columns],
                own,
                names_of,
                _reference(values, own, period, names_of, units, periods),
            )
            parts.append(Part(columns, period, own, scale))
    return Scaling(tuple(parts))


def _scale(x: Floats, direction: Ints, spec: Normalisation, codes: Sequence[str], reference: Floats | None) -> Scale:
    low, high, clamp = spec.low, spec.high, spec.clamp
    match spec.method:
        case "minmax" | "distance_to_best":
            return scales.minmax_scale(x, direction, low=low, high=high, clamp=clamp)
        case "goalposts":
            worst, best = _goalposts(spec, direction, codes, needed=True)
            return scales.scale_between(worst, best, direction, low=low, high=high, clamp=clamp)
        case "efficacy":
            observed = scales.worst_and_best(x, direction)
            given = _goalposts(spec, direction, codes, needed=False)
            worst, best = (np.where(np.isnan(post), seen, post) for post, seen in zip(given, observed, strict=True))
            c, d = spec.efficacy_base, spec.efficacy_span
            return scales.scale_between(worst, best, direction, low=c, high=c + d, clamp=clamp)
        case "zscore":
            return scales.zscore_scale(x, direction, mean=spec.mean, sd=spec.sd)
        case "logistic":
            return scales.logistic_scale(x, direction, low=low, high=high)
        case "distance_to_reference" | "distance_to_target":
            values = _targets(spec, codes) if reference is None else reference
            return scales.reference_scale(x, values, direction, low=low, high=high, clamp=clamp)
        case "fraction_of_maximum":
            least, _ = extremes(x)
            if (negative := (least < 0).reshape(-1, len(codes)).any(axis=0)).any():
                names = listed(codes[j] for j in np.flatnonzero(negative).tolist())
                raise EvaluationError(
                    Text(
                        f"“占最大值的比例”要求数值不为负，以下指标有负值：{names.zh}，请改用其他标准化方法",
                        f"fraction_of_maximum needs values of at least 0, but there are negative ones in {names.en}: "
                        "choose another normalisation for them",
                    )
                )
            return scales.fraction_scale(x, direction, low=low, high=high, clamp=clamp)
        case "rank" | "borda":
            return scales.rank_scale(x, direction, score=spec.method, ties=spec.ties)
        case "percentile_rank":
            return scales.rank_scale(
                x, direction, score=spec.percentile, ties=spec.ties, low=low, high=high, clamp=clamp
            )
        case "none":
            return scales.directed_scale(direction)


def _goalposts(spec: Normalisation, direction: Ints, codes: Sequence[str], *, needed: bool) -> tuple[Floats, Floats]:
    """Worst and best value of each indicator as given, NaN where none are given."""
    lacking = [code for code in codes if code not in spec.goalposts]
    if needed and lacking:
        raise EvaluationError(
            Text(
                f"以下指标没有阈值：{listed(lacking).zh}，请在 goalposts 中给出 [最低值, 最高值]",
                f"no goalposts for {listed(lacking).en}: give [lowest, highest] under goalposts",
            )
        )
    wrong = [code for code in codes if code in spec.goalposts and not spec.goalposts[code][0] < spec.goalposts[code][1]]
    if wrong:
        raise EvaluationError(
            Text(
                f"以下指标的阈值不是由低到高：{listed(wrong).zh}，请按实际数值写成 [最低值, 最高值]，逆向指标也一样",
                f"goalposts of {listed(wrong).en} do not go upwards: write [lowest, highest] as measured, also where "
                "less is better",
            )
        )
    posts = np.array([spec.goalposts.get(code, (np.nan, np.nan)) for code in codes])
    return np.where(direction > 0, posts[:, 0], posts[:, 1]), np.where(direction > 0, posts[:, 1], posts[:, 0])


def _targets(spec: Normalisation, codes: Sequence[str]) -> Floats:
    lacking = [code for code in codes if code not in spec.targets]
    if lacking:
        raise EvaluationError(
            Text(
                f"以下指标没有目标值：{listed(lacking).zh}，请在 targets 中给出",
                f"no target for {listed(lacking).en}: give one under targets",
            )
        )
    return np.array([spec.targets[code] for code in codes])


def _reference(
    x: Floats,
    spec: Normalisation,
    period: object,
    codes: Sequence[str],
    units: Sequence[str] | None,
    periods: Sequence[object] | None,
) -> Floats | None:
    """Values of the reference unit, shape (…, indicators), for the only method that has one."""
    if spec.method != "distance_to_reference":
        return None
    if periods is not None and spec.scope != "period":
        period = _base_period(spec, periods)
    places = [
        row
        for row, unit in enumerate(units or ())
        if unit == spec.reference_unit and (periods is None or periods[row] == period)
    ]
    when = ("", "") if period is None else (f"（{period}）", f" in {period}")
    if len(places) != 1:
        raise EvaluationError(
            Text(
                f"参照单位 {spec.reference_unit}{when[0]} 应有且只有一行数据，现有 {len(places)} 行，"
                "请核对 reference_unit",
                f"the reference unit {spec.reference_unit} has {len(places)} rows{when[1]} instead of one: check "
                "reference_unit",
            )
        )
    values: Floats = x[..., places[0], :]
    missing = np.isnan(values).reshape(-1, len(codes)).any(axis=0)
    if missing.any():
        names = listed(codes[j] for j in np.flatnonzero(missing).tolist())
        raise EvaluationError(
            Text(
                f"参照单位 {spec.reference_unit}{when[0]} 缺少指标 {names.zh}，请填补或改用其他参照单位",
                f"the reference unit {spec.reference_unit} has no value of {names.en}{when[1]}: impute it, or choose "
                "another unit",
            )
        )
    return values


def _fitted_rows(spec: Normalisation, period: object, periods: Sequence[object] | None) -> Ints | None:
    """Rows on which a scale is fitted; None: all."""
    if spec.scope == "base":
        return _rows(periods, _base_period(spec, periods))
    return None if period is None else _rows(periods, period)


def _base_period(spec: Normalisation, periods: Sequence[object] | None) -> object:
    there = list(dict.fromkeys(periods or ()))
    for period in there:
        if str(period) == str(spec.base_period):
            return period
    found = listed(str(period) for period in there) if there else Text("无", "none")
    raise EvaluationError(
        Text(
            f"数据中没有基期 {spec.base_period}（现有各期：{found.zh}），请补充该期数据或核对 base_period",
            f"the base period {spec.base_period} is not among the periods of the data ({found.en}): add its data, or "
            "check base_period",
        )
    )


def _rows(periods: Sequence[object] | None, period: object) -> Ints:
    if periods is None:
        raise ValueError("the scales were fitted by period: give the period of each row")
    return np.flatnonzero([label == period for label in periods])


def _columns(x: Floats, columns: Ints) -> Floats:
    """The columns of ``x``; ``x`` itself when it is all of them, without a copy."""
    return x if len(columns) == x.shape[-1] else x[..., columns]


def _fits_its_own_data(spec: Normalisation) -> bool:
    """Whether no value that is normalised can lie outside the scale."""
    return spec.scope != "base" and spec.method in ("minmax", "distance_to_best", "fraction_of_maximum")


def _part_notes(part: Part, indicators: Sequence[str]) -> list[Note]:
    notes = []
    when = ("", "") if part.period is None else (f"（{part.period}）", f" ({part.period})")
    codes = [indicators[j] for j in part.columns.tolist()]
    flat = part.scale.flat.reshape(-1, len(codes)).any(axis=0)
    if flat.any():
        names = tuple(codes[j] for j in np.flatnonzero(flat).tolist())
        said = WITHOUT_SPAN.get(part.spec.method, ALL_EQUAL)
        message = Text(f"{listed(names).zh}{when[0]}：{said.zh}", f"{listed(names).en}{when[1]}: {said.en}")
        notes.append(Note("normalise", message, nodes=names))
    if unused := sorted((set(part.spec.goalposts) | set(part.spec.targets)) - set(indicators)):
        message = Text(
            f"以下代码有阈值或目标值，但不是本次评价的指标：{listed(unused).zh}",
            f"there are goalposts or targets for codes that are no indicators here: {listed(unused).en}",
        )
        notes.append(Note("normalise", message, nodes=tuple(unused)))
    return notes

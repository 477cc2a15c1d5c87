"""One run from files to a result: read, check, compute, evaluate, assemble."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path

import numpy as np

from gaoxin.evaluation.adjustments import Adjusted, AdjustmentItem, AdjustmentRules, adjust
from gaoxin.evaluation.index import Evaluation, evaluate
from gaoxin.evaluation.structure import Floats, Hierarchy
from gaoxin.problems import InputError, Problem
from gaoxin.returns import GivenTable, read_returns, read_table
from gaoxin.returns.figures import Figures
from gaoxin.returns.files import find_files
from gaoxin.returns.findings import Findings
from gaoxin.returns.history import require_history
from gaoxin.rulebook.indicators import System
from gaoxin.rulebook.system import load_system
from gaoxin.runs.assembly import assemble
from gaoxin.runs.checking import check_figures
from gaoxin.runs.config import RunConfig, method_of, read_config
from gaoxin.runs.manifest import Manifest
from gaoxin.runs.result import RunResult
from gaoxin.runs.robustness import robustness_of
from gaoxin.runs.values import (
    IndicatorValues,
    book_of,
    evaluated_periods,
    indicator_values,
    look_back,
    plan_of,
    unknown_period,
)
from gaoxin.runs.zones import ANY, SHIPPED, zone_register
from gaoxin.words import Text

Step = Callable[[Text, float | None], None]
"""Told what is being done and, where known, how much of it (0–1)."""

PACKAGES = ("gaoxin", "numpy", "scipy", "duckdb", "sqlglot")
"""Their versions can change a result, so a run names them."""


@dataclass(frozen=True)
class Request:
    """What is asked of one run."""

    paths: tuple[Path, ...]
    system: str | Path = "national-2021"
    period: str | None = None
    config: Path | None = None
    robustness: int = 0
    seed: int = 1
    zones: str = SHIPPED
    """Which zones may report; see :func:`gaoxin.runs.zones.zone_register`."""


@dataclass(frozen=True, eq=False)
class Run:
    """A finished run: the result that outputs show, and what it was made from."""

    request: Request
    result: RunResult
    evaluation: Evaluation
    system: System
    config: RunConfig
    figures: Figures | None = None
    """The returns, where the run started from returns."""
    values: IndicatorValues | None = None
    files: tuple[Path, ...] = field(default=())
    """Every input file, in the order in which it was read."""


def quiet(_: Text, __: float | None = None) -> None:
    """Nobody is told."""


def evaluate_request(request: Request, *, progress: Step = quiet) -> Run:
    """Do the whole run.

    Raises
    ------
    InputError, BookError, EngineError, EvaluationError
        Something cannot be used; the message says where and what to do. Nothing is written.
    """
    progress(Text("读取指标体系", "reading the system"), None)
    system = load_system(request.system)
    config = read_config(request.config)
    if all(node.data == "given" for node in system.indicators):
        return _of_table(request, system, config, progress)
    return _of_returns(request, system, config, progress)


def request_of(manifest: Manifest, base: Path, *, robustness: int | None = None) -> Request:
    """The request that a manifest describes, paths seen from ``base``; ``robustness`` overrides its replications."""

    def there(path: str) -> Path:
        return Path(os.path.normpath(base / path))

    named = there(manifest.system)
    return Request(
        paths=tuple(there(entry.path) for entry in manifest.inputs),
        system=named if named.exists() else manifest.system,
        period=manifest.period,
        config=there(manifest.config.path) if manifest.config else None,
        robustness=manifest.robustness if robustness is None else robustness,
        seed=manifest.seed,
        zones=manifest.zones if manifest.zones in {SHIPPED, ANY} else str(there(manifest.zones)),
    )


def evaluate_manifest(manifest: Manifest, base: Path) -> RunResult:
    """Evaluate again what a manifest describes; paths are seen from ``base``."""
    return evaluate_request(request_of(manifest, base)).result


def _of_returns(request: Request, system: System, config: RunConfig, progress: Step) -> Run:
    progress(Text("读取报表", "reading the returns"), None)
    book = book_of(system)
    attributes = [config.group_by] if config.group_by else []
    figures = read_returns(request.paths, book, attributes=attributes, zones=zone_register(request.zones))
    periods = evaluated_periods(figures, system, request.period)
    if not periods:
        raise InputError(
            [Problem("returns.none", "error", Text("没有可评价的报表", "there are no returns to evaluate"))]
        )
    period = periods[-1]
    plan = plan_of(system, periods)
    require_history(figures, book, period, {entity: look_back(plan, entity) for entity in plan.entities})
    progress(Text("校核报表", "checking the returns"), None)
    problems = check_figures(figures, book, period)
    progress(Text("计算指标", "computing the indicators"), None)
    values = indicator_values(figures, system, periods, config.experts, plan)
    groups: list[str | None] | None = None
    if config.group_by:
        known = figures.attribute(system.entity, config.group_by)
        groups = [known.get(unit) for unit in values.units]
        rows = _rows_of_group(config, groups)
        values, groups = values.take(rows), [groups[i] for i in rows]
    progress(Text("评价", "evaluating"), None)
    evaluation = _evaluate(system, config, values.values, values.units, values.periods, groups)
    run = _finish(request, system, config, evaluation, period, values, progress)
    result = replace(
        run.result,
        synthetic=figures.synthetic,
        problems=(*figures.problems, *problems),
        sources=figures.sources,
    )
    return replace(run, result=result, figures=figures, files=_files(request.paths))


def _of_table(request: Request, system: System, config: RunConfig, progress: Step) -> Run:
    """Indicators that are already computed: one row per unit (and period) of any table."""
    progress(Text("读取表格", "reading the table"), None)
    if len(request.paths) != 1:
        raise InputError(
            [
                Problem(
                    "table.one",
                    "error",
                    Text("此体系的指标取自一张表", "the indicators of this system come from one table"),
                    Text("请只给一个文件", "give one file"),
                )
            ]
        )
    given = read_table(request.paths[0])
    units, names, periods, groups, values = _from_table(given, system, config, request.period)
    progress(Text("评价", "evaluating"), None)
    evaluation = _evaluate(system, config, values, units, periods, groups)
    last = max(periods, key=str) if periods else request.period or ""
    complete = tuple(dict.fromkeys(periods)) if periods else (last,)
    coverage = np.full(values.shape, np.nan)
    held = IndicatorValues(units, periods or (last,) * len(units), values, coverage, names, complete, {})
    run = _finish(request, system, config, evaluation, last, held, progress)
    result = replace(run.result, synthetic=given.synthetic, problems=given.problems, sources=(given.source,))
    return replace(run, result=result, files=_files(request.paths))


def _files(paths: Sequence[Path]) -> tuple[Path, ...]:
    """Every file that the paths stand for."""
    return tuple(file.path for file in find_files(paths, Findings()))


def _from_table(
    given: GivenTable, system: System, config: RunConfig, period: str | None
) -> tuple[tuple[str, ...], dict[str, str], tuple[str, ...] | None, list[str | None] | None, Floats]:
    """Units, their names, periods, groups and values of a table."""
    table = given.table
    wanted = list(dict.fromkeys(node.column for node in system.indicators))
    missing = [column for column in wanted if column not in table.column_names]
    if missing:
        have = [name for name in table.column_names if name != given.key]
        problem = Problem(
            "table.columns",
            "error",
            Text(f"缺少列：{'、'.join(missing)}", f"columns are missing: {', '.join(missing)}"),
            Text(f"表中有：{'、'.join(have)}", f"the table has: {', '.join(have)}"),
            file=given.source[0],
        )
        raise InputError([problem])
    words = [name for name in wanted if name not in given.numeric]
    if words:
        problem = Problem(
            "table.text",
            "error",
            Text(f"这些列不是数字：{'、'.join(words)}", f"these columns are no numbers: {', '.join(words)}"),
            Text("请改正其中的文字", "correct the text in them"),
            file=given.source[0],
        )
        raise InputError([problem])
    periods: tuple[str, ...] | None = None
    if given.period is not None:
        told = table[given.period].to_pylist()
        keep = [i for i, at in enumerate(told) if period is None or str(at) <= period]
        if period is not None and period not in {str(at) for at in told}:
            raise InputError([unknown_period(period, sorted({str(at) for at in told}))])
        table = table.take(keep)
        periods = tuple(str(told[i]) for i in keep)
    units = tuple(str(unit) for unit in table[given.key].to_pylist())
    groups: list[str | None] | None = None
    if config.group_by is not None:
        if config.group_by not in table.column_names:
            problem = Problem(
                "table.group",
                "error",
                Text(f"没有分组列 {config.group_by}", f"there is no column {config.group_by} to group by"),
                file=given.source[0],
            )
            raise InputError([problem])
        groups = [None if group is None else str(group) for group in table[config.group_by].to_pylist()]
        rows = _rows_of_group(config, groups)
        table, units, groups = table.take(rows), tuple(units[i] for i in rows), [groups[i] for i in rows]
        periods = periods and tuple(periods[i] for i in rows)
    names = {unit: unit for unit in units}
    for label in ("name", "名称", "单位名称"):
        if label in table.column_names and label != given.key:
            names = {u: str(n) if n else u for u, n in zip(units, table[label].to_pylist(), strict=True)}
            break
    columns = {name: table[name].to_numpy(zero_copy_only=False).astype(np.float64) for name in wanted}
    return units, names, periods, groups, system.values(columns)


def _rows_of_group(config: RunConfig, groups: Sequence[str | None]) -> list[int]:
    """The rows that are evaluated: all, or those of the one group that was asked for."""
    if config.only_group is None:
        return list(range(len(groups)))
    rows = [i for i, group in enumerate(groups) if group == config.only_group]
    if not rows:
        have = sorted({group for group in groups if group})
        problem = Problem(
            "config.group",
            "error",
            Text(f"没有 {config.only_group} 这一类", f"there is no group {config.only_group}"),
            Text(f"有：{'、'.join(have) or '无'}", f"there are: {', '.join(have) or 'none'}"),
        )
        raise InputError([problem])
    return rows


def _evaluate(
    system: System,
    config: RunConfig,
    values: Floats,
    units: Sequence[str],
    periods: Sequence[str] | None,
    groups: Sequence[str | None] | None,
) -> Evaluation:
    hierarchy = Hierarchy.build(
        system.parent_of,
        weights=system.weights,
        directions=system.directions,
        indicators=[node.no for node in system.indicators],
    )
    method = method_of(system, config)
    return evaluate(values, hierarchy, method, units=units, groups=groups, periods=periods)


def _adjusted(config: RunConfig, evaluation: Evaluation, rows: Sequence[int]) -> Adjusted | None:
    if not config.adjustments:
        return None
    items = [
        AdjustmentItem(entry.unit, entry.kind, entry.reason, entry.points, entry.effect, entry.limit)
        for entry in config.adjustments
    ]
    rules = AdjustmentRules(most_bonus=config.caps.bonus, most_deduction=config.caps.deduction)
    units = [evaluation.units[row] for row in rows]
    return adjust(evaluation.index[rows], items, units=units, rules=rules, ties=evaluation.method.ties)


def _finish(
    request: Request,
    system: System,
    config: RunConfig,
    evaluation: Evaluation,
    period: str,
    values: IndicatorValues,
    progress: Step,
) -> Run:
    """Adjust, assemble and, if asked, test how robust the ranking is."""
    at = period if evaluation.periods is not None else None
    rows = evaluation.rows_of(at)
    adjusted = _adjusted(config, evaluation, rows.tolist())
    result = assemble(
        system,
        evaluation,
        period=period,
        complete_periods=values.complete_periods,
        names=values.names,
        coverage=values.coverage,
        adjusted=adjusted,
    )
    if config.title is not None:
        result = replace(result, title=Text(config.title.zh, config.title.en))
    if request.robustness:
        added = None
        if adjusted is not None:
            added = np.where(np.isnan(adjusted.rank), np.nan, adjusted.after - adjusted.before)
        robust = robustness_of(
            evaluation,
            system,
            at,
            replications=request.robustness,
            seed=request.seed,
            spec=config.robustness,
            added=added,
            top=config.top,
            bottom=config.bottom,
            progress=progress,
        )
        result = replace(result, robustness=robust)
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    result = replace(result, versions={name: version(name) for name in PACKAGES}, created=now)
    return Run(request, result, evaluation, system, config, values=values)

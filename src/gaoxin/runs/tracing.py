"""From a rank back to the returns: rank, score, normalised value, formula, figures, the cell each was read from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gaoxin.engines.explaining import explain
from gaoxin.problems import InputError, Problem
from gaoxin.returns.figures import Figures
from gaoxin.rulebook.explain import Explanation
from gaoxin.rulebook.indicators import System
from gaoxin.rulebook.narrate import narrate
from gaoxin.runs.manifest import read as read_manifest
from gaoxin.runs.pipeline import Run, evaluate_request, request_of
from gaoxin.runs.result import RunResult
from gaoxin.runs.values import plan_of, sources_of
from gaoxin.words import Language, Text

ORIGINS = 12
"""Cells named for the figures behind one indicator."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The cell that a figure was read from."""

    reporter: str
    period: str
    item: str
    shown: str
    place: str


@dataclass(frozen=True, eq=False)
class Trace:
    """How one score came about."""

    scoring: tuple[Text, ...]
    """From the rank to the value of the indicator, or to the parts of a dimension."""
    explanation: Explanation | None
    """How the value was computed from returns; None for dimensions, expert scores and given tables."""
    origins: tuple[Origin, ...]

    def lines(self, language: Language = "zh") -> list[str]:
        """The trace as text."""
        lines = [line.say(language) for line in self.scoring]
        if self.explanation is not None:
            lines += ["", *narrate(self.explanation, language)]
        if self.origins:
            lines += ["", Text("数据出处：", "read from:").say(language)]
            lines += [f"  {o.item} [{o.reporter}, {o.period}] = {o.shown} ← {o.place}" for o in self.origins]
        return lines

    def __str__(self) -> str:
        return "\n".join(self.lines())


def trace(run: Run | Path, unit: str, node: str) -> Trace:
    """Trace the score of ``unit`` (code or name) at ``node`` back to the returns.

    ``run`` is a run, or the folder of one: then its inputs are read again from where the manifest says they are.

    Raises InputError when there is no such unit or node; names what there is.
    """
    run = run if isinstance(run, Run) else again(run)
    return trace_result(run.result, run.system, run.figures, unit, node)


def trace_result(result: RunResult, system: System, figures: Figures | None, unit: str, node: str) -> Trace:
    """Trace a score of a stored result; ``figures`` are the returns that it was made from, nothing is evaluated again.

    Raises InputError when there is no such unit or node; names what there is.
    """
    row = row_of(result, unit)
    column = column_of(result, node)
    scoring = _scoring(result, row, column)
    chosen = result.nodes[column]
    if chosen.source not in {"firm", "zone"} or figures is None:
        return Trace(tuple(scoring), None, ())
    plan = plan_of(system, [result.period])
    code = system.node(chosen.code).figure
    explanation = explain(plan, sources_of(figures), system.entity, result.units[row].code, result.period, code)
    return Trace(tuple(scoring), explanation, _origins(system, figures, explanation))


def again(folder: Path) -> Run:
    """Evaluate again what the manifest in ``folder`` describes, without the robustness analysis."""
    base = folder if folder.is_dir() else folder.parent
    return evaluate_request(request_of(read_manifest(folder), base, robustness=0))


def row_of(result: RunResult, unit: str) -> int:
    """Row of a unit by code, name or an unambiguous part of the name; raises InputError with what there is."""
    for i, one in enumerate(result.units):
        if unit in {one.code, one.name}:
            return i
    near = [i for i, one in enumerate(result.units) if unit in one.name]
    if len(near) == 1:
        return near[0]
    some = [f"{one.code} {one.name}" for one in ([result.units[i] for i in near] or list(result.units))[:8]]
    problem = Problem(
        "explain.unit",
        "error",
        Text(f"没有单位 {unit}", f"there is no unit {unit}"),
        Text(f"有：{'；'.join(some)}", f"there are: {'; '.join(some)}"),
    )
    raise InputError([problem])


def column_of(result: RunResult, node: str) -> int:
    """Column of a node by code or name; raises InputError with the codes there are."""
    for i, one in enumerate(result.nodes):
        if node in {one.code, one.name.zh, one.name.en}:
            return i
    codes = " ".join(one.code for one in result.nodes)
    problem = Problem(
        "explain.node",
        "error",
        Text(f"没有指标 {node}", f"there is no indicator {node}"),
        Text(f"有：{codes}", f"there are: {codes}"),
    )
    raise InputError([problem])


def _scoring(result: RunResult, row: int, column: int) -> list[Text]:
    """Rank, score and what the score is made of."""
    unit, node = result.units[row], result.nodes[column]
    score, rank = result.scores[row, column], result.ranks[row, column]
    ranked = int((~np.isnan(result.ranks[:, column])).sum())
    lines = [
        Text(
            f"{unit.name}（{unit.code}）· {node.code} {node.name.zh} · {result.period}",
            f"{unit.name} ({unit.code}) · {node.code} {node.name.en} · {result.period}",
        )
    ]
    if np.isnan(score):
        lines.append(Text("没有得分", "no score"))
    else:
        lines.append(
            Text(
                f"得分 {score:.6g}，第 {rank:g} 名（共 {ranked} 个）",
                f"score {score:.6g}, rank {rank:g} of {ranked}",
            )
        )
    if column < result.raw.shape[1]:
        raw, z = result.raw[row, column], result.normalised[row, column]
        part = result.contributions[row, column]
        lines.append(
            Text(
                f"指标值 {_value(raw)} {node.unit}".rstrip() + f" → 标准化 {_value(z)}，权重 {node.weight:g}"
                f"{'' if node.weight_confirmed else '（未确认）'}，对总分的贡献 {_value(part)}",
                f"value {_value(raw)} {node.unit}".rstrip() + f" → normalised {_value(z)}, weight {node.weight:g}"
                f"{'' if node.weight_confirmed else ' (unconfirmed)'}, contributes {_value(part)} to the index",
            )
        )
        lines += _scale(result, column)
        if result.imputed[row, column]:
            lines.append(Text("该值缺失，由程序填补", "the value was missing and filled in"))
        if result.treated[row, column]:
            lines.append(Text("该值作为异常值处理过", "the value was treated as an outlier"))
        if not np.isnan(result.coverage[row, column]):
            share = f"{result.coverage[row, column]:.1%}"
            lines.append(Text(f"数据覆盖率 {share}", f"coverage of the reporters {share}"))
    else:
        for i, child in enumerate(result.nodes):
            if child.parent == node.code:
                mark = Text("", "") if child.weight_confirmed else Text("（未确认）", " (unconfirmed)")
                zh = f"{_value(result.scores[row, i])} × 权重 {child.weight:g}{mark.zh}"
                en = f"{_value(result.scores[row, i])} × weight {child.weight:g}{mark.en}"
                lines.append(Text(f"  {child.code} {child.name.zh}：{zh}", f"  {child.code} {child.name.en}: {en}"))
        lines += [
            Text(f"{a.kind} {a.points:+g}：{a.reason}", f"{a.kind} {a.points:+g}: {a.reason}")
            for a in result.adjustments
            if a.unit == unit.code and column == len(result.nodes) - 1
        ]
    return lines


def _scale(result: RunResult, column: int) -> list[Text]:
    """The extremes among the units, which a reader needs to recompute a min-max value by hand."""
    values = result.raw[:, column]
    if np.isnan(values).all():
        return []
    low, high = _value(float(np.nanmin(values))), _value(float(np.nanmax(values)))
    better = (
        Text("高者优", "higher is better") if result.nodes[column].direction > 0 else Text("低者优", "lower is better")
    )
    return [
        Text(f"参评单位中最小 {low}，最大 {high}；{better.zh}", f"smallest {low}, largest {high} of all; {better.en}")
    ]


def _value(value: float) -> str:
    return "—" if np.isnan(value) else f"{value:,.6g}"


def _origins(system: System, figures: Figures, explanation: Explanation) -> tuple[Origin, ...]:
    """The cells of the figures that the explanation names, those of the largest contributors first."""
    wanted: list[tuple[str, str, str, str, str]] = []
    stack = [explanation]
    seen: set[int] = set()
    while stack:
        one = stack.pop(0)
        if id(one) in seen:
            continue
        seen.add(id(one))
        if one.kind == "item":
            wanted.append((one.entity, one.key, one.period, one.code, one.shown))
        if one.aggregation is not None and one.aggregation.function != "count":
            for item in _items_of(system, one):
                wanted += [
                    (one.aggregation.entity, part.key, one.period, item, f"{float(part.value or 0):,.10g}")
                    for part in one.aggregation.largest[:3]
                ]
        stack.extend(one.children)
    found = []
    for entity, key, period, item, shown in dict.fromkeys(wanted):
        place = figures.origin(entity, key, period, item)
        if place is not None:
            found.append(Origin(key, period, item, shown, place.say()))
        if len(found) == ORIGINS:
            break
    return tuple(found)


def _items_of(system: System, aggregate: Explanation) -> list[str]:
    """The reported item that an aggregate sums, when it sums just one."""
    book = system.book
    inside = aggregate.formula.partition("(")[2].partition(")")[0].strip()
    return [inside] if book is not None and inside in book.items else []

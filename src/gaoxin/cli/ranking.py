"""The result of a run on the terminal: the ranking, how certain it is, what was found in the returns."""

from __future__ import annotations

from collections import Counter

import numpy as np
from rich.console import Console
from rich.table import Table

from gaoxin.cli.language import tr
from gaoxin.runs.result import RunResult
from gaoxin.words import Language

DIMENSIONS = 6
"""More columns than this would not fit beside the index."""
WIDE = 110
"""Columns of a terminal that has room for the dimensions."""


def print_result(result: RunResult, language: Language) -> None:
    """Print the ranking and the findings that a reader must know before using it."""
    console = Console()
    title = result.title.say(language)
    if result.synthetic:
        title += tr("  ［合成数据，不代表任何真实园区］", "  [synthetic data, no real zone]")
    table = Table(title=title, title_justify="left", header_style="bold", show_edge=False)
    table.add_column(tr("名次", "rank"), justify="right", no_wrap=True)
    table.add_column(tr("单位", "unit"), overflow="fold")
    table.add_column(tr("得分", "score"), justify="right", no_wrap=True)
    robust = result.robustness
    if robust is not None:
        table.add_column(tr("5–95% 区间", "rank 5–95%"), justify="right", no_wrap=True)
        table.add_column(tr(f"前 {robust.top_k} 位概率", f"P(top {robust.top_k})"), justify="right", no_wrap=True)
    index = result.nodes[-1].code
    below = [i for i, node in enumerate(result.nodes) if node.parent == index and node.level > 1]
    below = below if len(below) <= DIMENSIONS and console.width >= WIDE else []
    for i in below:
        table.add_column(result.nodes[i].code, justify="right", no_wrap=True)
    index_scores = result.scores[:, -1]
    digits = _decimals(index_scores)
    order = np.lexsort((index_scores * -1, result.ranks[:, -1]))
    for u in order.tolist():
        row = [_rank(result.ranks[u, -1]), result.units[u].name, _number(index_scores[u], digits)]
        if robust is not None:
            row.append(f"{_rank(robust.rank_low[u])}–{_rank(robust.rank_high[u])}")
            row.append("—" if np.isnan(robust.probability_top[u]) else f"{robust.probability_top[u]:.0%}")
        row.extend(_number(result.scores[u, i], digits) for i in below)
        table.add_row(*row)
    console.print(table)
    for i in below:
        node = result.nodes[i]
        highest = "" if node.maximum is None else tr(f"（满分 {node.maximum:g}）", f" (at most {node.maximum:g})")
        console.print(f"{node.code}  {node.name.say(language)}{highest}", highlight=False, markup=False, style="dim")
    console.print()
    for line in _findings(result):
        console.print(line, highlight=False, markup=False)


def _findings(result: RunResult) -> list[str]:
    lines = []
    unconfirmed, all_weights = result.n_unconfirmed_weights, sum(node.parent is not None for node in result.nodes)
    if unconfirmed:
        lines.append(
            tr(
                f"权重：{all_weights} 项中 {unconfirmed} 项未经官方文本确认，名次以此为前提。",
                f"Weights: {unconfirmed} of {all_weights} are confirmed by no official text; the ranks rest on them.",
            )
        )
    if result.robustness is None:
        lines.append(tr("稳健性：未检验（加 --robustness 1000）。", "Robustness: not tested (add --robustness 1000)."))
    elif failed := result.robustness.failed:
        number = result.robustness.replications
        lines.append(
            tr(
                f"稳健性：{number} 次模拟中 {failed} 次没有得出名次，未计入。",
                f"Robustness: {failed} of {number} replications gave no ranking and are not counted.",
            )
        )
    counts = Counter(problem.severity for problem in result.problems)
    if counts:
        lines.append(
            tr(
                f"报表校核：错误 {counts['error']}，警告 {counts['warning']}，提示 {counts['info']}"
                "（gaoxin check 列出全部）。",
                f"Checks of the returns: {counts['error']} errors, {counts['warning']} warnings, "
                f"{counts['info']} notes (gaoxin check lists them).",
            )
        )
    missing = int(np.isnan(result.raw).sum())
    if missing:
        lines.append(
            tr(
                f"缺失的指标值：{missing} 个，共 {result.raw.size} 个。",
                f"Missing values: {missing} of {result.raw.size}.",
            )
        )
    if result.absent:
        names = [unit.name for unit in result.absent]
        lines.append(
            tr(f"本期未报送，不参加排名：{'、'.join(names)}。", f"No returns, not ranked: {', '.join(names)}.")
        )
    for adjustment in result.adjustments:
        kind = {"bonus": tr("加分", "bonus"), "deduction": tr("减分", "deduction"), "veto": tr("一票否决", "veto")}
        points = f" {adjustment.points:+g}" if adjustment.points else ""
        lines.append(f"{adjustment.unit} {kind[adjustment.kind]}{points}：{adjustment.reason}")
    return lines


def _decimals(scores: np.ndarray) -> int:
    """Decimals that show four digits of the largest score."""
    largest = float(np.nanmax(np.abs(scores), initial=0.0))
    return 2 if largest >= 20 else 4


def _number(value: float, digits: int) -> str:
    return "—" if np.isnan(value) else f"{value:.{digits}f}"


def _rank(value: float) -> str:
    return "—" if np.isnan(value) else f"{value:g}"

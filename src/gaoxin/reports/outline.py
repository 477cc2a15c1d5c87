"""The order in which every output walks a result: nodes as in the document, units by rank."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from gaoxin.reports.terms import SCORE
from gaoxin.runs.result import Node, RunResult
from gaoxin.words import Text

MANY = 12
"""A flat system has its indicators right below the index; above this number they are no longer shown as dimensions."""


def index_of(result: RunResult) -> Node:
    """The root of the system."""
    return result.nodes[-1]


def n_indicators(result: RunResult) -> int:
    """Number of indicators, n: the first n nodes."""
    return int(result.raw.shape[1])


def positions(result: RunResult) -> dict[str, int]:
    """Column of every node in ``scores`` and ``ranks``, by code."""
    return {node.code: at for at, node in enumerate(result.nodes)}


def document_order(result: RunResult) -> list[tuple[int, int]]:
    """Every node but the index as (column, depth below the index from 0), parents before their children."""
    children: dict[str | None, list[int]] = defaultdict(list)
    for at, node in enumerate(result.nodes):
        children[node.parent].append(at)
    order: list[tuple[int, int]] = []
    stack = [(at, 0) for at in reversed(children[index_of(result).code])]
    while stack:
        at, depth = stack.pop()
        order.append((at, depth))
        stack.extend((child, depth + 1) for child in reversed(children[result.nodes[at].code]))
    return order


def dimensions(result: RunResult) -> list[int]:
    """Columns of the nodes right below the index, as in the document; empty for a flat system of many indicators."""
    below = [at for at, depth in document_order(result) if depth == 0]
    flat = all(at < n_indicators(result) for at in below)
    return [] if flat and len(below) > MANY else below


def indicators_below(result: RunResult) -> dict[int, list[int]]:
    """Dimension (column) → its indicators at any depth (columns)."""
    below: dict[int, list[int]] = {}
    top = -1
    for at, depth in document_order(result):
        if depth == 0:
            top = at
            below[top] = []
        if at < n_indicators(result):
            below[top].append(at)
    return below


def ranking_order(result: RunResult) -> list[int]:
    """Rows of the units, best first; units without a rank come last, in the order of the input."""
    rank = result.ranks[:, -1]
    return [int(row) for row in np.argsort(np.where(np.isnan(rank), np.inf, rank), kind="stable")]


def ranked(result: RunResult) -> list[int]:
    """Rows of the units that have a rank, best first."""
    return [row for row in ranking_order(result) if not np.isnan(result.ranks[row, -1])]


def periods(result: RunResult) -> list[str]:
    """All periods of the run, oldest first, this one last."""
    earlier = {standing.period for standing in result.previous} - {result.period}
    return [*sorted(earlier), result.period]


def last_standing(result: RunResult) -> dict[str, tuple[float, float]]:
    """Unit code → (score, rank) in the period before this one; empty when the run has only one."""
    known = periods(result)
    if len(known) < 2:
        return {}
    return {s.unit: (s.score, s.rank) for s in result.previous if s.period == known[-2]}


def basis(result: RunResult) -> Text:
    """The system, its version and the period."""
    rest = "".join(f" {part}" for part in (result.system_version, result.period and f"· {result.period}") if part)
    return Text(result.system_title.say("zh") + rest, result.system_title.say("en") + rest)


def label(node: Node) -> Text:
    """Number and name of a node as the document writes it; a code that repeats the name is left out."""
    if node.parent is None:
        return SCORE  # the index bears the name of its system, which stands above every table anyway
    if node.code in (node.name.zh, node.name.en) or not any(character.isdigit() for character in node.code):
        return node.name
    return Text(f"{node.code} {node.name.say('zh')}", f"{node.code} {node.name.say('en')}")

"""Tables of the units: standing, scores, values, contributions, derivation, history."""

from __future__ import annotations

import math

import numpy as np

from gaoxin.reports import terms
from gaoxin.reports.figures import decimals_of, score_decimals, write_number, write_share
from gaoxin.reports.outline import (
    dimensions,
    index_of,
    indicators_below,
    label,
    last_standing,
    n_indicators,
    periods,
    positions,
    ranking_order,
)
from gaoxin.reports.tables.table import Cell, Column, Note, Table, known, write_cell
from gaoxin.runs.result import Floats, Node, RunResult
from gaoxin.words import Text

RANK = Column("rank", Text("名次", "Rank"), "rank")
UNIT = Column("unit", Text("单位", "Unit"))
CODE = Column("code", Text("代码", "Code"))


def key(node: Node) -> str:
    """Key of the column of a node; no code of a system can be taken for another column."""
    return f"node:{node.code}"


def standing(result: RunResult) -> Table:
    """The ranking: rank, unit, score, adjustment, rank interval, change, group, dimensions."""
    decimals = score_decimals(result.scores[:, -1])
    grouped = any(unit.group for unit in result.units)
    robust, before = result.robustness, last_standing(result)
    top = dimensions(result)

    columns = [RANK, UNIT, CODE, Column("score", terms.SCORE, "number", decimals=decimals)]
    if result.adjustments:
        columns.append(Column("adjustment", Text("其中加减分", "of which adjustments"), "change", decimals=decimals))
    if robust:
        columns += [
            Column("rank_low", Text("名次 5% 分位", "Rank, 5 %"), "rank"),
            Column("rank_median", Text("名次中位数", "Rank, median"), "rank"),
            Column("rank_high", Text("名次 95% 分位", "Rank, 95 %"), "rank"),
        ]
    if before:
        period = periods(result)[-2]
        columns += [
            Column("rank_before", Text(f"{period} 名次", f"Rank {period}"), "rank"),
            Column("rank_change", Text("名次升降", "Rank change"), "change"),
        ]
    if grouped:
        columns.append(Column("group", Text("类别", "Group")))
    if grouped and result.group_ranks is not None:
        columns.append(Column("group_rank", Text("组内名次", "Rank in group"), "rank"))
    for at in top:
        node = result.nodes[at]
        columns.append(Column(key(node), node.name, "number", decimals=score_decimals(result.scores[:, at])))

    _, _, points = by_dimension(result)
    rows = []
    for row in ranking_order(result):
        unit, rank = result.units[row], known(result.ranks[row, -1])
        cells: list[Cell] = [rank, unit.name, unit.code, known(result.scores[row, -1])]
        if result.adjustments:
            cells.append(float(points[row]) or None)
        if robust:
            cells += [known(values[row]) for values in (robust.rank_low, robust.rank_median, robust.rank_high)]
        if before:
            earlier = before.get(unit.code, (math.nan, math.nan))[1]
            cells += [known(earlier), known(math.nan if rank is None else earlier - rank)]
        if grouped:
            cells.append(unit.group or "")
        if grouped and result.group_ranks is not None:
            cells.append(known(result.group_ranks[row]))
        cells += [known(result.scores[row, at]) for at in top]
        rows.append(tuple(cells))
    foot = [Text("名次升降为正表示上升。", "A positive change means a better rank.")] if before else []
    highest = index_of(result).maximum
    if highest is not None:
        most = write_number(highest, decimals)
        foot.insert(0, Text(f"综合得分满分 {most}。", f"The highest attainable score is {most}."))
    return Table("standing", Text("综合得分与名次", "Scores and ranks"), tuple(columns), tuple(rows), foot=tuple(foot))


def raw(result: RunResult) -> Table:
    """Indicator values before any step, one row per unit, with a note on every cell that needs one."""
    return _matrix(result, result.raw, "raw", Text("指标原始值", "Indicator values as reported"), reported=True)


def normalised(result: RunResult) -> Table:
    """Indicator values on the common scale."""
    return _matrix(result, result.normalised, "normalised", Text("指标标准化值", "Normalised indicator values"))


def _matrix(result: RunResult, values: Floats, name: str, title: Text, *, reported: bool = False) -> Table:
    columns = (RANK, UNIT, CODE, *(value_columns(result) if reported else _plain_columns(result)))
    rows: list[tuple[Cell, ...]] = []
    notes: dict[tuple[int, int], Note] = {}
    for shown, row in enumerate(ranking_order(result)):
        unit_of_row = result.units[row]
        cells: list[Cell] = [known(result.ranks[row, -1]), unit_of_row.name, unit_of_row.code]
        for at in range(n_indicators(result)):
            cells.append(known(values[row, at]))
            note = cell_note(result, row, at, reported=reported)
            if note:
                notes[shown, at + 3] = note
        rows.append(tuple(cells))
    return Table(name, title, columns, tuple(rows), notes)


def value_columns(result: RunResult) -> list[Column]:
    """One column per indicator for its reported values: its unit, and the decimals that suit its size."""
    return [
        Column(key(node), label(node), "number", node.unit, decimals_of(result.raw[:, at], node.unit))
        for at, node in enumerate(result.nodes[: n_indicators(result)])
    ]


def _plain_columns(result: RunResult) -> list[Column]:
    decimals = score_decimals(result.normalised)
    return [
        Column(key(node), label(node), "number", decimals=decimals) for node in result.nodes[: n_indicators(result)]
    ]


def cell_note(result: RunResult, row: int, at: int, *, reported: bool) -> Note | None:
    """What happened to the value of unit ``row`` in indicator ``at``: imputed, treated, missing, or nothing.

    ``reported`` says that the cell shows the value as reported, not the one used.
    """
    covered = ""
    if not np.isnan(result.coverage[row, at]):
        covered = write_share(float(result.coverage[row, at]))
    coverage = Text(f"；填报覆盖 {covered}", f"; coverage {covered}") if covered else Text("", "")
    if result.imputed[row, at]:
        return Note("imputed", Text(f"原始值缺失，已填补{coverage.zh}", f"missing, imputed{coverage.en}"))
    if np.isnan(result.raw[row, at]):
        return Note("missing", Text(f"缺失，未填补{coverage.zh}", f"missing, not imputed{coverage.en}"))
    if result.treated[row, at]:
        shown = Text("，此处为填报值", ", shown as reported") if reported else Text("", "")
        text = Text(f"异常值，计算时已处理{shown.zh}{coverage.zh}", f"outlier, treated{shown.en}{coverage.en}")
        return Note("treated", text)
    return None


def by_dimension(result: RunResult) -> tuple[list[int], Floats, Floats]:
    """Contribution of each dimension to the index, and what adjustments add.

    Returns
    -------
    columns of the dimensions (d), contributions (units × d), adjustments (units): index minus all contributions
    for the units that were adjusted, 0 for the others. Where contributions are an approximation, the sum of the items
    stands for the difference; a cap on them is then not seen.
    """
    groups = indicators_below(result) if dimensions(result) else {-1: list(range(n_indicators(result)))}
    shares = np.stack([np.nansum(result.contributions[:, below], axis=1) for below in groups.values()], axis=1)
    items: dict[str, float] = {}
    for item in result.adjustments:
        items[item.unit] = items.get(item.unit, 0.0) + (0.0 if item.kind == "veto" else item.points)
    points = np.array([items.get(unit.code, 0.0) for unit in result.units], dtype=np.float64)
    if result.contributions_exact:
        rest = result.scores[:, -1] - shares.sum(axis=1)
        points = np.where([unit.code in items for unit in result.units], rest, 0.0)
        points[np.abs(points) < 1e-9] = 0.0  # a veto that leaves the score as it is
    return list(groups), shares, np.where(np.isnan(result.scores[:, -1]), 0.0, points)


def contributions(result: RunResult) -> Table:
    """Points that each indicator gives to the index; the sum and the adjustments lead to the score."""
    decimals = score_decimals(result.scores[:, -1]) + 1
    adjusted = bool(result.adjustments)
    _, _, points = by_dimension(result)
    columns = [RANK, UNIT, CODE, Column("score", terms.SCORE, "number", decimals=decimals)]
    if adjusted:
        columns.append(Column("adjustment", Text("加减分", "Adjustments"), "change", decimals=decimals))
    for node in result.nodes[: n_indicators(result)]:
        columns.append(Column(key(node), label(node), "number", decimals=decimals))
    rows = []
    for row in ranking_order(result):
        unit = result.units[row]
        cells: list[Cell] = [known(result.ranks[row, -1]), unit.name, unit.code, known(result.scores[row, -1])]
        if adjusted:
            cells.append(float(points[row]) or None)
        cells += [known(value) for value in result.contributions[row]]
        rows.append(tuple(cells))
    exact = Text(
        "各指标贡献与加减分之和等于综合得分。",
        "The contributions and adjustments of a row add up to its score.",
    )
    rough = Text(
        "合成方法不可加，贡献为近似分解，不与得分逐分相等。",
        "The aggregation is not additive: contributions are an approximation and do not add up to the score.",
    )
    foot = (exact if result.contributions_exact else rough,)
    return Table(
        "contributions", Text("指标贡献（分）", "Contributions (points)"), tuple(columns), tuple(rows), foot=foot
    )


def derivation(result: RunResult, row: int) -> Table:
    """How the score of unit ``row`` comes about, indicator by indicator, in the order of the document."""
    decimals = score_decimals(result.scores[:, -1])
    columns = (
        Column("indicator", Text("指标", "Indicator"), wide=True),
        Column("raw", Text("原始值", "Value")),
        Column("measured", Text("计量单位", "Unit")),
        Column("normalised", Text("标准化值", "Normalised"), "number", decimals=score_decimals(result.normalised)),
        Column("weight", Text("总权重", "Weight in index"), "share", decimals=2),
        Column("contribution", Text("贡献（分）", "Contribution (points)"), "number", decimals=decimals + 1),
        Column("rank", Text("单项名次", "Rank"), "rank"),
    )
    rows: list[tuple[Cell, ...]] = []
    notes: dict[tuple[int, int], Note] = {}
    reported = value_columns(result)
    for below in indicators_below(result).values():
        for at in below:
            node = result.nodes[at]
            written = write_cell(known(result.raw[row, at]), reported[at], "zh")
            note = cell_note(result, row, at, reported=True)
            if note:
                notes[len(rows), 1] = note
            if not node.weight_confirmed:
                notes[len(rows), 4] = Note("unconfirmed", terms.UNCONFIRMED)
            rows.append(
                (
                    label(node),
                    written,
                    node.unit,
                    known(result.normalised[row, at]),
                    known(node.effective_weight),
                    known(result.contributions[row, at]),
                    known(result.ranks[row, at]),
                )
            )
    unit = result.units[row]
    title = Text(f"{unit.name}：得分的由来", f"{unit.name}: how the score comes about")
    return Table("derivation", title, columns, tuple(rows), notes)


def adjustments(result: RunResult) -> Table:
    """Bonuses, deductions and vetoes with their reasons."""
    names = {unit.code: unit.name for unit in result.units}
    columns = (
        UNIT,
        CODE,
        Column("kind", Text("种类", "Kind")),
        Column("points", Text("分值", "Points"), "change", decimals=2),
        Column("reason", Text("事由", "Reason"), wide=True),
    )
    rows = tuple(
        (
            names.get(item.unit, item.unit),
            item.unit,
            terms.word(terms.ADJUSTMENTS, item.kind),
            None if item.kind == "veto" else known(item.points),
            item.reason,
        )
        for item in result.adjustments
    )
    return Table("adjustments", Text("加分、减分与否决", "Bonuses, deductions and vetoes"), columns, rows)


def history(result: RunResult) -> Table:
    """Score and rank of every unit in every period of the run."""
    names, decimals = periods(result), score_decimals(result.scores[:, -1])
    past = {(s.period, s.unit): (s.score, s.rank) for s in result.previous}
    columns = [UNIT, CODE]
    for period in names:
        columns += [
            Column(f"rank_{period}", Text(f"{period} 名次", f"Rank {period}"), "rank"),
            Column(f"score_{period}", Text(f"{period} 得分", f"Score {period}"), "number", decimals=decimals),
        ]
    rows = []
    for row in ranking_order(result):
        unit = result.units[row]
        cells: list[Cell] = [unit.name, unit.code]
        for period in names[:-1]:
            score, rank = past.get((period, unit.code), (math.nan, math.nan))
            cells += [known(rank), known(score)]
        cells += [known(result.ranks[row, -1]), known(result.scores[row, -1])]
        rows.append(tuple(cells))
    return Table("history", Text("历年名次与得分", "Ranks and scores over the periods"), tuple(columns), tuple(rows))


def unit_notes(result: RunResult) -> Table:
    """Strengths and weaknesses of the units against their peers."""
    at = positions(result)
    names, decimals = {u.code: u.name for u in result.units}, score_decimals(result.normalised)
    columns = (
        UNIT,
        Column("kind", Text("强弱", "Kind")),
        Column("indicator", Text("指标", "Indicator"), wide=True),
        Column("value", Text("标准化值", "Normalised"), "number", decimals=decimals),
        Column("peers", Text("中位数", "Median"), "number", decimals=decimals),
        Column("rank", Text("单项名次", "Rank"), "rank"),
    )
    strong, weak = Text("优势", "strength"), Text("短板", "weakness")
    rows = tuple(
        (
            names.get(note.unit, note.unit),
            strong if note.strength else weak,
            label(result.nodes[at[note.node]]) if note.node in at else note.node,
            known(note.value),
            known(note.peer_median),
            known(note.rank),
        )
        for note in result.unit_notes
    )
    return Table("notes", Text("优势与短板", "Strengths and weaknesses"), columns, rows)

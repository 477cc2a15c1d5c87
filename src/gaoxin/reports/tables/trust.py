"""Tables that say how far the results can be trusted: rank intervals, sensitivity, dominance, checks."""

from __future__ import annotations

import re
from dataclasses import replace

from gaoxin.problems import Problem
from gaoxin.reports import terms
from gaoxin.reports.outline import ranked, ranking_order
from gaoxin.reports.tables.table import Cell, Column, Table, known
from gaoxin.reports.tables.units import CODE, RANK, UNIT
from gaoxin.runs.result import RunResult
from gaoxin.words import Text

WEIGHT = {"error": 0, "warning": 1, "info": 2}
"""Order of the severities."""


def robustness(result: RunResult) -> Table:
    """Rank intervals and probabilities of every unit; without rows when no robustness analysis was made."""
    robust = result.robustness
    title = Text("名次的稳健性", "Robustness of the ranks")
    if robust is None:
        return Table("robustness", title, (), ())
    columns = (
        RANK,
        UNIT,
        CODE,
        Column("low", Text("名次 5% 分位", "Rank, 5 %"), "rank"),
        Column("median", Text("名次中位数", "Rank, median"), "rank"),
        Column("high", Text("名次 95% 分位", "Rank, 95 %"), "rank"),
        Column("width", Text("区间宽度", "Width"), "rank"),
        Column("top", Text(f"进入前 {robust.top_k} 的概率", f"P(top {robust.top_k})"), "share"),
        Column("bottom", Text(f"落入后 {robust.bottom_k} 的概率", f"P(bottom {robust.bottom_k})"), "share"),
    )
    rows: list[tuple[Cell, ...]] = []
    for row in ranking_order(result):
        low, high = robust.rank_low[row], robust.rank_high[row]
        rows.append(
            (
                known(result.ranks[row, -1]),
                result.units[row].name,
                result.units[row].code,
                known(low),
                known(robust.rank_median[row]),
                known(high),
                known(high - low),
                known(robust.probability_top[row]),
                known(robust.probability_bottom[row]),
            )
        )
    return Table("robustness", title, columns, tuple(rows), foot=(replications(result),))


def replications(result: RunResult) -> Text:
    """How often the ranking was repeated, what was varied, and how many repetitions failed."""
    robust = result.robustness
    if robust is None:
        return Text("未做稳健性分析。", "No robustness analysis was made.")
    varied = terms.join(robust.factors)
    counted = f"{robust.replications:,}"
    zh = f"重复 {counted} 次，变动：{varied.zh or '无'}；随机种子 {robust.seed}。"
    en = f"{counted} replications, varying: {varied.en or 'nothing'}; seed {robust.seed}."
    if robust.failed:
        zh += f"有 {robust.failed:,} 次未能得出排名，未计入。"
        en += f" {robust.failed:,} gave no ranking and are not counted."
    return Text(zh, en)


def sensitivity(result: RunResult) -> Table:
    """Variance-based sensitivity: which choice moves the ranking most."""
    columns = (
        Column("factor", Text("不确定的选择", "Uncertain choice"), wide=True),
        Column("first", Text("一阶效应", "First order"), "number", decimals=2),
        Column("first_low", Text("一阶 95% 下限", "First order, low"), "number", decimals=2),
        Column("first_high", Text("一阶 95% 上限", "First order, high"), "number", decimals=2),
        Column("total", Text("总效应", "Total"), "number", decimals=2),
        Column("total_low", Text("总效应 95% 下限", "Total, low"), "number", decimals=2),
        Column("total_high", Text("总效应 95% 上限", "Total, high"), "number", decimals=2),
    )
    found = result.robustness.sensitivity if result.robustness else ()
    rows = tuple(
        (
            item.factor,
            known(item.first),
            *(known(bound) for bound in item.first_interval),
            known(item.total),
            *(known(bound) for bound in item.total_interval),
        )
        for item in found
    )
    return Table("sensitivity", Text("敏感性", "Sensitivity"), columns, rows)


def dominance(result: RunResult) -> Table:
    """Share of replications in which the unit of the row ranks before the unit of the column, both by rank."""
    title = Text("两两比较：行单位排在列单位之前的比例", "Pairwise: share in which the row ranks before the column")
    robust = result.robustness
    if robust is None:
        return Table("dominance", title, (), ())
    order = ranked(result)
    columns = (UNIT, *(Column(result.units[j].code, Text(result.units[j].name, ""), "share") for j in order))
    rows = tuple(
        (result.units[i].name, *(None if i == j else known(robust.dominance[i, j]) for j in order)) for i in order
    )
    return Table("dominance", title, columns, rows)


def checks(result: RunResult, most: int | None = None) -> Table:
    """Findings of the checks, errors first; at most ``most`` rows, and the foot says how many were left out."""
    columns = (
        Column("severity", Text("级别", "Severity")),
        Column("rule", Text("规则", "Rule")),
        Column("place", Text("位置", "Place"), wide=True),
        Column("message", Text("问题", "Problem"), wide=True),
        Column("value", Text("填报值", "Value")),
        Column("remedy", Text("处理", "What to do"), wide=True),
    )
    found = sorted(result.problems, key=lambda problem: WEIGHT[problem.severity])
    rows = tuple(_check_row(problem) for problem in found[:most])
    foot = []
    if len(rows) < len(found):
        left = f"{len(found) - len(rows):,}"
        foot.append(Text(f"另有 {left} 条未列出。", f"{left} more are not listed."))
    return Table("checks", Text("数据校核", "Data checks"), columns, rows, foot=tuple(foot))


def checks_by_rule(result: RunResult) -> Table:
    """How often each rule was broken and by how many reporters, with the first finding as an example."""
    columns = (
        Column("severity", Text("级别", "Severity")),
        Column("rule", Text("规则", "Rule")),
        Column("count", Text("条数", "Findings"), "number"),
        Column("reporters", Text("涉及单位数", "Reporters"), "number"),
        Column("message", Text("问题（例）", "Problem (example)"), wide=True),
    )
    groups: dict[tuple[str, str], list[Problem]] = {}
    for problem in result.problems:
        groups.setdefault((problem.severity, problem.rule), []).append(problem)
    order = sorted(groups.items(), key=lambda group: (WEIGHT[group[0][0]], -len(group[1])))
    rows = tuple(
        (
            terms.word(terms.SEVERITIES, severity),
            rule,
            float(len(found)),
            float(len({problem.reporter for problem in found if problem.reporter})) or None,
            found[0].message,
        )
        for (severity, rule), found in order
    )
    return Table("checks_by_rule", Text("数据校核：按规则汇总", "Data checks by rule"), columns, rows)


def _check_row(problem: Problem) -> tuple[Cell, ...]:
    name = re.split(r"[\\/]", problem.file)[-1] if problem.file else None
    placed = replace(problem, file=name)  # where the files lay on the machine of the run says nothing to a reader
    return (
        terms.SEVERITIES[problem.severity],
        problem.rule,
        Text(placed.place("zh"), placed.place("en")),
        problem.message,
        problem.value or "",
        problem.remedy,
    )

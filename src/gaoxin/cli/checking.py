"""``gaoxin check``: everything that is wrong with returns, without evaluating them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from gaoxin.cli.evaluation import Period, Returns, SystemName, Zones
from gaoxin.cli.language import language, tr
from gaoxin.problems import Problem
from gaoxin.words import Language

SHOWN = 8
"""Findings listed per rule; the rest is counted, and written with --out."""


def check(
    returns: Returns,
    system: SystemName = "national-2021",
    period: Period = None,
    zones: Zones = "shipped",
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help=tr("写入 .xlsx 或 .csv", "write to .xlsx or .csv"))
    ] = None,
    severity: Annotated[
        str, typer.Option("--severity", help=tr("最低级别：error、warning、info", "least: error, warning, info"))
    ] = "info",
    everything: Annotated[bool, typer.Option("--all", help=tr("列出全部，不限条数", "list all findings"))] = False,
) -> None:
    """Set below: the help speaks the language of the call."""
    from gaoxin.cli.progress import Progress
    from gaoxin.reports.findings_file import write_problems
    from gaoxin.runs.checking import check_returns

    levels = ("error", "warning", "info")
    if severity not in levels:
        raise typer.BadParameter(tr(f"级别只能是 {'、'.join(levels)}", f"one of {', '.join(levels)}"))
    spoken = language()
    with Progress() as progress:
        found = check_returns(tuple(returns), system=system, period=period, zones=zones, progress=progress.step)
    kept = [problem for problem in found if levels.index(problem.severity) <= levels.index(severity)]
    kept.sort(key=lambda problem: levels.index(problem.severity))
    if out is not None:
        write_problems(kept, out, spoken)
        typer.echo(str(out))
    for line in _grouped(kept, spoken, len(kept) if everything else SHOWN):
        typer.echo(line)
    counts = {level: sum(problem.severity == level for problem in found) for level in levels}
    typer.echo(
        tr(
            f"错误 {counts['error']}，警告 {counts['warning']}，提示 {counts['info']}",
            f"{counts['error']} errors, {counts['warning']} warnings, {counts['info']} notes",
        )
    )
    if counts["error"]:
        raise typer.Exit(1)


def _grouped(problems: Sequence[Problem], spoken: Language, most: int) -> Iterator[str]:
    """Findings by rule: what the rule is and what to do once, then place and finding of each."""
    names = {"error": tr("错误", "error"), "warning": tr("警告", "warning"), "info": tr("提示", "note")}
    rules: dict[tuple[str, str], list[Problem]] = {}
    for problem in problems:
        rules.setdefault((problem.severity, problem.rule), []).append(problem)
    for (severity, rule), found in rules.items():
        yield f"{names[severity]}  {rule}  ({len(found)})"
        for problem in found[:most]:
            place = problem.place(spoken)
            yield f"  {place}" if place else "  —"
            yield f"      {problem.message.say(spoken)}"
        if len(found) > most:
            yield tr(
                f"  另有 {len(found) - most} 处，用 --all 列出或 --out 写出",
                f"  {len(found) - most} more: --all or --out",
            )
        for remedy in dict.fromkeys(problem.remedy.say(spoken) for problem in found[:most]):
            if remedy:
                yield f"  → {remedy}"
        yield ""


check.__doc__ = tr(
    "校核：列出报表中的每个问题（位置、规则、级别、办法），有错误时退出码为 1。",
    "Check: every finding in the returns with place, rule, severity and remedy; exit code 1 when there are errors.",
)

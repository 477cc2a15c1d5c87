"""``gaoxin check``: everything that is wrong with returns, without evaluating them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gaoxin.cli.evaluation import Period, Returns, SystemName, Zones
from gaoxin.cli.language import language, tr

SHOWN = 200


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
) -> None:
    """Set below: the help speaks the language of the call."""
    from rich.console import Console
    from rich.table import Table

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
    names = {"error": tr("错误", "error"), "warning": tr("警告", "warning"), "info": tr("提示", "note")}
    table = Table(show_edge=False, header_style="bold")
    for heading in (tr("级别", "severity"), tr("规则", "rule"), tr("位置", "place"), tr("内容", "message")):
        table.add_column(heading, overflow="fold")
    for problem in kept[:SHOWN]:
        remedy = problem.remedy.say(spoken)
        message = problem.message.say(spoken) + (f"\n→ {remedy}" if remedy else "")
        table.add_row(names[problem.severity], problem.rule, problem.place(spoken), message)
    console = Console()
    if kept:
        console.print(table, markup=False)
    if len(kept) > SHOWN:
        typer.echo(tr(f"另有 {len(kept) - SHOWN} 条，用 --out 写出全部", f"{len(kept) - SHOWN} more; --out writes all"))
    counts = {level: sum(problem.severity == level for problem in found) for level in levels}
    typer.echo(
        tr(
            f"错误 {counts['error']}，警告 {counts['warning']}，提示 {counts['info']}",
            f"{counts['error']} errors, {counts['warning']} warnings, {counts['info']} notes",
        )
    )
    if counts["error"]:
        raise typer.Exit(1)


check.__doc__ = tr(
    "校核：列出报表中的每个问题（位置、规则、级别、办法），有错误时退出码为 1。",
    "Check: every finding in the returns with place, rule, severity and remedy; exit code 1 when there are errors.",
)

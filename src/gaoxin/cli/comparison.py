"""``gaoxin compare``: two runs side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gaoxin.cli.language import language, tr

RunFolder = Annotated[Path, typer.Argument(help=tr("运行结果文件夹", "folder of a run"), show_default=False)]


def compare(first: RunFolder, second: RunFolder) -> None:
    """Set below: the help speaks the language of the call."""
    from math import isnan

    from rich.console import Console
    from rich.table import Table

    from gaoxin.runs import store
    from gaoxin.runs.comparison import compare as compare_runs

    spoken = language()
    outcome = compare_runs(store.read(first), store.read(second))
    console = Console()
    for difference in outcome.differences:
        console.print("· " + difference.say(spoken), markup=False, highlight=False)

    def number(value: float, form: str = "g") -> str:
        return "—" if isnan(value) else format(value, form)

    table = Table(show_edge=False, header_style="bold")
    for heading, side in (
        (tr("单位", "unit"), "left"),
        (tr("原名次", "rank before"), "right"),
        (tr("现名次", "rank after"), "right"),
        (tr("升降", "places"), "right"),
        (tr("因自身", "by itself"), "right"),
        (tr("因他人", "by others"), "right"),
        (tr("因进出", "by entry"), "right"),
        (tr("得分变化", "score"), "right"),
        (tr("贡献变化最大的指标", "largest changes of contribution"), "left"),
    ):
        table.add_column(heading, justify="right" if side == "right" else "left", overflow="fold")
    for unit in outcome.units:
        largest = "  ".join(f"{code} {points:+.3g}" for code, points in unit.contributions[:3])
        table.add_row(
            unit.name,
            number(unit.rank_before),
            number(unit.rank_after),
            number(unit.rank_before - unit.rank_after, "+g"),
            number(unit.own, "+g"),
            number(unit.others, "+g"),
            number(unit.entry, "+g"),
            number(unit.score_after - unit.score_before, "+.4g"),
            largest,
        )
    console.print(table)
    if not isnan(outcome.rank_correlation):
        typer.echo(
            tr(f"名次相关系数 {outcome.rank_correlation:.3f}", f"rank correlation {outcome.rank_correlation:.3f}")
        )


compare.__doc__ = tr(
    "比较两次运行：名次升降及其原因、权重和方法的差别。",
    "Compare two runs: who moved and why, and how weights and methods differ.",
)

"""``gaoxin reach``: what a zone would have to improve to reach a rank."""

from __future__ import annotations

from math import isnan
from pathlib import Path
from typing import Annotated

import typer

from gaoxin.cli.explanation import RunOption, UnitArgument
from gaoxin.cli.language import language, tr


def reach(
    zone: UnitArgument,
    rank: Annotated[int, typer.Argument(min=1, help=tr("想达到的名次", "the rank to reach"), show_default=False)],
    run: RunOption = Path("demo/results"),
    single: Annotated[bool, typer.Option("--single", help=tr("每次只改一个指标", "one indicator at a time"))] = False,
    only: Annotated[
        list[str] | None, typer.Option("--only", help=tr("只许改进的指标，可多次给出", "indicators that may improve"))
    ] = None,
) -> None:
    """Set below: the help speaks the language of the call."""
    from rich.console import Console
    from rich.table import Table

    from gaoxin.cli.progress import Progress
    from gaoxin.evaluation.diagnosis.attainment import reach as reach_rank
    from gaoxin.evaluation.diagnosis.attainment import reach_singly
    from gaoxin.runs.tracing import again, column_of, row_of
    from gaoxin.words import Text

    spoken = language()
    with Progress() as progress:
        progress.step(Text("按 manifest 重新评价", "evaluating again from the manifest"))
        done = again(run)
        unit = done.result.units[row_of(done.result, zone)]
        period = done.result.period if done.evaluation.periods is not None else None
        may = [done.result.nodes[column_of(done.result, code)].code for code in only] if only else None
        search = reach_singly if single else lambda *a, **k: (reach_rank(*a, **k),)
        found = search(done.evaluation, unit.code, float(rank), period=period, changeable=may)
    nodes = {node.code: node for node in done.result.nodes}
    first = found[0]
    typer.echo(tr(f"{unit.name}：现居第 {first.rank_before:g} 名", f"{unit.name}: rank {first.rank_before:g} now"))
    if not single or not any(one.improvements for one in found):
        typer.echo(first.note.say(spoken))
    table = Table(show_edge=False, header_style="bold")
    headings = (
        (tr("指标", "indicator"), "left"),
        (tr("现值", "now"), "right"),
        (tr("须达到", "needed"), "right"),
        (tr("单位", "unit"), "left"),
        (tr("标准化分", "points"), "right"),
        (tr("达到名次", "rank reached"), "right"),
    )
    for heading, side in headings:
        table.add_column(heading, justify="right" if side == "right" else "left", overflow="fold")
    for one in found:
        for step in one.improvements:
            node = nodes[step.indicator]
            table.add_row(
                f"{node.code} {node.name.say(spoken)}",
                f"{step.before:,.6g}",
                f"{step.after:,.6g}",
                node.unit,
                f"{step.points_before:.3g} → {step.points_after:.3g}",
                "—" if isnan(one.rank_reached) else f"{one.rank_reached:g}",
            )
    if table.row_count:
        Console().print(table)
    if not any(one.attainable for one in found):
        raise typer.Exit(1)


reach.__doc__ = tr(
    "要达到某个名次，至少要改进哪些指标、改进多少（其他园区不变，结果经整体重算确认）。",
    "The smallest improvements that reach a rank, the other zones held; confirmed by a full evaluation.",
)

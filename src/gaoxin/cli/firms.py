"""``gaoxin firms``: which firms help and which hurt an indicator of their zone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gaoxin.cli.explanation import RunOption, UnitArgument
from gaoxin.cli.language import language, tr


def firms(
    zone: UnitArgument,
    indicator: Annotated[str, typer.Argument(help=tr("指标编号", "number of the indicator"), show_default=False)],
    run: RunOption = Path("demo/results"),
    top: Annotated[int, typer.Option("--top", min=1, help=tr("两端各列几家", "firms listed at each end"))] = 10,
) -> None:
    """Set below: the help speaks the language of the call."""
    from rich.console import Console
    from rich.table import Table

    from gaoxin.cli.progress import Progress
    from gaoxin.runs.firms import firm_effects
    from gaoxin.runs.tracing import again, column_of
    from gaoxin.words import Text

    with Progress() as progress:
        progress.step(Text("按 manifest 读入数据", "reading the data of the manifest"))
        done = again(run)
        effects = firm_effects(done, zone, indicator)
    node = done.result.nodes[column_of(done.result, indicator)]
    moving = [one for one in effects if one.helps is not None]
    table = Table(
        title=f"{node.code} {node.name.say(language())}（{node.unit}）", title_justify="left", show_edge=False
    )
    for heading, side in (
        (tr("企业", "firm"), "left"),
        (tr("名称", "name"), "left"),
        (tr("剔除后指标值", "value without it"), "right"),
        (tr("影响", "effect"), "right"),
        ("", "left"),
    ):
        table.add_column(heading, justify="right" if side == "right" else "left", overflow="fold")
    helping = [one for one in moving if one.helps][:top]
    hurting = [one for one in moving if not one.helps][-top:]
    for one in (*helping, *hurting):
        said = tr("拉高", "helps") if one.helps else tr("拉低", "hurts")
        table.add_row(one.firm, one.name, f"{one.without:,.6g}", f"{one.effect:+,.4g}", said)
    Console().print(table)
    count = sum(bool(one.helps) for one in moving)
    down, still = len(moving) - count, len(effects) - len(moving)
    typer.echo(
        tr(
            f"{len(effects)} 家企业：{count} 家拉高，{down} 家拉低，{still} 家无影响",
            f"{len(effects)} firms: {count} help, {down} hurt, {still} make no difference",
        )
    )


firms.__doc__ = tr(
    "每家企业对园区指标的影响（逐一剔除，一次算完）：谁拉高、谁拉低。",
    "Effect of each firm on an indicator of its zone (left out one by one): who helps, who hurts.",
)

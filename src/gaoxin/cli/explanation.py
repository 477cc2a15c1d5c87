"""``gaoxin explain``: a score walked back to the returns."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gaoxin.cli.language import language, tr

UnitArgument = Annotated[str, typer.Argument(help=tr("单位：代码或名称", "unit: code or name"), show_default=False)]
RunOption = Annotated[Path, typer.Option("--run", "-r", help=tr("运行结果文件夹", "folder of the run"))]


def explain(
    zone: UnitArgument,
    indicator: Annotated[
        str, typer.Argument(help=tr("指标编号，如 1.3；index 为总分", "number of the indicator, like 1.3; or index"))
    ] = "index",
    run: Annotated[Path, typer.Option("--run", "-r", help=tr("运行结果文件夹", "folder of the run"))] = Path(
        "demo/results"
    ),
) -> None:
    """Set below: the help speaks the language of the call."""
    from gaoxin.cli.progress import Progress
    from gaoxin.runs.tracing import trace
    from gaoxin.words import Text

    with Progress() as progress:
        progress.step(Text("按 manifest 读入数据", "reading the data of the manifest"))
        found = trace(run, zone, indicator)
    for line in found.lines(language()):
        typer.echo(line)


explain.__doc__ = tr(
    "追溯：从名次到得分、指标、公式、报表单元格和条款。",
    "Explain: from the rank to score, indicator, formula, cell of the return and clause.",
)

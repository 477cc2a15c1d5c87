"""``gaoxin evaluate``: from returns (or any table) to a ranking, and all of the outputs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gaoxin.cli.language import language, tr

Returns = Annotated[
    list[Path],
    typer.Argument(
        help=tr("报表文件、文件夹或通配符（xlsx、CSV、Parquet）", "files, folders or patterns (xlsx, CSV, Parquet)"),
        show_default=False,
    ),
]
SystemName = Annotated[
    str,
    typer.Option(
        "--system",
        "-s",
        help=tr(
            "指标体系：名称（gaoxin system list）或 YAML 文件", "system: a name (gaoxin system list) or a YAML file"
        ),
    ),
]
Period = Annotated[
    str | None,
    typer.Option("--period", "-p", help=tr("评价期，如 2025；默认取最近一期", "period; default: the latest")),
]

Zones = Annotated[
    str,
    typer.Option(
        "--zones",
        help=tr(
            "园区名录：shipped（随附的国家级高新区和上海园区）、any（不限）或一张表（代码、名称）",
            "register of zones: shipped (national high-tech zones, zones of Shanghai), any, or a table (code, name)",
        ),
    ),
]


def evaluate(
    returns: Returns,
    system: SystemName = "national-2021",
    period: Period = None,
    zones: Zones = "shipped",
    config: Annotated[
        Path | None, typer.Option("--config", "-c", help=tr("配置文件（YAML）", "configuration file (YAML)"))
    ] = None,
    robustness: Annotated[
        int,
        typer.Option("--robustness", "-n", min=0, help=tr("稳健性模拟次数，0 为不做", "replications; 0 for none")),
    ] = 0,
    seed: Annotated[int, typer.Option("--seed", help=tr("随机数种子", "random seed"))] = 1,
    out: Annotated[Path | None, typer.Option("--out", "-o", help=tr("结果文件夹", "folder for the results"))] = None,
    geojson: Annotated[
        Path | None,
        typer.Option("--geojson", help=tr("园区边界（自备 GeoJSON）", "boundaries of the units (your own GeoJSON)")),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help=tr("覆盖已有结果", "overwrite results that are there"))
    ] = False,
) -> None:
    """Set below: the help speaks the language of the call."""
    import gc

    # Nearly all that an evaluation makes lives to its end: looking for garbage every few hundred objects takes a tenth
    # of the time and finds none.
    gc.set_threshold(200_000, 20, 20)
    from gaoxin.cli.progress import Progress
    from gaoxin.cli.ranking import print_result
    from gaoxin.reports.folder import check_folder, read_geojson, write_outputs
    from gaoxin.runs.pipeline import Request, evaluate_request

    if out is not None:
        check_folder(out, force=force)
    request = Request(
        paths=tuple(returns),
        system=system,
        period=period,
        config=config,
        robustness=robustness,
        seed=seed,
        zones=zones,
    )
    boundaries = read_geojson(geojson) if geojson else None
    with Progress() as progress:
        run = evaluate_request(request, progress=progress.step)
        written = []
        if out is not None:
            written = write_outputs(run, out, language=language(), geojson=boundaries, progress=progress.step)
    print_result(run.result, language())
    for path in written:
        typer.echo(str(path))


evaluate.__doc__ = tr(
    "评价：读入报表，校核，计算指标、得分和名次，写出报告。",
    "Evaluate: read returns, check them, compute indicators, scores and ranks, write the reports.",
)

"""``gaoxin incentives batch``: every firm of some files at once."""

from __future__ import annotations

import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from gaoxin.cli.incentives.folder import check_output, memory_limit, staged, tables_below
from gaoxin.cli.language import language, tr

Firms = Annotated[
    list[Path],
    typer.Argument(
        help=tr(
            "企业数据：Parquet、CSV、xlsx 文件、文件夹或通配符", "firms: Parquet, CSV or xlsx; files, folders, patterns"
        ),
        show_default=False,
        metavar="FIRMS...",
    ),
]
Year = Annotated[str, typer.Option("--year", "-y", help=tr("年度，如 2024", "year, like 2024"))]
Out = Annotated[Path, typer.Option("--out", "-o", help=tr("结果文件夹", "folder for the results"))]
Instruments = Annotated[
    list[str] | None,
    typer.Option("--instrument", "-i", help=tr("只算这些政策，可多次", "only these instruments; repeatable")),
]
Memory = Annotated[str, typer.Option("--memory", help=tr("内存上限，如 4GB", "memory limit, like 4GB"))]
Below = Annotated[
    list[str] | None,
    typer.Option(
        "--with",
        help=tr(
            "合同、项目、人员等的明细表（文件或文件夹），如 contract=contracts.xlsx，可多次",
            "a table of contracts, projects, persons … (file or folder), like contract=contracts.xlsx; repeatable",
        ),
    ),
]
Rulebook = Annotated[str, typer.Option("--book", help=tr("规则书", "rulebook"))]
AsOf = Annotated[
    datetime.datetime | None,
    typer.Option("--as-of", formats=["%Y-%m-%d"], help=tr("截至日，默认今天", "day of the answer; default: today")),
]
Force = Annotated[bool, typer.Option("--force", help=tr("覆盖已有结果", "overwrite results that are there"))]


class Engine(StrEnum):
    """The engines by name."""

    duckdb = "duckdb"
    spark = "spark"


def batch(
    firms: Firms,
    year: Year,
    out: Out,
    instrument: Instruments = None,
    engine: Annotated[
        Engine,
        typer.Option("--engine", help=tr("计算引擎；spark 需另装", "engine; spark is an extra to be installed")),
    ] = Engine.duckdb,
    memory: Memory = "4GB",
    below: Below = None,
    near: Annotated[
        float,
        typer.Option("--near", min=0.0, max=1.0, help=tr("“接近”：与门槛相差的份额", "nearly: share of the threshold")),
    ] = 0.1,
    book: Rulebook = "incentives-cn",
    as_of: AsOf = None,
    force: Force = False,
) -> None:
    """Set below: the help speaks the language of the call."""
    from gaoxin.cli.progress import Progress
    from gaoxin.incentives.batch import run_batch
    from gaoxin.reports.incentives import batch as report
    from gaoxin.reports.incentives import batch_tables
    from gaoxin.rulebook import load_book

    rules = load_book(book)
    check_output(out, report.files(rules), force=force)
    with staged(out) as staging, Progress() as progress:
        result = run_batch(
            rules,
            firms,
            year,
            out=staging / report.RESULTS,
            as_of=as_of.date() if as_of else datetime.date.today(),
            instruments=instrument or (),
            below=tables_below(below),
            near=near,
            engine=engine.value,
            memory_limit=memory_limit(memory),
            progress=progress.step,
        )
        written = report.write_batch(result, staging, out, language())
    for line in (*batch_tables.about(result), *batch_tables.findings(result)):
        typer.echo(line.say(language()))
    for path in written:
        typer.echo(f"  {path}")


batch.__doc__ = tr(
    "全部企业一次算清：每项政策能否享受、差什么、缺什么数据、多少钱；可享受未享受的名单（免申即享）。",
    "All firms at once: entitled or not, by what they miss, which figure is lacking, how much; who has not claimed.",
)

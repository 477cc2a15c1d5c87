"""``gaoxin incentives sample``: a file of synthetic firms with the figures that incentives ask for."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gaoxin.cli.language import tr

MOST_FIRMS = 90_000_000


def sample(
    out: Annotated[
        Path,
        typer.Option("--out", "-o", help=tr("写入的文件：.parquet 或 .csv", "file to write: .parquet or .csv")),
    ],
    firms: Annotated[
        int, typer.Option("--firms", min=1, max=MOST_FIRMS, help=tr("企业数", "number of firms"))
    ] = 10_000,
    year: Annotated[int, typer.Option("--year", min=2016, max=2030, help=tr("年度", "year"))] = 2024,
    seed: Annotated[
        int | None,
        typer.Option(
            "--seed", min=0, help=tr("随机数种子；同一种子得同样的企业", "the same seed gives the same firms")
        ),
    ] = None,
    clean: Annotated[
        bool, typer.Option("--clean", help=tr("不留空白、不埋设错误", "no blanks and no planted faults"))
    ] = False,
    force: Annotated[bool, typer.Option("--force", help=tr("文件已有也写入", "write even if the file exists"))] = False,
) -> None:
    """Set below: the help speaks the language of the call."""
    from gaoxin.cli.progress import Progress
    from gaoxin.problems import InputError, Problem
    from gaoxin.rulebook import load_book
    from gaoxin.samples import SEED
    from gaoxin.samples.incentives import write_firms
    from gaoxin.words import Text

    if out.suffix.lower() not in {".parquet", ".csv"}:
        message = Text("只能写 .parquet 或 .csv", "only .parquet and .csv can be written")
        raise InputError([Problem("sample.format", "error", message, file=str(out))])
    if out.exists() and not force:
        message = Text("文件已存在", "the file exists")
        remedy = Text("换一个名字，或加 --force", "choose another name, or add --force")
        raise InputError([Problem("sample.exists", "error", message, remedy, file=str(out))])
    book = load_book("incentives-cn")
    items = {code: item for code, item in book.items.items() if item.entity == "firm"}
    with Progress() as progress:
        doing = Text("生成示例企业（合成数据）", "making sample firms (synthetic)")
        write_firms(
            items,
            out,
            firms=firms,
            year=year,
            seed=SEED if seed is None else seed,
            faults=not clean,
            progress=lambda share: progress.step(doing, share),
        )
    typer.echo(
        tr(
            f"示例企业（合成数据）已写入 {out}：{firms} 家，{year} 年度",
            f"sample firms (synthetic data) written to {out}: {firms} firms, {year}",
        )
    )


sample.__doc__ = tr(
    "写出合成的示例企业，含各项政策要用的数据，供试用和测速。",
    "Write synthetic sample firms with the figures that incentives need, for trying out and for benchmarks.",
)

"""``gaoxin sample``: write the synthetic sample city."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from gaoxin.cli.language import tr


def sample(
    folder: Annotated[
        Path, typer.Argument(help=tr("写入的文件夹", "folder to write into"), show_default=False, metavar="DIR")
    ],
    zones: Annotated[int, typer.Option("--zones", min=1, max=200, help=tr("园区数", "number of zones"))] = 22,
    firms: Annotated[int, typer.Option("--firms", min=1, max=2_000_000, help=tr("企业数", "number of firms"))] = 8000,
    years: Annotated[int, typer.Option("--years", min=1, max=10, help=tr("年数", "number of years"))] = 3,
    seed: Annotated[
        int | None,
        typer.Option("--seed", min=0, help=tr("随机数种子；同一种子得同一城市", "the same seed gives the same city")),
    ] = None,
    kind: Annotated[
        Literal["csv", "xlsx", "parquet"],
        typer.Option("--format", help=tr("企业报表的格式", "format of the firms' returns")),
    ] = "csv",
    force: Annotated[
        bool, typer.Option("--force", help=tr("文件夹非空也写入", "write even if the folder is not empty"))
    ] = False,
) -> None:
    """Write the synthetic sample city."""
    from gaoxin.cli.progress import Progress
    from gaoxin.problems import InputError, Problem
    from gaoxin.rulebook.loading import load_book
    from gaoxin.samples import SEED, make_city
    from gaoxin.samples.files import XLSX_FIRMS, write_city
    from gaoxin.words import Text

    def refuse(rule: str, message: Text, remedy: Text) -> InputError:
        return InputError([Problem(rule, "error", message, remedy, file=str(folder))])

    if folder.exists() and not folder.is_dir():
        raise refuse(
            "sample.not-a-folder", Text("不是文件夹", "not a folder"), Text("请换一个名字", "choose another name")
        )
    if folder.exists() and any(folder.iterdir()) and not force:
        raise refuse(
            "sample.not-empty",
            Text("文件夹非空", "the folder is not empty"),
            Text("请换一个文件夹，或加 --force", "choose another folder, or add --force"),
        )
    if firms < zones:
        raise refuse(
            "sample.too-few-firms",
            Text("企业数少于园区数", "fewer firms than zones"),
            Text("请增加 --firms", "raise --firms"),
        )
    if kind == "xlsx" and firms > XLSX_FIRMS:
        raise refuse(
            "sample.too-many-firms",
            Text(f"超过 {XLSX_FIRMS} 家企业不宜写成工作簿", f"more than {XLSX_FIRMS} firms do not fit workbooks"),
            Text("请用 --format csv 或 parquet", "use --format csv or parquet"),
        )
    headings = {
        code: f"{item.name.zh}（{item.unit}）" if item.unit not in {None, "1", "unknown"} else item.name.zh
        for name in ("zone-return-2021", *(["torch-enterprise-2022"] if kind == "xlsx" else []))
        for code, item in load_book(name).items.items()
    }
    city = make_city(zones=zones, firms=firms, years=years, seed=SEED if seed is None else seed)
    with Progress() as progress:
        written = write_city(
            city,
            folder,
            format=kind,
            headings=headings,
            progress=lambda share: progress.step(
                Text("生成示例城市（合成数据）", "making the sample city (synthetic)"), share
            ),
        )
    typer.echo(
        tr(
            f"示例城市（合成数据）已写入 {folder}：{zones} 个园区，{firms} 家企业，{years} 年，{len(written)} 个文件",
            f"sample city (synthetic data) written to {folder}: {zones} zones, {firms} firms, {years} years, "
            f"{len(written)} files",
        )
    )
    for path in written:
        typer.echo(f"  {path}")


sample.__doc__ = tr(
    "写出合成的示例城市：企业、项目、园区报表和专家评分，内含埋设的问题。",
    "Write the synthetic sample city: returns of firms, projects and zones, expert scores, with planted problems.",
)

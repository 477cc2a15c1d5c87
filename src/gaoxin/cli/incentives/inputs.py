"""``gaoxin incentives inputs``: the inputs that enterprise returns carry, as a table, and what is missing in them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gaoxin.cli.evaluation import Returns, Zones
from gaoxin.cli.language import language, tr

READ_WITH = "national-2021"
"""The book that knows all returns a folder may hold; those of zones are read and left aside."""


def inputs(
    returns: Returns,
    year: Annotated[str, typer.Option("--year", "-y", help=tr("年度", "the year"), show_default=False)],
    out: Annotated[Path, typer.Option("--out", "-o", help=tr("写入 .parquet", "write .parquet"))],
    zones: Zones = "shipped",
    detail: Annotated[
        bool, typer.Option("--detail", "-d", help=tr("列出报表没有的每个项目", "list every input that is missing"))
    ] = False,
    force: Annotated[bool, typer.Option("--force", help=tr("文件已有也写入", "write even if the file exists"))] = False,
    lang: Annotated[str, typer.Option("--lang", help=tr("语言：zh 或 en", "language: zh or en"))] = "",
) -> None:
    """Set below: the help speaks the language of the call."""
    import io

    import pyarrow.parquet as pq

    from gaoxin.incentives.mapping import RULES, facts_from_returns
    from gaoxin.incentives.timeline import instruments
    from gaoxin.problems import InputError, Problem
    from gaoxin.returns import read_returns
    from gaoxin.rulebook import load_book
    from gaoxin.runs.zones import zone_register
    from gaoxin.words import Text
    from gaoxin.writing import write_whole

    if lang not in {"", "zh", "en"}:
        raise typer.BadParameter(tr(f"没有“{lang}”这种语言，可用 zh 或 en", f"no language {lang!r}: zh or en"))
    spoken = "en" if lang == "en" else "zh" if lang == "zh" else language()
    if out.suffix.lower() != ".parquet":
        message = Text(f"不能写 {out.suffix or out.name} 文件", f"{out.suffix or out.name} files cannot be written")
        raise InputError(
            [Problem("inputs.format", "error", message, Text("可用 .parquet。", "Use .parquet."), file=str(out))]
        )
    if out.exists() and not force:
        message = Text("文件已存在", "the file exists")
        remedy = Text("换一个名字，或加 --force", "choose another name, or add --force")
        raise InputError([Problem("inputs.exists", "error", message, remedy, file=str(out))])
    rules = load_book(RULES)
    figures = read_returns(returns, load_book(READ_WITH), zones=zone_register(zones))
    tables, missing = facts_from_returns(figures, year, rules=rules)
    buffer = io.BytesIO()
    table = tables["firm"]
    if figures.synthetic:
        table = table.replace_schema_metadata({"synthetic": "true"})
    pq.write_table(table, buffer)
    write_whole(out, buffer.getvalue())
    carried = table.num_columns - 2
    head = Text(
        f"{table.num_rows} 行（各年度），{carried} 个项目，已写入 {out}",
        f"{table.num_rows} rows (all years), {carried} inputs, written to {out}",
    )
    if figures.synthetic:
        head = Text(f"{head.zh}（合成数据）", f"{head.en} (synthetic data)")
    typer.echo(head.say(spoken))
    typer.echo(Text("报表没有的输入：", "inputs that the returns do not carry:").say(spoken))
    for name, title in instruments(rules).items():
        typer.echo(f"  {name:<24} {len(missing[name]):>3}  {title.say(spoken)}")
        for one in missing[name] if detail else ():
            item = one.field.item
            said = f"{item.entity}.{item.code} {item.name.say(spoken)}: {one.why.say(spoken)}"
            source = Text(f"；取自 {one.take_from.zh}", f"; take it from {one.take_from.en}")
            typer.echo(f"      {said}{source.say(spoken)}")


inputs.__doc__ = tr(
    "由企业统计报表得出政策测算的输入（换算为元），并说明报表没有的项目从哪里取。",
    "Inputs of the incentives from enterprise returns, in yuan, and where to take what the returns do not carry.",
)

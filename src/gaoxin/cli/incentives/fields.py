"""``gaoxin incentives fields``: what has to be given, field by field, or as a blank file to fill in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gaoxin.cli.language import language, tr


def fields(
    instrument: Annotated[
        str, typer.Argument(help=tr("政策，如 hnte；不写则全部", "instrument, like hnte; all without one"))
    ] = "",
    blank: Annotated[
        bool, typer.Option("--template", help=tr("一家企业的空白文件（YAML）", "a blank file of one firm (YAML)"))
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help=tr("写入文件（.md；模板为 .yaml）", "file to write (.md; a template .yaml)")),
    ] = None,
    book: Annotated[
        str, typer.Option("--book", help=tr("规则书的名称或文件夹", "name or folder of the rulebook"))
    ] = "incentives-cn",
    force: Annotated[bool, typer.Option("--force", help=tr("文件已有也写入", "write even if the file exists"))] = False,
    lang: Annotated[str, typer.Option("--lang", help=tr("语言：zh 或 en", "language: zh or en"))] = "",
) -> None:
    """Set below: the help speaks the language of the call."""
    from gaoxin.incentives.fields import fields as fields_of
    from gaoxin.incentives.fields import kind_words, template
    from gaoxin.incentives.fields_page import page
    from gaoxin.incentives.mapping import INPUTS
    from gaoxin.problems import InputError, Problem
    from gaoxin.rulebook import load_book
    from gaoxin.words import Text
    from gaoxin.writing import write_whole

    if lang not in {"", "zh", "en"}:
        raise typer.BadParameter(tr(f"没有“{lang}”这种语言，可用 zh 或 en", f"no language {lang!r}: zh or en"))
    spoken = "en" if lang == "en" else "zh" if lang == "zh" else language()
    rules = load_book(book)
    chosen = fields_of(rules, instrument or None)
    if out is None and not blank:
        for field in chosen:
            item = field.item
            said = (item.name.say(spoken), kind_words(item, spoken), field.origin.say(spoken))
            typer.echo(f"{item.entity}.{item.code:<34} {'; '.join(part for part in said if part)}")
        return
    if blank:
        text = template(rules, instrument or None, spoken)
    elif instrument:
        raise typer.BadParameter(
            tr(
                "页面总是列出全部项目；单项政策请不写 --out",
                "the page lists all fields; leave out --out for one instrument",
            )
        )
    else:
        text = page(rules, load_book(INPUTS))
    if out is None:
        typer.echo(text, nl=False)
        return
    wanted = (".yaml", ".yml") if blank else (".md",)
    if out.suffix.lower() not in wanted:
        message = Text(f"不能写 {out.suffix or out.name} 文件", f"{out.suffix or out.name} files cannot be written")
        raise InputError(
            [
                Problem(
                    "fields.format", "error", message, Text(f"可用 {wanted[0]}。", f"Use {wanted[0]}."), file=str(out)
                )
            ]
        )
    if out.exists() and not force:
        message = Text("文件已存在", "the file exists")
        remedy = Text("换一个名字，或加 --force", "choose another name, or add --force")
        raise InputError([Problem("fields.exists", "error", message, remedy, file=str(out))])
    write_whole(out, text)
    typer.echo(Text(f"{len(chosen)} 个项目已写入 {out}", f"{len(chosen)} fields written to {out}").say(spoken))


fields.__doc__ = tr(
    "测算要填的全部项目：名称、类型、单位、取自哪张表；--template 写出一家企业的空白文件。",
    "Every figure that is asked for: name, type, unit, form; --template writes a blank file of one firm.",
)

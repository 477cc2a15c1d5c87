"""``gaoxin incentives timeline``: how an instrument changed over time, with the document of every value."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Annotated

import typer

from gaoxin.cli.incentives.batch import AsOf
from gaoxin.cli.language import language, tr


def timeline(
    instrument: Annotated[
        str,
        typer.Argument(help=tr("政策，如 rd-super-deduction；不写则列出全部", "instrument; without one, their list")),
    ] = "",
    out: Annotated[Path | None, typer.Option("--out", "-o", help=tr("写入 .xlsx", "write .xlsx"))] = None,
    as_of: AsOf = None,
    book: Annotated[
        str, typer.Option("--book", help=tr("规则书的名称或文件夹", "name or folder of the rulebook"))
    ] = "incentives-cn",
    lang: Annotated[str, typer.Option("--lang", help=tr("语言：zh 或 en", "language: zh or en"))] = "",
) -> None:
    """Set below: the help speaks the language of the call."""
    from gaoxin.incentives.timeline import instruments, told
    from gaoxin.incentives.timeline import timeline as history_of
    from gaoxin.incentives.timeline_workbook import render
    from gaoxin.problems import InputError, Problem
    from gaoxin.rulebook import load_book
    from gaoxin.words import Text
    from gaoxin.writing import write_whole

    if lang not in {"", "zh", "en"}:
        raise typer.BadParameter(tr(f"没有“{lang}”这种语言，可用 zh 或 en", f"no language {lang!r}: zh or en"))
    spoken = "en" if lang == "en" else "zh" if lang == "zh" else language()
    rules = load_book(book)
    if not instrument:
        for code, name in instruments(rules).items():
            typer.echo(f"{code:<24} {name.say(spoken)}")
        return
    history = history_of(rules, instrument, as_of=as_of.date() if as_of else datetime.date.today())
    if out is None:
        for line in told(history, spoken):
            typer.echo(line)
        return
    if out.suffix.lower() != ".xlsx":
        message = Text(f"不能写 {out.suffix or out.name} 文件", f"{out.suffix or out.name} files cannot be written")
        raise InputError(
            [Problem("timeline.format", "error", message, Text("可用 .xlsx。", "Use .xlsx."), file=str(out))]
        )
    write_whole(out, render(history, spoken))
    spans = sum(len(line.spans) for line in history.lines)
    zh, en = (
        f"{history.name.zh}：{len(history.lines)} 项、{spans} 段，已写入 {out}",
        f"{history.name.en}: {len(history.lines)} entries, {spans} spans, written to {out}",
    )
    typer.echo(Text(zh, en).say(spoken))


timeline.__doc__ = tr(
    "一项政策的沿革：每个参数、条件、规则的值和有效期，文件和条款，可靠程度，缺口和未知之处。",
    "How an instrument changed: every parameter, condition and rule with dates, document, confidence and gaps.",
)

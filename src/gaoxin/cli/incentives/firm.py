"""``gaoxin incentives firm``: what one firm is entitled to, why, how much, and its lowest lawful income tax."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gaoxin.cli.language import language, tr
from gaoxin.words import Language, Text

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.table import Table

    from gaoxin.incentives.answers import Answer
    from gaoxin.incentives.assessment import Assessment
    from gaoxin.incentives.combination.plan import Plan
    from gaoxin.rulebook.book import Book

_MARKS = {True: ("✓", "green"), False: ("✗", "dim"), None: ("?", "yellow")}


def firm(
    file: Annotated[
        Path,
        typer.Argument(
            help=tr(
                "企业数据（YAML），空白模板见 gaoxin incentives fields --template",
                "figures of the firm (YAML); for a blank file see gaoxin incentives fields --template",
            ),
            show_default=False,
        ),
    ],
    year: Annotated[str, typer.Option("--year", "-y", help=tr("年度", "the year"), show_default=False)],
    since: Annotated[
        str,
        typer.Option(
            "--since",
            help=tr(
                "从该年起逐年筹划所得税，亏损结转（到 --year 为止）",
                "plan the income tax of all years from this one to --year, losses carried forward",
            ),
        ),
    ] = "",
    detail: Annotated[
        bool,
        typer.Option(
            "--detail", "-d", help=tr("列出每个条件、依据、资料", "list every condition, clause and document")
        ),
    ] = False,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", help=tr("只看这项政策或优惠，可多次", "only this instrument or benefit; repeatable")),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help=tr("以 JSON 输出", "print JSON"))] = False,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help=tr("写入 .docx 或 .json", "write .docx or .json"))
    ] = None,
    as_of: Annotated[
        str, typer.Option("--as-of", help=tr("截止日，默认今天", "day for which this is said; today by default"))
    ] = "",
    book: Annotated[
        str, typer.Option("--book", help=tr("规则书的名称或文件夹", "name or folder of the rulebook"))
    ] = "incentives-cn",
    lang: Annotated[str, typer.Option("--lang", help=tr("语言：zh 或 en", "language: zh or en"))] = "",
) -> None:
    """Set below: the help speaks the language of the call."""
    import json

    from rich.console import Console

    from gaoxin.incentives.assessment import assess
    from gaoxin.incentives.combination.data import plan_data
    from gaoxin.incentives.combination.plan import plan
    from gaoxin.incentives.firm_file import read_firm
    from gaoxin.problems import InputError, Problem
    from gaoxin.rulebook import load_book
    from gaoxin.writing import write_whole

    if lang not in {"", "zh", "en"}:
        raise typer.BadParameter(tr(f"没有“{lang}”这种语言，可用 zh 或 en", f"no language {lang!r}: zh or en"))
    spoken: Language = "en" if lang == "en" else "zh" if lang == "zh" else language()
    if out is not None and out.suffix.lower() not in {".docx", ".json"}:
        message = Text(f"不能写 {out.suffix or out.name} 文件", f"{out.suffix or out.name} files cannot be written")
        remedy = Text("可用 .docx 或 .json。", "Use .docx or .json.")
        raise InputError([Problem("firm.out", "error", message, remedy, file=str(out))])
    day = _day(as_of)
    rules = load_book(book)
    given = read_firm(rules, file, year)
    found = assess(rules, given, year, as_of=day)
    chosen = _chosen(rules, found, only or [])
    years = _years(since, year)
    planned = plan(rules, given.rows, given.reporter, years, as_of=day) if years else None
    data = {**found.data(), **({} if planned is None else {"plan": plan_data(planned)})}
    if out is not None and out.suffix.lower() == ".docx":
        from gaoxin.reports.incentives.firm import render

        write_whole(out, render(found, planned, spoken))
    elif out is not None:
        write_whole(out, json.dumps(data, ensure_ascii=False, indent=2) + "\n")
    if as_json:
        typer.echo(json.dumps(data, ensure_ascii=False, indent=2))
        return
    console = Console(highlight=False, markup=False, emoji=False, soft_wrap=False)
    _show(console, found, chosen, planned, spoken, detail=detail)
    if out is not None:
        typer.echo(Text(f"已写入 {out}", f"wrote {out}").say(spoken), err=True)


firm.__doc__ = tr(
    "一家企业可以享受什么、为什么、多少、差多少，以及税额最低的合法组合。",
    "What one firm is entitled to, why, how much, what is lacking, and its lowest lawful income tax.",
)


def _day(text: str) -> datetime.date:
    if not text:
        return datetime.date.today()
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(
            tr(f"{text} 不是日期（如 2025-03-01）", f"{text} is no date (like 2025-03-01)")
        ) from None


def _years(since: str, year: str) -> list[str]:
    if not since:
        return []
    if not (since.isdecimal() and year.isdecimal() and int(since) <= int(year)):
        raise typer.BadParameter(tr(f"--since {since} 应是不晚于 {year} 的年度", f"--since is a year up to {year}"))
    return [str(one) for one in range(int(since), int(year) + 1)]


def _chosen(book: Book, found: Assessment, wanted: list[str]) -> tuple[Answer, ...]:
    """The answers to show; a name that is none is refused with those that look like it."""
    from difflib import get_close_matches

    from gaoxin.problems import InputError, Problem

    known = {name for benefit in book.benefits.values() for name in (benefit.code, benefit.instrument)}
    for name in wanted:
        if name not in known:
            near = ", ".join(get_close_matches(name, sorted(known), n=3, cutoff=0.5)) or ", ".join(sorted(known))
            message = Text(f"没有政策或优惠 {name}", f"no instrument or benefit {name}")
            raise InputError([Problem("only", "error", message, Text(f"是否指 {near}？", f"Did you mean {near}?"))])
    if not wanted:
        return found.answered
    return tuple(answer for answer in found.answers if {answer.code, answer.instrument} & set(wanted))


def _show(
    console: Console,
    found: Assessment,
    chosen: tuple[Answer, ...],
    planned: Plan | None,
    spoken: Language,
    *,
    detail: bool,
) -> None:
    from gaoxin.cli.lines import Line
    from gaoxin.incentives.assessment import SYNTHETIC
    from gaoxin.incentives.plausibility import finding_words
    from gaoxin.incentives.wording import answer_lines

    console.print(f"{found.name or found.reporter}  {found.period}", style="bold")
    if found.synthetic:
        console.print(SYNTHETIC.say(spoken), style="yellow")
    for problem in found.warnings:
        console.print(Line(finding_words(problem).say(spoken), "yellow", hang=2))
    console.print()
    if found.combination is not None:
        _show_taxes(console, found, spoken)
    if planned is not None:
        _show_years(console, planned, spoken)
    if detail:
        for line in answer_lines(chosen, spoken, end=False):
            console.print(Line(line, _style_of(line), hang=2))
    else:
        console.print(_benefits(found, chosen, spoken))
        hidden = len(found.answers) - len(found.answered)
        if hidden and chosen == found.answered:
            zh = f"另有 {hidden} 项按合同、人员、项目等计算，文件中没有这些数据"
            en = f"{hidden} more are about contracts, persons, projects … of which the file says nothing"
            console.print(Text(zh, en).say(spoken), style="dim")
        console.print()
        _show_deadlines(console, chosen, spoken)
    for remark in found.remarks:
        console.print(Line(remark.say(spoken), "dim"))


def _style_of(line: str) -> str:
    return {"✓": "green", "?": "yellow"}.get(line[:1], "")


def _show_taxes(console: Console, found: Assessment, spoken: Language) -> None:
    """The best combination with its alternatives, and why others are none."""
    from rich.table import Table

    from gaoxin.cli.lines import Line
    from gaoxin.incentives.combination.wording import (
        cautions,
        combination_lines,
        difference_words,
        filing_words,
        refusal_mark,
        refusal_words,
        shown_filings,
        yuan,
    )

    combination = found.combination
    assert combination is not None
    if combination.best is None:
        for line in combination_lines(combination, spoken):
            console.print(Line(line, hang=2))
        console.print()
        return
    table = Table(box=None, pad_edge=False, title=None)
    heads = (
        Text("企业所得税：合法的组合", "income tax: lawful combinations"),
        Text("应纳税所得额", "taxable income"),
        Text("税额（元）", "tax (yuan)"),
        Text("", ""),
    )
    for number, head in enumerate(heads):
        table.add_column(head.say(spoken), justify="right" if number in {1, 2} else "left", overflow="fold")
    for filing in shown_filings(combination):
        table.add_row(
            Line(filing_words(combination, filing).say(spoken)),
            yuan(filing.income),
            yuan(filing.tax),
            difference_words(combination, filing).say(spoken),
            style="bold" if filing is combination.best else "",
        )
    console.print(table)
    for one in combination.refused:
        if one.why not in {"not_entitled", "not_in_force"}:
            console.print(Line(f"{refusal_mark(one)} {refusal_words(combination, one).say(spoken)}", "dim", hang=2))
    for text in cautions(combination):
        console.print(Line(f"⚠ {text.say(spoken)}", "yellow", hang=2))
    computed = len(combination.filings)
    console.print(
        Text(f"共计算 {computed} 种合法组合", f"{computed} lawful combinations computed").say(spoken), style="dim"
    )
    console.print()


def _show_years(console: Console, planned: Plan, spoken: Language) -> None:
    """The best plan, a line for each year, and how it was found."""
    from rich.table import Table

    from gaoxin.cli.lines import Line
    from gaoxin.incentives.combination.wording import filing_words, plan_lines, uses_words, yuan

    first, *others = plan_lines(planned, spoken)
    console.print(first, style="bold")
    if planned.best is None:
        for line in others:
            console.print(Line(line, hang=2))
        console.print()
        return
    table = Table(box=None, pad_edge=False)
    heads = (
        (Text("年度", "year"), "left"),
        (Text("弥补亏损前", "before losses"), "right"),
        (Text("弥补的亏损", "losses used"), "left"),
        (Text("应纳税所得额", "taxable income"), "right"),
        (Text("税额", "tax"), "right"),
        (Text("组合", "way to file"), "left"),
        (Text("结转的亏损", "losses carried on"), "left"),
        (Text("到期的亏损", "losses expired"), "left"),
    )
    for head, side in heads:
        table.add_column(head.say(spoken), justify="right" if side == "right" else "left", overflow="fold")
    for year in planned.best.years:
        table.add_row(
            year.period,
            yuan(year.income),
            uses_words(year.used),
            yuan(year.filing.income),
            yuan(year.filing.tax),
            Line(filing_words(planned, year.filing).say(spoken)),
            uses_words(year.open),
            uses_words(year.expired),
        )
    console.print(table)
    for line in others[len(planned.best.years) :]:
        console.print(Line(line.strip(), "dim", hang=2))
    console.print()


def _benefits(found: Assessment, chosen: tuple[Answer, ...], spoken: Language) -> RenderableType:
    """One line for each benefit, by instrument: its mark, its name, the amount or what is lacking."""
    from rich.table import Table

    from gaoxin.cli.lines import Line
    from gaoxin.incentives.assessment import grouped
    from gaoxin.incentives.timeline import instruments
    from gaoxin.incentives.wording import STATE, brief

    names = instruments(found.book)
    table: Table = Table(box=None, pad_edge=False, show_header=False)
    for _ in range(3):
        table.add_column(overflow="fold")
    for instrument, answers in grouped(chosen).items():
        table.add_row("", Line(names[instrument].say(spoken)), "", style="bold")
        for answer in answers:
            mark, style = _MARKS[answer.entitled] if answer.state != "not_in_force" else ("–", "dim")
            whose = "" if answer.entity == "firm" else f" [{answer.reporter}]"
            said = brief(answer).say(spoken) or STATE[answer.state].say(spoken)
            table.add_row(mark, Line(answer.name.say(spoken) + whose), Line(said), style=style)
    return table


def _show_deadlines(console: Console, chosen: tuple[Answer, ...], spoken: Language) -> None:
    """What is to be done by when, of everything that the firm is entitled to."""
    from gaoxin.cli.lines import Line

    due: dict[tuple[str, str], list[str]] = {}
    for answer in chosen:
        for one in answer.deadlines if answer.entitled else ():
            when = " ".join(part for part in (one.when, one.text.say(spoken)) if part)
            due.setdefault((when, one.name.say(spoken)), []).append(answer.name.say(spoken))
    if not due:
        return
    console.print(Text("期限", "Deadlines").say(spoken), style="bold")
    for (when, name), benefits in sorted(due.items()):
        what = Text("、", ", ").say(spoken).join(dict.fromkeys(benefits))
        console.print(Line(f"  {when}  {name}{Text('：', ': ').say(spoken)}{what}", hang=2))
    console.print()

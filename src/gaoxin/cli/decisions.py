"""``gaoxin decide``: what a city's decision rules propose for the results of one or several years."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Literal

import typer

from gaoxin.cli.language import language, tr


def decide(
    runs: Annotated[
        list[Path],
        typer.Argument(help=tr("各期运行结果的文件夹", "folders of runs, one per period"), metavar="RUN…"),
    ],
    book: Annotated[
        str,
        typer.Option("--book", "-b", help=tr("判定规则书：名称或文件夹", "decision rules: name or folder of a book")),
    ],
    events: Annotated[
        Path | None,
        typer.Option(
            "--events", "-e", help=tr("事故、造假等记录（CSV、YAML）", "records of accidents etc. (CSV, YAML)")
        ),
    ] = None,
    replications: Annotated[
        int, typer.Option("--robustness", "-n", min=2, help=tr("模拟次数", "draws of the uncertain choices"))
    ] = 1000,
    seed: Annotated[int, typer.Option("--seed", help=tr("随机数种子", "random seed"))] = 1,
    form: Annotated[
        Literal["text", "json"], typer.Option("--format", "-f", help=tr("输出格式", "format of the output"))
    ] = "text",
) -> None:
    """Set below: the help speaks the language of the call."""
    from gaoxin.cli.progress import Progress
    from gaoxin.decisions import Result, propose, sample_of
    from gaoxin.decisions.events import read_events
    from gaoxin.decisions.wording import plain, told
    from gaoxin.problems import InputError, Problem
    from gaoxin.rulebook import load_book
    from gaoxin.runs import store
    from gaoxin.runs.tracing import again
    from gaoxin.words import Text

    rules = load_book(book)
    noted = read_events(events) if events else []
    results = []
    with Progress() as progress:
        for folder in runs:
            progress.step(Text(f"重算 {folder}", f"evaluating {folder} again"), None)
            stored, run = store.read(folder), again(folder)
            if store.same_values(stored, run.result, tolerance=1e-9):
                message = Text("按 manifest 重算的结果与原结果不符", "evaluating again gives other results than stored")
                remedy = Text("用 gaoxin verify 查看差别", "gaoxin verify says what differs")
                raise InputError([Problem("decide.differs", "error", message, remedy, file=str(folder))])
            sample = sample_of(run, replications=replications, seed=seed)
            results.append(Result(stored, sample, run.evaluation))
        progress.step(Text("套用规则", "applying the rules"), None)
        proposals = propose(rules, results, noted)
    if form == "json":
        typer.echo(json.dumps(plain(proposals), ensure_ascii=False, indent=2))
    else:
        typer.echo("\n".join(told(proposals, language())))


decide.__doc__ = tr(
    "动态调整：按判定规则提出建议（表扬、优先纳入、警告、整改、退出），说明依据、把握和反转条件。",
    "Apply decision rules (commend, admit first, warn, rectify, withdraw): grounds, certainty, what would reverse it.",
)

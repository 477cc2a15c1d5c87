"""``gaoxin incentives simulate``: what a changed parameter or rule would do, for every firm of some files."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Annotated

import typer

from gaoxin.cli.incentives.batch import AsOf, Below, Firms, Force, Memory, Out, Rulebook, Year
from gaoxin.cli.incentives.folder import check_output, memory_limit, staged, tables_below
from gaoxin.cli.language import language, tr


def simulate(
    firms: Firms,
    year: Year,
    change: Annotated[
        Path,
        typer.Option("--change", "-c", help=tr("改变的参数或规则（YAML）", "the changed parameters or rules (YAML)")),
    ],
    out: Out,
    memory: Memory = "4GB",
    below: Below = None,
    book: Rulebook = "incentives-cn",
    as_of: AsOf = None,
    force: Force = False,
) -> None:
    """Set below: the help speaks the language of the call."""
    from gaoxin.cli.progress import Progress
    from gaoxin.incentives.simulation import simulate as run
    from gaoxin.reports.incentives import simulation as report
    from gaoxin.rulebook import load_book
    from gaoxin.rulebook.overlay import read_overlay

    check_output(out, report.FILES, force=force)
    today = load_book(book)
    hypothetical, overlay = read_overlay(today, change)
    with staged(out) as staging, Progress() as progress:
        result = run(
            today,
            hypothetical,
            overlay,
            firms,
            year,
            staging=staging,
            changes=staging / report.CHANGES,
            as_of=as_of.date() if as_of else datetime.date.today(),
            below=tables_below(below),
            memory_limit=memory_limit(memory),
            progress=progress.step,
        )
        written = report.write_simulation(result, staging, out, language())
    for line in (report.HYPOTHETICAL, *report.about(result), *report.findings(result)):
        typer.echo(line.say(language()))
    for path in written:
        typer.echo(f"  {path}")


simulate.__doc__ = tr(
    "政策模拟：改变一个参数或规则，全部企业重算，看成本、谁受益谁受损（假设，不是现行政策）。",
    "Simulate: change a parameter or rule, compute every firm anew; cost, winners and losers (hypothetical).",
)

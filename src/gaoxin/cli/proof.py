"""``gaoxin book prove``: what holds of every firm that there could be, and the firm for which it does not."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gaoxin.cli.language import language, tr
from gaoxin.words import Language, Text

if TYPE_CHECKING:
    from rich.console import Console

    from gaoxin.proofs.outcomes import Outcome
    from gaoxin.proofs.proving import Proofs
    from gaoxin.rulebook.book import Book


def prove(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="BOOK", help=tr("规则书的名称或文件夹", "name or folder of the book"))],
    instrument: Annotated[
        str, typer.Option("--instrument", help=tr("只看一种政策，如 hnte", "one instrument only, like hnte"))
    ] = "",
    only: Annotated[
        str,
        typer.Option("--property", help=tr("只看一条或一种性质，如 cliffs", "one property or kind only, like cliffs")),
    ] = "",
    period: Annotated[
        str, typer.Option("--period", help=tr("报告期，缺省为上一期", "period, the last complete one by default"))
    ] = "",
    time_limit: Annotated[
        float, typer.Option("--time-limit", min=0.1, help=tr("每个问题最多几秒", "seconds for one question at most"))
    ] = 30.0,
    as_json: Annotated[bool, typer.Option("--json", help=tr("输出 JSON", "print JSON"))] = False,
    out: Annotated[
        Path | None, typer.Option("--out", help=tr("写入文件（.json 或文本）", "write to a file (.json or text)"))
    ] = None,
    cliffs: Annotated[
        Path | None,
        typer.Option(
            "--cliffs",
            help=tr(
                "把断崖清单写入 Markdown 文件中标出的位置",
                "write the list of cliffs between the marks in a Markdown file",
            ),
        ),
    ] = None,
    lang: Annotated[str, typer.Option("--lang", help=tr("语言：zh 或 en", "language: zh or en"))] = "",
) -> None:
    """Prove or refute every property; exit 1 when one comes out otherwise than the book says."""
    from rich.console import Console

    from gaoxin.cli.progress import Progress
    from gaoxin.rulebook.loading import load_book

    if not _installed():
        zh = "没有安装证明器。请安装 gaoxin[prove]：pip install 'gaoxin[prove]'"
        en = "the prover is not installed; install gaoxin[prove]: pip install 'gaoxin[prove]'"
        typer.echo(tr(f"错误：{zh}", f"error: {en}"), err=True)
        raise typer.Exit(2)
    from gaoxin.proofs.cliff_list import with_cliffs
    from gaoxin.proofs.data import proofs_data
    from gaoxin.proofs.proving import prove as prove_book
    from gaoxin.proofs.solving import Effort
    from gaoxin.writing import write_whole

    if lang not in {"", "zh", "en"}:
        raise typer.BadParameter(tr(f"没有“{lang}”这种语言，可用 zh 或 en", f"no language {lang!r}: zh or en"))
    spoken: Language = "en" if (lang or (context.obj or {}).get("lang", language())) == "en" else "zh"
    book = load_book(name)
    asked = period or _last_period(book)
    with Progress() as progress:
        proofs = prove_book(
            book,
            asked,
            instrument=instrument,
            only=only,
            effort=Effort(seconds=time_limit),
            progress=progress.step,
        )
    data = json.dumps(proofs_data(proofs), ensure_ascii=False, indent=1) if as_json or _json(out) else ""
    if cliffs is not None:
        write_whole(cliffs, with_cliffs(cliffs.read_text(encoding="utf-8"), proofs_data(proofs)))
    if out is not None and _json(out):
        write_whole(out, data + "\n")
    elif out is not None:
        with Path(out).open("w", encoding="utf-8") as file:
            _report(proofs, spoken, Console(file=file, width=160, markup=False, highlight=False))
    if as_json:
        typer.echo(data)
    elif out is None:
        _report(proofs, spoken, Console(markup=False, highlight=False))
    if proofs.surprising:
        raise typer.Exit(1)


def _installed() -> bool:
    from importlib.util import find_spec

    return find_spec("z3") is not None


def _json(out: Path | None) -> bool:
    return out is not None and out.suffix == ".json"


def _last_period(book: Book) -> str:
    """The last period that is over."""
    from gaoxin.rulebook.periods import PER_YEAR, period_text

    today = datetime.date.today()
    per_year = PER_YEAR[book.frequency]
    return period_text(today.year * per_year + (today.month - 1) * per_year // 12 - 1, book.frequency)


def _report(proofs: Proofs, spoken: Language, console: Console) -> None:
    """The table of properties, then what was found of each that is not plainly so."""
    from rich.table import Table

    from gaoxin.proofs.wording import KIND, report_lines, state_words

    title = Text(f"{proofs.book.name} · {proofs.period} 期的性质", f"{proofs.book.name}: properties in {proofs.period}")
    table = Table(title=title.say(spoken), box=None, pad_edge=False, title_justify="left")
    headings = (("结果", "outcome"), ("种类", "kind"), ("性质", "property"), ("发现", "found"), ("秒", "seconds"))
    for zh, en in headings:
        table.add_column(Text(zh, en).say(spoken), overflow="fold", justify="right" if en == "seconds" else "left")
    for one in proofs.outcomes:
        state, kind = state_words(one).say(spoken), KIND[one.kind].say(spoken)
        table.add_row(state, kind, one.statement.say(spoken), one.verdict.detail.say(spoken), f"{one.seconds:.2f}")
    console.print(table)
    for one in proofs.outcomes:
        if _told(one):
            console.print(f"\n{one.statement.say(spoken)}  [{one.name}]", soft_wrap=True)
            for line in report_lines(proofs.book, one, spoken):
                console.print(f"  {line}", soft_wrap=True)
    for said in _summary(proofs):
        console.print(said.say(spoken), soft_wrap=True)


def _told(one: Outcome) -> bool:
    """Whether more is said of a property than its row in the table."""
    return one.verdict.state == "refuted" or (one.kind == "known" and one.verdict.example is not None)


def _summary(proofs: Proofs) -> list[Text]:
    from gaoxin.proofs.facts import LARGEST
    from gaoxin.proofs.wording import STATE

    counts = {state: sum(one.verdict.state == state for one in proofs.outcomes) for state in STATE}
    zh = "，".join(f"{STATE[state].zh} {count}" for state, count in counts.items() if count)
    en = ", ".join(f"{STATE[state].en} {count}" for state, count in counts.items() if count)
    return [
        Text("", ""),
        Text(f"{zh}；与预期不符 {len(proofs.surprising)}", f"{en}; unexpected {len(proofs.surprising)}"),
        Text(
            f"各数在 ±{LARGEST:,} 之内；每个例子都由精确求值和执行引擎复算。查找断崖时，本期各项数据都已填。",
            f"Figures within ±{LARGEST:,}; every example was computed again by the exact evaluator and by the engine. "
            "Cliffs are looked for with every figure of the period given.",
        ),
    ]

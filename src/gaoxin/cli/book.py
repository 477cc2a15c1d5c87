"""``gaoxin book``: check a rulebook, show it or one of its entries."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gaoxin.cli import proof
from gaoxin.cli.language import language, tr
from gaoxin.words import Language, Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from gaoxin.rulebook.book import Book
    from gaoxin.rulebook.entries import Entry, Parameter, Rule
    from gaoxin.rulebook.vectors import Miss

app = typer.Typer(
    no_args_is_help=True, help=tr("规则书：检查、查看、证明", "rulebooks: check them, look at them, prove them")
)
app.command(
    "prove", help=tr("证明规则的性质，找出反例和断崖", "prove properties of the rules; find exceptions and cliffs")
)(proof.prove)

Spoken = Annotated[str, typer.Option("--lang", help=tr("语言：zh 或 en", "language: zh or en"))]

_KINDS = {
    "items": Text("指标", "items"),
    "parameters": Text("参数", "parameters"),
    "codelists": Text("代码表", "code lists"),
    "derived": Text("派生指标", "derived figures"),
    "checks": Text("审核", "checks"),
}


@app.command(
    "check",
    help=tr(
        "检查一本规则书和其中的测试案例，列出全部问题", "check a rulebook and its test vectors; list all that is wrong"
    ),
)
def check(
    context: typer.Context,
    path: Annotated[
        str, typer.Argument(help=tr("规则书的文件夹，或自带的名称", "folder of the book, or a shipped name"))
    ],
    lang: Spoken = "",
) -> None:
    """Load the book (and the systems in it) and work through its test vectors.

    Every finding is printed with file and line, every vector that does not hold with what it gives; then exit 1.
    """
    from gaoxin.rulebook.findings import BookError
    from gaoxin.rulebook.loading import load_book
    from gaoxin.rulebook.system import load_system
    from gaoxin.rulebook.vectors import load_vectors, misses

    spoken = _language(context, lang)
    try:
        book = load_book(path)
        for source in book.systems:
            load_system(Path(source.file).absolute(), incomplete=True)
        vectors = load_vectors(book)
    except BookError as error:
        for finding in error.findings:
            typer.echo(finding.say(spoken))
        number = len(error.findings)
        typer.echo(Text(f"发现 {number} 个问题", f"{number} findings").say(spoken), err=True)
        raise typer.Exit(1) from None
    counts = [(kind, len(getattr(book, key))) for key, kind in _KINDS.items()]
    zh = "、".join(f"{kind.zh} {number}" for kind, number in counts if number)
    en = ", ".join(f"{number} {kind.en}" for kind, number in counts if number)
    head = f"{book.name} {book.version}"
    typer.echo(Text(f"{head} 没有问题：{zh}", f"nothing is wrong with {head}: {en}").say(spoken))
    failing: set[str] = set()
    for miss in misses(book, vectors):
        failing.add(miss.vector.id)
        typer.echo(_missed(miss).say(spoken))
    if vectors:
        held = len(vectors) - len(failing)
        zh, en = f"测试案例 {len(vectors)} 个，{held} 个成立", f"{held} of {len(vectors)} test vectors hold"
        typer.echo(Text(zh, en).say(spoken))
    if failing:
        raise typer.Exit(1)


def _missed(miss: Miss) -> Text:
    """A figure that a test vector does not give."""

    def words(value: object) -> Text:
        return Text("未知", "unknown") if value is None else Text(str(value), str(value))

    got, wanted = words(miss.computed), words(miss.expected)
    why = [reason.message for reason in miss.found.reasons]
    zh = "；".join([f"{miss.vector.id}：{miss.code} 应为 {wanted.zh}，得 {got.zh}", *(one.zh for one in why)])
    en = "; ".join([f"{miss.vector.id}: {miss.code} must be {wanted.en}, is {got.en}", *(one.en for one in why)])
    return Text(zh, en)


@app.command(
    "show", help=tr("显示一本规则书，或其中一个条目的全部依据", "show a rulebook, or all about one of its entries")
)
def show(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help=tr("规则书的名称或文件夹", "name or folder of the book"))],
    item: Annotated[str, typer.Option("--item", help=tr("条目代码，如 qz001", "code of an entry, like qz001"))] = "",
    lang: Spoken = "",
) -> None:
    """Print the book with its entries, or one entry: document, dates, unit, formula, confidence, what uses it."""
    from rich.console import Console

    from gaoxin.rulebook.findings import BookError
    from gaoxin.rulebook.loading import load_book

    spoken = _language(context, lang)
    console = Console(markup=False, highlight=False, soft_wrap=True)
    try:
        book = load_book(name)
        if item:
            for line in _entry(book, book.entry(item), spoken):
                console.print(line)
        else:
            _overview(book, spoken, console)
    except BookError as error:
        for finding in error.findings:
            typer.echo(finding.say(spoken), err=True)
        raise typer.Exit(2) from None


def _language(context: typer.Context, wanted: str) -> Language:
    if wanted:
        if wanted not in {"zh", "en"}:
            raise typer.BadParameter(tr(f"没有“{wanted}”这种语言，可用 zh 或 en", f"no language {wanted!r}: zh or en"))
        return "en" if wanted == "en" else "zh"
    spoken: Language = (context.obj or {}).get("lang", language())
    return spoken


def _overview(book: Book, spoken: Language, console: Console) -> None:
    """The book: its head, documents and entries."""
    from rich.table import Table

    from gaoxin.rulebook.entries import Item, Parameter
    from gaoxin.rulebook.narrate import CONFIDENCE

    console.print(f"{book.name}  {book.title.say(spoken)}  ({book.version})")
    entities = ", ".join(f"{name} {entity.name.say(spoken)}" for name, entity in book.entities.items())
    console.print(Text(f"填报单位：{entities}", f"reporters: {entities}").say(spoken))
    if book.extends:
        console.print(Text("扩展：", "extends: ").say(spoken) + ", ".join(book.extends))
    for key, document in book.documents.items():
        mark = CONFIDENCE[document.confidence].say(spoken)
        console.print(
            " ".join(part for part in (f"[{key}]", document.title.say(spoken), document.number, mark) if part)
        )
    for section, kind in _KINDS.items():
        entries = getattr(book, section)
        if not entries:
            continue
        table = Table(title=f"{kind.say(spoken)} ({len(entries)})", box=None, pad_edge=False, title_justify="left")
        for zh, en in (("代码", "code"), ("名称", "name"), ("单位", "unit"), ("依据", "confidence")):
            table.add_column(Text(zh, en).say(spoken))
        for code, entry in entries.items():
            declared = entry.unit if isinstance(entry, (Item, Parameter)) else None
            unit = declared or (str(book.expressions.types[code].unit) if code in book.expressions.types else "")
            table.add_row(code, entry.name.say(spoken), unit, CONFIDENCE[entry.confidence].say(spoken))
        console.print(table)


def _entry(book: Book, entry: Entry, spoken: Language) -> Iterator[str]:
    """Everything the book says about one entry, line by line."""
    from gaoxin.rulebook.entries import Codelist, Derived, Item, Parameter, Rule
    from gaoxin.rulebook.explain import citation
    from gaoxin.rulebook.narrate import CONFIDENCE, cited

    def line(zh: str, en: str, text: str) -> str:
        return Text(f"  {zh}：{text}", f"  {en}: {text}").say(spoken)

    other: Language = "en" if spoken == "zh" else "zh"
    yield f"{entry.code}  {entry.name.say(spoken)} / {entry.name.say(other)}"
    kind = next(kind for section, kind in _KINDS.items() if entry.code in getattr(book, section))
    yield line("种类", "kind", kind.say(spoken))
    if isinstance(entry, (Item, Rule)):
        yield line("填报单位", "reporter", f"{entry.entity} {book.entities[entry.entity].name.say(spoken)}")
    if isinstance(entry, Item):
        unit = f"{entry.unit} " if entry.unit else ""
        detail = ", ".join(
            part for part in (entry.type, entry.kind if entry.kind != "none" else "", entry.form) if part
        )
        yield line("单位和类型", "unit and type", f"{unit}({detail})")
        if entry.values:
            yield line("可取", "values", ", ".join(entry.values))
    if isinstance(entry, Derived):
        of = book.expressions.types[entry.code]
        decimals = "" if entry.scale is None else f" ({entry.scale}, {entry.rounding})"
        yield line("单位", "unit", f"{of.unit.say(spoken) or '1'}{decimals}" if of.kind == "number" else of.kind)
    if isinstance(entry, Rule):
        yield from _rule(entry, spoken)
    if isinstance(entry, Parameter):
        yield from _values(book, entry, spoken)
    if isinstance(entry, Codelist):
        codes = book.lists[entry.code]
        shown = ", ".join(codes[:12]) + (" …" if len(codes) > 12 else "")
        yield line("代码", "codes", f"{len(codes)}: {shown}")
    used = [f"{code} {book.entry(code).name.say(spoken)}" for code in sorted(book.expressions.uses.get(entry.code, ()))]
    if used:
        yield line("用到", "uses", ", ".join(used))
    users = [f"{code} {book.entry(code).name.say(spoken)}" for code in book.dependents(entry.code)]
    yield line("用于", "used by", ", ".join(users) or Text("（无）", "nothing").say(spoken))
    clause = citation(book, entry)
    if clause is not None:
        yield line("出处", "source", cited(clause, spoken))
    else:
        yield line("依据", "confidence", CONFIDENCE[entry.confidence].say(spoken))
    if entry.note.say(spoken):
        yield line("说明", "note", entry.note.say(spoken))
    origin = book.origins.get(entry.code)
    if origin is not None:
        yield line("写于", "written at", f"{origin.source.file}:{origin.line()}")


def _rule(entry: Rule, spoken: Language) -> Iterator[str]:
    """The expression of an entry, or its versions with their dates."""
    formula = Text("公式", "formula").say(spoken) + Text("：", ": ").say(spoken)
    if entry.expr:
        yield f"  {formula}{' '.join(entry.expr.split())}"
    for version in entry.versions:
        span = f"{version.from_} … {version.to or ''}".strip()
        known = " ".join(version.expr.split())
        yield f"  {formula}[{span}] {known or _open(version.unknown, version.settled_by, spoken)}"


def _values(book: Book, entry: Parameter, spoken: Language) -> Iterator[str]:
    """The values of a parameter with their dates, units and clauses."""
    from gaoxin.rulebook.explain import citation
    from gaoxin.rulebook.narrate import cited
    from gaoxin.rulebook.parameters import band_words

    unit = "" if entry.unit == "1" else f" {entry.unit}"
    for value in entry.values:
        span = f"{value.from_} … {value.to or ''}".strip()
        clause = citation(book, entry, value.source, value.confidence) if value.source else None
        source = f"  {cited(clause, spoken)}" if clause else ""
        if value.bands:
            limits = "" if entry.band_unit == "1" else f" {entry.band_unit}"
            yield f"  [{span}]{source}"
            for index, band in enumerate(value.bands):
                yield f"    {band_words(value.bands, index)}{limits}: {band.value}{unit}"
        else:
            known = f"{value.value}{unit}" if value.value is not None else ""
            yield f"  [{span}] {known or _open(value.unknown, value.settled_by, spoken)}{source}"


def _open(unknown: Text | None, settled_by: Text | None, spoken: Language) -> str:
    """What the book cannot say, and what would settle it."""
    what, by = (text.say(spoken) if text else "" for text in (unknown, settled_by))
    return Text(f"未知：{what}（可由此查明：{by}）", f"unknown: {what} (would be settled by: {by})").say(spoken)

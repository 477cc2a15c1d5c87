"""``gaoxin notice``: read a notice into clauses, units and actions; compare two versions of one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gaoxin.cli.language import language, tr
from gaoxin.words import Language, Text

if TYPE_CHECKING:
    from rich.console import Console
    from rich.tree import Tree

    from gaoxin.notices.notice import Clause, Notice
    from gaoxin.notices.outputs.compare import ClausePair
    from gaoxin.notices.units.register import Register

app = typer.Typer(
    no_args_is_help=True,
    help=tr(
        "通知：读成条款、责任单位和行动；比较两个版本",
        "notices: read one into clauses, units and actions; compare two versions",
    ),
)

Spoken = Annotated[str, typer.Option("--lang", help=tr("语言：zh 或 en", "language: zh or en"))]
Bodies = Annotated[
    list[Path] | None,
    typer.Option(
        "--bodies", help=tr("本地机构名录（YAML），可多次", "a register of bodies of your own (YAML); repeatable")
    ),
]
FILE_HELP = tr("通知文件：.txt .docx .html 或带文字的 .pdf", "the notice: .txt .docx .html or a .pdf with text")

_SEVERITIES = {"error": Text("错误", "error"), "warning": Text("警告", "warning"), "info": Text("提示", "note")}
_COLOURS = {"error": "red", "warning": "yellow", "info": "dim"}


@app.command("read", help=tr("读一份通知：条款、责任单位、行动、缺漏", "read a notice: clauses, units, actions, gaps"))
def read(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help=FILE_HELP)],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            help=tr(
                "写入 .xlsx（表格）、.json（全部结果）或 .yaml（可编辑的任务清单）",
                "write .xlsx (tables), .json (everything) or .yaml (the list of measures to edit)",
            ),
        ),
    ] = None,
    bodies: Bodies = None,
    actions: Annotated[bool, typer.Option("--actions", help=tr("同时列出行动", "list the actions too"))] = False,
    lang: Spoken = "",
) -> None:
    """Read ``file``, show its clauses with their units and everything that is missing; write ``out``.

    Exit code 1 when the notice contradicts itself (a finding of severity error).
    """
    from rich.console import Console

    spoken = _language(context, lang)
    notice = _read(file, _registers(bodies))
    if out is not None:
        _write(notice, out, spoken)
    console = Console(highlight=False, markup=False)
    console.print(_tree(notice, spoken, actions=actions))
    _summary(notice, spoken, console)
    if out is not None:
        typer.echo(tr_(spoken, f"已写入 {out}", f"wrote {out}"), err=True)
    if any(finding.severity == "error" for finding in notice.findings):
        raise typer.Exit(1)


@app.command("compare", help=tr("逐条比较一份通知的两个版本", "compare two versions of a notice clause by clause"))
def compare(
    context: typer.Context,
    old: Annotated[Path, typer.Argument(help=tr("旧版文件", "the old version"))],
    new: Annotated[Path, typer.Argument(help=tr("新版文件", "the new version"))],
    bodies: Bodies = None,
    everything: Annotated[
        bool, typer.Option("--all", help=tr("也列出未变的条款", "list unchanged clauses too"))
    ] = False,
    lang: Spoken = "",
) -> None:
    """Show what changed from ``old`` to ``new``: clauses, words, units, numbers and places of clauses."""
    from rich.console import Console

    from gaoxin.notices.outputs.compare import STATES
    from gaoxin.notices.outputs.compare import compare as compare_notices

    spoken = _language(context, lang)
    registers = _registers(bodies)
    comparison = compare_notices(_read(old, registers), _read(new, registers))
    console = Console(highlight=False, markup=False)
    for change in comparison.head:
        console.print(f"{change.field.say(spoken)}  {change.old or '—'} → {change.new or '—'}")
    for pair in comparison.clauses:
        if everything or pair.state != "same" or pair.moved or pair.renumbered:
            _show_pair(pair, spoken, console)
    counts = comparison.counts
    parts = [f"{STATES[state].say(spoken)} {number}" for state, number in counts.items() if number]
    console.print(tr_(spoken, "条款：", "clauses: ") + tr_(spoken, "，", ", ").join(parts))


def tr_(spoken: Language, zh: str, en: str) -> str:
    """``zh`` or ``en``, whichever this call speaks."""
    return zh if spoken == "zh" else en


def _language(context: typer.Context, wanted: str) -> Language:
    if wanted:
        if wanted not in {"zh", "en"}:
            raise typer.BadParameter(tr(f"没有“{wanted}”这种语言，可用 zh 或 en", f"no language {wanted!r}: zh or en"))
        return "en" if wanted == "en" else "zh"
    spoken: Language = (context.obj or {}).get("lang", language())
    return spoken


def _registers(paths: list[Path] | None) -> list[Register]:
    from gaoxin.notices.units.register import load_register

    return [load_register(path) for path in paths or ()]


def _read(path: Path, registers: list[Register]) -> Notice:
    from gaoxin.notices.files import read_file
    from gaoxin.notices.reading import read_notice

    return read_notice(read_file(path), registers)


def _write(notice: Notice, out: Path, spoken: Language) -> None:
    from gaoxin.notices.outputs import exchange, measures, workbook
    from gaoxin.problems import InputError, Problem
    from gaoxin.writing import write_whole

    match out.suffix.lower():
        case ".xlsx":
            write_whole(out, workbook.render(notice, spoken))
        case ".json":
            write_whole(out, exchange.to_json(notice))
        case ".yaml" | ".yml":
            write_whole(out, measures.to_yaml(measures.draft_measures(notice)))
        case _:
            message = Text(f"不能写 {out.suffix or '没有后缀的'} 文件", f"cannot write a file called {out.name}")
            remedy = Text("可用 .xlsx、.json 或 .yaml", "use .xlsx, .json or .yaml")
            raise InputError([Problem("notice.out", "error", message, remedy, file=str(out))])


def _tree(notice: Notice, spoken: Language, *, actions: bool) -> Tree:
    from rich.text import Text as Line
    from rich.tree import Tree

    def field(zh: str, en: str, value: str) -> str:
        return f"\n{tr_(spoken, zh, en)}{tr_(spoken, '：', ': ')}{value}" if value else ""

    title = notice.title.plain.replace("\n", "") if notice.title else tr_(spoken, "（没有标题）", "(no title)")
    validity = "".join(passage.plain for passage in notice.validity.words) if notice.validity else ""
    head = title
    head += field("文号", "number", notice.number.plain if notice.number else "")
    head += field("发文", "issuer", "、".join(dict.fromkeys(issuer.plain for issuer in notice.issuers)))
    head += field("主送", "to", notice.addressee.plain if notice.addressee else "")
    head += field("成文", "signed", str(notice.signed_on or ""))
    head += field("施行", "in force", validity)
    head += field("依据", "basis", "、".join(citation.title.plain for citation in notice.basis))
    root = Tree(Line(head), guide_style="dim")
    for part in notice.parts:
        branch = root
        if len([other for other in notice.parts if other.clauses]) > 1 and part.clauses:
            name = part.title.plain.replace("\n", "") if part.title else part.kind
            branch = root.add(Line(name, style="bold"))
        for clause in part.clauses:
            _branch(branch, clause, spoken, actions=actions)
    return root


def _branch(tree: Tree, clause: Clause, spoken: Language, *, actions: bool) -> None:
    from rich.text import Text as Line

    from gaoxin.notices.notice import ROLES

    line = Line(f"{clause.path[-1]} ", style="bold")
    said = clause.heading.plain if clause.heading else (clause.text[0].plain[:40] if clause.text else "")
    line.append(" ".join(said.split()), style="bold" if clause.heading else "")
    for role, name in ROLES.items():
        units = [unit for unit in clause.answerable if unit.role == role]
        if not units or (clause.inherited and clause.children):
            continue
        line.append(f"\n{name.say(spoken)}{tr_(spoken, '：', ': ')}", style="dim")
        for k, unit in enumerate(units):
            mark = "?" if unit.certainty == "unknown" else ""
            line.append(
                ("、" if k else "") + unit.name.plain + mark, style="yellow" if unit.certainty == "unknown" else ""
            )
        if clause.inherited:
            line.append(tr_(spoken, "（来自上级条款）", " (from the clause above)"), style="dim")
    branch = tree.add(line)
    if actions:
        for number, action in enumerate(clause.actions, 1):
            branch.add(Line(f"{number}. {' '.join(action.words.plain.split())}", style="dim"))
    for child in clause.children:
        _branch(branch, child, spoken, actions=actions)


def _summary(notice: Notice, spoken: Language, console: Console) -> None:
    """Counts, units for a person to decide, findings."""
    from rich.table import Table

    clauses = list(notice.clauses())
    units = [unit for _, _, unit in notice.units()]
    unknown = list(dict.fromkeys(unit.name.plain for unit in units if unit.certainty == "unknown"))
    number_of_actions = sum(len(clause.actions) for clause in clauses)
    console.print(
        tr_(
            spoken,
            f"{len(clauses)} 条，责任单位 {len(units)} 处（{len(unknown)} 个名称待人工确定），"
            f"行动 {number_of_actions} 项",
            f"{len(clauses)} clauses, units named {len(units)} times ({len(unknown)} names for a person to decide), "
            f"{number_of_actions} actions",
        )
    )
    aside = notice.set_aside()
    if aside:
        console.print(
            tr_(
                spoken,
                f"另有 {len(aside)} 处不是通知本身（转载、网页、印发）",
                f"{len(aside)} lines are not the notice's own",
            ),
            style="dim",
        )
    if not notice.findings:
        return
    table = Table(box=None, pad_edge=False)
    for zh, en in (("级别", "severity"), ("行:列", "line:column"), ("条款", "clause"), ("发现", "finding")):
        table.add_column(tr_(spoken, zh, en), overflow="fold")
    for finding in notice.findings:
        remedy = finding.remedy.say(spoken)
        said = finding.message.say(spoken) + (tr_(spoken, "。", ". ") + remedy if remedy else "")
        severity = _SEVERITIES[finding.severity].say(spoken)
        table.add_row(
            severity, f"{finding.line}:{finding.column}", finding.clause, said, style=_COLOURS[finding.severity]
        )
    console.print(table)


def _show_pair(pair: ClausePair, spoken: Language, console: Console) -> None:
    from gaoxin.notices.notice import ROLES
    from gaoxin.notices.outputs.compare import STATES

    old, new = pair.old, pair.new
    labels = " → ".join(dict.fromkeys(clause.label for clause in (old, new) if clause))
    said = next((clause.heading.plain for clause in (new, old) if clause and clause.heading), "")
    notes = [STATES[pair.state].say(spoken)] if pair.state != "same" or not (pair.moved or pair.renumbered) else []
    notes += [tr_(spoken, "移动", "moved")] if pair.moved else []
    notes += [tr_(spoken, "改号", "renumbered")] if pair.renumbered else []
    console.print(f"{labels} {' '.join(said.split())}  [{tr_(spoken, '、', ', ').join(notes)}]")
    for change in pair.changes:
        console.print(f"    - {change.old or '∅'}\n    + {change.new or '∅'}")
    for unit in pair.units:
        before = ROLES[unit.before].say(spoken) if unit.before else "∅"
        after = ROLES[unit.after].say(spoken) if unit.after else "∅"
        console.print(f"    {unit.name}: {before} → {after}")

"""``gaoxin system``: the indicator systems that ship, one of them in full, a new one of your own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gaoxin.cli.language import language, tr
from gaoxin.words import Language

if TYPE_CHECKING:
    from rich.tree import Tree

    from gaoxin.rulebook.indicators import Node, System

app = typer.Typer(
    no_args_is_help=True,
    help=tr("指标体系：列出、查看、新建", "indicator systems: list, show, start your own"),
)

Base = Annotated[
    str, typer.Option("--extends", help=tr("所扩展的体系：名称或路径", "the system to extend: name or path"))
]


@app.command("list", help=tr("列出自带的指标体系", "list the systems that ship"))
def list_systems(context: typer.Context) -> None:
    """List the systems that ship: name, indicators, unconfirmed weights, title."""
    from rich.console import Console
    from rich.table import Table

    from gaoxin.rulebook.system import load_system, shipped_systems

    spoken = _language(context)
    table = Table(box=None, pad_edge=False)
    for zh, en in (("名称", "name"), ("指标", "indicators"), ("权重未确认", "unconfirmed weights"), ("标题", "title")):
        table.add_column(_say(spoken, zh, en), justify="left" if en in {"name", "title"} else "right")
    for name in shipped_systems():
        system = load_system(name, incomplete=True)
        title = system.title.say(spoken) + (_say(spoken, "（不完整）", " (incomplete)") if system.missing else "")
        table.add_row(name, str(len(system.indicators)), str(system.n_unconfirmed_weights), title)
    Console(markup=False, highlight=False).print(table)


@app.command(
    "show", help=tr("显示一个体系：指标、权重、公式和出处", "show a system: indicators, weights, formulas, sources")
)
def show(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help=tr("体系名称或路径", "name or path of a system"))],
    number: Annotated[str, typer.Argument(help=tr("指标编号，如 4.3", "number of an indicator, like 4.3"))] = "",
) -> None:
    """Show a system as a tree, or one of its indicators in full."""
    from rich.console import Console

    from gaoxin.rulebook.system import load_system

    spoken = _language(context)
    system = load_system(name, incomplete=True)
    console = Console(markup=False, highlight=False)
    if number:
        for line in _in_full(system, system.node(number), spoken):
            console.print(line)
        return
    console.print(_tree(system, spoken))
    for line in _legend(system, spoken):
        console.print(line)


@app.command("new", help=tr("新建一个扩展已有体系的文件", "write a new file that extends a system"))
def new(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help=tr("新体系的名称或文件，如 my-city", "name or file, like my-city"))],
    extends: Base = "national-2021",
) -> None:
    """Write a commented system file; an existing file is never overwritten."""
    import os

    from gaoxin.problems import InputError, Problem
    from gaoxin.rulebook.scaffold import scaffold
    from gaoxin.rulebook.system import load_system, shipped_systems
    from gaoxin.words import Text
    from gaoxin.writing import write_whole

    spoken = _language(context)
    path = Path(name if name.endswith((".yaml", ".yml")) else f"{name}.yaml")
    if path.exists():
        message = Text(f"文件 {path} 已存在，没有改动", f"the file {path} exists and was left alone")
        raise InputError(
            [Problem("system_file_exists", "error", message, Text("换一个名称。", "Choose another name."))]
        )
    base = load_system(extends, incomplete=True)
    named = extends if extends in shipped_systems() else os.path.relpath(extends, path.absolute().parent)
    title = "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in path.stem.lower()).strip("-")
    write_whole(path, scaffold(title or "local", base, extends=named, language=spoken))
    typer.echo(
        _say(
            spoken,
            f"已写入 {path}。修改后用 gaoxin system show {path} 查看，用 --system {path} 计算。",
            f"wrote {path}. Edit it, look at it with gaoxin system show {path}, use it with --system {path}.",
        )
    )


def _language(context: typer.Context) -> Language:
    spoken: Language = (context.obj or {}).get("lang", language())
    return spoken


def _say(spoken: Language, zh: str, en: str) -> str:
    return zh if spoken == "zh" else en


def _tree(system: System, spoken: Language) -> Tree:
    from rich.text import Text as Line
    from rich.tree import Tree

    from gaoxin.rulebook.system import INDEX

    head = Line(f"{system.name}  {system.title.say(spoken)}  ({system.version})")
    document = system.documents.get(system.document or "")
    if document is not None:
        head.append(f"\n{document.number} {document.title.say(spoken)} · {document.confidence}".replace("\n ", "\n"))
    root = Tree(head, guide_style="dim")
    branches = {INDEX: root}
    waiting = list(system.nodes)
    while waiting:  # parents may stand after their children
        node = waiting.pop(0)
        if node.parent not in branches:
            waiting.append(node)
            continue
        branches[node.no] = branches[node.parent].add(_line(node, spoken))
    return root


def _line(node: Node, spoken: Language) -> str:
    """One node in the tree: number, name, weight; of an indicator also direction, unit and source of its value."""
    weight = f"{node.weight}{'' if node.weight_confirmed else '?' if node.weight_status == 'unconfirmed' else '~'}"
    parts = [f"{node.no} {node.name.say(spoken)}", _say(spoken, f"权重 {weight}", f"weight {weight}")]
    if node.data is not None:
        arrow = "↑" if node.direction > 0 else "↓"
        parts += [
            f"{arrow}{'?' if node.direction_status == 'unknown' else ''}",
            node.unit_name(spoken),
            _value(node, spoken),
        ]
    return " · ".join(parts)


def _value(node: Node, spoken: Language) -> str:
    match node.data:
        case "firm":
            return node.expr
        case "zone":
            return _say(spoken, f"园区填报 {node.item}", f"reported by the zone: {node.item}")
        case "expert":
            return _say(spoken, f"专家评分 {node.item}", f"scored by experts: {node.item}")
        case _:
            column = node.column if node.transform == "none" else f"{node.transform}({node.column})"
            return _say(spoken, f"列 {column}", f"column {column}")


def _legend(system: System, spoken: Language) -> list[str]:
    from typing import get_args

    from gaoxin.rulebook.system_entries import WeightStatus

    counts = system.weights_by_status
    said = ", ".join(f"{status} {counts[status]}" for status in get_args(WeightStatus) if status in counts)
    lines = [
        _say(spoken, f"权重 {len(system.nodes)} 个：{said}", f"{len(system.nodes)} weights: {said}"),
        _say(
            spoken,
            "? 未确认，按 1 计；~ 非官方或推断；↑? 方向没有明文",
            "? unconfirmed, counts 1; ~ not official or inferred; ↑? direction not stated",
        ),
    ]
    if system.extends:
        lines.append(_say(spoken, f"扩展：{' → '.join(system.extends)}", f"extends {' → '.join(system.extends)}"))
    if system.missing:
        lines.append(_say(spoken, "不完整，不能计算。缺：", "Incomplete, cannot be run. Missing:"))
        lines += [f"  - {missing.say(spoken)}" for missing in system.missing]
    return lines


def _in_full(system: System, node: Node, spoken: Language) -> list[str]:
    """Everything that is known of one node, line by line."""
    lines = [_line(node, spoken), f"  {node.name.say('en' if spoken == 'zh' else 'zh')}"]
    lines.append(_say(spoken, f"  权重依据：{node.weight_status}", f"  weight: {node.weight_status}"))
    if node.data is not None:
        lines.append(_say(spoken, f"  方向依据：{node.direction_status}", f"  direction: {node.direction_status}"))
        lines.append(_say(spoken, f"  数据列：{node.figure}", f"  figure: {node.figure}"))
    if node.source is not None:
        document = system.documents[node.source.document]
        cited = " ".join(part for part in (document.title.say(spoken), document.number, node.source.article) if part)
        lines.append(_say(spoken, f"  出处：{cited}（{node.confidence}）", f"  source: {cited} ({node.confidence})"))
    if node.note.say(spoken):
        lines.append(_say(spoken, f"  说明：{node.note.say(spoken)}", f"  note: {node.note.say(spoken)}"))
    place = f"{node.origin.source.file}:{node.origin.line()}"
    lines.append(_say(spoken, f"  写于 {place}", f"  written at {place}"))
    return lines

"""The text of a new system file: what may be changed, as comments beside what is taken over."""

from __future__ import annotations

from gaoxin.rulebook.indicators import INDEX, Node, System
from gaoxin.words import Language, Text


def scaffold(name: str, base: System, *, extends: str | None = None, language: Language = "zh") -> str:
    """A commented ``system.yaml`` called ``name`` that extends ``base`` and, as it stands, changes nothing.

    ``extends`` is how the file names its base (default: the base's name); comments are in ``language``.

    >>> from gaoxin.rulebook.system import load_system
    >>> print(scaffold("my-city", load_system("national-2021"), language="en").splitlines()[4])
    extends: national-2021
    """

    def say(zh: str, en: str) -> str:
        return "# " + Text(zh, en).say(language)

    lines = [
        say(f"{name}：扩展 {base.name} 的评价体系", f"{name}: an evaluation system that extends {base.name}"),
        say("没有写的都照原体系", "what is not written stays as it is there"),
        f"system: {name}",
        f'title: {{zh: "{base.title.zh}（本地）", en: "{base.title.en} (local)"}}',
        f"extends: {extends or base.name}",
    ]
    if base.missing:
        lines += [
            say("原体系不完整，须补齐下列内容，补齐后改为 complete：", "to be supplied, then change this to complete:"),
            *(f"#   - {missing.say(language)}" for missing in base.missing),
            "status: incomplete",
        ]
    else:
        lines.append("status: complete")
    lines += [
        "",
        say("计分方法：写出的一步替换原来的同一步", "method: a step written here replaces the same step"),
        "# method:",
        "#   imputation: {method: group_median}",
        '#   normalisation: {method: minmax, low: "0", high: "100", clamp: true}',
        "#   aggregation:",
        "#     - {method: arithmetic}",
        "",
        say("指标：写编号和要改的内容；新指标要写全", "nodes: the number and what changes; a new one in full"),
        say(
            "权重注明依据：official、quoted、secondary、inferred 或 unconfirmed",
            "a weight says how far it is confirmed: official, quoted, secondary, inferred or unconfirmed",
        ),
        *_examples(base),
        "nodes: []",
        "",
        say("不要的指标；去掉一级指标，其下的一并去掉", "what is dropped; a dimension goes with all that is below it"),
        f'# remove: ["{base.indicators[-1].no}"]',
        "remove: []",
        "",
        say(f"{base.name} 的指标和权重：", f"indicators and weights of {base.name}:"),
        *(f"#   {_listed(node, language)}" for node in base.nodes),
    ]
    if base.book is not None:
        book = f"extends: [{base.book.name}]"
        lines += [
            "",
            say(
                f"要用自己的项目：本文件改名 system.yaml，旁边放一个写有 {book} 的 book.yaml",
                f"for items of your own, call this file system.yaml, beside a book.yaml with {book}",
            ),
        ]
    return "\n".join(lines) + "\n"


def _examples(base: System) -> list[str]:
    """A changed weight and a new indicator, as they would be written."""
    node = base.indicators[0]
    inside = node.parent != INDEX
    number = f"{node.parent}.99" if inside else "99"
    above = f', parent: "{node.parent}"' if inside else ""
    data = "data: given, column: my_column" if base.book is None else "data: zone, item: my_item"
    return [
        "# nodes:",
        f'#   - {{no: "{node.no}", weight: "1.5", weight_status: official}}',
        f'#   - {{no: "{number}"{above}, name: {{zh: 新指标, en: new indicator}}, direction: higher, {data}}}',
    ]


def _listed(node: Node, language: Language) -> str:
    return f"{'  ' * node.no.count('.')}{node.no} {node.name.say(language)} · {node.weight} ({node.weight_status})"

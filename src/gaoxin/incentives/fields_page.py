"""The documentation page of the input fields: every field, and which of them the enterprise returns carry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from gaoxin.incentives.fields import Field, fields, kind_words
from gaoxin.incentives.mapping import NotCarried, correspondence, not_carried
from gaoxin.incentives.timeline import instruments
from gaoxin.rulebook.book import Book
from gaoxin.words import Text

_HEAD = """# 政策测算的输入项目 · Input fields of the incentives

由规则书 `{book}` 生成（`gaoxin incentives fields --out docs/guide/incentive-fields.md --force`），不要手改。
Generated from the rulebook `{book}` by that command; not to be edited by hand.

- 金额单位元，至多两位小数；没有的写 0，留空表示未知。
  Amounts in yuan with at most two decimals. Write 0 where there is none; what is left empty is unknown.
- 是否写 `true` 或 `false`，日期写 `2024-05-31`，代码写列出的取值。
  Flags are `true` or `false`, dates like `2024-05-31`, codes one of the values listed.
- “来源”是有这个数的表；没有对应表格的，是要求这个数的文件和条款。
  The origin is the form that has the figure, or else the document and clause that ask for it.
- 空白模板：`gaoxin incentives fields --template --out FIRM.yaml`，加政策代号则只列该政策所需。
  A blank template; with the name of an instrument it holds only what that one needs.

政策代号 · Instruments:
"""
_RETURNS_HEAD = """
## 企业统计报表能给出的 · What the enterprise returns carry

由规则书 `{inputs}` 写明：GQ-001、GQ-002、GQ-003、GQ-005 表上的数换算成元后就是下列项目；对应关系都是推断。
By the rulebook `{inputs}`: items of the forms GQ-001, GQ-002, GQ-003 and GQ-005, converted to yuan, give these fields;
that they correspond is inferred throughout.

| 代码 code | 由 from | 名称 name | 说明 note |
|---|---|---|---|
"""
_NEAR_HEAD = """
下列项目报表上有相近的数，但口径不同，不能代替；其余未列的，报表上没有。
For these the returns have something near that is not the same and does not stand for it; of all
others they have nothing.

| 代码 code | 名称 name | 为什么 why | 从哪里取 take it from |
|---|---|---|---|
"""


def page(rules: Book, inputs: Book) -> str:
    """The page in Markdown, in both languages; ``inputs`` is the book of what the returns carry."""
    lines = [_HEAD.format(book=rules.name)]
    lines += [f"- `{code}` {name.zh} · {name.en}" for code, name in instruments(rules).items()]
    everything = fields(rules)
    for entity, about in rules.entities.items():
        listed = [field for field in everything if field.item.entity == entity]
        if not listed:
            continue
        lines += ["", f"## `{entity}` {about.name.zh} · {about.name.en}", ""]
        if about.parent is not None:
            lines += [f"每个一行，属于一个 `{about.parent}`。One row each, belonging to a `{about.parent}`.", ""]
        lines += [
            "| 代码 code | 名称 name | 类型和单位 type and unit | 来源 origin | 用于 used by | 说明 note |",
            "|---|---|---|---|---|---|",
            *(_row(field) for field in listed),
        ]
    return "\n".join(lines) + "\n" + "".join(_returns(rules, inputs))


def _returns(rules: Book, inputs: Book) -> Iterator[str]:
    yield _RETURNS_HEAD.format(inputs=inputs.name)
    for code, expression in correspondence(rules, inputs).items():
        item = rules.items[code]
        yield _cells([f"`{code}`", f"`{expression}`", _both(item.name), _both(inputs.derived[code].note)]) + "\n"
    yield _NEAR_HEAD
    for one in _near(inputs, not_carried(rules, inputs).values()):
        item = one.field.item
        yield _cells([f"`{item.code}`", _both(item.name), _both(one.why), _both(one.take_from)]) + "\n"


def _near(inputs: Book, by_instrument: Iterable[tuple[NotCarried, ...]]) -> Iterator[NotCarried]:
    """Those for which the book says why, each once."""
    found = {one.field.item.code: one for ones in by_instrument for one in ones}
    return (found[code] for code in inputs.derived if code in found)


def _row(field: Field) -> str:
    item = field.item
    kind = kind_words(item, "zh") if item.values else _both(Text(kind_words(item, "zh"), kind_words(item, "en")))
    used = ", ".join(f"`{name}`" for name in field.instruments) or "分组和核对 · grouping, checking"
    return _cells([f"`{item.code}`", _both(item.name), kind, _both(field.origin), used, _both(item.note)])


def _both(text: Text) -> str:
    return " · ".join(part for part in dict.fromkeys((text.zh, text.en)) if part)


def _cells(cells: list[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"

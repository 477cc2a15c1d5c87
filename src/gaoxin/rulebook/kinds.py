"""Kinds, units and decimals of typed nodes: what ``typecheck`` and the functions of the field share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from gaoxin.rulebook import tree
from gaoxin.rulebook.entries import Item
from gaoxin.rulebook.syntax import ExpressionError
from gaoxin.rulebook.tree import BOOLEAN, DATE, TEXT, Node, Type
from gaoxin.rulebook.units import Unit, unit, unknown_unit
from gaoxin.words import Text

UNKNOWN_UNIT = "unknown"
"""Written as the unit of a figure whose document does not say it."""

KIND = {
    "number": Text("数值", "a number"),
    "boolean": Text("是或否", "true or false"),
    "text": Text("文字或代码", "text or a code"),
    "date": Text("日期", "a date"),
}


class Untyped(Exception):  # noqa: N818 - no error of this expression
    """The expression rests on an entry that is itself wrong; that entry has been reported."""


def item_type(item: Item) -> Type:
    """What the reported figure ``item`` gives."""
    match item.type:
        case "decimal" | "integer":
            return Type("number", declared_unit(item.code, item.unit or "1"), item.decimals)
        case "flag":
            return BOOLEAN
        case "date":
            return DATE
        case _:
            return TEXT


def declared_unit(code: str, text: str) -> Unit:
    """The unit that the entry ``code`` declares; an ``unknown`` one is the entry's own and fits nothing else."""
    return unknown_unit(code) if text == UNKNOWN_UNIT else unit(text)


def decimals(value: Decimal) -> int:
    """Decimals with which ``value`` is written."""
    exponent = value.as_tuple().exponent
    return max(0, -int(exponent))


def is_bare_zero(node: Node) -> bool:
    """Whether ``node`` is the constant 0 without a unit, which fits every unit."""
    return isinstance(node, tree.Literal) and node.value == 0 and node.type.kind == "number" and node.type.unit.is_bare


def widest(nodes: Iterable[Node]) -> Type:
    """The type of a choice between ``nodes``, which are alike: enough decimals for each of them."""
    types = [node.type for node in nodes]
    if types[0].kind != "number":
        return types[0]
    scales = [of.scale for of in types]
    finite = [scale for scale in scales if scale is not None]
    return replace(types[0], scale=max(finite) if len(finite) == len(scales) else None)


def need(node: Node, kind: str, where: str) -> None:
    """Refuse ``node`` as an argument of ``where`` unless it is of ``kind``."""
    if node.type.kind != kind:
        wanted, given = KIND[kind], KIND[node.type.kind]
        raise ExpressionError(
            Text(f"{where} 要{wanted.zh}，给的是{given.zh}", f"{where} needs {wanted.en}, not {given.en}")
        )


def shown_unit(of: Unit) -> Text:
    """The unit in a message."""
    return Text(of.say("zh") or "无单位", of.say("zh") or "a plain number")


def unit_clash(left: Unit, right: Unit, remedy: Text | None = None) -> ExpressionError:
    """Two units that should be the same."""
    zh, en = (
        f"单位不一致：{shown_unit(left).zh} 与 {shown_unit(right).zh}",
        f"units differ: {shown_unit(left).en} and {shown_unit(right).en}",
    )
    if remedy is None:
        if left.dimension == right.dimension:
            to = left.say("zh") or "1"
            remedy = Text(f"用 convert(x, '{to}') 换算。", f"Convert one with convert(x, '{to}').")
        elif left.is_bare or right.is_bare:
            to = (left if right.is_bare else right).say("zh")
            remedy = Text(f"带单位的常数写作 qty(5, '{to}')。", f"Write a constant with its unit: qty(5, '{to}').")
        else:
            remedy = Text("这两种单位不能相加或比较。", "These cannot be added or compared.")
    return ExpressionError(Text(zh, en), remedy)

"""The functions that rules may call: what each takes, and the node it becomes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlglot import exp

from gaoxin.rulebook import tree
from gaoxin.rulebook.entries import MAX_SCALE, Derived, Rounding
from gaoxin.rulebook.kinds import KIND, Untyped, decimals, declared_unit, need, shown_unit, unit_clash, widest
from gaoxin.rulebook.periods import PER_YEAR
from gaoxin.rulebook.syntax import ExpressionError
from gaoxin.rulebook.tree import Node, Type
from gaoxin.rulebook.units import BARE, Unit, UnitError, unit
from gaoxin.words import Text

if TYPE_CHECKING:
    from gaoxin.rulebook.typecheck import Scope

MAX_PERIODS = 120


def _prior(scope: Scope, arguments: list[exp.Expr]) -> Node:
    operand = scope.node(arguments[0])
    if not any(isinstance(node, (tree.Figure, tree.Aggregate)) for node in tree.walk(operand)):
        raise ExpressionError(Text("prior 要用于指标", "prior needs a figure"))
    return tree.Prior(operand, scope.whole(arguments[1:], "prior", 1, MAX_PERIODS, default=1), operand.type)


def _sum_years(scope: Scope, arguments: list[exp.Expr]) -> Node:
    operand = scope.number(arguments[0])
    if isinstance(operand, tree.Figure) and operand.code in scope.book.items:
        kind = scope.book.items[operand.code].kind
        if kind in {"stock", "average", "ratio"}:
            raise ExpressionError(
                Text(
                    f"{operand.code} 是 {kind}，不能跨期相加",
                    f"{operand.code} is a {kind}; only flows add up over time",
                )
            )
    per_year = PER_YEAR[scope.book.frequency]
    terms = scope.whole(arguments[1:], "sum_years", 1, MAX_PERIODS // per_year) * per_year
    total = operand
    for back in range(1, terms):
        total = tree.Arithmetic("+", total, tree.Prior(operand, back, operand.type), operand.type)
    return total


def _param(scope: Scope, arguments: list[exp.Expr]) -> Node:
    code = _named(scope, arguments[0], "param")
    parameter = scope.book.parameters[code]
    if parameter.banded:
        raise ExpressionError(
            Text(f"{code} 是分档表", f"{code} is a table of bands"),
            Text(f"写 band(x, {code})。", f"Write band(x, {code})."),
        )
    scale = max((decimals(value.value) for value in parameter.values if value.value is not None), default=0)
    return tree.Param(code, Type("number", declared_unit(code, parameter.unit), scale))


def _band(scope: Scope, arguments: list[exp.Expr]) -> Node:
    operand, code = scope.number(arguments[0]), _named(scope, arguments[1], "band")
    parameter = scope.book.parameters[code]
    if not parameter.banded:
        raise ExpressionError(
            Text(f"{code} 没有分档", f"{code} has no bands"), Text(f"写 param({code})。", f"Write param({code}).")
        )
    limits = unit(parameter.band_unit)
    if operand.type.unit != limits:
        raise unit_clash(
            operand.type.unit,
            limits,
            Text(f"{code} 各档上限的单位由 band_unit 写明。", f"band_unit of {code} says the unit of its limits."),
        )
    scale = max(decimals(band.value) for value in parameter.values for band in value.bands)
    return tree.Band(operand, code, Type("number", declared_unit(code, parameter.unit), scale))


def _in_list(scope: Scope, arguments: list[exp.Expr]) -> Node:
    operand, code = scope.node(arguments[0]), _named(scope, arguments[1], "in_list")
    need(operand, "text", "in_list")
    return tree.InList(operand, code)


def _qty(scope: Scope, arguments: list[exp.Expr]) -> Node:
    number = scope.number(arguments[0])
    if not isinstance(number, tree.Literal):
        raise ExpressionError(Text("qty 的第一个参数是常数", "the first argument of qty is a constant"))
    return replace(number, type=replace(number.type, unit=_unit_argument(arguments[1])))


def _convert(scope: Scope, arguments: list[exp.Expr]) -> Node:
    operand, to = scope.number(arguments[0]), _unit_argument(arguments[1])
    factor = operand.type.unit.factor_to(to)
    if factor is None:
        raise ExpressionError(
            Text(
                f"{shown_unit(operand.type.unit).zh} 不能换算为 {shown_unit(to).zh}",
                f"{shown_unit(operand.type.unit).en} cannot be converted to {shown_unit(to).en}",
            )
        )
    return tree.Convert(operand, factor, Type("number", to, tree.scale_after(operand.type.scale, factor)))


def _absolute(scope: Scope, arguments: list[exp.Expr]) -> Node:
    operand = scope.number(arguments[0])
    return tree.Absolute(operand, operand.type)


def _extreme(scope: Scope, arguments: list[exp.Expr], op: str) -> Node:
    parts = scope.alike(arguments)
    if parts[0].type.kind not in {"number", "date"}:
        kind = KIND[parts[0].type.kind]
        raise ExpressionError(Text(f"{kind.zh}不能比大小", f"{kind.en} has no {op}"))
    return tree.Extreme(op, parts, widest(parts))  # type: ignore[arg-type]


def _coalesce(scope: Scope, arguments: list[exp.Expr]) -> Node:
    parts = scope.alike(arguments)
    return tree.Coalesce(parts, widest(parts))


def _round(scope: Scope, arguments: list[exp.Expr]) -> Node:
    operand = scope.number(arguments[0])
    entry = scope.entry
    rounding: Rounding = entry.rounding if isinstance(entry, Derived) else "half_up"
    scale = scope.whole(arguments[1:], "ROUND", 0, MAX_SCALE, default=0)
    return tree.Round(operand, rounding, replace(operand.type, scale=scale))


def _year(scope: Scope, arguments: list[exp.Expr]) -> Node:
    operand = scope.node(arguments[0])
    need(operand, "date", "YEAR")
    return tree.YearOf(operand, Type("number", BARE, 0))


def _period_year(_scope: Scope, _arguments: list[exp.Expr]) -> Node:
    return tree.PeriodYear(Type("number", BARE, 0))


def _wide_length(scope: Scope, arguments: list[exp.Expr]) -> Node:
    operand = scope.node(arguments[0])
    need(operand, "text", "wide_length")
    return tree.WideLength(operand, Type("number", BARE, 0))


def _named(scope: Scope, e: exp.Expr, function: str) -> str:
    book = scope.book
    known: Mapping[str, object] = book.codelists if function == "in_list" else book.parameters
    what = Text("代码表", "code list") if function == "in_list" else Text("参数", "parameter")
    name = e.name if isinstance(e, exp.Column) else e.sql()
    if isinstance(e, exp.Column) and name in scope.broken:
        raise Untyped(name)
    if not isinstance(e, exp.Column) or name not in known:
        have = ", ".join(sorted(known)) or "–"
        zh, en = f"{function} 里的 {name} 不是{what.zh}", f"{name} in {function} is not a {what.en}"
        raise ExpressionError(Text(zh, en), Text(f"本书有：{have}。", f"The book has: {have}."))
    return name


def _unit_argument(e: exp.Expr) -> Unit:
    if not isinstance(e, exp.Literal) or not e.is_string:
        raise ExpressionError(Text("单位要写在引号里：'万元'", "a unit is written in quotes: '万元'"))
    try:
        return unit(e.name)
    except UnitError as error:
        raise ExpressionError(Text(f"不认识的单位 {error.name}", f"unknown unit {error.name}")) from None


Function = Callable[["Scope", list[exp.Expr]], Node]
FUNCTIONS: Mapping[str, tuple[Function, int, int]] = {
    "prior": (_prior, 1, 2),
    "sum_years": (_sum_years, 2, 2),
    "param": (_param, 1, 1),
    "band": (_band, 2, 2),
    "in_list": (_in_list, 2, 2),
    "qty": (_qty, 2, 2),
    "convert": (_convert, 2, 2),
    "abs": (_absolute, 1, 1),
    "least": (lambda scope, arguments: _extreme(scope, arguments, "least"), 2, 99),
    "greatest": (lambda scope, arguments: _extreme(scope, arguments, "greatest"), 2, 99),
    "coalesce": (_coalesce, 2, 99),
    "round": (_round, 1, 2),
    "year": (_year, 1, 1),
    "period_year": (_period_year, 0, 0),
    "wide_length": (_wide_length, 1, 1),
}

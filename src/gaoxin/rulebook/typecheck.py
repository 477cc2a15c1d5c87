"""From the SQLGlot tree of an expression to gaoxin's typed tree: names, kinds, units and decimals.

Units are inferred from the leaves up. Adding, comparing and choosing need equal units; multiplying and dividing make
new ones; ``convert`` is the only change of unit. A bare ``0`` has every unit.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from sqlglot import exp

from gaoxin.rulebook import tree
from gaoxin.rulebook.entries import Check, Derived, Item
from gaoxin.rulebook.functions import FUNCTIONS
from gaoxin.rulebook.kinds import KIND, Untyped, decimals, is_bare_zero, item_type, need, unit_clash, widest
from gaoxin.rulebook.syntax import ExpressionError, names
from gaoxin.rulebook.tree import BOOLEAN, DATE, TEXT, Node, Type
from gaoxin.rulebook.units import BARE, unit
from gaoxin.words import Text

if TYPE_CHECKING:
    from gaoxin.rulebook.book import Book

_COMPARISONS: Mapping[type[exp.Expr], str] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
}
_AGGREGATES = ("sum", "count", "min", "max", "avg")


@dataclass(frozen=True)
class Scope:
    """Where an expression, or a part of it, is said: in an entry, about the reporters of one entity.

    ``types`` holds the type of every derived entry that comes before this one, None for those that are wrong;
    ``broken`` are entries that could not even be read.
    """

    book: Book
    entry: Derived | Check
    entity: str
    types: Mapping[str, Type | None]
    broken: frozenset[str] = frozenset()

    # Every node is typed here; the methods below are in the order of this table.
    def node(self, e: exp.Expr) -> Node:
        """The typed node of ``e``; raises ExpressionError, or Untyped when an entry it rests on is wrong."""
        match e:
            case exp.Paren():
                return self.node(e.this)
            case exp.Literal() | exp.Boolean() | exp.Cast():
                return _literal(e)
            case exp.Column():
                return self._figure(e.name)
            case exp.Neg():
                return self._negation(e)
            case exp.Add() | exp.Sub():
                left, right = self.alike([e.this, e.expression], numbers=True)
                return tree.Arithmetic("+" if isinstance(e, exp.Add) else "-", left, right, widest([left, right]))
            case exp.Mul():
                return self._product(e)
            case exp.Div():
                return self._quotient(e)
            case exp.And() | exp.Or():
                parts = (self._truth(e.this), self._truth(e.expression))
                return tree.Logic("and" if isinstance(e, exp.And) else "or", parts)
            case exp.Not():
                operand = self._truth(e.this)
                match operand:
                    case tree.Not(tree.Known() as known):  # x IS NOT NULL arrives as NOT (x IS NULL)
                        return known
                    case _:
                        return tree.Not(operand)
            case exp.In():
                return self._membership(e)
            case exp.Between():
                operand, low, high = self.alike([e.this, e.args["low"], e.args["high"]], comparing=True)
                return tree.Logic("and", (tree.Compare(">=", operand, low), tree.Compare("<=", operand, high)))
            case exp.Is():
                return self._being(e)
            case exp.Like():
                return self._pattern(e)
            case exp.Case():
                return self._case(e)
            case exp.Filter():
                return self._call(e.this, e.expression.this)
            case exp.Anonymous():
                return self._call(e, None)
            case exp.Null():
                raise ExpressionError(
                    Text("NULL 只能作 CASE 的结果", "NULL may only be a result of CASE"),
                    Text("是否未知用 IS NULL 判断。", "Ask for unknown with IS NULL."),
                )
            case _ if type(e) in _COMPARISONS:
                return self._comparison(e)
            case _:
                raise _not_here(e)

    def _figure(self, code: str) -> Node:
        book = self.book
        if code in book.items or code in book.derived:
            entry: Item | Derived = book.items[code] if code in book.items else book.derived[code]
            if entry.entity != self.entity:
                raise self._elsewhere(code, entry.entity)
            found = item_type(entry) if isinstance(entry, Item) else self.types[code]
            if found is None:
                raise Untyped(code)
            return tree.Figure(code, found)
        for kind, how in ((book.parameters, f"param({code})"), (book.codelists, f"in_list(…, {code})")):
            if code in kind:
                raise ExpressionError(
                    Text(f"{code} 不是指标", f"{code} is not a figure"), Text(f"写 {how}。", f"Write {how}.")
                )
        if code in book.checks:
            raise ExpressionError(Text(f"{code} 是审核，不能用于计算", f"{code} is a check, not a figure"))
        if code in self.broken:
            raise Untyped(code)
        near = book.similar(code)
        raise ExpressionError(
            Text(f"不认识的名称 {code}", f"unknown name {code}"),
            Text(f"是否指 {near}？", f"Did you mean {near}?") if near else Text("先定义它。", "Define it first."),
        )

    def _elsewhere(self, code: str, home: str) -> ExpressionError:
        message = Text(f"{code} 属于 {home}，不属于 {self.entity}", f"{code} belongs to {home}, not to {self.entity}")
        if home in _below(self.book, self.entity):
            return ExpressionError(message, Text(f"用 SUM({code}) 等汇总。", f"Aggregate it, for example SUM({code})."))
        return ExpressionError(
            message,
            Text(
                "表达式只能用本单位和下级单位的指标。",
                "Only figures of the same reporter and of those below it can be used.",
            ),
        )

    def _negation(self, e: exp.Expr) -> Node:
        operand = self.number(e.this)
        if isinstance(operand, tree.Literal) and isinstance(operand.value, Fraction):
            return replace(operand, value=-operand.value)
        return tree.Negate(operand, operand.type)

    def _product(self, e: exp.Expr) -> Node:
        left, right = self.number(e.this), self.number(e.expression)
        scale = None if left.type.scale is None or right.type.scale is None else left.type.scale + right.type.scale
        return tree.Arithmetic("*", left, right, Type("number", left.type.unit * right.type.unit, scale))

    def _quotient(self, e: exp.Expr) -> Node:
        left, right = self.number(e.this), self.number(e.expression)
        scale = None
        if isinstance(right, tree.Literal) and isinstance(right.value, Fraction):
            if not right.value:
                raise ExpressionError(Text("除以 0", "division by 0"))
            scale = tree.scale_after(left.type.scale, 1 / right.value)
        return tree.Arithmetic("/", left, right, Type("number", left.type.unit / right.type.unit, scale))

    def _comparison(self, e: exp.Expr) -> Node:
        left, right = self.alike([e.this, e.expression], comparing=True)
        op = _COMPARISONS[type(e)]
        if left.type.kind in {"text", "boolean"} and op not in {"=", "<>"}:
            kind = KIND[left.type.kind]
            raise ExpressionError(Text(f"{kind.zh}不能比大小（{op}）", f"{kind.en} cannot be compared by {op}"))
        return tree.Compare(op, left, right)  # type: ignore[arg-type]

    def _membership(self, e: exp.Expr) -> Node:
        if not e.expressions:
            raise ExpressionError(Text("IN () 是空的", "IN () is empty"))
        operand, *options = self.alike([e.this, *e.expressions], comparing=True)
        literals = tuple(option for option in options if isinstance(option, tree.Literal))
        if len(literals) != len(options):
            raise ExpressionError(
                Text("IN 里只能是常数", "IN holds constants only"),
                Text("其他的用 = 和 OR。", "Use = and OR for others."),
            )
        return tree.In(operand, literals)

    def _being(self, e: exp.Expr) -> Node:
        if not isinstance(e.expression, exp.Null):
            raise ExpressionError(
                Text("IS 之后只能是 NULL 或 NOT NULL", "IS is followed by NULL or NOT NULL only"),
                Text(
                    "是或否直接写指标名，或写 NOT。", "A figure that is true or false stands for itself, or after NOT."
                ),
            )
        return tree.Not(tree.Known(self.node(e.this)))

    def _pattern(self, e: exp.Expr) -> Node:
        operand, pattern = self.node(e.this), self.node(e.expression)
        need(operand, "text", "LIKE")
        if not isinstance(pattern, tree.Literal) or not isinstance(pattern.value, str):
            raise ExpressionError(Text("LIKE 之后应是 '文字'", "LIKE needs a 'text'"))
        return tree.Like(operand, pattern.value)

    def _case(self, e: exp.Expr) -> Node:
        if e.args.get("default") is None:
            raise ExpressionError(
                Text("CASE 缺少 ELSE", "CASE needs an ELSE"),
                Text("其余情况未知时写 ELSE NULL。", "Write ELSE NULL where the rest is unknown."),
            )
        whens = [self._truth(branch.this) for branch in e.args["ifs"]]
        *thens, otherwise = self.alike([*(branch.args["true"] for branch in e.args["ifs"]), e.args["default"]])
        return tree.Case(tuple(zip(whens, thens, strict=True)), otherwise, widest([*thens, otherwise]))

    def _call(self, e: exp.Expr, condition: exp.Expr | None) -> Node:
        name = e.name.lower()
        if name in _AGGREGATES:
            return self._aggregate(name, list(e.expressions), condition)
        if condition is not None:
            raise ExpressionError(Text(f"{name} 之后不能有 FILTER", f"FILTER cannot follow {name}"))
        if name not in FUNCTIONS:
            known = ", ".join(sorted((*_AGGREGATES, *FUNCTIONS)))
            raise ExpressionError(
                Text(f"规则中没有函数 {e.name}", f"{e.name} is not a function of rules"),
                Text(f"可用：{known}。", f"There are: {known}."),
            )
        how, least, most = FUNCTIONS[name]
        if not least <= len(e.expressions) <= most:
            wanted = str(least) if least == most else f"{least}–{most}" if most < 99 else f"≥ {least}"
            given = len(e.expressions)
            zh, en = f"{name} 要 {wanted} 个参数，给了 {given} 个", f"{name} takes {wanted} arguments, {given} given"
            raise ExpressionError(Text(zh, en))
        return how(self, e.expressions)

    def _aggregate(self, name: str, arguments: list[exp.Expr], condition: exp.Expr | None) -> Node:
        book, upper = self.book, name.upper()
        star = len(arguments) == 1 and isinstance(arguments[0], exp.Star)
        if len(arguments) != 1 or star != (name == "count"):
            wanted = "COUNT(*)" if name == "count" else f"{upper}(x)"
            raise ExpressionError(
                Text(f"应写作 {wanted}", f"write {wanted}"),
                Text("计数的条件写在 FILTER (WHERE …) 里。", "What is counted goes into FILTER (WHERE …)."),
            )
        entity = self._entity_below([*(() if star else arguments), *([condition] if condition else [])])
        inner = replace(self, entity=entity)
        test = inner._truth(condition) if condition is not None else None
        coverage = self.entry.min_coverage
        if star:
            of = Type("number", unit(book.entities[entity].count_unit), 0)
            return tree.Aggregate("count", entity, None, test, coverage, of)
        operand = inner.number(arguments[0])
        if isinstance(operand, tree.Figure) and operand.code in book.derived:
            entry = book.derived[operand.code]
            if entry.scale is not None:
                operand = tree.Round(operand, entry.rounding, replace(operand.type, scale=entry.scale), as_shown=True)
        if operand.type.scale is None:
            shown = arguments[0].sql()
            raise ExpressionError(
                Text(
                    f"{upper} 的对象 {shown} 是商，没有确定的小数位",
                    f"{upper} over the quotient {shown}, which has no end",
                ),
                Text(
                    "用 ROUND(x, n)，或先定义为带 scale 的派生指标；也可以先汇总再相除。",
                    "Use ROUND(x, n), or a derived entry with a scale; or aggregate first and divide then.",
                ),
            )
        of = replace(operand.type, scale=None) if name == "avg" else operand.type
        return tree.Aggregate(name, entity, operand, test, coverage, of)  # type: ignore[arg-type]

    def _entity_below(self, parts: Iterable[exp.Expr]) -> str:
        book = self.book
        below = [name for name, entity in book.entities.items() if entity.parent == self.entity]
        if not below:
            raise ExpressionError(
                Text(f"{self.entity} 没有下级，无法汇总", f"there is nothing below {self.entity} to aggregate")
            )
        homes = set()
        for part in parts:
            for code in names(part):
                entry = book.items.get(code) or book.derived.get(code)
                if entry is not None:
                    homes.add(entry.entity)
        fitting = [name for name in below if homes <= {name, *_below(book, name)}]
        if len(fitting) == 1:
            return fitting[0]
        choices = ", ".join(below)
        if fitting:
            raise ExpressionError(
                Text(f"不清楚汇总哪一种下级：{choices}", f"it is not clear over which of {choices} this runs"),
                Text("在 FILTER 里用其中一种的指标。", "Use a figure of one of them in FILTER."),
            )
        wrong = ", ".join(sorted(homes))
        raise ExpressionError(
            Text(
                f"汇总里的指标属于 {wrong}，应都属于 {choices}",
                f"figures of {wrong} are aggregated; all must be of {choices}",
            )
        )

    # What the methods above share.

    def number(self, e: exp.Expr) -> Node:
        """The node of ``e``, which must be a number."""
        node = self.node(e)
        if node.type.kind != "number":
            kind, shown = KIND[node.type.kind], e.sql()
            raise ExpressionError(Text(f"{shown} 是{kind.zh}，应为数值", f"{shown} is {kind.en}, a number is needed"))
        return node

    def _truth(self, e: exp.Expr) -> Node:
        node = self.node(e)
        if node.type.kind != "boolean":
            kind, shown = KIND[node.type.kind], e.sql()
            zh, en = f"{shown} 是{kind.zh}，这里应为条件", f"{shown} is {kind.en}, a condition is needed here"
            raise ExpressionError(Text(zh, en))
        return node

    def alike(self, parts: list[exp.Expr], *, comparing: bool = False, numbers: bool = False) -> tuple[Node, ...]:
        """The parts as nodes of one kind and one unit; a bare 0 and NULL take those of the others."""
        of_kind = self.number if numbers else self.node
        nullable = not comparing and not numbers
        nodes = [None if isinstance(part, exp.Null) and nullable else of_kind(part) for part in parts]
        leading = next((node for node in nodes if node is not None and not is_bare_zero(node)), None)
        leading = leading or next((node for node in nodes if node is not None), None)
        if leading is None:
            raise ExpressionError(Text("不能全是 NULL", "there must be something other than NULL"))
        of = leading.type
        result: list[Node] = []
        for node, part in zip(nodes, parts, strict=True):
            if node is None:
                result.append(tree.Literal(None, replace(of, scale=0) if of.kind == "number" else of))
            elif node.type.kind != of.kind:
                raise self._kinds(node, of, part)
            elif node.type.unit == of.unit:
                result.append(node)
            elif is_bare_zero(node):
                result.append(replace(node, type=replace(node.type, unit=of.unit)))
            else:
                raise unit_clash(of.unit, node.type.unit)
        if comparing:
            self._allowed_codes(result)
        return tuple(result)

    def _kinds(self, node: Node, of: Type, part: exp.Expr) -> ExpressionError:
        wanted, given, shown = KIND[of.kind], KIND[node.type.kind], part.sql()
        remedy = Text("", "")
        if {of.kind, node.type.kind} == {"boolean", "text"}:
            remedy = Text("是/否类指标直接写名称，或写 NOT。", "A flag stands for itself, or after NOT.")
        elif {of.kind, node.type.kind} == {"number", "text"}:
            remedy = Text("代码要加引号：'1'。", "Put codes into quotes: '1'.")
        elif {of.kind, node.type.kind} == {"date", "text"}:
            remedy = Text("日期写作 DATE '2020-01-01'。", "Write a date as DATE '2020-01-01'.")
        zh, en = f"{shown} 是{given.zh}，与{wanted.zh}不合", f"{shown} is {given.en} and meets {wanted.en}"
        return ExpressionError(Text(zh, en), remedy)

    def _allowed_codes(self, nodes: list[Node]) -> None:
        items = self.book.items
        figures = [items[node.code] for node in nodes if isinstance(node, tree.Figure) and node.code in items]
        for item in figures:
            for node in nodes:
                if item.values and isinstance(node, tree.Literal) and node.value not in item.values:
                    allowed = ", ".join(item.values)
                    zh, en = f"{item.code} 没有取值 {node.value}", f"{item.code} has no value {node.value}"
                    raise ExpressionError(Text(zh, en), Text(f"可取：{allowed}。", f"It can be: {allowed}."))

    def whole(self, arguments: list[exp.Expr], name: str, least: int, most: int, default: int | None = None) -> int:
        """The whole number that is the second argument of the function ``name``."""
        if not arguments and default is not None:
            return default
        if isinstance(arguments[0], exp.Literal) and not arguments[0].is_string and arguments[0].name.isdecimal():
            value = int(arguments[0].name)
            if least <= value <= most:
                return value
        raise ExpressionError(
            Text(
                f"{name} 的第二个参数应是 {least} 到 {most} 的整数",
                f"the second argument of {name} is a whole number from {least} to {most}",
            )
        )


def _literal(e: exp.Expr) -> tree.Literal:
    if isinstance(e, exp.Boolean):
        return tree.Literal(bool(e.this), BOOLEAN)
    if isinstance(e, exp.Cast):
        try:
            return tree.Literal(datetime.date.fromisoformat(e.this.name), DATE)
        except ValueError:
            raise ExpressionError(Text(f"{e.this.name} 不是日期", f"{e.this.name} is not a date")) from None
    if e.is_string:
        return tree.Literal(e.name, TEXT)
    return tree.Literal(Fraction(e.name), Type("number", BARE, decimals(Decimal(e.name))))


def _below(book: Book, entity: str) -> set[str]:
    found: set[str] = set()
    grown = {entity}
    while grown:
        grown = {name for name, below in book.entities.items() if below.parent in grown}
        found |= grown
    return found


def _not_here(e: exp.Expr) -> ExpressionError:
    return ExpressionError(Text(f"这里不能写 {e.sql()}", f"{e.sql()} cannot stand here"))

"""Expressions as text again, for a reader: as written, or with other words in the place of its figures."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal, localcontext
from fractions import Fraction

from gaoxin.rulebook import tree
from gaoxin.rulebook.plan import AggregateColumn, ItemColumn, Plan, PriorColumn, RowColumn
from gaoxin.rulebook.tree import Node

Words = Callable[[Node], str | None]
"""What to write for a node instead of its formula; None leaves it."""

# How tightly each operator binds; brackets go around what binds less tightly than its surroundings.
_OR, _AND, _NOT, _COMPARE, _SUM, _PRODUCT, _SIGN, _ATOM = range(1, 9)


def formula(node: Node, words: Words = lambda _: None) -> str:
    """The text of ``node`` in the language of rules.

    >>> from gaoxin.rulebook.tree import Arithmetic, Figure, Type
    >>> number = Type("number", scale=0)
    >>> formula(Arithmetic("/", Figure("qj09", number), Figure("qd01", number), number))
    'qj09 / qd01'
    """
    return _written(node, words)[0]


def decimal_text(value: Fraction, scale: int, *, group: bool = False) -> str:
    """``value``, which has at most ``scale`` decimals, with exactly so many.

    >>> decimal_text(Fraction(-5, 4), 3), decimal_text(Fraction(1234567), 0, group=True)
    ('-1.250', '1,234,567')
    """
    with localcontext() as context:
        context.prec = 400
        exact = Decimal(value.numerator).scaleb(scale) / value.denominator
        return format(exact.scaleb(-scale), f"{',' if group else ''}.{scale}f")


def short_text(value: Fraction) -> str:
    """``value`` with at most six decimals and without zeros at the end; ≈ before it where there is more.

    >>> short_text(Fraction(37, 1000)), short_text(Fraction(20000, 3))
    ('0.037', '≈6,666.666667')
    """
    short = round(value * 10**6) / Fraction(10**6)
    text = decimal_text(short, 6, group=True).rstrip("0").rstrip(".")
    return text if short == value else f"≈{text}"


def constant_text(literal: tree.Literal) -> str:
    """A constant as it is written in a rule."""
    value = literal.value
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime.date):
        return f"DATE '{value.isoformat()}'"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    number = decimal_text(value, literal.type.scale or 0)
    bare = literal.type.unit.is_bare or not value
    return number if bare else f"qty({number}, '{literal.type.unit}')"


def column_formula(plan: Plan, name: str) -> str:
    """The code of a column, or the formula of one that has no code."""
    column = plan.columns[name]
    if isinstance(column, ItemColumn) or name in plan.book.derived or name in plan.book.checks:
        return name
    match column:
        case AggregateColumn():
            return formula(column.source)
        case PriorColumn():
            back = "" if column.periods == 1 else f", {column.periods}"
            return f"prior({column_formula(plan, column.of)}{back})"
        case RowColumn():
            return formula(
                column.node, lambda node: column_formula(plan, node.code) if isinstance(node, tree.Figure) else None
            )


def _written(node: Node, words: Words) -> tuple[str, int]:
    """Text and how tightly it binds."""
    instead = words(node)
    if instead is not None:
        return instead, _ATOM

    def inside(child: Node, least: int) -> str:
        text, binds = _written(child, words)
        return text if binds >= least else f"({text})"

    def call(name: str, *arguments: Node | str) -> tuple[str, int]:
        texts = [part if isinstance(part, str) else _written(part, words)[0] for part in arguments]
        return f"{name}({', '.join(texts)})", _ATOM

    match node:
        case tree.Literal(value):
            return constant_text(node), _SIGN if isinstance(value, Fraction) and value < 0 else _ATOM
        case tree.Figure(code):
            return code, _ATOM
        case tree.Negate(operand):
            return f"-{inside(operand, _ATOM)}", _SIGN
        case tree.Arithmetic(op, left, right):
            binds = _SUM if op in "+-" else _PRODUCT
            return f"{inside(left, binds)} {op} {inside(right, binds + 1)}", binds
        case tree.Convert(operand, _, of):
            return call("convert", operand, f"'{of.unit or 1}'")
        case tree.Compare(op, left, right):
            return f"{inside(left, _SUM)} {op} {inside(right, _SUM)}", _COMPARE
        case tree.Logic(op, parts):
            binds = _AND if op == "and" else _OR
            first, *others = parts
            texts = [inside(first, binds), *(inside(part, binds + 1) for part in others)]
            return f" {op.upper()} ".join(texts), binds
        case tree.Not(tree.Known(operand)):
            return f"{inside(operand, _SUM)} IS NULL", _COMPARE
        case tree.Not(operand):
            return f"NOT {inside(operand, _NOT)}", _NOT
        case tree.Known(operand):
            return f"{inside(operand, _SUM)} IS NOT NULL", _COMPARE
        case tree.In(operand, options):
            return f"{inside(operand, _SUM)} IN ({', '.join(map(constant_text, options))})", _COMPARE
        case tree.InList(operand, codelist):
            return call("in_list", operand, codelist)
        case tree.Like(operand, pattern):
            quoted = pattern.replace("'", "''")
            return f"{inside(operand, _SUM)} LIKE '{quoted}'", _COMPARE
        case tree.Case(branches, otherwise):
            cases = " ".join(
                f"WHEN {_written(when, words)[0]} THEN {_written(then, words)[0]}" for when, then in branches
            )
            return f"CASE {cases} ELSE {_written(otherwise, words)[0]} END", _ATOM
        case tree.Coalesce(parts):
            return call("COALESCE", *parts)
        case tree.Extreme(op, parts):
            return call(op.upper(), *parts)
        case tree.Absolute(operand):
            return call("ABS", operand)
        case tree.Round(operand, as_shown=True):
            return _written(operand, words)
        case tree.Round(operand, _, of):
            return call("ROUND", operand, str(of.scale))
        case tree.Param(code):
            return call("param", code)
        case tree.Band(operand, code):
            return call("band", operand, code)
        case tree.YearOf(operand):
            return call("YEAR", operand)
        case tree.PeriodYear():
            return call("period_year")
        case tree.WideLength(operand):
            return call("wide_length", operand)
        case tree.Aggregate(function, _, argument, condition):
            text = f"{function.upper()}({'*' if argument is None else _written(argument, words)[0]})"
            where = "" if condition is None else f" FILTER (WHERE {_written(condition, words)[0]})"
            return text + where, _ATOM
        case tree.Dated(versions):
            spans = (
                f"[{version.first} … {version.last or ''}] "
                + ("?" if version.node is None else _written(version.node, words)[0])
                for version in versions
            )
            return "; ".join(spans), _ATOM
        case tree.Prior(operand, periods):
            return call("prior", operand, *([str(periods)] if periods != 1 else []))

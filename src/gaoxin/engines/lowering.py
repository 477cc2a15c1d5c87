"""From the typed tree of a rule to the SQL of an engine over one row.

Every node means exactly what ``rulebook.tree`` says. What would be written several times is bound to a column of its
own first (``Bind``), so the SQL grows with the tree and not exponentially.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from typing import TypeAlias, cast

from gaoxin.engines.integers import SMALL, Dialect, Number, Sql, sql
from gaoxin.rulebook import tree
from gaoxin.rulebook.book import Book
from gaoxin.rulebook.entries import Band, Rounding
from gaoxin.rulebook.parameters import value_in
from gaoxin.rulebook.periods import PER_YEAR
from gaoxin.rulebook.tree import Node, Type

Value: TypeAlias = Number | Sql
Bind: TypeAlias = Callable[[Sql], Sql]

ORDINAL = Sql('"@ord"', 0, 2**31, None, True)
"""The column that holds the ordinal of the row's period."""

SQL_TYPE = {"number": "BIGINT", "boolean": "BOOLEAN", "text": "STRING", "date": "DATE"}
"""What holds a value of each kind; an integer may also be of the wide type of the dialect."""


@dataclass(frozen=True)
class Lowering:
    """What the lowering of one column needs: values of the columns before it, and the periods it is needed for."""

    book: Book
    cells: Mapping[str, Value]
    ordinals: frozenset[int]
    bind: Bind
    dialect: Dialect

    def value(self, node: Node) -> Value:
        """The SQL of ``node``: a Number for a number, else a piece of SQL."""
        match node:
            case tree.Literal():
                return self.literal(node)
            case tree.Figure(code):
                return self.cells[code]
            case tree.Negate(operand):
                x = self.number(operand)
                return Number(self.dialect.negate(x.n), x.d, x.scale)
            case tree.Arithmetic():
                return self._arithmetic(node)
            case tree.Convert(operand, factor):
                return self._times_constant(self.number(operand), factor, node.type)
            case tree.Compare():
                return self._compare(node)
            case tree.Logic(op, parts):
                return self._joined(f" {op.upper()} ", [self.truth(part) for part in parts])
            case tree.Not(operand):
                return sql("(NOT {0})", self.truth(operand))
            case tree.Known(operand):
                return known(self.value(operand))
            case tree.In():
                return self._in(node)
            case tree.InList(operand, codelist):
                return self._in_list(self.plain(operand), codelist)
            case tree.Like(operand, pattern):
                return self.dialect.like(self.plain(operand), pattern)
            case tree.Case():
                return self._case(node)
            case tree.Coalesce():
                return self._coalesce(node)
            case tree.Extreme():
                return self._extreme(node)
            case tree.Absolute(operand):
                x = self.number(operand)
                return Number(self.dialect.absolute(x.n), x.d, x.scale)
            case tree.Round(operand, rounding):
                return Number(
                    self.rounded(self.number(operand), node.type.scale or 0, rounding), None, node.type.scale or 0
                )
            case tree.Param(code):
                return self._param(code, node.type)
            case tree.Band(operand, code):
                return self._band(self._bound(self.number(operand)), code, node.type)
            case tree.YearOf(operand):
                return Number(sql("CAST(year({0}) AS BIGINT)", self.plain(operand), bound=2**31))
            case tree.PeriodYear():
                per_year = PER_YEAR[self.book.frequency]
                return Number(self.dialect.whole(ORDINAL, self.dialect.integer(per_year)))
            case tree.WideLength(operand):
                return Number(self.dialect.wide_length(self.plain(operand)))
            case tree.Dated():
                return self._dated(node)
            case tree.Aggregate() | tree.Prior():
                raise TypeError(f"{type(node).__name__} has a column of its own")  # see rulebook.plan

    def number(self, node: Node) -> Number:
        """The SQL of a node that gives a number."""
        return cast(Number, self.value(node))

    def plain(self, node: Node) -> Sql:
        """The SQL of a node that gives no number."""
        return cast(Sql, self.value(node))

    truth = plain

    def rounded(self, x: Number, scale: int, rounding: Rounding) -> Sql:
        """The integer that is ``x`` × 10^scale, rounded."""
        dialect = self.dialect
        if x.d is None and x.scale <= scale:
            return dialect.scaled_to(x, scale)
        if x.d is None:
            above, below = x.n, dialect.power_of_ten(x.scale - scale)
        else:
            exact = dialect.quotient(dialect.multiply(x.n, dialect.power_of_ten(scale)), x.d)
            above, below = exact.n, dialect.denominator(exact)
        n, d = self.bind(above), self.bind(below)
        # A quotient is smaller than what was divided, and may fit 64 bits again.
        bound = n.bound // (d.constant or 1) + 1
        if rounding == "half_up" and (d.constant or 1) % 2 == 0 and n.bound + (d.constant or 0) <= SMALL:
            half = (d.constant or 0) // 2
            shifted = sql(f"({{0}} + CASE WHEN {{0}} < 0 THEN -{half} ELSE {half} END)", n, bound=n.bound + half)
            return replace(dialect.truncated(shifted, d), bound=bound)
        size = dialect.absolute(n)
        if n.bound > SMALL:
            size = self.bind(size)
        whole = self.bind(dialect.whole(size, d))
        rest = self.bind(dialect.remainder(size, d, whole))
        away = {
            "half_up": sql("({0} >= {1} - {0})", rest, d),
            "half_even": sql("({0} > {1} - {0} OR ({0} = {1} - {0} AND {2} % 2 = 1))", rest, d, whole),
            "down": Sql("FALSE"),
            "up": sql("({0} > 0)", rest),
        }[rounding]
        template = "({0} * ({1} + CASE WHEN {2} THEN 1 ELSE 0 END))"
        if n.bound > SMALL >= bound:
            template = f"CAST({template} AS BIGINT)"
        return sql(template, dialect.sign(n), whole, away, bound=bound)

    def _arithmetic(self, node: tree.Arithmetic) -> Value:
        x, y = self.number(node.left), self.number(node.right)
        match node.op:
            case "+" | "-":
                return self._settled(self.dialect.plus(x, y, node.op))
            case "*":
                return self._settled(self.dialect.times(x, y))
            case "/":
                if node.type.scale is not None and isinstance(node.right, tree.Literal):
                    return self._times_constant(x, 1 / cast(Fraction, node.right.value), node.type)
                y = Number(self.bind(y.n), y.d, y.scale)
                return self._settled(self.dialect.divide(x, y))

    def _times_constant(self, x: Number, factor: Fraction, of: Type) -> Number:
        integer = self.dialect.integer
        if x.d is None and of.scale is not None:
            whole = factor * Fraction(10) ** (of.scale - x.scale)
            if whole.denominator == 1:
                return Number(self.dialect.multiply(x.n, integer(whole.numerator)), None, of.scale)
        above = self.dialect.times(x, Number(integer(factor.numerator)))
        exact = self.dialect.divide(above, Number(integer(factor.denominator)))
        return self._settled(exact)

    def _compare(self, node: tree.Compare) -> Sql:
        if node.left.type.kind != "number":
            return sql(f"({{0}} {node.op} {{1}})", self.plain(node.left), self.plain(node.right))
        return self.dialect.compare(self.number(node.left), node.op, self.number(node.right))

    def _joined(self, joint: str, parts: Sequence[Sql]) -> Sql:
        return Sql("(" + joint.join(part.text for part in parts) + ")", max(part.layer for part in parts))

    def _in(self, node: tree.In) -> Sql:
        if node.operand.type.kind == "number":
            x = self._bound(self.number(node.operand))
            return self._joined(
                " OR ", [self.dialect.compare(x, "=", self.number_literal(option)) for option in node.options]
            )
        if node.operand.type.kind == "text":
            return self.dialect.one_of(self.plain(node.operand), [str(option.value) for option in node.options])
        options = ", ".join(self.plain_literal(option.value) for option in node.options)
        return sql("({0} IN ({1}))", self.plain(node.operand), Sql(options))

    def _in_list(self, x: Sql, codelist: str) -> Sql:
        codes = self.book.lists[codelist]
        if not codes:
            return sql("CASE WHEN {0} IS NOT NULL THEN FALSE END", x)
        x = self.bind(x)
        if self.book.codelists[codelist].codes is not None:
            return self.dialect.one_of(x, codes)
        tests = [
            self.dialect.one_of(sql(f"substring({{0}}, 1, {length})", x), list(group))
            for length, group in groupby(sorted(codes, key=len), key=len)
        ]
        return self._joined(" OR ", tests)

    def _case(self, node: tree.Case) -> Value:
        conditions = [self.bind(self.truth(when)) for when, _ in node.branches]
        return self._choice(conditions, [*(then for _, then in node.branches), node.otherwise], node.type)

    def _choice(self, conditions: list[Sql], nodes: list[Node], of: Type) -> Value:
        if of.kind != "number":
            return _chosen(conditions, [self.plain(node) for node in nodes])
        return self._settled(self._chosen_number(conditions, [self.number(node) for node in nodes], of))

    def _dated(self, node: tree.Dated) -> Value:
        """The version that holds in the row's period; unknown in a period without a rule."""
        holding: dict[Node, set[int]] = {}
        for ordinal in self.ordinals:
            version = tree.version_in(node, ordinal, self.book.frequency)
            if version is not None and version.node is not None:
                holding.setdefault(version.node, set()).add(ordinal)
        values = [replace(self, ordinals=frozenset(at)).value(version) for version, at in holding.items()]
        if len(values) == 1 and self.ordinals in holding.values():
            return values[0]
        nothing = self.literal(tree.Literal(None, node.type))
        if not values:
            return nothing
        periods = [Sql(f"({ORDINAL.text} IN ({', '.join(map(str, sorted(at)))}))") for at in holding.values()]
        values.append(nothing)
        if node.type.kind != "number":
            return _chosen(periods, cast("list[Sql]", values))
        return self._settled(self._chosen_number(periods, cast("list[Number]", values), node.type))

    def _coalesce(self, node: tree.Coalesce) -> Value:
        if node.type.kind != "number":
            return _listed("COALESCE({})", [self.plain(part) for part in node.parts])
        values = [self._bound(self.number(part)) for part in node.parts]
        ns, d, scale = self._one_form(values, node.type)
        if d is None:
            return Number(_listed("COALESCE({})", ns), None, scale)
        n, below = _first_known(values, ns), _first_known(values, d)
        return self._settled(self.dialect.quotient(n, below))

    def _extreme(self, node: tree.Extreme) -> Value:
        # LEAST and GREATEST of DuckDB pass over NULL; here one unknown part makes the result unknown.
        if node.type.kind != "number" or node.type.scale is not None:
            if node.type.kind == "number":
                ns, _, scale = self._one_form([self.number(part) for part in node.parts], node.type)
                parts = [self.bind(n) for n in ns]
            else:
                parts, scale = [self.bind(self.plain(part)) for part in node.parts], 0
            text = _extreme_of(node.op, parts)
            result = Sql(text, max(part.layer for part in parts), max(part.bound for part in parts))
            return Number(result, None, scale) if node.type.kind == "number" else result
        best = self._bound(self.number(node.parts[0]))
        for part in node.parts[1:]:
            other = self._bound(self.number(part))
            first = self.bind(self.dialect.compare(best, "<=" if node.op == "least" else ">=", other))
            best = self._settled(self._chosen_number([first], [best, other], node.type))
        return best

    def _param(self, code: str, of: Type) -> Number:
        scale = of.scale or 0
        at = {ordinal: value_in(self.book.parameters[code], ordinal, self.book.frequency) for ordinal in self.ordinals}
        values = {
            ordinal: _scaled(value.value, scale) for ordinal, value in at.items() if value and value.value is not None
        }
        constants = {ordinal: self.dialect.integer(value) for ordinal, value in values.items()}
        return Number(self._by_period(constants), None, scale)

    def _band(self, x: Number, code: str, of: Type) -> Number:
        scale = of.scale or 0
        at = {ordinal: value_in(self.book.parameters[code], ordinal, self.book.frequency) for ordinal in self.ordinals}
        tables = {
            ordinal: self._band_value(x, value.bands, scale) for ordinal, value in at.items() if value and value.bands
        }
        return Number(self._by_period(tables), None, scale)

    def _by_period(self, values: Mapping[int, Sql]) -> Sql:
        """The piece of SQL that holds in the row's period; unknown where there is none."""
        if values.keys() == self.ordinals and len({value.text for value in values.values()}) == 1:
            return next(iter(values.values()))
        branches = "".join(f" WHEN {ordinal} THEN {value.text}" for ordinal, value in sorted(values.items()))
        layer = max((value.layer for value in values.values()), default=0)
        bound = max((value.bound for value in values.values()), default=0)
        return Sql(f"CASE {ORDINAL.text}{branches} END" if values else "CAST(NULL AS BIGINT)", layer, bound)

    def _bound(self, x: Number) -> Number:
        return Number(self.bind(x.n), None if x.d is None else self.bind(x.d), x.scale)

    def _settled(self, x: Number) -> Number:
        """Quotients are bound at once: what is computed from them uses n and d more than once."""
        return x if x.d is None else self._bound(x)

    def literal(self, node: tree.Literal) -> Value:
        """A constant."""
        if node.type.kind == "number":
            return self.number_literal(node)
        if node.value is None:
            return Sql(f"CAST(NULL AS {SQL_TYPE[node.type.kind]})", atomic=True)
        return Sql(self.plain_literal(node.value), atomic=True)

    def number_literal(self, node: tree.Literal) -> Number:
        """A constant number."""
        scale = node.type.scale or 0
        if node.value is None:
            return Number(Sql("CAST(NULL AS BIGINT)", 0, 0, None, True), None, scale)
        return Number(self.dialect.integer(int(cast(Fraction, node.value) * 10**scale)), None, scale)

    def plain_literal(self, value: tree.Constant) -> str:
        """A constant that is no number, as SQL."""
        if isinstance(value, bool):
            return "TRUE" if value else "FALSE"
        if isinstance(value, datetime.date):
            return f"DATE '{value.isoformat()}'"
        return self.dialect.text(str(value))

    def _chosen_number(self, conditions: Sequence[Sql], values: Sequence[Number], of: Type) -> Number:
        ns, ds, scale = self._one_form(values, of)
        n = _chosen(conditions, ns)
        if ds is None:
            return Number(n, None, scale)
        return Number(n, ds[0] if len({d.text for d in ds}) == 1 else _chosen(conditions, ds))

    def _one_form(self, values: Sequence[Number], of: Type) -> tuple[list[Sql], list[Sql] | None, int]:
        """Numerators and denominators of ``values``; without denominators where all have the decimals of ``of``."""
        if of.scale is not None:
            return [self.dialect.scaled_to(value, of.scale) for value in values], None, of.scale
        return [value.n for value in values], [self.dialect.denominator(value) for value in values], 0

    def _band_value(self, x: Number, bands: Iterable[Band], scale: int) -> Sql:
        integer, tests, values = self.dialect.integer, [], []
        for band in bands:
            values.append(integer(_scaled(band.value, scale)))
            if band.to is not None:
                exponent = max(0, -int(band.to.as_tuple().exponent))
                limit = Number(integer(_scaled(band.to, exponent)), None, exponent)
                tests.append(self.dialect.compare(x, "<=" if band.inclusive else "<", limit))
        if not tests:
            return sql("CASE WHEN {0} IS NOT NULL THEN {1} END", x.n, values[0], bound=values[0].bound)
        branches = "".join(f" WHEN {test.text} THEN {value.text}" for test, value in zip(tests, values, strict=False))
        layer = max(part.layer for part in (x.n, *tests))
        text = f"CASE WHEN {x.n.text} IS NULL THEN NULL{branches} ELSE {values[-1].text} END"
        return Sql(text, layer, max(value.bound for value in values))


def known(value: Value) -> Sql:
    """Whether a value is known."""
    return sql("({0} IS NOT NULL)", value.n if isinstance(value, Number) else value)


def _chosen(conditions: Sequence[Sql], values: Sequence[Sql]) -> Sql:
    """The value of the first true condition, the last value when all are false; unknown at the first unknown one."""
    # DuckDB picks rows by a comparison without branching, which is up to three times as fast as by a bare truth value.
    branches = "".join(
        f" WHEN {condition.text} IS NULL THEN NULL WHEN {condition.text} = TRUE THEN {value.text}"
        for condition, value in zip(conditions, values, strict=False)
    )
    layer = max(part.layer for part in (*conditions, *values))
    return Sql(f"CASE{branches} ELSE {values[-1].text} END", layer, max(value.bound for value in values))


def _extreme_of(op: str, parts: Sequence[Sql]) -> str:
    """The least or greatest of ``parts``, unknown where one is."""
    if len(parts) != 2:
        unknown = " OR ".join(f"{part.text} IS NULL" for part in parts if part.constant is None) or "FALSE"
        return f"CASE WHEN {unknown} THEN NULL ELSE {op}({', '.join(part.text for part in parts)}) END"
    # Of two, comparisons are faster.
    first, second = sorted(parts, key=lambda part: part.constant is not None)
    beyond = ">" if op == "least" else "<"
    else_first = "ELSE" if second.constant is not None else f"WHEN {second.text} IS NOT NULL THEN"
    return f"CASE WHEN {first.text} {beyond} {second.text} THEN {second.text} {else_first} {first.text} END"


def _first_known(values: Sequence[Number], parts: Sequence[Sql]) -> Sql:
    """The part that belongs to the first known value."""
    branches = "".join(
        f" WHEN {value.n.text} IS NOT NULL THEN {part.text}" for value, part in zip(values, parts, strict=True)
    )
    layer = max(part.layer for part in (*(value.n for value in values), *parts))
    return Sql(f"CASE{branches} END", layer, max(part.bound for part in parts))


def _listed(template: str, parts: Sequence[Sql]) -> Sql:
    text = template.format(", ".join(part.text for part in parts))
    return Sql(text, max(part.layer for part in parts), max(part.bound for part in parts))


def _scaled(value: Decimal, scale: int) -> int:
    return int(Fraction(value) * 10**scale)

"""What a condition compares with what: value, threshold, distance, and for a ratio the numerator that would do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil, floor
from typing import Literal, TypeAlias

from gaoxin.rulebook import tree
from gaoxin.rulebook.book import Book
from gaoxin.rulebook.evaluate import At, Evaluator
from gaoxin.rulebook.formula import constant_text, formula
from gaoxin.rulebook.tree import Constant, Node, Type
from gaoxin.words import Text

_OPPOSITE = {">=": "<", "<": ">=", ">": "<=", "<=": ">", "=": "<>", "<>": "=", "in": "not in", "not in": "in"}
_DEPTH = 8


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value with what it is; None is unknown. ``scale`` decimals are shown."""

    name: Text
    value: Constant
    type: Type
    scale: int | None = None
    code: str = ""


@dataclass(frozen=True, slots=True)
class Ratio:
    """A comparison of ``numerator`` / ``denominator`` with ``limit``.

    ``needed`` is the numerator that just meets it while the denominator stays, to the smallest step in which the
    numerator is kept (a fen, a person).
    """

    numerator: Quantity
    denominator: Quantity
    value: Fraction | None
    limit: Fraction | None
    needed: Fraction | None

    @property
    def short_by(self) -> Fraction | None:
        """How much more numerator is needed; negative: how much less."""
        if self.needed is None or not isinstance(self.numerator.value, Fraction):
            return None
        return self.needed - self.numerator.value


@dataclass(frozen=True, slots=True)
class Comparison:
    """One comparison inside a condition, in the direction in which the condition wants it.

    ``op`` is ``>=``, ``<=``, ``=``, ``in`` … and ``is`` for a figure that is true or false. ``margin`` is value −
    threshold for numbers.
    """

    value: Quantity
    op: str
    threshold: Quantity
    holds: bool | None
    margin: Fraction | None = None
    ratio: Ratio | None = None
    node: Node = field(default=tree.Literal(None, tree.BOOLEAN), repr=False, compare=False)
    wanted: bool = field(default=True, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Group:
    """Several tests of which all or any must hold; ``name`` where they are a condition with a name of its own."""

    need: Literal["all", "any"]
    parts: tuple[Test, ...]
    holds: bool | None
    name: Text | None = None


Test: TypeAlias = Comparison | Group


def tests(evaluator: Evaluator, node: Node, at: At) -> tuple[Test, ...]:
    """What ``node`` tests, in the order in which it is written; all of it must hold."""
    return _Reader(evaluator, at).all_of(node, True, 0)


def leaves(found: Iterable[Test]) -> Iterator[Comparison]:
    """The comparisons in ``found``, those inside groups included."""
    for test in found:
        if isinstance(test, Group):
            yield from leaves(test.parts)
        else:
            yield test


def label(book: Book, node: Node) -> Text:
    """What a part of an expression is called: the name of its entry, or the expression itself."""
    match node:
        case tree.Figure(code) | tree.Param(code) | tree.Band(_, code):
            return book.entry(code).name
        case tree.Convert(operand):
            return label(book, operand)
        case tree.PeriodYear():
            return Text("年度", "year")
        case _:
            text = formula(node)
            return Text(text, text)


class _Reader:
    def __init__(self, evaluator: Evaluator, at: At) -> None:
        self.evaluator, self.book, self.at = evaluator, evaluator.book, at

    def all_of(self, node: Node, wanted: bool, depth: int) -> tuple[Test, ...]:
        """The tests that must all hold for ``node`` to be ``wanted``."""
        match node:
            case tree.Logic(op, parts) if (op == "and") == wanted:
                return tuple(test for part in parts for test in self.all_of(part, wanted, depth))
            case tree.Not(operand) if not isinstance(operand, tree.Known):
                return self.all_of(operand, not wanted, depth)
            case tree.Literal():
                return ()
            case tree.Case(branches, otherwise):
                return self._case(branches, otherwise, wanted, depth)
            case _:
                return (self._one(node, wanted, depth),)

    def _one(self, node: Node, wanted: bool, depth: int) -> Test:
        match node:
            case tree.Logic(_, parts):
                found = [self._alternative(part, wanted, depth) for part in _flattened(node.op, parts)]
                return Group("any", tuple(found), self._holds(node, wanted))
            case tree.Figure(code) if code in self.book.derived and depth < _DEPTH:
                rule, _ = self.book.rule_in(code, self.at.ordinal)
                inner = () if rule is None else self.all_of(rule, wanted, depth + 1)
                if not inner or (len(inner) == 1 and _nameless(inner[0])):
                    return self._flag(node, wanted)
                return Group("all", inner, self._holds(node, wanted), self.book.entry(code).name)
            case tree.Compare():
                return self._compare(node, wanted)
            case tree.Not(tree.Known(operand)) | tree.Known(operand):
                return self._known(node, operand, wanted)
            case tree.In(operand, options):
                listed = ", ".join(constant_text(option) for option in options)
                return self._among(node, operand, Text(listed, listed), wanted)
            case tree.InList(operand, codelist):
                return self._among(node, operand, self.book.entry(codelist).name, wanted)
            case tree.Like(operand, pattern):
                return self._among(node, operand, Text(pattern, pattern), wanted)
            case _:
                return self._flag(node, wanted)

    def _alternative(self, node: Node, wanted: bool, depth: int) -> Test:
        """One part of an OR: a test, or a group where several must hold together."""
        inner = self.all_of(node, wanted, depth)
        return inner[0] if len(inner) == 1 else Group("all", inner, self._holds(node, wanted))

    def _case(
        self, branches: tuple[tuple[Node, Node], ...], otherwise: Node, wanted: bool, depth: int
    ) -> tuple[Test, ...]:
        """The tests of the branch that applies; where that is not known, the figures that would tell."""
        for number, (when, then) in enumerate(branches):
            holds = self.evaluator.node(when, self.at).value
            if holds is None:
                results = [*(one for _, one in branches[number:]), otherwise]
                asked = [one for one in results if not isinstance(one, tree.Literal)]
                if len(asked) != 1:
                    return tuple(self._deciding(when))
                # The only result that asks for anything asks it in any case that is open.
                return (*self._deciding(when, asked[0]), *self.all_of(asked[0], wanted, depth))
            if holds:
                return self.all_of(then, wanted, depth)
        return self.all_of(otherwise, wanted, depth)

    def _deciding(self, when: Node, beside: Node | None = None) -> Iterator[Comparison]:
        """The unknown figures on which the choice of a branch hangs: to be reported, with whatever value.

        Those of ``beside``, which is asked for anyway, need no line of their own.
        """
        want = Quantity(Text("已填报", "reported"), None, tree.TEXT)
        asked = set() if beside is None else set(tree.walk(beside))
        for figure in dict.fromkeys(node for node in tree.walk(when) if isinstance(node, tree.Figure)):
            if figure in asked:
                continue
            value = self.quantity(figure)
            if value.value is None:
                yield Comparison(value, "is", want, None, None, None, tree.Known(figure), True)

    def _compare(self, node: tree.Compare, wanted: bool) -> Comparison:
        op: str = node.op if wanted else _OPPOSITE[node.op]
        value, threshold = self.quantity(node.left), self.quantity(node.right)
        margin = ratio = None
        if node.left.type.kind == "number":
            if isinstance(value.value, Fraction) and isinstance(threshold.value, Fraction):
                margin = value.value - threshold.value
            ratio = self._ratio(node, op)
        return Comparison(value, op, threshold, self._holds(node, wanted), margin, ratio, node, wanted)

    def _flag(self, node: Node, wanted: bool) -> Comparison:
        want = Quantity(Text("", ""), wanted, tree.BOOLEAN)
        return Comparison(self.quantity(node), "is", want, self._holds(node, wanted), None, None, node, wanted)

    def _known(self, node: Node, operand: Node, wanted: bool) -> Comparison:
        reported = isinstance(node, tree.Known) == wanted
        want = Quantity(Text("已填报", "reported") if reported else Text("未填报", "not reported"), None, tree.TEXT)
        return Comparison(self.quantity(operand), "is", want, self._holds(node, wanted), None, None, node, wanted)

    def _among(self, node: Node, operand: Node, listed: Text, wanted: bool) -> Comparison:
        op, among = "in" if wanted else "not in", Quantity(listed, None, tree.TEXT)
        return Comparison(self.quantity(operand), op, among, self._holds(node, wanted), None, None, node, wanted)

    def _holds(self, node: Node, wanted: bool) -> bool | None:
        value = self.evaluator.node(node, self.at).value
        return None if value is None else value is wanted

    def quantity(self, node: Node) -> Quantity:
        """A side of a comparison with its name and value."""
        scale, code = node.type.scale, ""
        if isinstance(node, tree.Figure):
            code = node.code
            entry = self.book.derived.get(code)
            scale = entry.scale if entry is not None and entry.scale is not None else scale
        return Quantity(label(self.book, node), self.evaluator.node(node, self.at).value, node.type, scale, code)

    def _ratio(self, node: tree.Compare, op: str) -> Ratio | None:
        """The comparison as one of a ratio: a / b against a limit, or a against a share of b."""
        left = self._unfolded(node.left)
        factor = Fraction(1)
        if isinstance(left, tree.Convert):
            factor, left = left.factor, self._unfolded(left.operand)
        limit = self.evaluator.node(node.right, self.at).value
        if isinstance(left, tree.Arithmetic) and left.op == "/":
            a, b = left.left, left.right
            limit = limit / factor if isinstance(limit, Fraction) else None
        else:
            right = self._unfolded(node.right)
            if not isinstance(right, tree.Arithmetic) or right.op != "*" or right.type.unit != node.left.type.unit:
                return None
            shares = [part for part in (right.left, right.right) if isinstance(part, (tree.Param, tree.Literal))]
            if len(shares) != 1:
                return None
            a, b = node.left, right.left if right.right is shares[0] else right.right
            limit = self.evaluator.node(shares[0], self.at).value
        numerator, denominator = self.quantity(a), self.quantity(b)
        over = denominator.value
        share = limit if isinstance(limit, Fraction) else None
        if not isinstance(over, Fraction):
            return Ratio(numerator, denominator, None, share, None)
        value = numerator.value / over if isinstance(numerator.value, Fraction) and over else None
        needed = None if share is None else least_step(share * over, op, numerator.scale)
        return Ratio(numerator, denominator, value, share, needed)

    def _unfolded(self, node: Node) -> Node:
        """A figure that is nothing but a quotient or a product, as that."""
        while isinstance(node, tree.Figure) and node.code in self.book.derived:
            rule, _ = self.book.rule_in(node.code, self.at.ordinal)
            match rule:
                case tree.Convert() | tree.Arithmetic(op="/") | tree.Arithmetic(op="*"):
                    return rule
                case tree.Figure():
                    node = rule
                case _:
                    return node
        return node


def _nameless(test: Test) -> bool:
    """Whether ``test`` says no more than that some expression should be true."""
    return isinstance(test, Comparison) and test.op == "is" and not test.value.code


def _flattened(op: str, parts: Iterable[Node]) -> Iterator[Node]:
    """``parts`` with those of nested nodes of the same kind: a OR (b OR c) has three."""
    for part in parts:
        if isinstance(part, tree.Logic) and part.op == op:
            yield from _flattened(op, part.parts)
        else:
            yield part


def least_step(limit: Fraction, op: str, scale: int | None) -> Fraction:
    """The number of ``scale`` decimals nearest to ``limit`` that is op ``limit``.

    >>> [str(least_step(Fraction(10, 3), op, 2)) for op in (">=", ">", "<=", "<", "=")]
    ['167/50', '167/50', '333/100', '333/100', '10/3']
    >>> [str(least_step(Fraction(5), op, 0)) for op in (">=", ">", "<=", "<")]
    ['5', '6', '5', '4']
    """
    if scale is None:
        return limit
    steps = limit * 10**scale
    match op:
        case ">=":
            return Fraction(ceil(steps), 10**scale)
        case ">":
            return Fraction(floor(steps) + 1, 10**scale)
        case "<=":
            return Fraction(floor(steps), 10**scale)
        case "<":
            return Fraction(ceil(steps) - 1, 10**scale)
        case _:
            return limit

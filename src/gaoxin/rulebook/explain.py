"""Why a figure of one reporter is what it is: a tree of values, formulas, units, clauses and missing figures."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, TypeAlias, cast

from gaoxin.rulebook import tree
from gaoxin.rulebook.book import Book
from gaoxin.rulebook.entries import Check, Clause, Confidence, Derived, Entry, Item
from gaoxin.rulebook.evaluate import At, Contribution, Evaluator, Found, Reason, Rows, band_of, rounded
from gaoxin.rulebook.formula import constant_text, decimal_text, formula, short_text
from gaoxin.rulebook.parameters import band_words, value_in
from gaoxin.rulebook.periods import period_text
from gaoxin.rulebook.plan import Plan
from gaoxin.rulebook.tree import Constant, Node, Type
from gaoxin.rulebook.units import Unit
from gaoxin.words import Text

ExplanationKind: TypeAlias = Literal["item", "derived", "check", "aggregate", "prior", "parameter", "constant"]

LISTED = 10
"""Contributors and missing reporters that are named; the numbers say how many there are."""


@dataclass(frozen=True, slots=True)
class Citation:
    """The clause behind an entry, and how far it is confirmed."""

    title: Text
    number: str
    article: str
    confidence: Confidence
    url: str


@dataclass(frozen=True, slots=True)
class Condition:
    """A comparison that does not come out as the rule wants it.

    ``margin`` is left − right for numbers, None where a side is unknown or no number.
    """

    formula: str
    substituted: str
    holds: bool | None
    margin: Fraction | None
    unit: Unit


@dataclass(frozen=True, slots=True)
class Contributor:
    """What one reporter brings into an aggregate, or why it brings nothing."""

    key: str
    value: Fraction | None
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Aggregation:
    """Who stands behind an aggregate: ``known`` of ``expected`` reporters, the largest first, and who is missing."""

    entity: str
    function: str
    expected: int
    known: int
    min_coverage: Fraction
    largest: tuple[Contributor, ...]
    missing: tuple[Contributor, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """One figure of one reporter and period.

    ``value`` is exact, and None when unknown; then ``reasons`` say why. ``shown`` is the value as text with the
    decimals of the entry. ``formula`` is the expression as written, ``substituted`` the same with values put in.
    """

    kind: ExplanationKind
    code: str
    name: Text
    entity: str
    key: str
    period: str
    unit: Unit
    value: Constant
    shown: str
    formula: str = ""
    substituted: str = ""
    reasons: tuple[Reason, ...] = ()
    citation: Citation | None = None
    note: Text = Text("", "")
    conditions: tuple[Condition, ...] = ()
    aggregation: Aggregation | None = None
    children: tuple[Explanation, ...] = ()


def citation(
    book: Book, entry: Entry, clause: Clause | None = None, confidence: Confidence | None = None
) -> Citation | None:
    """The clause of ``entry``, or of one of its values; None when it names no document."""
    clause = clause or entry.source
    if clause is None:
        return None
    document = book.documents[clause.document]
    return Citation(document.title, document.number, clause.article, confidence or entry.confidence, document.url)


def citation_in(book: Book, entry: Derived | Check, ordinal: int) -> Citation | None:
    """The clause of ``entry`` in the period: that of its version where it has one of its own."""
    _, version = book.rule_in(entry.code, ordinal)
    if version is not None and version.source is not None:
        return citation(book, entry, version.source, version.confidence)
    return citation(book, entry)


def explain_rows(plan: Plan, rows: Rows, entity: str, key: str, period: int, code: str) -> Explanation:
    """Explain the figure ``code`` of the reporter ``key`` in the period with the ordinal ``period``.

    ``rows`` must hold the returns of the reporter and of everybody below it, those of the earlier periods that
    ``prior`` needs included. They are evaluated with fractions, apart from any engine.
    """
    return _Explainer(plan, Evaluator(plan.book, rows)).figure(code, At(entity, key, period))


class _Explainer:
    def __init__(self, plan: Plan, evaluator: Evaluator) -> None:
        self.plan, self.book, self.evaluator = plan, plan.book, evaluator
        self.seen: dict[tuple[str | Node, At], Explanation] = {}

    def figure(self, code: str, at: At) -> Explanation:
        """A reported or derived figure, or a check."""
        if (code, at) not in self.seen:
            self.seen[code, at] = self._figure(code, at)
        return self.seen[code, at]

    def _figure(self, code: str, at: At) -> Explanation:
        entry = cast("Item | Derived | Check", self.book.entry(code))
        found = self.evaluator.figure(code, at)
        common = (code, entry.name, at.entity, at.key, self._period(at))
        of = self.plan.columns[code].type
        if isinstance(entry, Item):
            clause = citation(self.book, entry)
            shown = value_text(found.value, of, of.scale)
            return Explanation("item", *common, of.unit, found.value, shown, "", "", found.reasons, clause, entry.note)
        clause = citation_in(self.book, entry, at.ordinal)
        of = self.book.expressions.types.get(code, self.book.expressions.trees[code].type)
        rule, version = self.book.rule_in(code, at.ordinal)
        node, written = rule or tree.Literal(None, of), entry.expr or (version.expr if version else "")
        scale = self.plan.shown_scale(code) if of.kind == "number" else None
        value = found.value
        if isinstance(value, Fraction) and isinstance(entry, Derived) and scale is not None:
            shown = value_text(rounded(value, scale, entry.rounding), of, scale)
        else:
            shown = value_text(value, of, scale)
        # An entry that is nothing but an aggregate tells of it itself.
        whole = self._aggregate(node, at) if isinstance(node, tree.Aggregate) else None
        return Explanation(
            "check" if isinstance(entry, Check) else "derived",
            *common,
            of.unit,
            value,
            shown,
            " ".join(written.split()),
            "" if whole or not written else self._substituted(node, at),
            found.reasons,
            clause,
            entry.note,
            self._conditions(node, at) if written else (),
            whole.aggregation if whole else None,
            () if whole else self._parts(node, at),
        )

    def _parts(self, node: Node, at: At) -> tuple[Explanation, ...]:
        """An explanation of each figure, aggregate, earlier value and parameter that ``node`` names."""
        found: dict[int, Explanation] = {}

        def add(part: Explanation) -> None:
            found[id(part)] = part

        stack = [node]
        while stack:
            part = stack.pop()
            match part:
                case tree.Figure(code):
                    add(self.figure(code, at))
                case tree.Aggregate():
                    add(self._aggregate(part, at))
                case tree.Prior():
                    add(self._prior(part, at))
                case tree.Param(code) | tree.Band(_, code):
                    add(self._parameter(part, code, at))
                    stack.extend(tree.children(part))
                case _:
                    stack.extend(reversed(tree.children(part)))
        return tuple(found.values())

    def _aggregate(self, node: tree.Aggregate, at: At) -> Explanation:
        if (node, at) not in self.seen:
            result = self.evaluator.aggregate(node, at)
            below = self.book.entities[node.entity].name
            name = Text(
                f"{below.zh}的{_AGGREGATE[node.function].zh}", f"{_AGGREGATE[node.function].en} over {below.en}"
            )
            largest = sorted(result.counted, key=lambda one: (-abs(cast(Fraction, one.found.value)), one.at.key))
            aggregation = Aggregation(
                node.entity,
                node.function,
                result.expected,
                result.known,
                Fraction(node.min_coverage),
                tuple(map(_contributor, largest[:LISTED])),
                tuple(map(_contributor, result.missing[:LISTED])),
            )
            text = formula(node)
            found = result.found
            shown = self._shown(found, node.type)
            citation_, note = None, Text("", "")
            operand = node.operand.operand if isinstance(node.operand, tree.Round) else node.operand
            if isinstance(operand, tree.Figure):
                entry = self.book.entry(operand.code)
                name = Text(f"{name.zh}：{entry.name.zh}", f"{name.en}: {entry.name.en}")
                citation_, note = citation(self.book, entry), entry.note
            self.seen[node, at] = Explanation(
                "aggregate", text, name, at.entity, at.key, self._period(at), node.type.unit, found.value, shown,
                text, "", found.reasons, citation_, note, (), aggregation,
            )  # fmt: skip
        return self.seen[node, at]

    def _prior(self, node: tree.Prior, at: At) -> Explanation:
        if (node, at) not in self.seen:
            earlier = At(at.entity, at.key, at.ordinal - node.periods)
            found = self.evaluator.node(node, at)
            name = Text(f"{self._period(earlier)} 的值", f"value of {self._period(earlier)}")
            there = self.evaluator.exists(earlier)
            self.seen[node, at] = Explanation(
                "prior", formula(node), name, at.entity, at.key, self._period(earlier), node.type.unit, found.value,
                self._shown(found, node.type), formula(node), self._substituted(node.operand, earlier) if there else "",
                found.reasons, children=self._parts(node.operand, earlier) if there else (),
            )  # fmt: skip
        return self.seen[node, at]

    def _parameter(self, node: tree.Param | tree.Band, code: str, at: At) -> Explanation:
        parameter = self.book.parameters[code]
        found = self.evaluator.node(node, at)
        held = value_in(parameter, at.ordinal, self.book.frequency)
        clause, text = citation(self.book, parameter), formula(node)
        if held is not None:
            clause = citation(self.book, parameter, held.source, held.confidence if held.source else None)
            span = f"{held.from_} … {held.to or ''}".strip()
            text = f"{text} [{span}]"
            if isinstance(node, tree.Band) and held.bands:
                operand = self.evaluator.node(node.operand, at).value
                if isinstance(operand, Fraction):
                    text = f"{text} {band_words(held.bands, band_of(held.bands, operand))} {parameter.band_unit}"
        return Explanation(
            "parameter", code, parameter.name, at.entity, at.key, self._period(at), node.type.unit, found.value,
            self._shown(found, node.type), text, "", found.reasons, clause, parameter.note,
        )  # fmt: skip

    def _conditions(self, node: Node, at: At) -> tuple[Condition, ...]:
        """What keeps a condition from being true; nothing for other expressions and for true ones."""
        if node.type.kind != "boolean" or self.evaluator.node(node, at).value is True:
            return ()
        found = []
        for atom in _to_blame(node, True, lambda part: self.evaluator.node(part, at).value):
            holds = cast("bool | None", self.evaluator.node(atom, at).value)
            margin, unit = None, atom.type.unit
            if isinstance(atom, tree.Compare) and atom.left.type.kind == "number":
                left, right = (self.evaluator.node(side, at).value for side in (atom.left, atom.right))
                unit = atom.left.type.unit
                if isinstance(left, Fraction) and isinstance(right, Fraction):
                    margin = left - right
            found.append(Condition(formula(atom), self._substituted(atom, at), holds, margin, unit))
        return tuple(found)

    def _substituted(self, node: Node, at: At) -> str:
        def words(part: Node) -> str | None:
            if isinstance(part, (tree.Figure, tree.Aggregate, tree.Prior, tree.Param, tree.Band)):
                return self._shown(self.evaluator.node(part, at), part.type)
            return None

        return formula(node, words)

    def _shown(self, found: Found, of: Type) -> str:
        """A value inside a formula: a number with all of its decimals, a quotient with a few."""
        if isinstance(found.value, Fraction) and of.scale is None:
            return short_text(found.value)
        return value_text(found.value, of, of.scale)

    def _period(self, at: At) -> str:
        return period_text(at.ordinal, self.book.frequency)


UNKNOWN = "?"
"""How an unknown value is shown inside a formula."""

_AGGREGATE = {
    "count": Text("数目", "number"),
    "sum": Text("合计", "sum"),
    "avg": Text("平均", "mean"),
    "min": Text("最小", "least"),
    "max": Text("最大", "greatest"),
}


def value_text(value: Constant, of: Type, scale: int | None) -> str:
    """A value as text: numbers with ``scale`` decimals and grouped digits, unknown as ``?``."""
    if value is None:
        return UNKNOWN
    if isinstance(value, Fraction):
        return decimal_text(value, scale or 0, group=True)
    return constant_text(tree.Literal(value, of))


def _contributor(one: Contribution) -> Contributor:
    return Contributor(one.at.key, cast("Fraction | None", one.found.value), one.found.reasons)


def _to_blame(node: Node, wanted: bool, value_of: Callable[[Node], Constant]) -> Iterable[Node]:
    """The comparisons and figures inside a condition that keep it from being ``wanted``."""
    match node:
        case tree.Logic(_, parts):
            for part in parts:
                yield from _to_blame(part, wanted, value_of)
        case tree.Not(tree.Known()):
            if value_of(node) is not wanted:
                yield node
        case tree.Not(operand):
            yield from _to_blame(operand, not wanted, value_of)
        case _:
            if value_of(node) is not wanted:
                yield node

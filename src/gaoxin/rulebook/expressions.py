"""All expressions of a book: parsed, put in order, typed; what is wrong with each of them."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, replace
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

from sqlglot import exp

from gaoxin.rulebook import tree
from gaoxin.rulebook.entries import Check, Derived, Rule
from gaoxin.rulebook.findings import Finding
from gaoxin.rulebook.kinds import KIND, Untyped, declared_unit, is_bare_zero, shown_unit, unit_clash, widest
from gaoxin.rulebook.source import Steps
from gaoxin.rulebook.syntax import ExpressionError, names, parse_expression
from gaoxin.rulebook.tree import BOOLEAN, Node, Type
from gaoxin.rulebook.typecheck import Scope
from gaoxin.rulebook.units import UnitError, unit
from gaoxin.words import Text

if TYPE_CHECKING:
    from gaoxin.rulebook.book import Book


MAX_CHAIN = 40
"""Longest chain of entries of which each uses the next: more than a reader, or an engine, could follow."""


@dataclass(frozen=True)
class Expressions:
    """The expressions of a book.

    ``trees`` has the typed tree of every derived entry and check, in an order in which each comes after those it rests
    on; ``types`` the type of every derived entry as its declared unit names it; ``uses`` the entries that each names.
    """

    trees: Mapping[str, Node]
    types: Mapping[str, Type]
    uses: Mapping[str, frozenset[str]]
    findings: tuple[Finding, ...]


def typed_expressions(book: Book, broken: Set[str] = frozenset()) -> Expressions:
    """Parse and type every expression of ``book``; names of ``broken`` entries are passed over in silence."""
    findings = _reserved(book)
    entries: dict[str, Derived | Check] = {**book.derived, **book.checks}
    parsed: dict[str, dict[Steps, exp.Expr]] = {}
    for code, entry in entries.items():
        expressions: dict[Steps, exp.Expr] = {}
        written = _written(entry)
        for at, text in written.items():
            try:
                expressions[at] = parse_expression(text)
            except ExpressionError as error:
                findings.append(book.finding(code, error.message, error.remedy, *at))
        if len(expressions) == len(written):
            parsed[code] = expressions
    uses = {
        code: frozenset(name for expression in expressions.values() for name in names(expression)) & book.entries.keys()
        for code, expressions in parsed.items()
    }

    order, circular = _ordered(book, uses)
    findings.extend(circular)
    trees: dict[str, Node] = {}
    types: dict[str, Type | None] = dict.fromkeys(book.derived)
    for code in order:
        entry, at = entries[code], ()
        nodes: dict[Steps, Node] = {}
        try:
            if entry.entity not in book.entities:
                continue
            for at, expression in parsed[code].items():
                nodes[at] = Scope(book, entry, entry.entity, types, frozenset(broken)).node(expression)
                _check_declaration(entry, nodes[at])
            node = nodes[("expr",)] if entry.expr else _dated(entry, nodes)
        except ExpressionError as error:
            findings.append(book.finding(code, error.message, error.remedy, *at))
        except (Untyped, UnitError):
            continue
        else:
            trees[code] = node
            if isinstance(entry, Derived):
                declared = entry.unit is not None and node.type.kind == "number"
                types[code] = replace(node.type, unit=declared_unit(code, entry.unit or "")) if declared else node.type
    known = {code: of for code, of in types.items() if of is not None}
    return Expressions(trees, known, uses, tuple(findings))


def _written(entry: Rule) -> dict[Steps, str]:
    """The expressions of an entry, by the place where each is written."""
    if entry.expr:
        return {("expr",): entry.expr}
    return {("versions", i, "expr"): version.expr for i, version in enumerate(entry.versions) if version.expr}


def _short_chains(
    book: Book, order: list[str], uses: Mapping[str, frozenset[str]], findings: list[Finding]
) -> list[str]:
    """``order`` without the entries that rest on too long a chain of others; the first of them is reported."""
    length: dict[str, int] = {}
    for code in order:
        length[code] = 1 + max((length[used] for used in uses[code]), default=0)
        if length[code] == MAX_CHAIN + 1:
            zh = f"{code} 依次引用了超过 {MAX_CHAIN} 个条目"
            en = f"{code} rests on a chain of more than {MAX_CHAIN} entries"
            remedy = Text("请合并其中一些。", "Join some of them.")
            findings.append(book.finding(code, Text(zh, en), remedy, "expr"))
    return [code for code in order if length[code] <= MAX_CHAIN]


def _dated(entry: Derived | Check, nodes: Mapping[Steps, Node]) -> tree.Dated:
    """The versions of an entry as one node; those that are known must give one kind and one unit."""
    given = list(nodes.values())
    leading = next((node for node in given if not is_bare_zero(node)), given[0] if given else None)
    if leading is None:
        of = BOOLEAN if not isinstance(entry, Derived) or entry.unit is None else Type("number", unit(entry.unit), 0)
    else:
        for node in given:
            if node.type.kind != leading.type.kind:
                one, other = KIND[leading.type.kind], KIND[node.type.kind]
                zh, en = f"各期结果不同类：{one.zh}与{other.zh}", f"the versions differ: {one.en} and {other.en}"
                raise ExpressionError(Text(zh, en))
            if node.type.unit != leading.type.unit and not is_bare_zero(node):
                raise unit_clash(leading.type.unit, node.type.unit)
        of = replace(widest(given), unit=leading.type.unit)
    versions = tuple(
        tree.Version(version.from_, version.to, nodes.get(("versions", i, "expr")), version.unknown, version.settled_by)
        for i, version in enumerate(entry.versions)
    )
    return tree.Dated(versions, entry.in_force, of)


def _reserved(book: Book) -> list[Finding]:
    """Codes that an expression could not name, because they are words of the language."""
    findings = []
    for code in book.entries:
        try:
            plain = parse_expression(code)
        except ExpressionError:
            plain = None
        if not isinstance(plain, exp.Column) or plain.name != code:
            message = Text(f"{code} 是表达式的保留字", f"{code} is a word of the expression language")
            findings.append(book.finding(code, message, Text("换一个代码。", "Choose another code."), "code"))
    return findings


def _ordered(book: Book, uses: Mapping[str, frozenset[str]]) -> tuple[list[str], list[Finding]]:
    """Codes after those they use; entries of a cycle are left out and reported."""
    findings: list[Finding] = []
    left = {code: used & uses.keys() for code, used in uses.items()}
    while True:
        try:
            order = list(TopologicalSorter(left).static_order())
            return _short_chains(book, order, left, findings), findings
        except CycleError as error:
            cycle: list[str] = error.args[1][::-1]
            path = " → ".join(cycle)
            message = (
                Text(f"{cycle[0]} 用到了它自己", f"{cycle[0]} uses itself")
                if len(cycle) == 2
                else Text(f"循环引用：{path}", f"these entries use each other in a circle: {path}")
            )
            remedy = Text("上一期的值也不能引用自己。", "Not even the value of an earlier period can be its own.")
            findings.append(book.finding(cycle[0], message, remedy, "expr"))
            left = {code: used - set(cycle) for code, used in left.items() if code not in cycle}


def _check_declaration(entry: Derived | Check, node: Node) -> None:
    of = node.type
    if isinstance(entry, Check):
        if of.kind != "boolean":
            kind = KIND[of.kind]
            raise ExpressionError(Text(f"审核应是条件，这里是{kind.zh}", f"a check is a condition, this is {kind.en}"))
        return
    if of.kind != "number":
        if entry.unit is not None or entry.scale is not None:
            kind = KIND[of.kind]
            zh, en = f"结果是{kind.zh}，没有单位和小数位", f"the result is {kind.en}; it has neither unit nor scale"
            raise ExpressionError(Text(zh, en))
        return
    if entry.unit is None:
        return
    declared = declared_unit(entry.code, entry.unit)
    if declared != of.unit and not is_bare_zero(node):
        remedy = Text("", "")
        if declared.dimension == of.unit.dimension:
            to = declared.say("zh") or "1"
            remedy = Text(f"用 convert(…, '{to}') 换算。", f"Convert it: convert(…, '{to}').")
        said, found = shown_unit(declared), shown_unit(of.unit)
        zh = f"写明的单位是 {said.zh}，表达式得出 {found.zh}"
        en = f"the unit is declared as {said.en}, the expression gives {found.en}"
        raise ExpressionError(Text(zh, en), remedy)

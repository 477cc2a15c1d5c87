"""The clauses behind an answer, and how far each is confirmed."""

from __future__ import annotations

from collections.abc import Iterable

from gaoxin.incentives.comparisons import rule_in
from gaoxin.rulebook import tree
from gaoxin.rulebook.book import Book
from gaoxin.rulebook.entries import Clause, Confidence, Item
from gaoxin.rulebook.explain import Citation, citation
from gaoxin.rulebook.parameters import value_in
from gaoxin.rulebook.tree import Node

WEAKEST: tuple[Confidence, ...] = ("unknown", "secondary", "inferred", "quoted", "official")
"""The confidence marks, weakest first."""


def cited(book: Book, clause: Clause | None, confidence: Confidence) -> Citation | None:
    """A clause with its document; None where none is named."""
    if clause is None:
        return None
    document = book.documents[clause.document]
    return Citation(document.title, document.number, clause.article, confidence, document.url)


def clause_in(book: Book, code: str, ordinal: int) -> Citation | None:
    """The clause of a derived figure in the period: that of its version where it has one of its own."""
    entry, node = book.derived[code], book.expressions.trees[code]
    if isinstance(node, tree.Dated):
        version = tree.version_in(node, ordinal, book.frequency)
        said = None if version is None else entry.versions[node.versions.index(version)]
        if said is not None and said.source is not None:
            return citation(book, entry, said.source, said.confidence)
    return citation(book, entry)


def rests_on(book: Book, codes: Iterable[str], ordinal: int) -> tuple[Citation, ...]:
    """The clauses of all rules and parameters behind ``codes`` in the period, the least confirmed first."""
    found: dict[Citation, None] = {}
    seen: set[str] = set()
    stack = list(codes)
    while stack:
        code = stack.pop()
        if code in seen:
            continue
        seen.add(code)
        if isinstance(book.entries[code], Item):
            continue
        clause = clause_in(book, code, ordinal)
        if clause is not None:
            found[clause] = None
        rule = rule_in(book, code, ordinal)
        for node in () if rule is None else tree.walk(rule):
            if isinstance(node, tree.Figure):
                stack.append(node.code)
            parameter = _parameter_clause(book, node, ordinal)
            if parameter is not None:
                found[parameter] = None
    return tuple(sorted(found, key=lambda clause: WEAKEST.index(clause.confidence)))


def _parameter_clause(book: Book, node: Node, ordinal: int) -> Citation | None:
    if not isinstance(node, (tree.Param, tree.Band)):
        return None
    parameter = book.parameters[node.code]
    held = value_in(parameter, ordinal, book.frequency)
    if held is not None and held.source is not None:
        return citation(book, parameter, held.source, held.confidence)
    return citation(book, parameter)

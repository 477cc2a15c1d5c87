"""The clauses behind an answer, and how far each is confirmed."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from gaoxin.rulebook import tree
from gaoxin.rulebook.book import Book
from gaoxin.rulebook.entries import Clause, Confidence, Item
from gaoxin.rulebook.explain import Citation, citation, citation_in
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


def rests_on(book: Book, codes: Iterable[str], ordinal: int) -> tuple[Citation, ...]:
    """The clauses of all rules and parameters behind ``codes`` in the period, the least confirmed first."""
    return _rests_on(book, tuple(codes), ordinal)


@lru_cache(maxsize=4096)
def _rests_on(book: Book, codes: tuple[str, ...], ordinal: int) -> tuple[Citation, ...]:
    # The same for every firm, and the most expensive part of an answer.
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
        clause = citation_in(book, book.derived[code], ordinal)
        if clause is not None:
            found[clause] = None
        rule, _ = book.rule_in(code, ordinal)
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

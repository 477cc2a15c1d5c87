"""Proofs as plain data for programs: exact numbers as text, every text in both languages, examples as facts to run."""

from __future__ import annotations

import datetime
from fractions import Fraction
from typing import Any

from gaoxin.proofs.outcomes import Cliff, Example, Outcome
from gaoxin.proofs.proving import Proofs
from gaoxin.proofs.wording import cliff_words, result_unit
from gaoxin.rulebook.book import Book
from gaoxin.rulebook.evaluate import Rows
from gaoxin.rulebook.explain import Citation, citation_in
from gaoxin.rulebook.formula import decimal_text
from gaoxin.rulebook.narrate import CONFIDENCE
from gaoxin.rulebook.periods import period_ordinal, period_text
from gaoxin.rulebook.tree import Constant
from gaoxin.words import Text


def proofs_data(proofs: Proofs) -> dict[str, Any]:
    """Everything that came out, for JSON."""
    book = proofs.book
    return {
        "book": book.name,
        "period": proofs.period,
        "instrument": proofs.instrument or None,
        "time_limit_seconds": proofs.effort.seconds,
        "outcomes": [outcome_data(proofs, outcome) for outcome in proofs.outcomes],
    }


def outcome_data(proofs: Proofs, outcome: Outcome) -> dict[str, Any]:
    """One property and its verdict."""
    verdict, book = outcome.verdict, proofs.book
    return {
        "property": outcome.name,
        "kind": outcome.kind,
        "statement": _both(outcome.statement),
        "instrument": outcome.instrument or None,
        "state": verdict.state,
        "expected": outcome.expected,
        "unexpected": outcome.surprising,
        "detail": _both(verdict.detail),
        "seconds": round(outcome.seconds, 3),
        "why": None if outcome.why is None else _both(outcome.why),
        "source": _source(outcome.citation),
        "example": None if verdict.example is None else example_data(book, verdict.example),
        "beyond": None if verdict.beyond is None else example_data(book, verdict.beyond),
        "cliffs": [cliff_data(proofs, cliff) for cliff in verdict.cliffs],
        "complete": verdict.complete,
    }


def cliff_data(proofs: Proofs, cliff: Cliff) -> dict[str, Any]:
    """One cliff with the reporter that shows it."""
    book = proofs.book
    decimals = book.items[cliff.figure].decimals or 0
    ordinal = period_ordinal(proofs.period, book.frequency)
    return {
        "figure": cliff.figure,
        "name": _both(book.items[cliff.figure].name),
        "unit": book.items[cliff.figure].unit,
        "before": decimal_text(cliff.before, decimals),
        "after": decimal_text(cliff.after, decimals),
        "result_unit": result_unit(book, cliff),
        "kept_before": str(cliff.kept_before),
        "kept_after": str(cliff.kept_after),
        "lost": str(cliff.lost),
        "no_one_loses_more": cliff.most,
        "made_good_at": None if cliff.recovers is None else decimal_text(cliff.recovers, decimals),
        "never_made_good": cliff.never,
        "causes": [
            {
                "code": code,
                "name": _both(book.entry(code).name),
                "source": _source(citation_in(book, book.derived[code], ordinal)) if code in book.derived else None,
            }
            for code in cliff.causes
        ],
        "words": _both(cliff_words(book, cliff)),
        "example": example_data(book, cliff.example),
    }


def example_data(book: Book, example: Example) -> dict[str, Any]:
    """A reporter as facts that can be run, with what they give."""
    return {
        "facts": facts_data(book, example.rows),
        "shown": [item.code for item, _, _ in example.shown],
        "gives": {code: _plain(value) for code, value in example.claims.items()},
    }


def facts_data(book: Book, rows: Rows) -> dict[str, list[dict[str, Any]]]:
    """Returns as facts are written by hand (``rulebook.facts`` reads them back)."""
    found: dict[str, list[dict[str, Any]]] = {}
    for entity, returns in rows.returns.items():
        parent = book.entities[entity].parent
        for (key, ordinal), row in returns.items():
            head = {entity: key, "period": period_text(ordinal, book.frequency)}
            if parent is not None:
                head[parent] = row.parent or ""
            figures = {code: _figure(book, code, value) for code, value in row.figures.items()}
            found.setdefault(entity, []).append({**head, **figures})
    return found


def _figure(book: Book, code: str, value: Constant) -> object:
    if isinstance(value, Fraction):
        return decimal_text(value, book.items[code].decimals or 0)
    return _plain(value)


def _plain(value: Constant) -> object:
    if isinstance(value, Fraction):
        return str(value)
    return value.isoformat() if isinstance(value, datetime.date) else value


def _both(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en or text.zh}


def _source(citation: Citation | None) -> dict[str, Any] | None:
    if citation is None:
        return None
    return {
        "title": _both(citation.title),
        "number": citation.number or None,
        "article": citation.article or None,
        "confidence": citation.confidence,
        "confidence_words": _both(CONFIDENCE[citation.confidence]),
    }

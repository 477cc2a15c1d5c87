"""Whether what Z3 found is so: every example is computed by the exact evaluator and by the engine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from gaoxin.engines.duckdb import run
from gaoxin.engines.rows import as_tables
from gaoxin.proofs.outcomes import Example
from gaoxin.rulebook.book import Book
from gaoxin.rulebook.evaluate import Evaluator, Row, Rows, rounded
from gaoxin.rulebook.periods import period_text
from gaoxin.rulebook.plan import Plan
from gaoxin.rulebook.tree import Constant


def unconfirmed(book: Book, examples: Sequence[Example]) -> frozenset[int]:
    """The places in ``examples`` of those of which the evaluator or the engine says otherwise.

    ``examples`` are all of one entity and period. The engine computes together those that agree on who has reported at
    all, as so many reporters.
    """
    wrong = {
        number
        for number, example in enumerate(examples)
        if any(
            Evaluator(book, example.rows).figure(code, example.at).value != value for code, value in _claims(example)
        )
    }
    groups: dict[frozenset[tuple[str, frozenset[int]]], dict[int, Example]] = {}
    for number, example in enumerate(examples):
        groups.setdefault(frozenset(example.rows.present.items()), {})[number] = example
    for group in groups.values():
        wrong |= _denied(book, group)
    return frozenset(wrong)


def _denied(book: Book, examples: Mapping[int, Example]) -> set[int]:
    """The numbers of the examples of which the engine says otherwise."""
    at = next(iter(examples.values())).at
    codes = list(dict.fromkeys(code for example in examples.values() for code in example.claims))
    plan = book.compile(codes, periods=[period_text(at.ordinal, book.frequency)])
    with run(plan, as_tables(book, _together(book, examples))) as outcome:
        computed = {row[at.entity]: row for row in outcome.values(at.entity).to_pylist()}
    return {
        number
        for number, example in examples.items()
        if any(
            computed.get(f"{number}:{at.key}", {}).get(code) != _shown(plan, code, value)
            for code, value in _claims(example)
        )
    }


def _claims(example: Example) -> Iterable[tuple[str, Constant]]:
    return example.claims.items()


def _together(book: Book, examples: Mapping[int, Example]) -> Rows:
    """The returns of all examples, with keys of their own."""
    returns: dict[str, dict[tuple[str, int], Row]] = {}
    for number, example in examples.items():
        for entity, rows in example.rows.returns.items():
            for (key, ordinal), row in rows.items():
                parent = None if row.parent is None else f"{number}:{row.parent}"
                returns.setdefault(entity, {})[f"{number}:{key}", ordinal] = Row(parent, row.figures)
    order = {entity: number for number, entity in enumerate(book.entities)}
    present = {entity: frozenset(ordinal for _, ordinal in rows) for entity, rows in returns.items()}
    return Rows(dict(sorted(returns.items(), key=lambda one: order[one[0]])), present)


def _shown(plan: Plan, code: str, value: Constant) -> object:
    """An exact value as the engine shows it."""
    if not isinstance(value, Fraction):
        return value
    entry = plan.book.derived.get(code)
    exact = rounded(value, plan.shown_scale(code), entry.rounding if entry is not None else "half_up")
    return Decimal(exact.numerator) / Decimal(exact.denominator)

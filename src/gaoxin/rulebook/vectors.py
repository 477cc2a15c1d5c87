"""Test vectors: what a book must give for facts that somebody has worked out, with the origin of each.

They stand under ``vectors`` in files ``vectors*.yaml`` beside the rules::

    vectors:
      - id: RD-09
        period: 2023
        status: unit_test
        document: {document: sta-2021-28}
        facts: {firm: {rd_core: 900000, rd_other: 120000}}
        expect: {rd_base: 1000000}
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, Literal, cast

from pydantic import Field

from gaoxin.problems import InputError
from gaoxin.rulebook.book import Book
from gaoxin.rulebook.entries import MAX_SCALE, Clause, Model, Title
from gaoxin.rulebook.evaluate import At, Evaluator, Found, Rows, rounded
from gaoxin.rulebook.facts import ONLY, read_facts
from gaoxin.rulebook.findings import BookError, Finding
from gaoxin.rulebook.periods import period_ordinal
from gaoxin.rulebook.source import Source, Steps, read_source, shown_path
from gaoxin.rulebook.validation import validated
from gaoxin.words import Text

Status = Literal["official_example", "exercise", "unit_test", "derived", "negative"]
Expected = bool | Decimal | str | None
"""What a figure must be: true or false, an exact number, a text; None for unknown."""

_TRUTH: dict[str, bool] = {"entitled": True, "true": True, "not_entitled": False, "false": False}


class Vector(Model):
    """One worked case.

    ``status`` says who worked it out: an official example, an exercise, somebody's unit test, derived from the rule by
    arithmetic, or ``negative``: a mistake met elsewhere that must not be repeated. ``expect`` gives figures of the
    reporter ``key`` by code. ``like`` names an earlier vector whose facts are taken over; those written here replace
    them, an empty one makes it unknown.
    """

    id: Annotated[str, Field(min_length=1)]
    period: str
    status: Status
    document: Clause
    like: str | None = None
    facts: dict[str, Any] = Field(default_factory=dict)
    expect: Annotated[dict[str, str | bool], Field(min_length=1)]
    key: str = ONLY
    note: Title = Text("", "")

    def rows(self, book: Book) -> Rows:
        """The facts as rows; raises InputError."""
        return read_facts(book, self.facts, self.period)

    def expected(self, book: Book, code: str) -> Expected:
        """What ``code`` must be; raises ValueError where it is not written as such a figure is."""
        text = self.expect[code]
        if text == "unknown":
            return None
        kind = book.expressions.types[code].kind if code in book.derived else "boolean"
        if kind == "boolean":
            if isinstance(text, bool):
                return text
            if text not in _TRUTH:
                raise ValueError(text)
            return _TRUTH[text]
        if kind == "number":
            number = Decimal(str(text)) if isinstance(text, str) and text.strip("+-.0123456789") == "" else None
            if number is None:
                raise ValueError(text)
            return number
        return str(text)


@dataclass(frozen=True, slots=True)
class Miss:
    """A figure of a vector that is not what it must be; ``found`` says why where it is unknown."""

    vector: Vector
    code: str
    expected: Expected
    computed: Expected
    found: Found


def misses(book: Book, vectors: Iterable[Vector]) -> Iterator[Miss]:
    """Every figure of ``vectors`` that the book does not give, by exact evaluation."""
    for vector in vectors:
        evaluator = Evaluator(book, vector.rows(book))
        ordinal = period_ordinal(vector.period, book.frequency)
        for code in vector.expect:
            rule = book.derived.get(code) or book.checks[code]
            found = evaluator.figure(code, At(rule.entity, vector.key, ordinal))
            computed, expected = shown(book, code, found.value), vector.expected(book, code)
            if computed != expected:
                yield Miss(vector, code, expected, computed, found)


def shown(book: Book, code: str, value: object) -> Expected:
    """An exact value of ``code`` with the decimals and the rounding of its entry."""
    if not isinstance(value, Fraction):
        return cast("Expected", value)
    entry = book.derived[code]
    exact = rounded(value, entry.scale if entry.scale is not None else MAX_SCALE, entry.rounding)
    return Decimal(exact.numerator) / Decimal(exact.denominator)


def load_vectors(book: Book) -> tuple[Vector, ...]:
    """The test vectors of ``book``, checked against it.

    Raises
    ------
    BookError
        With every vector that is not well formed or names what the book does not have.
    """
    findings: list[Finding] = []
    vectors: list[Vector] = []
    for path in book.vectors:
        source = read_source(path, shown_path(path))
        rows = source.data.get("vectors") if isinstance(source.data, dict) and len(source.data) == 1 else None
        if not isinstance(rows, list):
            message = Text("文件应只有 vectors，其下是列表", "the file must hold vectors and nothing else, as a list")
            findings.append(Finding(message, file=source.file, line=1))
            continue
        for index, row in enumerate(rows):
            at: Steps = ("vectors", index)
            vector = validated(Vector, source, row, at)
            if isinstance(vector, list):
                findings.extend(vector)
                continue
            if vector.like is not None:
                base = next((earlier for earlier in vectors if earlier.id == vector.like), None)
                if base is None:
                    message = Text(f"前面没有案例 {vector.like}", f"no earlier vector {vector.like}")
                    findings.append(Finding(message, file=source.file, line=source.line(*at, "like"), entry=vector.id))
                    continue
                vector = vector.model_copy(update={"facts": _changed(base.facts, vector.facts)})
            findings.extend(_wrong(book, vector, source, at))
            vectors.append(vector)
    seen: set[str] = set()
    for vector in vectors:
        if vector.id in seen:
            findings.append(Finding(Text(f"{vector.id} 用了两次", f"{vector.id} is used twice"), entry=vector.id))
        seen.add(vector.id)
    if findings:
        raise BookError(findings)
    return tuple(vectors)


def _changed(facts: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """``facts`` with ``changes``: figure by figure where an entity has one row, as a whole where it has several."""
    changed = dict(facts)
    for entity, rows in changes.items():
        before = changed.get(entity)
        both = isinstance(before, Mapping) and isinstance(rows, Mapping)
        changed[entity] = {**cast("Mapping[str, Any]", before), **rows} if both else rows
    return changed


def _wrong(book: Book, vector: Vector, source: Source, at: Steps) -> list[Finding]:
    found: list[tuple[Text, Text, Steps]] = []
    nothing = Text("", "")
    if vector.document.document not in book.documents:
        name = vector.document.document
        found.append((Text(f"没有文件 {name}", f"no document {name}"), nothing, ("document",)))
    for code, value in vector.expect.items():
        if code not in book.derived and code not in book.checks:
            near = book.similar(code)
            remedy = Text(f"是否指 {near}？", f"Did you mean {near}?") if near else nothing
            found.append((Text(f"没有指标 {code}", f"no figure {code}"), remedy, ("expect", code)))
            continue
        try:
            vector.expected(book, code)
        except ValueError:
            message = Text(f"{code} 不会是 {value}", f"{code} cannot be {value}")
            remedy = Text(
                "写数、unknown、entitled 或 not_entitled。", "Write a number, unknown, entitled or not_entitled."
            )
            found.append((message, remedy, ("expect", code)))
    try:
        vector.rows(book)
    except InputError as error:
        found += [
            (problem.message, problem.remedy, ("facts", *([problem.item] if problem.item else [])))
            for problem in error.problems
        ]
    return [
        Finding(message, remedy, source.file, source.line(*at, *steps), vector.id) for message, remedy, steps in found
    ]

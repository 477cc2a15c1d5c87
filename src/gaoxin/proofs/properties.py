"""What a book says should hold of its rules: statements to prove, and findings that are known and cited.

They stand in files ``properties*.yaml`` beside the rules, as the vectors do::

    signed: [taxable_income]             # figures that may be below zero; no other number is
    assume:
      - {code: some_staff, entity: firm, name: {zh: …, en: …}, expr: "staff_total > 0"}
    always:
      - {code: tax_not_negative, entity: firm, name: {zh: …, en: …}, expr: "cit_small_tax >= 0"}
    monotone:
      - {code: tax_rises, entity: firm, name: …, result: cit_small_tax, in: [taxable_income], direction: rising}
    cliffs:
      - {code: keeps_after_tax, entity: firm, name: …, keeps: "taxable_income - cit_small_tax", expected: refuted}
    findings:
      - {property: "known:hn_cond_age", expected: refuted, why: {zh: …, en: …}, source: {document: …}}
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Annotated, Literal, TypeAlias, TypeVar

from pydantic import BeforeValidator, Field

from gaoxin.rulebook import tree
from gaoxin.rulebook.book import Book
from gaoxin.rulebook.entries import Clause, Code, Codes, Confidence, Derived, Exact, Expression, Model, Words, listed
from gaoxin.rulebook.findings import BookError, Finding
from gaoxin.rulebook.source import Source, Steps, read_source, shown_path
from gaoxin.rulebook.validation import validated
from gaoxin.words import Text

Expected: TypeAlias = Literal["proven", "refuted"]
Expressions = Annotated[tuple[Expression, ...], BeforeValidator(listed)]


class Expectation(Model):
    """How a proof should come out, and why where the rule itself is as it is."""

    expected: Expected = "proven"
    why: Words | None = None
    source: Clause | None = None
    confidence: Confidence = "unknown"


class Known(Expectation):
    """What is known of a property that any book has, by its name: ``known:hn_cond_rd``."""

    property: Annotated[str, Field(min_length=1)]


class Assumption(Model):
    """What is taken for granted of every reporter that is looked for."""

    code: Code
    entity: str
    name: Words
    expr: Expression


class Statement(Expectation):
    """What all statements share. ``given`` restricts the reporters that it speaks of."""

    code: Code
    entity: str
    name: Words
    instrument: str = ""
    given: Expressions = ()


class Always(Statement):
    """A condition that is never false."""

    expr: Expression


class Monotone(Statement):
    """A result that never falls (or rises) when one figure rises and nothing else changes."""

    result: Expression
    in_: Annotated[Codes, Field(alias="in", min_length=1)]
    direction: Literal["rising", "falling"]


class Cliffs(Statement):
    """What a reporter keeps never falls by more than ``least`` when one figure rises by its smallest step.

    ``along`` are the figures; without them all sizes behind ``keeps`` (figures that have a unit). ``example`` narrows
    down the reporter that shows a cliff, not the search.
    """

    keeps: Expression
    along: Codes = ()
    example: Expressions = ()
    least: Annotated[Exact, Field(ge=0)] = Decimal(1)


S = TypeVar("S", bound=Model)


@dataclass(frozen=True)
class Properties:
    """The statements about a book. ``book`` has their expressions among its derived figures, by the codes given below.

    ``result`` names the figure of a statement, ``given`` and ``example`` the conditions that go with it.
    """

    book: Book
    signed: frozenset[str] | None = None
    assume: tuple[Assumption, ...] = ()
    always: tuple[Always, ...] = ()
    monotone: tuple[Monotone, ...] = ()
    cliffs: tuple[Cliffs, ...] = ()
    findings: Mapping[str, Known] = field(default_factory=dict)

    @property
    def statements(self) -> tuple[Always | Monotone | Cliffs, ...]:
        """All statements, in the order of their kinds."""
        return (*self.always, *self.monotone, *self.cliffs)


def given_codes(statement: Statement) -> list[str]:
    """The codes of the conditions of ``statement``."""
    return [f"{statement.code}_given_{number}" for number in range(1, len(statement.given) + 1)]


def example_codes(statement: Cliffs) -> list[str]:
    """The codes of the conditions of its example."""
    return [f"{statement.code}_example_{number}" for number in range(1, len(statement.example) + 1)]


_KEYS: Mapping[str, type[Model]] = {
    "assume": Assumption,
    "always": Always,
    "monotone": Monotone,
    "cliffs": Cliffs,
    "findings": Known,
}


_GENERAL = ("bands", "possible", "known", "exclusive", "cliffs")
"""Kinds of the properties that any book has."""


def load_properties(book: Book) -> Properties:
    """The statements that stand beside the rules of ``book``, checked against it.

    Raises
    ------
    BookError
        With every statement that is not well formed, whose expression does not fit the book, or that names what the
        book does not have.
    """
    findings: list[Finding] = []
    read: dict[str, list[Model]] = {key: [] for key in _KEYS}
    places: dict[str, tuple[Source, Steps]] = {}
    signed: set[str] = set()
    for path in book.properties:
        source = read_source(path, shown_path(path))
        for key, rows in (source.data if isinstance(source.data, dict) else {"": None}).items():
            if key not in {"signed", *_KEYS} or not isinstance(rows, list):
                known = ", ".join(("signed", *_KEYS))
                message = Text(f"文件应由列表 {known} 组成", f"the file must hold lists called {known}")
                findings.append(Finding(message, file=source.file, line=source.line(key) if key else 1))
                continue
            for index, row in enumerate(rows):
                at: Steps = (key, index)
                if key == "signed":
                    signed.add(str(row))
                    if str(row) not in book.items:
                        findings.append(_missing(book, str(row), source, at))
                    continue
                entry = validated(_KEYS[key], source, row, at)
                if isinstance(entry, list):
                    findings.extend(entry)
                    continue
                read[key].append(entry)
                findings.extend(_references(book, entry, source, at))
                places.update(dict.fromkeys((one.code for one in _figures(entry)), (source, at)))
    if findings:
        raise BookError(findings)
    entries = [figure for rows in read.values() for entry in rows for figure in _figures(entry)]
    try:
        extended = book.with_derived(entries)
    except BookError as error:
        raise BookError([_placed(finding, places) for finding in error.findings]) from None
    result = Properties(
        book=extended,
        signed=frozenset(signed) if book.properties else None,
        assume=_of(Assumption, read["assume"]),
        always=_of(Always, read["always"]),
        monotone=_of(Monotone, read["monotone"]),
        cliffs=_of(Cliffs, read["cliffs"]),
        findings={one.property: one for one in _of(Known, read["findings"])},
    )
    findings = list(_wrong_kinds(result, places))
    if findings:
        raise BookError(findings)
    return result


def _figures(entry: Model) -> Iterator[Derived]:
    """The derived figures that a statement stands for."""
    match entry:
        case Assumption():
            yield Derived(code=entry.code, name=entry.name, entity=entry.entity, expr=entry.expr)
        case Statement():
            expr = {Always: "expr", Monotone: "result", Cliffs: "keeps"}[type(entry)]
            one = Derived(code=entry.code, name=entry.name, entity=entry.entity, expr=getattr(entry, expr))
            yield one
            yield from (
                one.model_copy(update={"code": code, "expr": given})
                for code, given in zip(given_codes(entry), entry.given, strict=True)
            )
            if isinstance(entry, Cliffs):
                yield from (
                    one.model_copy(update={"code": code, "expr": example})
                    for code, example in zip(example_codes(entry), entry.example, strict=True)
                )


def _of(kind: type[S], entries: list[Model]) -> tuple[S, ...]:
    return tuple(entry for entry in entries if isinstance(entry, kind))


def _references(book: Book, entry: Model, source: Source, at: Steps) -> Iterator[Finding]:
    if isinstance(entry, (Monotone, Cliffs)):
        key = "in" if isinstance(entry, Monotone) else "along"
        for index, code in enumerate(entry.in_ if isinstance(entry, Monotone) else entry.along):
            item = book.items.get(code)
            if item is None or item.entity != entry.entity or item.decimals is None:
                yield _missing(book, code, source, (*at, key, index))
    if isinstance(entry, Known):
        kind, *codes = entry.property.split(":")
        unknown = [code for code in codes if code not in book.entries and code not in book.benefits]
        if kind not in _GENERAL or not codes or unknown:
            example = "known:hn_cond_rd"
            zh, en = (
                f"没有性质 {entry.property}；写法如 {example}",
                f"no property {entry.property}; write it like {example}",
            )
            yield Finding(Text(zh, en), file=source.file, line=source.line(*at, "property"))
    if isinstance(entry, Expectation):
        if entry.source is not None and entry.source.document not in book.documents:
            name = entry.source.document
            line = source.line(*at, "source", "document")
            yield Finding(Text(f"没有文件 {name}", f"no document {name}"), file=source.file, line=line)
        if entry.expected == "refuted" and entry.why is None:
            message = Text("预期不成立的，要写明 why", "what is expected to be refuted must say why")
            yield Finding(message, file=source.file, line=source.line(*at))


def _missing(book: Book, code: str, source: Source, at: Steps) -> Finding:
    near = book.similar(code)
    remedy = Text(f"是否指 {near}？", f"Did you mean {near}?") if near else Text("", "")
    message = Text(f"{code} 不是该单位的数值项目", f"{code} is no numeric item of that entity")
    return Finding(message, remedy, source.file, source.line(*at))


def _placed(finding: Finding, places: Mapping[str, tuple[Source, Steps]]) -> Finding:
    """A finding about an expression of a statement, at the place where it is written."""
    if finding.entry is None or finding.entry not in places:
        return finding
    source, at = places[finding.entry]
    return replace(finding, file=source.file, line=source.line(*at))


def _wrong_kinds(found: Properties, places: Mapping[str, tuple[Source, Steps]]) -> Iterator[Finding]:
    """Statements whose expression is a number where a condition is needed, or the other way round."""
    numbers = {one.code for one in (*found.monotone, *found.cliffs)}
    for code in places:
        wanted = "number" if code in numbers else "boolean"
        node: tree.Node = found.book.expressions.trees[code]
        if node.type.kind != wanted:
            zh, en = ("数值", "a number") if wanted == "number" else ("条件", "a condition")
            yield _placed(Finding(Text(f"这里应为{zh}", f"this must be {en}"), entry=code), places)

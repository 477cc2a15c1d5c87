"""How an instrument changed over time: every benefit, parameter and dated rule with its dates, document and gaps."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal, TypeAlias

from gaoxin.incentives.clauses import cited
from gaoxin.problems import InputError, Problem
from gaoxin.rulebook.benefits import Benefit
from gaoxin.rulebook.book import Book
from gaoxin.rulebook.entries import Derived, Parameter, ParameterValue, Rule, Version
from gaoxin.rulebook.explain import Citation
from gaoxin.rulebook.narrate import CONFIDENCE
from gaoxin.rulebook.narrate import cited as citation_words
from gaoxin.rulebook.parameters import band_words
from gaoxin.words import Language, Text

SpanKind: TypeAlias = Literal["known", "unknown", "none", "gap"]
"""Known; not known, with what would settle it; known not to exist; not in the book at all."""
LineKind: TypeAlias = Literal["benefit", "parameter", "condition", "rule"]

KINDS: dict[LineKind, Text] = {
    "benefit": Text("优惠", "benefit"),
    "parameter": Text("参数", "parameter"),
    "condition": Text("条件", "condition"),
    "rule": Text("规则", "rule"),
}
"""The kinds of lines in words."""

_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """What holds between two days, both included; ``first`` or ``last`` None is open.

    ``says`` is the value with its unit, the bands, the rule, or what is not known.
    """

    first: datetime.date | None
    last: datetime.date | None
    kind: SpanKind
    says: Text
    settled_by: Text = Text("", "")
    citation: Citation | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One benefit, parameter, condition or rule, with its spans from the earliest to the latest."""

    kind: LineKind
    code: str
    name: Text
    unit: str
    spans: tuple[Span, ...]
    note: Text


@dataclass(frozen=True, slots=True)
class Timeline:
    """Everything of one instrument that has dates."""

    instrument: str
    name: Text
    lines: tuple[Line, ...]
    book: str
    version: str
    as_of: datetime.date

    @property
    def remarks(self) -> tuple[Text, ...]:
        """What every output says at its end: rulebook, day, how far the clauses are confirmed, no advice."""
        clauses = [span.citation for line in self.lines for span in line.spans if span.citation is not None]
        marks = Counter(clause.confidence for clause in dict.fromkeys(clauses))
        zh = "，".join(f"{CONFIDENCE[mark].zh} {number}" for mark, number in marks.items())
        en = ", ".join(f"{CONFIDENCE[mark].en} {number}" for mark, number in marks.items())
        return (
            Text(
                f"规则书 {self.book} {self.version}；截至 {self.as_of}",
                f"Rulebook {self.book} {self.version}; as of {self.as_of}",
            ),
            Text(f"所据条款：{zh}", f"Clauses: {en}"),
            Text("没有写明的日期不延续；不是税务意见。", "Nothing is extended past its dates. This is not tax advice."),
        )


def instruments(book: Book) -> dict[str, Text]:
    """The instruments of ``book`` with their names, in its order."""
    used = dict.fromkeys(benefit.instrument for benefit in book.benefits.values())
    named = {code: name for code, name in book.instruments.items() if code in used}
    return {**named, **{code: Text(code, code) for code in used if code not in named}}


def benefits_of(book: Book, instrument: str) -> tuple[Benefit, ...]:
    """The benefits of an instrument; raises InputError with similar names where there is none."""
    found = tuple(benefit for benefit in book.benefits.values() if benefit.instrument == instrument)
    if not found:
        names = instruments(book)
        near = ", ".join(get_close_matches(instrument, names, n=3, cutoff=0.4)) or ", ".join(names)
        message = Text(f"没有政策 {instrument}", f"no instrument {instrument}")
        remedy = Text(f"是否指 {near}？", f"Did you mean {near}?")
        raise InputError([Problem("instrument", "error", message, remedy, value=instrument)])
    return found


def written_in(book: Book, code: str) -> str:
    """The file in which an entry or benefit is written."""
    return book.origins[code].source.file if code in book.origins else ""


def timeline(book: Book, instrument: str, *, as_of: datetime.date) -> Timeline:
    """Every benefit, parameter and dated rule of ``instrument``, with dates, documents, unknown spans and gaps.

    That is all that stands in the files in which its benefits are written, and the parameters these use. ``as_of`` is
    the day for which it is told.

    Raises
    ------
    InputError
        There is no such instrument.

    Examples
    --------
    >>> from gaoxin.rulebook import load_book
    >>> history = timeline(load_book("incentives-cn"), "rd-super-deduction", as_of=datetime.date(2025, 3, 1))
    >>> (rate,) = [line for line in history.lines if line.code == "rd_rate_ic"]
    >>> [(str(span.first), str(span.last), span.kind, span.says.en) for span in rate.spans]
    ... # doctest: +NORMALIZE_WHITESPACE
    [('None', '2022-12-31', 'gap', 'not in the book (nothing is extended)'),
     ('2023-01-01', '2027-12-31', 'known', '1.20'),
     ('2028-01-01', 'None', 'gap', 'not in the book (nothing is extended)')]
    """
    benefits = benefits_of(book, instrument)
    lines = [*(_benefit(book, benefit) for benefit in benefits)]
    concerned = _concerned(book, benefits)
    conditions = {condition.code for benefit in book.benefits.values() for condition in benefit.conditions}
    for code, parameter in book.parameters.items():
        if code in concerned:
            lines.append(_parameter(book, parameter))
    figures = {code for benefit in book.benefits.values() for code in (benefit.code, benefit.amount_code)}
    for code, rule in (*book.derived.items(), *book.checks.items()):
        if code in concerned and code not in figures and _dated(rule, conditions):
            kind: LineKind = "condition" if code in conditions else "rule"
            lines.append(_rule(book, rule, kind))
    return Timeline(instrument, instruments(book)[instrument], tuple(lines), book.name, book.version, as_of)


def told(history: Timeline, language: Language = "zh") -> Iterator[str]:
    """The timeline as lines of text: every entry with its spans below it."""
    yield f"{history.name.say(language)}  {history.instrument}  ({history.book} {history.version})"
    for line in history.lines:
        unit = f" [{line.unit}]" if line.unit else ""
        yield ""
        yield f"{KINDS[line.kind].say(language)}  {line.name.say(language)}{unit}  {line.code}"
        yield from (f"  {span_dates(span)}  {span_words(span, language)}" for span in line.spans)
        if line.note.say(language):
            yield Text(f"  说明：{line.note.zh}", f"  note: {line.note.say(language)}").say(language)
    yield ""
    yield from (remark.say(language) for remark in history.remarks)


def span_dates(span: Span) -> str:
    """The dates of a span: ``2018-01-01 – 2020-12-31``, an open end left out."""
    first, last = ("…" if day is None else str(day) for day in (span.first, span.last))
    return f"{first:>10} – {last:<10}"


def span_words(span: Span, language: Language) -> str:
    """What a span says, with its clause and confidence or what would settle it."""
    if span.kind == "unknown":
        zh = f"未知：{span.says.zh}（可由此查明：{span.settled_by.zh}）"
        return Text(zh, f"unknown: {span.says.en} (would be settled by: {span.settled_by.en})").say(language)
    clause = f"  {citation_words(span.citation, language)}" if span.citation else ""
    return span.says.say(language) + clause


def _concerned(book: Book, benefits: tuple[Benefit, ...]) -> set[str]:
    """What is written in the files of the benefits, and the parameters of other files that it uses."""
    files = {written_in(book, benefit.code) for benefit in benefits}
    written = {code for code in book.entries if written_in(book, code) in files}
    used = {code for entry in written for code in book.expressions.uses.get(entry, ())}
    return written | (used & book.parameters.keys())


def _dated(rule: Rule, conditions: set[str]) -> bool:
    """Whether the rule has dates of its own: the spans of a condition are those of its benefit as long as it says one
    thing throughout."""
    said = {" ".join(version.expr.split()) for version in rule.versions} - {""}
    return len(said) != 1 if rule.code in conditions else bool(rule.versions)


def _benefit(book: Book, benefit: Benefit) -> Line:
    spans = [
        Span(
            valid.from_,
            valid.to,
            "known",
            Text("有效", "in force"),
            citation=cited(book, valid.source or benefit.source, valid.confidence),
        )
        for valid in benefit.valid
    ]
    spans += [Span(gap.from_, gap.to, "unknown", gap.what, gap.settled_by) for gap in benefit.unknown]
    for first, last in benefit.not_in_force():
        begins = None if first == datetime.date.min else first
        spans.append(Span(begins, last, "none", Text("没有这项政策", "there is no such benefit")))
    return Line("benefit", benefit.code, benefit.name, "", _without_gaps(spans), benefit.note)


def _parameter(book: Book, parameter: Parameter) -> Line:
    spans = [_span(book, parameter, value, _value_words(parameter, value)) for value in parameter.values]
    unit = "" if parameter.unit == "1" else parameter.unit
    return Line("parameter", parameter.code, parameter.name, unit, _without_gaps(spans), parameter.note)


def _rule(book: Book, rule: Rule, kind: LineKind) -> Line:
    spans = [_span(book, rule, version, Text(*(" ".join(version.expr.split()),) * 2)) for version in rule.versions]
    unit = (rule.unit or "") if isinstance(rule, Derived) else ""
    return Line(kind, rule.code, rule.name, "" if unit == "1" else unit, _without_gaps(spans), rule.note)


def _span(book: Book, entry: Parameter | Rule, one: ParameterValue | Version, says: Text) -> Span:
    if one.unknown is not None:
        return Span(one.from_, one.to, "unknown", one.unknown, one.settled_by or Text("", ""))
    clause, confidence = (one.source, one.confidence) if one.source else (entry.source, entry.confidence)
    return Span(one.from_, one.to, "known", says, citation=cited(book, clause, confidence))


def _value_words(parameter: Parameter, value: ParameterValue) -> Text:
    unit = "" if parameter.unit == "1" else f" {parameter.unit}"
    limit = "" if parameter.band_unit == "1" else f" {parameter.band_unit}"
    if not value.bands:
        return Text(*(f"{value.value}{unit}",) * 2)
    bands = [f"{band_words(value.bands, i)}{limit}: {band.value}{unit}" for i, band in enumerate(value.bands)]
    return Text("；".join(bands), "; ".join(bands))


def _without_gaps(spans: Iterable[Span]) -> tuple[Span, ...]:
    """``spans`` in order, with what is missing before, between and after them said."""
    return tuple(_filled(sorted(spans, key=lambda span: span.first or datetime.date.min)))


def _filled(spans: list[Span]) -> Iterator[Span]:
    nothing = Text("本书没有（不延续）", "not in the book (nothing is extended)")
    before: datetime.date | None = None
    for index, span in enumerate(spans):
        if index == 0 and span.first is not None:
            yield Span(None, span.first - _DAY, "gap", nothing)
        elif before is not None and span.first is not None and before + _DAY < span.first:
            yield Span(before + _DAY, span.first - _DAY, "gap", nothing)
        yield span
        before = span.last
    if before is not None:
        yield Span(before + _DAY, None, "gap", nothing)

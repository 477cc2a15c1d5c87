"""A book with some parameters and rules changed: what a hypothetical law would say.

A change is a YAML file of its own:

    change: {zh: 小型微利企业的所得上限提高到 500 万元, en: income cap of small firms raised to 5 million}

Parameters
----------
      - code: small_income_cap
        values: [{from: 2024-01-01, to: 2027-12-31, value: 5000000}]
    rules:
      - {code: rd_cond_industry, from: 2024-01-01, to: 2024-12-31, expr: "TRUE"}

Values and rules replace those of the book between their dates; outside them the book stays as it is. The changed book
is checked like any other, and its version says that it is hypothetical.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import BeforeValidator, Field

from gaoxin.rulebook.book import Book, Origin
from gaoxin.rulebook.entries import (
    Code,
    Derived,
    Expression,
    FirstDay,
    LastDay,
    Model,
    Parameter,
    ParameterValue,
    Span,
    Spans,
    Title,
    Version,
    listed,
)
from gaoxin.rulebook.findings import BookError, Finding
from gaoxin.rulebook.source import Source, read_source, shown_path
from gaoxin.rulebook.validation import validated
from gaoxin.words import Text

HYPOTHETICAL = "hypothetical"
"""Ends the edition of a changed book."""

_ONE_DAY = datetime.timedelta(days=1)
_ALWAYS = datetime.date.min


class ChangedParameter(Model):
    """Other values of a parameter, each between two dates."""

    code: Code
    values: Annotated[Spans[ParameterValue], Field(min_length=1)]


class ChangedRule(Model):
    """Another expression of a derived figure or a condition; without ``from`` at all times."""

    code: Code
    from_: FirstDay = Field(default=_ALWAYS, alias="from")
    to: LastDay = None
    expr: Expression


class _File(Model):
    change: Title
    parameters: Annotated[tuple[ChangedParameter, ...], BeforeValidator(listed)] = ()
    rules: Annotated[tuple[ChangedRule, ...], BeforeValidator(listed)] = ()


@dataclass(frozen=True, slots=True)
class Overlay:
    """A change as it was read: its title, and the codes of what it changes."""

    title: Text
    parameters: tuple[str, ...]
    rules: tuple[str, ...]
    source: Source

    @property
    def codes(self) -> tuple[str, ...]:
        """Everything that it changes."""
        return (*self.parameters, *self.rules)


def read_overlay(book: Book, path: Path) -> tuple[Book, Overlay]:
    """``book`` with the changes in the file at ``path``.

    Raises
    ------
    BookError
        With everything that is wrong, each finding with the line of the file.
    """
    source = read_source(path, shown_path(path))
    if not isinstance(source.data, dict):
        message = Text("文件应是“键: 值”", "the file must be a mapping of keys to values")
        remedy = Text("要有 change 和 parameters 或 rules。", "It needs change, and parameters or rules.")
        raise BookError([Finding(message, remedy, source.file, 1)])
    file = validated(_File, source, source.data, ())
    if not isinstance(file, _File):
        raise BookError(file)
    findings = list(_unknown(book, source, file))
    if not file.parameters and not file.rules:
        message = Text("没有写改变什么", "nothing is changed")
        remedy = Text("写 parameters 或 rules。", "Give parameters or rules.")
        findings.append(Finding(message, remedy, source.file, source.line("change")))
    if findings:
        raise BookError(findings)
    parameters, derived, origins = dict(book.parameters), dict(book.derived), dict(book.origins)
    for at, one in enumerate(file.parameters):
        parameters[one.code] = _changed_parameter(parameters[one.code], one)
        origins[one.code] = Origin(source, ("parameters", at))
    for at, rule in enumerate(file.rules):
        derived[rule.code] = _changed_rule(derived[rule.code], rule)
        origins[rule.code] = Origin(source, ("rules", at))
    title = file.change
    changed = replace(
        book,
        edition=f"{book.edition}-{HYPOTHETICAL}",
        title=Text(f"{book.title.zh}（假设：{title.say('zh')}）", f"{book.title.en} (hypothetical: {title.say('en')})"),
        parameters=parameters,
        derived=derived,
        origins=origins,
    ).checked()
    changed_parameters = tuple(one.code for one in file.parameters)
    return changed, Overlay(title, changed_parameters, tuple(rule.code for rule in file.rules), source)


def _unknown(book: Book, source: Source, file: _File) -> Iterable[Finding]:
    """Codes that the book does not have, that stand twice, or whose kind does not fit."""
    kinds: tuple[tuple[str, Sequence[ChangedParameter | ChangedRule], Iterable[str], Text], ...] = (
        ("parameters", file.parameters, book.parameters, Text("参数", "parameter")),
        ("rules", file.rules, book.derived, Text("派生指标或条件", "derived figure or condition")),
    )
    for key, entries, known, kind in kinds:
        seen: set[str] = set()
        for at, one in enumerate(entries):
            line = source.line(key, at, "code")
            if one.code not in known:
                near = book.similar(one.code)
                remedy = Text(f"是否指 {near}？", f"Did you mean {near}?") if near else Text("", "")
                message = Text(f"{book.name} 中没有{kind.zh} {one.code}", f"{book.name} has no {kind.en} {one.code}")
                yield Finding(message, remedy, source.file, line, one.code)
            elif one.code in seen and key == "parameters":
                message = Text(f"{one.code} 写了两次", f"{one.code} stands here twice")
                yield Finding(message, Text("合在一起写。", "Put its values together."), source.file, line, one.code)
            elif isinstance(one, ChangedParameter):
                yield from _unlike(book.parameters[one.code], one, source, at)
            seen.add(one.code)


def _unlike(parameter: Parameter, changed: ChangedParameter, source: Source, at: int) -> Iterable[Finding]:
    for index, value in enumerate(changed.values):
        if value.unknown is None and bool(value.bands) != parameter.banded:
            zh = "该参数是分档的，要写 bands" if parameter.banded else "该参数是一个数，要写 value"
            en = "the parameter is a table: give bands" if parameter.banded else "the parameter is a number: give value"
            line = source.line("parameters", at, "values", index)
            yield Finding(Text(zh, en), Text("", ""), source.file, line, changed.code)


def _changed_parameter(parameter: Parameter, changed: ChangedParameter) -> Parameter:
    kept = _around(parameter.values, changed.values)
    values = sorted((*kept, *changed.values), key=lambda value: value.from_)
    return parameter.model_copy(update={"values": tuple(values)})


def _changed_rule(entry: Derived, changed: ChangedRule) -> Derived:
    new = Version(from_=changed.from_, to=changed.to, expr=changed.expr)
    old = entry.versions
    if entry.expr:
        old = (Version(from_=_ALWAYS, expr=entry.expr, source=entry.source, confidence=entry.confidence),)
    versions = sorted((*_around(old, [new]), new), key=lambda version: version.from_)
    return entry.model_copy(update={"expr": "", "versions": tuple(versions)})


S = TypeVar("S", bound=Span)


def _around(spans: Iterable[S], new: Sequence[Span]) -> list[S]:
    """The parts of ``spans`` that lie outside the dates of ``new``."""
    rest = list(spans)
    for one in new:
        cut: list[S] = []
        for span in rest:
            before_end = one.from_ - _ONE_DAY if one.from_ > _ALWAYS else None
            if (span.to is not None and span.to < one.from_) or (one.to is not None and one.to < span.from_):
                cut.append(span)
                continue
            if before_end is not None and span.from_ <= before_end:
                cut.append(span.model_copy(update={"to": before_end}))
            if one.to is not None and (span.to is None or span.to > one.to):
                cut.append(span.model_copy(update={"from_": one.to + _ONE_DAY}))
        rest = cut
    return rest

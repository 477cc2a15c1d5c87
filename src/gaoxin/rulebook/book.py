"""A rulebook: its entries by code, and what they say about each other."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path

from gaoxin.rulebook import tree
from gaoxin.rulebook.benefits import Benefit
from gaoxin.rulebook.decisions import Decision
from gaoxin.rulebook.entries import (
    Check,
    Clause,
    Codelist,
    Derived,
    Document,
    Entity,
    Entry,
    Item,
    Parameter,
    Rule,
    Version,
)
from gaoxin.rulebook.expressions import Expressions, typed_expressions
from gaoxin.rulebook.findings import BookError, Finding
from gaoxin.rulebook.kinds import UNKNOWN_UNIT
from gaoxin.rulebook.periods import Frequency
from gaoxin.rulebook.plan import Plan, compile_book
from gaoxin.rulebook.source import Source, Steps
from gaoxin.rulebook.tree import Node
from gaoxin.rulebook.units import UnitError, known_units, unit
from gaoxin.words import Text


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an entry was written."""

    source: Source
    path: Steps

    def line(self, *field_: str | int) -> int:
        """Line of the entry, or of one of its fields."""
        return self.source.line(*self.path, *field_)


@dataclass(frozen=True, eq=False, repr=False)
class Book:
    """A loaded rulebook, those it extends included. ``load_book`` and ``with_derived`` give checked ones only.

    ``lists`` holds the codes (or prefixes) of every code list, read from its CSV where it has one. ``systems`` are the
    files of this book that hold an indicator system, ``vectors`` those with test vectors and ``properties`` those with
    properties to prove; these are read when they are asked for. ``benefits`` are the benefits as written, what they
    stand for is among ``derived``; ``instruments`` are the names of the instruments they belong to. ``decisions`` are
    the decision rules as written; their truth values are among ``derived`` too.
    """

    name: str
    edition: str
    title: Text
    frequency: Frequency
    entities: Mapping[str, Entity]
    documents: Mapping[str, Document]
    items: Mapping[str, Item]
    parameters: Mapping[str, Parameter]
    codelists: Mapping[str, Codelist]
    derived: Mapping[str, Derived]
    checks: Mapping[str, Check]
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    origins: Mapping[str, Origin] = field(default_factory=dict, repr=False)
    extends: tuple[str, ...] = ()
    systems: tuple[Source, ...] = ()
    benefits: Mapping[str, Benefit] = field(default_factory=dict)
    decisions: Mapping[str, Decision] = field(default_factory=dict)
    instruments: Mapping[str, Text] = field(default_factory=dict)
    vectors: tuple[Path, ...] = ()
    properties: tuple[Path, ...] = ()

    def __repr__(self) -> str:
        return f"Book({self.name} {self.version}, {len(self.entries)} entries)"

    def checked(self, earlier: Iterable[Finding] = ()) -> Book:
        """The book itself, when nothing is wrong with it; else BookError with all findings, the ``earlier`` ones first.

        Entries that could not be read at all (those of ``earlier``) are not reported again where others name them.
        """
        found = list(earlier)
        broken = {finding.entry for finding in found if finding.entry is not None}
        found += [*_names(self), *_references(self)]
        expressions = typed_expressions(self, broken)
        found += expressions.findings
        found += _truth_values(self, expressions, broken)
        if found:
            raise BookError(found)
        self.__dict__["expressions"] = expressions
        return self

    @cached_property
    def expressions(self) -> Expressions:
        """The typed trees of all derived entries and checks, and what each uses."""
        return typed_expressions(self)

    def dependents(self, code: str) -> tuple[str, ...]:
        """The derived entries and checks whose expression names ``code``, in alphabetical order."""
        return tuple(sorted(user for user, used in self.expressions.uses.items() if code in used))

    @cached_property
    def entries(self) -> Mapping[str, Entry]:
        """All entries by code."""
        return {**self.items, **self.parameters, **self.codelists, **self.derived, **self.checks}

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 of everything the book says, whatever the order and the comments of its files."""
        said = {
            "book": [self.name, self.frequency],
            "entities": {name: entity.model_dump(mode="json") for name, entity in self.entities.items()},
            "documents": {name: document.model_dump(mode="json") for name, document in self.documents.items()},
            "entries": {code: entry.model_dump(mode="json") for code, entry in self.entries.items()},
            "benefits": {code: benefit.model_dump(mode="json") for code, benefit in self.benefits.items()},
            "lists": {code: sorted(codes) for code, codes in self.lists.items()},
        }
        if self.decisions:
            said["decisions"] = {code: one.model_dump(mode="json") for code, one in self.decisions.items()}
        return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()

    @property
    def version(self) -> str:
        """Edition and the beginning of the content hash: ``2022.1+3f5a09c2d1e4``."""
        return f"{self.edition}+{self.content_hash[:12]}"

    def entry(self, code: str) -> Entry:
        """The entry ``code``; raises BookError with similar codes when there is none."""
        try:
            return self.entries[code]
        except KeyError:
            near = self.similar(code)
            raise BookError(
                [
                    Finding(
                        Text(f"{self.name} 中没有 {code}", f"{self.name} has no entry {code}"),
                        Text(f"是否指 {near}？", f"Did you mean {near}?") if near else Text("", ""),
                    )
                ]
            ) from None

    def rule_in(self, code: str, ordinal: int) -> tuple[Node | None, Version | None]:
        """The expression of the derived figure or check ``code`` that holds in the period, and the version it is of.

        The expression is None where no rule is known, the version where there is none or one rule holds at all times.
        """
        node = self.expressions.trees[code]
        if not isinstance(node, tree.Dated):
            return node, None
        version = tree.version_in(node, ordinal, self.frequency)
        if version is None:
            return None, None
        entry = self.derived.get(code) or self.checks[code]
        return version.node, entry.versions[node.versions.index(version)]

    def similar(self, code: str) -> str:
        """Codes that look like ``code``, joined for a message."""
        same = [known for known in self.entries if known.casefold() == code.casefold()]
        return ", ".join(same or get_close_matches(code, list(self.entries), n=3, cutoff=0.7))

    def finding(self, code: str, message: Text, remedy: Text | None = None, *field_: str | int) -> Finding:
        """A finding about the entry ``code``, placed where it (or its field) is written."""
        origin = self.origins.get(code)
        return Finding(
            message,
            remedy or Text("", ""),
            origin.source.file if origin else None,
            origin.line(*field_) if origin else None,
            code,
        )

    def compile(self, targets: Iterable[str] | None = None, *, periods: Sequence[str]) -> Plan:
        """The plan that computes ``targets`` (default: all derived entries and checks) for ``periods``.

        Raises BookError: an unknown target or period, or a parameter without a value where it is needed.
        """
        return compile_book(self, targets, periods)

    def with_derived(self, entries: Iterable[Derived]) -> Book:
        """A new book with further derived entries, checked like those of the files."""
        added = tuple(entries)
        taken = [entry.code for entry in added if entry.code in self.entries]
        if taken:
            raise BookError(
                self.finding(code, Text(f"代码 {code} 已用于本书", f"the code {code} is already used in the book"))
                for code in taken
            )
        return replace(self, derived={**self.derived, **{entry.code: entry for entry in added}}).checked()


def _names(book: Book) -> list[Finding]:
    """Codes that clash with each other or with the columns every table has."""
    findings = []
    seen: dict[str, str] = {**{name.casefold(): name for name in book.entities}, "period": "period"}
    if "period" in {name.casefold() for name in book.entities}:
        findings.append(Finding(Text("实体不能叫 period", "an entity cannot be called period")))
    for code in book.entries:
        other = seen.setdefault(code.casefold(), code)
        if other != code or code in book.entities or code == "period":
            message = Text(
                f"代码 {code} 与 {other} 相同（不分大小写；实体名和 period 也算）",
                f"the code {code} equals {other} (case does not count; names of entities and period are taken)",
            )
            findings.append(book.finding(code, message, Text("换一个代码。", "Choose another code."), "code"))
    return findings


def _references(book: Book) -> list[Finding]:
    """Entities, documents and units that entries name and the book does not have."""
    findings = []
    for name, entity in book.entities.items():
        above, seen = entity.parent, {name}
        while above is not None:
            if above not in book.entities or above in seen:
                findings.append(
                    Finding(
                        Text(
                            f"实体 {name} 的上级 {entity.parent} 不存在或成环",
                            f"the parent {entity.parent} of the entity {name} does not exist or forms a cycle",
                        )
                    )
                )
                break
            seen.add(above)
            above = book.entities[above].parent
        findings.extend(_unit_findings(book, name, entity.count_unit, "count_unit"))
    for code, entry in book.entries.items():
        if isinstance(entry, (Item, Derived, Check)) and entry.entity not in book.entities:
            known = ", ".join(book.entities)
            message = Text(f"没有实体 {entry.entity}；有：{known}", f"no entity {entry.entity}; there are: {known}")
            findings.append(book.finding(code, message, None, "entity"))
        clauses: list[tuple[Steps, str]] = [(("source", "document"), entry.source.document)] if entry.source else []
        if isinstance(entry, Rule):
            clauses += [
                (("versions", i, "source", "document"), version.source.document)
                for i, version in enumerate(entry.versions)
                if version.source
            ]
        if isinstance(entry, Parameter):
            clauses += [
                (("values", i, "source", "document"), value.source.document)
                for i, value in enumerate(entry.values)
                if value.source
            ]
            findings.extend(_unit_findings(book, code, entry.unit, "unit"))
            findings.extend(_unit_findings(book, code, entry.band_unit, "band_unit"))
        if isinstance(entry, (Item, Derived)) and entry.unit is not None:
            findings.extend(_unit_findings(book, code, entry.unit, "unit"))
        findings.extend(_undocumented(book, code, clauses))
    for code, benefit in book.benefits.items():
        findings.extend(_benefit_references(book, code, benefit))
    return findings


def _truth_values(book: Book, expressions: Expressions, broken: set[str]) -> Iterator[Finding]:
    """Decision rules whose expression is no condition."""
    for code in book.decisions:
        node = expressions.trees.get(code)
        if code not in broken and node is not None and node.type.kind != "boolean":
            message = Text(f"{code} 的表达式应是条件", f"the expression of {code} must be a condition")
            yield book.finding(code, message, Text("例如 result_rank <= 3", "for example result_rank <= 3"), "expr")


def _undocumented(book: Book, code: str, clauses: Iterable[tuple[Steps, str]]) -> Iterator[Finding]:
    for at, document in clauses:
        if document not in book.documents:
            message = Text(f"没有文件 {document}", f"no document {document}")
            remedy = Text("在 book.yaml 的 documents 下写明。", "Describe it under documents in book.yaml.")
            yield book.finding(code, message, remedy, *at)


def _benefit_references(book: Book, code: str, benefit: Benefit) -> Iterator[Finding]:
    """What a benefit names beside its expressions: other benefits, the item of its claim, the sources of deadlines."""
    for index, exclusion in enumerate(benefit.excludes):
        at = ("excludes", index, "benefit")
        if exclusion.benefit == code:
            message = Text(f"{code} 不能与自己相斥", f"{code} cannot exclude itself")
            yield book.finding(code, message, None, *at)
        elif exclusion.benefit not in book.benefits:
            near = ", ".join(get_close_matches(exclusion.benefit, list(book.benefits), n=3, cutoff=0.6))
            remedy = Text(f"是否指 {near}？", f"Did you mean {near}?") if near else None
            message = Text(f"没有优惠 {exclusion.benefit}", f"no benefit {exclusion.benefit}")
            yield book.finding(code, message, remedy, *at)
    claimed = None if benefit.claimed is None else book.items.get(benefit.claimed)
    if benefit.claimed is not None and (
        claimed is None or claimed.entity != benefit.entity or claimed.type not in {"flag", "decimal", "integer"}
    ):
        zh = f"{benefit.claimed} 应是 {benefit.entity} 的是/否或数值类项目"
        en = f"{benefit.claimed} must be an item of {benefit.entity}, a flag or a number"
        yield book.finding(code, Text(zh, en), None, "claimed")
    yield from _reduction(book, code, benefit)
    clauses: list[tuple[str, int, Clause | None]] = [
        *(("deadlines", index, deadline.source) for index, deadline in enumerate(benefit.deadlines)),
        *(("excludes", index, exclusion.source) for index, exclusion in enumerate(benefit.excludes)),
    ]
    cited: list[tuple[Steps, str]] = [
        ((key, index, "source", "document"), source.document) for key, index, source in clauses if source
    ]
    yield from _undocumented(book, code, cited)


def _reduction(book: Book, code: str, benefit: Benefit) -> Iterator[Finding]:
    """Whether what a benefit reduces is a figure of the same entity in the unit of its amount."""
    if benefit.reduces is None:
        return
    entry = book.items.get(benefit.reduces) or book.derived.get(benefit.reduces)
    if benefit.amount is None or entry is None or (entry.entity, entry.unit) != (benefit.entity, benefit.amount.unit):
        zh = f"reduces: {benefit.reduces} 应是 {benefit.entity} 的数值，单位与优惠金额相同"
        en = f"reduces: {benefit.reduces} must be a figure of {benefit.entity} in the unit of the amount"
        yield book.finding(code, Text(zh, en), None, "reduces")


def _unit_findings(book: Book, code: str, text: str, field_: str) -> list[Finding]:
    if text == UNKNOWN_UNIT and field_ == "unit":
        return []
    try:
        unit(text)
    except UnitError as error:
        message = Text(f"不认识的单位 {error.name}（{text}）", f"unknown unit {error.name} (in {text})")
        known = " ".join(known_units())
        remedy = Text(
            f"可用：{known}，前可加百、千、万、亿等，用 / 和 · 相连。",
            f"Known: {known}; with multiples (百 千 万 亿 …) before them, joined by / and ·.",
        )
        return [book.finding(code, message, remedy, field_)]
    return []

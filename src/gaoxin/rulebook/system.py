"""Loading indicator systems (指标体系): a file, the system it extends, one resolved result.

The nodes of an extended system are taken over, then changed field by field, added to or removed. Every error names
file, line and node. A system that is known only in part raises :class:`SystemIncomplete` with the list of what is
missing, unless the caller only wants to look at it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from gaoxin.rulebook.book import Book, Origin
from gaoxin.rulebook.entries import Derived, Document
from gaoxin.rulebook.findings import BookError, Finding
from gaoxin.rulebook.indicators import INDEX, Node, System, SystemIncomplete, natural_key
from gaoxin.rulebook.loading import load_book, shipped_books
from gaoxin.rulebook.source import Source, read_source
from gaoxin.rulebook.system_entries import NodeEntry, SystemEntry
from gaoxin.rulebook.validation import validated
from gaoxin.words import Text

__all__ = ["INDEX", "Node", "System", "SystemIncomplete", "load_system", "natural_key", "shipped_systems"]

FILE = "system.yaml"


def shipped_systems() -> dict[str, Path]:
    """The systems that ship with gaoxin: name and folder."""
    return {name: folder for name, folder in shipped_books().items() if (folder / FILE).is_file()}


def load_system(name_or_path: str | Path, *, incomplete: bool = False) -> System:
    """Load a shipped system by name, or the system in a folder or file.

    Raises
    ------
    SystemIncomplete
        When the system is known only in part; with ``incomplete`` it is returned, to be looked at.
    BookError
        With everything that is wrong, each finding with file, line and node.

    >>> system = load_system("national-2021")
    >>> len(system.indicators), system.n_unconfirmed_weights
    (46, 43)
    """
    system = _Parts.read(name_or_path, None, ()).resolved()
    if system.missing and not incomplete:
        raise SystemIncomplete(system)
    return system


@dataclass
class _Draft:
    """A node while extensions are applied: its fields, and where each of them was written."""

    entry: NodeEntry
    origin: Origin
    origins: dict[str, Origin]

    def changed(self, by: NodeEntry, origin: Origin) -> _Draft:
        changes = {name: getattr(by, name) for name in by.model_fields_set}
        if "data" in changes:  # another kind of data leaves the old formula behind
            changes = {"expr": None, "item": None, "column": None, **changes}
        return _Draft(
            self.entry.model_copy(update=changes), self.origin, {**self.origins, **dict.fromkeys(changes, origin)}
        )

    def finding(self, field_: str, zh: str, en: str, remedy: Text = Text("", "")) -> Finding:
        origin = self.origins.get(field_, self.origin)
        return Finding(Text(zh, en), remedy, origin.source.file, origin.line(field_), self.entry.no)


@dataclass
class _Parts:
    """The files of a system, the extended one applied first."""

    entry: SystemEntry
    source: Source
    book: Book | None
    drafts: dict[str, _Draft]
    settings: dict[str, Any]
    documents: dict[str, Document]
    entity: str | None
    extends: tuple[str, ...]
    inherited: tuple[Text, ...]
    """What the extended system says is missing."""
    findings: list[Finding]

    @classmethod
    def read(cls, name_or_path: str | Path, relative_to: Path | None, above: tuple[Path, ...]) -> _Parts:
        path, source, book = _open(name_or_path, relative_to)
        if path in above:
            zh, en = f"{source.file} 反过来扩展了自己", f"{source.file} extends itself: a cycle"
            raise BookError([Finding(Text(zh, en), file=source.file, line=source.line("extends"))])
        entry = validated(SystemEntry, source, source.data, ())
        if isinstance(entry, list):
            raise BookError(entry)
        base = None
        if entry.extends is not None:
            try:
                base = cls.read(entry.extends, path.parent, (*above, path))
            except _NotFoundError as error:
                raise BookError([replace(error.findings[0], file=source.file, line=source.line("extends"))]) from None
        parts = cls(
            entry=entry,
            source=source,
            book=book or (base.book if base else None),
            drafts=dict(base.drafts) if base else {},
            settings={**(base.settings if base else {}), **entry.method},
            documents={**(base.documents if base else {}), **entry.documents},
            entity=entry.entity or (base.entity if base else None),
            extends=(base.entry.system, *base.extends) if base else (),
            inherited=(base.entry.missing or base.inherited) if base and base.entry.status == "incomplete" else (),
            findings=list(base.findings) if base else [],
        )
        if base and base.entry.status == "incomplete" and "status" not in entry.model_fields_set:
            zh = f"{base.entry.system} 不完整：本体系已补齐的，请写 status: complete"
            en = f"{base.entry.system} is incomplete: say status: complete if this system supplies the rest"
            parts._add(("extends",), zh, en)
        if book and base and base.book and not set(base.book.entries) <= set(book.entries):
            zh = f"规则书 {book.name} 没有 {base.book.name} 的指标，体系却扩展它"
            en = f"the book {book.name} lacks the entries of {base.book.name}, whose system is extended"
            remedy = Text(
                f"在 book.yaml 的 extends 中加上 {base.book.name}。", f"Add {base.book.name} to extends in book.yaml."
            )
            raise BookError([Finding(Text(zh, en), remedy, source.file, source.line("extends"))])
        parts._change()
        return parts

    def _add(self, at: Sequence[str | int], zh: str, en: str, remedy: Text = Text("", ""), no: str = "") -> None:
        self.findings.append(Finding(Text(zh, en), remedy, self.source.file, self.source.line(*at), no or None))

    def _change(self) -> None:
        """Apply the nodes and removals of this file to those taken over."""
        here: set[str] = set()
        for i, row in enumerate(self.entry.nodes):
            at = ("nodes", i)
            no = str(row.get("no", ""))
            node = validated(NodeEntry, self.source, row, at, no or None)
            if isinstance(node, list):
                self.findings.extend(node)
                continue
            if no in here or no == INDEX:
                self._add((*at, "no"), f"编号 {no} 重复或不可用", f"the number {no} is used twice or reserved", no=no)
                continue
            here.add(no)
            if node.weight is not None and node.weight_status is None:
                zh, en = "写了 weight 就要写 weight_status", "a weight needs a weight_status"
                statuses = "official, quoted, secondary, inferred, unconfirmed"
                self._add((*at, "weight"), zh, en, Text(f"可用：{statuses}。", f"One of: {statuses}."), no)
            origin = Origin(self.source, at)
            known = self.drafts.get(no)
            fresh = _Draft(node, origin, dict.fromkeys(node.model_fields_set, origin))
            self.drafts[no] = known.changed(node, origin) if known else fresh
        for i, no in enumerate(self.entry.remove):
            if no not in self.drafts:
                self._add(("remove", i), f"没有指标 {no} 可删", f"there is no indicator {no} to remove", no=no)
            for gone in self._below(no):
                self.drafts.pop(gone, None)

    def _below(self, no: str) -> list[str]:
        found = [no]
        for code in found:
            found.extend(d.entry.no for d in self.drafts.values() if d.entry.parent == code and d.entry.no not in found)
        return found

    def resolved(self) -> System:
        """The system with all checks done; raises BookError with every finding."""
        missing = [*(self.entry.missing or self.inherited)] if self.entry.status == "incomplete" else []
        gaps = [*self._tree(), *self._leaves()]
        if self.entry.status == "incomplete":
            missing.extend(_gap(finding) for finding in gaps)
            if not missing:
                self._add(("status",), "写了 incomplete 却没有缺项", "the status is incomplete, yet nothing is missing")
        else:
            self.findings.extend(gaps)
        self.findings.extend(self._references())
        if self.entity is None:
            self._add((), "缺少 entity（评价的是什么）", "entity is missing: what is evaluated")
        if self.findings:
            raise BookError(self.findings)
        nodes = tuple(_node(draft, self.book) for draft in self._ordered())
        book = self._with_indicators(nodes)
        return System(
            name=self.entry.system,
            title=self.entry.title,
            edition=self.entry.version or (book.edition if book else ""),
            entity=self.entity or "",
            document=self.entry.document,
            documents={**(book.documents if book else {}), **self.documents},
            nodes=nodes,
            settings=self.settings,
            book=book,
            missing=tuple(missing),
            extends=self.extends,
            file=self.source.file,
            note=self.entry.note,
        )

    def _ordered(self) -> list[_Draft]:
        drafts = list(self.drafts.values())
        if all(re.fullmatch(r"\d+(\.\d+)*", draft.entry.no) for draft in drafts):
            drafts.sort(key=lambda draft: natural_key(draft.entry.no))
        return drafts

    def _tree(self) -> Iterable[Finding]:
        """Parents that do not exist or form a cycle, names that are missing."""
        if not self.drafts:
            yield Finding(Text("没有任何指标", "there are no indicators"), file=self.source.file)
        for draft in self.drafts.values():
            node = draft.entry
            if node.name is None:
                yield draft.finding("no", "缺少 name", "name is missing", self._meant(node.no))
            if node.weight not in {None, Decimal(1)} and node.weight_status == "unconfirmed":
                zh, en = (
                    "未确认的权重按 1 计，不能写别的数",
                    "an unconfirmed weight counts 1 and cannot be another number",
                )
                remedy = Text("删去 weight，或改 weight_status。", "Leave weight out, or change weight_status.")
                self.findings.append(draft.finding("weight", zh, en, remedy))
            above, seen = node.parent, {node.no}
            while above is not None:
                if above not in self.drafts or above in seen:
                    zh, en = (
                        f"上级 {node.parent} 不存在或成环",
                        f"the parent {node.parent} does not exist or forms a cycle",
                    )
                    self.findings.append(draft.finding("parent", zh, en))
                    break
                seen.add(above)
                above = self.drafts[above].entry.parent
            stem = node.no.rpartition(".")[0]
            if node.parent is None and stem in self.drafts:
                zh, en = f"缺少 parent：是否属于 {stem}？", f"parent is missing: does it belong to {stem}?"
                self.findings.append(draft.finding("no", zh, en))

    def _meant(self, no: str) -> Text:
        if not self.extends:
            return Text("", "")
        zh = f"{self.extends[0]} 中没有 {no}：新增的指标要写全，改动的指标请核对编号。"
        en = f"{self.extends[0]} has no {no}: a new node is written in full; to change one, check its number."
        return Text(zh, en)

    def _leaves(self) -> Iterable[Finding]:
        """Indicators without data, dimensions without indicators."""
        parents = {draft.entry.parent for draft in self.drafts.values()}
        for draft in self.drafts.values():
            node = draft.entry
            if node.no in parents:
                if node.data is not None:
                    zh, en = "其下还有指标，不能有 data", "it has indicators below it and cannot have data itself"
                    self.findings.append(draft.finding("data", zh, en))
                continue
            if node.data is None:
                zh = "既没有 data（数据来源），下面也没有指标"
                en = "it has neither data of its own nor indicators below it"
                yield draft.finding("no", zh, en)
                continue
            wanted = {"firm": "expr", "zone": "item", "expert": "item", "given": "column"}[node.data]
            for name in ("expr", "item", "column"):
                there = getattr(node, name) is not None
                if there and name != wanted:
                    zh, en = f"data: {node.data} 不用 {name}", f"{name} does not go with data: {node.data}"
                    self.findings.append(draft.finding(name, zh, en, Text(f"应写 {wanted}。", f"Write {wanted}.")))
                elif not there and name == wanted:
                    yield draft.finding("data", f"data: {node.data} 缺少 {name}", f"data: {node.data} needs {name}")

    def _references(self) -> Iterable[Finding]:
        """Documents, entities, items and units that the nodes name."""
        documents = {**(self.book.documents if self.book else {}), **self.documents}
        if self.entry.document is not None and self.entry.document not in documents:
            zh, en = f"没有文件 {self.entry.document}", f"no document {self.entry.document}"
            yield Finding(Text(zh, en), file=self.source.file, line=self.source.line("document"))
        uses_book = any(d.entry.data in {"firm", "zone", "expert"} for d in self.drafts.values())
        if uses_book and self.book is None:
            zh, en = "指标要用报表数据，体系却没有规则书", "indicators need returns, but the system has no book"
            remedy = Text("与 book.yaml 放在同一文件夹，或写 extends。", "Put it beside a book.yaml, or write extends.")
            yield Finding(Text(zh, en), remedy, self.source.file)
            return
        if self.book and uses_book and self.entity is not None and self.entity not in self.book.entities:
            known = ", ".join(self.book.entities)
            zh, en = f"没有实体 {self.entity}；有：{known}", f"no entity {self.entity}; there are: {known}"
            yield Finding(Text(zh, en), file=self.source.file, line=self.source.line("entity"))
        for draft in self.drafts.values():
            node = draft.entry
            if node.source is not None and node.source.document not in documents:
                document = node.source.document
                yield draft.finding("source", f"没有文件 {document}", f"no document {document}")
            if node.data in {"zone", "expert"} and node.item is not None:
                yield from self._item(draft, node.item)

    def _item(self, draft: _Draft, code: str) -> Iterable[Finding]:
        item = self.book.items.get(code) if self.book else None
        if item is None or self.book is None:
            near = self.book.similar(code) if self.book else ""
            remedy = Text(f"是否指 {near}？", f"Did you mean {near}?") if near else Text("", "")
            yield draft.finding("item", f"规则书中没有项目 {code}", f"the book has no item {code}", remedy)
        elif item.entity != self.entity or item.decimals is None:
            zh, en = f"{code} 不是 {self.entity} 的数值项目", f"{code} is not a number reported by {self.entity}"
            yield draft.finding("item", zh, en)
        elif draft.entry.unit is not None and draft.entry.unit != item.unit:
            zh = f"单位 {draft.entry.unit} 与项目 {code} 的单位 {item.unit} 不同"
            en = f"the unit {draft.entry.unit} differs from that of the item {code}, {item.unit}"
            yield draft.finding("unit", zh, en)

    def _with_indicators(self, nodes: tuple[Node, ...]) -> Book | None:
        """The book with every indicator computed from returns as a derived entry."""
        if self.book is None:
            return None
        entries, origins = [], {}
        for node in nodes:
            if node.data != "firm":
                continue
            draft = self.drafts[node.no]
            given = draft.entry.min_coverage
            entries.append(
                Derived(
                    code=node.figure,
                    name=node.name,
                    entity=self.entity or "",
                    expr=node.expr,
                    unit=node.unit or None,
                    scale=draft.entry.scale,
                    min_coverage=given if given is not None else Decimal(1),
                    source=node.source,
                    confidence=draft.entry.confidence,
                    note=node.note,
                )
            )
            origins[node.figure] = draft.origins.get("expr", draft.origin)
        documents = {**self.book.documents, **self.documents}
        book = replace(self.book, documents=documents, origins={**self.book.origins, **origins})
        return book.with_derived(entries)


def _gap(finding: Finding) -> Text:
    return Text(
        f"{finding.entry or ''} {finding.message.zh}".strip(), f"{finding.entry or ''} {finding.message.en}".strip()
    )


def _node(draft: _Draft, book: Book | None) -> Node:
    entry = draft.entry
    item = book.items.get(entry.item) if book and entry.item else None
    return Node(
        no=entry.no,
        name=entry.name or Text(entry.no, entry.no),
        parent=entry.parent or INDEX,
        weight=entry.weight if entry.weight is not None else Decimal(1),
        weight_status=entry.weight_status or "unconfirmed",
        unit=entry.unit or (item.unit if item else None) or "",
        direction=-1 if entry.direction == "lower" else 1,
        direction_status=entry.direction_status,
        data=entry.data,
        expr=entry.expr or "",
        item=entry.item or "",
        column=entry.column or "",
        transform=entry.transform,
        source=entry.source,
        confidence=entry.confidence,
        note=entry.note,
        origin=draft.origins.get("name", draft.origin),
    )


class _NotFoundError(BookError):
    """No system of that name and no such file."""


@lru_cache(maxsize=8)
def _shipped_book(folder: Path) -> Book:
    """The book in ``folder``, which ships with gaoxin and so does not change while the program runs."""
    return load_book(folder)


def _open(name_or_path: str | Path, relative_to: Path | None) -> tuple[Path, Source, Book | None]:
    """Path, content and book of a system."""
    name = str(name_or_path)
    shipped = shipped_systems()
    if isinstance(name_or_path, str) and name in shipped:
        path = shipped[name] / FILE
    else:
        path = ((relative_to or Path.cwd()) / name).resolve()
        if path.is_dir():
            path = path / FILE
    if not path.is_file():
        names = "、".join(shipped), ", ".join(shipped)
        zh = f"没有叫 {name} 的自带体系，也没有文件 {path}"
        en = f"no shipped system is called {name}, and there is no file {path}"
        raise _NotFoundError([Finding(Text(zh, en), Text(f"自带的有：{names[0]}。", f"Shipped systems: {names[1]}."))])
    if not (path.parent / "book.yaml").is_file():
        here = Path.cwd()
        return path, read_source(path, str(path.relative_to(here)) if path.is_relative_to(here) else None), None
    book = _shipped_book(path.parent) if path.parent in shipped.values() else load_book(path.parent)
    source = next((source for source in book.systems if Path(source.file).name == path.name), None)
    if source is None:
        zh, en = f"{path.name} 中没有 system", f"{path.name} has no key system"
        raise BookError([Finding(Text(zh, en), file=str(path))])
    return path, source, book

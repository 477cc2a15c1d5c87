"""Loading a rulebook from its folder, with the books it extends."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path

from gaoxin.rulebook.benefits import Benefit
from gaoxin.rulebook.book import Book, Origin
from gaoxin.rulebook.decisions import Decision
from gaoxin.rulebook.entries import (
    SECTIONS,
    BookHead,
    Check,
    CodeFile,
    Codelist,
    Derived,
    Document,
    Entity,
    Entry,
    Item,
    Parameter,
)
from gaoxin.rulebook.findings import BookError, Finding
from gaoxin.rulebook.source import Source, read_source, shown_path
from gaoxin.rulebook.validation import validated
from gaoxin.words import Text

MAX_LIST_BYTES = 8_000_000
VECTORS = "vectors*.yaml"
"""Files of test vectors. They are no part of the rules: ``rulebook.vectors`` reads them when they are asked for."""
PROPERTIES = "properties*.yaml"
"""Files of properties to prove, no part of the rules either: ``proofs.properties`` reads them."""
_KEYS: Mapping[str, type[Entry]] = {**SECTIONS, "benefits": Benefit, "decisions": Decision}


def shipped_books() -> Mapping[str, Path]:
    """The books that ship with gaoxin: name and folder."""
    home = Path(str(resources.files("gaoxin"))) / "books"
    return {path.parent.name: path.parent for path in sorted(home.glob("*/book.yaml"))}


def load_book(name_or_path: str | Path) -> Book:
    """Load the shipped book of that name, or the book in the folder ``name_or_path``.

    Raises
    ------
    BookError
        With everything that is wrong, each finding with file, line, entry and what to do.
    """
    loader = _Loader()
    loader.load(_folder(name_or_path))
    return loader.book()


def _folder(name_or_path: str | Path, base: Path | None = None) -> Path:
    name = str(name_or_path)
    shipped = shipped_books()
    if isinstance(name_or_path, str) and name in shipped:
        return shipped[name]
    path = (base / name if base else Path(name)).absolute()
    if path.is_file() and path.name == "book.yaml":
        path = path.parent
    if not (path / "book.yaml").is_file():
        names = "、".join(shipped), ", ".join(shipped)
        zh = f"没有叫 {name} 的自带规则书，这里也没有 {path}/book.yaml"
        en = f"no shipped book is called {name}, and there is no {path}/book.yaml"
        raise BookError([Finding(Text(zh, en), Text(f"自带的有：{names[0]}。", f"Shipped books: {names[1]}."))])
    return path


@dataclass
class _Loader:
    """Gathers the files of a book and of those it extends, then builds one Book."""

    findings: list[Finding] = field(default_factory=list)
    loaded: dict[Path, BookHead] = field(default_factory=dict)
    entities: dict[str, Entity] = field(default_factory=dict)
    documents: dict[str, Document] = field(default_factory=dict)
    instruments: dict[str, Text] = field(default_factory=dict)
    entries: dict[str, Entry] = field(default_factory=dict)
    origins: dict[str, Origin] = field(default_factory=dict)
    lists: dict[str, tuple[str, ...]] = field(default_factory=dict)
    systems: list[Source] = field(default_factory=list)
    benefits: dict[str, Benefit] = field(default_factory=dict)
    decisions: dict[str, Decision] = field(default_factory=dict)
    vectors: tuple[Path, ...] = ()
    properties: tuple[Path, ...] = ()
    head: BookHead | None = None

    def load(self, folder: Path, above: tuple[Path, ...] = ()) -> None:
        """Read the book in ``folder``, those it extends first; ``above`` are the books that extend it."""
        self.systems, self.vectors, self.properties = [], (), ()
        folder = folder.resolve()
        if folder in self.loaded:
            self.head = self.loaded[folder]
            return
        sources = []
        vectors, properties = (tuple(sorted(folder.glob(pattern))) for pattern in (VECTORS, PROPERTIES))
        for path in sorted(set(folder.glob("*.yaml")) - {*vectors, *properties}):
            try:
                sources.append(read_source(path, shown_path(path)))
            except BookError as error:
                self.findings.extend(error.findings)
        head_source = next((source for source in sources if Path(source.file).name == "book.yaml"), None)
        if head_source is None:
            return
        head = self._head(head_source)
        if head is None:
            return
        self.loaded[folder] = head
        for index, name in enumerate(head.extends):
            self._extend(head, head_source, index, name, folder, (*above, folder))
        self.head, self.systems, self.vectors, self.properties = head, [], vectors, properties
        for name, entity in head.entities.items():
            known = self.entities.setdefault(name, entity)
            if known != entity:
                zh, en = f"实体 {name} 与所扩展的书不同", f"the entity {name} differs from the book that is extended"
                self._add(head_source, ("entities", name), Text(zh, en))
        for name, document in head.documents.items():
            if self.documents.setdefault(name, document) != document:
                zh, en = f"文件 {name} 与所扩展的书不同", f"the document {name} differs from the book that is extended"
                self._add(head_source, ("documents", name), Text(zh, en))
        self.instruments |= head.instruments
        for source in sources:
            self._sections(source, folder)

    def book(self) -> Book:
        """The book read last, with all that it extends."""
        if self.head is None:
            raise BookError(self.findings)
        head, entries = self.head, self.entries
        return Book(
            name=head.book,
            edition=head.version,
            title=head.title,
            frequency=head.frequency,
            entities=self.entities,
            documents=self.documents,
            instruments=self.instruments,
            items={code: entry for code, entry in entries.items() if isinstance(entry, Item)},
            parameters={code: entry for code, entry in entries.items() if isinstance(entry, Parameter)},
            codelists={code: entry for code, entry in entries.items() if isinstance(entry, Codelist)},
            derived={code: entry for code, entry in entries.items() if isinstance(entry, Derived)},
            checks={code: entry for code, entry in entries.items() if isinstance(entry, Check)},
            lists=self.lists,
            origins=self.origins,
            extends=head.extends,
            systems=tuple(self.systems),
            benefits=self.benefits,
            decisions=self.decisions,
            vectors=self.vectors,
            properties=self.properties,
        ).checked(self.findings)

    def _add(self, source: Source, at: tuple[str | int, ...], message: Text, remedy: Text = Text("", "")) -> None:
        self.findings.append(Finding(message, remedy, source.file, source.line(*at)))

    def _head(self, source: Source) -> BookHead | None:
        if not isinstance(source.data, dict):
            self._add(source, (), Text("book.yaml 应是“键: 值”", "book.yaml must be a mapping of keys to values"))
            return None
        data = {key: value for key, value in source.data.items() if key not in {*_KEYS, "system"}}
        head = validated(BookHead, source, data, ())
        if isinstance(head, BookHead):
            return head
        self.findings.extend(head)
        return None

    def _extend(
        self, head: BookHead, source: Source, index: int, name: str, folder: Path, above: tuple[Path, ...]
    ) -> None:
        at = ("extends", index)
        try:
            base = _folder(name, folder)
        except BookError as error:
            self._add(source, at, error.findings[0].message, error.findings[0].remedy)
            return
        if base.resolve() in above:
            self._add(source, at, Text(f"{name} 反过来扩展了本书", f"{name} extends this book in turn: a cycle"))
            return
        self.load(base, above)
        if self.head is not None and self.head.frequency != head.frequency:
            zh = f"{name} 按 {self.head.frequency} 报送，本书按 {head.frequency}"
            en = f"{name} reports by {self.head.frequency}, this book by {head.frequency}"
            self._add(source, at, Text(zh, en))

    def _sections(self, source: Source, folder: Path) -> None:
        if source.data is None:
            return
        if not isinstance(source.data, dict):
            self._add(source, (), Text("文件应是“键: 列表”", "the file must be a mapping of keys to lists"))
            return
        if "system" in source.data:
            self.systems.append(source)
            return
        for key, rows in source.data.items():
            if key not in _KEYS:
                if Path(source.file).name != "book.yaml":
                    known = ", ".join(_KEYS)
                    zh, en = f"不认识的键 {key}；可用：{known}", f"unknown key {key}; known: {known}"
                    self._add(source, (key,), Text(zh, en))
                continue
            if not isinstance(rows, list):
                if rows is not None:
                    self._add(source, (key,), Text(f"{key} 下应是列表", f"{key} must hold a list"))
                continue
            for index, row in enumerate(rows):
                self._entry(_KEYS[key], source, row, (key, index), folder)

    def _entry(self, model: type[Entry], source: Source, row: object, at: tuple[str | int, ...], folder: Path) -> None:
        code = row.get("code") if isinstance(row, dict) else None
        entry = validated(model, source, row, at, code if isinstance(code, str) else None)
        if isinstance(entry, list):
            self.findings.extend(entry)
            return
        if isinstance(entry, Benefit):
            self.benefits.setdefault(entry.code, entry)
            for steps, derived in entry.expanded():
                self._add_entry(derived, source, (*at, *steps))
            return
        if isinstance(entry, Decision):
            self.decisions.setdefault(entry.code, entry)
            self._add_entry(entry.expanded(), source, at)
            return
        if isinstance(entry, Parameter) and entry.outside is None:
            entry = entry.model_copy(update={"outside": self.loaded[folder].outside})
        self._add_entry(entry, source, at)
        if isinstance(entry, Codelist):
            self._list(entry, source, at, folder)

    def _add_entry(self, entry: Entry, source: Source, at: tuple[str | int, ...]) -> None:
        if entry.code in self.entries:
            other = self.origins[entry.code]
            place = f"{other.source.file}:{other.line()}"
            zh, en = f"代码 {entry.code} 已在 {place} 用过", f"the code {entry.code} is already used at {place}"
            self._add(source, (*at, "code"), Text(zh, en), Text("换一个代码。", "Choose another code."))
            return
        self.entries[entry.code] = entry
        self.origins[entry.code] = Origin(source, at)

    def _list(self, entry: Codelist, source: Source, at: tuple[str | int, ...], folder: Path) -> None:
        given, key = (entry.codes, "codes") if entry.codes is not None else (entry.prefixes, "prefixes")
        if not isinstance(given, CodeFile):
            self.lists[entry.code] = given or ()
            return
        try:
            self.lists[entry.code] = _read_codes(given, folder)
        except _ListError as error:
            message: Text = error.args[0]
            self.findings.append(Finding(message, Text("", ""), source.file, source.line(*at, key), entry.code))


class _ListError(Exception):
    """A CSV of codes that cannot be used."""


def _read_codes(given: CodeFile, folder: Path) -> tuple[str, ...]:
    path = (folder / given.file).resolve()
    if not path.is_relative_to(folder):
        raise _ListError(Text(f"{given.file} 不在本书的文件夹内", f"{given.file} is outside the folder of the book"))
    try:
        if path.stat().st_size > MAX_LIST_BYTES:
            raise _ListError(Text(f"{given.file} 太大", f"{given.file} is too large"))
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = csv.DictReader(stream, strict=True)
            columns = list(rows.fieldnames or ())
            column = given.column or (columns[0] if columns else "")
            if column not in columns:
                names = ", ".join(columns)
                zh, en = (
                    f"{given.file} 没有列 {column}；有：{names}",
                    f"{given.file} has no column {column}; has: {names}",
                )
                raise _ListError(Text(zh, en))
            return tuple(dict.fromkeys(code for row in rows if (code := (row[column] or "").strip())))
    except OSError as error:
        zh, en = f"无法读取 {given.file}：{error.strerror}", f"{given.file} cannot be read: {error.strerror}"
        raise _ListError(Text(zh, en)) from None
    except (UnicodeDecodeError, csv.Error):
        zh, en = f"{given.file} 不是 UTF-8 编码的 CSV", f"{given.file} is not a CSV encoded in UTF-8"
        raise _ListError(Text(zh, en)) from None

"""The figures that incentives ask for, field by field: what each is, its unit, the form it comes from, who needs it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from gaoxin.incentives.timeline import benefits_of, instruments, written_in
from gaoxin.rulebook.book import Book
from gaoxin.rulebook.entries import Item
from gaoxin.words import Language, Text

TYPES: dict[str, Text] = {
    "decimal": Text("数", "number"),
    "integer": Text("整数", "whole number"),
    "text": Text("文字", "text"),
    "code": Text("代码", "code"),
    "date": Text("日期", "date"),
    "flag": Text("是否", "yes or no"),
}

_TEMPLATE_HEAD = """# 一家企业的数据。留空表示未知，没有的写 0；有几个年度的，firm 写成列表，每行加 period。
# Figures of one firm. What is left empty is unknown, 0 means there is none. For several years firm is a list, each row
# with its period."""


@dataclass(frozen=True, slots=True)
class Field:
    """One figure to be given: ``origin`` is the form it comes from, or else the document that asks for it.

    ``instruments`` are those whose benefits need it; a figure without any serves grouping and checking only.
    """

    item: Item
    origin: Text
    instruments: tuple[str, ...]


def fields(book: Book, instrument: str | None = None) -> tuple[Field, ...]:
    """All reported figures of ``book`` (or those that one instrument needs), in its order.

    Raises InputError where there is no such instrument.
    """
    if instrument is not None:
        benefits_of(book, instrument)
    names = instruments(book)
    needed = {name: _needed(book, name) for name in names}
    beside = {written_in(book, benefit.code): benefit.instrument for benefit in book.benefits.values()}
    found = []
    for code, item in book.items.items():
        users = tuple(name for name in names if code in needed[name])
        if not users and written_in(book, code) in beside:  # figures that are computed beside the benefits
            users = (beside[written_in(book, code)],)
        if instrument is None or instrument in users:
            found.append(Field(item, _origin(book, item), users))
    return tuple(found)


def _needed(book: Book, instrument: str) -> frozenset[str]:
    """The items that the benefits of an instrument rest on, and those that say what was claimed."""
    stack = [
        code
        for benefit in benefits_of(book, instrument)
        for code in (benefit.code, benefit.amount_code, benefit.claimed)
        if code
    ]
    found: set[str] = set()
    while stack:
        code = stack.pop()
        if code not in found:
            found.add(code)
            stack.extend(book.expressions.uses.get(code, ()))
    return frozenset(found & book.items.keys())


def _origin(book: Book, item: Item) -> Text:
    if item.form:
        return Text(item.form, item.form)
    if item.source is None:
        return Text("", "")
    document = book.documents[item.source.document]
    article = f" {item.source.article}" if item.source.article else ""
    if document.number:
        return Text(document.number + article, document.number + article)
    title = document.title
    return Text(title.zh + article, title.say("en") + article)


def kind_words(item: Item, language: Language) -> str:
    """Type and unit of a figure, ``number, 元``; a code with its values; whether it may be below zero."""
    parts = [TYPES[item.type]]
    if item.unit not in {None, "1"}:
        parts.append(Text(item.unit or "", item.unit or ""))
    if item.values:
        listed = ", ".join(item.values)
        parts.append(Text(listed, listed))
    if item.signed:
        parts.append(Text("可为负", "may be negative"))
    return Text("，", ", ").say(language).join(part.say(language) for part in parts)


def template(book: Book, instrument: str | None = None, language: Language = "zh") -> str:
    """A blank file of one firm's figures in YAML: every field that is needed, empty, with what it is beside it."""
    chosen = fields(book, instrument)
    lines = [_TEMPLATE_HEAD]
    if instrument is not None:
        lines.append(f"# {instrument}: {instruments(book)[instrument].say(language)}")
    for entity, entry in book.entities.items():
        listed = [field for field in chosen if field.item.entity == entity]
        if not listed:
            continue
        lines.append("")
        if entry.parent is None:
            lines += [f"{entity}:  # {entry.name.say(language)}", *(f"  {one}" for one in _blanks(listed, language))]
            continue
        hint = Text(
            f"每{entry.name.zh}一段；去掉 # 后填写，没有的写 {entity}: []",
            f"one block for each {entry.name.en}; remove the # to fill it in, write {entity}: [] for none",
        )
        blanks = list(_blanks(listed, language))
        lines += [f"# {entity}:  # {entry.name.say(language)}: {hint.say(language)}"]
        lines += [f"#   {'-' if index == 0 else ' '} {one}" for index, one in enumerate(blanks)]
    return "\n".join(lines) + "\n"


def _blanks(listed: Iterable[Field], language: Language) -> Iterator[str]:
    for field in listed:
        item = field.item
        words = [item.name.say(language), kind_words(item, language), field.origin.say(language)]
        yield f"{item.code}:  # {'; '.join(word for word in words if word)}"

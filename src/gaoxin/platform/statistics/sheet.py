"""A return as it is shown and entered: sections, lines, cells with last period's value, remark and control."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from gaoxin.platform.frame.templatetags.frame import figure
from gaoxin.platform.language import language, words
from gaoxin.platform.statistics import books, document
from gaoxin.platform.statistics.document import Figures
from gaoxin.platform.statistics.models import Return
from gaoxin.rulebook.entries import Item
from gaoxin.rulebook.kinds import UNKNOWN_UNIT
from gaoxin.rulebook.units import unit
from gaoxin.words import Text

ALWAYS_BELOW = 3
"""Rows shown for what there are several of, at least; one more than are filled."""


def shown(item: Item, text: str) -> str:
    """A kept figure to be read: thousands separators, yes and no, a dash where it is blank."""
    if not text:
        return "—"
    if item.decimals is not None:
        return figure(Decimal(document.plain(item, text)))
    if item.type == "flag":
        return str(words("是", "yes") if text == "true" else words("否", "no"))
    return text


def key(cell: str) -> str:
    """A cell as an identifier of the page."""
    return f"c-{cell.replace('.', '-')}"


@dataclass(frozen=True, slots=True)
class Field:
    """One cell on the page."""

    name: str
    item: Item
    text: str
    before: str
    remarks: tuple[str, ...]
    raw: str | None = None
    """What was typed and could not be kept."""
    greyed: bool = False
    """Not to be filled in."""

    @property
    def key(self) -> str:
        """The cell as an identifier of the page."""
        return key(self.name)

    @property
    def typed(self) -> str:
        """What stands in the control."""
        return document.plain(self.item, self.text) if self.raw is None else self.raw

    @property
    def value(self) -> str:
        """What is read."""
        return shown(self.item, self.text)

    @property
    def earlier(self) -> str:
        """Last period's value, to be read."""
        return shown(self.item, self.before)

    @property
    def unit(self) -> str:
        """The unit in the language of the page."""
        return unit_text(self.item.unit)

    @property
    def control(self) -> str:
        """Which control: number, flag, codes, date, text."""
        if self.item.decimals is not None:
            return "number"
        return "codes" if self.item.values else {"flag": "flag", "date": "date"}.get(self.item.type, "text")


@dataclass(frozen=True, slots=True)
class Part:
    """One section: ``lines`` of single cells, or a ``grid`` with one row for each of several."""

    title: Text
    entity: Text
    items: tuple[Item, ...]
    lines: tuple[Field, ...]
    grid: tuple[tuple[int, tuple[Field, ...]], ...]
    filled: int


def unit_text(text: str | None) -> str:
    """A unit in the language of the page; nothing for a plain number or an unknown unit."""
    return "" if text in {None, "1", UNKNOWN_UNIT} else unit(str(text)).say(language())


def parts(
    held: Return,
    figures: Figures,
    before: Figures,
    remarks: Mapping[str, list[str]],
    typed: Mapping[str, str] | None = None,
) -> list[Part]:
    """The sections of a return with everything that belongs to their cells; ``typed`` is what was not kept."""
    collection = held.collection
    book = books.book(collection.book)

    def field(name: str, item: Item) -> Field:
        said, raw = tuple(remarks.get(name, ())), (typed or {}).get(name)
        grey = item.code in collection.greyed
        return Field(name, item, figures.get(name, ""), before.get(name, ""), said, raw, grey)

    found = []
    for section in books.sections(collection.book, collection.entity, collection.forms):
        lines: tuple[Field, ...] = ()
        grid: tuple[tuple[int, tuple[Field, ...]], ...] = ()
        if section.repeated:
            numbers = document.numbers_below(figures, section.entity)
            last = max(max(numbers, default=0) + 1, ALWAYS_BELOW)
            grid = tuple(
                (n, tuple(field(f"{section.entity}.{n}.{item.code}", item) for item in section.items))
                for n in range(1, min(last, document.MOST_BELOW) + 1)
            )
        else:
            lines = tuple(field(item.code, item) for item in section.items)
        cells = [*lines, *(one for _, row in grid for one in row)]
        entity = book.entities[section.entity].name
        filled = sum(bool(one.text) for one in cells)
        found.append(Part(books.title_of(section.form), entity, section.items, lines, grid, filled))
    return found

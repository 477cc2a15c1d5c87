"""Clauses in the making, before their words are cut out of the source."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from gaoxin.notices.text.numbering import Kind
from gaoxin.notices.text.view import View
from gaoxin.notices.units.duties import Found
from gaoxin.words import Text


@dataclass
class Piece:
    """A paragraph, or a part of one, that belongs to a clause; its statements of responsibility are found."""

    view: View
    duties: list[Found] = field(default_factory=list)
    moved: list[Found] = field(default_factory=list)
    """Statements that stand here but are about the clause above."""
    inline: bool = False
    """Whether it stands in the same paragraph as the clause before it."""


@dataclass
class Draft:
    """A clause in the making."""

    kind: Kind
    ordinal: int | None
    mark: tuple[int, int] | None
    """Where the mark stands in the view of the first piece."""
    pieces: list[Piece]
    children: list[Draft] = field(default_factory=list)
    heading: tuple[int, int] | None = None
    """Where the heading stands in the view of the first piece."""
    text_from: int = 0
    """Where the text of the first piece begins."""
    doubts: list[Text] = field(default_factory=list)
    lifted: list[tuple[Piece, Found]] = field(default_factory=list)
    """Statements that stand behind its last item and are about all of them."""
    cells: list[tuple[str, int, int]] = field(default_factory=list)
    """For the row of a table: what each cell is, and where it stands in the view."""

    def walk(self) -> Iterator[Draft]:
        """The draft and all below it."""
        yield self
        for child in self.children:
            yield from child.walk()

    @property
    def duties(self) -> list[tuple[Piece, Found]]:
        """All statements in its pieces."""
        return [(piece, found) for piece in self.pieces for found in piece.duties]


def all_of(drafts: Sequence[Draft]) -> Iterator[Draft]:
    """All drafts of a tree, from the top down."""
    for draft in drafts:
        yield from draft.walk()

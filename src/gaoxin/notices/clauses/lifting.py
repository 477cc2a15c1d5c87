"""Statements of responsibility that stand in one clause and are about another.

Behind the last of several items a notice may name the units for all of them. Such a statement moves to the clause
above when one of these shows it: it says so (以上任务由…), it stands on a line of its own, the items stand in one
paragraph, or the clauses beside the one above name their units themselves. What moves says why.
"""

from __future__ import annotations

from collections.abc import Sequence

from gaoxin.notices.clauses.drafts import Draft, Piece
from gaoxin.notices.text.numbering import RANK
from gaoxin.notices.units.duties import Found


def lift(drafts: Sequence[Draft]) -> None:
    """Move the statements of a part that are about the clause above; ``drafts`` are siblings, the deepest go first."""
    for draft in drafts:
        lift(draft.children)
    for draft in drafts:
        items = draft.children
        if not items or not items[-1].duties or items[-1].kind == "row":
            continue
        piece, found = items[-1].duties[-1]
        if found.of_all or _speaks_for_all(draft, piece, found, drafts):
            piece.duties.remove(found)
            piece.moved.append(found)
            draft.lifted.append((piece, found))


def _speaks_for_all(draft: Draft, piece: Piece, found: Found, siblings: Sequence[Draft]) -> bool:
    """Whether the statement in the last item of ``draft`` is about all its items."""
    items, last = draft.children, draft.children[-1]
    if len(items) < 2 or _names(draft) or any(_names_below(child) for child in items[:-1]):
        return False
    if RANK[last.kind] < RANK["arabic"] or last.children or len(last.duties) > 1 or not found.apart:
        return False
    own_line = found.start == 0 and len(last.pieces) > 1 and piece is last.pieces[-1]
    others = [other for other in siblings if other is not draft and other.kind == draft.kind]
    beside = any(_names(other) for other in others)
    elsewhere = any(_names_below(child) for other in others for child in other.children[:-1])
    return own_line or last.pieces[0].inline or (beside and not elsewhere)


def _names(draft: Draft) -> bool:
    """Whether the clause itself names units."""
    return bool(draft.duties or draft.lifted)


def _names_below(draft: Draft) -> bool:
    return any(_names(other) for other in draft.walk())

"""Walking through everything that a reading holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from gaoxin.notices import Notice
from gaoxin.notices.text.view import Passage


def passages(value: object) -> Iterator[Passage]:
    """Every passage below ``value``, however deep."""
    if isinstance(value, Passage):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from passages(item)
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from passages(getattr(value, field.name))


def blank(character: str) -> bool:
    """Characters that carry nothing: blanks, line ends, marks of zero width."""
    return character.isspace() or character in "\u200b\u200c\u200d\u2060\ufeff\u00ad"


def covered(notice: Notice) -> list[int]:
    """How many blocks each character of the source lies in."""
    count = [0] * len(notice.source)
    for block in notice.blocks:
        for i in range(block.passage.span.start, block.passage.span.end):
            count[i] += 1
    return count

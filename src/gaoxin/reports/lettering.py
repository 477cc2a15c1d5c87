"""How text is set, when half of it is Chinese: widths, line breaks, shortened labels, characters that can be set."""

from __future__ import annotations

import re
import unicodedata

_PIECES = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]|[^\s\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]+|\s+")
_NO_LINE_START = "，。；：、）》”！？,.;:)]"
_UNSETTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def legible(text: str) -> str:
    r"""Leave out the characters that XML cannot hold: documents and pictures would fail on them.

    >>> legible("上海\x00张江")
    '上海张江'
    """
    return _UNSETTABLE.sub("", text)


def width(text: str) -> int:
    """Width in half-width characters: a Chinese character counts two.

    >>> width("上海 A")
    6
    """
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def shorten(text: str, room: int) -> str:
    """Cut ``text`` to ``room`` half-width characters, with an ellipsis where something is missing.

    >>> shorten("国家级和省级研发机构数", 12), shorten("short", 12)
    ('国家级和省…', 'short')
    """
    if width(text) <= room:
        return text
    kept, used = "", 1
    for character in text:
        used += width(character)
        if used > room:
            break
        kept += character
    return f"{kept.rstrip()}…"


def wrap(text: str, room: int) -> list[str]:
    """Break ``text`` into lines of at most ``room`` half-width characters: between words, or between any two
    Chinese characters, but no punctuation starts a line.

    >>> wrap("前三位的名次区间互不重叠", 16)
    ['前三位的名次区间', '互不重叠']
    >>> wrap("one two three", 8)
    ['one two', 'three']
    """
    lines = [""]
    for piece in _PIECES.findall(text):
        fits = width(lines[-1]) + width(piece) <= room
        if fits or not lines[-1] or piece[0] in _NO_LINE_START:
            lines[-1] += piece
        else:
            lines.append(piece.lstrip())
    return [line.rstrip() for line in lines if line.strip()]

"""Looking at a notice without touching it: characters folded for reading, every one with its place in the source.

Offices mix full-width and half-width punctuation, seven kinds of brackets, traditional and simplified characters, and
break lines where the paper ends. A ``View`` smooths that over for the reader, and still knows for each of its
characters which character of the source it stands for; so whatever is found is reported as the exact words of the
source.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from gaoxin.notices.text.characters import SIMPLIFIED, unified


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of the source: ``source[start:end]``."""

    start: int
    end: int

    def __contains__(self, other: object) -> bool:
        return isinstance(other, Span) and self.start <= other.start and other.end <= self.end

    def __len__(self) -> int:
        return self.end - self.start

    def overlaps(self, other: Span) -> bool:
        """Whether the two share a character."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Passage:
    """Words of the notice, exactly as they stand there: ``text == source[span.start:span.end]``."""

    text: str
    span: Span

    @property
    def plain(self) -> str:
        """The words on one line: without the breaks that a line of the source has inside them.

        >>> Passage("市科\\n学技术局", Span(0, 7)).plain
        '市科学技术局'
        """
        return _BREAK.sub("", self.text)


_BREAK = re.compile(r"[ \t\u3000]*[\r\n\v\f\x85\u2028\u2029]+[ \t\u3000]*")
_OPENING, _CLOSING = "（〔［【﹙〖⦅〈＜<", "）〕］】﹚〗⦆〉＞>"
_FOLDED: dict[str, str] = {
    **dict.fromkeys(_OPENING, "("),
    **dict.fromkeys(_CLOSING, ")"),
    "[": "(", "]": ")", "「": "“", "」": "”", "『": "“", "』": "”", "﹑": "、", "､": "、", "｡": "。",
    "∶": ":", "︰": ":", "﹕": ":", "﹔": ";", "﹐": ",", "．": ".", "﹒": ".",
    "—": "-", "–": "-", "―": "-", "─": "-", "－": "-", "～": "~", "〜": "~", "∼": "~",
    "○": "〇", "◯": "〇", "Ｏ": "〇", "\u3000": " ", "\u00a0": " ", "\r": " ", "\n": " ", "\v": " ", "\f": " ",
    "\u0085": " ", "\u2028": " ", "\u2029": " ",
}  # fmt: skip
_DROPPED = frozenset("\u200b\u200c\u200d\u2060\ufeff\u00ad")
_ENCLOSED = ((0x2474, 0x249C), (0x3220, 0x322A), (0x24F5, 0x24F5))  # ⑴ ⒈ ㈠: one character that reads as three


def fold(character: str) -> str:
    """Return what ``character`` reads as: half-width, round brackets, simplified; nothing for a zero-width one.

    >>> "".join(map(fold, "（責任單位：市科委）")), fold("㈡"), fold("⒊")
    ('(责任单位:市科委)', '(二)', '3.')
    """
    known = _FOLDED.get(character)
    if known is not None:
        return known
    if character in _DROPPED:
        return ""
    code = ord(character)
    if 0xFF01 <= code <= 0xFF5E:
        return chr(code - 0xFEE0)
    if any(first <= code < last for first, last in _ENCLOSED):
        return unicodedata.normalize("NFKC", character)
    character = unified(character)
    return SIMPLIFIED.get(character, character)


def is_han(character: str) -> bool:
    """Whether ``character`` is a Chinese character (the numeral 〇 included)."""
    return "\u4e00" <= character <= "\u9fff" or character == "〇" or "\u3400" <= character <= "\u4dbf"


class View:
    """Stretches of ``source``, one after the other, folded.

    Runs of blanks are one blank, and a blank beside a digit or a Latin letter is none (``到 2025 年`` reads
    ``到2025年``); between stretches (lines that belong together) there is nothing. Tabs stay: they part cells.

    >>> view = View("到 ２０２５\\n年", [Span(0, 6), Span(7, 8)])
    >>> view.text, view.passage(1, 6).text
    ('到2025年', '２０２５\\n年')
    """

    __slots__ = ("at", "source", "text")

    def __init__(self, source: str, spans: Sequence[Span]) -> None:
        self.source = source
        characters: list[str] = []
        at: list[int] = []
        for span in spans:
            for offset in range(span.start, span.end):
                for character in fold(source[offset]):
                    if character == " " and (not characters or characters[-1] in " \t"):
                        continue
                    characters.append(character)
                    at.append(offset)
            while characters and characters[-1] == " ":
                characters.pop()
                at.pop()
        spaced = _letter_spaced("".join(characters))
        kept = [
            i
            for i, character in enumerate(characters)
            if character != " " or (i not in spaced and (not _beside_latin(characters, i) or characters[i - 1] in "\t"))
        ]
        self.text = "".join(characters[i] for i in kept)
        self.at: Sequence[int] = [at[i] for i in kept]

    def __len__(self) -> int:
        return len(self.text)

    def span(self, start: int, end: int) -> Span:
        """The stretch of the source that ``text[start:end]`` stands for."""
        if start >= end:
            place = self.at[start] if start < len(self.at) else (self.at[-1] + 1 if self.at else 0)
            return Span(place, place)
        return Span(self.at[start], self.at[end - 1] + 1)

    def passage(self, start: int, end: int) -> Passage:
        """The words of the source that ``text[start:end]`` stands for, without blanks at the ends."""
        while start < end and self.text[start] in " \t":
            start += 1
        while end > start and self.text[end - 1] in " \t":
            end -= 1
        span = self.span(start, end)
        return Passage(self.source[span.start : span.end], span)

    def part(self, start: int, end: int) -> View:
        """The view of ``text[start:end]`` alone."""
        piece = object.__new__(View)
        piece.source, piece.text, piece.at = self.source, self.text[start:end], self.at[start:end]
        return piece

    def index(self, offset: int) -> int:
        """Index of the first character of the view that stands at ``offset`` of the source or behind it."""
        low, high = 0, len(self.at)
        while low < high:
            middle = (low + high) // 2
            if self.at[middle] < offset:
                low = middle + 1
            else:
                high = middle
        return low


_SPACED = re.compile(r"(?:(?<=[\u4e00-\u9fff、]) [\u4e00-\u9fff、]){4,}")


def _letter_spaced(text: str) -> set[int]:
    """Where the blanks of letter-spaced words stand (市 科 学 技 术 局): they part nothing.

    Four blanks in a row between single characters; a heading of two characters (目 录) stays as it is.
    """
    if text.count(" ") < 4:
        return set()
    return {i for match in _SPACED.finditer(text) for i in range(*match.span()) if text[i] == " "}


def _beside_latin(characters: Sequence[str], i: int) -> bool:
    """Whether the blank at ``i`` stands between a digit or Latin letter and a Chinese character."""
    before = characters[i - 1] if i else ""
    after = characters[i + 1] if i + 1 < len(characters) else ""
    latin = before.isascii() and before.isalnum(), after.isascii() and after.isalnum()
    return bool(before and after) and latin[0] != latin[1] and (is_han(before) or is_han(after))


def folded(text: str) -> str:
    """``text`` as the reader sees it.

    >>> folded("〔责任单位∶各縣（市、區）政府〕")
    '(责任单位:各县(市、区)政府)'
    """
    return View(text, [Span(0, len(text))]).text

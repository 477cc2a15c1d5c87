"""Lines of the source put together into paragraphs.

Text that was copied from paper or from a PDF file breaks where the page ends, not where the sentence does. Two lines
are one paragraph when the first is plainly unfinished: it ends in a pause mark, inside a bracket that the next lines
close, or it is as long as the lines of a text that is broken throughout. A line that begins with a number is always a
paragraph of its own.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from gaoxin.notices.layout.lines import is_row
from gaoxin.notices.layout.repost import addition
from gaoxin.notices.text.numbering import mark_at
from gaoxin.notices.text.view import Span, View

_LINE = re.compile(r"[^\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029]+")
_BLANK = " \t\u3000\u00a0\u200b\ufeff\u200c\u200d\u2060\u00ad"
_UNFINISHED = tuple("、，,")
_FINISHED = tuple("。；：！？;:!?”’)）〕】]》")
_LOOK_AHEAD = 4
"""Lines within which an open bracket must close for the lines to belong together."""
_TITLE_LINE = 60
_BROKEN_SHARE, _FEW_LINES = 0.4, 8
_MIN_WIDTH, _RAGGED = 36, 4


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph: its characters folded, and where it stands."""

    view: View
    span: Span

    @property
    def text(self) -> str:
        """The folded text."""
        return self.view.text


def paragraphs(source: str) -> list[Paragraph]:
    """The paragraphs of ``source`` in their order; between them there are only blanks and line ends.

    >>> [p.text for p in paragraphs("一、总则\\n(责任单位:市科委、\\n市教委)\\n\\n二、附则")]
    ['一、总则', '(责任单位:市科委、市教委)', '二、附则']
    """
    lines = _lines(source)
    views = [View(source, [line]) for line in lines]
    widths = [_width(source[line.start : line.end]) for line in lines]
    broken = _broken(widths, [view.text for view in views])
    found: list[Paragraph] = []
    i = 0
    while i < len(lines):
        last = i
        while last + 1 < len(lines) and _continues(views, i, last, broken[last]):
            last += 1
        spans = lines[i : last + 1]
        view = views[i] if last == i else View(source, spans)
        if view.text:
            found.append(Paragraph(view, Span(spans[0].start, spans[-1].end)))
        i = last + 1
    return found


def _lines(source: str) -> list[Span]:
    """Every line that has a character, without the blanks around it."""
    lines = []
    for match in _LINE.finditer(source):
        start, end = match.span()
        while start < end and (source[start] in _BLANK or source[start].isspace()):
            start += 1
        while end > start and (source[end - 1] in _BLANK or source[end - 1].isspace()):
            end -= 1
        if start < end:
            lines.append(Span(start, end))
    return lines


def _width(line: str) -> int:
    """Width of a line as it is printed: a Chinese character takes two places."""
    return sum(2 if unicodedata.east_asian_width(character) in "WFA" else 1 for character in line)


def _broken(widths: Sequence[int], lines: Sequence[str]) -> list[bool]:
    """Which lines are full, in a text that is broken throughout; none when its lines are paragraphs."""
    long = sorted(width for width, line in zip(widths, lines, strict=True) if width >= _MIN_WIDTH and not is_row(line))
    if len(long) < _FEW_LINES:
        return [False] * len(lines)
    full = long[int(0.9 * (len(long) - 1))]
    filled = [abs(width - full) <= _RAGGED and not is_row(line) for width, line in zip(widths, lines, strict=True)]
    cut = sum(is_full and not line.endswith(_FINISHED) for is_full, line in zip(filled, lines, strict=True))
    return filled if cut >= _BROKEN_SHARE * len(long) else [False] * len(lines)


def _continues(views: Sequence[View], first: int, last: int, full: bool) -> bool:
    """Whether the line after ``last`` belongs to the paragraph that began with line ``first``.

    ``full``: the line ``last`` is as long as the lines of a text that is broken throughout.
    """
    line, following = views[last].text, views[last + 1].text
    if not line or not following or is_row(line) or is_row(following) or _starts(following):
        return False
    if line.endswith(_UNFINISHED):
        return True
    so_far = "".join(view.text for view in views[first : last + 1])
    if so_far.count("《") > so_far.count("》") and "》" in following and len(line) <= _TITLE_LINE:
        return True  # a title over two lines
    depth = _depth(so_far)
    if depth > 0:
        for view in views[last + 1 : last + 1 + _LOOK_AHEAD]:
            if _starts(view.text):
                return False
            depth += _depth(view.text)
            if depth <= 0:
                return True
        return False
    if not full or line.endswith(("。", ":", ";")):
        return False
    return addition(line, edge=True) is None and addition(following, edge=True) is None


def _starts(line: str) -> bool:
    """Whether a line begins a paragraph whatever stands before it."""
    return mark_at(line) is not None or re.match(r"\(?(?:责任|牵头|配合)(?:单位|部门):|附件", line) is not None


def _depth(text: str) -> int:
    return text.count("(") - text.count(")")

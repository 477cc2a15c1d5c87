"""Documents that a text names: 《…》 with the number behind it, and the part they play."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from gaoxin.notices.notice import Citation
from gaoxin.notices.text.view import View

_NUMBER = re.compile(
    r" ?\((?P<number>[^()。;]{0,16}?(?:\( ?(?:19|20)[0-9]{2} ?\)|(?:19|20)[0-9]{2}-)[^()。;、]{0,10}?号)[^()]{0,30}\)"
)
_BASIS = re.compile(r"根据|依据|按照|依照|遵照|贯彻|落实|执行")
_ISSUED_BEFORE = re.compile(
    r"现(?:将|予|印发|转发)[^。《]{0,30}$|(?:关于)?(?:印发|转发|发布)(?:[^。《,]{0,16}制定的)?$"
)
_ISSUED_BEHIND = re.compile(r"^(?:\([^)]*\))?[^。《]{0,60}?(?:印发给|发给你们|现印发|已经[^。]{0,40}?(?:同意|通过))")
_REPEALED = re.compile(r"(?:同时|即行|自[^。]{0,20})?(?:废止|失效|停止执行|不再执行)")


def citations(view: View, *, preamble: bool = False) -> list[Citation]:
    """Every document that is named in ``view``; in a preamble those that the notice rests on are its ``basis``.

    >>> from gaoxin.notices.text.view import Span
    >>> text = "为落实《国务院关于促进〈甲〉的意见》（国发〔2020〕7号），制定本办法。"
    >>> [(c.title.text, c.number.text, c.role) for c in citations(View(text, [Span(0, len(text))]), preamble=True)]
    [('《国务院关于促进〈甲〉的意见》', '国发〔2020〕7号', 'basis')]
    """
    text = view.text
    found = []
    for start, end in titles(text):
        number = _NUMBER.match(text, end)
        sentence = max(text.rfind(mark, 0, start) for mark in "。;!") + 1
        before = text[sentence:start]
        stop = text.find("。", end)
        behind = text[end : stop if stop >= 0 else len(text)]
        role: Literal["basis", "issued", "repealed", "cited"] = "cited"
        if _REPEALED.search(behind) or (_REPEALED.search(before) and not preamble):
            role = "repealed"
        elif _ISSUED_BEFORE.search(before) or _ISSUED_BEHIND.search(behind):
            role = "issued"
        elif preamble and _BASIS.search(before):
            role = "basis"
        found.append(
            Citation(
                view.passage(start, end),
                view.passage(number.start("number"), number.end("number")) if number else None,
                role,
            )
        )
    return found


def titles(text: str) -> Iterator[tuple[int, int]]:
    """The outermost 《…》 of the folded text; one that nothing closes is left out.

    >>> list(titles("《甲《乙》丙》丁《戊"))
    [(0, 7)]
    """
    depth, start = 0, 0
    for i, character in enumerate(text):
        if character == "《":
            if depth == 0:
                start = i
            depth += 1
        elif character == "》" and depth:
            depth -= 1
            if depth == 0:
                yield start, i + 1

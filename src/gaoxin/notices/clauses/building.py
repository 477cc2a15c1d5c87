"""From the paragraphs of a part to the tree of its clauses.

A paragraph may hold several clauses (``1.…。2.…。``); a number inside a paragraph counts as one only when it goes on
with the numbers before it, or the next one follows. The level of a number is that of its kind (一、 above （一） above
1.); kinds that a notice leaves out leave no hole.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from gaoxin.notices.clauses.drafts import Draft, Piece, all_of
from gaoxin.notices.clauses.tables import find_table, row_drafts
from gaoxin.notices.layout.paragraphs import Paragraph
from gaoxin.notices.text.numbering import RANK, Kind, Mark, mark_at
from gaoxin.notices.text.view import View
from gaoxin.notices.units.bodies import Bodies
from gaoxin.notices.units.duties import brackets, find_duties
from gaoxin.words import Text

_BEFORE_A_MARK = frozenset("。;!?:)”》.… \t")
_HEADING_KINDS = frozenset({"part", "chapter", "section"})
_LONGEST_HEADING, _SURE_HEADING = 42, 26
_LONGEST_COLON_HEADING = 18
_NO_HEADING = re.compile(
    r"^(?:到|至|从|自|对|在|为|按|按照|根据|经|凡|以|通过|围绕|[0-9]{4}年)|本(?:办法|规定|细则|条例)(?:所称|适用)|应当|不得|是指|可以|如下|下列|包括|负责|[0-9]+(?:万|亿)?元|\d+%|由.+"
)
_LIST_AHEAD = re.compile(r"(?:如下|下列|以下|包括|一是|其中|即|为|有|:|主要有)$")
_SENTENCE = "。!?"
_HEADING_BEFORE = re.compile(r"(?:^|[。)])[一二三四五六七八九十]{1,3}、[^。,;:()]{2,30}$")
"""一、支持住房消费(一)对…: a number may follow a heading that nothing ends."""


def build(paragraphs: Sequence[Paragraph], bodies: Bodies) -> list[Draft]:
    """The top clauses of a part, with everything below them; ``paragraphs`` are those of its body."""
    top: list[Draft] = []
    stack: list[Draft] = []
    table_ends = 0
    for i, paragraph in enumerate(paragraphs):
        if i < table_ends:
            continue
        table = find_table(paragraphs, i, bodies)
        if table:
            (stack[-1].children if stack else top).extend(row_drafts(table, bodies))
            table_ends = i + table.lines
            continue
        for view, mark, inline in split(paragraph.view):
            piece = Piece(view, inline=inline)
            if mark is None and stack:
                stack[-1].pieces.append(piece)
                continue
            if mark is None:
                draft = Draft("paragraph", len(top) + 1, None, [piece])
                stack = []
            else:
                draft = Draft(mark.kind, mark.ordinal, (mark.start, mark.end), [piece])
                while stack and RANK[stack[-1].kind] >= RANK[mark.kind]:
                    stack.pop()
            (stack[-1].children if stack else top).append(draft)
            if mark is not None:
                stack.append(draft)
    for draft in all_of(top):
        if draft.kind != "row":
            for piece in draft.pieces:
                piece.duties = find_duties(piece.view, bodies)
    for draft in all_of(top):
        find_heading(draft)
    return top


def split(view: View) -> list[tuple[View, Mark | None, bool]]:
    """The clauses that stand in one paragraph: view, mark (at its beginning), whether another stands before it.

    >>> from gaoxin.notices.text.view import Span
    >>> text = "1.建设平台。(责任单位:市科委)2.培育企业。按第3.2条执行。"
    >>> [piece.text for piece, _, _ in split(View(text, [Span(0, len(text))]))]
    ['1.建设平台。(责任单位:市科委)', '2.培育企业。按第3.2条执行。']
    """
    text = view.text
    first = mark_at(text)
    cuts = [0]
    last: dict[Kind, int] = {}
    if first is not None and first.ordinal is not None:
        last[first.kind] = first.ordinal
    inside = list(brackets(text))
    candidates = []
    for i in range(1, len(text)):
        behind_heading = text[i] == "(" and _HEADING_BEFORE.search(text[:i]) is not None
        circled = text[i] in "①②③④⑤⑥⑦⑧⑨⑩" and text[i - 1] in ",、"
        if text[i - 1] not in _BEFORE_A_MARK and not circled and not behind_heading:
            continue
        mark = mark_at(text, i)
        if mark is None or mark.ordinal is None or any(a < i < b and closed for a, b, closed in inside):
            continue
        if behind_heading and mark.kind != "han-brackets":
            continue
        if first is not None and i < first.end:
            continue
        if text[mark.end : mark.end + 1] in {"", "。", ";", ",", "、"} or text[i] == " ":
            continue
        candidates.append(mark)
    for k, mark in enumerate(candidates):
        follows = last.get(mark.kind)
        opens = mark.ordinal == 1 and any(
            other.kind == mark.kind and other.ordinal == 2 for other in candidates[k + 1 : k + 12]
        )
        opens = opens or (text[mark.start - 1] not in _BEFORE_A_MARK and mark.kind == "han-brackets")
        if (follows is not None and mark.ordinal == follows + 1) or (opens and mark.kind not in _HEADING_KINDS):
            cuts.append(mark.start)
            last = {kind: ordinal for kind, ordinal in last.items() if RANK[kind] <= RANK[mark.kind]}
            last[mark.kind] = mark.ordinal or 0
    result: list[tuple[View, Mark | None, bool]] = []
    for start, end in zip(cuts, [*cuts[1:], len(text)], strict=True):
        piece = view if len(cuts) == 1 else view.part(start, end)
        result.append((piece, mark_at(piece.text), start > 0))
    return result


def find_heading(draft: Draft) -> None:
    """Say where the heading of the clause is, and where its text begins."""
    if draft.kind == "row" or not draft.pieces:
        return
    piece = draft.pieces[0]
    text = piece.view.text
    start = draft.mark[1] if draft.mark else 0
    while start < len(text) and text[start] == " ":
        start += 1
    draft.text_from = start
    if draft.kind in {"paragraph", "dash"}:
        return
    # Statements of responsibility are no part of heading or text.
    end = next((found.start for found in piece.duties if found.apart and found.start >= start), len(text))
    more = any(_words(other) for other in draft.pieces[1:]) or bool(draft.children)
    more = more or any(_words_between(piece, found.end) for found in piece.duties if found.apart)
    rest = text[start:end].rstrip()
    if not rest:
        return
    if draft.kind in _HEADING_KINDS:
        draft.heading, draft.text_from = (start, start + len(rest)), start + len(rest)
        return
    if not more and piece.duties and not re.search(f"[{_SENTENCE}]", rest):
        return  # words and units and nothing else: the words are what is to be done
    length = _heading_length(draft.kind, rest, more)
    if length:
        draft.heading, draft.text_from = (start, start + length), start + length
        if length > _SURE_HEADING and length < len(rest):
            draft.doubts.append(
                Text("第一句较长，按标题理解", "the first sentence is long for a heading, but was taken for one")
            )


def _heading_length(kind: Kind, rest: str, more: bool) -> int:
    """How many characters of ``rest`` are the heading, the mark that ends it included; 0 when there is none."""
    bracketed = re.match(r"[(【]([^()【】。]{2,18})[)】] ?", rest) if kind == "article" else None
    if bracketed:
        return bracketed.end()
    stop = next((i for i, character in enumerate(rest) if character in _SENTENCE), -1)
    if stop < 0:
        if ";" in rest or len(rest) > _LONGEST_HEADING + 18:
            return _colon_heading(rest)
        colon = _colon_heading(rest)
        if colon:
            return colon
        if _LIST_AHEAD.search(rest.rstrip(":")) or rest.endswith((":", ",", "、")):
            return 0
        low = RANK[kind] >= RANK["arabic"]
        return len(rest) if more or not low else 0
    colon = _colon_heading(rest)
    if colon and colon < stop:
        return colon
    blank = rest.find(" ")
    if (
        2 <= blank <= 20
        and not re.search(r"[,;:、]", rest[:blank])
        and blank < stop
        and not _NO_HEADING.search(rest[:blank])
    ):
        return blank
    sentence = rest[:stop]
    short = len(sentence) <= (_LONGEST_HEADING if kind != "article" else 22)
    plain = sentence.count(",") <= 2 and not _NO_HEADING.search(sentence) and ";" not in sentence
    behind = more or stop + 1 < len(rest)
    return stop + 1 if short and plain and behind else 0


def _colon_heading(rest: str) -> int:
    """指导思想:以…: a few words, a colon, and text behind it."""
    match = re.match(rf"([^。,;:()]{{2,{_LONGEST_COLON_HEADING}}}):(?=.)", rest)
    if match is None or _LIST_AHEAD.search(match[1]) or _NO_HEADING.search(match[1]):
        return 0
    return match.end()


def _words(piece: Piece) -> bool:
    """Whether a piece says anything besides who is responsible."""
    return _words_between(piece, 0)


def _words_between(piece: Piece, start: int) -> bool:
    text = piece.view.text
    position = start
    for found in piece.duties:
        if not found.apart or found.end <= start:
            continue
        if text[position : found.start].strip(" 。,;"):
            return True
        position = found.end
    return bool(text[position:].strip(" 。,;"))

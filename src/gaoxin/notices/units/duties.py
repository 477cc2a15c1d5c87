"""Finding who is responsible: where a clause says so, in brackets, behind a label, or in a sentence of its own.

What counts as a statement is decided by what is in it. A label (责任单位:) is enough. Without one, a bracket or a
sentence counts only when the names in it are bodies: 「支持建立龙头企业牵头、多方参与的创新联合体」 names none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gaoxin.notices.text.view import View
from gaoxin.notices.units.bodies import Bodies
from gaoxin.notices.units.roles import LABEL, LABEL_AND_COLON, PHRASE
from gaoxin.notices.units.statements import Statement, read_statement

_LABEL_THERE = re.compile(rf"(?:{LABEL.pattern})(?: ?:|(?<=位)为|(?<=门)为)")
_SENTENCE_END = "。;!?"
_BEFORE_A_BRACKET = frozenset("。;!?,、”)》.:")
_LEAD_IN = re.compile(
    r"^(?:(?:以上|上述|本|该|此|各|具体|相关|有关|这)[^,。由负]{0,10}?(?:工作|任务|措施|事项|条款|政策|内容|条|项)?)?由|^(?:以上|上述)(?:工作|任务|措施|事项|各项)?[,:]?"
)
_ABOVE = re.compile(r"(?:以上|上述)(?:工作|任务|措施|事项|各项|内容|政策|条款)?")
_EMBEDDED = re.compile(
    r"由(?P<names>[^,。;:由]{2,120}?(?:、[^,。;:]{2,60})*)(?P<how>牵头|会同|按(?:照)?(?:各自)?职责(?:分工)?(?:负责)?|(?:具体|共同|统筹)?负责(?!解释)|组织实施|承担)"
)
_WHOLE_SENTENCE = 160
"""Characters beyond which a sentence is no mere list of units."""
_LONGEST_BRACKET = 600


@dataclass(frozen=True, slots=True)
class Found:
    """A statement in one view: where it stands, brackets included, and what it says.

    ``apart`` is False when the statement is a part of a sentence that says more (由市科技局会同市财政局制定办法).
    """

    start: int
    end: int
    statement: Statement
    apart: bool = True
    unclosed: bool = False
    of_all: bool = False
    """Whether it says that it is about what stands before it (以上任务由…)."""


def find_duties(view: View, bodies: Bodies) -> list[Found]:
    """Every statement of responsibility in ``view``, in the order of the text."""
    found = list(_in_brackets(view, bodies))
    taken = [(item.start, item.end) for item in found]
    found += _behind_labels(view, bodies, taken)
    taken = [(item.start, item.end) for item in found]
    found += _in_sentences(view, bodies, taken)
    return sorted(found, key=lambda item: item.start)


def names_units(text: str) -> bool:
    """Whether the folded ``text`` has a label of units, or says who leads: worth a closer look."""
    return _LABEL_THERE.search(text) is not None or re.search(r"牵头|按(?:照)?职责分工", text) is not None


def brackets(text: str) -> Iterator[tuple[int, int, bool]]:
    """The outermost brackets of ``text``: start, end (behind the closing one), whether it is closed.

    A bracket that nothing closes ends at the first 。 behind it, else with the text.

    >>> list(brackets("甲(乙(丙)丁)戊(己")), list(brackets("(甲。乙"))
    ([(1, 8, True), (9, 11, False)], [(0, 2, False)])
    """
    i = 0
    while i < len(text):
        if text[i] != "(":
            i += 1
            continue
        depth, j = 0, i
        while j < len(text):
            depth += {"(": 1, ")": -1}.get(text[j], 0)
            if depth == 0:
                break
            j += 1
        if depth == 0:
            yield i, j + 1, True
            i = j + 1
            continue
        # Nothing closes it. What is inside it may still have brackets of its own.
        stop = text.find("。", i)
        stop = len(text) if stop < 0 else stop
        yield i, stop, False
        i = stop


def _in_brackets(view: View, bodies: Bodies) -> Iterator[Found]:
    text = view.text
    for start, end, closed in brackets(text):
        inner = start + 1, end - 1 if closed else end
        content = text[inner[0] : inner[1]]
        if len(content) < 2:
            continue
        label = _LABEL_THERE.search(content) or LABEL.match(content)
        at_end = end >= len(text) or text[end] in "。;!?,. " or start == 0
        if label and (label.start() <= 1 or _only_names_before(view, inner[0], inner[0] + label.start(), bodies)):
            statement = read_statement(view, *inner, bodies)
            if statement.units or statement.remarks:
                yield Found(start, end, statement, unclosed=not closed)
            continue
        if not closed or len(content) > _LONGEST_BRACKET:
            continue
        phrase = PHRASE.search(content.rstrip("。 ,;")) is not None
        behind_text = start == 0 or text[start - 1] in _BEFORE_A_BRACKET or at_end
        if not behind_text:
            continue
        statement = read_statement(view, *inner, bodies)
        if not statement.units:
            continue
        known = statement.resolved == len(statement.units)
        ends_clause = (start == 0 or text[start - 1] in _BEFORE_A_BRACKET) and (at_end or end == len(text))
        if (phrase and statement.resolved) or (known and ends_clause and _bodies_only(statement)):
            yield Found(start, end, statement)


def _only_names_before(view: View, start: int, end: int, bodies: Bodies) -> bool:
    """Whether what stands before the label in the same brackets is a list of units too."""
    statement = read_statement(view, start, end, bodies)
    return bool(statement.units) and statement.resolved == len(statement.units)


def _bodies_only(statement: Statement) -> bool:
    """A bare list in brackets: at least one body that is known by register or form, nothing unknown."""
    return any(unit.certainty in {"register", "pattern"} for unit in statement.units)


def _behind_labels(view: View, bodies: Bodies, taken: Sequence[tuple[int, int]]) -> Iterator[Found]:
    """责任单位:… outside brackets: to the end of the sentence, further labels included."""
    text = view.text
    position = 0
    while True:
        match = _LABEL_THERE.search(text, position)
        if match is None:
            return
        position = match.end()
        start = match.start()
        if any(a <= start < b for a, b in taken):
            continue
        if (
            start
            and text[start - 1] not in _BEFORE_A_BRACKET
            and text[start - 1] not in " \t“【"
            and not _starts_line(view, start)
        ):
            continue
        end = _end_of_statement(text, match.end())
        statement = read_statement(view, start, end, bodies)
        if statement.units:
            yield Found(start, end, statement)
            position = max(position, end)


def _starts_line(view: View, index: int) -> bool:
    """Whether a line of the source begins at ``index`` of the view."""
    return index > 0 and "\n" in view.source[view.at[index - 1] : view.at[index]]


def _end_of_statement(text: str, start: int) -> int:
    """End of a statement behind a label: the 。 that closes it, but on over another label that follows."""
    i = start
    depth = 0
    while i < len(text):
        depth += {"(": 1, ")": -1}.get(text[i], 0)
        if depth <= 0 and text[i] in "。!?\t":
            if text[i] == "。" and LABEL_AND_COLON.match(text[i + 1 :]) and _LABEL_THERE.match(text, i + 1):
                i += 1
                continue
            return i + 1 if text[i] != "\t" else i
        i += 1
    return len(text)


def sentences(text: str, start: int = 0) -> Iterator[tuple[int, int]]:
    """Stretches up to and with 。 ; ! or ?, brackets and quotation marks kept whole.

    >>> list(sentences("甲。乙(丙;丁)戊;己"))
    [(0, 2), (2, 10), (10, 11)]
    """
    depth = 0
    first = start
    for i in range(start, len(text)):
        depth += {"(": 1, "《": 1, ")": -1, "》": -1}.get(text[i], 0)
        depth = max(depth, 0)
        if text[i] in _SENTENCE_END and (depth == 0 or text[i] == "。"):
            yield first, i + 1
            first, depth = i + 1, 0
    if first < len(text):
        yield first, len(text)


def _in_sentences(view: View, bodies: Bodies, taken: Sequence[tuple[int, int]]) -> Iterator[Found]:
    text = view.text
    for start, end in sentences(text):
        if any(a < end and start < b for a, b in taken):
            continue
        said = text[start:end]
        body_end = end - 1 if said[-1] in _SENTENCE_END else end
        stripped = text[start:body_end]
        if not stripped:
            continue
        if len(stripped) <= _WHOLE_SENTENCE and PHRASE.search(stripped):
            lead = _LEAD_IN.match(stripped)
            first = start + (lead.end() if lead else 0)
            statement = read_statement(view, first, body_end, bodies)
            if statement.units and statement.resolved == len(statement.units) and statement.phrased:
                yield Found(start, end, statement, of_all=bool(lead and _ABOVE.match(stripped)))
                continue
        for match in _EMBEDDED.finditer(text, start, body_end):
            first = match.start("names")
            last = match.end("how")
            to_the_end = read_statement(view, first, body_end, bodies)
            if to_the_end.units and to_the_end.phrased and to_the_end.resolved == len(to_the_end.units):
                last = body_end
            elif match["how"] == "会同":
                last = _end_of_names(view, match.end("how"), body_end, bodies)
            statement = read_statement(view, first, last, bodies)
            written = [
                unit for unit in statement.units if unit.certainty in {"register", "pattern"} and not unit.doubts
            ]
            if written and statement.resolved == len(statement.units):
                yield Found(match.start(), last, statement, apart=False)


def _end_of_names(view: View, start: int, end: int, bodies: Bodies) -> int:
    """How far the names behind 会同 go: the longest stretch that reads as names."""
    text = view.text
    for stop in range(min(end, start + 60), start, -1):
        piece = text[start:stop]
        if text[stop - 1] in "、,和 ":
            continue
        statement = read_statement(view, start, stop, bodies)
        if statement.units and statement.resolved == len(statement.units) and not PHRASE.search(piece):
            return stop
    return start

"""Splitting a clause into actions that a unit can be held to: one verb, one object, in the very words of the notice.

A sentence is cut at its commas; a piece that opens with a verb of official language begins an action. Openings that
only lead up to one (依托…, 到2025年, 对…的) go with the action behind them; results (使其成为…) with the one before.
Nothing is left out: what has no verb is an action without one, and says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gaoxin.notices.contents.figures import DEADLINE
from gaoxin.notices.contents.lexicon import LEAD, RESULT, SURE_VERBS, verb_at, verb_inside
from gaoxin.notices.notice import Action, Target
from gaoxin.notices.text.patterns import one_of
from gaoxin.notices.text.view import View
from gaoxin.notices.units.bodies import Bodies
from gaoxin.notices.units.duties import sentences
from gaoxin.notices.units.statements import read_statement
from gaoxin.words import Text

PRINCIPLES = re.compile(
    r"指导思想|基本原则|总体要求|总体思路|工作原则|指导原则|发展定位|重要意义|重大意义|总体考虑|战略定位"
)
GOALS = re.compile(r"(?:发展|工作|主要|总体|行动|任务|建设|预期|年度|具体|近期|远期|阶段性?)目标|目标任务|目标要求")
_MODAL = re.compile(r"(?:要|应当|应该|应|须|需|必须|负责|可以|将)(?!求)")
_ORDER = re.compile(r"^(?:一|二|三|四|五|六|七|八|九|十)(?:是|要)|^第[一二三四五六七八九十](?:,|是)")
_GOAL_VERBS = {"达到", "超过", "突破", "形成", "建成", "实现", "力争"}
_NO_VERB = Text("没有认出动词", "no verb was recognised")
_INNER_VERB = Text("动词不在句首，是推定的", "the verb does not open the words; it was inferred")
_LIST_TAIL = re.compile(r"等[\u4e00-\u9fff]{0,10}$")
_LEADS_ON = re.compile(
    one_of("的 中 上 下 后 前 时 等 基础上 重点 指导 导向 抓手 目标 契机 载体 主线 核心 牵引 动力") + "$"
)
"""Ends of an opening that only leads up to the action: 以…为重点."""


@dataclass(slots=True)
class _Piece:
    start: int
    end: int
    verb: tuple[int, int] | None
    inner: bool = False


def actions(
    view: View,
    stretches: Sequence[tuple[int, int]],
    bodies: Bodies,
    *,
    heading: str = "",
    targets: Sequence[Target] = (),
) -> list[Action]:
    """The actions in ``view``; ``stretches`` are its text without heading and statements of responsibility.

    >>> from gaoxin.notices.text.view import Span
    >>> text = "加快组建实验室,依托园区平台,支持企业设立研究院。"
    >>> [(a.words.text, a.verb.text, a.object.text) for a in actions(View(text, [Span(0, 24)]), [(0, 24)], Bodies())]
    [('加快组建实验室', '组建', '实验室'), ('依托园区平台,支持企业设立研究院', '支持', '企业设立研究院')]
    """
    found: list[Action] = []
    for start, end in stretches:
        for first, last in sentences(view.text[start:end]):
            found += _sentence(view, start + first, start + last, bodies, heading, targets)
    return found


def _sentence(
    view: View, start: int, end: int, bodies: Bodies, heading: str, targets: Sequence[Target]
) -> Iterator[Action]:
    text = view.text
    while end > start and text[end - 1] in "。;!?:, \t":
        end -= 1
    while start < end and text[start] in "、,;。: \t)”":
        start += 1
    if start >= end:
        return
    actor_end = _actor(view, start, end, bodies)
    pieces = list(_pieces(text, actor_end or start, end))
    for first, last, verb, inner in _grouped(text, pieces):
        begin = start if actor_end and first == actor_end else first
        action = _action(view, begin, last, verb, heading, targets, inner=inner)
        if actor_end:
            modal = _MODAL.search(text, start, actor_end)
            named = view.passage(start, modal.start() if modal else actor_end)
            action = Action(action.words, action.verb, action.object, action.kind, named, action.doubts)
        yield action


def _actor(view: View, start: int, end: int, bodies: Bodies) -> int:
    """Where the predicate begins, when the sentence opens with the bodies that are to act (各区政府要…); else 0."""
    modal = _MODAL.search(view.text, start, min(end, start + 80))
    if modal is None or modal.start() == start or "," in view.text[start : modal.start()]:
        return 0
    statement = read_statement(view, start, modal.start(), bodies)
    if not statement.units or statement.resolved < len(statement.units) or modal.end() >= end:
        return 0
    return modal.end()


def _pieces(text: str, start: int, end: int) -> Iterator[_Piece]:
    """The sentence cut at commas, and at 、 where a further verb with its object follows."""
    depth, first = 0, start
    cuts: list[tuple[int, int]] = []
    for i in range(start, end):
        character = text[i]
        depth = max(0, depth + {"(": 1, "《": 1, "“": 1, ")": -1, "》": -1, "”": -1}.get(character, 0))
        if depth == 0 and character in ",:;":
            cuts.append((first, i))
            first = i + 1
    cuts.append((first, end))
    for begin, b in cuts:
        a = begin + len(text[begin:b]) - len(text[begin:b].lstrip(" \t"))
        order = _ORDER.match(text[a:b])
        opening = a + order.end() if order else a
        time = DEADLINE.match(text, opening, b)
        verb = verb_at(text, time.end() if time else opening, b)
        if verb is None:
            yield _Piece(a, b, None)
        else:
            yield from _at_pauses(text, a, b, verb)


def _at_pauses(text: str, start: int, end: int, verb: tuple[int, int]) -> Iterator[_Piece]:
    """推进甲建设、完善乙机制: two actions; 加强规划建设、产业发展和…的统筹: one."""
    if _LIST_TAIL.search(text[start:end]):
        yield _Piece(start, end, verb)
        return
    first, depth = start, 0
    for i in range(verb[1], end):
        depth = max(0, depth + {"(": 1, "《": 1, "“": 1, ")": -1, "》": -1, "”": -1}.get(text[i], 0))
        if depth or text[i] != "、" or i - verb[1] < 2:
            continue
        following = verb_at(text, i + 1, end)
        if following is None or text[following[0] : following[1]] not in SURE_VERBS:
            continue
        stop = next((k for k in range(following[1], end) if text[k] == "、"), end)
        if stop - following[1] < 2 or "的" in text[following[1] : end]:
            continue
        yield _Piece(first, i, verb)
        first, verb = i + 1, following
    yield _Piece(first, end, verb)


def _grouped(text: str, pieces: Sequence[_Piece]) -> Iterator[tuple[int, int, tuple[int, int] | None, bool]]:
    """Pieces put together: openings with what follows them, results with what stands before."""
    begin: int | None = None
    current: tuple[int, int, tuple[int, int] | None, bool] | None = None
    for k, piece in enumerate(pieces):
        last = k == len(pieces) - 1
        verb, inner = piece.verb, False
        said = text[piece.start : piece.end]
        if RESULT.match(said) and verb is None and current is not None and begin is None:
            current = (current[0], piece.end, *current[2:])
            continue
        if verb is None and (
            said.startswith(("将", "把", "对", "为", "给", "从", "在", "向", "由")) or LEAD.match(said)
        ):
            inside = verb_inside(text, piece.start, piece.end)
            if inside and (last or said.startswith(("将", "把", "对")) or _complete(text, inside, piece.end)):
                verb, inner = inside, True
            elif not last:
                begin = piece.start if begin is None else begin
                continue
        if verb is None:
            if current is not None and begin is None:
                current = (current[0], piece.end, *current[2:])
                continue
            inside = verb_inside(text, piece.start, piece.end)
            if inside is None and not last:
                begin = piece.start if begin is None else begin
                continue
            verb, inner = inside, inside is not None
        if current is not None:
            yield current
        current = (piece.start if begin is None else begin, piece.end, verb, inner)
        begin = None
    if current is not None:
        yield current
    if begin is not None:
        yield begin, pieces[-1].end, None, False


def _complete(text: str, verb: tuple[int, int], end: int) -> bool:
    """Whether a verb inside an opening has an object of its own, so that the opening is an action by itself."""
    return end - verb[1] >= 4 and _LEADS_ON.search(text[verb[1] : end]) is None


def _action(
    view: View,
    start: int,
    end: int,
    verb: tuple[int, int] | None,
    heading: str,
    targets: Sequence[Target],
    *,
    inner: bool,
) -> Action:
    words = view.passage(start, end)
    doubts = (_NO_VERB,) if verb is None else (_INNER_VERB,) if inner else ()
    goal = any(target.kind == "goal" and target.figure.span in words.span for target in targets)
    said = view.text[verb[0] : verb[1]] if verb else ""
    kind = "action"
    if PRINCIPLES.search(heading) or said == "坚持":
        kind = "principle"
    elif GOALS.search(heading) or (goal and (verb is None or inner or said in _GOAL_VERBS)):
        kind = "goal"
    object_ = None
    if verb:
        first, last = verb[1], end
        ba = re.match(r"(?:同时|并|要|应当|应)?[将把]", view.text[start:end])
        if inner and ba and start + ba.end() < verb[0]:
            first, last = start + ba.end(), _before_adverbs(view.text, start + ba.end(), verb[0])
        while first < last and view.text[first] in "了、, ":
            first += 1
        object_ = view.passage(first, last) if first < last else None
    return Action(words, view.passage(*verb) if verb else None, object_, kind, None, doubts)  # type: ignore[arg-type]


def _before_adverbs(text: str, start: int, end: int) -> int:
    """End of the object of 将/把, without the adverbs and places between it and the verb (优先, 从高新区)."""
    trailing = re.search(r"(?:从[^,]{1,12}|优先|及时|全部|统一|逐步|分别|依法|一并|直接|自动|全面)+$", text[start:end])
    return start + trailing.start() if trailing and trailing.start() > 0 else end

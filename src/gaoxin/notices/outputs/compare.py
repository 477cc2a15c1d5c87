"""Two versions of a notice, clause by clause: what stayed, moved, was renumbered, reworded, added or dropped.

Clauses are matched by their words, not by their numbers: first the pairs that are most alike by shared pairs of
characters, then what is left by place. Words are compared folded, so that a full-width comma is no change.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from gaoxin.notices.notice import Clause, Notice, Role, Unit
from gaoxin.notices.text.view import Passage, Span, View
from gaoxin.words import Text

_ALIKE = 0.45
"""Share of common pairs of characters from which two clauses are versions of one."""
_SAME_PLACE = 0.2
"""The same for two clauses with one number under one heading."""
_ISLAND = 2
"""Common stretches between two changes that are no longer than this are shown as changed too."""

State = Literal["same", "changed", "added", "removed"]
STATES: dict[State, Text] = {
    "same": Text("未变", "same"),
    "changed": Text("修改", "changed"),
    "added": Text("新增", "added"),
    "removed": Text("删除", "removed"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """Words of the old version and what stands there now; one of the two may be empty."""

    old: str
    new: str


@dataclass(frozen=True, slots=True)
class UnitChange:
    """A unit that came, went, or changed its role."""

    name: str
    before: Role | None
    after: Role | None


@dataclass(frozen=True, slots=True)
class ClausePair:
    """A clause in both versions, or in one of them."""

    old: Clause | None
    new: Clause | None
    state: State
    moved: bool = False
    """It stands under another heading, or in another order."""
    renumbered: bool = False
    changes: tuple[Change, ...] = ()
    units: tuple[UnitChange, ...] = ()
    likeness: float = 1.0


@dataclass(frozen=True, slots=True)
class HeadChange:
    """A field of the head that differs."""

    field: Text
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed from ``old`` to ``new``."""

    head: tuple[HeadChange, ...]
    clauses: tuple[ClausePair, ...]

    @property
    def counts(self) -> dict[State, int]:
        """How many clauses are in each state."""
        return {state: sum(pair.state == state for pair in self.clauses) for state in STATES}


def compare(old: Notice, new: Notice) -> Comparison:
    """Compare two versions; the pairs stand in the order of the new one, what was dropped where it stood.

    >>> from gaoxin.notices.reading import read_notice
    >>> before = read_notice("一、建设平台。支持企业建设研究院。（责任单位：市科技局）")
    >>> after = read_notice("二、建设平台。支持企业建设实验室。（责任单位：市科技局、市财政局）")
    >>> pair = compare(before, after).clauses[0]
    >>> pair.state, pair.renumbered, pair.changes, [unit.name for unit in pair.units]
    ('changed', True, (Change(old='研究院', new='实验室'),), ['市财政局'])
    """
    before, after = list(old.clauses()), list(new.clauses())
    pairs = _match(before, after)
    order = _in_order([pairs[k] for k in range(len(after)) if pairs[k] is not None])
    matched = {index: k for k, index in enumerate(pairs) if index is not None}
    result: list[ClausePair] = []
    position = 0
    for k, clause in enumerate(after):
        index = pairs[k]
        if index is None:
            result.append(ClausePair(None, clause, "added", units=_units(None, clause)))
            continue
        while position < len(before) and position not in matched:
            result.append(_gone(before[position]))
            position += 1
        position = max(position, index + 1)
        heading = _above(before, index, matched), _above(after, k, {v: v for v in matched.values()})
        result.append(_pair(before[index], clause, moved=index not in order or heading[0] != heading[1]))
    shown = {id(pair.old) for pair in result}
    result += [_gone(clause) for i, clause in enumerate(before) if i not in matched and id(clause) not in shown]
    return Comparison(tuple(_head(old, new)), tuple(result))


def _gone(clause: Clause) -> ClausePair:
    return ClausePair(clause, None, "removed", units=_units(clause, None))


# -- matching


def _words(clause: Clause) -> str:
    passages = ((clause.heading,) if clause.heading else ()) + clause.text
    return "。".join(_folded(passage.plain) for passage in passages)


def _folded(text: str) -> str:
    return View(text, [Span(0, len(text))]).text.replace(" ", "")


def _match(before: Sequence[Clause], after: Sequence[Clause]) -> list[int | None]:
    """For each clause of ``after`` the index of its earlier version."""
    grams_before = [_pairs_of_characters(_words(clause)) for clause in before]
    grams_after = [_pairs_of_characters(_words(clause)) for clause in after]
    scored = []
    for k, grams in enumerate(grams_after):
        for i, others in enumerate(grams_before):
            score = _likeness(grams, others)
            same_label = before[i].path == after[k].path
            if score >= _ALIKE or (same_label and score >= _SAME_PLACE) or (same_label and not grams and not others):
                scored.append((score + 0.05 * same_label, -abs(i - k), k, i))
    result: list[int | None] = [None] * len(after)
    used: set[int] = set()
    for _, _, k, i in sorted(scored, reverse=True):
        if result[k] is None and i not in used:
            result[k] = i
            used.add(i)
    return result


def _pairs_of_characters(text: str) -> Counter[str]:
    return Counter(text[i : i + 2] for i in range(len(text) - 1)) or Counter(text)


def _likeness(one: Counter[str], other: Counter[str]) -> float:
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if total else 0.0


def _in_order(indices: Sequence[int | None]) -> set[int]:
    """The longest run of matches that keep their order; the others have moved."""
    best: list[list[int]] = [[]]
    for index in indices:
        if index is None:
            continue
        longest: list[int] = []
        for run in best:
            if len(run) > len(longest) and run[-1] < index:
                longest = run
        best.append([*longest, index])
    return set(sorted(best, key=len)[-1])


def _above(clauses: Sequence[Clause], index: int, matched: dict[int, int]) -> int | None:
    """Index (in the new version) of the heading that a clause stands under."""
    path = clauses[index].path[:-1]
    for i in range(index - 1, -1, -1):
        if path and clauses[i].path == path:
            return matched.get(i, -1)
    return None


# -- what changed


def _pair(old: Clause, new: Clause, *, moved: bool) -> ClausePair:
    before, after = _words(old), _words(new)
    changes = () if before == after else tuple(_changes(before, after))
    units = _units(old, new)
    return ClausePair(
        old,
        new,
        "changed" if changes or units else "same",
        moved=moved,
        renumbered=old.path[-1] != new.path[-1],
        changes=changes,
        units=units,
        likeness=SequenceMatcher(None, before, after, autojunk=False).ratio() if changes else 1.0,
    )


def _changes(before: str, after: str) -> list[Change]:
    """The stretches that differ; what little is common between two of them is taken into one."""
    runs: list[list[int]] = []
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        if runs and a - runs[-1][1] <= _ISLAND and c - runs[-1][3] <= _ISLAND:
            runs[-1][1], runs[-1][3] = b, d
        else:
            runs.append([a, b, c, d])
    return [Change(before[a:b], after[c:d]) for a, b, c, d in runs]


def _units(old: Clause | None, new: Clause | None) -> tuple[UnitChange, ...]:
    before = {_key(unit): unit for unit in (old.answerable if old else ())}
    after = {_key(unit): unit for unit in (new.answerable if new else ())}
    changed = []
    for key in dict.fromkeys((*before, *after)):
        one, other = before.get(key), after.get(key)
        if one and other and one.role == other.role:
            continue
        name = (after.get(key) or before[key]).name.plain
        changed.append(UnitChange(name, one.role if one else None, other.role if other else None))
    return tuple(changed)


def _key(unit: Unit) -> str:
    return unit.body or _folded(unit.name.plain)


def _head(old: Notice, new: Notice) -> list[HeadChange]:
    def said(passage: Passage | None) -> str:
        return passage.plain if passage else ""

    def validity(notice: Notice) -> str:
        return "".join(passage.plain for passage in notice.validity.words) if notice.validity else ""

    fields = [
        (Text("标题", "title"), said(old.title), said(new.title)),
        (Text("文号", "number"), said(old.number), said(new.number)),
        (Text("发文单位", "issuer"), "、".join(i.plain for i in old.issuers), "、".join(i.plain for i in new.issuers)),
        (Text("主送", "addressee"), said(old.addressee), said(new.addressee)),
        (Text("成文日期", "signed"), said(old.signed), said(new.signed)),
        (Text("施行", "in force"), validity(old), validity(new)),
        (
            Text("依据", "basis"),
            "、".join(c.title.plain for c in old.basis),
            "、".join(c.title.plain for c in new.basis),
        ),
    ]
    return [HeadChange(name, one, other) for name, one, other in fields if _folded(one) != _folded(other)]

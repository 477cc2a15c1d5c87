"""Numbers of clauses that do not follow one another: missing, used twice, out of order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from gaoxin.notices.notice import Clause, Part
from gaoxin.notices.text.numbering import RANK, Kind, label
from gaoxin.problems import NO_REMEDY
from gaoxin.words import Text

_THROUGHOUT: frozenset[Kind] = frozenset({"part", "chapter", "article", "han"})
"""Kinds that are numbered through the whole part, whatever stands above them."""
_EITHER: frozenset[Kind] = frozenset({"han-brackets", "arabic", "arabic-brackets"})
"""Kinds that start anew under each heading, or go on through the part: the notice shows which."""
_MOST_LISTED = 8


@dataclass(frozen=True, slots=True)
class Irregularity:
    """A number that is not the one expected; it stands at ``clause``."""

    code: str
    clause: Clause
    message: Text
    remedy: Text = NO_REMEDY


def irregularities(part: Part) -> Iterator[Irregularity]:
    """What is irregular in the numbers of ``part``.

    A kind that may start anew or go on is read in the way that leaves fewer irregularities; starting anew when the
    two are equal.
    """
    groups = list(_groups(part.clauses, ()))
    for kind in sorted({kind for kind, _, _ in groups}, key=RANK.__getitem__):
        lists = [("".join(above), clauses) for k, above, clauses in groups if k == kind]
        through = [clause for _, clauses in lists for clause in clauses]
        goes_on = kind in _EITHER and _count([through]) < _count([clauses for _, clauses in lists])
        for above, clauses in [("", through)] if kind in _THROUGHOUT or goes_on else lists:
            yield from _sequence(kind, above, clauses)


def _groups(clauses: Sequence[Clause], above: tuple[str, ...]) -> Iterator[tuple[Kind, tuple[str, ...], list[Clause]]]:
    """Clauses of one kind under one heading, in the order of the text."""
    for kind in dict.fromkeys(clause.kind for clause in clauses if clause.ordinal is not None):
        if kind not in {"dash", "paragraph"}:
            yield kind, above, [clause for clause in clauses if clause.kind == kind and clause.ordinal is not None]
    for clause in clauses:
        yield from _groups(clause.children, clause.path)


def _count(runs: Iterable[Sequence[Clause]]) -> int:
    """How many numbers do not follow the one before them."""
    count = 0
    for run in runs:
        expected = 1
        for clause in run:
            count += clause.ordinal != expected
            expected = (clause.ordinal or 0) + 1
    return count


def _sequence(kind: Kind, above: str, clauses: Sequence[Clause]) -> Iterator[Irregularity]:
    expected, seen = 1, set[int]()
    for clause in clauses:
        ordinal = clause.ordinal or 0
        if ordinal == 1 and expected > 2 and RANK[kind] >= RANK["arabic"]:
            expected, seen = 1, set()  # a second list in the same clause
        name = clause.label
        if ordinal in seen:
            yield Irregularity("numbers.duplicate", clause, Text(f"编号重复：{name}", f"number used twice: {name}"))
        elif ordinal < expected:
            before = label(kind, expected - 1)
            message = Text(f"编号次序颠倒：{name} 在 {before} 之后", f"out of order: {name} stands after {before}")
            yield Irregularity("numbers.order", clause, message)
        elif ordinal > expected:
            yield _missing(kind, above or "".join(clause.path[:-1]), clause, expected)
        seen.add(ordinal)
        expected = max(expected, ordinal + 1)


def _missing(kind: Kind, above: str, clause: Clause, expected: int) -> Irregularity:
    missing = range(expected, clause.ordinal or 0)
    labels = [above + label(kind, number) for number in missing[:_MOST_LISTED]]
    zh, en = "、".join(labels), ", ".join(labels)
    if len(missing) > _MOST_LISTED:
        zh, en = f"{zh} 等 {len(missing)} 条", f"{en} and {len(missing) - _MOST_LISTED} more"
    return Irregularity(
        "numbers.missing",
        clause,
        Text(f"缺 {zh}", f"missing: {en}"),
        Text("原文可能被删节，请核对全文", "the text may have been shortened; check the full one"),
    )

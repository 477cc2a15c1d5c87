"""What a notice says, as plain data: every piece keeps the exact characters it came from.

``Passage`` and ``Span`` (module ``view``) are the thread back to the source. Whatever the reader is not sure of is
written at the item itself (``doubts``) in both languages; an item without doubts was read by a rule that has no
exception known to us.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from gaoxin.notices.text.numbering import Kind, label
from gaoxin.notices.text.view import Passage, Span
from gaoxin.problems import NO_REMEDY, Severity
from gaoxin.words import Text

Role = Literal["lead", "responsible", "cooperating", "supervising"]
Certainty = Literal["register", "pattern", "group", "unknown"]
Doubts = tuple[Text, ...]

ROLES: dict[Role, Text] = {
    "lead": Text("牵头", "lead"),
    "responsible": Text("责任", "responsible"),
    "cooperating": Text("配合", "co-operating"),
    "supervising": Text("督导", "supervising"),
}
CERTAINTIES: dict[Certainty, Text] = {
    "register": Text("名录", "in the register"),
    "pattern": Text("按构词推定", "by its form"),
    "group": Text("统称", "a group"),
    "unknown": Text("待人工确定", "for a person to decide"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a person should look at: a gap, a contradiction, a word that was not understood.

    ``line`` and ``column`` count from 1, as an editor shows them.
    """

    code: str
    severity: Severity
    message: Text
    line: int
    column: int
    span: Span
    clause: str = ""
    """Label of the clause, like 二(一); empty for the notice as a whole."""
    remedy: Text = NO_REMEDY


@dataclass(frozen=True, slots=True)
class Unit:
    """A body named as answerable for a clause."""

    name: Passage
    """As written, without what follows it in brackets."""
    role: Role
    body: str | None
    """Full name; None for a group and for a name that nobody could resolve."""
    certainty: Certainty
    role_marked: bool = True
    """Whether the notice says the role; 责任单位 of several units without a lead is said, a bare list is not."""
    level: str = ""
    members: tuple[str, ...] = ()
    """Full names of the members of a group, as far as the register knows them."""
    aliases: tuple[Passage, ...] = ()
    """Further names in brackets behind the name."""
    candidates: tuple[str, ...] = ()
    """Bodies with a similar name, for the person who decides."""
    open_ended: bool = False
    """等 stands behind it: the notice means more units than it names."""
    doubts: Doubts = ()


@dataclass(frozen=True, slots=True)
class Duty:
    """One statement of who is responsible, and the text it is about."""

    words: Passage
    scope: Span
    units: tuple[Unit, ...]
    remarks: tuple[Passage, ...] = ()
    """Sentences inside the statement that name no unit."""
    doubts: Doubts = ()


@dataclass(frozen=True, slots=True)
class Deadline:
    """By when: the words, and what the calendar makes of them."""

    words: Passage
    year: int | None
    month: int | None = None
    day: int | None = None
    kind: Literal["by", "during", "within", "yearly"] = "by"
    """``by`` a date, ``during`` a period (``year`` is its last), ``within`` a time from now, every year."""


@dataclass(frozen=True, slots=True)
class Target:
    """A figure that is to be reached, or an amount of support that is promised."""

    words: Passage
    """Subject, verb and figure."""
    figure: Passage
    value: Decimal
    unit: str
    kind: Literal["goal", "support"]
    comparison: Literal["=", ">=", "<=", ">", "<", "~"] = "="
    to: Decimal | None = None
    """Upper end of a range (8—10 个)."""
    year: int | None = None
    year_words: Passage | None = None
    doubts: Doubts = ()


@dataclass(frozen=True, slots=True)
class Citation:
    """A document that is named, with its number where it stands."""

    title: Passage
    number: Passage | None
    role: Literal["basis", "issued", "repealed", "cited"]


@dataclass(frozen=True, slots=True)
class Mention:
    """A named programme or place."""

    name: Passage
    kind: Literal["programme", "zone", "district", "park", "place"]
    doubts: Doubts = ()


@dataclass(frozen=True, slots=True)
class Action:
    """Something a unit can be held to: one verb, one object, in the words of the notice."""

    words: Passage
    verb: Passage | None
    object: Passage | None
    kind: Literal["action", "goal", "principle"]
    actor: Passage | None = None
    """Who is to do it, where the sentence itself says so (各区政府要…)."""
    doubts: Doubts = ()


@dataclass(frozen=True, slots=True)
class Clause:
    """A numbered clause, a row of a table, or a paragraph that stands alone."""

    kind: Kind
    ordinal: int | None
    path: tuple[str, ...]
    """Labels from the top: ("二", "(一)")."""
    span: Span
    """From its mark to the end of its own text; children follow."""
    mark: Passage | None
    heading: Passage | None
    text: tuple[Passage, ...] = ()
    """Paragraphs, without heading and statements of responsibility."""
    duties: tuple[Duty, ...] = ()
    inherited: tuple[Duty, ...] = ()
    """Duties of the clause above that hold here, because this clause names nobody itself."""
    actions: tuple[Action, ...] = ()
    targets: tuple[Target, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    mentions: tuple[Mention, ...] = ()
    documents: tuple[Citation, ...] = ()
    children: tuple[Clause, ...] = ()
    doubts: Doubts = ()

    @property
    def label(self) -> str:
        """How one speaks of it: 二(一)."""
        return "".join(self.path)

    @property
    def answerable(self) -> tuple[Unit, ...]:
        """The units that answer for the clause: its own, or else those of the clause above."""
        return tuple(unit for duty in self.duties or self.inherited for unit in duty.units)

    def walk(self) -> Iterator[Clause]:
        """The clause and everything below it, in the order of the text."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class Part:
    """The letter itself, the document it issues, or an attachment: each numbers its clauses anew."""

    kind: Literal["notice", "document", "attachment"]
    title: Passage | None
    preamble: tuple[Passage, ...]
    clauses: tuple[Clause, ...]
    closing: tuple[Passage, ...] = ()


BlockKind = Literal[
    "title", "number", "issuer", "addressee", "preamble", "clause", "closing", "signature", "date", "attachments",
    "imprint", "metadata", "repost", "contents", "other",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Block:
    """What a paragraph of the source was taken for. Every character that is not blank lies in exactly one block."""

    kind: BlockKind
    passage: Passage


@dataclass(frozen=True, slots=True)
class Validity:
    """When the notice is in force."""

    words: tuple[Passage, ...]
    begins: date | None
    """First day; None when not said, or when it is the day of publication (``on_publication``)."""
    ends: date | None
    years: Decimal | None
    """Length of validity as said, in years."""
    on_publication: bool = False
    """自发布之日起: the day is that of publication."""
    on_issue: bool = False
    """自印发之日起: the day of signature."""


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    """Whose notice it is: 上海市, 市; found in ``words``."""

    place: str
    level: str
    words: Passage


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice as read. ``source`` is its whole text; every ``Passage`` is a stretch of it."""

    source: str
    title: Passage | None
    number: Passage | None
    issuers: tuple[Passage, ...]
    addressee: Passage | None
    signed: Passage | None
    signed_on: date | None
    validity: Validity | None
    jurisdiction: Jurisdiction | None
    basis: tuple[Citation, ...]
    documents: tuple[Citation, ...]
    """Documents named outside the clauses. The ``basis`` is what the notice rests on, wherever it says so."""
    parts: tuple[Part, ...]
    blocks: tuple[Block, ...]
    findings: tuple[Finding, ...] = field(default=())

    def clauses(self) -> Iterator[Clause]:
        """All clauses of all parts, in the order of the text."""
        for part in self.parts:
            for clause in part.clauses:
                yield from clause.walk()

    def clause(self, name: str) -> Clause:
        """The clause with label ``name`` (二(一), also with full-width brackets); else KeyError with all labels."""
        wanted = name.replace("（", "(").replace("）", ")").replace(" ", "")
        for clause in self.clauses():
            if clause.label == wanted:
                return clause
        raise KeyError(f"{wanted}; {', '.join(clause.label for clause in self.clauses())}")

    def units(self) -> Iterator[tuple[Clause, Duty, Unit]]:
        """Every unit where it is named."""
        for clause in self.clauses():
            for duty in clause.duties:
                for unit in duty.units:
                    yield clause, duty, unit

    def set_aside(self) -> tuple[Block, ...]:
        """What a reposting page or a printing office added."""
        return tuple(block for block in self.blocks if block.kind in {"repost", "metadata", "imprint"})

    def part_of(self, clause: Clause) -> Part:
        """The part that ``clause`` stands in."""
        return next(part for part in self.parts if any(clause is other for top in part.clauses for other in top.walk()))


def path_label(kind: Kind, ordinal: int | None, above: tuple[str, ...]) -> tuple[str, ...]:
    """Labels from the top down to a clause."""
    return (*above, label(kind, ordinal))

"""Reading a notice: from its text to a ``Notice``.

>>> notice = read_notice("云州市关于支持高新区的若干措施\\n一、建设平台。支持企业建设研究院。（责任单位：市科技局）")
>>> [(clause.label, [unit.body for unit in clause.answerable]) for clause in notice.clauses()]
[('一', ['云州市科学技术局'])]
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from gaoxin.notices.clauses.building import build
from gaoxin.notices.clauses.drafts import Draft
from gaoxin.notices.clauses.lifting import lift
from gaoxin.notices.contents.actions import actions
from gaoxin.notices.contents.citations import citations
from gaoxin.notices.contents.figures import deadlines, targets
from gaoxin.notices.contents.mentions import mentions
from gaoxin.notices.gaps.finding import find_gaps
from gaoxin.notices.layout.blocks import Layout, PartDraft, lay_out
from gaoxin.notices.layout.heading import find_jurisdiction, find_number, find_validity
from gaoxin.notices.layout.paragraphs import Paragraph, paragraphs
from gaoxin.notices.notice import Action, Block, Clause, Duty, Notice, Part, path_label
from gaoxin.notices.text.view import Passage, Span, View
from gaoxin.notices.units.bodies import Bodies
from gaoxin.notices.units.conventions import Conventions, find_conventions
from gaoxin.notices.units.duties import names_units
from gaoxin.notices.units.register import Register
from gaoxin.words import Text

_TRIMMED = " \t,;。、:"
_BY_WHEN = re.compile(r"(?:完成|办理|实施|整改)(?:时限|时间|期限|节点):[^。;]{0,40}。?")
_RESTS_ON = re.compile(r"(?:制定|制订|出台)本(?:办法|规定|细则|规则|条例|意见|方案|措施|政策)")
_LAST_SPEAKS_FOR_ALL = Text(
    "写在最后一项之后，前面各项没有写责任单位，按对各项都适用理解",
    "stands behind the last item and the items before it name nobody; read as meant for all of them",
)


def read_notice(text: str, registers: Sequence[Register] = ()) -> Notice:
    """Read the ``text`` of a notice; ``registers`` of bodies are added to those that ship.

    Never fails: what cannot be understood is in ``findings``, and every character that is not blank lies in exactly one
    of ``blocks``.
    """
    layout = lay_out(paragraphs(text))
    jurisdiction = find_jurisdiction(layout, text)
    bodies = Bodies(jurisdiction, registers)
    conventions = find_conventions(View(text, [Span(0, len(text))]).text)
    for part in layout.parts:
        _unnumbered(part, layout)
    drafted = [(part, build(part.body, bodies)) for part in layout.parts]
    for _, drafts in drafted:
        lift(drafts)
    parts = tuple(
        _part(part, drafts, prefix, bodies, conventions)
        for (part, drafts), prefix in zip(drafted, _prefixes(drafted), strict=True)
    )
    outside = [
        c for part in layout.parts for paragraph in part.preamble for c in citations(paragraph.view, preamble=True)
    ]
    outside += [c for part in layout.parts for paragraph in part.closing for c in citations(paragraph.view)]
    basis = [citation for citation in outside if citation.role == "basis"]
    # Rules name what they rest on in their first article.
    basis += [c for part in parts for clause in part.clauses for below in clause.walk() for c in below.documents
              if c.role == "basis"]  # fmt: skip
    notice = Notice(
        source=text,
        title=_title(layout),
        number=find_number(layout, text),
        issuers=tuple(layout.issuers),
        addressee=layout.addressee,
        signed=layout.signed,
        signed_on=layout.signed_on,
        validity=find_validity(layout),
        jurisdiction=jurisdiction,
        basis=tuple(basis),
        documents=tuple(outside),
        parts=parts,
        blocks=tuple(Block(kind, passage) for kind, passage in layout.blocks),
    )
    return replace(notice, findings=tuple(find_gaps(notice, layout, conventions)))


def _unnumbered(part: PartDraft, layout: Layout) -> None:
    """In a part without a single number, the paragraphs that name units are its clauses."""
    if part.body:
        return
    first = next((i for i, paragraph in enumerate(part.preamble) if names_units(paragraph.text)), None)
    if first is None:
        return
    part.body, part.preamble = part.preamble[first:], part.preamble[:first]
    spans = {paragraph.span for paragraph in part.body}
    layout.blocks = [("clause" if passage.span in spans else kind, passage) for kind, passage in layout.blocks]


def _title(layout: Layout) -> Passage | None:
    """The title as one passage, over several lines where it has them; failing that, the one in the page's metadata."""
    for part in layout.parts:
        if part.kind == "notice" and part.title:
            return _joined(part.title)
    named = [part for part in layout.parts if part.title]
    if named and not any(part.title for part in layout.parts if part.kind == "notice"):
        return _joined(named[0].title)
    return next((layout.metadata[key] for key in ("标题", "发文标题", "名称") if key in layout.metadata), None)


def _joined(lines: Sequence[Paragraph]) -> Passage:
    source = lines[0].view.source
    span = Span(lines[0].span.start, lines[-1].span.end)
    return Passage(source[span.start : span.end], span)


def _prefixes(drafted: Sequence[tuple[PartDraft, list[Draft]]]) -> list[tuple[str, ...]]:
    """What to put before the labels of a part so that 一 of the letter and 一 of its attachment stay apart."""
    with_clauses = [i for i, (_, drafts) in enumerate(drafted) if drafts]
    main = next((i for i in with_clauses if drafted[i][0].kind == "document"), with_clauses[0] if with_clauses else -1)
    prefixes: list[tuple[str, ...]] = []
    attachments = 0
    for i, (part, _) in enumerate(drafted):
        attachments += part.kind == "attachment"
        if i == main or i not in with_clauses:
            prefixes.append(())
        else:
            prefixes.append(("通知:",) if part.kind == "notice" else (f"附件{attachments or i}:",))
    return prefixes


def _part(
    part: PartDraft, drafts: Sequence[Draft], prefix: tuple[str, ...], bodies: Bodies, conventions: Conventions
) -> Part:
    def passages(lines: Sequence[Paragraph]) -> tuple[Passage, ...]:
        return tuple(Passage(p.view.source[p.span.start : p.span.end], p.span) for p in lines)

    return Part(
        kind=part.kind,
        title=_joined(part.title) if part.title else None,
        preamble=passages(part.preamble),
        clauses=tuple(_clause(draft, prefix, (), bodies, conventions) for draft in drafts),
        closing=passages(part.closing),
    )


def _clause(
    draft: Draft, above: tuple[str, ...], inherited: tuple[Duty, ...], bodies: Bodies, conventions: Conventions
) -> Clause:
    path = path_label(draft.kind, draft.ordinal, above)
    first = draft.pieces[0].view
    heading = first.passage(*_without_stop(first, *draft.heading)) if draft.heading else None
    if draft.kind == "row":
        heading = next((first.passage(a, b) for kind, a, b in draft.cells if kind == "heading"), None)
    duties = tuple(_duties(draft, conventions))
    below = duties or inherited
    children = tuple(_clause(child, path, below, bodies, conventions) for child in draft.children)
    span = Span(draft.pieces[0].view.at[0], draft.pieces[-1].view.at[-1] + 1)
    found_targets, found_deadlines, found_mentions, found_documents = [], [], [], []
    found_actions: list[Action] = []
    text: list[Passage] = []
    for k, piece in enumerate(draft.pieces):
        view = piece.view
        skip = [(found.start, found.end) for found in piece.duties if found.apart]
        skip += [(found.start, found.end) for found in piece.moved]
        start = draft.text_from if k == 0 else 0
        if draft.kind == "row":
            stretches = [(a, b) for kind, a, b in draft.cells if kind == "text"]
            skip += [(a, b) for kind, a, b in draft.cells if kind.startswith("units")]
        elif k and _BY_WHEN.fullmatch(view.text):
            stretches = []  # a line of its own, as a cell of a table would be: no text, and nothing to do
        else:
            stretches = _stretches(view, start, skip)
        text += [view.passage(a, b) for a, b in stretches]
        these = targets(view, skip)
        found_targets += these
        cells = [(a, b) for kind, a, b in draft.cells if kind == "deadline"]
        found_deadlines += [
            d for d in deadlines(view, cells) if not any(_inside(view, d.words.span, a, b) for a, b in skip)
        ]
        found_mentions += mentions(view, bodies, skip)
        found_documents += citations(view, preamble=_RESTS_ON.search(view.text) is not None)
        said = heading.text if heading else ""
        found_actions += actions(view, stretches, bodies, heading=said, targets=these)
    return Clause(
        kind=draft.kind,
        ordinal=draft.ordinal,
        path=path,
        span=span,
        mark=first.passage(*draft.mark) if draft.mark else _number_cell(draft),
        heading=heading,
        text=tuple(passage for passage in text if passage.text),
        duties=duties,
        inherited=() if duties else inherited,
        actions=tuple(found_actions),
        targets=tuple(found_targets),
        deadlines=tuple(found_deadlines),
        mentions=tuple(found_mentions),
        documents=tuple(found_documents),
        children=children,
        doubts=tuple(draft.doubts),
    )


def _number_cell(draft: Draft) -> Passage | None:
    view = draft.pieces[0].view
    return next((view.passage(a, b) for kind, a, b in draft.cells if kind == "number"), None)


def _without_stop(view: View, start: int, end: int) -> tuple[int, int]:
    while end > start and view.text[end - 1] in "。: ":
        end -= 1
    if view.text[start:end].startswith("(") and view.text[start:end].endswith(")"):
        return start + 1, end - 1
    return start, end


def _stretches(view: View, start: int, skip: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """What is left of a piece without mark, heading and statements of responsibility."""
    found = []
    position = start
    for a, b in sorted(skip):
        if a >= position:
            found.append((position, a))
        position = max(position, b)
    found.append((position, len(view)))
    return [place for place in (_trimmed(view, *stretch) for stretch in found) if place[0] < place[1]]


def _trimmed(view: View, start: int, end: int) -> tuple[int, int]:
    while start < end and view.text[start] in _TRIMMED:
        start += 1
    while end > start and view.text[end - 1] in " \t":
        end -= 1
    return start, end


def _inside(view: View, span: Span, start: int, end: int) -> bool:
    return span in view.span(start, end)


def _duties(draft: Draft, conventions: Conventions) -> list[Duty]:
    """The statements of a clause with the text each of them is about: from the one before it up to itself."""
    duties: list[Duty] = []
    begin = draft.pieces[0].view.at[0]
    end = max((other.pieces[-1].view.at[-1] + 1 for other in draft.walk()), default=begin)
    since = begin
    found_here = draft.duties
    for piece, found in found_here:
        words = piece.view.passage(found.start, found.end)
        alone = len(found_here) == 1 or draft.kind == "row"
        if alone:
            scope = Span(begin, end)
        elif found.apart:
            scope = Span(since, words.span.start)
            since = words.span.end
        else:
            scope = words.span
        units = conventions.apply(found.statement.units, piece.view.source)
        duties.append(Duty(words, scope, units, tuple(found.statement.remarks)))
    for piece, found in draft.lifted:
        words = piece.view.passage(found.start, found.end)
        duties.append(
            Duty(
                words,
                Span(begin, end),
                conventions.apply(found.statement.units, piece.view.source),
                tuple(found.statement.remarks),
                () if found.of_all else (_LAST_SPEAKS_FOR_ALL,),
            )
        )
    return duties

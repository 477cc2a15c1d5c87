"""Tables of tasks: lines whose cells are parted by tabs or bars, under a line that names the columns.

Word files and web pages keep their tables; ``files`` writes each row as one line with tabs. A row is read as a clause:
the unit columns give its responsible units, the others its number, heading, text and deadline.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from gaoxin.notices.bodies import Bodies
from gaoxin.notices.drafts import Draft, Piece
from gaoxin.notices.duties import Found
from gaoxin.notices.notice import Role
from gaoxin.notices.numbering import mark_at
from gaoxin.notices.numerals import integer
from gaoxin.notices.paragraphs import Paragraph
from gaoxin.notices.roles import LABEL
from gaoxin.notices.statements import read_statement
from gaoxin.notices.view import View

_COLUMNS: tuple[tuple[str, str], ...] = (
    ("number", r"序 ?号|编 ?号|项次|No\.?"),
    ("deadline", r".*(?:时限|时间|期限|节点|进度)(?:要求|安排)?"),
    ("remark", r"备 ?注|说 ?明"),
    ("text", r".*(?:内容|举措|措施|要求|任务|事项|目标|项目|工作|政策|成果)(?:要点|清单|名称)?"),
    ("heading", r".*(?:类别|类型|领域|板块|方面|分类|专项|名称)"),
)
_ROLE_COLUMNS: tuple[tuple[Role, str], ...] = (
    ("lead", r".*牵头.*"),
    ("cooperating", r".*(?:配合|协同|协办|参与|协作).*(?:单位|部门).*"),
    ("responsible", r".*(?:责任|负责|承办|实施|主管|落实|完成)(?:单位|部门|主体|处室).*|(?:单位|部门)"),
)


@dataclass(frozen=True, slots=True)
class Table:
    """A table: what its columns are, and its rows."""

    columns: tuple[str, ...]
    head: Paragraph
    rows: tuple[Paragraph, ...]


def cells(view: View) -> list[tuple[int, int]]:
    """Where the cells of a line stand; one cell when it is not a row.

    >>> from gaoxin.notices.view import Span
    >>> text = "1\\t建设平台\\t市科技局"
    >>> cells(View(text, [Span(0, len(text))]))
    [(0, 1), (2, 6), (7, 11)]
    """
    text = view.text
    separator = "\t" if "\t" in text else "|" if text.count("|") >= 2 else ""
    if not separator:
        return [(0, len(text))]
    found, start = [], 0
    for i in range(len(text) + 1):
        if i == len(text) or text[i] == separator:
            first, last = start, i
            while first < last and text[first] == " ":
                first += 1
            while last > first and text[last - 1] == " ":
                last -= 1
            found.append((first, last))
            start = i + 1
    if separator == "|":
        found = [cell for i, cell in enumerate(found) if cell[0] < cell[1] or 0 < i < len(found) - 1]
    return found


def find_table(paragraphs: Sequence[Paragraph], start: int) -> Table | None:
    """The table whose head is paragraph ``start``: columns that name units and what they have to do, and rows."""
    head = paragraphs[start]
    places = cells(head.view)
    if len(places) < 2:
        return None
    columns = [column(head.text[a:b]) for a, b in places]
    if not any(kind.startswith("units") for kind in columns) or not {"text", "heading"} & set(columns):
        return None
    # Of several columns of text the last is the text, the one before it the heading.
    texts = [i for i, kind in enumerate(columns) if kind == "text"]
    for i in texts[:-1]:
        columns[i] = "heading"
    if not texts:
        columns[max(i for i, kind in enumerate(columns) if kind == "heading")] = "text"
    rows = []
    for paragraph in paragraphs[start + 1 :]:
        if len(cells(paragraph.view)) < 2:
            break
        rows.append(paragraph)
    return Table(tuple(columns), head, tuple(rows)) if rows else None


def column(title: str) -> str:
    """What a column holds: number, heading, text, deadline, remark, or units with their role.

    >>> column("牵头单位"), column("工作任务"), column("完成时限")
    ('units:lead', 'text', 'deadline')
    """
    plain = title.replace(" ", "")
    for role, pattern in _ROLE_COLUMNS:
        if re.fullmatch(pattern, plain) or (LABEL.fullmatch(plain) and LABEL.fullmatch(plain).lastgroup == role):  # type: ignore[union-attr]
            return f"units:{role}"
    for kind, pattern in _COLUMNS:
        if re.fullmatch(pattern, plain):
            return kind
    return "other"


def row_drafts(table: Table, bodies: Bodies) -> list[Draft]:
    """The rows as clauses; a row without any words but in its first cells is a heading of the table and stays text."""
    drafts: list[Draft] = []
    for paragraph in table.rows:
        view = paragraph.view
        places = cells(view)
        if len(places) < len(table.columns):
            # Merged cells come as fewer cells: they are the last ones that are there.
            offset = len(table.columns) - len(places)
            named = [(table.columns[i + offset], *place) for i, place in enumerate(places)]
        else:
            named = [
                (table.columns[i] if i < len(table.columns) else "other", *place) for i, place in enumerate(places)
            ]
        named = [(kind, a, b) for kind, a, b in named if a < b]
        if not named:
            continue
        ordinal = next((_ordinal(view.text[a:b]) for kind, a, b in named if kind == "number"), None)
        draft = Draft("row", ordinal if ordinal is not None else len(drafts) + 1, None, [Piece(view)], cells=named)
        if ordinal is None and any(kind == "number" for kind in table.columns):
            draft.ordinal = None
        draft.pieces[0].duties = _duties(view, named, bodies)
        drafts.append(draft)
    return drafts


def _ordinal(text: str) -> int | None:
    mark = mark_at(text)
    return mark.ordinal if mark else integer(text.strip("().、"))


def _duties(view: View, named: Sequence[tuple[str, int, int]], bodies: Bodies) -> list[Found]:
    found = []
    for kind, a, b in named:
        if not kind.startswith("units:"):
            continue
        role: Role = kind.removeprefix("units:")  # type: ignore[assignment]
        statement = read_statement(view, a, b, bodies, role)
        if view.text[a:b].strip("/-— 无"):
            statement.units = [replace(unit, role_marked=True) for unit in statement.units]
            found.append(Found(a, b, statement))
    return found

"""Tables of tasks: lines whose cells are parted by tabs or bars, under a line that names the columns.

Word files and web pages keep their tables; ``files`` writes each row as one line with tabs. A row is read as a clause:
the unit columns give its responsible units, the others its number, heading, text and deadline.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from gaoxin.notices.clauses.drafts import Draft, Piece
from gaoxin.notices.layout.paragraphs import Paragraph
from gaoxin.notices.notice import Role
from gaoxin.notices.text.numbering import mark_at
from gaoxin.notices.text.numerals import integer
from gaoxin.notices.text.view import View, fold
from gaoxin.notices.units.bodies import Bodies
from gaoxin.notices.units.duties import Found
from gaoxin.notices.units.roles import LABEL
from gaoxin.notices.units.statements import Statement, read_statement
from gaoxin.words import Text

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
MARKS = "units:marks"
"""A column that is headed by a unit and holds marks: measures × units."""
_FULL, _HOLLOW = "▲●◆★■", "△〇◇☆□"
_WORDS_OF_MARKS: dict[str, Role] = {
    "牵头": "lead", "主办": "lead", "主责": "lead", "配合": "cooperating", "协办": "cooperating",
    "参与": "cooperating", "协同": "cooperating", "责任": "responsible", "负责": "responsible",
}  # fmt: skip
_MARK = re.compile(rf"[{_FULL}{_HOLLOW}√✓✔]|{'|'.join(_WORDS_OF_MARKS)}")
_MEANS = re.compile(rf"([{_FULL}{_HOLLOW}○√✓✔])[”\"]?(?:为|表示|代表|指|是|[:：-])?({'|'.join(_WORDS_OF_MARKS)})")
_MARK_NOT_SAID = Text(
    "标记的含义没有写明，角色是推定的", "the notice does not say what the mark means; the role was inferred"
)


@dataclass(frozen=True, slots=True)
class Table:
    """A table: what its columns are, and its rows."""

    columns: tuple[str, ...]
    head: Paragraph
    """The line that names the columns; of two, the lower one."""
    rows: tuple[Paragraph, ...]
    lines: int
    """Paragraphs that it takes, the whole head included."""


def cells(view: View) -> list[tuple[int, int]]:
    """Where the cells of a line stand; one cell when it is not a row.

    >>> from gaoxin.notices.text.view import Span
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


def find_table(paragraphs: Sequence[Paragraph], start: int, bodies: Bodies) -> Table | None:
    """The table whose head is paragraph ``start``: columns that name units and what they have to do, and rows."""
    lines = [start]
    while lines[-1] + 1 < len(paragraphs) and len(cells(paragraphs[lines[-1] + 1].view)) > 1:
        lines.append(lines[-1] + 1)
    rows = [paragraphs[i] for i in lines]
    if len(cells(rows[0].view)) < 2 or len(rows) < 2:
        return None
    # The units may stand in a second line of the head, below 责任单位.
    for head in range(min(2, len(rows) - 1)):
        columns = [column(rows[head].text[a:b], bodies) for a, b in cells(rows[head].view)]
        if columns.count(MARKS) > 1 and _all_marks(columns, rows[head + 1 :]):
            return _table(columns, rows[head], rows[head + 1 :], head)
    columns = ["other" if kind == MARKS else kind for kind in
               (column(rows[0].text[a:b], bodies) for a, b in cells(rows[0].view))]  # fmt: skip
    if not any(kind.startswith("units") for kind in columns):
        return None
    return _table(columns, rows[0], rows[1:], 0)


def _table(columns: list[str], head: Paragraph, rows: Sequence[Paragraph], above: int) -> Table | None:
    if not {"text", "heading"} & set(columns):
        return None
    # Of several columns of text the last is the text, the one before it the heading.
    texts = [i for i, kind in enumerate(columns) if kind == "text"]
    for i in texts[:-1]:
        columns[i] = "heading"
    if not texts:
        columns[max(i for i, kind in enumerate(columns) if kind == "heading")] = "text"
    return Table(tuple(columns), head, tuple(rows), 1 + above + len(rows))


def _all_marks(columns: Sequence[str], rows: Sequence[Paragraph]) -> bool:
    """Whether the columns that are headed by units hold marks and nothing else."""
    return all(
        not row.text[a:b] or _MARK.fullmatch(row.text[a:b])
        for row in rows
        for kind, (a, b) in zip(columns, cells(row.view), strict=False)
        if kind == MARKS
    )


def column(title: str, bodies: Bodies) -> str:
    """What a column holds: number, heading, text, deadline, remark, units with their role, or marks for one unit.

    >>> [column(title, Bodies()) for title in ("牵头单位", "工作任务", "完成时限", "各区政府")]
    ['units:lead', 'text', 'deadline', 'units:marks']
    """
    plain = title.replace(" ", "")
    for role, pattern in _ROLE_COLUMNS:
        if re.fullmatch(pattern, plain) or (LABEL.fullmatch(plain) and LABEL.fullmatch(plain).lastgroup == role):  # type: ignore[union-attr]
            return f"units:{role}"
    for kind, pattern in _COLUMNS:
        if re.fullmatch(pattern, plain):
            return kind
    return MARKS if bodies.resolve(plain).certainty != "unknown" else "other"


def row_drafts(table: Table, bodies: Bodies) -> list[Draft]:
    """The rows as clauses; a row without any words but in its first cells is a heading of the table and stays text."""
    drafts: list[Draft] = []
    means = _legend(table)
    for paragraph in table.rows:
        view = paragraph.view
        named = [(kind, a, b) for kind, a, b in _aligned(table, view, bodies) if a < b]
        if not named:
            continue
        ordinal = next((_ordinal(view.text[a:b]) for kind, a, b in named if kind == "number"), None)
        draft = Draft("row", ordinal if ordinal is not None else len(drafts) + 1, None, [Piece(view)], cells=named)
        if ordinal is None and any(kind == "number" for kind in table.columns):
            draft.ordinal = None
        draft.pieces[0].duties = [*_duties(view, named, bodies), *_marked(table, view, means, bodies)]
        drafts.append(draft)
    return drafts


def _aligned(table: Table, view: View, bodies: Bodies) -> list[tuple[str, int, int]]:
    """The cells of a row, each with the column that it stands in.

    A row with fewer cells than columns lost them at its beginning (cells that are merged over several rows) or at its
    end (cells that are blank): where the names of bodies then stand under the units decides.
    """
    places = cells(view)
    missing = max(0, len(table.columns) - len(places))

    def shifted(offset: int) -> list[tuple[str, int, int]]:
        kinds = table.columns[offset:]
        return [(kinds[i] if i < len(kinds) else "other", *place) for i, place in enumerate(places)]

    def fits(offset: int) -> tuple[int, int]:
        said = [(kind, view.text[a:b]) for kind, a, b in shifted(offset) if a < b]
        numbered = sum(kind == "number" and _ordinal(text) is not None for kind, text in said)
        units = [read_statement(view, a, b, bodies) for kind, a, b in shifted(offset) if kind.startswith("units:")]
        return sum(bool(one.units) and one.resolved == len(one.units) for one in units) + numbered, offset

    return shifted(max(range(missing + 1), key=fits))


def _legend(table: Table) -> dict[str, tuple[Role, bool]]:
    """What each mark means, and whether the notice says so: 注:▲为牵头单位,△为配合单位."""
    means: dict[str, tuple[Role, bool]] = {}
    for mark, word in _MEANS.findall(table.head.view.source):
        means[fold(mark)] = _WORDS_OF_MARKS[word], True
    used = {
        row.text[a:b]
        for row in table.rows
        for kind, (a, b) in zip(table.columns, cells(row.view), strict=False)
        if kind == MARKS and a < b
    }
    for mark in sorted(used - set(means)):
        if mark in _WORDS_OF_MARKS:
            means[mark] = _WORDS_OF_MARKS[mark], True
        else:
            # A full mark leads where there is a hollow one beside it.
            both = bool(used & set(_FULL)) and bool(used & set(_HOLLOW))
            role: Role = (
                "lead" if both and mark in _FULL else "cooperating" if both and mark in _HOLLOW else "responsible"
            )
            means[mark] = role, False
    return means


def _marked(table: Table, view: View, means: dict[str, tuple[Role, bool]], bodies: Bodies) -> list[Found]:
    """The units in whose columns a row has a mark, the lead first."""
    named = [
        (means[view.text[a:b]], head, place)
        for kind, head, place in zip(table.columns, cells(table.head.view), cells(view), strict=False)
        if kind == MARKS and (a := place[0]) < (b := place[1])
    ]
    if not named:
        return []
    statement = Statement(labelled=True)
    for (role, said), (a, b), _ in sorted(named, key=lambda one: one[0][0] != "lead"):
        for unit in read_statement(table.head.view, a, b, bodies, role).units:
            doubts = unit.doubts if said else (*unit.doubts, _MARK_NOT_SAID)
            statement.units.append(replace(unit, role_marked=said, doubts=doubts))
    places = [place for _, _, place in named]
    return [Found(places[0][0], places[-1][1], statement)]


def _ordinal(text: str) -> int | None:
    mark = mark_at(text)
    return mark.ordinal if mark else integer(text.strip("().、"))


def _duties(view: View, named: Sequence[tuple[str, int, int]], bodies: Bodies) -> list[Found]:
    found = []
    for kind, a, b in named:
        if not kind.startswith("units:") or kind == MARKS:
            continue
        role: Role = kind.removeprefix("units:")  # type: ignore[assignment]
        statement = read_statement(view, a, b, bodies, role)
        if view.text[a:b].strip("/-— 无"):
            statement.units = [replace(unit, role_marked=True) for unit in statement.units]
            found.append(Found(a, b, statement))
    return found

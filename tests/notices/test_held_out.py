"""Notices in shapes that the reader was not made for: written with their reading first, then read.

What the reader cannot do stands in their gold as ``missed``; a unit that it gets wrong is not allowed at all.
"""

from __future__ import annotations

import io
from typing import Any

import docx
import pytest
from lxml import html  # type: ignore[import-untyped]

from gaoxin.notices import Notice, read_notice
from gaoxin.notices.files import read_file
from notices.reading_gold import FIXTURES, ROLES, Fixture, held_out
from notices.test_laws import check_laws

ALL = held_out()
Named = list[tuple[str, str, str]]


def squeezed(text: str) -> str:
    return "".join(text.split())


def wanted(gold: dict[str, Any]) -> Named:
    listed = gold.get("units_in_order") or list(gold.get("units", {}).items())
    return [
        (at, ROLES[role], squeezed(name)) for at, units in listed for role, names in units.items() for name in names
    ]


def found(notice: Notice) -> Named:
    return [(clause.label, unit.role, squeezed(unit.name.text)) for clause, _, unit in notice.units()]


@pytest.mark.parametrize("fixture", ALL, ids=lambda fixture: fixture.name)
def test_every_unit_stands_at_its_clause_and_no_other(fixture: Fixture) -> None:
    notice = fixture.read()
    missed = wanted({"units": fixture.gold.get("missed", {})})
    assert sorted(found(notice)) == sorted(one for one in wanted(fixture.gold) if one not in missed)
    assert [clause.label for clause in notice.clauses()] == fixture.gold["labels"]
    bodies = {squeezed(unit.name.text): unit.body for _, _, unit in notice.units()}
    assert {name: bodies[name] for name in fixture.gold.get("bodies", {})} == fixture.gold.get("bodies", {})
    unknown = [unit.name.text for _, _, unit in notice.units() if unit.certainty == "unknown"]
    assert unknown == fixture.gold.get("unknown", [])
    check_laws(notice, notice.source)


@pytest.mark.parametrize("fixture", ALL, ids=lambda fixture: fixture.name)
def test_head_dates_targets_deadlines_basis_and_gaps(fixture: Fixture) -> None:
    notice, gold = fixture.read(), fixture.gold
    assert notice.title is not None
    assert squeezed(notice.title.text) == squeezed(gold["title"])
    assert (squeezed(notice.number.text) if notice.number else None) == gold.get("number")
    assert (str(notice.signed_on) if notice.signed_on else None) == gold.get("signed_on")
    for key in {"begins", "ends", "years"} & set(gold):
        assert str(getattr(notice.validity, key)) == gold[key]
    if "basis" in gold:
        assert [squeezed(one.title.text) for one in notice.basis] == gold["basis"]
    if "place" in gold:
        assert notice.jurisdiction is not None
        assert notice.jurisdiction.place == gold["place"]
    by_label = {clause.label: clause for clause in notice.clauses()}
    for label, targets in gold.get("targets", {}).items():
        goals = [one for one in by_label[label].targets if one.kind == "goal"]
        assert [f"{t.value} {t.unit} {t.comparison} {t.year}" for t in goals] == targets
    for label, words in gold.get("deadlines", {}).items():
        assert words in [one.words.text for one in by_label[label].deadlines]
    for label, words in gold.get("actions", {}).items():
        assert [action.words.text for action in by_label[label].actions] == words
    assert set(gold.get("messages", [])) <= {finding.message.zh for finding in notice.findings}


def test_a_matrix_of_measures_and_units_is_read_from_word_as_from_the_web(tmp_path: Any) -> None:
    """Word gives a cell over several columns once, the web with blanks behind it."""
    page = html.fromstring((FIXTURES / "held-out" / "h9-units-as-columns.html").read_bytes().decode())
    rows = [[cell.text_content() for cell in row] for row in page.iter("tr")]
    document = docx.Document()
    for paragraph in page.iter("h1", "p"):
        if paragraph.tag == "h1" or "注" in paragraph.text_content() or "〔" in paragraph.text_content():
            document.add_paragraph(paragraph.text_content())
    table = document.add_table(rows=5, cols=7)
    for column, text in enumerate([*rows[0][:2], "责任单位", "", "", "", rows[0][3]]):
        table.cell(0, column).text = text
    table.cell(0, 2).merge(table.cell(0, 5))
    for at in (0, 1, 6):
        table.cell(0, at).merge(table.cell(1, at))
    for column, text in enumerate(rows[1], start=2):
        table.cell(1, column).text = text
    for number, row in enumerate(rows[2:], start=2):
        for column, text in enumerate(row):
            table.cell(number, column).text = text
    held = io.BytesIO()
    document.save(held)
    path = tmp_path / "matrix.docx"
    path.write_bytes(held.getvalue())
    gold = next(fixture.gold for fixture in ALL if fixture.name == "h9-units-as-columns")
    assert sorted(found(read_notice(read_file(path)))) == sorted(wanted(gold))


def test_marks_that_nobody_explains_are_unsure() -> None:
    head = "望舒市任务分解表\n任务\t市科技局\t市财政局\n"
    notice = read_notice(f"{head}建设平台\t●\t○\n开展评估\t\t●\n")
    units = [unit for _, _, unit in notice.units()]
    assert [(unit.name.text, unit.role) for unit in units] == [
        ("市科技局", "lead"), ("市财政局", "cooperating"), ("市财政局", "lead"),
    ]  # fmt: skip
    assert all(unit.doubts and not unit.role_marked for unit in units)
    alike = read_notice(f"{head}建设平台\t√\t√\n")
    assert {unit.role for _, _, unit in alike.units()} == {"responsible"}

"""Every shape of notice that the fixtures show is read as a person reads it."""

from __future__ import annotations

import pytest

from gaoxin.notices import Clause, Notice
from gaoxin.notices.text.view import Passage
from notices.reading_gold import Fixture, fixtures, gold_units, read_units

ALL = fixtures()
READ: dict[str, Notice] = {}


def each(key: str) -> list[Fixture]:
    return [fixture for fixture in ALL if key in fixture.gold]


def read(fixture: Fixture) -> Notice:
    if fixture.name not in READ:
        READ[fixture.name] = fixture.read()
    return READ[fixture.name]


def said(passage: Passage | None) -> str | None:
    return passage.text if passage else None


def clauses(notice: Notice) -> dict[str, Clause]:
    return {clause.label: clause for clause in notice.clauses()}


def named(fixture: Fixture) -> str:
    return fixture.name


def test_there_are_at_least_fourteen_shapes_and_each_says_that_it_is_synthetic() -> None:
    assert len(ALL) >= 14
    assert all("合成文本" in fixture.text[:30] for fixture in ALL if "測試" not in fixture.text[:30])
    assert all("望舒" in fixture.text or "沧浪" in fixture.text for fixture in ALL)


@pytest.mark.parametrize("fixture", ALL, ids=named)
def test_units_stand_at_their_clause_with_their_role(fixture: Fixture) -> None:
    assert read_units(read(fixture)) == gold_units(fixture.gold)


@pytest.mark.parametrize("fixture", ALL, ids=named)
def test_no_clause_is_lost_and_none_is_made_up(fixture: Fixture) -> None:
    labels = [clause.label for clause in read(fixture).clauses()]
    assert labels == fixture.gold["labels"]


@pytest.mark.parametrize("fixture", ALL, ids=named)
def test_head_and_foot(fixture: Fixture) -> None:
    notice, gold = read(fixture), fixture.gold
    validity = notice.validity
    assert said(notice.title) == gold["title"]
    assert said(notice.number) == gold.get("number")
    assert [issuer.text for issuer in notice.issuers] == gold.get("issuers", [])
    if "addressee" in gold:
        assert said(notice.addressee) == gold["addressee"]
    assert (str(notice.signed_on) if notice.signed_on else None) == (
        gold.get("signed_on") if notice.signed_on or "signed_on" in gold else None
    )
    assert notice.jurisdiction is not None
    assert notice.jurisdiction.place == gold["place"]
    if validity is None:
        assert not {"begins", "ends", "years", "on_issue", "on_publication"} & set(gold)
    else:
        assert (str(validity.begins) if validity.begins else None) == gold.get("begins")
        assert (str(validity.ends) if validity.ends else None) == gold.get("ends")
        assert (str(validity.years) if validity.years else None) == gold.get("years")
        assert validity.on_issue is gold.get("on_issue", False)
        assert validity.on_publication is gold.get("on_publication", False)


@pytest.mark.parametrize("fixture", each("basis"), ids=named)
def test_basis_documents(fixture: Fixture) -> None:
    assert [citation.title.text for citation in read(fixture).basis] == fixture.gold["basis"]


@pytest.mark.parametrize("fixture", each("parts"), ids=named)
def test_letter_and_issued_document_are_apart(fixture: Fixture) -> None:
    assert [part.kind for part in read(fixture).parts] == fixture.gold["parts"]


@pytest.mark.parametrize("fixture", each("bodies"), ids=named)
def test_short_names_are_resolved(fixture: Fixture) -> None:
    bodies = {unit.name.text: unit.body for _, _, unit in read(fixture).units()}
    assert {name: bodies[name] for name in fixture.gold["bodies"]} == fixture.gold["bodies"]


@pytest.mark.parametrize("fixture", ALL, ids=named)
def test_only_names_that_nobody_can_know_are_left_to_a_person(fixture: Fixture) -> None:
    unknown = [unit.name.text for _, _, unit in read(fixture).units() if unit.certainty == "unknown"]
    assert unknown == fixture.gold.get("unknown", [])


@pytest.mark.parametrize("fixture", each("aliases"), ids=named)
def test_names_in_brackets_behind_a_name_are_its_aliases(fixture: Fixture) -> None:
    found = {unit.name.text: unit.aliases[0].text for _, _, unit in read(fixture).units() if unit.aliases}
    assert found == fixture.gold["aliases"]


@pytest.mark.parametrize("fixture", each("answerable"), ids=named)
def test_units_of_a_heading_hold_for_the_items_that_name_nobody(fixture: Fixture) -> None:
    for name, units in fixture.gold["answerable"].items():
        assert [unit.name.text for unit in clauses(read(fixture))[name].answerable] == units


@pytest.mark.parametrize("fixture", each("targets"), ids=named)
def test_targets_have_figure_unit_and_year(fixture: Fixture) -> None:
    for name, gold in fixture.gold["targets"].items():
        found = clauses(read(fixture))[name].targets
        assert [f"{t.value} {t.unit} {t.comparison} {t.year}" for t in found if t.kind == "goal"] == gold


@pytest.mark.parametrize("fixture", each("deadlines"), ids=named)
def test_deadlines(fixture: Fixture) -> None:
    for name, gold in fixture.gold["deadlines"].items():
        assert gold in [deadline.words.text for deadline in clauses(read(fixture))[name].deadlines]


@pytest.mark.parametrize("fixture", each("headings"), ids=named)
def test_headings(fixture: Fixture) -> None:
    for name, gold in fixture.gold["headings"].items():
        assert said(clauses(read(fixture))[name].heading) == gold


@pytest.mark.parametrize("fixture", each("programmes"), ids=named)
def test_programmes(fixture: Fixture) -> None:
    found = [m.name.text for c in read(fixture).clauses() for m in c.mentions if m.kind == "programme"]
    assert found == fixture.gold["programmes"]


@pytest.mark.parametrize("fixture", each("actions"), ids=named)
def test_actions(fixture: Fixture) -> None:
    for name, gold in fixture.gold["actions"].items():
        assert [action.words.text for action in clauses(read(fixture))[name].actions] == gold


@pytest.mark.parametrize("fixture", each("actors"), ids=named)
def test_the_body_that_a_sentence_names_as_acting_is_its_actor(fixture: Fixture) -> None:
    for name, gold in fixture.gold["actors"].items():
        assert said(clauses(read(fixture))[name].actions[0].actor) == gold


@pytest.mark.parametrize("fixture", each("aside"), ids=named)
def test_what_a_repost_added_is_set_aside_and_kept(fixture: Fixture) -> None:
    assert len(read(fixture).set_aside()) == fixture.gold["aside"]


@pytest.mark.parametrize("fixture", ALL, ids=named)
def test_findings(fixture: Fixture) -> None:
    gold, findings = fixture.gold, read(fixture).findings
    codes = {finding.code for finding in findings}
    assert set(gold["findings"]) <= codes
    assert not set(gold.get("absent", [])) & codes
    messages = [finding.message.zh for finding in findings]
    for message in gold.get("messages", []):
        assert message in messages
    assert all(finding.message.en for finding in findings)

"""Benefits: one entry that stands for conditions, entitlement and amount, with its dates."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from gaoxin.engines.duckdb import run
from gaoxin.engines.rows import as_tables
from gaoxin.rulebook import Book, BookError, load_book
from gaoxin.rulebook.evaluate import At, Evaluator
from gaoxin.rulebook.facts import read_facts
from gaoxin.rulebook.periods import period_ordinal

HEAD = """
book: small
version: "1"
title: {zh: 小书, en: small book}
frequency: year
outside: unknown
entities:
  firm: {name: {zh: 企业, en: firm}, count_unit: 家}
documents:
  law: {title: {zh: 法, en: law}, confidence: official}
items:
  - {code: profit, entity: firm, name: {zh: 利润, en: profit}, type: decimal, unit: 元, kind: flow}
  - {code: innovative, entity: firm, name: {zh: 创新型, en: innovative}, type: flag}
  - {code: relief_claimed, entity: firm, name: {zh: 已申报, en: claimed}, type: decimal, unit: 元}
  - {code: remark, entity: firm, name: {zh: 备注, en: remark}, type: text}
"""

BENEFIT = """
benefits:
  - code: relief
    instrument: small-relief
    entity: firm
    name: {zh: 减免, en: relief}
    kind: relief
    source: {document: law, article: 第一条}
    confidence: official
    valid:
      - {from: 2019-01-01, to: 2021-12-31, BEGINS}
      - {from: 2023-01-01, to: 2024-12-31, ENDS}
    unknown:
      - {from: 2022, to: 2022, what: {zh: 2022 年, en: the rule of 2022}, settled_by: {zh: 公告, en: an announcement}}
    conditions:
      - {code: is_innovative, name: {zh: 创新型, en: innovative}, expr: innovative, confidence: quoted}
      - {code: is_profitable, name: {zh: 盈利, en: profitable}, expr: profit > 0}
    amount: {name: {zh: 减免额, en: relief}, expr: profit * 0.1, unit: 元}
    claimed: relief_claimed
    deadlines:
      - {name: {zh: 申报, en: filing}, from: 2019-01-01, due: "+1-05-31", source: {document: law}}
"""


def book_of(folder: Path, rules: str = BENEFIT, begins: str = "begins: true", ends: str = "ends: true") -> Book:
    (folder / "book.yaml").write_text(HEAD, encoding="utf-8")
    text = rules.replace("BEGINS", begins or "confidence: quoted").replace("ENDS", ends or "confidence: quoted")
    (folder / "rules.yaml").write_text(text, encoding="utf-8")
    return load_book(folder)


def values(book: Book, period: str, **figures: object) -> tuple[object, object]:
    """Entitlement and amount; the engine and the exact evaluation must agree."""
    rows = read_facts(book, {"firm": figures}, period)
    with run(book.compile(["relief", "relief_amount"], periods=[period]), as_tables(book, rows)) as outcome:
        (row,) = outcome.values("firm").to_pylist()
    evaluator = Evaluator(book, rows)
    at = At("firm", "1", period_ordinal(period, "year"))
    assert evaluator.figure("relief", at).value == row["relief"]
    amount = evaluator.figure("relief_amount", at).value
    assert amount == row["relief_amount"]
    return row["relief"], row["relief_amount"]


def test_entitled_gets_the_amount(tmp_path: Path) -> None:
    assert values(book_of(tmp_path), "2020", innovative=True, profit=1000) == (True, Decimal("100.00"))


def test_not_entitled_gets_nothing(tmp_path: Path) -> None:
    assert values(book_of(tmp_path), "2020", innovative=False, profit=1000) == (False, Decimal(0))


def test_one_condition_that_fails_decides_even_if_another_is_unknown(tmp_path: Path) -> None:
    assert values(book_of(tmp_path), "2020", innovative=False) == (False, Decimal(0))


def test_an_unknown_condition_makes_both_unknown(tmp_path: Path) -> None:
    assert values(book_of(tmp_path), "2020", innovative=True) == (None, None)


def test_before_it_began_and_after_it_ended_nobody_is_entitled(tmp_path: Path) -> None:
    book = book_of(tmp_path)
    for year in ("2018", "2025", "2040"):
        assert values(book, year, innovative=True, profit=1000) == (False, Decimal(0))


def test_without_begin_and_end_the_time_outside_is_unknown(tmp_path: Path) -> None:
    book = book_of(tmp_path, begins="", ends="")
    for year in ("2018", "2025"):
        assert values(book, year, innovative=False, profit=1000) == (None, None)


def test_a_gap_is_unknown_and_says_what_would_settle_it(tmp_path: Path) -> None:
    book = book_of(tmp_path)
    assert values(book, "2022", innovative=False, profit=1000) == (None, None)
    rows = read_facts(book, {"firm": {}}, "2022")
    (reason,) = Evaluator(book, rows).figure("relief", At("firm", "1", 2022)).reasons
    assert reason.message.en == "the rule of 2022 (would be settled by: an announcement)"


def test_between_an_end_and_a_beginning_nobody_is_entitled(tmp_path: Path) -> None:
    rules = BENEFIT.replace("unknown:\n      - {from: 2022", "unknown:\n      - {from: 2030").replace("to: 2022,", "")
    rules = rules.replace("to: 2021-12-31, BEGINS", "to: 2021-12-31, ends: true")
    rules = rules.replace(
        "{from: 2023-01-01, to: 2024-12-31, ENDS}", "{from: 2023-01-01, to: 2024-12-31, begins: true}"
    )
    assert values(book_of(tmp_path, rules), "2022", innovative=True, profit=1) == (False, Decimal(0))


def test_a_condition_that_nobody_can_decide_leaves_the_answer_open(tmp_path: Path) -> None:
    rules = BENEFIT.replace(
        "expr: profit > 0", "unknown: {zh: 门限, en: the limit}, settled_by: {zh: 细则, en: the rules}"
    )
    book = book_of(tmp_path, rules)
    assert values(book, "2020", innovative=True, profit=1) == (None, None)
    assert values(book, "2020", innovative=False, profit=1) == (False, Decimal(0))


def test_the_book_knows_its_benefits_and_what_they_stand_for(tmp_path: Path) -> None:
    book = book_of(tmp_path)
    benefit = book.benefits["relief"]
    assert [condition.code for condition in benefit.conditions] == ["is_innovative", "is_profitable"]
    assert benefit.amount_code == "relief_amount"
    assert {"relief", "relief_amount", "is_innovative", "is_profitable"} == set(book.derived)
    assert book.derived["is_innovative"].confidence == "quoted"


def test_the_version_of_a_book_changes_with_a_benefit(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    one = book_of(tmp_path / "a")
    other = book_of(tmp_path / "b", BENEFIT.replace("+1-05-31", "+1-04-30"))
    assert one.content_hash != other.content_hash


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("expr: innovative,", "expr: innovativ,", "unknown name innovativ"),
        ("expr: profit > 0", "expr: profit", "is a number, a condition is needed|true or false"),
        ("expr: profit * 0.1, unit: 元", "expr: profit * 0.1, unit: 万元", "declared as 万元"),
        ("claimed: relief_claimed", "claimed: remark", "must be an item of firm, a flag or a number"),
        ("claimed: relief_claimed", "claimed: nothing", "must be an item of firm"),
        ("claimed: relief_claimed", "reduces: staff", "must be a figure of firm in the unit of the amount"),
        ("claimed: relief_claimed", "reduces: innovative", "must be a figure of firm in the unit of the amount"),
        ("claimed: relief_claimed", "excludes: [{benefit: releif}]", r"no benefit releif\. Did you mean relief\?"),
        ("claimed: relief_claimed", "excludes: [{benefit: relief}]", "cannot exclude itself"),
        ("source: {document: law}}", "source: {document: lore}}", "no document lore"),
        ('due: "+1-05-31"', 'due: "31 May"', "due is written like"),
        ("code: is_profitable", "code: profit", "already used"),
        ("what: {zh: 2022 年, en: the rule of 2022}, ", "", "what is missing"),
        ("{from: 2022, to: 2022,", "{from: 2021, to: 2022,", "dates overlap"),
        ("ENDS", "ends: maybe", "ends"),
        ("kind: relief\n", "kind: gift\n", "gift is not one of"),
        ("instrument: small-relief", "instrument: Small Relief", "instrument"),
    ],
)
def test_mistakes_are_refused_with_their_line(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in BENEFIT
    with pytest.raises(BookError, match=message) as caught:
        book_of(tmp_path, BENEFIT.replace(old, new))
    assert all(finding.line and finding.line > 1 for finding in caught.value.findings)


def test_an_open_end_cannot_have_ended(tmp_path: Path) -> None:
    with pytest.raises(BookError, match="ends: true needs a to"):
        book_of(tmp_path, BENEFIT.replace("to: 2024-12-31, ENDS", "ends: true"))


def test_what_is_supposed_once_stays_so_when_more_is_supposed(tmp_path: Path) -> None:
    book = book_of(tmp_path)
    years = [
        {"period": "2023", "profit": 100, "innovative": True},
        {"period": "2024", "profit": 100, "innovative": True},
    ]
    rows = read_facts(book, {"firm": years}, "2024")
    before, after = (At("firm", "1", period_ordinal(year, "year")) for year in ("2023", "2024"))
    plain = Evaluator(book, rows)
    assert plain.figure("relief", after).value is True
    one = plain.supposing({("profit", before): Fraction(-1)})
    both = one.supposing({("profit", after): Fraction(-2)})
    assert [both.figure("relief", at).value for at in (before, after)] == [False, False]
    assert both.figure("profit", before).value == -1
    assert plain.figure("relief", before).value is True
    assert one.supposing({("relief", after): False}).figure("relief_amount", after).value == 0

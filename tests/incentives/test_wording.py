"""Answers as text and as JSON, in both languages."""

from __future__ import annotations

import json

import pytest

from gaoxin.incentives.answers import entitlements
from gaoxin.incentives.data import answer_data
from gaoxin.incentives.wording import answer_lines
from gaoxin.rulebook import Book
from gaoxin.rulebook.facts import read_facts
from gaoxin.words import Language
from incentives.small_book import AS_OF, GOOD, answer


def text(book: Book, language: Language = "en", period: str = "2024", **changes: object) -> str:
    return "\n".join(answer_lines([answer(book, period, **changes)], language))


def test_an_entitled_firm_reads_the_amount_first(book: Book) -> None:
    assert text(book).splitlines()[0] == ("✓ innovation relief [1, 2024]: entitled, tax saved: 900,000.00 yuan")
    assert text(book, "zh").splitlines()[0] == "✓ 创新减免 [1, 2024]：可以享受，减免税额 900,000.00 元"


def test_a_ratio_reads_with_what_is_missing(book: Book) -> None:
    en = text(book, rd_staff_cost="4440000", rd_material="0")
    assert "R&D / sales: 3.7%, must be ≥ 4% (4,440,000 yuan / 120,000,000 yuan), 360,000 yuan more needed" in en
    assert "spend more on R&D" in en
    assert "this alone is enough" in en
    zh = text(book, "zh", rd_staff_cost="4440000", rd_material="0")
    assert "研发费用占销售收入的 3.7%，应 ≥ 4%" in zh
    assert "还需 360,000 元" in zh


def test_unknown_reads_with_the_figure_and_what_is_open(book: Book) -> None:
    assert "figures that would decide:\n    researchers researchers" in text(book, researchers="")
    assert "the rule is not known: whether it continues" in text(book, period="2025")
    assert "规则未知：是否延续（可由此查明：公告）" in text(book, "zh", "2025")


def test_each_reason_is_said_once(book: Book) -> None:
    assert text(book, sales="0").count("division by zero") == 1


def test_alternatives_read_as_such(book: Book) -> None:
    lines = text(book, listed=False).splitlines()
    start = lines.index("      ✗ any of:")
    assert [line.strip() for line in lines[start + 1 : start + 5]] == [
        "✗ listed: no, should be yes",
        "✗ all of:",
        "✗ certified: no, should be yes",
        "✓ banned: no, should be no",
    ]


def test_a_formula_never_stands_for_a_name(book: Book) -> None:
    lines = answer_lines([answer(book, "2020", "subsidy")], "en")
    assert "      ✓ is covered: yes, should be yes" in lines
    assert "      ✓ year 2020, must be = 2020" in lines


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_text_carries_version_date_marks_and_that_it_is_no_advice(book: Book, language: Language) -> None:
    lines = text(book, language)
    assert f"small {book.version}" in lines
    assert AS_OF.isoformat() in lines
    assert {"zh": "不是税务意见", "en": "not tax advice"}[language] in lines
    assert {"zh": "（官方）", "en": "(official)"}[language] in lines
    assert {"zh": "须核对原文：网页1", "en": "to be checked against the original: 网页1"}[language] in lines


def test_keep_and_deadline_are_for_those_who_may_claim(book: Book) -> None:
    assert "keep: the ledger" in text(book)
    assert "deadline: annual filing 2025-05-31" in text(book)
    assert "keep:" not in text(book, sector="B")


def test_json_has_exact_numbers_and_both_languages(book: Book) -> None:
    found = json.loads(json.dumps(answer_data(answer(book, rd_staff_cost="4440000", rd_material="0.10"))))
    assert found["amount"]["worth"] == "666000.02"
    assert found["state"] == "not_entitled"
    (test,) = found["conditions"][0]["tests"]
    assert test["ratio"]["needed"] == "4800000"
    assert test["ratio"]["short_by"] == "3599999/10"
    assert test["value"]["unit"] == "%"
    assert found["changes"][0]["by"] == "359999.90"
    assert found["changes"][0]["text"]["zh"].endswith("仅此即可享受")
    assert found["disclaimer"]["en"].endswith("the authority decides.")
    assert found["conditions"][0]["source"]["confidence"] == "official"
    assert found["rulebook"] == {"book": "small", "version": book.version}


def test_json_of_all_answers_of_the_firm(book: Book) -> None:
    rows = read_facts(book, {"firm": GOOD, "award": [{"prize": 10}]}, "2024")
    data = [answer_data(one) for one in entitlements(book, rows, "1", "2024", as_of=AS_OF)]
    assert [one["state"] for one in data] == ["entitled", "not_in_force", "entitled"]
    assert json.dumps(data)

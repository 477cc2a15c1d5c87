"""A book with changes: what is changed, between which dates, and what is wrong with a file of changes."""

import datetime

import pytest

from gaoxin.rulebook import BookError, load_book
from gaoxin.rulebook.evaluate import At, Evaluator
from gaoxin.rulebook.facts import read_facts
from gaoxin.rulebook.overlay import read_overlay
from gaoxin.rulebook.parameters import value_in
from gaoxin.rulebook.periods import period_ordinal


@pytest.fixture(scope="module")
def today():
    return load_book("incentives-cn")


@pytest.fixture
def changed(today, tmp_path):
    def change(text):
        path = tmp_path / "change.yaml"
        path.write_text(f"change: {{zh: 试算, en: a try}}\n{text}", encoding="utf-8")
        return read_overlay(today, path)

    return change


def value(book, code, year):
    held = value_in(book.parameters[code], period_ordinal(year, "year"), "year")
    return None if held is None else str(held.value)


def figure(book, code, year, **facts):
    rows = read_facts(book, {"firm": {name: str(one) for name, one in facts.items()}}, year)
    ((key, ordinal),) = rows.returns["firm"]
    return Evaluator(book, rows).figure(code, At("firm", key, ordinal)).value


def test_a_parameter_changes_between_its_dates_only(today, changed):
    book, overlay = changed(
        "parameters:\n- code: small_income_cap\n  values: [{from: 2024-01-01, to: 2024-12-31, value: 5000000}]\n"
    )
    assert [value(book, "small_income_cap", year) for year in ("2022", "2023", "2024", "2025", "2028")] == [
        "3000000", "3000000", "5000000", "3000000", None,
    ]  # fmt: skip
    assert value(today, "small_income_cap", "2024") == "3000000"
    assert overlay.codes == ("small_income_cap",)


def test_a_parameter_can_be_given_dates_it_did_not_have(changed):
    book, _ = changed("parameters:\n- {code: small_income_cap, values: [{from: 2028-01-01, value: 4000000}]}\n")
    assert [value(book, "small_income_cap", year) for year in ("2027", "2028", "2031")] == [
        "3000000", "4000000", "4000000",
    ]  # fmt: skip


def test_a_condition_can_be_changed_for_one_year(changed):
    book, _ = changed(
        "rules:\n- {code: small_cond_staff, from: 2024, to: 2024, expr: staff_of_year <= 2 * param(small_staff_cap)}\n"
    )
    facts = {"staff_average": 450}
    assert [figure(book, "small_cond_staff", year, **facts) for year in ("2023", "2024", "2025")] == [
        False,
        True,
        False,
    ]


def test_the_changed_book_says_that_it_is_hypothetical(today, changed):
    book, _ = changed("parameters:\n- {code: small_income_cap, values: [{from: 2024, to: 2024, value: 1}]}\n")
    assert "hypothetical" in book.version
    assert book.version != today.version
    assert "假设" in book.title.zh
    assert "hypothetical" in book.title.en


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("parameters:\n- {code: small_income_kap, values: [{from: 2024, value: 1}]}\n", 3, "small_income_cap"),
        ("parameters:\n- code: small_income_cap\n  values:\n  - {from: 2024, value: five}\n", 5, "five"),
        ("parameters:\n- code: hn_rd_ratio_steps\n  values:\n  - {from: 2024, value: 0.03}\n", 5, "bands"),
        ("rules:\n- code: small_cond_staff\n  expr: staff_of_yeer <= 5\n", 3, "staff_of_year"),
        ("rules:\n- code: small_cond_staff\n  expr: staff_of_year <= taxable_income\n", 3, "units differ"),
        ("rules:\n- code: taxable_income\n  expr: '0'\n", 3, "no derived figure"),
        ("colour: red\n", 2, "colour"),
        ("", 1, "nothing is changed"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(changed, text, line, said):
    with pytest.raises(BookError) as caught:
        changed(text)
    shown = [finding.say("en") for finding in caught.value.findings]
    assert any(f"change.yaml:{line}:" in one and said in one for one in shown), shown


def test_the_day_of_a_change_may_lie_inside_a_span(changed):
    book, _ = changed(
        "parameters:\n- {code: small_income_cap, values: [{from: 2024-07-01, to: 2026-06-30, value: 9}]}\n"
    )
    spans = [(v.from_, v.to, str(v.value)) for v in book.parameters["small_income_cap"].values if v.from_.year >= 2023]
    assert spans == [
        (datetime.date(2023, 1, 1), datetime.date(2024, 6, 30), "3000000"),
        (datetime.date(2024, 7, 1), datetime.date(2026, 6, 30), "9"),
        (datetime.date(2026, 7, 1), datetime.date(2027, 12, 31), "3000000"),
    ]

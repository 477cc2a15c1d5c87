"""What is said of one return: rules, blanks, slips of the unit, outliers, explanations."""

from __future__ import annotations

import pytest

from gaoxin.platform.statistics import books, checking, document
from gaoxin.problems import Problem

BOOK = "torch-enterprise-2022"

YEAR = {"qc05_0": "1000", "qc06": "300", "qc220": "500", "qc24": "9000", "qc31": "4000", "qc33": "5000",
        "qc234": "100", "qc12": "80", "qc13": "50", "qd01": "200", "qd06": "40", "qc14": "30"}  # fmt: skip


def judge(figures: dict[str, str], before: dict[str, str] | None = None) -> list[Problem]:
    book = books.book(BOOK)
    kept, wrong = document.typed(book, "firm", figures)
    assert not wrong
    earlier, _ = document.typed(book, "firm", before or {})
    return checking.findings(checking.Judged(books.book(BOOK), "firm", "2025", kept, earlier))


def at(found: list[Problem], rule: str) -> list[str | None]:
    return [one.item for one in found if one.rule == rule]


def test_an_identity_that_does_not_hold_is_an_error_at_its_cell_with_the_figures() -> None:
    (error,) = [p for p in judge({"qj09": "5", "qj67": "6"}) if p.rule == "rd_staff_management"]
    assert (error.severity, error.item) == ("error", "qj09")
    assert "qj09 = 5" in error.message.zh
    assert "qj67 = 6" in error.message.en


def test_a_rule_whose_figures_are_blank_says_nothing() -> None:
    assert at(judge({"qj09": "5"}), "rd_staff_management") == []


def test_an_empty_return_cannot_be_submitted() -> None:
    (one,) = judge({})
    assert (one.rule, one.severity) == ("returns.empty", "error")


def test_a_thousandfold_amount_is_a_slip_of_the_unit_and_a_thousandfold_headcount_an_outlier() -> None:
    found = judge({**YEAR, "qc14": "30900", "qd06": "40000"}, YEAR)
    assert at(found, "compare.unit-slip") == ["qc14"]
    assert at(found, "compare.outlier") == ["qd06"]


def test_what_the_book_itself_compares_with_last_year_is_said_once() -> None:
    found = [p for p in judge({**YEAR, "qc05_0": "1003000"}, YEAR) if p.item == "qc05_0" and p.severity == "warning"]
    assert [p.rule.startswith("compare.") for p in found if "1003000" in p.message.zh or "上期" in p.message.zh] == [
        False
    ]


def test_a_whole_return_in_yuan_is_one_finding() -> None:
    amounts = {code: text for code, text in YEAR.items() if not code.startswith("qd")}
    found = judge({"qd01": "200", "qd06": "40", **{code: f"{text}000" for code, text in amounts.items()}}, YEAR)
    assert at(found, "compare.unit-slip") == [None]


def test_everything_ten_times_larger_is_no_outlier_but_one_figure_is() -> None:
    tenfold = {code: f"{text}0" for code, text in YEAR.items()}
    assert at(judge(tenfold, YEAR), "compare.outlier") == []
    assert at(judge({**YEAR, "qc24": "90000"}, YEAR), "compare.outlier") == ["qc24"]


def test_a_figure_that_was_there_and_is_blank_now_is_asked_for() -> None:
    assert at(judge({k: v for k, v in YEAR.items() if k != "qc13"}, YEAR), "compare.vanished") == ["qc13"]


def test_an_explanation_holds_for_its_value_only() -> None:
    found = judge({**YEAR, "qc24": "90000"}, YEAR)
    (odd,) = [p for p in found if p.rule == "compare.outlier"]
    given = {(odd.rule, "qc24"): (checking.value_of(odd), "并购")}
    assert odd in checking.unexplained(found, {})
    assert odd not in checking.unexplained(found, given)
    (other,) = [p for p in judge({**YEAR, "qc24": "95000"}, YEAR) if p.rule == "compare.outlier"]
    assert other in checking.unexplained([other], given)


def test_projects_are_checked_one_by_one_and_feed_what_is_computed() -> None:
    figures = {"qd01": "20", "project.1.qh51": "7.5", "project.1.xmmc": "一项新型材料研究", "project.1.qh31": "1",
               "project.1.qh36": "1", "project.1.qh32": "1", "project.1.qh40": "24", "project.1.qh21": "1"}  # fmt: skip
    kept, _ = document.typed(books.book(BOOK), "firm", figures)
    judged = checking.Judged(books.book(BOOK), "firm", "2025", kept, {})
    values = {e.code: text for e, text in checking.computed(judged)}
    assert values["sumqh40_rd"] == "2.000000"


@pytest.mark.parametrize(
    ("code", "text", "kept"),
    [("qc05_0", "1,234.5", "1234.500"), ("qc05_0", "－0", "0.000"), ("qd01", "１２", "12"), ("qb11", "否", "false"),
     ("qb04", "2001年2月3日", "2001-02-03"), ("qc05_0", "—", "")],
)  # fmt: skip
def test_what_people_type_is_kept_as_one_exact_text(code: str, text: str, kept: str) -> None:
    assert document.typed(books.book(BOOK), "firm", {code: text}) == ({code: kept}, [])


@pytest.mark.parametrize(
    ("code", "text", "rule"),
    [("qc05_0", "12万元", "cell.unit-in-cell"), ("qd01", "-3", "cell.negative-count"),
     ("qd01", "2.5", "cell.not-whole"),
     ("qc05_0", "1.23456", "cell.too-fine"), ("qc05_0", "1" * 19, "cell.too-large"), ("zz", "1", "returns.cell"),
     ("project.501.qh51", "1", "returns.cell"), ("zone.1.qh51", "1", "returns.cell"), ("qb04", "春天", "")],
)  # fmt: skip
def test_what_cannot_be_a_figure_is_refused_at_its_cell(code: str, text: str, rule: str) -> None:
    kept, (wrong,) = document.typed(books.book(BOOK), "firm", {code: text})
    assert kept == {}
    assert wrong.item == code
    assert not rule or wrong.rule == rule


def test_changes_stand_in_the_order_of_the_forms_with_their_size() -> None:
    book = books.book(BOOK)
    found = document.changes(book, "firm", {"qc05_0": "100.000", "qb11": "true"}, {"qc05_0": "150.000", "qd01": "7"})
    assert [(c.cell.name, c.before, c.after, c.percent and str(c.percent)) for c in found] == [
        ("qb11", "true", "", None), ("qc05_0", "100.000", "150.000", "50.0"), ("qd01", "", "7", None),
    ]  # fmt: skip

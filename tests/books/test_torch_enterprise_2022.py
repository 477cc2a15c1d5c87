"""The enterprise book holds every known item as the forms give it, and says what is not known."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from gaoxin.rulebook import Book, load_book

TEXT = (Path(__file__).parents[1] / "data/torch/torch-items.csv").read_text(encoding="utf-8")
ROWS = list(csv.DictReader(TEXT.splitlines()))


@pytest.fixture(scope="module")
def book() -> Book:
    return load_book("torch-enterprise-2022")


def test_has_exactly_the_known_items(book: Book) -> None:
    assert len(ROWS) == 209
    assert set(book.items) == {row["code"] for row in ROWS}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["code"])
def test_item_as_the_form_gives_it(book: Book, row: dict[str, str]) -> None:
    item = book.items[row["code"]]
    assert item.name.zh == ("(名称未知)" if row["name_zh"] == "unknown" else row["name_zh"])
    assert item.unit == (row["unit"] or None)
    numeric = {"ratio", "flow", "stock", "average", "unknown"}
    assert item.kind == (row["kind"] if row["kind"] in numeric else "none")
    if row["kind"] in {"text", "code", "date", "flag"}:
        assert item.type == row["kind"]
    elif row["unit"]:
        assert item.type in {"integer", "decimal"}
    assert item.entity == ("project" if row["form"].startswith("GQ-004") else "firm")
    form = row["form"].split(" ")[0]
    assert item.form.startswith(form)


def test_money_is_decimal_and_heads_are_whole(book: Book) -> None:
    for item in book.items.values():
        if item.unit in {"千元", "万元", "吨标准煤", "人月"}:
            assert item.type == "decimal", item.code
        if item.unit in {"人", "件", "个", "项"}:
            assert item.type == "integer", item.code


def test_money_keeps_every_yuan(book: Book) -> None:
    for item in book.items.values():
        if item.unit in {"千元", "万元"}:
            assert item.decimals == {"千元": 3, "万元": 4}[item.unit], item.code


def test_what_is_unknown_is_said(book: Book) -> None:
    unknown = {code for code, item in book.items.items() if item.unit == "unknown"}
    assert unknown == {row["code"] for row in ROWS if row["unit"] == "unknown"}
    assert all("单位未知" in book.items[code].note.zh and book.items[code].note.en for code in unknown)
    assert {code for code, item in book.items.items() if item.confidence == "unknown"} == {"qb15_3", "QA04"}
    assert all(item.confidence == "inferred" for item in book.items.values() if item.form == "GQ-004")


def test_every_entry_is_cited_and_no_confidence_is_better_than_its_document(book: Book) -> None:
    order = ["unknown", "inferred", "secondary", "quoted", "official"]
    for entry in book.entries.values():
        assert entry.name.zh, entry.code
        assert entry.name.en, entry.code
        cited = [entry.source] if entry.source else [value.source for value in entry.values]
        for clause in cited:
            assert clause is not None, entry.code
            assert order.index(entry.confidence) <= order.index(book.documents[clause.document].confidence), entry.code


def test_checks_speak_plainly_in_both_languages(book: Book) -> None:
    for check in book.checks.values():
        assert "应" in check.message.zh or "疑似" in check.message.zh or "请" in check.message.zh, check.code
        assert check.message.en.isascii() or "≥" in check.message.en, check.code


def test_own_checks_are_marked_as_inferred(book: Book) -> None:
    own = [check for check in book.checks.values() if check.source and check.source.document == "gaoxin"]
    assert len(own) > 100
    assert {check.confidence for check in own} == {"inferred"}


@pytest.mark.parametrize(
    ("flag", "code"),
    [
        ("高企研发费用未达标", "hnte_rd_below_standard"),
        ("高企科技人员未达标", "hnte_staff_below_standard"),
        ("高企高新技术产品（服务）收入未达标", "hnte_revenue_below_standard"),
        ("本科以上人数漏报", "degrees_omitted"),
        ("留学归国人员漏报", "returnees_omitted"),
        ("综合能耗错误（按营业收入）", "energy_per_revenue"),
        ("综合能耗错误（按工业总产值）", "energy_per_output"),
        ("职工薪酬漏报", "payroll_omitted"),
    ],
)
def test_has_the_flags_of_the_back_end(book: Book, flag: str, code: str) -> None:
    assert book.checks[code].name.zh == flag
    assert book.checks[code].confidence == "secondary"


def test_has_the_rules_of_form_107_2_for_which_the_form_has_items(book: Book) -> None:
    articles = [check.source.article for check in book.checks.values() if check.source.document == "nbs-107-2"]
    # 1 without women, and not 2 and 11: GQ-005 has no such items
    assert sorted(articles, key=int) == ["1"] * 4 + ["3", "4", "5", "6", "7", "8", "9", "10", "12"]


def test_sections_of_the_industry_classification(book: Book) -> None:
    lists = book.lists
    assert len(lists["gbt4754_divisions"]) == 97
    assert lists["industry_bcd"] == tuple(f"{division:02d}" for division in range(6, 47))
    assert lists["sector_primary"] == ("01", "02", "03", "04", "05")
    assert lists["sector_secondary"] == tuple(f"{division:02d}" for division in range(6, 51))
    for unsure in ("high_tech_services", "digital_industry", "domestic_holding"):
        assert book.codelists[unsure].confidence == "inferred"
        assert book.codelists[unsure].note.en


def test_thresholds_are_dated(book: Book) -> None:
    bands = book.parameters["hnte_rd_ratio"].values[0].bands
    assert [(str(band.to), band.inclusive, str(band.value)) for band in bands] == [
        ("50000", True, "5"),
        ("200000", True, "4"),
        ("None", None, "3"),
    ]
    # thresholds of the back end are known from 2020 on, and not a day earlier
    for code in ("omission_staff_limit", "returnee_staff_limit", "energy_intensity_limit", "payroll_per_head_limit"):
        assert [str(value.from_) for value in book.parameters[code].values] == ["2020-01-01"]

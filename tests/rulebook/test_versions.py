"""Rules that change over time: versions of an expression, values that are not known, what lies outside all dates."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pyarrow as pa
import pytest

from gaoxin.engines.duckdb import run
from gaoxin.engines.explaining import explain
from gaoxin.rulebook import Book, BookError, load_book
from gaoxin.rulebook.plan import ItemColumn

HEAD = """
book: small
version: "1"
title: {zh: 小书, en: small book}
frequency: year
outside: unknown
entities:
  firm: {name: {zh: 企业, en: firm}, count_unit: 家}
  project: {name: {zh: 项目, en: project}, parent: firm, count_unit: 项, if_none: zero}
documents:
  d2018: {title: {zh: 一, en: one}, confidence: official}
  d2021: {title: {zh: 二, en: two}, confidence: official}
items:
  - {code: spend, entity: firm, name: {zh: 支出, en: spending}, type: decimal, unit: 元, kind: flow}
  - {code: old_spend, entity: firm, name: {zh: 旧口径支出, en: spending in the old sense}, type: decimal, unit: 元}
  - {code: cost, entity: project, name: {zh: 费用, en: cost}, type: decimal, unit: 元, kind: flow}
"""

RULES = """
parameters:
  - code: rate
    name: {zh: 比例, en: rate}
    values:
      - {from: 2018-01-01, to: 2020-12-31, value: 0.75}
      - {from: 2021-01-01, to: 2022-12-31, value: 1}
      - from: 2023-01-01
        to: 2023-12-31
        unknown: {zh: 比例未公布, en: the rate has not been published}
        settled_by: {zh: 财政部公告, en: an announcement of the ministry}
derived:
  - code: base
    entity: firm
    name: {zh: 基数, en: base}
    unit: 元
    versions:
      - {from: 2018, to: 2020, expr: old_spend, source: {document: d2018, article: 第一条}, confidence: official}
      - {from: 2021, to: 2023, expr: spend + SUM(cost), source: {document: d2021, article: 第二条}}
  - {code: extra, entity: firm, name: {zh: 加计, en: extra}, unit: 元, scale: 2, expr: base * param(rate)}
  - {code: growth, entity: firm, name: {zh: 增长, en: growth}, unit: 元, expr: base - prior(base)}
checks:
  - code: sane
    entity: firm
    name: {zh: 合理, en: sane}
    severity: error
    message: {zh: 不合理, en: not sane}
    versions:
      - {from: 2021, to: 2021, expr: spend >= 0}
"""


def book_of(folder: Path, rules: str = RULES, head: str = HEAD) -> Book:
    (folder / "book.yaml").write_text(head, encoding="utf-8")
    (folder / "rules.yaml").write_text(rules, encoding="utf-8")
    return load_book(folder)


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return book_of(tmp_path)


def tables() -> dict[str, pa.Table]:
    years = ["2019", "2020", "2021", "2022", "2023", "2024"]
    money = pa.decimal128(20, 2)
    firms = {
        "firm": ["a"] * 6,
        "period": years,
        "spend": pa.array([Decimal(n) for n in (1, 2, 4, 8, 16, 32)], money),
        "old_spend": pa.array([Decimal(n) for n in (100, 200, 400, 800, 1600, 3200)], money),
    }
    projects = {
        "project": ["p"] * 6,
        "firm": ["a"] * 6,
        "period": years,
        "cost": pa.array([Decimal("0.01")] * 6, money),
    }
    return {"firm": pa.table(firms), "project": pa.table(projects)}


def computed(book: Book, periods: list[str]) -> dict[str, list[object]]:
    with run(book.compile(periods=periods), tables()) as outcome:
        values: dict[str, list[object]] = outcome.values("firm").to_pydict()
    return values


def computed_only(book: Book, code: str, period: str) -> list[object]:
    with run(book.compile([code], periods=[period]), tables()) as outcome:
        values: list[object] = outcome.values("firm")[code].to_pylist()
    return values


def test_every_period_takes_its_version(book: Book) -> None:
    values = computed(book, ["2019", "2020", "2021", "2022"])
    assert values["base"] == [Decimal("100"), Decimal("200"), Decimal("4.01"), Decimal("8.01")]
    assert values["extra"] == [Decimal("75"), Decimal("150"), Decimal("4.01"), Decimal("8.01")]


def test_an_earlier_period_is_computed_by_its_own_version(book: Book) -> None:
    assert computed(book, ["2021"])["growth"] == [Decimal("4.01") - Decimal("200")]


def test_outside_all_versions_a_value_is_unknown(book: Book) -> None:
    values = computed(book, ["2023", "2024"])
    assert values["base"] == [Decimal("16.01"), None]
    assert values["sane"] == [None, None]


def test_a_parameter_that_is_not_known_gives_unknown_and_no_error(book: Book) -> None:
    assert computed(book, ["2022", "2023", "2024"])["extra"] == [Decimal("8.01"), None, None]


@pytest.mark.parametrize("year", ["2019", "2020", "2021", "2022", "2023", "2024"])
def test_explanation_and_engine_agree(book: Book, year: str) -> None:
    plan = book.compile(periods=[year])
    values = computed(book, [year])
    for code in ("base", "extra", "growth"):
        explained = explain(plan, tables(), "firm", "a", year, code)
        assert explained.value == (None if values[code][0] is None else Fraction(values[code][0]))


def test_explanation_says_which_version_holds(book: Book) -> None:
    explained = explain(book.compile(periods=["2019"]), tables(), "firm", "a", "2019", "base")
    assert explained.formula == "old_spend"
    assert explained.citation is not None
    assert (explained.citation.article, explained.citation.confidence) == ("第一条", "official")


def test_explanation_says_that_no_rule_is_known(book: Book) -> None:
    (reason,) = explain(book.compile(periods=["2024"]), tables(), "firm", "a", "2024", "base").reasons
    assert (reason.kind, reason.code) == ("no_rule", "base")
    assert "2018-01-01 to 2020-12-31, 2021-01-01 to 2023-12-31" in reason.message.en


def test_explanation_says_what_is_not_known_and_what_would_settle_it(book: Book) -> None:
    (reason,) = explain(book.compile(periods=["2023"]), tables(), "firm", "a", "2023", "extra").reasons
    assert reason.kind == "unsettled"
    assert reason.message.en == "the rate has not been published (would be settled by: an announcement of the ministry)"
    assert "财政部公告" in reason.message.zh


def test_a_plan_reads_only_what_its_periods_need(book: Book) -> None:
    plan = book.compile(["base"], periods=["2019"])
    assert [name for name, column in plan.columns.items() if isinstance(column, ItemColumn)] == ["old_spend"]


def test_a_version_may_be_unknown(tmp_path: Path) -> None:
    rules = """
derived:
  - code: relief
    entity: firm
    name: {zh: 减免, en: relief}
    unit: 元
    versions:
      - {from: 2018, to: 2020, expr: spend}
      - {from: 2021, unknown: {zh: 是否延续, en: whether it continues}, settled_by: {zh: 公告, en: an announcement}}
"""
    book = book_of(tmp_path, rules)
    assert computed(book, ["2020", "2021"])["relief"] == [Decimal("2"), None]
    (reason,) = explain(book.compile(periods=["2021"]), tables(), "firm", "a", "2021", "relief").reasons
    assert "whether it continues" in reason.message.en


def test_a_rule_that_changes_inside_a_period_holds_in_none_unless_it_says_so(tmp_path: Path) -> None:
    rules = """
derived:
  - {code: whole, entity: firm, name: {zh: 甲, en: a}, versions: [{from: 2021-10-01, expr: spend}]}
  - {code: ended, entity: firm, name: {zh: 乙, en: b}, in_force: at_end, versions: [{from: 2021-10-01, expr: spend}]}
"""
    values = computed(book_of(tmp_path, rules), ["2021", "2022"])
    assert (values["whole"], values["ended"]) == ([None, Decimal("8")], [Decimal("4"), Decimal("8")])


def test_a_parameter_outside_its_dates_stops_the_compilation_unless_the_book_says_otherwise(tmp_path: Path) -> None:
    book = book_of(tmp_path, head=HEAD.replace("outside: unknown", ""))
    with pytest.raises(BookError, match="the parameter rate has no value for 2024"):
        book.compile(["extra"], periods=["2024"])


def test_a_parameter_keeps_what_the_head_of_its_own_book_says(tmp_path: Path) -> None:
    (tmp_path / "base").mkdir()
    (tmp_path / "strict").mkdir()
    book_of(tmp_path / "base")
    head = HEAD[: HEAD.index("entities:")].replace("book: small", "book: strict").replace("outside: unknown", "")
    rules = """
parameters:
  - {code: share, name: {zh: 份额, en: share}, values: [{from: 2018-01-01, to: 2020-12-31, value: 0.5}]}
derived:
  - {code: part, entity: firm, name: {zh: 部分, en: part}, unit: 元, expr: spend * param(share)}
"""
    book = book_of(tmp_path / "strict", rules, head + "extends: [../base]\n")
    assert computed_only(book, "extra", "2024") == [None]
    with pytest.raises(BookError, match="the parameter share has no value for 2024"):
        book.compile(["part"], periods=["2024"])


def test_bands_may_be_unknown_for_some_dates(tmp_path: Path) -> None:
    rules = """
parameters:
  - code: table
    name: {zh: 档, en: bands}
    band_unit: 元
    values:
      - {from: 2019-01-01, to: 2019-12-31, unknown: {zh: 档未知, en: bands unknown}, settled_by: {zh: 公告, en: notice}}
      - {from: 2020-01-01, to: 2020-12-31, bands: [{to: 2, inclusive: true, value: 5}, {value: 3}]}
derived:
  - {code: points, entity: firm, name: {zh: 分, en: points}, unit: "1", scale: 0, expr: "band(spend, table)"}
"""
    book = book_of(tmp_path, rules)
    assert computed(book, ["2019", "2020", "2021"])["points"] == [None, Decimal(5), None]
    (reason,) = explain(book.compile(periods=["2019"]), tables(), "firm", "a", "2019", "points").reasons
    assert (reason.kind, "bands unknown" in reason.message.en) == ("unsettled", True)


@pytest.mark.parametrize(
    ("versions", "message"),
    [
        ("[{from: 2018, to: 2020, expr: spend}, {from: 2020, expr: spend}]", "dates overlap: 2018-01-01…2020-12-31"),
        ("[{from: 2018, expr: spend}, {from: 2020, expr: spend}]", "give the earlier one its to"),
        ("[{from: 2018}]", "give either expr or unknown"),
        ("[{from: 2018, unknown: {zh: 未知, en: unknown}}]", "settled_by"),
        ("[{from: 2020, to: 2018, expr: spend}]", "before it begins"),
        ("[{from: 2018, to: 2019, expr: spend}, {from: 2020, expr: spend > 0}]", "a number and true or false"),
        ("[{from: 2018, to: 2019, expr: spend}, {from: 2020, expr: spend * spend}]", "units differ"),
        ("[{from: 2018, to: 2019, expr: spend}, {from: 2020, expr: spent}]", "unknown name spent"),
        ("[{from: 2018, expr: spend, source: {document: nowhere}}]", "no document nowhere"),
    ],
)
def test_wrong_versions_are_refused_with_their_line(tmp_path: Path, versions: str, message: str) -> None:
    rules = f"derived:\n  - code: x\n    entity: firm\n    name: {{zh: 一, en: one}}\n    versions: {versions}\n"
    with pytest.raises(BookError, match=message) as caught:
        book_of(tmp_path, rules)
    assert caught.value.findings[0].line == 5


def test_an_entry_has_one_expression_or_versions_and_not_both(tmp_path: Path) -> None:
    both = "expr: spend, versions: [{from: 2018, expr: spend}]"
    rules = f"derived:\n  - {{code: x, entity: firm, name: {{zh: 一, en: one}}, {both}}}\n"
    with pytest.raises(BookError, match="give either expr or versions"):
        book_of(tmp_path, rules)


def test_a_bare_zero_fits_the_unit_of_the_other_versions(tmp_path: Path) -> None:
    rules = """
derived:
  - code: x
    entity: firm
    name: {zh: 一, en: one}
    unit: 元
    versions: [{from: 2018, to: 2020, expr: "0"}, {from: 2021, expr: spend}]
  - {code: y, entity: firm, name: {zh: 二, en: two}, unit: 元, expr: x + spend}
"""
    assert computed(book_of(tmp_path, rules), ["2020", "2021"])["y"] == [Decimal("2"), Decimal("8")]

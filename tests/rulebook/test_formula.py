"""Trees as text again: reading back what was written gives the same tree."""

from fractions import Fraction
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exact_reference import aggregates, conditions, numbers
from gaoxin.rulebook.entries import Derived
from gaoxin.rulebook.formula import column_formula, decimal_text, formula
from gaoxin.words import Text
from small_books import codelist, derived, parameter, small_book

ITEMS = """\
items:
  - {code: a, entity: firm, name: {zh: 甲, en: a}, type: decimal, unit: "1"}
  - {code: b, entity: firm, name: {zh: 乙, en: b}, type: decimal, unit: "1"}
  - {code: n, entity: firm, name: {zh: 丙, en: n}, type: integer, unit: "1"}
  - {code: f, entity: firm, name: {zh: 丁, en: f}, type: flag}
"""
BANDS = [{"to": 1, "inclusive": True, "value": 1}, {"value": 2}]
PARAMETERS = [
    parameter("rate", [{"from": "2000", "value": 1}]),
    parameter("table", [{"from": "2000", "bands": BANDS}]),
    parameter("limits", [{"from": "2000", "bands": BANDS}], band_unit="千元"),
]


@cache
def the_book():
    with TemporaryDirectory() as folder:
        return small_book(Path(folder), items=ITEMS, parameters=PARAMETERS)


def tree(book, entity, text):
    entry = Derived(code="x", entity=entity, name=Text("甲", "x"), expr=text)
    return book.with_derived([entry]).expressions.trees["x"]


RULES = st.one_of(
    numbers("half_up").map(lambda rule: ("firm", rule)),
    conditions("half_up").map(lambda rule: ("firm", rule)),
    aggregates("half_up", Fraction(1)).map(lambda rule: ("zone", rule)),
)


@settings(max_examples=60)
@given(RULES)
def test_what_is_written_reads_back_as_the_same_tree(case):
    entity, rule = case
    first = tree(the_book(), entity, rule.text)
    assert tree(the_book(), entity, formula(first)) == first


@pytest.mark.parametrize(
    "text",
    [
        "rev - (rd - rev) - rd",
        "rev / (rev * rd)",
        "-(rev + rd) * 2",
        "NOT (hnte AND rev > 0) OR hnte",
        "convert(rd / rev, '%') >= qty(3.50, '%')",
        "CASE WHEN hnte THEN rev WHEN rev < 0 THEN rd ELSE NULL END",
        "sector IN ('01', 'it''s') AND label LIKE '%''%'",
        "in_list(sector, services) AND rev IS NOT NULL AND rd IS NULL",
        "founded >= DATE '2020-01-31' AND YEAR(founded) <> period_year()",
        "wide_length(label) > 5",
        "band(rev, limits) + param(rate) * 0.5",
        "ROUND(rd / rev, 3) + ABS(score)",
        "LEAST(rev, rd) - GREATEST(rev, COALESCE(rd, 0))",
        "prior(rev) - prior(rev, 3)",
        "SUM(cost) FILTER (WHERE months > 0)",
        "COUNT(*) - prior(COUNT(*))",
    ],
)
def test_an_expression_with_just_the_brackets_it_needs_comes_back_as_it_was_written(tmp_path, text):
    book = small_book(
        tmp_path,
        derived=[derived("x", "firm", text)],
        parameters=PARAMETERS,
        codelists=[codelist("services", prefixes=["63"])],
    )
    assert formula(book.expressions.trees["x"]) == text


def test_columns_without_a_code_show_their_formula(tmp_path):
    rules = [derived("x", "zone", "prior(SUM(rev * 2)) + prior(SUM(rev), 2) + SUM(rd)")]
    plan = small_book(tmp_path, derived=rules).compile(periods=["2025"])
    shown = {column_formula(plan, name) for name in plan.columns}
    assert {"x", "rev", "rev * 2", "SUM(rev * 2)", "prior(SUM(rev * 2))", "prior(SUM(rev), 2)", "SUM(rd)"} <= shown


@given(st.fractions(max_denominator=1).map(lambda n: n / 1000), st.integers(3, 12))
def test_decimals_are_written_exactly(value, scale):
    assert Fraction(decimal_text(value, scale)) == value
    assert len(decimal_text(value, scale).split(".")[1]) == scale

"""One firm as a whole: what every output carries, what is refused, and that nothing from the file gets into HTML."""

from __future__ import annotations

import datetime
import json
import time
from decimal import Decimal

import pytest

import gaoxin
from gaoxin.incentives.assessment import Assessment, assess
from gaoxin.incentives.firm_file import parse_firm
from gaoxin.problems import InputError
from gaoxin.rulebook import BookError
from gaoxin.rulebook.source import parse_source
from incentives.firms import AS_OF, shipped

FIRM = """
name: "<script>alert(1)</script>"
synthetic: true
firm:
- {period: 2022, hnte: true, taxable_income: 1000000}
- period: 2024
  hnte: true
  tsme: false
  restricted_industry: false
  taxable_income: 3000000.01
  total_revenue: 52000000
  staff_average: 86
  assets_average: 41000000
  tech_transfer_income: 0
  tt_separate_accounts: false
  si_kind: none
  ats_recognised: false
"""


def assessed(text: str = FIRM, year: str = "2024", as_of: datetime.date = AS_OF) -> Assessment:
    firm = parse_firm(shipped(), parse_source(text, "firm.yaml"), year)
    return assess(shipped(), firm, year, as_of=as_of)


def test_every_output_says_when_by_which_book_that_it_is_no_advice_and_synthetic() -> None:
    found = assessed()
    version = shipped().version
    for output in ("\n".join(found.lines("en")), json.dumps(found.data()), found._repr_html_(), str(found)):
        assert "2025-03-01" in output
        assert version in output
        assert "not tax advice" in output or "不是税务意见" in output
        assert "synthetic" in output or "合成数据" in output


def test_confidence_is_marked() -> None:
    found = assessed()
    assert "rest on texts that are unofficial or not confirmed" in "\n".join(found.lines("en"))
    assert all(answer["confidence"] for answer in found.data()["answers"])
    assert "synthetic" not in "\n".join(assessed(FIRM.replace("synthetic: true", "")).lines("en"))


def test_the_file_cannot_write_html() -> None:
    page = assessed()._repr_html_()
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_the_data_hold_every_benefit_the_combination_and_exact_amounts() -> None:
    data = assessed().data()
    assert [answer["benefit"] for answer in data["answers"]] == list(shipped().benefits)
    assert data["combination"]["best"]["tax"] == "450000.00"
    assert data["combination"]["best"]["regime"] == "hnte_reduced_rate"
    json.loads(json.dumps(data, ensure_ascii=False))


@pytest.mark.parametrize(
    ("text", "year", "message"),
    [
        (FIRM, "2023", "no figures for 2023; there are: 2022, 2024"),
        (FIRM, "24", "not a year"),
        ("firm: {hnte: true}", "1999", "knows no rule at all for 1999"),
        ("firm: {staff_total: 1, technical_staff: 2}", "2024", "more technical staff than staff"),
    ],
)
def test_what_cannot_be_answered_is_refused(text: str, year: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        assessed(text, year)


def test_what_looks_wrong_is_said_and_the_rest_goes_on() -> None:
    found = assessed(FIRM.replace("52000000", "5200"))
    assert len(found.warnings) == 2
    assert "warning: firm.yaml" in "\n".join(found.lines("en"))
    assert found.answers


def test_a_year_after_the_day_is_said_to_rest_on_the_rules_known_then() -> None:
    assert "lies after that day" in "\n".join(assessed(as_of=datetime.date(2023, 1, 1)).lines("en"))


def test_any_figure_is_explained_down_to_what_was_reported() -> None:
    told = assessed().explain("small_cond_income")
    said = "\n".join(told.lines("en"))
    assert "taxable_income" in said
    assert "3000000.01" in said.replace(",", "")
    assert "公告2023年第12号" in said
    assert "<pre>" in told._repr_html_()
    assert str(told) == "\n".join(told.lines())
    with pytest.raises(BookError, match="Did you mean small_low_profit"):
        assessed().explain("small_low_profits")


def test_figures_at_hand_are_as_good_as_a_file_but_never_floats() -> None:
    figures = {"firm": {"hnte": True, "taxable_income": Decimal("3000000.01"), "tech_transfer_income": 0}}
    found = gaoxin.firm_incentives(figures, 2024, book=shipped(), as_of=AS_OF)
    assert found.combination is not None
    assert found.combination.best is not None
    assert found.combination.best.tax == 450_000
    with pytest.raises(InputError, match="binary float"):
        gaoxin.firm_incentives({"firm": {"taxable_income": 3000000.01}}, 2024, book=shipped())


def test_a_firm_is_explained_in_a_moment() -> None:
    found = assessed()
    spent = []
    for _ in range(5):
        began = time.process_time()
        assessed()
        spent.append(time.process_time() - began)
    assert found.combination is not None
    # 50 ms are the goal on a quiet machine; a busy one must not fail the tests.
    assert min(spent) < 0.25

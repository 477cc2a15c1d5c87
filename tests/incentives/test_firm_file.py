"""The file of one firm: what it may say, and that every mistake is placed in its line."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from gaoxin.incentives.firm_file import FirmFile, parse_firm, read_firm
from gaoxin.incentives.plausibility import finding_words, findings
from gaoxin.problems import InputError
from gaoxin.rulebook.source import parse_source
from incentives.firms import shipped


def parsed(text: str, year: str = "2024") -> FirmFile:
    return parse_firm(shipped(), parse_source(text, "firm.yaml"), year)


def refused(text: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        parsed(text)
    return [f"{one.place('en')}: {one.message.en} {one.remedy.en}".strip() for one in caught.value.problems]


def found(text: str) -> list[tuple[str, str, str | None]]:
    """Severity, place and item of everything that looks wrong."""
    return [(one.severity, one.file or "", one.item) for one in findings(shipped(), parsed(text))]


def test_a_file_says_who_what_and_for_which_years() -> None:
    firm = parsed("name: 某公司\nsynthetic: true\nfirm:\n- {period: 2023, hnte: true}\n- {period: 2024, hnte: false}\n")
    assert (firm.name, firm.synthetic, firm.reporter, firm.periods) == ("某公司", True, "1", ("2023", "2024"))


@pytest.mark.parametrize(
    ("written", "meant"),
    [("应纳税所得额", "taxable_income (taxable income)"), ("应纳税所得", "taxable_income (taxable income)")],
)
def test_an_item_under_its_name_is_pointed_to_its_code(written: str, meant: str) -> None:
    (said,) = refused(f"firm: {{{written}: 1}}")
    assert meant in said


@pytest.mark.parametrize(("name", "content"), [("f.csv", b"firm,x\n"), ("f.yaml", b"PK\x03\x04"), ("f", b"PAR1")])
def test_a_table_is_pointed_to_the_command_for_many_firms(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_firm(shipped(), tmp_path / name, "2024")
    assert "gaoxin incentives batch" in caught.value.problems[0].remedy.en


def test_a_name_cannot_steer_a_terminal() -> None:
    assert parsed('name: "\\e[31m红\\a\\n公司"\nfirm: {}').name == "[31m红公司"


def test_figures_without_a_year_are_those_of_the_year_asked_for() -> None:
    firm = parsed("firm: {hnte: true}")
    assert firm.periods == ("2024",)
    assert not firm.synthetic


@pytest.mark.parametrize(("unit", "factor"), [("元", 1), ("千元", 1000), ("万元", 10_000)])
def test_amounts_are_in_the_unit_that_the_file_states_and_nothing_else_is(unit: str, factor: int) -> None:
    firm = parsed(f"money: {unit}\nfirm: {{taxable_income: '312.5', staff_average: 40}}")
    figures = firm.rows.returns["firm"]["1", 2024].figures
    assert figures == {"taxable_income": Fraction(625 * factor, 2), "staff_average": 40}


def test_digits_may_be_grouped() -> None:
    figures = parsed("firm: {taxable_income: '-1,240,000.50'}").rows.returns["firm"]["1", 2024].figures
    assert figures == {"taxable_income": Fraction(-2480001, 2)}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "firm:\n  taxable_incom: 1\n",
            "firm.yaml:2, column taxable_incom: firm has no item taxable_incom Did you mean",
        ),
        ("firm:\n  hnte: maybe\n", "firm.yaml:2, column hnte: hnte: maybe cannot be used It is true or false."),
        ("firm:\n- hnte: true\n- period: 2023\n  taxable_income: 1.234\n", "firm.yaml:4, column taxable_income"),
        ("firm: {taxable_income: 三百万}\n", "cannot be used It is a decimal number in 元 with at most 2 decimals"),
        ("money: 万\nfirm: {}\n", "firm.yaml:1: money: 万 is no unit of money Use one of: 元, 千元, 万元."),
        ("firms: {}\n", "firm.yaml:1: firms is not known Did you mean firm?"),
        ("hnte: true\n", "firm.yaml:1: hnte is not known Write it below firm:."),
        ("synthetic: perhaps\nfirm: {}\n", "firm.yaml:1: synthetic is true or false"),
        (
            "firm:\n  hnte: true\n  ct_price: 1\n",
            "firm.yaml:3, column ct_price: firm has no item ct_price It is a figure of the technology contract: write",
        ),
        ("firm:\n- {period: 24}\n", "firm.yaml:2, column period: 24 is not a period"),
        ("firm:\n- hnte: true\n- hnte: false\n", "firm.yaml: firm 1 has two rows for 2024"),
        ("firm: [{firm: a}, {firm: b}]\n", "there must be one firm, here are 2"),
        ("firm: 3\n", "firm must hold figures"),
        (
            "firm: {firm: a, hnte: true}\ncontract:\n- {ct_price: 1}\n",
            "contract 1 belongs to 1, and the file has no such firm",
        ),
        ("name: {zh: x}\nfirm: {}\n", "firm.yaml:1: name is text"),
        ("- 1\n", "the file must hold names and values"),
        ("name: x\n", "there must be one firm, here are 0"),
    ],
)
def test_every_mistake_has_its_line_and_a_remedy(text: str, message: str) -> None:
    assert any(message in line for line in refused(text)), refused(text)


def test_all_mistakes_are_reported_at_once() -> None:
    assert len(refused("firm:\n  a: 1\n  hnte: 2\ncontract:\n- {b: 3}\n")) == 3


def test_what_is_below_zero_and_cannot_be_is_an_error() -> None:
    assert found("firm:\n  total_revenue: -1\n  taxable_income: -1\n") == [("error", "firm.yaml:2", "total_revenue")]


def test_facts_that_contradict_each_other_are_errors_of_the_book() -> None:
    ((severity, place, item),) = found("firm:\n  staff_total: 10\n  technical_staff: 11\n")
    assert (severity, place) == ("error", "firm.yaml:2")
    assert item == "staff_total, technical_staff"


@pytest.mark.parametrize(("code", "errors"), [("C39", 0), ("3974", 0), ("I6513", 0), ("98", 1), ("Z1", 1), ("00", 1)])
def test_an_industry_must_be_one_of_the_classification(code: str, errors: int) -> None:
    assert len(found(f"firm:\n  industry: {code}\n")) == errors


@pytest.mark.parametrize(
    ("figures", "item"),
    [
        ("total_revenue: 5200, staff_average: 86", "total_revenue"),
        ("total_revenue: 520000000000, staff_average: 86", "total_revenue"),
        ("total_revenue: 52000000, sales_revenue: 5200", "sales_revenue, total_revenue"),
        ("total_revenue: 52000000, assets_average: 4100", "assets_average, total_revenue"),
        ("total_revenue: 5200, taxable_income: 3100000", "taxable_income, total_revenue"),
        ("assets_open: 41000000, assets_q1: 4100", "assets_q1, assets_open"),
    ],
)
def test_an_amount_in_another_unit_shows_against_the_others(figures: str, item: str) -> None:
    assert [(severity, code) for severity, _, code in found(f"firm: {{{figures}}}")] == [("warning", item)]


def test_plausible_figures_raise_nothing() -> None:
    figures = "total_revenue: 52000000, sales_revenue: 50000000, assets_average: 41000000, staff_average: 86"
    assert found(f"firm: {{{figures}, taxable_income: 3100000}}") == []


def test_a_finding_says_where_and_what_to_do_in_both_languages() -> None:
    (one,) = findings(shipped(), parsed("firm: {total_revenue: 5200, staff_average: 86}"))
    words = finding_words(one)
    assert words.en.startswith("warning: firm.yaml:1")
    assert "is 60 yuan" in words.en
    assert "money: 万元" in words.zh

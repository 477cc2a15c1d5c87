"""What a cell says, exactly, or why it cannot be read."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaoxin.returns.cells import BLANK_MARKS, CellError, parse_date, parse_flag, parse_number
from gaoxin.returns.columns import CellType, read_column
from gaoxin.returns.workbook import number_text

FULL_WIDTH = str.maketrans("0123456789.,-+%", "０１２３４５６７８９．，－＋％")
decimals = st.decimals(min_value=-(10**15), max_value=10**15, places=2, allow_nan=False, allow_infinity=False)


def read(texts: list[str | None], cells: CellType) -> tuple[list[object], list[tuple[int, str]]]:
    column, remarks = read_column(pa.array(texts, pa.string()), cells)
    return column.to_pylist(), [(remark.position, remark.note.rule) for remark in remarks]


@given(decimals)
def test_a_number_is_read_exactly_however_it_is_written(number: Decimal) -> None:
    plain, grouped = f"{number:f}", f"{number:,f}"
    for text in (plain, grouped, f" {plain}\u3000", plain.replace("-", "−"), plain.translate(FULL_WIDTH), f"'{plain}"):
        assert parse_number(text)[0] == number
    assert read([plain, grouped], CellType("decimal", 2)) == ([number, number], [])


@given(st.lists(decimals, max_size=30), st.data())
def test_a_column_keeps_every_figure_at_its_place(numbers: list[Decimal], data: st.DataObject) -> None:
    texts: list[str | None] = []
    expected: list[Decimal | None] = []
    for number in numbers:
        blank = data.draw(st.booleans())
        texts.append(data.draw(st.sampled_from([*BLANK_MARKS, None])) if blank else f"{number:,f}")
        expected.append(None if blank else number)
    assert read(texts, CellType("decimal", 2)) == (expected, [])


@given(st.text(max_size=12))
def test_any_text_is_a_number_or_an_error_with_a_remedy(text: str) -> None:
    column, remarks = read_column(pa.array([text], pa.string()), CellType("decimal", 2))
    errors = [remark.note for remark in remarks if remark.note.severity == "error"]
    assert column.is_valid().to_pylist() == [not errors and text.strip() not in BLANK_MARKS]
    assert all(note.message.zh and note.message.en and note.remedy.zh and note.remedy.en for note in errors)


@given(st.floats(min_value=-1e14, max_value=1e14, allow_nan=False).map(lambda x: float(f"{x:.15g}")))
def test_an_excel_number_keeps_its_fifteen_digits(value: float) -> None:
    assert float(number_text(value)) == value


def test_binary_noise_of_excel_is_not_taken_for_decimals() -> None:
    assert number_text(0.1 + 0.2) == "0.3"
    assert number_text(1234567.1 * 3) == "3703701.3"


@pytest.mark.parametrize("text", ["12a", "1,23,456", "1.2.3", "１２万元", "约100", "5²", "½", "1_000", "٣", "1 200"])
def test_text_in_a_number_cell_is_an_error(text: str) -> None:
    assert read([text, "5"], CellType("decimal", 2))[0] == [None, Decimal(5)]
    with pytest.raises(CellError):
        parse_number(text)


def test_a_unit_in_the_cell_is_named() -> None:
    with pytest.raises(CellError, match="万元"):
        parse_number("1,200万元")


def test_full_width_digits_are_read_with_a_note() -> None:
    assert read(["１，２３４．５"], CellType("decimal", 2)) == ([Decimal("1234.5")], [(0, "cell.full-width")])


def test_scientific_notation_warns_of_lost_digits() -> None:
    assert read(["1.2E+05"], CellType("decimal", 2)) == ([Decimal(120000)], [(0, "cell.scientific")])


def test_more_decimals_than_kept_are_rounded_half_up_with_a_note() -> None:
    column, remarks = read(["0.005", "-0.005", "1.004", "2.50"], CellType("decimal", 2))
    assert column == [Decimal("0.01"), Decimal("-0.01"), Decimal("1.00"), Decimal("2.50")]
    assert remarks == [(0, "cell.rounded"), (1, "cell.rounded"), (2, "cell.rounded")]


def test_a_unit_is_converted_exactly() -> None:
    in_ten_thousands = CellType("decimal", 2, factor=Fraction(10))
    assert read(["1,234.567"], in_ten_thousands) == ([Decimal("12345.67")], [])
    in_yuan = CellType("decimal", 2, factor=Fraction(1, 1000))
    assert read(["12345"], in_yuan) == ([Decimal("12.35")], [(0, "cell.rounded")])


def test_a_percent_sign_means_what_the_unit_says() -> None:
    assert read(["12.5%"], CellType("decimal", 4, percent=True))[0] == [Decimal("12.5")]
    assert read(["12.5％"], CellType("decimal", 4, percent=False))[0] == [Decimal("0.125")]
    assert read(["12.5%"], CellType("decimal", 4)) == ([None], [(0, "cell.percent")])


def test_a_count_is_whole_and_not_negative() -> None:
    column, remarks = read(["12", "12.0", "12.5", "-3", "１２"], CellType("integer"))
    assert column[:2] == [12, 12]
    assert remarks == [(2, "cell.not-whole"), (4, "cell.full-width"), (3, "cell.negative-count")]


def test_nineteen_digits_are_an_error_and_never_a_wrong_number() -> None:
    assert read(["9" * 16, "9" * 17, "1e400"], CellType("decimal", 2)) == (
        [Decimal("9" * 16), None, None],
        [(1, "cell.too-large"), (2, "cell.too-large")],
    )


@given(st.dates(min_value=date(1950, 1, 1), max_value=date(2100, 1, 1)))
def test_a_date_is_read_in_every_usual_form(day: date) -> None:
    serial = (day - date(1899, 12, 30)).days
    forms = [
        day.isoformat(),
        f"{day.year}/{day.month}/{day.day}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day:%Y%m%d}",
        f"{day.isoformat()} 00:00:00",
        str(serial),
    ]
    assert {parse_date(form)[0] for form in forms} == {day}
    assert date(1899, 12, 30) + timedelta(days=serial) == day


def test_a_month_is_read_as_its_first_day_with_a_note() -> None:
    assert read(["2015年8月", "201508"], CellType("date")) == (
        [date(2015, 8, 1), date(2015, 8, 1)],
        [(0, "cell.month-only"), (1, "cell.month-only")],
    )


@pytest.mark.parametrize(
    ("text", "rule"), [("2025-02-30", "cell.no-such-date"), ("2015", "cell.not-a-date"), ("去年", "cell.not-a-date")]
)
def test_what_is_no_date_is_an_error(text: str, rule: str) -> None:
    assert read([text], CellType("date")) == ([None], [(0, rule)])


def test_yes_and_no() -> None:
    assert [parse_flag(text) for text in ("是", "否", "1", "0", "YES", "false", "√")] == [
        True,
        False,
        True,
        False,
        True,
        False,
        True,
    ]
    assert read(["是", "—", "2"], CellType("flag")) == ([True, None, None], [(2, "cell.not-yes-or-no")])


def test_codes_keep_their_zeros_and_are_checked_against_the_list() -> None:
    assert read(["0111", "３９２１", "-"], CellType("code")) == (["0111", "3921", None], [(1, "cell.full-width")])
    assert read(["1", "7"], CellType("code", allowed=frozenset({"1", "2"}))) == (
        ["1", None],
        [(1, "cell.unknown-code")],
    )


def test_text_is_kept_as_it_stands() -> None:
    assert read([" 无 ", "", "（合成）"], CellType("text"))[0] == ["无", None, "（合成）"]


@pytest.mark.parametrize("kind", ["decimal", "integer", "date", "flag", "code"])
def test_excel_errors_and_uncalculated_formulas_are_errors_for_every_type(kind: str) -> None:
    column, remarks = read(["#DIV/0!", "="], CellType(kind))
    assert column == [None, None]
    assert [rule for _, rule in remarks] == ["cell.excel-error", "cell.formula-without-value"]
